"""One interest after another: the words that come in bursts, as Kleinberg’s automaton dates them.

Days that are not covered cost nothing and end no burst: the automaton goes from one covered day to the next.
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.automaton import Floats
from pipeline.patterns.bootstrap import HOW_DRAWN, count_blocks, draw_weights, find_interval, widen
from pipeline.patterns.bursts_listed import ENOUGH_DAYS, Bursts, list_bursts
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import as_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.sequences import Ints
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.vocabulary import read_vocabulary
from pipeline.patterns.wording import (
    count_noun,
    join_and,
    say_count,
    say_rate,
    say_rates,
    say_short_months,
    say_too_few,
    spell_small,
)
from pipeline.patterns.words import note_whole_runs

MOST_NAMED = 5
MANY_TIMES = 20  # from here on the interval's upper end says nothing
HOW = (
    "A word is at rest, at its share of the whole archive, or in a burst, at twice that share; each day’s "
    "count tells for one or the other, and going into a burst has a price that grows with the number of "
    "covered days (Kleinberg 2002: two states, s = 2, γ = 1). The cheapest sequence of states over all "
    "covered days dates the bursts; days that are not covered neither count nor end one. A burst’s weight is "
    "the logarithm of how much better it explains its days. A word is shown if a burst of it weighs more "
    "than chance would give any one of the words tried, in 95 of 100 archives, what comes in one session "
    "counted together; if it lasts a week to two years, for what lasts longer is a habit; and if the word "
    "comes in it at least three times as often as just before and after. Everyday words are left out. Words "
    "that burst on nearly the same days, or at one time mostly in the same sessions, are one thing: the one "
    f"with the largest weight stands for all. For the interval, {HOW_DRAWN}, apart for the burst and for the "
    "other days."
)


class Rise(NamedTuple):
    """How many times as often as at other times a word comes in its strongest burst, with 95 % interval."""

    ratio: float  # 1 and NaN where there is no burst
    low: float
    high: float
    alone: bool  # at no other time


def measure_rise(found: Bursts, rng: np.random.Generator) -> Rise:
    """Compare a word’s share in the heaviest burst of all with that on the days outside all its bursts.

    Half a search is added to either count, so that a word of no other time has a ratio too.
    """
    if not len(found.main):
        return Rise(1.0, float("nan"), float("nan"), False)
    top = int(found.main["weight"].argmax())
    word = found.main["word"].iloc[top]
    held = found.held[list(dict.fromkeys(found.main["word"])).index(word)]
    days = found.table.days
    inside, outside = np.zeros(len(days), dtype=bool), np.ones(len(days), dtype=bool)
    for k in np.flatnonzero((found.main["word"] == word).to_numpy()):
        burst = found.main.iloc[k : k + 1]
        first, last = (as_days(pd.DatetimeIndex(burst[end]))[0] for end in ("first", "last"))
        span = (days >= first) & (days <= last)
        outside &= ~span
        if k == top:
            inside = span
    parts = [(days[part], held[part], found.table.totals[part]) for part in (inside, outside)]
    value = _ratio(*(_share(np.ones((1, len(part[0]))), part[1], part[2]) for part in parts))
    drawn = _ratio(*(_share(draw_weights(part[0], rng), part[1], part[2]) for part in parts))
    spread = widen(drawn, float(value[0]), count_blocks(int(inside.sum())))
    low, high = find_interval(spread)
    return Rise(exp(float(value[0])), exp(low), exp(high), not held[outside].any())


def _share(weights: Floats, held: Ints, totals: Ints) -> Floats:
    return np.asarray((weights @ held + 0.5) / (weights @ totals + 1.0))


def _ratio(inside: Floats, outside: Floats) -> Floats:
    return np.asarray(np.log(inside) - np.log(outside))


def name_in_turn(main: pd.DataFrame) -> list[str]:
    """Name by date up to five words whose strongest bursts do not overlap; the heaviest come first to it."""
    strongest = main[main["strongest"]]
    order = np.lexsort((strongest["word"].to_numpy(dtype=str), -strongest["weight"].to_numpy()))
    chosen = strongest.iloc[:0]
    for k in order:
        burst = strongest.iloc[k : k + 1]
        clear = (chosen["last"] < burst["first"].iloc[0]) | (chosen["first"] > burst["last"].iloc[0])
        if clear.all() and len(chosen) < MOST_NAMED:
            chosen = pd.concat([chosen, burst])
    return [str(word) for word in chosen.sort_values("first")["word"]]


def find_bursts(found: Bursts, rise: Rise, subject: Subject) -> Finding:
    """Name the things that came one after another, and how far the heaviest burst is from the usual."""
    coverage, nouns, main = subject.coverage, subject.nouns, found.main
    emphasis, remarkable = "", 0.0
    mark: tuple[str, ...] = ()
    named: list[str] = []
    vocabulary = read_vocabulary(subject)
    notes = [note_coverage(coverage)]
    deck = f"Words {subject.verb} far more often than usual, and when. "
    deck += f"Solid: the burst. Pale: {nouns} a week."
    if len(main):
        top = main.iloc[[int(main["weight"].argmax())]]
        emphasis = str(top["word"].iloc[0])
        n, days = int(top["count"].iloc[0]), (top["first"].iloc[0].date(), top["last"].iloc[0].date())
        what = f"{count_noun(n, subject.noun, nouns)}, {say_short_months(*days)}"
        named, words = name_in_turn(main), list(dict.fromkeys(main["word"].astype(str)))
        if len(named) > 1:
            headline = f"One thing after another: {', '.join(named)}"
        else:
            headline = f"“{emphasis}” came in a burst: {what}"
        mark = (emphasis,)
        certainty = f"In its burst “{emphasis}” came {_say_rise(rise)}"
        remarkable = measure_remarkable(rise.low, rise.ratio, 1.0)
        sure = (
            f"{certainty}. In fewer than 5 of 100 archives would chance alone give any of "
            f"{count_noun(found.n_tried, 'word', 'words')} such a burst."
        )
        notes.append(("How sure", sure))
        if found.n_alike:
            others = count_noun(found.n_alike, "other word", "other words")
            why = "at the same times or in the same sessions as one of these, or with less weight"
            notes.append(("Not shown", f"{others} burst too: {why}."))
        ordered = main[main["strongest"]].sort_values("weight", ascending=False)["word"].astype(str).tolist()
        alt = f"Rows, {nouns} a week with {_say_words(len(words))}, {coverage.years}."
        alt += f" The heaviest burst: {emphasis}, {what}."
        if len(ordered) > 1:
            alt += f" Then {join_and(ordered[1:4])}."
    elif not found.enough:
        n_days = len(found.table.days)
        headline = say_too_few(n_days, "covered day", "covered days", "to tell a burst from the usual")
        deck = f"It takes {ENOUGH_DAYS} covered days, half a year."
        certainty, alt = "Too few to compare", f"Nothing is drawn: too few covered days of {nouns}."
    else:
        headline, alt = "No word comes in a burst", "Nothing is drawn: no word comes in a burst."
        certainty = "No burst weighs more than chance would make one of so many"
    return Finding(
        "bursts", "Words", headline, emphasis, deck, certainty, (*notes, *note_whole_runs(vocabulary)), alt,
        HOW, remarkable, private=True, mark=mark, named=tuple(named),
    )  # fmt: skip


def _say_words(n: int) -> str:
    return "one word" if n == 1 else f"each of {spell_small(n)} words"


def _say_rise(rise: Rise) -> str:
    """Write how many times as often as at other times a word came."""
    if rise.alone:
        return "as at no other time"
    if not np.isfinite(rise.low):
        return f"about {say_rate(rise.ratio)} times as often as at other times"
    if rise.low >= MANY_TIMES:
        return f"over {say_count(int(rise.low) // 10 * 10)} times as often as at other times"
    return f"{say_rates(rise.low, rise.high)} times as often as at other times"


def answer_bursts(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the words that come in bursts, and their weeks."""
    found = list_bursts(subject)
    return Answer(
        {MAIN: found.main, "weeks": found.weeks}, find_bursts(found, measure_rise(found, rng), subject)
    )
