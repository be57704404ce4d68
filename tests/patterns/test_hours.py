import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.patterns.hours import count_by_hour, find_hours, find_quiet_hours, name_part


def find(subject, rng):
    return find_hours(count_by_hour(subject, rng), subject, rng)


def frame_of(counts: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"hour": range(24), "searches": counts, "low": 0.0})


def test_shares_are_of_all_and_lie_in_their_interval(draw, make_subject, rng) -> None:
    subject = make_subject(draw(0, "2024-01-02", "2024-12-30"))
    frame = count_by_hour(subject, rng)
    hours = pd.DatetimeIndex(subject.rows["local"]).hour
    assert frame["searches"].tolist() == [int((hours == h).sum()) for h in range(24)]
    assert np.allclose(frame["share"], frame["searches"] / len(subject.rows))
    assert ((frame["low"] <= frame["share"]) & (frame["share"] <= frame["high"])).all()


def test_the_interval_covers_the_truth_as_often_as_it_says(draw, make_subject, rng) -> None:
    hours, held = np.ones(24), []
    for seed in range(12):
        frame = count_by_hour(make_subject(draw(seed, "2024-01-02", "2024-06-30", hours=hours)), rng)
        held.append(((frame["low"] <= 1 / 24) & (frame["high"] >= 1 / 24)).mean())
    assert 0.9 < np.mean(held) < 0.99


@pytest.mark.slow
def test_the_interval_holds_though_weeks_drift(draw, make_subject, rng) -> None:
    hours, held = np.ones(24), []
    for seed in range(20):
        times = draw(seed, "2024-01-02", "2024-06-30", hours=hours, drift=0.35)
        frame = count_by_hour(make_subject(times), rng)
        held.append(((frame["low"] <= 1 / 24) & (frame["high"] >= 1 / 24)).mean())
    assert 0.93 < np.mean(held) < 0.99


def test_the_quiet_hours_are_the_longest_run_that_holds_under_five_per_cent() -> None:
    counts = [40, 20, 6, 4, 3, 1, 4, 17] + [60] * 16  # 5 % are 52.75
    assert find_quiet_hours(frame_of(counts)) == (2, 8)
    counts[7] = 60
    assert find_quiet_hours(frame_of(counts)) == (1, 7)


def test_an_ordinary_hour_does_not_ride_along_with_empty_ones() -> None:
    assert find_quiet_hours(frame_of([50, 50, 0, 0, 0, 0] + [50] * 18)) == (2, 6)


def test_quiet_hours_may_pass_midnight() -> None:
    assert find_quiet_hours(frame_of([1] * 4 + [60] * 17 + [1] * 3)) == (21, 4)


def test_even_hours_have_no_quiet_ones() -> None:
    assert find_quiet_hours(frame_of([50] * 24)) is None
    assert find_quiet_hours(frame_of([0, 0] + [50] * 22)) is None


@given(st.lists(st.integers(0, 60), min_size=24, max_size=24).filter(lambda counts: sum(counts) >= 500))
def test_no_longer_run_is_as_quiet(counts: list[int]) -> None:
    quiet, total = find_quiet_hours(frame_of(counts)), sum(counts)
    sums = {(s, n): sum(counts[(s + k) % 24] for k in range(n)) for s in range(24) for n in range(1, 24)}
    lengths = [
        n
        for (s, n), held in sums.items()
        if n >= 3 and held < 0.05 * total and max(counts[(s + k) % 24] for k in range(n)) < total / 48
    ]
    if quiet is None:
        assert not lengths
    else:
        length = (quiet[1] - quiet[0]) % 24
        assert length == max(lengths) and sums[quiet[0], length] < 0.05 * total


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("peak", [9, 21])
def test_a_planted_peak_and_a_planted_quiet_are_found(draw, make_subject, rng, seed, peak) -> None:
    hours = np.where((np.arange(24) >= 2) & (np.arange(24) < 7), 0.0, 5.0)
    hours[peak] = 7
    finding = find(make_subject(draw(seed, "2022-01-02", "2023-12-30", hours=hours)), rng)
    part = {9: "morning", 21: "evening"}[peak]
    assert finding.headline == f"The {part} peak comes at {peak:02d}:00; from 2 to 7 there is almost nothing"
    assert (finding.mark, finding.emphasis) == ((peak,), f"{peak:02d}:00")
    assert finding.remarkable > 0.1
    assert ("Quiet hours", "2 to 7: 0\u00a0% of all searches.") in finding.notes


def test_a_peak_shared_by_two_neighbours_is_around_one_of_them(draw, make_subject, rng) -> None:
    hours = np.ones(24)
    hours[[14, 15]] = 2
    finding = find(make_subject(draw(5, "2022-01-02", "2023-12-30", hours=hours)), rng)
    assert finding.headline in {f"The afternoon peak comes around {h}:00" for h in (14, 15)}


@pytest.mark.parametrize("seed", range(6))
def test_even_hours_have_no_peak(draw, make_subject, rng, seed) -> None:
    finding = find(make_subject(draw(seed, "2022-01-02", "2023-12-30", hours=np.ones(24))), rng)
    assert finding.headline == "No single hour is the peak"
    assert (finding.mark, finding.remarkable) == ((), 0.0)


def test_few_searches_are_dots_without_shares(draw, make_subject, rng) -> None:
    hours = np.zeros(24)
    hours[[19, 20, 21, 9]] = [8, 8, 8, 3]
    subject = make_subject(draw(0, "2025-11-02", "2025-11-18", a_day=12, hours=hours))
    assert count_by_hour(subject, rng)[["share", "low", "high"]].isna().all(axis=None)
    finding = find(subject, rng)
    assert finding.headline == "Evenings, most likely"
    assert finding.deck == (
        "Every search as a dot by its hour; "
        "with fewer than 500 searches no shares and no intervals are given."
    )


def test_one_evening_does_not_speak_for_evenings(make_subject, rng) -> None:
    finding = find(make_subject([f"2025-11-02T20:{m:02d}" for m in range(40)]), rng)
    assert finding.headline == "No part of the day stands out yet"


def test_one_busy_day_names_neither_peak_nor_quiet(make_subject, rng) -> None:
    times = np.datetime64("2025-11-02T09:00", "ms") + np.arange(600) * np.timedelta64(30, "s")
    subject = make_subject(times)
    finding = find(subject, rng)
    assert finding.headline == "It takes 14 covered days to name a peak"
    assert find_quiet_hours(count_by_hour(subject, rng)) is None
    assert finding.deck == "Share of all searches by hour of the day."


def test_nothing_is_said_of_nothing(make_subject, rng) -> None:
    assert find(make_subject([]), rng).headline == "No searches to count yet"


def test_every_hour_belongs_to_a_part_of_the_day() -> None:
    assert [name_part(h) for h in (0, 6, 11, 12, 14, 18, 23)] == [
        "night", "morning", "midday", "midday", "afternoon", "evening", "evening"
    ]  # fmt: skip


def test_an_empty_archive_has_the_columns_too(make_subject, rng) -> None:
    subject = make_subject([])
    assert list(count_by_hour(subject, rng).columns) == ["hour", "searches", "share", "low", "high"]
