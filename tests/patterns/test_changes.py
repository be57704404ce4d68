from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.changes import answer_changes, count_by_week
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.paces import list_stretches

COLUMNS = ["since", "until", "days", "per_day", "low", "high"]


def test_without_a_change_the_archive_is_one_stretch(draw, make_subject) -> None:
    subject = make_subject(draw(0, "2023-01-03", "2024-12-20"))
    answer = answer_changes(subject, np.random.default_rng(0))
    days = count_covered_days(subject)
    assert list(answer.frame.columns) == COLUMNS
    row = answer.frame.iloc[0]
    assert (len(answer.frame), row["days"], len(answer.frames["changes"])) == (1, len(days.days), 0)
    assert (row["since"], row["until"]) == (pd.Timestamp("2023-01-03"), pd.Timestamp("2024-12-20"))
    assert row["per_day"] == days.totals.mean()
    assert row["low"] < row["per_day"] < row["high"]
    finding = answer.finding
    assert (finding.headline, finding.mark) == ("No lasting change of pace in two years", ())
    assert finding.remarkable == 0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("factor", [0.5, 0.75, 1.35, 2.0])
def test_a_planted_change_is_dated(draw, make_subject, seed, factor) -> None:
    subject = make_subject(draw(seed, "2023-01-03", "2024-12-20", years={2024: factor}))
    answer = answer_changes(subject, np.random.default_rng(seed))
    changes = answer.frames["changes"]
    assert len(changes) == 1
    row = changes.iloc[0]
    assert row["earliest"] <= row["day"] <= row["latest"]
    assert abs((row["day"] - pd.Timestamp("2024-01-01")).days) <= 35
    assert row["low"] < row["ratio"] < row["high"]
    assert abs(np.log(row["ratio"] / factor)) < 0.15
    finding = answer.finding
    assert finding.mark == (row["day"].date().isoformat(),)
    assert finding.headline.startswith(f"The pace {'rose' if factor > 1 else 'fell'} ")
    assert finding.emphasis in finding.headline
    assert finding.remarkable > 0.05
    assert answer.frame["until"].iloc[0] < row["day"] == answer.frame["since"].iloc[1]


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.75, 2.0])
def test_the_intervals_hold_the_truth(draw, make_subject, factor) -> None:
    n_dates = n_ratios = n_found = 0
    for seed in range(20):
        days = count_covered_days(make_subject(draw(seed, "2023-01-03", "2024-12-20", years={2024: factor})))
        changes = list_stretches(days, np.random.default_rng(seed))[1]
        if len(changes) == 1:
            n_found += 1
            n_dates += changes[0].earliest <= date(2024, 1, 1) <= changes[0].latest
            n_ratios += changes[0].low < factor < changes[0].high
    assert n_found >= 19
    assert min(n_dates, n_ratios) >= 0.85 * n_found


@pytest.mark.parametrize("seed", range(3))
def test_two_changes_are_two(draw, make_subject, seed) -> None:
    times = draw(seed, "2022-01-03", "2024-12-20", years={2023: 2.0, 2024: 0.7})
    answer = answer_changes(make_subject(times), np.random.default_rng(seed))
    assert [int(day.year) for day in answer.frames["changes"]["day"] + pd.Timedelta(days=20)] == [2023, 2024]
    assert answer.finding.headline.startswith("The pace changed twice; most ")
    assert ", when it fell from " in answer.finding.headline


def test_a_dip_of_a_month_is_no_lasting_change(draw, make_subject) -> None:
    for seed in range(4):
        subject = make_subject(draw(seed, "2023-01-03", "2024-12-20", months={8: 0.6}))
        assert len(answer_changes(subject, np.random.default_rng(seed)).frame) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("drift", "most"), [(0.0, 2), (0.35, 5)])
def test_chance_seldom_changes_the_pace(draw, make_subject, drift, most) -> None:
    claims = []
    for seed in range(20):
        for first in ("2022-03-10", "2024-11-10"):
            subject = make_subject(draw(100 + seed, first, "2025-11-18", drift=drift))
            finding = answer_changes(subject, np.random.default_rng(seed)).finding
            claims += [finding.headline] if finding.remarkable > 0 else []
    assert len(claims) <= most, claims  # of 40


def test_silence_from_a_day_on_is_a_change_to_nothing(draw, make_subject) -> None:
    times = draw(0, "2023-01-03", "2024-12-20")
    kept = times[(times < np.datetime64("2024-03-01")) | (times > np.datetime64("2024-12-21"))]
    answer = answer_changes(make_subject(kept), np.random.default_rng(0))
    assert answer.frame["per_day"].iloc[1] == 0
    assert answer.finding.headline.startswith("The pace fell in ")
    assert answer.finding.headline.endswith("from 20 to 0 searches a day")
    assert answer.finding.remarkable == 1


