"""The words in each cell of the week's map: found in the picture by its shape, read by the page's script."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.wording import WEEKDAYS, count_noun, say_count, say_rate

N_CELLS = 168
Box = tuple[float, float, float, float]  # left, top, width, height
_BOX = re.compile(r'<path d="M ([\d.-]+) ([\d.-]+) L ([\d.-]+) ([\d.-]+) L ([\d.-]+) ([\d.-]+) L [^"z]*z"')


def add_cells(picture: Markup, frame: pd.DataFrame, noun: str, nouns: str, first_weekday: int) -> Markup:
    """Lay a transparent cell with its words over each of the 168 boxes of a drawing of the week.

    ``frame`` has weekday, hour, searches, per_week and covered_weeks. A drawing without just such boxes,
    a short form for instance, is returned as it is.
    """
    boxes = _find_boxes(str(picture))
    columns = {"weekday", "hour", "searches", "per_week", "covered_weeks"}
    if boxes is None or not columns <= set(frame.columns):
        return picture
    lefts, tops = sorted({box[0] for box in boxes}), sorted({box[1] for box in boxes})
    upright = len(lefts) == 7
    said = {
        (int(row["weekday"]), int(row["hour"])): _say_cell(row, noun, nouns)
        for row in frame.to_dict("records")
    }
    cells = []
    for left, top, width, height in boxes:
        across, down = lefts.index(left), tops.index(top)
        row, step = (across, down) if upright else (down, across)
        hour = (FIRST_HOUR + step) % 24
        weekday = (first_weekday + row + (hour < FIRST_HOUR)) % 7
        cells.append(
            f'<rect class="cell" x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}"'
            f' fill="transparent" data-says="{escape(said.get((weekday, hour), ""))}"/>'
        )
    inside, end = str(picture)[: -len("</svg>")], "</svg>"
    return Markup(f'{inside}<g class="cells" data-columns="{len(lefts)}">{"".join(cells)}</g>{end}')


def _find_boxes(picture: str) -> list[Box] | None:
    """Return the 168 boxes of one size, ``None`` where there are not just so many in 7 rows or columns."""
    by_size: dict[tuple[int, int], set[Box]] = {}
    for found in _BOX.findall(picture):
        corners = [float(number) for number in found]
        left, top, right, bottom = corners[0], corners[1], corners[4], corners[5]
        box = (left, top, round(right - left, 2), round(bottom - top, 2))
        by_size.setdefault((round(box[2]), round(box[3])), set()).add(box)
    for boxes in by_size.values():
        if len(boxes) == N_CELLS and {len({box[k] for box in boxes}) for k in (0, 1)} == {7, 24}:
            return sorted(boxes, key=lambda box: (box[1], box[0]))
    return None


def _say_cell(row: Mapping[Any, Any], noun: str, nouns: str) -> str:
    """Return "2.9 searches, Wednesdays 22:00 – 23:00" and, on a line of its own, "716 in 244 Wednesdays"."""
    hour, n_weeks, rate = int(row["hour"]), int(row["covered_weeks"]), float(row["per_week"])
    day = WEEKDAYS[int(row["weekday"])]
    when = f"{day}s {hour:02d}:00 – {hour + 1:02d}:00"
    if n_weeks == 0 or not math.isfinite(rate):
        return f"Not in the archive: {when}"
    said = say_rate(rate)
    return (
        f"{said} {noun if said == '1' else nouns}, {when}\n"
        f"{say_count(int(row['searches']))} in {count_noun(n_weeks, day, day + 's')}"
    )
