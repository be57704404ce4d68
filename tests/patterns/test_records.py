import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.patterns.firsts import answer_firsts, list_firsts
from pipeline.patterns.records import (
    answer_records,
    find_latest_night,
    find_longest_run,
    list_records,
    say_record,
)
from pipeline.patterns.stays import find_stays
from pipeline.patterns.subject import choose_subject
from pipeline.settings import ZoneSpan

COLUMNS = ["record", "value", "unit", "first", "last"]
EVENINGS = np.zeros(24)
EVENINGS[17:23] = 1.0


def at(*times: str) -> np.ndarray:
    return np.array(times, dtype="datetime64[ms]")


def read(frame: pd.DataFrame, record: str) -> tuple[float, str, str]:
    row = frame[frame["record"] == record].iloc[0]
    return float(row["value"]), str(row["first"].date()), str(row["last"].date())


def test_records_of_a_small_archive_are_counted_by_hand(make_subject) -> None:
    days = {"01": 1, "02": 2, "03": 4, "06": 4, "07": 1, "09": 1}
    times = [f"2024-03-{day}T12:{10 + k}" for day, n in days.items() for k in range(n)]
    expected = pd.DataFrame(
        {
            "record": pd.Series(["busiest day", "longest run", "longest silence"], dtype="str"),
            "value": [4.0, 3.0, 2.0],
            "unit": pd.Series(["searches", "days", "days"], dtype="str"),
            "first": pd.to_datetime(["2024-03-03", "2024-03-01", "2024-03-04"]).as_unit("ms"),
            "last": pd.to_datetime(["2024-03-03", "2024-03-03", "2024-03-05"]).as_unit("ms"),
        }
    )
    pd.testing.assert_frame_equal(list_records(make_subject(times)), expected)


def test_records_keep_every_row_but_silences_only_covered_days(make_subject) -> None:
    sources = pd.DataFrame({"export": ["e"], "folder": ["f"], "product": ["search"]}).assign(
        first=pd.to_datetime(["2024-03-01"]).tz_localize("UTC"),
        last=pd.to_datetime(["2024-03-05"]).tz_localize("UTC"),
    )
    times = ["2024-03-02T10:00", "2024-03-20T10:00", "2024-03-20T11:00"]
    frame = list_records(make_subject(times, sources=sources))
    assert read(frame, "busiest day") == (2.0, "2024-03-20", "2024-03-20")
    assert read(frame, "longest silence") == (2.0, "2024-03-03", "2024-03-04")


@given(st.sets(st.integers(0, 60), min_size=1))
@settings(max_examples=100, deadline=None)
def test_the_longest_run_agrees_with_a_loop(places) -> None:
    days = np.datetime64("2024-02-20") + np.array(sorted(places))
    best, first, length = 0, None, 0
    for k, day in enumerate(days):
        length = length + 1 if k and day - days[k - 1] == np.timedelta64(1, "D") else 1
        if length > best:
            best, first = length, day - (length - 1)
    run = find_longest_run(days)
    assert run is not None
    assert (run.value, run.first, run.last) == (best, first, first + (best - 1))


def test_no_days_have_no_run() -> None:
    assert find_longest_run(np.zeros(0, dtype="datetime64[D]")) is None


def test_the_latest_night_goes_on_from_the_evening_without_a_pause_of_two_hours(make_subject) -> None:
    times = at(
        "2024-03-01T21:00", "2024-03-01T22:30", "2024-03-02T00:20", "2024-03-02T01:50", "2024-03-02T04:10",
        "2024-03-05T23:59", "2024-03-06T01:10", "2024-03-09T03:00", "2024-03-12T18:59", "2024-03-13T00:30",
    )  # fmt: skip
    night = find_latest_night(make_subject(times))
    assert night is not None
    assert (night.value, str(night.first)) == (pytest.approx(24 + 1 + 50 / 60), "2024-03-01")


def test_a_night_may_end_before_midnight_and_a_morning_is_none(make_subject) -> None:
    night = find_latest_night(make_subject(at("2024-03-01T20:30", "2024-03-02T05:00", "2024-03-03T12:30")))
    assert night is not None
    assert (night.value, str(night.first)) == (20.5, "2024-03-01")
    assert find_latest_night(make_subject(at("2024-03-02T05:00", "2024-03-02T06:00"))) is None
    assert find_latest_night(make_subject([])) is None


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("hours", [3, 5])
def test_a_planted_late_night_is_found(draw, make_subject, seed, hours) -> None:
    times = draw(seed, "2023-01-02", "2023-12-28", a_day=15, hours=EVENINGS)
    start = np.datetime64("2023-05-06T22:00", "ms")
    late = start + np.arange(0, 2 * 60 + 60 * hours + 1, 20) * np.timedelta64(1, "m")
    subject = make_subject(np.concatenate([times, late]))
    assert read(list_records(subject), "latest night") == (
        pytest.approx(24 + hours),
        "2023-05-06",
        "2023-05-06",
    )


