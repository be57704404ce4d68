"""The two-rate model: planted windows come back, intervals hold them, and the likelihood is the one meant."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import minimize

from pipeline.patterns.bootstrap import count_blocks, draw_weights
from pipeline.patterns.habit import (
    QUARTER,
    Habit,
    _begin,
    _climb,
    _improve,
    _pair,
    _score,
    count_quarters,
    fit_habit,
)

CENTRE = 12.5


def draw_nights(
    seed: int, n: int, *, awake: float, quiet: float, start: float, end: float, spread: float
) -> np.ndarray:
    """Draw hours since the first 15:00: ``awake`` an hour outside each night's window, ``quiet`` inside."""
    rng = np.random.default_rng(seed)
    begins = rng.normal(start, spread, n)
    ends = np.maximum(rng.normal(end, spread, n), begins + 1)
    day = np.repeat(np.arange(n), rng.poisson(awake * 24, n))
    hour = rng.uniform(0, 24, len(day))
    inside = (hour > begins[day]) & (hour < ends[day])
    keep = ~inside | (rng.random(len(day)) < quiet / awake)
    return np.sort((24 * day + hour)[keep])


def fit(hours: np.ndarray, n: int, seed: int = 0) -> Habit:
    """Fit the model to all nights."""
    days = np.arange(n)
    weights = draw_weights(days.astype("datetime64[D]"), np.random.default_rng(seed))
    return fit_habit(count_quarters(hours, days, CENTRE), 8.0, 17.0, CENTRE, weights, count_blocks(n))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("start", "end"), [(8.5, 16.0), (6.0, 17.5), (10.25, 15.25)])
def test_a_planted_window_comes_back_within_a_quarter_of_an_hour(seed: int, start: float, end: float) -> None:
    hours = draw_nights(seed, 400, awake=1.2, quiet=0.03, start=start, end=end, spread=1.0)
    habit = fit(hours, 400)
    assert abs(habit.start - start) < 0.25
    assert abs(habit.end - end) < 0.25
    assert habit.awake == pytest.approx(1.2, rel=0.1)
    assert habit.start_low < habit.start < habit.start_high
    assert habit.end_low < habit.end < habit.end_high


@pytest.mark.slow
@pytest.mark.parametrize(("n", "awake"), [(60, 1.0), (120, 1.0), (120, 0.5), (365, 2.0)])
def test_the_interval_holds_the_truth_in_nearly_all_of_a_hundred_archives(n: int, awake: float) -> None:
    held = np.zeros(2)
    for seed in range(100):
        habit = fit(draw_nights(seed, n, awake=awake, quiet=0.02, start=8.6, end=16.4, spread=1.0), n, seed)
        held += [habit.start_low <= 8.6 <= habit.start_high, habit.end_low <= 16.4 <= habit.end_high]
    assert held.min() >= 90


def _log_likelihood(at: np.ndarray, held: np.ndarray) -> float:
    """Sum over every pair of change points, night by night and quarter by quarter."""
    grid = CENTRE - 12 + QUARTER * np.arange(held.shape[1] + 1)
    start, end, (start_sd, end_sd, awake, quiet) = at[0], at[1], np.exp(at[2:])
    full, empty = np.log(-np.expm1(-np.array([awake, quiet]) * QUARTER)), -np.array([awake, quiet]) * QUARTER
    # What is known before: half a quarter with activity, and two nights 0.3 hours from the habit.
    total = 0.5 * float(np.log(np.expm1(quiet * QUARTER)))
    total -= sum(2 * (0.3**2 / sd**2 / 2 + float(np.log(sd))) for sd in (start_sd, end_sd))
    for night in held:
        terms = []
        for i, j in combinations(range(len(grid)), 2):
            inside = np.zeros(len(night), dtype=int)
            inside[i:j] = 1
            prior = -(((grid[i] - start) / start_sd) ** 2 + ((grid[j] - end) / end_sd) ** 2) / 2
            terms.append(prior + np.where(night > 0, full[inside], empty[inside]).sum())
        total += float(np.logaddexp.reduce(terms)) - np.log(start_sd) - np.log(end_sd)
    return total


