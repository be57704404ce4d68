"""A study's figures in words: the published one beside ours, and why where they cannot be compared."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from flows.display import say_seconds
from pipeline.patterns.wording import MINUS, set_type

if TYPE_CHECKING:
    from flows.steps.study import StudyCounts
    from models.studies.registry import Entry
    from models.studies.study import Figure

WIDTH = 100
NARROW_PUBLISHED, NARROW_OURS = 12, 12
NO_FIGURE = "–"
SMALL, LARGE = 1e-4, 1e6  # outside of them a figure is written with a power of ten
NOTHING = 1e-12  # what rounding leaves of a zero
N_FIGURES = 5
# What a figure of a few thousand rows, or of one clock, is worth.
DECIMALS = {"%": 2, "points": 2, "entries": 1, "million": 2, "times": 1}


def describe_entry(entry: Entry, *, ready: bool) -> dict[str, Any]:
    """Return what there is to say of a study before it runs."""
    return {"name": entry.name, "about": entry.about, "needs": entry.needs or None, "ready": ready}


def list_result(ended: StudyCounts) -> dict[str, Any]:
    """Return a study's figures for programs; what is no number is null there."""
    result = ended.result
    return {
        "name": result.name,
        "title": result.title,
        "source": result.source,
        "seconds": round(ended.seconds, 3),
        "figures": [
            {
                **figure._asdict(),
                "published": figure.published,
                "ours": float(figure.ours) if math.isfinite(figure.ours) else None,
                "comparable": bool(figure.comparable),
            }
            for figure in result.figures
        ],
        "words": list(result.words),
        "pictures": [str(path) for path in ended.pictures],
    }


def lay_out(ended: StudyCounts) -> list[str]:
    """Return the lines of a study that has ended, of at most 100 letters where words allow it."""
    result = ended.result
    published = [_say_published(figure) for figure in result.figures]
    ours = [say_figure(figure.ours, figure.unit) for figure in result.figures]
    wide_published = max([NARROW_PUBLISHED, *map(len, published)])
    wide_ours = max([NARROW_OURS, *map(len, ours)])
    room = WIDTH - wide_published - wide_ours - 4
    lines = ["", result.title, *textwrap.wrap(result.source, WIDTH), ""]
    lines.append(f"{'':<{room}}  {'published':>{wide_published}}  {'ours':>{wide_ours}}")
    for figure, theirs, own in zip(result.figures, published, ours, strict=True):
        *before, last = textwrap.wrap(set_type(figure.what), room) or [""]
        lines += [*before, f"{last:<{room}}  {theirs:>{wide_published}}  {own:>{wide_ours}}"]
        note = ("not comparable: " if not figure.comparable and figure.note else "") + figure.note
        lines += textwrap.wrap(set_type(note), WIDTH, initial_indent="    ", subsequent_indent="    ")
    lines.append("")
    for words in result.words:
        lines += textwrap.wrap(set_type(words), WIDTH)
    lines += [*_say_pictures(ended), ""]
    return lines


def say_figure(value: float, unit: str) -> str:
    """Write a number and its unit: with five figures, or with the decimals that its unit is worth.

    What is not zero is never written as 0, what is not all never as 100 %.
    """
    if not math.isfinite(value):
        return NO_FIGURE
    size = abs(value)
    if size == 0:
        text = "0"
    elif size < NOTHING:
        text = f"0 (to {NOTHING:g})"
    elif unit in DECIMALS:
        text = _write_decimals(value, DECIMALS[unit], most=100 if unit == "%" else math.inf)
    elif not SMALL <= size < LARGE:
        text = f"{value:.1e}"
    else:
        text = f"{value:,.{max(0, N_FIGURES - 1 - math.floor(math.log10(size)))}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text} {unit}".strip().replace("-", MINUS)


def _write_decimals(value: float, decimals: int, *, most: float) -> str:
    last = 10.0**-decimals
    if abs(value) < last / 2:
        return f"under {last:g}"
    if most - last / 2 < value < most:
        return f"over {most - last:g}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.{decimals}f}"


def _say_published(figure: Figure) -> str:
    text = figure.published_text or NO_FIGURE
    return text if figure.comparable or text == NO_FIGURE else f"({text})"


def _say_pictures(ended: StudyCounts) -> list[str]:
    took = f"Took {say_seconds(ended.seconds)}."
    if not ended.pictures:
        return [took]
    names = ", ".join(path.name for path in ended.pictures)
    return [f"{took} Pictures in {ended.pictures[0].parent}:", f"  {names}"]
