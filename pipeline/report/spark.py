"""The small picture beside a sentence of *What stands out*: bars or a line, no labels, one thing in mark."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 128, 50
STRIP = 12.0
BAR_SHARE = 0.8  # of the room that one bar has
MOST_BARS = 40


def draw_spark(values: Sequence[float], marked: Collection[int] = (), *, dots: bool = False) -> Markup:
    """Return ``values`` as an SVG of bars from zero, or as a line where there are too many for bars.

    With ``dots`` each is a dot between the lowest and the highest, for times of the clock, which have no
    zero; without values it is empty. ``marked`` holds the indices that are painted in mark. Missing values
    (NaN) are gaps.
    """
    known = [value for value in values if math.isfinite(value)]
    if dots:
        return _wrap(_draw_dots(values, marked, known)) if known else Markup("")
    top = max(known, default=0.0) or 1.0
    draw = _draw_bars if len(values) <= MOST_BARS else _draw_line
    foot = f'<path d="M0 {HEIGHT + 0.5}H{WIDTH}" fill="none" stroke="var(--axis)" stroke-width="1"/>'
    return _wrap(draw(values, marked, top) + foot)


def draw_span(start: float, end: float) -> Markup:
    """Return a strip of which the part from ``start`` to ``end``, both 0 to 1, is painted in mark."""
    ends = [(0.0, start, "data"), (start, end, "mark"), (end, 1.0, "data")]
    strip = "".join(
        f'<path d="M{WIDTH * first:.1f} {(HEIGHT - STRIP) / 2:.1f}h{WIDTH * (last - first):.1f}v{STRIP}'
        f'h{-WIDTH * (last - first):.1f}z" fill="var(--{token})"/>'
        for first, last, token in ends
        if last > first
    )
    return _wrap(strip)


def _wrap(inside: str) -> Markup:
    return Markup(
        f'<svg class="spark" width="{WIDTH}" height="{HEIGHT + 1}" viewBox="0 0 {WIDTH} {HEIGHT + 1}"'
        f' aria-hidden="true">{inside}</svg>'
    )


def _draw_dots(values: Sequence[float], marked: Collection[int], known: Sequence[float]) -> str:
    room, low = WIDTH / len(values), min(known)
    height = (max(known) - low) or 1.0
    dots = ""
    for index, value in enumerate(values):
        if math.isfinite(value):
            x, y = room * (index + 0.5), HEIGHT - 6 - (HEIGHT - 12) * (value - low) / height
            token = "mark" if index in marked else "data"
            dots += f'<path d="M{x:.1f} 2V{HEIGHT - 2}" fill="none" stroke="var(--grid)" stroke-width="1"/>'
            dots += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="var(--{token})"/>'
    return dots


def _draw_bars(values: Sequence[float], marked: Collection[int], top: float) -> str:
    room = WIDTH / max(len(values), 1)
    paths: dict[str, list[str]] = {"data": [], "mark": []}
    for index, value in enumerate(values):
        if math.isfinite(value) and value > 0:
            height = HEIGHT * value / top
            left = room * (index + (1 - BAR_SHARE) / 2)
            token = "mark" if index in marked else "data"
            paths[token].append(f"M{left:.1f} {HEIGHT}v{-height:.1f}h{room * BAR_SHARE:.1f}v{height:.1f}z")
    return "".join(f'<path d="{"".join(d)}" fill="var(--{token})"/>' for token, d in paths.items() if d)


def _draw_line(values: Sequence[float], marked: Collection[int], top: float) -> str:
    step = (WIDTH - 6) / max(len(values) - 1, 1)
    path, pen_down, dots = "", False, ""
    for index, value in enumerate(values):
        if not math.isfinite(value):
            pen_down = False
            continue
        x, y = 3 + step * index, HEIGHT - (HEIGHT - 4) * value / top
        path += f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}"
        pen_down = True
        if index in marked:
            dots += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="var(--mark)"/>'
    line = f'<path d="{path}" fill="none" stroke="var(--data)" stroke-width="1.8" stroke-linejoin="round"/>'
    return (line if path else "") + dots
