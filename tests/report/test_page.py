from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag

from pipeline.report.contents import Contents, ModelBelief, Networks
from pipeline.report.page import build_page

NONE = Networks()
IDENTIFYING = ("aria-labelledby", "for")


@pytest.fixture(scope="module")
def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html.parser")


def _list_tags(soup: BeautifulSoup) -> Iterator[Tag]:
    for tag in soup.find_all(True):
        if isinstance(tag, Tag):
            yield tag


def test_the_same_contents_give_the_same_page(contents: Contents, page: str) -> None:
    assert build_page(contents) == page


def test_sections_stand_in_the_order_of_the_almanac(soup: BeautifulSoup) -> None:
    names = [tag.get_text() for tag in soup.select("section:not(.year) > h2")]
    assert names == ["What stands out", "Years", "Weeks", "Hours", "Words", "Models", "Ledger"]
    assert [tag.get("href") for tag in soup.select(".contents a")] == [
        "#overview", "#years-section", "#weeks-section", "#hours-section", "#words-section", "#models",
        "#ledger",
    ]  # fmt: skip


def test_a_section_holds_the_answers_that_name_it_and_an_empty_one_is_left_out(contents: Contents) -> None:
    answers = dict(contents.answers)
    hours, dots = answers["hours"], answers["dots"]
    answers["hours"] = replace(hours, finding=replace(hours.finding, section="Forecast"))
    answers["dots"] = replace(dots, finding=replace(dots.finding, section="Nights"))
    soup = BeautifulSoup(build_page(replace(contents, answers=answers)), "html.parser")
    held = {
        str(section["id"]): [str(article.get("id")) for article in section.select("article")]
        for section in soup.select(".sheet > section:not(.year)")
        if section["id"] not in ("overview", "models", "ledger")
    }
    assert held == {
        "years-section": ["years", "months", "calendar"],
        "weeks-section": ["week", "weekdays", "year_weekday"],
        "words-section": ["words", "words_by_year"],
        "forecast-section": ["hours"],
    }
    assert [tag.get_text() for tag in soup.find_all("h2")][-3:] == ["Models", "Forecast", "Ledger"]


def test_the_title_and_the_line_below_it_are_computed(soup: BeautifulSoup) -> None:
    assert soup.select_one("h1").get_text() == "Five years of questions"  # type: ignore[union-attr]
    assert soup.select_one(".lede").get_text() == (  # type: ignore[union-attr]
        "63,420 searches, from 9 March 2021 to 19 November 2025. The rhythm of days and nights, what "
        "mattered when, and how sure any of it is."
    )
    assert soup.select_one(".date").get_text() == "20 November 2025"  # type: ignore[union-attr]


def test_headings_never_skip_a_level_and_there_is_one_title(soup: BeautifulSoup) -> None:
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_every_id_is_there_once_and_every_reference_finds_its_target(soup: BeautifulSoup) -> None:
    ids = [str(tag["id"]) for tag in _list_tags(soup) if tag.has_attr("id")]
    assert len(ids) == len(set(ids))
    named = [str(tag[name]) for tag in _list_tags(soup) for name in IDENTIFYING if tag.has_attr(name)]
    linked = [str(tag["href"])[1:] for tag in _list_tags(soup) if str(tag.get("href", "")).startswith("#")]
    painted = re.findall(r"url\(#([^)]+)\)", " ".join(str(tag.attrs) for tag in _list_tags(soup)))
    assert not {*named, *linked, *painted} - set(ids)


def test_nothing_comes_from_elsewhere(page: str) -> None:
    without_licence = page.replace("http://www.w3.org", "")
    assert not re.search(r"(?:https?:)?//[\w.-]+\.\w", re.sub(r"base64,[\w+/=]+", "", without_licence))


def test_no_element_has_a_style_or_a_handler(soup: BeautifulSoup) -> None:
    names = {name for tag in _list_tags(soup) for name in tag.attrs}
    assert not [name for name in names if name == "style" or name.startswith("on")]
    assert len(soup.find_all("style")) == 1
    assert [(script.get("type"), script.get("id")) for script in soup.find_all("script")] == [
        ("application/json", "counts"),
        (None, None),
    ]


def test_what_the_owner_typed_stands_on_the_page_as_text_only(
    soup: BeautifulSoup, hostile: tuple[str, ...]
) -> None:
    cells = [cell.get_text() for cell in soup.select("#words td[dir=auto]")]
    assert cells[: len(hostile)] == list(hostile)
    assert not soup.find_all("img")
    assert "alert" not in soup.select_one("script:not([type])").get_text()  # type: ignore[union-attr]
    block = soup.select_one("script[type]").get_text()  # type: ignore[union-attr]
    assert not re.search("[<>&]", block)
    assert hostile[5] + hostile[0] in json.loads(block)["quoted"]


def test_the_owners_words_have_their_own_direction(soup: BeautifulSoup, hostile: tuple[str, ...]) -> None:
    head = soup.select_one("#words_by_year-head")
    assert head is not None
    assert head["dir"] == "auto"
    assert [word.get_text() for word in head.find_all("bdi")] == [hostile[3]]


