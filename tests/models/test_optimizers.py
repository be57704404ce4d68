"""The optimizers: they find minima, go on where they were saved, keep float32, and take noise as stated."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from models.errors import InputError
from models.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Momentum,
    Nadam,
    Nesterov,
    NoiseTraining,
    RMSprop,
    with_noise,
    with_rates,
    with_shrinking,
)
from models.tree import pack
from models.types import Array


def make_rng() -> np.random.Generator:
    return np.random.default_rng(9)


# The twelve of the article.
TWELVE: dict[str, Any] = {
    "SGD": SGD,
    "momentum": Momentum,
    "Nesterov": Nesterov,
    "Adagrad": Adagrad,
    "Adadelta": Adadelta,
    "RMSprop": RMSprop,
    "Adam": Adam,
    "Nadam": Nadam,
    "SGD with noise": lambda p: with_noise(SGD(p), 0.3, make_rng()),
    "noise training": lambda p: NoiseTraining(p, rng=make_rng()),
    "noise training with noise": lambda p: with_noise(NoiseTraining(p, rng=make_rng()), 0.3, make_rng()),
    "Adam with noise training": lambda p: NoiseTraining(p, rng=make_rng(), optimizer=Adam(p)),
}
LEARNING = {
    "SGD": 0.1, "momentum": 0.02, "Nesterov": 0.02, "Adagrad": 1.0, "Adadelta": 30.0, "RMSprop": 0.01,
    "Adam": 0.1, "Nadam": 0.1,
}  # fmt: skip
GRADIENTS = np.random.default_rng(1).normal(size=(8, 6))


def follow(optimizer: Any, parameters: Array, gradients: Array, rate: float = 0.05) -> Array:
    """Take one step for each gradient and return the parameters after each."""
    path = []
    for gradient in gradients:
        before = gradient.copy()
        optimizer.step(parameters, gradient, rate)
        np.testing.assert_array_equal(gradient, before)
        path.append(parameters.copy())
    return np.array(path)


@pytest.mark.parametrize("name", LEARNING)
def test_each_finds_the_bottom_of_a_narrow_valley(name: str) -> None:
    p, bottom, steep = np.zeros(2), np.array([1.0, -2.0]), np.array([1.0, 10.0])
    optimizer = TWELVE[name](p)
    for number in range(2000):
        optimizer.step(p, steep * (p - bottom), LEARNING[name] * (1 - number / 2000))
    np.testing.assert_allclose(p, bottom, atol=1e-3)


@pytest.mark.parametrize("name", TWELVE)
def test_the_parameters_and_all_that_is_kept_stay_float32(name: str) -> None:
    p = np.ones(6, np.float32)
    optimizer = TWELVE[name](p)
    follow(optimizer, p, GRADIENTS.astype(np.float32))
    assert p.dtype == np.float32 and np.isfinite(p).all() and not np.array_equal(p, np.ones(6))
    vectors = {key: array for key, array in optimizer.list_arrays().items() if array.shape == (6,)}
    assert {array.dtype for array in vectors.values()} <= {np.dtype(np.float32)}


@pytest.mark.parametrize("name", [name for name in TWELVE if "training" not in name and "noise" not in name])
def test_going_on_from_what_was_saved_equals_never_having_stopped(name: str) -> None:
    whole = follow(TWELVE[name](np.ones(6)), np.ones(6), GRADIENTS)
    p = np.ones(6)
    first = TWELVE[name](p)
    follow(first, p, GRADIENTS[:3])
    saved, later = first.list_arrays(), TWELVE[name](p)
    follow(first, p.copy(), GRADIENTS[3:])  # what was saved is a copy
    later.restore(saved)
    np.testing.assert_array_equal(follow(later, p, GRADIENTS[3:]), whole[3:])


def test_noise_goes_on_falling_after_a_restore() -> None:
    p, rng = np.ones(6), make_rng()
    first = with_noise(Adam(p), 0.3, rng)
    follow(first, p, GRADIENTS[:3])
    later = with_noise(Adam(p), 0.3, rng)
    later.restore(first.list_arrays())
    follow(later, p, GRADIENTS[3:])
    np.testing.assert_array_equal(
        p, follow(with_noise(Adam(np.ones(6)), 0.3, make_rng()), np.ones(6), GRADIENTS)[-1]
    )


def test_what_another_optimizer_saved_is_refused() -> None:
    words = r"The saved optimizer has no square_sum of the shape \(6,\) and the type float64 \(Adam\)\. "
    with pytest.raises(InputError, match=words):
        Adam(np.ones(6)).restore(SGD(np.ones(6)).list_arrays() | {"sum": np.ones(6)})
    with pytest.raises(InputError, match=r"The saved optimizer has no sum of the shape \(6,\)"):
        Adam(np.ones(6)).restore(Adam(np.ones(5)).list_arrays())
    with pytest.raises(InputError, match=r"no sum of the shape \(6,\) and the type float32 \(Adam\)"):
        Adam(np.ones(6, np.float32)).restore(Adam(np.ones(6)).list_arrays())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sum", np.full(6, np.nan)),
        ("n_steps", np.array(-5)),
        ("n_steps", np.array(1.5)),
        ("noise.n_steps", np.array(-1)),
        ("noise.n_steps", None),
    ],
)
def test_what_no_optimizer_can_have_left_is_refused_before_any_change(name: str, value: Any) -> None:
    p = np.ones(6)
    first, later = (with_noise(Adam(p), 0.3, make_rng()) for _ in range(2))
    follow(first, p, GRADIENTS)
    words = rf"The saved optimizer has (no|a) {name} .*\((Adam|WithNoise)\)\. Restore what the same optimizer"
    with pytest.raises(InputError, match=words):
        later.restore(first.list_arrays() | {name: value})
    for kept, array in later.list_arrays().items():
        np.testing.assert_array_equal(array, np.zeros_like(array), err_msg=kept)


@pytest.mark.parametrize("name", [name for name in TWELVE if "noise" not in name])
def test_no_noise_equals_the_optimizer_bit_for_bit(name: str) -> None:
    plain = follow(TWELVE[name](np.ones(6)), np.ones(6), GRADIENTS)
    rng = make_rng()
    noisy = follow(with_noise(TWELVE[name](np.ones(6)), 0.0, rng), np.ones(6), GRADIENTS)
    assert rng.bit_generator.state == make_rng().bit_generator.state  # nothing was drawn
    assert plain.tobytes() == noisy.tobytes()


PARTS = (np.array([0.0, -0.0]), (np.array([3.0]), np.array([-4.0, 0.5, 2.0])))


def descend(optimizer: Any, p: Array, rate: float) -> Array:
    """Go down a bowl of its own for each parameter; one is not felt, and one is left after some steps."""
    path = []
    for t in range(30):
        gradient = p * np.array([0, 1, 2, 3, t < 9, 0.5], p.dtype)
        optimizer.step(p, gradient, rate)
        path.append(p.copy())
    return np.array(path)


@pytest.mark.parametrize("name", TWELVE)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rates_multiplied_by_1_equal_the_optimizer_bit_for_bit(name: str, dtype: Any) -> None:
    alone, _ = pack(PARTS, dtype)
    flat, parts = pack(PARTS, dtype)
    rated = with_rates(TWELVE[name](flat), parts, (1, (1.0, 1)))
    assert descend(TWELVE[name](alone), alone, 0.05).tobytes() == descend(rated, flat, 0.05).tobytes()


@pytest.mark.parametrize("name", TWELVE)
def test_a_part_goes_as_by_an_optimizer_of_its_own_at_its_own_rate(name: str) -> None:
    flat, parts = pack(PARTS)
    path = descend(with_rates(TWELVE[name](flat), parts, (1, (10, 0.1))), flat, 0.02)
    start, _ = pack(PARTS)
    for part, rate in ((slice(0, 2), 0.02), (slice(2, 3), 0.2), (slice(3, 6), 0.002)):
        p = (
            start.copy()
        )  # all of it, so that the same noise is drawn; only the part's own moves are looked at
        alone = descend(TWELVE[name](p), p, rate)[:, part]
        np.testing.assert_allclose(path[:, part], alone, rtol=1e-12, atol=1e-14)  # f·(r·m) is not (f·r)·m


def test_a_part_whose_factor_is_0_stays_and_what_was_saved_goes_on() -> None:
    whole, parts = pack(PARTS)
    follow(with_rates(Adam(whole), parts, (0.5, (0, 1))), whole, GRADIENTS)
    flat, views = pack(PARTS)
    first = with_rates(Adam(flat), views, (0.5, (0, 1)))
    follow(first, flat, GRADIENTS[:3])
    later = with_rates(Adam(flat), views, (0.5, (0, 1)))
    later.restore(first.list_arrays())
    follow(later, flat, GRADIENTS[3:])
    np.testing.assert_array_equal(flat, whole)
    assert whole[2] == 3 and (whole[[0, 1, 3, 4, 5]] != pack(PARTS)[0][[0, 1, 3, 4, 5]]).all()


def test_factors_must_be_numbers_from_0_and_those_of_the_parts() -> None:
    for wrong in (-1.0, np.inf, np.nan):
        with pytest.raises(
            InputError, match=rf"A rate cannot be multiplied by {wrong} \(with_rates\)\. Give f"
        ):
            with_rates(SGD(np.ones(6)), PARTS, (1, wrong))
    for factors, n, of in (((1, 1, 1), 3, 2), (((1, 1), 1), 2, 1)):
        words = rf"There are {n} factors, and {of} parts \(with_rates\)\. Give a factor for each"
        with pytest.raises(InputError, match=words):
            with_rates(SGD(np.ones(6)), PARTS, factors)


def test_noise_has_the_stated_spread_at_each_step() -> None:
    n, eta = 40_000, 0.3
    p = np.zeros(n)
    optimizer = with_noise(SGD(p), eta, make_rng())
    for t in range(4):
        p[:] = 0
        optimizer.step(p, np.full(n, 2.0), 1.0)
        # The mean within 4 standard errors, the spread within 2 % (4 standard errors are 1.4 %).
        deviation = np.sqrt(eta / (1 + t) ** 0.55)
        assert abs(p.mean() + 2) < 4 * deviation / np.sqrt(n)
        np.testing.assert_allclose(p.std(), deviation, rtol=0.02)


def test_noise_training_never_asks_the_gradient_and_drifts_down_by_eulers_constant() -> None:
    p, other = np.zeros(40_000), np.zeros(40_000)
    NoiseTraining(p, rng=make_rng()).step(p, np.zeros_like(p), 0.1)
    NoiseTraining(other, rng=make_rng()).step(other, np.full_like(p, 1e6), 0.1)
    np.testing.assert_array_equal(p, other)
    # The standard Gumbel distribution: mean 0.5772, spread π/√6.
    np.testing.assert_allclose(p.mean(), -0.05772, atol=4 * 0.1 * 1.2825 / 200)
    np.testing.assert_allclose(p.std(), 0.1 * np.pi / np.sqrt(6), rtol=0.03)


def test_noise_drawn_as_exactly_0_is_no_infinite_step() -> None:
    class Zeros:
        def standard_exponential(self, *, out: Array, dtype: Any) -> None:
            out[:] = 0

    p = np.zeros(3, np.float32)
    NoiseTraining(p, rng=Zeros()).step(p, p, 1.0)  # type: ignore[arg-type]
    np.testing.assert_allclose(p, np.log(np.finfo(np.float32).tiny))


def test_shrinking_ends_at_the_lasso_with_its_exact_zeros() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(4)
    x = rng.normal(size=(80, 6))
    y = x @ [2.0, 0, 0, -1.0, 0, 0.05] + rng.normal(scale=0.3, size=80)
    best = linear_model.Lasso(alpha=0.2, fit_intercept=False, tol=1e-12, max_iter=10**5).fit(x, y).coef_
    w = np.ones(6)
    optimizer = with_shrinking(SGD(w), [w], l1=0.2)
    for _ in range(2000):
        optimizer.step(w, x.T @ (x @ w - y) / 80, 0.2)
    np.testing.assert_allclose(w, best, atol=1e-10)
    np.testing.assert_array_equal(w == 0, best == 0)
    assert (w == 0).sum() == 4


def test_shrinking_ends_at_the_elastic_net_and_leaves_the_biases() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(5)
    x = rng.normal(size=(80, 4))
    y = x @ [2.0, 0, -1.0, 0.5] + 3 + rng.normal(scale=0.3, size=80)
    best = linear_model.ElasticNet(alpha=0.4, l1_ratio=0.5, tol=1e-12, max_iter=10**5).fit(x, y)
    p = np.zeros(5)
    optimizer = with_shrinking(SGD(p), [p[:4]], l1=0.2, l2=0.2)
    for _ in range(2000):
        error = x @ p[:4] + p[4] - y
        optimizer.step(p, np.append(x.T @ error, error.sum()) / 80, 0.2)
    np.testing.assert_allclose(p, [*best.coef_, best.intercept_], atol=1e-10)


def test_shrinking_saves_and_restores_its_optimizer() -> None:
    p = np.ones(6)
    make = partial(with_shrinking, weights=[p], l1=0.1)
    first = make(Adam(p))
    follow(first, p, GRADIENTS)
    later = make(Adam(p))
    later.restore(first.list_arrays())
    for name, array in first.list_arrays().items():
        np.testing.assert_array_equal(later.list_arrays()[name], array)
