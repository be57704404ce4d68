"""Cells and their scan: derivatives, the fast form beside the plain one, and what each gate is for."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from models.check import check_pullback
from models.errors import InputError
from models.layers.activations import identity, logistic
from models.layers.affine import Affine
from models.recurrent import lstm_flat as flat_module
from models.recurrent.intersection import (
    Crossed,
    Intersection,
    depth_gate,
    intersection_rnn,
    intersection_step,
)
from models.recurrent.lstm import Memory, lstm, lstm_cell, lstm_step
from models.recurrent.lstm_flat import lstm_flat
from models.recurrent.scan import scan, take_last
from models.recurrent.simple import simple_cell, simple_rnn, simple_step
from models.recurrent.update_gate import update_gate_cell, update_gate_rnn, update_gate_step
from models.tree import list_leaves, map_tree
from models.types import Array, Pullback

STEPS = {
    "simple": simple_step,
    "update gate": update_gate_step,
    "LSTM": lstm_step,
    "intersection": intersection_step,
}
WHOLE = {"simple": simple_rnn, "update gate": update_gate_rnn, "LSTM": lstm, "intersection": intersection_rnn}
SHAPES = [(3, 4, 5, 2), (1, 1, 1, 1), (2, 1, 3, 4), (1, 6, 2, 3)]  # batch, steps, units, inputs


def draw(name: str, shape: tuple[int, int, int, int], seed: int = 0) -> tuple[Any, Any, Array]:
    """Draw parameters, the state before the first step and a sequence, all unequal."""
    rng = np.random.default_rng(seed)
    n_rows, n_steps, n, m = shape

    def affine(n_out: int) -> Affine:
        return Affine(rng.normal(scale=0.7, size=(m + n, n_out)), rng.normal(size=n_out))

    h, x = rng.normal(size=(n_rows, n)), rng.normal(size=(n_rows, n_steps, m))
    if name == "LSTM":
        return affine(4 * n), Memory(h, rng.normal(size=(n_rows, n))), x
    if name == "intersection":
        state = Crossed(h, rng.normal(size=(n_rows, m)))
        return Intersection(affine(2 * n), affine(2 * m)), state, x
    return affine(n if name == "simple" else 2 * n), h, x


def check_close(one: Any, other: Any, **tolerance: float) -> None:
    for a, b in zip(list_leaves(one), list_leaves(other), strict=True):
        np.testing.assert_allclose(a, b, **tolerance)


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_cell_pulls_back_along_a_sequence(name: str, shape: Any) -> None:
    for seed in range(3):
        rng = np.random.default_rng([1, seed])
        p, state, x = draw(name, shape, seed)
        check_pullback(STEPS[name], p, state, x[:, 0], rng=rng, n_directions=2)
        check_pullback(partial(scan, STEPS[name]), p, state, x, rng=rng, n_directions=2)
        check_pullback(WHOLE[name], p, state, x, rng=rng, n_directions=2)


def test_the_parts_of_cells_pull_back() -> None:
    rng = np.random.default_rng(2)
    h = rng.normal(size=(3, 4))
    check_pullback(simple_cell, rng.normal(size=(3, 4)), h, rng=rng)
    check_pullback(update_gate_cell, rng.normal(size=(3, 8)), h, rng=rng)
    check_pullback(lstm_cell, rng.normal(size=(3, 16)), Memory(h, h[::-1]), rng=rng)
    check_pullback(depth_gate, draw("intersection", (3, 1, 4, 2))[0].depth, h, h[:, :2], rng=rng)
    check_pullback(take_last, Memory(rng.normal(size=(3, 4, 2)), rng.normal(size=(3, 4, 5))), rng=rng)


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_whole_sequence_at_once_is_the_scan_of_its_step(name: str, shape: Any) -> None:
    p, state, x = draw(name, shape)
    value, pull = scan(STEPS[name], p, state, x)
    fast, pull_fast = WHOLE[name](p, state, x)
    check_close(fast, value, rtol=0, atol=1e-14)  # the same sums in another order
    weights = map_tree(np.random.default_rng(3).normal, value)
    check_close(pull_fast(weights), pull(weights), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", STEPS)
def test_float32_stays_float32(name: str) -> None:
    p, state, x = draw(name, (3, 4, 5, 2))
    narrow = map_tree(np.float32, p)
    for function in (partial(scan, STEPS[name]), WHOLE[name]):
        for given in (x, x.astype(np.float32)):
            value, pull = function(narrow, map_tree(np.float32, state), given)
            gradients = pull(map_tree(np.ones_like, value))
            assert {leaf.dtype for leaf in list_leaves((value, gradients))} == {np.dtype(np.float32)}
        check_close(value, WHOLE[name](p, state, x)[0], rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", STEPS)
def test_states_have_the_type_of_the_weights_whatever_the_one_before_them_has(name: str) -> None:
    p, state, x = draw(name, (3, 4, 5, 2))
    whole = [WHOLE[name], *([lstm_flat] if name == "LSTM" else [])]
    for function in (partial(scan, STEPS[name]), *whole):
        value, pull = function(map_tree(np.float32, p), state, x.astype(np.float32))
        dp, _, dx = pull(map_tree(np.ones_like, value))
        assert {leaf.dtype for leaf in list_leaves((value, dp, dx))} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", [*STEPS, "LSTM for speed"])
def test_a_batch_of_no_rows_gives_none_and_weights_no_gradient(name: str) -> None:
    p, state, x = draw(name.removesuffix(" for speed"), (0, 4, 5, 2))
    value, pull = {**WHOLE, "LSTM for speed": lstm_flat}[name](p, state, x)
    assert {leaf.shape[:2] for leaf in list_leaves(value)} == {(0, 4)}
    dp, d_state, dx = pull(map_tree(np.ones_like, value))
    assert not any(leaf.any() for leaf in list_leaves(dp))
    assert [leaf.shape for leaf in list_leaves((d_state, dx))] == [
        leaf.shape for leaf in list_leaves((state, x))
    ]


def add_step(p: Array, h: Array, x: Array) -> tuple[Array, Pullback]:
    """A step of the test's own: h' = h + p·x."""
    return h + p * x, lambda d, out=None: (np.multiply(1, (d * x).sum(axis=0), out=out), d, d * p)


def test_a_scan_sums_what_each_step_gives_and_carries_the_rest_back() -> None:
    x = np.array([[[1.0], [2.0], [4.0]]])
    value, pull = scan(add_step, np.array([3.0]), np.array([[10.0]]), x)
    assert value.ravel().tolist() == [13, 19, 31]
    at_each, at_the_end = np.ones((1, 3, 1)), np.array([[[0.0], [0.0], [1.0]]])
    for weights, dp, dx in ((at_each, 11, [9, 6, 3]), (at_the_end, 7, [3, 3, 3])):
        got = pull(weights)
        assert (got[0].item(), got[1].item(), got[2].ravel().tolist()) == (dp, weights.sum(), dx)


def test_the_last_state_is_what_a_loss_at_the_end_sees() -> None:
    p, state, x = draw("LSTM", (3, 4, 5, 2))
    states, pull = scan(lstm_step, p, state, x)
    last, pull_last = take_last(states)
    step_by_step = state
    for t in range(4):
        step_by_step, _ = lstm_step(p, step_by_step, x[:, t])
    check_close(last, step_by_step, rtol=0, atol=0)
    (d_states,) = pull_last(Memory(np.ones((3, 5)), np.zeros((3, 5))))
    assert d_states.hidden[:, :-1].any() == d_states.cell.any() == np.False_
    assert pull(d_states)[2].all()


def test_no_step_and_the_wrong_width_are_refused() -> None:
    p, state, x = draw("simple", (3, 4, 5, 2))
    words = r"shape \(3, 0, 2\) has no steps to go along \(scan\)\. Give \(batch, steps, …\) with at least"
    for function in (partial(scan, simple_step), simple_rnn):
        with pytest.raises(InputError, match=words):
            function(p, state, x[:, :0])
        with pytest.raises(InputError, match=r"A cell with 7 rows of weights cannot take inputs of"):
            function(p, state, x[:, :, :1])


@pytest.mark.parametrize("state", [identity, logistic])
def test_an_open_update_gate_keeps_the_state_and_its_gradient(state: Any) -> None:
    p, _, x = draw("update gate", (3, 50, 5, 2))
    h = state(np.random.default_rng(4).normal(size=(3, 5)))[0]
    p.bias[:5] = 1e3  # σ(1000) is 1
    value, pull = update_gate_rnn(p, h, x)
    np.testing.assert_array_equal(value, np.broadcast_to(h[:, None], value.shape))
    d_last = np.zeros_like(value)
    d_last[:, -1] = 1
    np.testing.assert_array_equal(pull(d_last)[1], np.ones((3, 5)))
    p.bias[:5] = -1e3
    np.testing.assert_array_equal(pull_first(p, h, x), np.zeros((3, 5)))


def pull_first(p: Affine, h: Array, x: Array) -> Array:
    """Return what one step passes on of a gradient directly: with a shut gate nothing but through a."""
    after, pull = update_gate_cell(np.concatenate([np.full((3, 5), -1e3), x[:, 0, :1] * np.ones(5)], 1), h)
    return pull(np.ones_like(after))[1]


def test_the_intersection_gates_interpolate() -> None:
    p, state, x = draw("intersection", (4, 3, 5, 2))
    for shift, open_share in ((1e3, 1.0), (-1e3, 0.0), (0.0, None)):
        p.state.bias[:5] = p.depth.bias[:2] = shift
        after, _ = intersection_step(p, state, x[:, 0])
        z = np.concatenate([x[:, 0], state.hidden], axis=1)
        made = np.tanh(z @ p.state.weight[:, 5:] + p.state.bias[5:])
        made_depth = np.maximum(z @ p.depth.weight[:, 2:] + p.depth.bias[2:], 0)
        for value, had, new in ((after.hidden, state.hidden, made), (after.depth, x[:, 0], made_depth)):
            share = (value - new) / (had - new)
            assert ((share >= -1e-12) & (share <= 1 + 1e-12)).all()
            if open_share is not None:
                np.testing.assert_allclose(share, open_share, atol=1e-12)


def test_a_gradient_fades_in_the_simple_net_and_lives_in_an_lstm_that_forgets_nothing() -> None:
    p, h, x = draw("simple", (2, 60, 4, 3))
    p.weight[3:] *= 0.5
    q, memory, _ = draw("LSTM", (2, 60, 4, 3))
    q.weight[3:] = 0  # h is not read: what is left of the way back is the cell
    q.bias[:4] = 50.0
    d_last = np.zeros((2, 60, 4))
    d_last[:, -1] = 1
    faded = np.abs(simple_rnn(p, h, x)[1](d_last)[1]).max()
    kept = lstm(q, memory, x)[1](Memory(np.zeros_like(d_last), d_last))[1].cell
    assert faded < 1e-6
    np.testing.assert_allclose(kept, 1.0, rtol=1e-12)


def test_gates_far_out_neither_overflow_nor_pull() -> None:
    p, memory, x = draw("LSTM", (2, 3, 4, 3))
    for function in (lstm, lstm_flat):
        with np.errstate(all="raise", under="ignore"):
            value, pull = function(p, memory, 1e6 * x)
            gradients = pull(map_tree(np.ones_like, value))
        assert all(np.isfinite(leaf).all() for leaf in list_leaves((value, gradients)))


@pytest.mark.parametrize("at_once", [1, 150, 2**16])  # numbers: a step, some steps and all steps at once
@pytest.mark.parametrize("shape", [*SHAPES, (3, 7, 2, 5)])
def test_the_lstm_made_for_speed_is_the_plain_one(
    shape: Any, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flat_module, "AT_ONCE", at_once)
    p, memory, x = draw("LSTM", shape)
    value, pull = lstm(p, memory, x)
    fast, pull_fast = lstm_flat(p, memory, x)
    check_close(fast, value, rtol=0, atol=1e-14)  # the same sums in another order
    weights = map_tree(np.random.default_rng(3).normal, value)
    for given in (weights, weights._replace(cell=np.zeros_like(value.cell))):
        check_close(pull_fast(given), pull(given), rtol=1e-12, atol=1e-13)
    check_pullback(lstm_flat, p, memory, x, rng=np.random.default_rng(4), n_directions=2)
    dp, _, dx = lstm_flat(p, memory, x, pull_input=False)[1](weights)
    check_close(dp, pull(weights)[0], rtol=1e-12, atol=1e-13)
    assert dx is None


def test_nobody_writes_into_the_states_that_the_pullback_of_the_lstm_made_for_speed_reads() -> None:
    for leaf in lstm_flat(*draw("LSTM", (3, 4, 5, 2)))[0]:
        with pytest.raises(ValueError, match="read-only"):
            leaf[0] = 0


def test_the_lstm_made_for_speed_stays_float32() -> None:
    p, memory, x = draw("LSTM", (3, 4, 5, 2))
    value, pull = lstm_flat(map_tree(np.float32, p), memory, x)
    gradients = pull(map_tree(np.ones_like, value))
    assert {leaf.dtype for leaf in list_leaves((value, gradients))} == {np.dtype(np.float32)}
    check_close(value, lstm(p, memory, x)[0], rtol=0, atol=1e-5)
