from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.report.contents import ModelLine
from pipeline.report.headlines import head_models, head_standouts, write_title


def test_searches_are_questions_and_what_is_none_keeps_its_name() -> None:
    first, last = date(2021, 3, 9), date(2025, 11, 19)
    assert write_title(first, last, "searches") == "Five years of questions"
    assert write_title(first, last, "videos") == "Five years of videos"
    assert write_title(None, None, "searches") == "No questions yet"


LINE = ModelLine("a", "A?", "m", "b", "", "", "", "", avoided=0.2, low=0.1, high=0.3)
SAME = replace(LINE, low=-0.1)
HARDLY = replace(LINE, low=0.00045)  # printed as "from 0"
LITTLE = replace(LINE, too_little="Still learning: 3 of 56 covered days.", avoided=None, low=None, high=None)


@pytest.mark.parametrize(
    ("lines", "headline"),
    [
        ((LINE, LINE, LINE, SAME), "Three beat their baseline; one does not"),
        ((LINE, SAME, SAME), "One beats its baseline; two do not"),
        ((LINE, HARDLY, SAME), "One beats its baseline; two do not"),
        ((LINE, LINE), "Both beat their baseline"),
        ((LINE, LINE, LINE), "All three beat their baseline"),
        ((SAME, SAME), "No model is better than its baseline"),
        ((LINE, LITTLE), "The model beats its baseline"),
        ((SAME,), "The model is no better than its baseline"),
        ((LITTLE,), "Too little to learn from yet"),
        ((), "Too little to learn from yet"),
    ],
)
def test_the_headline_counts_which_models_win(lines: tuple[ModelLine, ...], headline: str) -> None:
    assert head_models(lines) == headline


def test_the_overview_says_how_many_findings_there_are() -> None:
    assert head_standouts(6) == "Six findings, the most remarkable first. Each leads to its section."
    assert head_standouts(1) == "One finding. It leads to its section."
    assert head_standouts(0) == "No finding is clear of chance yet. The sections below show what there is."
