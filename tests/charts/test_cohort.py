from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from pipeline.charts.cohort import draw_cohort
from pipeline.charts.cohort_bars import draw_bars
from pipeline.charts.cohort_groups import draw_groups, find_groups_height
from pipeline.charts.cohort_quiet import draw_window
from pipeline.charts.style import add_box, new_figure
from pipeline.charts.tokens import LIGHT
from pipeline.patterns.cohort_book import Cohort, count_cohort
from tests.invented_people import invent_alike, invent_two_kinds


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    cohort = count_cohort(invent_two_kinds(), {}, 5)
    assert cohort is not None
    return cohort


def _texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_each_answer_has_a_columns_and_a_phones_drawing_and_the_years_have_a_table(cohort: Cohort) -> None:
    forms = {name: tuple(draw_cohort(name, answer)) for name, answer in cohort.answers.items()}
    assert forms.pop("cohort_years") == ()
    assert set(forms.values()) == {("wide", "narrow")}
    assert len(forms) == 5


def test_without_groups_nothing_is_drawn_of_them() -> None:
    alike = count_cohort(invent_alike(), {}, 5)
    assert alike is not None
    assert draw_cohort("cohort_groups", alike.answers["cohort_groups"]) == {}


def test_the_groups_are_named_with_how_many_people_and_where_their_hours_centre(cohort: Cohort) -> None:
    drawn = draw_cohort("cohort_groups", cohort.answers["cohort_groups"])
    wide, narrow = _texts(drawn["wide"]), _texts(drawn["narrow"])
    assert {"Earlier", "7 people", "Later", "8 people", "noon"} <= set(wide)
    assert {"Earlier · 7 people", "Later · 8 people"} <= set(narrow)
    assert sum(text.startswith("centre ") for text in wide) == 2


def test_a_groups_curve_and_the_grey_of_the_others_are_the_tables_numbers(cohort: Cohort) -> None:
    answer = cohort.answers["cohort_groups"]
    figure = new_figure(744, find_groups_height(2, narrow=False))
    ax = add_box(figure, 0, 0, 744, find_groups_height(2, narrow=False))
    draw_groups(ax, answer.frame, answer.frames["summary"], mark=("Later",))
    shares = {name: part["share"].tolist() for name, part in answer.frame.groupby("group")}
    plots = {plot.get_label(): plot for plot in ax.child_axes if plot.get_label() in shares}
    for name, other in (("Earlier", "Later"), ("Later", "Earlier")):
        lines = {line.get_label(): line for line in plots[name].get_lines()}
        assert np.asarray(lines["group"].get_ydata()).tolist() == shares[name]
        assert np.asarray(lines["others"].get_ydata()).tolist() == shares[other]
    colours = {
        name: str(line.get_color())
        for name, plot in plots.items()
        for line in plot.get_lines()
        if line.get_label() == "group"
    }
    assert colours == {"Earlier": LIGHT.data, "Later": LIGHT.mark}


def test_bars_bear_their_values_and_the_marked_ones_are_red() -> None:
    figure = new_figure(400, 262)
    ax = add_box(figure, 0, 0, 400, 262)
    shares = np.array([0.5, 0.3, 0.2])
    plot = draw_bars(ax, (shares, shares - 0.02, shares + 0.02), ["a", "b", "c"], mark=[2], tint=[2])
    heights = [bar.get_height() for bar in plot.patches if bar.get_width() < 1]  # type: ignore[attr-defined]
    assert heights == [0.5, 0.3, 0.2]
    assert [text.get_text() for text in plot.texts] == ["50\u00a0%", "a", "30\u00a0%", "b", "20\u00a0%", "c"]
    assert plot.get_ylim()[1] > 0.52


def test_the_value_of_a_low_bar_stands_above_it_in_ink() -> None:
    figure = new_figure(400, 262)
    ax = add_box(figure, 0, 0, 400, 262)
    shares = np.array([0.5, 0.0])
    plot = draw_bars(ax, (shares, shares, shares + 0.01), ["a", "b"])
    high, _, low, _ = plot.texts
    assert (high.get_color(), low.get_color()) == (LIGHT.bg, LIGHT.ink)
    assert (high.xy[1], low.xy[1]) == (0, 0.01)  # type: ignore[attr-defined]


def test_the_window_is_drawn_from_begin_to_end_with_both_clock_times() -> None:
    row = {
        "start": 23.5,
        "start_low": 22.5,
        "start_high": 24.5,
        "end": 31.0,
        "end_low": 30.5,
        "end_high": 31.5,
    }
    figure = new_figure(744, 118)
    ax = add_box(figure, 0, 0, 744, 118)
    plot = draw_window(ax, pd.DataFrame([{**row, "hours": 7.5, "hours_low": 7.0, "hours_high": 8.0}]))
    texts = [text.get_text() for text in plot.texts]
    assert texts[-2:] == ["23:30", "07:00"]
    assert "midnight" in texts
    low, high = plot.get_xlim()
    assert low <= 22.5 - 2
    assert high >= 31.5 + 2
