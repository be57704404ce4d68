"""What is planted is there, at the strength that was asked for; what is not planted is not."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from pipeline.sample import NO_EFFECTS, Effects, Sample, Trip, write_sample
from pipeline.sample.effects import PLAN_DAYS, PLAN_FIRST, PLAN_LAST
from pipeline.sample.queries import load_words, weigh_topics
from pipeline.sample.rhythm import make_rates, place_day, plan_days

TruthOf = Callable[[Sample], dict[str, Any]]
SearchesOf = Callable[..., list[tuple[str, datetime]]]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A year and a half without any effect."""
    return write_sample(
        tmp_path_factory.mktemp("plain"), since=date(2024, 5, 6), until=date(2025, 11, 16), effects=NO_EFFECTS
    )


def test_five_years_end_in_november_and_begin_in_march() -> None:
    plan = (PLAN_FIRST, PLAN_LAST, PLAN_DAYS)
    assert plan == (date(2021, 3, 9), date(2025, 11, 19), 1717)
    assert [place_day(PLAN_FIRST, n) for n in (1, 100, 1717)] == [0, 0, 0]
    assert place_day(PLAN_LAST, PLAN_DAYS) == PLAN_DAYS - 1


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


def test_without_effects_the_counts_are_those_of_chance(plain: Sample, truth_of: TruthOf) -> None:
    truth = truth_of(plain)
    n_days = 80 * 7
    assert abs(truth["searches"] - 40 * n_days) < 4 * np.sqrt(40 * n_days)
    by_weekday = np.array(truth["by_weekday"])
    chi = float(((by_weekday - by_weekday.mean()) ** 2 / by_weekday.mean()).sum())
    assert chi < 22.5  # 6 degrees of freedom, one in a thousand
    assert truth["bursts"] == truth["trips"] == truth["holidays"] == []
    assert set(truth["trends"].values()) == {0.0}


def test_given_rates_take_the_place_of_the_planted_hours(tmp_path: Path, truth_of: TruthOf) -> None:
    rates = np.zeros((7, 24))
    rates[2, 15], rates[6, 9] = 20, 10
    effects = dataclasses.replace(NO_EFFECTS, session_searches=1)
    sample = write_sample(
        tmp_path, since=date(2024, 11, 4), until=date(2025, 11, 2), rates=rates, effects=effects
    )
    week = np.array(truth_of(sample)["by_weekday_hour"])
    assert week[rates == 0].sum() == 0
    assert abs(week[2, 15] - 20 * 52) < 4 * np.sqrt(20 * 52)
    assert abs(week[6, 9] - 10 * 52) < 4 * np.sqrt(10 * 52)


def test_silent_days_are_silent_in_every_file(tmp_path: Path, truth_of: TruthOf) -> None:
    # Sessions so long that many would run on into the silence.
    effects = dataclasses.replace(NO_EFFECTS, silent_days=9, session_searches=60)
    sample = write_sample(tmp_path, since=date(2025, 10, 1), effects=effects, rates=np.full((7, 24), 12.0))
    silent = truth_of(sample)["silent_days"]
    first, last = date.fromisoformat(silent["first"]), date.fromisoformat(silent["last"])
    assert (last - first).days == 8
    with zipfile.ZipFile(sample.path) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    printed = re.findall(
        r"<br>([A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d{2}:\d{2}\u202f[AP]M) CET</div>", text
    )
    clocks = (datetime.strptime(f"{time} +0100", "%b %d, %Y, %I:%M:%S\u202f%p %z") for time in printed)
    days = {clock.astimezone(ZoneInfo("Europe/Paris")).date() for clock in clocks}
    assert not days & {first + timedelta(days=k) for k in range(9)}
    assert {first - timedelta(days=1), last + timedelta(days=1)} <= days


def test_a_trip_shifts_the_clock_by_its_hours_and_ends(
    tmp_path: Path, searches_of: SearchesOf, truth_of: TruthOf
) -> None:
    trip = Trip(PLAN_FIRST + timedelta(days=PLAN_DAYS // 2), 200, 7)
    rates = np.zeros((7, 24))
    rates[:, 20] = 30
    effects = dataclasses.replace(NO_EFFECTS, trips=(trip,))
    sample = write_sample(tmp_path, since=date(2023, 11, 21), effects=effects, rates=rates)
    truth = truth_of(sample)
    away = truth["trips"][0]
    hours = {True: Counter[int](), False: Counter[int]()}
    for _, at in searches_of(sample):
        hours[away["first"] <= at.date().isoformat() <= away["last"]][at.hour] += 1
    assert (set(hours[True]), set(hours[False])) == ({13}, {20})
    assert away["hours_ahead"] == 7
    assert abs(sum(hours[True].values()) - 0.8 * 30 * 200) < 4 * np.sqrt(0.8 * 30 * 200)  # a little quieter
    assert (date.fromisoformat(away["last"]) - date.fromisoformat(away["first"])).days == 199


def test_a_burst_concentrates_its_word_in_its_days(
    two_years: Sample, searches_of: SearchesOf, truth_of: TruthOf
) -> None:
    truth, found = truth_of(two_years), searches_of(two_years)
    for word in ("thesis", "piano", "sourdough"):
        spans = [(burst["first"], burst["last"]) for burst in truth["bursts"] if burst["word"] == word]
        days = [at.date().isoformat() for text, at in found if word in text.split()]
        inside = sum(any(first <= day <= last for first, last in spans) for day in days)
        assert inside > 0.8 * len(days) > 0
