from __future__ import annotations

import subprocess
import sys
from array import array
from collections import Counter
from collections.abc import Callable

import pytest

from pipeline.reading import batch
from pipeline.records import Activity, Detail, Location, Skipped
from pipeline.tables import columns
from pipeline.tables.columns import (
    Block,
    Labels,
    Numbers,
    Texts,
    lay_out_block,
    lay_out_blocks,
    lay_out_labels,
    lay_out_texts,
)

SECOND = 1_600_000_000_000


def read(column: columns.Column) -> list[object]:
    """Read a column back, by hand."""
    if isinstance(column, Numbers):
        return list(column.values)
    if isinstance(column, Labels):
        return [column.names[code] for code in column.codes]
    present = column.present or bytes([1]) * (len(column.ends) - 1)
    spans = zip(column.ends, column.ends[1:], present, strict=False)
    return [column.content[begin:end] if there else None for begin, end, there in spans]


def test_texts_are_joined_and_what_is_missing_is_marked() -> None:
    assert lay_out_texts(["é", None, "", "b"]) == Texts(
        array("i", [0, 2, 2, 2, 3]), b"\xc3\xa9b", b"\1\0\1\1"
    )
    assert lay_out_texts([b"a", b""]) == Texts(array("i", [0, 1, 1]), b"a", None)


def test_a_text_with_half_a_character_is_kept_legibly() -> None:
    assert lay_out_texts(["a\ud83d"]).content == b"a\\ud83d"


def test_labels_are_codes_and_each_name_once() -> None:
    labels = lay_out_labels(["a", None, "a", "b"])
    assert (read(labels), sorted(map(str, labels.names))) == (["a", None, "a", "b"], ["None", "a", "b"])
    assert lay_out_labels(["a", "a"]) == Labels(array("i", [0, 0]), ["a"])


def test_a_block_holds_all_that_its_entries_do(activity: Callable[..., Activity]) -> None:
    place, detail = Location("here", None, "phone", None), Detail("From Google Ads", None)
    entries = [
        activity(3, text=None, locations=(place, place)),
        Skipped(4, 900, 50, "no date", b"<div>"),
        activity(5, SECOND + 1, details=(detail,)),
    ]
    block = lay_out_block(entries)
    found = {
        name: (n, {column: read(values) for column, values in rows.items()})
        for name, (n, rows) in block.tables.items()
    }
    url = b"https://www.google.com/search?q=red+bicycle"
    assert found == {
        "activity": (
            2,
            {
                "position": [3, 5], "time": [SECOND, SECOND + 1], "product": ["search"] * 2,
                "action": ["searched"] * 2, "text": [None, b"red bicycle"], "url": [url] * 2,
                "site": ["google.com"] * 2, "channel": [None] * 2, "mark": [None] * 2,
                "header": ["Search"] * 2, "language": ["en"] * 2, "zone": ["UTC"] * 2,
                "offset_minutes": [0, 0],
            },
        ),
        "location": (
            2,
            {"position": [3, 3], "name": ["here"] * 2, "url": [None, None], "source": ["phone"] * 2,
             "source_url": [None] * 2},
        ),
        "detail": (1, {"position": [5], "text": [b"From Google Ads"], "url": [None]}),
        "skipped": (
            1,
            {"position": [4], "offset": [900], "length": [50], "reason": ["no date"], "content": [b"<div>"]},
        ),
    }  # fmt: skip
    assert block[:3] == (3, SECOND + 1, Counter({"no date": 1}))


def test_blocks_are_cut_by_number_and_by_bytes(
    activity: Callable[..., Activity], monkeypatch: pytest.MonkeyPatch
) -> None:
    def sizes(entries: list[Activity | Skipped]) -> list[int]:
        return [block.n_entries for block in lay_out_blocks(entries)]

    monkeypatch.setattr(batch, "BLOCK_ENTRIES", 2)
    assert sizes([activity(k) for k in range(5)]) == [2, 2, 1]
    monkeypatch.setattr(batch, "BLOCK_ENTRIES", 100)
    monkeypatch.setattr(batch, "BLOCK_BYTES", 10)
    assert sizes([activity(0), Skipped(1, 0, 9, "a", b"123456789"), Skipped(2, 9, 1, "a", b"1")]) == [1, 2]
    assert list(lay_out_blocks([])) == []


def test_a_block_without_a_readable_entry_is_a_block() -> None:
    block = lay_out_block([Skipped(0, 0, 1, "no date", b"<")])
    assert (type(block), block.n_entries, block.newest_ms, set(block.tables)) == (Block, 1, 0, {"skipped"})


def test_laying_out_needs_no_arrow_and_no_numpy() -> None:
    script = "import sys, pipeline.tables.columns; print({'numpy', 'pyarrow', 'duckdb'} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout == "set()\n"
