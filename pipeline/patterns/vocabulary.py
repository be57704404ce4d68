"""Every activity's words as numbers, read once for all the patterns of words. All of it is private."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.days import count_all_days
from pipeline.patterns.phrases import join_phrases
from pipeline.patterns.runs import count_distinct, list_texts
from pipeline.patterns.sequences import Ints, Sequence, expand, join_spellings, list_sequence, sort_once
from pipeline.patterns.stop_words import choose_stop_words, read_stop_words
from pipeline.patterns.subject import Subject


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
_READING = Lock()


def read_vocabulary(subject: Subject) -> Vocabulary:
    """Return the words of the subject's texts; they are read once a subject."""
    with _READING:
        if subject not in _READ:
            _READ[subject] = list_vocabulary(subject.rows["text"])
        return _READ[subject]


def list_vocabulary(texts: pd.Series) -> Vocabulary:
    """Find the words of the texts, each once a text; a text that comes again is read once."""
    different, place = count_distinct(list_texts(texts))
    times = np.bincount(place[place >= 0], minlength=len(different))
    n_texts = int(times.sum())
    sequence, keys = join_spellings(list_sequence(different, times), times)
    everyday = _find_everyday(sequence, keys, times, n_texts)
    sequence = join_phrases(sequence, everyday)
    n_words = len(sequence.words)
    everyday = np.append(everyday, np.zeros(n_words - len(everyday), dtype=bool))
    text, word = np.divmod(sort_once(sequence.text * n_words + sequence.word), max(n_words, 1))
    rows = np.flatnonzero(place >= 0)
    entry, at = expand(np.searchsorted(text, np.arange(len(different) + 1)), place[rows])
    row, word = rows[entry], word[at].astype(np.int32)
    return Vocabulary(tuple(sequence.words), everyday, row, word, n_texts, sequence.unsplit)


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


def _find_everyday(sequence: Sequence, keys: list[str], times: Ints, n_texts: int) -> NDArray[np.bool_]:
    """Return which of the words are function words of the languages that the texts show."""
    listed = frozenset().union(*read_stop_words().values())
    is_listed = np.array([key in listed for key in keys], dtype=bool)
    chosen = is_listed[sequence.word]
    text, word = np.divmod(
        sort_once(sequence.text[chosen] * len(keys) + sequence.word[chosen]), max(len(keys), 1)
    )
    counts = np.bincount(word, weights=times[text], minlength=len(keys))
    met = {keys[k]: int(counts[k]) for k in np.flatnonzero(is_listed)}
    stop_words = choose_stop_words(met, n_texts)
    everyday = is_listed.copy()
    everyday[is_listed] = [key in stop_words for key in met]
    return everyday
