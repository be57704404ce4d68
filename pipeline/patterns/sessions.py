"""How activities come together in sessions: the pauses between them, and how many one session holds."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import HOW_DRAWN, count_blocks, draw_weights, find_interval, widen
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import as_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.pauses import ENOUGH_PAUSES, Limit, Pauses, find_limit, list_pauses, say_limit
from pipeline.patterns.reformulations import find_reformulations
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    NO_BREAK,
    count_noun,
    say_count,
    say_pause,
    say_percent,
    say_percents,
    say_too_few,
)

ENOUGH_SESSIONS = 30  # before their sizes are put into words
STEP = 0.1  # powers of ten in a bar of the histogram
GOLDEN = 0.6180339887498949  # whose multiples fill the span from 0 to 1 evenly
MOST_LOGS = 6.6  # longer pauses, over six weeks, stand in the last bar
SIZES = (1, 2, 3, 4, 5, 10)  # the first of each class of searches in a session
SIZE_NAMES = ("1", "2", "3", "4", "5–9", "10 or more")
FIT_COLUMNS = ["component", "weight", "mean", "sd"]
HOW = (
    "A pause is the time from one entry to the next; those that hold days outside the archive are left "
    "out. A new session begins after a pause longer than the limit. The limit is the lowest place between "
    "two log-normal heaps fitted to all pauses (Halfaker and others 2015); where they do not fit, or no "
    f"valley parts them, it is 30 minutes, by convention. For the intervals, {HOW_DRAWN}."
)


def count_pauses(pauses: Pauses, limit: Limit) -> pd.DataFrame:
    """Count pauses by length: seconds (each class's lower end, ten classes to a power of ten), gaps, within.

    ``within`` counts those that part no sessions. Classes run without a hole from the shortest pause to
    the longest; pauses under a second stand in the first class. Whole seconds are spread evenly over
    theirs, else some of the shortest classes would stand empty between full ones.
    """
    seconds = np.maximum(pauses.seconds[pauses.known], 1.0)
    spread = np.where(seconds % 1 == 0, GOLDEN * np.arange(len(seconds)) % 1 - 0.5, 0.0)
    logs = np.log10(np.maximum(seconds + spread, 1.0))
    place = np.floor(np.minimum(logs, MOST_LOGS) / STEP + 1e-9).astype(np.int64)
    first, last = (int(place.min()), int(place.max())) if len(place) else (0, -1)
    n = last - first + 1
    within = seconds <= limit.seconds
    return pd.DataFrame(
        {
            "seconds": 10 ** (STEP * np.arange(first, last + 1)),
            "gaps": np.bincount(place - first, minlength=n).astype(np.int64),
            "within": np.bincount((place - first)[within], minlength=n).astype(np.int64),
        }
    )


def list_fit(limit: Limit) -> pd.DataFrame:
    """Return the two fitted heaps: component (within, between), weight, mean and sd of the log10 seconds."""
    if limit.mixture is None:
        return pd.DataFrame({name: pd.Series([], dtype=float) for name in FIT_COLUMNS}).astype(
            {"component": "str"}
        )
    weight, mean, sd = (part[0] for part in limit.mixture)
    names = pd.Series(["within", "between"], dtype="str")
    return pd.DataFrame({"component": names, "weight": weight, "mean": mean, "sd": sd})


def number_sessions(pauses: Pauses, seconds: float) -> NDArray[np.int64]:
    """Return (n,): each activity's session, from 0, in order of time; an unknown pause parts two as well."""
    if len(pauses.order) == 0:
        return np.zeros(0, dtype=np.int64)
    parts = ~pauses.known | (pauses.seconds > seconds)
    return np.concatenate([[0], np.cumsum(parts)]).astype(np.int64)


def list_sessions(subject: Subject, pauses: Pauses, seconds: float) -> pd.DataFrame:
    """List the sessions. Columns: first and last (local), searches, seconds, first_query, last_query.

    The last two hold the owner's words: this table is for reading, never part of an answer.
    """
    session = number_sessions(pauses, seconds)
    opens = np.flatnonzero(np.diff(session, prepend=-1))
    closes = np.append(opens[1:], len(session)) - 1 if len(opens) else opens
    elapsed = np.concatenate([[0.0], np.cumsum(pauses.seconds)])
    rows = subject.rows
    begun, ended = pauses.order[opens], pauses.order[closes]
    return pd.DataFrame(
        {
            "first": rows["local"].to_numpy()[begun],
            "last": rows["local"].to_numpy()[ended],
            "searches": closes - opens + 1,
            "seconds": elapsed[closes] - elapsed[opens],
            "first_query": rows["text"].to_numpy()[begun],
            "last_query": rows["text"].to_numpy()[ended],
        }
    )


def count_sizes(
    subject: Subject, pauses: Pauses, session: NDArray[np.int64], rng: np.random.Generator
) -> pd.DataFrame:
    """Count sessions by how much they hold: searches (1 … 4, 5–9, 10 or more), sessions, share, low, high.

    The interval (95 %) is by the bootstrap over stretches of the days on which sessions begin.
    """
    size, days = np.bincount(session), as_days(subject.days)
    kind = np.searchsorted(SIZES, size, side="right") - 1
    sessions = np.bincount(kind, minlength=len(SIZES))
    share, low, high = (np.full(len(SIZES), np.nan) for _ in range(3))
    if len(size):
        share = sessions / sessions.sum()
        opens = np.flatnonzero(np.diff(session, prepend=-1))
        cell = pauses.day[opens] * len(SIZES) + kind
        by_day = np.bincount(cell, minlength=len(days) * len(SIZES)).reshape(len(days), len(SIZES))
        sums = draw_weights(days, rng) @ by_day.astype(float)
        drawn = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1.0)
        drawn = np.clip(widen(drawn, share, count_blocks(len(days))), 0.0, 1.0)
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    names = pd.Series(SIZE_NAMES, dtype="str")
    return pd.DataFrame({"searches": names, "sessions": sessions, "share": share, "low": low, "high": high})


