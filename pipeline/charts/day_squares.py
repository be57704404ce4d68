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
from numpy.typing import NDArray

from pipeline.charts.lettering import measure, write
from pipeline.charts.rows import iter_rows
from pipeline.charts.scales import NUMBERED_STEPS
from pipeline.charts.style import PT
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import say_count

Floats = NDArray[np.float64]

KEY_PX, KEY_SIDE, KEY_BETWEEN = 12.5, 11.0, 20.0
KEY_LINE = 22.0
MISSING, OUTSIDE, FREE = "not in the archive", "before or after the archive", "free days"

_BOX = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], dtype=float)
_BOX_CODES = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]


class KeyEntry(NamedTuple):
    """One square of the key with its words: left and middle height in CSS pixels.

    ``step`` is ``None`` where the square is of no class but of what the words say: MISSING, OUTSIDE or FREE.
    """

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


def trace_days(first: NDArray[np.int64], last: NDArray[np.int64]) -> list[Floats]:
    """Return closed lines around the days from one place (column, line) to another, in columns of a week.

    Each is (n, 2) of the same unit; days that touch at no side have a line each.
    """
    (a, up), (b, down) = first.tolist(), last.tolist()
    if a == b:
        loops = [[(a, up), (a + 1, up), (a + 1, down + 1), (a, down + 1)]]
    elif b == a + 1 and up > down:
        loops = [
            [(a, up), (a + 1, up), (a + 1, 7), (a, 7)],
            [(b, 0), (b + 1, 0), (b + 1, down + 1), (b, down + 1)],
        ]
    else:
        loops = [[
            (a, up), (a + 1, up), (a + 1, 0), (b + 1, 0), (b + 1, down + 1), (b, down + 1), (b, 7), (a, 7),
        ]]  # fmt: skip
    return [np.array(loop, dtype=float) for loop in loops]


def is_free(days: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which rows are free days of the settings; none where the table does not say."""
    free = days["free"] if "free" in days else np.zeros(len(days), dtype=bool)
    return np.asarray(free, dtype=bool)


def list_free_runs(free: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """List the runs of free days in a row: first and last place."""
    edges = np.flatnonzero(np.diff(free.astype(np.int8), prepend=0, append=0))
    return [(int(first), int(stop) - 1) for first, stop in zip(edges[::2], edges[1::2], strict=True)]


def draw_free(sheet: Axes, loops: list[Floats], theme: Theme) -> None:
    """Draw the lines around free days, in the gaps between the squares, whole at the sheet's edge too."""
    if loops:
        ends = (0.5, sheet.get_xlim()[1] - 0.5)
        whole = [np.column_stack([np.clip(loop[:, 0], *ends), loop[:, 1]]) for loop in loops]
        path = Path.make_compound_path(*[Path(np.round([*loop, loop[0]], 3), closed=True) for loop in whole])
        sheet.add_patch(
            PathPatch(path, facecolor="none", edgecolor=theme.muted, linewidth=PT, zorder=1.3, label="free")
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


def list_signs(days: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> tuple[str, ...]:
    """List what a picture of ``days`` (date, step) from ``first`` to ``last`` shows besides classes."""
    signs = {
        MISSING: bool(days["step"].isna().any()),
        OUTSIDE: bool((first < days["date"].min()) or (last > days["date"].max())),
        FREE: bool(is_free(days).any()),
    }
    return tuple(name for name, shown in signs.items() if shown)


def lay_out_key(
    limits: pd.DataFrame, nouns: str, width: float, signs: tuple[str, ...] = ()
) -> list[KeyEntry]:
    """Place the key's entries on one line, else the signs on a second one, else all in columns."""
    classes: list[tuple[int | None, str]] = [(step, text) for step, text in list_class_names(limits, nouns)]
    others: list[tuple[int | None, str]] = [(None, sign) for sign in signs]
    entries = classes + others
    lengths = [_measure_entry(text) for _, text in entries]
    for lines in ((entries,), (classes, others)):
        if all(_measure_line(line) <= width for line in lines):
            return [entry for k, line in enumerate(lines) for entry in _place_line(line, k)]
    n_columns = max(1, min(4, int(width // (max(lengths, default=1) + 8))))
    return [
        KeyEntry(k % n_columns * width / n_columns, KEY_LINE * (k // n_columns + 0.5), *entry)
        for k, entry in enumerate(entries)
    ]


def _measure_entry(text: str) -> float:
    return KEY_SIDE + 6 + measure(text, KEY_PX)


def _measure_line(line: list[tuple[int | None, str]]) -> float:
    return sum(_measure_entry(text) + KEY_BETWEEN for _, text in line) - KEY_BETWEEN


def _place_line(line: list[tuple[int | None, str]], n_above: int) -> list[KeyEntry]:
    lefts = np.cumsum([0.0, *(_measure_entry(text) + KEY_BETWEEN for _, text in line)])
    return [KeyEntry(float(lefts[k]), KEY_LINE * (n_above + 0.5), *entry) for k, entry in enumerate(line)]


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
    for name, struck in ((MISSING, True), (OUTSIDE, False)):
        shown = np.array([entry.step is None and entry.text == name for entry in entries], dtype=bool)
        draw_outlines(sheet, corners[shown], side, theme, struck=struck)
    box = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * KEY_SIDE
    named = np.array([entry.text == FREE for entry in entries], dtype=bool)
    draw_free(sheet, [corner + box for corner in corners[named]], theme)
    for entry in entries:
        write(
            sheet, entry.text, left + entry.left + KEY_SIDE + 6, top + entry.middle, size=KEY_PX,
            colour=theme.muted, at="left",
        )  # fmt: skip


def _join_boxes(corners: np.ndarray, side: tuple[float, float]) -> Path:
    vertices = (corners[:, None, :] + _BOX * side).reshape(-1, 2)
    return Path(np.round(vertices, 3), np.tile(_BOX_CODES, len(corners)))
