"""Nets of parts: the chain rule through rows, branches and joins, and what a net says of itself."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from models.check import check_pullback
from models.errors import InputError
from models.initial import draw_normal
from models.layers.activations import logistic, relu, tanh
from models.layers.affine import Affine, affine
from models.losses import squared_loss
from models.net import (
    Net,
    activation,
    add,
    branch,
    concatenate,
    dense,
    dropout,
    flatten,
    join,
    parallel,
    sequence,
)
from models.objective import list_weights, make_objective
from models.penalties import absolute_penalty, squared_penalty
from models.tree import list_leaves, map_tree, pack
from models.types import Tree

unequal = partial(dense, initial=draw_normal(0.7), bias=draw_normal(0.5))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def begin(net: Net, rng: np.random.Generator, *shapes: tuple[int, ...]) -> Tree:
    return net.init(rng, *shapes)[0]


def test_a_row_of_parts_is_its_layers_one_after_another(rng: np.random.Generator) -> None:
    net = sequence(unequal(4), activation(tanh), unequal(2))
    first, nothing, last = begin(net, rng, (3,))
    x = rng.normal(size=(5, 3))
    assert nothing == ()
    np.testing.assert_array_equal(
        net((first, (), last), x)[0], np.tanh(x @ first.weight + first.bias) @ last.weight + last.bias
    )


NETS: dict[str, tuple[Net, tuple[tuple[int, ...], ...]]] = {
    "row": (sequence(unequal(4), activation(tanh), unequal(3)), ((5,),)),
    "row in a row": (sequence(sequence(unequal(4), activation(logistic)), unequal(2)), ((5,),)),
    "two outputs": (
        sequence(unequal(4), branch(unequal(2), sequence(activation(tanh), unequal(1)))),
        ((3,),),
    ),
    "two inputs": (sequence(join(unequal(3), unequal(2)), activation(tanh), unequal(2)), ((4,), (2,))),
    "three inputs": (join(unequal(3), activation(tanh), unequal(2)), ((2,), (4,), (3,))),
    "a way around": (
        sequence(branch(activation(logistic), sequence(unequal(3), activation(tanh))), add()),
        ((3,),),
    ),
    "side by side": (parallel(unequal(2), activation(tanh)), ((3,), (2,))),
    "maps": (sequence(activation(tanh), flatten(), unequal(2)), ((2, 3),)),
    "nothing to learn": (sequence(activation(tanh), activation(logistic)), ((3,),)),
    "a branch of two inputs": (
        sequence(branch(join(unequal(2), unequal(2)), parallel(unequal(1), unequal(3)))),
        ((3,), (2,)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NETS)
def test_nets_pull_back(name: str, rng: np.random.Generator) -> None:
    net, shapes = NETS[name]
    inputs = [rng.normal(size=(6, *shape)) for shape in shapes]
    check_pullback(net, begin(net, rng, *shapes), *inputs, rng=rng)


@pytest.mark.parametrize("name", NETS)
def test_data_that_nobody_moves_gets_no_gradient_and_the_parameters_get_the_same(
    name: str, rng: np.random.Generator
) -> None:
    net, shapes = NETS[name]
    parameters = begin(net, rng, *shapes)
    inputs = [rng.normal(size=(6, *shape)) for shape in shapes]
    value, pull = net(parameters, *inputs)
    d_value = map_tree(np.ones_like, value)
    d_parameters, *_ = net(parameters, *inputs, pull_input=False)[1](d_value)
    for mine, other in zip(list_leaves(d_parameters), list_leaves(pull(d_value)[0]), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_a_first_layer_leaves_its_input_without_gradient(rng: np.random.Generator) -> None:
    net = sequence(flatten(), dropout(0.5), unequal(2))
    x = rng.normal(size=(4, 2, 3))
    gradients = net(begin(net, rng, (2, 3)), x, rng=rng, pull_input=False)[1](np.ones((4, 2)))
    assert gradients[1] is None


def test_dropout_acts_in_training_alone(rng: np.random.Generator) -> None:
    net = sequence(dropout(0.5), unequal(2))
    parameters, x = begin(net, rng, (50,)), rng.normal(size=(3, 50))
    plain = affine(parameters[1], x)[0]
    np.testing.assert_array_equal(net(parameters, x)[0], plain)
    assert not np.allclose(net(parameters, x, rng=rng)[0], plain)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_net_keeps_its_type_from_parameters_to_gradients(dtype: Any, rng: np.random.Generator) -> None:
    net = sequence(join(dense(3), dense(2)), activation(relu), dropout(0.7), branch(dense(2), dense(1)))
    parameters, _ = net.init(rng, (4,), (2,), dtype=dtype)
    inputs = [rng.normal(size=(5, n)).astype(dtype) for n in (4, 2)]
    value, pull = net(parameters, *inputs, rng=rng)
    arrays = [*list_leaves(parameters), *value, *list_leaves(pull(tuple(map(np.ones_like, value))))]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


def test_rows_of_another_type_do_not_widen_a_net(rng: np.random.Generator) -> None:
    net = sequence(dense(3), activation(tanh), dense(2))
    parameters, _ = net.init(rng, (4,), dtype=np.float32)
    for x in (rng.normal(size=(5, 4)), rng.integers(0, 9, size=(5, 4))):
        value, pull = net(parameters, x)
        assert {value.dtype, *(leaf.dtype for leaf in list_leaves(pull(value)))} == {np.dtype(np.float32)}


def test_one_seed_gives_one_net_in_either_type() -> None:
    net = sequence(dense(3), activation(relu), dense(2))
    single, double = (
        net.init(np.random.default_rng(5), (4,), dtype=dtype)[0] for dtype in (np.float32, np.float64)
    )
    for a, b in zip(list_leaves(single), list_leaves(double), strict=True):
        np.testing.assert_array_equal(a, b.astype(np.float32))


def test_a_net_tells_its_parts_and_what_follows_what() -> None:
    net = sequence(
        join(sequence(dense(4), activation(tanh)), dense(2)), dropout(0.5), branch(dense(7), dense(1))
    )
    assert net.list_parts((24,), (3,)) == [
        ("dense 4", (4,), 100, (-1,)),
        ("tanh", (4,), 0, (0,)),
        ("dense 2", (2,), 8, (-2,)),
        ("concatenate", (6,), 0, (1, 2)),
        ("dropout 0.5", (6,), 0, (3,)),
        ("dense 7", (7,), 49, (4,)),
        ("dense 1", (1,), 7, (4,)),
    ]
    assert net.summarise((24,), (3,)) == "\n".join(
        [
            "   input 1      24",
            "   input 2       3",
            "1  dense 4       4  100  after input 1",
            "2  tanh          4    0",
            "3  dense 2       2    8  after input 2",
            "4  concatenate   6    0  after 2 and 3",
            "5  dropout 0.5   6    0",
            "6  dense 7       7   49",
            "7  dense 1       1    7  after 5",
            "164 parameters",
        ]
    )


def test_a_plain_row_says_nothing_of_what_follows_what() -> None:
    net = sequence(flatten(), dense(2))
    assert (
        net.summarise((7, 24))
        == "   input    7 × 24\n1  flatten     168    0\n2  dense 2       2  338\n338 parameters"
    )


def test_an_objective_is_the_nets_loss_and_the_penalty_on_its_weights(rng: np.random.Generator) -> None:
    net = sequence(unequal(3), activation(tanh), unequal(1))
    parameters = begin(net, rng, (4,))
    x, target = rng.normal(size=(6, 4)), rng.normal(size=(6, 1))
    weights = list_weights(parameters)
    assert [weight.shape for weight in weights] == [(4, 3), (3, 1)]
    objective = make_objective(net, squared_loss, penalty=partial(squared_penalty, strength=0.3))
    loss, _ = objective(parameters, x=x, target=target)
    plain = np.mean((net(parameters, x)[0] - target) ** 2)
    np.testing.assert_allclose(loss, plain + 0.15 * sum((w**2).sum() for w in weights), rtol=1e-14)
    for penalty in (partial(squared_penalty, strength=0.3), partial(absolute_penalty, strength=0.3), None):
        objective = make_objective(net, squared_loss, penalty=penalty)
        check_pullback(partial(objective, x=x, target=target), parameters, rng=rng)


def test_an_objective_draws_dropout_only_where_it_is_given_a_generator(rng: np.random.Generator) -> None:
    net = sequence(dropout(0.5), unequal(1))
    parameters, x = begin(net, rng, (40,)), rng.normal(size=(3, 40))
    batch = {"x": x, "target": np.zeros((3, 1))}
    calm, wild = make_objective(net, squared_loss), make_objective(net, squared_loss, rng=rng)
    assert calm(parameters, **batch)[0] == np.mean(net(parameters, x)[0] ** 2)
    assert wild(parameters, **batch)[0] != wild(parameters, **batch)[0]


def test_the_parameters_of_a_net_can_be_views_of_one_buffer(rng: np.random.Generator) -> None:
    net = sequence(dense(2), activation(tanh), dense(1))
    flat, parameters = pack(begin(net, rng, (3,)))
    assert flat.shape == (11,)
    flat[:] = 0
    np.testing.assert_array_equal(net(parameters, np.ones((2, 3)))[0], np.zeros((2, 1)))
    assert type(parameters[0]) is Affine


def test_sizes_of_numpys_own_kind_make_the_same_net(rng: np.random.Generator) -> None:
    net = sequence(dense(np.int64(4)), dense(np.int32(2)))  # type: ignore[arg-type]
    assert net.list_parts((np.int64(3),)) == sequence(dense(4), dense(2)).list_parts((3,))
    assert type(net.list_parts((3,))[0].shape[0]) is int


def test_an_empty_batch_goes_through_a_net_of_maps(rng: np.random.Generator) -> None:
    net = sequence(flatten(), dense(2))
    value, pull = net(begin(net, rng, (2, 3)), np.empty((0, 2, 3)))
    assert value.shape == (0, 2)
    assert pull(value)[1].shape == (0, 2, 3)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: dense(2).summarise((7, 24)), r"A dense layer cannot take the shape \(7, 24\)"),
        (lambda: dropout(0.0), "Dropout cannot keep values with the probability 0.0"),
        (lambda: sequence(branch(dense(2), dense(3)), add()).summarise((4,)), "The shapes .* cannot be"),
        (lambda: sequence(dense(2), add()).summarise((4,)), r"The shapes \(2,\) cannot be added"),
        (lambda: parallel(dense(2), dense(3)).summarise((4,)), "2 parts side by side were given 1"),
        (lambda: join(dense(2), dense(3))(((), ()), np.ones((2, 2))), "2 parts side by side were given 1"),
        (lambda: concatenate().summarise((4,)), "There is nothing to put end to end"),
    ],
)  # fmt: skip
def test_a_net_that_cannot_be_gets_a_clear_word(act: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        act()
