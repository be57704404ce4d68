"""The training loop and its schedules."""

from __future__ import annotations

from functools import partial
from itertools import repeat
from typing import Any

import numpy as np
import pytest

from models.clipping import clip_by_norm, clip_by_value
from models.errors import InputError
from models.layers.activations import tanh
from models.layers.affine import Affine, affine
from models.losses import squared_loss
from models.net import activation, dense, sequence
from models.objective import make_objective
from models.optimizers import SGD, Adam
from models.penalties import squared_penalty
from models.schedules import (
    fall_by_cosine,
    fall_by_steps,
    keep_constant,
    rise_and_fall,
)
from models.training import Step, train
from models.tree import pack


def measure(p: Affine, *, x: Any, target: Any) -> Any:
    prediction, pull_affine = affine(p, x)
    loss, pull_loss = squared_loss(prediction, target=target)
    return loss, lambda d_loss, out=None: pull_affine(pull_loss(d_loss)[0], out)


def test_one_step_by_hand() -> None:
    flat, p = pack(Affine(np.array([[1.0]]), np.array([0.0])))
    batch = {"x": np.array([[2.0], [4.0]]), "target": np.array([[1.0], [1.0]])}
    # Errors 1 and 3, loss (1 + 9) / 2; gradients 2·(1·2 + 3·4)/2 and 2·(1 + 3)/2.
    steps = list(train(measure, flat, p, [batch], optimizer=SGD(flat), schedule=lambda number: 0.1))
    assert steps == [Step(0, 5.0, 14.0)]
    np.testing.assert_allclose(flat, [1 - 1.4, -0.4])


def test_the_steepest_part_may_point_down() -> None:
    flat, p = pack(Affine(np.array([[0.0]]), np.array([0.0])))
    batch = {"x": np.array([[3.0]]), "target": np.array([[1.0]])}
    steps = train(measure, flat, p, [batch], optimizer=SGD(flat), schedule=lambda number: 0.1)
    assert next(steps).steepest == 6


def test_descent_finds_the_least_squares() -> None:
    rng = np.random.default_rng(3)
    x, truth = rng.normal(size=(50, 3)), rng.normal(size=(3, 2))
    target = x @ truth + 0.5 + rng.normal(scale=0.1, size=(50, 2))
    best = np.linalg.lstsq(np.column_stack([x, np.ones(50)]), target, rcond=None)[0]
    for optimizer, rate in ((SGD, 0.3), (Adam, 0.1)):
        flat, p = pack(Affine(np.zeros((3, 2)), np.zeros(2)))
        run = partial(train, optimizer=optimizer(flat), schedule=fall_by_cosine(rate, 1000))
        last = list(run(measure, flat, p, repeat({"x": x, "target": target}, 1000)))[-1]
        assert last.steepest < 1e-6
        np.testing.assert_allclose(np.vstack([p.weight, p.bias]), best, atol=1e-6)


def test_the_rate_of_each_step_is_asked_by_its_number_from_0() -> None:
    flat, p = pack(Affine(np.array([[1.0]]), np.array([0.0])))
    batch, asked = {"x": np.array([[2.0]]), "target": np.array([[1.0]])}, []

    def schedule(number: int) -> float:
        asked.append(number)
        return [0.125, 0.0, 0.0][number]

    list(train(measure, flat, p, [batch] * 3, optimizer=SGD(flat), schedule=schedule))
    assert (asked, flat.tolist()) == ([0, 1, 2], [0.5, -0.25])  # error 1, gradients 4 and 2, once an eighth


def test_the_caller_stops_the_training() -> None:
    flat, p = pack(Affine(np.ones((1, 1)), np.zeros(1)))
    endless = repeat({"x": np.ones((1, 1)), "target": np.zeros((1, 1))})
    steps = train(measure, flat, p, endless, optimizer=SGD(flat), schedule=lambda number: 0.1)
    assert next(step.number for step in steps if step.loss < 0.01) == 5


def test_the_cosine_falls_from_its_rate_to_zero_and_stays_there() -> None:
    schedule = fall_by_cosine(2.0, 10)
    assert [round(schedule(k), 12) for k in (0, 5, 10, 11)] == [2.0, 1.0, 0.0, 0.0]


