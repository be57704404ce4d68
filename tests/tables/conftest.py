"""Hand-made records for the tables: no HTML, no archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.reading.dispatch import Kind
from pipeline.reading.entries import FileCounts
from pipeline.records import Activity, ArchiveFile, Skipped
from pipeline.settings import Settings, ZoneSpan
from pipeline.tables.parts import PartResult, write_entries

Entry = Activity | Skipped
MakePart = Callable[..., PartResult]
SECOND = 1_600_000_000_000  # 13 September 2020, 12:26:40 UTC


def as_file(name: str) -> ArchiveFile:
    """A file of 100 bytes that nobody opens."""
    return ArchiveFile(name, 100, io.BytesIO)


SOME_FILE = as_file("My Activity/Search/MyActivity.html")


@dataclass(frozen=True)
class HandEntries:
    """Stands for the reader of one file; its entries are made by hand."""

    entries: Sequence[Entry]
    kind: Kind = "my_activity_html"
    reason: str | None = None
    file: ArchiveFile = SOME_FILE

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    @property
    def counts(self) -> FileCounts:
        n, parsed = len(self.entries), sum(isinstance(entry, Activity) for entry in self.entries)
        return FileCounts(self.kind, self.reason, "en" if n else None, None, None, n, parsed, n - parsed, 0)


def make_activity(position: int = 0, time_ms: int = SECOND, **values: object) -> Activity:
    """An English search, unless ``values`` says otherwise."""
    search = Activity(
        position, time_ms, "search", "searched", "red bicycle", "https://www.google.com/search?q=red+bicycle",
        "google.com", None, None, "Search", "en", "UTC", 0,
    )  # fmt: skip
    return search._replace(**values)  # type: ignore[arg-type]


@pytest.fixture
def activity() -> Callable[..., Activity]:
    return make_activity


@pytest.fixture
def days() -> list[Activity]:
    """Six searches, one a day."""
    return [
        make_activity(
            k, SECOND + 86_400_000 * k, text=f"word {k}", url=f"https://www.google.com/search?q=w{k}"
        )
        for k in range(6)
    ]


@pytest.fixture
def hand_entries() -> type[HandEntries]:
    return HandEntries


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def settings(out: Path) -> Settings:
    return Settings(out, (ZoneSpan(None, "Europe/Paris"),), (5, 6), 0)


@pytest.fixture
def put_part(out: Path) -> MakePart:
    """Write a part from ``{file: entries}``; entries may be a ``HandEntries`` of another kind."""

    def put(
        files: Mapping[str, Sequence[Entry] | HandEntries],
        *,
        stamp: str | None = "20210101T000000Z",
        digest: str = "a" * 64,
        folder: Path = out,
    ) -> PartResult:
        readers = [
            replace(entries if isinstance(entries, HandEntries) else HandEntries(entries), file=as_file(name))
            for name, entries in files.items()
        ]
        return write_entries(folder, readers, stamp=stamp, digest=digest, tell=lambda what, done, total: None)

    return put


@pytest.fixture
def unread() -> Callable[[Kind, str | None], HandEntries]:
    """A file of another kind, without entries."""
    return lambda kind, reason: HandEntries((), kind, reason)


def print_entry(entry: Activity) -> str:
    """Print an entry as Google did in 2023, on the clock of its zone."""
    clock = datetime(1970, 1, 1) + timedelta(milliseconds=entry.time_ms, minutes=entry.offset_minutes)
    zone = f" {entry.zone}" if entry.zone else ""
    time = f"{clock:%b} {clock.day}, {clock:%Y, %I:%M:%S}\u202f{clock:%p}{zone}"
    wide = "mdl-cell mdl-cell--12-col"
    half = "content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1"
    return (
        f'<div class="outer-cell {wide} mdl-shadow--2dp"><div class="mdl-grid">'
        f'<div class="header-cell {wide}"><p class="mdl-typography--title">Search<br></p></div>'
        f'<div class="{half}">Searched for\u00a0<a href="{entry.url}">{entry.text}</a><br>{time}</div>'
        f'<div class="{half} mdl-typography--text-right"></div>'
        f'<div class="content-cell {wide} mdl-typography--caption"><b>Products:</b><br>&emsp;Search<br></div>'
        "</div></div>"
    )


@pytest.fixture
def printed() -> Callable[[Activity], str]:
    return print_entry


@pytest.fixture
def put_archive(tmp_path: Path) -> Callable[..., Path]:
    """Write a zip of activity pages; a file given as bytes is written as it is."""

    def put(
        files: Mapping[str, Sequence[Activity] | bytes], name: str = "takeout-20210101T000000Z-001.zip"
    ) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            for file, content in files.items():
                if not isinstance(content, bytes):
                    cells = "".join(print_entry(entry) for entry in content)
                    head = "<html><head><title>My Activity History</title></head>"
                    page = f'{head}<body><div class="mdl-grid">{cells}</div></body></html>'
                    content = page.encode()
                archive.writestr(f"Takeout/{file}", content)
        return path

    return put
