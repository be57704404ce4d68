"""On a phone a table's row is a short block: the style itself says what each figure is, once a column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.report.tables import MOST_BESIDE

if TYPE_CHECKING:
    from pipeline.report.figures import Figure

MOST_HALF = 20  # letters of a name that leave room for a value in half a line
UNREAD = ("Files", "Why", "How many")
"""The headings of the ledger's table of files that were not read."""


def write_table_rules(figures: Iterable[Figure]) -> str:
    """Return the rules that put each column's name before its cells, for screens up to 639 px."""
    rules = list(_name_cells("ledger", 1, UNREAD))
    for figure in figures:
        for k, table in enumerate(figure.tables):
            rules += _name_cells(figure.name, k + 1, [heading.text for heading in table.headings])
    return f"@media screen and (max-width: 639px) {{\n{''.join(rules)}}}\n"


def _name_cells(anchor: str, place: int, headings: Iterable[str]) -> Iterable[str]:
    names = list(headings)
    if len(names) > MOST_BESIDE:
        for k, name in enumerate(names[1:]):
            cell = f"#{anchor} .panel table:nth-of-type({place}) td:nth-child({k + 2})"
            yield f'{cell}::before{{content:"{_quote(name)} "}}\n'
            if len(name) > MOST_HALF:
                yield f"{cell}{{grid-column:1/-1}}\n"


def _quote(text: str) -> str:
    """Write a text as the inside of a CSS string that cannot end the string or the style."""
    return "".join(one if one.isalnum() or one in " -–,." else f"\\{ord(one):x} " for one in text)
