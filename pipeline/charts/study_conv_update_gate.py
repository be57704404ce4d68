"""Digits looked at twice: what a net holds after one look, what the second changes, and how nets learned."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet, place
from pipeline.charts.lettering import write
from pipeline.charts.study_maps import draw_field, draw_picture
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, Named, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import MINUS, NO_BREAK

TOP, NAMES, SIDE, GAP, LINE = 8.0, 148.0, 64.0, 12.0, 24.0
CELL, KEY = 16.0, 46.0  # px: a step of a key, and the height of both keys
CURVES, BETWEEN, FOOT, END_NAMES = 170.0, 62.0, 40.0, 96.0
ROWS = ("picture", "after one look", "the second adds")
LOOKS = {1: "one look", 2: "two looks"}
SAID = TOP + len(ROWS) * (SIDE + GAP)  # where the lines of what was said begin
KEYS = SAID + len(LOOKS) * LINE + 18
BELOW = KEYS + KEY + BETWEEN


def picture_conv_update_gate(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw pictures and maps in columns, what was said of each, and the losses below."""
    return StudyPicture(
        partial(draw_conv_update_gate, arrays=arrays),
        "Pictures that a net had not learned, of each digit the one it read worst last; the mean of its maps",
        BELOW + CURVES + FOOT,
    )


def draw_conv_update_gate(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw a column a picture, with its maps and chances below; under all, the loss of those left out."""
    width, _ = open_sheet(ax)
    maps = arrays["maps"]
    fields = {ROWS[1]: maps[:, 0], ROWS[2]: maps[:, 1] - maps[:, 0]}
    lefts = NAMES + np.arange(len(maps)) * (SIDE + GAP)
    for row, name in enumerate(ROWS):
        top = TOP + row * (SIDE + GAP)
        write(ax, name, 0, top + SIDE / 2, size=14, colour=theme.ink, semibold=True, at="left")
        for k, left in enumerate(lefts):
            box = place(ax, left, top, SIDE, SIDE)
            if name in fields:
                _draw_map(box, fields[name][k] / _find_reach(fields[name]), theme)
            else:
                draw_picture(box, arrays["pictures"][k], theme)
    for row, name in enumerate(LOOKS.values()):
        y = SAID + (row + 0.5) * LINE
        write(
            ax, f"is it a 1? {name.capitalize()}", 0, y, size=14, colour=theme.ink, semibold=True, at="left"
        )
        for left, chance, digit in zip(lefts, arrays["chance"][row], arrays["digit"], strict=True):
            misread = (chance > 0.5) != digit
            write(
                ax, say_chance(chance), left + SIDE / 2, y, size=13, semibold=bool(misread),
                colour=theme.mark if misread else theme.ink,
            )  # fmt: skip
    for k, (name, field) in enumerate(fields.items()):
        _draw_key(ax, NAMES + k * (width - NAMES) / 2, name, _find_reach(field), theme)
    return _draw_losses(ax, Box(NAMES, BELOW, width - NAMES - END_NAMES, CURVES), arrays, theme)


def say_chance(chance: float) -> str:
    """Write a chance in whole per cent, and never as none or all."""
    whole = round(100 * float(chance))
    text = {0: "under 1", 100: "over 99"}.get(whole, str(whole))
    return f"{text}{NO_BREAK}%"


def _find_reach(field: np.ndarray) -> float:
    return max(float(np.abs(field).max()), 1e-12)


def _draw_map(plot: Axes, values: np.ndarray, theme: Theme) -> None:
    """Draw one map of values from −1 to 1, rows downwards."""
    rows, columns = values.shape
    plot.set_xlim(0, columns)
    plot.set_ylim(0, rows)
    draw_field(plot, values[::-1] / 2 + 0.5, (0, columns, 0, rows), theme.diverging)


def _draw_key(ax: Axes, left: float, name: str, reach: float, theme: Theme) -> None:
    """Draw the steps of the maps' colours, with what the two ends and the middle stand for."""
    ramp = theme.diverging
    write(ax, name, left, KEYS + 6, size=12.5, colour=theme.muted, at="left")
    strip = place(ax, left, KEYS + 18, CELL * len(ramp), 12)
    strip.set_xlim(0, len(ramp))
    strip.set_ylim(0, 1)
    steps = (np.arange(len(ramp)) + 0.5) / len(ramp)
    draw_field(strip, steps[None], (0, len(ramp), 0, 1), ramp)
    right, below = left + CELL * len(ramp), KEYS + KEY - 6
    write(ax, f"{MINUS}{reach:.2g}", left, below, size=12.5, colour=theme.muted, at="left")
    write(ax, "0", (left + right) / 2, below, size=12.5, colour=theme.muted)
    write(ax, f"{reach:.2g}", right, below, size=12.5, colour=theme.muted, at="right")


def _draw_losses(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw the mean loss of the pictures left out by epoch."""
    curves = {name: arrays[f"look{k}_held"] for k, name in LOOKS.items()}
    everything = np.concatenate(list(curves.values()))
    n_epochs = len(curves["one look"])
    plot = open_plot(
        ax, box, (1, max(2, n_epochs)), (0, float(everything.max()) * 1.1), theme, x_name="epoch",
        y_name="loss of pictures left out, mean of all ten nets",
        x_ticks=[float(k) for k in range(1, n_epochs + 1) if k % 2 or n_epochs < 9],
    )  # fmt: skip
    names = []
    for (name, curve), colour in zip(curves.items(), (theme.faint, theme.data), strict=True):
        draw_line(plot, np.arange(1, n_epochs + 1), curve, colour, px=2.0 if colour == theme.faint else 2.8)
        ink = theme.muted if colour == theme.faint else theme.ink
        names.append(Named(float(curve[-1]), name, ink, colour == theme.data, colour))
    name_ends(plot, names)
    return plot
