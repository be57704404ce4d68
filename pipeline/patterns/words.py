"""Which words the owner's activities hold. All of it is private."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import count_blocks, draw_weights, find_interval, widen
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import count_all_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.segment import KOREAN, name_scripts
from pipeline.patterns.sequences import Ints
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.vocabulary import Vocabulary, count_days, list_vocabulary, read_vocabulary
from pipeline.patterns.wording import count_noun, join_and, say_count, spell_small

N_WORDS = 100
ENOUGH_FOR_CLOUD = 30  # words; below, the picture is a list
ROWS_PER_THRESHOLD = 600  # the threshold is one in so many activities …
ENOUGH_DAYS_FOR_LEADER = 14  # covered or with an entry, before the first word's lead is measured
LOWEST, HIGHEST = 2, 100  # … but at least 2, and at most the article's 100
HOW = (
    "A word counts once for every activity that holds it. Letters and digits of any script in a run make a "
    "word, in lower case, and so does an emoji; addresses, bare numbers and function words are left out: "
    "those of English, and of 28 other languages where the texts show them. Words that mostly stand side by "
    "side count as one (by the log-likelihood ratio of their pair). Chinese, Japanese and Thai, which write "
    "without spaces, are cut into words by a statistical model, now and then in the wrong place. "
    "A word is shown if one in 600 activities holds it (at least 2, at most 100)."
)


def count_words(texts: Iterable[str | None]) -> pd.DataFrame:
    """Count in how many of the texts each word occurs: word, count; the commonest first, then by alphabet."""
    return rank_words(list_vocabulary(pd.Series(list(texts), dtype="object")))


def rank_words(vocabulary: Vocabulary, least: int = 1) -> pd.DataFrame:
    """Return word and count of those met ``least`` times, function words left out; the commonest first."""
    counts = vocabulary.counts
    kept = np.flatnonzero(~vocabulary.everyday & (counts >= least))
    ranked = sorted(kept.tolist(), key=lambda k: (-counts[k], vocabulary.words[k]))
    words = pd.Series([vocabulary.words[k] for k in ranked], dtype="str")
    return pd.DataFrame({"word": words, "count": counts[ranked].astype(np.int64)})


def find_places(words: Iterable[str], vocabulary: Vocabulary) -> Ints:
    """Return where each of the words stands in the vocabulary."""
    wanted = list(words)
    known = set(wanted)
    places = {word: k for k, word in enumerate(vocabulary.words) if word in known}
    return np.array([places[word] for word in wanted], dtype=np.int64)


def note_whole_runs(vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """Return the margin note on scripts that could not be cut into words, if the texts hold any."""
    sentences, scripts = [], name_scripts(vocabulary.unsplit)
    if scripts:
        verb = "is" if len(scripts) == 1 else "are"
        sentences.append(
            f"{join_and(scripts)} {verb} written without spaces; here a whole run of letters is one word."
        )
    if KOREAN in vocabulary.unsplit:
        sentences.append(
            "Korean words end at spaces, and particles come off by a rule; compounds stay whole unless "
            "kiwipiepy is installed."
        )
    return (("Not cut into words", " ".join(sentences)),) if sentences else ()


def choose_threshold(n_rows: int) -> int:
    """Return how often a word must occur to be shown in an archive of this size."""
    return min(HIGHEST, max(LOWEST, n_rows // ROWS_PER_THRESHOLD))


def count_top_words(subject: Subject, n: int = N_WORDS) -> pd.DataFrame:
    """Count the ``n`` commonest words that reach the threshold: word, count."""
    least = choose_threshold(len(subject.rows))
    return rank_words(read_vocabulary(subject), least).head(n).reset_index(drop=True)


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
    vocabulary = read_vocabulary(subject)
    counts = count_days(vocabulary, subject, find_places(frame["word"], vocabulary)).astype(float)
    drawn = draw_weights(table.days, rng) @ counts
    with np.errstate(invalid="ignore", divide="ignore"):
        value = counts[:, 0].sum() / counts[:, 1:].sum(axis=0).max()
        ratios = drawn[:, 0] / drawn[:, 1:].max(axis=1)
    return float(value), find_interval(widen(ratios, value, count_blocks(len(table.days))))[0]


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
    sure = ("How sure", f"{certainty}; everyday words are left out.")
    notes = (note_coverage(coverage), sure, *note_whole_runs(read_vocabulary(subject)))
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
