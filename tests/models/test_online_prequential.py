"""Prequential evaluation: predict, score, learn; River's figure, and no row learned that nobody asked for."""

from __future__ import annotations

import numpy as np
import pytest
from river import evaluate, linear_model, metrics, optim

from models.errors import InputError
from models.online.descent import OnlineDescent
from models.online.prequential import judge_rows
from models.types import Array


def make_rows(n_rows: int, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_rows, 3))
    return x, x @ [1.0, -2.0, 0.5] + rng.normal(scale=0.3, size=n_rows)


def test_every_row_is_judged_before_it_is_learned() -> None:
    x, y = make_rows(100)
    learner, other = OnlineDescent(3), OnlineDescent(3)
    judged = list(judge_rows(learner, x, y, n_rows=30, fade=0.9))
    assert [(one.n_rows, len(one.errors)) for one in judged] == [(30, 30), (60, 30), (90, 30), (100, 10)]
    predictions = []
    for row, target in zip(x, y, strict=True):
        predictions.append(other.predict_one(row))
        other.learn_one(row, target)
    np.testing.assert_allclose(np.concatenate([one.predictions for one in judged]), predictions, rtol=1e-10)
    errors = y - predictions
    np.testing.assert_allclose(np.concatenate([one.errors for one in judged]), errors, rtol=1e-9, atol=1e-12)
    n = np.arange(1, 101)
    means = np.concatenate([one.mean_squares for one in judged])
    np.testing.assert_allclose(means, np.cumsum(errors**2) / n, rtol=1e-9)
    weight = 0.9 ** (n[:, None] - n) * (n <= n[:, None])
    faded = np.concatenate([one.faded_squares for one in judged])
    np.testing.assert_allclose(faded, weight @ errors**2 / weight.sum(axis=1), rtol=1e-9)


def test_its_mean_is_rivers_progressive_validation() -> None:
    x, y = make_rows(300)
    rows = ((dict(enumerate(row)), target) for row, target in zip(x.tolist(), y.tolist(), strict=True))
    model = linear_model.LinearRegression(optim.SGD(0.005), intercept_lr=0.005)
    theirs = evaluate.progressive_val_score(rows, model, metrics.MSE()).get()
    *_, last = judge_rows(OnlineDescent(3, rate=0.01, standardise=False), x, y, n_rows=64)
    assert last.mean_squares[-1] == pytest.approx(theirs, rel=1e-9)


def test_a_caller_that_stops_early_leaves_the_rest_unlearned() -> None:
    x, y = make_rows(50)
    learner, other = OnlineDescent(3), OnlineDescent(3)
    for judged in judge_rows(learner, x, y, n_rows=10):
        if judged.n_rows == 20:
            break
    other.learn_many(x[:20], y[:20])
    np.testing.assert_allclose(learner.weights, other.weights, rtol=1e-10)


def test_no_rows_are_judged_where_there_are_none() -> None:
    assert list(judge_rows(OnlineDescent(3), np.empty((0, 3)), np.empty(0))) == []


@pytest.mark.parametrize(("n_rows", "fade"), [(0, 0.9), (1, 0.0), (1, 1.1)])
def test_settings_that_cannot_be_are_refused(n_rows: int, fade: float) -> None:
    with pytest.raises(InputError) as caught:
        next(judge_rows(OnlineDescent(3), *make_rows(5), n_rows=n_rows, fade=fade))
    assert str(caught.value) == (
        f"n_rows is {n_rows} and fade is {fade} (judge_rows). n_rows is 1 or more, fade lies in (0, 1]."
    )
