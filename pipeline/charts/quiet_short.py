"""Nights as circles, filled where they held enough: the short form of the quiet window."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.lettering import write
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme

PITCHES = (32.0, 24.0, 16.0, 12.0, 8.0, 5.0)  # px from circle to circle
MOST_HEIGHT = 160.0  # px of circles
BELOW = 34.0


def find_quiet_short_height(n: int, width: float) -> float:
    """Return the height in CSS pixels that ``draw_quiet_short`` needs for ``n`` nights."""
    pitch, a_row = _lay_out(n, width)
    return min(-(-n // a_row) * pitch, MOST_HEIGHT) + BELOW


def draw_quiet_short(
    ax: Axes, frame: pd.DataFrame, *, nouns: str, theme: Theme = LIGHT, narrow: bool = False
) -> Axes:
    """Draw each night (night, usable) as a circle in order of date; of very many the latest."""
    width, _ = open_sheet(ax)
    pitch, a_row = _lay_out(len(frame), width)
    shown = frame["usable"].to_numpy(dtype=bool)[-a_row * int(MOST_HEIGHT // pitch) :]
    places = [(pitch * (k % a_row + 0.5), pitch * (k // a_row + 0.5)) for k in range(len(shown))]
    edge = max(0.7, pitch / 16)
    for filled in (False, True):
        chosen = [place for place, usable in zip(places, shown, strict=True) if usable == filled]
        ax.plot(
            [x for x, _ in chosen], [y for _, y in chosen], "o", markersize=pitch * 0.72 * PT,
            markerfacecolor=theme.data if filled else "none", markeredgewidth=edge * PT,
            markeredgecolor=theme.data if filled else theme.axis,
            label="enough" if filled else "too few", zorder=2,
        )  # fmt: skip
    text = f"filled: a night with enough {nouns}"
    if len(shown) < len(frame):
        text += ", the latest only"
    bottom = -(-len(shown) // a_row) * pitch
    write(ax, text, pitch * 0.14, bottom + 20, size=12.5, colour=theme.muted, at="left")
    return ax


def _lay_out(n: int, width: float) -> tuple[float, int]:
    """Return the pitch and how many circles stand in a row."""
    for pitch in PITCHES:
        a_row = max(1, int(width // pitch))
        if -(-n // a_row) * pitch <= MOST_HEIGHT:
            break
    return pitch, a_row
