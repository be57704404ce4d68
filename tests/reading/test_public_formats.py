"""Every oddity that public parsers' code, tests and issues show, rebuilt by hand under ``tests/archives/``.

What is read of each stands in ``read-as.jsonl``, an entry a line; a field that it does not name is missing.
"""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.reading.entries import EntryReader, FileCounts
from pipeline.reading.members import walk_zip
from pipeline.records import Activity, ArchiveFile, Detail, Location, Skipped

ARCHIVES = Path(__file__).parent.parent / "archives"
NAMES = sorted(path.name for path in ARCHIVES.iterdir() if path.suffix in (".html", ".json"))
BY_SOUP = {  # of what Google wrote itself none falls to BeautifulSoup
    "pretty-printed-without-previews.html": 1,
    "saved-by-a-browser.html": 3,
}
FOLDERS = (
    *("My Activity/Search", "My\u00a0Activity/Search", "Meine Aktivitäten/Google Suche", "نشاطي/البحث"),
    *(
        "YouTube et YouTube\u00a0Music/historique",
        "我的活动/Search",
        "내 활동/검색",
        "マイ アクティビティ/検索",
    ),
)


def load_expected() -> dict[str, list[Activity | Skipped]]:
    """Load what is read of each archive."""
    expected: dict[str, list[Activity | Skipped]] = defaultdict(list)
    for line in (ARCHIVES / "read-as.jsonl").read_text("utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        name = row.pop("file")
        position = len(expected[name])
        if "skipped" in row:
            begin, length = row["offset"], row["length"]
            content = (ARCHIVES / name).read_bytes()[begin : begin + length]
            expected[name].append(Skipped(position, begin, length, row["skipped"], content))
            continue
        blank = dict.fromkeys(("text", "url", "site", "channel", "mark", "header", "language", "zone"))
        row["time_ms"] = round(datetime.fromisoformat(row.pop("time")).timestamp() * 1000)
        row["locations"] = tuple(Location(*place) for place in row.get("locations", ()))
        row["details"] = tuple(Detail(*detail) for detail in row.get("details", ()))
        expected[name].append(Activity(**{"position": position, "offset_minutes": 0, **blank, **row}))
    return expected


EXPECTED = load_expected()


def read(file: ArchiveFile) -> tuple[list[Activity | Skipped], FileCounts]:
    reader = EntryReader(file, home_zone="Europe/Paris")
    return list(reader), reader.counts


@pytest.mark.parametrize("name", NAMES)
def test_each_oddity_is_read_to_the_last_field(pages: ModuleType, name: str) -> None:
    expected = EXPECTED.get(name, [])
    entries, counts = read(pages.as_file((ARCHIVES / name).read_bytes(), name))
    assert entries == expected
    parsed = [entry for entry in expected if isinstance(entry, Activity)]
    assert (counts.seen, counts.parsed, counts.unknown_headers) == (len(expected), len(parsed), {})
    assert counts.by_soup == BY_SOUP.get(name, 0)
    assert counts.guessed_zones == ({"EST": 2} if name == "gemini-date-in-the-middle.html" else {})


def test_every_archive_is_expected_to_be_read_as_something() -> None:
    assert sorted({*EXPECTED, "empty.html"}) == NAMES


def test_in_a_zip_below_folders_of_any_language_they_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "takeout-20260826T202708Z-1-001.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for k, name in enumerate(NAMES):
            archive.write(ARCHIVES / name, f"Takeout/{FOLDERS[k % len(FOLDERS)]}/{name}")
    found = {Path(file.name).name: read(file)[0] for file in walk_zip(path)}
    assert found == {name: EXPECTED.get(name, []) for name in NAMES}
