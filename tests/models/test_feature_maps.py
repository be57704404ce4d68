"""Feature maps: by hand, their derivatives, and what a straight border can do behind them."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.check import check_pullback
from models.classifiers.feature_maps import (
    CircleMap,
    ProductMap,
    RadiusMap,
    append_products,
    append_radius,
    lay_on_circle,
)
from models.classifiers.logistic import LogisticClassifier
from models.errors import InputError
from models.studies.shapes import make_quadrants, make_ring

MAPS = (append_radius, append_products, partial(lay_on_circle, period=3.0))


@pytest.mark.parametrize("layer", MAPS)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 4))
@settings(max_examples=20, deadline=None)
def test_maps_pull_back(layer: partial[None], seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(5, n))
    check_pullback(layer, np.where(np.abs(x) < 0.05, 0.3, x), rng=rng)  # away from the radius's tip


@pytest.mark.parametrize("layer", MAPS)
def test_maps_keep_float32(layer: partial[None]) -> None:
    x = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    value, pullback = layer(x)
    assert (value.dtype, pullback(np.ones_like(value))[0].dtype) == (np.float32, np.float32)


def test_maps_by_hand() -> None:
    np.testing.assert_array_equal(RadiusMap().fit_transform([[3.0, 4.0], [0.0, 0.0]]), [[3, 4, 5], [0, 0, 0]])
    np.testing.assert_array_equal(ProductMap().fit_transform([[2.0, 3.0, 5.0]]), [[2, 3, 5, 6, 10, 15]])
    np.testing.assert_allclose(
        CircleMap(24.0).fit_transform([[0.0], [6.0], [30.0]]), [[1, 0], [0, 1], [0, 1]], atol=1e-14
    )


def test_the_radius_at_the_origin_pulls_back_zero() -> None:
    _, pullback = append_radius(np.zeros((1, 2)))
    np.testing.assert_array_equal(pullback(np.array([[0.0, 0.0, 1.0]]))[0], [[0, 0]])


def test_a_period_of_nothing_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        CircleMap(0.0).fit_transform([[1.0]])
    assert str(caught.value) == "The period is 0.0 (CircleMap). It lies above 0."


def test_a_straight_border_behind_its_map_reaches_the_best_rule_on_ring_and_quadrants() -> None:
    for make, feature_map in ((make_ring, RadiusMap()), (make_quadrants, ProductMap())):
        points = make(3000, rng=np.random.default_rng(1))
        x = feature_map.fit_transform(points.x)
        plain = LogisticClassifier(max_steps=200).fit(points.x[:2000], points.y[:2000])
        mapped = LogisticClassifier(1e-5, max_steps=400).fit(x[:2000], points.y[:2000])
        assert plain.score(points.x[2000:], points.y[2000:]) < 0.65
        assert mapped.score(x[2000:], points.y[2000:]) > points.best - 0.01
