"""The calendar: where its squares stand, in which class, and what is framed and written."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch

from pipeline.charts.calendar import draw_calendar, find_calendar_height, picture_calendar
from pipeline.charts.calendar_months import draw_calendar_months
from pipeline.charts.calendar_rows import LEFT, PITCH, lay_out_rows, place_days
from pipeline.charts.day_squares import (
    FREE,
    MISSING,
    OUTSIDE,
    find_key_height,
    lay_out_key,
    list_class_names,
    list_signs,
    trace_days,
)
from pipeline.charts.scales import NUMBERED_STEPS
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.finding import Finding

STAMP = pd.Timestamp
LIMITS = pd.DataFrame(
    {"step": range(7), "low": [0, 1, 20, 31, 41, 54, 78], "high": [0, 19, 30, 40, 53, 77, 140]}
)
NO_NOTES = pd.DataFrame({"first": [], "last": [], "note": []}).astype(
    {"first": "datetime64[ms]", "last": "datetime64[ms]", "note": "str"}
)


def _days(first: str, last: str) -> pd.DataFrame:
    dates = pd.date_range(first, last, freq="D").as_unit("ms")
    searches = np.arange(len(dates)) * 37 % 120
    low = LIMITS["low"].to_numpy()
    step = np.searchsorted(low, searches, side="right") - 1.0
    return pd.DataFrame({"date": dates, "searches": searches, "covered": True, "step": step})


def _notes(*notes: tuple[str, str, str]) -> pd.DataFrame:
    columns = {"first": "datetime64[ms]", "last": "datetime64[ms]", "note": "str"}
    return pd.DataFrame(list(notes), columns=list(columns)).astype(columns)


def _patches(ax: Axes) -> dict[str, list[PathPatch]]:
    found: dict[str, list[PathPatch]] = {}
    for patch in ax.patches:
        assert isinstance(patch, PathPatch)
        found.setdefault(str(patch.get_label()), []).append(patch)
    return found


def _corners(patch: PathPatch) -> set[tuple[float, float]]:
    vertices = np.asarray(patch.get_path().vertices)
    return {(float(x), float(y)) for x, y in np.round(vertices[::5], 2)}


def test_a_week_is_a_column_and_begins_on_its_first_weekday() -> None:
    days = pd.DatetimeIndex(["2025-01-01", "2025-01-05", "2025-01-06", "2025-12-31"])
    assert place_days(days, STAMP("2025-01-01"), 0).tolist() == [[0, 2], [0, 6], [1, 0], [52, 2]]
    assert place_days(days, STAMP("2025-01-01"), 6).tolist() == [[0, 3], [1, 0], [1, 1], [52, 3]]


def test_every_day_is_a_square_of_its_class_and_colour(sheet: Callable[..., Axes]) -> None:
    frame = _days("2024-01-01", "2025-12-31")
    ax = draw_calendar(sheet(862, 400), frame, limits=LIMITS, notes=NO_NOTES, theme=DARK)
    classes = {name: patches for name, patches in _patches(ax).items() if name.startswith("class")}
    for step, ramp_step in enumerate(NUMBERED_STEPS):
        days, key = classes[f"class {step}"]
        assert to_hex(days.get_facecolor()).upper() == DARK.sequential[ramp_step]
        assert len(_corners(days)) == (frame["step"] == step).sum()
        assert len(_corners(key)) == 1
    everywhere = set().union(*(_corners(patches[0]) for patches in classes.values()))
    assert len(everywhere) == len(frame)
    column, line = place_days(pd.DatetimeIndex(["2025-03-09"]), STAMP("2025-01-01"), 0)[0]
    rows, pitch, _ = lay_out_rows(frame, NO_NOTES, 862, False, 0)
    assert pitch == PITCH
    step = int(frame.set_index("date")["step"][STAMP("2025-03-09")])
    assert (LEFT + column * PITCH, rows[1].top + line * PITCH) in _corners(classes[f"class {step}"][0])


def test_days_outside_the_span_are_outlined_and_missing_ones_struck_through(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    frame = _days("2025-03-09", "2025-11-19")
    frame.loc[10:30, ["step", "covered", "searches"]] = [np.nan, False, 0]
    ax = draw_calendar(sheet(862, 200), frame, limits=LIMITS, notes=NO_NOTES)
    patches = _patches(ax)
    assert len(_corners(patches["outside"][0])) == 365 - len(frame)
    assert [len(_corners(patch)) for patch in patches["missing"]] == [21, 1]
    assert "not in the archive" in texts(ax)
    whole = draw_calendar(sheet(862, 200), _days("2025-03-09", "2025-11-19"), limits=LIMITS, notes=NO_NOTES)
    assert "not in the archive" not in texts(whole)


def test_a_year_without_a_day_has_no_row(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    frame = _days("2019-05-01", "2022-06-01")
    frame.loc[(frame["date"] >= "2020") & (frame["date"] < "2022"), "step"] = np.nan
    ax = draw_calendar(sheet(862, 400), frame, limits=LIMITS, notes=NO_NOTES)
    assert {"2019", "2022"} <= set(texts(ax))
    assert {"2020", "2021"} & set(texts(ax)) == set()


def test_years_have_their_totals_and_months_their_names(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    frame = _days("2023-01-01", "2024-12-31")
    written = texts(draw_calendar(sheet(862, 400), frame, limits=LIMITS, notes=NO_NOTES))
    for year in (2023, 2024):
        assert f"{frame.loc[frame['date'].dt.year == year, 'searches'].sum():,}" in written
    assert {"Jan", "Dec"} <= set(written)


def test_the_marked_days_are_framed_along_their_weeks(sheet: Callable[..., Axes]) -> None:
    frame = _days("2023-01-01", "2024-12-31")
    mark = (STAMP("2023-11-01"), STAMP("2024-01-31"))
    ax = draw_calendar(sheet(862, 400), frame, limits=LIMITS, notes=NO_NOTES, mark=mark)
    frames = _patches(ax)["mark"]
    assert [to_hex(patch.get_edgecolor()).upper() for patch in frames] == [LIGHT.mark] * 2
    rows, pitch, _ = lay_out_rows(frame, NO_NOTES, 862, False, 0)
    held = 0
    for row, patch in zip(rows, frames, strict=True):
        days = pd.date_range(row.start, row.end)
        centres = place_days(days, row.start, 0) * pitch + (LEFT + 6, row.top + 6)
        inside = patch.get_path().contains_points(centres)
        held += int(inside.sum())
        assert days[inside].min() >= mark[0]
        assert days[inside].max() <= mark[1]
    assert held == 92


@pytest.mark.parametrize(("first", "last"), [("2025-03-04", "2025-03-06"), ("2025-03-08", "2025-03-11")])
def test_a_short_marked_span_is_framed_too(first: str, last: str, sheet: Callable[..., Axes]) -> None:
    frame = _days("2025-01-01", "2025-12-31")
    mark = (STAMP(first), STAMP(last))
    ax = draw_calendar(sheet(862, 200), frame, limits=LIMITS, notes=NO_NOTES, mark=mark)
    frames = _patches(ax)["mark"]
    assert len(frames) == (2 if first == "2025-03-08" else 1)  # Saturday to Tuesday touch at no side
    rows, pitch, _ = lay_out_rows(frame, NO_NOTES, 862, False, 0)
    days = pd.date_range("2025-01-01", "2025-12-31")
    centres = place_days(days, rows[0].start, 0) * pitch + (LEFT + 6, rows[0].top + 6)
    held = np.any([patch.get_path().contains_points(centres) for patch in frames], axis=0)
    assert list(days[held]) == list(pd.date_range(first, last))


def test_the_marked_note_is_red_and_the_others_are_not(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    notes = _notes(
        ("2025-02-01", "2025-03-31", "the fullest stretch"), ("2025-08-05", "2025-08-13", "nine silent days")
    )
    mark = (STAMP("2025-02-01"), STAMP("2025-03-31"))
    frame = _days("2025-01-01", "2025-12-31")
    ax = draw_calendar(sheet(862, 220), frame, limits=LIMITS, notes=notes, mark=mark)
    assert {text: texts(ax)[text].get_color() for text in notes["note"]} == {
        "the fullest stretch": LIGHT.mark,
        "nine silent days": LIGHT.muted,
    }
    assert len(ax.lines) == 1  # a rule under the silent days; the frame shows the others


def test_where_notes_would_touch_the_marked_one_stays(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    notes = _notes(
        ("2025-02-01", "2025-02-07", "seven silent days here"),
        ("2025-02-10", "2025-02-14", "the fullest days"),
    )
    mark = (STAMP("2025-02-10"), STAMP("2025-02-14"))
    frame = _days("2025-01-01", "2025-12-31")
    ax = draw_calendar(sheet(862, 220), frame, limits=LIMITS, notes=notes, mark=mark)
    assert set(notes["note"]) & set(texts(ax)) == {"the fullest days"}


def test_classes_are_named_by_their_limits() -> None:
    assert [name for _, name in list_class_names(LIMITS, "searches")] == [
        "none", "1–19", "20–30", "31–40", "41–53", "54–77", "over 77 searches",
    ]  # fmt: skip
    few = pd.DataFrame({"step": [0, 1, 3], "low": [0, 1, 2], "high": [0, 1, 5]})
    assert list_class_names(few, "videos") == [(0, "none"), (1, "1"), (3, "over 1 videos")]
    ones = pd.DataFrame({"step": [0, 1], "low": [0, 1], "high": [0, 1]})
    assert list_class_names(ones, "searches") == [(0, "none"), (1, "1 or more searches")]


def test_a_key_stands_on_as_many_lines_as_it_needs() -> None:
    wide, small = (lay_out_key(LIMITS, "searches", width, (MISSING,)) for width in (760.0, 328.0))
    assert [entry.text for entry in wide] == [entry.text for entry in small]
    assert len({entry.middle for entry in wide}) == 1
    assert find_key_height(small) > find_key_height(wide)


def test_signs_stand_on_a_line_of_their_own_where_one_line_is_too_short() -> None:
    key = lay_out_key(LIMITS, "searches", 760.0, (MISSING, OUTSIDE, FREE))
    assert [entry.middle for entry in key] == [11.0] * 7 + [33.0] * 3
    assert [entry.text for entry in key[7:]] == [MISSING, OUTSIDE, FREE]


def test_the_key_names_just_the_signs_that_are_drawn() -> None:
    whole = _days("2021-01-01", "2022-12-31")
    ends = (STAMP("2021-01-01"), STAMP("2022-12-31"))
    assert list_signs(whole, *ends) == ()
    assert list_signs(whole.iloc[1:], *ends) == (OUTSIDE,)
    assert list_signs(whole.iloc[:-1], *ends) == (OUTSIDE,)
    assert list_signs(whole.assign(step=np.nan), *ends) == (MISSING,)
    assert list_signs(whole.assign(free=False), *ends) == ()
    assert list_signs(whole.assign(free=True), *ends) == (FREE,)


@pytest.mark.parametrize("last", ["2022-12-31", "2022-11-19"])
def test_outlines_of_days_after_the_archive_have_their_key(
    sheet: Callable[..., Axes], texts: Callable[..., Any], last: str
) -> None:
    ax = draw_calendar(sheet(806, 420), _days("2021-01-01", last), limits=LIMITS, notes=NO_NOTES)
    assert ("outside" in _patches(ax)) == (OUTSIDE in texts(ax)) == (last != "2022-12-31")
    assert MISSING not in texts(ax)


def _free(frame: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    return frame.assign(free=frame["date"].between(STAMP(first), STAMP(last)))


def test_a_line_runs_around_free_days_alone(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    frame = _free(_days("2021-01-01", "2022-12-31"), "2021-12-30", "2022-01-03")
    ax = draw_calendar(sheet(806, 420), frame, limits=LIMITS, notes=NO_NOTES, narrow=False)
    rows, pitch, _ = lay_out_rows(frame, NO_NOTES, 806, False, 0)
    *around, key = _patches(ax)["free"]
    x, y = np.concatenate([np.asarray(patch.get_path().vertices) for patch in around]).T
    # Thursday to Friday in the last column; Saturday and Sunday in the first; Monday in the second
    column = (x + 1 - LEFT) / pitch
    assert (y.min(), y.max()) == (pytest.approx(rows[0].top + 3 * pitch - 1), rows[1].top + 7 * pitch - 1)
    assert sorted({round(float(c)) for c in column}) == [0, 1, 2, 52, 53]
    assert FREE in texts(ax)
    assert np.ptp(np.asarray(key.get_path().vertices)[:, 0]) == 11
    plain = draw_calendar(sheet(806, 420), frame.assign(free=False), limits=LIMITS, notes=NO_NOTES)
    assert "free" not in _patches(plain)


def test_days_that_touch_at_a_corner_alone_have_two_lines() -> None:
    places = [(3, 5), (4, 1)]
    assert [len(loop) for loop in trace_days(*np.array(places))] == [4, 4]
    assert [len(loop) for loop in trace_days(*np.array([(3, 1), (4, 1)]))] == [8]
    assert [len(loop) for loop in trace_days(*np.array([(3, 5), (5, 1)]))] == [8]
    (one,) = trace_days(*np.array([(3, 2), (3, 4)]))
    assert one.tolist() == [[3, 2], [4, 2], [4, 5], [3, 5]]


def test_months_and_year_sheets_show_free_days_too(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    frame = _free(_days("2023-02-01", "2023-02-28"), "2023-02-11", "2023-02-13")
    ax = draw_calendar_months(sheet(600, 300), frame, limits=LIMITS)
    lines = _patches(ax)["free"][0]
    assert len(_split(lines)) == 2  # Saturday and Sunday in one line of the month, Monday in the next
    assert FREE in texts(ax)


def _split(patch: PathPatch) -> list[Any]:
    return [codes for codes in np.asarray(patch.get_path().codes) if codes == patch.get_path().MOVETO]


SPANS = {
    "nineteen days": ("2025-03-01", "2025-03-20"),
    "over a new year": ("2024-12-20", "2025-01-09"),
    "five years": ("2021-03-09", "2025-11-19"),
    "fifteen years": ("2010-06-09", "2024-11-19"),
}
SLOW = "fifteen years"


@pytest.mark.parametrize(
    "span", [pytest.param(name, marks=pytest.mark.slow if name == SLOW else ()) for name in SPANS]
)
@pytest.mark.parametrize(("width", "narrow"), [(806, False), (744, False), (328, True)])
@pytest.mark.parametrize("first_weekday", [0, 6])
def test_nothing_is_clipped_or_collides_at_any_span(
    span: str,
    width: int,
    narrow: bool,
    first_weekday: int,
    sheet: Any,
    find_clipped: Any,
    find_collisions: Any,
) -> None:
    frame = _days(*SPANS[span])
    frame.loc[frame.index[-3:-1], "step"] = np.nan
    year = frame["date"].dt.year.iloc[-1]
    notes = _notes(
        (f"{year}-01-01", f"{year}-01-09", "nine days without a search"),
        (f"{year}-06-20", f"{year}-07-09", "twenty days without a search"),
        (f"{year}-12-25", f"{year}-12-31", "seven days without a search"),
    )
    height = find_calendar_height(
        frame, LIMITS, notes, width, nouns="map searches", narrow=narrow, first_weekday=first_weekday
    )
    ax = draw_calendar(
        sheet(width, height), frame, limits=LIMITS, notes=notes, nouns="map searches", narrow=narrow,
        first_weekday=first_weekday,
    )  # fmt: skip
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])
    squares = [np.asarray(patch.get_path().vertices) for patch in ax.patches]
    assert max(float(corners[:, 0].max()) for corners in squares) <= width + 0.01
    assert max(float(corners[:, 1].max()) for corners in squares) <= height


def _find_picture(frame: pd.DataFrame, mark: tuple[str, ...] = ()) -> Any:
    finding = Finding(
        "calendar", "Years", "a", "", "b", "c", (("What it covers", "d"),), "e", "f", 0.5, mark=mark
    )
    first, last = frame["date"].iloc[0].date(), frame["date"].iloc[-1].date()
    coverage = Coverage(first, last, len(frame), len(frame), 900, None, noun="search", nouns="searches")
    frames = {"main": frame, "limits": LIMITS, "notes": NO_NOTES}
    return picture_calendar(Answer(frames, finding), coverage)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2025-03-03", "2025-03-03", ["March"]),
        ("2024-12-20", "2025-01-09", ["December", "January"]),
        ("2025-01-31", "2025-05-01", ["January", "February", "March", "April", "May"]),
    ],
)
def test_a_short_archive_stands_in_months_with_its_dates(
    first: str, last: str, months: list[str], sheet: Any, texts: Any, find_clipped: Any, find_collisions: Any
) -> None:
    frame = _days(first, last)
    picture = _find_picture(frame)
    for width, narrow in ((744, False), (328, True)):
        ax = picture.draw(sheet(width, picture.height(width, narrow)), theme=LIGHT, narrow=narrow)
        written = [text.get_text() for text in ax.texts]
        assert [name for name in written if name in months] == months
        days = sum(len(_corners(patch)) for patch in _patches(ax)["outside"][:-1])  # the last is the key's
        whole = pd.date_range(
            frame["date"].iloc[0].replace(day=1), frame["date"].iloc[-1] + pd.offsets.MonthEnd()
        )
        assert days == len(whole) - len(frame)
        assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


def test_the_picture_reads_its_mark_from_the_finding(sheet: Callable[..., Axes]) -> None:
    frame = _days("2025-01-01", "2025-12-31")
    picture = _find_picture(frame, ("2025-03-01", "2025-05-31"))
    ax = picture.draw(sheet(744, picture.height(744, False)), theme=LIGHT, narrow=False)
    assert len(_patches(ax)["mark"]) == 1
    finding = Finding("calendar", "Years", "a", "", "b", "c", (("What it covers", "d"),), "e", "f")
    empty = {"main": frame.iloc[:0], "limits": LIMITS, "notes": NO_NOTES}
    assert picture_calendar(Answer(empty, finding), Coverage(None, None, 0, 0, 0, None)) is None
