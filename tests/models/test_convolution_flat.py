"""The fast convolutions are the plain ones: values, gradients, running moments, zeros that stay zeros.

Both compute in float64, in different orders: the tolerance is 1e-9 for sums of some thousand terms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.check import check_pullback
from models.errors import InputError
from models.layers import convolution_flat, normalise, padded, padded_layers, pooling
from models.layers.convolution import Convolution, convolve
from models.layers.convolution_flat import convolve_padded
from models.layers.normalise import GainShift, Moments, RunningMoments
from models.layers.padded import Padded, make_padded, pad
from models.net import dense, sequence
from models.parts import convolution_flat as fast
from models.parts.kits import FAST, PLAIN, Kit
from models.systems.resnet import make_resnet
from models.systems.vgg import make_vgg7
from models.tree import list_leaves, pack
from models.types import Array

CLOSE = {"rtol": 1e-9, "atol": 1e-9}
SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.integers(1, 7))


def assert_same(found: Padded, wanted: Array) -> None:
    """The pictures are those wanted, and there is nothing between them."""
    np.testing.assert_allclose(found.inner, wanted, **CLOSE)
    rest = Padded(found.rows.copy(), found.n, found.h, found.w)
    rest.inner[...] = 0
    assert not rest.rows.any()


@given(st.integers(0, 10**6), SHAPES, st.integers(1, 6), st.sampled_from([1, 3]))
@settings(max_examples=40, deadline=None)
def test_the_fast_convolution_is_the_plain_one(seed: int, shape: Any, c_out: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    p = Convolution(rng.normal(size=(size, size, shape[-1], c_out)), rng.normal(size=c_out))
    x = rng.normal(size=shape)
    y, pull = convolve(p, x)
    padded, pull_padded = convolve_padded(p, pad(x))
    assert_same(padded, y)
    dy = rng.normal(size=y.shape)
    (dp, dx), (dp_padded, dx_padded) = pull(dy), pull_padded(pad(dy))
    for mine, other in zip(dp_padded, dp, strict=True):
        np.testing.assert_allclose(mine, other, **CLOSE)
    assert_same(dx_padded, dx)
    assert convolve_padded(p, pad(x), pull_input=False)[1](pad(dy))[1] is None


@pytest.mark.parametrize("shape", [(3, 7, 5, 5), (2, 4, 3, 2), (1, 2, 1, 6)])
@pytest.mark.parametrize("size", [1, 3])
def test_with_relu_it_is_both_layers_also_where_places_are_worked_on_in_parts(
    shape: Any, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    p = Convolution(rng.normal(size=(size, size, shape[-1], 2)), rng.normal(size=2))
    x = rng.normal(size=shape)
    y, pull = convolve(p, x)
    dy = rng.normal(size=y.shape)
    dp, dx = pull(dy * (y > 0))
    for at_once in (convolution_flat.AT_ONCE, 70, 1):  # all, a few rows of thirds, one row
        monkeypatch.setattr(convolution_flat, "AT_ONCE", at_once)
        assert_same(convolve_padded(p, pad(x))[0], y)
        padded, pull_padded = convolve_padded(p, pad(x), bend=True)
        assert_same(padded, np.maximum(y, 0))
        dp_padded, dx_padded = pull_padded(pad(dy))
        assert_same(dx_padded, dx)
        for mine, other in zip(dp_padded, dp, strict=True):
            np.testing.assert_allclose(mine, other, **CLOSE)


@given(st.integers(0, 10**6), SHAPES)
@settings(max_examples=30, deadline=None)
def test_what_stands_between_is_the_plain_layer(seed: int, shape: Any) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shape)
    for slow, quick in (
        (pooling.mean_pool, padded_layers.mean_pool),
        (pooling.max_pool, padded_layers.max_pool),
    ):
        y, pull = slow(x)
        padded, pull_padded = quick(pad(x))
        assert_same(padded, y)
        dy = rng.normal(size=y.shape)
        assert_same(pull_padded(pad(dy))[0], pull(dy)[0])
    c = shape[-1]
    p = GainShift(rng.normal(size=c), rng.normal(size=c))
    for moments in (None, Moments(rng.normal(size=c), rng.uniform(1, 2, size=c))):
        y, pull = normalise.batch_normalise(p, x, moments=moments)
        padded, pull_padded = padded_layers.batch_normalise(p, pad(x), moments=moments)
        assert_same(padded, y)
        dy = rng.normal(size=y.shape)
        (dp, dx), (dp_padded, dx_padded) = pull(dy), pull_padded(pad(dy))
        for mine, other in zip(dp_padded, dp, strict=True):
            np.testing.assert_allclose(mine, other, **CLOSE)
        bent, pull_bent = padded_layers.batch_normalise(p, pad(x), moments=moments, bend=True)
        assert_same(bent, np.maximum(y, 0))
        dp_bent, dx_bent = pull_bent(pad(dy))
        for mine, other in zip(dp_bent, pull(dy * (y > 0))[0], strict=True):
            np.testing.assert_allclose(mine, other, **CLOSE)
        # Of few places the variance can be near 0, and its root then carries the rounding of the mean.
        if shape[0] * shape[1] * shape[2] > 4:
            assert_same(dx_padded, dx)
            assert_same(dx_bent, pull(dy * (y > 0))[1])


def test_batch_normalising_does_not_depend_on_how_many_rows_are_worked_on_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(1)
    p, x = GainShift(rng.normal(size=3), rng.normal(size=3)), pad(rng.normal(size=(3, 5, 4, 3)))
    dy = pad(rng.normal(size=(3, 5, 4, 3)))
    told = []
    for at_once in (padded.AT_ONCE, 40, 1):  # all rows, two, one
        monkeypatch.setattr(padded, "AT_ONCE", at_once)
        y, pull = padded_layers.batch_normalise(p, x, bend=True)
        dp, dx = pull(dy)
        told.append([y.rows, *dp, dx.rows])
    for other in told[1:]:
        for a, b in zip(told[0], other, strict=True):
            np.testing.assert_allclose(a, b, **CLOSE)


def build(name: str, kit: Kit, running: list[RunningMoments]) -> Any:
    if name == "vgg":
        return make_vgg7(4, running=running, kit=kit, blocks=((3, 5), (6, 7)), keep=0.9)
    if name == "vgg by maxima":
        return make_vgg7(4, pool="max", kit=kit, blocks=((3, 5), (6, 7)))  # without norms: ReLU is fused
    pool = name == "resnet, pooled"
    return make_resnet(4, running=running, widths=(3, 5, 6), keep_last=0.5, pool=pool, kit=kit)


@pytest.mark.parametrize("name", ["vgg", "vgg by maxima", "resnet", "resnet, pooled"])
@pytest.mark.parametrize("shape", [(7, 12, 1), (1, 1, 1), (5, 6, 2)])
def test_one_nets_parameters_do_in_both_kits(name: str, shape: Any) -> None:
    told, summaries = [], []
    for kit in (PLAIN, FAST):
        rng, running = np.random.default_rng(0), []
        net = build(name, kit, running)
        flat, parameters = pack(net.init(rng, shape)[0])
        flat += rng.normal(scale=0.1, size=flat.shape)
        x, weights = rng.normal(size=(3, *shape)), rng.normal(size=(3, 4))
        arrays = []
        for mode in (rng, None):
            value, pull = net(parameters, x, rng=mode)
            arrays += [value, *list_leaves(pull(weights))]
        told.append([*arrays, *(array for each in running for array in each.moments)])
        summaries.append(net.summarise(shape))
    for plain, quick in zip(*told, strict=True):
        np.testing.assert_allclose(quick, plain, **CLOSE)
    assert summaries[0] == summaries[1]


def test_the_fast_parts_pull_back() -> None:
    rng = np.random.default_rng(1)
    net = sequence(
        fast.enter(), fast.conv(5), fast.batch_norm(RunningMoments(5)), fast.relu(), fast.conv(4, 1),
        fast.pool_mean(), fast.conv_relu(3), fast.pool_max(), fast.flatten(), dense(2),
    )  # fmt: skip
    flat, parameters = pack(net.init(rng, (5, 4, 2))[0])
    flat += rng.normal(scale=0.2, size=flat.shape)
    x = rng.normal(size=(3, 5, 4, 2))
    check_pullback(net, parameters, x, rng=rng)
    check_pullback(lambda *a: net(*a, rng=rng), parameters, x, rng=rng)


@pytest.mark.parametrize("given", [np.float32, np.float64, np.uint8])
def test_the_fast_parts_have_the_parameters_type(given: Any) -> None:
    rng = np.random.default_rng(2)
    for net in (build("vgg", FAST, []), build("vgg by maxima", FAST, []), build("resnet", FAST, [])):
        parameters, _ = net.init(rng, (7, 12, 1), dtype=np.float32)
        value, pull = net(parameters, rng.integers(0, 9, size=(3, 7, 12, 1)).astype(given), rng=rng)
        assert {value.dtype, *(leaf.dtype for leaf in list_leaves(pull(value)))} == {np.dtype(np.float32)}


def test_what_stands_between_takes_no_place_to_write_a_gradient_of_parameters() -> None:
    x = pad(np.ones((1, 2, 2, 1)))
    for layer in (
        padded_layers.relu, padded_layers.mean_pool, padded_layers.max_pool, padded_layers.flatten,
        padded_layers.average,
    ):  # fmt: skip
        y, pull = layer(x)
        with pytest.raises(TypeError, match="out"):
            pull(y, out=x)  # type: ignore[call-arg]


def test_zeros_lie_around_the_pictures_whose_first_rows_come_first() -> None:
    x = np.arange(1.0, 9).reshape(2, 2, 2, 1)
    none = [0, 0, 0]
    assert pad(x).rows[..., 0].tolist() == [
        none, none, none, [1, 2, 0], [5, 6, 0], [3, 4, 0], [7, 8, 0], none, none, none,
    ]  # fmt: skip
    assert make_padded((2, 1, 1, 3), np.float32).clear().rows.shape == (9, 2, 3)
    doubled = 0.5 * (pad(x) + pad(3 * x))
    np.testing.assert_array_equal(doubled.inner, 2 * x)


def test_the_fast_parts_refuse_what_they_cannot_take() -> None:
    with pytest.raises(InputError, match=r"The fast convolution has no kernels of 5×5 \(net\)\. Choose 3 or"):
        fast.conv(4, 5)
    with pytest.raises(InputError, match=r"A convolution cannot take the shape \(5,\) \(net\)"):
        fast.enter().init(np.random.default_rng(0), (5,))
    p = Convolution(np.zeros((3, 3, 2, 1)), np.zeros(1))
    with pytest.raises(InputError, match=r"A convolution of 2 channels cannot take the shape \(1, 4, 4, 3\)"):
        convolve_padded(p, pad(np.zeros((1, 4, 4, 3))))
    layer = fast.batch_norm(RunningMoments(2))
    parameters, _ = layer.init(np.random.default_rng(0), (1, 1, 2))
    with pytest.raises(InputError, match=r"A batch of one row has no variance \(batch norm\)"):
        layer(parameters, pad(np.zeros((1, 1, 1, 2))), rng=np.random.default_rng(0))
