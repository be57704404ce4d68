"""The words of very many texts at once: what ``iter_words`` finds in each, by NumPy and Arrow.

The characters of a hundred thousand texts lie in one array; a word is a run of letters in it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.patterns.tokens import PICTURED, drop_addresses, fold_letters, is_mark, iter_emoji

TEXTS_AT_ONCE = 100_000
LETTER, MARK, APOSTROPHE, PICTURE = 1, 2, 3, 4  # 0 is any other character
N_CODES = 0x110000
PLANES = ((0, 0xD800), (0xE000, 0x40000), (0xE0000, 0xE0200))  # of Unicode that hold what is not private
Codes = NDArray[np.uint32] | NDArray[np.uint8]


class Runs(NamedTuple):
    """Runs of letters in the order of the texts, not yet cleaned, and the texts' emoji after them."""

    text: NDArray[np.int64]  # (n,) which text
    run: NDArray[np.int64]  # (n,) place in ``runs``
    close: NDArray[np.bool_]  # (n,) only a space or a hyphen stands between it and the one before
    runs: pa.StringArray  # each different run once


class Found(NamedTuple):
    """The same of some texts, and which of them may hold an emoji."""

    runs: pa.StringArray
    text: NDArray[np.int64]
    close: NDArray[np.bool_]
    pictured: NDArray[np.int64]


def list_runs(texts: Sequence[str]) -> Runs:
    """Find the runs of every text."""
    parts: list[pa.StringArray] = []
    owners, closes = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=bool)]
    pictured: list[int] = []
    for first in range(0, len(texts), TEXTS_AT_ONCE):
        found = _find_runs(_fold_together(texts[first : first + TEXTS_AT_ONCE]))
        parts.append(found.runs)
        owners.append(found.text + first)
        closes.append(found.close)
        pictured += (found.pictured + first).tolist()
    emoji = [(k, sign) for k in pictured for sign in iter_emoji(texts[k])]
    parts.append(pa.array([sign for _, sign in emoji], pa.string()))
    owners.append(np.array([k for k, _ in emoji], dtype=np.int64))
    closes.append(np.zeros(len(emoji), dtype=bool))
    coded = pa.concat_arrays(parts).dictionary_encode()
    run = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Runs(np.concatenate(owners), run, np.concatenate(closes), coded.dictionary)


def _fold_together(texts: Sequence[str]) -> str:
    """Return folded texts, a line each, with an end of line after the last."""
    joined = "\n".join(texts)
    if joined.count("\n") >= len(texts):
        joined = "\n".join(text.replace("\n", " ") for text in texts)
    joined = fold_letters(joined)
    if "." in joined or "://" in joined:
        joined = "\n".join([drop_addresses(line) for line in joined.split("\n")])
    return f"{joined}\n"


def _find_runs(folded: str) -> Found:
    """Find the runs of letters in folded texts, a line each."""
    if folded.isascii():
        codes: Codes = np.frombuffer(folded.encode("ascii"), dtype=np.uint8)
    else:
        codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = list_kinds()[codes]
    inside = _find_letters(kinds)
    edges = np.diff(np.concatenate([[0], inside.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    lines = np.flatnonzero(codes == ord("\n"))
    close = np.zeros(len(starts), dtype=bool)
    between = codes[starts[1:] - 1]
    close[1:] = (starts[1:] - ends[:-1] == 1) & ((between == ord(" ")) | (between == ord("-")))
    pictured = np.searchsorted(lines, np.flatnonzero(kinds == PICTURE))
    return Found(
        cut_codes(codes[inside], ends - starts), np.searchsorted(lines, starts), close, np.unique(pictured)
    )


def _find_letters(kinds: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which characters lie within a word, as ``word_pattern`` has it."""
    wordlike = (kinds == LETTER) | (kinds == MARK)
    beside = np.zeros(len(kinds), dtype=bool)
    beside[1:-1] = wordlike[:-2] & wordlike[2:]
    inside: NDArray[np.bool_] = wordlike | ((kinds == APOSTROPHE) & beside)
    starts = inside & ~np.concatenate([[False], inside[:-1]])
    # A run begins with a letter: marks before the first one do not belong to it.
    if bool((kinds[starts] != LETTER).any()):
        place = np.arange(len(kinds))
        began = np.maximum.accumulate(np.where(starts, place, -1))
        met = np.maximum.accumulate(np.where(kinds == LETTER, place, -1))
        inside &= met >= began
    return inside


def cut_codes(codes: Codes, lengths: NDArray[np.int64]) -> pa.StringArray:
    """Cut characters into strings of these lengths."""
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    data = codes.tobytes()
    if codes.dtype != np.uint8:
        data = data.decode("utf-32-le", "surrogatepass").encode("utf-8", "surrogatepass")
        size = (codes > 0x7F).astype(np.uint8) + (codes > 0x7FF) + (codes > 0xFFFF) + np.uint8(1)
        offsets = np.concatenate([[0], np.cumsum(size, dtype=np.int64)])[offsets]
    offsets = offsets.astype(np.int32)
    return pa.StringArray.from_buffers(len(lengths), pa.py_buffer(offsets.tobytes()), pa.py_buffer(data))


@cache
def list_kinds() -> NDArray[np.uint8]:
    """Return what each character of Unicode is to a word; 0 is none of the four."""
    kinds = np.zeros(N_CODES, dtype=np.uint8)
    for first, end in PLANES:
        chars = "".join(map(chr, range(first, end)))
        for found in PICTURED.finditer(chars):
            kinds[first + found.start()] = PICTURE
        for k, category in enumerate(map(unicodedata.category, chars), start=first):
            if category[0] in "MC" and k >= 0x300 and is_mark(chr(k)):
                kinds[k] = MARK
        kinds[first:end][np.fromiter(map(str.isalnum, chars), dtype=bool)] = LETTER
    kinds[ord("'")] = APOSTROPHE
    return kinds


def list_texts(texts: pd.Series) -> pa.StringArray:
    """Return a column of texts as one array of Arrow's: a column read from a table comes in many."""
    found = pa.array(texts, pa.string(), from_pandas=True)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def count_distinct(texts: pa.StringArray) -> tuple[list[str], NDArray[np.int64]]:
    """Return the different texts, and for each row its place among them, -1 where it has none."""
    coded = pc.dictionary_encode(texts)
    place = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return coded.dictionary.to_pylist(), place
