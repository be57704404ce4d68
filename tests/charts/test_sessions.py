from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from pipeline.charts.sessions import NARROW_SESSIONS_HEIGHT, SESSIONS_HEIGHT, draw_sessions, picture_sessions
from pipeline.charts.tokens import LIGHT
from pipeline.patterns.answer import Answer
from pipeline.patterns.finding import Finding

NB = "\u00a0"
SIZES = pd.DataFrame(
    {
        "searches": ["1", "2", "3", "4", "5–9", "10 or more"],
        "sessions": [25, 18, 13, 10, 23, 11],
        "share": [0.25, 0.18, 0.13, 0.1, 0.23, 0.11],
        "low": [0.2] * 6,
        "high": [0.3] * 6,
    }
)
FIT = pd.DataFrame(
    {"component": ["within", "between"], "weight": [0.7, 0.3], "mean": [1.8, 3.6], "sd": [0.4, 0.5]}
)


def make_pauses(limit: float, low: float = 1.8, high: float = 3.6, spread: float = 0.45) -> pd.DataFrame:
    """A histogram of two heaps at these powers of ten."""
    left = np.arange(0, 5.6, 0.1)
    heaps = [0.7 * np.exp(-0.5 * ((left + 0.05 - mean) / spread) ** 2) for mean in (low, high)]
    gaps = np.round(1000 * (heaps[0] + 0.4 * heaps[1])).astype(int)
    return pd.DataFrame(
        {"seconds": 10**left, "gaps": gaps, "within": np.where(left < np.log10(limit), gaps, 0)}
    )


def _bars(plot: Axes, colour: str) -> list[Rectangle]:
    return [patch for patch in plot.patches if to_hex(patch.get_facecolor()).upper() == colour]


def _draw(ax: Axes, limit: float = 900, **fields: Any) -> Axes:
    return draw_sessions(ax, make_pauses(limit), sizes=SIZES, limit=limit, **fields)


def test_bars_are_the_pauses_in_two_tones_parted_at_the_limit(sheet: Callable[..., Axes]) -> None:
    plot = _draw(sheet(744, SESSIONS_HEIGHT), fitted=True, fit=FIT)
    within, between = _bars(plot, LIGHT.data), _bars(plot, LIGHT.data_soft)
    at = np.log10(900)
    assert all(bar.get_x() + bar.get_width() <= at + 1e-9 for bar in within)
    assert all(bar.get_x() >= at - 1e-9 for bar in between)
    shown = {round(float(x), 6): float(y) for x, y in zip(np.log10(make_pauses(900)["seconds"]),
                                                         make_pauses(900)["gaps"], strict=True)}  # fmt: skip
    for bar in within[:-1]:
        assert bar.get_height() == shown[round(bar.get_x() - 0.008, 6)]


