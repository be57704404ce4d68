"""Dates along the bottom of a plot: years, months or days, whichever can be read at its width."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, size_of
from pipeline.charts.lettering import measure, write
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import MONTHS, say_short_day

EPOCH = pd.Timestamp("1970-01-01")
YEARS_FROM_DAYS = 550
MONTHS_FROM_DAYS = 62


def day_number(moment: pd.Timestamp) -> float:
    """Return the days since 1970, the unit of every date axis here."""
    return float((moment - EPOCH) / pd.Timedelta(days=1))


def label_dates(
    plot: Axes, theme: Theme, *, grid: bool = True, below: float = 16, nights: bool = False
) -> list[str]:
    """Label the days that ``plot`` shows, ``below`` CSS pixels under it; return the labels.

    ``nights``: a single column is not a day but reaches into the next one, and is named after both.
    """
    low, high = plot.get_xlim()
    first, last = EPOCH + pd.Timedelta(days=low), EPOCH + pd.Timedelta(days=high)
    width = size_of(plot)[0]
    span = high - low
    if span > YEARS_FROM_DAYS:
        unit, size, semibold = "YS", 14.0, True
    elif span > MONTHS_FROM_DAYS:
        unit, size, semibold = "MS", 12.5, False
    else:
        return _label_days(plot, theme, first, last, below, nights)
    starts = _period_starts(first, last, unit)
    names = [_name_period(start, k == 0, unit) for k, start in enumerate(starts)]
    whole = (365.25 if unit == "YS" else 30.4) / span * width
    widest = max(measure(name, size, semibold=semibold) for name in names)
    every = max(1, -int(-(widest + 8) // whole))
    labels: list[str] = []
    for k, start in enumerate(starts):
        begin = max(low, day_number(start))
        end = min(high, day_number(starts[k + 1])) if k + 1 < len(starts) else high
        if grid and day_number(start) > low:
            draw_rule(plot, (begin, begin), (0, 1), theme.grid, on="x", layer=0.5)
        fits = measure(names[k], size, semibold=semibold) <= (end - begin) / span * width
        if (fits or every > 1) and (k - 1) % every == 0 and (fits or 0 < k < len(starts) - 1):
            colour = theme.ink if semibold else theme.muted
            write(
                plot, names[k], (begin + end) / 2, 0, on="x", size=size, colour=colour, semibold=semibold,
                shift=(0, -below),
            )  # fmt: skip
            labels.append(names[k])
    return labels


def _period_starts(first: pd.Timestamp, last: pd.Timestamp, unit: str) -> list[pd.Timestamp]:
    begin = first.normalize().replace(day=1)
    if unit == "YS":
        begin = begin.replace(month=1)
    inclusive_end = last - pd.Timedelta(seconds=1)
    return list(pd.date_range(begin, inclusive_end, freq=unit))


def _name_period(start: pd.Timestamp, is_first: bool, unit: str) -> str:
    if unit == "YS":
        return str(start.year)
    month = MONTHS[start.month - 1][:3]
    return f"{month} {start.year}" if is_first or start.month == 1 else month


def _label_days(
    plot: Axes, theme: Theme, first: pd.Timestamp, last: pd.Timestamp, below: float, nights: bool
) -> list[str]:
    days = list(pd.date_range(first.normalize(), last - pd.Timedelta(seconds=1), freq="D"))
    names = [_name_night(day) if nights else say_short_day(day) for day in days]
    width = size_of(plot)[0]
    pitch = width / max(1, len(days))
    widest = max(measure(name, 12.5) for name in names) + 10
    every = next((step for step in (1, 2, 5, 7, 10, 14) if step * pitch >= widest), 30)
    for k in range(0, len(days), every):
        spot, half = (k + 0.5) * pitch, measure(names[k], 12.5) / 2
        nudge = min(spot, width - half) - spot
        at = day_number(days[k]) + 0.5
        write(plot, names[k], at, 0, on="x", size=12.5, colour=theme.muted, shift=(nudge, -below))
    return names[::every]


def _name_night(day: pd.Timestamp) -> str:
    """Name the night that follows ``day``: 2–3 Mar."""
    next_day = day + pd.Timedelta(days=1)
    return f"{day.day if day.month == next_day.month else say_short_day(day)}–{say_short_day(next_day)}"