def test_a_stay_on_another_clock_makes_no_late_night(draw, make_subject) -> None:
    times = draw(0, "2023-01-02", "2024-03-28", a_day=25, hours=EVENINGS + 0.4 * (np.arange(24) > 8))
    start, hour = np.datetime64("2023-09-04"), np.timedelta64(1, "h")
    away = (times >= start) & (times < start + np.timedelta64(20, "D"))
    subject = make_subject(np.where(away, times + 6 * hour, times))
    value, first, _ = read(list_records(subject), "latest night")
    assert value < 25
    assert not "2023-09-04" <= first <= "2023-09-23"


def test_days_of_a_stay_that_hold_too_little_to_tell_make_no_late_night(draw, make_subject) -> None:
    times = draw(0, "2023-01-02", "2024-03-28", a_day=25, hours=EVENINGS + 0.4 * (np.arange(24) > 8))
    start, hour = np.datetime64("2023-09-04"), np.timedelta64(1, "h")
    away = (times >= start) & (times < start + np.timedelta64(20, "D"))
    last = (times >= start + np.timedelta64(15, "D")) & (times < start + np.timedelta64(20, "D"))
    kept = np.where(away, times + 6 * hour, times)[~last]
    nights = (start + np.timedelta64(15, "D") + np.arange(5)).astype("datetime64[m]")
    few = np.concatenate([nights + minutes for minutes in (1380, 1470, 1560)])  # 23:00, 00:30 and 02:00
    subject = make_subject(np.append(kept, few.astype("datetime64[ms]")))
    (until,) = find_stays(subject)["last"]
    assert until < pd.Timestamp("2023-09-22")  # told two days early, or more
    assert read(list_records(subject), "latest night")[0] < 25


@pytest.mark.parametrize(("shift", "evening"), [(8, "2023-09-23"), (-6, "2023-09-24"), (6, "2023-09-03")])
def test_the_way_there_and_the_way_back_make_no_late_night(draw, make_subject, shift, evening) -> None:
    times = draw(0, "2023-01-02", "2024-03-28", a_day=25, hours=EVENINGS + 0.4 * (np.arange(24) > 8))
    start, hour = np.datetime64("2023-09-04"), np.timedelta64(1, "h")
    away = (times >= start) & (times < start + np.timedelta64(20, "D"))
    on_the_way = np.datetime64(f"{evening}T22:00", "ms") + np.arange(8) * hour
    subject = make_subject(np.append(np.where(away, times + shift * hour, times), on_the_way))
    assert read(list_records(subject), "latest night")[0] < 25


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Chicago"])
def test_a_night_over_a_change_of_the_clocks_is_one_night(make_subject, make_settings, zone) -> None:
    # A search every hour through the night of 30 March and of 9 March: the clock jumps, the pauses do not
    times = at(*[f"2024-03-{day}T{hour:02d}:00" for day in ("09", "30") for hour in range(18, 24)],
               *[f"2024-03-{day}T{hour:02d}:00" for day in ("10", "31") for hour in range(11)])  # fmt: skip
    plain = make_subject(times)
    sources = pd.DataFrame({"export": ["e"], "folder": ["f"], "product": ["search"]}).assign(
        first=plain.rows["time"].min(), last=plain.rows["time"].max()
    )
    subject = choose_subject(
        plain.rows[["time", "product", "action", "mark", "text"]], sources,
        make_settings(home_zone=(ZoneSpan(None, zone),)),
    )  # fmt: skip
    night = find_latest_night(subject)
    assert night is not None
    local = subject.rows["local"]
    assert night.value == max(24 + local.dt.hour[local.dt.hour < 12])


def test_the_busiest_day_is_named(draw, make_subject, rng) -> None:
    times = draw(0, "2023-01-02", "2023-12-28", a_day=8)
    extra = np.datetime64("2023-05-17T10:00", "ms") + np.arange(90) * np.timedelta64(1, "m")
    answer = answer_records(make_subject(np.concatenate([times, extra])), rng)
    match = re.fullmatch(
        r"(\d+) searches on Wednesday, 17 May 2023: the busiest day", answer.finding.headline
    )
    assert match is not None
    assert answer.frame["value"].iloc[0] == int(match[1]) >= 90
    assert answer.finding.emphasis == f"{match[1]} searches"
    assert answer.finding.mark == ("busiest day",)
    assert (answer.finding.remarkable, answer.finding.private) == (0.0, False)
    assert set(answer.frame["record"]) >= {"busiest day", "longest run", "latest night"}


