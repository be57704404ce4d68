import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.patterns.mixture import Valley, find_valley, fit_mixture
from pipeline.patterns.pauses import CONVENTION, Pauses, find_limit, list_pauses, round_limit, say_limit
from pipeline.patterns.subject import choose_subject
from pipeline.patterns.wording import say_pause
from pipeline.settings import ZoneSpan

NB = "\u00a0"


def draw_bursts(draw, seed, first, last, *, size=3.0, pause=45.0, spread=0.9, **fields) -> np.ndarray:
    """Draw sessions: each time is the first of a geometric number, ``pause`` seconds (median) apart."""
    times = draw(seed, first, last, **fields)
    rng = np.random.default_rng(seed)
    sizes = rng.geometric(1 / size, len(times))
    session = np.repeat(np.arange(len(times)), sizes)
    elapsed = np.cumsum(rng.lognormal(math.log(pause), spread, len(session)))
    begin = np.cumsum(sizes) - sizes
    seconds = (elapsed - elapsed[begin][session]).astype("timedelta64[s]")
    times = times[session].astype("datetime64[s]") + seconds
    return times[times < np.datetime64(last) + np.timedelta64(2, "D")]


def list_seconds(subject) -> list[float]:
    return list_pauses(subject).seconds.tolist()


def test_pauses_are_the_seconds_from_one_to_the_next_in_order_of_time(make_subject) -> None:
    subject = make_subject(["2024-03-03T10:00:30", "2024-03-01T10:00:00", "2024-03-01T10:00:00.250"])
    shuffled = subject.rows.iloc[[2, 0, 1]].reset_index(drop=True)
    pauses = list_pauses(replace(subject, rows=shuffled))
    assert pauses.seconds.tolist() == [0.25, 172829.75]
    assert shuffled["time"].to_numpy()[pauses.order].tolist() == sorted(shuffled["time"].to_numpy().tolist())
    assert pauses.day.tolist() == [0, 0, 2]


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Chicago", "Asia/Kolkata"])
def test_no_change_of_the_clocks_makes_or_hides_a_pause(make_subject, make_settings, zone) -> None:
    # Clocks go forward on 31 March and back on 27 October in Paris, on 10 March and 3 November in Chicago.
    times = pd.to_datetime([f"2024-{day}T{hour}" for day in ("03-31", "10-27", "03-10", "11-03")
                            for hour in ("00:30", "01:30", "02:30", "07:30", "08:30")])  # fmt: skip
    plain = make_subject(times.to_numpy())
    sources = pd.DataFrame({"export": ["e"], "folder": ["f"], "product": ["search"]}).assign(
        first=pd.Series([times.min()]).dt.tz_localize("UTC"),
        last=pd.Series([times.max()]).dt.tz_localize("UTC"),
    )
    home = choose_subject(
        plain.rows[["time", "product", "action", "mark", "text"]], sources,
        make_settings(home_zone=(ZoneSpan(None, zone),)),
    )  # fmt: skip
    assert list_seconds(home) == list_seconds(plain)
    assert {3600.0, 18000.0} <= set(list_seconds(home))


def test_a_pause_over_days_outside_the_archive_is_unknown(make_subject) -> None:
    activity = [f"2024-03-{day}T10:00" for day in ("01", "02", "03", "09", "10", "11", "12")]
    spans = pd.DataFrame({
        "export": ["a", "b"], "folder": ["f", "f"], "product": ["search", "search"],
        "first": pd.to_datetime(["2024-03-01T10:00", "2024-03-09T10:00"]).tz_localize("UTC"),
        "last": pd.to_datetime(["2024-03-03T10:00", "2024-03-12T10:00"]).tz_localize("UTC"),
    })  # fmt: skip
    subject = make_subject(activity, sources=spans)
    assert list_pauses(subject).known.tolist() == [True, True, False, True, True, True]
    neighbours = spans.assign(
        first=pd.to_datetime(["2024-03-01T10:00", "2024-03-04T10:00"]).tz_localize("UTC")
    )
    subject = make_subject(["2024-03-03T10:00", "2024-03-04T10:00", "2024-03-05T10:00"], sources=neighbours)
    assert list_pauses(subject).known.tolist() == [False, True]


@pytest.mark.parametrize("times", [[], ["2024-03-01T10:00"]])
def test_one_entry_has_no_pause(make_subject, rng, times) -> None:
    subject = make_subject(times)
    pauses = list_pauses(subject)
    assert (len(pauses.seconds), len(pauses.order)) == (0, len(times))
    assert find_limit(pauses, subject, rng)[:2] == (CONVENTION, False)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("pause", "low", "high"), [(20.0, 2.5, 9.0), (45.0, 5.0, 15.0), (180.0, 15.0, 45.0)])
def test_a_planted_pause_sets_the_limit(draw, make_subject, rng, seed, pause, low, high) -> None:
    subject = make_subject(draw_bursts(draw, seed, "2023-01-03", "2023-12-28", pause=pause, a_day=5))
    limit = find_limit(list_pauses(subject), subject, rng)
    assert limit.fitted
    assert limit.low - 60 <= limit.seconds <= limit.high + 60
    assert low <= limit.seconds / 60 <= high
    assert limit.mixture is not None
    assert 10 ** limit.mixture.mean[0, 0] == pytest.approx(pause, rel=0.15)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("a_day", [3.0, 10.0, 40.0])
def test_entries_that_come_by_chance_are_parted_by_convention(draw, make_subject, rng, seed, a_day) -> None:
    subject = make_subject(draw(seed, "2023-01-03", "2023-12-28", a_day=a_day))
    limit = find_limit(list_pauses(subject), subject, rng)
    assert (limit.seconds, limit.fitted, limit.mixture) == (CONVENTION, False, None)
    assert math.isnan(limit.low) and math.isnan(limit.high)


