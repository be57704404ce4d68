"""The words that a picture leaves to its table, because no font of this system holds their letters."""

from __future__ import annotations

from collections.abc import Iterable

from matplotlib.axes import Axes

from pipeline.charts.faces import list_installed, list_missing
from pipeline.charts.lettering import fill_lines, write
from pipeline.charts.scripts import list_scripts, name_packages
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import count_noun, join_and

SIZE, LINE = 12.0, 16.0  # CSS px


def can_draw(word: str) -> bool:
    """Say whether fonts of this system hold every letter of ``word``."""
    return bool(word.strip()) and not list_missing(word, serif=True)


def say_left_out(words: Iterable[str]) -> str:
    """Say which of ``words`` cannot be drawn, and which fonts would help; '' where all can.

    The words themselves are not named: they stand in the table.
    """
    left_out = [word for word in dict.fromkeys(words) if not can_draw(word)]
    if not left_out:
        return ""
    scripts = sorted({script for word in left_out for script in list_scripts(list_missing(word, serif=True))})
    named = f" in {join_and(scripts)}" if scripts else ""
    packages = name_packages(scripts, list_installed())
    help_line = f" ({join_and(packages)} would help)" if packages else ""
    n, has = len(left_out), "has" if len(left_out) == 1 else "have"
    return f"{count_noun(n, 'word', 'words')}{named} {has} no font here{help_line}: see the table."


def measure_left_out(text: str, width: float) -> float:
    """Return how many CSS pixels ``write_left_out`` needs below a picture, with the gap above it."""
    return LINE * len(fill_lines(text, SIZE, width)) + 4 if text else 0.0


def write_left_out(ax: Axes, text: str, width: float, height: float, theme: Theme) -> None:
    """Write the line at the foot of a picture of ``width`` × ``height`` CSS pixels."""
    lines = fill_lines(text, SIZE, width) if text else []
    for k, line in enumerate(reversed(lines)):
        write(ax, line, 0, height - 7 - LINE * k, size=SIZE, colour=theme.muted, at="left")