def summarise(
    subject: Subject, pauses: Pauses, session: NDArray[np.int64], rng: np.random.Generator
) -> pd.DataFrame:
    """Return one row: sessions, median_minutes, reformulations_share, low, high.

    The minutes are those from first to last of sessions of two or more; NaN without such a session. The
    interval (95 %) of the share is by the bootstrap over stretches of days.
    """
    n = int(session[-1]) + 1 if len(session) else 0
    inside = np.diff(session) == 0
    length = np.bincount(session[1:][inside], weights=pauses.seconds[inside], minlength=n)
    several = np.bincount(session, minlength=n) > 1
    median = float(np.median(length[several])) / 60 if several.any() else math.nan
    share = low = high = math.nan
    follows, reworded = find_reformulations(subject, pauses.order, session)
    if follows.any():
        days = as_days(subject.days)
        later = pauses.day[1:]
        counts = [np.bincount(later[which], minlength=len(days)) for which in (reworded, follows)]
        sums = draw_weights(days, rng) @ np.stack(counts, axis=1).astype(float)
        share = float(counts[0].sum() / counts[1].sum())
        drawn = np.clip(widen(sums[:, 0] / np.maximum(sums[:, 1], 1.0), share, count_blocks(len(days))), 0, 1)
        low, high = find_interval(drawn)
    return pd.DataFrame(
        {
            "sessions": [n], "median_minutes": [median], "reformulations_share": [share], "low": [low],
            "high": [high],
        }
    )  # fmt: skip


