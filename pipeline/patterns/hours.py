"""Which hours of the day are full, and which run of hours is quiet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import HOW_DRAWN, LIKELY, count_blocks, draw_weights, say_chance, widen
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import DayTable, count_all_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import begin, say_count, say_hour, say_hours, say_percent, say_percents

ENOUGH_FOR_SHARES = 500
ENOUGH_DAYS_FOR_HOURS = 14  # covered days before a peak or quiet hours are named
ENOUGH_FOR_PART = 7  # days with an entry before a part of the day is named
QUIET_SHARE, QUIET_HOURS = 0.05, 3  # a shorter run would hold as little by an even spread
PARTS = ("night", "morning", "afternoon", "evening")  # six hours each, from midnight
HOW = (
    f"Every activity counts in its clock hour of home time. For the interval, {HOW_DRAWN}. The quiet "
    "hours are the longest run of at least three hours that together hold less than 5\u00a0% of all, "
    "none of them half of what it would by an even spread."
)


def count_by_hour(subject: Subject, rng: np.random.Generator) -> pd.DataFrame:
    """Count by clock hour: hour 0–23, searches, share, low and high (95 %, bootstrap over stretches of days).

    Under 500 activities the last three are NaN; under 14 covered days low and high are.
    """
    days = count_all_days(subject)
    counts = days.counts.sum(axis=0)
    share, low, high = (np.full(24, np.nan) for _ in range(3))
    if counts.sum() >= ENOUGH_FOR_SHARES:
        share = counts / counts.sum()
        if len(subject.covered) >= ENOUGH_DAYS_FOR_HOURS:
            low, high = np.quantile(_resample_shares(days, rng), [0.025, 0.975], axis=0)
    return pd.DataFrame({"hour": np.arange(24), "searches": counts, "share": share, "low": low, "high": high})


def _resample_shares(days: DayTable, rng: np.random.Generator) -> np.ndarray:
    sums = draw_weights(days.days, rng) @ days.counts.astype(float)
    drawn = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1.0)
    whole = days.counts.sum(axis=0)
    return np.maximum(widen(drawn, whole / whole.sum(), count_blocks(len(days.days))), 0.0)


def find_quiet_hours(frame: pd.DataFrame) -> tuple[int, int] | None:
    """Return (start, end) of the longest run of hours that together hold less than 5 % of the searches.

    No hour of it may hold half of what it would by an even spread, lest an ordinary hour ride along
    with empty ones. ``end`` is exclusive and both are clock hours, so a run may pass midnight; of runs
    of one length the emptiest counts. ``None`` without intervals (too little to say) or where no run
    of three hours is so quiet.
    """
    if not np.isfinite(frame["low"]).all():
        return None
    counts = frame["searches"].to_numpy(dtype=np.int64)
    for length in range(23, QUIET_HOURS - 1, -1):
        runs = counts[(np.arange(24)[:, None] + np.arange(length)) % 24]
        sums = np.where(runs.max(axis=1) < counts.sum() / 48, runs.sum(axis=1), counts.sum())
        start = int(np.argmin(sums))
        if sums[start] < QUIET_SHARE * counts.sum():
            return start, (start + length) % 24
    return None


def find_hours(frame: pd.DataFrame, subject: Subject, rng: np.random.Generator) -> Finding:
    """Say when the peak comes, if it is one, and which hours are quiet, if some are."""
    counts = frame["searches"].to_numpy(dtype=np.int64)
    if counts.sum() < ENOUGH_FOR_SHARES:
        return _find_few(counts, subject, rng)
    coverage, nouns = subject.coverage, subject.nouns
    share = frame["share"].to_numpy(dtype=float)
    peak = int(np.argmax(share))
    known = bool(np.isfinite(frame["low"]).all())
    how_sure = _weigh_peak(peak, subject, rng) if known else ""
    part = name_part(peak)
    at = {"at": f"at {say_hour(peak)}", "around": f"around {say_hour(peak)}"}.get(how_sure, "")
    clause = f"The {part} peak comes {at}" if at else "No single hour is the peak"
    if not known:
        clause = f"It takes {ENOUGH_DAYS_FOR_HOURS} covered days to name a peak"
    mark: tuple[int, ...] = (peak,) if at else ()
    quiet = find_quiet_hours(frame)
    headline = clause
    if quiet:
        headline += f"; from {say_hours(*quiet)} there is almost nothing"
    deck = f"Share of all {nouns} by hour of the day"
    deck += ", with 95\u00a0% interval." if known else "."
    low, high = float(frame["low"].iloc[peak]), float(frame["high"].iloc[peak])
    certainty = f"The peak hour holds {say_percent(share[peak])}"
    certainty += f", between {say_percents(low, high, 'and')}"
    if not at:
        certainty = f"The hours hold {say_percents(share.min(), share.max())} each"
    if not known:
        certainty = (
            f"{say_count(len(subject.covered))} of the {ENOUGH_DAYS_FOR_HOURS} covered days that it takes"
        )
    notes = [note_coverage(coverage), ("How sure", certainty + ".")]
    remarkable = 0.0
    if quiet:
        inside = (np.arange(24) - quiet[0]) % 24 < (quiet[1] - quiet[0]) % 24
        held = float(share[inside].sum())
        notes.append(("Quiet hours", f"{begin(say_hours(*quiet))}: {say_percent(held)} of all {nouns}."))
        if at:
            remarkable = measure_remarkable(low, share[peak], float(share[~inside].mean()))
    elif at:
        remarkable = measure_remarkable(low, share[peak], 1 / 24)
    lowest = int(np.argmin(share))
    alt = (
        f"Bars, share of {nouns} by hour, {coverage.years}. "
        f"Highest {say_hour(peak)}, {say_percent(share[peak])}; "
        f"lowest {say_hour(lowest)}, {say_percent(share[lowest])}."
    )
    emphasis = say_hour(peak) if at else ""
    return Finding(
        "hours", "Hours", headline, emphasis, deck, certainty, tuple(notes), alt, HOW, remarkable, mark=mark
    )


def answer_hours(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the counts and shares by hour; extra: quiet, one row (start, end) or none."""
    frame = count_by_hour(subject, rng)
    quiet = find_quiet_hours(frame)
    rows = pd.DataFrame([quiet] if quiet else [], columns=["start", "end"], dtype="int64")
    return Answer({MAIN: frame, "quiet": rows}, find_hours(frame, subject, rng))


