"""What each network adds, drawn: a dot and its interval on one axis, 0 the classical model."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from pipeline.charts.networks import draw_networks, find_networks_height, picture_networks
from pipeline.charts.picture import make_alone
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.coverage import Coverage

DAYS = pd.Timestamp("2021-03-09").date(), pd.Timestamp("2025-11-19").date()
COVERAGE = Coverage(*DAYS, 1717, 1696, 63_420, DAYS[1], noun="search", nouns="searches", first_weekday=0)
COLUMNS = [
    "question", "network", "classical", "classical_share", "share", "adds", "adds_low", "adds_high", "adding",
]  # fmt: skip
ROWS = [
    ("Which season was it?", "VGG-7 on weeks", "softmax on week maps", 0.06, 0.08, 0.02, -0.03, 0.05, False),
    ("Which season was it?", "a ResNet", "softmax on week maps", 0.06, 0.16, 0.10, 0.04, 0.15, True),
    ("Term or holiday?", "a decoupled LSTM", "softmax on clips", 0.30, -0.9, -1.2, -1.5, -1.0, False),
]  # fmt: skip
FRAME = pd.DataFrame(ROWS, columns=COLUMNS)


def draw(sheet: Callable[..., Axes], width: float = 744, frame: pd.DataFrame = FRAME) -> tuple[Axes, Axes]:
    narrow = width < 400
    whole = sheet(width, find_networks_height(frame, narrow))
    return whole, draw_networks(whole, frame, narrow=narrow)


def list_level(plot: Axes) -> list[tuple[float, float]]:
    """Return where each bar begins and ends."""
    return [
        (round(float(line.get_xdata()[0]), 6), round(float(line.get_xdata()[1]), 6))  # type: ignore[index]
        for line in plot.lines
        if len(line.get_xdata()) == 2 and line.get_ydata()[0] == line.get_ydata()[1]  # type: ignore[arg-type, index]
    ]


@pytest.mark.parametrize("width", [744, 328])
def test_a_dot_lies_at_what_is_added_and_one_far_below_is_an_arrow(
    sheet: Callable[..., Axes], width: float
) -> None:
    _, plot = draw(sheet, width)
    dots = [line for line in plot.lines if line.get_label() == "network"]
    assert [float(dot.get_xdata()[0]) for dot in dots] == [0.02, 0.1]  # type: ignore[index]
    assert [to_hex(dot.get_color()).upper() for dot in dots] == [LIGHT.data, LIGHT.mark]
    (arrow,) = (line for line in plot.lines if line.get_label() == "beyond")
    low, high = plot.get_xlim()
    assert (low, high) == (-0.4, 0.4)
    assert low < float(arrow.get_xdata()[0]) < low + 0.1 * (high - low)  # type: ignore[index]


@pytest.mark.parametrize("width", [744, 328])
def test_a_bar_is_the_interval_that_the_table_prints_and_every_groups_line_is_0(
    sheet: Callable[..., Axes], width: float
) -> None:
    frame = pd.concat([FRAME, FRAME.assign(adds=0.001, adds_low=-0.001, adds_high=0.003).iloc[2:]])
    _, plot = draw(sheet, width, frame)
    assert list_level(plot)[:2] == [(-0.03, 0.05), (0.04, 0.15)]
    assert list_level(plot)[3] == (-0.001, 0.003)
    upright = [
        float(line.get_xdata()[0])  # type: ignore[index]
        for line in plot.lines
        if to_hex(line.get_color()).upper() == LIGHT.muted
    ]
    assert set(upright) == {0.0} and len(upright) == (2 if width > 400 else 4)


def test_a_bar_that_lies_beyond_the_scale_is_seen_at_its_edge_on_either_side(
    sheet: Callable[..., Axes],
) -> None:
    beyond = FRAME.assign(adds=[-1.0, 1.0, 0.0], adds_low=[-2.0, 0.8, 0.0], adds_high=[-0.8, 2.0, 0.0])
    ends = list_level(draw(sheet, frame=beyond)[1])
    assert ends[0][0] < ends[0][1] < -0.2 and 0.2 < ends[1][0] < ends[1][1]


@pytest.mark.parametrize("width", [744, 328])
def test_every_network_question_and_classical_model_is_named_once(
    sheet: Callable[..., Axes], texts: Any, width: float
) -> None:
    whole, plot = draw(sheet, width)
    said = [text.get_text() for ax in (whole, plot) for text in ax.texts]
    for name in ("Which season was it?", "Term or holiday?", *FRAME["network"]):
        assert said.count(name) == 1
    assert said.count("softmax on week maps: 6.0\u00a0% avoided") == 1
    points = "\u00a0points" if width < 400 else ""
    assert {f"+2.0{points}", f"+10.0{points}", f"\u2212120.0{points}", "the classical model"} <= set(said)
    assert said.count("points") == (width > 400)


@pytest.mark.parametrize("width", [744, 328])
def test_no_word_of_the_scale_touches_another_whatever_the_shares(
    sheet: Callable[..., Axes], width: float
) -> None:
    for scale in (0.02, 0.3, 1.0):
        shares = {name: FRAME[name] * scale for name in COLUMNS[3:8]}
        whole, plot = draw(sheet, width, FRAME.assign(**shares))
        whole.figure.canvas.draw()
        boxes = sorted(
            (text.get_window_extent() for text in plot.texts if text.xy[1] == 14), key=lambda box: box.x0
        )
        assert len(boxes) >= 2
        assert all(one.x1 < other.x0 for one, other in pairwise(boxes))


def test_networks_that_were_scored_on_other_rows_have_a_head_of_their_own() -> None:
    other = FRAME.assign(classical_share=[0.06, 0.07, 0.3])
    assert find_networks_height(other, False) > find_networks_height(FRAME, False)


def test_it_stands_alone_in_both_editions_and_on_a_phone() -> None:
    for theme, narrow in ((LIGHT, False), (DARK, False), (LIGHT, True)):
        picture = picture_networks(FRAME, COVERAGE)
        figure = make_alone(picture, "One of three", "A deck.", COVERAGE, theme=theme, narrow=narrow)
        assert figure.get_size_inches()[0] > 3


def test_one_wide_interval_leaves_the_others_their_room_and_ends_in_arrows(
    sheet: Callable[..., Axes],
) -> None:
    wide = FRAME.iloc[:2].assign(adds_low=[-0.9, 0.04], adds_high=[0.9, 0.15])
    _, plot = draw(sheet, frame=wide)
    signs = [line.get_marker() for line in plot.lines if line.get_label() == "beyond"]
    assert signs == ["<", ">"] and plot.get_xlim() == (-0.2, 0.2)
