"""What a cohort's numbers say, a finding each: its table, its sentence, how sure, and how it is counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.cohort import Board, Plan
from pipeline.patterns.cohort_estimates import (
    HOUR,
    RATIO,
    Estimate,
    average,
    average_shares,
    estimate,
    estimate_ratio,
    frame_shares,
    frame_window,
    say_change,
)
from pipeline.patterns.cohort_people import Floats, Kind
from pipeline.patterns.finding import Finding, Mark
from pipeline.patterns.hours import find_quiet_hours, name_part
from pipeline.patterns.weekdays import SMALLEST_CHANGE, WIDE
from pipeline.patterns.wording import (
    MONTHS,
    WEEKDAYS,
    begin,
    say_clock,
    say_hour,
    say_hours,
    say_percent,
    say_percents,
    spell_hours,
)

Notes = tuple[tuple[str, str], ...]
CLEAR = 0.99  # of the interval that lets a headline say "at"
HOW_MEAN = (
    "Everybody weighs the same: each person’s own shares are taken first, then their mean over the people. "
    "The interval is where the mean of other people like these would lie, by Student’s t. "
)


def answer_hours(board: Board, plan: Plan, kind: Kind) -> Answer:
    """Give the mean daily curve: hour, share, low, high."""
    rows = board.take("hours", [*plan.cells], "Share of each hour of the day", "0.1\u00a0%")
    frame = frame_shares(rows).rename(columns={"place": "hour"})
    shares = frame["share"].to_numpy(dtype=float)
    peak = int(np.argmax(shares))
    at = _weigh_peak(rows, peak)
    said = {"at": f"at {say_hour(peak)}", "around": f"around {say_hour(peak)}"}.get(at, "")
    headline = f"The {name_part(peak)} peak comes {said}" if said else "No single hour is the peak"
    counts = frame.assign(searches=(frame["share"] * 1000).round().astype("int64"))
    quiet = find_quiet_hours(counts)
    if quiet is not None:
        headline += f"; from {say_hours(*quiet)} there is almost nothing"
    low, high = frame["low"].iloc[peak], frame["high"].iloc[peak]
    certainty = (
        f"The fullest hour holds {say_percent(shares[peak])}, between {say_percents(low, high, 'and')}"
    )
    bounds = pd.DataFrame([quiet] if quiet else [], columns=["start", "end"], dtype="int64")
    lowest = int(np.argmin(shares))
    alt = (
        f"Bars with intervals, mean share of {kind.nouns} by hour. Highest {say_hour(peak)}, "
        f"{say_percent(shares[peak])}; lowest {say_hour(lowest)}, {say_percent(shares[lowest])}."
    )
    return Answer(
        {MAIN: frame, "quiet": bounds},
        Finding(
            "cohort_hours", "Hours", headline, say_hour(peak) if said else "",
            f"Share of a person’s {kind.nouns} by hour of the day, the mean of all, with 95\u00a0% interval.",
            certainty, (("How sure", f"{certainty}."),), alt,
            HOW_MEAN + "An hour is the peak if its mean is above every other’s in 99\u00a0% of such draws. "
            "Each person’s clock is their own home’s; only covered days count, every weekday as much.",
            remarkable=2.0 if said else 0.0, mark=(peak,) if said else (),
        ),
    )  # fmt: skip


def answer_weekdays(board: Board, plan: Plan, kind: Kind) -> Answer:
    """Give the mean share of each weekday (weekday, share, low, high, weekend); extra: ratio (one row)."""
    rows = board.take("weekdays", [*plan.cells], "Share of each weekday", "0.1\u00a0%")
    frame = frame_shares(rows).rename(columns={"place": "weekday"})
    frame["weekend"] = np.isin(np.arange(7), kind.weekend)
    frames = {MAIN: frame}
    headline, emphasis, certainty = "How the week is spread", "", "The setting leaves no weekend to compare"
    mark: tuple[Mark, ...] = ()
    if "weekend" in plan.having:
        some = sorted(plan.having["weekend"])
        ratio = estimate_ratio(board.take("weekend", some, "Weekends against workdays", "1\u00a0%"))
        frames["ratio"] = pd.DataFrame([ratio], columns=["ratio", "low", "high"])
        headline, emphasis = say_weekend(ratio, kind.nouns)
        mark = kind.weekend if emphasis else ()
        certainty = f"A weekend’s day holds {say_percents(ratio.low, ratio.high)} of a workday’s"
    highest, lowest = (int(pick(frame["share"])) for pick in (np.argmax, np.argmin))
    names = [WEEKDAYS[day] for day in (highest, lowest)]
    shares = [say_percent(frame["share"].iloc[day]) for day in (highest, lowest)]
    alt = (
        f"Bars with intervals, mean share of {kind.nouns} by weekday. Highest {names[0]}, {shares[0]}; "
        f"lowest {names[1]}, {shares[1]}."
    )
    return Answer(
        frames,
        Finding(
            "cohort_weekdays", "Weeks", headline, emphasis,
            f"Share of a person’s {kind.nouns} by weekday, the mean of all, with 95\u00a0% interval.",
            certainty, (("How sure", f"{certainty}."),), alt,
            HOW_MEAN + "The ratio is the geometric mean of each person’s: the mean rate of the weekend’s "
            "days over that of the workdays, counted as a tenth at least and as ten at most.",
            remarkable=3.0 if emphasis else 0.0, mark=mark,
        ),
    )  # fmt: skip


def answer_months(board: Board, plan: Plan, kind: Kind) -> Answer | None:
    """Give each calendar month beside a person's own mean month: month, ratio, low, high."""
    if "months" not in plan.having:
        return None
    rows = board.take("months", sorted(plan.having["months"]), "Each month of the year", "1\u00a0%")
    (mean, half), (_, wide) = average_shares(rows), average_shares(rows, 1 - 0.05 / 12)
    mean, half, wide = 12 * mean, 12 * half, 12 * wide
    found = [estimate(mean[k], half[k], RATIO, least=0.0) for k in range(12)]
    frame = pd.DataFrame(found, columns=["ratio", "low", "high"])
    frame.insert(0, "month", np.arange(1, 13))
    low, high = int(np.argmin(mean)), int(np.argmax(mean))
    headline, emphasis = "No month stands out", ""
    mark: tuple[Mark, ...] = ()
    fell, rose = mean[low] + wide[low] < 1, mean[high] - wide[high] > 1
    month = low if fell and (not rose or 1 - mean[low] >= mean[high] - 1) else high
    if fell or rose:
        by = say_change(found[month].value - 1)
        emphasis = f"{by} {'below' if month == low else 'above'}"
        headline = f"{MONTHS[month]} lies {emphasis} a person’s own mean month"
        mark = (month + 1,)
    ends = say_percents(found[month].low, found[month].high)
    certainty = f"{MONTHS[month]} holds {ends} of a person’s own mean month"
    alt = (
        f"Bars with intervals, {kind.nouns} a day by calendar month beside a person’s own mean month. "
        f"Highest {MONTHS[high]}, {say_percent(found[high].value)}; lowest {MONTHS[low]}, "
        f"{say_percent(found[low].value)}."
    )
    return Answer(
        {MAIN: frame},
        Finding(
            "cohort_months", "Months", headline, emphasis,
            f"{begin(kind.nouns)} a covered day by calendar month, beside each person’s own mean month; the "
            "mean of all, with 95\u00a0% interval.",
            certainty, (("How sure", f"{certainty}."),), alt,
            HOW_MEAN + "A month counts from ten covered days on, of several years the mean; people enter "
            "whose archives cover all twelve. A month stands out if its interval leaves out the mean month "
            "even when it is made for twelve months at once.",
            remarkable=1.0 if emphasis else 0.0, mark=mark,
        ),
    )  # fmt: skip


