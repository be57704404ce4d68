"""A cohort's plan and what becomes of it, without Prefect and without a process."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flows import cohort_run, person
from flows.cohort_display import CohortDisplay, describe_outcome
from flows.cohort_plan import (
    Line,
    Outcome,
    pack_settings,
    read_line,
    read_outcome,
    sweep_plans,
    unpack_settings,
    write_outcome,
    write_plan,
)
from flows.cohort_run import judge, run_plan, settle_person, wait_for_outcomes
from flows.people import Person
from flows.person import PersonFailedError, describe_failure, perform_line, run_person
from models.errors import NotFittedError
from pipeline.errors import SettingsError
from pipeline.settings import FreeSpan, Settings, ZoneSpan, load_settings
from pipeline.tables.journal import Input, Journal, StepRecord, commit_journal, prepare_out

FULL = {
    "home_zone": "2010-01-01 Asia/Shanghai,2015-08-20 America/Chicago",
    "filter": "product=youtube,action=watched",
    "free_days": "2021-12-20/2022-01-07,2022-05-01",
    "skip_limit": "0.5",
    "redact": "true",
}


def write_lines(folder: Path, n: int, *, verbose: bool = False) -> Path:
    lines = [
        Line(
            (f"{k}.zip",), load_settings({"out": str(folder / "people" / f"{k}"), "home_zone": "Asia/Tokyo"})
        )
        for k in range(n)
    ]
    return write_plan(folder, lines, verbose=verbose)


def test_settings_come_through_a_plan_as_they_were(tmp_path: Path) -> None:
    settings = load_settings({**FULL, "out": str(tmp_path)}, environment={})
    assert settings.home_zone[1] == ZoneSpan(date(2015, 8, 20), "America/Chicago")
    assert settings.free_days[1] == FreeSpan(date(2022, 5, 1), date(2022, 5, 1))
    assert unpack_settings(json.loads(json.dumps(pack_settings(settings)))) == settings


def test_a_plan_and_its_outcomes_are_private_and_no_two_runs_share_a_folder(tmp_path: Path) -> None:
    first, second = write_lines(tmp_path, 2, verbose=True), write_lines(tmp_path, 1)
    assert first.parent != second.parent
    line, verbose = read_line(first, 1)
    assert (line.archives, line.settings.out, verbose) == (("1.zip",), tmp_path / "people" / "1", True)
    assert read_outcome(first, 1) is None
    write_outcome(first, 1, Outcome("done", rows=5, seconds={"ingest": 0.5}))
    assert read_outcome(first, 1) == Outcome("done", rows=5, seconds={"ingest": 0.5})
    if os.name == "posix":
        modes = {path.stat().st_mode & 0o777 for path in (first.parent, first, first.with_name("1.json"))}
        assert modes == {0o700, 0o600}
    sweep_plans(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_utf_8_cannot_say_comes_through(tmp_path: Path) -> None:
    line = Line(("Zo\udceb.zip",), load_settings({"out": str(tmp_path / "Zo\udceb"), "home_zone": "UTC"}))
    assert read_line(write_plan(tmp_path, [line], verbose=False), 0)[0] == line


@pytest.fixture
def zip_of_anna(tmp_path: Path) -> Path:
    path = tmp_path / "class" / "Anna" / "takeout-20251120T081500Z-001.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK")
    return path


def judge_anna(tmp_path: Path, **options: str) -> cohort_run.Member:
    own = load_settings({"out": str(tmp_path / "out"), **options}, environment={})
    anna = Person("Anna", tmp_path / "class" / "Anna")
    return judge(anna, tmp_path / "out" / "cohort" / "people" / "Anna", own, options)


def test_who_was_never_run_wants_a_run_with_a_folder_of_their_own(tmp_path: Path, zip_of_anna: Path) -> None:
    member = judge_anna(tmp_path, home_zone="Asia/Tokyo", filter="product=maps")
    assert member.outcome is None and member.line is not None
    assert member.line.archives == (str(zip_of_anna),)
    settings = member.line.settings
    assert settings.out == tmp_path / "out" / "cohort" / "people" / "Anna" == member.out
    assert (settings.home_zone, settings.product) == ((ZoneSpan(None, "Asia/Tokyo"),), "maps")


def test_a_home_zone_is_the_command_lines_else_the_persons_else_of_their_tables_else_the_usual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.settings.find_system_zone", lambda: "Europe/Paris")
    out, folder = tmp_path / "out" / "cohort" / "people" / "Anna", tmp_path / "class" / "Anna"
    folder.mkdir(parents=True)
    own = load_settings({"out": str(tmp_path / "out")}, environment={})
    anna = Person("Anna", folder)

    def find_zone(**options: str) -> str:
        settings = settle_person(anna, out, own, options)
        assert settings.out == out
        return settings.home_zone[0].zone

    assert find_zone() == "Europe/Paris"
    prepare_out(out)
    commit_journal(out, Journal(home_zone=("Asia/Tokyo",)))
    assert find_zone() == "Asia/Tokyo"
    (tmp_path / "out" / "almanac.toml").write_text('home_zone = "Asia/Seoul"')
    assert find_zone() == "Asia/Seoul"
    (folder / "almanac.toml").write_text('home_zone = "America/Chicago"\nout = "elsewhere"')
    assert find_zone() == "America/Chicago"
    assert find_zone(home_zone="Africa/Cairo") == "Africa/Cairo"


def test_all_that_is_not_of_home_and_free_days_is_as_for_everybody(tmp_path: Path) -> None:
    folder = tmp_path / "class" / "Anna"
    folder.mkdir(parents=True)
    (folder / "almanac.toml").write_text(
        'home_zone = "Asia/Riyadh"\nweekend = ["friday"]\nfirst_weekday = "sunday"\n'
        'free_days = ["2024-05-01"]\nfilter = "product=maps"\nredact = true\nskip_limit = 1'
    )
    options = {"out": str(tmp_path / "out"), "filter": "product=youtube"}
    own = load_settings({**options, "home_zone": "UTC"}, environment={})
    assert settle_person(Person("Anna", folder), tmp_path / "people" / "Anna", own, options) == Settings(
        out=tmp_path / "people" / "Anna",
        home_zone=(ZoneSpan(None, "Asia/Riyadh"),),
        weekend=(4,),
        first_weekday=6,
        product="youtube",
        free_days=(FreeSpan(date(2024, 5, 1), date(2024, 5, 1)),),
    )


def test_a_bad_almanac_toml_fails_only_its_person(tmp_path: Path, zip_of_anna: Path) -> None:
    path = zip_of_anna.with_name("almanac.toml")
    path.write_text('home = "x"')
    outcome = judge_anna(tmp_path).outcome
    assert outcome is not None
    assert (outcome.status, outcome.what) == ("failed", f"Unknown setting 'home' ({path}).")
    assert outcome.remedy.startswith("Known settings: out, home_zone")


def test_an_empty_folder_fails_only_its_person(tmp_path: Path) -> None:
    (tmp_path / "class" / "Anna").mkdir(parents=True)
    outcome = judge_anna(tmp_path, home_zone="UTC").outcome
    assert outcome is not None
    assert (outcome.status, outcome.what) == (
        "failed",
        f"This folder holds no Takeout archive ({tmp_path / 'class' / 'Anna'}).",
    )


def remember(out: Path, archive: Path, rows: int = 5) -> None:
    """Write a ``run.json`` that knows ``archive`` and a table of so many rows."""
    prepare_out(out)
    stat = archive.stat() if archive.exists() else SimpleNamespace(st_size=1, st_mtime_ns=1)
    known = Input(str(archive), stat.st_size, stat.st_mtime_ns, "d", "e", "p", reader=10**6)
    steps = {"ingest": StepRecord("", {}, 0.0, {"rows": rows})}
    commit_journal(out, Journal(inputs=(known,), home_zone=("UTC",), steps=steps))


def test_who_has_nothing_new_gets_no_run(
    tmp_path: Path, zip_of_anna: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out" / "cohort" / "people" / "Anna"
    remember(out, zip_of_anna)
    assert judge_anna(tmp_path).line is not None  # its steps are not there
    monkeypatch.setattr("flows.freshness.is_fresh", lambda *_: True)
    member = judge_anna(tmp_path)
    assert (member.line, member.outcome) == (None, Outcome("fresh", rows=5))


def test_tables_of_somebody_else_of_that_name_are_refused(tmp_path: Path, zip_of_anna: Path) -> None:
    out = tmp_path / "out" / "cohort" / "people" / "Anna"
    remember(out, tmp_path / "last year" / "Anna" / "takeout.zip")
    what = "The tables of this name were made of archives in another folder, and none of those is here"
    assert judge_anna(tmp_path).outcome == Outcome(
        "failed",
        f"{what} ({out}).",
        "Use another --out for other people; for the same person, give an archive of then too.",
    )
    remember(out, zip_of_anna.with_name("an-older.zip"))
    assert judge_anna(tmp_path).outcome is None


def test_a_moved_class_is_known_by_its_archives(
    tmp_path: Path, zip_of_anna: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(tmp_path / "out" / "cohort" / "people" / "Anna", tmp_path / "moved" / "Anna" / "takeout.zip")
    monkeypatch.setattr("pipeline.tables.known.find_known", lambda journal, path: journal.inputs[0])
    assert judge_anna(tmp_path).outcome is None


def test_a_line_is_the_usual_steps_in_the_persons_own_folder(tmp_path: Path, steps: Any) -> None:
    plan = write_lines(tmp_path, 2)
    outcome = perform_line(1, plan)
    assert steps.calls == ["ingest", "patterns", "learn", "charts", "report"]
    assert steps.arguments["ingest"] == (("1.zip",), read_line(plan, 1)[0].settings)
    assert (outcome.status, outcome.what, sorted(outcome.seconds)) == ("done", "", sorted(steps.calls))
    assert (tmp_path / "people" / "1" / "run.json").is_file()


def test_an_unforeseen_failure_is_told_without_its_words(
    tmp_path: Path, steps: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    steps.raising["patterns"] = ValueError("cheap flights to mars")
    assert perform_line(0, write_lines(tmp_path, 1)) == Outcome(
        "failed",
        "It failed with ValueError.",
        "Run almanac run on these archives alone, with another --out and -v, to see more.",
    )
    assert capsys.readouterr().err == ""
    perform_line(0, write_lines(tmp_path, 1, verbose=True))
    assert "ValueError: cheap flights to mars" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (SettingsError("No", where="here", remedy="Do."), "No (here)."),
        (NotFittedError("No model", where="there", remedy="Do."), "No model (there)."),
        (PermissionError(13, "Denied", "/home/anna"), "It failed with PermissionError, Denied."),
    ],
)  # fmt: skip
def test_each_kind_of_failure_has_its_words(error: Exception, what: str) -> None:
    assert (describe_failure(error).status, describe_failure(error).what) == ("failed", what)


def test_a_folder_that_stays_locked_fails_its_person(
    tmp_path: Path, steps: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.errors import LockedError

    waits: list[float] = []
    monkeypatch.setattr(person, "time", SimpleNamespace(sleep=waits.append))

    def hold_lock(out: Path) -> None:
        raise LockedError("Another run is writing here", where=str(out), remedy="Wait.")

    monkeypatch.setattr("pipeline.tables.lock.hold_lock", hold_lock)
    outcome = perform_line(0, write_lines(tmp_path, 1))
    assert (outcome.what, len(waits)) == (f"Another run is writing here ({tmp_path / 'people' / '0'}).", 30)


def test_a_run_without_its_plan_fails_at_once_by_number_alone(tmp_path: Path) -> None:
    with pytest.raises(PersonFailedError) as caught:
        run_person(3, tmp_path / "Anna" / "plan.json")
    assert (str(caught.value), repr(caught.value)) == ("person 3 failed", "PersonFailedError(3)")


@pytest.fixture
def run_none(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[int]], None]:
    """Put in the place of a person's process what writes an outcome: the numbers given fail."""

    def install(failing: list[int]) -> None:
        def run(number: int, plan: Path) -> None:
            write_outcome(plan, number, Outcome("failed" if number in failing else "done"))
            if number in failing:
                raise PersonFailedError(number)

        monkeypatch.setattr(cohort_run, "run_person", run)

    return install


