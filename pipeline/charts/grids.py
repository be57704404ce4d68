"""Cells in rows and columns with 2 px gaps, coloured along a ramp, and a red frame around a run of them.

A value between two steps of a ramp is drawn as the lower step with the upper one over it, half
transparent: so every colour stays a step of the ramp, and the page can exchange them for the night's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, size_of
from pipeline.charts.style import PT
from pipeline.charts.tokens import Theme

GAP_PX = 2.0
SHADES = 4  # between two steps


def draw_cells(
    plot: Axes, steps: np.ndarray, colours: Sequence[str], *, gap_px: float = GAP_PX
) -> PolyCollection:
    """Draw ``steps`` (rows, columns), places on the ramp ``colours`` from 0; NaN stays empty.

    Row 0 is at the top; ``gap_px`` CSS pixels part the cells. The returned cells have their lower step's
    colour.
    """
    n_rows, n_columns = steps.shape
    plot.set_xlim(0, n_columns)
    plot.set_ylim(n_rows, 0)
    width, height = size_of(plot)
    inset_x, inset_y = gap_px / 2 * n_columns / width, gap_px / 2 * n_rows / height
    shown = [(row, column) for row, column in np.ndindex(steps.shape) if not np.isnan(steps[row, column])]
    boxes = [
        [
            (column + inset_x, row + inset_y),
            (column + 1 - inset_x, row + inset_y),
            (column + 1 - inset_x, row + 1 - inset_y),
            (column + inset_x, row + 1 - inset_y),
        ]
        for row, column in shown
    ]
    values = np.array([min(max(float(steps[at]), 0.0), len(colours) - 1.0) for at in shown])
    lower = np.floor(values).astype(int)
    cells = PolyCollection(boxes, facecolors=[colours[k] for k in lower], linewidths=0, zorder=1)
    cells.set_clip_on(False)  # else an SVG says for every cell by what it is cut
    plot.add_collection(cells, autolim=False)
    above = np.round((values - lower) * SHADES) / SHADES
    for share in sorted(set(above.tolist()) - {0.0}):
        inside = [k for k in range(len(shown)) if above[k] == share]
        over = [to_rgba(colours[lower[k] + 1], share) for k in inside]
        veil = PolyCollection([boxes[k] for k in inside], facecolors=over, linewidths=0, zorder=1.1)
        veil.set_clip_on(False)
        plot.add_collection(veil, autolim=False)
    cells.set_label("cells")
    return cells


def outline_missing(plot: Axes, row: int, column: int, theme: Theme) -> None:
    """Draw a cell that the archive does not hold: an outline with a stroke."""
    plot.add_patch(
        Rectangle(
            (column + 0.05, row + 0.08),
            0.9,
            0.84,
            facecolor="none",
            edgecolor=theme.hatch,
            linewidth=PT,
            zorder=1.5,
        )
    )
    draw_rule(plot, (column + 0.05, column + 0.95), (row + 0.92, row + 0.08), theme.hatch, layer=1.5)


def frame_run(plot: Axes, left: float, top: float, width: float, height: float, theme: Theme) -> None:
    """Frame cells in the mark colour, 2 pt, cased in the background."""
    for colour, points, layer in ((theme.bg, 5.2, 4.0), (theme.mark, 2.0, 4.1)):
        plot.add_patch(
            Rectangle(
                (left, top),
                width,
                height,
                facecolor="none",
                edgecolor=colour,
                linewidth=points,
                zorder=layer,
                joinstyle="miter",
                clip_on=False,
            )
        )
