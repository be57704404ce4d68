"""The spatial LSTM: its formula cell by cell, the same by anti-diagonals, its derivative."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.check import check_pullback
from models.errors import InputError
from models.recurrent.spatial_diagonals import list_diagonals, spatial_lstm_by_diagonals
from models.recurrent.spatial_lstm import SpatialLSTM, make_spatial_lstm, spatial_lstm, spatial_step
from models.tree import list_leaves
from models.types import Array

ORACLE = Path(__file__).parents[1] / "oracles" / "spatial_oracle.npz"
CLOSE: dict[str, Any] = {"rtol": 1e-11, "atol": 1e-13}  # both sides compute in float64, in different orders
WAYS = {"cell by cell": spatial_lstm, "by diagonals": spatial_lstm_by_diagonals}


def make_case(
    seed: int, n: int, rows: int, columns: int, n_in: int, k: int
) -> tuple[SpatialLSTM, Array, np.random.Generator]:
    rng = np.random.default_rng(seed)
    p = SpatialLSTM(rng.normal(size=(n_in + 2 * k, 5 * k)), rng.normal(size=5 * k))
    return p, rng.normal(size=(n, rows, columns, n_in)), rng


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    with np.load(ORACLE, allow_pickle=False) as file:
        return dict(file)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", ["square", "wide", "one"])
def test_values_and_gradients_are_pytorchs(way: str, case: str, oracle: dict[str, Any]) -> None:
    p = SpatialLSTM(oracle[f"{case}.weight"], oracle[f"{case}.bias"])
    value, pullback = WAYS[way](p, oracle[f"{case}.x"])
    dp, dx = pullback(oracle[f"{case}.weights"])
    np.testing.assert_allclose(value, oracle[f"{case}.value"], **CLOSE)
    for name, gradient in zip(("weight", "bias", "x"), (*dp, dx), strict=True):
        np.testing.assert_allclose(gradient, oracle[f"{case}.d_{name}"], **CLOSE)


def test_one_cell_is_its_formula_by_hand() -> None:
    """One unit, one input, all weights 0: g is 0, gates are ½, so c is the mean of what neighbours hold."""
    p = SpatialLSTM(np.zeros((3, 5)), np.zeros(5))
    one, three = np.array([[1.0]]), np.array([[3.0]])
    (h, c), _ = spatial_step(p, one, (one, one), (one, three))
    assert c[0, 0] == 2.0
    assert h[0, 0] == np.tanh(1.0)


@given(
    seed=st.integers(0, 10**6), n=st.integers(1, 3), rows=st.integers(1, 4), columns=st.integers(1, 5),
    n_in=st.integers(1, 2), k=st.integers(1, 3),
)  # fmt: skip
@settings(max_examples=12, deadline=None)
def test_both_ways_pull_back_and_are_equal(
    seed: int, n: int, rows: int, columns: int, n_in: int, k: int
) -> None:
    p, x, rng = make_case(seed, n, rows, columns, n_in, k)
    (plain, pull_plain), (fast, pull_fast) = (way(p, x) for way in WAYS.values())
    np.testing.assert_allclose(fast, plain, **CLOSE)
    weights = rng.normal(size=plain.shape)
    for one, other in zip(list_leaves(pull_plain(weights)), list_leaves(pull_fast(weights)), strict=True):
        np.testing.assert_allclose(other, one, **CLOSE)
    for way in WAYS.values():
        check_pullback(way, p, x, rng=rng, n_directions=1)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shape", [(1, 1, 1, 1, 1), (1, 1, 6, 1, 2), (2, 6, 1, 2, 1)])
def test_edge_shapes_pull_back(way: str, shape: tuple[int, int, int, int, int]) -> None:
    for seed in range(2):
        p, x, rng = make_case(seed, *shape)
        check_pullback(WAYS[way], p, x, rng=rng)


def test_a_step_pulls_back_to_both_neighbours() -> None:
    rng = np.random.default_rng(0)
    p = SpatialLSTM(rng.normal(size=(8, 15)), rng.normal(size=15))
    states = [(rng.normal(size=(2, 3)), rng.normal(size=(2, 3))) for _ in range(2)]
    check_pullback(spatial_step, p, rng.normal(size=(2, 2)), *states, rng=rng)


def test_without_the_input_s_gradient_the_parameters_one_is_the_same() -> None:
    p, x, rng = make_case(0, 2, 3, 4, 2, 3)
    weights = rng.normal(size=(2, 3, 4, 3))
    whole, _ = spatial_lstm_by_diagonals(p, x)[1](weights)
    without, dx = spatial_lstm_by_diagonals(p, x, pull_input=False)[1](weights)
    assert dx is None
    for one, other in zip(whole, without, strict=True):
        np.testing.assert_array_equal(other, one)


@pytest.mark.parametrize("way", WAYS)
def test_a_cell_hears_of_all_above_and_to_the_left_and_of_nothing_else(way: str) -> None:
    p, x, _ = make_case(3, 1, 4, 5, 1, 2)
    before, _ = WAYS[way](p, x)
    for i, j in ((0, 0), (1, 2), (3, 4), (2, 0)):
        moved = x.copy()
        moved[0, i, j] += 1
        heard = (WAYS[way](p, moved)[0] != before).any(axis=(0, 3))
        expected = np.zeros((4, 5), bool)
        expected[i:, j:] = True
        np.testing.assert_array_equal(heard, expected)


def test_every_cell_lies_on_one_diagonal_in_order() -> None:
    for rows, columns in ((1, 1), (3, 1), (1, 4), (2, 5), (5, 2), (7, 24)):
        diagonals = list_diagonals(rows, columns)
        places = [np.arange(rows * columns)[one.cells] for one in diagonals]
        assert sorted(np.concatenate(places).tolist()) == list(range(rows * columns))
        for d, (one, cells) in enumerate(zip(diagonals, places, strict=True)):
            assert one.n_cells == len(cells) == one.here.stop - one.here.start
            np.testing.assert_array_equal(cells // columns + cells % columns, d)
            np.testing.assert_array_equal(cells // columns + 1, np.arange(one.here.start, one.here.stop))


@pytest.mark.parametrize("way", WAYS)
def test_a_float32_spatial_lstm_stays_float32(way: str) -> None:
    rng = np.random.default_rng(0)
    p = make_spatial_lstm(rng, 2, 3, np.float32)
    value, pullback = WAYS[way](p, rng.normal(size=(2, 3, 4, 2)))
    leaves = [value, *list_leaves(pullback(np.ones_like(value)))]
    assert {leaf.dtype.name for leaf in (*p, *leaves)} == {"float32"}


def test_gates_that_are_driven_to_their_ends_overflow_nothing() -> None:
    p, x, _ = make_case(0, 2, 3, 4, 1, 2)
    p = SpatialLSTM((1e4 * p.weight).astype(np.float32), p.bias.astype(np.float32))
    with np.errstate(all="raise", under="ignore"):
        value, pullback = spatial_lstm_by_diagonals(p, x.astype(np.float32))
        gradients = pullback(np.ones_like(value))
    assert all(np.isfinite(leaf).all() for leaf in (value, *list_leaves(gradients)))


def test_two_gates_are_drawn_for_themselves_and_biases_are_zero() -> None:
    p = make_spatial_lstm(np.random.default_rng(0), 1, 4, np.float64)
    assert (p.weight.shape, p.bias.shape) == ((9, 20), (20,))
    assert not p.bias.any()
    limit = np.sqrt(6 / (9 + 4))
    assert 0.9 * limit < np.abs(p.weight).max() <= limit


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 4, 3), (2, 0, 4, 2), (0, 3, 4, 2)])
def test_what_is_no_map_of_its_channels_is_refused(way: str, shape: tuple[int, ...]) -> None:
    p, _, _ = make_case(0, 1, 1, 1, 2, 3)
    words = re.escape(f"A spatial LSTM of 2 inputs cannot read the shape {shape}")
    with pytest.raises(InputError, match=words):
        WAYS[way](p, np.zeros(shape))
