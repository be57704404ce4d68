"""Which words the owner's activities hold. All of it is private."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import count_blocks, draw_weights, find_interval, widen
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import count_all_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.stop_words import choose_stop_words
from pipeline.patterns.subject import Subject
from pipeline.patterns.tokens import iter_words
from pipeline.patterns.wording import count_noun, say_count, spell_small

N_WORDS = 100
ENOUGH_FOR_CLOUD = 30  # words; below, the picture is a list
ROWS_PER_THRESHOLD = 600  # the threshold is one in so many activities …
ENOUGH_DAYS_FOR_LEADER = 14  # covered or with an entry, before the first word's lead is measured
LOWEST, HIGHEST = 2, 100  # … but at least 2, and at most the article's 100
HOW = (
    "A word counts once for every activity that holds it. Letters and digits of any script in a run "
    "make a word, in lower case; addresses, bare numbers and function words are left out: those of "
    "English, and of six other languages where the texts show them. A word is shown if one in 600 "
    "activities holds it (at least 2, at most 100)."
)


def count_words(texts: Iterable[str | None]) -> pd.DataFrame:
    """Count in how many of the texts each word occurs: word, count; the commonest first, then by alphabet."""
    tally = tally_words(texts)
    return rank_words(tally, choose_stop_words(tally.counts, tally.n_texts))


class Tally(NamedTuple):
    """How many texts hold each word, function words among them, by its case folding."""

    n_texts: int
    counts: Counter[str]
    spellings: dict[str, Counter[str]]  # those that differ from the case folding


def tally_words(texts: Iterable[str | None]) -> Tally:
    """Count every word of the texts, each once a text."""
    counts: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    different = Counter(text for text in texts if isinstance(text, str))
    for text, n in different.items():
        for key, word in {word.casefold(): word for word in iter_words(text)}.items():
            counts[key] += n
            if word != key:
                spellings[key][word] += n
    return Tally(different.total(), counts, dict(spellings))


def rank_words(tally: Tally, stop_words: frozenset[str]) -> pd.DataFrame:
    """Return word and count, the stop words left out; the commonest first, then by alphabet."""
    kept = [(key, n) for key, n in tally.counts.items() if key not in stop_words]
    ranked = sorted(kept, key=lambda item: (-item[1], item[0]))
    words = [_choose_spelling(key, n, tally.spellings.get(key)) for key, n in ranked]
    counts = np.array([n for _, n in ranked], dtype=np.int64)
    return pd.DataFrame({"word": pd.Series(words, dtype="str"), "count": counts})


def _choose_spelling(key: str, n: int, others: Counter[str] | None) -> str:
    """Return the spelling met most: straße rather than its case folding strasse."""
    if not others:
        return key
    word, most = max(others.items(), key=lambda item: (item[1], item[0]))
    return word if most >= n - others.total() else key


def choose_threshold(n_rows: int) -> int:
    """Return how often a word must occur to be shown in an archive of this size."""
    return min(HIGHEST, max(LOWEST, n_rows // ROWS_PER_THRESHOLD))


def count_top_words(subject: Subject, n: int = N_WORDS) -> pd.DataFrame:
    """Count the ``n`` commonest words that reach the threshold: word, count."""
    counted = count_words(subject.rows["text"])
    return counted[counted["count"] >= choose_threshold(len(subject.rows))].head(n).reset_index(drop=True)


def name_leader(counted: pd.DataFrame) -> str | None:
    """Return the commonest word of a ranked table, ``None`` where two share the first place."""
    counts = counted["count"].to_numpy(dtype=np.int64)
    alone = len(counts) == 1 or (len(counts) > 1 and counts[0] > counts[1])
    return str(counted["word"].iloc[0]) if alone else None


def measure_lead(frame: pd.DataFrame, subject: Subject, rng: np.random.Generator) -> tuple[float, float]:
    """Return the leader's count over that of the next word, and the lower end of its 95 % interval.

    Stretches of days are drawn again, because searches of one thing come together; each resample has
    its own next word. NaN twice under 14 days or without a second word.
    """
    table = count_all_days(subject)
    if len(table.days) < ENOUGH_DAYS_FOR_LEADER or len(frame) < 2:
        return math.nan, math.nan
    counts = _count_by_day(frame["word"], subject, table.days)
    drawn = draw_weights(table.days, rng) @ counts
    with np.errstate(invalid="ignore", divide="ignore"):
        value = counts[:, 0].sum() / counts[:, 1:].sum(axis=0).max()
        ratios = drawn[:, 0] / drawn[:, 1:].max(axis=1)
    return float(value), find_interval(widen(ratios, value, count_blocks(len(table.days))))[0]


def _count_by_day(words: Iterable[str], subject: Subject, days: np.ndarray) -> np.ndarray:
    """Return (n_days, n_words): how many of a day's texts hold each word."""
    places = {word.casefold(): k for k, word in enumerate(words)}
    counts = np.zeros((len(days), len(places)))
    at = np.searchsorted(days, subject.rows["date"].to_numpy().astype("datetime64[D]"))
    held: dict[str, list[int]] = {}
    for day, text in zip(at, subject.rows["text"], strict=True):
        if not isinstance(text, str):
            continue
        if text not in held:
            held[text] = list(
                {places[key] for word in iter_words(text) if (key := word.casefold()) in places}
            )
        counts[day, held[text]] += 1
    return counts


def find_words(frame: pd.DataFrame, subject: Subject, rng: np.random.Generator) -> Finding:
    """Name the commonest word, if one is, and say what the picture shows."""
    coverage, noun, nouns = subject.coverage, subject.noun, subject.nouns
    threshold = choose_threshold(coverage.n_rows)
    emphasis, remarkable = "", 0.0
    mark: tuple[str, ...] = ()
    if len(frame) == 0:
        headline = f"No word comes up in {say_count(threshold)} {nouns} yet"
        deck = f"A word appears here once it comes up in {say_count(threshold)} {nouns}."
        certainty, alt = (
            "Too few words to compare",
            f"Nothing is drawn: no word of {nouns} is frequent enough.",
        )
    else:
        counts, leader, n = frame["count"].to_numpy(dtype=float), name_leader(frame), len(frame)
        headline = (
            f"What was {'asked about' if subject.verb == 'searched' else subject.verb}, {coverage.years}"
        )
        shown = "size follows the count" if n >= ENOUGH_FOR_CLOUD else f"a cloud takes {ENOUGH_FOR_CLOUD}"
        words = "word" if n == 1 else "hundred words" if n == 100 else f"{spell_small(n)} words"
        deck = f"The {words} {subject.verb} most; {shown}."
        if leader:
            emphasis, mark = leader, (leader,)
            headline = f"“{leader}” leads the words, in {count_noun(int(counts[0]), noun, nouns)}"
            deck += " Red: the most frequent."
            value, low = measure_lead(frame, subject, rng)
            remarkable = measure_remarkable(low, value, 1.0)
        certainty = f"Words in at least {count_noun(threshold, noun, nouns)}"
        highest = f"{frame['word'].iloc[0]}, {say_count(int(counts[0]))}"
        alt = f"Words, sized by count, {coverage.years}. Highest {highest}."
    notes = (note_coverage(coverage), ("How sure", f"{certainty}; everyday words are left out."))
    return Finding(
        "words",
        "Words",
        headline,
        emphasis,
        deck,
        certainty,
        notes,
        alt,
        HOW,
        remarkable,
        private=True,
        mark=mark,
    )


def answer_words(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the commonest words."""
    frame = count_top_words(subject)
    return Answer({MAIN: frame}, find_words(frame, subject, rng))
