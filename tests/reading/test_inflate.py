"""Inflating, whole, broken off and damaged, with every byte that lies before."""

from __future__ import annotations

import io
import random
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading.inflate import GZIP, RAW, Inflater


def deflate(content: bytes, wbits: int = RAW) -> bytes:
    packer = zlib.compressobj(wbits=wbits)
    return packer.compress(content) + packer.flush()


def read_on(inflater: Inflater, size: int) -> tuple[bytes, type[Exception] | None]:
    """Read to the end, or to the error."""
    parts = []
    try:
        while piece := inflater.read(size):
            assert len(piece) <= size
            parts.append(piece)
    except (EOFError, zlib.error) as error:
        return b"".join(parts), type(error)
    return b"".join(parts), None


@settings(deadline=None)
@given(
    words=st.lists(st.sampled_from([b"red", b"bicycle", b"\0" * 300, bytes(range(256))]), max_size=40),
    size=st.integers(1, 5000),
    n_head=st.integers(0, 50),
    wbits=st.sampled_from([RAW, GZIP]),
    unused=st.sampled_from([b"", b"unused"]),
)
def test_what_was_deflated_comes_out_whole(
    words: list[bytes], size: int, n_head: int, wbits: int, unused: bytes
) -> None:
    content = b"".join(words)
    packed = deflate(content, wbits) + unused
    stream = io.BytesIO(packed[n_head:])
    inflater = Inflater(stream.read, wbits, packed[:n_head])
    assert read_on(inflater, size) == (content, None)
    assert (inflater.unused + stream.read(), inflater.read(5)) == (unused, b"")


def inflate_byte_by_byte(packed: bytes) -> bytes:
    """Inflate as far as it goes: the reference."""
    inflater, content = zlib.decompressobj(RAW), b""
    while True:
        try:
            piece = inflater.decompress(inflater.unconsumed_tail or packed, 1)
        except zlib.error:
            return content
        content, packed = content + piece, b""
        if not piece:
            return content


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 2000), st.data())
def test_all_that_lies_before_the_damage_comes_out(seed: int, size: int, data: st.DataObject) -> None:
    source = random.Random(seed)
    content = b" ".join(source.choice([b"red", b"blue", b"bicycle", source.randbytes(3)]) for _ in range(300))
    packed = deflate(content)
    cut = data.draw(st.integers(0, len(packed) - 1))
    assert read_on(Inflater(io.BytesIO(packed[:cut]).read, RAW), size) == (
        inflate_byte_by_byte(packed[:cut]),
        EOFError,
    )
    spoiled = packed[:cut] + bytes([packed[cut] ^ 0xFF]) + packed[cut + 1 :]
    assert read_on(Inflater(io.BytesIO(spoiled).read, RAW), size)[0] == inflate_byte_by_byte(spoiled)


def test_a_checksum_that_does_not_hold_is_an_error_at_the_end() -> None:
    packed = bytearray(deflate(b"page" * 1000, GZIP))
    packed[-8] ^= 1
    with pytest.raises(zlib.error, match="incorrect data check"):
        inflater = Inflater(io.BytesIO(packed).read, GZIP)
        content = b""
        while piece := inflater.read(1 << 20):
            content += piece
    assert content == (b"page" * 1000)[:-1]
