"""What every online regressor promises, whatever it learns by."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import models.online
from models.errors import InputError, SavedModelError
from models.online.descent import OnlineDescent
from models.online.ftrl import FollowTheLeader
from models.online.learner import CHUNK_ROWS, NEVER_NEGATIVE, OnlineRegressor
from models.online.linear import OnlineLinear
from models.online.poisson import OnlinePoisson
from models.online.recursive import RecursiveLeastSquares
from models.saving import pack_model, unpack_model
from models.types import Array

Make: TypeAlias = Callable[[], OnlineRegressor]
D = 3
LEARNERS: dict[str, Make] = {
    "least squares": lambda: OnlineLinear(D, ridge=2.0),
    "least squares, forgetting, as they are": lambda: OnlineLinear(D, forgetting=0.97, standardise=False),
    "descent": lambda: OnlineDescent(D, rate=0.03),
    "descent, ridge and decay": lambda: OnlineDescent(D, rate=0.1, decay=0.25, ridge=0.3),
    "descent, ridge, as they are": lambda: OnlineDescent(D, rate=0.02, ridge=2.0, standardise=False),
    "recursive": lambda: RecursiveLeastSquares(D),
    "recursive, forgetting": lambda: RecursiveLeastSquares(D, forgetting=0.97, ridge=0.1),
    "recursive, forgetting fast": lambda: RecursiveLeastSquares(D, forgetting=0.9, standardise=False),
    "leader": lambda: FollowTheLeader(D, rate=0.5),
    "leader, sparse": lambda: FollowTheLeader(D, sparsity=2.0, ridge=0.1, standardise=False),
    "Poisson": lambda: OnlinePoisson(D, rate=0.1, decay=0.25),
    "Poisson, ridge": lambda: OnlinePoisson(D, rate=0.1, ridge=0.5, standardise=False),
    "Poisson, explicit": lambda: OnlinePoisson(D, rate=0.01, ridge=0.5, implicit=False),
}
every_learner = pytest.mark.parametrize("make", LEARNERS.values(), ids=LEARNERS.keys())


def make_rows(n_rows: int, seed: int = 0) -> tuple[Array, Array]:
    """Rows on unlike scales, with counts as targets, so that every learner takes them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_rows, D)) * [0.3, 1, 0.1] + [0.2, -0.5, 0.7]
    return x, rng.poisson(np.exp(x @ [1.0, -0.6, 0.5])).astype(float)


def learn_one_by_one(learner: OnlineRegressor, x: Array, y: Array) -> Array:
    predictions = np.empty(len(x))
    for k, (row, target) in enumerate(zip(x, y.tolist(), strict=True)):
        predictions[k] = learner.predict_one(row)
        learner.learn_one(row, target)
    return predictions


def check_same(one: OnlineRegressor, other: OnlineRegressor, tolerance: float = 0.0) -> None:
    assert one.list_settings() == other.list_settings()
    arrays = other.list_arrays()
    assert one.list_arrays().keys() == arrays.keys()
    for name, array in one.list_arrays().items():
        np.testing.assert_allclose(array, arrays[name], rtol=tolerance, atol=tolerance, strict=True)


def test_every_learner_of_the_room_is_here() -> None:
    for module in pkgutil.iter_modules(models.online.__path__):
        import_module(f"models.online.{module.name}")
    assert {type(make()) for make in LEARNERS.values()} == set(OnlineRegressor.__subclasses__())


@every_learner
def test_it_predicts_before_any_learning_and_a_prediction_changes_nothing(make: Make) -> None:
    learner, (x, y) = make(), make_rows(40)
    assert learner.predict_one(np.ones(D)) == (1.0 if isinstance(learner, OnlinePoisson) else 0.0)
    check_same(learner, make())
    learner.learn_many(x, y)
    before = learner.copy()
    first = learner.predict_one(x[0])
    assert learner.predict_one(x[0]) == first
    check_same(learner, before)


@every_learner
def test_learning_does_not_change_its_inputs_and_takes_lists(make: Make) -> None:
    x, y = make_rows(70)
    x_before, y_before = x.copy(), y.copy()
    learner = make()
    predictions = learner.learn_many(x, y)
    learner.learn_one(x[0], y[0])
    np.testing.assert_array_equal(x, x_before)
    np.testing.assert_array_equal(y, y_before)
    np.testing.assert_array_equal(make().learn_many(x.tolist(), y.tolist()), predictions)


# 1e-10 of predictions and weights of order one: measured, all but the recursive ones stay below 1e-13.
@every_learner
@pytest.mark.parametrize("n_rows", [0, 1, 31, 33, 64, 300])
def test_many_are_one_by_one(make: Make, n_rows: int) -> None:
    x, y = make_rows(n_rows, seed=n_rows)
    single, many = make(), make()
    expected = learn_one_by_one(single, x, y)
    np.testing.assert_allclose(many.learn_many(x, y), expected, rtol=1e-10, atol=1e-10)
    check_same(many, single, 1e-10)


@every_learner
@given(cuts=st.lists(st.integers(0, 160), max_size=4), seed=st.integers(0, 99))
@settings(max_examples=8, deadline=None)
def test_pieces_that_are_saved_and_loaded_between_are_never_having_stopped(
    make: Make, cuts: list[int], seed: int
) -> None:
    x, y = make_rows(160, seed)
    whole, pieces = make(), make()
    expected, given_back = whole.learn_many(x, y), []
    for start, stop in pairwise([0, *sorted(cuts), 160]):
        given_back.append(pieces.learn_many(x[start:stop], y[start:stop]))
        pieces = load(save(pieces), type(pieces))
    np.testing.assert_allclose(np.concatenate(given_back), expected, rtol=1e-10, atol=1e-10)
    check_same(pieces, whole, 1e-10)


