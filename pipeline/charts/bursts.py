"""Words in bursts: a row a word by date, its weekly count pale, solid while it bursts."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from pipeline.charts.boxes import draw_rule, hatch, open_sheet, place, size_of
from pipeline.charts.cloud import WITHOUT_EVERYDAY
from pipeline.charts.left_out import can_draw, measure_left_out, say_left_out, write_left_out
from pipeline.charts.lettering import cut_to_width, measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.scripts import choose_variety
from pipeline.charts.timeline import day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import count_noun, say_short_months

ROW, NARROW_ROW = 31.0, 46.0  # CSS px
AREA, NARROW_AREA = 21.0, 20.0  # the highest week
BAR = 3.5  # below the base line
FOOT, BELOW = 30.0, 18.0
WORD_SIZE, LEAST_SIZE, SAID_SIZE = 16.0, 12.0, 13.0
BESIDE = 12.0  # px between a word and its row
WORD_SHARE = 0.26  # of the width, at most, for the words
WEEK, ENOUGH_DAYS = 7.0, 4  # a week with fewer covered days is no whole week's count
LEAST_STEP, LEAST_BURST = 2.0, 3.0  # px
PALE, SOLID = 0.6, 0.92


def list_drawn(frame: pd.DataFrame) -> list[str]:
    """Return the words of ``frame`` in their order that fonts of this system can draw."""
    return [word for word in dict.fromkeys(frame["word"].astype(str)) if can_draw(word)]


def find_bursts_height(frame: pd.DataFrame, width: float, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_bursts`` needs."""
    rows = len(list_drawn(frame)) * (NARROW_ROW if narrow else ROW)
    return rows + FOOT + measure_left_out(say_left_out(frame["word"].astype(str)), width)


