"""One year on one sheet that prints on A4: twelve months, the year's words, its clock, three records."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.calendar_rows import GAP
from pipeline.charts.day_squares import KeyEntry, draw_key, find_key_height, lay_out_key, list_signs
from pipeline.charts.frame import say_source
from pipeline.charts.lettering import balance, begin_at_left, cut_to_width, fill_lines, measure, write
from pipeline.charts.month_blocks import draw_month, find_month_height
from pipeline.charts.rows import iter_rows
from pipeline.charts.scripts import choose_variety
from pipeline.charts.style import PT, add_box, new_figure
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.hours import ENOUGH_FOR_SHARES
from pipeline.patterns.wording import say_count, say_percent
from pipeline.patterns.year_page import YearPage

WIDTH, HEIGHT = 804.0, 1137.0  # CSS px; 1 : √2 as A4
PAD = 44.0
YEAR_PX, NARROW_YEAR_PX = 112.0, 72.0
PITCH, NARROW_PITCH = 23.0, 21.0  # of a month's squares
BETWEEN_MONTHS = 22.0  # above the next row of them
WORD_LINE, RECORD_LINE, CLOCK_HEIGHT = 27.5, 56.0, 186.0
SENTENCE_PX, SENTENCE_LINE = 20.0, 28.0
SMALL_SENTENCE_PX = 17.0  # on a phone, and where it takes more than three lines
HEAD_PX = 13.0


def find_year_page_height(page: YearPage, width: float, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_year_page`` needs."""
    return _lay_out(page, width, narrow)["height"]


def draw_year_page(ax: Axes, page: YearPage, *, theme: Theme = LIGHT, narrow: bool = False) -> Axes:
    """Draw a year: months, words, the clock beside other years', records, the key and what it covers."""
    width, _ = open_sheet(ax)
    tops = _lay_out(page, width, narrow)
    _draw_head(ax, page, width, tops, narrow, theme)
    pitch = NARROW_PITCH if narrow else PITCH
    n_across = 2 if narrow else 4
    apart = (width - (7 * pitch - GAP)) / (n_across - 1)
    for k, month in enumerate(pd.date_range(f"{page.year}-01-01", periods=12, freq="MS")):
        draw_month(
            ax, month, page.days, k % n_across * apart,
            tops["months"] + k // n_across * (find_month_height(pitch) + BETWEEN_MONTHS), pitch,
            busiest=page.busiest, first_weekday=page.coverage.first_weekday, theme=theme,
        )  # fmt: skip
    _draw_panels(ax, page, width, tops["panels"], narrow, theme)
    draw_key(ax, _lay_out_key(page, width), 0, tops["key"], theme)
    for k, line in enumerate(fill_lines(say_source(page.coverage), 12, width)):
        write(ax, line, 0, tops["source"] + 17 * (k + 0.5), size=12, colour=theme.muted, at="left")
    return ax


def make_year_page(page: YearPage, *, theme: Theme = LIGHT) -> Figure:
    """Return the sheet that stands alone: 804 × 1137 CSS pixels, the shape of A4."""
    figure = new_figure(WIDTH, HEIGHT, theme.bg)
    sheet = add_box(figure, 0, 0, WIDTH, HEIGHT)
    open_sheet(sheet)
    draw_year_page(place(sheet, PAD, PAD, WIDTH - 2 * PAD, HEIGHT - 2 * PAD), page, theme=theme)
    return figure


def _lay_out_key(page: YearPage, width: float) -> list[KeyEntry]:
    signs = list_signs(page.days, pd.Timestamp(page.year, 1, 1), pd.Timestamp(page.year, 12, 31))
    return lay_out_key(page.limits, page.coverage.nouns, width, signs)


def _set_sentence(page: YearPage, width: float, narrow: bool) -> tuple[list[str], float, float]:
    """Break the sentence beside the year, or on a phone under it: lines, their size and their pitch."""
    room = width if narrow else width - measure(str(page.year), YEAR_PX, serif=True, semibold=True) - 48
    if not narrow:
        apart = [
            line
            for sentence in re.split(r"(?<=\.) ", page.sentence)
            for line in balance(sentence, SENTENCE_PX, room, serif=True)
        ]
        for lines in (apart, balance(page.sentence, SENTENCE_PX, room, serif=True)):
            if len(lines) <= 3:
                return lines, SENTENCE_PX, SENTENCE_LINE
    small = balance(page.sentence, SMALL_SENTENCE_PX, room, serif=True)
    return (small, SMALL_SENTENCE_PX, 24.0) if narrow else (small[:4], SMALL_SENTENCE_PX, 22.0)


def _lay_out(page: YearPage, width: float, narrow: bool) -> dict[str, float]:
    """Return where each part begins, in CSS pixels from the top, and the whole height."""
    lines, _, line_pitch = _set_sentence(page, width, narrow)
    pitch = NARROW_PITCH if narrow else PITCH
    n_down = 6 if narrow else 3
    months = NARROW_YEAR_PX + len(lines) * line_pitch + 44 if narrow else 140.0
    panels = months + n_down * (find_month_height(pitch) + BETWEEN_MONTHS)
    heights = _find_panel_heights(page)
    key = panels + 20 + (sum(heights) + 18 * len(heights) if narrow else max(heights) + 20)
    source = key + find_key_height(_lay_out_key(page, width)) + 6
    height = source + 17 * len(fill_lines(say_source(page.coverage), 12, width)) + 2
    return {"months": months, "panels": panels, "key": key, "source": source, "height": height}


def _find_panel_heights(page: YearPage) -> list[float]:
    words = [20 + WORD_LINE * (len(page.words) + 0.5)] if page.words else []
    return [*words, CLOCK_HEIGHT, 30.0 + RECORD_LINE * len(page.records)]


