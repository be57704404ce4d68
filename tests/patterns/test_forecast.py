import re
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.answers import compute_answer
from pipeline.patterns.forecast import QUANTILES, choose_target, say_odds
from pipeline.patterns.forecast_levels import count_weeks, find_season, follow_level, place_in_year
from pipeline.patterns.forecast_replay import count_past_years, list_blocks, replay_seasons
from pipeline.patterns.forecast_tries import find_until, say_tries, try_past_years

MONTHS = np.array([1.1, 1.05, 1.1, 1.05, 1.0, 1.05, 0.75, 0.55, 0.95, 1.15, 1.2, 1.0])
END = np.datetime64("2025-12-31")


def draw_days(seed, first, *, a_day=30.0, months=False, wander=0.0):
    """Draw days to the end of 2025 and their counts; ``wander``: spread of the level's weekly step."""
    rng = np.random.default_rng(seed)
    days = np.arange(np.datetime64(first), END + 1)
    week = (days.astype(int) - days.astype(int)[0]) // 7
    rate = a_day * np.where((days.astype(int) + 3) % 7 >= 5, 0.7, 1.0)
    if months:
        rate = rate * MONTHS[days.astype("datetime64[M]").astype(int) % 12]
    rate = rate * np.exp(np.cumsum(rng.normal(0, wander, week[-1] + 1)))[week]
    return days, rng.poisson(rate * rng.lognormal(-0.045, 0.3, len(days))).astype(float)


def hold(kind, first, now, seeds):
    """Return how many of the 80 and the 50 % bands held what came, and the middle against the truth."""
    held, half, off = 0, 0, []
    for seed in seeds:
        days, counts = draw_days(seed, first, **kind)
        known = days <= np.datetime64(now)
        replays = replay_seasons(days[known], counts[known], END, np.random.default_rng(seed), 1000)
        low, first_q, middle, last_q, high = np.quantile(
            replays.counts.sum(axis=1), [0.1, 0.25, 0.5, 0.75, 0.9]
        )
        came = counts[~known].sum()
        held += low <= came <= high
        half += first_q <= came <= last_q
        off.append(middle / came)
    return held, half, float(np.median(off))


KINDS = {"steady": {}, "seasonal": {"months": True}, "wandering": {"wander": 0.04},
         "seasonal and wandering": {"months": True, "wander": 0.04}}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_four_in_five_bands_hold_what_came(kind) -> None:
    cases = [("2021-03-09", "2025-11-19"), ("2022-06-01", "2025-08-03"), ("2023-02-01", "2025-11-02")]
    seeds = range(60)
    found = [hold(KINDS[kind], first, now, seeds) for first, now in cases]
    held = sum(case[0] for case in found) / (len(cases) * len(seeds))
    half = sum(case[1] for case in found) / (len(cases) * len(seeds))
    assert 0.68 <= held <= 0.95, found  # 180 tries; three standard errors are 0.09
    assert 0.38 <= half <= 0.70, found
    assert all(0.93 < case[2] < 1.07 for case in found), found


@pytest.mark.slow
def test_without_a_past_year_the_bands_hold_where_there_is_no_season() -> None:
    held, _, off = hold({}, "2025-03-01", "2025-10-05", range(60))
    assert 0.65 <= held / 60 <= 0.97
    assert 0.95 < off < 1.05


def test_a_season_is_found_where_years_share_it_and_not_elsewhere() -> None:
    for seed in range(4):
        for months in (True, False):
            days, counts = draw_days(seed, "2021-03-09", months=months, wander=0.02)
            season = find_season(count_weeks(days, counts, days[-1]))
            truth = np.ones(52)
            if months:
                middle = np.datetime64("2023-01-01") + (np.arange(52) * 7 + 3)
                truth = MONTHS[middle.astype("datetime64[M]").astype(int) % 12]
            assert np.sqrt(np.mean((season - truth / truth.mean()) ** 2)) < (0.09 if months else 0.05)


