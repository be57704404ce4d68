"""Online Poisson regression: its two steps by their definitions, River's, and no leap at any rate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from river import linear_model, optim
from scipy.optimize import brentq
from sklearn.linear_model import PoissonRegressor

from models.errors import InputError
from models.online.poisson import OnlinePoisson
from models.types import Array

WEIGHTS = np.array([0.7, -0.4, 0.2])


def make_rows(n_rows: int, seed: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n_rows, 3))
    return x, rng.poisson(np.exp(0.5 + x @ WEIGHTS)).astype(float)


@pytest.mark.parametrize("ridge", [0.0, 0.3])
def test_the_explicit_step_is_rivers(ridge: float) -> None:
    x, y = make_rows(300)
    model = linear_model.LinearRegression(
        optim.SGD(0.02), loss=optim.losses.Poisson(), intercept_lr=0.02, l2=ridge
    )
    learner = OnlinePoisson(3, rate=0.02, ridge=ridge, implicit=False, standardise=False)
    expected = []
    for row, target in zip(x.tolist(), y.tolist(), strict=True):
        features = dict(enumerate(row))
        expected.append(model.predict_one(features))
        model.learn_one(features, target)
    np.testing.assert_allclose(learner.learn_many(x, y), expected, rtol=1e-10)


@given(
    st.integers(0, 1000),
    st.floats(1e-3, 1e3),
    st.sampled_from([0.0, 1e-2, 5.0]),
    st.sampled_from([0.0, 3.0, 900.0]),
)
@settings(max_examples=40, deadline=None)
def test_the_implicit_step_takes_the_gradient_where_it_arrives(
    seed: int, rate: float, ridge: float, y: float
) -> None:
    rng = np.random.default_rng(seed)
    learner = OnlinePoisson(3, rate=rate, ridge=ridge, standardise=False)
    learner.weights[:] = before = rng.normal(size=4)
    x = rng.normal(size=3)
    learner.learn_one(x, y)
    z, w = np.concatenate([[1.0], x]), learner.weights
    step = rate * ((np.exp(w @ z) - y) * z + ridge * np.concatenate([[0.0], w[1:]]))
    np.testing.assert_allclose(w, before - step, rtol=1e-6, atol=1e-8 * (1 + rate * y) ** 2)
    shrink = np.array([1, *[1 / (1 + rate * ridge)] * 3])
    q = rate * z @ (shrink * z)
    root = brentq(lambda s: s - (shrink * before) @ z - q * (y - np.exp(s)), -1e6, 700, xtol=1e-12)
    assert w @ z == pytest.approx(root, rel=1e-7, abs=1e-7)


@given(st.integers(0, 1000), st.floats(1e-3, 1e6), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_no_rate_makes_the_implicit_step_leap_over_the_count(seed: int, rate: float, y: int) -> None:
    rng = np.random.default_rng(seed)
    learner = OnlinePoisson(3, rate=rate, standardise=False)
    learner.weights[:] = rng.normal(size=4)
    x = rng.normal(size=3)
    before = learner.predict_one(x)
    learner.learn_one(x, y)
    low, high = sorted([before, float(y)])
    assert low * (1 - 1e-6) - 1e-9 <= learner.predict_one(x) <= high * (1 + 1e-6) + 1e-9


@pytest.mark.parametrize("implicit", [True, False])
def test_the_first_step_has_the_rate_and_the_later_ones_fall(implicit: bool) -> None:
    falling = OnlinePoisson(3, rate=0.2, decay=0.5, implicit=implicit, standardise=False)
    x, y = make_rows(4)
    for k, (row, target) in enumerate(zip(x, y, strict=True)):
        constant = OnlinePoisson(3, rate=0.2 / (k + 1) ** 0.5, implicit=implicit, standardise=False)
        constant.weights[:] = falling.weights
        constant.learn_one(row, target)
        falling.learn_one(row, target)
        np.testing.assert_allclose(falling.weights, constant.weights, rtol=1e-14)


@pytest.mark.parametrize("implicit", [True, False])
def test_it_goes_to_scikit_learns_fit(implicit: bool) -> None:
    x, y = make_rows(20_000)
    fit = PoissonRegressor(alpha=0, tol=1e-8).fit(x, y)
    learner = OnlinePoisson(3, rate=0.1, decay=0.5, implicit=implicit, standardise=False)
    learner.learn_many(x, y)
    np.testing.assert_allclose(learner.weights, [fit.intercept_, *fit.coef_], atol=0.05)  # last rate 0.0007


def test_an_expectation_beyond_any_number_is_refused_and_nothing_is_learned() -> None:
    learner = OnlinePoisson(1, rate=5.0, implicit=False, standardise=False)
    words = (
        "The expected count grows beyond any number (OnlinePoisson). "
        "Lower the rate, take implicit steps, or standardise the rows."
    )
    learner.weights[:] = 300.0
    for act in (
        lambda: learner.predict_one([2.0]),
        lambda: learner.learn_one([2.0], 1.0),
        lambda: learner.learn_many([[2.0], [0.0]], [1.0, 1.0]),
    ):
        with pytest.raises(InputError) as caught:
            act()
        assert str(caught.value) == words
        assert (learner.n_learned, learner.weights.tolist()) == (0, [300.0, 300.0])


def test_an_expectation_that_is_still_a_number_is_one() -> None:
    learner = OnlinePoisson(1, standardise=False)
    learner.weights[:] = 0.0, 708.9
    assert learner.predict_one([1.0]) == pytest.approx(np.exp(708.9), rel=1e-12)


@pytest.mark.parametrize("act", ["learn_one", "learn_many"])
def test_a_count_below_zero_is_refused(act: str) -> None:
    x, y = (np.ones(1), -1.0) if act == "learn_one" else (np.ones((2, 1)), np.array([1.0, -1.0]))
    with pytest.raises(InputError) as caught:
        getattr(OnlinePoisson(1), act)(x, y)
    assert str(caught.value) == "A target is below 0 (OnlinePoisson). Leave such rows out."


@pytest.mark.parametrize("wrong", [{"rate": 0}, {"decay": -1}, {"ridge": np.nan}, {"ridge": 100.0}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    rate, decay, ridge = {"rate": 0.01, "decay": 0.0, "ridge": 0.0, **wrong}.values()
    with pytest.raises(InputError) as caught:
        OnlinePoisson(2, rate=rate, decay=decay, ridge=ridge, implicit=False)
    assert str(caught.value) == (
        f"rate is {rate}, decay {decay} and ridge {ridge} (OnlinePoisson). "
        "rate lies above 0, decay and ridge do not lie below; explicit, rate · ridge is below 1."
    )
