"""Weeks in pairs of small maps: as they came, and as a model draws them without their chance."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.picture import Picture
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.charts.unusual_weeks import arrange_map
from pipeline.charts.week_differences import WeekMap, draw_maps, find_maps_height
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import say_short_day

USUAL, FAR = "most usual", "far from it"


def find_denoised_weeks_height(n_weeks: int, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_denoised_weeks`` needs."""
    return find_maps_height(2 * n_weeks, narrow)


def draw_denoised_weeks(
    ax: Axes, frame: pd.DataFrame, *, first_weekday: int = 0, theme: Theme = LIGHT, narrow: bool = False
) -> Axes:
    """Draw ``number`` (0 is the most usual), ``week``, ``weekday``, ``hour``, ``came`` and ``drawn``."""
    width, _ = open_sheet(ax)
    maps: list[WeekMap] = []
    table = frame.astype({"weekday": int, "hour": int})
    for number, cells in table.groupby("number", sort=True):
        day = cells["week"].iloc[0].date()
        title = f"{say_short_day(day)} {day.year}"
        is_far = float(str(number)) > 0
        caption = f"{FAR if is_far else USUAL}, as it came"
        maps.append(WeekMap(title, caption, arrange_map(cells, "came"), is_marked=is_far))
        maps.append(WeekMap("", "as it is drawn", arrange_map(cells, "drawn")))
    draw_maps(
        ax, 0, width, maps, ends=("less", "more than the mean week"), first_weekday=first_weekday,
        theme=theme, narrow=narrow,
    )  # fmt: skip
    return ax


def picture_denoised_weeks(frame: pd.DataFrame, coverage: Coverage) -> Picture:
    """Return how to draw weeks as they came, and as they are drawn."""
    n_weeks = frame["number"].nunique()
    return Picture(
        partial(draw_denoised_weeks, frame=frame, first_weekday=coverage.first_weekday),
        lambda width, narrow: find_denoised_weeks_height(n_weeks, narrow),
        800.0,
    )
