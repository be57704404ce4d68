"""Batches of entries, and the account of them."""

from __future__ import annotations

from collections import Counter
from types import ModuleType

import pytest

from pipeline.reading import batch
from pipeline.reading.batch import Tally, gather_entries, read_batch, tally_entries
from pipeline.reading.cells import Span
from pipeline.reading.entries import EntryReader
from pipeline.reading.manner import speak_english
from pipeline.records import Activity, Skipped

ENTRY = Activity(0, 0, "search", "searched", "12345", None, None, None, None, "Search", "en", "UTC", 0)


def test_entries_gather_by_number_and_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    def sizes(*entries: Activity | Skipped) -> list[int]:
        return [len(gathered) for gathered in gather_entries(entries)]

    monkeypatch.setattr(batch, "BLOCK_ENTRIES", 2)
    assert sizes(*[ENTRY] * 5) == [2, 2, 1]
    monkeypatch.setattr(batch, "BLOCK_ENTRIES", 100)
    monkeypatch.setattr(batch, "BLOCK_BYTES", 10)
    assert sizes(ENTRY, Skipped(1, 0, 9, "a", b"12345"), Skipped(2, 9, 1, "a", b"1")) == [2, 1]
    assert sizes() == []


def test_entries_are_tallied_by_what_the_ledger_says_of_them() -> None:
    entries = [
        *(ENTRY, ENTRY._replace(zone="EST", header="Telegraphy"), ENTRY._replace(zone=None, header=None)),
        *(Skipped(3, 0, 1, "no date in a known form", b""), Skipped(4, 1, 1, "unknown markup", b"")),
    ]
    tally = tally_entries(entries, speak_english("Europe/Paris").clock)
    assert tally == Tally(3, 2, 1, 0, Counter(EST=1), Counter(Telegraphy=1))
    tally.add(Tally(1, 1, 1, 1, Counter(EST=2, AST=1), Counter(Telegraphy=1)))
    assert tally == Tally(4, 3, 2, 1, Counter(EST=3, AST=1), Counter(Telegraphy=2))


def test_a_batch_gives_what_its_file_gives(pages: ModuleType) -> None:
    page = pages.write_page("".join(pages.write_shapes(pages.ERAS["2026"]).values()))
    reader = EntryReader(pages.as_file(page), home_zone="America/New_York")
    (first, last) = reader.iter_batches()
    whole = list(EntryReader(pages.as_file(page), home_zone="America/New_York"))
    assert isinstance(first, batch.Batch)
    assert isinstance(last, batch.Read)
    entries, tally = read_batch(first)
    assert entries + last.entries == whole
    assert tally.parsed + last.tally.parsed == len(whole)


def test_a_long_cell_in_a_batch_is_skipped_as_it_is_in_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.reading.cells.LONGEST_CELL", 30)
    content = b'<div class="outer-cell' + b"x" * 40
    found = read_batch(batch.Batch(speak_english("UTC"), Span(0, 5, 1, content, False)))
    assert found.entries == [Skipped(0, 5, 62, "entry too long", content)]
    assert found.tally == Tally(skipped=1)
