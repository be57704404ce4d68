"""Which queries were asked most, and which came back after the longest time. All of it is private."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.askings import Askings, list_askings
from pipeline.patterns.bootstrap import count_blocks, draw_weights, find_interval, widen
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import as_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import say_count, spell_small

N_QUERIES = 12
LEAST_TIMES = 3
ENOUGH_DAYS_FOR_LEADER = 14  # as for words
DAY = 86400.0  # seconds
LONG = 365  # days after which a return is worth a note
HOW = (
    "A query is asked again if its text is the same, upper and lower case apart; the same again within "
    "half an hour counts once. The longest time is that between one asking and the next, in days."
)


def count_queries(subject: Subject, askings: Askings, n: int = N_QUERIES) -> pd.DataFrame:
    """Count the ``n`` queries asked most, three times at least: query, times, first, last, longest_days.

    The text is as it was first asked; of equals the one asked first comes first. Dates are local days.
    """
    times = np.bincount(askings.query)
    top = _choose(askings, times, n)
    dates = subject.rows["date"].to_numpy().astype("datetime64[ms]")
    texts = subject.rows["text"].to_numpy(dtype=object)
    opening = np.full(len(times), len(askings.query), dtype=np.int64)
    np.minimum.at(opening, askings.query, np.arange(len(askings.query)))
    closing = np.zeros(len(times), dtype=np.int64)
    np.maximum.at(closing, askings.query, np.arange(len(askings.query)))
    longest = np.zeros(len(times))
    np.maximum.at(longest, askings.query, np.nan_to_num(askings.since))
    first, last = askings.row[opening[top]], askings.row[closing[top]]
    return pd.DataFrame(
        {
            "query": pd.Series([" ".join(str(text).split()) for text in texts[first]], dtype="str"),
            "times": times[top].astype(np.int64),
            "first": dates[first],
            "last": dates[last],
            "longest_days": np.floor(longest[top] / DAY).astype(np.int64),
        }
    )


def list_asked(subject: Subject, askings: Askings, n: int = N_QUERIES) -> pd.DataFrame:
    """List the days on which the queries of ``count_queries`` were asked: rank (0 is the first), date."""
    top = _choose(askings, np.bincount(askings.query), n)
    rank = np.full(int(askings.query.max(initial=-1)) + 1, -1, dtype=np.int64)
    rank[top] = np.arange(len(top))
    of = rank[askings.query]
    dates = subject.rows["date"].to_numpy().astype("datetime64[ms]")[askings.row[of >= 0]]
    frame = pd.DataFrame({"rank": of[of >= 0], "date": dates})
    return frame.sort_values(["rank", "date"], kind="stable").reset_index(drop=True)


def _choose(askings: Askings, times: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Return the numbers of the queries asked most; of equals those asked first."""
    opening = np.full(len(times), len(askings.query), dtype=np.int64)
    np.minimum.at(opening, askings.query, np.arange(len(askings.query)))
    often = np.flatnonzero(times >= LEAST_TIMES)
    order = np.lexsort((opening[often], -times[often]))
    return often[order[:n]]


def measure_lead(subject: Subject, askings: Askings, rng: np.random.Generator) -> tuple[float, float]:
    """Return the first query's times over the next one's, and the lower end of its 95 % interval.

    Stretches of days are drawn again; each resample has its own next query. NaN twice under 14 days.
    """
    days = as_days(subject.days)
    top = _choose(askings, np.bincount(askings.query), N_QUERIES)
    if len(days) < ENOUGH_DAYS_FOR_LEADER or len(top) < 2:
        return math.nan, math.nan
    asked = list_asked(subject, askings)
    at = np.searchsorted(days, asked["date"].to_numpy().astype("datetime64[D]"))
    k = len(top)
    cells = at * k + asked["rank"].to_numpy(dtype=np.int64)
    by_day = np.bincount(cells, minlength=len(days) * k).reshape(len(days), k).astype(float)
    drawn = draw_weights(days, rng) @ by_day
    value = float(by_day[:, 0].sum() / by_day[:, 1:].sum(axis=0).max())
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = drawn[:, 0] / drawn[:, 1:].max(axis=1)
    return value, find_interval(widen(ratios, value, count_blocks(len(days))))[0]


def find_repeated(
    frame: pd.DataFrame, askings: Askings, subject: Subject, rng: np.random.Generator
) -> Finding:
    """Name the query asked most, if one is, and the one that came back after the longest time."""
    coverage, noun, nouns = subject.coverage, subject.noun, subject.nouns
    asked = {"searched": "asked", "recorded": "repeated"}.get(subject.verb, subject.verb)
    notes = [note_coverage(coverage)]
    emphasis, remarkable = "", 0.0
    mark: tuple[str, ...] = ()
    if len(frame) == 0:
        headline = f"No {noun} was {asked} {spell_small(LEAST_TIMES)} times yet"
        deck = f"A {noun} appears here once it was {asked} {spell_small(LEAST_TIMES)} times."
        certainty, alt = "Too few repeats to compare", f"Nothing is drawn: no {noun} comes up often enough."
        return Finding(
            "repeated", "Words", headline, "", deck, certainty, tuple(notes), alt, HOW, private=True
        )  # fmt: skip
    times = frame["times"].to_numpy(dtype=np.int64)
    leader = str(frame["query"].iloc[0])
    alone = len(times) == 1 or times[0] > times[1]
    headline = f"The {nouns} {asked} most often"
    if alone:
        emphasis, mark = leader, (leader,)
        headline = f"“{leader}” was {asked} {say_count(int(times[0]))} times"
        value, low = measure_lead(subject, askings, rng)
        remarkable = measure_remarkable(low, value, 1.0)
    number = "The one" if len(frame) == 1 else f"The {spell_small(len(frame))}"
    deck = f"{number} {asked} most, each with the days on which it came."
    certainty = f"Each was {asked} at least {spell_small(int(times[-1]))} times"
    if note := _name_return(subject, askings):
        notes.append(("The longest return", note))
    notes.append(("How sure", certainty + "."))
    alt = (
        f"Dots, the days on which each of {len(frame)} {nouns} was {asked}, {coverage.years}. "
        f"Highest {leader}, {say_count(int(times[0]))} times."
    )
    return Finding(
        "repeated", "Words", headline, emphasis, deck, certainty, tuple(notes), alt, HOW, remarkable,
        private=True, mark=mark,
    )  # fmt: skip


def _name_return(subject: Subject, askings: Askings) -> str:
    """Name the query that came back after the longest time of all, if that is a year or more."""
    since = np.nan_to_num(askings.since)
    at = int(since.argmax())
    days = int(since[at] // DAY)
    if days < LONG:
        return ""
    text = " ".join(str(subject.rows["text"].iloc[int(askings.row[at])]).split())
    return f"“{text}” came back after {say_count(days)} days."


def answer_repeated(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the queries asked most; extra: asked, the days of each."""
    askings = list_askings(subject)
    frame = count_queries(subject, askings)
    frames = {MAIN: frame, "asked": list_asked(subject, askings)}
    return Answer(frames, find_repeated(frame, askings, subject, rng))
