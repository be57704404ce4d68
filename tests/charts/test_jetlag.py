from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, Rectangle

from pipeline.charts.jetlag import draw_jetlag, picture_jetlag
from pipeline.charts.tokens import LIGHT
from pipeline.patterns.jetlag import answer_jetlag

FRAME = pd.DataFrame(
    {
        "days": ["work", "free"], "nights": [300, 120], "start": [8.5, 9.0], "end": [16.5, 18.25],
        "middle": [12.5, 13.75], "low": [12.25, 13.5], "high": [12.75, 14.0],
    }
)  # fmt: skip
LATER = pd.DataFrame({"minutes": [75.0], "low": [60.0], "high": [90.0]})


def test_each_kind_of_day_is_a_band_with_its_middle_and_interval(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    plot = draw_jetlag(sheet(744, 220), FRAME, difference=LATER, mark=("free",))
    bands = [patch for patch in plot.patches if isinstance(patch, Rectangle)]
    assert [(band.get_x(), band.get_width()) for band in bands] == [(8.5, 8.0), (9.0, 9.25)]
    dots = {line.get_label(): line for line in plot.lines if line.get_label() in ("work", "free")}
    assert [list(dot.get_xdata()) for dot in dots.values()] == [[12.5], [13.75]]
    colours = [to_hex(str(dot.get_color())).upper() for dot in dots.values()]
    assert colours == [LIGHT.data, LIGHT.mark]
    assert {"Workdays", "Free days", "23:30", "07:30", "03:30", "04:45", "00:00", "09:15"} <= set(texts(plot))
    whiskers = [line.get_xdata() for line in plot.lines if line.get_color() == LIGHT.ink]
    assert [tuple(ends) for ends in whiskers] == [(12.25, 12.75), (13.5, 14.0)]


def test_a_claim_is_an_arrow_with_its_minutes(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    plot = draw_jetlag(sheet(744, 220), FRAME, difference=LATER, mark=("free",))
    assert len([patch for patch in plot.patches if isinstance(patch, FancyArrowPatch)]) == 1
    assert texts(plot)["+75\u00a0min"].get_color() == LIGHT.mark
    plain = draw_jetlag(sheet(744, 220), FRAME, difference=LATER)
    assert not [patch for patch in plain.patches if isinstance(patch, FancyArrowPatch)]
    assert LIGHT.mark not in {text.get_color() for text in plain.texts}


@pytest.mark.parametrize("shift", [-6.0, -1.25, -0.25, 0.25, 1.25, 5.0])
@pytest.mark.parametrize(("width", "narrow"), [(744, False), (664, False), (328, True)])
def test_nothing_is_clipped_or_collides(
    shift: float, width: int, narrow: bool, sheet: Callable[..., Axes],
    find_clipped: Callable[..., list[str]], find_collisions: Callable[..., Any],
) -> None:  # fmt: skip
    frame = FRAME.copy()
    frame.loc[1, ["start", "end", "middle", "low", "high"]] = np.array([8.5, 16.5, 12.5, 12.2, 12.8]) + shift
    apart = pd.DataFrame({"minutes": [60 * shift], "low": [50 * shift], "high": [70 * shift]})
    ax = sheet(width, 220)
    draw_jetlag(ax, frame, difference=apart, mark=("free",), narrow=narrow)
    assert find_clipped(ax.figure) == []
    assert find_collisions(ax.figure) == []


def test_too_few_nights_make_no_picture(subject_of: Callable[..., Any]) -> None:
    few = subject_of(pd.DatetimeIndex(pd.date_range("2025-03-01", periods=40, freq="9h")))
    assert picture_jetlag(answer_jetlag(few, np.random.default_rng(0)), few.coverage) is None
