"""Every activity's words as numbers, read once for all the patterns of words. All of it is private."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.patterns.days import count_all_days
from pipeline.patterns.runs import Runs, count_distinct, list_runs
from pipeline.patterns.stop_words import choose_stop_words
from pipeline.patterns.subject import Subject
from pipeline.patterns.tokens import clean_word

Ints = NDArray[np.int64]


class Vocabulary(NamedTuple):
    """The words of a subject, and which row holds which: each (row, word) once, rows ascending."""

    words: tuple[str, ...]  # as shown: the spelling met most
    everyday: NDArray[np.bool_]  # (n_words,) a function word
    row: Ints  # (n,) place in the subject's rows
    word: NDArray[np.int32]  # (n,) place in ``words``
    n_texts: int  # rows with a text
    unsplit: frozenset[str]  # scripts without spaces that were left in whole runs

    @property
    def counts(self) -> Ints:
        """(n_words,) how many rows hold each word."""
        return np.bincount(self.word, minlength=len(self.words)).astype(np.int64)


_READ: WeakKeyDictionary[Subject, Vocabulary] = WeakKeyDictionary()


def read_vocabulary(subject: Subject) -> Vocabulary:
    """Return the words of the subject's texts; they are read once a subject."""
    if subject not in _READ:
        _READ[subject] = list_vocabulary(subject.rows["text"])
    return _READ[subject]


def list_vocabulary(texts: pd.Series) -> Vocabulary:
    """Find the words of the texts, each once a text, those of a text that comes again found once."""
    different, place = count_distinct(pa.array(texts, pa.string(), from_pandas=True))
    times = np.bincount(place[place >= 0], minlength=len(different))
    text, word, words = _list_words(list_runs(different))
    word, words = _join_spellings(text, word, words, times)
    text, word = np.divmod(_sort_once(text * len(words) + word), max(len(words), 1))
    row, word = _spread(text, word, place, len(different))
    counts = np.bincount(word, minlength=len(words))
    n_texts = int((place >= 0).sum())
    everyday = _find_everyday(words, counts, n_texts)
    return Vocabulary(tuple(words), everyday, row, word.astype(np.int32), n_texts, frozenset())


def count_by(vocabulary: Vocabulary, group: Ints, n_groups: int) -> Ints:
    """Return (n_groups, n_words): how many rows of each group hold each word.

    ``group`` (n_rows,) is each row's group, -1 for none.
    """
    of, n_words = np.asarray(group, dtype=np.int64)[vocabulary.row], len(vocabulary.words)
    known = of >= 0
    cells = of[known] * n_words + vocabulary.word[known]
    return np.bincount(cells, minlength=n_groups * n_words).reshape(n_groups, n_words).astype(np.int64)


def count_days(vocabulary: Vocabulary, subject: Subject, places: Ints) -> Ints:
    """Return (n_days, k): how many rows of each day of ``count_all_days`` hold each of ``places``."""
    days = count_all_days(subject).days
    at = np.searchsorted(days, subject.rows["date"].to_numpy().astype("datetime64[D]"))
    return count_by(take_words(vocabulary, places), at, len(days))


def take_words(vocabulary: Vocabulary, places: Ints) -> Vocabulary:
    """Return the vocabulary of these words alone, in this order."""
    places = np.asarray(places, dtype=np.int64)
    new = np.full(len(vocabulary.words), -1, dtype=np.int32)
    new[places] = np.arange(len(places), dtype=np.int32)
    word = new[vocabulary.word]
    kept = word >= 0
    return vocabulary._replace(
        words=tuple(vocabulary.words[k] for k in places), everyday=vocabulary.everyday[places],
        row=vocabulary.row[kept], word=word[kept],
    )  # fmt: skip


def _list_words(found: Runs) -> tuple[Ints, Ints, list[str]]:
    """Return (text, word) for each run that is a word, and the words."""
    words = [clean_word(run) for run in found.runs]
    coded = pa.array(words, pa.string()).dictionary_encode()
    place = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    known = np.array([bool(word) for word in words], dtype=bool)[found.run]
    return found.text[known], place[found.run[known]], coded.dictionary.to_pylist()


def _join_spellings(text: Ints, word: Ints, words: list[str], times: Ints) -> tuple[Ints, list[str]]:
    """Make one word of those with the same case folding, under the spelling met most, else the folding.

    Straße rather than strasse, where most write it so. ``times`` is how often each text came.
    """
    keys = [word if word.isascii() else word.casefold() for word in words]
    coded = pa.array(keys, pa.string()).dictionary_encode()
    key = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    shown: list[str] = coded.dictionary.to_pylist()
    odd = [k for k, word in enumerate(words) if word != keys[k]]
    if odd:
        pairs = _sort_once(text * len(words) + word)
        counts = np.bincount(pairs % len(words), weights=times[pairs // len(words)], minlength=len(words))
        spellings: dict[int, list[tuple[float, str]]] = defaultdict(list)
        for k in odd:
            spellings[int(key[k])].append((float(counts[k]), words[k]))
        plain = {int(key[k]): float(counts[k]) for k, word in enumerate(words) if word == keys[k]}
        for place, met in spellings.items():
            most, spelling = max(met)
            if most >= plain.get(place, 0.0):
                shown[place] = spelling
    return key[word], shown


def _sort_once(numbers: Ints) -> Ints:
    """Return the different numbers in order: faster than ``np.unique`` where they nearly are."""
    ordered = np.sort(numbers, kind="stable")
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _spread(text: Ints, word: Ints, place: Ints, n_texts: int) -> tuple[Ints, Ints]:
    """Give every row the words of its text; ``text`` ascends, ``place`` is each row's text or -1."""
    starts = np.searchsorted(text, np.arange(n_texts + 1))
    rows = np.flatnonzero(place >= 0)
    first = starts[place[rows]]
    n_each = starts[place[rows] + 1] - first
    row = np.repeat(rows, n_each)
    within = np.arange(len(row)) - np.repeat(np.cumsum(n_each) - n_each, n_each)
    return row, word[np.repeat(first, n_each) + within]


def _find_everyday(words: list[str], counts: Ints, n_texts: int) -> NDArray[np.bool_]:
    """Return which of the words are function words of the languages that the texts show."""
    keys = [word if word.isascii() else word.casefold() for word in words]
    chosen = choose_stop_words(dict(zip(keys, counts.tolist(), strict=True)), n_texts)
    return np.array([key in chosen for key in keys], dtype=bool)
