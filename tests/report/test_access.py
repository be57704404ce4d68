"""The page under axe-core, at each width and theme, with everything open; and turned right to left."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.contents import Contents
from pipeline.report.page import build_page
from pipeline.report.tally import Tally

Open = Callable[..., tuple[Any, list[str]]]
FindViolations = Callable[[Any], list[Any]]
WIDTHS, THEMES = (360, 800, 1400), ("light", "dark")
OPEN_ALL = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
OUTSIDE = """() => [...document.querySelectorAll("main *:not(svg *)")].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility() && !one.closest(".panel, .skip, thead, caption, .vh")
    && !one.matches(".switch *") && box.width && (box.right > root() + 1 || box.left < -1);
  function root() { return document.documentElement.clientWidth; }
}).map((one) => one.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def short_path(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of two years: axe looks at every cell."""
    first = 19723  # 1 January 2024
    assert contents.tally is not None
    counts = contents.tally.counts
    covered = {product: days[days >= first] for product, days in contents.tally.covered.items()}
    tally = Tally(counts[counts["day"] >= first].reset_index(drop=True), covered)
    calendar, dots = contents.answers["calendar"], contents.answers["dots"]
    days, local = calendar.frame, dots.frame
    answers = {
        **contents.answers,
        "calendar": replace(calendar, frames={**calendar.frames, "main": days[days["date"].dt.year >= 2024]}),
        "dots": replace(dots, frames={**dots.frames, "main": local[local["local"].dt.year >= 2024]}),
    }
    path = tmp_path_factory.mktemp("access") / "index.html"
    path.write_text(build_page(replace(contents, answers=answers, tally=tally)), "utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_no_violation(
    open_page: Open, short_path: Path, find_violations: FindViolations, width: int, theme: str, scripts: bool
) -> None:
    path = short_path
    if not scripts:  # axe itself needs them: the page is taken without its own
        path = short_path.with_name("plain.html")
        path.write_text(
            re.sub(r"<script>.*</script>", "", short_path.read_text("utf-8"), flags=re.DOTALL), "utf-8"
        )
    tab, wrong = open_page(path, width, theme)
    tab.check("input[value='2024']", force=True)
    if scripts:
        tab.evaluate(OPEN_ALL)
    assert find_violations(tab) == []
    tab.close()
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_when_the_page_runs_right_to_left(
    open_page: Open, short_path: Path, width: int
) -> None:
    tab, wrong = open_page(short_path, width)
    tab.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    tab.check("input[value='2024']", force=True)
    tab.click("details.filter summary")
    root = "document.documentElement"
    assert tab.evaluate(f"() => {root}.scrollWidth - {root}.clientWidth") == 0
    assert tab.evaluate(OUTSIDE) == []
    first, last = (
        tab.locator(f"#week .week tbody tr:first-child td:nth-of-type({k})").bounding_box()["x"]
        for k in (1, 7)
    )
    assert first < last  # time runs left to right
    tab.close()
    assert wrong == []