def find_sessions(
    limit: Limit, sizes: pd.DataFrame, summary: pd.DataFrame, n_pauses: int, subject: Subject
) -> Finding:
    """Say how long a pause parts two sessions, and whether the pauses themselves say so.

    The limit is a measure of the method rather than of the owner: it never stands out.
    """
    coverage, noun, nouns = subject.coverage, subject.noun, subject.nouns
    deck = f"Time between one {noun} and the next, on a logarithmic scale, and {nouns} in a session."
    notes = [note_coverage(coverage)]
    if n_pauses < ENOUGH_PAUSES:
        headline = say_too_few(len(subject.rows), noun, nouns, "to tell sessions apart")
        deck = f"Sessions are told apart after {ENOUGH_PAUSES} pauses between one {noun} and the next."
        certainty = f"{say_count(n_pauses)} of the {ENOUGH_PAUSES} pauses that it takes"
        alt = f"Nothing is drawn: too few pauses between {nouns}."
        notes.append(("How sure", certainty + "."))
        return Finding("sessions", "Sessions", headline, "", deck, certainty, tuple(notes), alt, HOW)
    said = say_limit(limit.seconds)
    headline = f"A pause of more than {said} starts a new session"
    emphasis = ""
    mark: tuple[int, ...] = ()
    if limit.fitted:
        emphasis, mark = said, (limit.seconds,)
        low, high = say_pause(limit.low, down=True), say_pause(limit.high, down=False)
        certainty = f"Between {_drop_unit(low, high)} and {high}"
        notes.append((f"Why {said}", "Pauses fall into two heaps; the valley between them sets the limit."))
        notes.append(("How sure", certainty + " with 95\u00a0% confidence."))
    else:
        headline += ", by convention"
        certainty = "The pauses do not fall into two clear heaps"
        notes.append((f"Why {said}", certainty + "; then half an hour is usual."))
    n = int(summary["sessions"].iloc[0])
    notes.append(("Sessions", _say_sessions(n, sizes, summary, subject)))
    alt = (
        f"Histogram, time between one {noun} and the next, {coverage.years}, with the limit at {said}; bars, "
        f"share of sessions by their number of {nouns}. Highest {_name_fullest(sizes, subject)}."
    )
    return Finding(
        "sessions", "Sessions", headline, emphasis, deck, certainty, tuple(notes), alt, HOW, mark=mark
    )  # fmt: skip


def _say_sessions(n: int, sizes: pd.DataFrame, summary: pd.DataFrame, subject: Subject) -> str:
    text = count_noun(n, "session", "sessions")
    if n < ENOUGH_SESSIONS:
        return f"{text}."
    share, low, high = (float(sizes[name].iloc[0]) for name in ("share", "low", "high"))
    text += f"; {say_percent(share)} of them hold one {subject.noun}"
    between = say_percents(low, high, "and")
    text += f", between {between}." if " and " in between else "."
    minutes = float(summary["median_minutes"].iloc[0])
    if math.isfinite(minutes):
        text += f" Of the others, half last more than {say_pause(60 * minutes)}."
    reworded, low, high = (float(summary[name].iloc[0]) for name in ("reformulations_share", "low", "high"))
    if math.isfinite(reworded):
        text += f" Within a session, {say_percent(reworded)} of the later {subject.nouns} (between "
        text += f"{say_percents(low, high, 'and')}) share a word with "
        text += f"the {subject.noun} before and are not the same again; everyday words do not count."
    return text


def _drop_unit(low: str, high: str) -> str:
    """Leave out the unit of the lower end where it is the upper one's too."""
    number, _, unit = low.partition(NO_BREAK)
    return number if high.split(NO_BREAK)[1:] == [unit] else low


def _name_fullest(sizes: pd.DataFrame, subject: Subject) -> str:
    best = int(sizes["sessions"].to_numpy().argmax())
    which = subject.noun if best == 0 else subject.nouns
    return f"{sizes['searches'].iloc[best]} {which}, {say_percent(float(sizes['share'].iloc[best]))}"


def answer_sessions(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the histogram of pauses; extras: fit, limit (seconds, fitted, low, high), sizes, summary."""
    pauses = list_pauses(subject)
    n_pauses = int(pauses.known.sum())
    limit = find_limit(pauses, subject, rng)
    session = number_sessions(pauses, limit.seconds)
    sizes, summary = count_sizes(subject, pauses, session, rng), summarise(subject, pauses, session, rng)
    found = {name: [getattr(limit, name)] for name in ("seconds", "fitted", "low", "high")}
    frames = {
        MAIN: count_pauses(pauses, limit),
        "fit": list_fit(limit),
        "limit": pd.DataFrame(found),
        "sizes": sizes,
        "summary": summary,
    }
    if n_pauses < ENOUGH_PAUSES:
        frames = {name: frame.iloc[:0] for name, frame in frames.items()}
    return Answer(frames, find_sessions(limit, sizes, summary, n_pauses, subject))
