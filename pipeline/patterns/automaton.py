"""When a word comes far more often than it usually does: Kleinberg's automaton of two states, for many words.

Of each day's d searches r hold the word. At rest a search holds it with probability p₀ = R / D, its share
of the whole archive, in a burst with s times that. A day in state i costs
σ(i, r, d) = −ln [C(d, r) · pᵢʳ · (1 − pᵢ)^(d − r)]; to go up costs γ · ln n with n days, to go down nothing,
and the automaton begins at rest. The sequence of states that costs least is found by Viterbi's algorithm:
with δ the cost of the best way to rest less that of the best way to a burst, and g = σ(0) − σ(1) a day's
gain, δ ← clip(δ, −γ ln n, 0) + g. The gain of a day without the word is never positive, so that only days
with the word are visited.

References: J. Kleinberg 2002, Bursty and Hierarchical Structure in Streams, section 2 (the automaton and
its costs), section 4 (batched arrivals, the weight of a burst).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BASE = 2.0  # s: a burst's rate over the usual one
GAMMA = 1.0  # how dear it is to go up


class Spans(NamedTuple):
    """Bursts by word, then by day: where each begins and ends, what it holds and what it weighs."""

    word: Ints  # (n,) place among the words
    first: Ints  # (n,) place among the days
    last: Ints  # (n,) place of the last day, which holds the word
    held: Ints  # (n,) searches with the word
    weight: Floats  # (n,) Σ σ(0) − σ(1) over its days: the logarithm of a likelihood ratio


def find_spans(word: Ints, day: Ints, count: Ints, totals: Ints, n_words: int) -> Spans:
    """Find the bursts of all words at once.

    ``word``, ``day`` and ``count`` (m,) say how many searches of a day hold a word, each pair at most once,
    sorted by word, then by day, counts above 0; ``totals`` (n_days,) are all searches of each day. A word
    that half of all searches hold cannot come twice as often and has no burst.
    """
    up = GAMMA * np.log(max(len(totals), 1))
    before = np.concatenate([[0], np.cumsum(totals)])  # searches before each day
    held = np.bincount(word, weights=count, minlength=n_words)
    rest = held / max(int(before[-1]), 1)
    able = BASE * rest < 1
    fall = np.log1p(-np.where(able, BASE * rest, 0)) - np.log1p(-np.where(able, rest, 0))  # a search without
    rise = np.log(BASE) - fall  # more, for one with the word
    gain = count * rise[word] + totals[day] * fall[word]
    begins = np.diff(word, prepend=-1) != 0
    since = np.where(begins, 0, before[day] - before[np.roll(day, 1) + 1])
    delta, linked = _walk(word, gain, since * fall[word], begins, up, n_words)
    run = np.cumsum(~linked) - 1  # days that one burst may join
    starts = np.flatnonzero(~linked)
    lasts = np.full(len(starts), -1, dtype=np.int64)
    above = np.flatnonzero((delta > 0) & able[word])
    lasts[run[above]] = above  # the last of each run remains
    starts, lasts = starts[lasts >= 0], lasts[lasts >= 0]
    sums = np.concatenate([[0], np.cumsum(count)])
    counts = sums[lasts + 1] - sums[starts]
    which, first, last = word[starts], day[starts], day[lasts]
    weight = counts * rise[which] + (before[last + 1] - before[first]) * fall[which]
    return Spans(which, first, last, counts.astype(np.int64), weight)


def sort_by(minor: Ints, major: Ints) -> Ints:
    """Return the order by ``major``, then by ``minor``, whole numbers from 0 on, equal ones as they stand.

    NumPy (2.4) sorts numbers of 16 bits by their digits, far faster than longer ones.
    """
    order = np.arange(len(major))
    for key in (minor, major):
        small = key[order].astype(np.min_scalar_type(int(key.max(initial=0))))
        order = order[np.argsort(small, kind="stable")]
    return order


def _walk(
    word: Ints, gain: Floats, loss: Floats, begins: NDArray[np.bool_], up: float, n_words: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return δ after each day with the word, and whether the day goes on from the one before in a burst.

    ``loss`` is what the days since the one before cost a burst. All words make their k-th step at once.
    """
    starts = np.flatnonzero(begins)
    lengths = np.diff(np.append(starts, len(word)))
    rank = np.empty(len(starts), dtype=np.int64)
    rank[np.argsort(-lengths, kind="stable")] = np.arange(len(starts))  # those with most days first
    place = np.cumsum(begins) - 1
    step = np.arange(len(word)) - starts[place] if len(starts) else np.zeros(0, dtype=np.int64)
    order = sort_by(rank[place], step)
    gains, losses = gain[order], loss[order]
    ends = np.cumsum(np.bincount(step)) if len(step) else np.zeros(0, dtype=np.int64)
    walked, kept = np.empty(len(word)), np.empty(len(word))
    state, begin = np.full(len(starts), -np.inf), 0
    for end in ends.tolist():
        here = slice(begin, end)
        stay = np.minimum(state[: end - begin], 0.0)
        stay += losses[here]
        np.maximum(stay, -up, out=stay)
        kept[here] = stay
        state = stay + gains[here]
        walked[here] = state
        begin = end
    delta, stays = np.empty(len(word)), np.empty(len(word))
    delta[order], stays[order] = walked, kept
    return delta, stays > -up
