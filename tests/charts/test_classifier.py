"""What a classifier said: per cent in cells, a framed diagonal, and dots that say how often it is right."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from pipeline.charts.classifier import draw_classifier, find_classifier_height, picture_classifier
from pipeline.charts.picture import make_alone, make_page_form
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import WEEKDAYS


def make_confusion(diagonal: float = 0.4, seed: int = 0) -> pd.DataFrame:
    """Invent 50 days of each weekday, so many of them named right."""
    rng = np.random.default_rng(seed)
    chances = np.full((7, 7), (1 - diagonal) / 6)
    np.fill_diagonal(chances, diagonal)
    table = np.array([rng.multinomial(50, row) for row in chances])
    place = np.arange(49)
    return pd.DataFrame(
        {"truth": place // 7, "said": place % 7, "days": table.ravel(), "share": table.ravel() / 50}
    )


def make_right(share: float = 0.33, reach: float = 0.05) -> pd.DataFrame:
    rows = [("the model", share, max(share - reach, 0.0), min(share + reach, 1.0)),
            ("always Wednesday", 0.15, 0.14, 0.15), ("shuffled labels", 0.15, 0.11, 0.19)]  # fmt: skip
    return pd.DataFrame(rows, columns=["name", "share", "low", "high"])


def draw(sheet: Callable[..., Axes], width: float = 744, **kwargs: Any) -> tuple[Axes, Axes]:
    narrow = kwargs.setdefault("narrow", width < 400)
    whole = sheet(width, find_classifier_height(3, narrow))
    frame, right = kwargs.pop("frame", make_confusion()), kwargs.pop("right", make_right())
    return draw_classifier(whole, frame, right=right, **kwargs), whole


def list_frames(cells: Axes) -> list[tuple[float, float]]:
    return [
        (patch.get_x(), patch.get_y())
        for patch in cells.patches
        if isinstance(patch, Rectangle) and to_hex(patch.get_edgecolor()).upper() == LIGHT.mark
    ]


def test_each_cell_says_its_share_of_the_true_days(sheet: Callable[..., Axes]) -> None:
    frame = make_confusion()
    cells, _ = draw(sheet, frame=frame)
    numbers = [text for text in cells.texts if text.get_text().isdigit()]
    placed = {(round(t.xy[1] - 0.5), round(t.xy[0] - 0.5)): int(t.get_text()) for t in numbers}
    expected = {(r.truth, r.said): round(100 * r.share) for r in frame.itertuples()}
    assert placed == expected
    bold = {(round(t.xy[1] - 0.5), round(t.xy[0] - 0.5)) for t in numbers if t.get_fontweight() == 600}
    assert bold == {(k, k) for k in range(7)}


def test_the_diagonal_is_framed_where_something_was_found(sheet: Callable[..., Axes]) -> None:
    assert list_frames(draw(sheet)[0]) == [(k, k) for k in range(7)]
    assert list_frames(draw(sheet, found=False)[0]) == []


def test_weeks_begin_as_the_owners_do(sheet: Callable[..., Axes], texts: Any) -> None:
    frame = make_confusion()
    cells, whole = draw(sheet, frame=frame, first_weekday=6)
    columns = [t.get_text() for t in sorted(cells.texts, key=lambda t: t.xy[0]) if t.get_text()[0].isalpha()]
    assert columns == ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    rows = sorted((label.xy[1], name) for name, label in texts(whole).items() if name in WEEKDAYS)
    assert [name for _, name in rows] == ["Sunday", *WEEKDAYS[:6]]
    first = next(t for t in cells.texts if t.xy == (0.5, 0.5))
    sundays = frame[(frame["truth"] == 6) & (frame["said"] == 6)]
    assert first.get_text() == f"{100 * sundays['share'].iloc[0]:.0f}"


def test_a_weekday_without_days_is_outlined_not_zero(sheet: Callable[..., Axes]) -> None:
    frame = make_confusion()
    frame["share"] = frame["share"].where(frame["truth"] != 3)
    cells, _ = draw(sheet, frame=frame)
    assert len([text for text in cells.texts if text.get_text().isdigit()]) == 42


def test_the_dots_stand_at_their_shares_and_the_model_first(sheet: Callable[..., Axes]) -> None:
    right = make_right()
    cells, whole = draw(sheet, right=right)
    plot = next(ax for ax in whole.child_axes if ax is not cells)
    dots = [line for line in plot.lines if line.get_label() == "share"]
    assert [float(line.get_xdata()[0]) for line in dots] == right["share"].tolist()
    spans = {line.get_label(): list(line.get_xdata()) for line in plot.lines if line.get_label() != "share"}
    for row in right.itertuples():
        assert spans[row.name] == [row.low, row.high]
    colours = [to_hex(line.get_color()).upper() for line in dots]
    assert colours == [LIGHT.data, LIGHT.faint, LIGHT.faint]
    said = [text.get_text() for text in plot.texts]
    assert said.count("33\u00a0%") == 1 and said.count("15\u00a0%") == 2
    assert plot.get_xlim()[0] == 0


@pytest.mark.parametrize("width", [744, 664, 328])
@pytest.mark.parametrize("share", [0.0, 0.16, 0.33, 0.62, 0.98])
def test_nothing_is_clipped_or_collides(
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any, width: int, share: float
) -> None:
    _, whole = draw(sheet, width, frame=make_confusion(share), right=make_right(share))
    assert find_clipped(whole.figure) == []
    assert find_collisions(whole.figure) == []


def test_both_forms_are_drawn_in_both_editions(find_clipped: Any) -> None:
    days = pd.Timestamp("2021-03-09").date(), pd.Timestamp("2025-11-19").date()
    coverage = Coverage(*days, 1717, 1696, 63_420, days[1], noun="search", nouns="searches", first_weekday=6)
    picture = picture_classifier(
        make_confusion(), make_right(), coverage, found=True, left_out="Learned on days to Oct 2024."
    )
    for theme in (LIGHT, DARK):
        for narrow in (False, True):
            alone = make_alone(picture, "A headline", "A deck.", coverage, theme=theme, narrow=narrow)
            bare = make_page_form(picture, 328 if narrow else 744, theme=theme, narrow=narrow)
            assert find_clipped(alone) == find_clipped(bare) == []
