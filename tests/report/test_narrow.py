"""The page on a phone and enlarged: nothing scrolls sideways, everything can be touched and is in reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.report.contents import Contents
from pipeline.report.page import build_page

Open = Callable[..., tuple[Any, list[str]]]
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
OPEN_ALL = "() => document.querySelectorAll('.actions details').forEach((one) => { one.open = true; })"
SIDEWAYS = """() => [...document.querySelectorAll("html, .panel, main table, li, dd, .year")]
  .filter((one) => one.checkVisibility() && !one.closest(".vh") && one.scrollWidth > one.clientWidth + 1
    && !(one.tagName === "LI" && getComputedStyle(one).display === "inline"))
  .map((one) => `${one.scrollWidth} > ${one.clientWidth}: ${one.outerHTML.slice(0, 100)}`)"""
SHADES = """(name) => new Set([...document.querySelectorAll(name)]
  .map((one) => getComputedStyle(one).backgroundColor)).size"""
SMALL = """() => [...document.querySelectorAll("a, button, summary, select, .switch label")]
  .filter((one) => one.checkVisibility() && !one.closest(".sure, .skip"))
  .map((one) => [one.getBoundingClientRect().height, one.textContent.trim()])
  .filter(([height]) => height < 44)"""


@pytest.fixture(scope="module")
def wide_path(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of long words, large numbers and words from right to left."""
    answers = dict(contents.answers)
    years, words, by_year = answers["years"], answers["words"], answers["words_by_year"]
    large = years.frame.assign(searches=1_234_567, per_day=3_382.4, first=pd.Timestamp("2021-12-30"))
    large = large.assign(covered_days=365, calendar_days=365)
    long = words.frame.assign(word=np.resize([LONG, "مرحبا بالعالم الواسع", LONG * 2], len(words.frame)))
    answers["years"] = replace(years, frames={"main": large})
    answers["words"] = replace(words, frames={"main": long.assign(count=1_234_567)})
    yearly = by_year.frame.assign(word=np.resize([LONG, "שלום עולם"], len(by_year.frame)))
    finding = replace(by_year.finding, headline=f"“{LONG}” leads", emphasis=LONG, mark=(LONG,))
    answers["words_by_year"] = replace(by_year, frames={"main": yearly}, finding=finding)
    path = tmp_path_factory.mktemp("wide") / "index.html"
    path.write_text(build_page(replace(contents, answers=answers)), "utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 360, 639])
def test_on_a_phone_rows_are_blocks_and_nothing_scrolls_sideways(
    open_page: Open, wide_path: Path, width: int
) -> None:
    tab, wrong = open_page(wide_path, width)
    tab.check("input[value='2024']", force=True)
    tab.evaluate(OPEN_ALL)
    assert tab.evaluate(SIDEWAYS) == []
    label = (
        "() => getComputedStyle(document.querySelector('#years .blocks td:nth-child(2)'), '::before').content"
    )
    assert tab.evaluate(label) == '"Searches "'
    tab.close()
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("width", [640, 700, 800, 1400])
def test_with_more_room_long_words_break_and_the_page_keeps_its_width(
    open_page: Open, wide_path: Path, width: int
) -> None:
    tab, wrong = open_page(wide_path, width)
    tab.check("input[value='2024']", force=True)
    tab.evaluate(OPEN_ALL)
    assert [line for line in tab.evaluate(SIDEWAYS) if "panel" not in line] == []
    tab.close()
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_what_is_touched_is_large_enough(open_page: Open, page_path: Path, scripts: bool) -> None:
    tab, wrong = open_page(page_path, 360, scripts=scripts)
    tab.evaluate(OPEN_ALL)
    tab.evaluate("() => document.querySelectorAll('.bar details').forEach((one) => { one.open = true; })")
    assert tab.evaluate(SMALL) == []
    tab.close()
    assert [line for line in wrong if "scripts" not in line] == []


@pytest.mark.slow
def test_forced_colours_keep_what_colour_alone_would_say(open_page: Open, page_path: Path) -> None:
    tab, wrong = open_page(page_path, 1400)
    tab.emulate_media(forced_colors="active")
    tab.check("input[value='2024']", force=True)
    for name in ("#year-2024", "#calendar .map"):
        assert tab.evaluate(SHADES, f"{name} td") > 3
    checked = (
        "() => getComputedStyle(document.querySelector('.switch input:checked + span')).borderBottomWidth"
    )
    assert tab.evaluate(checked) == "3px"
    tab.close()
    assert wrong == []


@pytest.mark.slow
def test_the_keys_go_from_the_skip_link_through_the_switch_to_the_findings(
    open_page: Open, page_path: Path
) -> None:
    tab, wrong = open_page(page_path, 1400)
    tab.emulate_media(reduced_motion="reduce")
    seen = []
    focused = """() => {
      const one = document.activeElement;
      const box = one.getBoundingClientRect();
      const style = getComputedStyle(one.matches(".switch input") ? one.nextElementSibling : one);
      return [one.textContent.trim() || one.name, style.outlineStyle !== "none" && box.width > 0];
    }"""
    for _ in range(6):
        tab.keyboard.press("Tab")
        seen.append(tab.evaluate(focused))
    assert [name for name, _ in seen] == [
        "Go to the findings", "year", "Showing everything searched", "Overview", "Years", "Weeks",
    ]  # fmt: skip
    assert all(visible for _, visible in seen)
    assert tab.evaluate("() => getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    tab.close()
    assert wrong == []
