"""Drift detection: River's reports to the value, a planted change found, and none where nothing changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river import drift
from river._river_rust.drift import AdaptiveWindowing

from models.errors import InputError, SavedModelError
from models.online.drift import ADWIN, DriftDetector, PageHinkley
from models.types import Array


def make_values(seed: int, n_pieces: int = 5) -> Array:
    rng = np.random.default_rng(seed)
    return np.concatenate(
        [rng.normal(2 * rng.normal(), rng.gamma(1), size=rng.integers(5, 700)) for _ in range(n_pieces)]
    )


def ask_river(detector: Any, values: Array) -> list[bool]:
    reports = []
    for value in values.tolist():
        detector.update(value)
        reports.append(detector.drift_detected)
    return reports


@given(st.integers(0, 10_000))
@settings(max_examples=12, deadline=None)
def test_both_report_where_rivers_report(seed: int) -> None:
    values = make_values(seed)
    assert ADWIN().learn_many(values).tolist() == ask_river(drift.ADWIN(), values)
    assert PageHinkley().learn_many(values).tolist() == ask_river(drift.PageHinkley(), values)
    other = ADWIN(confidence=0.05, n_between=7, n_alike=3, n_shortest=2, n_least=20)
    theirs = drift.ADWIN(delta=0.05, clock=7, max_buckets=3, min_window_length=2, grace_period=20)
    assert other.learn_many(values).tolist() == ask_river(theirs, values)
    strict = PageHinkley(tolerance=0.1, threshold=5, keep=0.99, n_least=10)
    assert strict.learn_many(values).tolist() == ask_river(drift.PageHinkley(10, 0.1, 5, 0.99), values)


@given(st.integers(0, 10_000))
@settings(max_examples=6, deadline=None)
def test_the_window_that_goes_on_is_rivers(seed: int) -> None:
    ours, theirs = ADWIN(restart=False), AdaptiveWindowing(0.002, 32, 5, 5, 10)
    for value in make_values(seed).tolist():
        assert ours.learn_one(value) == theirs.update(value)
        assert ours.width == theirs.get_width()
    np.testing.assert_allclose(ours.total, theirs.get_total(), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours.squares, theirs.get_variance(), rtol=1e-8, atol=1e-8)


def test_a_change_of_the_mean_is_found_once_and_soon() -> None:
    values = np.random.default_rng(0).normal(size=2000)
    values[1000:] += 2
    assert np.flatnonzero(ADWIN().learn_many(values)).tolist() == [1023]
    (found,) = np.flatnonzero(PageHinkley(threshold=100).learn_many(values)).tolist()
    assert 1000 < found < 1080


def test_where_nothing_changes_next_to_nothing_is_reported() -> None:
    values = np.random.default_rng(1).normal(size=(10, 2000))
    assert sum(int(ADWIN().learn_many(row).sum()) for row in values) == 0


def test_its_window_is_the_mean_of_what_came_since_the_change() -> None:
    values = np.random.default_rng(2).normal(size=3000)
    values[1000:] += 3
    detector = ADWIN(restart=False)
    detector.learn_many(values)
    assert 1900 < detector.width <= 2100
    assert detector.mean == pytest.approx(values[-detector.width :].mean(), abs=1e-9)
    assert detector.squares / detector.width == pytest.approx(values[-detector.width :].var(), rel=1e-9)


def test_a_window_that_goes_on_after_values_that_are_all_alike_has_no_spread_below_zero() -> None:
    detector = ADWIN(restart=False)
    reports = np.flatnonzero(detector.learn_many([0.9] * 54 + [2.4] * 104))
    assert len(reports) > 0
    assert 54 <= reports[0] < 96
    assert detector.squares >= 0
    assert detector.mean == pytest.approx(2.4, abs=0.2)


def test_a_window_may_shrink_to_one_value() -> None:
    detector = ADWIN(restart=False, confidence=0.9, n_shortest=1, n_least=1, n_between=1)
    assert detector.learn_many([0.0, 100.0]).tolist() == [False, True]
    assert (detector.width, detector.mean) == (1, 100.0)


@given(st.integers(0, 10_000), st.integers(1, 3))
@settings(max_examples=8, deadline=None)
def test_a_window_that_goes_on_is_the_last_values_whatever_its_sums(seed: int, n_alike: int) -> None:
    values = np.repeat(*_draw_steps(seed))
    detector = ADWIN(restart=False, n_alike=n_alike, n_between=5)
    detector.learn_many(values)
    assert detector.mean == pytest.approx(values[-detector.width :].mean(), abs=1e-6)
    assert detector.squares == pytest.approx(values[-detector.width :].var() * detector.width, abs=1e-6)


def _draw_steps(seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 100, 8).round(1), rng.integers(5, 90, 8)


def test_the_first_look_is_at_a_value_after_the_least() -> None:
    values = [0.0] * 100 + [1.0] * 100
    assert not ADWIN(n_between=200, n_least=200).learn_many(values).any()
    assert ADWIN(n_between=200, n_least=199).learn_many(values)[-1]


def test_a_long_stream_is_kept_in_few_sums() -> None:
    detector = ADWIN()
    detector.learn_many(np.zeros(20_000))
    assert detector.width == 20_000
    assert detector.list_arrays()["state"].size < 2 * 5 * 13 + 20


@pytest.mark.parametrize("make", [ADWIN, PageHinkley, lambda: ADWIN(restart=False)])
def test_a_restored_detector_goes_on_and_shares_nothing(make: Any) -> None:
    values = make_values(3)
    whole, first = make(), make()
    expected = whole.learn_many(values)
    given_back = [first.learn_many(values[:333])]
    arrays = first.list_arrays()
    before = arrays["state"].copy()
    second, third = type(first).restore(first.list_settings(), arrays), first.copy()
    given_back.append(second.learn_many(values[333:]))
    assert np.concatenate(given_back).tolist() == expected.tolist()
    assert third.learn_many(values[333:]).tolist() == given_back[1].tolist()
    np.testing.assert_array_equal(arrays["state"], before)
    np.testing.assert_array_equal(first.list_arrays()["state"], before)


@pytest.mark.parametrize("make", [ADWIN, PageHinkley])
def test_one_by_one_is_many(make: Any) -> None:
    values = make_values(4)
    single = make()
    assert [single.learn_one(value) for value in values] == make().learn_many(values).tolist()


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda: ADWIN(confidence=1),
            "confidence is 1, the numbers 32, 5, 5 and 10 (ADWIN). confidence lies in",
        ),
        (
            lambda: ADWIN(n_alike=0),
            "confidence is 0.002, the numbers 32, 0, 5 and 10 (ADWIN). confidence lies",
        ),
        (
            lambda: PageHinkley(threshold=0),
            "tolerance is 0.005, threshold 0, keep 0.9999 and n_least 30 (PageHinkley). tolerance is 0",
        ),
        (
            lambda: PageHinkley(keep=0),
            "tolerance is 0.005, threshold 50.0, keep 0 and n_least 30 (PageHinkley).",
        ),
        (
            lambda: ADWIN().learn_one(np.nan),
            "The value is NaN or beyond 1e+140 (ADWIN). Leave such values out.",
        ),
        (
            lambda: PageHinkley().learn_many([[1.0]]),
            "Values of the shape (1, 1), or NaN or beyond 1e+140 (PageH",
        ),
        (
            lambda: PageHinkley().learn_many([np.inf]),
            "Values of the shape (1,), or NaN or beyond 1e+140 (PageHin",
        ),
    ],
)
def test_what_it_cannot_take_is_refused(act: Any, words: str) -> None:
    with pytest.raises(InputError) as caught:
        act()
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    "state",
    [
        [],
        [1.0, 2.0],
        [5, 5, 0, 0, 2, -1, 0, 0],
        [5, 5, 0, 0, -1],
        [5, 3, 0, 0, 2, -1, 0, 0, 0, 0],  # as wide as three, with sums of two
        [np.inf, 0, 0, 0, 0, 0],
        [5, np.nan, 0, 0, 0, 0],
        [-5, 0, 0, 0, 0, 0],
        [1, 1, 0, -1, 1, -1, 0, 0],  # spread below 0
    ],
)
@pytest.mark.parametrize("kind", [ADWIN, PageHinkley])
def test_arrays_of_another_detector_are_refused(kind: type[DriftDetector], state: list[float]) -> None:
    with pytest.raises(SavedModelError) as caught:
        kind.restore(kind().list_settings(), {"state": np.array(state)})
    assert str(caught.value) == f"The settings or the arrays are not its own ({kind.__name__}). Make it anew."
