"""Reading with processes beside this one: the same blocks, whatever becomes of them."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.reading.archive import open_archive
from pipeline.reading.batch import Batch, Read
from pipeline.reading.entries import EntryReader, FileCounts
from pipeline.records import Activity, ArchiveFile
from pipeline.settings import ZoneSpan
from pipeline.tables import parts, slots, workers
from pipeline.tables.columns import Block
from pipeline.tables.slots import Slot
from pipeline.tables.worker import lay_out_batch
from pipeline.tables.workers import Worker, Workers

NAME = "My Activity/Search/MyActivity.html"
SECOND = 1_600_000_000_000
ZONES = (ZoneSpan(None, "UTC"),)


@pytest.fixture
def page(activity: Callable[..., Activity], printed: Callable[[Activity], str]) -> bytes:
    """A page of some 4 MB, with all that is counted: rare markup, no date, unknown header, guessed zone."""
    cells = list[str]()
    for k in range(4_000):
        cell = printed(activity(k, SECOND - 60_000 * k, text=f"bicycle {k}", zone="EST" if k % 7 else "UTC"))
        if k % 100 == 1:
            cell = cell.replace("Searched for", "<i>Searched</i> for")
        elif k % 50 == 2:
            cell = cell.replace(" 2020, ", " MMXX, ")
        elif k % 10 == 3:
            cell = cell.replace("Search<br></p>", "Telegraphy<br></p>")
        cells.append(cell)
    head = "<html><head><title>My Activity History</title></head>"
    return f'{head}<body><div class="mdl-grid">{"".join(cells)}</div></body></html>'.encode()


@pytest.fixture
def read(page: bytes, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[list[Any], FileCounts]]:
    """Read the page on so many cores; ``meddle`` is called with the workers after each block."""
    monkeypatch.setattr(workers, "WORTH_BYTES", 1)

    def read_page(
        n_cores: int, meddle: Callable[[Workers], None] = lambda hands: None
    ) -> tuple[list[Any], FileCounts]:
        reader = EntryReader(ArchiveFile(NAME, len(page), lambda: io.BytesIO(page)), home_zone="UTC")
        blocks = list[Any]()
        with Workers(n_cores) as hands:
            for block in hands.lay_out(reader):
                blocks.append(spell(block))
                meddle(hands)
        return blocks, reader.counts

    return read_page


def spell(block: Block) -> object:
    """Spell a block's labels out: their names have no order."""
    tables = {
        name: (
            n,
            {key: [c.names[k] for k in c.codes] if hasattr(c, "codes") else c for key, c in rows.items()},
        )
        for name, (n, rows) in block.tables.items()
    }
    return block._replace(tables=tables)


