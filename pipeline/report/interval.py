"""One dot and its interval on the scale that all lines of a table share, with a rule at zero."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

WIDTH, HEIGHT = 152, 20
PADDING = 6


def choose_scale(intervals: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Return the ends of a scale that holds every interval, and zero with a little room on its left."""
    ends = [end for interval in intervals for end in interval]
    high = max([*ends, 0.1])
    return min([*ends, -0.25 * high]), high


def draw_interval(
    value: float, low: float, high: float, scale: tuple[float, float], *, claimed: bool
) -> Markup:
    """Return the SVG; in faint where nothing is claimed."""

    def place(number: float) -> float:
        return PADDING + (WIDTH - 2 * PADDING) * (number - scale[0]) / (scale[1] - scale[0])

    token = "data" if claimed else "faint"
    middle = HEIGHT / 2
    return Markup(
        f'<svg class="interval" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' aria-hidden="true">'
        f'<path d="M{place(0):.1f} 0V{HEIGHT}" fill="none" stroke="var(--axis)" stroke-width="1.5"/>'
        f'<path d="M{place(low):.1f} {middle:g}H{place(high):.1f}" fill="none" stroke="var(--{token})"'
        ' stroke-width="2.6" stroke-linecap="round"/>'
        f'<circle cx="{place(value):.1f}" cy="{middle:g}" r="4.5" fill="var(--{token})"/></svg>'
    )
