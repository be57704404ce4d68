"""Which bursts are of one and the same thing, so that each thing is shown once. All of it is private."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.pauses import CONVENTION, list_pauses
from pipeline.patterns.sequences import Ints
from pipeline.patterns.subject import Subject
from pipeline.patterns.vocabulary import Vocabulary

Floats = NDArray[np.float64]
Days = NDArray[np.bool_]

WITHIN = 0.5  # of a word's strongest burst, in another's bursts …
TOGETHER, LEAST_TOGETHER = 1.5, 5  # … where both come in one session so many times as often as chance has it
SAME_DAYS = 0.75  # of the days of both, on which both burst


def list_sessions(subject: Subject) -> Ints:
    """Return the session of each row: a pause of over half an hour begins a new one."""
    pauses = list_pauses(subject)
    session = np.zeros(len(subject.rows), dtype=np.int64)
    session[pauses.order[1:]] = np.cumsum(pauses.seconds > CONVENTION)
    return session


def measure_clumps(words: Vocabulary, session: Ints) -> Floats:
    """Return how many searches of its session hold the word, for a search that does: 1 where it comes alone.

    What comes in clumps of c varies c times as much as what comes one by one.
    """
    n_sessions = int(session.max(initial=0)) + 1
    cells, counts = np.unique(words.word * np.int64(n_sessions) + session[words.row], return_counts=True)
    word, n_words = cells // n_sessions, len(words.words)
    squares = np.bincount(word, weights=counts.astype(float) ** 2, minlength=n_words)
    return squares / np.maximum(np.bincount(word, weights=counts, minlength=n_words), 1)


def choose_apart(
    words: Vocabulary, session: Ints, place: Ints, bursting: Days, spans: tuple[Ints, Ints], most: int
) -> list[int]:
    """Choose the words that stand for others, at most so many; ``words`` come in the order of preference.

    ``session`` and ``place`` (n_rows,) are each row's session and covered day, -1 for none; ``bursting``
    (n_words, n_days) and ``spans`` (first and last day) their bursts and the strongest one. A word gives
    way to one before it if they burst on nearly the same days, or if half of its strongest burst is in the
    other's bursts and the two come in one session there far more often than by chance.
    """
    n_days = bursting.shape[1]
    first, last = spans
    when = np.full(int(session.max(initial=0)) + 1, -1, dtype=np.int64)
    np.maximum.at(when, session, place)
    row_word, row_session = words.word.astype(np.int64), session[words.row]
    inside = (when[row_session] >= first[row_word]) & (when[row_session] <= last[row_word])
    cells = np.unique(row_word[inside] * len(when) + row_session[inside])
    own, at = np.divmod(cells, len(when))
    n_own = np.bincount(own, minlength=len(words.words))
    n_all = _sum_spans(when, n_days, first, last)
    size = bursting.sum(axis=1)
    free, chosen = np.ones(len(words.words), dtype=bool), list[int]()
    while len(chosen) < most and free.any():
        leader = int(np.argmax(free))
        chosen.append(leader)
        holds = np.zeros(len(when), dtype=bool)
        holds[session[words.row[words.word == leader]]] = True
        both = np.bincount(own, weights=holds[at], minlength=len(words.words))
        by_chance = n_own * _sum_spans(when[holds], n_days, first, last) / np.maximum(n_all, 1)
        shared = (bursting & bursting[leader]).sum(axis=1)
        before = np.concatenate([[0], np.cumsum(bursting[leader])])
        follows = before[last + 1] - before[first] >= WITHIN * (last - first + 1)
        follows &= both >= np.maximum(TOGETHER * by_chance, LEAST_TOGETHER)
        follows |= shared >= SAME_DAYS * (size + size[leader] - shared)
        free &= ~follows
        free[leader] = False
    return chosen


def _sum_spans(when: Ints, n_days: int, first: Ints, last: Ints) -> Ints:
    """Return how many of ``when`` lie in each span of days."""
    before = np.concatenate([[0], np.cumsum(np.bincount(when[when >= 0], minlength=n_days))])
    return np.asarray(before[last + 1] - before[first], dtype=np.int64)