def test_the_gain_tells_a_steady_level_from_one_that_wanders() -> None:
    gains = []
    for wander in (0.0, 0.06):
        days, counts = draw_days(1, "2021-03-09", wander=wander)
        weeks = count_weeks(days, counts, days[-1])
        levels = follow_level(weeks, np.ones(52))
        gains.append(float(levels.likely @ np.array([0, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5])))
    assert gains[0] < 0.06 < 0.12 < gains[1]


def test_weeks_end_with_the_last_day_and_gaps_are_no_zeros() -> None:
    days = np.arange(np.datetime64("2025-03-03"), np.datetime64("2025-03-24"))
    counts = np.tile([1.0, 2, 3, 4, 5, 6, 7], 3)
    keep = np.ones(21, dtype=bool)
    keep[[7, 8]] = False  # two of a week: five remain
    keep[14:18] = False  # four: three are too few
    weeks = count_weeks(days[keep], counts[keep], days[-1])
    np.testing.assert_allclose(weeks.means, [4.0, 5.0, np.nan])
    np.testing.assert_allclose(weeks.shapes[0], np.arange(1, 8) / 4)
    np.testing.assert_allclose(weeks.shapes[1], [1, 1, 0.6, 0.8, 1, 1.2, 1.4])
    assert place_in_year(np.array(["2024-12-31", "2025-01-01"], "datetime64[D]")).tolist() == [51, 0]


def test_blocks_come_from_the_same_season_of_every_past_year() -> None:
    days, counts = draw_days(0, "2021-03-09")
    known = days <= np.datetime64("2025-11-19")
    weeks = count_weeks(days[known], counts[known], np.datetime64("2025-11-19"))
    assert count_past_years(weeks, 6) == 4
    blocks = list_blocks(follow_level(weeks, np.ones(52)), 0, 4)
    dates = np.datetime64("2025-11-20") - 7 * (len(weeks.means) - blocks)
    season = np.abs(place_in_year(dates) - place_in_year(np.array(["2025-11-20"], "datetime64[D]")))
    assert season.max() <= 6
    assert set(dates.astype("datetime64[Y]").astype(int) + 1970) == {2021, 2022, 2023, 2024}
    late = list_blocks(follow_level(weeks, np.ones(52)), 0, 0)
    assert late.min() >= len(weeks.means) - 26


def test_the_target_is_the_round_number_nearest_the_middle() -> None:
    spread = np.linspace(-1, 1, 1001)
    assert choose_target(17_090 + 900 * spread, 14_709) == 17_000
    assert choose_target(17_600 + 900 * spread, 14_709) == 18_000
    assert choose_target(17_090 + 200 * spread, 14_709) == 17_000  # by steps of 200
    assert choose_target(230 + 100 * spread, 100) == 200
    assert choose_target(np.full(9, 12_345.0), 12_345) == 12_400  # nothing more comes: the next one
    assert choose_target(np.zeros(9), 0) == 1


def test_chances_have_their_words() -> None:
    said = [say_odds(k) for k in range(21)]
    assert (
        said
        == ["very unlikely"] * 2
        + ["unlikely"] * 5
        + ["about even"] * 7
        + ["likely"] * 5
        + ["very likely"] * 2
    )


