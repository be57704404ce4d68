"""The count so far and the fan of what may come, the number asked about in red, twenty chances as circles."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.forecast_short import SHORT_HEIGHT, draw_forecast_short
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.scales import choose_ticks
from pipeline.charts.style import PT
from pipeline.charts.timeline import day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.forecast_tries import say_tries
from pipeline.patterns.wording import NO_BREAK, say_count, say_short_day

FORECAST_HEIGHT = 300.0
NARROW_PLOT, NARROW_FOOT = 236.0, 84.0
SIDE = 196.0  # px right of the plot, for the circles
GAP = 8.0
PITCH, MOST_IN_ROW = 12.5, 7  # px from circle to circle
FOOT = 32.0
TICK_ROOM = 8.0  # px above the highest tick
HEADROOM = 0.14
LABEL, NARROW_LABEL = 46.0, 26.0  # px above the target's line, for what it says
BANDS = (("q02", "q97", 0.16), ("q10", "q90", 0.2), ("q25", "q75", 0.26))
SHOWN_BEFORE, LEAST_BEFORE = 2, 30  # days of the past, for each day to come; at least


def draw_forecast(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    target: pd.DataFrame,
    outcomes: pd.DataFrame,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``answer_forecast``: the count, the bands of 95, 80 and 50 in 100, the target, its chances.

    ``target`` has one row (target, chance_in_20, low, high); ``outcomes`` the twenty in order.
    """
    width, height = open_sheet(ax)
    aim, chances, low, high = (float(value) for value in target.iloc[0])
    past, coming = frame[frame["count"].notna()], frame[frame["count"].isna()]
    shown = past.tail(max(SHOWN_BEFORE * len(coming), LEAST_BEFORE))
    bottom = 0.0 if len(shown) == len(past) else float(shown["count"].iloc[0])
    top = max(float(coming["q97"].max()), aim)
    high_px = (NARROW_PLOT if narrow else height) - FOOT
    label = NARROW_LABEL if narrow else LABEL
    top = max(top + (top - bottom) * HEADROOM, bottom + (aim - bottom) / (1 - label / high_px))
    step = choose_ticks(top - bottom, 7)[0]
    last = top - (top - bottom) * TICK_ROOM / high_px
    ticks = np.arange(np.ceil(bottom / step), np.floor(last / step) + 1) * step
    left = max(measure(say_count(int(tick)), 12.5) for tick in ticks) + 10
    right = 0.0 if narrow else SIDE + GAP
    plot = place(ax, left, 0, width - left - right, high_px)
    days = np.array([day_number(day) for day in shown["date"]])
    ahead = np.array([day_number(day) for day in coming["date"]])
    plot.set_xlim(days[0], ahead[-1] + 1)
    plot.set_ylim(bottom, top)
    for tick in ticks:
        draw_rule(plot, (0, 1), (tick, tick), theme.grid, on="y", layer=0.5)
        if tick == aim:  # red beside its line
            continue
        write(
            plot, say_count(int(tick)), 0, tick, on="y", size=12.5, colour=theme.muted, at="right",
            shift=(-8, 0),
        )  # fmt: skip
    now, count = days[-1], float(shown["count"].iloc[-1])
    _draw_fan(plot, np.append(now, ahead), count, coming, theme)
    plot.plot(
        days, shown["count"], color=theme.data, linewidth=3.0 * PT, zorder=3, label="so far",
        solid_joinstyle="round", clip_on=False,
    )  # fmt: skip
    plot.plot(
        [now], [count], "o", color=theme.data, markersize=7 * PT, markeredgecolor=theme.bg,
        markeredgewidth=1.2 * PT, zorder=5, clip_on=False, label="now",
    )  # fmt: skip
    draw_rule(plot, (0, 1), (aim, aim), theme.mark, px=1.8, on="y", layer=4)
    write(
        plot, say_count(int(aim)), 0, aim, on="y", size=14, colour=theme.mark, semibold=True, at="left",
        shift=(10, 12), halo=theme.bg,
    )  # fmt: skip
    if count > 0:
        _name_now(plot, now, count, aim, f"{say_count(int(count))} on {say_short_day(past['date'].iloc[-1])}",
                  theme)  # fmt: skip
    label_dates(plot, theme, grid=False, below=17)
    if narrow:
        _draw_row(ax, NARROW_PLOT + 12, width, aim, int(chances), (low, high), theme)
    else:
        _draw_circles(ax, plot, width - SIDE, aim, outcomes["outcome"].to_numpy(float), (low, high), theme)
    return plot


def _draw_fan(plot: Axes, days: np.ndarray, count: float, coming: pd.DataFrame, theme: Theme) -> None:
    for lower, upper, alpha in BANDS:
        plot.fill_between(
            days, np.append(count, coming[lower]), np.append(count, coming[upper]), color=theme.data,
            alpha=alpha, linewidth=0, zorder=1, label=f"{lower} to {upper}",
        )  # fmt: skip
    plot.plot(
        days, np.append(count, coming["q50"]), color=theme.data, linewidth=1.8 * PT, zorder=2,
        label="middle", dashes=(4, 2.6),
    )  # fmt: skip