def answer_quiet(board: Board, plan: Plan, kind: Kind) -> Answer | None:
    """Give the usual quiet window: one row of start and hours (clock hours), each with low and high."""
    if "quiet" not in plan.having:
        return None
    rows = board.take("quiet", sorted(plan.having["quiet"]), "The quiet window", "10 minutes")
    frame = frame_window(rows)
    start, end, length = (Estimate(*frame.iloc[0, place : place + 3]) for place in (0, 3, 6))
    window = f"{say_clock(start.value)} to {say_clock(end.value)}"
    certainty = (
        f"It begins between {say_clock(start.low)} and {say_clock(start.high)}, ends between "
        f"{say_clock(end.low)} and {say_clock(end.high)}, and lasts {say_length_between(length)}"
    )
    return Answer(
        {MAIN: frame},
        Finding(
            "cohort_quiet", "Nights", f"The quiet window runs from {window}", window,
            "The usual pause of each night: the mean begin and the mean length over the people, with "
            "95\u00a0% intervals. What happens in the pause, the archives cannot say.",
            certainty, (("How sure", f"{certainty}."),),
            f"Band, the mean quiet window on the clock: {window}.",
            "Of each person the habit of the last period counts, found by a model of when activity stops and "
            "begins again. People enter of whom enough nights are known. Nights differ, "
            "from one to the next and between people, so that the hours with almost nothing are fewer.",
            remarkable=0.5, mark=(),
        ),
    )  # fmt: skip


