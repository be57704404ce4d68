"""Affine, activations, losses and optimizers have PyTorch's values and gradients, kept in an ``.npz``.

The tolerance is 1e-12 relative: both sides compute in float64, in different orders.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.layers import activations
from models.layers.affine import Affine, affine
from models.losses import cross_entropy, logistic_loss, squared_loss
from models.optimizers import SGD, Adam

ORACLE = Path(__file__).parents[1] / "oracles" / "torch_oracle.npz"
CLOSE = {"rtol": 1e-12, "atol": 1e-14}


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    with np.load(ORACLE, allow_pickle=False) as file:
        return dict(file)


def test_the_oracle_names_its_library_and_is_small(oracle: dict[str, Any]) -> None:
    assert str(oracle["library"]) == "PyTorch 2.13.0"
    assert ORACLE.stat().st_size <= 200_000


def test_affine_is_pytorchs(oracle: dict[str, Any]) -> None:
    p = Affine(oracle["affine.weight"], oracle["affine.bias"])
    value, pullback = affine(p, oracle["affine.x"])
    dp, dx = pullback(oracle["affine.weights"])
    np.testing.assert_allclose(value, oracle["affine.value"], **CLOSE)
    np.testing.assert_allclose(dp.weight, oracle["affine.d_weight"], **CLOSE)
    np.testing.assert_allclose(dp.bias, oracle["affine.d_bias"], **CLOSE)
    np.testing.assert_allclose(dx, oracle["affine.d_x"], **CLOSE)


@pytest.mark.parametrize("name", ["identity", "logistic", "tanh", "relu", "softmax", "logsumexp"])
def test_activations_are_pytorchs(name: str, oracle: dict[str, Any]) -> None:
    value, pullback = getattr(activations, name)(oracle[f"{name}.x"])
    np.testing.assert_allclose(value, oracle[f"{name}.value"], **CLOSE)
    np.testing.assert_allclose(pullback(oracle[f"{name}.weights"])[0], oracle[f"{name}.d_x"], **CLOSE)


@pytest.mark.parametrize(
    ("name", "loss", "argument", "constant"),
    [
        ("squared_loss", squared_loss, "prediction", "target"),
        ("logistic_loss", logistic_loss, "score", "target"),
        ("cross_entropy", cross_entropy, "scores", "label"),
    ],
)
def test_losses_are_pytorchs(
    name: str, loss: Any, argument: str, constant: str, oracle: dict[str, Any]
) -> None:
    value, pullback = loss(oracle[f"{name}.{argument}"], **{constant: oracle[f"{name}.{constant}"]})
    np.testing.assert_allclose(value, oracle[f"{name}.value"], **CLOSE)
    (gradient,) = pullback(float(oracle[f"{name}.weights"]))
    np.testing.assert_allclose(gradient, oracle[f"{name}.d_{argument}"], **CLOSE)


@pytest.mark.parametrize(
    ("name", "make", "rate"),
    [
        ("sgd", SGD, 0.05),
        ("adam", lambda p: Adam(p, keep_mean=0.8, keep_square=0.95, epsilon=1e-6), 0.02),
        ("adam_default", Adam, 0.001),
    ],
)
def test_optimizers_take_pytorchs_path(name: str, make: Any, rate: float, oracle: dict[str, Any]) -> None:
    parameters = oracle[f"{name}.start"].copy()
    optimizer = make(parameters)
    path = []
    for gradient in oracle[f"{name}.gradients"]:
        before = gradient.copy()
        optimizer.step(parameters, gradient, rate)
        path.append(parameters.copy())
        np.testing.assert_array_equal(gradient, before)
    np.testing.assert_allclose(path, oracle[f"{name}.path"], **CLOSE)


if importlib.util.find_spec("torch"):

    @pytest.mark.slow
    def test_the_oracle_can_be_made_again(oracle: dict[str, Any]) -> None:
        spec = importlib.util.spec_from_file_location(
            "make_torch_oracle", ORACLE.with_name("make_torch_oracle.py")
        )
        assert spec is not None and spec.loader is not None
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        made = script.make_oracle()
        assert set(made) == set(oracle)
        for name in set(made) - {"library"}:
            np.testing.assert_allclose(made[name], oracle[name], **CLOSE)
