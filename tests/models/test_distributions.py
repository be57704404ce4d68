"""Seven curves and Johnson's: scipy.stats has the same densities, and finds no likelier parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import brentq
from scipy.special import psi

from models.errors import InputError
from models.forecasting import distributions
from models.forecasting.distributions import (
    Cauchy,
    Exponential,
    Gamma,
    Logistic,
    LogNormal,
    Normal,
    Weibull,
)
from models.forecasting.fits import SEVEN, fit_all, measure_distance, measure_fit
from models.forecasting.johnson import PLACES, SHARES, Johnson, fit_johnson
from models.forecasting.roots import find_root

PAIRS: list[tuple[Any, Any]] = [
    (Normal(2.0, 3.0), stats.norm(2, 3)),
    (Exponential(2.5), stats.expon(scale=2.5)),
    (Weibull(0.7, 3.0), stats.weibull_min(0.7, scale=3)),
    (Weibull(8.65, 15.1), stats.weibull_min(8.65, scale=15.1)),
    (LogNormal(0.4, 1.3), stats.lognorm(1.3, scale=np.exp(0.4))),
    (Gamma(0.4, 2.0), stats.gamma(0.4, scale=2)),
    (Gamma(54.0, 0.26), stats.gamma(54, scale=0.26)),
    (Logistic(1.0, 0.6), stats.logistic(1, 0.6)),
    (Cauchy(1.0, 0.6), stats.cauchy(1, 0.6)),
    (Johnson("SB", -0.2, 0.75, 10.0, 7.6), stats.johnsonsb(-0.2, 0.75, 10, 7.6)),
    (Johnson("SU", 0.5, 1.2, 2.0, 5.0), stats.johnsonsu(0.5, 1.2, 2, 5)),
    (Johnson("SN", 0.0, 1.0, 2.0, 5.0), stats.norm(2, 5)),
    (Johnson("SL", 0.3, 1.2, 2.0, 5.0), stats.lognorm(1 / 1.2, 2, 5 * np.exp(-0.3 / 1.2))),
]
SAMPLES = {
    "normal": stats.norm(20, 2),
    "skewed": stats.gamma(0.4, scale=2),
    "heavy": stats.cauchy(5, 1),
    "wide": stats.lognorm(3),
    "far": stats.norm(1e4, 1),
}


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=lambda pair: type(pair).__name__)
def test_density_share_and_quantile_are_those_of_scipy(ours: Any, theirs: Any) -> None:
    x = np.array([-3.0, -0.5, 0.01, 0.7, 1.0, 2.5, 9.0, 11.0, 14.2, 17.4, 40.0])
    share = np.array([0.001, 0.05, 0.3, 0.5, 0.92, 0.999])
    np.testing.assert_allclose(ours.log_density(x), theirs.logpdf(x), rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(ours.cdf(x), theirs.cdf(x), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(ours.quantile(share), theirs.ppf(share), rtol=1e-9)


def test_a_curve_of_johnsons_that_runs_to_the_left_is_the_mirror_of_one_that_runs_to_the_right() -> None:
    right, left = Johnson("SL", 0.3, 1.2, 2.0, 5.0), Johnson("SL", 0.3, 1.2, -2.0, -5.0)
    x = np.array([-4.0, 1.0, 2.5, 6.0, 30.0])
    np.testing.assert_allclose(left.cdf(-x), 1 - right.cdf(x), atol=1e-15)
    np.testing.assert_allclose(left.log_density(-x), right.log_density(x), rtol=1e-14)
    np.testing.assert_allclose(left.quantile(np.array([0.1, 0.8])), -right.quantile(np.array([0.9, 0.2])))


@pytest.mark.parametrize("sample", SAMPLES)
def test_no_parameters_of_scipys_are_likelier_than_ours(sample: str) -> None:
    x = SAMPLES[sample].rvs(300, random_state=1)
    theirs = {
        "normal": stats.norm.fit(x),
        "logistic": stats.logistic.fit(x),
        "Cauchy": stats.cauchy.fit(x),
    }
    peers: dict[str, Any] = {"normal": stats.norm, "logistic": stats.logistic, "Cauchy": stats.cauchy}
    if x.min() > 0:
        peers |= {"Weibull": stats.weibull_min, "log-normal": stats.lognorm, "gamma": stats.gamma}
        peers |= {"exponential": stats.expon}
        theirs |= {name: peers[name].fit(x, floc=0) for name in peers if name not in theirs}
    for name, parameters in theirs.items():
        ours = SEVEN[name].fit(x)
        best = float(peers[name].logpdf(x, *parameters).sum())
        assert float(ours.log_density(x).sum()) >= best - 1e-7 * abs(best), name
        again = SEVEN[name].fit(x[::-1] * 4)  # a fit knows neither order nor unit
        np.testing.assert_allclose(again.cdf(x * 4), ours.cdf(x), atol=1e-7)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.01, 100), min_size=3, max_size=12, unique=True), st.sampled_from(sorted(SEVEN)))
def test_a_fit_cannot_be_bettered_by_a_small_step(values: list[float], name: str) -> None:
    x = np.array(values)
    if np.ptp(x) < 1e-3 * x.max():
        return
    try:
        fitted = SEVEN[name].fit(x)
    except InputError:
        assert name == "Cauchy"
        return
    best = float(fitted.log_density(x).sum())
    for k, value in enumerate(fitted):
        for step in (-1e-3, 1e-3):
            moved = type(fitted)(*fitted[:k], value + step * max(abs(value), 1e-3), *fitted[k + 1 :])
            assert float(moved.log_density(x).sum()) <= best + 1e-9 * max(abs(best), 1)


def test_curves_are_ranked_by_aic_and_the_distance_is_that_of_scipy() -> None:
    x = stats.weibull_min(3, scale=10).rvs(200, random_state=2)
    fits = fit_all(x)
    assert sorted(fit.name for fit in fits) == sorted([*SEVEN, "Johnson SU"])
    assert [fit.aic for fit in fits] == sorted(fit.aic for fit in fits)
    assert fits[0].name == "Weibull"
    for fit in fits:
        assert fit.distance == pytest.approx(stats.kstest(x, fit.distribution.cdf).statistic, abs=1e-12)
        assert fit.distance == measure_distance(fit.distribution, x[::-1])
    [exponential] = [fit for fit in fits if fit.name == "exponential"]
    assert exponential.aic == pytest.approx(2 - 2 * exponential.log_likelihood)
    assert exponential.bic == pytest.approx(np.log(200) - 2 * exponential.log_likelihood)


def test_a_curve_that_cannot_be_fitted_is_left_out() -> None:
    names = {fit.name for fit in fit_all(np.array([0.0, 0.0, 0.0, 0.0, 1.0, 4.0, 9.0]))}
    assert names == {"normal", "exponential", "logistic"}
    assert "exponential" not in {fit.name for fit in fit_all(np.array([-1.0, 2.0, 3.0]))}


@pytest.mark.parametrize(
    ("x", "first", "left_out"),
    [
        (np.array([1e-20, 1.0, 2.0]), "gamma", set()),
        (1e8 + np.array([0.0, 2e-8, 1e-7]), "normal", {"Weibull", "log-normal"}),
        (np.array([1e300, 2e300, 3e300]), "Weibull", {"logistic", "Cauchy"}),  # whose squares no float holds
        (np.array([1e-300, 2e-300, 3e-300]), "Weibull", {"normal", "logistic", "Cauchy"}),
        (np.array([0.0, 0, 0, 1, 2, 3]), "exponential", {"Weibull", "log-normal", "gamma", "Cauchy"}),
    ],
)
def test_a_curve_that_a_sample_is_too_much_for_is_left_out_and_none_is_ranked_by_nan(
    x: np.ndarray, first: str, left_out: set[str]
) -> None:
    fits = fit_all(x)
    assert fits[0].name == first
    assert left_out <= {*SEVEN} - {fit.name for fit in fits}
    assert not np.isnan([[fit.aic, fit.distance] for fit in fits]).any()


def test_where_no_curve_is_left_it_says_so() -> None:
    with pytest.raises(InputError, match=r"No curve fits the sample .*Give it in another unit."):
        fit_all(np.array([-1e-300, 1e-300, 2e-300]))


def test_a_gamma_curve_keeps_its_digits_at_both_ends() -> None:
    x = np.array([1e-15, 1.0, 2.0, 3.0])
    log_ratio = np.log(x.mean()) - np.log(x).mean()
    assert Gamma.fit(x).shape == pytest.approx(
        brentq(lambda a: log_ratio - np.log(a) + psi(a), 1e-3, 1, xtol=1e-15), rel=1e-12
    )
    narrow = 1e6 + np.array([0.0, 1.0])  # a shape of 4e12, where it is a normal curve to 1e-6
    density = Gamma.fit(narrow).log_density(narrow).sum()
    assert density == pytest.approx(Normal.fit(narrow).log_density(narrow).sum(), abs=1e-6)
    with pytest.raises(InputError, match="The numbers of the sample are next to equal"):
        Gamma.fit(1e8 * np.array([1.0, 1.0, 1 + 3e-16]))


def test_a_johnson_curve_has_the_parameters_of_its_kind() -> None:
    x = np.array([1.0, 2.0, 3.0])
    curves = [Johnson(kind, 0.0, 1.0, 0.0, 9.0) for kind in ("SN", "SL", "SB", "SU")]
    fits = [measure_fit("Johnson", curve, x) for curve in curves]
    assert [fit.n_parameters for fit in fits] == [2, 3, 4, 4]
    for fit in fits:
        assert fit.aic == 2 * fit.n_parameters - 2 * fit.log_likelihood


@pytest.mark.parametrize(("delta", "kind"), [(3.0, "SU"), (4.0, "SN")])
def test_quantiles_within_a_tenth_of_the_normal_curves_are_taken_for_them(
    delta: float, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(np, "quantile", lambda x, shares: np.sinh(PLACES / delta))
    assert fit_johnson(np.array([0.0, 1.0])).kind == kind


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.array([1.0]), "not a row of finite numbers"),
        (np.array([1.0, np.nan]), "not a row of finite numbers"),
        (np.array([2.0, 2.0]), "All numbers of the sample are equal"),
    ],
)
def test_a_sample_that_nothing_fits_is_refused(x: np.ndarray, words: str) -> None:
    with pytest.raises(InputError, match=words):
        fit_all(x)


def test_what_a_curve_cannot_take_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="The sample holds -1"):
        Exponential.fit(np.array([-1.0, 2.0]))
    with pytest.raises(InputError, match="The sample holds 0"):
        Gamma.fit(np.array([0.0, 2.0]))
    with pytest.raises(InputError, match="Half of the sample is one value"):
        Cauchy.fit(np.array([1.0, 1.0, 1.0, 2.0]))
    for half in ([0.0, 0, 0, 1, 2, 3], [1.0, 2.0]):  # no peak, and a ridge
        with pytest.raises(InputError, match="Half of the sample is one value"):
            Cauchy.fit(np.array(half))
    monkeypatch.setattr(distributions, "MOST_ROUNDS", 3)
    with pytest.raises(InputError, match="A Cauchy curve has not settled after 3 rounds"):
        Cauchy.fit(np.array([0.0, 1, 5, 9]))
    with pytest.raises(InputError, match="Two of the five quantiles are one value"):
        fit_johnson(np.array([1.0, 1.0, 1.0, 2.0]))


def test_a_cauchy_curve_settles_as_well_far_from_zero() -> None:
    for seed in range(20):
        x = np.round(np.random.default_rng(seed).uniform(size=20), 6)
        near, far = Cauchy.fit(x), Cauchy.fit(x + 1e7)  # of whose digits nine are left
        np.testing.assert_allclose((far.centre - 1e7, far.scale), near, atol=1e-6)


def test_a_root_is_found_from_either_side_and_its_absence_said() -> None:
    for start in (1e-3, 1.0, 1e3):
        assert find_root(lambda x: (x * x - 2, 2 * x), start) == pytest.approx(np.sqrt(2), rel=1e-15)
        assert find_root(lambda x: (1 / x - 3, -1 / x**2), start) == pytest.approx(1 / 3, rel=1e-15)
    with pytest.raises(InputError, match="No parameters of this curve are the likeliest"):
        find_root(lambda x: (1 + x, 1.0), 1.0)


EXACT = [
    Johnson("SB", -0.2, 0.75, 10.0, 7.6),
    Johnson("SB", 0.9, 1.5, 0.0, 1.0),
    Johnson("SU", 0.5, 1.2, 2.0, 5.0),
    Johnson("SU", -1.0, 0.9, 0.0, 1.0),
]


@pytest.mark.parametrize("curve", EXACT)
def test_five_exact_quantiles_give_back_the_curve(curve: Johnson, monkeypatch: pytest.MonkeyPatch) -> None:
    points = curve.start + curve.reach * (
        1 / (1 + np.exp(-(PLACES - curve.gamma) / curve.delta))
        if curve.kind == "SB"
        else np.sinh((PLACES - curve.gamma) / curve.delta)
    )
    monkeypatch.setattr(np, "quantile", lambda x, shares: points if shares == SHARES else None)
    fitted = fit_johnson(np.array([0.0, 1.0]))
    assert fitted.kind == curve.kind
    np.testing.assert_allclose(fitted[1:], curve[1:], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("drawn", "kind"),
    [
        (stats.norm(1, 2), "SN"),
        (stats.lognorm(0.8, 3, 2), "SL"),
        (stats.uniform(0, 1), "SB"),
        (stats.t(2), "SU"),
    ],
)
def test_the_kind_of_curve_is_told_from_a_large_sample(drawn: Any, kind: str) -> None:
    x = drawn.rvs(20_000, random_state=1)
    fitted = fit_johnson(x)
    assert fitted.kind == kind
    assert measure_distance(fitted, x) < 0.02
    mirrored = fit_johnson(-x)
    assert mirrored.kind == kind
    np.testing.assert_allclose(mirrored.cdf(-np.sort(x)), 1 - fitted.cdf(np.sort(x)), atol=1e-9)