@pytest.mark.parametrize(
    ("times", "headline"),
    [
        ([], "No day yet to speak of records"),
        (["2024-03-01T10:00"], "One day is too few to speak of records"),
        (["2014-03-01T10:00", "2024-03-01T10:00"], "Two searches are too few to speak of records"),
    ],
)
def test_too_little_is_said(make_subject, rng, times, headline) -> None:
    answer = answer_records(make_subject(times), rng)
    assert answer.finding.headline == headline
    assert (len(answer.frame), answer.finding.mark) == (0, ())
    assert list(answer.frame.columns) == COLUMNS


def test_the_tables_are_the_same_for_every_archive(draw, make_subject, rng) -> None:
    full = make_subject(draw(0, "2023-01-02", "2023-12-28"), text="rye")
    for answer in (answer_records, answer_firsts):
        one, none = answer(full, rng).frame, answer(make_subject([]), rng).frame
        assert len(one) and one.dtypes.to_dict() == none.dtypes.to_dict()


def test_videos_are_called_videos(draw, make_subject, rng) -> None:
    subject = make_subject(draw(4, "2023-01-05", "2023-11-20", a_day=3), product="youtube", action="watched")
    finding = answer_records(subject, rng).finding
    text = " ".join([finding.headline, finding.deck, finding.certainty, finding.alt, finding.how])
    assert "search" not in text and "videos on" in finding.headline


def test_a_record_is_put_into_words() -> None:
    day, other = pd.Timestamp("2024-03-11"), pd.Timestamp("2024-08-03")
    assert say_record(("busiest day", 97.0, "searches", day, day)) == (
        "97 searches",
        "Busiest day, 11 Mar 2024",
    )
    assert say_record(("longest run", 146.0, "days", day, other)) == (
        "146 days",
        "Longest run, 11 Mar – 3 Aug 2024",
    )
    assert say_record(("latest night", 28.5, "clock", day, day)) == (
        "04:30",
        "Latest night, that of 11 Mar 2024",
    )


def test_each_years_first_text_is_listed(make_subject) -> None:
    days = ("2021-03-09", "2021-05-01", "2022-01-01", "2022-01-02", "2023-01-03", "2023-12-31")
    times = [f"{day}T10:00" for day in days]
    frame = list_firsts(make_subject(times, text=["a", "b", None, " c  d ", "e", "f"]))
    expected = pd.DataFrame(
        {
            "year": [2021, 2022, 2023],
            "local": pd.to_datetime(["2021-03-09T10:00", "2022-01-02T10:00", "2023-01-03T10:00"]).as_unit(
                "ms"
            ),
            "text": pd.Series(["a", "c d", "e"], dtype="str"),
            "whole": [False, True, True],
        }
    )
    pd.testing.assert_frame_equal(frame, expected)


def test_the_latest_years_first_search_is_named_and_private(make_subject, rng) -> None:
    times = ["2021-03-09T10:00", "2022-01-02T10:00", "2022-05-02T10:00"]
    finding = answer_firsts(make_subject(times, text=["kyoto", "rye bread", "x"]), rng).finding
    assert finding.headline == "2022 began with “rye bread”"
    assert (finding.emphasis, finding.mark, finding.private) == ("rye bread", ("rye bread",), True)
    assert any("9 Mar 2021" in text for _, text in finding.notes)


def test_the_first_of_an_archive_is_not_called_the_first_of_its_year(make_subject, rng) -> None:
    finding = answer_firsts(make_subject(["2024-03-01T10:00"], text="rye"), rng).finding
    assert finding.headline == "Of 2024, “rye” is the first that the archive holds"
    newyear = answer_firsts(make_subject(["2024-01-01T10:00", "2024-03-01T10:00"], text="rye"), rng)
    assert newyear.frame["whole"].tolist() == [False]  # what came before ten is not in the archive
    empty = answer_firsts(make_subject([]), rng).finding
    assert (empty.headline, empty.mark) == ("No first search of a year yet", ())


def test_a_first_is_by_the_clock_of_home(make_subject, make_settings) -> None:
    plain = make_subject(["2023-06-01T10:00", "2023-12-31T23:30", "2024-06-01T10:00"], text=["a", "b", "c"])
    sources = pd.DataFrame({"export": ["e"], "folder": ["f"], "product": ["search"]}).assign(
        first=plain.rows["time"].min(), last=plain.rows["time"].max()
    )
    home = choose_subject(
        plain.rows[["time", "product", "action", "mark", "text"]], sources,
        make_settings(home_zone=(ZoneSpan(None, "Europe/Paris"),)),
    )  # fmt: skip
    assert list_firsts(home)["text"].tolist() == ["a", "b"]
