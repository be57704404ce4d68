from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.calendar import answer_calendar, count_by_date, list_limits
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.dots import answer_dots
from pipeline.patterns.stretches import find_fullest_stretch
from pipeline.patterns.years import count_by_day
from pipeline.settings import FreeSpan

COLUMNS = ["date", "searches", "covered", "step"]


def _list_times(counts: dict[str, int]) -> list[str]:
    """So many entries on each of these days, at noon."""
    return [f"{day}T12:{k // 60:02d}:{k % 60:02d}" for day, n in counts.items() for k in range(n)]


def _plan(first: str, counts: list[int]) -> dict[str, int]:
    days = np.datetime64(first) + np.arange(len(counts))
    return {str(day): n for day, n in zip(days, counts, strict=True)}


def test_every_day_is_a_square_from_the_first_to_the_last(make_subject) -> None:
    frame = count_by_date(make_subject(_list_times(_plan("2024-02-27", [1, 3, 0, 5, 2]))))
    assert list(frame.columns) == COLUMNS
    expected = pd.DataFrame(
        {
            "date": pd.date_range("2024-02-27", periods=5).as_unit("ms"),
            "searches": np.array([1, 3, 0, 5, 2]),
            "covered": [False, True, True, True, False],
            "step": [1.0, 1.0, 0.0, 3.0, 1.0],
        }
    )
    pd.testing.assert_frame_equal(frame, expected)


def test_free_days_of_the_settings_are_told_where_there_are_any(make_subject, rng) -> None:
    plain = make_subject(_list_times(_plan("2024-02-27", [1, 3, 0, 5, 2])))
    spans = (FreeSpan(date(2024, 1, 1), date(2024, 2, 28)), FreeSpan(date(2024, 3, 1), date(2024, 3, 1)))
    subject = replace(plain, free_days=spans)
    frame = count_by_date(subject)
    assert list(frame.columns) == [*COLUMNS, "free"]
    assert frame["free"].tolist() == [True, True, False, True, False]  # 2 March is a Saturday, but not given
    assert count_by_day(subject)["free"].tolist() == frame["free"].tolist()
    frames = answer_dots(subject, rng).frames
    assert frames["free"].astype(str).to_numpy().tolist() == [
        ["2024-02-27", "2024-02-28", "2"],
        ["2024-03-01", "2024-03-01", "1"],
    ]
    assert "free" not in count_by_day(plain)
    assert "free" not in answer_dots(plain, rng).frames
    away = replace(plain, free_days=(FreeSpan(date(2025, 1, 1), date(2025, 1, 5)),))
    assert len(answer_dots(away, rng).frames["free"]) == 0


def test_a_day_in_no_export_has_no_class_and_a_silent_one_has_class_0(make_subject) -> None:
    sources = pd.DataFrame(
        {
            "export": ["a", "b"],
            "folder": "My Activity/Search",
            "product": "search",
            "first": pd.to_datetime(["2024-01-01", "2024-01-08"], utc=True).as_unit("ms"),
            "last": pd.to_datetime(["2024-01-04", "2024-01-11"], utc=True).as_unit("ms"),
        }
    )
    times = _list_times({"2024-01-01": 1, "2024-01-03": 2, "2024-01-10": 2, "2024-01-11": 1})
    frame = count_by_date(make_subject(times, sources=sources))
    assert frame["covered"].tolist() == [False, True, True, *[False] * 5, True, True, False]
    expected = [1, 0, 1, *[np.nan] * 5, 0, 1, 1]
    np.testing.assert_array_equal(frame["step"], expected)


def test_the_classes_end_at_the_owners_quantiles(make_subject) -> None:
    counts = [9, *range(1, 41), 9]
    frame = count_by_date(make_subject(_list_times(_plan("2024-01-01", counts))))
    limits = list_limits(frame)
    rows = [tuple(row) for row in limits.itertuples(index=False)]
    assert rows == [(0, 0, 0), (1, 1, 8), (2, 9, 16), (3, 17, 24), (4, 25, 32), (5, 33, 38), (6, 39, 40)]
    for row in frame.itertuples():
        low, high = limits.set_index("step").loc[int(row.step), ["low", "high"]]
        assert low <= row.searches <= high


@pytest.mark.parametrize("seed", range(4))
def test_every_count_lies_within_its_class(draw, make_subject, seed) -> None:
    frame = count_by_date(make_subject(draw(seed, "2024-01-05", "2024-05-20", a_day=10.0**seed / 10)))
    limits = list_limits(frame).set_index("step")
    known = frame.dropna(subset=["step"])
    ends = limits.loc[known["step"].astype(int)]
    assert (known["searches"].to_numpy() >= ends["low"].to_numpy()).all()
    assert (known["searches"].to_numpy() <= ends["high"].to_numpy()).all()
    assert (limits["low"].to_numpy()[1:] == limits["high"].to_numpy()[:-1] + 1).all()


def test_equal_days_have_one_class(make_subject) -> None:
    frame = count_by_date(make_subject(_list_times(_plan("2024-01-01", [4] * 20))))
    assert set(frame["step"]) == {1.0}
    assert list_limits(frame).to_numpy().tolist() == [[0, 0, 0], [1, 1, 4]]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("factor", [1.6, 2.2])
