"""Two processes that draw: nothing is lost, whatever becomes of the second."""

from __future__ import annotations

import contextlib
import inspect
import pickle
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from flows import painters
from flows.painters import File, Piece, draw_pieces

PIECES = [Piece("a"), Piece("year pages", 2024), Piece("b"), Piece("c"), Piece("d")]
ANSWER = """
import pickle, sys
out = pickle.load(sys.stdin.buffer)
for _ in range({}):
    piece = pickle.load(sys.stdin.buffer)
    pickle.dump([(piece.name, b"there")], sys.stdout.buffer)
    sys.stdout.buffer.flush()
"""


def draw_here(piece: Piece) -> list[File]:
    return [(piece.name, b"here")]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Have the second process answer at once; give those that are started."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes] | None:
        process = start_painter()
        if process:
            started.append(process)
        return process

    start_painter = painters.start_painter
    path = "import sys; sys.path[:] = sys.argv[1:];"
    monkeypatch.setattr(painters, "SERVE", path + ANSWER.format(100))
    monkeypatch.setattr(painters, "start_painter", start)
    return started


@pytest.mark.parametrize("n_answers", [0, 1, 100])
def test_each_piece_is_drawn_once_wherever_the_other_process_ends(
    serve: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch, n_answers: int
) -> None:
    monkeypatch.setattr(
        painters, "SERVE", "import sys; sys.path[:] = sys.argv[1:];" + ANSWER.format(n_answers)
    )
    drawn = list(draw_pieces(Path(), PIECES, draw_here, n_processes=2))
    assert sorted(piece for piece, _ in drawn) == sorted(PIECES)
    assert all(files[0][0] == piece.name for piece, files in drawn)
    assert sum(files[0][1] == b"there" for _, files in drawn) <= n_answers
    assert serve[0].poll() is not None


@pytest.mark.parametrize(
    "remains", [b"", b"\x80\x05\x95\xff", b"cnowhere\nnothing\n.", b"\x80\xff", b"I\xff\n."]
)
def test_whatever_the_other_process_leaves_of_an_answer_its_piece_is_drawn_here(
    serve: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch, remains: bytes
) -> None:
    dies = f"pickle.load(sys.stdin.buffer); sys.stdout.buffer.write({remains!r})"
    monkeypatch.setattr(
        painters,
        "SERVE",
        f"import sys; sys.path[:] = sys.argv[1:]; import pickle; pickle.load(sys.stdin.buffer); {dies}",
    )
    drawn = list(draw_pieces(Path(), PIECES, draw_here, n_processes=2))
    assert sorted(drawn) == sorted((piece, [(piece.name, b"here")]) for piece in PIECES)


def test_the_other_process_draws_while_this_one_is_at_work(serve: list[subprocess.Popen[bytes]]) -> None:
    def wait(piece: Piece) -> list[File]:
        time.sleep(0.5)
        return draw_here(piece)

    drawn = list(draw_pieces(Path(), PIECES, wait, n_processes=2))
    assert sorted(piece for piece, _ in drawn) == sorted(PIECES)
    assert b"there" in [files[0][1] for _, files in drawn]


def test_alone_it_draws_in_order_and_starts_nothing(serve: list[subprocess.Popen[bytes]]) -> None:
    drawn = list(draw_pieces(Path(), PIECES, draw_here, n_processes=1))
    assert drawn == [(piece, [(piece.name, b"here")]) for piece in PIECES]
    assert serve == []


def test_where_none_can_start_all_is_drawn_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    drawn = list(draw_pieces(Path(), PIECES, draw_here, n_processes=2))
    assert drawn == [(piece, [(piece.name, b"here")]) for piece in PIECES]


def test_a_failure_here_ends_the_other_process(serve: list[subprocess.Popen[bytes]]) -> None:
    def fail(piece: Piece) -> list[File]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(draw_pieces(Path(), PIECES, fail, n_processes=2))
    assert serve[0].poll() is not None


def list_guarded() -> list[int]:
    """List the lines of ``draw_pieces`` at which there is a second process to be ended."""
    lines, first = inspect.getsourcelines(draw_pieces)
    words = [line.strip() for line in lines]
    return [first + n for n in range(words.index("try:") + 1, words.index("finally:"))]


@pytest.mark.parametrize("line", list_guarded())
def test_ctrl_c_at_any_line_of_the_drawing_ends_the_other_process(
    serve: list[subprocess.Popen[bytes]], line: int
) -> None:
    def press(frame: FrameType, event: str, arg: object) -> Any:
        if frame.f_code is draw_pieces.__code__ and event == "line" and frame.f_lineno == line:
            raise KeyboardInterrupt
        return press

    drawing, former = draw_pieces(Path(), PIECES, draw_here, n_processes=2), sys.gettrace()
    sys.settrace(press)
    try:
        with contextlib.suppress(KeyboardInterrupt):  # not all are reached each time
            list(drawing)
    finally:
        sys.settrace(former)
    assert serve[0].poll() is not None


def test_the_other_process_ends_with_the_pipe_whatever_it_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = "import flows.steps.charts as c, time; c.open_studio = lambda out: lambda piece: time.sleep(600);"
    monkeypatch.setattr(
        painters, "SERVE", painters.SERVE.replace("from flows.painters", f"{slow} from flows.painters")
    )
    process = painters.start_painter()
    assert process
    assert process.stdin
    with process:
        for asked in (Path(), PIECES[0]):
            pickle.dump(asked, process.stdin)
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_run_that_stops_in_the_middle_leaves_no_process(serve: list[subprocess.Popen[bytes]]) -> None:
    drawing = draw_pieces(Path(), PIECES, draw_here, n_processes=2)
    next(iter(drawing))
    drawing.close()
    assert serve[0].poll() is not None
