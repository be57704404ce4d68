import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.dots import find_dots, list_dots, list_notes, list_silences, list_uncovered
from pipeline.patterns.stays import find_stays


def notes_of(subject):
    return list_notes(list_uncovered(subject), list_silences(subject), find_stays(subject), subject)


def find(subject):
    return find_dots(list_dots(subject), notes_of(subject), subject)


def spans(*rows: tuple[str, str]) -> pd.DataFrame:
    """Sources of the product search."""
    frame = pd.DataFrame(rows, columns=["first", "last"]).assign(product="search", export="e", folder="f")
    for end in ("first", "last"):
        frame[end] = pd.to_datetime(frame[end], utc=True).astype("datetime64[ms, UTC]")
    return frame


def test_every_activity_is_a_dot_in_order(make_subject) -> None:
    frame = list_dots(make_subject(["2024-03-02T10:00:05", "2024-03-01T23:00"]))
    expected = pd.DataFrame(
        {"local": np.array(["2024-03-01T23:00", "2024-03-02T10:00:05"], "datetime64[ms]")}
    )
    pd.testing.assert_frame_equal(frame, expected)


def test_days_between_two_archives_are_uncovered(draw, make_subject) -> None:
    times = np.concatenate([draw(0, "2021-01-05", "2021-06-01"), draw(1, "2022-01-05", "2022-06-01")])
    subject = make_subject(times, sources=spans(("2021-01-04", "2021-06-02"), ("2022-01-04", "2022-06-02")))
    uncovered = list_uncovered(subject)
    assert uncovered.astype(str).to_numpy().tolist() == [["2021-06-03", "2022-01-03", "215"]]
    notes = notes_of(subject)
    assert notes[["note", "kind"]].to_numpy().tolist() == [["not in the archive", "uncovered"]]


@pytest.mark.parametrize(("days", "noted"), [(6, False), (7, True), (12, True)])
def test_a_silence_of_a_week_is_noted(draw, make_subject, days, noted) -> None:
    times = np.sort(draw(0, "2023-01-02", "2024-01-30"))
    gap = np.datetime64("2023-08-03")
    subject = make_subject(times[(times < gap) | (times >= gap + days)])
    silences = list_silences(subject)
    assert silences["days"].tolist() == ([days] if noted else [])
    if noted:
        word = {7: "seven", 12: "twelve"}[days]
        assert notes_of(subject)["note"].tolist() == [f"{word} silent days"]
        assert str(notes_of(subject)["first"].iloc[0].date()) == "2023-08-03"
        assert find(subject).notes[1] == ("Silent days", f"The longest silence lasts {word} days.")


def test_a_silence_across_an_uncovered_span_is_two(draw, make_subject) -> None:
    times = np.concatenate([draw(0, "2021-01-05", "2021-06-01"), draw(1, "2021-07-20", "2021-12-01")])
    subject = make_subject(times, sources=spans(("2021-01-04", "2021-06-13"), ("2021-07-08", "2021-12-02")))
    assert list_silences(subject)["days"].tolist() == [10, 10]
    assert list_uncovered(subject)["days"].tolist() == [26]


def test_an_owner_who_is_often_silent_is_not_surprised(draw, make_subject) -> None:
    seldom = [make_subject(draw(seed, "2021-01-02", "2024-12-30", a_day=0.3)) for seed in range(6)]
    assert sum(len(list_silences(subject)) for subject in seldom) == 0  # each archive holds one by 1 in 1,000
    weekly = np.arange(np.datetime64("2021-01-02"), np.datetime64("2024-12-30"), 8)
    bursts = np.repeat(weekly.astype("datetime64[ms]"), 40)
    assert len(list_silences(make_subject(bursts))) == 0


def test_at_most_five_notes_are_kept_the_longest_by_date(draw, make_subject) -> None:
    times = np.sort(draw(0, "2021-01-02", "2024-12-30"))
    for k, days in enumerate([8, 9, 10, 11, 12, 13, 7]):
        gap = np.datetime64("2021-05-01") + 120 * k
        times = times[(times < gap) | (times >= gap + days)]
    assert notes_of(make_subject(times))["days"].tolist() == [9, 10, 11, 12, 13]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("hours", "note", "short"),
    [(7, "seven hours ahead", "+7\u00a0h"), (-6, "six hours behind", "−6\u00a0h")],
)
def test_a_stay_on_another_clock_is_noted_first(draw, make_subject, seed, hours, note, short) -> None:
    times = draw(seed, "2022-01-02", "2024-06-28", a_day=25)
    start = np.datetime64("2023-09-04")
    away = (times >= start) & (times < start + 20)
    times = np.sort(np.where(away, times - np.timedelta64(hours, "h"), times))
    for k, days in enumerate([25, 26, 27, 28, 29]):
        gap = np.datetime64("2022-02-01") + 60 * k
        times = times[(times < gap) | (times >= gap + days)]
    notes = notes_of(make_subject(times))
    assert notes["kind"].tolist() == ["silent"] * 4 + ["shifted"]
    assert notes[["note", "short"]].iloc[-1].tolist() == [note, short]
    assert notes["short"].iloc[0] == "26 days"
    finding = find(make_subject(times))
    assert dict(finding.notes)["On another clock"].endswith(f", {short}: most likely another zone.")


def test_the_empty_band_is_named_where_there_is_one(draw, make_subject) -> None:
    band = "The empty band is the quiet of the night."
    assert find(make_subject(draw(0, "2023-01-02", "2023-12-28"))).deck.endswith(band)
    even = draw(0, "2023-01-02", "2023-12-28", hours=np.ones(24))
    evenings = draw(0, "2023-01-02", "2023-12-28", hours=np.repeat([1.0, 0.0, 1.0], 8))
    for times in (even, evenings, draw(0, "2023-01-02", "2023-01-12")):
        assert band not in find(make_subject(times)).deck


def test_notes_have_the_same_columns_for_every_archive(draw, make_subject) -> None:
    times = np.sort(draw(0, "2023-01-02", "2024-01-30"))
    gap = np.datetime64("2023-08-03")
    full = notes_of(make_subject(times[(times < gap) | (times >= gap + 9)]))
    assert list(full.columns) == ["first", "last", "days", "note", "short", "kind"]
    assert notes_of(make_subject([])).dtypes.to_dict() == full.dtypes.to_dict()


def test_under_thirty_days_there_are_no_notes(make_subject) -> None:
    times = [f"2024-03-{day:02d}T10:{m:02d}" for day in (*range(1, 13), *range(20, 28)) for m in range(60)]
    subject = make_subject(times)
    assert len(list_silences(subject)) == 1
    assert len(notes_of(subject)) == 0


def test_the_headline_is_the_length(draw, make_subject) -> None:
    assert find(make_subject(draw(0, "2021-03-10", "2025-11-18"))).headline == "Five years of days and nights"
    assert find(make_subject(draw(0, "2021-03-02", "2021-03-18"))).headline == "Nineteen days and nights"
    assert find(make_subject(["2024-03-01T10:00"])).headline == "One day and its night"
    assert find(make_subject([])).headline == "No searches yet"


def test_the_deck_names_the_thing(make_subject) -> None:
    finding = find(make_subject(["2024-03-01T10:00"], product="youtube", action="watched"))
    assert finding.deck.startswith("Every dot is one video: ")


def test_an_empty_archive_has_the_columns_too(make_subject) -> None:
    subject = make_subject([])
    assert list(list_dots(subject).columns) == ["local"]
