"""The page on A4: light, whole, a year a sheet; measured in Chromium's own print."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., tuple[Any, list[str]]]
INSIDE = (673, 1016)  # what A4 has between the margins, in px of 1/96 inch
CUT = """([width, height]) => [...document.querySelectorAll("main *:not(svg *)")].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility() && !one.closest(".vh, caption, .skip") && box.width
    && (box.right > width + 1 || box.left < -1
      || (one.matches("figure, .year, .panel") && box.height > height));
}).map((one) => one.outerHTML.slice(0, 80))"""
ONLY_A_YEAR = """() => {
  const others = "header, footer, .opening, .sheet > section:not(#year-2024, #overview)";
  document.querySelectorAll(others).forEach((one) => one.remove());
}"""
SHOWN = "(names) => names.filter((name) => document.querySelector(name)?.checkVisibility())"


def _count_pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def _choose(tab: Any, year: str) -> None:
    """Choose a year by the button itself: the page moves while it turns from print back to screen."""
    tab.locator(f"input[value='{year}']").evaluate("(one) => one.click()")


def _print(tab: Any) -> bytes:
    content: bytes = tab.pdf(prefer_css_page_size=True)
    return content


@pytest.mark.slow
def test_on_a4_nothing_is_cut_and_a_year_is_one_sheet(open_page: Open, page_path: Path) -> None:
    tab, wrong = open_page(page_path, INSIDE[0], "dark")
    plain = _print(tab)
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox ?\[([^\]]*)\]", plain)}
    assert [[round(side / 72 * 25.4) for side in box] for box in boxes] == [[0, 0, 210, 297]]
    for year in ("2021", "2024"):
        _choose(tab, year)
        tab.emulate_media(media="print")
        assert tab.evaluate(CUT, list(INSIDE)) == []
        tab.emulate_media(media="screen")
    assert _count_pages(_print(tab)) > _count_pages(plain)
    tab.evaluate(ONLY_A_YEAR)
    assert _count_pages(_print(tab)) == 2  # the sheet, and what stands out
    tab.close()
    assert wrong == []


@pytest.mark.slow
def test_on_paper_a_table_that_stands_for_a_picture_is_printed_and_what_is_to_be_pressed_is_not(
    open_page: Open, page_path: Path
) -> None:
    tab, wrong = open_page(page_path, INSIDE[0])
    _choose(tab, "2024")
    tab.evaluate("() => document.querySelector('#years details').classList.add('stands')")
    tab.evaluate("() => { document.querySelector('#years details').open = true; }")
    tab.emulate_media(media="print")
    names = [
        "#years .panel",
        "#years summary",
        "#years .actions > a",
        "#weekdays .actions",
        ".filtered",
        "footer",
    ]
    assert tab.evaluate(SHOWN, [*names, ".on-paper"]) == ["#years .panel", ".on-paper"]
    tab.close()
    assert wrong == []