def save(learner: OnlineRegressor) -> bytes:
    return pack_model(type(learner).__name__, 1, [], learner.list_arrays(), settings=learner.list_settings())


def load(content: bytes, kind: type[OnlineRegressor]) -> OnlineRegressor:
    saved = unpack_model(content, name=kind.__name__, version=1, features=[], where="x.npz")
    return kind.restore(saved.header["settings"], saved.arrays)


@every_learner
def test_a_saved_learner_comes_back_to_the_bit_and_copies_share_nothing(make: Make) -> None:
    x, y = make_rows(120)
    learner = make()
    learner.learn_many(x[:70], y[:70])
    arrays = learner.list_arrays()
    copies = [
        learner.copy(),
        load(save(learner), type(learner)),
        learner.restore(learner.list_settings(), arrays),
    ]
    before = {name: array.copy() for name, array in arrays.items()}
    expected = learner.learn_many(x[70:], y[70:])
    for copy in copies:
        np.testing.assert_array_equal(copy.learn_many(x[70:], y[70:]), expected)
        check_same(copy, learner)
    for name, array in before.items():
        np.testing.assert_array_equal(arrays[name], array)


@every_learner
def test_a_target_cannot_change_the_guess_made_before_it(make: Make) -> None:
    x, y = make_rows(100)
    changed = y.copy()
    changed[50:] += 3
    first, other = make().learn_many(x, y), make().learn_many(x, changed)
    np.testing.assert_allclose(first[:51], other[:51], rtol=1e-12)
    assert (first[52:] != other[52:]).all()


@every_learner
def test_its_state_does_not_grow(make: Make) -> None:
    learner, sizes = make(), []
    for _ in range(3):
        learner.learn_many(*make_rows(CHUNK_ROWS // 4))
        sizes.append(sum(array.nbytes for array in learner.list_arrays().values()))
    assert sizes[0] == sizes[1] == sizes[2]


@every_learner
def test_it_learns(make: Make) -> None:
    x, y = make_rows(600)
    predictions = make().learn_many(x, y)
    assert np.mean((predictions - y)[300:] ** 2) < np.mean((y - y[:300].mean())[300:] ** 2)


@every_learner
def test_what_cannot_be_learned_is_refused_and_nothing_is_learned(make: Make) -> None:
    learner, (x, y) = make(), make_rows(50)
    learner.learn_many(x, y)
    before, name = learner.copy(), type(learner).__name__
    bad = x.copy()
    bad[30, 1] = np.nan
    cases: list[tuple[Callable[[], Any], str]] = [
        (
            lambda: learner.predict_one([1.0]),
            f"A row of the shape (1,), or NaN or beyond 1e+140 ({name}). Give 3 numbers",
        ),
        (
            lambda: learner.learn_one([1, 2, np.inf], 1),
            f"A row of the shape (3,), or NaN or beyond 1e+140 ({name}). Give 3",
        ),
        (
            lambda: learner.learn_one(x[0], np.nan),
            f"The target is NaN or infinite ({name}). Leave such rows out.",
        ),
        (
            lambda: learner.learn_many(x, y[1:]),
            f"Rows of the shape (50, 3) have targets of the shape (49,) ({name})",
        ),
        (
            lambda: learner.learn_many(x[:, :2], y),
            f"Rows of the shape (50, 2), or NaN or beyond 1e+140 ({name}). Give 3",
        ),
        (
            lambda: learner.learn_many(bad, y),
            f"Rows of the shape (50, 3), or NaN or beyond 1e+140 ({name}). Give 3 numbers",
        ),
    ]
    for act, words in cases:
        with pytest.raises(InputError) as caught:
            act()
        assert str(caught.value).startswith(words)
        check_same(learner, before)


@every_learner
@pytest.mark.parametrize("size", [1e100, 1e155, 1.7e308])
def test_rows_of_any_size_are_learned_or_refused_and_what_is_known_stays_finite(
    make: Make, size: float
) -> None:
    row = np.full(D, size)
    first, last = make(), make()
    for x in (row, -row, np.ones(D), np.arange(D), np.zeros(D)):
        before = first.copy()
        try:
            first.learn_one(x, 1.0)
        except InputError:
            check_same(first, before)
        with suppress(InputError):
            last.learn_many([x], [1.0])
        with suppress(InputError):
            assert np.isfinite(first.predict_one(np.ones(D)))
    check_same(first.copy(), first)
    check_same(last.copy(), last)
    with suppress(InputError):
        assert np.isfinite(last.learn_many([row, -row], [1.0, 1.0])).all()


@every_learner
def test_arrays_of_another_learner_are_refused(make: Make) -> None:
    learner = make()
    damaged = [
        {name: array for name, array in learner.list_arrays().items() if name != learner.STATE[-1]},
        {**learner.list_arrays(), learner.STATE[-1]: np.zeros(17)},
        {
            **learner.list_arrays(),
            learner.STATE[-1]: np.full_like(learner.list_arrays()[learner.STATE[-1]], np.nan),
        },
    ]
    own = learner.list_arrays()
    damaged += [{**own, name: own[name] - 7} for name in NEVER_NEGATIVE if name in own]
    damaged += [{**own, learner.STATE[-1]: own[learner.STATE[-1]].astype(np.float32)}]
    cases = [(learner.list_settings(), arrays) for arrays in damaged]
    cases += [({**learner.list_settings(), **wrong}, own) for wrong in ({"n_features": "a"}, {"what": 1})]
    for options, arrays in cases:
        with pytest.raises(SavedModelError) as caught:
            learner.restore(options, arrays)
        assert str(caught.value) == (
            f"The settings or the arrays are not its own ({type(learner).__name__}). Make it anew."
        )
