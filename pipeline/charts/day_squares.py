"""Days as squares in seven classes, and the key that says what each class means.

All squares of one class are one path: a page of ten years then holds seventy paths, not seven thousand.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from pipeline.charts.lettering import measure, write
from pipeline.charts.rows import iter_rows
from pipeline.charts.scales import NUMBERED_STEPS
from pipeline.charts.style import PT
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import say_count

KEY_PX, KEY_SIDE, KEY_BETWEEN = 12.5, 11.0, 20.0
KEY_LINE = 22.0
MISSING = "not in the archive"

_BOX = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], dtype=float)
_BOX_CODES = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]


class KeyEntry(NamedTuple):
    """One square of the key with its words: left and middle height in CSS pixels; ``None`` is no class."""

    left: float
    middle: float
    step: int | None
    text: str


def draw_squares(
    sheet: Axes,
    corners: np.ndarray,
    steps: np.ndarray,
    side: tuple[float, float],
    theme: Theme,
) -> list[PathPatch]:
    """Draw days on a sheet counted in CSS pixels: ``corners`` (n, 2) are left and top, ``side`` the size.

    Days without a class (NaN) are left to ``draw_outlines``. Each patch is labelled with its class.
    """
    drawn = []
    for step, ramp_step in enumerate(NUMBERED_STEPS):
        inside = corners[steps == step]
        if len(inside):
            patch = PathPatch(
                _join_boxes(inside, side), facecolor=theme.sequential[ramp_step], linewidth=0, zorder=1,
                label=f"class {step}",
            )  # fmt: skip
            sheet.add_patch(patch)
            drawn.append(patch)
    return drawn


def draw_outlines(
    sheet: Axes,
    corners: np.ndarray,
    side: tuple[float, float],
    theme: Theme,
    *,
    struck: bool,
) -> None:
    """Draw days without a class as outlines; those inside the span, not in the archive, are ``struck``."""
    if len(corners) == 0:
        return
    path = _join_boxes(corners + 0.5, (side[0] - 1, side[1] - 1))
    label = "missing" if struck else "outside"
    sheet.add_patch(
        PathPatch(path, facecolor="none", edgecolor=theme.grid, linewidth=PT, zorder=1, label=label)
    )
    if struck:
        ends = np.array([[0.22, 0.78], [0.78, 0.22]]) * side
        lines = (corners[:, None, :] + ends).reshape(-1, 2)
        codes = np.tile([Path.MOVETO, Path.LINETO], len(corners))
        sheet.add_patch(
            PathPatch(Path(lines, codes), facecolor="none", edgecolor=theme.hatch, linewidth=PT, zorder=1.1)
        )


def frame_squares(sheet: Axes, corners: np.ndarray, theme: Theme) -> None:
    """Frame days in the mark colour, cased in the paper's, along the closed line through ``corners``.

    At the sheet's edge the line stays whole: it moves inward by its own width.
    """
    turns = np.concatenate([corners, corners[:1]])
    turns[:, 0] = np.clip(turns[:, 0], 1.0, sheet.get_xlim()[1] - 1.0)
    path = Path(np.round(turns, 3), closed=True)
    for name, colour, points, layer in (("casing", theme.bg, 3.6, 2.0), ("mark", theme.mark, 1.5, 2.1)):
        sheet.add_patch(
            PathPatch(
                path, facecolor="none", edgecolor=colour, linewidth=points, zorder=layer, joinstyle="miter",
                label=name,
            )
        )  # fmt: skip


def lay_out_key(limits: pd.DataFrame, nouns: str, width: float, missing: bool) -> list[KeyEntry]:
    """Place the key's entries from the left of its first line, on as many lines as ``width`` needs."""
    texts = list_class_names(limits, nouns)
    entries: list[tuple[int | None, str]] = [(step, text) for step, text in texts]
    if missing:
        entries.append((None, MISSING))
    lengths = [KEY_SIDE + 6 + measure(text, KEY_PX) for _, text in entries]
    if sum(lengths) + KEY_BETWEEN * (len(lengths) - 1) <= width:
        lefts = np.concatenate([[0.0], np.cumsum(np.array(lengths) + KEY_BETWEEN)])
        return [KeyEntry(lefts[k], KEY_LINE / 2, *entry) for k, entry in enumerate(entries)]
    n_columns = max(1, min(4, int(width // (max(lengths, default=1) + 8))))
    return [
        KeyEntry(k % n_columns * width / n_columns, KEY_LINE * (k // n_columns + 0.5), *entry)
        for k, entry in enumerate(entries)
    ]


def find_key_height(entries: list[KeyEntry]) -> float:
    """Return the height of a key in CSS pixels."""
    return max((entry.middle for entry in entries), default=0.0) + KEY_LINE / 2


def list_class_names(limits: pd.DataFrame, nouns: str) -> list[tuple[int, str]]:
    """Name each class that can occur: none, 1–19, 20–30 … over 77 searches."""
    held = [row for row in iter_rows(limits) if not pd.isna(row.low)]
    names = []
    for k, row in enumerate(held):
        low, last = int(row.low), k == len(held) - 1
        if last and low > 1:
            text = f"over {say_count(low - 1)} {nouns}"
        elif last:
            text = f"{say_count(low)} or more {nouns}" if low else "none"
        elif low == 0:
            text = "none"
        else:
            high = int(row.high)
            text = say_count(low) if high <= low else f"{say_count(low)}–{say_count(high)}"
        names.append((int(row.step), text))
    return names


def draw_key(sheet: Axes, entries: list[KeyEntry], left: float, top: float, theme: Theme) -> None:
    """Draw a key whose first line begins at a place on a sheet counted in CSS pixels."""
    side = (KEY_SIDE, KEY_SIDE)
    corners = np.array([[left + e.left, top + e.middle - KEY_SIDE / 2] for e in entries]).reshape(-1, 2)
    steps = np.array([np.nan if entry.step is None else entry.step for entry in entries], dtype=float)
    draw_squares(sheet, corners, steps, side, theme)
    draw_outlines(sheet, corners[np.isnan(steps)], side, theme, struck=True)
    for entry in entries:
        write(
            sheet, entry.text, left + entry.left + KEY_SIDE + 6, top + entry.middle, size=KEY_PX,
            colour=theme.muted, at="left",
        )  # fmt: skip


def _join_boxes(corners: np.ndarray, side: tuple[float, float]) -> Path:
    vertices = (corners[:, None, :] + _BOX * side).reshape(-1, 2)
    return Path(np.round(vertices, 3), np.tile(_BOX_CODES, len(corners)))