def run(plan: Path, n: int, *, dask: str | None = None, plain: bool = False) -> list[str]:
    said: list[str] = []
    run_plan(plan, n, n_workers=2, dask=dask, plain=plain, verbose=False, say=said.append)
    return said


def list_states(plan: Path, n: int) -> list[str]:
    return [outcome.status if (outcome := read_outcome(plan, k)) else "none" for k in range(n)]


def test_plainly_one_failure_stops_nobody_else(tmp_path: Path, run_none: Any) -> None:
    run_none([1])
    plan = write_lines(tmp_path, 3)
    assert run(plan, 3, plain=True) == []
    assert list_states(plan, 3) == ["done", "failed", "done"]


def test_without_prefect_the_rest_goes_on_plainly_and_it_is_said(
    tmp_path: Path, run_none: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_none([])
    plan = write_lines(tmp_path, 3)
    write_outcome(plan, 0, Outcome("look"))
    monkeypatch.setattr(cohort_run, "_run_with_prefect", lambda *_, verbose: "ServerDidNotStartError")
    assert run(plan, 3) == ["Prefect could not be used (ServerDidNotStartError): going on without it."]
    assert list_states(plan, 3) == ["look", "done", "done"]


def test_what_dask_leaves_undone_is_not_done_here(
    tmp_path: Path, run_none: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_none([])
    plan = write_lines(tmp_path, 2)
    write_outcome(plan, 0, Outcome("done"))
    monkeypatch.setattr(cohort_run, "_run_with_prefect", lambda *_, verbose: "KilledWorker")
    assert run(plan, 2, dask="tcp://127.0.0.1:1") == []
    assert read_outcome(plan, 1) == Outcome(
        "failed",
        "Dask did not come to an end with it (KilledWorker).",
        "Look whether the workers are well and have memory enough; then run it again.",
    )


def test_ctrl_c_takes_the_plan_away_so_that_nobody_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = write_lines(tmp_path, 2)

    def interrupt(number: int, plan: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cohort_run, "run_person", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run(plan, 2, plain=True)
    assert not plan.exists()


def test_each_outcome_is_heard_of_once_and_at_the_end_the_plan_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cohort_run, "BEAT_SECONDS", 0.01)
    plan = write_lines(tmp_path, 3)
    before = plan.stat().st_mtime_ns
    heard: list[tuple[int, str]] = []
    with wait_for_outcomes(plan, 3, lambda number, outcome: heard.append((number, outcome.status))):
        write_outcome(plan, 2, Outcome("done"))
        while not heard or plan.stat().st_mtime_ns == before:
            time.sleep(0.01)
        write_outcome(plan, 0, Outcome("failed"))
    assert heard == [(2, "done"), (0, "failed")]
    assert not plan.exists()


def test_a_terminal_that_is_gone_stops_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohort_run, "BEAT_SECONDS", 0.01)
    plan = write_lines(tmp_path, 1)

    def hear(number: int, outcome: Outcome) -> None:
        raise BrokenPipeError

    with wait_for_outcomes(plan, 1, hear):
        write_outcome(plan, 0, Outcome("done"))
        time.sleep(0.1)
        before = plan.stat().st_mtime_ns
        while plan.stat().st_mtime_ns == before:
            time.sleep(0.01)


def test_a_line_says_what_became_of_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    with CohortDisplay(["Zoë \x1b[2J", "ben"]) as display:
        display.hear(1, Outcome("failed", "No."))
        display.hear(0, Outcome("look", "x", rows=1, new_rows=1, seconds={"ingest": 61.0, "report": 1.0}))
    assert capsys.readouterr().err.splitlines() == [
        "1 of 2: ben: failed",
        "2 of 2: Zoë �[2J: 1 row, 1 of them new, 1 min 02 s, in part",
    ]
    assert describe_outcome(Outcome("done", rows=1234)) == "1,234 rows, 0 of them new, 0.0 s"


def test_settings_have_no_field_that_a_plan_forgets() -> None:
    assert set(pack_settings(load_settings({"home_zone": "UTC"}))) == set(Settings.__slots__)