def test_scores_are_the_derivatives_of_the_likelihood_summed_pair_by_pair() -> None:
    held = count_quarters(
        draw_nights(5, 6, awake=1.0, quiet=0.05, start=8.5, end=16.0, spread=1.0), np.arange(6), CENTRE
    )
    seen = np.pad(np.cumsum(held, axis=1), ((0, 0), (1, 0))).astype(float)
    grid = CENTRE - 12 + QUARTER * np.arange(held.shape[1] + 1)
    at = np.array([8.0, 16.5, 0.1, 0.2, 0.1, -2.5])
    score = _score(seen, grid, at).sum(axis=0)
    for k in range(6):
        step = np.eye(6)[k] * 1e-4
        slope = (_log_likelihood(at + step, held) - _log_likelihood(at - step, held)) / 2e-4
        assert score[k] == pytest.approx(slope, abs=2e-3)


def test_a_general_optimiser_ends_at_the_same_habit() -> None:
    hours = draw_nights(3, 60, awake=1.0, quiet=0.05, start=8.5, end=16.0, spread=1.0)
    held = count_quarters(hours, np.arange(60), CENTRE)
    seen = np.pad(np.cumsum(held, axis=1), ((0, 0), (1, 0))).astype(float)
    grid = CENTRE - 12 + QUARTER * np.arange(seen.shape[1])
    at, _, scores = _climb(seen, grid, _begin(seen, grid, 8.0, 17.0))
    assert np.abs(scores.sum(axis=0)).max() < 0.2

    def distance(x: np.ndarray) -> float:
        return float((_score(seen, grid, x).sum(axis=0) ** 2).sum())

    found = minimize(distance, at, method="Nelder-Mead")
    assert np.abs(found.x - at)[:2].max() < 0.02


def test_each_quarter_of_an_hour_counts_once() -> None:
    hours = np.array([0.5, 0.51, 0.74, 0.75, 12.5, 24.49, 24.5, 30.0])
    held = count_quarters(hours, np.array([0, 1]), CENTRE)
    assert np.flatnonzero(held[0]).tolist() == [0, 1, 48, 95]
    assert np.flatnonzero(held[1]).tolist() == [0, 22]
    assert count_quarters(hours, np.zeros(0, dtype=np.int64), CENTRE).shape == (0, 96)
    assert count_quarters(np.zeros(0), np.array([0]), CENTRE).sum() == 0


def test_many_nights_end_where_all_of_them_would_have_led() -> None:
    n = 1500
    hours = draw_nights(4, n, awake=0.8, quiet=0.03, start=8.5, end=16.0, spread=1.2)
    seen = np.pad(np.cumsum(count_quarters(hours, np.arange(n), CENTRE), axis=1), ((0, 0), (1, 0)))
    grid = CENTRE - 12 + QUARTER * np.arange(seen.shape[1])
    at, _, scores = _climb(seen.astype(float), grid, _begin(seen.astype(float), grid, 8.0, 17.0))
    slow = _begin(seen.astype(float), grid, 8.0, 17.0)
    for _ in range(80):
        slow = _improve(seen.astype(float), grid, slow)
    assert at == pytest.approx(slow, abs=0.01)
    assert np.abs(scores.mean(axis=0)).max() < 0.002


@pytest.mark.parametrize("awake", [0.4, 12.0])
def test_few_and_many_activities_an_hour_are_told_alike(awake: float) -> None:
    habit = fit(draw_nights(6, 300, awake=awake, quiet=awake / 50, start=8.5, end=16.5, spread=0.8), 300)
    assert habit.start == pytest.approx(8.5, abs=0.3)
    assert habit.end == pytest.approx(16.5, abs=0.3)
    silent = fit(draw_nights(6, 300, awake=awake, quiet=0.0, start=8.5, end=16.5, spread=0.8), 300)
    assert silent.start == pytest.approx(8.5, abs=0.3)
    assert silent.start_high - silent.start_low < 1.0


def test_both_ways_of_pairing_give_the_same_chances(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    begin, stop = rng.normal(0, 30, (20, 12)), rng.normal(0, 30, (20, 12))
    plain = _pair(begin.copy(), stop.copy())
    monkeypatch.setattr("pipeline.patterns.habit.SAFE", 0.0)
    for one, other in zip(plain, _pair(begin.copy(), stop.copy()), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)
        np.testing.assert_allclose(one.sum(axis=1), 1.0)
