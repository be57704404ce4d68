"""Which words each year holds, and which set it apart from the other years. All of it is private."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.distinctive import ENOUGH_Z, measure_log_odds
from pipeline.patterns.finding import Finding
from pipeline.patterns.subject import Subject
from pipeline.patterns.vocabulary import count_by, read_vocabulary, take_words
from pipeline.patterns.wording import join_and, spell_small
from pipeline.patterns.words import HOW as HOW_WORDS
from pipeline.patterns.words import LOWEST, choose_threshold, name_leader, note_whole_runs
from pipeline.patterns.years import count_by_year

N_WORDS_A_YEAR = 40  # of the commonest, and as many that set the year apart
ENOUGH_A_YEAR = 300  # activities, before a year's words are listed
MOST_IN_HEADLINE = 6
HOW = (
    f"{HOW_WORDS} What sets a year apart is measured by the log-odds of a word in it against all other "
    "years, with the whole archive as prior (Monroe, Colaresi and Quinn 2008): z is the difference over its "
    "standard deviation, and from 4 on a word is named."
)


def count_words_by_year(subject: Subject, n: int = N_WORDS_A_YEAR) -> pd.DataFrame:
    """List each year's words: year, word, count, z, rank; by year, what sets it apart most first.

    Of the words that reach the year's threshold those are listed that are among its ``n`` commonest or
    among the ``n`` with the largest ``z`` (0 where there is no other year); ``rank`` is the place by z,
    then by count. A year under 300 activities has no rows.
    """
    vocabulary = read_vocabulary(subject)
    content = ~vocabulary.everyday
    years, place = np.unique(subject.rows["year"].to_numpy(dtype=np.int64), return_inverse=True)
    n_rows = np.bincount(place, minlength=len(years))
    totals = np.bincount(place[vocabulary.row[content[vocabulary.word]]], minlength=len(years)).astype(float)
    shown = take_words(vocabulary, np.flatnonzero(content & (vocabulary.counts >= LOWEST)))
    counts = count_by(shown, place, len(years)).astype(float)
    whole, n_words = counts.sum(axis=0), float(totals.sum())
    frames = [pd.DataFrame({"year": [], "word": [], "count": [], "z": [], "rank": []})]
    for k in np.flatnonzero(n_rows >= ENOUGH_A_YEAR):
        of_year = counts[k]
        odds = measure_log_odds(of_year, whole - of_year, whole, totals[k], n_words - totals[k], n_words)
        z = odds.z if len(years) > 1 else np.zeros(len(whole))
        able = np.flatnonzero(of_year >= choose_threshold(int(n_rows[k])))
        by_z = sorted(able.tolist(), key=lambda w: (-z[w], -of_year[w], shown.words[w]))
        common = sorted(able.tolist(), key=lambda w: (-of_year[w], shown.words[w]))[:n]
        apart = {word for word in by_z[:n] if z[word] > 0}
        kept = [word for word in by_z if word in apart or word in set(common)]
        words = [shown.words[word] for word in kept]
        rank = np.arange(1, len(kept) + 1)
        frames.append(
            pd.DataFrame(
                {"year": int(years[k]), "word": words, "count": of_year[kept], "z": z[kept], "rank": rank}
            )
        )
    types = {"year": "int64", "word": "str", "count": "int64", "z": "float64", "rank": "int64"}
    return pd.concat([frame.astype(types) for frame in frames], ignore_index=True)


def find_words_by_year(frame: pd.DataFrame, subject: Subject) -> Finding:
    """Name the word that sets each year apart, or say that one word leads in every year."""
    coverage, nouns = subject.coverage, subject.nouns
    years = [int(year) for year in frame["year"].unique()]
    firsts = frame[frame["rank"] == 1]
    named = [str(word) for word, z in zip(firsts["word"], firsts["z"], strict=True) if z >= ENOUGH_Z]
    emphasis, mark = "", tuple(named)
    if not years:
        headline = f"No year holds {ENOUGH_A_YEAR} {nouns} with words in common yet"
        deck = f"A year’s words appear here after {ENOUGH_A_YEAR} {nouns}."
        certainty, alt = "Too few to compare years", f"Nothing is drawn: no year holds enough {nouns}."
    else:
        if named and not len(named) == len(years) > len(set(named)) == 1:
            headline = _say_named(named, firsts, len(years))
            deck = "The words that set each year apart from the others, by how sure the difference is (z)."
            certainty = f"Years with at least {ENOUGH_A_YEAR} {nouns}; words from a z of {ENOUGH_Z:.0f} on"
        else:
            headline, emphasis, mark = _say_leaders(frame, subject)
            deck = f"The words {subject.verb} most in each year; none sets one year clearly apart."
            if len(years) == 1:
                deck = f"The words {subject.verb} most; no other year holds enough to compare."
            certainty = f"Years with at least {ENOUGH_A_YEAR} {nouns}"
        highest = [f"{word} in {year}" for year, word in zip(firsts["year"], firsts["word"], strict=True)]
        alt = f"Words by year, by what sets each apart, {coverage.years}. Highest {join_and(highest)}."
    notes = [note_coverage(coverage), *note_whole_runs(read_vocabulary(subject))]
    skipped = [str(year) for year in np.unique(subject.rows["year"].to_numpy()) if int(year) not in years]
    if skipped and years:
        notes.append(("Left out", f"Under {ENOUGH_A_YEAR} {nouns}: {join_and(skipped)}."))
    return Finding(
        "words_by_year", "Words", headline, emphasis, deck, certainty, tuple(notes), alt, HOW,
        private=True, mark=mark,
    )  # fmt: skip


def _say_named(named: list[str], firsts: pd.DataFrame, n_years: int) -> str:
    """Write which words set years apart."""
    n_words = len(set(named))
    if len(named) == n_years and n_words < n_years:
        return f"In {spell_small(n_years)} years, {spell_small(n_words)} words took the first place"
    if len(named) == n_years and n_years <= MOST_IN_HEADLINE:
        return f"A word for every year: {', '.join(named)}"
    if len(named) == n_years:
        return f"A word for every year, from {named[0]} to {named[-1]}"
    sure = firsts[firsts["z"] >= ENOUGH_Z].nlargest(3, "z").sort_values("year")
    parts = [f"{word} in {year}" for year, word in zip(sure["year"], sure["word"], strict=True)]
    which = "A word that sets its year" if len(parts) == 1 else "Words that set their year"
    return f"{which} apart: {join_and(parts)}"


def _say_leaders(frame: pd.DataFrame, subject: Subject) -> tuple[str, str, tuple[str, ...]]:
    """Return headline, emphasis and mark by count, where no word sets a year apart."""
    years = [int(year) for year in frame["year"].unique()]
    ranked = frame.sort_values(["year", "count"], ascending=[True, False], kind="stable")
    leaders = [name_leader(ranked[ranked["year"] == year]) for year in years]
    named = [word for word in leaders if word is not None]
    if len(named) == len(years) and len(set(named)) == 1:
        which = f"of {years[0]}" if len(years) == 1 else "in every year"
        return f"“{named[0]}” leads the words {which}", named[0], tuple(named)
    about = "asked about" if subject.verb == "searched" else subject.verb
    return f"What was {about}, year by year", "", ()


def answer_words_by_year(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give each year's commonest words; extra: years, what the archive holds of each of them."""
    frame = count_words_by_year(subject)
    years = count_by_year(subject)[["year", "searches", "covered_days", "first", "last"]]
    held = years[years["year"].isin(frame["year"])].reset_index(drop=True)
    return Answer({MAIN: frame, "years": held}, find_words_by_year(frame, subject))
