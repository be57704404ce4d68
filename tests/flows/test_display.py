"""What a run shows: alive on a terminal, a plain line a step elsewhere, and the ledger in words."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from rich.text import Text

from flows import display as module
from flows.display import Display, open_display, say_seconds
from flows.plan import STEPS
from flows.terminal_ledger import say_export_day


def show(*, alive: bool) -> str:
    stream = StringIO()
    console = Console(file=stream, force_terminal=alive, width=100, _environ={})
    with Display(console, alive=alive) as display:
        for step in ("sample", *STEPS):
            display.begin(step)
            display.tell("[red]reading[/red]", 1, 2)
            if alive and display.progress is not None:
                display.progress.refresh()
            display.end(step, None, 2.34)
        display.say("Prefect [x] could not be used.")
    return stream.getvalue()


def test_away_from_a_terminal_each_step_is_one_plain_line() -> None:
    assert show(alive=False).splitlines() == [
        "Writing the sample archive: 2.3 s",
        "Reading the archive: 2.3 s",
        "Counting the patterns: 2.3 s",
        "Training the models: 2.3 s",
        "Drawing the charts: 2.3 s",
        "Writing the report: 2.3 s",
        "Prefect [x] could not be used.",
    ]


@pytest.mark.parametrize("quiet", [False, True])
def test_where_prefects_log_is_wanted_nothing_on_the_screen_moves_under_it(
    quiet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = Console(file=StringIO(), force_terminal=True, _environ={})
    monkeypatch.setattr(module, "Console", lambda stderr: console)
    assert (open_display(quiet_terminal=quiet).progress is None) == quiet


def test_what_never_came_up_leaves_the_screen_when_something_else_begins() -> None:
    with Display(Console(file=StringIO(), force_terminal=True, _environ={}), alive=True) as display:
        display.begin("prefect")
        display.begin("ingest")
        display.end("ingest", None, 1.0)
        display.begin("patterns")
        assert display.progress is not None
        shown = [(task.fields["title"], task.visible, task.finished) for task in display.progress.tasks]
    assert shown == [
        ("Starting Prefect", False, False),
        ("Reading the archive", True, True),
        ("Counting the patterns", True, False),
    ]


def test_on_a_terminal_it_shows_what_is_being_done_as_it_is_written() -> None:
    shown = show(alive=True)
    assert "Reading the archive" in shown
    assert "[red]reading[/red]" in shown
    assert "Prefect [x] could not be used." in shown
    assert "0:00:00" in shown


@pytest.mark.parametrize(
    ("width", "half", "words"),
    [
        (80, 6, "network 3 of 13, 2 min left…"),
        (100, 12, "network 3 of 13, 2 min left, season c…"),
        (130, 12, "network 3 of 13, 2 min left, season conv update gate, epoch 371 of…"),
    ],
)
def test_long_words_are_cut_and_not_the_bar_and_the_time_beside_them(
    width: int, half: int, words: str
) -> None:
    stream = StringIO()
    console = Console(file=stream, force_terminal=True, width=width, _environ={})
    with Display(console, alive=True) as display:
        display.begin("learn")
        display.tell("network 3 of 13, 2 min left, season conv update gate, epoch 371 of 600", 1, 2)
        assert display.progress is not None
        display.progress.refresh()
    shown = Text.from_ansi(stream.getvalue()).plain
    assert f"{half * '━'}╺{(half - 1) * '━'} 0:00:00 {words}" in shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (4.25, "4.2 s"), (59.94, "59.9 s"), (59.96, "1 min 00 s"), (125.4, "2 min 05 s")],
)
def test_a_duration_is_said_in_seconds_then_in_minutes(seconds: float, words: str) -> None:
    assert say_seconds(seconds) == words


def test_the_day_of_an_export_is_written_as_everywhere() -> None:
    assert say_export_day("20251102T081500Z") == "2 Nov 2025"
