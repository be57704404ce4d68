"""Highway layers: their derivative, what a shut and an open gate make of them, and that depth can learn."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.batches import take_batches
from models.check import check_pullback
from models.errors import InputError
from models.layers.activations import identity, relu, tanh
from models.layers.affine import Affine, affine
from models.losses import cross_entropy
from models.net import Net, activation, dense, dropout, sequence
from models.objective import make_objective
from models.optimizers import Adam
from models.schedules import keep_constant
from models.systems.highway import Highway, find_gate, highway, highway_layer, make_highway
from models.training import train
from models.tree import list_leaves, pack
from models.types import Array

ORACLE = Path(__file__).parents[1] / "oracles" / "highway_oracle.npz"
CLOSE: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-14}  # both in float64, in different orders


def draw_layer(rng: np.random.Generator, n_in: int, n_out: int, *, gate_bias: float = 0.0) -> Highway:
    """Random, unequal parameters; without an affine carry where the widths are one."""
    both = Affine(rng.normal(size=(n_in, 2 * n_out)), rng.normal(size=2 * n_out))
    both.bias[n_out:] += gate_bias
    carry = () if n_in == n_out else Affine(rng.normal(size=(n_in, n_out)), rng.normal(size=n_out))
    return Highway(both, carry)


@pytest.mark.parametrize(("n_rows", "n_in", "n_out"), [(4, 5, 3), (3, 4, 4), (1, 1, 1), (1, 3, 1), (2, 1, 5)])
@pytest.mark.parametrize("bend", [relu, tanh])
def test_a_highway_layer_pulls_back(n_rows: int, n_in: int, n_out: int, bend: Any) -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        layer = partial(highway, bend=bend)
        check_pullback(layer, draw_layer(rng, n_in, n_out), rng.normal(size=(n_rows, n_in)), rng=rng)


def test_the_net_pulls_back_keeps_float32_and_leaves_the_gradient_of_data_away() -> None:
    rng = np.random.default_rng(0)
    net: Any = make_highway(3, width=4, n_layers=2, between=(dropout(0.7),))
    parameters, _ = net.init(rng, (2, 3), dtype=np.float64)
    x = rng.normal(size=(5, 2, 3))
    check_pullback(net, parameters, x, rng=rng)
    check_pullback(lambda *a: net(*a, rng=np.random.default_rng(5)), parameters, x, rng=rng)
    small, _ = net.init(rng, (2, 3), dtype=np.float32)
    value, pull = net(small, x)
    assert {value.dtype, *(leaf.dtype for leaf in list_leaves(pull(value)))} == {np.dtype(np.float32)}
    for p in (draw_layer(rng, 4, 4), draw_layer(rng, 4, 2)):
        value, pull = highway(p, rng.normal(size=(3, 4)), pull_input=False)
        assert pull(value)[1] is None


def test_two_layers_are_pytorchs() -> None:
    with np.load(ORACLE, allow_pickle=False) as file:
        oracle = dict(file)

    def read(layer: int, kind: str = "") -> Affine:
        return Affine(*(np.concatenate([oracle[f"{kind}{name}{layer}.{part}"] for name in "ht"], axis=-1)
                        for part in Affine._fields))  # fmt: skip

    def read_carry(kind: str = "") -> Affine:
        return Affine(oracle[f"{kind}a1.weight"], oracle[f"{kind}a1.bias"])

    first, pull_first = highway(Highway(read(1), read_carry()), oracle["x"], bend=tanh)
    value, pull = highway(Highway(read(2), ()), first, bend=tanh)
    np.testing.assert_allclose(value, oracle["value"], **CLOSE)
    second, d_first = pull(oracle["weights"])
    gradients, dx = pull_first(d_first)
    np.testing.assert_allclose(dx, oracle["d_x"], **CLOSE)
    expected = [*read(1, "d_"), *read_carry("d_"), *read(2, "d_")]
    found = [*list_leaves(gradients), *list_leaves(second)]
    for mine, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, other, **CLOSE)


def test_a_shut_gate_carries_and_an_open_one_transforms() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(6, 4))
    for n_out in (4, 3):
        shut, wide = (draw_layer(rng, 4, n_out, gate_bias=bias) for bias in (-500.0, 500.0))
        carried = affine(shut.carry, x)[0] if isinstance(shut.carry, Affine) else x
        np.testing.assert_allclose(highway(shut, x)[0], carried, rtol=1e-15)
        candidate = affine(wide.both, x)[0][:, :n_out]
        np.testing.assert_allclose(highway(wide, x)[0], np.maximum(candidate, 0), atol=1e-15)
        assert find_gate(shut, x).max() < 1e-15 and find_gate(wide, x).min() == 1
    d_y = rng.normal(size=(6, 4))
    shut = draw_layer(rng, 4, 4, gate_bias=-500.0)
    np.testing.assert_allclose(highway(shut, x)[1](d_y)[1], d_y, rtol=1e-15)  # the gradient passes unchanged


def test_each_unit_lies_between_its_candidate_and_what_is_carried_as_far_as_its_gate_is_open() -> None:
    rng = np.random.default_rng(2)
    p, x = draw_layer(rng, 3, 3), rng.normal(size=(5, 3))
    candidate, gate = affine(p.both, x)[0][:, :3], find_gate(p, x)
    np.testing.assert_allclose(highway(p, x, bend=identity)[0], candidate * gate + x * (1 - gate), rtol=1e-12)


def test_a_layer_is_named_and_takes_rows_alone_and_its_gate_begins_where_it_is_told() -> None:
    net = make_highway(10, width=8, n_layers=3)
    rows = [(row.name, row.n_parameters) for row in net.list_parts((5, 4))]
    assert rows == [
        ("flatten", 0), ("highway 8", 20 * 16 + 16 + 20 * 8 + 8), *[("highway 8", 8 * 16 + 16)] * 2,
        ("dense 10", 90),
    ]  # fmt: skip
    p, _ = highway_layer(2, gate_bias=-3.0).init(np.random.default_rng(0), (5,))
    np.testing.assert_array_equal(p.both.bias, [0, 0, -3, -3])
    with pytest.raises(InputError, match=r"cannot take the shape \(5, 4\) \(highway\)\. Put flatten\(\)"):
        highway_layer(2).init(np.random.default_rng(0), (5, 4))


def test_what_stands_between_stands_behind_each_layer() -> None:
    net = make_highway(3, width=4, n_layers=2, between=(dropout(0.8), activation(tanh)))
    names = [row.name for row in net.list_parts((4,))]
    assert names == ["flatten", *["highway 4", "dropout 0.8", "tanh"] * 2, "dense 3"]


def teach(net: Net, x: Array, label: Array, n_epochs: int) -> Any:
    rng = np.random.default_rng(0)
    flat, parameters = pack(net.init(rng, x.shape[1:], dtype=np.float32)[0], np.float32)
    objective = make_objective(net, cross_entropy, rng=rng)
    batches = take_batches({"x": x, "label": label}, 64, rng=rng, n_epochs=n_epochs)
    for _ in train(
        objective, flat, parameters, batches, optimizer=Adam(flat), schedule=keep_constant(3e-3)
    ):  # fmt: skip
        pass
    return parameters


@pytest.mark.slow
def test_thirty_layers_learn_a_ring_where_thirty_plain_ones_do_not() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(2000, 6)).astype(np.float32)
    label = (np.square(x).sum(axis=1) > 5.35).astype(int)  # about half of them
    deep = make_highway(2, width=12, n_layers=30)
    plain = sequence(*[part for _ in range(30) for part in (dense(12), activation(tanh))], dense(2))
    rights = [
        np.mean(net(teach(net, x[:1500], label[:1500], 6), x[1500:])[0].argmax(axis=1) == label[1500:])
        for net in (deep, plain)
    ]
    assert rights[0] > 0.85 and rights[1] < 0.75
