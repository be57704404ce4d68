"""What a run did: written into run.json, and said in a line each."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flows.last_run import describe_learners, describe_steps, record_run
from flows.plan import perform_all
from flows.progress import Watcher
from flows.steps.charts import ChartCounts
from flows.steps.ingest import IngestCounts
from flows.steps.learn import LearnCounts
from flows.steps.report import ReportCounts
from pipeline.settings import Settings
from pipeline.tables.journal import read_journal
from pipeline.tables.run_lines import LastRun

STARTED = {"next_hour": "went on", "weekday": "learned anew from all days"}
LEARNED = LearnCounts(2, 1, 0, 1234, STARTED)
DRAWN = ChartCounts(27, 7, 208, n_drawn=3, n_kept=36)
TAKEN_IN = IngestCounts(
    1, 1, 8, 100, 97, 3, 42, 142, nothing_new=False, parts=("20210101T000000Z-dddddddddddd",)
)


def watch(**counts: Any) -> Watcher:
    """Return a watcher that saw these steps, each for a second and a bit."""
    watcher = Watcher()
    watcher.end("prefect", None, 9.0)
    for step, given in counts.items():
        watcher.end(step, given, 1.23456)
    return watcher


def test_run_json_says_what_the_last_run_did(settings: Settings) -> None:
    page = ReportCounts(Path("page"), 1, 1, 1, 1, 1, nothing_new=True)
    record_run(settings.out, watch(ingest=TAKEN_IN, learn=LEARNED, charts=DRAWN, report=page))
    last = read_journal(settings.out).last
    assert last is not None
    ended = datetime.fromisoformat(last.ended)
    assert ended.utcoffset() == timedelta(0) and ended.microsecond == 0
    assert last == LastRun(
        last.ended,
        ("20210101T000000Z-dddddddddddd",),
        42,
        {"ingest": "made", "learn": "made", "charts": "made", "report": "fresh"},
        dict.fromkeys(["ingest", "learn", "charts", "report"], 1.235),
        STARTED,
    )


def test_a_run_that_did_nothing_leaves_the_word_of_the_one_before(settings: Settings) -> None:
    before = (settings.out / "run.json").read_bytes()
    nothing = SimpleNamespace(nothing_new=True)
    record_run(settings.out, watch(ingest=nothing, learn=nothing))
    assert (settings.out / "run.json").read_bytes() == before


def test_every_way_to_run_all_steps_is_written_down(settings: Settings, steps: Any) -> None:
    perform_all([], settings, Watcher())
    assert json.loads((settings.out / "run.json").read_bytes())["last"]["steps"] == dict.fromkeys(
        steps.calls, "made"
    )
    assert steps.calls == ["ingest", "patterns", "learn", "charts", "report"]


@pytest.mark.parametrize(
    ("counts", "lines"),
    [
        (
            LEARNED,
            [
                "The model next hour: went on (1,234 hours more).",
                "The model weekday: learned anew from all days.",
            ],
        ),
        (LearnCounts(1, 1, 0, 50, {"next_hour": "new"}), ["The model next hour: new (50 hours)."]),
        (
            LearnCounts(1, 1, 0, 0, {"next_hour": "went on"}),
            ["The model next hour: went on (nothing new to learn)."],
        ),
        (
            LearnCounts(1, 1, 0, 50, {"next_hour": "started again: the home zone has changed"}),
            ["The model next hour learned again from the start, since the home zone has changed (50 hours)."],
        ),
        (
            LearnCounts(1, 1, 0, 0, {}, {"text_product": "Not trained: it takes about 2 minutes."}),
            ["The model text product: not trained: it takes about 2 minutes."],
        ),
        (
            LearnCounts(
                0,
                0,
                3,
                0,
                dict.fromkeys(("next_hour", "season", "weekday"), "too little to learn from yet"),
                too_little={
                    "next_hour": "Still learning: 22 of 56 covered days.",
                    "season": "Still learning: no winter.",
                    "weekday": "Still learning: 22 of 56 covered days.",
                },
            ),
            [
                "The models next hour and weekday: still learning: 22 of 56 covered days.",
                "The model season: still learning: no winter.",
            ],
        ),
        (LearnCounts(3, 1, 0, 0, {}, nothing_new=True), []),
        (None, []),
    ],
)
def test_each_model_says_in_a_line_how_it_began(counts: LearnCounts | None, lines: list[str]) -> None:
    assert describe_learners(counts) == lines


def test_what_was_kept_is_said_and_what_was_all_made_anew_is_not() -> None:
    page = ReportCounts(Path("page"), 1, 1, 1, 1, 1)
    assert describe_steps({"charts": ChartCounts(27, 7, 208, n_drawn=39), "report": page}) == []
    kept = ReportCounts(Path("page"), 1, 1, 1, 1, 1, kept=True)
    assert describe_steps({"ingest": TAKEN_IN, "charts": DRAWN, "report": kept}) == [
        "Pictures: 3 drawn, 36 kept as they were.",
        "The page is as it was: nothing that it shows has changed.",
    ]
