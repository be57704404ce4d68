from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from pipeline.charts.hour_dots import draw_hour_dots, find_hour_dots_height
from pipeline.charts.hours import draw_hours
from pipeline.charts.tokens import LIGHT

SHARES = [0.04, 0.02, 0.01, 0.0, 0.0, 0.0, 0.01, 0.02] + [0.05] * 13 + [0.15, 0.06, 0.04]
FRAME = pd.DataFrame({"hour": range(24), "searches": [round(s * 1000) for s in SHARES], "share": SHARES})
FRAME = FRAME.assign(low=FRAME["share"] * 0.9, high=FRAME["share"] * 1.1)


def _bars(plot: Axes) -> list[Rectangle]:
    return [patch for patch in plot.patches if patch.get_width() == pytest.approx(0.72)]


def test_every_hour_is_a_bar_of_its_share_and_the_peak_is_red(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    plot = draw_hours(sheet(), FRAME, mark=(21,))
    bars = _bars(plot)
    assert [bar.get_height() for bar in bars] == SHARES
    assert [k for k, bar in enumerate(bars) if to_hex(bar.get_facecolor()).upper() == LIGHT.mark] == [21]
    assert texts(plot)["15\u00a0%"].get_color() == LIGHT.mark


def test_the_quiet_window_is_tinted_and_named(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    plot = draw_hours(sheet(), FRAME, quiet=(2, 7))
    tint = [patch for patch in plot.patches if to_hex(patch.get_facecolor()).upper() == LIGHT.quiet]
    assert [(patch.get_x(), patch.get_width()) for patch in tint] == [(1.5, 5)]
    assert {"quiet hours", "02:00 – 07:00"} <= set(texts(plot))


def test_a_quiet_window_past_midnight_is_two_tints(sheet: Callable[..., Axes]) -> None:
    plot = draw_hours(sheet(), FRAME, quiet=(22, 5))
    tint = [patch for patch in plot.patches if to_hex(patch.get_facecolor()).upper() == LIGHT.quiet]
    assert [(patch.get_x(), patch.get_width()) for patch in tint] == [(21.5, 2), (-0.5, 5)]


def test_an_interval_is_an_ink_line_cased_in_the_background(sheet: Callable[..., Axes]) -> None:
    plot = draw_hours(sheet(), FRAME)
    upright = [line for line in plot.lines if list(line.get_xdata()) == [10, 10]]
    assert [(line.get_color(), [round(y, 6) for y in line.get_ydata()]) for line in upright] == [
        (LIGHT.bg, [0.045, 0.055]),
        (LIGHT.ink, [0.045, 0.055]),
    ]


def test_the_unit_stands_once_at_the_top_tick(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    said = list(texts(draw_hours(sheet(), FRAME)))
    assert said[:3] == ["5", "10", "15\u00a0%"]


@pytest.mark.parametrize("quiet", [(2, 7), (3, 6), (22, 5), (9, 17), (23, 0)])
@pytest.mark.parametrize(("width", "narrow"), [(744, False), (328, True)])
def test_the_labels_have_room(
    quiet: tuple[int, int],
    width: int,
    narrow: bool,
    sheet: Callable[..., Axes],
    find_clipped: Any,
    find_collisions: Any,
) -> None:
    ax = sheet(width, 286)
    draw_hours(ax, FRAME, quiet=quiet, mark=(21,), narrow=narrow)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


def test_a_small_archive_has_a_dot_for_every_search(sheet: Callable[..., Axes]) -> None:
    counts = [2, 0, 0, 0, 0, 0, 1, *([3] * 17)]
    frame = pd.DataFrame({"hour": range(24), "searches": counts})
    plot = draw_hour_dots(sheet(744, find_hour_dots_height(frame)), frame)
    dots = next(line for line in plot.lines if line.get_label() == "searches")
    assert [list(dots.get_xdata()).count(hour) for hour in range(24)] == counts
    assert max(dots.get_ydata()) < plot.get_ylim()[1]


def test_four_hundred_searches_in_one_hour_still_fit(sheet: Callable[..., Axes]) -> None:
    frame = pd.DataFrame({"hour": range(24), "searches": [499] + [0] * 23})
    plot = draw_hour_dots(sheet(328, find_hour_dots_height(frame)), frame, narrow=True)
    dots = next(line for line in plot.lines if line.get_label() == "searches")
    assert 0.77 < max(dots.get_ydata()) / plot.get_ylim()[1] < 0.9
