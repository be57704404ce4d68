"""Every pullback is the transposed derivative of its formula, at random unequal arguments."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.check import check_pullback
from models.errors import InputError
from models.layers import activations
from models.layers.affine import Affine, affine
from models.losses import (
    absolute_loss,
    cross_entropy,
    huber_loss,
    logistic_loss,
    poisson_loss,
    squared_loss,
)
from models.penalties import absolute_penalty, elastic_penalty, squared_penalty

NAMES = ("identity", "logistic", "tanh", "relu", "elu", "arctan", "softmax", "logsumexp")


@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 4), st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_affine_pulls_back(seed: int, n_in: int, n_out: int, n_rows: int) -> None:
    rng = np.random.default_rng(seed)
    p = Affine(rng.normal(size=(n_in, n_out)), rng.normal(size=n_out))
    check_pullback(affine, p, rng.normal(size=(n_rows, n_in)), rng=rng)


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_activations_pull_back(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(scale=2, size=(4, 5))
    x = np.where(np.abs(x) < 0.01, 0.5, x)  # away from the kinks of relu and elu
    check_pullback(getattr(activations, name), x, rng=rng)


def make_losses(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "squared": partial(squared_loss, target=rng.normal(size=(6, 3))),
        "absolute": partial(absolute_loss, target=np.round(rng.normal(size=(6, 3)))),
        "Huber": partial(huber_loss, target=np.round(rng.normal(size=(6, 3))), bend=0.6),
        "Poisson": partial(poisson_loss, target=rng.poisson(3, size=(6, 3))),
        "logistic": partial(logistic_loss, target=rng.integers(0, 2, size=(6, 3)).astype(float)),
        "cross-entropy": partial(cross_entropy, label=rng.integers(0, 3, size=6)),
        "squared penalty": partial(squared_penalty, strength=0.7),
        "absolute penalty": partial(absolute_penalty, strength=0.7),
        "elastic penalty": partial(elastic_penalty, strength=0.7, share=0.4),
    }


@pytest.mark.parametrize("name", make_losses(np.random.default_rng(0)))
@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_losses_and_penalties_pull_back(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(scale=2, size=(6, 3))
    x = np.floor(x * 2.5) / 2.5 + rng.uniform(
        0.05, 0.15, size=x.shape
    )  # away from 0, ±1, ±2 … and ±0.6 of them
    check_pullback(make_losses(rng)[name], x, rng=rng)


@pytest.mark.parametrize("name", make_losses(np.random.default_rng(0)))
def test_losses_keep_float32(name: str) -> None:
    rng = np.random.default_rng(0)
    loss = make_losses(rng)[name]
    constants = {
        key: value.astype(np.float32) if getattr(value, "dtype", None) == np.float64 else value
        for key, value in loss.keywords.items()
    }
    value, pull = loss.func(rng.normal(size=(6, 3)).astype(np.float32), **constants)
    assert value.dtype == pull(1.0)[0].dtype == np.float32
    assert pull(np.float64(1.0))[0].dtype == np.float32


@pytest.mark.parametrize("name", ["squared", "absolute", "Huber", "Poisson", "logistic"])
def test_a_target_of_another_shape_is_refused_where_it_would_be_broadcast(name: str) -> None:
    loss = make_losses(np.random.default_rng(0))[name].func
    words = r"The target has the shape \(4,\), where \(4, 1\) is predicted \(losses\)\. Give one target"
    with pytest.raises(InputError, match=words):
        loss(np.zeros((4, 1)), target=np.ones(4))
    with pytest.raises(InputError, match=r"\(0, 3\), where \(0, 3\) is predicted .* and at least one\."):
        loss(np.zeros((0, 3)), target=np.zeros((0, 3)))


def test_labels_are_whole_numbers_of_the_classes_one_a_row() -> None:
    scores = np.zeros((2, 3))
    with pytest.raises(InputError, match=r"has the shape \(2, 1\), where \(2,\) is predicted"):
        cross_entropy(scores, label=np.zeros((2, 1), int))
    for label in ([0, -1], [0, 3], [True, True], [0.0, 1.0]):
        with pytest.raises(InputError, match=r"A label is not one of 3 classes \(losses\)\. Give whole"):
            cross_entropy(scores, label=np.array(label))


def test_activations_keep_float32() -> None:
    x = np.linspace(-3, 3, 8, dtype=np.float32).reshape(2, 4)
    for name in NAMES:
        value, pullback = getattr(activations, name)(x)
        (dx,) = pullback(np.ones_like(value))
        assert (name, value.dtype, dx.dtype) == (name, np.float32, np.float32)