def test_silence_up_to_a_day_is_a_change_from_nothing(draw, make_subject) -> None:
    times = draw(0, "2023-01-03", "2024-12-20")
    kept = times[(times > np.datetime64("2023-09-01")) | (times < np.datetime64("2023-01-03"))]
    answer = answer_changes(make_subject(kept), np.random.default_rng(0))
    assert np.isnan(answer.frames["changes"]["ratio"].iloc[0])
    assert answer.finding.headline.endswith("from 0 to 20 searches a day")
    assert "inf" not in answer.finding.certainty


def test_days_that_no_export_covers_are_no_silence(draw, make_subject) -> None:
    times = draw(2, "2023-01-03", "2024-12-20")
    gap = (times > np.datetime64("2023-09-01T12")) & (times < np.datetime64("2024-02-01T12"))
    ends = ["2023-01-02T12", "2024-02-01T12"], ["2023-09-01T12", "2024-12-21T12"]
    sources = pd.DataFrame(
        {
            "export": ["a", "b"],
            "folder": "My Activity/Search",
            "product": "search",
            "first": pd.to_datetime(ends[0], utc=True).as_unit("ms"),
            "last": pd.to_datetime(ends[1], utc=True).as_unit("ms"),
        }
    )
    answer = answer_changes(make_subject(times[~gap], sources=sources), np.random.default_rng(0))
    assert len(answer.frame) == 1
    weeks = answer.frames["weeks"].set_index("week")["per_day"]
    assert weeks["2023-09-11":"2024-01-22"].isna().all()
    assert (weeks["2024-02-05":"2024-11-25"] > 5).all()


def test_a_week_is_its_covered_days(make_subject) -> None:
    days = ["2024-01-01", "2024-01-03", "2024-01-03", "2024-01-06", "2024-01-09", "2024-01-10"]
    frame = count_by_week(count_covered_days(make_subject([f"{day}T12:00" for day in days])))
    expected = pd.DataFrame(
        {
            "week": pd.to_datetime(["2024-01-01", "2024-01-08"]).as_unit("ms"),
            "covered_days": [6, 2],
            "per_day": [0.5, np.nan],
        }
    )
    pd.testing.assert_frame_equal(frame, expected)


def test_half_a_year_is_needed(draw, make_subject, rng) -> None:
    answer = answer_changes(make_subject(draw(0, "2024-01-02", "2024-06-29")), rng)
    assert answer.finding.headline == "180 covered days are too few to tell a change of pace"
    assert answer.frame["low"].isna().all()
    assert (answer.finding.mark, answer.finding.remarkable) == ((), 0)


def test_few_searches_are_too_few(draw, make_subject, rng) -> None:
    answer = answer_changes(make_subject(draw(0, "2024-01-02", "2024-12-29", a_day=0.2)), rng)
    assert answer.finding.headline.endswith("searches are too few to tell a change of pace")


def test_every_archive_has_the_same_tables(draw, make_subject) -> None:
    subjects = [
        make_subject([]), make_subject(["2024-03-01T10:00"]),
        make_subject(draw(0, "2023-01-03", "2024-12-20", years={2024: 2.0})),
        make_subject(draw(0, "2024-01-02", "2024-03-29", a_day=2), product="youtube", action="watched"),
    ]  # fmt: skip
    answers = [answer_changes(subject, np.random.default_rng(0)) for subject in subjects]
    first = {name: frame.dtypes.to_dict() for name, frame in answers[0].frames.items()}
    for answer in answers[1:]:
        assert {name: frame.dtypes.to_dict() for name, frame in answer.frames.items()} == first
    assert answers[0].finding.headline == "No covered day yet to tell a change of pace"


def test_the_same_seed_gives_the_same_stretches(draw, make_subject) -> None:
    days = count_covered_days(make_subject(draw(1, "2023-01-03", "2024-12-20", years={2024: 1.4})))
    frames = [list_stretches(days, np.random.default_rng(3))[0] for _ in range(2)]
    pd.testing.assert_frame_equal(*frames)


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [1.5, 2.5, 0.6])
def test_the_stated_range_of_days_holds_the_truth(draw, make_subject, ratio) -> None:
    held = []
    for seed in range(14):
        step = np.datetime64("2022-01-04") + 25 * seed
        seasons = {5: 1.3, 6: 1.3, 8: 0.6, 12: 0.8}
        quiet = {"a_day": 20.0, "weekend": 0.7, "months": seasons, "drift": 0.15}
        before = draw(seed, "2021-01-05", str(step - 1), **quiet)
        after = draw(seed + 200, str(step), "2023-12-20", **{**quiet, "a_day": 20.0 * ratio})
        days = count_covered_days(make_subject(np.concatenate([before, after])))
        changes = list_stretches(days, np.random.default_rng(seed))[1]
        if changes:
            nearest = min(changes, key=lambda change: abs(np.datetime64(change.day) - step))
            held.append(np.datetime64(nearest.earliest) <= step <= np.datetime64(nearest.latest))
    assert len(held) >= 10
    assert np.mean(held) >= 0.9
