"""A small cloud for every year, side by side under one rule each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.cloud import WITHOUT_EVERYDAY, SizeBy, draw_cloud, picture_cloud
from pipeline.charts.left_out import can_draw, measure_left_out, say_left_out, write_left_out
from pipeline.charts.lettering import fill_lines, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.scripts import choose_variety
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.distinctive import ENOUGH_Z
from pipeline.patterns.wording import count_noun
from pipeline.patterns.words import name_leader

HEAD = 30.0
BELOW = 26.0


def arrange_panels(n_years: int, width: float) -> tuple[int, float, float, float]:
    """Return how many panels stand in a row, their width, their height and the gap, in CSS pixels."""
    most = 5 if width >= 600 else 2
    a_row = max(1, min(most, n_years))
    gap = 20.0 if width >= 900 else 16.0
    wide = min((width - gap * (a_row - 1)) / a_row, 360.0)
    high = 210.0 if width >= 900 else 230.0 if width >= 600 else 200.0
    return a_row, wide, high, gap


def find_cloud_years_height(frame: pd.DataFrame, width: float) -> float:
    """Return the height in CSS pixels that ``draw_cloud_years`` needs."""
    n_years = frame["year"].nunique()
    a_row, _, high, _ = arrange_panels(n_years, width)
    note = measure_left_out(say_left_out(frame["word"].astype(str)), width)
    return (HEAD + high + BELOW) * -(-n_years // a_row) - BELOW + 6 + note


def draw_cloud_years(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    mark: tuple[Any, ...] = (),
    seed: int = 0,
    size_by: SizeBy = "count",
    most_words: int = 15,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw words by year (year, word, count; z where that is the size): each year’s largest."""
    width, height = open_sheet(ax)
    years = sorted(int(year) for year in frame["year"].unique())
    a_row, wide, high, gap = arrange_panels(len(years), width)
    usual = choose_variety(frame["word"].astype(str))
    for k, year in enumerate(years):
        row, column = divmod(k, a_row)
        x, y = column * (wide + gap), row * (HEAD + high + BELOW)
        write(ax, str(year), x, y + 10, size=15, colour=theme.ink, semibold=True, at="left")
        draw_rule(ax, (x, x + wide), (y + 25, y + 25), theme.ink, px=1.2)
        panel = place(ax, x, y + HEAD, wide, high)
        panel.set_label(str(year))
        of_year = frame.loc[frame["year"] == year]
        drawable = of_year[of_year["word"].astype(str).map(can_draw)]
        if drawable.empty:
            _write_none(panel, len(of_year), wide, theme)
            continue
        words = drawable.nlargest(most_words, size_by, keep="first")
        draw_cloud(
            panel, words, mark=mark, seed=seed, size_by=size_by, usual=usual, theme=theme, least_words=0,
            noted=False,
        )  # fmt: skip
    write_left_out(ax, say_left_out(frame["word"].astype(str)), width, height, theme)
    return ax


def _write_none(panel: Axes, n_words: int, wide: float, theme: Theme) -> None:
    """Say in the place of a year's cloud that none of its words can be drawn."""
    open_sheet(panel)
    text = f"No font here for this year’s {count_noun(n_words, 'word', 'words')}."
    for k, line in enumerate(fill_lines(text, 13, wide)):
        write(panel, line, 0, 16 + 18 * k, size=13, colour=theme.muted, at="left")


def picture_cloud_years(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw a cloud for each year: by what sets years apart, if anything does, or by count."""
    frame = answer.frame
    if frame.empty:
        return None
    sure = "z" in frame and bool((frame["z"] >= ENOUGH_Z).any())
    draw = partial(draw_cloud_years, frame=frame, mark=answer.finding.mark, size_by="z" if sure else "count")
    return Picture(
        draw,
        lambda width, narrow: find_cloud_years_height(frame, width),
        1080.0,
        left_out=WITHOUT_EVERYDAY,
    )


def cover_year(coverage: Coverage, years: pd.DataFrame, year: str) -> Coverage:
    """Return what the archive holds of one of ``years`` (year, searches, covered_days, first, last)."""
    row = next(iter_rows(years[years["year"].astype(str) == year]))
    first, last = row.first.date(), row.last.date()
    return replace(
        coverage, first=first, last=last, n_days=(last - first).days + 1, n_covered=int(row.covered_days),
        n_rows=int(row.searches), now=min(coverage.now or last, last),
    )  # fmt: skip


def picture_year_cloud(frame: pd.DataFrame) -> tuple[Picture, str]:
    """Return how to draw the cloud of one year (word, count), and the deck that says what its sizes are."""
    leader = name_leader(frame.sort_values("count", ascending=False, kind="stable"))
    deck = "The commonest words of the year, by count."
    if leader is None:
        return picture_cloud(frame, ()), deck
    return picture_cloud(frame, (leader,)), f"{deck} Red: the most frequent."
