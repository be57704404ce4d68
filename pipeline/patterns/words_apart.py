"""Which words belong to the night or to the day, to the weekend or to workdays. All of it is private."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import HOW_DRAWN, count_blocks, draw_weights, find_interval, widen
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import as_days
from pipeline.patterns.distinctive import measure_log_odds
from pipeline.patterns.finding import Finding
from pipeline.patterns.sequences import Ints
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.vocabulary import Vocabulary, count_by, read_vocabulary, take_words
from pipeline.patterns.wording import say_hours
from pipeline.patterns.words import LOWEST, choose_threshold, note_whole_runs

Floats = NDArray[np.float64]
NIGHT, DAY = (21, 5), (9, 17)  # clock hours; between them words are neither
PAIRS = (("night", "day"), ("weekend", "workday"))
WHEN = {"night": "by night", "day": "by day", "weekend": "at weekends", "workday": "on workdays"}
N_WORDS = 7  # a side
N_TRIED_AGAIN = 14  # of a side, on days drawn again
ENOUGH_A_PART = 300  # activities
ENOUGH_DAYS = 42
CHANCE = 0.05  # that any word is listed where none differs
HOW = (
    f"The night is {say_hours(*NIGHT)}, the day {say_hours(*DAY)}. Words of the one are compared with those "
    "of the other by log-odds, with the whole archive as prior (Monroe, Colaresi and Quinn 2008); z is the "
    "difference over its standard deviation. A word is listed if its z is larger than chance would make "
    "that of any one of the words compared (in 95 of 100 archives), and so is its difference over its "
    f"spread where {HOW_DRAWN}."
)


class Apart(NamedTuple):
    """The words of parts of an archive, and each one's odds (drawn to the archive's) with an interval."""

    main: pd.DataFrame  # part, word, count, z
    odds: pd.DataFrame  # part, word, odds, low, high


def compare_parts(subject: Subject, rng: np.random.Generator) -> Apart:
    """List the words that the night, the day, the weekend and workdays have more of than their opposite.

    ``main``: part (night, day, weekend or workday), word, count (in that part), z; the largest z first in
    each part, at most seven. ``odds``: part, word, and its odds in the part over those in the opposite,
    with a 95 % interval over days. A pair with under 300 activities on one side has no rows.
    """
    rows, days = subject.rows, as_days(subject.days)
    main = [pd.DataFrame({"part": [], "word": [], "count": [], "z": []})]
    odds = [pd.DataFrame({"part": [], "word": [], "odds": [], "low": [], "high": []})]
    if len(days) >= ENOUGH_DAYS:
        vocabulary, weights = read_vocabulary(subject), draw_weights(days, rng)
        at = np.searchsorted(days, rows["date"].to_numpy().astype("datetime64[D]"))
        hour = rows["hour"].to_numpy(dtype=np.int64)
        off = np.isin(rows["weekday"].to_numpy(dtype=np.int64), subject.weekend)
        by_clock = np.where((hour >= NIGHT[0]) | (hour < NIGHT[1]), 0, -1)
        by_clock[(hour >= DAY[0]) & (hour < DAY[1])] = 1
        for pair, group in zip(PAIRS, (by_clock, np.where(off, 0, 1)), strict=True):
            if min(np.bincount(group[group >= 0], minlength=2)) >= ENOUGH_A_PART:
                for part, found in zip(pair, _compare(vocabulary, group, at, weights), strict=True):
                    main.append(found.main.assign(part=part))
                    odds.append(found.odds.assign(part=part))
    texts = {"part": "str", "word": "str"}
    types = ({"count": "int64", "z": "float64"}, dict.fromkeys(("odds", "low", "high"), "float64"))
    first, second = (
        pd.concat([frame.astype({**texts, **kinds})[[*texts, *kinds]] for frame in frames], ignore_index=True)
        for frames, kinds in zip((main, odds), types, strict=True)
    )
    return Apart(first, second)


def _compare(vocabulary: Vocabulary, group: Ints, at: Ints, weights: Floats) -> tuple[Apart, Apart]:
    """Return the words of group 0, then those of group 1; ``at`` is each row's day."""
    content = ~vocabulary.everyday
    shown = take_words(vocabulary, np.flatnonzero(content & (vocabulary.counts >= LOWEST)))
    of_word = content[vocabulary.word]
    n_days = weights.shape[1]
    cell = np.where(group >= 0, at * 3 + group, at * 3 + 2)  # by day: the one, the other, neither
    totals = np.bincount(cell[vocabulary.row[of_word]], minlength=n_days * 3).reshape(n_days, 3)
    counts = count_by(shown, np.where(group >= 0, group, 2), 3).astype(float)
    whole, n = counts.sum(axis=0), totals.sum(axis=0).astype(float)
    odds = measure_log_odds(counts[0], counts[1], whole, n[0], n[1], float(n.sum()))
    tried = whole >= choose_threshold(len(group))
    enough = NormalDist().inv_cdf(1 - CHANCE / 2 / max(int(tried.sum()), 1))
    places = np.flatnonzero(tried & (np.abs(odds.z) >= enough))
    places = places[np.argsort(-np.abs(odds.z[places]), kind="stable")]
    sides = [places[odds.z[places] * sign > 0][:N_TRIED_AGAIN] for sign in (1, -1)]
    chosen = np.concatenate(sides)
    by_day = count_by(take_words(shown, chosen), cell, n_days * 3).reshape(n_days, 3, len(chosen))
    drawn = [weights @ by_day[:, k].astype(float) for k in (0, 1)]
    prior = weights @ by_day.sum(axis=1).astype(float)
    of_all = weights @ totals.astype(float)
    again = measure_log_odds(
        drawn[0], drawn[1], prior, of_all[:, :1], of_all[:, 1:2], of_all.sum(axis=1, keepdims=True)
    ).delta
    delta = odds.delta[chosen]
    again = widen(again, delta, count_blocks(n_days))
    holds = np.abs(delta) >= enough * np.maximum(again.std(axis=0), 1e-12)
    found = []
    for k, side in enumerate(sides):
        kept = [w for w in range(len(chosen)) if chosen[w] in side and holds[w]][:N_WORDS]
        sign = 1 - 2 * k
        ends = [sorted(float(np.exp(sign * end)) for end in find_interval(again[:, w])) for w in kept]
        words = [shown.words[chosen[w]] for w in kept]
        main = {"word": words, "count": counts[k, chosen[kept]], "z": sign * odds.z[chosen[kept]]}
        ratios = {"word": words, "odds": np.exp(sign * delta[kept])}
        ratios |= {"low": [low for low, _ in ends], "high": [high for _, high in ends]}
        found.append(Apart(pd.DataFrame(main), pd.DataFrame(ratios)))
    return found[0], found[1]


