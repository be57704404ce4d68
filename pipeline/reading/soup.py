"""The reference reader: one cell at a time by BeautifulSoup, for whatever the fast scanner declines.

Never a whole file: ``html.parser`` is quadratic on one (4,000 entries take 14 s).
"""

from __future__ import annotations

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from pipeline.reading.captions import Line, read_caption
from pipeline.reading.manner import Manner
from pipeline.reading.meaning import compose, decode, skip
from pipeline.records import Activity, Cell, Skipped

NOT_PARSED = "markup that no parser reads"
BLOCKS = frozenset(
    ("p", "div", "ul", "ol", "li", "table", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6")
)


def parse_cell(cell: Cell, manner: Manner) -> Activity | Skipped:
    """Read one entry from whatever markup it has."""
    try:
        parts = _take_apart(decode(cell.content))
    except Exception:  # whatever hostile markup makes the parser raise: RecursionError, ValueError, its own
        return skip(cell, NOT_PARSED)
    if parts is None:
        return skip(cell, "unknown markup")
    header, lines, sections = parts
    return compose(cell, manner, header, lines, read_caption(sections, manner.words))


def _take_apart(markup: str) -> tuple[str | None, list[Line], dict[str, list[Line]]] | None:
    """Find header, lines and sections of the caption; ``None`` where there is no body."""
    soup = BeautifulSoup(markup, "html.parser")
    cells = soup.find_all("div", class_="content-cell")
    body = next((c for c in cells if not _has_class(c, "text-right") and not _has_class(c, "caption")), None)
    if body is None:
        return None
    under = next((c for c in cells if _has_class(c, "caption")), None)
    head = soup.find("div", class_="header-cell")
    header = " ".join(head.get_text().split()) or None if head else None
    return header, _read_lines(body), _read_sections(under) if under else {}


def _has_class(tag: Tag, name: str) -> bool:
    return any(word.endswith("--" + name) for word in tag.get("class") or ())


def _read_lines(tag: Tag) -> list[Line]:
    """Cut the children of a cell into lines at each ``<br>`` and around each block."""
    lines: list[Line] = [[""]]
    for child in tag.children:
        if isinstance(child, Tag) and child.name == "br":
            lines.append([child.get_text()])
        elif isinstance(child, Tag) and child.name in BLOCKS:
            lines += [["", "", child.get_text(), ""], [""]]
        else:
            _extend(lines[-1], child)
    return lines


def _read_sections(tag: Tag) -> dict[str, list[Line]]:
    """Cut the caption into the lines below each bold head; what stands before the first is nobody's."""
    sections: dict[str, list[Line]] = {}
    lines: list[Line] = [[""]]
    for child in tag.children:
        if isinstance(child, Tag) and child.name == "b":
            lines = sections.setdefault(" ".join(child.get_text().split()), [])
            lines.append([""])
        elif isinstance(child, Tag) and child.name == "br":
            lines.append([""])
        else:
            _extend(lines[-1], child)
    return sections


def _extend(line: Line, child: PageElement) -> None:
    """Add a child to its line, but for comments and the like.

    An element that is no link is carried as a link without an address, so that no line that holds
    one can pass for a date.
    """
    if isinstance(child, Tag):
        href = child.get("href") if child.name == "a" else None
        line += [str(href or ""), child.get_text(), ""]
    elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
        line[-1] += str(child)
