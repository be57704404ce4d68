"""One net with two answers: what is planted for either is found, what is shuffled is not."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from flows.work import two_heads_result
from flows.work.result import NO_BETTER, TOO_LITTLE, Span, parse_result, write_result
from flows.work.two_heads import PENALTIES, Rows, ask, choose_penalty, find_few, run_work, teach
from flows.work.two_heads_result import ANSWERS, QUESTION
from models.comparison import Avoided
from models.validation import split_by_time
from pipeline.features.evenings import NAMES

SWING = np.array([0.35, -0.21, 0.56, -0.42, 0.07, -0.7, 0.63])


def draw_weeks(
    n_days: int = 900, *, seed: int = 0, own: float = 0.5, swing: float = 1.0, turns: int = 7
) -> NDArray[np.int64]:
    """Counts whose level wanders, and swings every ``turns`` days; weekdays have hours of their ``own``."""
    rng = np.random.default_rng(seed)
    day, level = np.arange(n_days), np.zeros(n_days)
    for k in range(1, n_days):
        level[k] = 0.9 * level[k - 1] + 0.2 * rng.normal() * swing
    hours = np.exp(own * rng.normal(size=(7, 24)))
    hours /= hours.mean(axis=1, keepdims=True)
    rates = 2 * np.exp(level + swing * SWING[day % turns])[:, None] * hours[day % 7]
    counts: NDArray[np.int64] = rng.poisson(rates).astype(np.int64)
    return counts


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_planted_weekday_and_a_planted_level_are_both_found(
    seed: int, make_subject: Any, home_zone: Any
) -> None:
    done = run_work(make_subject(draw_weeks(seed=seed)), home_zone)
    result, card = done.result, dict(done.result.card)
    assert result.question == "Which weekday was it, and how many searches the next day?"
    assert result.headline.startswith("One net names the weekday ") and result.emphasis == "One net"
    assert "guesses the next day " in result.headline and result.verdict != NO_BETTER
    assert result.low is not None and result.low > 0
    assert result.certainty.startswith(("weekday: ", "count: "))
    assert (result.n_scored, result.scored_unit, done.n_learned) == (179, "evenings", 714)
    assert card[ANSWERS].count(" better") == 2 and NO_BETTER not in card[ANSWERS]
    assert card["Shuffled labels"].endswith("it is no better than the baseline.")
    assert parse_result(write_result(result), where="x") == result


def test_each_answer_is_told_by_itself(make_subject: Any, home_zone: Any) -> None:
    weekday, count = (
        run_work(make_subject(draw_weeks(**plan)), home_zone).result
        for plan in ({"swing": 0.0}, {"own": 0.0, "turns": 3})
    )
    assert (weekday.verdict, count.verdict) == (NO_BETTER, NO_BETTER)  # both are needed
    assert weekday.headline.startswith(f"One net {weekday.emphasis}, but guesses the next day no better than")
    assert weekday.emphasis.startswith("names the weekday ") and weekday.certainty.startswith("count: ")
    assert weekday.model_right_text.endswith(("(weekday clearly better)", "(weekday a little better)"))
    assert count.headline.endswith(", but names the weekday no better than a guess")
    assert count.emphasis.startswith("guesses the next day ") and count.certainty.startswith("weekday: ")


def test_a_control_that_finds_something_takes_the_weekday_back(
    make_subject: Any, home_zone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two_heads_result, "weigh_control", lambda *errors: Avoided(0.02, 0.01, 0.03))
    result = run_work(make_subject(draw_weeks()), home_zone).result
    assert result.verdict == NO_BETTER and "nothing is claimed here" in dict(result.card)["Shuffled labels"]


@pytest.mark.parametrize(
    ("miss", "too_high", "shown"),
    [(0.1, 4.0, "count"), (0.4, 0.2, "weekday"), (-0.1, 4.0, "count"), (0.4, -0.9, "weekday")],
)
def test_the_answer_whose_gain_is_less_sure_is_shown_with_its_own_figures(
    miss: float, too_high: float, shown: str, make_subject: Any
) -> None:
    """``miss`` of the true weekday’s chance, and so much further from the count than the baseline."""
    n = 280
    rng, truth = np.random.default_rng(0), np.arange(n) % 7
    to_come, off = rng.poisson(20.0, n).astype(float), rng.normal(size=n)
    shares = np.full((n, 7), 1 / 7)
    named = shares - miss * (np.eye(7)[truth] - 1 / 7) * rng.uniform(0, 2, (n, 1)) * 6 / 7
    guesses = two_heads_result.Guesses(
        named, to_come + (1 + too_high) * off, shares, shares, to_come + off, truth, truth, to_come
    )
    days = np.datetime64("2024-01-01", "D") + np.arange(n)
    result = two_heads_result.make_result(
        make_subject(draw_weeks(60)),
        "the usual",
        guesses,
        Span(date(2023, 1, 2), date(2023, 12, 31)),
        days,
        0,
    )
    assert (result.verdict, result.certainty.partition(":")[0]) == (NO_BETTER, shown)
    squares, usual = (
        (((one - np.eye(7)[truth]) ** 2).sum(axis=1) for one in (named, shares))
        if shown == "weekday"
        else ((one - to_come) ** 2 for one in (guesses.guessed, guesses.simple))
    )
    scores = np.sqrt([squares.mean(), usual.mean()])
    assert (result.model_score, result.baseline_score) == pytest.approx(tuple(scores), rel=1e-12)
    assert result.avoided == pytest.approx(1 - scores[0] / scores[1], rel=1e-9)  # from squares, not roots
    assert result.model_score_text == f"off by {scores[0]:#.3g}"
    assert result.baseline_score_text == f"off by {scores[1]:#.3g}"


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_days_that_changed_places_are_told_by_neither(seed: int, make_subject: Any, home_zone: Any) -> None:
    counts = np.random.default_rng(seed).permutation(draw_weeks(seed=seed))
    result = run_work(make_subject(counts), home_zone).result
    assert result.headline == (
        "One net for the weekday and the next day is no better than the baseline in either"
    )
    assert (result.verdict, result.emphasis) == (NO_BETTER, NO_BETTER)


def draw_rows(n: int = 300, seed: int = 0) -> Rows:
    rng = np.random.default_rng(seed)
    return Rows(
        rng.normal(size=(n, 24)), rng.normal(size=(n, 8)), np.full(n, 5.0), np.arange(n) % 7,
        rng.poisson(5.0, n).astype(float),
    )  # fmt: skip


def test_the_choice_sees_no_scored_evening() -> None:
    rows, split = draw_rows(), split_by_time(300)
    blank = Rows(*(column.astype(float) for column in rows))._replace(weekday=rows.weekday.copy())
    for column in (blank.hours, blank.totals, blank.level, blank.to_come):
        column[split.test] = np.nan
    blank.weekday[split.test] = 0
    simple = np.full(300, 5.0)
    assert choose_penalty(blank, simple, split, 0) == choose_penalty(rows, simple, split, 0)
    assert choose_penalty(rows, simple, split, 0) == PENALTIES[0]  # noise: the strongest is as good


def test_a_guess_lies_between_nothing_and_the_busiest_day_that_was_met() -> None:
    rows = draw_rows()
    taught = teach(rows, 0.1, 0)
    far = rows._replace(totals=rows.totals * 1e4, level=np.full(300, 1e6))
    named, guessed = ask(taught, far)
    assert guessed.min() >= 0 and guessed.max() == rows.to_come.max() == taught.busiest
    np.testing.assert_allclose(named.sum(axis=1), 1)


def test_the_file_names_what_it_sees_and_the_same_days_give_the_same_bytes(
    make_subject: Any, home_zone: Any
) -> None:
    first, again = (run_work(make_subject(draw_weeks(300)), home_zone) for _ in range(2))
    assert (write_result(first.result), first.saved) == (write_result(again.result), again.saved)
    assert first.saved is not None
    with np.load(io.BytesIO(first.saved), allow_pickle=False) as file:
        header = json.loads(file["header.json"])
        kinds = {file[name].dtype.kind for name in file.files if name != "header.json"}
    assert (header["class"], header["features"], kinds) == ("TwoHeads", NAMES, {"f"})
    assert not any("week" in name or "year" in name for name in NAMES)  # nothing of the calendar


@pytest.mark.parametrize(
    ("n_days", "said"),
    [
        (0, "Still learning: 0 of 56 covered days."),
        (100, "Still learning: 19 of 28 evenings to score by that end a covered week."),
    ],
)
def test_too_little_says_what_is_missing(n_days: int, said: str, make_subject: Any, home_zone: Any) -> None:
    done = run_work(make_subject(draw_weeks(max(n_days, 1))[:n_days]), home_zone)
    assert (done.result.too_little, done.saved, done.started) == (said, None, TOO_LITTLE)
    assert done.result.question.startswith(QUESTION.partition(" the next")[0])


def test_weekdays_that_were_not_met_are_counted() -> None:
    split = split_by_time(200)
    assert find_few(np.arange(200) % 7, split) is None
    assert find_few(np.arange(200) % 6, split) == (
        "Still learning: one of the weekdays is not among the days to learn from."
    )
