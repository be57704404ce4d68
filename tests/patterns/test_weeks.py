import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.nights import find_late_run, list_nights
from pipeline.patterns.weeks import count_by_weekday_hour, find_week


def find(subject, rng):
    return find_week(count_by_weekday_hour(subject), subject, rng)


def test_cells_are_of_whole_edge_weeks_and_rows_begin_at_four(make_subject) -> None:
    # Monday 4 March 2024; covered from Sunday the 3rd to Tuesday the 19th
    times = [
        "2024-03-02T10:00",
        "2024-03-03T10:00",
        "2024-03-04T02:00",
        "2024-03-11T02:00",
        "2024-03-12T05:00",
        "2024-03-18T02:00",
        "2024-03-20T10:00",
    ]
    frame = count_by_weekday_hour(make_subject(times))
    assert len(frame) == 168
    assert frame["covered_weeks"].unique().tolist() == [2]
    filled = frame[frame["searches"] > 0].reset_index(drop=True)
    expected = pd.DataFrame(
        {
            "weekday": [0, 1],
            "hour": [2, 5],
            "row": [6, 1],
            "searches": [2, 1],
            "covered_weeks": 2,
            "per_week": [1.0, 0.5],
        }
    )
    pd.testing.assert_frame_equal(filled, expected)


def test_a_night_joins_a_day_to_the_next_days_small_hours(make_subject) -> None:
    times = [
        "2024-03-03T10:00",
        "2024-03-04T05:00",
        "2024-03-05T03:00",
        "2024-03-05T04:00",
        "2024-03-12T10:00",
    ]
    nights = list_nights(make_subject(times))
    assert [str(day) for day in nights.days.days][:2] == ["2024-03-04", "2024-03-05"]
    assert np.flatnonzero(nights.rows[0]).tolist() == [1, 23]
    assert np.flatnonzero(nights.rows[1]).tolist() == [0]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("weekday", "name"), [(0, "Mondays"), (5, "Saturdays"), (6, "Sundays")])
def test_a_weekday_that_runs_past_midnight_is_found(draw, make_subject, rng, seed, weekday, name) -> None:
    times = draw(seed, "2023-01-02", "2024-12-30", late=(weekday, 8.0))
    finding = find(make_subject(times), rng)
    assert finding.headline == f"{name} run past midnight, as no other day does"
    assert finding.mark == (weekday, 22, 2)
    assert finding.certainty.split(" searches")[0] > finding.certainty.split("against ")[1].split(" ")[0]
    assert ("Year by year", f"{name[:-1]}’s late hours lead in every year.") in finding.notes
    assert finding.remarkable > 0.3


@pytest.mark.parametrize("seed", range(6))
def test_weeks_without_a_late_day_claim_none(draw, make_subject, rng, seed) -> None:
    finding = find(make_subject(draw(seed, "2023-01-02", "2024-12-30")), rng)
    assert "midnight" not in finding.headline


def test_a_run_is_measured_on_nights_that_did_not_choose_it(draw, make_subject) -> None:
    truth = 1 + (1.5 / 4) / (20 * np.array([6, 4, 2, 1]).mean() / 97)  # 1.5 more in four hours
    runs = []
    for seed in range(12):
        nights = list_nights(make_subject(draw(seed, "2023-01-02", "2024-03-30", late=(0, 1.5))))
        runs.append(find_late_run(nights, np.random.default_rng(seed)))
    found = [run for run in runs if run]
    assert len(found) >= 6
    assert np.mean([run.rate / run.other for run in found]) > truth  # chosen and measured on the same nights
    assert max(run.low for run in found) < truth


def test_two_late_days_are_not_one(draw, make_subject, rng) -> None:
    both = [draw(k, "2023-01-02", "2024-12-30", late=(day, 8.0), a_day=8) for k, day in enumerate((0, 3))]
    nights = list_nights(make_subject(np.concatenate(both)))
    assert find_late_run(nights, rng) is None


@pytest.mark.parametrize("seed", range(3))
def test_else_the_fullest_hour_is_named(draw, make_subject, rng, seed) -> None:
    times = draw(seed, "2023-01-02", "2024-12-30")
    days = np.arange(np.datetime64("2023-01-04"), np.datetime64("2024-12-26"), 7)
    club = np.repeat(days.astype("datetime64[ms]") + np.timedelta64(15, "h"), 4)
    subject = make_subject(np.concatenate([times, club]))
    finding = find(subject, rng)
    frame = count_by_weekday_hour(subject)
    assert (
        finding.headline == f"The fullest hour is Wednesday at 15:00: {frame['per_week'].max():.1f} searches"
    )
    assert finding.mark == (2, 15, 16)


def test_else_the_fullest_part_of_the_week(draw, make_subject, rng) -> None:
    hours = np.repeat([1.0, 2.0, 2.0, 4.0], 6)
    finding = find(make_subject(draw(0, "2023-01-02", "2024-12-30", hours=hours, weekend=0.5)), rng)
    assert finding.headline.startswith("Workday evenings are the fullest part of the week: ")
    assert finding.mark == ()


@pytest.mark.parametrize("seed", range(4))
def test_even_weeks_have_no_fullest_hour(draw, make_subject, rng, seed) -> None:
    finding = find(make_subject(draw(seed, "2023-01-02", "2024-12-30", hours=np.ones(24))), rng)
    assert (finding.headline, finding.remarkable) == ("No hour of the week stands out", 0.0)


def test_under_eight_weeks_no_map_is_read(draw, make_subject, rng) -> None:
    finding = find(make_subject(draw(0, "2024-01-02", "2024-02-18")), rng)
    assert finding.headline == "Six covered weeks are too few to compare the hours of the week"
    assert finding.deck == "The hours of the week appear here after 8 covered weeks."
    assert find(make_subject([]), rng).headline == "No covered week yet to compare the hours of the week"


def test_few_searches_read_no_map_either(draw, make_subject, rng) -> None:
    finding = find(make_subject(draw(0, "2021-01-02", "2024-12-30", a_day=0.02)), rng)
    assert finding.headline.endswith(" searches are too few to compare the hours of the week")


def test_an_empty_archive_has_the_columns_too(make_subject) -> None:
    subject = make_subject([])
    assert list(count_by_weekday_hour(subject).columns) == [
        "weekday",
        "hour",
        "row",
        "searches",
        "covered_weeks",
        "per_week",
    ]
