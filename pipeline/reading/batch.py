"""A batch of entries and their account: read by whoever has their bytes and the manner of their file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from pipeline.reading import activity
from pipeline.reading.cells import Span, cut_span
from pipeline.reading.dates import NO_DATE, OTHER_CALENDAR
from pipeline.reading.linked import read_linked
from pipeline.reading.manner import Manner
from pipeline.reading.products import is_known_header
from pipeline.reading.timestamps import Clock
from pipeline.records import KEPT_BYTES, Activity, Cell, Skipped

CLOSED_CAPTION = re.compile(rb'<div class="content-cell [^">]*--caption">(?:(?!<div)[\s\S])*?</div>')
FILE_END = re.compile(rb"</html>\s*\Z", re.IGNORECASE)

BLOCK_ENTRIES = 4_000
BLOCK_BYTES = 4 << 20  # of texts, addresses, and the content of skipped entries

Entries = list[Activity | Skipped]


@dataclass(slots=True)
class Tally:
    """How many entries were read, and how; ``guessed`` counts rows by the abbreviation that was guessed."""

    parsed: int = 0
    skipped: int = 0
    undated: int = 0  # of those skipped
    by_soup: int = 0
    guessed: Counter[str] = field(default_factory=Counter)
    unknown_headers: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count what another counted, too."""
        self.parsed += other.parsed
        self.skipped += other.skipped
        self.undated += other.undated
        self.by_soup += other.by_soup
        self.guessed += other.guessed
        self.unknown_headers += other.unknown_headers


class Batch(NamedTuple):
    """Entries of one HTML file that are not read yet."""

    manner: Manner
    span: Span


class Read(NamedTuple):
    """Entries in their order, and the account of them."""

    entries: Entries
    tally: Tally


def read_batch(batch: Batch) -> Read:
    """Read the entries of a batch; the same ones in any process."""
    manner, span = batch
    linked = [] if span.ends_file else read_linked(span, manner)
    others = _close_last(span) if span.ends_file else cut_span(span, [entry is None for entry in linked])
    read = [read_cell(cell, manner) if isinstance(cell, Cell) else (cell, False) for cell in others]
    rest = (entry for entry, _ in read)
    entries = [*(entry or next(rest) for entry in linked), *rest]
    tally = tally_entries(entries, manner.clock)
    tally.by_soup = sum(by_soup for _, by_soup in read)
    return Read(entries, tally)


def read_cell(cell: Cell, manner: Manner) -> tuple[Activity | Skipped, bool]:
    """Read one entry of HTML; say whether it fell to BeautifulSoup."""
    entry = activity.parse_cell(cell, manner)
    if entry is not None:
        return entry, False
    from pipeline.reading import soup  # loaded only where it is needed: a quarter of a second

    return soup.parse_cell(cell, manner), True


def tally_entries(entries: Sequence[Activity | Skipped], clock: Clock) -> Tally:
    """Count entries, all but how they were read."""
    activities = [entry for entry in entries if isinstance(entry, Activity)]
    reasons = Counter(entry.reason for entry in entries if isinstance(entry, Skipped))
    zones, headers = (Counter(map(attrgetter(name), activities)) for name in ("zone", "header"))
    guessed = {zone: n for zone, n in zones.items() if zone and (o := clock.find_offset(zone)) and o.guessed}
    unknown = {
        header: n for header, n in headers.items() if header is not None and not is_known_header(header)
    }
    undated = reasons[NO_DATE] + reasons[OTHER_CALENDAR]
    return Tally(len(activities), reasons.total(), undated, 0, Counter(guessed), Counter(unknown))


def gather_entries(entries: Iterable[Activity | Skipped]) -> Iterator[Entries]:
    """Gather entries into lists, by number and by bytes."""
    gathered: Entries = []
    n_bytes = 0
    for entry in entries:
        gathered.append(entry)
        if isinstance(entry, Activity):
            n_bytes += len(entry.text or "") + len(entry.url or "")
        else:
            n_bytes += len(entry.content)
        if len(gathered) >= BLOCK_ENTRIES or n_bytes >= BLOCK_BYTES:
            yield gathered
            gathered, n_bytes = [], 0
    if gathered:
        yield gathered


def _close_last(span: Span) -> Iterator[Cell | Skipped]:
    """Yield the cell at the end of the file, and what has been cut off where the file may have been."""
    cell = Cell(span.position, span.offset, span.content)
    content = cell.content
    closed = CLOSED_CAPTION.search(content)
    if FILE_END.search(content[-200:]) or (closed and b"<div" not in content[closed.end() :]):
        yield cell
        return
    cut = 0
    if closed:
        yield cell
        cut = closed.end()
    rest = content[cut:]
    position = cell.position + (1 if closed else 0)
    yield Skipped(position, cell.offset + cut, len(rest), "truncated entry", rest[:KEPT_BYTES])
