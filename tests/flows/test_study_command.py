"""``almanac study``: lists, runs, prints the published figure beside ours, and writes what forget removes."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from flows.commands import app
from flows.steps.study import StudyCounts
from flows.study_words import lay_out, say_figure
from models.studies.registry import ENTRIES, Entry
from models.studies.study import Figure, StudyResult

RESULT = StudyResult(
    "line",
    "A line",
    "Somebody 2019, lesson 1",
    (
        Figure("slope", 1.02, "1.02", 1.0199, note="at the minimum: -1.5"),
        Figure("right, of 100", 45.77, "45.77 %", 99.4, "%", False, "their points were not published"),
        Figure("rows", None, "", 40),
    ),
    {},
    ("The line is found.",),
)


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["study", *map(str, words)])


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Put an invented study in the place of every one, and a picture of one byte; return what they hear."""
    heard: list[Any] = []

    def load(entry: Entry) -> Any:
        def run(data: Any, *, seed: int, tell: Any) -> StudyResult:
            tell(1, 2)
            heard.append((entry.name, data.folder, seed))
            return RESULT._replace(name=entry.name, arrays={"x": np.zeros(1)})

        return run

    monkeypatch.setattr("flows.steps.study.load_study", load)
    monkeypatch.setattr(
        "flows.steps.study.render_study",
        lambda name, arrays, *, title, source, words: [(f"studies/{name}.png", title.encode())],
    )
    return heard


def test_without_a_name_all_studies_are_listed_with_what_they_need(tmp_path: Path) -> None:
    done = call()
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[: len(ENTRIES)]] == [e.name for e in ENTRIES]
    assert "(needs --data with mnist)" in done.stdout
    listed = json.loads(call("--json").stdout)
    assert {line["name"]: line["needs"] for line in listed} == {e.name: e.needs or None for e in ENTRIES}
    assert [line["ready"] for line in listed] == [not entry.needs for entry in ENTRIES]


def test_a_study_prints_the_published_figure_beside_ours_and_writes_its_picture(
    tmp_path: Path, invented: list[Any]
) -> None:
    out = tmp_path / "out"
    done = call("line", "--seed", "3", "--out", out)
    assert done.exit_code == 0, done.stderr
    assert invented == [("line", None, 3)]
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[1:3] == ["A line", "Somebody 2019, lesson 1"]
    assert lines[4:9] == [
        "published ours",
        "slope 1.02 1.0199",
        "at the minimum: −1.5",
        "right, of 100 (45.77 %) 99.40 %",
        "not comparable: their points were not published",
    ]
    assert lines[9:12] == ["rows – 40", "", "The line is found."]
    assert (out / "studies" / "line.png").read_bytes() == b"A line"


def test_json_has_every_figure_and_a_null_where_there_is_no_number(
    tmp_path: Path, invented: list[Any]
) -> None:
    done = call("line", "nine-inputs", "--json", "--out", tmp_path / "out")
    first, second = json.loads(done.stdout)
    assert (first["name"], second["name"]) == ("line", "nine_inputs")
    assert first["figures"][1] == {
        "what": "right, of 100",
        "published": 45.77,
        "published_text": "45.77 %",
        "ours": 99.4,
        "unit": "%",
        "comparable": False,
        "note": "their points were not published",
    }
    assert first["pictures"] == [str(tmp_path / "out" / "studies" / "line.png")]
    from flows.study_words import list_result

    nothing = RESULT._replace(figures=(Figure("x", None, "", float("nan")),))
    assert list_result(StudyCounts(nothing, 1.0, ()))["figures"][0]["ours"] is None


def test_all_runs_what_can_run_and_says_what_is_left_out(tmp_path: Path, invented: list[Any]) -> None:
    done = call("--all", "--out", tmp_path / "out")
    assert [name for name, _, _ in invented] == [entry.name for entry in ENTRIES if not entry.needs]
    left = [entry.name for entry in ENTRIES if entry.needs]
    assert [line.split()[2] for line in done.stderr.splitlines() if "is left out" in line] == left


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lines",), "There is no study 'lines'"),
        (("line", "--all"), "Both names and --all were given"),
        (("optimizers",), "needs MNIST, which Almanac does not bring"),
        (("line", "--data", "nowhere-at-all"), "There is no such folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line_before_anything_is_written(
    words: tuple[str, ...], said: str, tmp_path: Path, invented: list[Any]
) -> None:
    done = call(*words, "--out", tmp_path / "out")
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert said in done.stderr
    assert invented == [] and not (tmp_path / "out").exists()


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no modes: a user's folders are private there"
)
def test_what_a_study_writes_is_its_users_alone(tmp_path: Path, invented: list[Any]) -> None:
    before = os.umask(0o022)
    try:
        call("line", "--out", tmp_path / "out")
    finally:
        os.umask(before)
    paths = [tmp_path / "out", *(tmp_path / "out").rglob("*")]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths}
    assert modes["out"] == modes["studies"] == 0o700
    assert modes["line.png"] == modes["run.json"] == 0o600


def test_forget_removes_what_a_study_wrote_and_nothing_else(tmp_path: Path, invented: list[Any]) -> None:
    out = tmp_path / "out"
    call("line", "--out", out)
    (out / "studies" / "mine.txt").write_text("mine")
    done = CliRunner().invoke(app, ["forget", "--yes", "--json", "--out", str(out)])
    assert json.loads(done.stdout)["rooms"]["studies"] == [1, len(b"A line")]
    assert [path.name for path in out.rglob("*") if path.is_file()] == ["mine.txt"]
    (out / "studies" / "mine.txt").unlink()


def test_a_folder_that_holds_anothers_studies_is_refused(tmp_path: Path, invented: list[Any]) -> None:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "mine.png").write_bytes(b"mine")
    done = call("line", "--out", tmp_path)
    assert done.exit_code == 2 and "something else under the name studies" in done.stderr
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["mine.png"]


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (27.180123, "%", "27.18 %"),
        (0.0, "", "0"),
        (-4e-16, "", "0 (to 1e−12)"),
        (531999.7, "", "532,000"),
        (25119.8, "", "25,120"),
        (50.0951, "%", "50.10 %"),
        (1.4839, "points", "1.48 points"),
        (2.1762, "times", "2.2 times"),
        (99.997, "%", "over 99.99 %"),
        (0.003, "%", "under 0.01 %"),
        (100.0, "%", "100 %"),
        (-0.009, "", "−0.009"),
        (12345.678, "rows", "12,346 rows"),
        (3.2e-9, "", "3.2e−09"),
        (2.5e8, "", "2.5e+08"),
        (1500, "steps", "1,500 steps"),
        (float("nan"), "%", "–"),
    ],
)
def test_figures_have_the_digits_that_they_are_worth_and_a_true_minus(
    value: float, unit: str, said: str
) -> None:
    assert say_figure(value, unit) == said


def test_long_words_are_broken_and_every_line_fits() -> None:
    long = "the share of the digits in the test set that the net names right, " * 3
    result = RESULT._replace(figures=(Figure(long, 1.0, "1", 2.0, note=long),), words=(long,))
    assert max(map(len, lay_out(StudyCounts(result, 61.0, ())))) <= 100
    shares = RESULT._replace(words=("99.4 % are right. " * 20,))
    assert not any(line.startswith("%") for line in lay_out(StudyCounts(shares, 61.0, ())))
    assert "Took 1 min 01 s." in lay_out(StudyCounts(result, 61.0, ()))