def _name_now(plot: Axes, now: float, count: float, aim: float, text: str, theme: Theme) -> None:
    """Write the count so far left above its dot; right below where there is no room or the target is near."""
    width, height = size_of(plot)
    low, high = plot.get_xlim()
    bottom, top = plot.get_ylim()
    spot, wide = (now - low) / (high - low) * width, measure(text, 14, semibold=True)
    near = (aim - count) / (top - bottom) * height < 34
    above = spot >= wide + 10 and not (near and spot - wide < 80)
    at, shift = ("right", (-7.0, 12.0)) if above else ("left", (9.0, -13.0))
    if not above and spot + 9 + wide > width:
        at, shift = "right", (width - spot, -26.0)
    if not above and (count - bottom) / (top - bottom) * height + shift[1] < 10:
        shift = (shift[0] + 4, 8.0 - (count - bottom) / (top - bottom) * height)
    write(
        plot, text, now, count, size=14, colour=theme.ink, semibold=True, at="right" if at == "right" else
        "left", shift=shift, halo=theme.bg,
    )  # fmt: skip


def arrange_circles(spots: np.ndarray, line: float, pitch: float = PITCH) -> list[tuple[int, float]]:
    """Return the place in its row and the height of a circle for each of ``spots`` (px, downwards).

    Rows stand on both sides of ``line``, each circle in the row of its height; one that is full sends the
    next circle farther out.
    """
    taken: dict[int, int] = {}
    places: list[tuple[int, float]] = [(0, 0.0)] * len(spots)
    for k in np.argsort(np.abs(spots - line), kind="stable").tolist():
        row = int(np.floor((spots[k] - line) / pitch))
        outward = -1 if spots[k] < line else 1
        while taken.get(row, 0) >= MOST_IN_ROW:
            row += outward
        places[k] = taken.get(row, 0), line + (row + 0.5) * pitch
        taken[row] = taken.get(row, 0) + 1
    return places


def _draw_circles(
    ax: Axes, plot: Axes, left: float, aim: float, outcomes: np.ndarray, half: tuple[float, float],
    theme: Theme,
) -> None:  # fmt: skip
    """Draw the outcomes as circles at their heights, filled above the target, and what they say."""
    bottom, top = plot.get_ylim()
    high = size_of(plot)[1]
    line = (top - aim) / (top - bottom) * high
    spots = (top - outcomes) / (top - bottom) * high
    spots = np.where(outcomes > aim, np.minimum(spots, line - 1e-6), np.maximum(spots, line))
    places = arrange_circles(spots, line)
    for (k, y), outcome in zip(places, outcomes, strict=True):
        _draw_circle(ax, left + (k + 0.5) * PITCH, y, outcome > aim, PITCH, theme)
    draw_rule(ax, (left, left + SIDE), (line, line), theme.mark, px=1.8, layer=3)
    above = [k for k, y in places if line - 3 * PITCH < y < line]
    after = left + (max(above, default=-1) + 1) * PITCH + (10 if above else 2)
    write(
        ax, f"{int((outcomes > aim).sum())} in {len(outcomes)}", after, line - 29, size=21, serif=True,
        colour=theme.mark, semibold=True, at="left", halo=theme.bg,
    )  # fmt: skip
    write(ax, "pass it", after, line - 10, size=13, colour=theme.muted, at="left", halo=theme.bg)
    under = max([line, *(y for _, y in places)]) + PITCH / 2 + 14
    if under + 28 > high + FOOT:
        under = min([line - 42, *(y - PITCH / 2 for _, y in places)]) - 34
    write(ax, "middle half of outcomes:", left, under, size=13, colour=theme.muted, at="left")
    write(ax, _say_half(half), left, under + 19, size=14, colour=theme.ink, semibold=True, at="left")


def _draw_row(
    ax: Axes, top: float, width: float, aim: float, chances: int, half: tuple[float, float], theme: Theme
) -> None:
    """Draw the phone's twenty circles in one row, and what they say below."""
    pitch = width / 20
    for k in range(20):
        _draw_circle(ax, (k + 0.5) * pitch, top + pitch / 2, k < chances, pitch, theme)
    said = f"{chances} in 20 pass {say_count(int(aim))}"
    write(ax, said, 0, top + pitch + 17, size=14, colour=theme.mark, semibold=True, at="left")
    text = f"Middle half of outcomes: {_say_half(half)}"
    write(ax, text, 0, top + pitch + 39, size=13, colour=theme.muted, at="left")


def _draw_circle(ax: Axes, x: float, y: float, filled: bool, pitch: float, theme: Theme) -> None:
    edge = max(1.3, pitch / 9)
    circle = Circle(
        (x, y), pitch * 0.46 - edge / 2, facecolor=theme.mark if filled else "none",
        edgecolor=theme.mark if filled else theme.data, linewidth=edge * PT, zorder=4,
    )  # fmt: skip
    circle.set_label("passes" if filled else "does not pass")
    ax.add_patch(circle)


def _say_half(half: tuple[float, float]) -> str:
    low, high = (say_count(round(end)) for end in half)
    return f"{low}{NO_BREAK}–{NO_BREAK}{high}"


def picture_forecast(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw ``answer_forecast``: the fan, or how much is there of what it takes."""
    short = answer.frames.get("short")
    if short is not None:
        if len(short) == 0:
            return None
        what, n, needed = short.iloc[0].tolist()
        draw = partial(draw_forecast_short, n=n, needed=needed, what=what)
        return Picture(draw, lambda width, narrow: SHORT_HEIGHT)
    frames = answer.frames
    return Picture(
        partial(
            draw_forecast, frame=answer.frame, target=frames["target"], outcomes=frames["outcomes"]
        ),
        lambda width, narrow: NARROW_PLOT + NARROW_FOOT if narrow else FORECAST_HEIGHT,
        left_out=f"Bands hold 50, 80 and 95 of 100 outcomes; {say_tries(frames['backtest'])}.",
    )  # fmt: skip
