"""What pictures of nets that name pictures share: losses by epoch, kernels, and what was named wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import place
from pipeline.charts.lettering import write
from pipeline.charts.study_maps import draw_picture
from pipeline.charts.study_plot import Box, choose_round, draw_dots, draw_line, open_plot, share_row
from pipeline.charts.tokens import Theme

TOP, LEFT, GAP, FOOT = 44.0, 40.0, 34.0, 40.0
CURVES, SIDE, BETWEEN = 150.0, 62.0, 62.0
ROW = 26.0 + SIDE + 24.0  # px of a row of small pictures, with its head and what stands below them
A_ROW = 10


def draw_epochs(
    ax: Axes,
    whole: Box,
    arrays: Mapping[str, np.ndarray],
    nets: Sequence[tuple[str, str]],
    theme: Theme,
    *,
    log: bool = True,
) -> list[Axes]:
    """Draw the losses of ``nets`` (key, name): learned grey, held back blue, the epoch that was kept red."""
    curves = [(arrays[f"{key}_learned"], arrays[f"{key}_held"]) for key, _ in nets]
    top = max(float(held.max()) for _, held in curves)
    up = (0.0, top * 1.08)
    if log:
        everything = np.concatenate([each for pair in curves for each in pair])
        up = (float(everything.min()) / 1.3, float(everything.max()) * 1.3)
    plots = []
    for k, (box, (key, name)) in enumerate(zip(share_row(whole, len(nets), GAP), nets, strict=True)):
        learned, held = curves[k]
        n = len(held)
        epochs = np.arange(1, n + 1)
        plot = open_plot(
            ax, box, (1, max(2, n)), up, theme, y_ticks=find_ticks(*up, log=log) if k == 0 else (),
            x_ticks=[tick for tick in choose_round(1, n) if tick.is_integer()],
            x_name="epoch" if k == len(nets) - 1 else "", log=log,
        )  # fmt: skip
        write(ax, name, box.left, box.top - 16, size=14, colour=theme.ink, semibold=True, at="left")
        draw_line(plot, epochs, learned, theme.faint, px=2)
        draw_line(plot, epochs, held, theme.data, px=2.6)
        best = min(max(int(arrays[f"{key}_best"]), 1), n)
        kept = slice(best - 1, best)
        draw_dots(plot, epochs[kept], held[kept], theme.mark, px=9, edge=theme.bg, layer=5)
        plots.append(plot)
    return plots


def find_ticks(low: float, high: float, *, log: bool) -> list[float]:
    """Return numbers for the axis of losses: 1, 2 and 5 times powers of ten, at most five."""
    if not log:
        return choose_round(low, high)
    marks = [digit * 10.0**power for power in range(-6, 4) for digit in (1, 2, 5)]
    found = [round(mark, 9) for mark in marks if low <= mark <= high]
    return found if len(found) <= 5 else [mark for mark in found if f"{mark:e}"[0] == "1"]


def draw_kernels(ax: Axes, row: Box, kernels: np.ndarray, theme: Theme) -> None:
    """Draw kernels (n, rows, columns) under a head, each about zero; as many as a row holds."""
    head = "What the first convolution looks for"
    write(ax, head, row.left, row.top + 12, size=14, colour=theme.ink, semibold=True, at="left")
    n = min(len(kernels), 2 * A_ROW)
    side = min(SIDE, (row.width + 8) / n - 8)
    for k in range(n):
        spot = place(ax, row.left + k * (side + 8), row.top + 26, side, side)
        draw_picture(spot, kernels[k], theme, both_ways=True)


def draw_wrong(
    ax: Axes,
    row: Box,
    arrays: Mapping[str, np.ndarray],
    theme: Theme,
    *,
    names: Sequence[str] | None = None,
    head: str = "Misread",
) -> None:
    """Draw pictures named wrong, ten a row at most, each with what it is and what the net said."""
    write(ax, head, row.left, row.top + 12, size=14, colour=theme.ink, semibold=True, at="left")
    n = min(A_ROW, len(arrays["wrong"]))
    gap = (row.width - A_ROW * SIDE) / (A_ROW - 1)
    for k in range(n):
        left = row.left + k * (SIDE + gap)
        draw_picture(place(ax, left, row.top + 26, SIDE, SIDE), arrays["wrong"][k].astype(float), theme)
        label, said = int(arrays["wrong_label"][k]), int(arrays["wrong_said"][k])
        lines = [f"{label}, not {said}"] if names is None else [names[label], f"not {names[said]}"]
        for number, line in enumerate(lines):
            write(
                ax, line, left + SIDE / 2, row.top + 26 + SIDE + 12 + 15 * number, size=12.5,
                colour=theme.muted,
            )  # fmt: skip
