"""The report of the sample in English, German, Chinese and Arabic: whole in the browser at every width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.steps.charts import charts
from flows.steps.ingest import ingest
from flows.steps.patterns import patterns
from flows.steps.report import report
from pipeline.charts.faces import list_installed
from pipeline.sample import write_sample
from pipeline.settings import Settings, ZoneSpan

pytestmark = pytest.mark.slow

Open = Callable[..., tuple[Any, list[str]]]
PageOf = Callable[[str], Path]
SCRIPTS = {"en": "LATIN", "de": "LATIN", "zh": "CJK", "ar": "ARABIC"}
FAMILIES = {"zh": "Noto Serif CJK SC", "ar": "Noto Naskh Arabic"}
WIDTHS = (360, 800, 1400)
OPEN_ALL = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
MEASURE = """() => {
  const root = document.documentElement;
  const shown = [...document.querySelectorAll("main *:not(svg *)")].filter((one) => {
    const box = one.getBoundingClientRect();
    return one.checkVisibility() && box.width && !one.closest(".panel, .skip, thead, caption, .vh")
      && !one.matches(".switch *") && (box.right > root.clientWidth + 1 || box.left < -1);
  });
  const pictures = [...document.querySelectorAll("figure svg.picture")]
    .filter((one) => one.getClientRects().length);
  const out = pictures.flatMap((one) => {
    const room = one.getBoundingClientRect();
    return [...one.querySelectorAll("text")].filter((text) => {
      const box = text.getBoundingClientRect();
      return box.width && (box.left < room.left - 2 || box.right > room.right + 2);
    }).map((text) => text.textContent);
  });
  return {
    sideways: root.scrollWidth - root.clientWidth,
    outside: shown.map((one) => one.outerHTML.slice(0, 80)),
    clipped: out,
    pictures: pictures.length > 15,
  };
}"""
WORDS = """() => [...document.querySelectorAll("main [lang='']")].map(
  (one) => [one.textContent, one.lang, getComputedStyle(one).direction])"""


@pytest.fixture(scope="module")
def page_of(only_for_the_page: None, tmp_path_factory: pytest.TempPathFactory) -> PageOf:
    """Make the report of two small years in a language, step by step; the same one is made once."""
    pages: dict[str, Path] = {}

    def make(locale: str) -> Path:
        if FAMILIES.get(locale) and FAMILIES[locale] not in list_installed():
            pytest.skip(f"not installed here: {FAMILIES[locale]}")
        if locale not in pages:
            folder = tmp_path_factory.mktemp(locale)
            sample = write_sample(folder / "archive", years=2, seed=1, per_day=15, locale=locale)
            settings = Settings(folder / "out", (ZoneSpan(None, "Europe/Paris"),), (5, 6), 0)
            ingest([str(sample.path)], settings)
            for step in (patterns, charts):
                step(settings)
            pages[locale] = report(settings).page
        return pages[locale]

    return make


def is_of(word: str, script: str) -> bool:
    return any(letter.isalpha() and unicodedata.name(letter).startswith(script) for letter in word)


# A browser takes a millisecond for each element's fonts: asked are those with a letter that none before had.
MARK_NEW_LETTERS = """() => {
  const seen = new Set();
  for (const one of document.querySelectorAll("main bdi, main figure h3, .picture text, .panel td")) {
    const { fontFamily, fontWeight } = getComputedStyle(one);
    const letters = [...one.textContent].map((letter) => `${fontFamily} ${fontWeight} ${letter}`);
    if (letters.some((letter) => !seen.has(letter))) one.setAttribute("data-new-letter", "");
    letters.forEach((letter) => seen.add(letter));
  }
}"""


def list_fonts(tab: Any) -> set[tuple[str, bool]]:
    """List the fonts that the browser drew with, and whether each came with the page."""
    tab.evaluate(MARK_NEW_LETTERS)
    session = tab.context.new_cdp_session(tab)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    marked = {"nodeId": root, "selector": "[data-new-letter]"}
    nodes = session.send("DOM.querySelectorAll", marked)["nodeIds"]
    assert len(nodes) > 30
    found = set()
    for node in nodes:
        for font in session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]:
            found.add((font.get("postScriptName") or font["familyName"], font["isCustomFont"]))
    return found


@pytest.mark.parametrize("locale", SCRIPTS)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_fails_is_fetched_or_leaves_its_box(
    open_page: Open, page_of: PageOf, locale: str, width: int, scripts: bool
) -> None:
    tab, wrong = open_page(page_of(locale), width, scripts=scripts)
    seen = tab.evaluate(MEASURE)
    tab.evaluate(OPEN_ALL)
    opened = tab.evaluate(MEASURE)
    tab.close()
    assert wrong == []
    assert seen == opened == {"sideways": 0, "outside": [], "clipped": [], "pictures": True}


@pytest.mark.parametrize("locale", SCRIPTS)
def test_the_owners_words_have_no_language_but_their_own_direction(
    open_page: Open, page_of: PageOf, locale: str
) -> None:
    tab, wrong = open_page(page_of(locale), 1400)
    tab.evaluate(OPEN_ALL)
    words = tab.evaluate(WORDS)
    tab.close()
    own = [word for word in words if is_of(word[0], SCRIPTS[locale])]
    assert len(own) > 30
    assert {lang for _, lang, _ in words} == {""}  # whose language they are, nobody says
    assert {direction for _, _, direction in own} == {"rtl" if locale == "ar" else "ltr"}
    assert wrong == []


@pytest.mark.parametrize("locale", SCRIPTS)
def test_every_letter_is_drawn_from_a_font_inside_the_page(
    open_page: Open, page_of: PageOf, locale: str
) -> None:
    tab, wrong = open_page(page_of(locale), 1400)
    tab.evaluate(OPEN_ALL)
    fonts = list_fonts(tab)
    tab.close()
    assert {name for name, inside in fonts if not inside} == set()
    world = {name for name, _ in fonts if name.startswith("AlmanacWorld")}
    assert bool(world) == (locale in FAMILIES)
    assert wrong == []


@pytest.mark.parametrize("locale", SCRIPTS)
def test_axe_finds_no_violation_in_any_language(
    open_page: Open, page_of: PageOf, find_violations: Callable[[Any], list[Any]], locale: str
) -> None:
    tab, wrong = open_page(page_of(locale), 800)
    tab.evaluate(OPEN_ALL)
    assert find_violations(tab) == []
    tab.close()
    assert wrong == []


@pytest.mark.parametrize("locale", ["zh", "ar"])
def test_clouds_bursts_and_year_words_are_in_the_script(page_of: PageOf, locale: str) -> None:
    page = page_of(locale).read_text("utf-8")
    for name in ("words", "words_by_year", "bursts", "repeated"):
        found = re.search(rf'<article[^>]*id="{name}".*?</article>', page, re.DOTALL)
        assert found is not None, name
        texts = re.findall(r"<text[^>]*>([^<]+)</text>", found[0])
        held = [text for text in texts if is_of(text, SCRIPTS[locale])]
        assert len(held) >= (40 if name == "words" else 2), name
