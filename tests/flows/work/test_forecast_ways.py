"""Three ways to look ahead: none sees the future, months alike know no season, the words hold the numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from flows.showing import may_be_shown
from flows.work.forecast_asked import Asked, ask_forecast
from flows.work.forecast_beside import add_beside, answer_beside, compare_tries, count_chances
from flows.work.forecast_said import Teller, say_chance, say_way
from flows.work.forecast_ways import (
    ALIKE,
    BLOCKS,
    WAYS,
    WEEKS,
    Known,
    Outcomes,
    choose_curve,
    count_outcomes,
    draw_alike,
    draw_blocks,
    draw_weeks,
    is_near,
    keep_common,
    list_fits,
    measure_months,
    try_way,
)
from models.errors import InputError
from models.forecasting.backtest import Backtest
from models.forecasting.monte_carlo import FAN, Chance
from pipeline.errors import SettingsError
from pipeline.patterns.answers import compute_answer
from pipeline.patterns.redaction import redact_answers
from pipeline.patterns.subject import Subject

MONTHS = np.array([1.1, 1.05, 1.1, 1.05, 1.0, 1.05, 0.75, 0.4, 0.95, 1.15, 1.3, 1.5])
FIRST = np.datetime64("2022-01-03")
TELLER = Teller("search", "searches")


def draw_known(last: str, seed: int = 0, first: str = "2021-01-01") -> Known:
    """Draw days with a strong season."""
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    rate = 30 * MONTHS[days.astype("datetime64[M]").astype(int) % 12]
    return Known(days, np.random.default_rng(seed).poisson(rate).astype(float))


def make_subject(known: Known) -> Subject:
    """Searches at noon; every day is covered."""
    local = pd.Series(np.repeat(known.days, known.counts.astype(int)).astype("datetime64[ms]"))
    noon = local + pd.Timedelta(hours=12)
    rows = pd.DataFrame(
        {
            "time": noon.dt.tz_localize("UTC"),
            "product": "search",
            "action": "searched",
            "text": "kites",
            "local": noon,
            "date": local,
            "hour": 12,
        }
    )
    covered = pd.DatetimeIndex(known.days.astype("datetime64[ms]"))
    return Subject(rows, "search", "searched", "search", "searches", "searched", covered, "UTC", (5, 6), 0)


@pytest.fixture(scope="module")
def autumn() -> Known:
    return draw_known("2025-10-19")


@pytest.fixture(scope="module")
def subject(autumn: Known) -> Subject:
    return make_subject(autumn)


@pytest.fixture(scope="module")
def asked(subject: Subject) -> Asked:
    return ask_forecast(subject, 11_200)


def test_a_month_is_its_rate_and_counts_once_it_is_over() -> None:
    days = np.arange(np.datetime64("2024-01-15"), np.datetime64("2024-04-10"))
    counts = np.where(days < np.datetime64("2024-03-01"), 2.0, 5.0)
    gap = (days < np.datetime64("2024-02-01")) | (days > np.datetime64("2024-02-20"))
    rates, first = measure_months(Known(days[gap], counts[gap]))
    assert first == 54 * 12
    np.testing.assert_array_equal(rates, [2.0, np.nan, 5.0])  # nine days of February have none; April goes on
    ended = Known(days, counts).until(np.datetime64("2024-02-29"))
    np.testing.assert_array_equal(measure_months(ended)[0], [2.0, 2.0])


@pytest.mark.parametrize("name", WAYS)
def test_every_way_gives_each_day_to_come_a_count(name: str, autumn: Known) -> None:
    drawn = WAYS[name](autumn, np.datetime64("2025-12-31"), np.random.default_rng(0), 100)
    assert drawn.shape == (100, 73)
    assert (drawn >= 0).all()
    again = WAYS[name](autumn, np.datetime64("2025-12-31"), np.random.default_rng(0), 100)
    np.testing.assert_array_equal(drawn, again)


def test_months_keep_one_rate_and_the_seasons_theirs(autumn: Known) -> None:
    until, rng = np.datetime64("2025-12-31"), np.random.default_rng(0)
    for draw in (draw_alike, draw_blocks):
        drawn = draw(autumn, until, rng, 300)
        assert (drawn[:, :12] == drawn[:, :1]).all()  # 20 to 31 October
        assert (drawn[:, 12:42] == drawn[:, 12:13]).all()
    december = {name: draw(autumn, until, rng, 300)[:, 42:].mean() for name, draw in WAYS.items()}
    assert december[WEEKS] == pytest.approx(45, rel=0.06)
    assert december[BLOCKS] == pytest.approx(45, rel=0.06)
    assert december[ALIKE] == pytest.approx(30 * MONTHS.mean(), rel=0.06)


def test_months_alike_stay_between_the_months_that_there_were(autumn: Known) -> None:
    rates = measure_months(autumn)[0]
    drawn = draw_alike(autumn, np.datetime64("2026-10-18"), np.random.default_rng(1), 500)
    assert rates.min() <= drawn.min()
    assert drawn.max() <= rates.max()
    fits = list_fits(rates)
    assert choose_curve(rates).aic == min(fit.aic for fit in fits if not fit.name.startswith("Johnson"))


def test_too_few_months_are_said() -> None:
    short = draw_known("2021-10-31")
    with pytest.raises(InputError, match=r"10 whole months are known .*It takes 12"):
        draw_alike(short, np.datetime64("2021-12-31"), np.random.default_rng(0), 10)


@pytest.mark.parametrize("name", WAYS)
def test_a_try_sees_nothing_of_what_came_after_its_day(name: str, autumn: Known) -> None:
    changed = Known(autumn.days, autumn.counts.copy())
    changed.counts[autumn.days > np.datetime64("2025-05-31")] *= 3
    tries, origins = try_way(WAYS[name], autumn, 40, 0)
    others, again = try_way(WAYS[name], changed, 40, 0)
    assert origins.tolist() == again.tolist()
    before = origins <= np.datetime64("2025-05-31")
    assert 10 < before.sum() < len(origins)
    np.testing.assert_array_equal(tries.quantiles[before], others.quantiles[before])
    assert (tries.quantiles[~before] != others.quantiles[~before]).any()
    place = np.flatnonzero(origins == np.datetime64("2025-05-31"))[0]
    assert others.truth[place] == 3 * tries.truth[place]


def test_tries_are_the_last_36_months_from_which_it_is_known_what_came(autumn: Known) -> None:
    tries, origins = try_way(draw_weeks, autumn, 60, 0)
    assert len(tries.truth) == len(origins) == 36
    assert (
        str(origins[-1]) == "2025-07-31"
    )  # 60 days later is 29 September; from August it would be 30 October
    expected = autumn.counts[(autumn.days > origins[3]) & (autumn.days <= origins[3] + 60)].sum()
    assert tries.truth[3] == expected
    gap = (autumn.days < np.datetime64("2025-03-10")) | (autumn.days > np.datetime64("2025-03-25"))
    left = try_way(draw_weeks, Known(autumn.days[gap], autumn.counts[gap]), 60, 0)[1]
    assert {"2025-01-31", "2025-02-28"} & set(
        left.astype(str)
    ) == set()  # 15 and 16 of their days are unknown
    assert "2024-12-31" in set(left.astype(str))


def test_a_way_that_knows_what_comes_says_it_of_the_right_days() -> None:
    days = np.arange(np.datetime64("2023-01-05"), np.datetime64("2025-04-20"))
    days = days[(days < np.datetime64("2024-03-30")) | (days > np.datetime64("2024-04-03"))]

    def count(some: np.ndarray) -> np.ndarray:
        return (some.astype(int) % 97).astype(float)

    def look(known: Known, until: np.datetime64, rng: np.random.Generator, n_draws: int) -> np.ndarray:
        return np.tile(count(np.arange(known.days[-1] + 1, until + 1)), (n_draws, 1))

    tries, origins = try_way(look, Known(days, count(days)), 70, 0)
    assert "2024-03-31" in origins.astype(str)  # the last day known then is the 29th
    np.testing.assert_array_equal(tries.quantiles, np.tile(tries.truth[:, None], (1, 19)))


def test_with_a_season_the_replays_have_the_smaller_loss_and_bands_that_hold(autumn: Known) -> None:
    tries = {name: try_way(draw, autumn, 60, 0)[0] for name, draw in WAYS.items()}
    loss = {name: each.losses.mean() for name, each in tries.items()}
    assert loss[WEEKS] < loss[ALIKE] / 2
    assert loss[BLOCKS] < loss[ALIKE] / 2
    assert 0.65 <= tries[WEEKS].hold().mean() <= 1


def test_the_answer_says_what_its_frames_hold(subject: Subject) -> None:
    forecast = compute_answer("forecast", subject)
    answer = answer_beside(subject, forecast)
    assert answer is not None
    ways, fits, finding = answer.frames["ways"].set_index("way"), answer.frames["fits"], answer.finding
    target = int(forecast.frames["target"]["target"].iloc[0])
    seasons, alike = (int(ways["chance_in_20"][name]) for name in (WEEKS, ALIKE))
    assert seasons == int(forecast.frames["target"]["chance_in_20"].iloc[0])
    assert alike < seasons - 1  # the year's last months are its fullest
    assert (
        finding.headline
        == f"Were all months alike, 2025 would pass {target:,} in {alike} chances of 20, not in {seasons}"
    ) or alike == 1
    assert finding.emphasis in finding.headline
    assert finding.mark == (target,)
    main, last = answer.frame, answer.frame.iloc[-1]
    assert main["date"].tolist() == forecast.frame["date"].tolist()
    pd.testing.assert_series_equal(main["count"], forecast.frame["count"])
    assert (last["seasons_low"], last["seasons_high"]) == (ways["low"][WEEKS], ways["high"][WEEKS])
    assert (last["alike_low"], last["alike_high"]) == (ways["low"][ALIKE], ways["high"][ALIKE])
    assert f"{int(last['alike_low']):,} to {int(last['alike_high']):,}" in finding.alt
    assert fits["aic"].dropna().is_monotonic_increasing
    assert fits["curve"].iloc[0] in finding.deck
    assert re.search(
        r"In (36) tries from past months, 73 .* held \d+ of \1, that of months alike \d+ of \1$",
        finding.certainty,
    )
    assert ways["tries"].tolist() == [20, 20, 20]  # with seasonal months, for which it takes two years
    assert "The seasons’ pinball loss is the smaller, by" in dict(finding.notes)["How they fared"]


def test_redacted_it_stays_and_coarse_it_goes(subject: Subject) -> None:
    answer = answer_beside(subject, compute_answer("forecast", subject))
    assert answer is not None
    left, _ = redact_answers({"forecast_ways": answer}, subject.coverage)
    assert {part: len(frame) for part, frame in left["forecast_ways"].frames.items()} == {
        part: len(frame) for part, frame in answer.frames.items()
    }
    assert may_be_shown("forecast_ways", left["forecast_ways"])
    assert redact_answers({"forecast_ways": answer}, subject.coverage, coarse=True)[0] == {}


def test_months_that_are_alike_change_nothing() -> None:
    days = np.arange(FIRST, np.datetime64("2025-11-16"))
    level = Known(days, np.random.default_rng(3).poisson(30, len(days)).astype(float))
    subject = make_subject(level)
    answer = answer_beside(subject, compute_answer("forecast", subject))
    assert answer is not None
    ways = answer.frames["ways"].set_index("way")["chance_in_20"]
    assert abs(ways[WEEKS] - ways[ALIKE]) <= 6
    if abs(ways[WEEKS] - ways[ALIKE]) <= 1:
        assert answer.finding.emphasis == "much the same chance"
    assert "loss is the smaller" not in dict(answer.finding.notes)["How they fared"]


@pytest.mark.parametrize(
    ("first", "last", "note"),
    [
        ("2021-01-01", "2021-02-10", []),  # no forecast at all, and the pattern says why
        (
            "2021-01-01",
            "2021-11-20",
            [("Other ways", "Ways made of whole months are left out: too few whole months are known.")],
        ),
        (
            "2021-06-01",
            "2022-12-05",
            [
                (
                    "Other ways",
                    "Ways made of whole months are left out: less than a month is to come, and within one "
                    "they leave nothing to chance.",
                )
            ],
        ),
    ],
)
def test_where_nothing_stands_beside_the_forecast_it_says_why(
    first: str, last: str, note: list[tuple[str, str]]
) -> None:
    subject = make_subject(draw_known(last, first=first))
    forecast = compute_answer("forecast", subject)
    answers = add_beside({"forecast": forecast}, subject)
    assert list(answers) == ["forecast"] and answers["forecast"].frames is forecast.frames
    assert answers["forecast"].finding == replace(forecast.finding, notes=(*forecast.finding.notes, *note))
    assert add_beside({}, subject) == {}


def test_the_page_and_the_command_give_the_same_chance(subject: Subject) -> None:
    page = compute_answer("forecast", subject)
    target = int(page.frames["target"]["target"].iloc[0])
    first = ask_forecast(subject, target).ways[0]
    assert first.name == WEEKS
    assert first.chances_in_20 == int(page.frames["target"]["chance_in_20"].iloc[0])
    last = page.frame.iloc[-1]
    assert first.band == tuple(last[["q02", "q10", "q25", "q50", "q75", "q90", "q97"]])


@pytest.mark.slow
def test_the_chance_falls_with_the_target_and_rises_with_the_day(subject: Subject, asked: Asked) -> None:
    shares = [ask_forecast(subject, target).ways[0].chance.share for target in (10_900, 11_200, 11_500)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[2]
    days = [date(2025, 12, 10), date(2025, 12, 24), date(2025, 12, 31)]
    rising = [ask_forecast(subject, 11_000, day).ways[0].chance.share for day in days]
    assert rising == sorted(rising)
    assert rising[0] < rising[-1]
    assert asked.fan[-1] == (date(2025, 12, 31), asked.ways[0].band)
    assert [day for day, _ in asked.fan] == [date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31)]


def test_what_has_passed_and_what_is_over_is_known(subject: Subject, autumn: Known) -> None:
    of_year = autumn.days >= np.datetime64("2025-01-01")
    running = np.cumsum(autumn.counts[of_year])
    on = autumn.days[of_year][np.flatnonzero(running > 5000)[0]].astype(object)
    passed = ask_forecast(subject, 5000)
    assert (passed.passed, passed.ways) == (on, ())
    assert TELLER.list_lines(passed) == [f"2025 passed 5,000 searches on {on.day} {on:%b %Y}."]
    assert TELLER.list_figures(passed)["chance"] == 1.0
    over = ask_forecast(subject, 5000, date(2025, 3, 31))
    assert over.so_far == running[89]
    assert TELLER.list_lines(over) == [
        f"2025 did not pass 5,000 searches by 31 Mar 2025: it came to {int(running[89]):,}."
    ]
    assert TELLER.list_figures(over)["chance"] == 0.0
    whole = ask_forecast(make_subject(draw_known("2024-12-31")), 50_000)
    assert (whole.year, whole.n_ahead, whole.is_known) == (2024, 0, True)


def test_a_day_of_another_year_is_refused(subject: Subject) -> None:
    with pytest.raises(SettingsError, match=r"31 Dec 2026 is not of 2025, .*Name a day of 2025"):
        ask_forecast(subject, 5000, date(2026, 12, 31))


def test_too_little_is_said_in_the_words_of_the_page() -> None:
    subject = make_subject(draw_known("2021-02-10"))
    lines = TELLER.list_lines(ask_forecast(subject, 5000))
    assert lines[0] == "No forecast before three months"
    assert "41 covered days are too few to look ahead" in lines[1]
    figures = TELLER.list_figures(ask_forecast(subject, 5000))
    assert (figures["too_little"], figures["chance"], figures["ways"]) == (lines[0], None, [])
    empty = make_subject(Known(draw_known("2021-01-02").days[:0], np.zeros(0)))
    assert "No covered day" in TELLER.list_lines(ask_forecast(empty, 5))[0]


def test_without_a_year_of_months_the_replays_answer_alone() -> None:
    asked = ask_forecast(make_subject(draw_known("2021-10-20")), 11_000)
    assert [way.name for way in asked.ways] == [WEEKS]
    assert asked.fits == ()
    assert TELLER.list_lines(asked)[-1] == "Months alike are left out: too few whole months are known."


def test_the_lines_hold_the_chance_the_bands_and_the_tries(asked: Asked) -> None:
    lines = TELLER.list_lines(asked)
    weeks, blocks, alike = asked.ways
    assert lines[0].startswith("Will 2025 pass 11,200 searches? ")
    assert f"{weeks.chances_in_20} chances in 20 ({say_way(weeks, asked.n_years)})." in lines[0]
    assert f"{asked.so_far:,} by 19 Oct 2025; 73 days to come." in lines[1]
    assert lines[3].split("  ")[0] == "How it looks ahead"
    for line, way in zip(lines[4:7], (weeks, blocks, alike), strict=True):
        low, high = (int(way.band[FAN.index(share)]) for share in (0.1, 0.9))
        assert line.startswith(way.name)
        assert f"{low:,} to {high:,}" in line
        assert f"{way.tries.hold().sum()} of {len(way.tries.truth)}" in line
    assert lines[-1].startswith("Months alike: drawn independently from one ")
    by = TELLER.list_lines(ask_forecast_by(asked))
    assert " by 10 Dec 2025? " in by[0]


def ask_forecast_by(asked: Asked) -> Asked:
    return Asked(asked.year, asked.target, date(2025, 12, 10), asked.now, asked.so_far, 52, ways=asked.ways,
                 fits=asked.fits)  # fmt: skip


@pytest.mark.slow
def test_half_of_the_replays_have_passed_by_a_day_before_the_years_end(subject: Subject) -> None:
    sure = ask_forecast(subject, 9_600)
    assert sure.half is not None
    assert ask_forecast(subject, 9_600, sure.half).ways[0].chance.share >= 0.5
    assert f"Half of the replays have passed it by {sure.half.day} " in TELLER.list_lines(sure)[1]
    assert ask_forecast(subject, 20_000).half is None


def test_coarse_words_and_figures_name_no_day(asked: Asked, subject: Subject) -> None:
    import json

    coarse = Teller("search", "searches", coarse=True)
    for each in (asked, ask_forecast(subject, 5000), ask_forecast_by(asked)):
        told = "\n".join(coarse.list_lines(each)) + json.dumps(coarse.list_figures(each))
        assert not re.search(r"\d{1,2} [A-Z][a-z]{2} \d{4}|\d{4}-\d\d-\d\d|\d+ days", told)
    assert coarse.list_figures(asked)["last_covered"] == "2025-10"
    assert "so far, in October 2025. " in coarse.list_lines(asked)[1]


def test_coarse_asks_by_the_end_of_a_month_or_not_at_all(subject: Subject) -> None:
    with pytest.raises(SettingsError, match=r"15 Jun 2025 is not the last .*--by.* such as 2025-06-30"):
        ask_forecast(subject, 5000, date(2025, 6, 15), coarse=True)
    over = ask_forecast(subject, 5000, date(2025, 3, 31), coarse=True)
    [line] = Teller("search", "searches", coarse=True).list_lines(over)
    assert line.startswith("2025 did not pass 5,000 searches by the end of March 2025: ")


def test_a_chance_that_no_draw_or_every_draw_took_is_a_bound() -> None:
    assert say_chance(Chance(0.0, 0.0, 4000)) == "under 0.1\u00a0%"
    assert say_chance(Chance(1.0, 0.0, 4000)) == "over 99.9\u00a0%"
    assert say_chance(Chance(0.4235, 0.0078, 4000)) == "42.4 ± 0.8\u00a0%"
    assert say_chance(Chance(0.0004, 0.0003, 4000)) == "under 0.1\u00a0%"
    assert say_chance(Chance(0.9997, 0.0003, 4000)) == "over 99.9\u00a0%"
    assert say_chance(Chance(1.0, 0.0, 100)) == "over 97.0\u00a0%"


def test_few_past_years_tell_no_chance_finer_than_one_in_twenty(asked: Asked) -> None:
    sure = replace(asked.ways[0], chance=Chance(0.999, 0.0005, 4000))
    assert asked.n_years == 4
    assert say_way(sure, 4) == "over 95\u00a0%"
    assert say_way(sure, 6) == "99.9 ± 0.1\u00a0%"
    lines = TELLER.list_lines(replace(asked, ways=(sure, *asked.ways[1:])))
    assert "(over 95\u00a0%)." in lines[0]
    assert "Four past years alone cannot tell a chance finer than under 5 or over 95\u00a0%." in lines


def test_ways_that_could_not_be_tried_are_not_set_against_each_other() -> None:
    subject = make_subject(draw_known("2025-02-03", first="2024-01-02"))
    answer = answer_beside(subject, compute_answer("forecast", subject))
    assert answer is not None
    seasons, alike = answer.frames["ways"]["chance_in_20"]
    assert answer.finding.headline == (
        f"{seasons} of 20 replayed seasons pass {answer.finding.mark[0]:,}, {alike} of 20 with all months "
        "alike; neither could be tried"
    )
    assert answer.finding.emphasis == "neither could be tried"
    assert dict(answer.finding.notes)["How they fared"] == "No past month could be tried."


def test_without_a_try_there_is_no_chance_in_per_cent_and_no_verdict() -> None:
    few = ask_forecast(make_subject(draw_known("2025-02-03", first="2024-01-02")), 11_000)
    assert all(len(way.tries.truth) == 0 for way in few.ways)
    lines = TELLER.list_lines(few)
    assert lines[0] == (
        f"Will 2025 pass 11,000 searches? {few.ways[0].chances_in_20} of 20 replays do; no past month could "
        "be tried."
    )
    assert not [line for line in lines if re.search(r"\d.%|likely", line)]


def test_the_half_of_the_replays_is_not_told_beyond_the_day_asked_about(subject: Subject) -> None:
    year = ask_forecast(subject, 10_800)
    assert year.half is not None
    assert year.half > date(2025, 11, 30)
    assert ask_forecast(subject, 10_800, date(2025, 11, 30)).half is None


def test_twenty_outcomes_are_counted() -> None:
    assert count_chances(np.arange(1, 21.0), 15) == 5
    assert count_chances(np.full(50, 7.0), 7) == 0


def draw_kind(seed: int, *, season: bool, wander: float) -> Known:
    """Draw days from March 2021 to 2025, with a season or none, at a level that wanders from week to week."""
    rng = np.random.default_rng(seed)
    days = np.arange(np.datetime64("2021-03-09"), np.datetime64("2026-01-01"))
    week = (days - days[0]).astype(int) // 7
    rate = 30 * np.exp(np.cumsum(rng.normal(0, wander, week[-1] + 1)))[week]
    if season:
        rate = rate * MONTHS[days.astype("datetime64[M]").astype(int) % 12]
    return Known(days, rng.poisson(rate * rng.lognormal(-0.045, 0.3, len(days))).astype(float))


@pytest.mark.slow
def test_of_all_ways_the_replays_have_the_truest_bands_and_the_least_loss_over_all_kinds() -> None:
    kinds = [(season, wander) for season in (False, True) for wander in (0.0, 0.04)]
    held: dict[str, list[float]] = {name: [] for name in WAYS}
    loss: dict[str, list[float]] = {name: [] for name in WAYS}
    for season, wander in kinds:
        archives = [draw_kind(seed, season=season, wander=wander) for seed in range(3)]
        for name, draw in WAYS.items():
            tries = [try_way(draw, known, 42, 0)[0] for known in archives]
            held[name].append(float(np.mean([each.hold().mean() for each in tries])))
            loss[name].append(float(np.mean([each.losses.mean() for each in tries])))
    off = {name: np.abs(np.array(shares) - 0.8).mean() for name, shares in held.items()}
    relative = {name: np.mean(np.array(each) / np.array(loss[WEEKS])) for name, each in loss.items()}
    assert min(off, key=off.__getitem__) == WEEKS, held
    assert min(relative, key=relative.__getitem__) == WEEKS, loss
    assert relative[ALIKE] > 2


def make_tries(losses: dict[str, float]) -> tuple[Backtest, np.ndarray]:
    """Tries whose every quantile lies twice its loss below what came."""
    origins = np.array(sorted(losses), dtype="datetime64[D]")
    off = 2 * np.array([losses[day] for day in sorted(losses)])
    return Backtest(np.tile(-off[:, None], (1, 19)), np.zeros(len(off))), origins


def test_ways_are_set_beside_each_other_by_the_tries_that_all_made() -> None:
    days = [f"2024-{month:02d}-01" for month in range(1, 13)]
    early = make_tries(dict.fromkeys(days, 1.0) | dict.fromkeys(days[6:], 9.0))
    late = make_tries(dict.fromkeys(days[6:], 5.0))
    assert early[0].losses.mean() == 5.0  # over months of its own, no more than the other's
    kept = keep_common({WEEKS: early, BLOCKS: late})
    assert kept[WEEKS].losses.tolist() == [9.0] * 6
    assert kept[BLOCKS].losses.tolist() == [5.0] * 6
    few = keep_common({WEEKS: early, BLOCKS: make_tries(dict.fromkeys(days[7:], 5.0))})
    assert (len(few[WEEKS].truth), len(few[BLOCKS].truth)) == (12, 0)  # five tries do not stand for twelve
    alone = keep_common({WEEKS: late, BLOCKS: make_tries({})})
    assert (len(alone[WEEKS].truth), len(alone[BLOCKS].truth)) == (6, 0)
    young = dict.fromkeys(days[:3], 1.0)
    assert [len(each.truth) for each in keep_common(dict.fromkeys(WAYS, make_tries(young))).values()] == [
        3
    ] * 3


def test_the_command_and_the_page_count_the_same_tries_for_all_ways(subject: Subject, asked: Asked) -> None:
    answer = answer_beside(subject, compute_answer("forecast", subject))
    assert answer is not None
    table = answer.frames["ways"].set_index("way")
    for way in asked.ways:
        assert len(way.tries.truth) == len(asked.ways[0].tries.truth) == table["tries"][way.name]
        assert way.tries.losses.mean() == table["loss"][way.name]
        assert tuple(way.band[FAN.index(share)] for share in (0.1, 0.9)) == tuple(
            table.loc[way.name, ["low", "high"]]
        )
    lines = TELLER.list_lines(asked)
    assert any("Only months that all these ways could be tried from are counted." in line for line in lines)


def test_two_ways_of_equal_loss_are_called_different_in_about_one_of_twenty() -> None:
    rng = np.random.default_rng(1)
    months = np.datetime64("2021-01") + np.arange(36)
    origins = months.astype("datetime64[D]")
    off = rng.lognormal(0, 0.5, size=(2, 600, 36, 1))
    clear = 0
    for first, second in zip(*off, strict=True):
        ways = [(Backtest(np.tile(-one, (1, 19)), np.zeros(36)), origins) for one in (first, second)]
        found = compare_tries(*ways)
        assert found is not None
        clear += found.low > 0 or found.high < 0
    assert clear / 600 == pytest.approx(0.05, abs=0.025)  # draws of three years again: 0.2


def test_a_way_of_few_outcomes_says_how_many_of_them_pass(asked: Asked) -> None:
    weeks, blocks, _ = asked.ways
    assert blocks.outcomes is not None
    assert weeks.outcomes is None
    assert blocks.outcomes.n < 50
    told = f"{blocks.outcomes.n_passing} of {blocks.outcomes.n} outcomes"
    assert say_way(blocks, asked.n_years) == told
    lines = TELLER.list_lines(asked)
    assert told in lines[5]
    assert "±" not in lines[5]
    assert any(f"can only end in {blocks.outcomes.n} totals" in line for line in lines)
    few = replace(blocks, outcomes=Outcomes(9, 0), chance=Chance(0.0, 0.0, 4000))
    assert say_way(few, 4) == "0 of 9 outcomes"
    figures = TELLER.list_figures(replace(asked, ways=(weeks, few)))["ways"]
    assert (figures[1]["q025"], figures[1]["q100"], figures[1]["q975"]) == (None, None, None)
    assert figures[1]["q500"] == blocks.band[FAN.index(0.5)]
    assert (figures[1]["n_outcomes"], figures[1]["chance_error"]) == (9, None)
    assert (figures[0]["n_outcomes"], figures[0]["q025"]) == (None, weeks.band[0])


def test_totals_are_counted_where_blocks_are_few() -> None:
    totals = np.repeat([10.0, 12.0, 14.4], 100)
    assert count_outcomes(BLOCKS, totals, 11) == Outcomes(3, 2)
    assert count_outcomes(BLOCKS, totals, 14) == Outcomes(3, 0)
    assert count_outcomes(WEEKS, totals, 11) is None
    assert count_outcomes(BLOCKS, np.arange(50.0), 11) is None


def test_for_less_than_a_month_there_are_no_ways_made_of_months(subject: Subject) -> None:
    near = ask_forecast(subject, 11_200, date(2025, 11, 15))  # 27 days
    assert [way.name for way in near.ways] == [WEEKS]
    assert near.fits == ()
    assert (
        "Ways made of whole months are left out: less than a month is asked about"
        in TELLER.list_lines(near)[-1]
    )
    assert is_near(date(2025, 10, 1), date(2025, 10, 31))
    assert not is_near(date(2025, 10, 31), date(2025, 11, 30))
    late = make_subject(draw_known("2025-12-02"))
    assert answer_beside(late, compute_answer("forecast", late)) is None
