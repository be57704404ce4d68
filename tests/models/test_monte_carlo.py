"""Draws and the distribution function agree, cut curves keep their ends, the article's figures come."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from models.errors import InputError
from models.forecasting.distributions import Exponential, Gamma, Normal, Weibull
from models.forecasting.monte_carlo import (
    FAN,
    Chance,
    compute_chance,
    draw_between,
    measure_chance,
    measure_fan,
)
from models.studies.monte_carlo import run_study
from models.studies.study import StudyData, StudyResult


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return run_study(StudyData())


def find(result: StudyResult, what: str) -> Any:
    [figure] = [figure for figure in result.figures if figure.what == what]
    return figure


def test_the_sum_of_uncut_terms_has_the_known_distribution() -> None:
    # Sums of normals are normal, sums of exponentials are gamma; cut so far out that nothing is missed.
    normal = compute_chance(Normal(2.0, 3.0), -30, 34, 4, 11.0)
    assert normal == pytest.approx(stats.norm(8, 6).sf(11), abs=1e-6)
    gamma = compute_chance(Exponential(2.0), 0, 80, 3, 9.0)
    assert gamma == pytest.approx(stats.gamma(3, scale=2).sf(9), abs=1e-6)


def test_one_term_has_the_cut_curves_own_distribution() -> None:
    curve, low, high = Normal(14.3, 1.9), 9.8, 17.6
    theirs = stats.truncnorm((low - 14.3) / 1.9, (high - 14.3) / 1.9, 14.3, 1.9)
    for needed in (9.0, 9.9, 12.0, 15.5, 17.59, 18.0):
        assert compute_chance(curve, low, high, 1, needed) == pytest.approx(theirs.sf(needed), abs=1e-7)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.5, 5), st.floats(0.5, 5), st.integers(1, 12), st.floats(0.05, 0.95))
def test_draws_are_within_four_standard_errors_of_the_distribution_function(
    shape: float, scale: float, n_terms: int, place: float
) -> None:
    curve, n = Weibull(shape, scale), 4000
    low, high = (float(end) for end in curve.quantile(np.array([0.05, 0.97])))
    totals = draw_between(curve, low, high, (n, n_terms), rng=np.random.default_rng(1)).sum(axis=1)
    needed = n_terms * (low + place * (high - low))
    exact = compute_chance(curve, low, high, n_terms, needed, n_cells=2048)
    error = np.sqrt(exact * (1 - exact) / n)
    assert abs(measure_chance(totals, needed).share - exact) <= 4.5 * error + 1e-3


def test_draws_stay_between_their_ends_and_follow_the_cut_curve() -> None:
    curve = Gamma(2.0, 3.0)
    drawn = draw_between(curve, 1.0, 9.0, (20_000, 2), rng=np.random.default_rng(3)).ravel()
    assert drawn.min() >= 1.0
    assert drawn.max() <= 9.0
    theirs = stats.gamma(2, scale=3)

    def share(x: np.ndarray) -> Any:
        return (theirs.cdf(x) - theirs.cdf(1.0)) / (theirs.cdf(9.0) - theirs.cdf(1.0))

    assert stats.kstest(drawn, share).pvalue > 0.01


class OneShare:
    """In the place of a generator: always the same share."""

    def __init__(self, share: float) -> None:
        self.share = share

    def random(self, shape: tuple[int, ...]) -> np.ndarray:
        return np.full(shape, self.share)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_share_that_rounding_carries_past_an_end_is_that_end(share: float) -> None:
    curve, ends = Normal(14.3, 1.9), np.linspace(5, 8, 40)
    assert (curve.quantile(curve.cdf(ends)) < ends).any()
    rng: Any = OneShare(share)
    for low, high in pairwise(ends.tolist()):
        assert low <= draw_between(curve, low, high, (1,), rng=rng)[0] <= high


def test_a_chance_has_the_error_of_its_draws_and_a_fan_its_quantiles() -> None:
    assert measure_chance(np.array([1.0, 2.0, 3.0, 4.0]), 3.0) == Chance(0.25, np.sqrt(0.1875 / 4), 4)
    paths = np.arange(1001.0)[:, None] + np.array([0.0, 10.0])
    np.testing.assert_allclose(measure_fan(paths), np.array(FAN)[:, None] * 1000 + np.array([0.0, 10.0]))


def test_a_span_in_which_the_curve_has_nothing_is_refused() -> None:
    for low, high in ((2.0, 2.0), (3.0, 1.0), (-5.0, -1.0)):
        with pytest.raises(InputError, match="The curve holds nothing between"):
            compute_chance(Exponential(1.0), low, high, 3, 1.0)
        with pytest.raises(InputError, match="Cut it to a wider span"):
            draw_between(Exponential(1.0), low, high, (2, 2), rng=np.random.default_rng(0))


def test_the_articles_chances_come_out_exactly_and_its_draws_are_draws_of_them(result: StudyResult) -> None:
    normal = find(result, "chance to pass 186, normal curve, exactly")
    johnson = find(result, "chance to pass 186, Johnson’s curve, exactly")
    assert round(normal.ours, 3) == 27.180
    assert round(johnson.ours, 3) == 33.479  # by quadrature over the quantile function too, to eight places
    for exact, name in ((normal, "normal"), (johnson, "Johnson’s")):
        share = exact.ours / 100
        error = 100 * np.sqrt(share * (1 - share) / 10_000)
        drawn = find(result, f"chance to pass 186, {name} curve, by 10,000 draws")
        assert abs(drawn.ours - exact.ours) < 3 * error
        assert abs(exact.published - exact.ours) < 3 * error
    assert [normal.published, johnson.published] == [26.75, 33.2]


def test_the_articles_curves_come_out_in_its_order(result: StudyResult) -> None:
    fits = [figure for figure in result.figures if figure.what.startswith("AIC")]
    assert [figure.what for figure in fits[:2]] == ["AIC, Weibull", "AIC, normal"]
    assert [round(figure.ours, 2) for figure in fits[:2]] == [783.27, 784.84]
    assert len(fits) == 7


def test_with_its_season_the_year_never_passes_and_it_did_not(result: StudyResult) -> None:
    assert find(result, "draws that pass 186, each month from its own past").ours == 0
    assert find(result, "draws that pass 186, seasonal blocks on the present level").ours == 0
    assert find(result, "sold in the whole year, in the end").ours == pytest.approx(185.2354)
    loss = [find(result, f"pinball loss, {name}").ours for name in ("months alike", "seasonal blocks")]
    assert loss[1] < loss[0] / 2
    assert result.words[0] == (
        "Were all months alike, the year would pass 186 with a chance of 27.18 %. With each month drawn from "
        "its own past none of 10,000 years would, with seasonal blocks none: sales fall each autumn."
    )
    below = np.mean(result.arrays["normal_totals"] < 185.2354)
    assert result.words[1] == (
        f"It did not pass: 185.2 came. That lies above {100 * below:.0f} of 100 draws of the normal curve, "
        "above all with each month from its own past, above all in blocks: a season can make too sure."
    )
    for name in ("same_month_totals", "season_totals"):
        assert (result.arrays[name] < 185.2354).all()


def test_the_study_is_the_same_again_and_its_arrays_are_what_was_drawn(result: StudyResult) -> None:
    again = run_study(StudyData())
    assert again.figures == result.figures
    for name, values in result.arrays.items():
        np.testing.assert_array_equal(again.arrays[name], values)
    share = np.mean(result.arrays["normal_totals"] > 186)
    assert 100 * share == find(result, "chance to pass 186, normal curve, by 10,000 draws").ours
    assert result.arrays["by_month"].shape == (16, 12)
    told: list[tuple[int, int]] = []
    other = run_study(StudyData(), seed=1, tell=lambda done, of: told.append((done, of)))
    assert (other.arrays["normal_totals"] != result.arrays["normal_totals"]).any()
    assert told[-1] == (5, 5)
