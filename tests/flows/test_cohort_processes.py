"""A cohort in real processes, with invented steps: who fails, what Prefect may know, and what is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from flows import person
from flows.cohort_plan import Line, Outcome, read_outcome, write_plan
from flows.person import PersonFailedError, run_person
from pipeline.settings import load_settings

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("invented_child.py")
QUERY = "cheap flights to mars"
DRIVER = f"""
import sys
from pathlib import Path
import flows.person
flows.person.CHILD = Path({str(CHILD)!r})
from flows.commands import main
main()
"""


def make_class(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "takeout-20251120T081500Z-001.zip").write_bytes(b"PK")
    return folder


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    """What a test has started; none of it, nor of what that has started, is left."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def start(
    started: list[subprocess.Popen[str]], folder: Path, out: Path, *words: str
) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", DRIVER, "cohort", str(folder), "--out", str(out), *words]
    process = subprocess.Popen(
        [*command, "--home-zone", "Europe/Paris"],
        cwd=folder.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    started.append(process)
    return process


def wait_for(path: Path, seconds: float = 120) -> Path:
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} never came"
        time.sleep(0.05)
    return path


def wait_for_end(pids: set[int], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while left := [pid for pid in pids if psutil.pid_exists(pid)]:
        assert time.monotonic() < end, f"still there: {left}"
        time.sleep(0.05)


def run_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> tuple[Path, Outcome | None]:
    """Run the invented process of one person; return the plan, and the outcome beside it."""
    monkeypatch.setattr(person, "CHILD", CHILD)
    settings = load_settings({"out": str(tmp_path / "people" / name), "home_zone": "UTC"})
    plan = write_plan(tmp_path, [Line(("a.zip",), settings)], verbose=False)
    with suppress(PersonFailedError):
        run_person(0, plan)
    return plan, read_outcome(plan, 0)


def test_a_person_is_run_in_a_process_whose_warnings_nobody_sees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    _, outcome = run_alone(tmp_path, monkeypatch, "Anna")
    assert outcome is not None and (outcome.status, outcome.rows, outcome.new_rows) == ("done", 7, 3)
    assert int((tmp_path / "people" / "Anna.pid").read_text()) != os.getpid()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("dies", "Its process was ended from outside (SIGKILL)."),
        ("leaves", "Its process ended with status 3."),
    ],
)
def test_a_process_that_ends_without_a_word_fails_its_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, what: str
) -> None:
    _, outcome = run_alone(tmp_path, monkeypatch, name)
    assert outcome is not None and outcome.what == what


def test_without_a_plan_a_process_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(person, "CHILD", CHILD)
    settings = load_settings({"out": str(tmp_path / "people" / "sleeps"), "home_zone": "UTC"})
    plan = write_plan(tmp_path, [Line(("a.zip",), settings)], verbose=False)
    raised: list[Exception] = []

    def run() -> None:
        try:
            run_person(0, plan)
        except PersonFailedError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    pid = int(wait_for(tmp_path / "people" / "sleeps" / "slept").parent.with_suffix(".pid").read_text())
    plan.unlink()
    thread.join(30)
    assert (str(raised[0]), psutil.pid_exists(pid), read_outcome(plan, 0)) == ("person 0 failed", False, None)


def test_nobody_who_waits_means_nobody_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(person, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(person, "SILENT_POLLS", 3)
    assert run_alone(tmp_path, monkeypatch, "sleeps")[1] is None  # nobody moves the plan's time


@pytest.mark.slow
def test_one_who_fails_stops_nobody_and_prefect_learns_no_name(
    tmp_path: Path, started: list[subprocess.Popen[str]]
) -> None:
    names = ("Anna Zebulon", "Zebulon dies", "Zebulon fails", "anna zebulon")
    folder, out = make_class(tmp_path / "class", *names), tmp_path / "out"
    (folder / "Zebulon empty").mkdir()
    process = start(started, folder, out, "--workers", "2")
    words, errors = process.communicate(timeout=300)
    assert process.returncode == 1
    assert words.splitlines()[0] == "5 people: 2 done, 3 failed."
    told = [line for line in errors.splitlines() if line.startswith("almanac: ")]
    assert told == [
        "almanac: Zebulon dies: Its process was ended from outside (SIGKILL). If memory ran out, give a "
        "smaller --workers; then run it again.",
        f"almanac: Zebulon empty: This folder holds no Takeout archive ({folder / 'Zebulon empty'}). Put the "
        "takeout-….zip there, or the folder that it was unpacked to.",
        "almanac: Zebulon fails: It failed with ValueError. Run almanac run on these archives alone, with "
        "another --out and -v, to see more.",
    ]
    place = out / "cohort"
    people = json.loads((place / "cohort.json").read_text())["people"]
    assert [(each["name"], each["status"]) for each in people] == [
        ("Anna Zebulon", "done"),
        ("Zebulon dies", "failed"),
        ("Zebulon empty", "failed"),
        ("Zebulon fails", "failed"),
        ("anna zebulon", "done"),
    ]
    assert len({each["out"].casefold() for each in people}) == 5
    assert not list(place.glob(".almanac-*"))
    kept = b"".join(path.read_bytes() for path in (place / "prefect").rglob("*") if path.is_file())
    assert b"person-" in kept and b"person 1 failed" in kept
    assert b"ebulon" not in kept and QUERY.encode() not in kept
    assert "ebulon" not in (place / "report" / "index.html").read_text("utf-8")
    assert QUERY not in words + errors


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "plain"), [("SIGINT", False), ("SIGTERM", False), ("SIGKILL", False), ("SIGINT", True)]
)
def test_a_cohort_that_is_interrupted_leaves_no_process_and_the_next_run_mends(
    tmp_path: Path, started: list[subprocess.Popen[str]], name: str, plain: bool
) -> None:
    folder, out = make_class(tmp_path / "class", "a sleeps", "b sleeps", "c", "d"), tmp_path / "out"
    more = ["--plain"] if plain else []
    process = start(started, folder, out, "--workers", "2", *more)
    people = out / "cohort" / "people"
    wait_for(people / "a sleeps" / "slept")
    wait_for(people / "b sleeps" / "slept")
    below = {child.pid for child in psutil.Process(process.pid).children(recursive=True)}
    assert len(below) >= (2 if plain else 3)  # Prefect's server is the third
    process.send_signal(signal.Signals[name])
    _, errors = process.communicate(timeout=120)
    wait_for_end(below)
    assert not (people / "c.pid").exists()
    if name == "SIGINT":
        assert process.returncode == 130
        assert errors.splitlines()[-1] == "almanac cohort: stopped. What was there before is still there."
        assert not list((out / "cohort").glob(".almanac-*"))
    again = start(started, folder, out, "--workers", "2", "--plain")
    words, _ = again.communicate(timeout=120)
    assert (again.returncode, words.splitlines()[0]) == (0, "4 people: 4 done.")
    assert not list((out / "cohort").glob(".almanac-*"))
