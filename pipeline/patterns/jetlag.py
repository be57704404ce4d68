"""Social jetlag: how much later the nightly pause lies before free days than before workdays."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import HOW_DRAWN, Floats, count_blocks, draw_weights, find_interval, widen
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.finding import Finding, Mark
from pipeline.patterns.quiet_nights import FIRST_HOUR, list_quiet_nights
from pipeline.patterns.stands_out import measure_shift
from pipeline.patterns.stays import know_steps
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import MINUS, NO_BREAK, count_noun, say_clock, spell_hours

DAYS = ("work", "free")
ENOUGH_NIGHTS = 20  # usable ones of each kind
LEAST_MINUTES = 10.0  # of the nearer bound, before a difference is claimed
MOST_MINUTES = 60.0  # of a bound, where two kinds of days are said to look alike
HOW = (
    "The middle of a night’s pause is halfway between the last activity before it and the first one after "
    "it. Shown are medians over nights that hold enough, without stays on another clock; a night "
    "before a weekend or free day counts as free. The difference of the two, with the middle of the pause in "
    f"place of what is done in it, follows Wittmann and others 2006. For the intervals, {HOW_DRAWN}."
)


def compare_days(
    nights: pd.DataFrame, away: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the nights (as by ``list_quiet_nights``) before workdays and before free days.

    First table: days (work, free), nights, start, end, middle (medians, hours after 15:00), low, high (95 %
    of the middle). Second: minutes (free less work), low, high, one row. NaN under 20 usable nights of a
    kind; both kinds are drawn again together. Nights spent ``away`` are left out.

    Source: Wittmann, Dinich, Merrow and Roenneberg 2006, Social Jetlag: Misalignment of Biological and
    Social Time, Chronobiology International 23, who ask people for their hours; here stands a pause.
    """
    known = nights[nights["usable"].to_numpy(dtype=bool) & ~away]
    middle = ((known["start"] + known["end"]) / 2).to_numpy(dtype=float)
    free = known["free"].to_numpy(dtype=bool)
    weights = draw_weights(known["night"].to_numpy().astype("datetime64[D]"), rng)
    n_blocks = count_blocks(len(known))
    rows, found, drawn = [], [], []
    for days, which in zip(DAYS, (~free, free), strict=True):
        values: tuple[float, ...] = (np.nan,) * 5
        if which.sum() >= ENOUGH_NIGHTS:
            value = float(np.median(middle[which]))
            resampled = widen(find_medians(middle[which], weights[:, which]), value, n_blocks)
            ends = known.loc[which, ["start", "end"]].median()
            values = (float(ends["start"]), float(ends["end"]), value, *find_interval(resampled))
            found.append(value)
            drawn.append(resampled)
        rows.append((days, int(which.sum()), *values))
    apart: tuple[float, ...] = (np.nan,) * 3
    if len(found) == 2:
        apart = (60 * (found[1] - found[0]), *(60 * end for end in find_interval(drawn[1] - drawn[0])))
    main = pd.DataFrame(rows, columns=["days", "nights", "start", "end", "middle", "low", "high"])
    difference = pd.DataFrame([apart], columns=["minutes", "low", "high"], dtype=float)
    return main.astype({"days": "str", "nights": "int64"}), difference


def find_medians(values: Floats, weights: Floats) -> Floats:
    """Return (n_resamples,): the lower weighted medians of ``values`` (n,); NaN where all weigh nothing."""
    order = np.argsort(values, kind="stable")
    sums = np.cumsum(weights[:, order], axis=1)
    place = np.argmax(sums >= sums[:, -1:] / 2, axis=1)
    return np.asarray(np.where(sums[:, -1] > 0, values[order][place], np.nan))


def answer_jetlag(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the middle of the pause before workdays and free days; extra: difference, one row."""
    nights = list_quiet_nights(subject)
    away = know_steps(subject).away
    main, difference = compare_days(nights, away, rng)
    return Answer({MAIN: main, "difference": difference}, find_jetlag(main, difference, subject))


def find_jetlag(frame: pd.DataFrame, difference: pd.DataFrame, subject: Subject) -> Finding:
    """Say how far the pauses lie apart, or that they look alike, or what is missing."""
    coverage = subject.coverage
    minutes, low, high = (float(difference[name].iloc[0]) for name in ("minutes", "low", "high"))
    deck = "The middle of the longest nightly pause, before workdays and before free days"
    if not np.isfinite(low):
        return _find_too_few(frame, deck, subject)
    emphasis, remarkable = "", 0.0
    mark: tuple[Mark, ...] = ()
    later = "later" if minutes > 0 else "earlier"
    nearer, further = sorted((abs(low), abs(high)))
    if low <= 0 <= high or nearer < LEAST_MINUTES:
        headline = "The quiet pause keeps its hours on free days"
        certainty = f"The difference lies between {_say_signed(low)} and {_say_signed(high)} minutes"
        if further > MOST_MINUTES:
            headline = "Whether free days move the quiet pause is uncertain"
    else:
        phrase = f"{_spell(abs(minutes), nearer, further)} {later}"
        headline, emphasis = f"Before free days the quiet pause lies {phrase}", phrase
        certainty = f"Between {round(nearer)} and {round(further)} minutes {later}"
        remarkable, mark = measure_shift(nearer / 60), ("free",)
    deck += f", with 95{NO_BREAK}% interval."
    middles = [say_clock(value + FIRST_HOUR) for value in frame["middle"]]
    counts = [count_noun(int(n), "night", "nights") for n in frame["nights"]]
    notes = (
        note_coverage(coverage),
        ("How sure", f"{certainty}."),
        ("Nights compared", f"{counts[0]} before workdays, {counts[1]} before free days."),
        (
            "The bands",
            f"By the median, from the last {subject.noun} before the pause to the first one after it; the "
            "usual quiet window lies inside.",
        ),
    )
    alt = (
        f"Two bands, the nightly pause against clock time, {coverage.years}. Middle {middles[0]} before "
        f"workdays, {middles[1]} before free days."
    )
    return Finding(
        "jetlag", "Nights", headline, emphasis, deck, certainty, notes, alt, HOW, remarkable, mark=mark
    )


def _spell(minutes: float, low: float, high: float) -> str:
    """Write a length as in speech where that lies within its interval, else in minutes."""
    tens = round(minutes / 10) * 10
    spoken = tens if tens < 60 else round(minutes / 30) * 30
    return spell_hours(minutes / 60) if low <= spoken <= high else f"{round(minutes)} minutes"


def _say_signed(minutes: float) -> str:
    rounded = round(abs(minutes))
    return f"{MINUS if minutes < 0 and rounded else ''}{rounded}"


def _find_too_few(frame: pd.DataFrame, deck: str, subject: Subject) -> Finding:
    nights = dict(zip(frame["days"], frame["nights"], strict=True))
    work, free = (count_noun(int(nights[days]), "night", "nights") for days in DAYS)
    known = f"{work} before workdays and {free} before free days"
    headline = "Too few nights to compare free days with workdays"
    if len(set(subject.weekend)) in (0, 7):
        headline = "All days are of one kind: nothing to compare"
    missing = f"{known} held enough; it takes {ENOUGH_NIGHTS} of each."
    notes = (note_coverage(subject.coverage), ("What is missing", missing))
    alt = f"Nothing is drawn: {known}."
    return Finding("jetlag", "Nights", headline, "", deck + ".", known, notes, alt, HOW)
