"""Cells in rows and columns: a mesh with 2 px gaps, coloured by step, and a red frame around a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import ListedColormap
from matplotlib.patches import Rectangle

from pipeline.charts.style import PT
from pipeline.charts.tokens import Theme

GAP_PX = 2.0


def draw_cells(plot: Axes, steps: np.ndarray, colours: Sequence[str], theme: Theme) -> QuadMesh:
    """Draw ``steps`` (rows, columns), indices into ``colours``; NaN stays empty. Row 0 is at the top."""
    n_rows, n_columns = steps.shape
    plot.set_xlim(0, n_columns)
    plot.set_ylim(n_rows, 0)
    # As floats: a colour map takes an integer 1 as its second colour, a float 1.0 as its last.
    mesh = plot.pcolormesh(
        np.arange(n_columns + 1),
        np.arange(n_rows + 1),
        np.ma.masked_invalid(steps.astype(float)),
        cmap=ListedColormap(list(colours)),
        vmin=-0.5,
        vmax=len(colours) - 0.5,
        edgecolors=theme.bg,
        linewidth=GAP_PX * PT,
        zorder=1,
    )
    mesh.set_clip_on(False)
    return mesh


def outline_missing(plot: Axes, row: int, column: int, theme: Theme) -> None:
    """Draw a cell that the archive does not hold: an outline with a stroke."""
    plot.add_patch(
        Rectangle(
            (column + 0.05, row + 0.08), 0.9, 0.84, facecolor="none", edgecolor=theme.hatch, linewidth=PT,
            zorder=1.5,
        )  # fmt: skip
    )
    plot.plot(
        [column + 0.05, column + 0.95], [row + 0.92, row + 0.08], color=theme.hatch, linewidth=PT, zorder=1.5
    )


def frame_run(plot: Axes, left: float, top: float, width: float, height: float, theme: Theme) -> None:
    """Frame cells in the mark colour, 2 pt, cased in the background."""
    for colour, line_width, layer in ((theme.bg, 5.2, 4.0), (theme.mark, 2.0, 4.1)):
        patch = Rectangle(
            (left, top), width, height, facecolor="none", edgecolor=colour, linewidth=line_width,
            zorder=layer, joinstyle="miter", clip_on=False,
        )  # fmt: skip
        patch.set_gid(None)
        plot.add_patch(patch)
