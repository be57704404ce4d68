"""The decoupled convolutional LSTM: with true guesses it is the joint one, guesses become true, it learns."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.batches import take_batches
from models.check import check_pullback
from models.layers.affine import Affine
from models.layers.convolution import Convolution
from models.losses import logistic_loss, squared_loss
from models.optimizers import SGD, Adam
from models.recurrent.conv_cells import ConvCell
from models.recurrent.conv_lstm import begin_memory, conv_lstm_step
from models.recurrent.lstm import Memory
from models.schedules import fall_by_cosine, keep_constant
from models.systems.decoupled_conv_lstm import (
    DecoupledClips,
    Interface,
    guess_gradient,
    init_decoupled_clips,
    make_decoupled_objective,
    make_joint_clips,
    run_clips,
    train_at_once,
)
from models.tree import list_leaves, map_tree, pack
from models.types import Array

ORACLE = Path(__file__).parents[1] / "oracles" / "conv_recurrent_oracle.npz"
# steps, h, w, c_in, clips, channels, outputs
SHAPES = [(3, 3, 4, 1, 5, 2, 1), (1, 1, 1, 1, 1, 1, 1), (2, 1, 3, 2, 2, 1, 2), (2, 2, 1, 1, 1, 3, 3)]


def draw_case(shape: tuple[int, ...], seed: int = 0) -> tuple[DecoupledClips, Array, Array]:
    """Parameters, clips and targets, all random and unequal."""
    *clip, n, c, n_out = shape
    rng = np.random.default_rng(seed)
    p = init_decoupled_clips(rng, tuple(clip), n_channels=c, n_out=n_out, n_context=n_out, n_narrow=2)  # type: ignore[arg-type]
    p = map_tree(lambda leaf: rng.normal(scale=0.5, size=leaf.shape), p)
    return p, rng.normal(size=(n, *clip)), rng.normal(size=(n, n_out))


def find_true(p: DecoupledClips, x: Array, y: Array) -> list[Memory]:
    """Return n·∂L/∂s_t of a squared loss behind each step but the last."""
    n, n_out = y.shape
    state, pulls = begin_memory((n, *x.shape[2:4], p.cell.recurrent.shape[2])), []
    for t in range(x.shape[1]):
        state, pull = conv_lstm_step(p.cell, state, x[:, t])
        pulls.append(pull)
    said = state.hidden.reshape(n, -1) @ p.head.weight + p.head.bias
    dh = (2 / n_out * (said - y)) @ p.head.weight.T
    passed, true = Memory(dh.reshape(state.hidden.shape), np.zeros_like(state.cell)), []
    for pull in pulls[:0:-1]:
        _, passed, _ = pull(passed)
        true.append(passed)
    return true[::-1]


@pytest.mark.parametrize("shape", SHAPES)
def test_clips_and_guesses_pull_back(shape: tuple[int, ...]) -> None:
    p, x, y = draw_case(shape)
    rng = np.random.default_rng(1)
    check_pullback(partial(run_clips, x=x), p, rng=rng)
    state = Memory(*rng.normal(size=(2, len(x), *shape[1:3], shape[5])))
    for interface in p.interfaces:
        check_pullback(partial(guess_gradient, state=state, context=y), interface, rng=rng)


def test_as_a_part_it_is_the_joint_net() -> None:
    _, x, y = draw_case(SHAPES[0])
    net = make_joint_clips(2, 1, 1, n_narrow=2)
    p, shape = net.init(np.random.default_rng(0), x.shape[1:])
    assert shape == (1,)
    value, pull = net(p, x)
    np.testing.assert_array_equal(value, run_clips(p, x=x)[0])
    (dp,) = run_clips(p, x=x)[1](y)
    found, dx = pull(y)
    assert dx is None
    for a, b in zip(list_leaves(found), list_leaves(dp), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("shape", SHAPES)
def test_with_true_guesses_it_gets_the_true_gradient(shape: tuple[int, ...]) -> None:
    p, x, y = draw_case(shape)
    given = iter(find_true(p, x, y))
    made = make_decoupled_objective(squared_loss)
    # One clip more than there are narrow units has no exact guess: so give each step the truth itself.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "models.systems.decoupled_conv_lstm.guess_gradient",
            lambda p, *, state, context: (next(given), lambda d, out: keep(d)),
        )
        errors: list[Any] = []
        keep = errors.append
        value, borrow = made(p, x=x, context=y, target=y)
        (found,) = borrow(1.0)
    said, pull = run_clips(p, x=x)
    loss, pull_loss = squared_loss(said, target=y)
    (true,) = pull(pull_loss(1.0)[0])
    np.testing.assert_allclose(value, loss, rtol=1e-12)
    for a, b in zip(list_leaves(found[:2]), list_leaves(true[:2]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)  # summed in another order
    assert len(errors) == shape[0] - 1
    for leaf in list_leaves(tuple(errors)):
        np.testing.assert_allclose(leaf, 0, atol=1e-13)  # a true guess has nothing to learn


@pytest.mark.slow
def test_the_guess_behind_the_last_frame_but_one_converges_to_the_truth() -> None:
    rng = np.random.default_rng(0)
    p = init_decoupled_clips(rng, (2, 2, 3, 1), n_channels=2, n_out=1, n_context=1, n_narrow=24)
    x, y = rng.normal(size=(8, 2, 2, 3, 1)), rng.normal(size=(8, 1))
    flat, p = pack(p)
    (true,) = find_true(p, x, y)
    objective = make_decoupled_objective(squared_loss)
    first = sum(leaf.size for leaf in list_leaves(p[:2]))
    optimizer, rate, far = Adam(flat[first:]), fall_by_cosine(0.03, 500), []
    for number in range(500):  # only the interface moves
        (dp,) = objective(p, x=x, context=y, target=y)[1](1.0)
        optimizer.step(flat[first:], pack(dp.interfaces)[0], rate(number))
        state, _ = conv_lstm_step(p.cell, begin_memory((8, 2, 3, 2)), x[:, 0])
        guess, _ = guess_gradient(p.interfaces[0], state=state, context=y)
        far.append(max(float(np.abs(a - b).max()) for a, b in zip(guess, true, strict=True)))
    largest = max(float(np.abs(leaf).max()) for leaf in true)
    assert far[0] > 0.5 * largest  # the guesses begin at 0
    assert far[-1] < 0.01 * largest


def test_borrowed_gradients_are_those_of_steps_that_pytorch_trains_by_themselves() -> None:
    with np.load(ORACLE, allow_pickle=False) as file:
        oracle = {key.removeprefix("clips."): value for key, value in file.items() if "clips." in key}
    interfaces = [
        Interface(
            Affine(oracle[f"inner{t}"], oracle[f"inner_bias{t}"]),
            Affine(oracle[f"outer{t}"], oracle[f"outer_bias{t}"]),
        )
        for t in range(2)
    ]
    p = DecoupledClips(
        ConvCell(Convolution(oracle["weight"], oracle["bias"]), oracle["recurrent"]),
        Affine(oracle["head_weight"], oracle["head_bias"]),
        tuple(interfaces),
    )
    x, y = oracle["x"], oracle["y"]
    loss, borrow = make_decoupled_objective(squared_loss)(p, x=x, context=y, target=y)
    np.testing.assert_allclose(loss, oracle["loss"], rtol=1e-12)
    names = ["weight", "bias", "recurrent", "head_weight", "head_bias"]
    names += [f"{name}{t}" for t in range(2) for name in ("inner", "inner_bias", "outer", "outer_bias")]
    for name, gradient in zip(names, list_leaves(borrow(1.0)[0]), strict=True):
        np.testing.assert_allclose(gradient, oracle[f"d_{name}"], rtol=1e-10, atol=1e-13, err_msg=name)


def test_borrowed_gradients_are_pure_and_go_where_out_says() -> None:
    p, x, y = draw_case(SHAPES[0], seed=3)
    _, borrow = make_decoupled_objective(squared_loss)(p, x=x, context=y, target=y)
    (first,) = borrow(1.0)
    out = map_tree(lambda leaf: np.full_like(leaf, np.nan), p)
    (again,) = borrow(1.0, out=out)
    for a, b, c in zip(list_leaves(first), list_leaves(again), list_leaves(out), strict=True):
        np.testing.assert_array_equal(a, b)
        assert b is c


def test_at_once_it_moves_before_the_next_frame_as_if_each_frame_were_a_batch() -> None:
    p, x, y = draw_case(SHAPES[0], seed=5)
    flat, moved = pack(p)
    batch = {"x": x, "context": y, "target": y}
    (seen,) = train_at_once(
        flat, moved, [batch], loss=squared_loss, schedule=keep_constant(0.1), optimize=SGD
    )
    state, cell, n = begin_memory((len(x), 3, 4, 2)), p.cell, len(x)
    passed, errors = None, []
    for t in range(3):
        state, pull = conv_lstm_step(cell, state, x[:, t])
        if t < 2:
            guess, pull_guess = guess_gradient(p.interfaces[t], state=state, context=y)
            d_state = map_tree(lambda leaf: leaf / n, guess)
            errors.append((d_state, pull_guess))
        else:
            flat_h = state.hidden.reshape(n, -1)
            said = flat_h @ p.head.weight + p.head.bias
            d_said = 2 * (said - y) / n
            dh = (d_said @ p.head.weight.T).reshape(state.hidden.shape)
            d_state = Memory(dh, np.zeros_like(dh))
        d_cell, passed, _ = pull(d_state)
        if t > 0:
            d_before, pull_before = errors[t - 1]
            (d_interface,) = pull_before(map_tree(np.subtract, d_before, passed))
            wanted = map_tree(lambda leaf, d: leaf - 0.1 * d, p.interfaces[t - 1], d_interface)
            for a, b in zip(list_leaves(moved.interfaces[t - 1]), list_leaves(wanted), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
        cell = map_tree(lambda leaf, d: leaf - 0.1 * d, cell, d_cell)
    for a, b in zip(list_leaves(moved.cell), list_leaves(cell), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(moved.head.weight, p.head.weight - 0.1 * flat_h.T @ d_said, rtol=1e-12)
    assert seen.loss == pytest.approx(float(np.mean((said - y) ** 2)), rel=1e-12)
    assert seen.steepest > 0


def test_a_clip_of_one_frame_has_no_guess_and_moves_by_the_true_gradient() -> None:
    p, x, y = draw_case(SHAPES[1], seed=6)
    said, pull = run_clips(p, x=x)
    (true,) = pull(squared_loss(said, target=y)[1](1.0)[0])
    flat, moved = pack(p)
    batch = {"x": x, "context": y, "target": y}
    list(train_at_once(flat, moved, [batch], loss=squared_loss, schedule=keep_constant(0.1), optimize=SGD))
    for a, leaf, d in zip(*map(list_leaves, (moved, p, true)), strict=True):
        np.testing.assert_allclose(a, leaf - 0.1 * d, rtol=1e-12)


def plant_ways(n: int, rng: np.random.Generator) -> dict[str, Array]:
    """Clips of three frames, in which a point goes one place right (1) or left (0) a step."""
    start, way = rng.integers(2, 6, size=n), rng.choice([-1, 1], size=n)
    x = rng.normal(scale=0.1, size=(n, 3, 1, 8, 1)).astype(np.float32)
    for t in range(3):
        x[np.arange(n), t, 0, start + (t - 1) * way, 0] += 1
    y = (way[:, None] > 0).astype(np.float32)
    return {"x": x, "context": y, "target": y}


@pytest.mark.slow
def test_it_learns_which_way_a_point_goes_in_float32() -> None:
    rng = np.random.default_rng(0)
    rows = plant_ways(240, rng)
    new = plant_ways(200, rng)
    p = init_decoupled_clips(rng, (3, 1, 8, 1), n_channels=4, n_out=1, n_context=1, dtype=np.float32)
    flat, p = pack(p, np.float32)
    batches = take_batches(rows, 24, rng=rng, n_epochs=25)
    steps = train_at_once(flat, p, batches, loss=logistic_loss, schedule=keep_constant(0.01))
    losses = [step.loss for step in steps]
    said, pull = run_clips(p, x=new["x"])
    assert np.mean((said > 0) == (new["target"] > 0)) > 0.97
    assert losses[-1] < 0.3 * losses[0]
    assert {leaf.dtype.name for leaf in (said, *list_leaves(pull(said)))} == {"float32"}
