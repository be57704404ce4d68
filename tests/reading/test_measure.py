"""How far a member may inflate."""

from __future__ import annotations

import io

import pytest

from pipeline.reading import measure
from pipeline.reading.measure import BombError, MeasuredStream


def read_all(content: bytes, n_compressed: int, **options: int) -> bytes:
    with MeasuredStream(io.BytesIO(content), lambda: n_compressed, **options) as stream:
        return b"".join(iter(lambda: stream.read(1000), b""))


def test_what_is_in_measure_comes_out_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "FREE_BYTES", 10)
    content = bytes(range(250)) * 12
    assert read_all(content, 3) == read_all(content, 3, piece_bytes=7) == content
    with pytest.raises(BombError):
        read_all(content + b"x", 3)


def test_the_first_64_mb_are_free_and_a_ratio_of_1000_is_in_measure() -> None:
    assert measure.FREE_BYTES == 64 << 20
    assert measure.HIGHEST_RATIO == 1_000
    stream = MeasuredStream(io.BytesIO(bytes(1 << 20)), lambda: 0)
    assert len(stream.read()) == 1 << 20


def test_a_piece_is_never_longer_than_was_agreed() -> None:
    asked: list[int] = []

    class Asking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            asked.append(size or 0)
            return super().read(size)

    stream = MeasuredStream(Asking(b"x" * 30), lambda: 1, piece_bytes=8)
    assert [len(stream.read(size)) for size in (3, 20, -1, 0)] == [3, 8, 8, 0]
    assert asked == [3, 8, 8, 0]


def test_closing_closes_the_member() -> None:
    inner = io.BytesIO(b"x")
    with MeasuredStream(inner, lambda: 1):
        pass
    assert inner.closed
