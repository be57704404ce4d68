"""Decoupled interfaces: with the true gradient they are the joint net, and to the true one they converge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.batches import take_batches
from models.check import check_pullback
from models.errors import InputError
from models.initial import he_uniform, zeros
from models.layers import activations
from models.layers.affine import Affine
from models.losses import cross_entropy, squared_loss
from models.net import activation, concatenate, dense, sequence
from models.objective import make_objective
from models.optimizers import Adam, with_noise
from models.schedules import keep_constant
from models.systems.decoupled import (
    Decoupled,
    DecoupledNet,
    make_decoupled_objective,
    make_interface,
    make_joint,
)
from models.training import train
from models.tree import list_leaves, map_tree, pack
from models.types import Array

TANH = activation(activations.tanh)


def make_two(n_in: int, n_hidden: int, n_out: int) -> DecoupledNet:
    """A bent module, then an affine one: with a squared loss n·dL/dh is affine in h and the target."""
    return DecoupledNet(
        (sequence(dense(n_hidden), TANH), sequence(dense(n_out))), (make_interface(n_hidden),)
    )


def draw_two(
    seed: int, n: int = 7, n_in: int = 3, n_hidden: int = 4, n_out: int = 2
) -> tuple[DecoupledNet, Decoupled, Array, Array]:
    rng = np.random.default_rng(seed)
    net = make_two(n_in, n_hidden, n_out)
    p = net.init(rng, (n_in,), n_context=n_out)
    p = map_tree(lambda leaf: rng.normal(size=leaf.shape), p)
    return net, p, rng.normal(size=(n, n_in)), rng.normal(size=(n, n_out))


def give_exact(p: Decoupled) -> Decoupled:
    """Give the interface the weights of the truth: n·dL/dh = 2/m · (h W + b − y) Wᵀ."""
    weight, bias = p.modules[1][0]
    n_out = len(bias)
    exact = Affine(
        np.concatenate([weight @ weight.T, -weight.T]) * (2 / n_out), bias @ weight.T * (2 / n_out)
    )
    return p._replace(interfaces=(((), exact),))


@pytest.mark.parametrize("shape", [(7, 3, 4, 2), (1, 1, 1, 1), (2, 1, 5, 3)])
def test_with_the_true_gradient_as_a_guess_it_is_the_joint_net(shape: tuple[int, int, int, int]) -> None:
    net, p, x, y = draw_two(0, *shape)
    p = give_exact(p)
    value, borrow = make_decoupled_objective(net, squared_loss)(p, x=x, context=y, target=y)
    joint, pull = make_objective(make_joint(net, y.shape[1]), squared_loss)(p, x=x, target=y)
    assert value == joint
    (found,), (true,) = borrow(1.0), pull(1.0)
    for a, b in zip(list_leaves(found.modules), list_leaves(true.modules), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)  # sums in another order
    for leaf in list_leaves(found.interfaces):
        np.testing.assert_allclose(leaf, 0, atol=1e-13)  # an exact guess has nothing to learn


@pytest.mark.parametrize("seed", range(3))
def test_the_joint_net_pulls_back_and_one_module_needs_no_interface(seed: int) -> None:
    net, p, x, y = draw_two(seed)
    check_pullback(make_joint(net, 2), p, x, rng=np.random.default_rng(seed))
    assert make_joint(net, 2).list_parts((3,))[0].shape == (2,)
    alone = DecoupledNet((sequence(*net.modules),), ())
    objective = make_decoupled_objective(alone, squared_loss)
    check_pullback(
        lambda p: objective(p, x=x, context=y, target=y),
        Decoupled((p.modules,), ()),
        rng=np.random.default_rng(seed),
    )


@pytest.mark.parametrize("seed", range(3))
def test_an_interface_gets_the_gradient_of_its_own_squared_error(seed: int) -> None:
    net, p, x, y = draw_two(seed)
    objective = make_decoupled_objective(net, squared_loss)
    _, borrow = objective(p, x=x, context=y, target=y)
    (found,) = borrow(1.0)
    hidden, _ = net.modules[0](p.modules[0], x)
    scores, pull_head = net.modules[1](p.modules[1], hidden)
    _, passed = pull_head(squared_loss(scores, target=y)[1](1.0)[0])

    def measure(phi: Any) -> Any:
        guess, pull = net.interfaces[0](phi, hidden, y)
        error = guess - len(x) * passed
        return 0.5 * np.square(error).sum() / len(x), lambda d, out=None: pull(error * (d / len(x)), out)[:1]

    check_pullback(measure, p.interfaces[0], rng=np.random.default_rng(seed))
    (own,) = measure(p.interfaces[0])[1](1.0)
    for a, b in zip(list_leaves(found.interfaces[0]), list_leaves(own), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_a_modules_gradient_hangs_on_its_own_interface_alone_and_is_pure() -> None:
    net, p, x, y = draw_two(4)
    objective = make_decoupled_objective(net, squared_loss)
    _, borrow = objective(p, x=x, context=y, target=y)
    (first,) = borrow(1.0)
    changed = p._replace(modules=(p.modules[0], map_tree(lambda leaf: leaf + 1, p.modules[1])))
    (other,) = objective(changed, x=x, context=y, target=y)[1](1.0)
    for a, b in zip(list_leaves(first.modules[0]), list_leaves(other.modules[0]), strict=True):
        np.testing.assert_array_equal(a, b)  # what comes behind is not asked
    out = map_tree(lambda leaf: np.full_like(leaf, np.nan), p)
    (again,) = borrow(1.0, out=out)
    for a, b, c in zip(list_leaves(first), list_leaves(again), list_leaves(out), strict=True):
        np.testing.assert_array_equal(a, b)
        assert b is c


def make_deep(n_in: int, n_hidden: int, n_out: int) -> DecoupledNet:
    """Two interfaces, the first of which learns from the second; modules that bend nothing."""
    linear = [sequence(dense(n_hidden)), sequence(dense(n_hidden)), sequence(dense(n_out))]
    return DecoupledNet(tuple(linear), (make_interface(n_hidden), make_interface(n_hidden)))


@pytest.mark.slow
def test_the_guesses_converge_to_the_true_gradients_through_two_interfaces() -> None:
    rng = np.random.default_rng(1)
    net = make_deep(3, 4, 2)
    x, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))
    flat, p = pack(net.init(rng, (3,), n_context=2))
    objective = make_decoupled_objective(net, squared_loss)
    gradient = np.zeros_like(flat)
    size = sum(leaf.size for leaf in list_leaves(p.modules))
    for _ in range(6000):  # the modules stand still: descent on the interfaces alone
        (d_all,) = objective(p, x=x, context=y, target=y)[1](1.0)
        gradient[size:] = pack(d_all.interfaces)[0]
        flat -= 0.2 * gradient
    h, trues = x, []
    for module, theta in zip(net.modules, p.modules, strict=True):
        h, pull = module(theta, h)
        trues.append(pull)
    dh = squared_loss(h, target=y)[1](float(len(x)))[0]
    for guess, pull in zip(reversed(net.guess(p, x, context=y)), reversed(trues[1:]), strict=True):
        _, dh = pull(dh)
        np.testing.assert_allclose(guess, dh, atol=1e-3 * np.abs(dh).max())


def plant_classes(n: int, rng: np.random.Generator) -> dict[str, Array]:
    """Three classes by the angle of a point: no line tells them."""
    x = rng.normal(size=(n, 2)).astype(np.float32)
    label = ((np.arctan2(x[:, 1], x[:, 0]) + np.pi) / (2 * np.pi) * 3).astype(int) % 3
    return {"x": x, "context": np.eye(3, dtype=np.float32)[label], "label": label}


@pytest.mark.parametrize("eta", [0.0, 1e-4])
def test_a_decoupled_net_learns_planted_classes_with_and_without_noise_in_float32(eta: float) -> None:
    rng = np.random.default_rng(0)
    bent = activation(activations.relu)
    net = DecoupledNet(
        (sequence(dense(16, he_uniform), bent), sequence(dense(16, he_uniform), bent), sequence(dense(3))),
        (make_interface(16), make_interface(16)),
    )
    rows = plant_classes(600, rng)
    flat, p = pack(net.init(rng, (2,), n_context=3, dtype=np.float32), np.float32)
    objective = make_decoupled_objective(net, cross_entropy)
    steps = train(
        objective,
        flat,
        p,
        take_batches(rows, 60, rng=rng, n_epochs=60),
        optimizer=with_noise(Adam(flat), eta, rng),
        schedule=keep_constant(0.01),
    )
    losses = [step.loss for step in steps]
    new = plant_classes(500, rng)
    scores, _ = sequence(*net.modules)(p.modules, new["x"])
    assert np.mean(scores.argmax(axis=1) == new["label"]) > 0.93
    assert np.mean(losses[-10:]) < 0.25 * np.mean(losses[:3])
    value, borrow = objective(p, **rows)
    assert value.dtype == np.float32
    assert {leaf.dtype.name for leaf in list_leaves(borrow(1.0))} == {"float32"}


def test_guesses_are_zero_at_first_and_hidden_units_may_lie_between() -> None:
    rng = np.random.default_rng(2)
    net = DecoupledNet((dense(5), dense(2)), (make_interface(5, n_hidden=3),))
    p = net.init(rng, (4,), n_context=2)
    (guess,) = net.guess(p, rng.normal(size=(6, 4)), context=np.eye(2)[[0, 1, 0, 1, 1, 0]])
    np.testing.assert_array_equal(guess, np.zeros((6, 5)))
    assert p.interfaces[0][1].weight.shape == (7, 3)


def test_modules_and_interfaces_that_do_not_fit_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match=r"2 modules have 0 interfaces \(decoupled\)\. Give each module but"):
        DecoupledNet((dense(3), dense(2)), ()).init(rng, (4,), n_context=2)
    wrong = DecoupledNet((dense(3), dense(2)), (sequence(concatenate(), dense(4, zeros)),))
    words = r"guesses the shape \(4,\) behind a module that gives \(3,\) \(decoupled\)\. Let it end in"
    with pytest.raises(InputError, match=words):
        wrong.init(rng, (4,), n_context=2)


def test_borrowed_gradients_are_those_of_modules_that_pytorch_trains_by_themselves() -> None:
    path = Path(__file__).parents[1] / "oracles" / "conv_recurrent_oracle.npz"
    with np.load(path, allow_pickle=False) as file:
        oracle = {key.removeprefix("decoupled."): value for key, value in file.items()}
    net = DecoupledNet(
        (sequence(dense(4), TANH), sequence(dense(6), TANH), dense(3)), (make_interface(4), make_interface(6))
    )
    w = [Affine(oracle[f"w{k}"], oracle[f"b{k}"]) for k in range(3)]
    v = [((), Affine(oracle[f"v{k}"], oracle[f"a{k}"])) for k in range(2)]
    p = Decoupled(((w[0], ()), (w[1], ()), w[2]), tuple(v))
    label = oracle["label"]
    objective = make_decoupled_objective(net, cross_entropy)
    loss, borrow = objective(p, x=oracle["x"], context=np.eye(3)[label], label=label)
    np.testing.assert_allclose(loss, oracle["loss"], rtol=1e-12)
    names = [f"d_{kind}{k}" for kinds, n in (("wb", 3), ("va", 2)) for k in range(n) for kind in kinds]
    for name, gradient in zip(names, list_leaves(borrow(1.0)[0]), strict=True):
        np.testing.assert_allclose(gradient, oracle[name], rtol=1e-11, atol=1e-14)
