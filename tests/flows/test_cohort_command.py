"""``almanac cohort`` as it is typed: what it prints, what it writes down, and how it ends."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows import cohort_run
from flows.cohort_plan import Outcome, read_line, write_outcome
from flows.commands import app
from flows.person import PersonFailedError
from flows.steps.cohort import CohortCounts
from pipeline.tables.journal import prepare_out


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A class of Anna and ben."""
    for name in ("Anna", "ben"):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "takeout-20251120T081500Z-001.zip").write_bytes(b"PK")
    return tmp_path / "class"


@pytest.fixture
def people_run(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Invent every person's run: the one of ben fails, and tests may say who else; list who was run."""
    names: list[str] = []

    def run_person(number: int, plan: Path) -> None:
        out = read_line(plan, number)[0].settings.out
        names.append(out.name)
        if out.name == "ben":
            write_outcome(plan, number, Outcome("failed", "No (there).", "Do."))
            raise PersonFailedError(number)
        write_outcome(plan, number, Outcome("done", rows=1200, new_rows=200, seconds={"ingest": 1.5}))

    monkeypatch.setattr(cohort_run, "run_person", run_person)
    return names


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], int]]:
    """Invent the page; list of whom it was made, and with which k."""
    made: list[tuple[list[str], int]] = []

    def write_cohort(outs: list[Path], out: Path, *, k: int) -> CohortCounts:
        made.append(([each.name for each in outs], k))
        page = out / "report" / "index.html"
        page.parent.mkdir(exist_ok=True)
        page.touch()
        return CohortCounts(page, k, len(outs), stays="It stays." if k == 9 else "")

    monkeypatch.setattr("flows.steps.cohort.write_cohort", write_cohort)
    return made


def call(folder: Path, *words: str) -> Result:
    arguments = ["cohort", str(folder), "--out", str(folder.parent / "out"), "--home-zone", "UTC", *words]
    return CliRunner().invoke(app, arguments)


def test_who_fails_is_told_at_the_end_and_all_the_others_are_done(
    folder: Path, people_run: list[str], pages: list[Any]
) -> None:
    result = call(folder, "--plain", "--workers", "1")
    place = folder.parent / "out" / "cohort"
    assert result.stdout.splitlines() == [
        "2 people: 1 done, 1 failed.",
        f"Everybody's own report: {place / 'people'}",
        f"The page of all: {place / 'report' / 'index.html'}",
        "On it: 1 of 2 people; each number is of 5 or more together.",
        "Not counted: ben: their run failed.",
    ]
    assert result.stderr.splitlines() == [
        "2 of 2 to run, 1 at once.",
        "1 of 2: Anna: 1,200 rows, 200 of them new, 1.5 s",
        "2 of 2: ben: failed",
        "almanac: ben: No (there). Do.",
    ]
    assert (result.exit_code, people_run, pages) == (1, ["Anna", "ben"], [(["Anna"], 5)])


def test_who_took_part_stands_in_a_private_file(
    folder: Path, people_run: list[str], pages: list[Any]
) -> None:
    printed = json.loads(call(folder, "--plain", "--json").stdout)
    path = folder.parent / "out" / "cohort" / "cohort.json"
    kept = json.loads(path.read_text())
    assert kept == printed
    assert kept["folder"] == str(folder)
    assert [(each["name"], each["status"], each["what"], each["rows"]) for each in kept["people"]] == [
        ("Anna", "done", "", 1200),
        ("ben", "failed", "No (there).", 0),
    ]
    assert kept["page"]["counts"]["n_people"] == 1
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_page_of_the_same_answers_is_left_as_it_is_and_another_rule_makes_another(
    folder: Path, people_run: list[str], pages: list[Any]
) -> None:
    call(folder, "--plain")
    call(folder, "--plain")
    assert pages == [(["Anna"], 5)]
    assert "It stays." in call(folder, "--plain", "--k", "9").stdout.splitlines()
    assert "It stays." in call(folder, "--plain", "--k", "9").stdout.splitlines()
    assert pages == [(["Anna"], 5), (["Anna"], 9), (["Anna"], 9)]
    (folder.parent / "out" / "cohort" / "cohort.json").write_text("{")
    call(folder, "--plain")
    assert pages[3:] == [(["Anna"], 5)]


