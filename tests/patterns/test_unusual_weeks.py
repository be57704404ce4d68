import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.far_weeks import choose_far, measure_spreads, measure_weeks
from pipeline.patterns.unusual_weeks import answer_unusual_weeks
from pipeline.patterns.week_maps import WeekMaps, find_usual, list_week_maps, smooth_hours

SPAN = ("2024-01-01", "2025-06-29")  # 78 weeks from a Monday to a Sunday
MONDAY = np.datetime64("2024-10-07")


def _change(times: np.ndarray, kind: str, seed: int = 0, weeks: int = 1) -> np.ndarray:
    """Change the week from MONDAY 04:00 on: moved by hours, emptied, or with others' entries added."""
    start = MONDAY + np.timedelta64(4, "h")
    end = start + np.timedelta64(7 * 24 * weeks, "h")
    inside = (times >= start) & (times < end)
    if kind.startswith("shifted"):
        return np.where(inside, times + np.timedelta64(int(kind.removeprefix("shifted")), "h"), times)
    if kind == "nothing":
        return times[~inside]
    if kind == "less":
        return times[~inside | (np.random.default_rng(seed).random(len(times)) < 0.15)]
    before = times[(times >= start - np.timedelta64(15, "D")) & (times < start - np.timedelta64(1, "D"))]
    more = [before + np.timedelta64(k, "D") for k in (14, 21) if k == 14 or kind == "more"]
    weeks_later = [np.where(part >= end, part - np.timedelta64(7, "D"), part) for part in more]
    return np.concatenate([times, *weeks_later])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("kind", "note", "phrase"),
    [
        ("shifted7", "days seven hours late", "on another clock"),
        ("shifted-5", "days five hours early", "on another clock"),
        ("nothing", "nothing at all", "empty"),
        ("less", "far less than usual", "far below the usual"),
        ("more", "far more than usual", "very full"),
    ],
)
def test_a_planted_week_is_the_only_one(draw, make_subject, seed, kind, note, phrase) -> None:
    times = _change(draw(seed, *SPAN, a_day=30), kind, seed)
    answer = answer_unusual_weeks(make_subject(times), np.random.default_rng(0))
    captions = answer.frames["captions"]
    assert captions["week"].tolist() == [pd.Timestamp(MONDAY)]
    assert captions["note"].tolist() == [note]
    assert answer.finding.headline == f"One week unlike the others: {phrase}"
    assert (answer.finding.emphasis, answer.finding.mark) == (phrase, (1,))
    assert answer.finding.remarkable > 0
    assert answer.frame["number"].sum() == 1
    if kind.startswith("shifted"):
        assert captions["hours"].tolist() == [float(kind.removeprefix("shifted"))]


def test_weeks_in_a_row_are_one(draw, make_subject) -> None:
    times = _change(draw(0, *SPAN, a_day=30), "shifted6", weeks=4)
    answer = answer_unusual_weeks(make_subject(times), np.random.default_rng(0))
    assert answer.frames["captions"]["hours"].tolist() == [6.0]
    assert answer.finding.certainty.startswith("4 weeks of 77 lie beyond")


def test_weeks_on_one_other_clock_settle_its_hours_together() -> None:
    rng = np.random.default_rng(0)
    rates = 1.5 + np.sin(np.arange(168) / 24 * 2 * np.pi)
    counts = rng.poisson(rates, (40, 168)).astype(float)
    counts[20:23] = rng.poisson(np.roll(rates, -7) * [[1.0], [0.25], [1.0]])
    far = measure_weeks(WeekMaps(np.datetime64("2024-01-01") + 7 * np.arange(40), counts))
    assert far.shifted.tolist() == [20 <= k < 23 for k in range(40)]
    assert len(set(far.hours[20:23].tolist())) == 1
    assert abs(far.hours[20] + 7) <= 1


@pytest.mark.parametrize(("a_day", "drift"), [(1, 0), (4, 0.35), (20, 0), (20, 0.35), (60, 0.35)])
def test_chance_makes_no_week_unusual(draw, make_subject, a_day, drift) -> None:
    for seed in range(4):
        subject = make_subject(draw(seed, "2023-01-10", "2025-11-18", a_day=a_day, drift=drift))
        answer = answer_unusual_weeks(subject, np.random.default_rng(0))
        assert answer.finding.headline == "No week is clearly unlike the others"
        assert (len(answer.frames["captions"]), answer.finding.remarkable, answer.finding.mark) == (0, 0, ())


@pytest.mark.slow
def test_chance_seldom_makes_a_week_unusual(draw, make_subject) -> None:
    claims = []
    for seed in range(10, 30):
        for hours, drift in ((np.ones(24), 0.35), (np.ones(24), 0.6), (np.arange(24.0), 0.35)):
            subject = make_subject(draw(seed, "2023-01-10", "2025-11-18", hours=hours, drift=drift))
            finding = answer_unusual_weeks(subject, np.random.default_rng(0)).finding
            claims += [finding.headline] if finding.remarkable else []
    assert len(claims) <= 3, claims  # of 60


