"""Some real weeks, and some that were invented, as maps on one scale."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.charts.unusual_weeks import arrange_map
from pipeline.charts.week_differences import FULL_QUANTILE, WeekMap, draw_maps, find_maps_height
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import count_noun, say_count, say_day


def list_maps(frame: pd.DataFrame, noun: str, nouns: str) -> list[WeekMap]:
    """Return the maps of invented (0 or 1), place, week, weekday, hour, count: the real ones first."""
    maps = []
    for row in iter_rows(frame[["invented", "place"]].drop_duplicates()):
        week = frame[(frame["invented"] == row.invented) & (frame["place"] == row.place)]
        values = arrange_map(week.astype({"weekday": int, "hour": int}), "count")
        total = count_noun(int(values.sum()), noun, nouns)
        invented = bool(row.invented)
        title = "invented" if invented else say_day(week["week"].iloc[0].date())
        maps.append(WeekMap(title, total, values, is_marked=invented))
    return maps


def draw_invented_weeks(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    nouns: tuple[str, str] = ("search", "searches"),
    first_weekday: int = 0,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw invented (0 or 1), place, week, weekday, hour, count: a map a week, the invented ones' names red.

    ``week`` is the Monday of a real one, which is its name.
    """
    width, _ = open_sheet(ax)
    full = float(np.quantile(frame["count"], FULL_QUANTILE))
    ends = ("none", f"{say_count(max(round(full), 1))} an hour or more")
    draw_maps(
        ax, 0.0, width, list_maps(frame, *nouns), ends=ends, first_weekday=first_weekday, theme=theme,
        narrow=narrow, counts=True,
    )  # fmt: skip
    return ax


def picture_invented_weeks(frame: pd.DataFrame, coverage: Coverage) -> Picture:
    """Return how to draw real weeks and invented ones."""
    n_maps = len(frame[["invented", "place"]].drop_duplicates())
    draw = partial(
        draw_invented_weeks,
        frame=frame,
        nouns=(coverage.noun, coverage.nouns),
        first_weekday=coverage.first_weekday,
    )
    return Picture(draw, lambda width, narrow: find_maps_height(n_maps, narrow), 800.0)
