"""Slices clean, noisy, by components and by the auto-encoder; what each way of training costs, and leaves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import write
from pipeline.charts.study_maps import draw_field
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, choose_round, draw_dots, draw_line, open_plot, say_tick
from pipeline.charts.tokens import Theme

TOP, NAMES, SIDE, GAP = 8.0, 150.0, 92.0, 8.0
BETWEEN, APART, CURVES, FOOT = 64.0, 16.0, 200.0, 26.0
ROW, ROW_NAMES, VALUES = 27.0, 190.0, 52.0
HIGHEST = 100.0  # a cost beyond it is not drawn
KINDS = (
    ("clean", "clean"),
    ("noisy", "with noise"),
    ("components", "by components"),
    ("drawn", "by the auto-encoder"),
)


def picture_autoencoder(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw slices four ways, the cost by epoch, and the errors that are left."""
    n_rows = len(arrays["beside"]) + len(arrays["way_names"]) + 1
    height = TOP + 4 * (SIDE + GAP) + 2 * BETWEEN + APART + CURVES + n_rows * ROW + FOOT
    return StudyPicture(
        partial(draw_autoencoder, arrays=arrays),
        "Slices that the net had not seen; cost while learning; root mean squared error on such slices",
        height,
    )


def draw_autoencoder(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw four rows of slices, the cost of the ways by epoch, and a dot for the error of each."""
    width, _ = open_sheet(ax)
    n_shown = min(len(arrays["clean"]), int((width - NAMES + GAP) // (SIDE + GAP)))
    low, high = float(arrays["clean"].min()), float(arrays["clean"].max())
    for row, (key, name) in enumerate(KINDS):
        top = TOP + row * (SIDE + GAP)
        colour = theme.mark if key == "drawn" else theme.ink
        write(ax, name, 0, top + SIDE / 2, size=14, colour=colour, semibold=True, at="left")
        for k in range(n_shown):
            plot = place(ax, NAMES + k * (SIDE + GAP), top, SIDE, SIDE)
            values = (arrays[key][k] - low) / max(high - low, 1e-12)  # one scale for all
            rows, columns = values.shape
            plot.set_xlim(0, columns)
            plot.set_ylim(0, rows)
            draw_field(plot, np.clip(values[::-1], 0, 1), (0, columns, 0, rows), theme.sequential)
    top = TOP + len(KINDS) * (SIDE + GAP) + BETWEEN
    _draw_costs(ax, Box(44, top, width - 44, CURVES), arrays, theme)
    return _draw_errors(ax, top + CURVES + BETWEEN + APART, width, arrays, theme)


def _draw_costs(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> None:
    """Draw the mean cost of each epoch: seven ways in grey, the long one in red."""
    # A way whose numbers go astray ends where it leaves the picture.
    costs, long = (np.where(arrays[key] < HIGHEST, arrays[key], np.nan) for key in ("cost", "long_cost"))
    everything = np.concatenate([costs.ravel(), long])
    everything = everything[np.isfinite(everything)]
    n = max(2, len(long), costs.shape[1])
    plot = open_plot(
        ax, box, (1, n), (float(everything.min()) * 0.8, float(everything.max()) * 1.25), theme, log=True,
        x_name="epoch", y_name="a quarter of the squared error, while learning; red: trained for long",
        x_ticks=[tick for tick in choose_round(1, n, 8) if tick.is_integer()],
        y_ticks=_choose_ticks(float(everything.min()), float(everything.max())),
    )  # fmt: skip
    for cost in costs:
        draw_line(plot, np.arange(1, len(cost) + 1), cost, theme.data_soft, px=1.8)
    draw_line(plot, np.arange(1, len(long) + 1), long, theme.mark, px=2.8, layer=4)


def _choose_ticks(low: float, high: float) -> list[float]:
    """Return powers of ten and half of them between two positive numbers."""
    powers = 10.0 ** np.arange(np.floor(np.log10(low)) - 1, np.ceil(np.log10(high)) + 1)
    return [
        float(tick) for power in powers for tick in (power, 3 * power) if low * 0.8 <= tick <= high * 1.25
    ]


def _draw_errors(ax: Axes, top: float, width: float, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw a row for each: what was there, the two simple ways, the ways to train, least at the end."""
    beside = [(str(name), float(e)) for name, e in zip(arrays["beside_names"], arrays["beside"], strict=True)]
    ways = [(str(name), float(e)) for name, e in zip(arrays["way_names"], arrays["test"], strict=True)]
    long = (str(arrays["long_name"]), float(arrays["long_test"]))
    rows = [*beside, *sorted(ways, key=lambda row: -np.nan_to_num(row[1], nan=np.inf)), long]
    high = 1.12 * max(error for _, error in rows if np.isfinite(error))
    plot = place(ax, ROW_NAMES, top, width - ROW_NAMES - VALUES, ROW * len(rows))
    plot.set_xlim(0, high)
    plot.set_ylim(len(rows), 0)
    write(ax, "error that is left", ROW_NAMES, top - 14, size=13, colour=theme.muted, at="left")
    for tick in choose_round(0, high):
        draw_rule(plot, (tick, tick), (0, 1), theme.grid, on="x", layer=0.5)
        write(plot, say_tick(tick), tick, 0, on="x", size=12.5, colour=theme.muted, shift=(0, -14))
    for k, (name, error) in enumerate(rows):
        is_long, is_way = k == len(rows) - 1, k >= len(beside)
        colour = theme.mark if is_long else theme.data if is_way else theme.faint
        end = error if np.isfinite(error) else 0.0
        draw_rule(plot, (0, end), (k + 0.5, k + 0.5), theme.grid, px=2, layer=1)
        if np.isfinite(error):
            draw_dots(plot, np.array([error]), np.array([k + 0.5]), colour, px=9, edge=theme.bg, layer=4)
        ink = theme.mark if is_long else theme.ink if is_way else theme.muted
        write(
            plot, name, 0, k + 0.5, on="y", size=13, colour=ink, semibold=is_long, at="right", shift=(-10, 0)
        )
        said = f"{error:.3f}" if np.isfinite(error) else "astray"
        write(plot, said, end, k + 0.5, size=13, colour=ink, semibold=True, at="left", shift=(10, 0))
    return plot
