"""VGG-7 and ResNet: their layers, their derivatives, what stochastic depth is, and that they learn."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest

from models.batches import take_batches
from models.check import check_pullback
from models.errors import InputError
from models.layers.activations import arctan, relu, tanh
from models.layers.convolution import Convolution, convolve
from models.layers.normalise import RunningMoments
from models.layers.pooling import max_pool, mean_pool
from models.losses import cross_entropy
from models.net import Net, sequence
from models.objective import make_objective
from models.optimizers import Adam
from models.parts.convolution import conv
from models.parts.kits import FAST, PLAIN, Kit
from models.parts.normalise import list_running
from models.schedules import keep_constant
from models.systems.residual import Residual
from models.systems.resnet import list_keeps, make_resnet
from models.systems.vgg import make_vgg7
from models.training import train
from models.tree import list_leaves, pack
from models.types import Array, Tree

SMALL = {"blocks": ((3, 4), (5,)), "hidden": (6, 5, 4)}


def make_nets() -> dict[str, Net]:
    return {
        "vgg": make_vgg7(4, **SMALL),  # type: ignore[arg-type]
        "vgg, maxima and norms": make_vgg7(4, **SMALL, pool="max", running=[]),  # type: ignore[arg-type]
        "resnet": make_resnet(4, running=[], widths=(3, 4, 5)),
        "stochastic depth, pooled": make_resnet(4, running=[], widths=(3, 4, 5), keep_last=0.4, pool=True),
    }


def begin(net: Net, rng: np.random.Generator, shape: Any, dtype: Any = np.float64) -> Tree:
    """Parameters with biases and gains of their own: all places of a ReLU away from its kink."""
    flat, parameters = pack(net.init(rng, shape, dtype=dtype)[0], dtype)
    flat += rng.normal(scale=0.3, size=flat.shape)
    return parameters


@pytest.mark.parametrize("name", make_nets())
@pytest.mark.parametrize("shape", [(7, 10, 2), (1, 1, 1)])
def test_the_nets_pull_back_in_training_and_in_use(name: str, shape: Any) -> None:
    for seed in range(2):
        rng, net = np.random.default_rng(seed), make_nets()[name]
        parameters = begin(net, rng, shape)
        x = rng.normal(size=(3, *shape))
        check_pullback(net, parameters, x, rng=rng)
        check_pullback(lambda *a, net=net: net(*a, rng=np.random.default_rng(5)), parameters, x, rng=rng)


@pytest.mark.parametrize("name", make_nets())
def test_the_nets_keep_float32(name: str) -> None:
    rng, net = np.random.default_rng(0), make_nets()[name]
    parameters = begin(net, rng, (7, 10, 2), np.float32)
    for mode in (None, rng):
        value, pull = net(parameters, rng.normal(size=(3, 7, 10, 2)), rng=mode)
        assert {value.dtype, *(leaf.dtype for leaf in list_leaves(pull(value)))} == {np.dtype(np.float32)}


def test_vgg_has_seven_layers_with_weights_and_refuses_others() -> None:
    names = [row.name for row in make_vgg7(10, keep=0.9).list_parts((28, 28, 1)) if row.n_parameters]
    assert names == ["conv 16 3×3"] * 2 + ["conv 32 3×3"] * 2 + ["dense 64", "dense 32", "dense 10"]
    with pytest.raises(InputError, match=r"VGG-7 cannot have 5 layers with weights and mean pooling"):
        make_vgg7(10, hidden=())
    with pytest.raises(InputError, match=r'min pooling \(vgg\)\. Choose seven .* and "mean" or "max"\.'):
        make_vgg7(10, pool="min")


@pytest.mark.parametrize("kit", [PLAIN, FAST])
@pytest.mark.parametrize(("pool", "layer"), [("mean", mean_pool), ("max", max_pool)])
def test_vgg_is_its_layers_in_a_row_with_the_pooling_that_was_asked_for(
    kit: Kit, pool: str, layer: Any
) -> None:
    rng, net = np.random.default_rng(0), make_vgg7(4, **SMALL, pool=pool, kit=kit)  # type: ignore[arg-type]
    parameters, x = begin(net, rng, (7, 10, 2)), rng.normal(size=(3, 7, 10, 2))
    leaves = list_leaves(parameters)
    pairs, y = list(zip(leaves[::2], leaves[1::2], strict=True)), x
    for number, pair in enumerate(pairs[:3]):
        y = relu(convolve(Convolution(*pair), y)[0])[0]
        if number > 0:
            y = layer(y)[0]
    y = y.reshape(3, -1)
    for (weight, bias), bend in zip(pairs[3:-1], (tanh, arctan, arctan), strict=True):
        y = bend(y @ weight + bias)[0]
    wanted = y @ pairs[-1][0] + pairs[-1][1]
    np.testing.assert_allclose(net(parameters, x)[0], wanted, rtol=1e-10)  # summed in another order


def test_one_running_moment_belongs_to_each_norm() -> None:
    running: list[RunningMoments] = []
    make_vgg7(10, running=running)
    assert [len(each.moments.mean) for each in running] == [16, 16, 32, 32]
    for kit in (PLAIN, FAST):
        running.clear()
        net = make_resnet(10, running=running, widths=(4, 8), kit=kit)
        assert [len(each.moments.mean) for each in running] == [4, 4, 4, 8, 8]
        assert all(mine is found for mine, found in zip(running, list_running(net), strict=True))
    assert list_running(make_vgg7(10)) == []


def test_a_residual_block_needs_a_probability_and_one_shape() -> None:
    with pytest.raises(InputError, match=r"cannot be kept with the probability 0 \(residual\)\. Give one"):
        Residual(sequence(), sequence(), 0)
    block = Residual(sequence(conv(3)), sequence())
    for ask in (block.list_parts, partial(block.init, np.random.default_rng(0))):
        with pytest.raises(InputError, match=r"give \(4, 4, 3\), and its shortcut \(4, 4, 2\) \(residual\)"):
            ask((4, 4, 2))


def test_with_keep_probability_1_stochastic_depth_is_the_resnet_and_draws_nothing() -> None:
    x = np.random.default_rng(1).normal(size=(3, 7, 10, 2))
    answers = []
    for net in (make_resnet(4, running=[], keep_last=1.0), make_resnet(4, running=[])):
        rng = np.random.default_rng(0)
        parameters = begin(net, rng, (7, 10, 2))
        answers.append([net(parameters, x, rng=rng)[0], net(parameters, x)[0], rng.random(1)])
    for mine, other in zip(*answers, strict=True):
        np.testing.assert_array_equal(mine, other)
    drawn = np.random.default_rng(0)
    begin(net, drawn, (7, 10, 2))
    assert answers[0][2] == drawn.random(1)


def test_the_blocks_are_kept_with_probabilities_on_a_line() -> None:
    np.testing.assert_allclose(list_keeps(4, 0.5), [0.875, 0.75, 0.625, 0.5], rtol=1e-15)
    names = [row.name for row in make_resnet(4, running=[], keep_last=0.4).list_parts((7, 10, 2))]
    assert [name for name in names if name.startswith("add")] == [f"add, keep {k}" for k in (0.8, 0.6, 0.4)]


def test_by_place_the_scores_tell_where_a_thing_lies() -> None:
    rng = np.random.default_rng(6)
    left, right = np.zeros((2, 1, 14, 20, 1))
    left[0, 6:8, 6:8], right[0, 6:8, 12:14] = 1, 1  # the edges are beyond the reach of three kernels
    for by_place in (False, True):
        net = make_resnet(3, running=[], widths=(2,), by_place=by_place)
        parameters = begin(net, rng, (14, 20, 1))
        one, other = (net(parameters, x)[0] for x in (left, right))
        assert np.allclose(one, other, rtol=1e-12) is not by_place


class Coins:
    """A generator whose draws are given."""

    def __init__(self, *draws: float) -> None:
        self.draws = list(draws)

    def random(self) -> float:
        return self.draws.pop(0)


def test_in_expectation_stochastic_depth_is_its_scaling_in_use() -> None:
    # Between linear blocks the mean over all outcomes is exact; a ReLU between them would bend it.
    rng, keeps = np.random.default_rng(2), (0.9, 0.6, 0.3)
    net = sequence(*(Residual(sequence(conv(2)), sequence(), keep) for keep in keeps))
    parameters, x = begin(net, rng, (4, 3, 2)), rng.normal(size=(2, 4, 3, 2))
    mean = np.zeros_like(x)
    for kept in product([True, False], repeat=3):
        chance = np.prod([k if on else 1 - k for k, on in zip(keeps, kept, strict=True)])
        coins: Any = Coins(*(0.0 if on else 0.99 for on in kept))
        mean += chance * net(parameters, x, rng=coins)[0]
    np.testing.assert_allclose(mean, net(parameters, x)[0], rtol=1e-12)


def test_a_block_that_falls_away_learns_nothing_and_leaves_its_shortcut() -> None:
    running: list[RunningMoments] = []
    net, rng = make_resnet(3, running=running, widths=(2,), keep_last=0.5), np.random.default_rng(3)
    parameters, x = begin(net, rng, (4, 4, 1)), rng.normal(size=(5, 4, 4, 1))
    coins: Any = Coins(0.7)
    value, pull = net(parameters, x, rng=coins)
    stem, scores = sequence(*net.parts[:3]), sequence(*net.parts[4:])  # type: ignore[attr-defined]
    after_stem = stem(parameters[:3], x, rng=rng)[0]
    np.testing.assert_array_equal(value, scores(parameters[4:], after_stem)[0])
    added, _ = pull(np.ones_like(value))[0][3]
    assert not any(leaf.any() for leaf in list_leaves(added))
    np.testing.assert_array_equal(running[1].moments.mean, [0, 0])


def make_stripes(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Noisy pictures with one stripe: lying, standing or none; where it lies says nothing."""
    label, place = rng.integers(0, 3, n), rng.integers(0, 8, n)
    x = rng.normal(scale=0.7, size=(n, 8, 8, 1))
    for k in range(n):
        if label[k] == 0:
            x[k, place[k]] += 1.5
        elif label[k] == 1:
            x[k, :, place[k]] += 1.5
    return x.astype(np.float32), label


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vgg", "stochastic depth"])
def test_the_nets_learn_which_way_a_stripe_lies(name: str) -> None:
    rng, running = np.random.default_rng(4), []
    if name == "vgg":
        net = make_vgg7(3, blocks=((6, 6), (8, 8)), hidden=(16, 8))
    else:
        net = make_resnet(3, running=running, widths=(6, 8), keep_last=0.7)
    x, label = make_stripes(1500, rng)
    flat, parameters = pack(net.init(rng, x.shape[1:], dtype=np.float32)[0], np.float32)
    for _ in train(
        make_objective(net, cross_entropy, rng=rng),
        flat,
        parameters,
        take_batches({"x": x, "label": label}, 50, rng=rng, n_epochs=8),
        optimizer=Adam(flat),
        schedule=keep_constant(3e-3),
    ):
        pass
    new, truth = make_stripes(500, rng)
    right = np.mean(net(parameters, new)[0].argmax(axis=1) == truth)
    assert right > 0.93  # a third by chance
