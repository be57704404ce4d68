"""The form that stands alone: headline, deck, the plot, a hairline and the line that says what it covers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import balance, begin_at_left, fill_lines, write
from pipeline.charts.style import add_box, new_figure
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage, say_span
from pipeline.patterns.wording import count_noun, say_count


class Frame(NamedTuple):
    """What stands around a drawing, and the heights above and below it in CSS pixels."""

    headlines: list[str]
    decks: list[str]
    sources: list[str]
    above: float
    below: float


def lay_out_frame(
    width: float, headline: str, deck: str, source: str, *, narrow: bool = False, headline_px: float = 24.0
) -> Frame:
    """Break the lines of a frame ``width`` CSS pixels wide."""
    pad, size, small = _find_sizes(narrow, headline_px)
    inner = width - 2 * pad
    headlines = balance(headline, size, inner, serif=True, semibold=True)
    decks = balance(deck, small, inner)
    sources = fill_lines(source, 12, inner)
    above = pad + 1.24 * size * len(headlines) + 2 + 21 * len(decks) + (14 if narrow else 20)
    return Frame(headlines, decks, sources, above, 14 + 9 + 17 * len(sources) + pad * 0.75)


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
    frame = lay_out_frame(width, headline, deck, source, narrow=narrow, headline_px=headline_px)
    pad, size, small = _find_sizes(narrow, headline_px)
    height = frame.above + plot_height + frame.below
    figure = new_figure(width, height, theme.bg)
    sheet = add_box(figure, 0, 0, width, height)
    open_sheet(sheet)
    for k, line in enumerate(frame.headlines):
        write(
            sheet, begin_at_left(line), pad, pad + 1.24 * size * (k + 0.5), size=size, colour=theme.ink,
            serif=True, semibold=True, at="left",
        )  # fmt: skip
    deck_top = pad + 1.24 * size * len(frame.headlines) + 2
    for k, line in enumerate(frame.decks):
        at = deck_top + 21 * (k + 0.5)
        write(sheet, begin_at_left(line), pad, at, size=small, colour=theme.muted, at="left")
    rule_at = frame.above + plot_height + 14
    draw_rule(sheet, (pad, width - pad), (rule_at, rule_at), theme.grid)
    for k, line in enumerate(frame.sources):
        write(sheet, line, pad, rule_at + 9 + 17 * (k + 0.5), size=12, colour=theme.muted, at="left")
    draw(place(sheet, pad, frame.above, width - 2 * pad, plot_height))
    return figure


def _find_sizes(narrow: bool, headline_px: float) -> tuple[float, float, float]:
    """Return the padding, the headline's size and the deck's in CSS pixels."""
    return (16.0, 20.0, 14.0) if narrow else (28.0, headline_px, 15.0)


def say_source(coverage: Coverage, left_out: str = "") -> str:
    """Return the source line: rows, span, covered of all days, zone, and what is left out."""
    rows = count_noun(coverage.n_rows, coverage.noun, coverage.nouns)
    if coverage.first is None or coverage.last is None:
        return rows
    parts = [
        rows,
        say_span(coverage),
        f"{say_count(coverage.n_covered)} of {count_noun(coverage.n_days, 'day', 'days')} covered",
    ]
    if coverage.zone:
        parts.append(f"home time {coverage.zone}")
    line = " · ".join(parts)
    return f"{line}. {left_out}" if left_out else line
