"""Every query as its words and their runs of letters, sparse; beside it what it was asked of.

A row depends on its own text alone: no vocabulary is learned, no word is weighed by how rare it is, and
writing without spaces is not cut by what the other texts hold, so that nothing in a row can come from a
later text. Runs of two and three letters stand for word endings, for spellings, and for the words of
scripts without spaces. The texts are read in blocks, each of which needs the same memory.

All of it is private, and the numbers as well: who has a list of words can look up which of them were typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.features.arrays import Column, Ints, list_names
from pipeline.features.sparse_rows import SparseRows
from pipeline.features.word_hashes import hash_words
from pipeline.patterns.runs import list_runs, list_texts
from pipeline.patterns.sequences import expand
from pipeline.patterns.tokens import clean_word, fold_word

MOST_TEXTS = 200_000
N_COLUMNS = 2**13
TEXTS_IN_BLOCK = 8192

COLUMNS = (
    Column(
        ("words",),
        "The first half of the columns: each word of the text, in the column and with the sign that its "
        "hash gives it, times how often it stands there; all together of length √½.",
    ),
    Column(
        ("letters",),
        "The second half: each run of two and of three letters within a word, its edges counted as letters, "
        "in the same way.",
    ),
)
NAMES = list_names(COLUMNS)


class TextFeatures(NamedTuple):
    """Texts in the order of time. The labels come from the entry's own columns, never from its text."""

    place: Ints  # (n,) of each text in the given rows
    x: SparseRows  # (n, n_columns)
    product: NDArray[np.object_]  # (n,)
    action: NDArray[np.object_]  # (n,)


def make_text_features(
    rows: pd.DataFrame, *, n_columns: int = N_COLUMNS, most: int = MOST_TEXTS
) -> TextFeatures:
    """Hash the last ``most`` texts of unmarked rows.

    ``rows`` has the columns time, product, action, mark and text, of one subject or of all products.
    """
    place = np.flatnonzero((rows["text"].notna() & rows["mark"].isna()).to_numpy(dtype=bool))
    times = rows["time"].dt.tz_localize(None).to_numpy().astype("datetime64[ms]")[place]
    place = place[np.argsort(times, kind="stable")]
    place = place[max(len(place) - most, 0) :]
    chosen = rows.iloc[place]
    return TextFeatures(
        place,
        hash_texts(chosen["text"], n_columns=n_columns),
        chosen["product"].to_numpy(dtype=object),
        chosen["action"].to_numpy(dtype=object),
    )


def hash_texts(texts: pd.Series, *, n_columns: int = N_COLUMNS) -> SparseRows:
    """Return a row for each text: its words and its runs of letters, each kind of length √½.

    A text without a word (a number, an address, signs) is an empty row.
    """
    column, blocks = list_texts(texts), []
    for first in range(0, len(column), TEXTS_IN_BLOCK):
        blocks.append(_hash_block(column[first : first + TEXTS_IN_BLOCK].to_pylist(), n_columns))
    sizes = np.concatenate([np.zeros(1, np.int64), *(block.size for block in blocks)])
    return SparseRows(
        np.concatenate([np.zeros(0, np.int32), *(block.column for block in blocks)]),
        np.concatenate([np.zeros(0, np.float32), *(block.value for block in blocks)]),
        np.cumsum(sizes),
        n_columns,
    )


class _Block(NamedTuple):
    column: NDArray[np.int32]
    value: NDArray[np.float32]
    size: Ints  # of each text's row


def _hash_block(texts: Sequence[str], n_columns: int) -> _Block:
    found = list_runs(texts)
    words = [fold_word(clean_word(run)) for run in found.runs.to_pylist()]
    hashed = hash_words(words, n_columns)
    is_word = np.array([bool(word) for word in words], dtype=bool)[found.run]
    token, filled = expand(hashed.offset, found.run[is_word])
    cell = found.text[is_word][token] * n_columns + hashed.column[filled]
    order = np.argsort(cell, kind="stable")
    cell, sign = cell[order], hashed.sign[filled][order]
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    value = np.add.reduceat(sign, first) if len(first) else sign
    kept = value != 0  # what meets under both signs in one column is gone
    text, column = np.divmod(cell[first][kept], n_columns)
    value = value[kept]
    kind = 2 * text + (column >= n_columns // 2)  # words, or letters, of this text
    length = np.sqrt(2 * np.bincount(kind, weights=value * value, minlength=2 * len(texts)))
    return _Block(
        column.astype(np.int32),
        (value / length[kind]).astype(np.float32),
        np.bincount(text, minlength=len(texts)),
    )
