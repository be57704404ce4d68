"""Normalising and whitening in a net: by the batch in training, by running moments in use."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from models.check import check_pullback
from models.layers.activations import tanh
from models.layers.normalise import RunningMoments, standardise
from models.net import activation, dense, sequence
from models.parts.normalise import batch_norm, whiten
from models.projections.moments import RunningCovariance
from models.projections.whitening import zca
from models.types import Array


def make_net() -> tuple[Any, RunningMoments, RunningCovariance]:
    moments, covariance = RunningMoments(6), RunningCovariance(4, groups=2, keep=0.9)
    net = sequence(
        dense(6), batch_norm(moments), activation(tanh), dense(4), whiten(covariance, epsilon=1e-2)
    )
    return net, moments, covariance


def draw(n: int = 9) -> Array:
    return np.random.default_rng(0).normal(2, 3, size=(n, 5))


@pytest.mark.parametrize("training", [True, False])
def test_a_net_with_both_pulls_back(training: bool) -> None:
    net, _, _ = make_net()
    rng = np.random.default_rng(1)
    parameters, shape = net.init(rng, (5,))
    assert shape == (4,)
    if not training:
        net(parameters, draw(), rng=rng)
    check_pullback(partial(net, rng=rng if training else None), parameters, draw(), rng=rng)


def test_training_goes_by_the_batch_and_teaches_the_running_moments() -> None:
    net, moments, covariance = make_net()
    rng = np.random.default_rng(2)
    parameters, _ = net.init(rng, (5,))
    value, _ = net(parameters, draw(), rng=rng)
    first, _, _, second, _ = parameters
    a = np.tanh(standardise(draw() @ first.weight + first.bias)[0]) @ second.weight + second.bias
    np.testing.assert_allclose(value, zca(a, groups=2, epsilon=1e-2)[0])
    np.testing.assert_allclose(moments.moments.mean, 0.1 * (draw() @ first.weight + first.bias).mean(axis=0))
    np.testing.assert_allclose(covariance.moments.mean.ravel(), 0.1 * a.mean(axis=0))


def test_in_use_a_row_is_answered_alone_and_teaches_nothing() -> None:
    net, moments, covariance = make_net()
    rng = np.random.default_rng(3)
    parameters, _ = net.init(rng, (5,))
    for _ in range(3):
        net(parameters, draw(), rng=rng)
    before = (moments.moments, covariance.moments)
    together = net(parameters, draw())[0]
    alone = np.concatenate([net(parameters, row[None])[0] for row in draw()])
    np.testing.assert_allclose(together, alone, rtol=1e-12)
    assert (moments.moments, covariance.moments) == before


def test_after_many_batches_use_is_as_training_was() -> None:
    net, _, _ = make_net()
    rng = np.random.default_rng(4)
    parameters, _ = net.init(rng, (5,))
    rows = draw(400)
    for _ in range(100):
        trained, _ = net(parameters, rows, rng=rng)
    np.testing.assert_allclose(net(parameters, rows)[0], trained, atol=5e-3)  # variance by n − 1 in use


def test_a_net_with_both_keeps_float32() -> None:
    net, _, _ = make_net()
    rng = np.random.default_rng(5)
    parameters, _ = net.init(rng, (5,), dtype=np.float32)
    for mode in (rng, None):
        value, pullback = net(parameters, draw().astype(np.float32), rng=mode)
        dp, dx = pullback(np.ones_like(value))
        assert {value.dtype, dx.dtype, dp[0].weight.dtype, dp[1].gain.dtype} == {np.dtype(np.float32)}


def test_its_parts_are_named_with_their_parameters() -> None:
    net, _, _ = make_net()
    assert [(row.name, row.n_parameters) for row in net.list_parts((5,))] == [
        ("dense 6", 36),
        ("batch norm", 12),
        ("tanh", 0),
        ("dense 4", 28),
        ("whiten 2 groups", 0),
    ]
