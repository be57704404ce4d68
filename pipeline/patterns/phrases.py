"""Words that hang together are one: machine learning, new york times.

References: T. Dunning 1993, Accurate Methods for the Statistics of Surprise and Coincidence (the
log-likelihood ratio of a two-by-two table).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.sequences import Ints, Sequence

Floats = NDArray[np.float64]
ENOUGH_TEXTS = 5  # different ones with the two words side by side
LEAST_RATIO = 15.1  # of the log-likelihood: chance gives as much once in 10,000 pairs
LEAST_SHARE = 0.25  # share of the first word's uses in the pair, times that of the second's
ROUNDS = 2  # the second joins phrases to words: at most four words


def join_phrases(sequence: Sequence, everyday: NDArray[np.bool_]) -> Sequence:
    """Put a phrase in the place of its words, wherever they stand side by side.

    ``everyday`` (n_words,) are the words of which no phrase is made. A text counts once however often
    it came: the same query again is no evidence that two words belong together. The halves are not
    counted again where their phrase stands; the words of phrases come after the others in ``words``.
    """
    for _ in range(ROUNDS):
        alone = np.append(everyday, np.zeros(len(sequence.words) - len(everyday), dtype=bool))
        joined = _join_pairs(sequence, alone)
        if joined is sequence:
            break
        sequence = joined
    return sequence


def _join_pairs(sequence: Sequence, alone: NDArray[np.bool_]) -> Sequence:
    n_words, n = len(sequence.words), len(sequence.word)
    if n < ENOUGH_TEXTS:
        return sequence
    first, second = sequence.word[:-1], sequence.word[1:]
    counts = np.bincount(sequence.word, minlength=n_words)
    able = ~alone & (counts >= ENOUGH_TEXTS)
    beside = np.flatnonzero(sequence.close[1:] & able[first] & able[second])
    key = first[beside] * n_words + second[beside]
    pairs, n_pair = count_each(key)
    often = n_pair >= ENOUGH_TEXTS
    pairs, n_pair = pairs[often], n_pair[often]
    one, other = np.divmod(pairs, n_words)
    close = sequence.close[1:]
    ratio = measure_ratio(
        n_pair.astype(float), np.bincount(first[close], minlength=n_words)[one].astype(float),
        np.bincount(second[close], minlength=n_words)[other].astype(float), float(close.sum()),
    )  # fmt: skip
    share = n_pair / counts[one] * (n_pair / counts[other])
    pairs = pairs[(ratio >= LEAST_RATIO) & (share >= LEAST_SHARE)]
    if not len(pairs):
        return sequence
    at = beside[np.isin(key, pairs)]
    # Of overlapping pairs in a row the first, the third and so on are joined.
    run_start = np.concatenate([[True], np.diff(at) > 1])
    nth = np.arange(len(at)) - np.maximum.accumulate(np.where(run_start, np.arange(len(at)), 0))
    at = at[nth % 2 == 0]
    return _replace(sequence, at, pairs)


def count_each(numbers: Ints) -> tuple[Ints, Ints]:
    """Return the different numbers in order, and how often each comes."""
    ordered = np.sort(numbers)
    starts = np.flatnonzero(np.diff(ordered, prepend=-1) > 0)
    return ordered[starts], np.diff(np.append(starts, len(ordered)))


def measure_ratio(both: Floats, first: Floats, second: Floats, n: float) -> Floats:
    """Return the log-likelihood ratio G² of two words side by side ``both`` times (Dunning 1993).

    ``first`` is how often the one begins a pair, ``second`` how often the other ends one, of ``n`` pairs.
    """
    cells = (both, first - both, second - both, n - first - second + both)
    rows, columns = (first, n - first), (second, n - second)
    total = np.zeros_like(both)
    for k, cell in enumerate(cells):
        cell = np.maximum(cell, 0.0)
        expected = np.maximum(rows[k // 2] * columns[k % 2] / n, 1e-300)
        total += cell * np.log(np.maximum(cell, 1e-300) / expected)
    return 2 * total


def _replace(sequence: Sequence, at: Ints, pairs: Ints) -> Sequence:
    """Put phrases at ``at``, where the pairs begin; ``pairs`` are those that may be joined, ascending."""
    n_words = len(sequence.words)
    found = np.searchsorted(pairs, sequence.word[at] * n_words + sequence.word[at + 1])
    is_glued = np.bincount(found, weights=sequence.glued[at + 1], minlength=len(pairs)) > 0
    known = {word: k for k, word in enumerate(sequence.words)}
    numbers = []
    for k, (one, other) in enumerate(zip(*np.divmod(pairs, n_words), strict=True)):
        phrase = f"{sequence.words[one]}{'' if is_glued[k] else ' '}{sequence.words[other]}"
        numbers.append(known.setdefault(phrase, len(known)))
    word = sequence.word.copy()
    word[at] = np.array(numbers, dtype=np.int64)[found]
    kept = np.ones(len(word), dtype=bool)
    kept[at + 1] = False
    return sequence._replace(
        text=sequence.text[kept], word=word[kept], close=sequence.close[kept], glued=sequence.glued[kept],
        words=list(known),
    )  # fmt: skip
