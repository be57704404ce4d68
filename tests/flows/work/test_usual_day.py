"""Six ways to weigh errors: each is what its formula says, frantic days are forgiven, and one is chosen."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import Lasso, LinearRegression, QuantileRegressor, Ridge

from flows.work.result import NO_BETTER, TOO_LITTLE, frame_belief, parse_result, write_result
from flows.work.usual_day import (
    CASES,
    STRENGTH,
    fit_cases,
    guess_days,
    guess_typically,
    run_work,
    take_median,
    teach,
)
from flows.work.usual_day_result import Fitted, is_alike, say_case
from models.validation import split_by_time
from pipeline.features.day_series import NAMES


def draw_days(n_days: int = 700, *, seed: int = 0, frantic: float = 0.0) -> NDArray[np.int64]:
    """Workdays are three times as busy as weekends, on a level that wanders; some days are ``frantic``."""
    rng = np.random.default_rng(seed)
    day, level = np.arange(n_days), np.zeros(n_days)
    for k in range(1, n_days):
        level[k] = 0.9 * level[k - 1] + 0.1 * rng.normal()
    rates = np.where(day % 7 < 5, 1.5, 0.5) * np.exp(level) * np.where(rng.random(n_days) < frantic, 12, 1)
    counts: NDArray[np.int64] = rng.poisson(np.tile(rates[:, None], 24)).astype(np.int64)
    return counts


@pytest.mark.parametrize("seed", [0, 1])
def test_a_planted_rhythm_is_guessed_and_the_six_cases_stand_side_by_side(
    seed: int, make_subject: Any, home_zone: Any
) -> None:
    done = run_work(make_subject(draw_days(seed=seed)), home_zone)
    result, card = done.result, dict(done.result.card)
    assert result.question == "How many searches on a usual day?"
    assert result.verdict not in ("", NO_BETTER) and result.low is not None and result.low > 0
    assert result.headline == f"Guesses of a usual day are {result.emphasis} than {result.baseline_name}"
    assert card["Chosen"].startswith(result.model_name.removeprefix("regression by "))
    assert "; of 6 ways to learn the one that fitted the days before the scored ones best;" in card["Chosen"]
    (belief,) = result.beliefs
    cases = frame_belief(belief)
    assert list(zip(cases["loss"], cases["penalty"], strict=True)) == [
        (loss, penalty) for loss in (1, 2) for penalty in (0, 1, 2)
    ]
    assert cases["chosen"].sum() == 1 and cases["off"].idxmin() == cases["chosen"].idxmax()
    weights = cases["weights"].to_numpy().reshape(2, 3)
    assert (weights[:, 1:] < weights[:, :1]).all()  # a penalty makes them smaller
    zeros = cases["zeros"].to_numpy().reshape(2, 3)
    assert (zeros[:, 1] > zeros[:, 2]).all() and (zeros[:, 0] == zeros[:, 2]).all()
    assert belief.deck.endswith(
        f" On the days scored, guesses by the chosen case are {result.emphasis} than {result.baseline_name}."
    )
    assert parse_result(write_result(result), where="x") == result


def test_days_that_changed_places_are_guessed_no_better(make_subject: Any, home_zone: Any) -> None:
    for seed in range(3):
        counts = np.random.default_rng(seed).permutation(draw_days(seed=seed))
        result = run_work(make_subject(counts), home_zone).result
        assert (result.verdict, result.emphasis) == (NO_BETTER, "no better")


def test_frantic_days_pull_the_mean_up_and_leave_the_median(make_subject: Any, home_zone: Any) -> None:
    done = run_work(make_subject(draw_days(frantic=0.12)), home_zone)
    (belief,) = done.result.beliefs
    assert belief.headline == "A usual day is guessed nearest by the L1 loss"
    assert (
        "Without a penalty the L2 loss guesses " in belief.deck and " more than the L1 loss." in belief.deck
    )
    assert done.result.model_name.startswith("regression by L1 loss")


def make_rows(n: int = 300) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 6)) * np.arange(1, 7)
    return x, 60 + 2 * x[:, 0] - x[:, 2] + rng.normal(scale=3, size=n)


@pytest.mark.parametrize("case", [case for case in CASES if case != ("L1", "L2")], ids=say_case)
def test_each_case_is_what_another_library_makes_of_its_formula(case: tuple[str, str]) -> None:
    x, y = make_rows()
    taught = teach(case, x, y)
    z, target = (x - taught.mean) / taught.scale, (y - taught.middle) / taught.spread
    others: dict[tuple[str, str], Any] = {  # scikit-learn halves its losses, and sums that of the ridge
        ("L1", ""): QuantileRegressor(quantile=0.5, alpha=0),
        ("L1", "L1"): QuantileRegressor(quantile=0.5, alpha=STRENGTH / 2),
        ("L2", ""): LinearRegression(),
        ("L2", "L1"): Lasso(alpha=STRENGTH / 2, tol=1e-10),
        ("L2", "L2"): Ridge(alpha=len(y) * STRENGTH / 2),
    }
    other = others[case].fit(z, target)
    # Descent on |e| creeps along its kinks; that on e² has long converged.
    atol = 0.02 if case[0] == "L1" else 1e-6
    np.testing.assert_allclose(taught.parameters.weight[:, 0], other.coef_, atol=atol)
    if case[1] == "L1":
        np.testing.assert_array_equal(taught.parameters.weight[:, 0] == 0, np.abs(other.coef_) < 1e-9)


def test_the_choice_sees_no_scored_day_and_guesses_stay_within_what_was_met() -> None:
    x, y = make_rows()
    split = split_by_time(len(y))
    blank, unknown = x.copy(), y.copy()
    blank[split.test], unknown[split.test] = np.nan, np.nan
    for one, other in zip(fit_cases(x, y, split), fit_cases(blank, unknown, split), strict=True):
        assert (one.case, one.off, one.weights, one.n_zeros) == (
            other.case, other.off, other.weights, other.n_zeros,
        )  # fmt: skip
    taught = teach(("L2", ""), x, y)
    far = guess_days(taught, 1e6 * x)
    assert (far.min(), far.max()) == (0, y.max())


def test_two_losses_are_alike_within_two_standard_errors() -> None:
    errors = np.random.default_rng(0).random(400)
    best = Fitted(("L1", ""), errors, 1.0, 0, 5.0)
    noise = np.random.default_rng(1).normal(size=400)
    assert is_alike(best, best._replace(errors=errors + noise - noise.mean() + 0.09))
    assert not is_alike(best, best._replace(errors=errors + noise - noise.mean() + 0.12))


def test_simple_guesses_are_medians_of_what_was_known_before() -> None:
    counts = np.random.default_rng(0).poisson(20, 120).astype(float)
    counts[60] = np.nan
    guesses = guess_typically(counts)
    assert list(guesses)[:2] == ["the weekday’s eight-week median", "the median of the last four weeks"]
    assert len(guesses) == 6
    for now in (70, 119):
        assert guesses["the median of the last four weeks"][now] == np.nanmedian(counts[now - 28 : now])
        weeks = counts[[now - 7 * k for k in range(1, 9)]]
        assert guesses["the weekday’s eight-week median"][now] == np.nanmedian(weeks)
    assert np.isnan(take_median(counts[:5], 7, 8)).all()


def test_the_file_says_what_it_holds_and_the_same_days_give_the_same_bytes(
    make_subject: Any, home_zone: Any
) -> None:
    first, again = (run_work(make_subject(draw_days(300)), home_zone) for _ in range(2))
    assert (write_result(first.result), first.saved) == (write_result(again.result), again.saved)
    assert first.saved is not None
    with np.load(io.BytesIO(first.saved), allow_pickle=False) as file:
        header = json.loads(file["header.json"])
        assert file["weight"].shape == (len(NAMES), 1)
    assert (header["class"], header["features"]) == ("UsualDay", NAMES)
    assert say_case((header["loss"], header["penalty"])) in first.result.model_name


@pytest.mark.parametrize(
    ("n_days", "said"),
    [
        (40, "Still learning: 40 of 56 covered days."),
        (100, "Still learning: 19 of 28 days to score by that follow a covered week."),
    ],
)
def test_too_little_says_what_is_missing(n_days: int, said: str, make_subject: Any, home_zone: Any) -> None:
    done = run_work(make_subject(draw_days(n_days)), home_zone)
    assert (done.result.too_little, done.saved, done.started) == (said, None, TOO_LITTLE)
