"""Each planted effect at several seeds and sizes: found where it is there, and not claimed where it is not.

The sample goes straight into a small table here; ``test_planted.py`` takes the way through the archive.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.answer import Answer
from pipeline.patterns.answers import compute_answer
from pipeline.patterns.subject import Subject, choose_subject
from pipeline.patterns.vocabulary import read_vocabulary
from pipeline.sample import NO_EFFECTS, Effects, Step, Trip, invent
from pipeline.settings import Settings, ZoneSpan

pytestmark = pytest.mark.slow

SEEDS = range(4)
HOME = Settings(Path("nowhere"), (ZoneSpan(None, "Europe/Paris"),), (5, 6), 0)
# Days that are restless, clocks that wander and searches in sessions, but nothing to be found.
RESTLESS = dataclasses.replace(NO_EFFECTS, restlessness=0.25, wander_minutes=25.0, session_searches=3.2)


@dataclass(frozen=True, eq=False)
class Small:
    """A sample's truth, its searches as a subject, and the answers that were asked for."""

    truth: dict[str, Any]
    subject: Subject
    known: dict[str, Answer] = field(default_factory=dict)

    def answer(self, name: str) -> Answer:
        if name not in self.known:
            self.known[name] = compute_answer(name, self.subject)
        return self.known[name]

    def claims(self, name: str) -> bool:
        finding = self.answer(name).finding
        return finding.remarkable > 0 or bool(finding.mark)


Find = Callable[..., Small]


@pytest.fixture(scope="module")
def find() -> Find:
    """Invent a sample with some effects; the same one is invented once."""
    cache: dict[Any, Small] = {}

    def run(seed: int, years: int = 2, **effects: Any) -> Small:
        key = (seed, years, tuple(sorted(effects.items())))
        if key not in cache:
            cache[key] = make_small(seed, years, dataclasses.replace(RESTLESS, **effects))
        return cache[key]

    return run


def make_small(seed: int, years: int, effects: Effects, **more: Any) -> Small:
    invention = invent(seed=seed, years=years, effects=effects, **more)
    entries = [
        entry
        for entries in invention.by_file.values()
        for entry in entries
        if entry.product == "Search" and entry.action == "searched" and entry.dated
    ]
    time = pd.to_datetime([entry.utc for entry in entries], unit="s", utc=True).as_unit("ms")
    activity = pd.DataFrame(
        {
            "time": time,
            "product": "search",
            "action": "searched",
            "text": [entry.title for entry in entries],
            "mark": None,
        }
    )
    sources = pd.DataFrame({"product": ["search"], "first": [time.min()], "last": [time.max()]})
    return Small(invention.truth, choose_subject(activity, sources, HOME))


def count_claims(find: Find, name: str, years: int = 2, **effects: Any) -> int:
    return sum(find(seed, years, **effects).claims(name) for seed in SEEDS)


ZERO = ("years", "months", "week", "weekdays", "week_lines", "jetlag", "clock", "unusual_weeks", "gaps",
        "words_by_year", "words_apart", "quiet")  # fmt: skip


def test_what_is_not_planted_is_hardly_ever_claimed(find: Find) -> None:
    claims = [
        (name, seed) for seed in SEEDS for name in ZERO if find(seed).answer(name).finding.remarkable > 0
    ]
    assert len(claims) <= 1, claims
    assert [len(find(seed).answer("quiet").frames["changes"]) for seed in SEEDS] == [0] * 4
    assert [len(find(seed).answer("gaps").frame) for seed in SEEDS] == [0] * 4


def test_without_restlessness_no_shape_of_a_week_returns(find: Find) -> None:
    for seed in SEEDS:
        small = find(seed, restlessness=0.0, wander_minutes=0.0, session_searches=1.0)
        assert not small.claims("eigenweeks")


@pytest.mark.parametrize("rise", [0.2, 0.4, 0.8, -0.4])
def test_a_step_of_the_pace_is_found_and_dated(find: Find, rise: float) -> None:
    dated = []
    for seed in SEEDS:
        small = find(seed, 3, pace_steps=(Step(date(2023, 5, 1), rise),))
        (change,) = small.answer("changes").frames["changes"].itertuples()
        planted = pd.Timestamp(small.truth["pace_steps"][0]["since"])
        assert abs(change.day - planted) <= pd.Timedelta(days=28)
        assert abs(math.log(change.ratio / (1 + rise))) < 0.1
        dated.append(change.earliest <= planted <= change.latest and change.low <= 1 + rise <= change.high)
    assert sum(dated) >= 3


def test_no_step_of_the_pace_is_found_where_none_is(find: Find) -> None:
    assert [len(find(seed, 3).answer("changes").frames["changes"]) for seed in SEEDS] == [0] * 4