def test_a_change_of_habits_makes_no_week_unusual(draw, make_subject) -> None:
    times = draw(0, *SPAN, a_day=30)
    later = np.where(times > MONDAY, times + np.timedelta64(3, "h"), times)
    captions = answer_unusual_weeks(make_subject(later), np.random.default_rng(0)).frames["captions"]
    assert len(captions) <= 1  # at most the week of the change itself


def test_at_most_one_week_in_sixty_days(draw, make_subject) -> None:
    times = draw(0, *SPAN, a_day=30)
    week = (times.astype("datetime64[D]") - np.datetime64("2024-01-01")).astype(int) // 7
    kept = ~np.isin(week, np.arange(3, 75, 6))  # twelve silent weeks
    answer = answer_unusual_weeks(make_subject(times[kept]), np.random.default_rng(0))
    assert len(answer.frames["captions"]) == 8
    assert answer.finding.headline == "Eight weeks unlike the others: all empty"
    short = kept & (times < np.datetime64("2024-08-20"))
    answer = answer_unusual_weeks(make_subject(times[short]), np.random.default_rng(0))
    assert len(answer.frames["captions"]) == 3


def test_under_26_weeks_there_is_none(draw, make_subject, rng) -> None:
    answer = answer_unusual_weeks(make_subject(draw(0, "2024-01-01", "2024-06-23")), rng)
    assert answer.finding.headline == "24 whole weeks are too few to tell an unusual one"
    assert answer.frame["distance"].isna().all()
    assert (answer.finding.mark, answer.finding.remarkable) == ((), 0)


def test_few_searches_are_too_few(draw, make_subject, rng) -> None:
    finding = answer_unusual_weeks(make_subject(draw(0, *SPAN, a_day=0.1)), rng).finding
    assert finding.headline.endswith("searches are too few to tell an unusual week")


def test_a_week_is_whole_from_monday_four_to_monday_four(make_subject) -> None:
    times = ["2024-01-07T12:00", "2024-01-08T03:59", "2024-01-08T04:00", "2024-01-10T23:00",
             "2024-01-15T03:00", "2024-01-15T05:00", "2024-01-22T12:00"]  # fmt: skip
    maps = list_week_maps(make_subject(times))
    assert maps.weeks.tolist() == [np.datetime64("2024-01-08").item()]
    assert np.flatnonzero(maps.counts[0]).tolist() == [0, 2 * 24 + 19, 167]


def test_smoothing_takes_the_hours_there_are() -> None:
    counts = np.random.default_rng(0).poisson(3.0, (3, 168)).astype(float)
    expected = [[row[max(k - 2, 0) : k + 3].mean() for k in range(168)] for row in counts]
    np.testing.assert_allclose(smooth_hours(counts), expected)


def test_the_usual_week_is_the_middle_half_of_the_nearest_others() -> None:
    maps = np.random.default_rng(0).normal(size=(40, 5))
    usual = find_usual(maps)
    for place, first in ((0, 0), (20, 7), (39, 13)):
        near = np.array([k for k in range(first, first + 27) if k != place])
        np.testing.assert_allclose(usual[place], np.sort(maps[near], axis=0)[6:20].mean(axis=0))


def test_spreads_are_robust() -> None:
    values = np.append(np.random.default_rng(0).normal(3, 2, 5000), np.full(200, 1e6))
    spreads = measure_spreads(values)[:5000]
    assert abs(np.median(spreads)) < 0.1
    assert 0.9 < spreads.std() < 1.1
    np.testing.assert_array_equal(measure_spreads(np.ones(9)), np.zeros(9))


def test_of_a_run_only_the_farthest_is_chosen() -> None:
    weeks = np.datetime64("2024-01-01") + 7 * np.array([0, 1, 2, 5, 6, 9, 12])
    far = np.array([True, True, False, True, True, True, False])
    distance = np.array([6.0, 7, 1, 9, 8, 5.5, 1])
    assert choose_far(far, distance, weeks, 9).tolist() == [1, 3, 5]
    assert choose_far(far, distance, weeks, 2).tolist() == [1, 3]
    assert choose_far(~np.ones(7, dtype=bool), distance, weeks, 2).tolist() == []


def test_equal_weeks_are_all_usual() -> None:
    counts = np.tile(np.random.default_rng(0).poisson(2.0, 168).astype(float), (30, 1))
    far = measure_weeks(WeekMaps(np.datetime64("2024-01-01") + 7 * np.arange(30), counts))
    np.testing.assert_allclose(far.distance, 0, atol=1e-3)
    np.testing.assert_allclose(far.usual.sum(axis=1), counts.sum(axis=1))
    assert (far.gain < 0).all()


def test_every_archive_has_the_same_tables(draw, make_subject, rng) -> None:
    subjects = [
        make_subject([]), make_subject(["2024-03-01T10:00"]),
        make_subject(_change(draw(0, *SPAN), "nothing")),
        make_subject(draw(0, "2024-01-02", "2024-12-29", a_day=3), product="youtube", action="watched"),
    ]  # fmt: skip
    answers = [answer_unusual_weeks(subject, rng) for subject in subjects]
    first = {name: frame.dtypes.to_dict() for name, frame in answers[0].frames.items()}
    for answer in answers[1:]:
        assert {name: frame.dtypes.to_dict() for name, frame in answer.frames.items()} == first
    assert answers[0].finding.headline == "No whole week yet to tell an unusual one"
