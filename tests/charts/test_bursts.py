from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Patch

from pipeline.charts.bursts import draw_bursts, find_bursts_height, list_drawn, list_lines, picture_bursts
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.bursts import answer_bursts

BURSTS = {
    "sourdough": [("2021-03-10", "2021-06-08", 465, True)],
    "thesis": [("2021-11-02", "2022-02-11", 264, False), ("2022-03-07", "2022-07-02", 2857, True)],
    "$\\foo{": [("2023-03-20", "2023-08-22", 663, True)],
    "list comprehension of everything": [("2024-03-21", "2024-03-29", 30, True)],
    "piano": [("2025-07-15", "2025-11-18", 756, True)],
}
FOREIGN = {"كيوتو": [("2021-04-10", "2021-06-08", 465, True)],
           "京都": [("2022-03-07", "2022-07-02", 900, True)],
           "Größe": [("2023-03-20", "2023-08-22", 663, True)]}  # fmt: skip
Plan = dict[str, list[tuple[str, str, int, bool]]]


def make(
    plan: Plan = BURSTS, first: str = "2021-03-08", last: str = "2025-11-17"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = pd.DataFrame(
        [(word, *burst) for word, bursts in plan.items() for burst in bursts],
        columns=["word", "first", "last", "count", "strongest"],
    ).astype({"word": "str", "first": "datetime64[ms]", "last": "datetime64[ms]"})
    mondays = pd.date_range(first, last, freq="7D").as_unit("ms")
    weeks = []
    for word, bursts in plan.items():
        one = pd.DataFrame({"word": word, "week": mondays, "count": 0, "covered_days": 7})
        for begin, end, count, _ in bursts:
            inside = (mondays >= begin) & (mondays <= end)
            one.loc[inside, "count"] = count // max(1, int(inside.sum()))
        weeks.append(one)
    return frame, pd.concat(weeks, ignore_index=True)


def draw(sheet: Callable[..., Axes], tables: Any = None, width: float = 744, **asked: Any) -> Axes:
    frame, weeks = tables or make()
    ax = sheet(width, find_bursts_height(frame, width, asked.get("narrow", False)))
    return draw_bursts(ax, frame, weeks=weeks, noun=("search", "searches"), **asked)


def list_bars(plot: Axes) -> dict[str, Patch]:
    return {bar.get_label(): bar for bar in plot.patches if "-" in str(bar.get_label())}


def test_each_row_names_its_word_and_each_burst_has_its_bar(sheet: Callable[..., Axes]) -> None:
    plot = draw(sheet)
    said = [text.get_text() for text in plot.figure.axes[0].texts]
    assert said == [*list(BURSTS)[:3], "list comprehension of everythi…", "piano"]
    bars = list_bars(plot)
    assert len(bars) == 6
    bar = bars["sourdough 2021-03-10"]
    assert bar.get_x() == (pd.Timestamp("2021-03-10") - pd.Timestamp(0)).days
    assert bar.get_width() == 91
    tops = [bars[key].get_y() for key in ("sourdough 2021-03-10", "thesis 2021-11-02", "piano 2025-07-15")]
    assert tops == sorted(tops)


def test_only_the_heaviest_burst_of_the_marked_word_is_red_and_says_what_it_holds(
    sheet: Callable[..., Axes],
) -> None:
    plot = draw(sheet, mark=("thesis",))
    red = [key for key, bar in list_bars(plot).items() if to_hex(bar.get_facecolor()).upper() == LIGHT.mark]
    assert red == ["thesis 2022-03-07"]
    assert "2,857 searches, Mar – Jul 2022" in [text.get_text() for text in plot.texts]
    named = {text.get_text(): text.get_color() for text in plot.figure.axes[0].texts}
    assert [word for word, colour in named.items() if colour == LIGHT.mark] == ["thesis"]


def test_without_a_mark_nothing_is_red(sheet: Callable[..., Axes]) -> None:
    plot = draw(sheet)
    assert all(to_hex(patch.get_facecolor()).upper() != LIGHT.mark for patch in plot.patches)
    assert not [text for text in plot.texts if "searches" in text.get_text()]


@pytest.mark.parametrize(("word", "side"), [("sourdough", 1), ("piano", -1)])
def test_what_a_burst_holds_stands_where_there_is_room(
    sheet: Callable[..., Axes], word: str, side: int
) -> None:
    plot = draw(sheet, mark=(word,))
    (said,) = [text for text in plot.texts if "searches" in text.get_text()]
    bar = next(bar for key, bar in list_bars(plot).items() if key.startswith(word))
    box, span = said.get_window_extent(), bar.get_window_extent()
    assert (box.x0 > span.x1) if side > 0 else (box.x1 < span.x0)


def test_a_line_goes_by_weeks_in_proportion_to_the_days_that_are_covered() -> None:
    weeks = pd.DataFrame(
        {"week": pd.date_range("2024-01-01", periods=7, freq="7D"), "count": [5, 7, 0, 0, 0, 4, 1],
         "covered_days": [5, 7, 7, 0, 0, 7, 1]}
    )  # fmt: skip
    first, second = list_lines(weeks, 1)
    monday = (pd.Timestamp("2024-01-01") - pd.Timestamp(0)).days
    assert (first[0] - monday).tolist() == [0, 3.5, 10.5, 17.5, 21]
    assert first[1].tolist() == [7, 7, 7, 0, 0]
    assert second[1].tolist() == [4, 4, 7 / 4, 7 / 4]
    assert list_lines(weeks, 2)[0][1].tolist() == [7, 7, 0, 0]


def test_rows_of_many_years_have_no_more_points_than_can_be_seen(sheet: Callable[..., Axes]) -> None:
    plot = draw(sheet, make(first="2010-03-08"))
    assert max(len(patch.get_xy()) for patch in plot.patches if hasattr(patch, "get_xy") and
               np.ndim(patch.get_xy()) == 2) < 744 / 2 + 8  # fmt: skip


def test_weeks_that_nothing_covers_are_hatched_and_part_the_line(sheet: Callable[..., Axes]) -> None:
    frame, weeks = make({"piano": BURSTS["piano"]})
    weeks.loc[20:25, ["count", "covered_days"]] = 0
    plot = draw(sheet, (frame, weeks))
    (span,) = [patch for patch in plot.patches if patch.get_label() == "not in the archive"]
    assert (span.get_width(), span.get_hatch()) == (42, "//////")
    assert len(list_lines(weeks, 1)) == 2


@pytest.mark.parametrize(("width", "narrow"), [(744, False), (664, False), (328, True)])
@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("mark", ["thesis", "list comprehension of everything", "piano"])
def test_nothing_is_clipped_and_nothing_collides(
    width: float, narrow: bool, theme: Any, mark: str, sheet: Callable[..., Axes], find_clipped: Any,
    find_collisions: Any,
) -> None:  # fmt: skip
    plot = draw(sheet, width=width, narrow=narrow, theme=theme, mark=(mark,))
    assert (find_clipped(plot.figure), find_collisions(plot.figure)) == ([], [])


@pytest.mark.parametrize("first", ["2010-03-08", "2025-03-10"])
def test_dates_fit_fifteen_years_and_half_a_one(
    first: str, sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any
) -> None:
    for width, narrow in ((744, False), (328, True)):
        plan = {"piano": BURSTS["piano"]}
        plot = draw(sheet, make(plan, first=first), width=width, narrow=narrow, mark=("piano",))
        assert (find_clipped(plot.figure), find_collisions(plot.figure)) == ([], [])


def test_words_of_other_scripts_are_drawn_or_left_to_the_table(sheet: Callable[..., Axes]) -> None:
    frame, weeks = make(FOREIGN)
    plot = draw(sheet, (frame, weeks), mark=("كيوتو",))
    said = [text.get_text() for text in plot.figure.axes[0].texts]
    drawn = list_drawn(frame)
    assert said[: len(drawn)] == drawn
    assert "Größe" in drawn
    assert len(said) - len(drawn) == (len(drawn) < len(FOREIGN))


def test_without_a_burst_there_is_no_picture(subject_of: Callable[..., Any]) -> None:
    subject = subject_of(pd.date_range("2024-01-01", periods=30, freq="h"))
    answer = answer_bursts(subject, np.random.default_rng(0))
    assert picture_bursts(answer, subject.coverage) is None