@pytest.mark.parametrize(("fall", "least"), [(0.0, 0), (0.3, 3), (0.6, 4)])
def test_an_august_falls_as_much_as_was_planted(find: Find, fall: float, least: int) -> None:
    found = 0
    for seed in SEEDS:
        small = find(seed, 3, august_falls=(fall,))
        months = small.answer("months")
        found += months.finding.mark == (8,)
        frame = months.frame.set_index(["year", "month"])["per_day"]
        planned = small.truth["planned"]["by_month"]
        for year in (2024, 2025):  # 2023 has its first weeks in August
            assert frame[year, 8] == pytest.approx(planned[f"{year}-08"], rel=0.35)
    assert least <= found <= (0 if fall == 0 else 4)


@pytest.mark.parametrize(("growth", "least"), [(0.0, 0), (0.15, 2), (0.4, 4)])
def test_a_year_is_the_busiest_if_the_pace_grows(find: Find, growth: float, least: int) -> None:
    leads = [find(seed, 3, growth=growth).answer("years").finding.mark for seed in SEEDS]
    assert set(leads) <= {(), (2025,)}
    assert least <= leads.count((2025,)) <= (0 if growth == 0 else 4)


@pytest.mark.parametrize(("rise", "least"), [(0.0, 0), (1.6, 4), (3.0, 4)])
def test_monday_nights_run_on_as_planted(find: Find, rise: float, least: int) -> None:
    said = ["Mondays run past midnight" in find(seed, monday_nights=rise).answer("week").finding.headline
            for seed in SEEDS]  # fmt: skip
    assert sum(said) == least


@pytest.mark.parametrize(("share", "least"), [(0.0, 0), (0.5, 3), (1.0, 4)])
def test_weekends_keep_their_planted_hours(find: Find, share: float, least: int) -> None:
    later, jetlag = 0, 0
    for seed in SEEDS:
        small = find(seed, weekend_hours=share)
        middles = small.truth["middle_hours"]
        shift = np.mean(middles[5:]) - np.mean(middles[:5])
        frame = small.answer("week_lines").frame
        rows = frame.assign(row=(frame["hour"] - 4) % 24).pivot(
            index="weekday", columns="row", values="per_day"
        )
        sums = rows.to_numpy().cumsum(axis=1)
        found = [np.interp(row[-1] / 2, np.append(0, row), np.arange(25)) for row in sums]
        assert abs(np.mean(found[5:]) - np.mean(found[:5]) - shift) < 0.6
        later += small.claims("week_lines")
        difference = small.answer("jetlag").frames["difference"].iloc[0]
        jetlag += small.claims("jetlag")
        if share == 0:
            assert difference["low"] <= 0 <= difference["high"]
        windows = small.truth["quiet_windows"][-1]
        planted = 30 * (sum(windows["free"]) - sum(windows["work"]))
        assert abs(difference["minutes"] - planted) < 45
    assert least <= later <= (0 if share == 0 else 4)
    assert least <= jetlag <= (0 if share == 0 else 4)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_change_of_hours_is_dated_within_two_weeks(find: Find, share: float) -> None:
    dated, earlier = [], 0
    for seed in SEEDS:
        small = find(seed, 3, student_hours=share)
        changes = small.answer("quiet").frames["changes"]
        assert len(changes) == len(small.truth["quiet_windows"]) - 1 == (share > 0)
        earlier += small.claims("clock")
        if share:
            planted = pd.Timestamp(small.truth["habit_change"])
            dated.append(abs(changes["date"].iloc[0] - planted) <= pd.Timedelta(days=14))
            assert changes["hours"].iloc[0] < -0.25
    assert sum(dated) >= 3 or share == 0
    assert earlier == (4 if share else 0)


@pytest.mark.parametrize("hours", [0, 4, 7, -6])
def test_a_stay_is_found_with_its_days_and_its_hours(find: Find, hours: int) -> None:
    trips = (Trip(date(2023, 7, 7), 42, hours),) if hours else ()
    for seed in SEEDS:
        small = find(seed, 3, trips=trips)
        gaps = small.answer("gaps").frame
        assert len(gaps) == len(small.truth["trips"])
        captions = small.answer("unusual_weeks").frames["captions"]
        for row, trip in zip(gaps.itertuples(), small.truth["trips"], strict=True):
            assert (row.what, np.sign(row.hours)) == ("shifted", np.sign(hours))
            assert abs(row.hours - hours) <= 1
            for found, planted in ((row.first, trip["first"]), (row.last, trip["last"])):
                near = pd.Timedelta(days=4 if abs(hours) > 4 else 7)  # four hours are near a late evening
                assert abs(found - pd.Timestamp(planted)) <= near
            assert len(captions) >= 1
            assert all(
                pd.Timestamp(trip["first"]) - pd.Timedelta(days=7) <= week <= pd.Timestamp(trip["last"])
                for week in captions["week"]
            )


