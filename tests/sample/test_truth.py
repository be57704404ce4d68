"""The sample holds what its truth says, and nothing else."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.sample import NO_EFFECTS, Sample, write_sample

TruthOf = Callable[[Sample], dict[str, Any]]
SearchesOf = Callable[..., list[tuple[str, datetime]]]


def test_the_truth_counts_what_the_file_holds(
    two_years: Sample, searches_of: SearchesOf, truth_of: TruthOf
) -> None:
    truth, found = truth_of(two_years), searches_of(two_years)
    week = np.zeros((7, 24), int)
    for _, at in found:
        week[at.weekday(), at.hour] += 1
    assert {key: truth[key] for key in ("searches", "by_year", "by_month", "by_hour", "by_weekday")} == {
        "searches": len(found),
        "by_year": dict(sorted(Counter(f"{at:%Y}" for _, at in found).items())),
        "by_month": dict(sorted(Counter(f"{at:%Y-%m}" for _, at in found).items())),
        "by_hour": week.sum(axis=0).tolist(),
        "by_weekday": week.sum(axis=1).tolist(),
    }
    assert truth["by_weekday_hour"] == week.tolist()
    assert truth["active_days"] == len({at.date() for _, at in found})
    assert (truth["first_day"], truth["last_day"]) == (
        min(at for _, at in found).date().isoformat(),
        max(at for _, at in found).date().isoformat(),
    )
    assert truth["peak_hour"] == int(week.sum(axis=0).argmax())
    assert two_years.n_searches == len(found)


def test_the_truth_counts_the_planted_words(
    two_years: Sample, searches_of: SearchesOf, truth_of: TruthOf
) -> None:
    truth, found = truth_of(two_years), searches_of(two_years)
    for word in ("python", "translate", "piano", "rain", "map"):
        held = [at.year for text, at in found if word in re.findall("[a-z]+", text.lower())]
        assert truth["words"][word] == len(held)
        by_year = Counter(map(str, held))
        for year, counts in truth["words_by_year"].items():
            assert counts.get(word, by_year[year]) == by_year[year]


def test_the_truth_counts_every_entry_of_every_file(two_years: Sample, truth_of: TruthOf) -> None:
    truth = truth_of(two_years)
    with zipfile.ZipFile(two_years.path) as archive:
        pages = {name.removeprefix("Takeout/"): archive.read(name).decode() for name in archive.namelist()}
    cells = {name: page.count('<div class="outer-cell') for name, page in pages.items()}
    assert cells.pop("archive_browser.html") == 0
    assert cells == {name: sum(actions.values()) for name, actions in truth["files"].items()}
    assert truth["entries"] == sum(cells.values()) == two_years.n_entries
    assert truth["undated"] == sum(len(re.findall("</a></div>", page)) for page in pages.values()) == 3


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32 - 1),
    until=st.dates(date(2018, 1, 1), date(2030, 12, 31)),
    n_days=st.integers(1, 40),
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC"]),
)
def test_any_span_in_any_zone_holds_what_its_truth_says(
    tmp_path: Path, seed: int, until: date, n_days: int, zone: str, searches_of: SearchesOf, truth_of: TruthOf
) -> None:
    first = until - timedelta(days=n_days - 1)
    sample = write_sample(tmp_path, since=first, until=until, seed=seed, home_zone=zone, per_day=12)
    truth, home = truth_of(sample), ZoneInfo(zone)
    offset = datetime.fromisoformat(truth["exported"]).astimezone(home).utcoffset()
    assert offset is not None
    found = searches_of(sample, hours=offset.total_seconds() / 3600, zone=zone) if sample.n_searches else []
    assert truth["by_year"] == dict(sorted(Counter(f"{at:%Y}" for _, at in found).items()))
    assert truth["by_hour"] == [sum(at.hour == hour for _, at in found) for hour in range(24)]
    assert all(first <= at.date() <= until for _, at in found)


def test_an_empty_week_is_still_an_archive(tmp_path: Path, truth_of: TruthOf) -> None:
    sample = write_sample(tmp_path, since=date(2025, 11, 13), rates=np.zeros((7, 24)), effects=NO_EFFECTS)
    truth = truth_of(sample)
    assert (sample.n_entries, truth["searches"], truth["first_day"]) == (0, 0, None)
    with zipfile.ZipFile(sample.path) as archive:
        assert archive.namelist() == ["Takeout/archive_browser.html"]
