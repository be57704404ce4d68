"""The sample holds what its truth says, in the shape that Google wrote, and nothing else."""

from __future__ import annotations

import dataclasses
import json
import re
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import SettingsError
from pipeline.sample import NO_EFFECTS, Effects, Sample, Trip, write_sample
from pipeline.sample.clocks import name_zone
from pipeline.sample.effects import PLAN_DAYS, PLAN_FIRST, PLAN_LAST
from pipeline.sample.queries import load_words, weigh_topics
from pipeline.sample.rhythm import make_rates, place_day, plan_days

SEARCH = "Takeout/My Activity/Search/MyActivity.html"
PARIS = ZoneInfo("Europe/Paris")
SEARCHED = re.compile(
    r'>Searched for\u00a0<a href="https://www\.google\.com/search\?q=[^"]*">([^<]*)</a>'
    r"<br>([A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d{2}:\d{2}\u202f[AP]M) ([^<]+)</div>"
)


def read_page(sample: Sample, name: str = SEARCH) -> str:
    with zipfile.ZipFile(sample.path) as archive:
        return archive.read(name).decode()


def read_truth(sample: Sample) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(sample.truth.read_text("utf-8"))
    return truth


def read_clock(printed: str, hours: float) -> datetime:
    at = datetime.strptime(printed.replace("\u202f", " "), "%b %d, %Y, %I:%M:%S %p")
    return at.replace(tzinfo=UTC) - timedelta(hours=hours)


def list_searches(sample: Sample, *, hours: float = 1, zone: ZoneInfo = PARIS) -> list[tuple[str, datetime]]:
    found = SEARCHED.findall(read_page(sample))
    return [(text, read_clock(printed, hours).astimezone(zone)) for text, printed, _ in found]


