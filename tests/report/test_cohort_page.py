"""The cohort's page: what it says, what it may load, and how it looks in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.charts.cohort import draw_cohort
from pipeline.patterns.cohort_book import Cohort, count_cohort
from pipeline.report.cohort import build_cohort_page, build_waiting_page
from pipeline.report.contents import Drawing
from pipeline.report.policy import hash_source
from tests.invented_people import invent_alike, invent_two_kinds

Open = Callable[..., tuple[Any, list[str]]]
FindViolations = Callable[[Any], list[Any]]
OPEN_ALL = "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
MEASURE = """() => {
  const root = document.documentElement;
  const pictures = [...document.querySelectorAll("figure svg.picture")];
  const shown = pictures.filter((one) => one.getClientRects().length);
  return {
    sideways: root.scrollWidth - root.clientWidth,
    shown: shown.length,
    fonts: [...document.fonts].filter((font) => font.status === "error").length,
    outside: [...document.querySelectorAll("main *:not(svg *)")].filter((one) => {
      const box = one.getBoundingClientRect();
      return one.checkVisibility() && !one.closest(".panel, .skip, thead, caption")
        && box.width && (box.right > root.clientWidth + 1 || box.left < -1);
    }).map((one) => one.outerHTML.slice(0, 80)),
  };
}"""
SMALL = """() => [...document.querySelectorAll("a, summary")]
  .filter((one) => one.checkVisibility() && !one.closest(".sure, .skip"))
  .map((one) => [one.getBoundingClientRect().height, one.textContent.trim()])
  .filter(([height]) => height < 44)"""


def _count(people: list[Any], k: int = 5) -> Cohort:
    cohort = count_cohort(people, {}, k)
    assert cohort is not None
    return cohort


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the fonts, which take a second to cut."""
    monkeypatch.setattr("pipeline.report.cohort.write_font_faces", lambda page: "")


def _build(cohort: Cohort) -> str:
    forms = {name: draw_cohort(name, answer) for name, answer in cohort.answers.items()}
    return build_cohort_page(cohort, {name: Drawing(**drawn) for name, drawn in forms.items() if drawn})


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return _count(invent_two_kinds())


@pytest.fixture(scope="module")
def cohort_page(cohort: Cohort) -> str:
    return _build(cohort)


