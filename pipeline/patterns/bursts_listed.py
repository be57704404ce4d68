"""The words that come in bursts, when, and how often in each week. All of it is private."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.automaton import Spans, find_spans, sort_by
from pipeline.patterns.bursts_alike import choose_apart, list_sessions, measure_clumps
from pipeline.patterns.days import ENOUGH_SEARCHES, DayTable, count_covered_days
from pipeline.patterns.sequences import Ints
from pipeline.patterns.subject import Subject
from pipeline.patterns.vocabulary import Vocabulary, read_vocabulary, take_words

Days = NDArray[np.datetime64]

ENOUGH_DAYS = 182  # covered: six months
MOST_WORDS = 14
LEAST_COUNT = 20
LEAST_DAYS, MOST_DAYS = 7, 730  # covered; a word of longer bursts is a habit, and is left out
CHANCE = 0.05  # that any word is listed where all keep their rates
ABOVE = 3.0  # times as often as on the days beside it
BESIDE = 60  # covered days, on either side


class Bursts(NamedTuple):
    """The listed bursts and their weeks, and what was looked at."""

    main: pd.DataFrame  # word, first, last, days, count, weight, strongest
    weeks: pd.DataFrame  # word, week, count, covered_days, bursting
    table: DayTable  # the covered days
    held: Ints  # (n_words, n_days) searches that hold each listed word
    n_tried: int
    n_alike: int  # words with bursts that another stands for
    enough: bool


def list_bursts(subject: Subject) -> Bursts:
    """Find the words that come in bursts: at most fourteen, ordered by the first day of the strongest burst.

    ``main``: word, first, last, days (from first to last), count (on covered days), weight, strongest (of
    its word); ``weeks``: for the same words every ISO week from the first to the last covered day with
    week (its Monday), count and covered_days (0 and 0 where nothing is covered), bursting (a listed burst
    touches the week).

    A word is listed if a burst of it weighs ln(n · V / 0.05) · c, with n covered days, V words tried and c
    the word's mean clump in a session; its other bursts are from ln(n / 0.05) · c on. Where a word keeps its
    rate, the likelihood ratio that begins on a given day ever exceeds a bound B in at most one of B cases
    (Ville's inequality), so that any word at all does it in at most 5 of 100 archives; of 320 simulated
    ones of 300 words each (200 to 5,400 days, clumps of 1 and of 3) none did, and of the 96,000 words seven
    passed the lower one. Besides, a burst lasts a week to two years (a word with a longer one is a
    habit and left out), and the word comes at least three times as often, by day and by share, on its first
    and last 60 days as on the 60 covered days before it and after it that are in no burst, and in all of it
    as on as many days there: what grows slowly, or moves up and down all the time, has no such edges.
    """
    table = count_covered_days(subject)
    n_days = len(table.days)
    enough = n_days >= ENOUGH_DAYS and int(table.totals.sum()) >= ENOUGH_SEARCHES
    tried, place = _take_tried(subject), _find_place(subject, table.days)
    if not enough or not len(tried.words):
        none = np.zeros(0, dtype=np.int64)
        spans = Spans(none, none, none, none, np.zeros(0))
        return _gather([], spans, table, np.zeros((0, n_days), np.int64), len(tried.words), 0, enough)
    word, day, count = _count_cells(tried, place)
    spans = find_spans(word, day, count, table.totals, len(tried.words))
    one, any_word = math.log(n_days / CHANCE), math.log(n_days * len(tried.words) / CHANCE)
    spans = _take(spans, (spans.weight >= one) & (spans.last - spans.first + 1 >= LEAST_DAYS))
    session = list_sessions(subject)
    possible = np.unique(spans.word)
    candidates = take_words(tried, possible)
    clump = np.ones(len(tried.words))
    clump[possible] = measure_clumps(candidates, session)
    spans = _take(spans, spans.weight >= one * clump[spans.word])
    habits = spans.word[spans.last - spans.first + 1 > MOST_DAYS]
    spans = _take(spans, ~np.isin(spans.word, habits))
    spans = _take(spans, _stand_out(spans, word, day, count, table.totals))
    sure = spans.word[spans.weight >= any_word * clump[spans.word]]
    spans = _take(spans, np.isin(spans.word, sure))
    strongest = _find_strongest(spans)
    heaviest = strongest[np.lexsort((np.array(tried.words)[spans.word[strongest]], -spans.weight[strongest]))]
    leaders = spans.word[heaviest]
    candidates = take_words(candidates, np.searchsorted(possible, leaders))
    chosen = choose_apart(
        candidates, session, place, _mark_days(spans, leaders, n_days),
        (spans.first[heaviest], spans.last[heaviest]), MOST_WORDS,
    )  # fmt: skip
    shown = heaviest[chosen]
    shown = spans.word[shown[np.lexsort((-spans.weight[shown], spans.first[shown]))]]
    held = np.zeros((len(shown), n_days), dtype=np.int64)
    for k, one in enumerate(shown):
        here = slice(*np.searchsorted(word, [one, one + 1]))
        held[k, day[here]] = count[here]
    new = np.full(len(tried.words), -1)
    new[shown] = np.arange(len(shown))
    spans = _take(spans._replace(word=new[spans.word]), new[spans.word] >= 0)
    words = [tried.words[k] for k in shown]
    return _gather(words, spans, table, held, len(tried.words), len(leaders) - len(words), enough)


def _take_tried(subject: Subject) -> Vocabulary:
    vocabulary = read_vocabulary(subject)
    return take_words(vocabulary, np.flatnonzero(~vocabulary.everyday & (vocabulary.counts >= LEAST_COUNT)))


def _find_place(subject: Subject, days: Days) -> Ints:
    """Return the covered day of each row, -1 for none."""
    dates = subject.rows["date"].to_numpy().astype("datetime64[D]")
    if not len(days):
        return np.full(len(dates), -1, dtype=np.int64)
    since = (days - days[0]).astype(np.int64)
    table = np.full(int(since[-1]) + 3, -1, dtype=np.int64)  # one more day at either end, for all others
    table[since + 1] = np.arange(len(days))
    return np.asarray(table[np.clip((dates - days[0]).astype(np.int64) + 1, 0, len(table) - 1)])


def _count_cells(tried: Vocabulary, place: Ints) -> tuple[Ints, Ints, Ints]:
    """Return word, day and count of each word and covered day that meet, by word, then by day."""
    at = place[tried.row]
    word, day = tried.word[at >= 0].astype(np.int64), at[at >= 0]
    order = sort_by(day, word)
    word, day = word[order], day[order]
    starts = np.flatnonzero((np.diff(word, prepend=-1) != 0) | (np.diff(day, prepend=-1) != 0))
    count = np.diff(starts, append=len(word))
    return word[starts], day[starts], count.astype(np.int64)


def _take(spans: Spans, keep: NDArray[np.bool_] | NDArray[np.int64]) -> Spans:
    return Spans(spans.word[keep], spans.first[keep], spans.last[keep], spans.held[keep], spans.weight[keep])


def _stand_out(spans: Spans, word: Ints, day: Ints, count: Ints, totals: Ints) -> NDArray[np.bool_]:
    """Say of each burst whether the word comes three times as often in it, and at its ends, as beside it."""
    stands = np.zeros(len(spans.word), dtype=bool)
    for one in np.unique(spans.word):
        here = slice(*np.searchsorted(word, [one, one + 1]))
        held = np.bincount(day[here], weights=count[here], minlength=len(totals))
        own = np.flatnonzero(spans.word == one)
        bursting = np.zeros(len(totals), dtype=bool)
        for k in own:
            bursting[spans.first[k] : spans.last[k] + 1] = True
        rest = np.flatnonzero(~bursting)
        for k in own:
            first, last = int(spans.first[k]), int(spans.last[k])
            stands[k] = True
            for reach in (BESIDE, max(BESIDE, last - first + 1)):
                inside, beside = _find_sides(first, last, rest, reach)
                near, far = held[inside].sum(), ABOVE * held[beside].sum()
                stands[k] &= near * len(beside) >= far * len(inside)
                stands[k] &= near * totals[beside].sum() >= far * totals[inside].sum()
    return stands


def _find_sides(first: int, last: int, rest: Ints, reach: int) -> tuple[Ints, Ints]:
    """Return up to ``reach`` days of ``rest`` on either side, and as many days of the burst next to them."""
    place = int(np.searchsorted(rest, first))
    left, right = min(reach, place), min(reach, len(rest) - place)
    days = np.arange(first, last + 1)
    ends = np.concatenate([days[:left], days[max(0, len(days) - right) :]])
    return np.unique(ends), rest[place - left : place + right]


def _find_strongest(spans: Spans) -> Ints:
    """Return the place of each word's heaviest burst, the first of equals."""
    order = np.lexsort((spans.first, -spans.weight, spans.word))
    return np.asarray(order[np.diff(spans.word[order], prepend=-1) != 0], dtype=np.int64)


def _mark_days(spans: Spans, words: Ints, n_days: int) -> NDArray[np.bool_]:
    """Return (n_words, n_days): on which days each word bursts."""
    bursting = np.zeros((len(words), n_days), dtype=bool)
    rows = {int(word): k for k, word in enumerate(words)}
    for word, first, last in zip(spans.word, spans.first, spans.last, strict=True):
        bursting[rows[int(word)], first : last + 1] = True
    return bursting


def _gather(
    words: list[str], spans: Spans, table: DayTable, held: Ints, n_tried: int, n_alike: int, enough: bool
) -> Bursts:
    """Write the listed words' bursts and weeks as tables."""
    order = np.lexsort((spans.first, spans.word))
    strongest = np.isin(np.arange(len(spans.word)), _find_strongest(spans))
    spans, strongest = _take(spans, order), strongest[order]
    days, names = table.days, np.array([*words, ""], dtype=object)
    main = pd.DataFrame(
        {
            "word": names[spans.word],
            "first": days[spans.first].astype("datetime64[ms]"),
            "last": days[spans.last].astype("datetime64[ms]"),
            "days": (days[spans.last] - days[spans.first]).astype(np.int64) + 1,
            "count": spans.held,
            "weight": spans.weight,
            "strongest": strongest,
        }
    ).astype({"word": "str", "strongest": "bool"})
    monday = days - (days.astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday
    weeks = np.arange(monday[0], monday[-1] + 1, 7) if words else monday[:0]
    of_week = np.searchsorted(weeks, monday) if words else np.zeros(0, dtype=np.int64)
    counts = [np.bincount(of_week, weights=row, minlength=len(weeks)) for row in held]
    covered = np.bincount(of_week, minlength=len(weeks))
    bursting = np.zeros((len(words), len(weeks)), dtype=bool)
    for word, first, last in zip(spans.word, days[spans.first], days[spans.last], strict=True):
        bursting[word] |= (weeks + 6 >= first) & (weeks <= last)
    weekly = pd.DataFrame(
        {
            "word": np.repeat(names[:-1], len(weeks)),
            "week": np.tile(weeks, len(words)).astype("datetime64[ms]"),
            "count": np.concatenate([*counts, np.zeros(0)]).astype(np.int64),
            "covered_days": np.tile(covered, len(words)).astype(np.int64),
            "bursting": bursting.ravel(),
        }
    ).astype({"word": "str"})
    return Bursts(main, weekly, table, held, n_tried, n_alike, enough)
