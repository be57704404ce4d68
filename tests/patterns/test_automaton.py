from itertools import product
from math import comb, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.patterns.automaton import Spans, find_spans, sort_by


def cost(state: int, held: int, total: int, rest: float) -> float:
    """What a day costs in a state, as Kleinberg writes it."""
    share = rest * 2**state
    return -log(comb(total, held) * share**held * (1 - share) ** (total - held))


def cost_sequence(states: list[int], held: list[int], totals: list[int], rest: float) -> float:
    up = log(len(totals))
    days = zip(states, [0, *states], held, totals, strict=False)
    return sum(cost(now, h, n, rest) + up * max(0, now - was) for now, was, h, n in days)


def find(held: np.ndarray, totals: np.ndarray) -> Spans:
    """The spans of words (n_words, n_days)."""
    word, day = np.nonzero(held)
    return find_spans(word, day, held[word, day], totals, len(held))


def read_states(spans: Spans, word: int, n_days: int) -> list[int]:
    states = np.zeros(n_days, dtype=int)
    for k in np.flatnonzero(spans.word == word):
        states[spans.first[k] : spans.last[k] + 1] = 1
    return states.tolist()


@st.composite
def few_days(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    totals = draw(st.lists(st.integers(0, 40), min_size=1, max_size=10))
    held = [draw(st.integers(0, n) if draw(st.booleans()) else st.just(0)) for n in totals]
    return held, totals


@settings(max_examples=60, deadline=None)
@given(few_days())
def test_no_sequence_of_states_costs_less(days: tuple[list[int], list[int]]) -> None:
    held, totals = days
    rest = sum(held) / max(sum(totals), 1)
    spans = find(np.array([held]), np.array(totals))
    found = read_states(spans, 0, len(totals))
    if not 0 < 2 * rest < 1:
        assert sum(found) == 0
        return
    best = min(cost_sequence(list(s), held, totals, rest) for s in product((0, 1), repeat=len(totals)))
    assert cost_sequence(found, held, totals, rest) == pytest.approx(best, abs=1e-9)


def walk(held: list[int], totals: list[int]) -> list[int]:
    """Viterbi's algorithm on every day in turn, at rest where both states cost the same."""
    rest, up = sum(held) / sum(totals), log(len(totals))
    low, high, steps = 0.0, float("inf"), []
    for h, n in zip(held, totals, strict=True):
        from_low, from_high = high < low, low + up > high
        steps.append((from_low, from_high))
        low, high = (
            min(low, high) + cost(0, h, n, rest),
            min(low + up, high) + cost(1, h, n, rest),
        )
    states = [int(high < low)]
    for from_low, from_high in reversed(steps[1:]):
        states.append(int(from_high if states[-1] else from_low))
    return states[::-1]


@pytest.mark.parametrize("seed", range(4))
def test_many_words_on_many_days_are_each_as_by_a_plain_walk(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_days, shares = 300, np.array([0.001, 0.01, 0.05, 0.2, 0.45, 0.6])
    totals = rng.poisson(60, n_days) * (rng.random(n_days) > 0.1)
    rate = np.repeat(shares[:, None], n_days, axis=1)
    rate[:, 60:100] *= 2.5
    rate[:, 200:230] *= 4
    held = rng.binomial(totals, np.minimum(rate, 1))
    spans = find(held, totals)
    for word in range(len(shares)):
        able = 2 * held[word].sum() < totals.sum()
        expected = walk(held[word].tolist(), totals.tolist()) if able else [0] * n_days
        assert read_states(spans, word, n_days) == expected
    assert len(spans.word) >= 5


def test_a_burst_holds_its_days_and_weighs_what_they_gain() -> None:
    held = np.array([[0, 1, 0, 0, 6, 0, 7, 5, 0, 0, 0, 0], [0] * 12, [9, 8, 7] + [0] * 9])
    totals = np.full(12, 20)
    spans = find(held, totals)
    assert [values.tolist() for values in spans[:4]] == [[0, 2], [4, 0], [7, 2], [18, 24]]
    for k, (word, days) in enumerate([(0, range(4, 8)), (2, range(3))]):
        rest = held[word].sum() / totals.sum()
        gains = [cost(0, held[word, t], 20, rest) - cost(1, held[word, t], 20, rest) for t in days]
        assert spans.weight[k] == pytest.approx(sum(gains))


def test_silent_days_neither_cost_nor_end_a_burst() -> None:
    held = np.array([[0] * 20 + [5, 6] + [0] * 30 + [6, 5] + [0] * 20])
    totals = np.full(74, 20)
    assert len(find(held, totals).word) == 2
    totals[22:52] = 0
    spans = find(held, totals)
    assert (spans.first.tolist(), spans.last.tolist()) == ([20], [53])


@pytest.mark.parametrize("most", [3, 300, 70_000])
def test_the_order_is_by_one_number_then_by_the_other(most: int) -> None:
    rng = np.random.default_rng(most)
    minor, major = rng.integers(0, most, (2, 2000))
    np.testing.assert_array_equal(sort_by(minor, major), np.lexsort((minor, major)))


def test_without_words_or_days_there_is_no_burst() -> None:
    none = np.zeros(0, dtype=np.int64)
    for totals in (none, np.full(10, 5)):
        assert [len(values) for values in find_spans(none, none, none, totals, 3)] == [0] * 5
