"""Convolutional cells: their pullbacks, PyTorch's values, what their gates do, and what they can learn.

Against PyTorch the tolerance is 1e-11 relative: both sides compute in float64, in different orders.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.batches import take_batches
from models.check import check_pullback
from models.errors import InputError
from models.layers.affine import Affine, affine
from models.layers.convolution import Convolution
from models.losses import cross_entropy, squared_loss
from models.optimizers import Adam
from models.recurrent.conv_cells import ConvCell
from models.recurrent.conv_lstm import begin_memory, conv_lstm, conv_lstm_step, init_conv_lstm
from models.recurrent.conv_update_gate import (
    conv_update_gate_rnn,
    conv_update_gate_step,
    init_conv_update_gate,
)
from models.recurrent.lstm import Memory
from models.recurrent.scan import scan
from models.schedules import keep_constant
from models.training import train
from models.tree import list_leaves, map_tree, pack
from models.types import Array

ORACLE = Path(__file__).parents[1] / "oracles" / "conv_recurrent_oracle.npz"
CLOSE = {"rtol": 1e-11, "atol": 1e-13}
# n, steps, h, w, c_in, channels, kernel, recurrent kernel
SHAPES = [
    (2, 3, 5, 4, 2, 3, 3, 3),
    (1, 1, 1, 1, 1, 1, 1, 1),
    (2, 2, 3, 4, 1, 2, 3, 1),
    (1, 2, 4, 1, 2, 1, 1, 3),
]
CELLS: dict[str, Any] = {
    "update gate": (conv_update_gate_step, conv_update_gate_rnn, init_conv_update_gate),
    "LSTM": (conv_lstm_step, conv_lstm, init_conv_lstm),
}


def draw_case(name: str, shape: tuple[int, ...], padding: str, seed: int) -> tuple[Any, Any, Array]:
    """Parameters, state and clips, all random and unequal."""
    n, steps, h, w, c_in, c, size, recurrent_size = shape
    rng = np.random.default_rng(seed)
    p = CELLS[name][2](rng, c_in, c, size=size, recurrent_size=recurrent_size)
    p = map_tree(lambda leaf: rng.normal(scale=0.7, size=leaf.shape), p)
    maps = (h, w) if padding == "same" else (h - size + 1, w - size + 1)
    state = rng.normal(size=(n, *maps, c))
    if name == "LSTM":
        state = Memory(state, rng.normal(size=state.shape))
    return p, state, rng.normal(size=(n, steps, h, w, c_in))


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape[3] >= shape[6]])
def test_steps_and_runs_pull_back(name: str, padding: str, shape: tuple[int, ...]) -> None:
    p, state, x = draw_case(name, shape, padding, seed=sum(shape))
    step, run, _ = CELLS[name]
    rng = np.random.default_rng(1)
    check_pullback(partial(step, padding=padding), p, state, x[:, 0], rng=rng)
    check_pullback(partial(run, padding=padding), p, state, x, rng=rng)


@pytest.mark.parametrize("name", CELLS)
@given(seed=st.integers(0, 10**6), valid=st.booleans())
@settings(max_examples=8, deadline=None)
def test_a_run_is_the_scan_of_its_steps(name: str, seed: int, valid: bool) -> None:
    padding = "valid" if valid else "same"
    p, state, x = draw_case(name, SHAPES[0], padding, seed)
    step, run, _ = CELLS[name]
    value, pull = run(p, state, x, padding=padding)
    scanned, pull_scan = scan(partial(step, padding=padding), p, state, x)
    weights = map_tree(lambda leaf: np.random.default_rng(seed).normal(size=leaf.shape), value)
    for a, b in zip(list_leaves(value), list_leaves(scanned), strict=True):
        np.testing.assert_allclose(a, b, **CLOSE)
    for a, b in zip(list_leaves(pull(weights)), list_leaves(pull_scan(weights)), strict=True):
        np.testing.assert_allclose(a, b, **CLOSE)
    assert run(p, state, x, padding=padding, pull_input=False)[1](weights)[2] is None


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    with np.load(ORACLE, allow_pickle=False) as file:
        return dict(file)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("name", CELLS)
def test_cells_are_pytorchs(name: str, padding: str, oracle: dict[str, Any]) -> None:
    case = f"conv_{name.replace(' ', '_').lower()}.{padding}"
    get = lambda key: oracle[f"{case}.{key}"]  # noqa: E731
    p = ConvCell(Convolution(get("weight"), get("bias")), get("recurrent"))
    state = Memory(get("state0"), get("state1")) if name == "LSTM" else get("state0")
    value, pull = CELLS[name][1](p, state, get("x"), padding=padding)
    np.testing.assert_allclose(np.concatenate(list_leaves(value), axis=-1), get("value"), **CLOSE)
    weights = get("weights")
    weights = Memory(weights[..., :3], weights[..., 3:]) if name == "LSTM" else weights
    keys = ["weight", "bias", "recurrent", *(["state0", "state1"] if name == "LSTM" else ["state0"]), "x"]
    for key, gradient in zip(keys, list_leaves(pull(weights)), strict=True):
        np.testing.assert_allclose(gradient, get(f"d_{key}"), **CLOSE)


def test_the_gate_chooses_between_the_state_and_the_candidate_at_each_place() -> None:
    rng = np.random.default_rng(0)
    p = init_conv_update_gate(rng, 1, 2)
    h, x = rng.normal(size=(1, 4, 5, 2)), rng.normal(size=(1, 4, 5, 1))
    for bias, wanted in ((60.0, h), (-60.0, None)):
        p.inward.bias[:2] = bias
        value, _ = conv_update_gate_step(p, h, x)
        if wanted is not None:
            np.testing.assert_allclose(value, wanted, rtol=1e-12)  # an open gate keeps what was there
        else:
            assert (np.abs(value) < 1).all()  # a shut one takes the candidate, a tanh
            closed = value
    p.inward.bias[:2] = 0.0
    value, _ = conv_update_gate_step(p, h, x)
    low, high = np.minimum(h, closed), np.maximum(h, closed)
    assert ((value >= low) & (value <= high)).all()  # between, it lies between


def test_each_further_look_sees_one_place_further() -> None:
    rng = np.random.default_rng(3)
    p = init_conv_update_gate(rng, 1, 2, size=1)
    picture = rng.normal(size=(1, 1, 9, 1))
    touched = picture.copy()
    touched[0, 0, 4, 0] += 1.0
    clips = [np.repeat(each[:, None], 3, axis=1) for each in (picture, touched)]
    h = np.zeros((1, 1, 9, 2))
    first, second = (conv_update_gate_rnn(p, h, clip)[0] for clip in clips)
    reached = [np.flatnonzero(np.abs(first - second)[0, t, 0].sum(axis=-1) > 0).tolist() for t in range(3)]
    assert reached == [[4], [3, 4, 5], [2, 3, 4, 5, 6]]


@pytest.mark.parametrize("name", CELLS)
def test_float32_stays_float32(name: str) -> None:
    p, state, x = draw_case(name, SHAPES[0], "same", seed=0)
    p, state, x = (map_tree(lambda leaf: leaf.astype(np.float32), each) for each in (p, state, x))
    value, pull = CELLS[name][1](p, state, x)
    leaves = [*list_leaves(value), *list_leaves(pull(map_tree(np.ones_like, value)))]
    assert {leaf.dtype.name for leaf in leaves} == {"float32"}
    wide = map_tree(lambda leaf: leaf.astype(np.float64), state)  # the state before alone
    for value in (CELLS[name][1](p, wide, x)[0], CELLS[name][0](p, wide, x[:, 0])[0]):
        assert {leaf.dtype.name for leaf in list_leaves(value)} == {"float32"}
    made = CELLS[name][2](np.random.default_rng(0), 1, 2, dtype=np.float32)
    assert {leaf.dtype.name for leaf in list_leaves(made)} == {"float32"}


def test_forget_gates_begin_open_and_other_biases_at_zero() -> None:
    p = init_conv_lstm(np.random.default_rng(0), 1, 2)
    assert p.inward.bias.tolist() == [1, 1, 0, 0, 0, 0, 0, 0]
    assert init_conv_update_gate(np.random.default_rng(0), 1, 2).inward.bias.tolist() == [0] * 4


def test_a_state_of_another_size_is_refused() -> None:
    p = init_conv_lstm(np.random.default_rng(0), 1, 2)
    words = r"Gates of the maps \(4, 5\) meet a state of the shape \(2, 3, 5, 2\) \(recurrent\)\. Begin with"
    with pytest.raises(InputError, match=words):
        conv_lstm(p, begin_memory((2, 3, 5, 2)), np.zeros((2, 3, 4, 5, 1)))
    with pytest.raises(InputError, match=words):
        conv_lstm_step(p, begin_memory((2, 3, 5, 2)), np.zeros((2, 4, 5, 1)))


def plant_bars(n: int, rng: np.random.Generator) -> dict[str, Array]:
    """Pictures of 6 × 6 with one bar, lying or standing, at any place."""
    label = rng.integers(0, 2, size=n)
    x = rng.normal(scale=0.2, size=(n, 6, 6, 1)).astype(np.float32)
    for k, place in enumerate(rng.integers(0, 6, size=n)):
        view = x[k, place] if label[k] else x[k, :, place]
        view += 1
    return {"x": x, "label": label}


@pytest.mark.slow
def test_two_looks_learn_lying_and_standing_bars() -> None:
    rng = np.random.default_rng(0)
    cell = init_conv_update_gate(rng, 1, 4, dtype=np.float32)
    flat, p = pack((cell, Affine(rng.normal(scale=0.05, size=(144, 2)), np.zeros(2))), np.float32)

    def say(p: Any, x: Array) -> Any:
        h = np.zeros((len(x), 6, 6, 4), np.float32)
        states, pull_run = conv_update_gate_rnn(p[0], h, np.repeat(x[:, None], 2, axis=1), pull_input=False)
        scores, pull_head = affine(p[1], states[:, -1].reshape(len(x), -1))

        def pull(dy: Array, out: Any) -> Any:
            _, d_last = pull_head(dy, out[1])
            d_states = np.zeros_like(states)
            d_states[:, -1] = d_last.reshape(states[:, -1].shape)
            return pull_run(d_states, out[0])

        return scores, pull

    def objective(p: Any, *, x: Array, label: Array) -> Any:
        scores, pull = say(p, x)
        loss, pull_loss = cross_entropy(scores, label=label)
        return loss, lambda d, out: pull(pull_loss(d)[0], out)

    batches = take_batches(plant_bars(240, rng), 40, rng=rng, n_epochs=15)
    list(train(objective, flat, p, batches, optimizer=Adam(flat), schedule=keep_constant(0.01)))
    new = plant_bars(200, rng)
    assert np.mean(say(p, new["x"])[0].argmax(axis=1) == new["label"]) > 0.97


@pytest.mark.slow
def test_a_convolutional_memory_learns_where_a_moving_point_will_be() -> None:
    """A point goes one place right or left a step; the last state is asked where it is next."""
    rng = np.random.default_rng(0)
    start, way = rng.integers(3, 8, size=160), rng.choice([-1, 1], size=160)
    x = np.zeros((160, 2, 1, 11, 1), np.float32)
    y = np.zeros((160, 1, 11, 1), np.float32)
    for t in range(2):
        x[np.arange(160), t, 0, start + t * way] = 1
    y[np.arange(160), 0, start + 2 * way] = 1
    flat, p = pack(init_conv_lstm(rng, 1, 4, dtype=np.float32), np.float32)

    def objective(p: Any, *, x: Array, y: Array) -> Any:
        states, pull = conv_lstm(p, begin_memory((len(x), 1, 11, 4), np.float32), x, pull_input=False)
        loss, pull_loss = squared_loss(states.hidden[:, -1, :, :, :1], target=y)

        def pull_objective(d: float, out: Any) -> Any:
            d_states = map_tree(np.zeros_like, states)
            d_states.hidden[:, -1, :, :, :1] = pull_loss(d)[0]
            return pull(d_states, out)

        return loss, pull_objective

    batches = take_batches({"x": x[:120], "y": y[:120]}, 40, rng=rng, n_epochs=80)
    list(train(objective, flat, p, batches, optimizer=Adam(flat), schedule=keep_constant(0.02)))
    states, _ = conv_lstm(p, begin_memory((40, 1, 11, 4), np.float32), x[120:])
    said = states.hidden[:, -1, 0, :, 0].argmax(axis=1)
    assert np.mean(said == start[120:] + 2 * way[120:]) == 1.0
