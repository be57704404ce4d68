"""The words of texts in their order: runs of letters, cut where a script has no spaces, and cleaned."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.patterns.particles import drop_particle, is_korean
from pipeline.patterns.runs import list_runs
from pipeline.patterns.segment import cut_runs
from pipeline.patterns.tokens import clean_word, fold_word

Ints = NDArray[np.int64]


class Sequence(NamedTuple):
    """The words of all texts in their order, texts ascending but for emoji, which stand at the end."""

    text: Ints  # (n,)
    word: Ints  # (n,) place in ``words``
    close: NDArray[np.bool_]  # (n,) only a space, a hyphen or nothing stands between it and the one before
    glued: NDArray[np.bool_]  # (n,) nothing does
    words: list[str]
    unsplit: frozenset[str]  # scripts without spaces that were left in whole runs


def list_sequence(texts: list[str], times: Ints) -> Sequence:
    """Find the words of different texts, of which each comes so many ``times``.

    Runs without spaces are cut, articles and particles come off, numbers are left out.
    """
    found = list_runs(texts)
    cut = cut_runs(found.runs)
    is_whole = np.ones(len(found.runs), dtype=bool)
    is_whole[cut.run] = False
    whole = np.flatnonzero(is_whole)
    owner = np.concatenate([whole, cut.run])
    order = np.argsort(owner, kind="stable")
    pieces = pa.concat_arrays([found.runs.take(pa.array(whole)), cut.pieces]).take(pa.array(order))
    owner, coded = owner[order], pieces.dictionary_encode()
    piece = number(coded.indices)
    n_runs = np.bincount(found.run, weights=times[found.text], minlength=len(found.runs))
    n_pieces = np.bincount(piece, weights=n_runs[owner], minlength=len(coded.dictionary))
    cleaned = pa.array(_clean(coded.dictionary.to_pylist(), n_pieces), pa.string()).dictionary_encode()
    words: list[str] = cleaned.dictionary.to_pylist()
    starts = np.searchsorted(owner, np.arange(len(found.runs) + 1))
    token, place = expand(starts, found.run)
    first = np.concatenate([[True], np.diff(token) > 0])[: len(token)]
    word = number(cleaned.indices)[piece[place]]
    kept = np.array([bool(word) for word in words], dtype=bool)[word]
    # What is left out between two words keeps them apart.
    before = np.concatenate([[False], kept[:-1]])[: len(kept)]
    close = (found.close[token] | ~first) & before
    return Sequence(
        found.text[token][kept], word[kept], close[kept], (close & ~first)[kept], words, cut.unsplit
    )


def _clean(pieces: list[str], counts: NDArray[np.int64] | NDArray[np.float64]) -> list[str]:
    """Return each run as a word, '' where it is none."""
    words = [
        piece if piece.isalpha() and len(piece) > 1 and not piece.isnumeric() else clean_word(piece)
        for piece in pieces
    ]
    korean = [k for k, word in enumerate(words) if not word.isascii() and is_korean(word)]
    met = {words[k]: float(counts[k]) for k in korean}
    for k in korean:
        words[k] = drop_particle(words[k], met)
    return words


def number(indices: pa.Array) -> Ints:
    """Return Arrow's places as NumPy's."""
    return np.asarray(indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def expand(starts: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """Repeat each chosen entry for every member of its span: (place in ``chosen``, member)."""
    n_each = starts[chosen + 1] - starts[chosen]
    entry = np.repeat(np.arange(len(chosen)), n_each)
    within = np.arange(len(entry)) - np.repeat(np.cumsum(n_each) - n_each, n_each)
    return entry, np.repeat(starts[chosen], n_each) + within


def join_spellings(sequence: Sequence, times: Ints) -> tuple[Sequence, list[str]]:
    """Make one word of those with the same case folding, under the spelling met most, else the folding.

    Straße rather than strasse, where most write it so. ``times`` is how often each text came. The case
    foldings come with it.
    """
    text, word, words = sequence.text, sequence.word, sequence.words
    keys = [fold_word(word) for word in words]
    coded = pa.array(keys, pa.string()).dictionary_encode()
    key, folded = number(coded.indices), coded.dictionary.to_pylist()
    shown = list(folded)
    odd = [k for k, word in enumerate(words) if word != keys[k]]
    if odd:
        pairs = sort_once(text * len(words) + word)
        counts = np.bincount(pairs % len(words), weights=times[pairs // len(words)], minlength=len(words))
        spellings: dict[int, list[tuple[float, str]]] = defaultdict(list)
        for k in odd:
            spellings[int(key[k])].append((float(counts[k]), words[k]))
        plain = {int(key[k]): float(counts[k]) for k, word in enumerate(words) if word == keys[k]}
        for place, met in spellings.items():
            most, spelling = max(met)
            if most >= plain.get(place, 0.0):
                shown[place] = spelling
    return sequence._replace(word=key[word], words=shown), folded


def sort_once(numbers: Ints) -> Ints:
    """Return the different numbers in order: faster than ``np.unique`` where they nearly are."""
    ordered = np.sort(numbers, kind="stable")
    return ordered[np.diff(ordered, prepend=-1) > 0]
