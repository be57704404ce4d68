"""The year page: twelve months, words, clock and records on one sheet of A4."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Text

from pipeline.charts.render import render_svg
from pipeline.charts.style import add_box, new_figure
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.charts.year_page import (
    HEIGHT,
    PAD,
    WIDTH,
    draw_year_page,
    find_year_page_height,
    make_year_page,
)
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.year_page import YearPage, list_year_pages

LIMITS = pd.DataFrame(
    {"step": range(7), "low": [0, 1, 20, 31, 41, 54, 78], "high": [0, 19, 30, 40, 53, 77, 140]}
)
LONG = "an exceedingly long query that somebody asked again and again"


def _page(
    year: int = 2024,
    words: tuple[str, ...] = ("telescope", "bicycle", "eyepiece", "aurora", "nebula", "derailleur"),
    sentence: str = "13,060 searches on 356 of 366 days. The year of telescope. Nine silent days in August.",
    first: str = "01-01",
    last: str = "12-31",
    first_weekday: int = 0,
    others: float = 1 / 24,
) -> YearPage:
    dates = pd.date_range(f"{year}-{first}", f"{year}-{last}", freq="D").as_unit("ms")
    searches = np.arange(len(dates)) * 37 % 120
    step = np.searchsorted(LIMITS["low"].to_numpy(), searches, side="right") - 1.0
    days = pd.DataFrame({"date": dates, "searches": searches, "covered": True, "step": step})
    days.loc[5:8, "step"] = np.nan
    share = np.arange(24) / 276
    coverage = Coverage(
        dates[0].date(), dates[-1].date(), len(dates), len(dates), int(searches.sum()), None, noun="search",
        nouns="searches", zone="Europe/Paris", first_weekday=first_weekday,
    )  # fmt: skip
    return YearPage(
        year=year,
        coverage=coverage,
        days=days,
        limits=LIMITS,
        clock=pd.DataFrame({"hour": range(24), "share": share, "others": others}),
        records=pd.DataFrame(
            {
                "value": ["119 searches", "216 days in a row", "9 days"],
                "note": [
                    "Busiest day, Wednesday 30 September",
                    "Longest run, to 30 September",
                    "Longest silence, 29 September to 8 October",
                ],
            }
        ),
        words=words,
        own_words=True,
        busiest=dates[int(np.argmax(searches))],
        sentence=sentence,
    )


def _texts(figure: Figure) -> dict[str, Text]:
    return {text.get_text(): text for text in figure.findobj(Text) if isinstance(text, Text)}


def _draw(page: YearPage, width: float, narrow: bool) -> Axes:
    height = find_year_page_height(page, width, narrow)
    return draw_year_page(add_box(new_figure(width, height), 0, 0, width, height), page, narrow=narrow)


def test_the_sheet_has_the_shape_of_a4_and_its_words_fit() -> None:
    assert pytest.approx(np.sqrt(2), abs=0.001) == HEIGHT / WIDTH
    inner = WIDTH - 2 * PAD
    for page in (_page(), _page(words=()), _page(first="03-09")):
        assert find_year_page_height(page, inner, False) <= HEIGHT - 2 * PAD


def test_months_words_and_records_are_written() -> None:
    page = _page()
    written = _texts(make_year_page(page, theme=DARK))
    assert {
        "2024",
        "January",
        "December",
        "telescope",
        "derailleur",
        "119 searches",
        "over 77 searches",
    } <= set(written)
    january = int(page.days.loc[page.days["date"].dt.month == 1, "searches"].sum())
    assert f"{january:,}" in written
    assert written["telescope"].get_color() == DARK.mark
    assert written["bicycle"].get_color() == DARK.ink
    assert written["119 searches"].get_color() == DARK.mark


def test_every_date_stands_in_the_square_of_its_class() -> None:
    page = _page(first="02-10")
    ax = _draw(page, 716, False)
    squares = {
        str(patch.get_label()): np.asarray(patch.get_path().vertices)
        for patch in ax.patches
        if isinstance(patch, PathPatch)
    }
    assert sum(text.get_text() == "29" for text in ax.texts) == 12
    assert [sum(text.get_text() == day for text in ax.texts) for day in ("15", "16", "17", "19")] == [
        11,
        11,
        11,
        12,
    ]
    assert "missing" in squares  # the four days that the archive does not hold have no date


def test_dates_are_read_on_every_class() -> None:
    ax = _draw(_page(), 716, False)
    colours = {to_hex(text.get_color()).upper() for text in ax.texts if text.get_text() == "17"}
    assert colours == {LIGHT.ink, LIGHT.bg}


def test_the_busiest_day_is_framed() -> None:
    page = _page(2025)
    ax = _draw(page, 716, False)
    (mark,) = [patch for patch in ax.patches if patch.get_label() == "mark"]
    day = str(page.busiest.day)
    inside = [
        text.get_text()
        for text in ax.texts
        if mark.get_path().contains_point((text.xy[0], text.xy[1]))  # type: ignore[attr-defined]
    ]
    assert inside == [day]


def test_bars_are_the_hours_shares_and_the_line_the_other_years(texts: Callable[..., Any]) -> None:
    ax = _draw(_page(), 716, False)
    bars = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    heights = np.array([abs(bar.get_height()) for bar in bars])
    assert np.allclose(heights / heights.max(), np.arange(24) / 23)
    assert {"others"} <= {str(patch.get_label()) for patch in ax.patches}
    assert {"line: other years", "8.3\N{NO-BREAK SPACE}%"} <= set(texts(ax))
    alone = _draw(_page(others=np.nan), 716, False)
    assert "others" not in {str(patch.get_label()) for patch in alone.patches}
    assert "line: other years" not in texts(alone)


def test_few_searches_have_a_count_in_place_of_a_share(texts: Callable[..., Any]) -> None:
    page = _page()
    one_day = page.days.assign(searches=[276, *[0] * (len(page.days) - 1)])
    written = texts(_draw(replace(page, days=one_day), 716, False))
    assert "23" in written
    assert not any(text.endswith("%") for text in written)


def test_without_words_the_clock_is_wider() -> None:
    def clock_width(page: YearPage) -> float:
        bars = [patch for patch in _draw(page, 716, False).patches if isinstance(patch, Rectangle)]
        return bars[-1].get_x() - bars[0].get_x()

    assert clock_width(_page(words=())) > 1.9 * clock_width(_page())
    assert "Words of the year" not in _texts(make_year_page(_page(words=())))


def test_a_long_word_becomes_smaller_and_then_is_cut() -> None:
    word = "a long query, but not very long"
    ax = _draw(_page(words=(word, LONG)), 716, False)
    sizes = {text.get_text(): text.get_fontsize() / 0.75 for text in ax.texts}
    assert 13 <= sizes[word] < 20
    (cut,) = [text for text in sizes if text.endswith("…")]
    assert LONG.startswith(cut[:-1])
    assert sizes[cut] == 13


CASES = {
    "whole": _page(),
    "no words": _page(words=(), sentence="1 search on 1 of 1 covered day."),
    "long": _page(words=(LONG, "天体望遠鏡を買うまでの長い長い話"), sentence=f"{LONG}. " * 3),
    "six lines of weeks": _page(2023, first_weekday=6),
    "part": _page(2021, first="11-09", last="11-30"),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("width", "narrow"), [(744, False), (328, True), (0, False)])
def test_nothing_is_clipped_or_collides(
    name: str, width: int, narrow: bool, find_clipped: Any, find_collisions: Any
) -> None:
    figure = _draw(CASES[name], width, narrow).figure if width else make_year_page(CASES[name])
    assert (find_clipped(figure), find_collisions(figure)) == ([], [])


def test_the_same_page_gives_the_same_bytes_and_only_tokens() -> None:
    first, again = (render_svg(_draw(_page(), 744, False).figure) for _ in range(2))  # type: ignore[arg-type]
    assert first == again


def test_each_sentence_begins_a_line_where_there_is_room() -> None:
    page = _page(sentence="9 searches on all 9 covered days. The year of thesis, regression and lease.")
    written = [text.get_text() for text in _draw(page, 716, False).texts]
    assert "9 searches on all 9 covered days." in written
    assert "The year of thesis, regression and lease." in written


def test_the_years_of_every_archive_have_their_sheets(
    case: tuple[str, dict[str, Any], Coverage], find_clipped: Any, find_collisions: Any
) -> None:
    _, answers, coverage = case
    pages = list_year_pages(answers, coverage)
    years = answers["dots"].frame["local"].dt.year
    assert [page.year for page in pages] == sorted(set(years))
    assert [page.coverage.n_rows for page in pages] == years.value_counts().sort_index().tolist()
    for page in (pages[0], pages[-1]):
        figure = make_year_page(page)
        assert (find_clipped(figure), find_collisions(figure)) == ([], [])
        assert find_year_page_height(page, WIDTH - 2 * PAD, False) <= HEIGHT - 2 * PAD
