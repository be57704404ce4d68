"""The page of one year as it stands in the report: real tables of days, words, the clock, three records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from pipeline.charts.day_squares import MISSING, list_class_names
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import MONTHS, WEEKDAYS, count_noun, say_count, say_days, say_percent
from pipeline.patterns.year_page import YearPage, list_year_pages
from pipeline.report.sentences import Part, part_words

SUNDAY = 6
CLOCK_WIDTH, CLOCK_HEIGHT, CLOCK_FOOT = 216, 150, 22
HEADROOM = 22  # above the highest bar, for its value


class Day(NamedTuple):
    """One square: the number of the day, what it holds in words, and the classes that paint it."""

    number: int
    says: str
    classes: str


class Month(NamedTuple):
    """A month's name, its total ('' outside the span) and its weeks; ``None`` is a day of another month."""

    name: str
    total: str
    weeks: tuple[tuple[Day | None, ...], ...]


class YearSheet(NamedTuple):
    """All that one year shows."""

    year: int
    sentence: tuple[Part, ...]
    private: bool
    weekdays: tuple[tuple[str, bool], ...]
    months: tuple[Month, ...]
    words_title: str
    words: tuple[str, ...]
    clock: Markup
    compared: bool
    records: tuple[tuple[str, str], ...]
    key: tuple[tuple[str, str], ...]
    source: str


def list_year_sheets(answers: Mapping[str, Answer], coverage: Coverage) -> list[YearSheet]:
    """Lay out every year that holds an activity; none where the archive holds just one."""
    pages = list_year_pages(answers, coverage)
    return [_lay_out(page) for page in pages] if len(pages) > 1 else []


def _lay_out(page: YearPage) -> YearSheet:
    first_weekday, span = page.coverage.first_weekday, page.coverage
    assert span.first is not None
    assert span.last is not None
    key = [(f"s{step}", text) for step, text in list_class_names(page.limits, span.nouns)]
    if page.days["step"].isna().any():
        key.append(("gap", MISSING))
    order = [(first_weekday + k) % 7 for k in range(7)]
    return YearSheet(
        page.year,
        part_words(page.sentence, page.words),
        bool(page.words),
        tuple((WEEKDAYS[weekday], weekday == SUNDAY) for weekday in order),
        tuple(_lay_out_months(page)),
        "Words of the year" if page.own_words else "Commonest words",
        page.words,
        draw_clock(page.clock, f"{span.nouns} by hour, {page.year}"),
        bool(np.isfinite(page.clock["others"]).all()),
        tuple((str(row.value), str(row.note)) for row in page.records.itertuples(index=False)),
        tuple(key),
        f"{count_noun(span.n_rows, span.noun, span.nouns)} · {say_days(span.first, span.last)} · "
        f"{say_count(span.n_covered)} of {count_noun(span.n_days, 'day', 'days')} covered",
    )


def _lay_out_months(page: YearPage) -> Iterator[Month]:
    numbers = page.days["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    held = {
        int(number): (int(n), float(step))
        for number, n, step in zip(numbers, page.days["searches"], page.days["step"], strict=True)
    }
    busiest = int(np.datetime64(page.busiest, "D").astype(np.int64))
    for month in range(1, 13):
        first = pd.Timestamp(page.year, month, 1)
        start = int(np.datetime64(first, "D").astype(np.int64))
        days = [start + k for k in range(first.days_in_month)]
        lead = (first.day_of_week - page.coverage.first_weekday) % 7
        cells: list[Day | None] = [None] * lead
        for k, day in enumerate(days):
            cells.append(_say_day(k + 1, held.get(day), page.coverage, day == busiest))
        cells += [None] * (-len(cells) % 7)
        weeks = tuple(tuple(cells[k : k + 7]) for k in range(0, len(cells), 7))
        inside = [held[day][0] for day in days if day in held]
        yield Month(MONTHS[month - 1], say_count(sum(inside)) if inside else "", weeks)


def _say_day(number: int, held: tuple[int, float] | None, coverage: Coverage, busiest: bool) -> Day:
    if held is None:
        return Day(number, "outside the archive", "out")
    n, step = held
    if step != step:
        return Day(number, MISSING, "gap")
    says = count_noun(n, coverage.noun, coverage.nouns)
    return Day(number, f"{says}, the busiest day" if busiest else says, f"s{step:.0f}" + " top" * busiest)


def draw_clock(clock: pd.DataFrame, what: str) -> Markup:
    """Return the 24 shares as bars, with the other years' as a line and the highest share's value."""
    share, others = (clock[name].to_numpy(dtype=float) for name in ("share", "others"))
    compared = bool(np.isfinite(others).all())
    highest = max(float(share.max()), float(others.max()) if compared else 0.0) or 1.0
    pitch, base = CLOCK_WIDTH / 24, CLOCK_HEIGHT - CLOCK_FOOT
    heights = share / highest * (base - HEADROOM)
    bars = "".join(
        f"M{k * pitch + 0.1 * pitch:.1f} {base}v{-height:.1f}h{0.8 * pitch:.1f}v{height:.1f}z"
        for k, height in enumerate(heights)
        if height > 0
    )
    line = ""
    if compared:
        levels = base - others / highest * (base - HEADROOM)
        steps = "".join(f"V{level:.1f}H{(k + 1) * pitch:.1f}" for k, level in enumerate(levels))
        line = f'<path d="M0 {levels[0]:.1f}{steps}" fill="none" stroke="var(--ink)" stroke-width="1.5"/>'
    peak = int(np.argmax(share))
    top = base - max(share[peak], others[peak] if compared else 0.0) / highest * (base - HEADROOM)
    centre = min(max((peak + 0.5) * pitch, 18.0), CLOCK_WIDTH - 18.0)
    value = say_percent(float(share[peak]))
    names = "".join(
        f'<text x="{(hour + 0.5) * pitch:.1f}" y="{CLOCK_HEIGHT - 5}" fill="var(--muted)" font-size="12"'
        f' text-anchor="{"start" if hour == 0 else "middle"}">{name}</text>'
        for hour, name in ((0, "00"), (6, "06"), (12, "noon"), (18, "18"))
    )
    label = f"Bars, share of {what}. Highest {peak:02d}:00, {value}."
    return Markup(
        f'<svg class="clock" width="{CLOCK_WIDTH}" height="{CLOCK_HEIGHT}"'
        f' viewBox="0 0 {CLOCK_WIDTH} {CLOCK_HEIGHT}" role="img" aria-label="{label}">'
        f'<path d="{bars}" fill="var(--data)"/>{line}'
        f'<path d="M0 {base + 0.5}H{CLOCK_WIDTH}" fill="none" stroke="var(--axis)" stroke-width="1"/>'
        f'<text x="{centre:.1f}" y="{top - 6:.1f}" fill="var(--ink)" font-size="13" font-weight="600"'
        f' text-anchor="middle">{value}</text>{names}</svg>'
    )
