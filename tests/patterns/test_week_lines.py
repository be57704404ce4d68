import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.patterns.nights import list_nights
from pipeline.patterns.week_lines import answer_week_lines, arrange_rows, find_middle

COLUMNS = ["weekday", "hour", "per_day", "low", "high"]
EVENINGS = np.array([0.0] * 14 + [1, 2, 3, 4, 4, 4, 3, 2, 1, 0])
MORNINGS = np.roll(EVENINGS, -6)


def _count(times: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Count by weekday and hour of the rows from 04:00 to 04:00, one entry at a time."""
    cells = np.zeros((7, 24))
    for time in times:
        start = time - np.timedelta64(4, "h")
        day = start.astype("datetime64[D]")
        if day in days:
            cells[(day.astype(int) + 3) % 7, (time - day).astype("timedelta64[h]").astype(int) % 24] += 1
    return cells


def test_a_curve_is_the_mean_of_rows_from_four_to_four(draw, make_subject) -> None:
    times = draw(0, "2024-01-03", "2024-05-20", a_day=6)
    subject = make_subject(times)
    nights = list_nights(subject)
    frame = answer_week_lines(subject, np.random.default_rng(0)).frame
    assert list(frame.columns) == COLUMNS
    n = np.bincount(nights.days.weekday, minlength=7)
    expected = _count(times, nights.days.days) / n[:, None]
    np.testing.assert_allclose(frame["per_day"].to_numpy().reshape(7, 24), expected)
    assert (frame["low"] <= frame["per_day"] + 1e-9).all()
    assert (frame["high"] >= frame["per_day"] - 1e-9).all()
    np.testing.assert_array_equal(arrange_rows(frame)[:, 0], expected[:, 4])


@given(st.lists(st.integers(0, 9), min_size=24, max_size=24))
def test_half_of_a_row_lies_before_its_middle(row: list[int]) -> None:
    middle = float(find_middle(np.array(row, dtype=float)))
    if not sum(row):
        assert np.isnan(middle)
        return
    before = sum(row[: int(middle)]) + (middle - int(middle)) * (row[int(middle)] if middle < 24 else 0)
    assert before == pytest.approx(sum(row) / 2)


def test_middles_of_many_rows_are_each_their_own() -> None:
    rows = np.random.default_rng(0).poisson(2.0, (5, 7, 24)).astype(float)
    rows[2, 3] = 0
    single = [[float(find_middle(row)) for row in week] for week in rows]
    np.testing.assert_array_equal(find_middle(rows), single)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("extra", [5.0, 8.0])
def test_a_planted_late_weekday_runs_latest(draw, make_subject, seed, extra) -> None:
    subject = make_subject(draw(seed, "2023-03-10", "2024-11-18", late=(2, extra)))
    finding = answer_week_lines(subject, np.random.default_rng(seed)).finding
    assert finding.headline.startswith("Wednesdays run latest: half of their searches come after ")
    assert (finding.emphasis, finding.mark) == ("Wednesdays run latest", (2,))
    assert finding.remarkable == 0  # the week’s own finding says it already


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_early_weekday_runs_earliest(draw, make_subject, seed) -> None:
    times = draw(seed, "2023-03-10", "2024-11-18", hours=EVENINGS)
    early = (times.astype("datetime64[D]").astype(int) + 3) % 7 == 4
    early[[-1, -2]] = False
    times = np.where(early, times - np.timedelta64(3, "h"), times)
    finding = answer_week_lines(make_subject(times), np.random.default_rng(seed)).finding
    assert finding.headline.startswith("Fridays run earliest: half of their searches come before 1")
    assert finding.mark == (4,)
    assert 0.4 < finding.remarkable < 0.55  # three hours of six


@pytest.mark.parametrize("seed", range(3))
def test_planted_weekends_run_later(draw, make_subject, seed) -> None:
    times = draw(seed, "2023-03-10", "2024-11-18", hours=MORNINGS)
    late = (times.astype("datetime64[D]").astype(int) + 3) % 7 >= 5
    late[[-1, -2]] = False
    times = np.where(late, times + np.timedelta64(2, "h"), times)
    finding = answer_week_lines(make_subject(times), np.random.default_rng(seed)).finding
    assert finding.headline.startswith("Weekends run ")
    assert finding.headline.endswith(" later than workdays")
    assert finding.mark == (5, 6)
    assert ("hours" in finding.headline) == ("hours" in finding.certainty)


def test_equal_weekdays_claim_nothing(draw, make_subject) -> None:
    claims = []
    for seed in range(10):
        subject = make_subject(draw(seed, "2023-03-10", "2024-11-18", drift=0.35))
        finding = answer_week_lines(subject, np.random.default_rng(seed)).finding
        claims += [finding.headline] if finding.remarkable or finding.mark else []
    assert claims == []
    assert finding.headline == "No weekday clearly keeps other hours"


def test_too_little_says_what_it_takes(draw, make_subject, rng) -> None:
    seven_weeks = answer_week_lines(make_subject(draw(0, "2024-01-02", "2024-02-24")), rng)
    headline = "Six covered weeks are too few to tell the weekdays’ hours apart"
    assert seven_weeks.finding.headline == headline
    assert seven_weeks.frame["low"].isna().all()
    few = answer_week_lines(make_subject(draw(0, "2024-01-02", "2024-11-24", a_day=0.2)), rng).finding
    assert few.headline.endswith("searches are too few to tell the weekdays’ hours apart")
    assert (few.mark, few.remarkable) == ((), 0)


def test_a_silent_weekday_has_no_middle(draw, make_subject, rng) -> None:
    times = draw(0, "2023-03-10", "2024-11-18", hours=MORNINGS)
    kept = (times.astype("datetime64[D]").astype(int) + 3) % 7 != 6
    kept[[-1, -2]] = True
    finding = answer_week_lines(make_subject(times[kept]), rng).finding
    assert (finding.headline, finding.certainty) == ("Some weekdays are empty", "No search on Sundays")


def test_every_archive_has_the_same_table(draw, make_subject, rng) -> None:
    subjects = [
        make_subject([]),
        make_subject(["2024-03-01T10:00"]),
        make_subject(draw(0, "2024-01-03", "2024-04-20")),
        make_subject(draw(4, "2023-01-05", "2024-01-20", a_day=3), product="youtube", action="watched"),
    ]
    answers = [answer_week_lines(subject, rng) for subject in subjects]
    for answer in answers:
        assert answer.frame.dtypes.to_dict() == answers[0].frame.dtypes.to_dict()
        assert len(answer.frame) == 168
    assert answers[0].finding.alt == "Nothing is drawn: no covered week of searches."
    assert "search" not in answers[-1].finding.headline + answers[-1].finding.deck + answers[-1].finding.alt
    pd.testing.assert_series_equal(answers[0].frame["hour"], answers[2].frame["hour"])
