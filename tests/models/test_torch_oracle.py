"""Affine, activations, losses, nets, optimizers and schedules are PyTorch's, kept in an ``.npz``.

The tolerance is 1e-12 relative: both sides compute in float64, in different orders. All oracles of the models
are looked after here: each has the script that makes it, and where PyTorch is present it is made again.
"""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.clipping import clip_by_norm
from models.layers import activations
from models.layers.affine import Affine, affine
from models.losses import (
    absolute_loss,
    cross_entropy,
    huber_loss,
    logistic_loss,
    poisson_loss,
    squared_loss,
)
from models.net import activation, add, branch, concatenate, dense, join, sequence
from models.optimizers import SGD, Adadelta, Adagrad, Adam, Momentum, Nadam, Nesterov, RMSprop
from models.schedules import fall_by_cosine, fall_by_steps, rise_and_fall
from models.tree import list_leaves

ORACLE = Path(__file__).parents[1] / "oracles" / "torch_oracle.npz"
CLOSE = {"rtol": 1e-12, "atol": 1e-14}
ACTIVATIONS = ["identity", "logistic", "tanh", "relu", "elu", "arctan", "softmax", "logsumexp"]
ORACLES = sorted(path.name.removesuffix("_oracle.npz") for path in ORACLE.parent.glob("*.npz"))
AGAIN = {  # relative and absolute, as in the tests of each; else CLOSE
    "conv_recurrent": (1e-11, 1e-13),
    "convolution": (1e-10, 1e-10),
    "mlp": (1e-11, 1e-12),
    "recurrent": (1e-12, 1e-13),
    "spatial": (1e-11, 1e-13),
    "whitening": (1e-9, 1e-11),
}


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    with np.load(ORACLE, allow_pickle=False) as file:
        return dict(file)


def test_affine_is_pytorchs(oracle: dict[str, Any]) -> None:
    p = Affine(oracle["affine.weight"], oracle["affine.bias"])
    value, pullback = affine(p, oracle["affine.x"])
    dp, dx = pullback(oracle["affine.weights"])
    np.testing.assert_allclose(value, oracle["affine.value"], **CLOSE)
    np.testing.assert_allclose(dp.weight, oracle["affine.d_weight"], **CLOSE)
    np.testing.assert_allclose(dp.bias, oracle["affine.d_bias"], **CLOSE)
    np.testing.assert_allclose(dx, oracle["affine.d_x"], **CLOSE)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_pytorchs(name: str, oracle: dict[str, Any]) -> None:
    value, pullback = getattr(activations, name)(oracle[f"{name}.x"])
    np.testing.assert_allclose(value, oracle[f"{name}.value"], **CLOSE)
    np.testing.assert_allclose(pullback(oracle[f"{name}.weights"])[0], oracle[f"{name}.d_x"], **CLOSE)


@pytest.mark.parametrize(
    ("name", "loss", "argument", "constant"),
    [
        ("squared_loss", squared_loss, "prediction", "target"),
        ("absolute_loss", absolute_loss, "prediction", "target"),
        ("huber_loss", partial(huber_loss, bend=0.7), "prediction", "target"),
        ("poisson_loss", poisson_loss, "log_rate", "target"),
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


def test_a_net_of_two_inputs_and_two_outputs_is_pytorchs(oracle: dict[str, Any]) -> None:
    tanh, elu, logistic, arctan = (
        activation(getattr(activations, name)) for name in ("tanh", "elu", "logistic", "arctan")
    )
    net = sequence(
        join(sequence(dense(4), tanh), sequence(dense(3), elu)),
        branch(activation(activations.identity), sequence(dense(7), logistic)),
        add(),
        branch(sequence(dense(3), activation(log_softmax)), sequence(dense(2), arctan)),
        concatenate(),
    )
    w = [Affine(oracle[f"net.w{k}"], oracle[f"net.b{k}"]) for k in range(1, 6)]
    first, second = (w[0], ()), (w[1], ())
    parameters = (((first, second), ()), ((), (w[2], ())), (), ((w[3], ()), (w[4], ())), ())
    value, pullback = net(parameters, oracle["net.x1"], oracle["net.x2"])
    np.testing.assert_allclose(value, oracle["net.value"], **CLOSE)
    dp, dx1, dx2 = pullback(oracle["net.weights"])
    names = [f"{kind}{k}" for k in range(1, 6) for kind in "wb"]
    for name, gradient in zip([*names, "x1", "x2"], [*list_leaves(dp), dx1, dx2], strict=True):
        np.testing.assert_allclose(gradient, oracle[f"net.d_{name}"], **CLOSE)


def log_softmax(x: Any) -> Any:
    """A layer of the test's own: x − log Σ eˣ."""
    total, pull_total = activations.logsumexp(x)
    return x - total[:, None], lambda dy, out=None: (dy - pull_total(dy.sum(axis=1))[0],)


@pytest.mark.parametrize(
    ("name", "schedule"),
    [
        ("cosine", fall_by_cosine(0.5, 20)),
        ("steps", fall_by_steps(0.5, factor=0.3, every=4)),
        ("one_cycle", rise_and_fall(0.5, 20)),
    ],
)
def test_schedules_have_pytorchs_rates(name: str, schedule: Any, oracle: dict[str, Any]) -> None:
    np.testing.assert_allclose([schedule(k) for k in range(20)], oracle[f"{name}.rates"], rtol=1e-10)


def test_clipping_by_the_norm_is_pytorchs(oracle: dict[str, Any]) -> None:
    gradient = oracle["clip.gradient"].copy()
    clip_by_norm(gradient, limit=1.5)
    # PyTorch divides by the norm plus 10⁻⁶, and so ends a little short of the limit.
    np.testing.assert_allclose(gradient, oracle["clip.clipped"], rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "make", "rate"),
    [
        ("sgd", SGD, 0.05),
        ("momentum", partial(Momentum, keep=0.8), 0.05),
        ("nesterov", partial(Nesterov, keep=0.8), 0.05),
        ("adagrad", Adagrad, 0.05),
        ("adadelta", Adadelta, 1.0),
        ("rmsprop", RMSprop, 0.01),
        ("nadam", Nadam, 0.002),
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


def test_every_oracle_has_its_script_and_every_script_its_oracle() -> None:
    scripts = [path.name for path in ORACLE.parent.glob("make_*.py")]
    assert sorted(scripts) == [f"make_{name}_oracle.py" for name in ORACLES] and "torch" in ORACLES
    assert set(AGAIN) < set(ORACLES)


@pytest.mark.parametrize("name", ORACLES)
def test_an_oracle_names_its_library_and_is_small(name: str) -> None:
    path = ORACLE.with_name(f"{name}_oracle.npz")
    with np.load(path, allow_pickle=False) as file:
        assert str(file["library"]) == "PyTorch 2.13.0"
    assert path.stat().st_size <= 200_000


if importlib.util.find_spec("torch"):

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ORACLES)
    def test_an_oracle_can_be_made_again(name: str) -> None:
        path = ORACLE.with_name(f"make_{name}_oracle.py")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        made = script.make_oracle()
        with np.load(ORACLE.with_name(f"{name}_oracle.npz"), allow_pickle=False) as file:
            kept = dict(file)
        assert set(made) == set(kept)
        rtol, atol = AGAIN.get(name, (CLOSE["rtol"], CLOSE["atol"]))
        for part in set(made) - {"library"}:
            np.testing.assert_allclose(made[part], kept[part], rtol=rtol, atol=atol)