@pytest.mark.slow
def test_the_interval_holds_the_valley_of_a_long_archive(draw, make_subject, rng) -> None:
    long = make_subject(draw_bursts(draw, 99, "2005-01-03", "2024-12-28", a_day=5))
    truth = find_limit(list_pauses(long), long, rng)
    held = 0
    for seed in range(40):
        subject = make_subject(draw_bursts(draw, seed, "2024-01-03", "2024-07-28", a_day=5))
        limit = find_limit(list_pauses(subject), subject, rng)
        held += limit.low <= (truth.low + truth.high) / 2 <= limit.high
    assert held >= 34


def test_a_limit_is_rounded_to_what_one_says() -> None:
    assert [round_limit(s) for s in (64, 118, 511, 899, 3540, 4000)] == [60, 120, 540, 900, 3540, 3900]
    assert round_limit(509, 498.9, 520.5) == 510  # nine minutes would lie outside
    assert round_limit(488, 480.6, 495.6) == 490
    assert round_limit(509, 507.0, 509.5) == 509
    assert round_limit(4000, 3910.0, 4100.0) == 4020


def test_a_limit_is_written_as_it_is_rounded() -> None:
    said = [say_limit(s) for s in (50, 110, 540, 510.0, 490, 3900, 7230)]
    assert said == [
        f"50{NB}seconds", f"110{NB}seconds", f"9{NB}minutes", f"8½{NB}minutes",
        f"8{NB}minutes{NB}10{NB}seconds", f"65{NB}minutes", f"2{NB}hours{NB}30{NB}seconds",
    ]  # fmt: skip


@given(st.floats(61, 10_000), st.floats(0.001, 0.3))
def test_a_rounded_limit_stays_inside_its_interval(seconds: float, wide: float) -> None:
    low, high = seconds * (1 - wide), seconds * (1 + wide)
    assert low - 0.5 <= round_limit(seconds, low, high) <= high + 0.5


def test_a_pause_is_written_in_its_own_unit() -> None:
    assert [say_pause(s) for s in (1, 90, 120, 900, 7140, 7200, 7500)] == [
        f"1{NB}second", f"90{NB}seconds", f"2{NB}minutes", f"15{NB}minutes", f"119{NB}minutes", f"2{NB}hours",
        f"2{NB}hours{NB}5{NB}minutes",
    ]  # fmt: skip
    assert (say_pause(510, down=True), say_pause(510, down=False)) == (f"8{NB}minutes", f"9{NB}minutes")


def test_too_few_pauses_are_parted_by_convention(draw, make_subject, rng) -> None:
    subject = make_subject(draw_bursts(draw, 0, "2024-01-03", "2024-01-20", a_day=1))
    pauses = list_pauses(subject)
    assert len(pauses.seconds) < 100
    assert not find_limit(pauses, subject, rng).fitted


def test_an_archive_of_one_second_does_not_break(make_subject, rng) -> None:
    subject = make_subject(["2024-03-01T10:00"] * 200)
    pauses = list_pauses(subject)
    assert isinstance(pauses, Pauses)
    assert find_limit(pauses, subject, rng).fitted is False


def test_a_pause_over_uncovered_days_is_unknown_though_it_begins_on_a_covered_one(make_subject) -> None:
    spans = pd.DataFrame({"export": ["a", "b"], "folder": ["f", "f"], "product": ["search"] * 2}).assign(
        first=pd.to_datetime(["2024-03-01T10:00", "2024-03-08T10:00"]).tz_localize("UTC"),
        last=pd.to_datetime(["2024-03-05T10:00", "2024-03-12T10:00"]).tz_localize("UTC"),
    )
    subject = make_subject(["2024-03-03T10:00", "2024-03-04T10:00", "2024-03-09T10:00"], sources=spans)
    assert list_pauses(subject).known.tolist() == [True, False]


def put_pauses(rng, n: int, apart: float, spread: float = 0.45) -> np.ndarray:
    """Times whose pauses fall into two equal heaps, so many powers of ten apart."""
    logs = rng.normal(2.0 + apart * (rng.random(n) < 0.5), spread)
    start = np.datetime64("2024-01-01T00:00:00", "ms")
    return start + np.cumsum(1000 * 10**logs).astype("timedelta64[ms]")


def measure_valley(subject) -> Valley:
    logs, counts = np.unique(np.round(np.log10(list_pauses(subject).seconds), 2), return_counts=True)
    return find_valley(fit_mixture(logs, counts.astype(float)))


@pytest.mark.parametrize("seed", range(4))
def test_a_shallow_valley_parts_no_sessions(make_subject, seed) -> None:
    rng = np.random.default_rng(seed)
    subject = make_subject(put_pauses(rng, 8000, 1.1))
    valley = measure_valley(subject)
    assert 0.8 < valley.depth[0] < 1.0
    assert not find_limit(list_pauses(subject), subject, rng).fitted
    deeper = make_subject(put_pauses(rng, 8000, 1.6))
    assert find_limit(list_pauses(deeper), deeper, rng).fitted


def test_a_valley_that_comes_and_goes_with_the_resamples_parts_no_sessions(make_subject) -> None:
    unsure = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        subject = make_subject(put_pauses(rng, 120, 1.25))
        valley = measure_valley(subject)
        seems_good = bool(valley.depth[0] <= 0.8) and 60 <= 10 ** valley.place[0] <= 10800
        unsure += seems_good and not find_limit(list_pauses(subject), subject, rng).fitted
    assert unsure >= 3
