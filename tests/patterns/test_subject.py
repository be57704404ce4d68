from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.coverage import Coverage, note_coverage, pack_coverage, unpack_coverage
from pipeline.patterns.subject import choose_subject, find_covered_days, name_activity, name_zones
from pipeline.settings import FreeSpan, ZoneSpan

UTC = (ZoneSpan(None, "UTC"),)


def rows(n: int, product: str, action: str, first: str = "2024-01-01T12:00") -> pd.DataFrame:
    times = np.datetime64(first, "ms") + np.arange(n) * np.timedelta64(1, "h")
    return pd.DataFrame(
        {
            "time": pd.Series(pd.DatetimeIndex(times).tz_localize("UTC")),
            "product": product,
            "action": action,
            "mark": None,
            "text": "x",
        }
    )


def sources(*spans: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(spans, columns=["product", "first", "last"]).assign(export="e", folder="f")
    for end in ("first", "last"):
        frame[end] = pd.to_datetime(frame[end], utc=True).astype("datetime64[ms, UTC]")
    return frame


def list_days(index: pd.DatetimeIndex) -> list[str]:
    return [str(day.date()) for day in index]


def test_searches_are_the_subject_from_a_hundred_on(make_settings) -> None:
    both = pd.concat([rows(100, "search", "searched"), rows(500, "youtube", "watched")], ignore_index=True)
    subject = choose_subject(both, sources(), make_settings())
    assert (subject.product, subject.action, len(subject.rows)) == ("search", "searched", 100)
    fewer = pd.concat([rows(99, "search", "searched"), rows(500, "youtube", "watched")], ignore_index=True)
    subject = choose_subject(fewer, sources(), make_settings())
    assert (subject.product, subject.action, subject.nouns) == ("youtube", "watched", "videos")


def test_marked_rows_do_not_count(make_settings) -> None:
    marked = rows(150, "search", "searched").assign(mark=["ad"] * 60 + [None] * 90)
    both = pd.concat([marked, rows(95, "maps", "used")], ignore_index=True)
    subject = choose_subject(both, sources(), make_settings())
    assert (subject.product, len(subject.rows)) == ("maps", 95)


def test_the_owners_filter_decides_alone(make_settings) -> None:
    both = pd.concat([rows(200, "search", "searched"), rows(3, "search", "visited")], ignore_index=True)
    subject = choose_subject(both, sources(), make_settings(product="search", action="visited"))
    assert (len(subject.rows), subject.noun) == (3, "visit")
    subject = choose_subject(both, sources(), make_settings(product="search"))
    assert (len(subject.rows), subject.noun) == (203, "entry")
    subject = choose_subject(both, sources(), make_settings(action="searched"))
    assert (len(subject.rows), subject.product) == (200, None)


def test_covered_days_lie_strictly_between_the_ends_of_some_one_source() -> None:
    spans = sources(
        ("search", "2024-01-01T23:00", "2024-01-04T01:00"),
        ("search", "2024-01-03T00:00", "2024-01-06T00:00"),
        ("search", "2024-02-01T00:00", "2024-02-01T12:00"),
    )
    assert list_days(find_covered_days(spans, UTC)) == [
        "2024-01-02",
        "2024-01-03",
        "2024-01-04",
        "2024-01-05",
    ]


def test_covered_days_are_days_of_the_home_zone() -> None:
    spans = sources(("search", "2024-01-01T23:30", "2024-01-04T22:00"))
    assert list_days(find_covered_days(spans, (ZoneSpan(None, "Europe/Paris"),))) == ["2024-01-03"]


def test_days_covered_by_another_product_are_not_covered(make_settings) -> None:
    spans = sources(("youtube", "2024-01-01", "2024-02-01"), ("search", "2024-01-01", "2024-01-04"))
    subject = choose_subject(rows(100, "search", "searched"), spans, make_settings())
    assert list_days(subject.covered) == ["2024-01-02", "2024-01-03"]


def test_an_action_alone_covers_the_days_that_all_its_products_cover(make_settings) -> None:
    both = pd.concat([rows(3, "search", "searched"), rows(3, "youtube", "searched")], ignore_index=True)
    spans = sources(
        ("maps", "2023-01-01", "2025-01-01"), ("search", "2024-01-01", "2024-01-05"),
        ("youtube", "2024-01-02", "2024-01-09"),
    )  # fmt: skip
    subject = choose_subject(both, spans, make_settings(action="searched"))
    assert list_days(subject.covered) == ["2024-01-03", "2024-01-04"]
    nothing = choose_subject(both, spans, make_settings(action="watched"))
    assert (list_days(nothing.covered), nothing.coverage.n_rows) == ([], 0)


def test_every_zone_of_home_is_named_up_to_three() -> None:
    moves = [(None, "Europe/Paris"), (date(2020, 1, 1), "America/Chicago"), (date(2021, 1, 1), "Asia/Tokyo")]
    zones = tuple(ZoneSpan(*move) for move in moves)
    assert name_zones(zones[:1]) == "Europe/Paris"
    assert name_zones(zones) == "Europe/Paris, then America/Chicago, then Asia/Tokyo"
    assert name_zones((*zones[:2], ZoneSpan(date(2022, 1, 1), "America/Chicago"))) == (
        "Europe/Paris, then America/Chicago"
    )
    back = (*zones, ZoneSpan(date(2022, 1, 1), "Europe/Paris"))
    assert name_zones(back) == "Europe/Paris, then by your list to Europe/Paris"


def test_the_coverage_names_the_zones_of_a_home_that_moved(make_settings) -> None:
    home = (ZoneSpan(None, "Europe/Paris"), ZoneSpan(date(2024, 6, 1), "America/Chicago"))
    subject = choose_subject(rows(3, "search", "searched"), sources(), make_settings(home_zone=home))
    assert subject.coverage.zone == "Europe/Paris, then America/Chicago"


def test_coverage_counts_calendar_days_and_knows_now(make_settings) -> None:
    spans = sources(("search", "2024-01-01T12:00", "2024-01-05T12:00"))
    coverage = choose_subject(rows(97, "search", "searched"), spans, make_settings(product="search")).coverage
    assert coverage == Coverage(
        date(2024, 1, 1), date(2024, 1, 5), 5, 3, 97, date(2024, 1, 4), "search", None, "entry", "entries",
        "recorded", "UTC", (5, 6), 0,
    )  # fmt: skip
    assert coverage.n_missing == 2
    assert note_coverage(coverage) == (
        "What it covers",
        "97 entries, 1 – 5 Jan 2024; 3 of 5 days covered. "
        "The others are left out of every rate, not counted as zero.",
    )


def test_without_a_covered_day_now_is_the_last_entrys_day(make_settings) -> None:
    coverage = choose_subject(rows(2, "search", "searched"), sources(), make_settings()).coverage
    assert (coverage.n_covered, coverage.now) == (0, date(2024, 1, 1))
    assert note_coverage(coverage)[1].endswith("0 of 1 day covered. Without a covered day no rate is given.")


def test_nothing_at_all_is_a_subject_too(make_settings) -> None:
    subject = choose_subject(rows(0, "search", "searched"), sources(), make_settings())
    assert subject.coverage == Coverage(None, None, 0, 0, 0, None, "search", "searched", "search", "searches",
                                        "searched", "UTC", (5, 6), 0)  # fmt: skip
    assert note_coverage(subject.coverage) == ("What it covers", "The archive holds no searches.")


@pytest.mark.parametrize(
    ("product", "action", "noun"),
    [
        ("search", "searched", "search"),
        ("youtube", "watched", "video"),
        ("youtube", "searched", "search"),
        ("search", "visited", "visit"),
        ("maps", "used", "entry"),
        ("maps", "watched", "entry"),
        ("search", None, "entry"),
    ],
)
def test_activities_are_called_what_they_are(product: str, action: str | None, noun: str) -> None:
    assert name_activity(product, action)[0] == noun


@pytest.mark.parametrize("day", [date(2021, 3, 9), None])
def test_a_coverage_comes_back_from_json_equal(day: date | None) -> None:
    coverage = Coverage(day, day, 1, 0, 3, day, weekend=(4, 5))
    assert unpack_coverage(pack_coverage(coverage)) == coverage


def test_a_day_is_free_at_the_weekend_and_where_the_settings_say_so(make_settings) -> None:
    free_days = (FreeSpan(date(2024, 1, 2), date(2024, 1, 3)), FreeSpan(date(2024, 1, 11), date(2024, 1, 11)))
    subject = choose_subject(rows(1, "search", "searched"), sources(), make_settings(free_days=free_days))
    days = np.arange("2024-01-01", "2024-01-15", dtype="datetime64[D]")  # from a Monday on
    assert (np.flatnonzero(subject.is_free(days)) + 1).tolist() == [2, 3, 6, 7, 11, 13, 14]
    assert subject.is_free(days.astype("datetime64[ms]")).tolist() == subject.is_free(days).tolist()
    assert subject.is_free(days[:0]).tolist() == []
