"""Which words each year holds. All of it is private."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.finding import Finding
from pipeline.patterns.stop_words import choose_stop_words
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import join_and, spell_small
from pipeline.patterns.words import HOW, choose_threshold, count_words, name_leader, rank_words, tally_words

N_WORDS_A_YEAR = 40
ENOUGH_A_YEAR = 300  # activities, before a year's words are listed
MOST_IN_HEADLINE = 6


def count_words_by_year(subject: Subject, n: int = N_WORDS_A_YEAR) -> pd.DataFrame:
    """Count each year's ``n`` commonest words that reach its threshold: year, word, count.

    The commonest first in each year; a year under 300 activities has no rows.
    """
    years = subject.rows["year"].to_numpy(dtype=np.int64)
    tallies = {int(year): tally_words(subject.rows["text"][years == year]) for year in np.unique(years)}
    together: Counter[str] = Counter()
    for tally in tallies.values():
        together.update(tally.counts)
    stop_words = choose_stop_words(together, sum(tally.n_texts for tally in tallies.values()))
    frames = [count_words([]).assign(year=np.zeros(0, dtype=np.int64))]
    for year, tally in tallies.items():
        n_rows = int((years == year).sum())
        if n_rows >= ENOUGH_A_YEAR:
            counted = rank_words(tally, stop_words)
            counted = counted[counted["count"] >= choose_threshold(n_rows)].head(n)
            frames.append(counted.assign(year=np.full(len(counted), year, dtype=np.int64)))
    return pd.concat(frames, ignore_index=True)[["year", "word", "count"]]


def find_words_by_year(frame: pd.DataFrame, subject: Subject) -> Finding:
    """Name each year's commonest word, or say that one word leads in every year."""
    coverage, nouns = subject.coverage, subject.nouns
    years = [int(year) for year in frame["year"].unique()]
    leaders = [name_leader(frame[frame["year"] == year]) for year in years]
    named = [word for word in leaders if word is not None]
    emphasis = ""
    if not years:
        headline = f"No year holds {ENOUGH_A_YEAR} {nouns} with words in common yet"
        deck = f"A year’s words appear here after {ENOUGH_A_YEAR} {nouns}."
        certainty, alt = "Too few to compare years", f"Nothing is drawn: no year holds enough {nouns}."
    else:
        n_words = len(set(named))
        headline = f"What was {'asked about' if subject.verb == 'searched' else subject.verb}, year by year"
        if len(named) == len(years) == 1:
            headline, emphasis = f"“{named[0]}” leads the words of {years[0]}", named[0]
        elif len(named) == len(years) and n_words == 1:
            headline, emphasis = f"“{named[0]}” leads the words in every year", named[0]
        elif len(named) == len(years) <= MOST_IN_HEADLINE:
            headline = f"The first word of each year: {', '.join(named)}"
        elif len(named) == len(years):
            headline = (
                f"In {spell_small(len(years))} years, {spell_small(n_words)} words took the first place"
            )
        deck = f"The words {subject.verb} most in each year; size follows the count."
        if len(named) == len(years):
            deck += " Red: the year’s first."
        certainty = f"Years with at least {ENOUGH_A_YEAR} {nouns}"
        firsts = frame.drop_duplicates("year")
        highest = [f"{word} in {year}" for year, word in zip(firsts["year"], firsts["word"], strict=True)]
        alt = f"Words by year, sized by count, {coverage.years}. Highest {join_and(highest)}."
    notes = [note_coverage(coverage)]
    skipped = [str(year) for year in np.unique(subject.rows["year"].to_numpy()) if int(year) not in years]
    if skipped and years:
        notes.append(("Left out", f"Under {ENOUGH_A_YEAR} {nouns}: {join_and(skipped)}."))
    return Finding(
        "words_by_year", "Words", headline, emphasis, deck, certainty, tuple(notes), alt, HOW,
        private=True, mark=tuple(named),
    )  # fmt: skip


def answer_words_by_year(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give each year's commonest words."""
    frame = count_words_by_year(subject)
    return Answer({MAIN: frame}, find_words_by_year(frame, subject))
