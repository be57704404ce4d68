"""Recurrent layers as parts: shapes, derivatives, float32, and small tasks that only a memory solves."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from models.batches import take_batches
from models.check import check_pullback
from models.errors import InputError
from models.initial import draw_normal
from models.layers.activations import relu
from models.losses import squared_loss
from models.net import Net, activation, dense, sequence
from models.objective import make_objective
from models.optimizers import Adam
from models.parts import recurrent
from models.parts.recurrent import each_step, intersection, last
from models.schedules import keep_constant
from models.training import train
from models.tree import list_leaves, map_tree, pack
from models.types import Array

PARTS = ("simple", "update_gate", "lstm", "intersection")


def make_part(name: str, n_units: int) -> Net:
    made: Net = getattr(recurrent, name)(n_units)
    return made


@pytest.mark.parametrize("name", PARTS)
def test_every_part_pulls_back_in_a_net(name: str) -> None:
    rng = np.random.default_rng(0)
    net = sequence(make_part(name, 4), each_step(dense(3)), make_part(name, 2), last(), dense(2))
    parameters, shape = net.init(rng, (5, 3))
    assert shape == (2,)
    check_pullback(net, map_tree(lambda p: p + 0.1, parameters), rng.normal(size=(2, 5, 3)), rng=rng)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_float32_where_its_parameters_are(name: str) -> None:
    rng = np.random.default_rng(0)
    net = sequence(make_part(name, 4), each_step(dense(3)))
    parameters, _ = net.init(rng, (5, 3), dtype=np.float32)
    value, pull = net(parameters, rng.normal(size=(2, 5, 3)))
    leaves = list_leaves((value, pull(np.ones_like(value))))
    assert {leaf.dtype for leaf in leaves} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", PARTS)
def test_where_nobody_moves_the_input_the_parameters_gradient_is_the_same(name: str) -> None:
    rng = np.random.default_rng(0)
    net = make_part(name, 4)
    parameters, _ = net.init(rng, (5, 3))
    x, weights = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 5, 3 if name == "intersection" else 4))
    first, other = (net(parameters, x, pull_input=pull)[1](weights)[0] for pull in (True, False))
    for a, b in zip(list_leaves(first), list_leaves(other), strict=True):
        np.testing.assert_array_equal(a, b)


def test_parts_summarise_themselves_and_refuse_what_is_no_sequence() -> None:
    net = sequence(recurrent.lstm(4), each_step(dense(3)), intersection(2), last())
    lines = [line.split(maxsplit=1)[1] for line in net.summarise((5, 3)).splitlines()[1:-1]]
    assert [" ".join(line.split()) for line in lines] == [
        "LSTM 4 5 × 4 128", "dense 3 at each step 5 × 3 15", "intersection 2 5 × 3 60", "last step 3 0",
    ]  # fmt: skip
    for part in (*(make_part(name, 2) for name in PARTS), last(), each_step(dense(1))):
        with pytest.raises(InputError, match=r"A recurrent layer cannot take the shape \(5,\) \(net\)\."):
            part.init(np.random.default_rng(0), (5,))


@pytest.mark.parametrize("name", ["simple", "update_gate", "lstm"])
def test_a_new_net_has_open_gates_and_orthonormal_weights_between_units(name: str) -> None:
    p, _ = make_part(name, 4).init(np.random.default_rng(0), (5, 3))
    np.testing.assert_allclose(p.weight[3:] @ p.weight[3:].T, np.eye(4), atol=1e-12)
    assert p.bias[:4].tolist() == ([0.0] * 4 if name == "simple" else [1.0] * 4)


def recall(net: Net, rng: np.random.Generator, n_steps: int, rate: float) -> float:
    """Teach a net to say at the end what stood at the beginning; return its share of the variance missed."""
    x = rng.normal(size=(400, 8, 2))
    rows = {"x": x, "target": x[:, 0, :1]}
    flat, parameters = pack(net.init(rng, x.shape[1:])[0])
    objective = make_objective(net, squared_loss)
    batches = take_batches(rows, 40, rng=rng, n_epochs=n_steps // 10)
    for _ in train(objective, flat, parameters, batches, optimizer=Adam(flat), schedule=keep_constant(rate)):
        pass
    new = rng.normal(size=(300, 8, 2))
    said: Array = net(parameters, new)[0]
    return float(np.mean((said - new[:, 0, :1]) ** 2))


@pytest.mark.parametrize("name", ["simple", "update_gate", "lstm"])
def test_a_memory_recalls_what_stood_eight_steps_before(name: str) -> None:
    rng = np.random.default_rng(1)
    missed = recall(sequence(make_part(name, 8), last(), dense(1)), rng, 400, 0.02)
    assert missed < 0.15  # who cannot look back misses all: 1


def test_an_intersection_net_recalls_it_too_through_its_gate_along_depth() -> None:
    rng = np.random.default_rng(1)
    widen = each_step(sequence(dense(8, draw_normal(0.5)), activation(relu)))
    missed = recall(sequence(widen, intersection(8), last(), dense(1)), rng, 400, 0.02)
    assert missed < 0.15


def test_a_loss_at_each_step_teaches_each_step() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(200, 6, 1))
    before = np.concatenate([np.zeros((200, 1, 1)), x[:, :-1]], axis=1)  # the input of the step before
    net = sequence(recurrent.lstm(6), each_step(dense(1)))
    flat, parameters = pack(net.init(rng, (6, 1))[0])
    batches = take_batches({"x": x, "target": before}, 50, rng=rng, n_epochs=100)
    objective = make_objective(net, squared_loss)
    optimize = partial(train, optimizer=Adam(flat), schedule=keep_constant(0.02))
    for _ in optimize(objective, flat, parameters, batches):
        pass
    errors: Any = np.mean((net(parameters, x)[0] - before) ** 2, axis=(0, 2))
    assert errors.max() < 0.1