def _draw_head(
    ax: Axes, page: YearPage, width: float, tops: dict[str, float], narrow: bool, theme: Theme
) -> None:
    size = NARROW_YEAR_PX if narrow else YEAR_PX
    base = 0.72 * size
    write(
        ax, str(page.year), 0, base, size=size, colour=theme.ink, serif=True, semibold=True, at="left",
        stand="baseline", shift=(-1.4, 0),
    )  # fmt: skip
    lines, text_px, pitch = _set_sentence(page, width, narrow)
    left = 0.0 if narrow else measure(str(page.year), YEAR_PX, serif=True, semibold=True) + 48
    first = base + 34 if narrow else base - pitch * (len(lines) - 1)
    for k, line in enumerate(lines):
        write(
            ax, begin_at_left(line), left, first + pitch * k, size=text_px, colour=theme.ink, serif=True,
            at="left", stand="baseline",
        )  # fmt: skip
    rule = tops["months"] - 28
    draw_rule(ax, (0, width), (rule, rule), theme.ink, px=2.2)
    draw_rule(ax, (0, width), (rule + 4.5, rule + 4.5), theme.ink, px=0.9)


def _draw_panels(ax: Axes, page: YearPage, width: float, top: float, narrow: bool, theme: Theme) -> None:
    draw_rule(ax, (0, width), (top, top), theme.ink, px=0.9)
    gap = 34.0
    panel = width if narrow else (width - 2 * gap) / 3
    heights = [height + 18 if narrow else 0.0 for height in _find_panel_heights(page)]
    y = top + 20
    if page.words:
        _write_words(ax, page, 0, y, panel, theme)
        y += heights.pop(0)
    beside = bool(page.words) and not narrow
    _draw_clock(
        ax, page, panel + gap if beside else 0, y, panel if beside or narrow else width - panel - gap, theme
    )
    y += heights.pop(0)
    _write_records(ax, page, 0 if narrow else width - panel, y, panel, theme)


def _write_words(ax: Axes, page: YearPage, left: float, top: float, width: float, theme: Theme) -> None:
    usual = choose_variety(page.words)
    title = "Words of the year" if page.own_words else "Commonest words"
    write(ax, title, left, top, size=HEAD_PX, colour=theme.muted, at="left")
    for k, word in enumerate(page.words):
        size, first = 20.0, k == 0
        while size > 13 and measure(word, size, serif=True, semibold=first) > width:
            size -= 1
        write(
            ax, cut_to_width(word, size, width, serif=True, semibold=first), left, top + 29 + WORD_LINE * k,
            size=size, colour=theme.mark if first else theme.ink, serif=True, semibold=first, at="left",
            usual=usual,
        )  # fmt: skip


def _draw_clock(ax: Axes, page: YearPage, left: float, top: float, width: float, theme: Theme) -> None:
    """Draw the share of each hour as a bar, the other years' as a line, the highest with its value."""
    share, others = (page.clock[name].to_numpy(dtype=float) for name in ("share", "others"))
    compared = bool(np.isfinite(others).all())
    write(ax, "The clock", left, top, size=HEAD_PX, colour=theme.muted, at="left")
    if compared:
        write(ax, "line: other years", left + width, top, size=HEAD_PX, colour=theme.muted, at="right")
    height, base = 120.0, top + 162
    highest = max(float(share.max()), float(np.nanmax(others)) if compared else 0.0) or 1.0
    pitch = width / 24
    for hour, value in enumerate(share):
        ax.add_patch(
            Rectangle(
                (left + hour * pitch + 0.1 * pitch, base), 0.8 * pitch, -value / highest * height,
                facecolor=theme.data, linewidth=0, zorder=2, label=f"hour {hour}",
            )
        )  # fmt: skip
    if compared:
        x = np.repeat(left + np.arange(25) * pitch, 2)[1:-1]
        y = base - np.repeat(others, 2) / highest * height
        steps = PathPatch(
            Path(np.round(np.stack([x, y], axis=1), 2)), facecolor="none", edgecolor=theme.ink,
            linewidth=1.5 * PT, zorder=3, label="others",
        )  # fmt: skip
        ax.add_patch(steps)
    draw_rule(ax, (left, left + width), (base, base), theme.axis, layer=4)
    peak = int(np.argmax(share))
    n = int(page.days["searches"].sum())
    value = say_percent(share[peak]) if n >= ENOUGH_FOR_SHARES else say_count(round(n * float(share[peak])))
    up = base - max(share[peak], others[peak] if compared else 0.0) / highest * height
    half = measure(value, 13, semibold=True) / 2
    centre = min(max(left + (peak + 0.5) * pitch, left + half), left + width - half)
    write(ax, value, centre, up, size=13, colour=theme.ink, semibold=True, stand="baseline", shift=(0, 6))
    for hour, name in ((0, "00"), (6, "06"), (12, "noon"), (18, "18")):
        write(ax, name, left + (hour + 0.5) * pitch, base + 14, size=12, colour=theme.muted)


def _write_records(ax: Axes, page: YearPage, left: float, top: float, width: float, theme: Theme) -> None:
    write(ax, "For the record", left, top, size=HEAD_PX, colour=theme.muted, at="left")
    for k, row in enumerate(iter_rows(page.records)):
        y = top + 29 + RECORD_LINE * k
        write(
            ax, str(row.value), left, y, size=18, colour=theme.ink if k else theme.mark, serif=True,
            semibold=True, at="left",
        )  # fmt: skip
        for j, line in enumerate(fill_lines(str(row.note), 13, width)):
            write(ax, line, left, y + 21 + 16.5 * j, size=13, colour=theme.muted, at="left")
