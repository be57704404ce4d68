"""The week and the calendar as tables: the same numbers as the patterns', walked by keys, counted again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.patterns.calendar import count_by_date
from pipeline.patterns.subject import Subject
from pipeline.patterns.weeks import count_by_weekday_hour
from pipeline.patterns.wording import WEEKDAYS, count_noun, say_count, say_long_day, say_rate

Open = Callable[..., tuple[Any, list[str]]]
TEXTS = "(name) => [...document.querySelectorAll(`${name} .cells td span.vh`)].map((one) => one.textContent)"
KINDS = (
    "() => [...document.querySelectorAll('#calendar .days tbody td:not(.none)')].map((one) => one.className)"
)


def _say_week(frame: pd.DataFrame, noun: str, nouns: str, upright: bool) -> list[str]:
    """Say the 168 cells in the table's order, from 04:00 on Monday."""
    said = {}
    for weekday, hour, n, weeks, rate in frame[
        ["weekday", "hour", "searches", "covered_weeks", "per_week"]
    ].itertuples(index=False, name=None):
        day, text = WEEKDAYS[weekday], say_rate(rate)
        said[weekday, hour] = (
            f"{text} {noun if text == '1' else nouns}, {day}s {hour:02d}:00 – {hour + 1:02d}:00\n"
            f"{say_count(n)} in {count_noun(weeks, day, day + 's')}"
        )
    places = [(row, (4 + column) % 24) for row in range(7) for column in range(24)]
    if upright:
        places = [(row, (4 + column) % 24) for column in range(24) for row in range(7)]
    return [said[(row + (hour < 4)) % 7, hour] for row, hour in places]


def _say_days(frame: pd.DataFrame, noun: str, nouns: str) -> list[str]:
    return [
        "Not in the archive, " + _say_day(date) if step != step else
        f"{count_noun(n, noun, nouns)}, {_say_day(date)}"
        for date, n, step in zip(frame["date"], frame["searches"], frame["step"], strict=True)
    ]  # fmt: skip


def _say_day(date: pd.Timestamp) -> str:
    return f"{WEEKDAYS[date.day_of_week]} {say_long_day(date.date())}"


def _sort(texts: list[str]) -> list[str]:
    return sorted(texts)


def _choose(tab: Any, product: str, action: str) -> None:
    tab.click("details.filter summary")
    product_list, action_list = tab.query_selector_all(".filter select")
    product_list.select_option(product)
    action_list.select_option(action)
    tab.keyboard.press("Escape")


def test_the_tables_hold_the_numbers_of_the_patterns(
    open_page: Open, page_path: Path, count_kind: Callable[[str, str], Subject]
) -> None:
    subject = count_kind("search", "searched")
    tab, wrong = open_page(page_path, 1400)
    assert tab.evaluate(TEXTS, "#week") == _say_week(
        count_by_weekday_hour(subject), "search", "searches", False
    )
    days = count_by_date(subject)
    assert _sort(tab.evaluate(TEXTS, "#calendar")) == _sort(_say_days(days, "search", "searches"))
    classes = [name.split()[0] for name in tab.evaluate(KINDS)]
    expected = days["step"].value_counts().to_dict()
    assert {step: classes.count(f"s{step:.0f}") for step in expected} == expected
    tab.close()
    assert wrong == []


@pytest.mark.slow
def test_the_filter_counts_again_by_product_action_and_year(
    open_page: Open, page_path: Path, count_kind: Callable[[str, str], Subject]
) -> None:
    subject = count_kind("youtube", "watched")
    tab, wrong = open_page(page_path, 360)
    _choose(tab, "youtube", "watched")
    frame = count_by_weekday_hour(subject)
    assert tab.evaluate(TEXTS, "#week") == _say_week(frame, "video", "videos", True)
    days = count_by_date(subject)
    shown = tab.evaluate(TEXTS, "#calendar")
    assert _sort(shown) == _sort(_say_days(days, "video", "videos"))
    assert tab.text_content("#week .filtered") == (
        "Shown: YouTube, watched. The sentence above speaks of everything searched, in all years."
    )
    assert (
        tab.text_content(".announce") == f"Showing YouTube, watched, {say_count(len(subject.rows))} videos."
    )
    tab.check("input[value='2025']", force=True)
    of_year = days[days["date"].dt.year == 2025]
    assert _sort(tab.evaluate(TEXTS, "#calendar")) == _sort(_say_days(of_year, "video", "videos"))
    n = int((subject.rows["year"] == 2025).sum())
    assert tab.text_content(".announce") == f"Showing 2025, YouTube, watched, {say_count(n)} videos."
    assert tab.is_visible("#year-2025")
    tab.click("details.filter summary")
    tab.click(".choices button")
    tab.check("input[value='']", force=True)
    assert not tab.is_visible("#year-2025")
    assert not tab.is_visible("#week .filtered")
    assert tab.text_content(".filter .showing b") == "everything searched"
    tab.close()
    assert wrong == []


@pytest.mark.slow
def test_what_has_too_few_weeks_says_so(open_page: Open, page_path: Path) -> None:
    tab, wrong = open_page(page_path, 800)
    _choose(tab, "*", "*")
    assert tab.text_content("#week .map .missing") == (
        "The hours of the week appear here after 8 covered weeks; there are 0."
    )
    assert len(tab.query_selector_all("#calendar .map td.gap")) == 9  # covered by no common source
    tab.close()
    assert wrong == []


