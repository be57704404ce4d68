from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from pipeline.charts.dots import (
    Note,
    draw_dots,
    find_dot_area,
    find_dot_strength,
    find_dots_height,
    place_dots,
    read_notes,
    settle_notes,
)
from pipeline.charts.timeline import EPOCH, day_number
from pipeline.charts.tokens import LIGHT

STAMP = pd.Timestamp


def _frame(first: str, n_days: int) -> pd.DataFrame:
    return pd.DataFrame({"local": pd.date_range(f"{first} 21:30", periods=n_days, freq="D").as_unit("ms")})


def test_a_night_is_one_column_from_15_to_15() -> None:
    local = pd.Series([STAMP("2025-03-01 15:00"), STAMP("2025-03-02 00:00"), STAMP("2025-03-02 14:59:59")])
    columns, hours = place_dots(local)
    assert list(columns - day_number(STAMP("2025-03-01"))) == [0.5, 0.5, 0.5]
    assert [round(hour, 2) for hour in hours] == [0.0, 9.0, 24.0]


@given(
    st.lists(
        st.datetimes(STAMP("1990-01-01").to_pydatetime(), STAMP("2090-01-01").to_pydatetime()), min_size=1
    )
)
def test_column_and_clock_lead_back_to_the_moment(moments: list[Any]) -> None:
    local = pd.Series(moments).astype("datetime64[ms]")
    columns, hours = place_dots(local)
    assert ((hours >= 0) & (hours < 24)).all()
    back = EPOCH + pd.to_timedelta((columns - 0.5) * 24 + 15 + hours, unit="h")
    assert np.abs((back - pd.DatetimeIndex(local)) / pd.Timedelta(seconds=1)).max() < 1


def test_every_activity_is_a_dot_of_the_looks_size_and_strength(sheet: Callable[..., Axes]) -> None:
    frame = pd.concat([_frame("2021-03-09", 1700)] * 12)
    plot = draw_dots(sheet(1176, 480), frame)
    (dots,) = plot.collections
    assert (len(dots.get_offsets()), dots.get_alpha(), dots.get_rasterized()) == (20_400, 0.5, True)
    assert list(dots.get_sizes()) == [1.7]
    assert plot.get_ylim() == (0, 24)


def test_few_dots_are_larger() -> None:
    assert [find_dot_area(n, False, False) for n in (60_000, 5_000, 10)] == [1.7, 3.4, 4.0]
    assert find_dot_area(60_000, True, False) == 4.0


def test_few_dots_are_stronger() -> None:
    strengths = [round(find_dot_strength(n, False), 2) for n in (60_000, 20_000, 5_000, 10, 0)]
    assert strengths == [0.5, 0.5, 0.71, 0.8, 0.8]
    assert find_dot_strength(60_000, True) == 0.8


def test_days_that_no_archive_holds_are_hatched_to_their_last_hour(sheet: Callable[..., Axes]) -> None:
    spans = pd.DataFrame({"first": [STAMP("2022-02-14")], "last": [STAMP("2022-03-06")]})
    plot = draw_dots(sheet(1176, 480), _frame("2021-03-09", 900), uncovered=spans)
    (span,) = plot.patches
    assert (span.get_x(), span.get_width()) == (day_number(STAMP("2022-02-14")), 21)
    assert (to_hex(span.get_edgecolor()).upper(), span.get_hatch()) == (LIGHT.hatch, "//////")


def test_clock_and_years_are_named(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    plot = draw_dots(sheet(1176, 480), _frame("2021-03-09", 1700))
    assert list(texts(plot)) == ["noon", "06:00", "midnight", "18:00", "2021", "2022", "2023", "2024", "2025"]


def test_notes_are_read_with_both_their_days() -> None:
    frame = pd.DataFrame(
        {"first": [STAMP("2024-08-05")], "last": [STAMP("2024-08-13")], "note": ["nine silent days"]}
    )
    assert read_notes(frame) == (Note(STAMP("2024-08-05"), STAMP("2024-08-14"), "nine silent days"),)


def _note(day: int, text: str, n_days: int = 10) -> Note:
    start = EPOCH + pd.Timedelta(days=day)
    return Note(start, start + pd.Timedelta(days=n_days), text)


def test_where_notes_collide_the_shorter_span_goes() -> None:
    short, long, far = _note(100, "a short one"), _note(110, "a long one", 20), _note(600, "a far one", 3)
    assert [note.text for note, _ in settle_notes((short, long, far), 0, 1000, 1100)] == [
        "a long one",
        "a far one",
    ]
    assert [note.text for note, _ in settle_notes((far, short), 0, 1000, 1100)] == [
        "a short one",
        "a far one",
    ]


def test_a_silent_span_has_a_bracket_and_a_hatched_one_none(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    frame, spans = (
        _frame("2021-03-09", 900),
        pd.DataFrame({"first": [STAMP("2022-02-14")], "last": [STAMP("2022-03-06")]}),
    )
    hatched = Note(STAMP("2022-02-14"), STAMP("2022-03-07"), "not in the archive")
    silent = Note(STAMP("2021-08-01"), STAMP("2021-08-14"), "silent")
    bare, one, both = (
        draw_dots(sheet(1176, 480), frame, uncovered=spans, notes=notes)
        for notes in ((), (hatched,), (hatched, silent))
    )
    assert {"not in the archive", "silent"} <= set(texts(both))
    assert (len(one.lines) - len(bare.lines), len(both.lines) - len(bare.lines)) == (0, 3)


def test_under_thirty_days_there_are_no_notes_and_nights_are_named(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    plot = draw_dots(sheet(1176, 480), _frame("2025-02-27", 4), notes=(_note(20_147, "note"),))
    assert list(texts(plot))[4:] == ["27–28 Feb", "28 Feb–1 Mar", "1–2 Mar", "2–3 Mar"]


@pytest.mark.parametrize("n_days", [1, 20, 61, 63, 549, 560, 2000, 5500, 9000])
@pytest.mark.parametrize(("width", "narrow"), [(1176, False), (744, False), (328, True)])
def test_any_span_has_room(
    n_days: int, width: int, narrow: bool, sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any
) -> None:
    frame = _frame("2010-11-28", n_days)
    middle = STAMP("2010-11-28") + pd.Timedelta(days=n_days // 2)
    notes = tuple(
        Note(day, day + pd.Timedelta(days=1), text)
        for day, text in (
            (STAMP("2010-11-28"), "not in the archive"),
            (middle, "eleven silent days"),
            (STAMP("2010-11-28") + pd.Timedelta(days=n_days - 1), "nine silent days"),
        )
    )
    ax = sheet(width, find_dots_height(narrow))
    plot = draw_dots(ax, frame, notes=notes, narrow=narrow)
    assert len(plot.texts) > 4
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])