def test_whose_archive_is_gone_is_named_until_their_folder_is_removed(
    folder: Path, people_run: list[str], pages: list[Any]
) -> None:
    call(folder, "--plain")
    outs = folder.parent / "out" / "cohort" / "people"
    for name in ("fay", "notes"):
        (outs / name).mkdir(parents=True)
    (outs / "fay" / "run.json").write_text("{}")
    told = (
        f"fay's archive is gone from {folder}; tables and report are still in {outs / 'fay'}. "
        "Remove that folder to forget them."
    )
    result = call(folder, "--plain")
    assert result.stdout.splitlines()[-1] == told
    assert json.loads((outs.parent / "cohort.json").read_text())["gone"] == ["fay"]
    (outs / "fay" / "run.json").unlink()
    (outs / "fay").rmdir()
    assert "archive is gone" not in call(folder, "--plain").stdout


def test_links_that_were_passed_over_are_named(folder: Path, people_run: list[str], pages: list[Any]) -> None:
    (folder / "zoe").symlink_to(folder / "Anna")
    assert call(folder, "--plain").stdout.splitlines()[1] == (
        "Passed over, since links and Almanac's own folders are nobody's: zoe."
    )


def test_without_prefect_it_is_said_once_and_everybody_is_run(
    folder: Path, people_run: list[str], pages: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("no port")

    monkeypatch.setattr(cohort_run, "prepare_environment", fail)
    result = call(folder)
    assert result.stderr.splitlines()[1] == "Prefect could not be used (OSError): going on without it."
    assert sorted(people_run) == ["Anna", "ben"]


def test_a_cluster_without_prefect_is_an_error(
    folder: Path, pages: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.prefect_server import ServerDidNotStartError

    def fail(*_: Any, **__: Any) -> None:
        raise ServerDidNotStartError

    monkeypatch.setattr(cohort_run, "prepare_environment", fail)
    result = call(folder, "--dask", "tcp://127.0.0.1:1")
    log = folder.parent / "out" / "cohort" / "prefect" / "server.log"
    assert result.stderr == (
        "2 of 2 to run, on the cluster at tcp://127.0.0.1:1.\n"
        f"almanac cohort: Prefect did not start, and without it Dask is not reached ({log}). See there what "
        "is wrong; or run it without --dask.\n"
    )
    assert (result.exit_code, pages) == (2, [])
    assert not list(log.parents[1].glob(".almanac-*"))


def test_a_second_cohort_at_the_same_time_is_refused(folder: Path, people_run: list[str]) -> None:
    from filelock import FileLock

    prepare_out(folder.parent / "out")
    place = folder.parent / "out" / "cohort"
    place.mkdir(parents=True)
    with FileLock(place / "lock"):
        result = call(folder, "--plain")
    assert (result.exit_code, people_run) == (2, [])
    assert result.stderr.startswith(f"almanac cohort: Another run is writing here ({place}).")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--k", "1"], "A k of 1 would hide nobody: a number would be one person's (--k)."),
        (["--filter", "x"], "Unreadable filter 'x' (filter)."),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    folder: Path, words: list[str], told: str
) -> None:
    result = call(folder, *words)
    assert (result.exit_code, result.stderr.startswith(f"almanac cohort: {told}")) == (2, True), result.stderr
    assert not (folder.parent / "out").exists()


def test_a_folder_with_nobody_in_it_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    result = call(tmp_path / "class")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"almanac cohort: Nobody's archive is here ({tmp_path / 'class'}).")
    assert not (tmp_path / "out").exists()