def test_the_forecast_agrees_with_itself(draw, make_subject) -> None:
    subject = make_subject(draw(3, "2022-01-10", "2025-11-18", months={8: 0.5}))
    answer = compute_answer("forecast", subject)
    frame, finding = answer.frame, answer.finding
    target = answer.frames["target"].iloc[0]
    outcomes = answer.frames["outcomes"]["outcome"]
    assert list(frame.columns) == ["date", "count", *QUANTILES]
    past, coming = frame[frame["count"].notna()], frame[frame["count"].isna()]
    this_year = subject.rows["local"].between("2025-01-01", "2025-11-19")
    assert past["date"].iloc[-1] == pd.Timestamp("2025-11-18")
    assert past["count"].iloc[-1] == this_year.sum()
    assert coming["date"].tolist() == list(pd.date_range("2025-11-19", "2025-12-31"))
    ends = coming[list(QUANTILES)].to_numpy()
    assert (np.diff(ends, axis=0) >= 0).all()
    assert (np.diff(ends, axis=1) >= 0).all()
    assert (ends[0] >= past["count"].iloc[-1]).all()
    assert (ends[-1, 2], ends[-1, 4]) == (target["low"], target["high"])
    assert len(outcomes) == 20
    assert (outcomes > target["target"]).sum() == target["chance_in_20"]
    k, aim = int(target["chance_in_20"]), int(target["target"])
    assert finding.headline == f"Will 2025 pass {aim:,} searches? {finding.emphasis}"
    assert finding.emphasis == f"{say_odds(k).capitalize()}: {k} chances in 20"
    assert finding.remarkable == 0.0
    assert finding.mark == (aim,)
    assert "bands hold 50, 80 and 95 of 100. Each circle is one chance in 20" in finding.deck
    tries = answer.frames["backtest"]
    assert tries["year"].tolist() == [2022, 2023, 2024]
    true = [int((subject.rows["year"] == year).sum()) for year in (2023, 2024)]
    assert tries["true"].tolist()[1:] == true
    held = int(((tries["true"] >= tries["predicted_low"]) & (tries["true"] <= tries["predicted_high"])).sum())
    assert {0: "never", 1: "once", 2: "twice", 3: "three times"}[held] in finding.certainty


def test_no_day_after_the_origin_moves_a_try() -> None:
    days, counts = draw_days(5, "2022-01-01")
    known = days <= np.datetime64("2025-11-19")
    other = np.where(days[known] > np.datetime64("2023-12-31"), 3 * counts[known], counts[known])
    first, second = (
        try_past_years(days[known], values, np.random.default_rng(0)) for values in (counts[known], other)
    )
    assert first["year"].tolist() == [2022, 2023, 2024]
    pd.testing.assert_frame_equal(first.iloc[:2], second.iloc[:2])
    assert not first.iloc[2].equals(second.iloc[2])


def test_tries_are_said_in_words() -> None:
    def tries(n, held):
        low = [0] * held + [9] * (n - held)
        return pd.DataFrame({"year": 2020, "predicted_low": low, "predicted_high": 10, "true": [5] * n})

    assert say_tries(tries(0, 0)) == "no past year could be tried"
    assert say_tries(tries(1, 1)) == "in the one past year that could be tried, the 80\u00a0% band held once"
    four = "in four past years that could be tried, the 80\u00a0% band held three times"
    assert say_tries(tries(4, 3)) == four
    assert say_tries(tries(30, 25)).startswith("in 30 past years")


@pytest.mark.parametrize(
    ("now", "until"),
    [("2025-11-18", 2025), ("2025-12-29", 2025), ("2025-12-30", 2026), ("2025-12-31", 2026),
     ("2024-02-29", 2024)],
)  # fmt: skip
def test_when_the_year_is_over_the_coming_one_is_asked_about(draw, make_subject, now, until) -> None:
    assert find_until(date.fromisoformat(now)) == date(until, 12, 31)
    answer = compute_answer("forecast", make_subject(draw(1, "2023-03-01", now)))
    assert answer.finding.headline.startswith(f"Will {until} pass ")
    assert answer.frame["date"].iloc[-1] == pd.Timestamp(f"{until}-12-31")
    if until == 2026:
        assert answer.frame["count"].iloc[0] == 0.0
        assert answer.frame["date"].iloc[1] == pd.Timestamp("2026-01-01")
        assert answer.finding.deck.startswith("The archive ends with 2025: where 4,000 replays")


@pytest.mark.parametrize(
    ("first", "n_years", "words"),
    [("2025-03-10", 0, "no season is known"), ("2024-06-01", 1, "half of the replays take it for a season"),
     ("2022-06-01", 3, "with the season of three past years")],
)  # fmt: skip
def test_it_says_how_many_past_years_it_replays(draw, make_subject, first, n_years, words) -> None:
    finding = compute_answer("forecast", make_subject(draw(2, first, "2025-11-18"))).finding
    assert words in dict(finding.notes)["What it assumes"]
    assert ("replays of the recent months lead" in finding.deck) == (n_years == 0)
    assert ("when the archive begins" in finding.deck) == (n_years == 0)