def name_part(hour: int) -> str:
    """Return the part of the day that an hour belongs to, as one says it of a peak."""
    return "midday" if hour in (11, 12, 13) else PARTS[hour // 6]


def _weigh_peak(peak: int, subject: Subject, rng: np.random.Generator) -> str:
    """Return 'at' if nearly all resamples peak at this hour, 'around' if they do within an hour of it."""
    highest = np.argmax(_resample_shares(count_all_days(subject), rng), axis=1)
    distance = np.minimum((highest - peak) % 24, (peak - highest) % 24)
    if np.mean(distance == 0) >= LIKELY:
        return "at"
    return "around" if np.mean(distance <= 1) >= LIKELY else ""


def _find_few(counts: np.ndarray, subject: Subject, rng: np.random.Generator) -> Finding:
    coverage, days = subject.coverage, count_all_days(subject)
    n, headline, certainty = int(counts.sum()), "No part of the day stands out yet", "Too few to say"
    parts = days.counts.reshape(-1, 4, 6).sum(axis=2).astype(float)
    best = int(np.argmax(parts.sum(axis=0)))
    if n == 0:
        headline = f"No {subject.nouns} to count yet"
    elif np.sum(days.totals > 0) >= ENOUGH_FOR_PART:
        drawn = draw_weights(days.days, rng) @ parts
        chance = float(np.mean(np.argmax(drawn, axis=1) == best))
        if chance >= LIKELY:
            headline = f"{PARTS[best].capitalize()}s, most likely"
            certainty = f"{begin(PARTS[best])}s lead {say_chance(chance)}"
    deck = (
        f"Every {subject.noun} as a dot by its hour; with fewer than "
        f"{ENOUGH_FOR_SHARES} {subject.nouns} no shares and no intervals are given."
    )
    missing = f"{say_count(n)} of the {ENOUGH_FOR_SHARES} {subject.nouns} that shares take."
    notes = (note_coverage(coverage), ("What is missing", missing))
    peak = int(np.argmax(counts))
    alt = f"Dots, {subject.nouns} by hour, {coverage.years}. Highest {say_hour(peak)}, {counts[peak]}."
    if n == 0:
        alt = f"Nothing is drawn: the archive holds no {subject.nouns}."
    return Finding("hours", "Hours", headline, "", deck, certainty, notes, alt, HOW)
