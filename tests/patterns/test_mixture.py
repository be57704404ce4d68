import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.mixture import GaussianMixture

from pipeline.patterns.mixture import (
    Mixture,
    climb,
    find_valley,
    fit_mixture,
    measure_density,
    measure_likelihood,
)


def draw_two(seed: int, weight: float = 0.7, apart: float = 2.0, n: int = 1500) -> np.ndarray:
    rng = np.random.default_rng(seed)
    first = rng.random(n) < weight
    return np.where(first, rng.normal(1.6, 0.4, n), rng.normal(1.6 + apart, 0.5, n))


def make(weight=(0.7, 0.3), mean=(1.6, 3.6), sd=(0.4, 0.5)) -> Mixture:
    return Mixture(*(np.array([part], dtype=float) for part in (weight, mean, sd)))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("weight", "apart"), [(0.7, 2.0), (0.5, 1.4), (0.9, 3.0)])
def test_the_fit_is_that_of_scikit_learn(seed, weight, apart) -> None:
    values = draw_two(seed, weight, apart)
    mine = fit_mixture(values, np.ones(len(values)))
    peer = GaussianMixture(2, n_init=3, tol=1e-9, max_iter=3000, reg_covar=0.0, random_state=0)
    peer.fit(values[:, None])
    order = np.argsort(peer.means_[:, 0])
    np.testing.assert_allclose(mine.mean[0], peer.means_[order, 0], atol=2e-3)
    np.testing.assert_allclose(mine.sd[0], np.sqrt(peer.covariances_[order, 0, 0]), atol=2e-3)
    np.testing.assert_allclose(mine.weight[0], peer.weights_[order], atol=2e-3)
    assert measure_likelihood(values, np.ones((1, len(values))), mine)[0] == pytest.approx(
        peer.score(values[:, None]) * len(values), rel=1e-6
    )


def test_a_value_met_thrice_is_three_values() -> None:
    values = np.round(draw_two(0), 1)
    different, counts = np.unique(values, return_counts=True)
    one, other = fit_mixture(values, np.ones(len(values))), fit_mixture(different, counts.astype(float))
    for part, same in zip(one, other, strict=True):
        np.testing.assert_allclose(part, same, atol=1e-4)


def test_many_histograms_are_fitted_as_each_alone() -> None:
    values = np.linspace(0, 6, 61)
    counts = np.array([np.histogram(draw_two(k), bins=np.append(values, 6.1) - 0.05)[0] for k in range(3)])
    start = make()
    together = climb(values, counts.astype(float), start)
    for k in range(3):
        alone = climb(values, counts[k : k + 1].astype(float), start)
        for part, same in zip(together, alone, strict=True):
            np.testing.assert_allclose(part[k], same[0], atol=1e-5)


@given(
    st.floats(0.1, 0.9), st.floats(0.5, 3.0), st.floats(0.2, 0.8), st.floats(0.2, 0.8)
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_the_valley_is_the_lowest_place_between_the_means_by_brute_force(weight, apart, one, other) -> None:
    mixture = make((weight, 1 - weight), (1.0, 1.0 + apart), (one, other))
    places = np.linspace(1.0, 1.0 + apart, 20001)
    heights = measure_density(places, mixture)[0]
    lowest = int(np.argmin(heights))
    valley = find_valley(mixture)
    if np.isnan(valley.place[0]):
        assert lowest in (0, 20000) or heights[lowest] > 0.999 * min(
            heights[:lowest].max(), heights[lowest:].max()
        )
    else:
        assert valley.place[0] == pytest.approx(places[lowest], abs=apart / 400)
        peak = min(heights[: lowest + 1].max(), heights[lowest:].max())
        assert valley.depth[0] == pytest.approx(heights[lowest] / peak, abs=2e-3)


def test_one_peak_has_no_valley() -> None:
    valley = find_valley(make(mean=(1.6, 1.9)))
    assert np.isnan(valley.place).all() and np.isnan(valley.depth).all()


def test_the_density_holds_one_in_all() -> None:
    places = np.linspace(-5, 12, 5000)
    assert measure_density(places, make())[0].sum() * (places[1] - places[0]) == pytest.approx(1.0, abs=1e-6)


def test_equal_values_do_not_break_the_fit() -> None:
    fitted = fit_mixture(np.full(50, 2.0), np.ones(50))
    assert np.isfinite(np.concatenate([part[0] for part in fitted])).all()
    assert np.isnan(find_valley(fitted).place[0])
