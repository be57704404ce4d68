import io
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from PIL import Image

from pipeline.charts.dots import draw_dots, find_dot_area, find_dot_strength, find_dots_height, place_dots
from pipeline.charts.dots_notes import Note, read_notes, settle_notes
from pipeline.charts.dots_raster import DotsImage, measure_disc, shade_dots
from pipeline.charts.render import render_png, render_svg
from pipeline.charts.timeline import EPOCH, day_number
from pipeline.charts.tokens import DARK, LIGHT

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
    (dots,) = plot.get_images()
    assert isinstance(dots, DotsImage)
    assert (len(dots.x), dots.strength, dots.area, dots.colour) == (20_400, 0.5, 1.7, LIGHT.data)
    assert plot.get_ylim() == (0, 24)


def test_few_dots_are_larger_and_very_many_smaller() -> None:
    assert [find_dot_area(n, False, False) for n in (60_000, 5_000, 10)] == [1.7, 3.4, 4.0]
    assert [round(find_dot_area(n, False, False), 2) for n in (200_000, 1_000_000)] == [1.43, 1.0]
    assert [find_dot_area(n, True, False) for n in (60_000, 400, 200, 22, 0)] == [4.0, 4.0, 8.0, 20.0, 20.0]


def test_few_dots_are_stronger_and_many_on_one_place_weaker() -> None:
    room = 1119.0 * 414.0
    strengths = [round(find_dot_strength(n, False, 1.7, room), 2) for n in (60_000, 20_000, 5_000, 10, 0)]
    assert strengths == [0.5, 0.5, 0.71, 0.8, 0.8]
    assert find_dot_strength(60_000, True, 4.0, room) < find_dot_strength(60, True, 4.0, room) == 0.8
    assert find_dot_strength(1_000_000, False, 1.0, room) < 0.2


def test_a_million_dots_leave_paper_between_them() -> None:
    rng = np.random.default_rng(0)
    n, width, height = 1_000_000, 2238, 828
    area = find_dot_area(n, False, False)
    strength = find_dot_strength(n, False, area, width * height / 4)
    shades = shade_dots(
        rng.uniform(0, width, n),
        rng.uniform(0, height, n),
        (height, width),
        np.sqrt(area) / 2 * 192 / 72,
        strength,
    )
    assert 0.35 < float(shades.mean()) < 0.55
    assert float((shades > 0.95).mean()) < 0.01


def test_dots_cover_as_paints_do() -> None:
    at = np.array([5.5])
    one = shade_dots(at, at, (11, 11), 2.0, 0.5)
    assert one[5, 5] == pytest.approx(0.5)
    assert (one[0], one[:, 0]) == (pytest.approx(np.zeros(11)), pytest.approx(np.zeros(11)))
    three = shade_dots(np.repeat(at, 3), np.repeat(at, 3), (11, 11), 2.0, 0.5)
    assert three == pytest.approx(1 - (1 - one) ** 3, abs=1e-6)


def test_a_raster_is_what_painting_dot_by_dot_gives() -> None:
    rng = np.random.default_rng(1)
    columns, rows = rng.integers(0, 40, 300), rng.integers(0, 20, 300)
    disc = measure_disc(1.7) * 0.6
    reach = disc.shape[0] // 2
    paper = np.ones((20 + 2 * reach, 40 + 2 * reach))
    for column, row in zip(columns, rows, strict=True):
        paper[row : row + 2 * reach + 1, column : column + 2 * reach + 1] *= 1 - disc
    painted = 1 - paper[reach:-reach, reach:-reach]
    assert shade_dots(columns + 0.5, rows + 0.5, (20, 40), 1.7, 0.6) == pytest.approx(painted, abs=1e-5)


def test_between_two_columns_a_dot_is_shared_and_outside_it_is_left_out() -> None:
    low, high = (shade_dots(np.array([x]), np.array([5.5]), (11, 11), 0.4, 0.5) for x in (5.5, 6.0))
    assert np.argwhere(low > 0).tolist() == [[5, 5]]
    assert np.argwhere(high > 0).tolist() == [[5, 5], [5, 6]]
    assert high[5, 5] == high[5, 6]
    outside = shade_dots(np.array([-1.0, 11.0, 5.0]), np.array([5.0, 5.0, 11.0]), (11, 11), 2.0, 0.5)
    assert not outside.any()


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.74, 2.67, 5.2])
def test_a_disc_has_the_area_of_its_circle(radius: float) -> None:
    disc = measure_disc(radius)
    assert disc.shape[0] % 2 == 1
    assert disc.sum() == pytest.approx(np.pi * radius**2, rel=0.06)


def _find_ink(figure: Any) -> tuple[float, float]:
    """Return the middle of all that is blue in a picture, as shares of its width and height."""
    with Image.open(io.BytesIO(render_png(figure))) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    rows, columns = np.nonzero(pixels[..., 2] - pixels[..., 0] > 60)
    return float(columns.mean() / pixels.shape[1]), float(rows.mean() / pixels.shape[0])


def test_early_dots_stand_left_and_late_ones_high(sheet: Callable[..., Axes]) -> None:
    first, last = (pd.DataFrame({"local": [STAMP(day)]}) for day in ("2024-03-01 16:00", "2025-03-31 20:00"))
    early = pd.DataFrame({"local": pd.date_range("2024-03-01 16:30", periods=40, freq="D")})
    late = pd.DataFrame({"local": pd.date_range("2025-02-15 13:30", periods=40, freq="D")})
    axes = [sheet(744, 480) for _ in range(2)]
    for ax, frame in zip(axes, (early, late), strict=True):
        draw_dots(ax, pd.concat([first, frame, last]))
    (left, down), (right, up) = (_find_ink(ax.figure) for ax in axes)
    assert left < 0.4
    assert right > 0.6
    assert up < down


