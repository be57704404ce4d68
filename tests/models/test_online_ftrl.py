"""Follow the regularised leader: River's, the minimum that it is defined by, and weights that are 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from river import optim
from scipy.optimize import minimize

from models.errors import InputError
from models.online.ftrl import FollowTheLeader
from models.types import Array


def make_rows(n_rows: int, n_features: int = 4, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_rows, n_features))
    return x, x @ rng.normal(size=n_features) + 1 + rng.normal(scale=0.3, size=n_rows)


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.0), (0.0, 0.7), (6.0, 0.0), (3.0, 0.7)])
def test_it_is_rivers_whose_gradients_are_twice_as_large(l1: float, l2: float) -> None:
    """River's regression evaluates each gradient at weights that lag one row behind (0.26.1).

    Its optimizer is therefore asked in the paper's order: a step of gradient 0 brings the weights up to
    date, from none, since it also never sets one back to 0.
    """
    x, y = make_rows(200)
    optimizer = optim.FTRLProximal(alpha=0.3, beta=2.0, l1=2 * l1, l2=2 * l2)
    learner = FollowTheLeader(4, rate=0.3, damping=1.0, sparsity=l1, ridge=l2, standardise=False)
    n_zeros = 0
    for row, target in zip(x, y, strict=True):
        learner.weights[0] = learner.sums[0] = 0.0  # theirs has no constant
        weights = optimizer.step({}, dict.fromkeys(range(4), 0.0))
        w = np.array([weights.get(k, 0.0) for k in range(4)])
        np.testing.assert_allclose(learner.weights[1:], w, rtol=1e-9, atol=1e-12)
        optimizer.step(weights, dict(enumerate((2 * (row @ w - target) * row).tolist())))
        learner.learn_one(row, target)
        n_zeros += int((learner.weights[1:] == 0).sum())
    assert (n_zeros > 0) == (l1 > 0)


def test_its_weights_are_the_minimum_that_defines_it() -> None:
    alpha, beta, l1, l2 = 0.4, 1.5, 0.8, 0.3
    x, y = make_rows(25, 2)
    learner = FollowTheLeader(2, rate=alpha, damping=beta, sparsity=l1, ridge=l2, standardise=False)
    weights, gradients = [], []
    for row, target in zip(x, y, strict=True):
        z, w = np.concatenate([[1.0], row]), learner.weights.copy()
        weights.append(w)
        gradients.append((z @ w - target) * z)
        learner.learn_one(row, target)
    roots = np.sqrt(np.concatenate([np.zeros((1, 3)), np.cumsum(np.square(gradients), axis=0)]))
    sigma = np.diff(roots, axis=0) / alpha
    free = np.array([0.0, 1, 1])  # the constant has no penalty

    def measure(w: Array) -> float:
        near = 0.5 * np.sum(sigma * (w - np.stack(weights)) ** 2) + 0.5 * beta / alpha * w @ w
        return float(np.sum(gradients, axis=0) @ w + near + free @ (l1 * np.abs(w) + 0.5 * l2 * w**2))

    found = minimize(measure, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13})
    np.testing.assert_allclose(learner.weights, found.x, atol=1e-6)


def test_columns_that_say_nothing_have_no_weight_and_one_seldom_seen_learns_fast() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3000, 10))
    x[:, 1] *= rng.random(3000) < 0.01
    y = 2 * x[:, 0] - 3 * x[:, 1] + rng.normal(scale=0.1, size=3000)
    learner = FollowTheLeader(10, rate=1.0, sparsity=20.0, standardise=False)
    learner.learn_many(x, y)
    assert np.flatnonzero(learner.weights[1:]).tolist() == [0, 1]
    np.testing.assert_allclose(learner.weights[1], 2, atol=0.1)
    assert -3 < learner.weights[2] < -1.5  # 30 rows


def test_errors_beyond_any_number_are_refused_and_nothing_is_learned() -> None:
    learner = FollowTheLeader(1, standardise=False)
    learner.weights[:] = 1e200
    before = learner.list_arrays()
    for act in (lambda: learner.learn_one([1.0], 0.0), lambda: learner.learn_many([[1.0]], [0.0])):
        with pytest.raises(InputError) as caught:
            act()
        assert str(caught.value) == (
            "This leads beyond any number (FollowTheLeader). "
            "Leave such rows out, standardise them, or lower the rate."
        )
    for name, array in before.items():
        np.testing.assert_array_equal(learner.list_arrays()[name], array)


@pytest.mark.parametrize("wrong", [{"rate": 0}, {"damping": 0}, {"sparsity": -1}, {"ridge": np.inf}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    rate, damping, sparsity, ridge = {
        "rate": 0.1, "damping": 1.0, "sparsity": 0.0, "ridge": 0.0, **wrong,
    }.values()  # fmt: skip
    with pytest.raises(InputError) as caught:
        FollowTheLeader(2, rate=rate, damping=damping, sparsity=sparsity, ridge=ridge)
    assert str(caught.value) == (
        f"rate is {rate}, damping {damping}, sparsity {sparsity} and ridge {ridge} (FollowTheLeader). "
        "rate and damping lie above 0, sparsity and ridge do not lie below."
    )
