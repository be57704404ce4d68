"""Ctrl-C at chosen points: in the middle of an import, where a library loses it, and in a real drawing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from flows.commands import app
from flows.commands.failing import end_clearly
from flows.plan import perform
from flows.progress import Watcher
from flows.steps.ingest import ingest
from flows.stopping import check_stop, heed_ctrl_c, is_stop
from pipeline.settings import Settings

SAID = "almanac charts: stopped. What was there before is still there.\n"
OURS = Path(__file__).parents[2]


def press() -> None:
    signal.raise_signal(signal.SIGINT)


class Losing:
    """What loses whatever is raised while it is collected."""

    def __del__(self) -> None:
        press()


def test_it_is_heard_at_once_where_that_does_no_harm() -> None:
    after = []
    with pytest.raises(KeyboardInterrupt), heed_ctrl_c():
        press()
        after.append("more")
    assert after == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_in_the_middle_of_an_import_it_waits_until_that_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pressing_module.py").write_text(
        "import signal\nfor _ in range(2): signal.raise_signal(signal.SIGINT)\nIS_WHOLE = True\n", "utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    seen: list[Any] = []
    with pytest.raises(KeyboardInterrupt), heed_ctrl_c():
        seen.append(import_module("pressing_module").IS_WHOLE)
        while True:  # it comes by itself
            pass
    assert seen == [True]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_is_lost_is_raised_again_at_the_next_step_forward(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = []

    def draw(settings: Settings, *, tell: Callable[..., None]) -> None:
        for n in range(9):
            tell("drawing", n, 9)
            if n == 3:
                Losing()
            drawn.append(n)

    monkeypatch.setattr("flows.plan.load_step", lambda step: draw)
    with pytest.raises(KeyboardInterrupt), heed_ctrl_c():
        perform("charts", [], settings, Watcher())
    assert drawn == [0, 1, 2, 3]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_is_lost_for_good_or_made_an_error_of_is_said_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def make_error() -> None:
        Losing()
        raise ImportError("half of a module")

    for do in (Losing, make_error):
        with pytest.raises(typer.Exit) as caught, end_clearly("charts", verbose=False):
            do()
        assert (caught.value.exit_code, capsys.readouterr().err) == (130, SAID)
    check_stop()  # all is forgotten at the end of a command


def test_the_word_of_duckdb_for_it_is_understood(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(*_: Any, **__: Any) -> None:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr("flows.plan.load_step", lambda step: ask)
    with pytest.raises(KeyboardInterrupt):
        perform("charts", [], settings, Watcher())
    with pytest.raises(typer.Exit) as caught, end_clearly("charts", verbose=False):
        ask()
    assert (caught.value.exit_code, capsys.readouterr().err) == (130, SAID)
    assert not is_stop(RuntimeError("Another word")) and not is_stop(typer.Abort())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a signal to one process of several")
def test_a_long_query_ends_with_ctrl_c_in_real(settings: Settings, tiny_archive: Path) -> None:
    ingest([str(tiny_archive)], settings)
    code = (
        "import sys, threading, time, signal, os; from flows.commands import app\n"
        "import duckdb, flows.commands.sql\n"
        "threading.Timer(3, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "app(sys.argv[1:])"
    )
    query = "select sum(a.range * b.range * c.range) from range(99999) a, range(99999) b, range(99999) c"
    done = subprocess.run(
        [sys.executable, "-c", code, "sql", query, "--out", str(settings.out)],
        env={**os.environ, "PYTHONPATH": str(OURS)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, SAID.replace("charts", "sql"))


def test_ctrl_c_at_a_question_is_a_stop_on_a_line_of_its_own(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.commands.forget.can_ask", lambda: True)
    monkeypatch.setattr("flows.commands.forget.typer.confirm", _abort)
    result = CliRunner().invoke(app, ["forget", "--out", str(settings.out)])
    assert (result.exit_code, result.stderr) == (130, "\n" + SAID.replace("charts", "forget"))
    assert (settings.out / "run.json").is_file()


def _abort(question: str) -> bool:
    raise typer.Abort