def test_every_chart_has_its_words_table_and_file(soup: BeautifulSoup, contents: Contents) -> None:
    for name in contents.answers:
        if name == "dots":
            continue
        article = soup.select_one(f"article#{name}")
        assert article is not None
        pictures = article.select("figure svg[role=img]")
        assert [picture["aria-labelledby"] for picture in pictures] == [f"{name}-alt"] * 2
        alt = article.select_one(f"#{name}-alt")
        assert alt is not None
        assert alt.get_text() == f"Bars, {name}. Highest first."
        said = [tag.get_text() for tag in article.select("summary, .actions > a")]
        assert said == ["Show as table", "Save CSV", "How this is counted"]
        link = article.select_one(".actions > a")
        assert link is not None
        assert str(link["href"]).startswith("data:text/csv;")
        assert link["download"] == f"almanac-{name}.csv"


def test_the_dots_have_an_edition_for_each_width_and_theme(soup: BeautifulSoup) -> None:
    forms = [" ".join(tag["class"]) for tag in soup.select("figure.dots > div")]
    assert forms == [
        "full on-light", "full on-dark", "middle on-light", "middle on-dark", "narrow on-light",
        "narrow on-dark",
    ]  # fmt: skip


def test_models_stand_on_one_scale_and_the_one_with_too_little_says_so(soup: BeautifulSoup) -> None:
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
        for row in soup.select("article:not(#networks) .models tbody tr")
    ]
    assert [(row[0], row[3], row[4]) for row in rows] == [
        ("How many searches in the next hour?", "21\u00a0%, from 19 to 23", "clearly better"),
        ("Weekend or workday?", "−3\u00a0%, from −19 to 13", "no better than the baseline"),
    ]
    zeros = {
        str(row.select_one("svg path")["d"]) for row in soup.select("article:not(#networks) .models tbody tr")
    }  # type: ignore[index]
    assert len(zeros) == 1
    assert soup.select_one("#models .missing").get_text() == (  # type: ignore[union-attr]
        "Late or early? Still learning: 31 of 56 covered days."
    )
    assert soup.select_one("#models-head").get_text() == "One beats its baseline; one does not"  # type: ignore[union-attr]


def test_a_note_that_all_figures_share_is_told_once(soup: BeautifulSoup) -> None:
    notes = [tag.get_text(" ", strip=True) for tag in soup.select(".notes p")]
    assert notes == [
        "What it covers 1,696 of 1,717 days.",
        "How sure From 19 to 23\u00a0%.",
        "How to read it Found = known already + set aside + new. Known already: it lay in an earlier export, "
        "or in another folder of this one. The balance only ever grows.",
    ]


def test_an_empty_archive_makes_a_page_that_says_what_is_missing(empty_contents: Contents) -> None:
    soup = BeautifulSoup(build_page(empty_contents), "html.parser")
    said = [tag.get_text(" ", strip=True) for tag in soup.select(".missing")]
    assert soup.select_one("h1").get_text() == "No entries yet"  # type: ignore[union-attr]
    assert [tag.get_text() for tag in soup.select("article h3")] == ["Too little to learn from yet"]
    assert len(soup.select("#not-yet li")) == len(empty_contents.answers) - 1
    assert not soup.select("figure, svg")
    assert said == [
        "No finding is clear of chance yet. The sections below show what there is.",
        "No model has been fitted to these tables yet.",
        "No export has been read into these tables yet.",
    ]


def test_a_single_day_is_not_said_as_a_span(contents: Contents) -> None:
    day = contents.coverage.first
    soup = BeautifulSoup(
        build_page(replace(contents, coverage=replace(contents.coverage, last=day))), "html.parser"
    )
    lede = soup.select_one(".lede")
    assert lede is not None
    assert lede.get_text().startswith("63,420 searches, on 9 March 2021. The rhythm")


def test_the_switch_offers_every_year_that_holds_an_activity(soup: BeautifulSoup) -> None:
    offered = [str(tag["value"]) for tag in soup.select(".switch input[type=radio]")]
    assert offered == ["", "2021", "2022", "2023", "2024", "2025"]
    assert [tag["id"] for tag in soup.select(".sheet > .year")] == [f"year-{year}" for year in offered[1:]]
    style = soup.select_one("style")
    assert style is not None
    assert 'body:has([data-show="2023"]:checked) #year-2023{display:block}' in style.get_text()


def test_a_page_without_a_tally_has_no_filter_and_a_page_of_one_year_no_switch(contents: Contents) -> None:
    days = contents.answers["calendar"].frame
    short = replace(
        contents.answers["calendar"],
        frames={**contents.answers["calendar"].frames, "main": days[days["date"].dt.year == 2023]},
    )
    answers = {**contents.answers, "calendar": short}
    soup = BeautifulSoup(build_page(replace(contents, answers=answers, tally=None)), "html.parser")
    assert not soup.select("#counts, .filter, .switch, .year")
    assert soup.select_one(".covered") is not None


