"""Activations and losses at the largest and smallest inputs: finite, and exact where exactness is known."""

from __future__ import annotations

import numpy as np
import pytest

from models.layers.activations import logistic, logsumexp, relu, softmax, tanh
from models.losses import cross_entropy, logistic_loss

pytestmark = pytest.mark.filterwarnings("error")
LARGE = np.array([-1e308, -1e4, -750.0, 0.0, 750.0, 1e4, 1e308])


def test_the_logistic_function_ends_at_zero_and_one() -> None:
    y, pull = logistic(LARGE)
    np.testing.assert_array_equal(y, [0, 0, 0, 0.5, 1, 1, 1])
    np.testing.assert_array_equal(pull(np.ones(7))[0], [0, 0, 0, 0.25, 0, 0, 0])


def test_the_logistic_function_keeps_small_probabilities() -> None:
    np.testing.assert_allclose(logistic(np.array([-700.0]))[0], np.exp(-700.0), rtol=1e-12)


def test_tanh_and_relu_are_exact_at_known_points() -> None:
    np.testing.assert_array_equal(tanh(np.array([-1e300, 0.0, 1e300]))[0], [-1, 0, 1])
    np.testing.assert_array_equal(relu(np.array([-2.0, 0.0, 3.0]))[0], [0, 0, 3])
    np.testing.assert_array_equal(relu(np.array([-2.0, 0.0, 3.0]))[1](np.ones(3))[0], [0, 0, 1])


def test_softmax_shares_out_one_whatever_the_size() -> None:
    scores = np.array([[8e307, 0.0, -8e307], [1e4, 1e4, 1e4], [-1e4, -1e4 + np.log(3), -1e4]])
    shares = softmax(scores)[0]
    np.testing.assert_allclose(shares, [[1, 0, 0], [1 / 3] * 3, [0.2, 0.6, 0.2]], rtol=1e-11)


def test_logsumexp_neither_overflows_nor_vanishes() -> None:
    values = logsumexp(np.array([[1e4, 1e4], [-1e4, -1e4], [0.0, -1e308]]))[0]
    np.testing.assert_allclose(values, [1e4 + np.log(2), -1e4 + np.log(2), 0.0], rtol=1e-15)


def test_the_logistic_loss_of_a_sure_mistake_is_its_score() -> None:
    loss, pull = logistic_loss(np.array([1e4, -1e4]), target=np.array([0.0, 1.0]))
    assert loss == 1e4
    np.testing.assert_array_equal(pull(1.0)[0], [0.5, -0.5])


def test_the_cross_entropy_of_a_sure_mistake_is_the_difference_of_scores() -> None:
    loss, pull = cross_entropy(np.array([[1e4, -1e4]]), label=np.array([1]))
    assert loss == 2e4
    np.testing.assert_array_equal(pull(1.0)[0], [[1.0, -1.0]])


def test_the_cross_entropy_of_equal_scores_is_the_logarithm_of_their_number() -> None:
    assert cross_entropy(np.zeros((3, 4)), label=np.array([0, 1, 3]))[0] == np.log(4)
