"""Centring, standardising, batch normalising: their values, derivatives and running moments."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.check import check_pullback
from models.errors import InputError
from models.layers.normalise import GainShift, Moments, RunningMoments, batch_normalise, centre, standardise

ORACLE = Path(__file__).parents[1] / "oracles" / "whitening_oracle.npz"
CLOSE = {"rtol": 1e-11, "atol": 1e-13}  # both sides compute in float64, in different orders
MOMENTS = Moments(np.array([0.3, -0.2, 1.0]), np.array([2.0, 0.5, 1.5]))
LAYERS: dict[str, Any] = {
    "centre": centre,
    "centre by example": partial(centre, by="example"),
    "standardise": standardise,
    "standardise by example": partial(standardise, by="example", epsilon=0.1),
}


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    with np.load(ORACLE, allow_pickle=False) as file:
        return dict(file)


@pytest.mark.parametrize("name", LAYERS)
@given(seed=st.integers(0, 10**6), places=st.lists(st.integers(1, 3), max_size=2))
@settings(max_examples=8, deadline=None)
def test_layers_pull_back(name: str, seed: int, places: list[int]) -> None:
    rng = np.random.default_rng(seed)
    check_pullback(LAYERS[name], rng.normal(size=(5, *places, 3)), rng=rng)


@pytest.mark.parametrize("moments", [None, MOMENTS])
@given(seed=st.integers(0, 10**6), places=st.lists(st.integers(1, 3), max_size=2))
@settings(max_examples=8, deadline=None)
def test_batch_normalising_pulls_back(moments: Any, seed: int, places: list[int]) -> None:
    rng = np.random.default_rng(seed)
    p = GainShift(rng.normal(size=3), rng.normal(size=3))
    layer = partial(batch_normalise, moments=moments)
    check_pullback(layer, p, rng.normal(size=(5, *places, 3)), rng=rng)


def test_columns_get_mean_zero_and_variance_one_and_so_do_examples() -> None:
    x = np.random.default_rng(0).normal(5, 3, size=(20, 4, 3))
    np.testing.assert_allclose(centre(x)[0].mean(axis=(0, 1)), 0, atol=1e-12)
    np.testing.assert_allclose(centre(x, by="example")[0].mean(axis=(1, 2)), 0, atol=1e-12)
    np.testing.assert_allclose(standardise(x, epsilon=0)[0].var(axis=(0, 1)), 1)
    np.testing.assert_allclose(standardise(x, epsilon=0, by="example")[0].var(axis=(1, 2)), 1)


def test_a_constant_column_becomes_zero_and_pulls_back_finitely() -> None:
    z, pullback = standardise(np.ones((4, 2)))
    np.testing.assert_array_equal(z, np.zeros((4, 2)))
    assert np.isfinite(pullback(np.arange(8.0).reshape(4, 2))[0]).all()


def test_batch_normalising_is_pytorchs(oracle: dict[str, Any]) -> None:
    p = GainShift(oracle["batch.gain"], oracle["batch.shift"])
    value, pullback = batch_normalise(p, oracle["batch.x"])
    dp, dx = pullback(oracle["batch.weights"])
    np.testing.assert_allclose(value, oracle["batch.value"], **CLOSE)
    np.testing.assert_allclose(dp.gain, oracle["batch.d_gain"], **CLOSE)
    np.testing.assert_allclose(dp.shift, oracle["batch.d_shift"], **CLOSE)
    np.testing.assert_allclose(dx, oracle["batch.d_x"], **CLOSE)


def test_standardising_by_example_is_pytorchs_layer_norm(oracle: dict[str, Any]) -> None:
    value, pullback = standardise(oracle["standardise_example.x"], by="example")
    (dx,) = pullback(oracle["standardise_example.weights"])
    np.testing.assert_allclose(value, oracle["standardise_example.value"], **CLOSE)
    np.testing.assert_allclose(dx, oracle["standardise_example.d_x"], **CLOSE)


def test_running_moments_are_pytorchs(oracle: dict[str, Any]) -> None:
    running = RunningMoments(4, keep=0.8)
    *batches, last = oracle["moments.batches"]
    for batch in batches:
        running.learn(batch)
    np.testing.assert_allclose(running.moments.mean, oracle["moments.mean"], **CLOSE)
    np.testing.assert_allclose(running.moments.variance, oracle["moments.variance"], **CLOSE)
    value, _ = batch_normalise(GainShift(np.ones(4), np.zeros(4)), last, moments=running.moments)
    np.testing.assert_allclose(value, oracle["moments.value"], **CLOSE)


@pytest.mark.parametrize("shape", [(1, 4), (0, 4), (1, 1, 1, 4)])
def test_a_batch_of_one_row_is_refused_and_teaches_nothing(shape: tuple[int, ...]) -> None:
    running = RunningMoments(4)
    before = running.moments
    with pytest.raises(InputError, match=r"A batch of one row has no variance \(batch norm\)\. Choose"):
        running.learn(np.ones(shape))
    assert running.moments is before


def test_normalising_keeps_float32() -> None:
    x = np.linspace(-3, 3, 12, dtype=np.float32).reshape(4, 3)
    p = GainShift(np.ones(3, np.float32), np.zeros(3, np.float32))
    for layer in (
        *LAYERS.values(),
        partial(batch_normalise, p),
        partial(batch_normalise, p, moments=MOMENTS),
    ):
        value, pullback = layer(x)
        assert value.dtype == np.float32
        assert pullback(np.ones_like(value))[-1].dtype == np.float32
