"""Days guessed from the calendar alone: a planted year is found, shuffled days are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flows.work.day_shape import STRAIGHT, WAYS, guess_days, guess_simply, look_at, run_work, teach
from flows.work.result import NO_BETTER, TOO_LITTLE, frame_belief, parse_result, write_result
from models.saving import unpack_model
from pipeline.privacy import DAY

FIRST = np.datetime64("2023-01-02", "D")  # what make_subject begins with


def draw_years(n_days: int = 2200, *, seed: int = 0, level: float = 30.0) -> Any:
    """Counts by day and hour with a wave of the year, highest in July, on a level that rises."""
    day = np.arange(n_days)
    wave = 1 - 0.7 * np.cos(2 * np.pi * (day - 14) / 365.2425)
    totals = np.random.default_rng(seed).poisson(level * wave * (1 + day / 1000))
    counts = np.zeros((n_days, 24), np.int64)
    counts[:, 12] = totals
    return counts


def shuffle_days(counts: Any, seed: int = 0) -> Any:
    return counts[np.random.default_rng(seed).permutation(len(counts))]


def test_a_planted_year_is_found_and_its_highest_month_is_named(make_subject: Any, home_zone: Any) -> None:
    done = run_work(make_subject(draw_years()), home_zone)
    result = done.result
    assert result.verdict != NO_BETTER
    assert result.question == "How many searches a day, from the calendar alone?"
    assert (
        result.headline
        == f"Guesses from the calendar alone are {result.emphasis} than {result.baseline_name}"
    )
    assert (result.n_scored, result.scored_unit, done.n_learned) == (440, "days", 1760)
    assert result.model_score is not None and result.baseline_score and result.avoided is not None
    assert result.avoided == pytest.approx(1 - result.model_score / result.baseline_score)
    (belief,) = result.beliefs
    assert belief.headline == "From the calendar alone, it expects most searches in July"
    assert DAY.search(belief.deck)  # by which a page without days leaves it out
    frame = frame_belief(belief)
    assert belief.deck.endswith(f" The baseline is {result.baseline_name}.")
    assert frame["week"].diff()[1:].eq(np.timedelta64(7, "D")).all()
    assert len(frame) == 52 and frame["came"].notna().all()
    assert np.corrcoef(frame["guessed"], frame["came"])[0, 1] > 0.95
    assert parse_result(write_result(result), where="x") == result
    assert done.saved == run_work(make_subject(draw_years()), home_zone).saved


@pytest.mark.parametrize("seed", range(2))
def test_shuffled_days_are_guessed_no_better_than_by_a_mean(
    seed: int, make_subject: Any, home_zone: Any
) -> None:
    result = run_work(make_subject(shuffle_days(draw_years(900), seed)), home_zone).result
    assert (result.verdict, result.emphasis) == (NO_BETTER, "no better")
    for belief in result.beliefs:
        assert belief.headline.endswith(", but is no better than the baseline")


def test_no_guess_looks_at_a_scored_day(make_subject: Any, home_zone: Any) -> None:
    counts = draw_years(900)
    changed = counts.copy()
    changed[720:] = 1
    first, again = (run_work(make_subject(one), home_zone) for one in (counts, changed))
    assert first.saved == again.saved
    assert first.result.baseline_name == again.result.baseline_name
    assert dict(first.result.card)["Chosen"] == dict(again.result.card)["Chosen"]


@pytest.mark.parametrize("name", WAYS)
def test_each_way_learns_the_weekdays_and_stays_within_what_it_met(name: str) -> None:
    days = FIRST + np.arange(800)
    counts = 10.0 + 5.0 * (np.arange(800) % 7 == 0)
    taught = teach(WAYS[name], days, counts)
    ahead = guess_days(taught, FIRST + np.arange(800, 5000))
    np.testing.assert_allclose(taught.weekday, [15 - counts.mean(), *[10 - counts.mean()] * 6], atol=1e-12)
    assert (ahead >= 0).all() and (ahead <= 15).all()
    np.testing.assert_allclose(guess_days(taught, days), counts, atol=0.5)


def test_columns_come_from_the_calendar() -> None:
    days = np.array(["1970-01-01", "2023-01-01", "2024-12-31"], dtype="datetime64[D]")
    x = look_at(days, ("years", "year_share", "year_cos_1", "year_sin_1", "year_cos_2"))
    turn = 2 * np.pi * 365 / 365.2425
    expected = [
        [0, 0, 1, 0, 1],
        [19358 / 365.2425, 0, 1, 0, 1],
        [20088 / 365.2425, 365 / 365.2425, np.cos(turn), np.sin(turn), np.cos(2 * turn)],
    ]
    np.testing.assert_allclose(x, expected, atol=1e-12)


def test_the_simple_guesses_are_means_of_the_days_learned_from() -> None:
    learned = np.array(["2023-01-02", "2023-01-03", "2023-02-06", "2023-01-09"], dtype="datetime64[D]")
    asked = np.array(["2024-01-01", "2024-01-03", "2024-03-05"], dtype="datetime64[D]")  # Mon, Wed, Tue
    simple = guess_simply(learned, np.array([1.0, 2.0, 5.0, 4.0]), asked)
    assert {name: guess.tolist() for name, guess in simple.items()} == {
        "the mean of the weekday in its month": [2.5, 3.0, 3.0],
        "the weekday’s mean": [10 / 3, 3.0, 2.0],
        "the month’s mean": [7 / 3, 7 / 3, 3.0],
        "the mean of all days": [3.0, 3.0, 3.0],
    }


def test_the_saved_file_says_what_it_holds(make_subject: Any, home_zone: Any) -> None:
    done = run_work(make_subject(draw_years(900)), home_zone)
    chosen = dict(done.result.card)["Chosen"].split(";")[0]
    way = WAYS[next(name for name in WAYS if name[1:] == chosen[1:])]
    assert done.saved is not None
    saved = unpack_model(done.saved, name="DayShape", version=1, features=list(way.columns), where="x")
    assert {"weekday", "busiest"} < saved.arrays.keys() and saved.arrays["weekday"].shape == (7,)


@pytest.mark.parametrize(
    ("n_days", "gap", "words"),
    [(55, slice(0), "Still learning: 55 of 56 covered days."),
     (364, slice(0), "Still learning: 364 of 365 covered days."),
     (370, slice(0), "Still learning: ten of the twelve months are met before the days to score by."),
     (460, slice(0), None)],
)  # fmt: skip
def test_too_little_says_what_is_missing(
    n_days: int, gap: slice, words: str | None, make_subject: Any, home_zone: Any
) -> None:
    done = run_work(make_subject(draw_years(n_days), gap=gap), home_zone)
    assert done.result.too_little == words
    assert (done.saved is None) == (done.started == TOO_LITTLE) == (words is not None)
    assert parse_result(write_result(done.result), where="x") == done.result


def test_days_to_score_by_that_lie_in_one_quarter_are_too_little(make_subject: Any, home_zone: Any) -> None:
    counts, gap = draw_years(516), slice(368, 424)  # a year; then the spring of 2024, which is a fifth
    result = run_work(make_subject(counts, gap=gap), home_zone).result
    assert result.too_little == (
        "Still learning: the days to score by lie in one quarter of the year; it takes two."
    )


def test_a_straight_line_has_no_shape_to_show(make_subject: Any, home_zone: Any) -> None:
    n = 2000
    counts = np.zeros((n, 24), np.int64)
    counts[:, 12] = np.arange(n) // 10
    result = run_work(make_subject(counts), home_zone).result
    assert dict(result.card)["Chosen"].startswith(STRAIGHT[0].upper() + STRAIGHT[1:])
    assert result.beliefs == () and result.verdict != NO_BETTER