def test_the_valley_is_red_and_a_convention_is_not(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    said = texts(_draw(sheet(744, SESSIONS_HEIGHT), fitted=True, fit=FIT))
    assert said[f"15{NB}minutes"].get_color() == LIGHT.mark
    assert "the valley" in said
    plot = _draw(sheet(744, SESSIONS_HEIGHT), 1800)
    assert texts(plot)[f"30{NB}minutes"].get_color() == LIGHT.ink
    assert "by convention" in texts(plot)
    assert [line for line in plot.lines if line.get_label() == "fit"] == []


def test_the_limit_is_a_line_at_its_place(sheet: Callable[..., Axes]) -> None:
    plot = _draw(sheet(744, SESSIONS_HEIGHT), fitted=True, fit=FIT)
    upright = [line for line in plot.lines if line.get_color() == LIGHT.mark]
    assert [list(line.get_xdata()) for line in upright] == [[np.log10(900)] * 2]


def test_the_curve_holds_as_much_as_the_bars(sheet: Callable[..., Axes]) -> None:
    plot = _draw(sheet(744, SESSIONS_HEIGHT), fitted=True, fit=FIT)
    curve = next(line for line in plot.lines if line.get_label() == "fit")
    x, y = (np.asarray(part, dtype=float) for part in curve.get_data())
    area = float(np.sum((y[1:] + y[:-1]) / 2 * np.diff(x))) / 0.1
    shown = sum(bar.get_height() * bar.get_width() / 0.084 for bar in plot.patches)
    assert area == pytest.approx(shown, rel=0.05)


def test_sizes_are_bars_with_their_shares(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    ax = sheet(744, SESSIONS_HEIGHT)
    _draw(ax)
    box = ax.child_axes[1]
    assert [bar.get_width() for bar in box.patches] == SIZES["share"].tolist()
    assert {"1", "5–9", "10+", f"25{NB}%", f"23{NB}%"} <= set(texts(box))


def test_the_noun_is_the_subjects(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    ax = sheet(744, SESSIONS_HEIGHT)
    _draw(ax, noun="video", nouns="videos")
    assert {"Time to the next video", "Videos in a session"} <= set(texts(ax))


@pytest.mark.parametrize("limit", [60, 120, 900, 1800, 7500, 10800])
@pytest.mark.parametrize(("low", "high"), [(1.8, 3.6), (0.9, 2.6), (2.9, 3.2), (2.0, 5.0)])
@pytest.mark.parametrize(("width", "narrow"), [(744, False), (664, False), (328, True)])
def test_the_words_have_room_wherever_the_heaps_stand(
    limit: int,
    low: float,
    high: float,
    width: int,
    narrow: bool,
    sheet: Callable[..., Axes],
    find_clipped: Any,
    find_collisions: Any,
) -> None:
    ax = sheet(width, NARROW_SESSIONS_HEIGHT if narrow else SESSIONS_HEIGHT)
    draw_sessions(
        ax, make_pauses(limit, low, high), sizes=SIZES, limit=limit, fitted=True, fit=FIT, narrow=narrow
    )
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


@pytest.mark.parametrize("high", [5.2, 5.3, 5.35, 5.4, 5.45, 5.5])
def test_a_tick_at_the_edge_stays_inside(high: float, sheet: Callable[..., Axes], find_clipped: Any) -> None:
    frame = make_pauses(900)
    frame = frame[np.log10(frame["seconds"]) < high].assign(gaps=100)
    ax = sheet(328, NARROW_SESSIONS_HEIGHT)
    draw_sessions(ax, frame, sizes=SIZES, limit=900, narrow=True)
    assert find_clipped(ax.figure, slack=0.5) == []


def test_one_length_of_pause_alone_is_drawn(sheet: Callable[..., Axes], find_clipped: Any) -> None:
    frame = pd.DataFrame({"seconds": [50.1], "gaps": [799], "within": [799]})
    ax = sheet(328, NARROW_SESSIONS_HEIGHT)
    plot = draw_sessions(ax, frame, sizes=SIZES, limit=1800, narrow=True)
    assert [bar.get_height() for bar in plot.patches] == [799]
    assert find_clipped(ax.figure) == []


def test_too_few_pauses_have_no_picture(subject_of: Any) -> None:
    finding = Finding("sessions", "Sessions", "", "", "", "", (), "", "")
    empty = Answer({"main": make_pauses(900).iloc[:0]}, finding)
    coverage = subject_of(pd.date_range("2025-01-01", periods=3, freq="D")).coverage
    assert picture_sessions(empty, coverage) is None


def test_the_picture_names_the_number_of_sessions(subject_of: Any, sheet: Callable[..., Axes]) -> None:
    finding = Finding("sessions", "Sessions", "", "", "", "", (), "", "")
    limit = pd.DataFrame({"seconds": [900], "fitted": [True], "low": [800.0], "high": [1000.0]})
    summary = pd.DataFrame(
        {
            "sessions": [14807],
            "median_minutes": [3.0],
            "reformulations_share": [0.5],
            "low": [0.4],
            "high": [0.6],
        }
    )
    frames = {"main": make_pauses(900), "fit": FIT, "limit": limit, "sizes": SIZES, "summary": summary}
    coverage = subject_of(pd.date_range("2025-01-01", periods=3, freq="D")).coverage
    picture = picture_sessions(Answer(frames, finding), coverage)
    assert picture is not None
    assert picture.left_out == "14,807 sessions."
    picture.draw(sheet(744, picture.height(744, False)), theme=LIGHT, narrow=False)
