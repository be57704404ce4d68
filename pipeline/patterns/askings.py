"""When each query was asked, and when the same one had been asked before."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.patterns.runs import list_texts
from pipeline.patterns.subject import Subject

Ints = NDArray[np.int64]

AT_ONCE = 1800  # seconds: the same query again within them is one asking


class Askings(NamedTuple):
    """Every asking of a query, in order of time: all (n,) but the names."""

    query: Ints  # number of the query: queries are one if only case and outer spaces differ
    row: Ints  # place in the subject's rows
    since: NDArray[np.float64]  # seconds since it was last asked; NaN the first time


_LISTED: WeakKeyDictionary[Subject, Askings] = WeakKeyDictionary()
_LISTING = Lock()


def list_askings(subject: Subject) -> Askings:
    """List the askings; the same query again within half an hour, a reload or a second page, is none.

    Rows without a text are left out. Teevan, Adar, Jones and Potts 2007, Information Re-Retrieval: Repeat
    Queries in Yahoo's Logs: a repeat query is the same text from the same person.
    """
    with _LISTING:
        if subject not in _LISTED:
            _LISTED[subject] = _list(subject.rows)
        return _LISTED[subject]


def _list(rows: pd.DataFrame) -> Askings:
    texts = pc.utf8_trim_whitespace(pc.utf8_lower(list_texts(rows["text"])))
    query = pc.fill_null(pc.dictionary_encode(texts).indices, -1).to_numpy(zero_copy_only=False)
    time = pd.DatetimeIndex(rows["time"]).as_unit("ms").asi8
    known = np.argsort(time, kind="stable")
    known = known[query[known] >= 0]
    place = np.argsort(query[known], kind="stable")
    order = known[place]
    same = np.diff(query[order], prepend=-1) == 0
    since = np.where(same, np.diff(time[order], prepend=0) / 1000.0, np.nan)
    kept = np.flatnonzero(~(since <= AT_ONCE))
    kept = kept[np.argsort(place[kept], kind="stable")]
    return Askings(query[order[kept]].astype(np.int64), order[kept], since[kept])