@pytest.mark.slow
def test_a_table_is_one_tab_stop_and_is_walked_by_keys(open_page: Open, page_path: Path) -> None:
    tab, wrong = open_page(page_path, 1400)
    stops = "(name) => document.querySelectorAll(`${name} td[tabindex='0']`).length"
    tab.focus("#week td[tabindex='0']")
    said = []
    for key in ("ArrowRight", "ArrowDown", "End", "ArrowRight", "Home", "ArrowUp", "ArrowUp"):
        tab.keyboard.press(key)
        said.append((tab.text_content("#week .tip") or "").partition(", ")[2].partition("\n")[0])
        assert tab.evaluate(stops, "#week") == 1
        assert tab.evaluate("() => document.activeElement.textContent") == tab.text_content("#week .tip")
    assert said == [
        "Mondays 05:00 – 06:00",
        "Tuesdays 05:00 – 06:00",
        "Wednesdays 03:00 – 04:00",
        "Wednesdays 03:00 – 04:00",
        "Tuesdays 04:00 – 05:00",
        "Mondays 04:00 – 05:00",
        "Mondays 04:00 – 05:00",
    ]
    tab.keyboard.press("Escape")
    assert tab.text_content("#week .tip") == ""
    tab.focus("#calendar td[tabindex='0']")
    days = []
    for key in ("ArrowLeft", "ArrowUp", "Home", "ArrowLeft", "ArrowRight", "ArrowDown", "End"):
        tab.keyboard.press(key)
        days.append((tab.text_content("#calendar .tip") or "").partition(", ")[2])
        assert tab.evaluate(stops, "#calendar") == 1
    assert days == [
        "Wednesday 12 November 2025",
        "Tuesday 11 November 2025",
        "Wednesday 1 January 2025",
        "Wednesday 25 December 2024",
        "Wednesday 1 January 2025",
        "Thursday 2 January 2025",
        "Wednesday 19 November 2025",
    ]
    tab.close()
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1400])
def test_a_tip_comes_by_pointer_and_by_tap_and_stays_inside(
    open_page: Open, page_path: Path, width: int
) -> None:
    tab, wrong = open_page(page_path, width)
    for name in ("#week", "#calendar"):
        cell = tab.query_selector_all(f"{name} .cells td span.vh")[-1].evaluate_handle(
            "(one) => one.parentElement"
        )
        cell = cell.as_element()
        cell.scroll_into_view_if_needed()
        cell.hover()
        assert tab.text_content(f"{name} .tip") == cell.text_content()
        tip, holder = tab.locator(f"{name} .tip").bounding_box(), tab.locator(f"{name} .map").bounding_box()
        assert holder["x"] - 1 <= tip["x"]
        assert tip["x"] + tip["width"] <= holder["x"] + holder["width"] + 1
        box = cell.bounding_box()
        tab.mouse.move(0, 0)
        tab.mouse.click(box["x"] - 0.5, box["y"] + 2)
        assert tab.text_content(f"{name} .tip") == tab.evaluate("() => document.activeElement.textContent")
    tab.close()
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_without_scripts_the_pictures_stand_and_the_switch_opens_a_year(
    open_page: Open, page_path: Path, theme: str
) -> None:
    tab, wrong = open_page(page_path, 800, theme, scripts=False)
    for name in ("#week", "#calendar"):
        assert tab.locator(f"{name} svg.picture:visible").count() == 1
        assert tab.locator(f"{name} .map").count() == 0
    assert not tab.is_visible(".filter")
    assert tab.is_visible(".showing.plain")
    assert not tab.is_visible("#year-2024")
    tab.check("input[value='2024']", force=True)
    assert tab.is_visible("#year-2024")
    tab.close()
    assert [line for line in wrong if "scripts" not in line] == []


@pytest.mark.slow
def test_on_paper_the_pictures_stand_and_the_year_is_a_sheet_of_its_own(
    open_page: Open, page_path: Path
) -> None:
    tab, wrong = open_page(page_path, 700)
    tab.check("input[value='2024']", force=True)
    tab.emulate_media(media="print")
    assert tab.locator("#week svg.picture:visible").count() == 1
    assert not tab.is_visible("#week .map")
    height = tab.locator("#year-2024").bounding_box()["height"]
    assert height < 1016  # what A4 has between its margins, in pixels
    tab.close()
    assert wrong == []


@pytest.mark.slow
def test_a_heading_sorts_its_table_up_down_and_back(open_page: Open, page_path: Path) -> None:
    tab, wrong = open_page(page_path, 1400)
    tab.click("#years summary:has-text('Show as table')")
    column = "() => [...document.querySelectorAll('#years tbody tr')].map((row) => row.cells[1].textContent)"
    before = tab.evaluate(column)
    seen = []
    for _ in range(3):
        tab.click("#years th:nth-child(2) button")
        seen.append((tab.get_attribute("#years th:nth-child(2)", "aria-sort"), tab.evaluate(column)))
    by_number = sorted(before, key=lambda text: int(text.replace(",", "")))
    assert seen == [("descending", by_number[::-1]), ("ascending", by_number), (None, before)]
    tab.close()
    assert wrong == []
