"""The learner of the next day: a planted rhythm is found, none is not, and choices look at no scored day."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from flows.work.next_day import LEARNERS, guess_all, guess_days, guess_simply, run_work
from flows.work.result import NO_BETTER, TOO_LITTLE, parse_result, write_result
from models.errors import InputError
from models.online.descent import OnlineDescent
from models.online.linear import OnlineLinear
from pipeline.features.day_series import NAMES, make_day_series


def draw_days(n_days: int = 500, *, seed: int = 0, effect: float = 1.0) -> Any:
    """Counts by day and hour whose level wanders, on top of a rhythm of the week."""
    rng = np.random.default_rng(seed)
    wander = np.exp(effect * 0.35 * np.convolve(rng.normal(size=n_days + 5), np.ones(6) / 2, "valid"))
    week = 1 + effect * 0.5 * np.sin(2 * np.pi * np.arange(n_days) / 7)
    return rng.poisson(np.repeat((2.0 * wander * week)[:, None], 24, axis=1)).astype(np.int64)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_planted_rhythm_beats_the_best_simple_guess(seed: int, make_subject: Any, home_zone: Any) -> None:
    done = run_work(make_subject(draw_days(seed=seed)), home_zone)
    result = done.result
    assert result.verdict != NO_BETTER and result.question == "How many searches on the next day?"
    assert result.headline == f"The next day’s guesses are {result.emphasis} than {result.baseline_name}"
    assert (result.n_scored, result.scored_unit) == (100, "days")
    assert result.model_score is not None and result.baseline_score and result.avoided is not None
    assert result.avoided == pytest.approx(1 - result.model_score / result.baseline_score)
    learned = dict(result.card)["Learned from"]
    assert learned.startswith("393 days; ") and learned.endswith(
        "; each of the scored ones once it was guessed."
    )
    assert parse_result(write_result(result), where="x") == result
    assert done.saved == run_work(make_subject(draw_days(seed=seed)), home_zone).saved


@pytest.mark.parametrize("seed", range(4))
def test_where_every_day_is_alike_the_learner_is_no_better(
    seed: int, make_subject: Any, home_zone: Any
) -> None:
    result = run_work(make_subject(draw_days(seed=seed, effect=0.0)), home_zone).result
    assert (result.verdict, result.emphasis) == (NO_BETTER, "no better")


def test_choices_are_made_before_the_scored_days(make_subject: Any, home_zone: Any) -> None:
    counts = draw_days()
    changed = counts.copy()
    changed[400:] = np.random.default_rng(9).poisson(0.1, (100, 24))
    first, again = (run_work(make_subject(one), home_zone).result for one in (counts, changed))
    assert first.baseline_name == again.baseline_name
    assert dict(first.card)["Chosen"] == dict(again.card)["Chosen"]


def test_a_learner_that_runs_beyond_any_number_is_not_chosen(
    make_subject: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = make_day_series(make_subject(draw_days(200)))
    expected = guess_all(series)
    runaway = partial(OnlineDescent, len(NAMES), rate=1e9)
    with pytest.raises(InputError, match="beyond any number"):
        guess_days(runaway(), series)
    monkeypatch.setitem(LEARNERS, "a runaway", runaway)
    again = guess_all(series)
    assert again.chosen == expected.chosen
    np.testing.assert_array_equal(again.guesses, expected.guesses)


def test_each_guess_is_made_before_its_day(make_subject: Any) -> None:
    counts = draw_days(200)
    changed = counts.copy()
    changed[150:] = 0
    for make in LEARNERS.values():
        one, other = (guess_days(make(), make_day_series(make_subject(c))) for c in (counts, changed))
        np.testing.assert_array_equal(one[:151], other[:151])


def test_a_guess_lies_between_nothing_and_the_busiest_day_so_far(make_subject: Any) -> None:
    series = make_day_series(make_subject(draw_days(120)))
    guesses = guess_days(OnlineLinear(len(NAMES), ridge=1.0), series)
    known = np.isfinite(guesses)
    busiest = np.maximum.accumulate(series.counts)
    assert known.sum() == 120 - 7 and (guesses[known] >= 0).all()
    assert (guesses[1:][known[1:]] <= busiest[:-1][known[1:]]).all()


def test_the_simple_guesses_are_what_they_are_called() -> None:
    simple = guess_simply(np.arange(1.0, 30.0))
    assert {name: guess[28] for name, guess in simple.items()} == {
        "the same weekday last week": 22.0,
        "the weekday’s eight-week mean": (1 + 8 + 15 + 22) / 4,
        "the mean of the last seven days": 25.0,
        "the mean of all days before": 14.5,
    }


@pytest.mark.parametrize(
    ("n_days", "words"),
    [(55, "Still learning: 55 of 56 covered days."),
     (80, "Still learning: 16 of 28 days to score by that follow a covered week.")],
)  # fmt: skip
def test_too_few_days_say_what_is_missing(n_days: int, words: str, make_subject: Any, home_zone: Any) -> None:
    done = run_work(make_subject(draw_days(n_days)), home_zone)
    assert (done.result.too_little, done.saved, done.started) == (words, None, TOO_LITTLE)
    assert parse_result(write_result(done.result), where="x") == done.result
