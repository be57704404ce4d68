"""Penalties and the proximal step, and dropout: their derivatives, and what each is for."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.check import check_pullback
from models.errors import InputError
from models.layers.dropout import dropout
from models.penalties import absolute_penalty, elastic_penalty, shrink, squared_penalty

WEIGHT = np.array([[-2.0, 0.0], [0.5, 3.0]])


def test_the_penalties_by_hand() -> None:
    assert squared_penalty(WEIGHT, strength=0.4)[0] == pytest.approx(0.2 * 13.25)
    assert absolute_penalty(WEIGHT, strength=0.4)[0] == pytest.approx(0.4 * 5.5)
    mixed = elastic_penalty(WEIGHT, strength=0.4, share=0.25)[0]
    assert mixed == pytest.approx(0.25 * 0.4 * 5.5 + 0.75 * 0.2 * 13.25)


def test_the_derivative_of_the_absolute_value_at_zero_is_zero() -> None:
    (slope,) = absolute_penalty(WEIGHT, strength=1.0)[1](1.0)
    np.testing.assert_array_equal(slope, [[-1, 0], [1, 1]])


@pytest.mark.parametrize(
    "penalty",
    [
        partial(squared_penalty, strength=0.7),
        partial(absolute_penalty, strength=0.7),
        partial(elastic_penalty, strength=0.7, share=0.3),
    ],
)
def test_penalties_keep_float32(penalty: Any) -> None:
    value, pull = penalty(WEIGHT.astype(np.float32))
    assert value.dtype == pull(np.float64(1.0))[0].dtype == np.float32
    assert shrink(WEIGHT.astype(np.float32), l1=0.1, l2=0.2).dtype == np.float32


@given(st.floats(-5, 5), st.floats(0, 3), st.floats(0, 3))
@settings(max_examples=60, deadline=None)
def test_the_proximal_step_is_the_lowest_point(w: float, l1: float, l2: float) -> None:
    def cost(v: Any) -> Any:
        return 0.5 * (v - w) ** 2 + l1 * np.abs(v) + 0.5 * l2 * v**2

    v = float(shrink(np.array(w), l1=l1, l2=l2))
    around = v + np.linspace(-1, 1, 2001)
    assert cost(v) <= cost(around).min() + 1e-12
    if abs(w) <= l1:
        assert v == 0


@given(st.integers(0, 10**6), st.floats(0.2, 1))
@settings(max_examples=20, deadline=None)
def test_dropout_pulls_back_through_the_units_that_it_kept(seed: int, keep: float) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(4, 5))
    check_pullback(lambda x: dropout(x, keep_probability=keep, rng=np.random.default_rng(seed)), x, rng=rng)


def test_dropout_keeps_the_stated_share_and_the_mean() -> None:
    y, pull = dropout(np.ones((200, 200)), keep_probability=0.8, rng=np.random.default_rng(1))
    assert set(np.unique(y)) == {0.0, 1.25}
    np.testing.assert_allclose((y > 0).mean(), 0.8, atol=0.008)  # 4 standard errors of 40,000 coins
    np.testing.assert_array_equal(pull(np.ones_like(y))[0], y)


@pytest.mark.parametrize(("keep", "rng"), [(0.5, None), (1.0, np.random.default_rng(0))])
def test_dropout_is_the_identity_in_evaluation_and_where_all_is_kept(keep: float, rng: Any) -> None:
    x = np.arange(6.0).reshape(2, 3)
    y, pull = dropout(x, keep_probability=keep, rng=rng)
    np.testing.assert_array_equal(y, x)
    np.testing.assert_array_equal(pull(x)[0], x)


@pytest.mark.parametrize("keep", [0.0, 1.5, -0.5, np.nan])
def test_dropout_refuses_what_is_no_probability_to_keep(keep: float) -> None:
    with pytest.raises(InputError, match=rf"the probability {keep} \(dropout\)\. Give one above 0, and at"):
        dropout(np.ones(3), keep_probability=keep, rng=np.random.default_rng(0))


def test_dropout_keeps_float32() -> None:
    y, pull = dropout(np.ones((3, 4), np.float32), keep_probability=0.7, rng=np.random.default_rng(0))
    assert y.dtype == pull(y)[0].dtype == np.float32
