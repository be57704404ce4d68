"""What the archive is too small for stands in one list, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pipeline.patterns.answer import Answer
from pipeline.patterns.finding import Finding
from pipeline.report.contents import Contents, NetworkLine, Networks
from pipeline.report.not_yet import (
    NAMES,
    Missing,
    describe_missing,
    describe_networks,
    describe_untrained,
    is_missing,
)
from pipeline.report.page import build_page

BASE = Finding(
    "changes",
    "Years",
    "Ten covered days are too few to tell a change of pace",
    "",
    "Changes of pace appear here after 182 covered days.",
    "10 of the 182 covered days that it takes",
    (("What it covers", "10 of 12 days."), ("How sure", "10 of the 182 covered days that it takes.")),
    "",
    "Each day counts once.",
)


@pytest.mark.parametrize(
    ("headline", "emphasis", "remarkable", "missing"),
    [
        (BASE.headline, "", 0.0, True),
        ("No search was asked three times yet", "", 0.0, True),
        ("Too few nights to compare free days with workdays", "", 0.0, True),
        ("The quiet window: not yet", "", 0.0, True),
        ("No stretch stands out", "", 0.0, False),
        ("No word rises or falls steadily over the years", "", 0.0, False),
        ("“yet” leads the words, in 40 searches", "yet", 0.0, False),
        ("The day is too few yet", "", 0.2, False),
    ],
)
def test_only_a_finding_that_claims_nothing_for_want_of_data_is_missing(
    headline: str, emphasis: str, remarkable: float, missing: bool
) -> None:
    assert is_missing(replace(BASE, headline=headline, emphasis=emphasis, remarkable=remarkable)) is missing


def test_a_line_says_what_would_stand_there_and_how_far_it_is() -> None:
    assert describe_missing(BASE) == Missing(
        "Changes of pace", "10 of the 182 covered days that it takes.", 10 / 182
    )


@pytest.mark.parametrize(
    ("deck", "share"),
    [
        ("It takes 300 searches on either side, over six weeks.", None),
        ("3 of 9 nights had enough searches; it takes 20 such nights.", None),
        ("1,200 of the 1,000 searches that it takes.", 1.0),
    ],
)
def test_a_share_is_given_only_where_one_is_said(deck: str, share: float | None) -> None:
    finding = replace(BASE, pattern="new", headline="Too few to say", deck=deck, notes=())
    assert describe_missing(finding) == Missing("Too few to say", deck, share)


def test_models_that_are_still_learning_join_the_list_where_none_is_done(contents: Contents) -> None:
    late = contents.models[2]
    why = "Still learning: 31 of 56 covered days."
    assert describe_untrained([late]) == [Missing("Late or early?", why, 31 / 56)]
    other = replace(late, question="What else?", too_little="It takes a year.")
    assert describe_untrained([late, other, replace(late, question="How many?")]) == [
        Missing("Two models", f"{why} Late or early? How many?", 31 / 56),
        Missing("What else?", "It takes a year."),
    ]
    soup = BeautifulSoup(build_page(replace(contents, models=(late,))), "html.parser")
    assert [tag.get_text() for tag in soup.select("#not-yet li b")] == ["Late or early?"]
    assert not soup.select("#models")
    assert "Models" not in [tag.get_text() for tag in soup.select(".contents a")]


@pytest.mark.slow
def test_networks_that_were_asked_for_and_lack_days_are_one_line_of_it(contents: Contents) -> None:
    lacking = NetworkLine("season_vgg", "Which season?", "VGG-7", "", "", "", too_little="Too few.")
    late = replace(contents, models=(contents.models[2],), networks=Networks((lacking, lacking)))
    page = build_page(late)
    soup = BeautifulSoup(page, "html.parser")
    assert [tag.get_text() for tag in soup.select("#not-yet li b")] == ["Late or early?", "Networks"]
    assert soup.select("#not-yet li span")[-1].get_text().startswith("Small ones for the same questions")
    assert describe_networks(26).text.endswith(" to two years of covered days. 26 covered days so far.")
    assert describe_networks(1).text.endswith(". 1 covered day so far.")


def test_headlines_without_a_picture_are_gathered_and_an_empty_section_falls_away(contents: Contents) -> None:
    finding = replace(contents.answers["hours"].finding, headline="No hour stands out yet", emphasis="")
    too_few = replace(contents.answers["hours"], finding=replace(finding, remarkable=0.0))
    answers = {**contents.answers, "hours": too_few}
    drawings = {name: drawing for name, drawing in contents.drawings.items() if name != "hours"}
    soup = BeautifulSoup(build_page(replace(contents, answers=answers, drawings=drawings)), "html.parser")
    assert not soup.select("#hours-section, article#hours")
    assert [tag.get_text() for tag in soup.select("#not-yet li b")] == ["No hour stands out yet"]
    assert [tag["href"] for tag in soup.select(".contents a")][-3:] == ["#models", "#not-yet", "#ledger"]
    drawn = BeautifulSoup(build_page(replace(contents, answers=answers)), "html.parser")
    assert drawn.select("article#hours")
    assert not drawn.select("#not-yet")


@pytest.mark.slow
def test_forty_entries_make_no_headline_of_what_is_missing(contents: Contents) -> None:
    from pipeline.charts.pictures import choose_picture
    from pipeline.patterns.answers import PATTERNS, compute_answer
    from pipeline.patterns.subject import choose_subject
    from tests.report.conftest import HOME

    rng = np.random.default_rng(4)
    minutes = np.sort(rng.choice(12 * 24 * 60, 40, replace=False))
    times = pd.Timestamp("2025-11-01", tz="UTC") + pd.to_timedelta(minutes, unit="min")
    activity = pd.DataFrame(
        {
            "product": "search", "action": "searched", "time": times, "mark": None, "url": None, "site": None,
            "language": "en", "text": [f"bread {k}" for k in range(40)], "channel": None,
        }
    )  # fmt: skip
    sources = pd.DataFrame({"product": ["search"], "first": [times[0]], "last": [times[-1]]})
    subject = choose_subject(activity, sources, HOME)
    answers: dict[str, Answer] = {name: compute_answer(name, subject) for name in PATTERNS}
    drawing = contents.drawings["years"]
    drawings = {
        name: drawing
        for name, answer in answers.items()
        if choose_picture(name, answer, subject.coverage) is not None
    }
    page = build_page(replace(contents, answers=answers, drawings=drawings, coverage=subject.coverage))
    soup = BeautifulSoup(page, "html.parser")
    lines = [tag.get_text() for tag in soup.select("#not-yet li b")]
    assert len(set(lines) & set(NAMES.values())) > 10
    alone = [tag for tag in soup.select("article.finding[id]") if not tag.find("figure")]
    assert [tag.h3.get_text() for tag in alone if is_missing(replace(BASE, headline=tag.h3.get_text()))] == []  # type: ignore[union-attr]
    assert all(tag.get_text().endswith((".", "?")) for tag in soup.select("#not-yet li span"))
