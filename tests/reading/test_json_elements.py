"""A stream of JSON to its entries."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import IO, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading import json_elements
from pipeline.reading.json_elements import Element, iter_elements
from pipeline.records import KEPT_BYTES, Cell, Skipped

A, B, C = b'{"header":"a"}', b'{"header": "b", "details": [{"name": "x"}]}', b'{\n "title": "c"\n}'


def split(content: bytes, chunk_bytes: int = 1 << 20, head: bytes = b"") -> list[Element | Skipped]:
    pieces = list(iter_elements(io.BytesIO(content), chunk_bytes, head=head))
    assert [_position(piece) for piece in pieces] == list(range(len(pieces)))
    for piece in pieces:
        if isinstance(piece, Element):
            begin, body = piece.cell.offset, piece.cell.content
        else:
            begin, body = piece.offset, piece.content
            assert len(body) == min(piece.length, KEPT_BYTES)
        assert (head + content)[begin : begin + len(body)] == body
    return pieces


def _position(piece: Element | Skipped) -> int:
    return piece.position if isinstance(piece, Skipped) else piece.cell.position


def list_bodies(pieces: list[Element | Skipped]) -> list[bytes | str]:
    """Reduce entries to their bytes, and what was skipped to its reason."""
    return [piece.reason if isinstance(piece, Skipped) else piece.cell.content for piece in pieces]


def test_each_entry_comes_with_its_place_its_bytes_and_what_they_hold() -> None:
    assert split(b"[" + A + b",\n" + C + b"]\n") == [
        Element(Cell(0, 1, A), {"header": "a"}),
        Element(Cell(1, 17, C), {"title": "c"}),
    ]


@pytest.mark.parametrize(
    ("content", "bodies"),
    [
        (b"\xef\xbb\xbf [" + A + b"]", [A]),
        (b"[" + A + B + b",," + C + b",]", [A, B, C]),  # commas that lack or are too many
        (b"[" + A + b"]\n[" + B + b"]\n" + C, [A, B, C]),  # several files in one
        (b"[" + A + b"]\0\0\0", [A]),
        (A, [A]),  # an entry by itself, as it is kept
        (b"[]", []),
        (b"{}", []),
        (b"", []),
        (b'{"event":[' + A + b"," + B + b"]}", [A, B]),
        (b'{"Session":[' + C + b'],"Browser History" : [' + A + b'],"Typed Url":[' + C + b"]}", [A]),
        (b'{"Browser History": []}', []),
        (b'{"a": "\\"event\\": [{\\"header\\":1}]"}', []),
    ],
)
def test_every_shape_of_array_is_opened(content: bytes, bodies: list[bytes]) -> None:
    assert list_bodies(split(content)) == bodies


@pytest.mark.parametrize(
    ("damaged", "bodies"),
    [
        (b'{"header":"x","time":}', [A, "damaged entry", B]),
        (b'{"header":"x","details":[{"name":"y"}', [A, "damaged entry", B]),  # it would swallow the next
        (b'{"header":"x', [A, "damaged entry", B]),
        (b'{"header":"x"}#', [A, b'{"header":"x"}', "damaged entry", B]),
        (b"garbage", [A, "damaged entry", B]),
        (b"1,null,[2]", [A, "damaged entry", B]),
        (b'{"header":' + b"9" * 5000 + b"}", [A, "damaged entry", B]),
        (b'{"header":' + b"[" * 10_000 + b"]" * 10_000 + b"}", [A, "entry nested too deeply", B]),
    ],
)
def test_what_is_damaged_costs_itself_alone(damaged: bytes, bodies: list[bytes | str]) -> None:
    content = b"[" + A + b"," + damaged + b"," + B + b"]"
    pieces = split(content)
    assert list_bodies(pieces) == bodies
    skipped = next(piece for piece in pieces if isinstance(piece, Skipped))
    assert content[skipped.offset + skipped.length :].startswith(B)


@pytest.mark.parametrize("colon", [b":", b": "])
def test_what_lies_within_a_damaged_entry_is_no_entry(colon: bytes) -> None:
    within = b", ".join([b'"snippet"' + colon + b'{"title": "y"}'] * 40)
    broken = b'{"header": 1 2, ' + within + b', "subtitles": [{"name": "z"}]}'
    for chunk_bytes in (1 << 20, *range(1, 300)):
        assert list_bodies(split(b"[" + broken + b"," + A + b"]", chunk_bytes)) == ["damaged entry", A]


def test_the_next_entry_is_found_wherever_a_chunk_ends() -> None:
    wide = b"{" + b" " * 60 + b'"page_transition_qualifier"' + b" " * 60 + b": 1}"
    content = b"[#" + b"." * 300 + wide + b"]"
    for chunk_bytes in range(1, 300):
        assert list_bodies(split(content, chunk_bytes)) == ["damaged entry", wide]


def test_a_file_cut_off_gives_its_whole_entries_and_says_where_it_ends() -> None:
    content = b"[" + A + b", " + B + b"]"
    for end in range(1, len(content)):
        pieces = split(content[:end])
        *whole, last = pieces
        n_whole = (end >= 1 + len(A)) + (end >= 1 + len(A) + 2 + len(B))
        assert list_bodies(whole) == [A, B][:n_whole]
        assert isinstance(last, Skipped)
        assert (last.reason, last.offset + last.length) == ("truncated entry", end)


def test_bytes_that_are_no_utf_8_and_lone_surrogates_shift_no_offset() -> None:
    odd = b'{"header":"\xff\xc3\xe2\x82","title":"\\ud83d \xf0\x9f\x98\x80"}'
    first, second = split(b"[" + odd + b"," + A + b"]", chunk_bytes=1)
    assert isinstance(first, Element)
    assert isinstance(second, Element)
    assert (first.cell.content, second.cell.offset) == (odd, len(odd) + 2)


def test_nothing_is_read_behind_the_array_under_a_key() -> None:
    def read() -> Iterator[bytes]:
        yield b'{"event":[' + A + b"]}" + b" " * 300
        raise AssertionError

    assert list_bodies(list(iter_elements(as_stream(read())))) == [A]


def as_stream(chunks: Iterator[bytes]) -> IO[bytes]:
    """Stand for a member that gives as many bytes at a time as it likes."""

    class Chunks(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return next(chunks, b"")

    return Chunks()  # type: ignore[return-value]


def test_an_entry_without_end_is_passed_in_bounded_memory() -> None:
    def write() -> Iterator[bytes]:
        yield b"[" + A + b',{"header":"'
        for _ in range(64):
            yield b"x" * (1 << 20)
        yield b'"},' + B + b"]"

    tracemalloc.start()
    pieces = list(iter_elements(as_stream(write())))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert list_bodies(pieces) == [A, "entry too long", B]
    assert isinstance(pieces[1], Skipped)
    assert (pieces[1].offset, pieces[1].length, len(pieces[1].content)) == (16, 14 + (64 << 20), KEPT_BYTES)
    assert peak < 56 << 20


TEXTS = st.text(st.characters(exclude_categories=[]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda values: st.lists(values, max_size=2) | st.dictionaries(TEXTS, values, max_size=2),
    max_leaves=4,
)
KEYS = st.sampled_from(["header", "query", "snippet"])
FIELDS = st.builds(lambda key, value: {key: 0, "x": value}, KEYS, VALUES)
INDENTS = st.sampled_from([None, 0, 2])


@settings(deadline=None, max_examples=60)
@given(
    entries=st.lists(FIELDS, max_size=4), indent=INDENTS, raw=st.booleans(), chunk_bytes=st.integers(1, 90)
)
def test_what_was_written_is_read(
    entries: list[dict[str, Any]], indent: int | None, raw: bool, chunk_bytes: int
) -> None:
    text = json.dumps(entries, indent=indent, ensure_ascii=not raw)
    pieces = split(text.encode("utf-8", "surrogatepass" if raw else "strict"), chunk_bytes)
    assert all(isinstance(piece, Element) for piece in pieces)
    if not raw:
        assert json.dumps([piece.fields for piece in pieces if isinstance(piece, Element)]) == json.dumps(
            entries
        )


@settings(deadline=None, max_examples=150)
@given(
    entries=st.lists(FIELDS, min_size=1, max_size=4),
    at=st.integers(0, 400),
    cut=st.integers(0, 60),
    put=st.binary(max_size=6) | st.sampled_from([b'"', b"{", b"}", b"]", b"\\", b'{"header":']),
    chunk_bytes=st.integers(1, 90),
    n_head=st.integers(0, 500),
)
def test_hostile_files_give_the_same_at_every_chunk_size(
    entries: list[dict[str, Any]], at: int, cut: int, put: bytes, chunk_bytes: int, n_head: int
) -> None:
    content = json.dumps(entries).encode()
    hostile = content[:at] + put + content[at + cut :]
    pieces = split(hostile)
    again = split(hostile[n_head:], chunk_bytes, head=hostile[:n_head])
    assert repr(again) == repr(pieces)  # NaN equals nothing


def test_long_entries_are_told_alike_at_every_chunk_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_elements, "LONGEST_CELL", 300)
    long = b'{"header":"' + b"y" * 400 + b'"}'
    just = b'{"header":"' + b"y" * 287 + b'"}'
    late = b'{"header":"' + b"y" * 400 + b'" 1}'
    edge = b'{"header":"' + b"y" * 285 + b'" 1' + b" " * 60 + b"}"
    content = b"[" + b",".join([A, long, just, late, edge, A, b'{"header":[' + b",".join([A] * 50), B]) + b"]"
    pieces = split(content)
    assert list_bodies(pieces) == [
        A, "entry too long", just, "entry too long", "damaged entry", A, "damaged entry", *[A] * 50, B
    ]  # fmt: skip
    for chunk_bytes in (1, 7, *range(100, 400)):
        assert split(content, chunk_bytes) == pieces
