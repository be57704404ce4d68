from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.finding import Finding
from pipeline.report.tally import list_spans, name_product, pack_counts, tally_activity, write_data
from pipeline.settings import ZoneSpan

PARIS = (ZoneSpan(None, "Europe/Paris"),)


def _unpack(packed: list[int]) -> dict[int, int]:
    """Read packed counts as the page's script does."""
    cells: dict[int, int] = {}
    place = -1
    for value in packed:
        if value > 0:
            place += value
            cells[place] = 1
        else:
            cells[place] = -value
    return cells


def _moments(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["product", "action", "time", "n"])
    return frame.assign(time=pd.to_datetime(frame["time"], utc=True))


def _sources(product: str, first: str, last: str) -> pd.DataFrame:
    ends = {name: pd.to_datetime([time], utc=True) for name, time in (("first", first), ("last", last))}
    return pd.DataFrame({"product": [product], **ends})


def test_counts_are_packed_as_gaps_and_counts() -> None:
    assert pack_counts(np.array([0, 3, 4]), np.array([1, 5, 1])) == [1, 3, -5, 1]
    assert pack_counts(np.array([], dtype=int), np.array([], dtype=int)) == []


@given(st.dictionaries(st.integers(0, 5000), st.integers(1, 900), max_size=60))
def test_packed_counts_come_back(cells: dict[int, int]) -> None:
    places = np.array(list(cells), dtype=np.int64)
    counts = np.array(list(cells.values()), dtype=np.int64)
    assert _unpack(pack_counts(places, counts)) == cells


def test_runs_of_days_are_spans() -> None:
    assert list_spans(np.array([3, 4, 5, 9, 11, 12])) == [[3, 5], [9, 9], [11, 12]]
    assert list_spans(np.array([], dtype=int)) == []


def test_days_and_hours_are_those_of_home() -> None:
    moments = _moments(
        ("search", "searched", "2024-07-01 22:30", 2),
        ("search", "searched", "2024-07-01 22:45", 1),
        ("youtube", "watched", "2024-12-31 22:59", 1),
    )
    tally = tally_activity(moments, _sources("search", "2024-06-28 10:00", "2024-07-03 10:00"), PARIS)
    second = pd.Timestamp("2024-07-02").toordinal() - pd.Timestamp("1970-01-01").toordinal()
    assert tally.counts.to_numpy().tolist() == [
        ["search", "searched", second, 0, 3],
        ["youtube", "watched", second + 182, 23, 1],
    ]
    assert tally.covered["search"].tolist() == list(range(second - 3, second + 1))
    assert tally.covered["youtube"].tolist() == []


def test_the_data_hold_counts_by_time_and_kind_and_nothing_else() -> None:
    moments = _moments(
        ("search", "searched", "2024-07-01 10:30", 2), ("x</script>&", "used", "2024-07-03 00:00", 1)
    )
    tally = tally_activity(moments, _sources("search", "2024-06-28 10:00", "2024-07-03 10:00"), PARIS)
    text = write_data(tally, {}, Coverage(None, None, 0, 0, 0, None, "search", "searched"))
    assert not {"<", ">", "&"} & set(text)
    data: dict[str, Any] = json.loads(text)
    assert sorted(data) == [
        "covered", "days", "first", "free", "hour", "names", "notes", "nouns", "pairs", "quoted", "run",
        "short", "stretch", "subject", "verb", "weekday", "weeks",
    ]  # fmt: skip
    assert data["days"] == 5
    assert data["names"] == {"search": "Search", "x</script>&": "“x</script>&”"}
    assert data["quoted"] == ["x</script>&"]
    assert data["covered"] == {"search": [[0, 3]], "x</script>&": []}
    assert data["pairs"] == [
        ["search", "searched", "search", "searches", "searched", [2 * 24 + 12 + 1, -2]],
        ["x</script>&", "used", "entry", "entries", "recorded", [4 * 24 + 2 + 1]],
    ]


def test_free_days_are_given_as_spans_and_left_out_where_the_table_does_not_say() -> None:
    moments = _moments(("search", "searched", "2024-07-01 10:30", 2))
    tally = tally_activity(moments, _sources("search", "2024-06-28 10:00", "2024-07-03 10:00"), PARIS)
    finding = Finding("calendar", "Years", "a", "", "b", "c", (), "d", "e")
    days = pd.DataFrame({"date": pd.date_range("1970-01-03", periods=5, unit="ms")})
    given: list[list[list[int]]] = []
    for frame in (days.assign(free=[False, True, True, False, True]), days):
        answers = {"calendar": Answer({"main": frame}, finding)}
        text = write_data(tally, answers, Coverage(None, None, 0, 0, 0, None, "search", "searched"))
        given.append(json.loads(text)["free"])
    assert given == [[[3, 4], [6, 6]], []]


def test_nothing_to_count_gives_no_data() -> None:
    tally = tally_activity(_moments(), _sources("search", "2024-06-28", "2024-07-03").head(0), PARIS)
    assert write_data(tally, {}, Coverage(None, None, 0, 0, 0, None)) == ""


def test_only_the_commonest_forty_kinds_are_kept() -> None:
    rows = [(f"p{k:02d}", "used", "2024-07-01 10:30", 1 + (k == 44)) for k in range(45)]
    tally = tally_activity(_moments(*rows), _sources("p00", "2024-06-28", "2024-07-03"), PARIS)
    assert list(tally.covered) == [*(f"p{k:02d}" for k in range(39)), "p44"]


@pytest.mark.slow
def test_ten_years_of_fifty_a_day_stay_small() -> None:
    rng = np.random.default_rng(0)
    cells = rng.choice(3650 * 24, size=180_000)
    places, counts = np.unique(cells, return_counts=True)
    assert len(json.dumps(pack_counts(places, counts), separators=(",", ":"))) < 600_000


@pytest.mark.parametrize(
    ("product", "name"),
    [
        ("youtube", "YouTube"),
        ("image_search", "Image search"),
        ("maps", "Maps"),
        ("frobnicator_deluxe", "“frobnicator deluxe”"),
    ],
)
def test_products_are_named_as_a_person_would_and_an_unknown_one_is_quoted(product: str, name: str) -> None:
    assert name_product(product) == name
