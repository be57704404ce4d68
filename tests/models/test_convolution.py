"""Convolution, pooling and up-sampling: their formulas, their derivatives, their edges, and as parts."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.check import check_pullback
from models.errors import InputError
from models.layers.activations import relu
from models.layers.convolution import Convolution, convolve
from models.layers.pooling import max_pool, mean_pool
from models.layers.upsampling import repeat_up
from models.net import activation, dense, flatten, sequence
from models.parts.convolution import conv, pool_max, pool_mean, repeat
from models.parts.normalise import RunningMoments, batch_norm
from models.tree import list_leaves
from models.types import Array


def draw(seed: int, k_h: int, k_w: int, c_in: int, c_out: int) -> tuple[np.random.Generator, Convolution]:
    rng = np.random.default_rng(seed)
    return rng, Convolution(rng.normal(size=(k_h, k_w, c_in, c_out)), rng.normal(size=c_out))


def correlate(p: Convolution, x: Array, padding: str, stride: int) -> Array:
    """The formula, place by place."""
    k_h, k_w, _, c_out = p.weight.shape
    n, h, w, _ = x.shape
    if padding == "same":
        h_out, w_out = -(-h // stride), -(-w // stride)
        above, left = (k_h - 1) // 2, (k_w - 1) // 2
    else:
        h_out, w_out, above, left = (h - k_h) // stride + 1, (w - k_w) // stride + 1, 0, 0
    y = np.zeros((n, h_out, w_out, c_out)) + p.bias
    for i, j, a, b in product(range(h_out), range(w_out), range(k_h), range(k_w)):
        row, column = i * stride + a - above, j * stride + b - left
        if 0 <= row < h and 0 <= column < w:
            y[:, i, j] += x[:, row, column] @ p.weight[a, b]
    return y


SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 5), st.integers(1, 3))
KERNELS = st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))


@given(st.integers(0, 10**6), SHAPES, KERNELS, st.integers(1, 3), st.sampled_from(["same", "valid"]))
@settings(max_examples=30, deadline=None)
def test_convolution_is_its_formula_and_pulls_back(
    seed: int, shape: Any, kernel: Any, stride: int, padding: Any
) -> None:
    _, h, w, c_in = shape
    k_h, k_w, c_out = kernel
    if padding == "valid":
        k_h, k_w = min(k_h, h), min(k_w, w)
    rng, p = draw(seed, k_h, k_w, c_in, c_out)
    x = rng.normal(size=shape)
    layer = partial(convolve, padding=padding, stride=stride)
    np.testing.assert_allclose(layer(p, x)[0], correlate(p, x, padding, stride), atol=1e-12)
    check_pullback(layer, p, x, rng=rng, n_directions=2)


def test_a_kernel_that_sees_one_place_is_an_affine_map_and_a_row_of_two_looks_to_the_right() -> None:
    x = np.arange(6.0).reshape(1, 2, 3, 1)
    one = Convolution(np.full((1, 1, 1, 1), 2.0), np.array([1.0]))
    np.testing.assert_array_equal(convolve(one, x)[0], 2 * x + 1)
    right = Convolution(np.array([1.0, 10.0]).reshape(1, 2, 1, 1), np.zeros(1))
    assert convolve(right, x)[0][0, :, :, 0].tolist() == [[10, 21, 2], [43, 54, 5]]
    assert convolve(right, x, padding="valid")[0][0, :, :, 0].tolist() == [[10, 21], [43, 54]]
    assert convolve(right, x, stride=2)[0][0, :, :, 0].tolist() == [[10, 2]]


def test_without_its_inputs_gradient_the_parameters_gradient_is_the_same() -> None:
    rng, p = draw(0, 3, 3, 2, 4)
    x = rng.normal(size=(2, 5, 4, 2))
    y, pull = convolve(p, x)
    dp, none = convolve(p, x, pull_input=False)[1](y)
    assert none is None
    for mine, other in zip(dp, pull(y)[0], strict=True):
        np.testing.assert_array_equal(mine, other)


def test_what_a_convolution_cannot_take_is_refused() -> None:
    _, p = draw(0, 3, 3, 2, 4)
    for shape in ((2, 5, 4, 3), (5, 4, 2)):
        with pytest.raises(InputError, match=r"A convolution of 2 channels cannot take the shape"):
            convolve(p, np.zeros(shape))
    x = np.zeros((1, 5, 2, 2))
    with pytest.raises(InputError, match=r"A kernel of 3 has no place in a picture of 2 \(convolution\)\."):
        convolve(p, x, padding="valid")
    for wrong in ({"stride": 0}, {"padding": "full"}):
        with pytest.raises(
            InputError, match=r'cannot go by the stride .* Give a stride of at least 1, and "'
        ):
            convolve(p, x, **wrong)  # type: ignore[arg-type]


def list_squares(x: Array, size: int) -> dict[tuple[int, int], Array]:
    """Each square's places, cut off at the edge."""
    rows, columns = range(0, x.shape[1], size), range(0, x.shape[2], size)
    return {(i // size, j // size): x[:, i : i + size, j : j + size] for i, j in product(rows, columns)}


@pytest.mark.parametrize(("pool", "of"), [(mean_pool, np.mean), (max_pool, np.max)])
@given(seed=st.integers(0, 10**6), shape=SHAPES, size=st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_pooling_is_its_formula_and_pulls_back(pool: Any, of: Any, seed: int, shape: Any, size: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.permutation(np.arange(float(np.prod(shape)))).reshape(shape)  # away from equal numbers
    y, _ = pool(x, size=size)
    squares = list_squares(x, size)
    assert y.shape == (shape[0], -(-shape[1] // size), -(-shape[2] // size), shape[3])
    for (i, j), square in squares.items():
        np.testing.assert_allclose(y[:, i, j], of(square, axis=(1, 2)), rtol=1e-12)
    check_pullback(partial(pool, size=size), x, rng=rng, n_directions=2)


def test_a_week_of_7_by_24_pools_to_4_by_12_and_its_last_row_is_not_halved() -> None:
    week = np.ones((1, 7, 24, 1))
    np.testing.assert_array_equal(mean_pool(week)[0], np.ones((1, 4, 12, 1)))
    np.testing.assert_array_equal(max_pool(-week)[0], -np.ones((1, 4, 12, 1)))


def test_of_equal_maxima_the_first_takes_the_gradient() -> None:
    y, pull = max_pool(np.zeros((1, 2, 4, 1)))
    assert pull(np.array([3.0, 5.0]).reshape(y.shape))[0][0, :, :, 0].tolist() == [[3, 0, 5, 0], [0] * 4]


@given(seed=st.integers(0, 10**6), shape=SHAPES, size=st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_repetition_mirrors_pooling_and_pulls_back(seed: int, shape: Any, size: int) -> None:
    rng = np.random.default_rng(seed)
    wide = rng.normal(size=shape)
    x, _ = mean_pool(wide, size=size)
    layer = partial(repeat_up, size=size, shape=shape[1:3])
    y, _ = layer(x)
    assert y.shape == wide.shape
    np.testing.assert_allclose(mean_pool(y, size=size)[0], x, rtol=1e-12)
    check_pullback(layer, x, rng=rng, n_directions=2)
    check_pullback(partial(repeat_up, size=size), x, rng=rng, n_directions=1)


def test_repetition_makes_squares_and_refuses_what_it_cannot_reach() -> None:
    x = np.array([[1.0, 2.0]]).reshape(1, 1, 2, 1)
    assert repeat_up(x)[0][0, :, :, 0].tolist() == [[1, 1, 2, 2], [1, 1, 2, 2]]
    assert repeat_up(x, shape=(1, 3))[0][0, :, :, 0].tolist() == [[1, 1, 2]]
    for shape in ((3, 4), (2, 2)):
        with pytest.raises(InputError, match=r"Places of 1 × 2, repeated 2 times, cannot be cut to"):
            repeat_up(x, shape=shape)
        with pytest.raises(InputError, match=r"Places of 1 × 2, repeated 2 times, cannot be cut to"):
            repeat(2, shape).init(np.random.default_rng(0), (1, 2, 1))
    with pytest.raises(InputError, match=r"Squares cannot have the side 0 \(pooling\)\. Give a whole"):
        repeat_up(x, size=0)


def make_net(moments: RunningMoments) -> Any:
    return sequence(
        conv(4), batch_norm(moments), activation(relu), pool_mean(2), conv(3, 2, "valid", 2), pool_max(2),
        repeat(3, (2, 3)), flatten(), dense(2),
    )  # fmt: skip


def test_as_parts_they_make_a_net_that_pulls_back_and_tells_its_shapes() -> None:
    rng = np.random.default_rng(3)
    net = make_net(RunningMoments(4))
    parameters, shape = net.init(rng, (7, 6, 2))
    assert shape == (2,)
    assert [(row.name, row.shape, row.n_parameters) for row in net.list_parts((7, 6, 2))] == [
        ("conv 4 3×3", (7, 6, 4), 76),
        ("batch norm", (7, 6, 4), 8),
        ("relu", (7, 6, 4), 0),
        ("mean pool 2×2", (4, 3, 4), 0),
        ("conv 3 2×2 valid by 2", (2, 1, 3), 51),
        ("max pool 2×2", (1, 1, 3), 0),
        ("repeat 3×3", (2, 3, 3), 0),
        ("flatten", (18,), 0),
        ("dense 2", (2,), 38),
    ]
    check_pullback(partial(net, rng=rng), parameters, rng.normal(size=(5, 7, 6, 2)), rng=rng)


def test_a_net_of_them_keeps_float32() -> None:
    rng = np.random.default_rng(4)
    net = make_net(RunningMoments(4))
    parameters, _ = net.init(rng, (7, 6, 2), dtype=np.float32)
    value, pull = net(parameters, rng.normal(size=(5, 7, 6, 2)), rng=rng)
    assert {value.dtype, *(leaf.dtype for leaf in list_leaves(pull(value)))} == {np.dtype(np.float32)}
    x = rng.normal(size=(2, 3, 3, 1)).astype(np.float32)
    for layer in (mean_pool, max_pool, repeat_up):
        y, pull_layer = layer(x)
        assert y.dtype == pull_layer(y)[0].dtype == np.float32


def test_rows_are_no_pictures() -> None:
    rng = np.random.default_rng(0)
    for part, who in ((conv(3), "A convolution"), (pool_max(), "Pooling"), (repeat(), "Up-sampling")):
        with pytest.raises(InputError, match=rf"{who} cannot take the shape \(5,\) \(net\)\. Give pictures"):
            part.init(rng, (5,))