def test_workers_give_the_same_blocks_and_the_same_account(
    read: Callable[..., tuple[list[Any], FileCounts]], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, counts = read(1)
    assert len(alone) > 3
    assert counts == FileCounts(
        *("my_activity_html", None, "en", "en", None, 4_000, 3_920, 80, 40),
        guessed_zones={"EST": 3_359},
        unknown_headers={"Telegraphy": 400},
    )
    read_here = list[Batch | Read]()
    monkeypatch.setattr(
        workers, "lay_out_batch", lambda batch: read_here.append(batch) or lay_out_batch(batch)
    )
    assert read(2) == (alone, counts)
    assert len(read_here) < len(alone)
    assert isinstance(read_here[-1], Read)  # the last entry, which may have been cut off


def test_what_is_too_large_for_a_worker_is_read_here(
    read: Callable[..., tuple[list[Any], FileCounts]], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = read(1)
    asked = list[bool]()
    ask = Worker.ask
    monkeypatch.setattr(Worker, "ask", lambda worker, batch: asked.append(ask(worker, batch)) or asked[-1])
    monkeypatch.setattr(Slot, "put", refuse_to_put)
    assert read(2) == alone
    assert asked
    assert not any(asked)


def refuse_to_put(slot: Slot, value: object, state: int) -> None:
    raise ValueError


def test_an_answer_too_large_for_its_slot_is_read_here(page: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = find_batch(page)
    taken = list[object]()
    take = Slot.take
    monkeypatch.setattr(Slot, "take", lambda slot: taken.append(take(slot)) or taken[-1])
    grown = b"\xff" * (slots.SLOT_BYTES // 2)  # each of these becomes three bytes
    content = batch.span.content.replace(b">bicycle 5<", b">" + grown + b"<")
    batch = batch._replace(span=batch.span._replace(content=content))
    worker = Worker()
    try:
        assert worker.ask(batch)
        assert worker.take_answer() is None
        assert taken == [None]
        assert worker.ask(find_batch(page))
        assert worker.take_answer()
    finally:
        worker.end()


def find_batch(page: bytes) -> Batch:
    reader = EntryReader(ArchiveFile(NAME, len(page), lambda: io.BytesIO(page)), home_zone="UTC")
    return next(batch for batch in reader.iter_batches() if isinstance(batch, Batch))


def test_what_a_dead_worker_was_asked_is_read_here(
    read: Callable[..., tuple[list[Any], FileCounts]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill_all(hands: Workers) -> None:
        for worker in hands._workers or ():
            worker.process.kill()

    alone = read(1)
    assert read(2, kill_all) == alone
    monkeypatch.setattr(workers, "start_worker", starting("print('no answer')"))
    assert read(2) == alone
    monkeypatch.undo()


def starting(script: str) -> Callable[[str, Sequence[int]], subprocess.Popen[bytes]]:
    return lambda slots, inherited: subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def test_where_no_worker_can_start_all_is_read_here(
    read: Callable[..., tuple[list[Any], FileCounts]], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = read(1)
    monkeypatch.setattr(sys, "executable", None)
    assert read(2) == alone


def test_what_cannot_be_read_anywhere_fails_here(
    read: Callable[..., tuple[list[Any], FileCounts]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(batch: Batch) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(workers, "start_worker", starting(""))
    monkeypatch.setattr(workers, "lay_out_batch", fail)
    with pytest.raises(ZeroDivisionError):
        read(2)


def test_neither_a_small_page_nor_a_large_file_of_another_kind_starts_a_worker(
    page: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(slots: str, inherited: Sequence[int]) -> None:
        raise AssertionError

    monkeypatch.setattr(workers, "start_worker", refuse)
    reader = EntryReader(ArchiveFile(NAME, len(page), lambda: io.BytesIO(page)), home_zone="UTC")
    with Workers(2) as hands:
        assert sum(block.n_entries for block in hands.lay_out(reader)) == reader.counts.seen == 4_000
        video = ArchiveFile("Google Photos/a.mp4", 1 << 30, io.BytesIO)
        assert list(hands.lay_out(EntryReader(video, home_zone="UTC"))) == []


def test_a_part_is_the_same_to_the_byte_on_any_number_of_cores(
    tmp_path: Path, page: bytes, put_archive: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = open_archive(put_archive({NAME: page}))
    monkeypatch.setattr(workers, "WORTH_BYTES", 1)

    def write(n_cores: int) -> parts.PartResult:
        monkeypatch.setattr(parts, "Workers", lambda: Workers(n_cores))
        out = tmp_path / str(n_cores)
        return parts.write_part(out, archive, home_zone=ZONES, tell=lambda what, done, total: None)

    assert write(1) == write(2)


def test_a_worker_ends_with_the_pipe() -> None:
    worker = Worker()
    assert worker.process.stdin
    worker.process.stdin.close()
    assert worker.process.wait(60) == 0
    worker.end()


def test_a_worker_imports_nothing_from_the_current_folder(
    page: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    batch = find_batch(page)
    worker = Worker()
    assert worker.ask(batch)
    laid = worker.take_answer()
    worker.end()
    assert laid
    assert spell(laid.block) == spell(lay_out_batch(batch).block)
    assert laid.tally == lay_out_batch(batch).tally


def test_a_worker_needs_neither_arrow_nor_numpy_nor_what_opens_archives() -> None:
    heavy = {"numpy", "pyarrow", "duckdb", "tarfile", "zipfile", "subprocess", "tempfile"}
    script = f"import sys, pipeline.tables.worker; print({heavy} & set(sys.modules))"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout == "set()\n"
