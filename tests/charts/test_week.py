from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from pipeline.charts.tokens import DARK, LIGHT, Theme
from pipeline.charts.week import NARROW_WEEK_HEIGHT, arrange_week, draw_week, find_full, say_full

FRAME = pd.DataFrame([(day, hour) for day in range(7) for hour in range(24)], columns=["weekday", "hour"])
FRAME["per_week"] = 0.0
FRAME.loc[(FRAME["weekday"] == 0) & FRAME["hour"].between(22, 23), "per_week"] = 4.0
FRAME.loc[(FRAME["weekday"] == 1) & (FRAME["hour"] <= 1), "per_week"] = 2.0


def _cells(plot: Axes) -> PolyCollection:
    return next(c for c in plot.collections if isinstance(c, PolyCollection) and c.get_label() == "cells")


def _colours(plot: Axes) -> list[str]:
    return [to_hex(colour).upper() for colour in _cells(plot).get_facecolor()]


def test_the_small_hours_belong_to_the_day_before() -> None:
    rates = arrange_week(FRAME)
    assert list(rates[0, 17:24]) == [0, 4, 4, 2, 2, 0, 0]
    assert rates[1:].sum() == 0


def test_the_week_begins_where_the_setting_says() -> None:
    assert arrange_week(FRAME, first_weekday=6)[1].sum() == 12


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_nothing_is_the_first_colour_and_the_fullest_the_last(
    theme: Theme, sheet: Callable[..., Axes]
) -> None:
    """A colour map once took the integer 1 as its second colour, and the fullest cell was the palest."""
    colours = _colours(
        draw_week(sheet(), FRAME.assign(per_week=(FRAME["per_week"] > 3).astype(int)), theme=theme)
    )
    assert {k: colour for k, colour in enumerate(colours) if colour != theme.sequential[0]} == {
        18: theme.sequential[8],
        19: theme.sequential[8],
    }


def test_a_rate_between_two_steps_is_the_lower_with_the_upper_over_it(sheet: Callable[..., Axes]) -> None:
    plot = draw_week(
        sheet(), FRAME.assign(per_week=np.where(FRAME["per_week"] == 2.0, 2.25, FRAME["per_week"]))
    )
    assert _colours(plot)[18:22] == [LIGHT.sequential[8]] * 2 + [LIGHT.sequential[4]] * 2
    veils = [c for c in plot.collections if c.get_label() != "cells"]
    assert [(to_hex(v.get_facecolor()[0]).upper(), v.get_facecolor()[0][3]) for v in veils] == [
        (LIGHT.sequential[5], 0.5)
    ]


def test_cells_leave_two_pixels_between_them(sheet: Callable[..., Axes]) -> None:
    plot = draw_week(sheet(), FRAME)
    one, other = (path.get_extents() for path in _cells(plot).get_paths()[:2])
    px = (744 - 47) / 24
    assert (other.x0 - one.x1) * px == pytest.approx(2.0)


def test_the_scale_ends_at_the_995th_of_a_thousand() -> None:
    assert find_full(np.arange(1000).reshape(10, 100).astype(float)) == pytest.approx(994.005)
    assert [say_full(value) for value in (0.4, 3.86, 140.2)] == ["0.40", "3.9", "140"]


@pytest.mark.parametrize(("narrow", "box"), [(False, (18, 0, 4, 1)), (True, (0, 18, 1, 4))])
def test_the_run_is_framed_in_red_cased_in_the_background(
    narrow: bool, box: tuple[int, ...], sheet: Callable[..., Axes]
) -> None:
    plot = draw_week(sheet(328 if narrow else 744, 400), FRAME, run=(0, 22, 2), narrow=narrow)
    frames = [patch for patch in plot.patches if patch.get_facecolor()[3] == 0]
    assert [(*patch.get_xy(), patch.get_width(), patch.get_height()) for patch in frames] == [box, box]
    assert [to_hex(patch.get_edgecolor()).upper() for patch in frames] == [LIGHT.bg, LIGHT.mark]
    assert [patch.get_linewidth() for patch in frames][1] == 2.0


def test_the_framed_row_noon_and_midnight_are_semibold(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    said = texts(draw_week(sheet(), FRAME, run=(6, 22, 2), first_weekday=6))
    assert [name for name, text in said.items() if text.get_fontproperties().get_weight() == 600] == [
        "Sun",
        "noon",
        "midnight",
    ]


def test_the_key_is_nine_swatches_and_two_numbers(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    ax = sheet()
    draw_week(ax, FRAME, nouns="videos")
    assert [to_hex(patch.get_facecolor()).upper() for patch in ax.patches] == list(LIGHT.sequential)
    assert list(texts(ax)) == ["0", "4.0 videos an hour or more"]


def test_clock_labels_of_the_phone_form_have_room(
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any
) -> None:
    ax = sheet(328, NARROW_WEEK_HEIGHT)
    draw_week(ax, FRAME, run=(0, 22, 2), narrow=True)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])
