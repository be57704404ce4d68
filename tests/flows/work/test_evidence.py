"""Verdicts and their words."""

from __future__ import annotations

import numpy as np
import pytest

from flows.work.evidence import (
    N_TRIED,
    SHOWN,
    find_too_little,
    judge,
    number_weeks,
    say_avoided,
    say_gain,
    weigh_control,
    weigh_distances,
    weigh_errors,
)
from flows.work.result import A_LITTLE_BETTER, CLEARLY_BETTER, NO_BETTER, parse_result
from models.comparison import Avoided, compare_errors, compare_few_blocks
from pipeline.errors import StoreError
from pipeline.patterns.wording import say_percent


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.19, 0.23, CLEARLY_BETTER),
        (0.10, 0.30, CLEARLY_BETTER),
        (0.03, 0.36, A_LITTLE_BETTER),
        (0.0005, 0.02, A_LITTLE_BETTER),
        (0.0004, 0.02, NO_BETTER),  # printed as "from 0"
        (0.0, 0.4, NO_BETTER),
        (-0.1, 0.3, NO_BETTER),
        (-0.3, -0.1, NO_BETTER),
    ],
)
def test_the_verdict_asks_the_whole_interval(low: float, high: float, verdict: str) -> None:
    assert judge(Avoided((low + high) / 2, low, high)) == verdict


def test_a_share_is_said_with_its_interval() -> None:
    assert say_avoided(Avoided(0.21, 0.19, 0.23)) == "21\u00a0%, from 19 to 23\u00a0%"
    assert say_avoided(Avoided(-0.03, -0.19, 0.13)) == "−3.0\u00a0%, from −19 to 13\u00a0%"
    assert say_avoided(Avoided(1e-5, -1e-5, 1e-5)) == "0\u00a0%"  # not: from 0 %


def test_where_there_was_no_error_to_avoid_no_figures_are_given() -> None:
    assert say_avoided(Avoided(0.0, 0.0, 0.0)) == "none avoided"
    assert say_avoided(Avoided(0.0, -0.01, 0.01)) == "0\u00a0%, from −1.0 to 1.0\u00a0%"


def test_squared_errors_are_compared_by_the_roots_of_their_means() -> None:
    days = np.datetime64("2025-01-06") + np.arange(70)
    halved = weigh_errors(np.full(70, 1.0), np.full(70, 4.0), days, 0)
    assert halved == Avoided(0.5, 0.5, 0.5)


def test_a_week_begins_on_monday() -> None:
    days = np.datetime64("2025-01-11") + np.array([0, 1, 2, 8, 9])
    assert (number_weeks(days) - number_weeks(days)[0]).tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(("n_weeks", "is_drawn"), [(29, False), (30, True)])
def test_few_weeks_are_compared_by_how_they_differ_and_thirty_are_drawn_again(
    n_weeks: int, is_drawn: bool
) -> None:
    rng = np.random.default_rng(0)
    days = np.datetime64("2025-01-06") + np.arange(7 * n_weeks)
    weeks = np.arange(len(days)) // 7
    model, baseline = rng.uniform(0.5, 1.5, size=n_weeks)[weeks], np.ones(len(days))
    squares = (
        compare_errors(model, baseline, weeks, rng=np.random.default_rng(0), n_tried=N_TRIED)
        if is_drawn
        else compare_few_blocks(model, baseline, weeks, n_tried=N_TRIED)
    )
    np.testing.assert_allclose(weigh_errors(model, baseline, days, 0), 1 - np.sqrt(1 - np.array(squares)))
    assert weigh_distances(model, baseline, days, 0) == squares


def test_a_control_is_compared_by_an_interval_that_no_other_model_widens() -> None:
    rng, days = np.random.default_rng(0), np.datetime64("2025-01-06") + np.arange(350)
    model, baseline = rng.uniform(0.5, 1.37, 350), np.ones(350)
    found, widened = (weigh(model, baseline, days, 0) for weigh in (weigh_control, weigh_errors))
    assert found == weigh_errors(model, baseline, days, 0, n_tried=1)
    assert widened.low < SHOWN < found.low  # what the wide one hides
    blocks = np.arange(350) // 70
    few = weigh_control(model, baseline, days, 0, blocks=blocks, root=False)
    assert few == weigh_errors(model, baseline, days, 0, blocks=blocks, root=False, n_tried=1)


def test_of_two_weeks_nothing_is_said() -> None:
    days = np.datetime64("2025-01-06") + np.arange(14)
    rng = np.random.default_rng(0)
    for errors in (np.zeros(14), np.full(14, 0.25), rng.random(14)):
        found = weigh_errors(errors, 1 + 0.1 * rng.random(14), days, 0)
        assert found.low == -1.0
        assert judge(found) == NO_BETTER
        assert say_avoided(found) == f"{say_percent(found.share)}, too few weeks to say"
        assert say_gain(found) == "Too few weeks are scored to say how sure that is."
    worse = weigh_errors(np.full(14, 100.0), np.ones(14), days, 0)
    assert (worse.share, worse.low) == (-9.0, -18.0)
    assert weigh_errors(np.ones(14), np.zeros(14), days, 0).share == 0.0


@pytest.mark.parametrize(("n_days", "alike"), [(30, 0.0), (30, 0.8), (60, 0.8), (120, 0.0)])
def test_of_two_guesses_of_equal_skill_none_is_called_better_more_often_than_the_intervals_say(
    n_days: int, alike: float
) -> None:
    rng, n, better = np.random.default_rng(3), 1000, 0
    days = np.datetime64("2024-01-01") + np.arange(n_days)
    noise = rng.normal(size=(n, 2, n_days))
    for t in range(1, n_days):
        noise[..., t] = alike * noise[..., t - 1] + np.sqrt(1 - alike**2) * noise[..., t]
    truth = rng.poisson(40, size=(n, n_days))
    for off, counts in zip(noise, truth, strict=True):
        model, baseline = (40 + 3 * off - counts) ** 2
        better += judge(weigh_errors(model, baseline, days, 0)) != NO_BETTER
    by_chance = 0.05 / N_TRIED / 2  # one side
    assert better / n <= by_chance + 3 * np.sqrt(by_chance / n)


def test_enough_is_eight_weeks_and_a_hundred_rows() -> None:
    assert find_too_little(55, 999, "visit", "visits") == "Still learning: 55 of 56 covered days."
    assert find_too_little(56, 1, "visit", "visits") == (
        "Still learning: 1 visit on covered days, 100 are needed."
    )
    assert find_too_little(56, 100, "visit", "visits") is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"notes": [], "curve": [[1, 2]]}', b"\xff"])
def test_a_damaged_result_is_an_error_that_names_its_file(content: bytes) -> None:
    with pytest.raises(StoreError) as caught:
        parse_result(content, where="models/next_hour.json")
    assert str(caught.value) == (
        "A model's result cannot be read (models/next_hour.json). Run `almanac learn` to write it again."
    )
