"""Which words the owner's activities hold, in all and year by year. All of it is private."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.tokens import iter_words
from pipeline.patterns.wording import begin, count_noun, join_and, say_count, spell_small

N_WORDS, N_WORDS_A_YEAR = 100, 40
ENOUGH_A_YEAR = 300  # activities, before a year's words are listed
ENOUGH_FOR_CLOUD = 30  # words; below, the picture is a list
ROWS_PER_THRESHOLD = 600  # the threshold is one in so many activities …
LOWEST, HIGHEST = 2, 100  # … but at least 2, and at most the article's 100
HOW = (
    "A word counts once for every activity that holds it. Letters and digits of any script in a run make a word, in "
    "lower case; addresses, bare numbers and the function words of seven languages are left out. A word is shown "
    "from one in 600 activities on (at least 2, at most 100)."
)


def count_words(texts: Iterable[str | None]) -> pd.DataFrame:
    """Count in how many of the texts each word occurs: word, count; the commonest first, then by alphabet."""
    counts: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for text, n in Counter(text for text in texts if isinstance(text, str)).items():
        for word in {word.casefold(): word for word in iter_words(text)}.values():
            key = word.casefold()
            counts[key] += n
            if word != key:
                spellings[key][word] += n
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    words = [_choose_spelling(key, n, spellings.get(key)) for key, n in ranked]
    return pd.DataFrame(
        {"word": pd.Series(words, dtype="str"), "count": np.array([n for _, n in ranked], dtype=np.int64)}
    )


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


def count_words_by_year(subject: Subject, n: int = N_WORDS_A_YEAR) -> pd.DataFrame:
    """Count each year's ``n`` commonest words that reach its threshold: year, word, count.

    A year under 300 activities has no rows.
    """
    frames = [
        pd.DataFrame(
            {
                "year": np.zeros(0, np.int64),
                "word": pd.Series([], dtype="str"),
                "count": np.zeros(0, np.int64),
            }
        )
    ]
    for year, rows in subject.rows.groupby("year", sort=True):
        if len(rows) < ENOUGH_A_YEAR:
            continue
        counted = count_words(rows["text"])
        counted = counted[counted["count"] >= choose_threshold(len(rows))].head(n)
        counted.insert(0, "year", np.full(len(counted), int(str(year)), dtype=np.int64))
        frames.append(counted)
    return pd.concat(frames, ignore_index=True)


def find_words(frame: pd.DataFrame, subject: Subject) -> Finding:
    """Name the commonest word, if one is, and say what the picture shows."""
    coverage, nouns = subject.coverage, subject.nouns
    asked = "asked about" if subject.verb == "searched" else subject.verb
    threshold = choose_threshold(coverage.n_rows)
    emphasis, remarkable = "", 0.0
    mark: tuple[str, ...] = ()
    if len(frame) == 0:
        headline = f"No word comes up {'twice' if threshold == 2 else f'{threshold} times'} yet"
        deck = f"Words appear here once they come up in {say_count(threshold)} {nouns}."
        certainty, alt = (
            "Too few words to compare",
            f"Nothing is drawn: no word of {nouns} is frequent enough.",
        )
        if coverage.n_rows == 0:
            headline = f"No {nouns} to count yet"
    else:
        words, counts = list(frame["word"]), frame["count"].to_numpy(dtype=np.int64)
        alone = len(counts) == 1 or counts[0] > counts[1]
        headline = f"What was {asked}, {coverage.years}"
        if alone:
            emphasis, mark = str(words[0]), (str(words[0]),)
            headline = f"“{emphasis}” leads the words, in {count_noun(int(counts[0]), subject.noun, nouns)}"
        if len(counts) > 1:
            remarkable = measure_remarkable(
                float(counts[0] - 1.96 * counts[0] ** 0.5), float(counts[0]), float(counts[1])
            )
        n = (
            "hundred words"
            if len(words) == 100
            else f"{spell_small(len(words))} word{'s' if len(words) > 1 else ''}"
        )
        shown = "size follows the count" if len(words) >= ENOUGH_FOR_CLOUD else "a list, for want of words"
        deck = f"The {n} {subject.verb} most; {shown}." + (" Red: the most frequent." if alone else "")
        certainty = f"Words in at least {count_noun(threshold, subject.noun, nouns)}"
        alt = f"Words, sized by count, {coverage.years}. Highest {words[0]}, {say_count(int(counts[0]))}."
    notes = (note_coverage(coverage), ("How sure", f"{begin(certainty)}; everyday words are left out."))
    return Finding(
        "words", "Words", headline, emphasis, deck, certainty, notes, alt, HOW, remarkable, private=True, mark=mark
    )  # fmt: skip


def find_words_by_year(frame: pd.DataFrame, subject: Subject) -> Finding:
    """Name each year's commonest word, or say that one word leads in every year."""
    coverage, nouns = subject.coverage, subject.nouns
    firsts = frame.drop_duplicates("year")
    years, leaders = [int(year) for year in firsts["year"]], [str(word) for word in firsts["word"]]
    emphasis = ""
    if not years:
        headline = f"No year holds {ENOUGH_A_YEAR} {nouns} yet"
        deck = f"A year’s words appear here after {ENOUGH_A_YEAR} {nouns}."
        certainty, alt = (
            "Too few to compare years",
            f"Nothing is drawn: no year holds {ENOUGH_A_YEAR} {nouns}.",
        )
    else:
        if len(years) == 1:
            headline, emphasis = f"“{leaders[0]}” leads the words of {years[0]}", leaders[0]
        elif len(set(leaders)) == 1:
            headline, emphasis = f"“{leaders[0]}” leads the words in every year", leaders[0]
        elif len(years) <= 6:
            headline = f"The first word of each year: {', '.join(leaders)}"
        else:
            headline = (
                f"{begin(spell_small(len(set(leaders))))} words lead in {spell_small(len(years))} years"
            )
        deck = f"The words {subject.verb} most in each year; size follows the count. Red: the year’s first."
        certainty = f"Years with at least {ENOUGH_A_YEAR} {nouns}"
        alt = f"Words by year, sized by count. {join_and([f'{y}: {w}' for y, w in zip(years, leaders, strict=True)])}."
    notes = [note_coverage(coverage)]
    skipped = sorted({int(year) for year in subject.rows["year"].unique()} - set(years))
    if skipped and years:
        notes.append(("Left out", f"Under {ENOUGH_A_YEAR} {nouns}: {', '.join(map(str, skipped))}."))
    return Finding(
        "words_by_year", "Words", headline, emphasis, deck, certainty, tuple(notes), alt, HOW, private=True,
        mark=tuple(leaders),
    )  # fmt: skip