def test_a_year_with_a_hole_counts_what_the_archive_holds_and_says_so(draw, make_subject) -> None:
    times = draw(4, "2023-01-10", "2025-11-18")
    edges = [["2023-01-09T12:00", "2025-05-01T09:00"], ["2025-05-21T09:00", "2025-11-19T12:00"]]
    sources = pd.DataFrame({"export": ["a", "b"], "folder": "My Activity/Search", "product": "search"})
    for k, end in enumerate(("first", "last")):
        column = pd.to_datetime([pair[k] for pair in edges]).tz_localize("UTC").as_unit("ms")
        sources[end] = column
    hole = (times > np.datetime64("2025-05-01T09:00")) & (times < np.datetime64("2025-05-21T09:00"))
    answer = compute_answer("forecast", make_subject(times[~hole], sources=sources))
    whole = compute_answer("forecast", make_subject(times))
    assert dict(answer.finding.notes)["Not counted"].startswith("21 days of 2025 so far")
    assert "Not counted" not in dict(whole.finding.notes)
    gains = [a.frame["q50"].iloc[-1] - a.frame["count"].max() for a in (answer, whole)]
    assert gains[0] == pytest.approx(gains[1], rel=0.05)  # the hole is no silence


@pytest.mark.parametrize(
    ("times", "headline", "said"),
    [([], "No covered day yet to look ahead", "0 of the 90 covered days"),
     (["2024-03-01T10:00"], "No covered day yet to look ahead", "0 of the 90 covered days"),
     (["2014-03-01T10:00", "2024-03-01T10:00"], "No covered search yet to look ahead", "0 of the 100 ")],
)  # fmt: skip
def test_too_little_makes_no_claim(make_subject, times, headline, said) -> None:
    answer = compute_answer("forecast", make_subject(times))
    assert answer.finding.headline.startswith(headline)
    assert answer.finding.certainty.startswith(said)
    assert (answer.finding.remarkable, answer.finding.mark, answer.finding.emphasis) == (0.0, (), "")
    assert answer.frame[list(QUANTILES)].isna().all(axis=None)
    assert list(answer.frames) == ["main", "short"]


def test_nineteen_days_are_nineteen_of_ninety(draw, make_subject) -> None:
    subject = make_subject(draw(2, "2025-10-31", "2025-11-18", a_day=12))
    answer = compute_answer("forecast", subject)
    assert answer.frames["short"].to_dict("list") == {"what": ["days"], "n": [19], "needed": [90]}
    assert answer.finding.deck.startswith("Nineteen covered days are too few to look ahead; it takes 90.")


def test_three_months_of_videos_are_enough_and_named_as_such(draw, make_subject) -> None:
    times = draw(2, "2025-08-01", "2025-11-18", a_day=3)
    finding = compute_answer("forecast", make_subject(times, product="youtube", action="watched")).finding
    assert re.fullmatch(r"Will 2025 pass \d+ videos\? \d+ of 20 replays do", finding.headline)
    assert finding.emphasis in finding.headline
    assert "chance" not in finding.deck
    assert finding.certainty == "No past year could be tried"


def test_an_archive_that_fell_silent_is_not_asked_to_go_on(draw, make_subject) -> None:
    times = draw(2, "2023-01-10", "2024-06-30", a_day=5)
    late = np.append(times[:-1], np.datetime64("2025-11-18T12:00", "ms"))
    answer = compute_answer("forecast", make_subject(late))
    frame = answer.frame
    assert frame["q50"].iloc[-1] < 60
    assert np.isfinite(answer.frames["outcomes"]["outcome"]).all()


def test_few_searches_on_many_days_are_too_few(draw, make_subject) -> None:
    finding = compute_answer("forecast", make_subject(draw(0, "2023-01-05", "2024-11-20", a_day=0.1))).finding
    assert finding.headline.endswith("covered searches are too few to look ahead")
    assert finding.headline.startswith("No forecast yet: ")
    assert "it takes 100" in finding.deck
