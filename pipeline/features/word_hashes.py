"""Words as columns: which column a word has, and which its runs of two and three letters have.

A column is told by a hash of the letters alone, so that no list of words is kept, a word never met before
has a column too, and every machine and every year gives it the same one (Python's own ``hash`` changes
with each start). Two words may share a column; a sign, told by the same hash, makes what they share cancel
out on average.

The hash of letters c₀ … cₙ₋₁ (their Unicode numbers) is Σ cₖ·Bᵏ modulo 2⁶⁴, whose bits are then mixed.

References: K. Weinberger, A. Dasgupta, J. Langford, A. Smola & J. Attenberg 2009, *Feature Hashing for
Large Scale Multitask Learning*, eqs. 2 and 3 (column and sign); G. Steele, D. Lea & C. Flood 2014, *Fast
Splittable Pseudorandom Number Generators* (how bits are mixed).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.features.arrays import Ints

Hashes = NDArray[np.uint64]
BASE = 0x9E3779B97F4A7C15  # B, odd
SIGN_BIT = np.uint64(2**63)  # of the mixed bits; the lower ones tell the column
LETTERS_IN_RUN = (2, 3)
EDGE = " "  # before and after a word, so that a run of letters knows where words begin and end


class HashedWords(NamedTuple):
    """The columns of each word, the word's own first; a column may come twice."""

    column: NDArray[np.int32]  # (n_filled,)
    sign: NDArray[np.float32]  # (n_filled,) 1 or -1
    offset: Ints  # (n_words + 1,)


def hash_words(words: Sequence[str], n_columns: int) -> HashedWords:
    """Hash each word into the first half of the columns, its runs of letters into the second."""
    text = "".join(f"{EDGE}{word}{EDGE}" for word in words)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    lengths = np.array([len(word) + 2 * len(EDGE) for word in words], np.int64)
    starts = np.cumsum(lengths) - lengths
    word = np.repeat(np.arange(len(words)), lengths)
    within = np.arange(len(codes)) - starts[word]
    powers = list_powers(int(lengths.max(initial=max(LETTERS_IN_RUN))))
    whole = np.add.reduceat(codes * powers[within], starts) if len(words) else codes
    half = n_columns // 2
    owners, hashes, columns = [np.arange(len(words))], [mix_bits(whole)], [np.zeros(len(words), np.int64)]
    for n in LETTERS_IN_RUN:
        first = np.flatnonzero(within + n <= lengths[word])
        run = mix_bits((codes[first[:, None] + np.arange(n)] * powers[:n]).sum(axis=1, dtype=np.uint64))
        owners.append(word[first])
        hashes.append(run)
        columns.append(np.full(len(first), half))
    owner, mixed, column = np.concatenate(owners), np.concatenate(hashes), np.concatenate(columns)
    order = np.argsort(owner, kind="stable")
    column = (column + (mixed % np.uint64(half)).astype(np.int64))[order]
    sign = np.where(mixed[order] >= SIGN_BIT, np.float32(-1), np.float32(1))
    offset = np.searchsorted(owner[order], np.arange(len(words) + 1))
    return HashedWords(column.astype(np.int32), sign, offset)


def list_powers(n: int) -> Hashes:
    """Return the first ``n`` powers of B modulo 2⁶⁴, from 1 on."""
    powers = np.full(n, BASE, np.uint64)
    powers[:1] = 1
    return np.multiply.accumulate(powers)


def mix_bits(numbers: Hashes) -> Hashes:
    """Return numbers of which every bit depends on all bits of the given ones."""
    mixed = numbers ^ (numbers >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
