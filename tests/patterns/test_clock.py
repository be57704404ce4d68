"""Circular statistics of the hours: against SciPy, by simulation, by year, and where nothing can be said."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import circmean, circvar

from pipeline.patterns.clock import answer_clock, average_clock, find_chance, find_distance
from pipeline.patterns.subject import Subject

MakeSubject = Callable[..., Subject]


def draw_times(
    seed: int, centres: dict[int, float], *, kappa: float = 1.0, a_day: float = 8.0, days: int = 360
) -> np.ndarray:
    """Draw times by a von Mises distribution about each year's own hour."""
    rng = np.random.default_rng(seed)
    times = []
    for year, centre in centres.items():
        first = np.datetime64(f"{year}-01-01", "ms")
        day = np.repeat(np.arange(days), rng.poisson(a_day, days))
        hour = rng.vonmises(0.0, kappa, len(day)) * 24 / (2 * np.pi) + centre
        times.append(first + ((24 * day + hour % 24) * 3_600_000).astype("timedelta64[ms]"))
    return np.concatenate(times)


def test_mean_and_length_are_those_of_scipy(make_subject: MakeSubject, rng: np.random.Generator) -> None:
    subject = make_subject(draw_times(3, {2023: 22.5}))
    frame = average_clock(subject, rng)
    inside = subject.rows["date"].isin(subject.covered)
    local = subject.rows.loc[inside, "local"]
    hours = ((local - local.dt.normalize()).dt.total_seconds() / 3600).to_numpy(dtype=float)
    assert frame["n"].tolist() == [len(hours)]
    assert frame["mean_hour"][0] == pytest.approx(circmean(hours, high=24, low=0), abs=1e-6)
    assert frame["length"][0] == pytest.approx(1 - circvar(hours, high=24, low=0), abs=1e-9)


@pytest.mark.parametrize("n", [10, 50, 400])
@pytest.mark.parametrize("chance", [0.3, 0.05])
def test_rayleighs_chance_is_how_often_uniform_hours_are_as_close(n: int, chance: float) -> None:
    rng = np.random.default_rng(1)
    angles = rng.uniform(0, 2 * np.pi, (20_000, n))
    lengths = np.hypot(np.cos(angles).mean(axis=1), np.sin(angles).mean(axis=1))
    length = float(np.quantile(lengths, 1 - chance))
    assert find_chance(n, length) == pytest.approx(chance, abs=0.015)


def test_rayleighs_chance_never_leaves_its_range() -> None:
    assert find_chance(1_000_000, 1.0) == 0.0
    assert find_chance(1_000_000, 0.0) == 1.0
    assert 0 <= find_chance(1, 1.0) <= 1


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize(("first", "last", "way"), [(15.0, 17.0, "later"), (23.5, 21.5, "earlier"),
                                                    (23.0, 1.0, "later")])  # fmt: skip
def test_a_planted_move_of_the_centre_is_said(
    seed: int, first: float, last: float, way: str, make_subject: MakeSubject
) -> None:
    times = draw_times(seed, {2021: first, 2022: first, 2023: last})
    found = answer_clock(make_subject(times), np.random.default_rng(0))
    assert found.frame["year"].tolist() == [2021, 2022, 2023]
    for row, centre in zip(found.frame.itertuples(), (first, first, last), strict=True):
        assert abs(find_distance(np.array([row.mean_hour]), centre)[0]) < 0.35
        assert row.low < row.mean_hour < row.high
        assert row.p < 1e-6
    assert re.fullmatch(rf"Searches of 2023 centre [a-z0-9 ]+ {way} than in 2021", found.finding.headline)
    assert found.finding.emphasis.endswith(f"{way} than in 2021")
    assert found.finding.mark == (2023,)
    assert found.finding.remarkable > 0


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_years_alike_claim_no_move(seed: int, make_subject: MakeSubject) -> None:
    found = answer_clock(make_subject(draw_times(seed, {2022: 16.0, 2023: 16.0})), np.random.default_rng(0))
    assert re.fullmatch(r"The searches of 2023 centre on 1[56]:\d\d, much as in 2022", found.finding.headline)
    assert found.finding.remarkable == 0.0
    assert found.finding.mark == ()


@pytest.mark.slow
def test_the_interval_holds_the_centre_in_nearly_all_archives(make_subject: MakeSubject) -> None:
    held = 0
    for seed in range(100):
        subject = make_subject(draw_times(seed, {2023: 17.0}, a_day=3.0))
        row = average_clock(subject, np.random.default_rng(seed)).iloc[0]
        held += row["low"] <= 17.0 <= row["high"]
    assert held >= 90


def test_hours_without_a_direction_have_no_centre(make_subject: MakeSubject) -> None:
    found = answer_clock(make_subject(draw_times(1, {2023: 12.0}, kappa=0.0)), np.random.default_rng(0))
    assert found.finding.headline == "The searches centre on no hour of the day"
    assert math.isnan(found.frame["low"][0])


@pytest.mark.parametrize("times", [[], ["2024-01-02 12:00"], ["2024-01-02", "2024-01-02 21:00"]])
def test_small_archives_say_what_is_missing(times: list[str], make_subject: MakeSubject) -> None:
    found = answer_clock(make_subject(times, product="youtube", action="watched"), np.random.default_rng(0))
    assert found.finding.headline == "No year has enough videos yet to find its mean hour"
    assert found.finding.notes[1] == (
        "What is missing", "A year appears here after 60 covered days with 100 videos on them."
    )  # fmt: skip
    full = answer_clock(make_subject(draw_times(1, {2023: 12.0})), np.random.default_rng(0))
    assert found.frame.dtypes.to_dict() == full.frame.dtypes.to_dict()
    assert len(found.frame) == 0


def test_years_with_few_days_or_activities_are_left_out(make_subject: MakeSubject) -> None:
    times = [draw_times(1, {2021: 15.0}, a_day=0.2), draw_times(2, {2022: 15.0})]
    times.append(draw_times(3, {2023: 15.0}, days=50))
    frame = average_clock(make_subject(np.concatenate(times)), np.random.default_rng(0))
    assert frame["year"].tolist() == [2022]
