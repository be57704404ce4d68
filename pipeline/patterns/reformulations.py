"""How often the next query of a session says the same in other words."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.patterns.runs import list_texts
from pipeline.patterns.subject import Subject
from pipeline.patterns.vocabulary import read_vocabulary

Flags = NDArray[np.bool_]


def measure_reformulations(subject: Subject, order: NDArray[np.int64], session: NDArray[np.int64]) -> float:
    """Return the share of a session's later queries that reword the one before; NaN where there are none."""
    follows, reworded = find_reformulations(subject, order, session)
    return float(reworded.sum() / follows.sum()) if follows.any() else math.nan


def find_reformulations(
    subject: Subject, order: NDArray[np.int64], session: NDArray[np.int64]
) -> tuple[Flags, Flags]:
    """Return, for each query but the first, whether it follows one of its session, and whether it rewords it.

    A query rewords another if both hold a word that is no function word and are not the same text. Both
    ``order`` (places in the subject's rows) and ``session`` are (n,), in order of time. Lau and Horvitz
    1999, Patterns of Search; Huang and Efthimiadis 2009, Analyzing and Evaluating Query Reformulation
    Strategies in Web Search Logs.
    """
    n = len(order)
    if n < 2:
        return np.zeros(0, dtype=bool), np.zeros(0, dtype=bool)
    texts = list_texts(subject.rows["text"]).take(pa.array(order))
    same = pc.equal(texts[1:], texts[:-1])  # null where one of the two has no text
    follows = (np.diff(session) == 0) & same.is_valid().to_numpy(zero_copy_only=False)
    vocabulary = read_vocabulary(subject)
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    told = ~vocabulary.everyday[vocabulary.word]
    keys = np.sort(vocabulary.word[told].astype(np.int64) * (n + 1) + place[vocabulary.row[told]])
    shares = np.zeros(n + 1, dtype=bool)
    shares[keys[:-1][np.diff(keys) == 1] % (n + 1)] = True  # the next query holds the word too
    reworded = follows & shares[: n - 1] & ~same.fill_null(False).to_numpy(zero_copy_only=False)
    return follows, reworded
