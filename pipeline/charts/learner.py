"""A learner's error beside its baseline's: two lines, filled between where the learner is better."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.lettering import balance, measure, nudge_inside, write
from pipeline.charts.picture import Picture
from pipeline.charts.scales import choose_ticks, find_top
from pipeline.charts.style import PT
from pipeline.charts.timeline import day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import begin, say_day, spell_small

LEARNER_HEIGHT = 316.0
NARROW_LEARNER_HEIGHT = 284.0
NAMES, BETWEEN = 22.0, 10.0  # px of the row of names on a phone, and beside a text
SMOOTH_WEEKS = 6
FILL = 0.13


def smooth_curve(frame: pd.DataFrame, weeks: int = SMOOTH_WEEKS) -> pd.DataFrame:
    """Return [week, model, baseline], every week of the span once, as means of the last ``weeks`` weeks.

    A week without a value stays a gap; a mean needs half of its weeks.
    """
    table = frame.assign(week=pd.to_datetime(frame["week"])).set_index("week")[["model", "baseline"]]
    table = table.astype(float).sort_index()
    whole = pd.date_range(table.index.min(), table.index.max(), freq="7D")
    table = table.reindex(whole)
    means = table.rolling(weeks, min_periods=max(1, weeks // 2)).mean().where(table.notna())
    return means.rename_axis("week").reset_index()


def draw_learner(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    unit: str = "searches an hour, error",
    names: tuple[str, str] = ("the learner", "the baseline"),
    drifts: Sequence[date] = (),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw weekly errors (week, model, baseline); ``names`` of the two lines, the second broken by hand.

    ``drifts``: the days on which a lasting change was noticed, each a red line, with its date if that fits.
    """
    curve = smooth_curve(frame)
    width, height = open_sheet(ax)
    left, right = 40.0, 8.0 if narrow else 108.0
    top = (46.0 if drifts else 26.0) + (NAMES if narrow else 0)
    plot = place(ax, left, top, width - left - right, height - top - 32)
    days = np.array([day_number(week) + 3.5 for week in curve["week"]])
    model, baseline = curve["model"].to_numpy(float), curve["baseline"].to_numpy(float)
    plot.set_xlim(days[0] - 3.5, days[-1] + 3.5)
    plot.set_ylim(0, find_top(np.append(model, baseline)))
    for tick in choose_ticks(plot.get_ylim()[1], 5):
        draw_rule(plot, (0, 1), (tick, tick), theme.grid, on="y", layer=0.5)
        write(plot, f"{tick:g}", 0, tick, on="y", size=12.5, colour=theme.muted, at="right", shift=(-8, 0))
    plot.fill_between(
        days, model, baseline, where=list(baseline > model), color=theme.data, alpha=FILL, linewidth=0,
        interpolate=True, zorder=1,
    )  # fmt: skip
    lines = ((baseline, theme.faint, 2.1, "baseline"), (model, theme.data, 3.2, "model"))
    for values, colour, px, name in lines:
        plot.plot(
            days, values, color=colour, linewidth=px * PT, zorder=3, label=name, solid_joinstyle="round",
            solid_capstyle="round", clip_on=False,
        )  # fmt: skip
    draw_rule(plot, (0, 1), (0, 0), theme.axis, on="y", layer=2)
    _mark_drifts(plot, [day_number(pd.Timestamp(day)) for day in drifts], drifts, theme)
    write(ax, unit, 0, 10, size=13, colour=theme.muted, at="left")
    label_dates(plot, theme, grid=False, below=17)
    if narrow:
        _name_above(ax, names, theme)
    else:
        _name_ends(plot, model, baseline, names, theme)
    return plot


def _mark_drifts(plot: Axes, places: Sequence[float], drifts: Sequence[date], theme: Theme) -> None:
    """Draw a red line where each change was noticed, its date over it where there is room, from the last."""
    width, (low, high) = size_of(plot)[0], plot.get_xlim()
    free = width  # px from the left, up to the date that stands already
    for k, (place_of, day) in enumerate(reversed(list(zip(places, drifts, strict=True)))):
        draw_rule(plot, (place_of, place_of), (0, 1), theme.mark, px=1.6, layer=2.5, on="x")
        text = say_day(day) if k else f"change noticed, {say_day(day)}"
        spot, half = (place_of - low) / (high - low) * width, measure(text, 13.5, semibold=True) / 2
        shift = nudge_inside(spot, half, width)
        if k and spot + shift + half + BETWEEN > free:
            continue
        free = spot + shift - half
        write(
            plot, text, place_of, 1, on="x", size=13.5, colour=theme.mark, semibold=True, shift=(shift, 11),
            halo=theme.bg,
        )  # fmt: skip


def picture_learner(
    curve: pd.DataFrame, baseline: str, coverage: Coverage, drifts: Sequence[date] = ()
) -> Picture:
    """Return how to draw a learner's weekly errors (week, model, baseline) beside those of ``baseline``."""
    lines = "\n".join(balance(baseline, 13.5, 100))
    draw = partial(
        draw_learner, frame=curve, unit=f"{coverage.nouns} an hour, error", names=("the learner", lines),
        drifts=drifts,
    )  # fmt: skip
    left_out = f"Baseline: {baseline}. {begin(spell_small(SMOOTH_WEEKS))}-week means."
    return Picture(
        draw, lambda width, narrow: NARROW_LEARNER_HEIGHT if narrow else LEARNER_HEIGHT, left_out=left_out
    )


def _name_above(sheet: Axes, names: tuple[str, str], theme: Theme) -> None:
    """Write the names of both lines in a row above the plot, in their colours."""
    write(sheet, names[0], 0, 32, size=13, colour=theme.data, semibold=True, at="left")
    after = measure(names[0], 13, semibold=True) + 2 * BETWEEN
    write(sheet, " ".join(names[1].split("\n")), after, 32, size=13, colour=theme.muted, at="left")


def _name_ends(
    plot: Axes, model: np.ndarray, baseline: np.ndarray, names: tuple[str, str], theme: Theme
) -> None:
    """Write each line's name at its end, at least 22 px apart."""
    px = size_of(plot)[1] / plot.get_ylim()[1]
    ends = [float(np.append(0.0, values[~np.isnan(values)])[-1]) for values in (model, baseline)]
    learner_below = ends[0] <= ends[1]
    lines = names[1].split("\n")
    low, high = min(ends) * px, max(ends) * px
    apart = 12 + 9 * len(lines)
    if high - low < apart:
        middle = (low + high) / 2
        low, high = middle - apart / 2, middle + apart / 2
        if low < 8:
            low, high = 8.0, 8.0 + apart
    spots = (low, high) if learner_below else (high, low)
    write(
        plot, names[0], 1, 0, on="y", size=13.5, colour=theme.data, semibold=True, at="left",
        shift=(8, spots[0]),
    )  # fmt: skip
    for k, line in enumerate(lines):
        up = spots[1] + 8 * (len(lines) - 1) - 16 * k
        write(plot, line, 1, 0, on="y", size=13.5, colour=theme.muted, at="left", shift=(8, up))
