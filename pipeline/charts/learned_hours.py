"""The day as a learner expects it, on workdays and on weekend days: a line each over what came."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.hour_axis import label_hours
from pipeline.charts.intervals import draw_dot
from pipeline.charts.lettering import measure, nudge_inside, write
from pipeline.charts.picture import Picture
from pipeline.charts.scales import choose_ticks, find_top
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import say_hour, say_rate

PANEL, NARROW_PANEL = 226.0, 178.0  # px high, with head and hours
HEAD, FOOT = 38.0, 24.0
LEFT, BETWEEN = 34.0, 34.0
KINDS = {"workday": "workdays", "weekend": "weekend days"}
FILL = 0.13


def list_kinds(frame: pd.DataFrame) -> list[str]:
    """List the kinds of day of which something was guessed."""
    return [kind for kind in KINDS if frame[f"{kind}_guessed"].notna().any()]


def find_learned_hours_height(n_panels: int, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_learned_hours`` needs."""
    return 20 + (n_panels * NARROW_PANEL if narrow else PANEL)


def draw_learned_hours(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    nouns: str = "searches",
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw hour and, of each kind of day, the means an hour: workday_guessed, workday_came, and so on."""
    width, _ = open_sheet(ax)
    kinds = list_kinds(frame)
    values = frame[[name for kind in kinds for name in (f"{kind}_guessed", f"{kind}_came")]].to_numpy(float)
    top = find_top(values.ravel())
    write(ax, f"{nouns} an hour", 0, 9, size=13, colour=theme.muted, at="left")
    n_across = 1 if narrow else len(kinds)
    wide = (width - LEFT - BETWEEN * (n_across - 1)) / n_across
    for k, kind in enumerate(kinds):
        across, down = (0, k) if narrow else (k, 0)
        high = NARROW_PANEL if narrow else PANEL
        plot = place(ax, LEFT + across * (wide + BETWEEN), 20 + down * high + HEAD, wide, high - HEAD - FOOT)
        plot.set_label(kind)
        plot.set_xlim(-0.6, 23.6)
        plot.set_ylim(0, top)
        _draw_scale(plot, theme, named=narrow or k == 0)
        _draw_day(
            plot, frame[f"{kind}_guessed"].to_numpy(float), frame[f"{kind}_came"].to_numpy(float), theme
        )
        write(
            plot, KINDS[kind], 0, top, on="y", size=14, colour=theme.ink, semibold=True, at="left",
            shift=(0, 20),
        )  # fmt: skip
        if k == 0:
            name = "line: guessed; dots: what came"
            write(plot, name, 1, top, on="y", size=13, colour=theme.muted, at="right", shift=(0, 20))
        label_hours(plot, theme, narrow or n_across > 1)
    return ax


def _draw_scale(plot: Axes, theme: Theme, *, named: bool) -> None:
    for tick in choose_ticks(plot.get_ylim()[1], 4):
        draw_rule(plot, (0, 1), (tick, tick), theme.grid, on="y", layer=0.5)
        if named:
            write(
                plot, f"{tick:g}", 0, tick, on="y", size=12.5, colour=theme.muted, at="right", shift=(-8, 0)
            )
    draw_rule(plot, (0, 1), (0, 0), theme.axis, on="y", layer=2)


def _draw_day(plot: Axes, guessed: np.ndarray, came: np.ndarray, theme: Theme) -> None:
    hours = np.arange(24)
    plot.plot(
        hours, came, "o", color=theme.faint, markersize=5 * PT, markeredgewidth=0, zorder=2, label="came"
    )
    plot.fill_between(hours, guessed, 0, color=theme.data, alpha=FILL, linewidth=0, zorder=1)
    plot.plot(
        hours, guessed, color=theme.data, linewidth=2.6 * PT, zorder=3, label="guessed",
        solid_joinstyle="round", solid_capstyle="round",
    )  # fmt: skip
    best = int(np.nanargmax(guessed))
    draw_dot(plot, best, guessed[best], theme.mark, theme.bg, px=9, layer=4, label="highest", clip=False)
    text = f"{say_hour(best)}: {say_rate(float(guessed[best]))}"
    width = size_of(plot)[0]
    spot, half = (best + 0.6) / 24.2 * width, measure(text, 13.5, semibold=True) / 2
    height = max(float(guessed[best]), float(np.nanmax(came[max(best - 2, 0) : best + 3])))
    write(
        plot, text, best, height, size=13.5, colour=theme.mark, semibold=True, halo=theme.bg,
        shift=(nudge_inside(spot, half, width), 14),
    )  # fmt: skip


def picture_learned_hours(frame: pd.DataFrame, coverage: Coverage) -> Picture:
    """Return how to draw the day that a learner expects."""
    n_panels = len(list_kinds(frame))
    return Picture(
        partial(draw_learned_hours, frame=frame, nouns=coverage.nouns),
        lambda width, narrow: find_learned_hours_height(n_panels, narrow),
    )
