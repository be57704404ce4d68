from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from pipeline.charts.tokens import LIGHT
from pipeline.charts.unusual_weeks import (
    arrange_map,
    draw_unusual_weeks,
    find_unusual_weeks_height,
    picture_unusual_weeks,
)
from pipeline.patterns.unusual_weeks import answer_unusual_weeks

WEEKS = pd.date_range("2023-01-02", periods=100, freq="7D")
FRAME = pd.DataFrame({"week": WEEKS, "distance": np.linspace(0.5, 2.0, 100), "number": 0})
NOTES = ["far more than usual", "days seven hours early", "nothing at all", "days six hours late"]


def _plant(places: list[int]) -> dict[str, pd.DataFrame]:
    frame = FRAME.copy()
    n = len(places)
    frame.loc[places, "number"] = np.arange(1, n + 1)
    frame.loc[places, "distance"] = 9.0
    maps = pd.DataFrame(
        {
            "number": np.repeat(np.arange(1, n + 1), 168),
            "weekday": np.tile(np.repeat(np.arange(7), 24), n),
            "hour": np.tile((np.arange(168) + 4) % 24, n),
            "difference": np.linspace(-1, 1, 168 * n),
        }
    )
    captions = pd.DataFrame({"number": np.arange(1, n + 1), "week": WEEKS[places]})
    captions = captions.assign(note=[NOTES[k % 4] for k in range(n)])
    return {"frame": frame, "maps": maps, "captions": captions}


def _draw(sheet: Callable[..., Axes], places: list[int], width: int = 744, **changed: Any) -> Axes:
    height = find_unusual_weeks_height(len(places), bool(changed.get("narrow")))
    ax = sheet(width, height)
    draw_unusual_weeks(ax, **{**_plant(places), **changed})
    return ax


def _needles(ax: Axes, label: str) -> PolyCollection:
    plot = ax.child_axes[0]
    return next(part for part in plot.collections if part.get_label() == label)  # type: ignore[return-value]


def test_every_week_is_a_needle_and_the_numbered_ones_are_red(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    ax = _draw(sheet, [20, 60])
    soft, red = _needles(ax, "weeks"), _needles(ax, "unusual")
    assert (len(soft.get_paths()), len(red.get_paths())) == (98, 2)
    assert to_hex(red.get_facecolor()[0]).upper() == LIGHT.mark
    heights = [path.vertices[:, 1].max() for path in red.get_paths()]
    assert heights == [3.0, 3.0]  # the root
    assert texts(ax.child_axes[0])["1"].get_color() == LIGHT.mark


def test_each_unusual_week_has_a_map_a_date_and_a_caption(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    ax = _draw(sheet, [20, 60])
    assert [plot.get_label() for plot in ax.child_axes[1:]] == ["22 May 2023", "26 Feb 2024"]
    assert {"far more than usual", "days seven hours early", "less", "more than usual"} <= set(texts(ax))


def test_less_is_ochre_and_more_is_blue_whatever_day_begins_the_week(sheet: Callable[..., Axes]) -> None:
    for first, tops in ((0, LIGHT.diverging[0]), (6, LIGHT.diverging[6])):
        plot = _draw(sheet, [20], first_weekday=first).child_axes[1]
        cells = next(part for part in plot.collections if part.get_label() == "cells")
        assert to_hex(cells.get_facecolor()[0]).upper() == tops  # Monday first, else Sunday


def test_a_map_runs_from_four_to_four() -> None:
    frame = pd.DataFrame({"weekday": [0, 0, 6], "hour": [4, 3, 12], "difference": [1.0, 2.0, 3.0]})
    values = arrange_map(frame, "difference")
    assert (values[0, 0], values[0, 23], values[6, 8]) == (1, 2, 3)


@pytest.mark.parametrize(("width", "narrow"), [(744, False), (328, True)])
@pytest.mark.parametrize("places", [[], [50], [0, 1, 2, 3, 96, 97, 98, 99]])
def test_nothing_is_clipped_or_collides(
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any, width: int, narrow: bool, places: Any
) -> None:
    ax = _draw(sheet, places, width, narrow=narrow)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


def test_under_26_weeks_there_is_no_picture(subject_of: Any) -> None:
    for n_days, drawn in ((0, False), (100, False), (250, True)):
        subject = subject_of(pd.date_range("2025-01-01", periods=4 * n_days + 3, freq="6h"))
        answer = answer_unusual_weeks(subject, np.random.default_rng(0))
        assert (picture_unusual_weeks(answer, subject.coverage) is not None) is drawn
