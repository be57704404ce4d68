"""Season, and term or holiday: planted signals are found, none is not, choices see no scored week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from flows.work import season, term_or_holiday
from flows.work.classified import choose_simplest
from flows.work.evidence import N_TRIED
from flows.work.result import NO_BETTER, TOO_LITTLE, parse_result, write_result
from flows.work.season import number_quarters
from flows.work.weekly import (
    LEVEL,
    MARGINS,
    VIEWS,
    WHOLE,
    Choice,
    look_at,
    name_view,
    teach,
)
from models.validation import split_by_time
from pipeline.settings import FreeSpan

FIRST = np.datetime64("2023-01-02", "D")  # of the subjects that conftest makes
YEARS = 5 * 365


def draw_seasons(*, seed: int = 0, effect: float = 1.0) -> Any:
    """Counts by day and hour; in each quarter of the year another part of the day is the busiest."""
    days = FIRST + np.arange(YEARS)
    quarter = (days.astype("datetime64[M]").astype(np.int64) + 1) // 3 % 4
    hours = np.arange(24)
    busy = np.abs(hours[None, :] - (4 + 5 * quarter[:, None])) <= 2
    rates = 0.5 * (1 + effect * np.where(busy, 2.0, -0.3))
    return np.random.default_rng(seed).poisson(rates).astype(np.int64)


def list_holidays(n_days: int = YEARS) -> tuple[FreeSpan, ...]:
    """Two weeks in every ten, from Monday to Sunday."""
    first = date(2023, 1, 2)
    starts = range(56, n_days - 14, 70)
    return tuple(FreeSpan(first + timedelta(k), first + timedelta(k + 13)) for k in starts)


def draw_holidays(spans: tuple[FreeSpan, ...], *, seed: int = 0, effect: float = 0.7) -> Any:
    """Counts by day and hour, fewer in the holidays."""
    days = FIRST + np.arange(YEARS)
    free = np.zeros(YEARS, dtype=bool)
    for first, last in spans:
        free |= (days >= np.datetime64(first)) & (days <= np.datetime64(last))
    rates = np.where(free, 0.6 * (1 - effect), 0.6)
    return np.random.default_rng(seed).poisson(np.repeat(rates[:, None], 24, axis=1)).astype(np.int64)


def test_a_planted_season_is_found_and_its_model_has_a_card(make_subject: Any, home_zone: Any) -> None:
    done = season.run_work(make_subject(draw_seasons()), home_zone)
    result = done.result
    assert result.verdict != NO_BETTER and result.avoided is not None and result.avoided > 0.2
    assert result.headline.startswith(f"A week’s hours tell its season {result.emphasis}; always saying ")
    assert result.baseline_name.startswith("always ") and result.n_tried == N_TRIED
    assert [title for title, _ in result.card] == [
        "Learned from", "Looks at", "Says", "Chosen", "Scored once", "Shuffled labels", "Not for", "Its file",
    ]  # fmt: skip
    assert dict(result.card)["Shuffled labels"].endswith(
        "by its probabilities it is no better than the baseline."
    )
    assert parse_result(write_result(result), where="x") == result
    assert (
        done.saved is not None
        and done.saved == season.run_work(make_subject(draw_seasons()), home_zone).saved
    )


@pytest.mark.parametrize("seed", range(2))
def test_without_seasons_none_is_claimed(seed: int, make_subject: Any, home_zone: Any) -> None:
    result = season.run_work(make_subject(draw_seasons(seed=seed, effect=0.0)), home_zone).result
    assert result.verdict == NO_BETTER == "no better than the baseline"
    assert result.headline == "How full a week is tells its season no better than the baseline"
    assert result.model_name == "softmax on week maps: only how full they are"


def test_seasons_that_changed_places_are_not_found(make_subject: Any, home_zone: Any) -> None:
    weeks = draw_seasons()[: YEARS // 7 * 7].reshape(-1, 7 * 24)
    shuffled = np.random.default_rng(0).permutation(weeks).reshape(-1, 24)
    assert season.run_work(make_subject(shuffled), home_zone).result.verdict == NO_BETTER


@pytest.mark.parametrize(
    ("n_days", "words"),
    [(40, "Still learning: 40 of 56 covered days."),
     (400, "Still learning: it takes two of each of the four seasons before the weeks to score by; none of "
           "them has come twice so far.")],
)  # fmt: skip
def test_a_season_that_was_met_once_cannot_be_told_from_its_year(
    n_days: int, words: str, make_subject: Any, home_zone: Any
) -> None:
    done = season.run_work(make_subject(draw_seasons()[:n_days]), home_zone)
    assert (done.result.too_little, done.started, done.saved) == (words, TOO_LITTLE, None)
    assert parse_result(write_result(done.result), where="x") == done.result


def test_planted_holidays_are_found(make_subject: Any, home_zone: Any) -> None:
    spans = list_holidays()
    subject = replace(make_subject(draw_holidays(spans)), free_days=spans)
    result = term_or_holiday.run_work(subject, home_zone).result
    assert result.verdict != NO_BETTER
    assert result.headline.startswith(f"Three weeks’ hours tell term from holiday {result.emphasis}; always ")
    assert result.model_name == "softmax on three weeks"
    assert "free days of your settings" in dict(result.card)["Says"]
    assert "when a home stands empty" in dict(result.card)["Not for"]


@pytest.mark.parametrize("seed", range(2))
def test_holidays_like_any_week_are_not_found(seed: int, make_subject: Any, home_zone: Any) -> None:
    spans = list_holidays()
    subject = replace(make_subject(draw_holidays(spans, seed=seed, effect=0.0)), free_days=spans)
    assert term_or_holiday.run_work(subject, home_zone).result.verdict == NO_BETTER


def test_without_free_days_the_work_is_not_done_and_says_so(make_subject: Any, home_zone: Any) -> None:
    done = term_or_holiday.run_work(make_subject(draw_seasons()), home_zone)
    assert done.result.too_little == (
        "Not done: only its owner can say which days are holidays. Give them as free_days in almanac.toml, "
        "or with --free-days."
    )
    assert (done.saved, done.started) == (None, TOO_LITTLE)


@pytest.mark.parametrize(
    ("n_days", "spans", "words"),
    [
        (500, list_holidays()[:1], "Still learning: 14 of 16 weeks to score by."),
        (YEARS, list_holidays()[:1], "Still learning: 2 weeks of holiday to learn from; it takes 4."),
        (YEARS, list_holidays()[:4], "Still learning: 0 weeks of holiday to choose by; it takes 1."),
        (YEARS, list_holidays()[:20], "Still learning: 0 weeks of holiday to score by; it takes 4."),
    ],
)
def test_too_few_weeks_of_a_kind_are_counted(
    n_days: int, spans: tuple[FreeSpan, ...], words: str, make_subject: Any, home_zone: Any
) -> None:
    subject = replace(make_subject(draw_seasons()[:n_days]), free_days=spans)
    assert term_or_holiday.run_work(subject, home_zone).result.too_little == words


def test_the_choice_never_sees_the_scored_weeks() -> None:
    rng = np.random.default_rng(0)
    maps, truth = rng.normal(size=(60, 7, 24, 1)), rng.integers(0, 2, 60)
    split = split_by_time(60)
    blank, other = maps.copy(), truth.copy()
    blank[split.test], other[split.test] = np.nan, 1 - truth[split.test]
    first, again = teach(maps, truth, split), teach(blank, other, split)
    assert first.choice == again.choice
    np.testing.assert_array_equal(first.model.parameters_.weight, again.model.parameters_.weight)


def test_of_choices_that_do_about_as_well_the_simplest_is_taken() -> None:
    noise = np.random.default_rng(0).normal(size=50)
    simple, good, lucky = Choice(LEVEL, 3.0), Choice(MARGINS, 1.0), Choice(WHOLE, 0.1)
    assert choose_simplest({simple: noise + 5, good: noise, lucky: noise[::-1] - 0.01}) == good
    assert choose_simplest({simple: noise + 5, good: noise + 5, lucky: noise}) == lucky


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("n_maps", [1, 3])
def test_each_column_of_a_view_has_a_name_and_holds_its_mean(view: str, n_maps: int) -> None:
    maps = np.random.default_rng(0).normal(size=(4, n_maps, 7, 24, 1))
    rows, names = look_at(maps, view), name_view(view, n_maps)
    assert rows.shape == (4, len(names)) and len(set(names)) == len(names)
    last = maps[:, -1, :, :, 0]
    expected = {
        LEVEL: ("log_count_mean", last.mean(axis=(1, 2))),
        MARGINS: ("log_count_tue", last[:, 1].mean(axis=1)),
        WHOLE: ("log_count_tue_06", last[:, 1, 2]),
    }
    name, values = expected[view]
    np.testing.assert_allclose(rows[:, names.index(name)], values)


def test_a_winter_is_one_quarter_though_two_years_share_it() -> None:
    weeks = np.array(["2024-11-25", "2024-12-02", "2024-12-30", "2025-02-24", "2025-03-03"], "datetime64[D]")
    assert np.diff(number_quarters(weeks)).tolist() == [1, 0, 0, 1]
