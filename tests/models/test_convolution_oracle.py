"""Convolutions, pooling, up-sampling, VGG-7 and ResNet are PyTorch's, kept in an ``.npz``.

The tolerance is 1e-10: both sides compute in float64, in different orders, through up to a dozen layers.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.composition import Net
from models.layers.convolution import Convolution, convolve
from models.layers.pooling import max_pool, mean_pool
from models.layers.upsampling import repeat_up
from models.parts.kits import FAST, PLAIN
from models.systems.resnet import make_resnet
from models.systems.vgg import make_vgg7
from models.tree import list_leaves, pack

ORACLE = Path(__file__).parents[1] / "oracles" / "convolution_oracle.npz"
CLOSE = {"rtol": 1e-10, "atol": 1e-10}


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    with np.load(ORACLE, allow_pickle=False) as file:
        return dict(file)


@pytest.mark.parametrize(
    "case", ["same", "same_even", "same_by_2", "one_by_2", "valid", "valid_by_2", "whole", "one_place"]
)
def test_convolution_is_pytorchs(case: str, oracle: dict[str, Any]) -> None:
    p = Convolution(oracle[f"{case}.weight"], oracle[f"{case}.bias"])
    padding: Any = "same" if case.startswith(("same", "one")) else "valid"
    value, pull = convolve(p, oracle[f"{case}.x"], padding=padding, stride=2 if "by_2" in case else 1)
    dp, dx = pull(oracle[f"{case}.weights"])
    np.testing.assert_allclose(value, oracle[f"{case}.value"], **CLOSE)
    for name, gradient in (("weight", dp.weight), ("bias", dp.bias), ("x", dx)):
        np.testing.assert_allclose(gradient, oracle[f"{case}.d_{name}"], **CLOSE)


@pytest.mark.parametrize(
    ("case", "layer"),
    [
        ("mean_pool_2", mean_pool),
        ("mean_pool_3", partial(mean_pool, size=3)),
        ("max_pool_2", max_pool),
        ("max_pool_3", partial(max_pool, size=3)),
        ("repeat_up", partial(repeat_up, shape=(7, 5))),
    ],
)
def test_pooling_and_repetition_are_pytorchs(case: str, layer: Any, oracle: dict[str, Any]) -> None:
    value, pull = layer(oracle[f"{case}.x"])
    np.testing.assert_allclose(value, oracle[f"{case}.value"], **CLOSE)
    np.testing.assert_allclose(pull(oracle[f"{case}.weights"])[0], oracle[f"{case}.d_x"], **CLOSE)


@pytest.mark.parametrize("kit", [PLAIN, FAST], ids=["plain", "fast"])
@pytest.mark.parametrize("case", ["vgg", "resnet_training", "resnet_use", "resnet_pooled"])
def test_the_nets_are_pytorchs(case: str, kit: Any, oracle: dict[str, Any]) -> None:
    x, rng = oracle[f"{case}.x"], np.random.default_rng(0)
    if case == "vgg":
        net: Net = make_vgg7(3, blocks=((5, 6), (7,)), hidden=(6, 5, 4), kit=kit)
    else:
        keep_last, pool = 0.7 if case == "resnet_use" else 1.0, case == "resnet_pooled"
        net = make_resnet(3, running=[], widths=(3, 5), keep_last=keep_last, pool=pool, kit=kit)
    _, parameters = pack(net.init(rng, x.shape[1:])[0])
    leaves = list_leaves(parameters)
    for k, leaf in enumerate(leaves):
        leaf[...] = oracle[f"{case}.p{k}"]
    assert f"{case}.p{len(leaves)}" not in oracle
    value, pull = net(parameters, x, rng=rng if case in ("resnet_training", "resnet_pooled") else None)
    np.testing.assert_allclose(value, oracle[f"{case}.value"], **CLOSE)
    dp, dx = pull(oracle[f"{case}.weights"])
    np.testing.assert_allclose(dx, oracle[f"{case}.d_x"], **CLOSE)
    for k, gradient in enumerate(list_leaves(dp)):
        np.testing.assert_allclose(gradient, oracle[f"{case}.d_p{k}"], **CLOSE)