@pytest.fixture(scope="module")
def cohort_path(cohort_page: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cohort") / "index.html"
    path.write_text(cohort_page, "utf-8")
    return path


def test_the_page_runs_no_script_and_loads_nothing(cohort_page: str) -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', cohort_page)
    (style,) = re.findall(r"<style>(.*?)</style>", cohort_page, re.DOTALL)
    assert policy.replace("&#39;", "'") == (
        f"default-src 'none'; style-src {hash_source(style)}; script-src 'none'; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )
    assert "<script" not in cohort_page
    assert " style=" not in cohort_page
    assert not re.search(r'(?:src|href)="(?!#|data:)', cohort_page)


def test_the_headline_leads_and_every_section_has_its_picture(cohort_page: str) -> None:
    assert "<h1>Fifteen people’s questions</h1>" in cohort_page
    text = re.sub(r"\s+", " ", re.sub(r"<(?!h2|/h2)[^>]*>", "", cohort_page))
    assert "The later people’s hours centre six hours after the earlier people’s" in text
    assert re.findall(r"<h2[^>]*>([^<]*)</h2>", text) == [
        "What stands out", "Groups", "Hours", "Nights", "Weeks", "Months", "Years", "Account",
    ]  # fmt: skip
    assert len(re.findall(r'<svg[^>]*class="picture"', cohort_page)) == 10  # five, each in two widths


def test_without_groups_nothing_is_said_to_differ_and_why_comes_after_the_pictures(plain: None) -> None:
    page = build_cohort_page(_count(invent_alike(8)), {})
    assert "What they have in common." in page
    assert "where they differ" not in page
    names = re.findall(r"<h2[^>]*>([^<]*)</h2>", page)
    assert (names[1], names[-2:]) == ("Hours", ["Groups", "Account"])


def test_every_finding_that_stands_out_has_a_small_picture(cohort_page: str) -> None:
    items = re.findall(r'<p class="sentence">.*?</li>', cohort_page, re.DOTALL)
    assert [one.count('<svg class="spark"') for one in items] == [1] * len(items)
    assert any('href="#cohort_quiet"' in one for one in items)


def test_the_account_lists_whatever_is_shown_and_of_how_many(cohort: Cohort, cohort_page: str) -> None:
    body = cohort_page[cohort_page.index('id="account"') :]
    lines = re.findall(r'rowheader">([^<]*)</th>.*?balance"[^>]*>(\d+)<', body, re.DOTALL)
    shown = [(one.what, str(len(one.members))) for one in cohort.shown]
    assert lines == [*shown, ("On this page", "15")]
    assert min(int(people) for _, people in lines) >= 5


def test_the_page_says_nothing_of_those_who_were_left_out(plain: None) -> None:
    people = invent_alike(8)
    lacking = replace(people[0], measures={k: v for k, v in people[0].measures.items() if k != "quiet"})
    page = build_cohort_page(_count([lacking, *people[1:]]), {})
    assert "Seven people’s questions" in page
    assert build_cohort_page(_count(people[1:]), {}) == page


def test_a_small_k_is_said_on_the_page_and_the_usual_one_is_not(plain: None, cohort_page: str) -> None:
    said = "of 3 people or more; 5 are usual."
    assert said in build_cohort_page(_count(invent_alike(5), k=3), {})
    assert said in build_waiting_page(3)
    assert "are usual" not in cohort_page
    assert "are usual" not in build_waiting_page(5)


def test_where_nothing_stands_out_the_page_says_so(plain: None) -> None:
    cohort = _count(invent_alike(6))
    unremarkable = {
        name: replace(answer, finding=replace(answer.finding, remarkable=0.0))
        for name, answer in cohort.answers.items()
    }
    page = build_cohort_page(replace(cohort, answers=unremarkable), {})
    assert "No finding is clear of chance yet." in page


def test_a_table_of_the_owners_words_is_refused(cohort: Cohort) -> None:
    hours = cohort.answers["cohort_hours"]
    words = replace(hours, frames={**hours.frames, "words": pd.DataFrame({"word": ["sourdough"]})})
    with pytest.raises(ValueError, match="cohort_hours holds the owner's words"):
        build_cohort_page(replace(cohort, answers={"cohort_hours": words}), {})


def test_the_waiting_page_holds_no_number_but_what_it_takes(plain: None) -> None:
    page = build_waiting_page(5)
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert sorted(set(re.findall(r"\d+", text))) == ["500", "60"]
    assert "It takes five people with enough in their archives" in text
    assert "<h2" not in page


def test_the_page_opens_on_a_phone_in_the_dark_with_nothing_wrong(open_page: Open, cohort_path: Path) -> None:
    tab, wrong = open_page(cohort_path, 320, "dark")
    assert tab.evaluate(MEASURE) == {"sideways": 0, "shown": 5, "fonts": 0, "outside": []}
    assert tab.evaluate(SMALL) == []
    tab.close()
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 639, 640, 800, 1231, 1232, 1400])
def test_at_every_width_nothing_is_cut_with_all_open_and_in_either_direction(
    open_page: Open, cohort_path: Path, width: int, theme: str
) -> None:
    tab, wrong = open_page(cohort_path, width, theme)
    for change in (OPEN_ALL, "() => { document.documentElement.dir = 'rtl'; }"):
        tab.evaluate(change)
        seen = tab.evaluate(MEASURE)
        assert seen == {"sideways": 0, "shown": 5, "fonts": 0, "outside": []}
    tab.close()
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 800, 1400])
def test_axe_finds_no_violation_on_either_page(
    open_page: Open,
    cohort_path: Path,
    tmp_path: Path,
    find_violations: FindViolations,
    width: int,
    theme: str,
) -> None:
    waiting = tmp_path / "waiting.html"
    waiting.write_text(build_waiting_page(3), "utf-8")
    for path in (cohort_path, waiting):
        tab, wrong = open_page(path, width, theme)
        tab.evaluate(OPEN_ALL)
        assert find_violations(tab) == []
        tab.close()
        assert wrong == []


@pytest.mark.slow
def test_the_whole_page_can_be_read_and_opened_by_keyboard(open_page: Open, cohort_path: Path) -> None:
    tab, wrong = open_page(cohort_path, 1400)
    tab.keyboard.press("Tab")
    assert tab.evaluate("() => document.activeElement.className") == "skip"
    tab.locator("#cohort_hours .actions summary").first.focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate("() => document.querySelector('#cohort_hours details').open") is True
    assert tab.locator("#cohort_hours td").nth(1).inner_text() != ""
    tab.close()
    assert wrong == []


@pytest.mark.slow
def test_on_paper_the_page_is_light_whole_and_without_buttons(open_page: Open, cohort_path: Path) -> None:
    tab, wrong = open_page(cohort_path, 673, "dark")
    tab.emulate_media(media="print")
    assert tab.evaluate("() => getComputedStyle(document.documentElement).color") == "rgb(26, 29, 41)"
    seen = tab.evaluate(MEASURE)
    assert (seen["sideways"], seen["shown"], seen["outside"]) == (0, 5, [])
    shown = "(names) => names.filter((name) => document.querySelector(name).getClientRects().length)"
    assert tab.evaluate(shown, [".bar", ".contents", "#cohort_hours .actions", ".narrow", ".wide"]) == [
        ".wide"
    ]
    foot = "() => getComputedStyle(document.querySelector('.ledger tfoot')).display"
    assert tab.evaluate(foot) == "table-row-group"  # else each sheet has the sum
    tab.close()
    assert wrong == []