def test_planted_months_are_the_fullest_stretch(draw, make_subject, seed, factor) -> None:
    times = draw(seed, "2022-01-05", "2023-12-20")
    spring = (times >= np.datetime64("2023-03-01")) & (times < np.datetime64("2023-06-01"))
    kept = np.random.default_rng(seed).random(len(times)) < np.where(spring, 1, 1 / factor)
    kept[[-1, -2]] = True  # the edges, which make every day between covered
    answer = answer_calendar(make_subject(times[kept]), np.random.default_rng(seed))
    assert answer.finding.headline.replace("most likely ", "") == "March to May 2023 is the fullest stretch"
    assert answer.finding.emphasis == "March to May 2023"
    assert answer.finding.mark == ("2023-03-01", "2023-05-31")
    assert answer.finding.remarkable > 0.1
    notes = answer.frames["notes"]
    assert notes["note"].tolist() == ["the fullest stretch"]
    assert notes["first"].tolist() == [pd.Timestamp("2023-03-01")]


def test_a_stretch_over_new_year_names_both_years(draw, make_subject) -> None:
    times = draw(0, "2022-01-05", "2023-12-20")
    winter = (times >= np.datetime64("2022-12-01")) & (times < np.datetime64("2023-03-01"))
    kept = np.random.default_rng(0).random(len(times)) < np.where(winter, 1, 0.4)
    kept[[-1, -2]] = True
    stretch = find_fullest_stretch(count_covered_days(make_subject(times[kept])), np.random.default_rng(0))
    assert stretch is not None
    assert stretch.name == "December 2022 to February 2023"
    assert stretch.low < stretch.rate < stretch.high
    assert stretch.mean < stretch.low


def test_without_a_stretch_the_headline_says_only_how_long(draw, make_subject) -> None:
    claims = []
    for seed in range(3):
        subject = make_subject(draw(seed, "2023-01-03", "2024-12-20", drift=0.1))
        finding = answer_calendar(subject, np.random.default_rng(seed)).finding
        claims += [finding.headline] if finding.mark else []
        assert finding.mark or (finding.headline, finding.remarkable) == ("Two years, one square a day", 0)
    assert claims == []


@pytest.mark.slow
def test_an_archive_that_drifts_seldom_claims_a_stretch(draw, make_subject) -> None:
    claims = []
    for seed in range(20):
        subject = make_subject(draw(seed, "2023-01-03", "2025-12-20", drift=0.35))
        finding = answer_calendar(subject, np.random.default_rng(seed)).finding
        claims += [finding.headline] if finding.mark else []
    assert len(claims) <= 1, claims


def test_silences_are_noted_by_date_and_the_longest_five_at_most(draw, make_subject) -> None:
    times = draw(1, "2023-01-03", "2024-12-20")
    day = (times.astype("datetime64[D]") - np.datetime64("2023-01-03")).astype(int)
    kept = np.ones(len(times), dtype=bool)
    for k in range(7):
        kept &= ~((day >= 60 + 80 * k) & (day < 60 + 80 * k + 8 + k))
    notes = answer_calendar(make_subject(times[kept]), np.random.default_rng(0)).frames["notes"]
    assert list(notes.columns) == ["first", "last", "note"]
    silent = [note for note in notes["note"] if "without" in note]
    assert len(notes) == 5
    assert silent[-1] == "fourteen days without a search"
    assert notes["first"].is_monotonic_increasing


@pytest.mark.parametrize(("hours", "note"), [(7, "seven hours ahead"), (-6, "six hours behind")])
def test_a_stay_on_another_clock_is_noted_before_silences(draw, make_subject, rng, hours, note) -> None:
    times = draw(0, "2022-01-02", "2024-06-28", a_day=25)
    start = np.datetime64("2023-09-04")
    away = (times >= start) & (times < start + 20)
    times = np.sort(np.where(away, times - np.timedelta64(hours, "h"), times))
    for k in range(6):
        gap = np.datetime64("2022-02-01") + 60 * k
        times = times[(times < gap) | (times >= gap + 25 + k)]
    notes = answer_calendar(make_subject(times), rng).frames["notes"]
    assert len(notes) == 5
    assert notes["note"].tolist().count(note) == 1


def test_nothing_has_no_square_and_no_class(make_subject, rng) -> None:
    answer = answer_calendar(make_subject([]), rng)
    assert [len(frame) for frame in answer.frames.values()] == [0, 0, 0]
    assert answer.finding.headline == "No searches yet"
    assert list(answer.frame.columns) == COLUMNS


@pytest.mark.parametrize(
    ("times", "headline"),
    [
        (["2024-03-01T10:00"], "One day, one square a day"),
        (["2014-03-01T10:00", "2024-03-01T10:00"], "Ten years, one square a day"),
        ([f"2024-03-{day:02d}T10:00" for day in range(1, 31)], "Thirty days, one square a day"),
    ],
)
def test_little_claims_nothing(make_subject, rng, times, headline) -> None:
    finding = answer_calendar(make_subject(times), rng).finding
    assert (finding.remarkable, finding.mark) == (0.0, ())
    assert finding.headline.lower().replace("30", "thirty") == headline.lower()


def test_other_subjects_are_called_by_their_noun(draw, make_subject, rng) -> None:
    times = draw(4, "2023-01-05", "2024-11-20", a_day=3)
    day = (times.astype("datetime64[D]") - np.datetime64("2023-01-05")).astype(int)
    kept = times[(day < 200) | (day > 215)]
    answer = answer_calendar(make_subject(kept, product="youtube", action="watched"), rng)
    assert "sixteen days without a video" in answer.frames["notes"]["note"].tolist()
    assert "search" not in answer.finding.alt + answer.finding.deck + answer.finding.headline


@pytest.mark.parametrize(("n_days", "said"), [(92, "each line a week"), (93, "each column a week")])
def test_the_deck_says_how_the_weeks_stand(make_subject, rng, n_days, said) -> None:
    days = pd.date_range("2025-01-01 12:00", periods=n_days, freq="D")
    assert said in answer_calendar(make_subject([str(day) for day in days]), rng).finding.deck
