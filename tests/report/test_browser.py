"""The page in a real browser: at each width and theme nothing fails, is fetched or is cut off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.contents import Contents
from pipeline.report.page import build_page

Open = Callable[..., tuple[Any, list[str]]]
WIDTHS, THEMES = (360, 800, 1400), ("light", "dark")
MEASURE = """() => {
  const root = document.documentElement;
  const pictures = [...document.querySelectorAll("figure svg.picture")];
  const shown = pictures.filter((one) => one.getClientRects().length);
  return {
    sideways: root.scrollWidth - root.clientWidth,
    figures: document.querySelectorAll("figure").length,
    shown: shown.length,
    small: shown.filter((one) => one.getBoundingClientRect().height < 40).length,
    fonts: [...document.fonts].filter((font) => font.status === "error").length,
    background: getComputedStyle(root).backgroundColor,
    outside: [...document.querySelectorAll("main *:not(svg *)")].filter((one) => {
      const box = one.getBoundingClientRect();
      return one.checkVisibility() && !one.closest(".panel, .skip, thead, caption")
        && box.width && (box.right > root.clientWidth + 1 || box.left < -1);
    }).map((one) => one.outerHTML.slice(0, 80)),
  };
}"""


def _check(open_page: Open, path: Path, width: int, theme: str) -> dict[str, Any]:
    tab, wrong = open_page(path, width, theme)
    seen: dict[str, Any] = tab.evaluate(MEASURE)
    tab.close()
    assert wrong == []
    assert seen.pop("outside") == []
    return seen


def _expect(theme: str) -> dict[str, Any]:
    background = "rgb(250, 250, 247)" if theme == "light" else "rgb(16, 19, 28)"
    return {"sideways": 0, "figures": 13, "shown": 11, "small": 0, "fonts": 0, "background": background}


def test_the_page_opens_on_a_phone_in_the_dark_with_nothing_wrong(open_page: Open, page_path: Path) -> None:
    assert _check(open_page, page_path, 360, "dark") == _expect("dark")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "theme"),
    [(width, theme) for width in WIDTHS for theme in THEMES]
    + [(width, "light") for width in (320, 639, 640, 1231, 1232)],
)
def test_the_page_opens_at_every_width_with_nothing_wrong(
    open_page: Open, page_path: Path, width: int, theme: str
) -> None:
    assert _check(open_page, page_path, width, theme) == _expect(theme)


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_an_empty_page_opens_with_nothing_wrong(
    open_page: Open, tmp_path: Path, empty_contents: Contents, width: int
) -> None:
    path = tmp_path / "index.html"
    path.write_text(build_page(empty_contents), "utf-8")
    assert _check(open_page, path, width, "light") == _expect("light") | {"figures": 0, "shown": 0}


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_written_from_right_to_left_nothing_is_clipped(open_page: Open, page_path: Path, width: int) -> None:
    tab, wrong = open_page(page_path, width, "light")
    tab.evaluate("() => { document.documentElement.dir = 'rtl' }")
    seen = tab.evaluate(MEASURE)
    tab.close()
    assert (wrong, seen["sideways"], seen["outside"]) == ([], 0, [])


@pytest.mark.slow
def test_the_csv_can_be_saved_under_the_policy(open_page: Open, page_path: Path) -> None:
    tab, wrong = open_page(page_path, 1400, "light")
    with tab.expect_download() as download:
        tab.click("#weekdays .actions > a")
    content = Path(download.value.path()).read_text("utf-8-sig")
    tab.close()
    assert download.value.suggested_filename == "almanac-weekdays.csv"
    assert content.splitlines()[:2] == ["weekday,per_day", "0,40.0"]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_tables_open_without_widening_the_page(open_page: Open, page_path: Path, width: int) -> None:
    tab, wrong = open_page(page_path, width, "light")
    for summary in tab.query_selector_all(".actions summary"):
        summary.click()
    seen = tab.evaluate(MEASURE)
    n_open = len(tab.query_selector_all(".actions details[open]"))
    tab.close()
    assert (wrong, seen["sideways"], seen["outside"], n_open) == ([], 0, [], 26)


@pytest.mark.slow
def test_the_list_of_sections_opens_in_the_bar_and_closes_once_it_has_served(
    open_page: Open, page_path: Path
) -> None:
    tab, wrong = open_page(page_path, 800, "light")
    tab.click("details.sections summary")
    tab.click("details.sections a:has-text('Hours')")
    assert tab.evaluate("() => document.querySelector('details.sections').open") is False
    assert tab.url.endswith("#hours-section")
    tab.click("details.sections summary")
    tab.keyboard.press("Escape")
    assert tab.evaluate("() => document.querySelector('details.sections').open") is False
    tab.close()
    assert wrong == []


@pytest.mark.slow
def test_the_section_being_read_is_marked_in_the_contents(open_page: Open, page_path: Path) -> None:
    tab, wrong = open_page(page_path, 1400, "light")
    tab.emulate_media(reduced_motion="reduce")
    marked = "() => document.querySelector('.contents a[aria-current]').textContent"
    assert tab.evaluate(marked) == "Overview"
    tab.click(".contents a:has-text('Weeks')")
    tab.wait_for_function("() => document.querySelector('.contents a[aria-current]').textContent === 'Weeks'")
    tab.close()
    assert wrong == []


@pytest.mark.slow
def test_on_paper_the_page_is_light_and_has_no_buttons(open_page: Open, page_path: Path) -> None:
    tab, wrong = open_page(page_path, 700, "dark")
    tab.emulate_media(media="print")
    shown = "(names) => names.filter((name) => document.querySelector(name).getClientRects().length)"
    names = [
        ".bar",
        ".contents",
        ".actions",
        ".wide",
        ".narrow",
        ".dots .on-dark",
        "figure.dots .middle.on-light",
    ]
    assert tab.evaluate(shown, names) == [".wide", "figure.dots .middle.on-light"]
    assert tab.evaluate("() => getComputedStyle(document.documentElement).color") == "rgb(26, 29, 41)"
    tab.close()
    assert wrong == []
