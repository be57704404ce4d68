"""The oracles are ruptures and a search through all splits; neither shares code with ours."""

from itertools import combinations, pairwise

import numpy as np
import pytest
import ruptures
from hypothesis import given
from hypothesis import strategies as st
from ruptures.base import BaseCost

from pipeline.patterns.pelt import find_changes, measure_gains


class PoissonCost(BaseCost):
    """Twice the negative log likelihood of equal Poisson rates, without the terms of no split."""

    model, min_size = "", 1

    def fit(self, signal):
        self.signal = signal
        return self

    def error(self, start, end):
        total = self.signal[start:end].sum()
        return 0.0 if total == 0 else -2 * total * np.log(total / (end - start))


def sum_costs(counts, changes, penalty):
    cost = PoissonCost().fit(np.asarray(counts, dtype=float))
    ends = [0, *changes, len(counts)]
    return sum(cost.error(a, b) for a, b in pairwise(ends)) + penalty * len(changes)


def try_all(counts, penalty, shortest):
    """Return the smallest sum of costs and penalties of all splits."""
    n, sums = len(counts), []
    for k in range(n // shortest):
        for changes in combinations(range(shortest, n - shortest + 1), k):
            ends = np.array([0, *changes, n])
            if (np.diff(ends) >= shortest).all():
                sums.append(sum_costs(counts, list(changes), penalty))
    return min(sums)


@given(
    counts=st.lists(st.integers(0, 30), min_size=2, max_size=11),
    penalty=st.floats(0.1, 30),
    shortest=st.integers(1, 4),
)
def test_no_split_costs_less(counts, penalty, shortest) -> None:
    if len(counts) < 2 * shortest:
        assert find_changes(np.array(counts), penalty, shortest).tolist() == []
        return
    found = find_changes(np.array(counts), penalty, shortest)
    assert sum_costs(counts, found.tolist(), penalty) == pytest.approx(try_all(counts, penalty, shortest))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("penalty", "shortest", "step"), [(8.0, 1, 1), (12.0, 10, 1), (30.0, 14, 7)])
def test_ruptures_finds_the_same_changes(seed, penalty, shortest, step) -> None:
    rng = np.random.default_rng(seed)
    rates = np.repeat(rng.uniform(2, 20, 5), rng.integers(20, 60, 5))
    counts = rng.poisson(rates)
    pelt = ruptures.Pelt(custom_cost=PoissonCost(), min_size=shortest, jump=step)
    theirs = pelt.fit(counts.astype(float)).predict(pen=penalty)[:-1]
    ours = find_changes(counts, penalty, shortest, step)
    assert (np.diff([0, *ours, len(counts)]) >= shortest).all()
    assert (ours % step == 0).all()
    assert sum_costs(counts, ours.tolist(), penalty) <= sum_costs(counts, theirs, penalty) + 1e-6
    if shortest == 1:  # theirs is exact only without a shortest stretch
        assert ours.tolist() == theirs


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_change_is_found_to_the_week(seed) -> None:
    counts = np.random.default_rng(seed).poisson(np.repeat([20.0, 30.0], [200, 150]))
    found = find_changes(counts, 20.0, 28)
    assert len(found) == 1
    assert abs(int(found[0]) - 200) <= 7


def test_silence_is_a_stretch_like_any_other() -> None:
    assert find_changes(np.repeat([0, 9, 0], 20), 10.0, 5).tolist() == [20, 40]
    assert find_changes(np.zeros(50, dtype=int), 1.0, 5).tolist() == []


def test_too_short_a_row_has_no_change() -> None:
    assert find_changes(np.array([], dtype=int), 1.0, 5).tolist() == []
    assert find_changes(np.arange(9), 0.1, 5).tolist() == []


def test_the_gain_is_what_a_split_saves() -> None:
    counts = np.random.default_rng(0).poisson(5, (3, 40))
    gains = measure_gains(counts, 6, 4)
    assert gains.shape == (3, 8)
    for row, line in zip(counts, gains, strict=True):
        saved = [sum_costs(row, [], 0) - sum_costs(row, [place], 0) for place in range(6, 35, 4)]
        np.testing.assert_allclose(line, saved, atol=1e-9)