@pytest.fixture(scope="module")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return write_sample(tmp_path_factory.mktemp("two"), years=2, seed=1)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A year and a half without any effect."""
    return write_sample(
        tmp_path_factory.mktemp("plain"), since=date(2024, 5, 6), until=date(2025, 11, 16), effects=NO_EFFECTS
    )


def test_the_truth_counts_what_the_file_holds(two_years: Sample) -> None:
    truth, found = read_truth(two_years), list_searches(two_years)
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


def test_the_truth_counts_the_planted_words(two_years: Sample) -> None:
    truth, found = read_truth(two_years), list_searches(two_years)
    for word in ("python", "translate", "piano", "rain", "map"):
        held = [at.year for text, at in found if word in re.findall("[a-z]+", text.lower())]
        assert truth["words"][word] == len(held)
        by_year = Counter(map(str, held))
        for year, counts in truth["words_by_year"].items():
            assert counts.get(word, by_year[year]) == by_year[year]


def test_the_truth_counts_every_entry_of_every_file(two_years: Sample) -> None:
    truth = read_truth(two_years)
    with zipfile.ZipFile(two_years.path) as archive:
        pages = {name.removeprefix("Takeout/"): archive.read(name).decode() for name in archive.namelist()}
    cells = {name: page.count('<div class="outer-cell') for name, page in pages.items()}
    assert cells.pop("archive_browser.html") == 0
    assert cells == {name: sum(actions.values()) for name, actions in truth["files"].items()}
    assert truth["entries"] == sum(cells.values()) == two_years.n_entries
    assert truth["undated"] == sum(len(re.findall("</a></div>", page)) for page in pages.values()) == 3


def test_the_youtube_history_repeats_what_was_watched(two_years: Sample) -> None:
    activity = read_page(two_years, "Takeout/My Activity/YouTube/MyActivity.html")
    history = read_page(two_years, "Takeout/YouTube and YouTube Music/history/watch-history.html")
    watched = [cell for cell in activity.split('<div class="outer-cell') if ">Watched" in cell]
    assert len(watched) > 500
    assert [cell for cell in history.split('<div class="outer-cell') if ">Watched" in cell] == watched


def test_each_cell_has_the_four_parts_that_google_writes(tiny_archive: Path) -> None:
    with zipfile.ZipFile(tiny_archive) as archive:
        names = [name for name in archive.namelist() if "browser" not in name]
        soups = {name: BeautifulSoup(archive.read(name).decode()[:300_000], "html.parser") for name in names}
    for name, soup in soups.items():
        cells = soup.select("div.outer-cell")[:-1]  # the last may be cut
        assert cells, name
        for cell in cells:
            header = cell.select_one("div.header-cell p").get_text()
            body, right, caption = cell.select("div.content-cell")
            assert body["class"][-1] == "mdl-typography--body-1"
            assert right["class"][-1] == "mdl-typography--text-right"
            assert caption.get_text().startswith(f"Products:\u2003{header}")
            assert "Why is this here?" in caption.get_text()


def test_the_file_is_one_line_newest_first_in_the_zone_of_the_export(two_years: Sample) -> None:
    page = read_page(two_years)
    printed = SEARCHED.findall(page)
    times = [read_clock(time, 1) for _, time, _ in printed]
    assert "\n" not in page
    assert 140_000 < page.index("</style>") < 143_000
    assert times == sorted(times, reverse=True)
    assert {zone for _, _, zone in printed} == {"CET"}
    assert any(at.month == 7 for at in times)


def test_the_name_tells_the_export_on_the_morning_after_the_last_day(two_years: Sample) -> None:
    assert two_years.path.name == "takeout-20251120T081500Z-1-001.zip"
    assert two_years.truth.name == "takeout-20251120T081500Z-1-001.truth.json"
    assert sorted(path.name for path in two_years.path.parent.iterdir()) == [
        two_years.truth.name,
        two_years.path.name,
    ]


@pytest.mark.parametrize(
    ("zone", "month", "expected"),
    [
        ("Europe/Paris", 1, ("CET", 3600)),
        ("Europe/Paris", 7, ("CEST", 7200)),
        ("America/New_York", 1, ("EST", -18000)),
        ("America/Sao_Paulo", 1, ("GMT-03:00", -10800)),
        ("Asia/Kathmandu", 1, ("GMT+05:45", 20700)),
    ],
)
def test_a_zone_without_letters_is_printed_as_its_offset(
    zone: str, month: int, expected: tuple[str, int]
) -> None:
    assert name_zone(datetime(2025, month, 20, 12, tzinfo=ZoneInfo(zone))) == expected


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    def write(folder: str, seed: int) -> tuple[bytes, bytes]:
        sample = write_sample(tmp_path / folder, since=date(2025, 9, 1), seed=seed)
        return sample.path.read_bytes(), sample.truth.read_bytes()

    assert write("a", 7) == write("b", 7) != write("c", 8)


def test_five_years_end_in_november_and_begin_in_march() -> None:
    plan = (PLAN_FIRST, PLAN_LAST, PLAN_DAYS)
    assert plan == (date(2021, 3, 9), date(2025, 11, 19), 1717)
    assert [place_day(PLAN_FIRST, n) for n in (1, 100, 1717)] == [0, 0, 0]
    assert place_day(PLAN_LAST, PLAN_DAYS) == PLAN_DAYS - 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32 - 1),
    until=st.dates(date(2018, 1, 1), date(2030, 12, 31)),
    n_days=st.integers(1, 40),
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC"]),
)
def test_any_span_in_any_zone_holds_what_its_truth_says(
    tmp_path: Path, seed: int, until: date, n_days: int, zone: str
) -> None:
    first = until - timedelta(days=n_days - 1)
    sample = write_sample(tmp_path, since=first, until=until, seed=seed, home_zone=zone, per_day=12)
    truth, home = read_truth(sample), ZoneInfo(zone)
    offset = datetime.fromisoformat(truth["exported"]).astimezone(home).utcoffset()
    assert offset is not None
    found = list_searches(sample, hours=offset.total_seconds() / 3600, zone=home) if sample.n_searches else []
    assert truth["by_year"] == dict(sorted(Counter(f"{at:%Y}" for _, at in found).items()))
    assert truth["by_hour"] == [sum(at.hour == hour for _, at in found) for hour in range(24)]
    assert all(first <= at.date() <= until for _, at in found)


def test_a_span_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        write_sample(tmp_path, since=date(2025, 2, 2), until=date(2025, 2, 1))
    assert str(caught.value) == "A sample has at least one day (sample). Ask for a year or more."


def test_weekday_rows_keep_their_level_whatever_their_hours() -> None:
    hours = load_words()["hours"]
    for effects in (Effects(), Effects(weekend_fall=0.5, monday_nights=4), NO_EFFECTS):
        for student in (False, True):
            rates = make_rates(hours, effects, student=student)
            expected = [1.0] * 5 + [1 - effects.weekend_fall] * 2
            np.testing.assert_allclose(rates.sum(axis=1), expected, rtol=1e-12)


def test_monday_nights_stand_out_in_the_planted_rates_and_only_they() -> None:
    rates = make_rates(load_words()["hours"], Effects(), student=False)
    late = [rates[day, 22:].sum() + rates[(day + 1) % 7, :2].sum() for day in range(5)]
    assert late[0] > 1.6 * max(late[1:4])


def test_without_effects_every_day_and_every_hour_is_as_the_next() -> None:
    hours = load_words()["hours"]
    plan = plan_days(date(2021, 3, 9), 1717, NO_EFFECTS, np.random.default_rng(0))
    assert (set(plan.levels), set(plan.shifts)) == ({1.0}, {0.0})
    assert (plan.trips, plan.silent, plan.holidays) == ((), None, ())
    rates = make_rates(hours, NO_EFFECTS, student=True)
    assert (rates == rates[0]).all()
    weights = weigh_topics(load_words(), 1717, NO_EFFECTS)
    assert (weights == weights[:, :, :1]).all()


def test_without_effects_the_counts_are_those_of_chance(plain: Sample) -> None:
    truth = read_truth(plain)
    n_days = 80 * 7
    assert abs(truth["searches"] - 40 * n_days) < 4 * np.sqrt(40 * n_days)
    by_weekday = np.array(truth["by_weekday"])
    chi = float(((by_weekday - by_weekday.mean()) ** 2 / by_weekday.mean()).sum())
    assert chi < 22.5  # 6 degrees of freedom, one in a thousand
    assert truth["bursts"] == truth["trips"] == truth["holidays"] == []
    assert set(truth["trends"].values()) == {0.0}


def test_given_rates_take_the_place_of_the_planted_hours(tmp_path: Path) -> None:
    rates = np.zeros((7, 24))
    rates[2, 15], rates[6, 9] = 20, 10
    effects = dataclasses.replace(NO_EFFECTS, session_searches=1)
    sample = write_sample(
        tmp_path, since=date(2024, 11, 4), until=date(2025, 11, 2), rates=rates, effects=effects
    )
    week = np.array(read_truth(sample)["by_weekday_hour"])
    assert week[rates == 0].sum() == 0
    assert abs(week[2, 15] - 20 * 52) < 4 * np.sqrt(20 * 52)
    assert abs(week[6, 9] - 10 * 52) < 4 * np.sqrt(10 * 52)


def test_silent_days_are_silent_in_every_file(tmp_path: Path) -> None:
    # Sessions so long that many would run on into the silence.
    effects = dataclasses.replace(NO_EFFECTS, silent_days=9, session_searches=60)
    sample = write_sample(tmp_path, since=date(2025, 10, 1), effects=effects, rates=np.full((7, 24), 40.0))
    silent = read_truth(sample)["silent_days"]
    first, last = date.fromisoformat(silent["first"]), date.fromisoformat(silent["last"])
    assert (last - first).days == 8
    with zipfile.ZipFile(sample.path) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    printed = re.findall(
        r"<br>([A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d{2}:\d{2}\u202f[AP]M) CET</div>", text
    )
    days = {read_clock(time, 1).astimezone(PARIS).date() for time in printed}
    assert not days & {first + timedelta(days=k) for k in range(9)}
    assert {first - timedelta(days=1), last + timedelta(days=1)} <= days


def test_a_trip_shifts_the_clock_by_its_hours_and_ends(tmp_path: Path) -> None:
    trip = Trip(PLAN_FIRST + timedelta(days=PLAN_DAYS // 2), 200, 7)
    rates = np.zeros((7, 24))
    rates[:, 20] = 30
    effects = dataclasses.replace(NO_EFFECTS, trips=(trip,))
    sample = write_sample(tmp_path, since=date(2023, 11, 21), effects=effects, rates=rates)
    truth = read_truth(sample)
    away = truth["trips"][0]
    hours = {True: Counter[int](), False: Counter[int]()}
    for _, at in list_searches(sample):
        hours[away["first"] <= at.date().isoformat() <= away["last"]][at.hour] += 1
    assert (set(hours[True]), set(hours[False])) == ({13}, {20})
    assert away["hours_ahead"] == 7
    assert abs(sum(hours[True].values()) - 0.8 * 30 * 200) < 4 * np.sqrt(0.8 * 30 * 200)  # a little quieter
    assert (date.fromisoformat(away["last"]) - date.fromisoformat(away["first"])).days == 199


def test_a_burst_concentrates_its_word_in_its_days(two_years: Sample) -> None:
    truth, found = read_truth(two_years), list_searches(two_years)
    for word in ("thesis", "piano", "sourdough"):
        spans = [(burst["first"], burst["last"]) for burst in truth["bursts"] if burst["word"] == word]
        days = [at.date().isoformat() for text, at in found if word in text.split()]
        inside = sum(any(first <= day <= last for first, last in spans) for day in days)
        assert inside > 0.8 * len(days) > 0


def test_an_empty_week_is_still_an_archive(tmp_path: Path) -> None:
    sample = write_sample(tmp_path, since=date(2025, 11, 13), rates=np.zeros((7, 24)), effects=NO_EFFECTS)
    truth = read_truth(sample)
    assert (sample.n_entries, truth["searches"], truth["first_day"]) == (0, 0, None)
    with zipfile.ZipFile(sample.path) as archive:
        assert archive.namelist() == ["Takeout/archive_browser.html"]