def test_one_raster_takes_the_colour_of_day_or_night(sheet: Callable[..., Axes]) -> None:
    svgs = {}
    for theme in (LIGHT, DARK):
        ax = sheet(744, 480)
        draw_dots(ax, _frame("2021-03-09", 900), theme=theme)
        svgs[theme] = render_svg(ax.figure)  # type: ignore[arg-type]
    found = [
        re.search(r'<mask id="([^"]*)".*?href="([^"]*)".*?fill: (#\w+)', svg, flags=re.DOTALL).groups()  # type: ignore[union-attr]
        for svg in svgs.values()
    ]
    assert found[0][:2] == found[1][:2]
    assert [colour for _, _, colour in found] == [LIGHT.data.lower(), DARK.data.lower()]


def test_days_that_no_archive_holds_are_hatched_to_their_last_hour(sheet: Callable[..., Axes]) -> None:
    spans = pd.DataFrame({"first": [STAMP("2022-02-14")], "last": [STAMP("2022-03-06")]})
    plot = draw_dots(sheet(1176, 480), _frame("2021-03-09", 900), uncovered=spans)
    (span,) = plot.patches
    assert (span.get_x(), span.get_width()) == (day_number(STAMP("2022-02-14")), 21)
    assert (to_hex(span.get_edgecolor()).upper(), span.get_hatch()) == (LIGHT.hatch, "//////")


def test_free_days_are_tinted_and_named(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    spans = pd.DataFrame({"first": [STAMP("2021-12-22")], "last": [STAMP("2022-01-03")]})
    ax = sheet(1176, 502)
    plot = draw_dots(ax, _frame("2021-03-09", 900), free=spans)
    early, late = plot.patches
    first = day_number(STAMP("2021-12-22"))
    assert early.get_bbox().bounds == (first - 1, 9, 13, 15)  # midnight to 15:00, of the night before
    assert late.get_bbox().bounds == (first, 0, 13, 9)
    assert {to_hex(patch.get_facecolor()).upper() for patch in plot.patches} == {LIGHT.quiet}
    assert "free days" in texts(ax)
    bare = sheet(1176, 480)
    assert not draw_dots(bare, _frame("2021-03-09", 900), free=spans.iloc[:0]).patches
    assert "free days" not in texts(bare)


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
    short, long, far = _note(100, "a short one"), _note(100, "a long one", 20), _note(600, "a far one", 3)
    assert [item.text for item in settle_notes((short, long, far), 0, 1000, 1100, 57)] == [
        "a long one",
        "a far one",
    ]
    assert [item.text for item in settle_notes((far, short), 0, 1000, 1100, 57)] == [
        "a short one",
        "a far one",
    ]


def test_a_red_note_goes_before_a_longer_grey_one() -> None:
    grey, red = (
        _note(100, "a long one", 60),
        Note(_note(120, "").start, _note(130, "").start, "earlier", red=True),
    )
    assert [item.text for item in settle_notes((grey, red), 0, 1000, 1100, 57)] == ["earlier"]


def _red(day: int, text: str, short: str, n_days: int) -> Note:
    note = _note(day, text, n_days)
    return Note(note.start, note.end, text, short, red=True)


def test_words_give_way_to_the_side_while_they_stand_above_their_span() -> None:
    stay, turn = _red(300, "seven hours ahead", "+7 h", 30), _red(200, "quiet window 2 h earlier", "2 h", 1)
    first, second = settle_notes((stay, turn), 0, 1000, 1100, 57)
    assert (first.text, second.text) == ("quiet window 2 h earlier", "seven hours ahead")
    assert second.centre == pytest.approx(1.1 * 315)
    assert second.centre - second.half - (first.centre + first.half) == pytest.approx(12)
    assert first.centre < 1.1 * 200.5 < first.centre + first.half


def test_a_red_note_is_shortened_before_it_is_left_out_and_a_grey_one_goes_first() -> None:
    stays = [_red(day, "seven hours ahead", "+7 h", 30) for day in (180, 300)]
    turn, grey = _red(245, "quiet window 2 h earlier", "2 h", 1), _note(250, "a very long silence", 40)
    settled = settle_notes((*stays, turn, grey), 0, 1000, 744, 57)
    assert [item.text for item in settled] == ["+7 h", "2 h", "+7 h"]


def test_marked_kinds_are_red_and_shorter_on_a_phone(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    frame = pd.DataFrame(
        {
            "first": [STAMP("2021-08-05"), STAMP("2022-04-05")],
            "last": [STAMP("2021-09-13"), STAMP("2022-04-13")],
            "note": ["seven hours ahead", "nine silent days"],
            "kind": ["shifted", "silent"],
            "short": ["+7 h", "9 days"],
        }
    )
    notes = read_notes(frame)
    assert [note.red for note in notes] == [True, False]
    wide, phone = (
        texts(draw_dots(sheet(width, 480), _frame("2021-03-09", 900), notes=notes, narrow=narrow))
        for width, narrow in ((744, False), (328, True))
    )
    assert (wide["seven hours ahead"].get_color(), wide["nine silent days"].get_color()) == (
        LIGHT.mark,
        LIGHT.muted,
    )
    assert {"+7 h", "9 days"} <= set(phone)


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
    ax = sheet(width, find_dots_height(width, narrow))
    plot = draw_dots(ax, frame, notes=notes, narrow=narrow)
    assert len(plot.texts) > 4
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])
