"""One dot and its interval on the scale that all lines of a table share, with a rule at zero.

What reaches beyond the scale ends in an arrowhead at its edge.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from pipeline.patterns.wording import MINUS

WIDTH, HEIGHT = 152, 20
PADDING = 6
TIP = 7  # px of an arrowhead


def choose_scale(intervals: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Return the ends of a scale that holds every interval, and zero with a little room on its left."""
    ends = [end for interval in intervals for end in interval]
    high = max([*ends, 0.1])
    return min([*ends, -0.25 * high]), high


def draw_axis(scale: tuple[float, float]) -> Markup:
    """Return the ends of the scale and its zero in points of a hundred, to stand above the intervals."""
    said = ""
    for end, anchor in ((scale[0], "start"), (0.0, "middle"), (scale[1], "end")):
        points = f"{100 * end:.0f}".replace("-", MINUS)
        said += f'<text x="{_place(end, scale):.1f}" y="12" text-anchor="{anchor}">{points}</text>'
    return Markup(
        f'<svg class="interval" width="{WIDTH}" height="16" viewBox="0 0 {WIDTH} 16" aria-hidden="true"'
        f' font-size="12.5" fill="var(--muted)">{said}</svg>'
    )


def draw_interval(
    value: float, low: float, high: float, scale: tuple[float, float], *, claimed: bool
) -> Markup:
    """Return the SVG; in faint where nothing is claimed; without its dot where that lies beyond the scale."""
    token = "data" if claimed else "faint"
    middle = HEIGHT / 2
    ends = [_place(min(max(end, scale[0]), scale[1]), scale) for end in (low, high)]
    tips = ""
    for k, (is_beyond, way) in enumerate(((low < scale[0], 1), (high > scale[1], -1))):
        if is_beyond:
            tips += f"M{ends[k]:.1f} {middle:g}l{way * TIP} -4.5v9z"
            ends[k] += way * TIP
    arrows = f'<path class="beyond" d="{tips}" fill="var(--{token})"/>' if tips else ""
    if high < scale[0]:  # all of it lies beyond
        ends[1] = ends[0] + 2 * TIP
    if low > scale[1]:
        ends[0] = ends[1] - 2 * TIP
    dot = ""
    if scale[0] <= value <= scale[1]:
        dot = f'<circle cx="{_place(value, scale):.1f}" cy="{middle:g}" r="4.5" fill="var(--{token})"/>'
    return Markup(
        f'<svg class="interval" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' aria-hidden="true">'
        f'<path d="M{_place(0, scale):.1f} 0V{HEIGHT}" fill="none" stroke="var(--axis)" stroke-width="1.5"/>'
        f'<path d="M{ends[0]:.1f} {middle:g}H{ends[1]:.1f}" fill="none" stroke="var(--{token})"'
        f' stroke-width="2.6" stroke-linecap="round"/>{arrows}{dot}</svg>'
    )


def _place(number: float, scale: tuple[float, float]) -> float:
    return PADDING + (WIDTH - 2 * PADDING) * (number - scale[0]) / (scale[1] - scale[0])