def test_schedules_by_hand() -> None:
    assert [keep_constant(0.5)(k) for k in (0, 9)] == [0.5, 0.5]
    assert [fall_by_steps(8.0, factor=0.5, every=2)(k) for k in range(5)] == [8, 8, 4, 4, 2]


def test_one_cycle_rises_to_its_rate_and_ends_low() -> None:
    rates = [rise_and_fall(2.0, 100)(k) for k in range(101)]
    assert (max(rates), rates.index(max(rates)), rates[0]) == (2.0, 29, pytest.approx(0.08))
    np.testing.assert_allclose(rates[99:], [8e-6, 8e-6], rtol=1e-9)


def test_one_cycle_needs_a_way_up_and_a_way_down() -> None:
    with pytest.raises(InputError, match=r"The way up takes the share 1 \(schedules\)\. Between 0 and 1\."):
        rise_and_fall(2.0, 10, rise=1)


@pytest.mark.parametrize("n_steps", [1, 2, 3, 4])
def test_one_cycle_of_few_steps_has_a_rate_for_each(n_steps: int) -> None:
    rates = [rise_and_fall(2.0, n_steps, rise=0.25)(k) for k in range(n_steps)]
    assert all(0 < rate <= 2 for rate in rates)


def test_clipping_by_the_norm_shortens_and_never_lengthens() -> None:
    gradient = np.array([3.0, -4.0])
    clip_by_norm(gradient, limit=10)
    np.testing.assert_array_equal(gradient, [3, -4])
    clip_by_norm(gradient, limit=1)
    np.testing.assert_allclose(gradient, [0.6, -0.8], rtol=1e-15)
    zero = np.zeros(2)
    clip_by_norm(zero, limit=0)
    np.testing.assert_array_equal(zero, [0, 0])


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 1e19), (np.float64, 1e300)])
def test_clipping_by_the_norm_holds_where_its_square_is_beyond_the_type(dtype: type, size: float) -> None:
    gradient = np.array([3 * size, -4 * size], dtype)
    clip_by_norm(gradient, limit=6 * size)
    np.testing.assert_allclose(gradient, [3 * size, -4 * size], rtol=1e-6)  # float32's rounding
    clip_by_norm(gradient, limit=1)
    np.testing.assert_allclose(gradient, [0.6, -0.8], rtol=1e-6)


def test_clipping_by_value_cuts_each_part() -> None:
    gradient = np.array([3.0, -4.0, 0.5])
    clip_by_value(gradient, limit=1)
    np.testing.assert_array_equal(gradient, [1, -1, 0.5])


def test_a_clipped_step_tells_the_slope_before_clipping() -> None:
    flat, p = pack(Affine(np.array([[1.0]]), np.array([0.0])))
    batch = {"x": np.array([[2.0], [4.0]]), "target": np.array([[1.0], [1.0]])}
    run = partial(
        train, optimizer=SGD(flat), schedule=keep_constant(1.0), clip=partial(clip_by_value, limit=0.5)
    )
    assert list(run(measure, flat, p, [batch])) == [Step(0, 5.0, 14.0)]
    np.testing.assert_array_equal(flat, [0.5, -0.5])


def test_a_training_in_float32_stays_in_float32() -> None:
    rng = np.random.default_rng(0)
    net = sequence(dense(4), activation(tanh), dense(2))
    flat, p = pack(net.init(rng, (3,), dtype=np.float32)[0], np.float32)
    batch = {"x": rng.normal(size=(5, 3)).astype(np.float32), "target": np.zeros((5, 2), np.float32)}
    seen = []

    def look(gradient: Any) -> None:
        seen.append(gradient.dtype)

    objective = make_objective(net, squared_loss, penalty=partial(squared_penalty, strength=0.1))
    run = partial(train, optimizer=Adam(flat), schedule=fall_by_cosine(0.1, 9), clip=look)
    losses = [step.loss for step in run(objective, flat, p, [batch] * 5)]
    assert losses[-1] < losses[0]
    assert {*seen, flat.dtype, net(p, batch["x"])[0].dtype} == {np.dtype(np.float32)}
