"""What may be seen of a run outside the report: counts, and only what is known to hold no text."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from flows.progress import Watcher
from flows.showing import (
    MOST_BYTES,
    ShownPicture,
    escape,
    list_counts,
    list_shown,
    may_be_shown,
    shrink_picture,
)
from flows.steps.charts import ChartCounts
from flows.steps.ingest import IngestCounts
from flows.steps.learn import LearnCounts
from flows.steps.patterns import PatternCounts
from flows.work.result import Belief, WorkResult
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.finding import Finding
from pipeline.tables.journal import Input, Journal, StepRecord, commit_journal

FINDING = Finding("weekdays", "Weeks", "Sundays rise", "rise", "Per day.", "2 to 9 %", (), "Bars.", "How.")
FRAME = pd.DataFrame({"weekday": [0, 1], "searches": [3, 4]})
RATIO = pd.DataFrame({"ratio": [1.2], "low": [1.1], "high": [1.3]})
PLAIN = Answer({"main": FRAME, "ratio": RATIO}, FINDING)
COVERAGE = Coverage(
    date(2024, 1, 1), date(2024, 1, 9), 9, 9, 63, date(2024, 1, 9), noun="search", nouns="searches"
)


def test_an_answer_of_numbers_alone_may_be_shown() -> None:
    assert may_be_shown("weekdays", PLAIN)


@pytest.mark.parametrize("column", ["word", "query", "title", "channel", "url", "site", "location", "file"])
@pytest.mark.parametrize("part", ["main", "ratio"])
@pytest.mark.parametrize("value", ["cheap flights", 7])
def test_no_answer_with_a_column_of_the_owners_words_in_any_table(
    column: str, part: str, value: object
) -> None:
    frame = PLAIN.frames[part].assign(**{column: value})
    assert not may_be_shown("weekdays", Answer({**PLAIN.frames, part: frame}, FINDING))


def test_no_answer_with_texts_that_almanac_is_not_known_to_write() -> None:
    headed = Answer({"main": FRAME.assign(product="velvet_gadget"), "ratio": RATIO}, FINDING)
    assert not may_be_shown("weekdays", headed)
    captioned = pd.DataFrame({"component": [0], "note": ["mornings"]})
    names = {"main": FRAME, "names": captioned}
    assert may_be_shown("eigenweeks", Answer(names, FINDING))
    assert not may_be_shown("eigenweeks", Answer({**names, "names": captioned.assign(zone="CET")}, FINDING))


def test_no_answer_that_is_not_named_as_clear_or_whose_finding_names_a_text() -> None:
    assert not may_be_shown("a new answer", PLAIN)
    assert not may_be_shown("weekdays", replace(PLAIN, finding=replace(FINDING, private=True)))
    assert not may_be_shown("weekdays", replace(PLAIN, finding=replace(FINDING, named=("kyoto",))))


def record(**counts: object) -> StepRecord:
    return StepRecord("", {}, 9.0, counts)


def test_the_counts_are_of_this_run_and_of_all_and_say_how_each_learner_began() -> None:
    ledger = [["20240101T000000Z", 50, 10, 2, 38, 38], ["20250101T000000Z", 70, 30, 0, 40, 78]]
    archive = Input("/a/takeout-1.zip", 1, 1, "d", "20240101T000000Z", "20240101T000000Z-d")
    journal = Journal(
        inputs=(archive, replace(archive, part="20250101T000000Z-e")),
        steps={
            "ingest": record(rows=78, ledger=ledger),
            "patterns": record(n_patterns=27, n_covered=300),
            "learn": record(n_models=3, n_better=2),
            "charts": record(n_charts=26, n_clouds=3),
        },
    )
    watcher = Watcher()
    watcher.end("prefect", None, 5.0)
    watcher.end("ingest", IngestCounts(1, 1, 2, 70, 70, 0, 40, 78, False), 1.26)
    started = {"next_hour": "went on", "weekday": "started again: earlier rows changed"}
    watcher.end("learn", LearnCounts(3, 2, 0, 12, started), 2.0)
    watcher.end("patterns", PatternCounts(27, 63, 300, 310, nothing_new=True), 0.01)
    watcher.end("charts", ChartCounts(26, 3, 200, 2, 24), 0.04)
    assert [tuple(row.values()) for row in list_counts(journal, watcher)] == [
        ("archives", 1, 2),
        ("entries found", 70, 120),
        ("entries known", 30, 40),
        ("entries set aside", 0, 2),
        ("entries new", 40, 78),
        ("rows of the table", "–", 78),
        ("patterns", "–", 27),
        ("covered days", "–", 300),
        ("models", 3, 3),
        ("models better than their baselines", 2, 2),
        ("charts", 26, 26),
        ("word clouds", 3, 3),
        ("pictures drawn", 2, "–"),
        ("pictures kept as they were", 24, "–"),
        ("how next hour began", "went on", "–"),
        ("how weekday began", "started again: earlier rows changed", "–"),
        ("seconds for ingest", 1.3, "–"),
        ("seconds for learn", 2.0, "–"),
        ("seconds for patterns, up to date", 0.0, "–"),
        ("seconds for charts", 0.0, "–"),
    ]


def test_a_folder_without_anything_is_counted_too() -> None:
    rows = list(list_counts(Journal(), Watcher()))
    assert rows[0] == {"what": "archives", "in this run": "–", "in all": 0}
    assert {row["in all"] for row in rows[1:]} == {0, "–"}


def test_findings_and_pictures_are_those_that_may_be_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = pd.DataFrame({"word": ["kyoto"], "count": [3]})
    private = Answer({"main": words}, replace(FINDING, headline="“kyoto” leads", private=True))
    months = Answer({"main": FRAME}, replace(FINDING, section="Years", headline="Every *August* falls"))
    answers = {"months": months, "words": private, "weekdays": PLAIN}
    monkeypatch.setattr("flows.steps.patterns.read_answers", lambda out: (answers, COVERAGE))
    monkeypatch.setattr("flows.steps.learn.read_results", lambda out: [])
    files = {f"charts/{name}.png": f"digest of {name}" for name in ("words", "weekdays")}
    commit_journal(tmp_path, Journal(steps={"charts": StepRecord("", files, 1.0, {})}))
    shown = list_shown(tmp_path, Watcher())
    assert shown.findings == (
        "# What the archive shows\n\n63 searches, 1 – 9 Jan 2024; 9 of 9 days covered.\n\n## Years\n\n"
        "**Every \\*August\\* falls**  \nPer day.  \nCertainty: 2 to 9 %\n\n## Weeks\n\n"
        "**Sundays rise**  \nPer day.  \nCertainty: 2 to 9 %\n\n"
        "What is made of words stands in the report alone."
    )
    assert shown.pictures == (
        ShownPicture(
            "chart-weekdays", "Sundays rise", tmp_path / "charts" / "weekdays.png", "digest of weekdays"
        ),
    )
    assert shown.counts[0]["in all"] == 0


def test_what_a_model_made_of_texts_found_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    belief = Belief("learned_hours", "It expects most at 21:00", "Deck.", "Lines.", ("hour",), ((1.0,),))
    results = [
        WorkResult("next_hour", "Q?", "m", "b", "Guesses are closer", "", "Deck.", "", "", beliefs=(belief,)),
        WorkResult("text_product", "Q?", "m", "b", "Words tell its product", "", "Deck.", "", ""),
    ]
    monkeypatch.setattr("flows.steps.patterns.read_answers", lambda out: ({"weekdays": PLAIN}, COVERAGE))
    monkeypatch.setattr("flows.steps.learn.read_results", lambda out: results)
    files = {f"charts/{name}.png": name for name in ("learner", "learned_hours")}
    commit_journal(tmp_path, Journal(steps={"charts": StepRecord("", files, 1.0, {})}))
    shown = list_shown(tmp_path, Watcher())
    assert "Guesses are closer" in shown.findings and "Words tell" not in shown.findings
    captions = [(picture.key, picture.caption) for picture in shown.pictures]
    assert captions == [
        ("chart-learner", "Guesses are closer"),
        ("chart-learned-hours", "It expects most at 21:00"),
    ]


def test_a_coarse_run_shows_no_model_since_their_texts_have_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coarse = replace(COVERAGE, coarse=True, redacted=True)

    def refuse(out: Path) -> None:
        raise AssertionError("read")

    monkeypatch.setattr("flows.steps.patterns.read_answers", lambda out: ({"weekdays": PLAIN}, coarse))
    monkeypatch.setattr("flows.steps.learn.read_results", refuse)
    commit_journal(tmp_path, Journal())
    assert "## Models" not in list_shown(tmp_path, Watcher()).findings


def test_markdown_shows_a_text_as_it_is() -> None:
    assert escape("a*b_c [d](e) <f> `g` #h | ~i \\") == (
        "a\\*b\\_c \\[d\\](e) \\<f\\> \\`g\\` \\#h \\| \\~i \\\\"
    )


def draw(path: Path, *, noise: bool) -> Path:
    rng = np.random.default_rng(0)
    pixels = np.full((900, 1600, 3), 250, dtype=np.uint8)
    pixels[100:300, 200:900] = (20, 60, 160)
    if noise:
        pixels = rng.integers(0, 255, pixels.shape, dtype=np.uint8)
    Image.fromarray(pixels).convert("RGBA").save(path)
    return path


def test_a_chart_becomes_a_small_picture_of_few_colours(tmp_path: Path) -> None:
    small = shrink_picture(draw(tmp_path / "a.png", noise=False))
    image = Image.open(io.BytesIO(small))
    assert (image.size, image.mode, len(small) < MOST_BYTES) == ((800, 450), "P", True)


def test_a_chart_of_many_dots_becomes_smaller_still(tmp_path: Path) -> None:
    image = Image.open(io.BytesIO(shrink_picture(draw(tmp_path / "a.png", noise=True))))
    assert image.size == (480, 270)
