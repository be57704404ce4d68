"""Six ways to weigh errors, drawn side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes

from pipeline.charts.picture import make_alone, make_page_form
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.charts.usual_cases import draw_usual_cases, find_usual_cases_height, picture_usual_cases
from pipeline.patterns.coverage import Coverage

DAYS = pd.Timestamp("2021-03-09").date(), pd.Timestamp("2025-11-19").date()
COVERAGE = Coverage(*DAYS, 1717, 1696, 63_420, DAYS[1], noun="search", nouns="searches")


def make_cases(*, off: float = 14.0, weights: float = 2.0, chosen: int = 4) -> pd.DataFrame:
    """Six cases in order, each a little nearer than the one before it."""
    return pd.DataFrame(
        {
            "loss": [1, 1, 1, 2, 2, 2],
            "penalty": [0, 1, 2] * 2,
            "off": [off * (1 - 0.01 * k) for k in range(6)],
            "weights": [weights, 0.0, weights / 2, weights, weights / 3, weights / 2],
            "zeros": [0, 21, 1, 0, 8, 1],
            "chosen": [float(k == chosen) for k in range(6)],
        },
        dtype=float,
    )


def draw(sheet: Callable[..., Axes], frame: pd.DataFrame, width: float = 744) -> Axes:
    narrow = width < 400
    return draw_usual_cases(sheet(width, find_usual_cases_height(narrow)), frame, narrow=narrow)


def test_bars_begin_at_zero_and_have_the_length_of_their_numbers(sheet: Callable[..., Axes]) -> None:
    frame = make_cases()
    whole = draw(sheet, frame)
    for column in ("off", "weights"):
        bars: Any = [patch for patch in whole.patches if patch.get_label() == column]
        assert len({bar.get_x() for bar in bars}) == 1 and len(bars) == 6
        lengths = pd.Series([bar.get_width() for bar in bars])
        pd.testing.assert_series_equal(
            lengths / lengths.max(), frame[column] / frame[column].max(), check_names=False
        )


def test_the_chosen_case_alone_is_coloured(sheet: Callable[..., Axes]) -> None:
    whole = draw(sheet, make_cases(chosen=2))
    bars = [patch for patch in whole.patches if patch.get_label() == "off"]
    assert [bar.get_facecolor() == bars[2].get_facecolor() for bar in bars] == [k == 2 for k in range(6)]
    coloured = [text.get_text() for text in whole.texts if text.get_color() == LIGHT.data]
    assert sorted(coloured) == ["1.00, 1 zero", "13.7", "L1 loss, L2 penalty"]


def test_each_case_is_named_with_its_weights_and_zeros(sheet: Callable[..., Axes], texts: Any) -> None:
    wide, narrow = (texts(draw(sheet, make_cases(), width)) for width in (744, 328))
    assert {
        "L1 loss, no penalty",
        "L2 loss, L1 penalty",
        "0.00, 21 zeros",
        "off by, in searches a day",
    } <= set(wide)
    assert {"loss, penalty", "L1, none", "L2, L1", "0.00, 21", "off by", "Σ|w|, weights at 0"} <= set(narrow)


@pytest.mark.parametrize("width", [744, 328])
@pytest.mark.parametrize(("off", "weights"), [(0.012, 0.0), (14.0, 2.0), (12345.0, 123.4)])
def test_no_words_are_clipped_or_collide(
    sheet: Callable[..., Axes],
    find_clipped: Any,
    find_collisions: Any,
    width: int,
    off: float,
    weights: float,
) -> None:
    whole = draw(sheet, make_cases(off=off, weights=weights), width)
    assert (find_clipped(whole.figure), find_collisions(whole.figure)) == ([], [])


def test_it_is_drawn_in_every_form(find_clipped: Any) -> None:
    picture = picture_usual_cases(make_cases(), COVERAGE)
    for narrow in (False, True):
        alone = make_alone(picture, "A headline", "A deck.", COVERAGE, theme=DARK, narrow=narrow)
        bare = make_page_form(picture, 328 if narrow else 744, narrow=narrow)
        assert find_clipped(alone) == find_clipped(bare) == []