def test_more_than_eight_years_are_a_list(contents: Contents) -> None:
    calendar = contents.answers["calendar"]
    days = calendar.frame
    dates = pd.date_range("2014-01-01", "2025-11-19", freq="D").as_unit("ms")
    long = pd.DataFrame({"date": dates, "searches": 1, "covered": True, "step": 1.0})
    local = pd.DataFrame({"local": dates})
    answers = {
        **contents.answers,
        "calendar": replace(calendar, frames={**calendar.frames, "main": long[days.columns]}),
        "dots": replace(contents.answers["dots"], frames={**contents.answers["dots"].frames, "main": local}),
    }
    soup = BeautifulSoup(build_page(replace(contents, answers=answers)), "html.parser")
    assert not soup.select(".switch input")
    assert [str(tag["value"]) for tag in soup.select(".switch option")] == ["", *map(str, range(2014, 2026))]


def test_sorting_has_a_number_for_what_is_not_written_as_one(soup: BeautifulSoup) -> None:
    row = soup.select("#months table[data-sort] tbody tr")[7]
    assert [(cell.get_text(), cell.get("data-key")) for cell in row.select("td")][:2] == [
        ("2021", None),
        ("August", "8"),
    ]


def test_every_scored_model_has_its_card_and_how_it_is_tested_is_told_once(contents: Contents) -> None:
    learned, judged = ("Its file", "models/next_hour.npz; weights."), ("Not for", "Judging <anybody>.")
    cards_of = ((learned, judged), (judged,), ())
    lines = tuple(replace(line, card=card) for line, card in zip(contents.models, cards_of, strict=True))
    models = BeautifulSoup(
        build_page(replace(contents, models=lines, networks=NONE)), "html.parser"
    ).select_one("#models")
    assert models is not None
    cards = models.select("details:has(.card)")
    assert [one.select_one("summary").get_text() for one in cards] == [  # type: ignore[union-attr]
        "Model card: All questions",
        "Model card: How many searches in the next hour?",
        "Model card: Weekend or workday?",
    ]
    said = [[entry.get_text() for entry in one.select("h4, h5, dt, dd")] for one in cards]
    first, second = ([line.question, line.model_name] for line in lines[:2])
    assert said == [
        ["All questions", *judged],
        [*first, *learned, "How it is tested", "See “How this is counted” below its picture."],
        [*second, "How it is tested", "Each day."],
    ]
    assert "models/<wbr/>next_<wbr/>hour.npz" in str(cards[1])  # where a narrow screen may break it
    assert models.get_text().count("Each guess.") == 1  # below its figure


def test_a_model_that_was_left_says_why(contents: Contents) -> None:
    left = {"Which season was it?": "Not trained: it takes about 2 minutes."}
    soup = BeautifulSoup(build_page(replace(contents, left=left, networks=NONE)), "html.parser")
    said = [one.get_text() for one in soup.select("#models .missing")]
    assert said[-1] == "Which season was it? Not trained: it takes about 2 minutes."


def test_what_a_model_believes_stands_below_its_own_figure_with_its_table(contents: Contents) -> None:
    table = pd.DataFrame({"hour": [0, 21], "workday_guessed": [0.2, 3.3], "workday_came": [0.1, 4.2]})
    belief = ModelBelief("learned_hours", "The learner expects most at 21:00", "An hour.", "Lines.", table)
    first = replace(contents.models[0], beliefs=(belief,))
    drawings = {**contents.drawings, "learned_hours": contents.drawings["learner"]}
    models = (first, *contents.models[1:])
    page = build_page(replace(contents, models=models, drawings=drawings, networks=NONE))
    soup = BeautifulSoup(page, "html.parser")
    headlines = [one.get_text() for one in soup.select("#models article h3")][1:]
    assert headlines == ["The learner’s guesses are 21\u00a0% closer", "The learner expects most at 21:00"]
    shown = soup.select_one("#learned_hours")
    assert shown is not None and len(shown.select("svg")) == 2
    assert [one.get_text() for one in shown.select("th")] == ["Hour", "Workdays, guessed", "what came"]
    assert [one.get_text() for one in shown.select("tbody tr")[1].select("td")] == ["21:00", "3.3", "4.2"]


def test_what_a_classifier_said_stands_below_the_models_with_its_table(contents: Contents) -> None:
    table = pd.DataFrame(
        {"truth": [0, 0, 6], "said": [0, 3, 6], "days": [20, 5, 3], "share": [0.8, 0.2, 1.0]}
    )
    line = replace(
        contents.models[1], name="weekday", confusion=table, headline="A day’s hours give it away",
        notes=(("Shuffled labels", "Right 15\u00a0% of the time."),), how="Which day is likeliest.",
    )  # fmt: skip
    page = build_page(replace(contents, models=(contents.models[0], line)))
    models = page[page.index('id="models"') : page.index('id="ledger"')]
    assert models.index("The learner’s guesses") < models.index("A day’s hours give it away")
    shown = models[models.index("A day’s hours give it away") :]
    for words in ("Truly", "The model said", "Of the true ones", "Monday", "Thursday", "80.0\u00a0%", "20"):
        assert words in shown
    assert models.count("Right 15\u00a0% of the time.") == 1  # beside its figure, not beside the table
    assert models.count("Which day is likeliest.") == 1
