"""The training loop and its schedules."""

from __future__ import annotations

from functools import partial
from itertools import repeat
from typing import Any

import numpy as np

from models.layers.affine import Affine, affine
from models.losses import squared_loss
from models.optimizers import SGD, Adam
from models.schedules import fall_by_cosine
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


def test_the_caller_stops_the_training() -> None:
    flat, p = pack(Affine(np.ones((1, 1)), np.zeros(1)))
    endless = repeat({"x": np.ones((1, 1)), "target": np.zeros((1, 1))})
    steps = train(measure, flat, p, endless, optimizer=SGD(flat), schedule=lambda number: 0.1)
    assert next(step.number for step in steps if step.loss < 0.01) == 5


def test_the_cosine_falls_from_its_rate_to_zero_and_stays_there() -> None:
    schedule = fall_by_cosine(2.0, 10)
    assert [round(schedule(k), 12) for k in (0, 5, 10, 11)] == [2.0, 1.0, 0.0, 0.0]