@pytest.mark.parametrize(("days", "found"), [(0, 0), (6, 1), (9, 1), (14, 1)])
def test_a_silence_is_found_with_its_days(find: Find, days: int, found: int) -> None:
    for seed in SEEDS:
        small = find(seed, 3, silent_days=days)
        gaps = small.answer("gaps").frame
        assert len(gaps) == found
        if found:
            silence = small.truth["records"]["longest_silence"]  # the day beside it may be empty by chance
            span = [f"{gaps[end].iloc[0]:%Y-%m-%d}" for end in ("first", "last")]
            assert span == [str(silence["first"]), str(silence["last"])]


@pytest.mark.parametrize("strength", [0.0, 0.4, 1.0])
def test_a_burst_names_its_year(find: Find, strength: float) -> None:
    for seed in SEEDS:
        small = find(seed, bursts=strength)
        named = {row["word"] for row in small.truth["bursts"]}
        marked = set(small.answer("words_by_year").finding.mark)
        assert marked <= named if strength else marked == {"python"}
        if strength:
            assert len(marked) == 2


@pytest.mark.parametrize(("strength", "least"), [(0.0, 0), (0.7, 3), (1.0, 4)])
def test_words_keep_to_their_part_of_the_day(find: Find, strength: float, least: int) -> None:
    found = 0
    for seed in SEEDS:
        small = find(seed, parts=strength)
        main = small.answer("words_apart").frame
        found += bool(len(main))
        if strength:
            heads = {"night": set(small.truth["parts"]["evening"]), "day": set(small.truth["parts"]["day"])}
            leaders = main.drop_duplicates("part").set_index("part")["word"]
            assert all(leaders[part] in heads[part] for part in leaders.index if part in heads)
    assert least <= found <= (0 if strength == 0 else 4)


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_words_rise_and_fall_as_their_topics(find: Find, strength: float) -> None:
    for seed in SEEDS:
        small = find(seed, 4, trends=strength)
        rising = small.answer("rising")
        if strength == 0:
            assert len(rising.frame) <= 1
            continue
        assert len(rising.frame) >= 2
        slopes = rising.frame.set_index("word")["slope"]
        known = {word: slope for word, slope in small.truth["trends"].items() if word in slopes.index}
        assert [np.sign(slopes[word]) for word in known] == [np.sign(slope) for slope in known.values()]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_share_of_repeats_is_what_was_counted(find: Find, share: float) -> None:
    for seed in SEEDS:
        small = find(seed, new_queries=share)
        repeats = small.answer("repeats").frame
        n_days = (small.subject.days[-1] - small.subject.days[0]).days + 1
        judged = small.truth["repeats"]["365" if n_days >= 730 else "28"]
        assert {name: repeats[name].sum() for name in judged} == judged
        times = small.answer("repeated").frame["times"].tolist()
        assert times[:10] == [row["times"] for row in small.truth["repeated"] if row["times"] >= 3]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_words_that_hang_together_are_counted_as_one(find: Find, share: float) -> None:
    for seed in SEEDS:
        small = find(seed, phrases=share)
        vocabulary = read_vocabulary(small.subject)
        counts = dict(zip(vocabulary.words, vocabulary.counts.tolist(), strict=True))
        phrases = ("moving average", "list comprehension", "drop duplicates", "side effects")
        assert [counts.get(phrase, 0) for phrase in phrases] == [
            small.truth["phrases"].get(phrase, 0) for phrase in phrases
        ]
        assert (counts.get("average", 0) > 0) == (share < 1)


@pytest.mark.parametrize("searches", [1.0, 1.5, 3.2, 6.0])
def test_the_limit_between_sessions_is_nearly_the_best_one(find: Find, searches: float) -> None:
    for seed in SEEDS:
        small = find(seed, session_searches=searches)
        limit = small.answer("sessions").frames["limit"].iloc[0]
        truth = small.truth["sessions"]
        assert bool(limit["fitted"]) == (truth["limit"] is not None)
        if limit["fitted"]:
            assert 2 * truth["pause_inside"] < limit["seconds"] < truth["pause_between"] / 2
            assert truth["limit"] / 2 < limit["seconds"] < truth["limit"] * 2


def test_records_and_firsts_are_what_was_counted(find: Find) -> None:
    for seed in SEEDS:
        small = make_small(seed, 3, Effects())
        records, truth = small.answer("records").frame.set_index("record"), small.truth["records"]
        assert records["value"]["busiest day"] == truth["busiest_day"]["searches"]
        assert records["value"]["longest run"] == truth["longest_run"]["days"]
        assert records["value"]["longest silence"] == truth["longest_silence"]["days"]
        assert records["value"]["latest night"] == pytest.approx(truth["latest_night"]["until"], abs=1e-3)
        firsts = small.answer("firsts").frame
        assert dict(zip(firsts["year"].astype(str), firsts["text"], strict=True)) == small.truth["firsts"]
