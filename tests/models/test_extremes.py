"""Activations and losses at the largest and smallest inputs: finite, and exact where exactness is known."""

from __future__ import annotations

import numpy as np
import pytest

from models.layers.activations import arctan, elu, logistic, logsumexp, relu, softmax, tanh
from models.losses import absolute_loss, cross_entropy, huber_loss, logistic_loss, poisson_loss, squared_loss

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


def test_elu_ends_at_its_floor_and_is_a_line_above_zero() -> None:
    y, pull = elu(LARGE, floor=3.0)
    np.testing.assert_array_equal(y, [-3, -3, -3, 0, 750, 1e4, 1e308])
    np.testing.assert_array_equal(pull(np.ones(7))[0], [0, 0, 3 * np.exp(-750.0), 3, 1, 1, 1])
    assert elu(np.array([-1e-20]))[0] == -1e-20  # not lost in 1 − 1


def test_arctan_ends_at_a_right_angle() -> None:
    y, pull = arctan(LARGE)
    np.testing.assert_allclose(y[[0, 3, 6]], [-np.pi / 2, 0, np.pi / 2], rtol=1e-15)
    np.testing.assert_allclose(pull(np.ones(7))[0], [0, 1e-8, 1 / 562501, 1, 1 / 562501, 1e-8, 0], rtol=1e-7)


def test_the_losses_of_regression_by_hand() -> None:
    prediction, target = np.array([3.0, -1.0, 0.5, 0.0]), np.zeros(4)
    assert squared_loss(prediction, target=target)[0] == 10.25 / 4
    loss, pull = absolute_loss(prediction, target=target)
    assert loss == 4.5 / 4
    np.testing.assert_array_equal(pull(1.0)[0], [0.25, -0.25, 0.25, 0])  # sign(0) is 0
    loss, pull = huber_loss(prediction, target=target, bend=1.0)
    assert loss == (2.5 + 0.5 + 0.125) / 4
    np.testing.assert_array_equal(pull(1.0)[0], [0.25, -0.25, 0.125, 0])


def test_a_large_error_does_not_overflow_where_only_its_size_counts() -> None:
    far = np.array([1e200])
    assert huber_loss(far, target=np.zeros(1))[0] == absolute_loss(far, target=np.zeros(1))[0] == 1e200


def test_the_poisson_loss_is_lowest_at_the_mean_count_and_holds_for_tiny_rates() -> None:
    count = np.array([0.0, 2.0, 4.0])
    (slope,) = poisson_loss(np.full(3, np.log(2.0)), target=count)[1](1.0)
    np.testing.assert_allclose(slope.sum(), 0, atol=1e-15)
    loss, pull = poisson_loss(np.array([-800.0]), target=np.array([3.0]))
    assert (loss, pull(1.0)[0][0]) == (2400.0, -3.0)
