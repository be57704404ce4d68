import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.gaps import answer_gaps, list_gaps, say_gap
from pipeline.patterns.silences import list_improbable_silences
from pipeline.patterns.subject import choose_subject
from pipeline.patterns.wording import say_shift
from pipeline.settings import ZoneSpan

COLUMNS = ["first", "last", "days", "what", "hours", "chance"]


def silence(times: np.ndarray, first: str, n_days: int) -> np.ndarray:
    """Take the entries of these days out."""
    start = np.datetime64(first)
    return times[(times < start) | (times >= start + np.timedelta64(n_days, "D"))]


def shift(times: np.ndarray, first: str, n_days: int, hours: int) -> np.ndarray:
    """Let the owner's clock run ahead of home's by so many hours: all comes earlier by home time."""
    start = np.datetime64(first)
    away = (times >= start) & (times < start + np.timedelta64(n_days, "D"))
    return np.sort(np.where(away, times - np.timedelta64(hours, "h"), times))


def spans(frame: pd.DataFrame, what: str) -> list[tuple[str, int]]:
    part = frame[frame["what"] == what]
    return [(str(first.date()), int(days)) for first, days in zip(part["first"], part["days"], strict=True)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n_days", [4, 9, 30])
def test_a_planted_silence_is_found_with_its_days(draw, make_subject, seed, n_days) -> None:
    times = silence(draw(seed, "2023-01-02", "2024-12-28", a_day=12), "2024-03-05", n_days)
    frame = list_gaps(make_subject(times))
    assert spans(frame, "silent") == [("2024-03-05", n_days)]
    assert frame["chance"].max() < 0.001


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("a_day", [0.3, 1.0, 3.0, 20.0])
@pytest.mark.parametrize("drift", [0.0, 0.35])
def test_an_archive_of_chance_has_no_gap(draw, make_subject, seed, a_day, drift) -> None:
    subject = make_subject(draw(seed, "2022-01-02", "2024-12-28", a_day=a_day, weekend=0.5, drift=drift))
    assert len(list_gaps(subject)) == 0


@pytest.mark.parametrize("a_day", [0.3, 1.0])
def test_the_chance_of_a_silence_holds(draw, make_subject, a_day) -> None:
    """Of forty archives without a planted silence not one is said to hold one."""
    found = 0
    for seed in range(40):
        subject = make_subject(draw(seed, "2023-06-02", "2024-12-28", a_day=a_day))
        found += len(list_improbable_silences(subject))
    assert found == 0


def test_weekends_without_entries_are_no_silence(draw, make_subject) -> None:
    times = draw(0, "2023-01-02", "2024-12-28", a_day=10, weekend=0.0)
    assert len(list_gaps(make_subject(times))) == 0
    longer = silence(times, "2024-05-03", 4)  # a Friday to a Monday
    assert len(list_gaps(make_subject(longer))) == 0
    assert spans(list_gaps(make_subject(silence(times, "2024-05-03", 12))), "silent") == [("2024-05-03", 12)]


def test_a_silence_of_free_days_counts_by_the_pace_of_free_days(draw, make_subject) -> None:
    times = silence(draw(0, "2023-01-02", "2024-12-28", a_day=12), "2024-03-05", 9)
    assert spans(list_gaps(make_subject(times, weekend=tuple(range(7)))), "silent") == [("2024-03-05", 9)]


def test_a_slower_pace_is_no_silence(draw, make_subject) -> None:
    times = draw(3, "2020-01-02", "2024-12-28", a_day=10, years={2022: 0.03})
    assert spans(list_gaps(make_subject(times)), "silent") == []


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Chicago", "Asia/Kolkata"])
@pytest.mark.parametrize("first", ["2024-03-08", "2024-03-29", "2024-10-25", "2024-11-01"])
def test_a_silence_over_a_change_of_the_clocks_has_its_local_days(
    draw, make_subject, make_settings, zone, first
) -> None:
    times = draw(0, "2023-06-02", "2025-03-28", a_day=15)
    local = pd.Series(pd.DatetimeIndex(times)).dt.tz_localize(
        zone, nonexistent="shift_forward", ambiguous=True
    )
    start = pd.Timestamp(first, tz=zone)
    kept = local[(local < start) | (local >= start + pd.DateOffset(days=6))]
    utc = kept.dt.tz_convert("UTC").reset_index(drop=True)
    plain = make_subject(utc.dt.tz_localize(None).to_numpy())
    sources = pd.DataFrame({"export": ["e"], "folder": ["f"], "product": ["search"]}).assign(
        first=pd.Series([utc.min()]), last=pd.Series([utc.max()])
    )
    subject = choose_subject(
        plain.rows[["time", "product", "action", "mark", "text"]],
        sources,
        make_settings(home_zone=(ZoneSpan(None, zone),)),
    )
    assert spans(list_gaps(subject), "silent") == [(first, 6)]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("hours", [7, -6, 10])
def test_a_planted_stay_on_another_clock_is_found(draw, make_subject, seed, hours) -> None:
    times = shift(draw(seed, "2023-01-02", "2024-06-28", a_day=25), "2023-09-04", 20, hours)
    frame = list_gaps(make_subject(times))
    stays = frame[frame["what"] == "shifted"]
    assert stays["hours"].tolist() == [hours]
    assert abs((stays["first"].iloc[0] - pd.Timestamp("2023-09-04")).days) <= 2
    assert abs(int(stays["days"].iloc[0]) - 20) <= 3
    finding = answer_gaps(make_subject(times), np.random.default_rng(0)).finding
    assert finding.headline == finding.emphasis == "One shifted clock"
    assert finding.remarkable == pytest.approx(min(1.0, (abs(hours) - 0.5) / 6))
    assert "most likely other zones" in finding.certainty


def test_days_outside_the_archive_are_listed_and_are_no_silence(draw, make_subject, rng) -> None:
    times = silence(draw(0, "2023-01-02", "2024-12-28", a_day=12), "2024-02-10", 21)
    parts = (times[times < np.datetime64("2024-02-10")], times[times > np.datetime64("2024-02-10")])
    ends = [(part.min(), part.max()) for part in parts]
    sources = pd.DataFrame({"export": ["a", "b"], "folder": ["f", "f"], "product": ["search"] * 2}).assign(
        first=pd.to_datetime([end[0] for end in ends]).tz_localize("UTC"),
        last=pd.to_datetime([end[1] for end in ends]).tz_localize("UTC"),
    )
    answer = answer_gaps(make_subject(times, sources=sources), rng)
    assert spans(answer.frame, "uncovered") == [("2024-02-10", 21)]
    assert spans(answer.frame, "silent") == []
    assert answer.finding.headline == "One span not in the archive"
    assert answer.finding.remarkable == 0.0


def test_a_finding_counts_each_kind(draw, make_subject, rng) -> None:
    times = draw(1, "2022-01-02", "2024-06-28", a_day=25)
    times = silence(silence(shift(times, "2022-09-04", 20, 7), "2023-03-01", 8), "2023-11-01", 5)
    finding = answer_gaps(make_subject(times), rng).finding
    assert finding.headline == "One shifted clock and two silences"
    assert ("Silences", "1 – 8 Mar 2023, 8 days; 1 – 5 Nov 2023, 5 days.") in finding.notes
    assert finding.section == "Gaps and trips"
    assert not finding.private


@pytest.mark.parametrize("times", [[], ["2024-03-01T10:00"], ["2014-03-01T10:00", "2024-03-01T10:00"]])
def test_too_little_has_no_gap(make_subject, rng, times) -> None:
    answer = answer_gaps(make_subject(times), rng)
    assert list(answer.frame.columns) == COLUMNS
    assert len(answer.frame) == 0
    assert (answer.finding.mark, answer.finding.remarkable) == ((), 0.0)
    expected = "No stretch stands out" if times else "No searches yet, and so no gaps"
    assert answer.finding.headline == expected


def test_the_table_is_the_same_for_every_archive(draw, make_subject, rng) -> None:
    full = answer_gaps(make_subject(silence(draw(0, "2023-01-02", "2024-06-28"), "2023-05-02", 9)), rng).frame
    assert len(full) == 1
    assert answer_gaps(make_subject([]), rng).frame.dtypes.to_dict() == full.dtypes.to_dict()


def test_stretches_are_put_into_words() -> None:
    assert say_gap("shifted", 7.0) == "the quiet window 7 hours earlier"
    assert say_gap("shifted", -1.0) == "the quiet window 1 hour later"
    assert say_gap("uncovered", np.nan) == "not in the archive"
    assert (say_shift(7), say_shift(-6)) == ("+7\u00a0h", "−6\u00a0h")
