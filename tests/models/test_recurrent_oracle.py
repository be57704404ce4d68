"""Recurrent nets are PyTorch's, kept in an ``.npz``: 1e-12, since both compute in float64 in other orders."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.layers.affine import Affine
from models.recurrent.intersection import Crossed, Intersection, intersection_rnn, intersection_step
from models.recurrent.lstm import Memory, lstm, lstm_step
from models.recurrent.lstm_flat import lstm_flat
from models.recurrent.scan import scan
from models.recurrent.simple import simple_rnn, simple_step
from models.recurrent.update_gate import update_gate_rnn, update_gate_step
from models.types import Array

ORACLE = Path(__file__).parents[1] / "oracles" / "recurrent_oracle.npz"
CLOSE = {"rtol": 1e-12, "atol": 1e-13}
PLACES = [1, 0, 3, 2]  # PyTorch's gates are input, forget, activation, output; ours forget, input, output, …


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    with np.load(ORACLE, allow_pickle=False) as file:
        return dict(file)


def order(weight: Array, n_gates: int) -> Array:
    """Return PyTorch's rows of gates in our order."""
    if n_gates == 1:
        return weight
    return weight.reshape(n_gates, -1, *weight.shape[1:])[PLACES].reshape(weight.shape)


def take_torch(oracle: dict[str, Any], case: str, prefix: str = "") -> Affine:
    """Return PyTorch's parameters, or their gradients, as ours: of two biases the sum is ours."""
    n_gates = 4 if case == "lstm" else 1
    w_x, w_h, b_x, b_h = (
        order(oracle[f"{case}.{prefix}{name}"], n_gates)
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    return Affine(np.concatenate([w_x.T, w_h.T]), b_x if prefix else b_x + b_h)


def take_gates(oracle: dict[str, Any], case: str, *names: str, prefix: str = "") -> Affine:
    """Return the gates of a net that is written out, side by side."""
    weights = [oracle[f"{case}.{prefix}w_{name}"] for name in names]
    biases = [oracle[f"{case}.{prefix}b_{name}"] for name in names]
    return Affine(np.concatenate(weights, axis=1), np.concatenate(biases))


def check_affine(found: Affine, expected: Affine) -> None:
    np.testing.assert_allclose(found.weight, expected.weight, **CLOSE)
    np.testing.assert_allclose(found.bias, expected.bias, **CLOSE)


@pytest.mark.parametrize("run", [partial(scan, simple_step), simple_rnn])
def test_the_simple_net_is_pytorchs(run: Any, oracle: dict[str, Any]) -> None:
    h, pull = run(take_torch(oracle, "simple"), oracle["simple.h0"], oracle["simple.x"])
    np.testing.assert_allclose(h, oracle["simple.hidden"], **CLOSE)
    dp, dh, dx = pull(oracle["simple.weights_hidden"])
    check_affine(dp, take_torch(oracle, "simple", "d_"))
    np.testing.assert_allclose(dh, oracle["simple.d_h0"], **CLOSE)
    np.testing.assert_allclose(dx, oracle["simple.d_x"], **CLOSE)


@pytest.mark.parametrize("run", [partial(scan, lstm_step), lstm, lstm_flat])
def test_the_lstm_is_pytorchs(run: Any, oracle: dict[str, Any]) -> None:
    value, pull = run(
        take_torch(oracle, "lstm"), Memory(oracle["lstm.h0"], oracle["lstm.c0"]), oracle["lstm.x"]
    )
    np.testing.assert_allclose(value.hidden, oracle["lstm.hidden"], **CLOSE)
    np.testing.assert_allclose(value.cell[:, -1], oracle["lstm.last_cell"], **CLOSE)
    d_cell = np.zeros_like(value.cell)
    d_cell[:, -1] = oracle["lstm.weights_last_cell"]
    dp, d, dx = pull(Memory(oracle["lstm.weights_hidden"], d_cell))
    check_affine(dp, take_torch(oracle, "lstm", "d_"))
    np.testing.assert_allclose(d.hidden, oracle["lstm.d_h0"], **CLOSE)
    np.testing.assert_allclose(d.cell, oracle["lstm.d_c0"], **CLOSE)
    np.testing.assert_allclose(dx, oracle["lstm.d_x"], **CLOSE)


@pytest.mark.parametrize("run", [partial(scan, update_gate_step), update_gate_rnn])
def test_the_update_gate_net_is_that_of_its_formulas(run: Any, oracle: dict[str, Any]) -> None:
    case = "update_gate"
    h, pull = run(take_gates(oracle, case, "g", "c"), oracle[f"{case}.h0"], oracle[f"{case}.x"])
    np.testing.assert_allclose(h, oracle[f"{case}.hidden"], **CLOSE)
    dp, dh, dx = pull(oracle[f"{case}.weights_hidden"])
    check_affine(dp, take_gates(oracle, case, "g", "c", prefix="d_"))
    np.testing.assert_allclose(dh, oracle[f"{case}.d_h0"], **CLOSE)
    np.testing.assert_allclose(dx, oracle[f"{case}.d_x"], **CLOSE)


@pytest.mark.parametrize("run", [partial(scan, intersection_step), intersection_rnn])
def test_the_intersection_net_is_that_of_its_formulas(run: Any, oracle: dict[str, Any]) -> None:
    case = "intersection"
    p = Intersection(take_gates(oracle, case, "g", "c"), take_gates(oracle, case, "gy", "y"))
    x = oracle[f"{case}.x"]
    value, pull = run(p, Crossed(oracle[f"{case}.h0"], np.zeros_like(x[:, 0])), x)
    np.testing.assert_allclose(value.hidden, oracle[f"{case}.hidden"], **CLOSE)
    np.testing.assert_allclose(value.depth, oracle[f"{case}.depth"], **CLOSE)
    dp, d, dx = pull(Crossed(oracle[f"{case}.weights_hidden"], oracle[f"{case}.weights_depth"]))
    check_affine(dp.state, take_gates(oracle, case, "g", "c", prefix="d_"))
    check_affine(dp.depth, take_gates(oracle, case, "gy", "y", prefix="d_"))
    np.testing.assert_allclose(d.hidden, oracle[f"{case}.d_h0"], **CLOSE)
    np.testing.assert_allclose(dx, oracle[f"{case}.d_x"], **CLOSE)
