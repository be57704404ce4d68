"""Cutting a stream into cells."""

from __future__ import annotations

import io
import tracemalloc
from types import ModuleType
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading import cells
from pipeline.reading.cells import MARKER, iter_cells, iter_spans
from pipeline.records import KEPT_BYTES, Cell, Skipped


def cut(content: bytes, chunk_bytes: int = 1 << 20, head: bytes = b"") -> list[Cell | Skipped]:
    return list(iter_cells(io.BytesIO(content), chunk_bytes, head=head))


def test_a_page_gives_its_cells_with_their_places() -> None:
    assert cut(b"<html>css" + MARKER + b'">one' + MARKER + b'">two</html>') == [
        Cell(0, 9, MARKER + b'">one'),
        Cell(1, 9 + len(MARKER) + 5, MARKER + b'">two</html>'),
    ]


def test_a_page_without_entries_gives_none() -> None:
    assert cut(b"<html><body></body></html>") == []
    assert cut(b"") == []


def test_the_malformed_divs_of_2026_do_not_hide_the_next_cell() -> None:
    content = b'<div class="mdl-grid"><div' + MARKER + b'">1</div></div></div<div></div>' + MARKER + b'">2'
    assert [cell.position for cell in cut(content)] == [0, 1]


def test_the_second_half_of_a_split_entry_is_skipped_not_lost() -> None:
    half = b'ody-1"></div><div class="content-cell">caption</div></div></div>'
    assert cut(half + MARKER + b'">1') == [
        Skipped(0, 13, len(half) - 13, "truncated entry", half[13:]),
        Cell(1, len(half), MARKER + b'">1'),
    ]
    assert cut(half) == [Skipped(0, 13, len(half) - 13, "truncated entry", half[13:])]


def test_an_enormous_cell_is_skipped_and_the_next_one_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "LONGEST_CELL", 100)
    monkeypatch.setattr(cells, "KEPT_BYTES", 30)
    long = MARKER + b"x" * 500
    content = b"css" + long + MARKER + b"y" + MARKER + b"z" * 79
    for chunk_bytes in (1, 7, 64, 1000):
        assert cut(content, chunk_bytes) == [
            Skipped(0, 3, len(long), "entry too long", long[:30]),
            Cell(1, 3 + len(long), MARKER + b"y"),
            Skipped(2, 4 + len(long) + len(MARKER), 101, "entry too long", (MARKER + b"z" * 79)[:30]),
        ]


def test_a_span_is_as_many_whole_cells_as_lie_in_a_chunk() -> None:
    one = MARKER + b'">' + b"x" * 20
    spans = iter_spans(io.BytesIO(b"css" + one * 5), 3 * len(one))
    assert [(span.position, span.offset, span.n_cells, span.ends_file) for span in spans] == [
        (0, 3, 2, False),
        (2, 3 + 2 * len(one), 2, False),
        (4, 3 + 4 * len(one), 1, True),
    ]


PIECES = st.sampled_from(
    [MARKER, MARKER[:9], b"<div", b"\0", b"x" * 30, b"y", b'<div class="content-cell', b"</div>"]
)


@settings(deadline=None)
@given(
    pieces=st.lists(PIECES, max_size=30),
    chunk_bytes=st.integers(1, 90),
    longest=st.integers(25, 120),
    n_head=st.integers(0, 200),
)
def test_the_cells_are_the_same_at_every_chunk_size(
    pieces: list[bytes], chunk_bytes: int, longest: int, n_head: int
) -> None:
    content = b"".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "LONGEST_CELL", longest)
        patch.setattr(cells, "KEPT_BYTES", 20)
        whole = cut(content)
        assert cut(content[n_head:], chunk_bytes, content[:n_head]) == whole
    assert len(whole) in (content.count(MARKER), content.count(MARKER) + 1)
    assert [piece.position for piece in whole] == list(range(len(whole)))
    assert all(content[piece.offset :].startswith(piece.content[:25]) for piece in whole)


def test_every_era_gives_one_cell_an_entry(pages: ModuleType) -> None:
    for era in pages.ERAS.values():
        shapes = pages.write_shapes(era)
        found = cut(pages.write_page("".join(shapes.values())), 1000)
        expected = [markup.encode() for markup in shapes.values()]
        expected[-1] += pages.TAIL.encode()
        assert [cell.content for cell in found] == expected


class Long(io.RawIOBase):
    """A member that inflates to 500 MB behind ``beginning``."""

    def __init__(self, beginning: bytes) -> None:
        self.pieces = iter([beginning, *[b"x" * (1 << 20)] * 500])

    def read(self, size: int = -1) -> bytes:
        return next(self.pieces, b"")


@pytest.mark.parametrize("beginning", [MARKER, b'<div class="content-cell', b"{"])
def test_500_mb_without_an_end_take_bounded_memory(beginning: bytes) -> None:
    stream: IO[bytes] = Long(beginning)  # type: ignore[assignment]
    tracemalloc.start()
    found = list(iter_cells(stream))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    n_bytes = (500 << 20) + len(beginning)
    reasons = {MARKER: "entry too long", b'<div class="content-cell': "truncated entry"}
    expected = [(0, 0, n_bytes, reasons[beginning], KEPT_BYTES)] if beginning in reasons else []
    assert [(*piece[:4], len(piece.content)) for piece in found if isinstance(piece, Skipped)] == expected
    assert peak < 40 << 20


def test_what_is_nested_or_named_without_end_is_one_cell_all_the_same() -> None:
    for content in (b"<div>" * 10_000, b"&" * 10_000, b"&#" + b"1" * 10_000, b"\0\xff\xfe" * 10_000):
        assert cut(b"css" + MARKER + content) == [Cell(0, 3, MARKER + content)]
