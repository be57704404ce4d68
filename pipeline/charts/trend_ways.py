"""Four ways to one line: over the rings of the loss, and beside each how many days it had to look at."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.study_maps import draw_contours
from pipeline.charts.study_plot import Box, draw_dots, draw_line, open_plot
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import WAYS_TO_A_LINE, begin, count_noun, say_count

HEIGHT, NARROW_HEIGHT = 372.0, 568.0
TOP, LEFT, FOOT, GAP = 30.0, 40.0, 40.0, 40.0
RINGS, NARROW_RINGS = 0.54, 290.0  # of the width; px of the height
HEAD, ROW = 34.0, 52.0  # px of the list of ways
BAR = 8.0
N_SIDE = 61
ROOM = 0.12  # of a side, around the ways


def find_trend_ways_height(narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_trend_ways`` needs."""
    return NARROW_HEIGHT if narrow else HEIGHT


def draw_trend_ways(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    nouns: str = "searches",
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw the places (change, level) of each way, the exact line being way 0, and the days they looked at.

    ``level`` is that at the start, ``off`` the root of the mean squared error, ``rows`` the days looked at;
    from ``near`` on a way has arrived.
    """
    width, height = open_sheet(ax)
    if narrow:
        rings = Box(LEFT, TOP, width - LEFT - 6, NARROW_RINGS - TOP - FOOT)
        listed = Box(0, NARROW_RINGS + 6, width, height - NARROW_RINGS - 6)
    else:
        rings = Box(LEFT, TOP, width * RINGS - LEFT, height - TOP - FOOT)
        listed = Box(width * RINGS + GAP, 0, width * (1 - RINGS) - GAP, height)
    _draw_rings(ax, rings, frame, nouns, theme)
    _list_ways(ax, listed, frame, theme)
    return ax


def _choose_colours(theme: Theme) -> tuple[str, ...]:
    """Return the colours of the four ways: the search in ink, descent by one day a step in red."""
    return theme.ink, theme.categories[1], theme.categories[2], theme.mark


def _draw_rings(ax: Axes, box: Box, frame: pd.DataFrame, nouns: str, theme: Theme) -> None:
    span = _find_span(frame)
    plot = open_plot(
        ax, box, span[:2], span[2:], theme, x_name="change a year", y_name=f"{nouns} a day at the start",
        grid=False,
    )  # fmt: skip
    plot.set_label("rings")
    draw_contours(plot, _measure_losses(frame, span), span, theme)
    for way, colour in enumerate(_choose_colours(theme), 1):
        places = frame[frame["way"] == way]
        x, y = places["change"].to_numpy(), places["level"].to_numpy()
        draw_line(plot, x, y, theme.bg, px=4, layer=3, alpha=0.75)
        draw_line(plot, x, y, colour, px=2, layer=3.1)
        draw_dots(plot, x, y, colour, px=4, layer=3.2)
    exact = frame[frame["way"] == 0]
    draw_dots(
        plot, exact["change"].to_numpy(), exact["level"].to_numpy(), theme.bg, px=9, edge=theme.ink, layer=5
    )
    draw_dots(plot, np.zeros(1), np.zeros(1), theme.ink, px=8, edge=theme.bg, layer=5)
    write(plot, "start", 0, 0, size=13, colour=theme.ink, at="left", shift=(9, -9), halo=theme.bg)


def _find_span(frame: pd.DataFrame) -> tuple[float, float, float, float]:
    sides = []
    for name in ("change", "level"):
        low, high = float(frame[name].min()), float(frame[name].max())
        room = ROOM * max(high - low, 1e-9)
        sides += [low - room, high + room]
    return sides[0], sides[1], sides[2], sides[3]


def _measure_losses(frame: pd.DataFrame, span: tuple[float, float, float, float]) -> np.ndarray:
    """Return the loss above the exact line's on a grid: a square form, which the places' errors give."""
    exact = frame[frame["way"] == 0].iloc[0]
    d_change, d_start = frame["change"] - exact["change"], frame["level"] - exact["level"]
    squares = np.stack([d_change**2, 2 * d_change * d_start, d_start**2], axis=1)
    form, *_ = np.linalg.lstsq(squares, frame["off"] ** 2 - exact["off"] ** 2, rcond=None)
    change = np.linspace(span[0], span[1], N_SIDE)[None, :] - exact["change"]
    start = np.linspace(span[2], span[3], N_SIDE)[:, None] - exact["level"]
    losses: np.ndarray = form[0] * change**2 + 2 * form[1] * change * start + form[2] * start**2
    return losses


def _list_ways(ax: Axes, box: Box, frame: pd.DataFrame, theme: Theme) -> None:
    """List the ways with the days they looked at until they arrived, as bars from nothing."""
    write(ax, "days looked at", box.left, box.top + 12, size=13, colour=theme.muted, at="left")
    colours = (theme.bg, *_choose_colours(theme))
    arrived = [_find_arrival(frame[frame["way"] == way]) for way in range(len(colours))]
    most = max(rows for _, rows, _ in arrived)
    texts = [_say_arrival(k, *one) for k, one in enumerate(arrived)]
    longest = min(box.width - measure(text, 13) - 10 for text in texts)
    for k, (text, (_, rows, _)) in enumerate(zip(texts, arrived, strict=True)):
        top = box.top + HEAD + k * ROW
        name = begin(WAYS_TO_A_LINE[k])
        draw_dots(ax, np.array([box.left + 5]), np.array([top + 2]), colours[k], px=9, layer=4,
                  edge=theme.ink if k == 0 else None)  # fmt: skip
        write(ax, name, box.left + 17, top + 2, size=13.5, colour=theme.ink, at="left", semibold=True)
        length = longest * rows / max(most, 1)
        spot = box.left, top + 21 - BAR / 2
        ax.add_patch(
            Rectangle(
                spot, length, BAR, facecolor=colours[k], zorder=2, label="looked", edgecolor=theme.ink,
                linewidth=0 if k else PT,
            )
        )  # fmt: skip
        write(ax, text, box.left + length + 8, top + 21, size=13, colour=theme.ink, at="left")
    draw_rule(
        ax, (box.left, box.left), (box.top + HEAD + 12, box.top + HEAD + 4 * ROW + 30), theme.axis, px=PT
    )


def _find_arrival(places: pd.DataFrame) -> tuple[int, int, bool]:
    """Return steps and days of the first place of a way that is near, else of its last."""
    near = places[places["near"] > 0]
    row = near.iloc[0] if len(near) else places.iloc[-1]
    return int(row["steps"]), int(row["rows"]), bool(len(near))


def _say_arrival(way: int, steps: int, rows: int, is_near: bool) -> str:
    if way == 0:
        return f"{say_count(rows)}, once each"
    return f"{'' if is_near else 'not in '}{say_count(rows)} in {count_noun(steps, 'step', 'steps')}"


def picture_trend_ways(frame: pd.DataFrame, coverage: Coverage) -> Picture:
    """Return how to draw four ways to one line."""
    return Picture(
        partial(draw_trend_ways, frame=frame, nouns=coverage.nouns),
        lambda width, narrow: find_trend_ways_height(narrow),
    )
