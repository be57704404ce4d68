"""The form that stands alone: headline, deck, the plot, a hairline and the line that says what it covers."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import balance, fill_lines, write
from pipeline.charts.style import add_box, new_figure
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import count_noun, say_count, say_days


def stand_alone(
    draw: Callable[[Axes], Axes],
    *,
    width: float,
    plot_height: float,
    headline: str,
    deck: str,
    source: str,
    theme: Theme = LIGHT,
    narrow: bool = False,
    headline_px: float = 24.0,
) -> Figure:
    """Set a drawing in its frame; ``draw`` is called once, with Axes of the plot's size in CSS pixels."""
    pad = 16.0 if narrow else 28.0
    inner = width - 2 * pad
    size = 20.0 if narrow else headline_px
    headlines = balance(headline, size, inner, serif=True, semibold=True)
    small = 14.0 if narrow else 15.0
    decks = balance(deck, small, inner)
    sources = fill_lines(source, 12, inner)
    deck_top = pad + 1.24 * size * len(headlines) + 2
    plot_top = deck_top + 21 * len(decks) + (14 if narrow else 20)
    rule_at = plot_top + plot_height + 14
    height = rule_at + 9 + 17 * len(sources) + pad * 0.75
    figure = new_figure(width, height, theme.bg)
    sheet = add_box(figure, 0, 0, width, height)
    open_sheet(sheet)
    for k, line in enumerate(headlines):
        write(
            sheet, line, pad, pad + 1.24 * size * (k + 0.5), size=size, colour=theme.ink, serif=True,
            semibold=True, at="left",
        )  # fmt: skip
    for k, line in enumerate(decks):
        write(sheet, line, pad, deck_top + 21 * (k + 0.5), size=small, colour=theme.muted, at="left")
    draw_rule(sheet, (pad, width - pad), (rule_at, rule_at), theme.grid)
    for k, line in enumerate(sources):
        write(sheet, line, pad, rule_at + 9 + 17 * (k + 0.5), size=12, colour=theme.muted, at="left")
    draw(place(sheet, pad, plot_top, inner, plot_height))
    return figure


def say_source(coverage: Coverage, left_out: str = "") -> str:
    """Return the source line: rows, span, covered of all days, zone, and what is left out."""
    rows = count_noun(coverage.n_rows, coverage.noun, coverage.nouns)
    if coverage.first is None or coverage.last is None:
        return rows
    parts = [
        rows,
        say_days(coverage.first, coverage.last),
        f"{say_count(coverage.n_covered)} of {count_noun(coverage.n_days, 'day', 'days')} covered",
        f"home time {coverage.zone}",
    ]
    line = " · ".join(parts)
    return f"{line}. {left_out}" if left_out else line