def answer_years(board: Board, plan: Plan, kind: Kind) -> Answer | None:
    """Give how pace and mean hour change from one year to the next: what, value, low, high, in words."""
    lines: list[tuple[str, str, str]] = []
    said: list[tuple[str, str, str]] = []
    if "growth" in plan.having:
        rows = board.take("growth", sorted(plan.having["growth"]), "Pace, from year to year", "1\u00a0%")
        ratio = estimate_ratio(rows)
        change, between = say_change(ratio.value - 1), _say_changes(ratio)
        lines.append((f"{begin(kind.nouns)} a day", _say_change(ratio), between))
        if ratio.low > 1 or ratio.high < 1:
            emphasis = f"{change} {'more' if ratio.value > 1 else 'fewer'}"
            said.append((f"Each year brings {emphasis} {kind.nouns} than the one before", emphasis, between))
    if "drift" in plan.having:
        rows = board.take("drift", sorted(plan.having["drift"]), "Mean hour, from year to year", "10 minutes")
        mean, half = average(rows)
        drift = estimate(float(mean[0]), float(half[0]), HOUR)
        between = f"{_say_drift(drift.low)} to {_say_drift(drift.high)}"
        lines.append(("Mean hour", _say_drift(drift.value), between))
        if drift.low > 0 or drift.high < 0:
            emphasis = f"{spell_hours(drift.value)} {'later' if drift.value > 0 else 'earlier'}"
            said.append((f"From year to year the hours move {emphasis}", emphasis, between))
    if not lines:
        return None
    certainty = "; ".join(f"{what}: {between}" for what, _, between in lines)
    headline, emphasis, certainty = (
        said[0] if said else ("From year to year no change is clear", "", certainty)
    )
    certainty = begin(certainty)
    return Answer(
        {MAIN: pd.DataFrame(lines, columns=["what", "change", "between"])},
        Finding(
            "cohort_years", "Years", headline, emphasis,
            "From each person’s first year to their last, by year; the mean of all, "
            "with 95\u00a0% interval.",
            certainty, (("How sure", f"{certainty}."),), "",
            "Years are each person’s own. The pace of each calendar month is set beside that of the same "
            "month in another year; its growth is a geometric mean, of each person a quarter at least and "
            "four times at most; the mean hour moves by six hours at most.",
            remarkable=1.5 if said else 0.0,
        ),
    )  # fmt: skip


def say_weekend(ratio: Estimate, nouns: str) -> tuple[str, str]:
    """Return the sentence on weekends and its key phrase, '' where the interval holds no difference."""
    change = ratio.value - 1
    if not ratio.low <= 1 <= ratio.high and abs(change) >= SMALLEST_CHANGE:
        phrase = f"{say_change(change)} {'fewer' if change < 0 else 'more'}"
        return f"Weekends bring {phrase} {nouns} than workdays", phrase
    if ratio.low > 1 - WIDE and ratio.high < 1 + WIDE:
        return "Weekends look like workdays", ""
    return "Whether weekends differ from workdays is uncertain", ""


def say_length_between(length: Estimate) -> str:
    """Write the interval of a length: between 6 h 40 and 7 h 50."""
    return f"between {say_length(length.low)} and {say_length(length.high)}"


def say_length(hours: float) -> str:
    """Write hours and minutes in short: 7 h 20 min."""
    minutes = round(hours * 60)
    return f"{minutes // 60}\u00a0h {minutes % 60:02d}\u00a0min"


def _weigh_peak(rows: Floats, peak: int) -> str:
    """Return 'at' if the peak is clearly above every other hour, 'around' if above all but its neighbours."""
    n = len(rows)
    ahead = rows[:, [peak]] - rows
    mean, spread = ahead.mean(axis=0), ahead.std(axis=0, ddof=1) / math.sqrt(n)
    clear = mean > float(stdtrit(n - 1, CLEAR)) * spread
    near = np.isin(np.arange(24), [(peak + step) % 24 for step in (-1, 0, 1)])
    others = np.arange(24) != peak
    return "at" if clear[others].all() else "around" if clear[~near].all() else ""


def _say_change(ratio: Estimate) -> str:
    change = round(ratio.value - 1, 6)
    if change == 0:
        return "none"
    return f"{say_change(change)} {'more' if change > 0 else 'fewer'}"


def _say_changes(ratio: Estimate) -> str:
    return " to ".join(_say_change(Estimate(end, end, end)) for end in (ratio.low, ratio.high))


def _say_drift(hours: float) -> str:
    minutes = round(abs(hours) * 60)
    if minutes == 0:
        return "none"
    return f"{minutes} minutes {'later' if hours > 0 else 'earlier'}"


ANSWERS: Mapping[str, Callable[[Board, Plan, Kind], Answer | None]] = {
    "cohort_hours": answer_hours,
    "cohort_quiet": answer_quiet,
    "cohort_weekdays": answer_weekdays,
    "cohort_months": answer_months,
    "cohort_years": answer_years,
}
