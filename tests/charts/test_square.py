"""The square form: 640 × 640, filled where a plot can grow, in the middle where it cannot."""

from functools import partial
from typing import Any

import pytest
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, size_of
from pipeline.charts.frame import lay_out_frame, say_source
from pipeline.charts.lettering import write
from pipeline.charts.picture import Picture
from pipeline.charts.pictures import PICTURES, choose_picture
from pipeline.charts.square import SIDE, make_square
from pipeline.charts.tokens import DARK, Theme
from pipeline.patterns.coverage import Coverage

COVERAGE = Coverage(None, None, 0, 0, 12, None)


def _draw(ax: Axes, *, theme: Theme, narrow: bool, foot: float | None, seen: list[float]) -> Axes:
    _, height = open_sheet(ax)
    seen.append(height)
    draw_rule(ax, (0, 10), (0, 10), theme.ink)
    write(ax, "the lowest word", 100, foot or height - 10, size=12, colour=theme.ink)
    return ax


def _picture(height: float, foot: float | None, seen: list[float]) -> Picture:
    return Picture(partial(_draw, foot=foot, seen=seen), lambda width, narrow: height)


def test_a_plot_that_grows_fills_the_room() -> None:
    seen: list[float] = []
    figure = make_square(_picture(200, None, seen), "A headline", "A deck.", COVERAGE, theme=DARK)
    assert figure is not None
    assert list(figure.get_size_inches() * 96) == pytest.approx([SIDE, SIDE])
    assert len(seen) == 1
    assert seen[0] > 400


def test_one_that_does_not_grow_stands_in_the_middle() -> None:
    seen: list[float] = []
    figure = make_square(_picture(200, 190, seen), "A headline", "A deck.", COVERAGE)
    assert figure is not None
    assert seen[1] == pytest.approx(200)
    (plot,) = [
        ax for ax in figure.findobj(Axes) if isinstance(ax, Axes) and size_of(ax)[1] == pytest.approx(200)
    ]
    frame = lay_out_frame(SIDE, "A headline", "A deck.", say_source(COVERAGE))
    below = plot.get_window_extent().y0 / figure.dpi * 96 - frame.below
    above = SIDE - frame.above - frame.below - 200 - below
    assert below == pytest.approx(above, abs=1)


def test_a_tall_picture_has_no_square() -> None:
    assert make_square(_picture(700, None, []), "A headline", "A deck.", COVERAGE) is None


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_clipped_or_collides_in_a_square(
    name: str, case: Any, find_clipped: Any, find_collisions: Any
) -> None:
    _, answers, coverage = case
    picture = choose_picture(name, answers[name], coverage) if name in answers else None
    if picture is None:
        return
    figure = make_square(picture, answers[name].finding.headline, answers[name].finding.deck, coverage)
    if figure is None:
        return
    assert find_clipped(figure) == []
    if not name.startswith("words"):  # a cloud's words may nest into one another
        assert find_collisions(figure) == []