def draw_bursts(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    weeks: pd.DataFrame,
    mark: tuple[Any, ...] = (),
    noun: tuple[str, str] = ("entry", "entries"),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw bursts (word, first, last, count, strongest) in rows over their weeks (word, week, count,
    covered_days), each row on its own scale; the strongest burst of the marked word is red and says what
    it holds. Weeks without a covered day are hatched.
    """
    width, height = open_sheet(ax)
    words = list_drawn(frame)
    usual = choose_variety(words)
    row = NARROW_ROW if narrow else ROW
    sizes = {word: _find_size(word, WORD_SHARE * width, narrow) for word in words}
    left = 0.0 if narrow else max(_measure(word, sizes[word], width) for word in words) + BESIDE
    plot = place(ax, left, 0, width - left, row * len(words))
    begin = day_number(weeks["week"].min())
    end = day_number(weeks["week"].max()) + WEEK
    plot.set_xlim(begin, end)
    plot.set_ylim(row * len(words), 0)
    label_dates(plot, theme, below=BELOW)
    weekly = {str(word): one for word, one in weeks.groupby("word", sort=False)}
    _hatch_missing(plot, weekly[words[0]], theme)
    for k, word in enumerate(words):
        own, red = frame[frame["word"] == word], word in mark
        base = row * (k + 1) - BAR - 5
        draw_rule(plot, (0, 1), (base, base), theme.grid, on="y", layer=1.5)
        _draw_row(plot, weekly[word], own, base, NARROW_AREA if narrow else AREA, red, theme)
        name = _cut(word, sizes[word], width if narrow else WORD_SHARE * width)
        x, up = (0.0, base - NARROW_AREA - 5) if narrow else (left - BESIDE, base - 5)
        write(
            ax, name, x, up, size=sizes[word], colour=theme.mark if red else theme.ink, serif=True,
            semibold=True, at="left" if narrow else "right", stand="baseline", halo=theme.bg, usual=usual,
        )  # fmt: skip
        if red:
            after = measure(name, sizes[word], True, True) + 10 if narrow else None
            _say_burst(plot, own, base, after, noun, theme)
    write_left_out(ax, say_left_out(frame["word"].astype(str)), width, height, theme)
    return plot


def _find_size(word: str, room: float, narrow: bool) -> float:
    if narrow:
        return WORD_SIZE
    return max(LEAST_SIZE, min(WORD_SIZE, WORD_SIZE * room / max(1.0, measure(word, WORD_SIZE, True, True))))


def _cut(word: str, size: float, room: float) -> str:
    return cut_to_width(word, size, room, serif=True, semibold=True)


def _measure(word: str, size: float, width: float) -> float:
    return measure(_cut(word, size, WORD_SHARE * width), size, True, True)


def _draw_row(
    plot: Axes, weeks: pd.DataFrame, bursts: pd.DataFrame, base: float, area: float, red: bool, theme: Theme
) -> None:
    """Draw one word's weeks, and over them its bursts with a bar below."""
    lines = list_lines(weeks, _find_step(plot))
    most = max((float(heights.max()) for _, heights in lines), default=0.0)
    rise = area / most if most > 0 else 0.0
    for days, heights in lines:
        _fill(plot, days, base - heights * rise, base, theme.data_soft, PALE, 2)
    low, high = plot.get_xlim()
    least = LEAST_BURST * (high - low) / size_of(plot)[0]
    for burst in iter_rows(bursts):
        first, last = day_number(burst.first), day_number(burst.last) + 1
        colour = theme.mark if red and burst.strongest else theme.data
        for days, heights in lines:
            inside = (days > first) & (days < last)
            ends = np.clip([first, last], days[0], days[-1])
            if ends[1] <= ends[0]:
                continue
            across = np.concatenate([ends[:1], days[inside], ends[1:]])
            over = base - rise * np.interp(across, days, heights)
            _fill(plot, across, over, base, colour, SOLID, 3)
        bar = Rectangle((first, base), max(last - first, least), BAR, facecolor=colour, linewidth=0, zorder=4)
        bar.set_label(f"{burst.word} {burst.first:%Y-%m-%d}")
        plot.add_patch(bar)


def list_lines(weeks: pd.DataFrame, step: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the days and heights of a row's lines, one for each run of weeks with a covered day.

    Each line begins and ends with its weeks; between, a point in the middle of every ``step`` weeks is
    their mean count a week, in proportion where days are missing.
    """
    day = weeks["week"].map(day_number).to_numpy(dtype=float)
    count, covered = (weeks[name].to_numpy(dtype=float) for name in ("count", "covered_days"))
    runs = np.split(np.arange(len(day)), np.flatnonzero(np.diff(covered > 0)) + 1)
    lines = []
    for run in runs:
        if not len(run) or covered[run[0]] == 0:
            continue
        starts = run[::step]
        place = starts - run[0]
        n_weeks = np.diff(np.append(starts, run[-1] + 1))
        held = np.maximum(np.add.reduceat(covered[run], place), ENOUGH_DAYS)
        heights = np.add.reduceat(count[run], place) * WEEK / held
        middle = day[starts] + n_weeks * WEEK / 2
        days = np.concatenate([day[run[:1]], middle, day[run[-1:]] + WEEK])
        lines.append((days, np.concatenate([heights[:1], heights, heights[-1:]])))
    return lines


def _find_step(plot: Axes) -> int:
    """Return how many weeks share a point, so that points are two pixels apart."""
    low, high = plot.get_xlim()
    return max(1, int(np.ceil(LEAST_STEP * (high - low) / WEEK / size_of(plot)[0])))


def _fill(
    plot: Axes, days: np.ndarray, over: np.ndarray, base: float, colour: str, alpha: float, layer: float
) -> None:
    outline = np.column_stack([np.append(days, days[[-1, 0]]), np.append(over, [base, base])])
    plot.add_patch(
        Polygon(outline, closed=True, facecolor=colour, alpha=alpha, linewidth=0, zorder=layer, clip_on=False)
    )


def _hatch_missing(plot: Axes, weeks: pd.DataFrame, theme: Theme) -> None:
    """Hatch the weeks that no archive covers."""
    day = weeks["week"].map(day_number).to_numpy(dtype=float)
    missing = (weeks["covered_days"] == 0).to_numpy()
    for run in np.split(np.arange(len(day)), np.flatnonzero(np.diff(missing)) + 1):
        if len(run) and missing[run[0]]:
            span = Rectangle(
                (day[run[0]], 0), WEEK * len(run), 1, transform=plot.get_xaxis_transform(),
                facecolor=theme.bg, edgecolor=theme.hatch, linewidth=0, zorder=1.2,
            )  # fmt: skip
            span.set_label("not in the archive")
            plot.add_patch(hatch(span, "//////"))


def _say_burst(
    plot: Axes, bursts: pd.DataFrame, base: float, after: float | None, noun: tuple[str, str], theme: Theme
) -> None:
    """Write what the strongest burst holds: beside it where no other burst is, or ``after`` the word."""
    burst = next(one for one in iter_rows(bursts) if one.strongest)
    count, when = count_noun(int(burst.count), *noun), say_short_months(burst.first, burst.last)
    low, high = plot.get_xlim()
    width = size_of(plot)[0]
    scale = width / (high - low)
    if after is not None:
        text = next(
            (one for one in (f"{count}, {when}", when) if after + measure(one, SAID_SIZE) <= width), ""
        )
        write(
            plot, text, low + after / scale, base - NARROW_AREA - 5, size=SAID_SIZE, colour=theme.mark,
            at="left", stand="baseline", halo=theme.bg,
        )  # fmt: skip
        return
    taken = [((day_number(b.first) - low) * scale, (day_number(b.last) + 1 - low) * scale)
             for b in iter_rows(bursts)]  # fmt: skip
    first, last = next(span for span, b in zip(taken, iter_rows(bursts), strict=True) if b.strongest)
    for text in (f"{count}, {when}", when):
        wide = measure(text, SAID_SIZE, semibold=True)
        for start in (last + 7, first - 7 - wide):
            if (
                start >= 0
                and start + wide <= width
                and all(start + wide + 3 <= one or start - 3 >= other for one, other in taken)
            ):
                write(
                    plot, text, low + start / scale, base - 6, size=SAID_SIZE, colour=theme.mark,
                    semibold=True, at="left", stand="baseline", halo=theme.bg,
                )  # fmt: skip
                return


def picture_bursts(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the bursts; ``None`` where there is none, or none that can be drawn."""
    frame = answer.frame
    if not list_drawn(frame):
        return None
    return Picture(
        partial(
            draw_bursts, frame=frame, weeks=answer.frames["weeks"], mark=answer.finding.mark,
            noun=(coverage.noun, coverage.nouns),
        ),
        lambda width, narrow: find_bursts_height(frame, width, narrow),
        left_out=f"Bursts by a two-state model; each row on its own scale. {WITHOUT_EVERYDAY}",
    )  # fmt: skip
