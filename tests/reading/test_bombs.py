"""How far a member may inflate."""

from __future__ import annotations

import io

import pytest

from pipeline.reading import bombs
from pipeline.reading.bombs import BombError, MeasuredStream


class Counted(io.BytesIO):
    """A member of which so many bytes of the archive were read."""

    def __init__(self, content: bytes, n_packed: int) -> None:
        super().__init__(content)
        self.n_packed = n_packed


def read_all(content: bytes, n_packed: int) -> bytes:
    with MeasuredStream(Counted(content, n_packed)) as stream:
        return b"".join(iter(lambda: stream.read(1000), b""))


def test_what_is_in_measure_comes_out_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bombs, "FREE_BYTES", 10)
    content = bytes(range(250)) * 12
    assert read_all(content, 3) == content
    with pytest.raises(BombError):
        read_all(content + b"x", 3)


def test_the_first_64_mb_are_free_and_a_ratio_of_1000_is_in_measure() -> None:
    assert bombs.FREE_BYTES == 64 << 20
    assert bombs.HIGHEST_RATIO == 1_000
    stream = MeasuredStream(Counted(bytes(1 << 20), 0))
    assert len(stream.read()) == 1 << 20


def test_closing_closes_the_member() -> None:
    inner = Counted(b"x", 1)
    with MeasuredStream(inner):
        pass
    assert inner.closed