def find_words_apart(apart: Apart, subject: Subject) -> Finding:
    """Name the word that most clearly comes more in one part, and that of its opposite."""
    coverage, nouns = subject.coverage, subject.nouns
    frame = apart.main
    emphasis, remarkable = "", 0.0
    mark: tuple[str, ...] = ()
    deck = "Words that one part has more of than its opposite; bars: how sure the difference is (z)."
    certainty = "Each word listed holds when stretches of two weeks are drawn again"
    if len(frame):
        first = frame.nlargest(1, "z").iloc[0]
        pair = next(pair for pair in PAIRS if first["part"] in pair)
        firsts = frame.drop_duplicates("part").set_index("part")["word"]
        named = [(str(firsts[part]), part) for part in pair if part in firsts.index]
        headline = f"“{named[0][0]}” comes up more {WHEN[named[0][1]]}"
        headline += f", “{named[1][0]}” {WHEN[named[1][1]]}" if len(named) == 2 else ""
        emphasis, mark = str(first["word"]), tuple(word for word, _ in named)
        odds = apart.odds[(apart.odds["part"] == first["part"]) & (apart.odds["word"] == first["word"])]
        remarkable = measure_remarkable(float(odds["low"].iloc[0]), float(odds["odds"].iloc[0]), 1.0)
        listed = [f"{word} ({part})" for part, word in firsts.items()]
        alt = f"Words by part of the clock and of the week, {coverage.years}. Highest {', '.join(listed)}."
    elif len(subject.days) < ENOUGH_DAYS or len(subject.rows) < 2 * ENOUGH_A_PART:
        headline = f"Too few {nouns} yet to tell the words of the night from those of the day"
        deck = f"It takes {ENOUGH_A_PART} {nouns} on either side, over six weeks."
        certainty, alt = "Too few to compare", f"Nothing is drawn: too few {nouns}."
    else:
        headline = "Night and day, weekend and workday share their words"
        certainty = "No word differs by more than chance would make one of so many differ"
        alt = "Nothing is drawn: no word comes clearly more in one part."
    notes = (
        note_coverage(coverage),
        ("How sure", certainty + "."),
        *note_whole_runs(read_vocabulary(subject)),
    )
    return Finding(
        "words_apart", "Words", headline, emphasis, deck, certainty, notes, alt, HOW, remarkable,
        private=True, mark=mark,
    )  # fmt: skip


def answer_words_apart(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the words of night and day, weekend and workday."""
    apart = compare_parts(subject, rng)
    return Answer({MAIN: apart.main, "odds": apart.odds}, find_words_apart(apart, subject))
