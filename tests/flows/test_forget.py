"""What forget removes, what it leaves, and which folders it will not touch."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from filelock import FileLock, Timeout
from typer.testing import CliRunner, Result

from flows.belongings import is_by_name, list_belongings
from flows.commands import app
from flows.forgetting import forget, survey
from flows.prefect_record import ServerRecord, identify
from pipeline.errors import LockedError, StoreError
from pipeline.settings import load_settings
from pipeline.tables.journal import prepare_out

OURS = [
    "tables/activity.parquet", "tables/exports/20251120T081500Z-0123456789ab/activity.parquet",
    "tables/exports/.almanac-0123456789ab-half/activity.parquet", "patterns/hours.parquet",
    "patterns/findings.json", "models/hour.npz", "models/hour.json", "charts/hours.svg",
    "charts/years/2021.png", "clouds/all.png", "report/index.html", "prefect/prefect.db",
    "prefect/storage/anything.at.all", "sample/takeout-20251120T081500Z-1-001.zip",
    "sample/takeout-20251120T081500Z-1-001.truth.json",
    ".almanac-0123456789ab-run.json", "server.json", "cohort/cohort.json", "cohort/entered.json",
    "cohort/report/index.html",
    "cohort/people/ann/run.json", "cohort/people/ann/tables/activity.parquet", "cohort/people/ann/lock",
    "cohort/people/bob/report/index.html", "cohort/people/bob/.almanac-0123456789ab-run.json",
]  # fmt: skip
OTHERS = [
    "almanac.toml", "notes.txt", "holiday/photo.png", "report/thesis.docx", "charts/photo.jpeg",
    "cohort/grades.xlsx", "cohort/people/ann/letter.txt", "cohort/people/list.txt", "tables/mine.csv",
]  # fmt: skip


def call(*words: str | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=typed)


def fill(out: Path, names: list[str]) -> None:
    for name in names:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(b"x" * 10)


def list_files(folder: Path) -> list[str]:
    return sorted(
        p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir() or p.is_symlink()
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder that Almanac made, with something of everything in it."""
    prepare_out(tmp_path / "out")
    fill(tmp_path / "out", OURS)
    return tmp_path / "out"


def test_all_that_almanac_wrote_goes_and_the_folder_that_it_made(out: Path) -> None:
    done = forget(out)
    assert not out.exists()
    assert done.folder_removed and done.kept == () and done.n_people == 2
    # Besides these run.json and .gitignore, and what it holds: of the folder, the cohort, bob, a schedule.
    assert sum(n for n, _ in done.rooms.values()) == len(OURS) + 6
    assert done.rooms["charts"] == (2, 20)
    assert {*done.rooms} == {
        "tables", "patterns", "models", "charts", "clouds", "report", "prefect", "sample", "cohort", "else",
    }  # fmt: skip


def test_what_is_anothers_stays_and_is_named(out: Path) -> None:
    fill(out, OTHERS)
    done = forget(out)
    assert list_files(out) == sorted(OTHERS)
    assert done.kept == tuple(sorted([*(set(OTHERS) - {"holiday/photo.png"}), "holiday"]))
    assert not done.folder_removed
    assert [path.name for path in out.iterdir() if path.name in ("models", "prefect", "sample")] == []


def test_a_folder_that_almanac_did_not_make_stays(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    prepare_out(tmp_path)
    fill(tmp_path, ["tables/activity.parquet"])
    assert not forget(tmp_path).folder_removed
    assert [*tmp_path.iterdir()] == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_no_link_is_followed(out: Path, tmp_path: Path) -> None:
    fill(tmp_path / "elsewhere", ["activity.parquet", "run.json", "deep/a.png"])
    before = list_files(tmp_path / "elsewhere")
    (out / "clouds" / "all.png").unlink()
    (out / "clouds").rmdir()
    (out / "clouds").symlink_to(tmp_path / "elsewhere")
    (out / "tables" / "more.parquet").symlink_to(tmp_path / "elsewhere" / "activity.parquet")
    (out / "charts" / "deep").symlink_to(tmp_path / "elsewhere" / "deep")
    (out / "prefect" / "link").symlink_to(tmp_path / "elsewhere")
    (out / "cohort" / "people" / "eve").symlink_to(tmp_path / "elsewhere")
    (out / "holiday").symlink_to(tmp_path / "elsewhere")
    done = forget(out)
    assert list_files(tmp_path / "elsewhere") == before
    links = ["charts/deep", "clouds", "cohort/people/eve", "tables/more.parquet"]
    assert (done.links, done.kept) == (tuple(links), ("holiday",))
    assert list_files(out) == sorted([*links, "holiday", "run.json"])


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_linked_room_is_said_to_hold_the_tables_still_until_the_link_has_gone(
    out: Path, tmp_path: Path
) -> None:
    (out / "tables").rename(tmp_path / "elsewhere")
    (out / "tables").symlink_to(tmp_path / "elsewhere")
    before = list_files(tmp_path / "elsewhere")
    assert survey(out).links == ("tables",)
    for _ in range(2):
        result = call("forget", "--yes", "--out", out)
        assert result.stderr == (
            f"almanac forget: not all is removed from {out}. These are links, and were not followed:\n"
            "  tables\nWhat they lead to still holds what Almanac wrote there, tables or pictures with your "
            "words. Remove that yourself, then the links, and run almanac forget again: run.json is kept for "
            "it.\n"
        )
        assert "did not write it" not in result.stdout and result.exit_code == 1
        assert list_files(out) == ["run.json", "tables"]
        assert list_files(tmp_path / "elsewhere") == before
    result = call("forget", "--yes", "--out", out, "--json")
    assert (json.loads(result.stdout)["links"], result.exit_code) == (["tables"], 1)
    (out / "tables").unlink()
    assert call("forget", "--yes", "--out", out).exit_code == 0
    assert not out.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_links_are_named_before_it_asks(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.commands.forget.can_ask", lambda: True)
    (out / "report" / "index.html").rename(tmp_path / "page.html")
    (out / "report" / "index.html").symlink_to(tmp_path / "page.html")
    result = call("forget", "--out", out, typed="n\n")
    assert "It does not follow these links: what they lead to stays.\n  report/index.html\n" in result.stdout


def test_a_git_ignore_of_the_owners_stays(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.pyc\n", "utf-8")
    prepare_out(tmp_path)
    assert forget(tmp_path).kept == (".gitignore",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Nothing was removed: there is no run.json of Almanac's"),
        ("{}", "Nothing was removed: A run.json that is not Almanac's"),
        ('{"almanac": "0"', "Nothing was removed: run.json is damaged"),
        ('{"almanac": "0", "schema_version": 99}', "Nothing was removed: Tables from a later version"),
        ('{"almanac": "0", "schema_version": 1}', "Nothing was removed: run.json lacks something"),
    ],
)
def test_any_other_folder_is_refused(out: Path, content: str | None, words: str) -> None:
    (out / "run.json").unlink()
    if content is not None:
        (out / "run.json").write_text(content, "utf-8")
    before = list_files(out)
    for what in (survey, forget):
        with pytest.raises(StoreError, match=words):
            what(out)
    assert call("forget", "--yes", "--out", out).exit_code == 2
    assert list_files(out) == before


@pytest.mark.parametrize("folder", [".", "cohort", "cohort/people/ann"])
def test_nothing_goes_while_a_run_is_at_work(out: Path, folder: str) -> None:
    (out / "server.json").unlink()
    with FileLock(out / folder / "lock"), pytest.raises(LockedError, match="Another run is writing here"):
        forget(out)
    assert set(OURS) - {"server.json"} <= set(list_files(out))


@pytest.mark.parametrize(("standing", "who"), [(True, "almanac schedule"), (False, "a run")])
def test_nothing_goes_while_a_server_of_ours_is_at_work(out: Path, standing: bool, who: str) -> None:
    record = ServerRecord(identify(), identify(), 4200, standing)
    (out / "server.json").write_text(json.dumps(asdict(record)), "utf-8")
    with pytest.raises(LockedError) as error:
        forget(out)
    assert str(error.value) == (
        f"Nothing was removed: {who} is at work here, as process {os.getpid()} ({out}). "
        "End it first: Ctrl-C in its terminal, or stop the service that keeps it."
    )
    assert set(OURS) <= set(list_files(out))


HOLD = """
import sys, filelock
with filelock.FileLock(sys.argv[1]):
    print(flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("folder", [".", "cohort", "cohort/people/ann"])
def test_nothing_goes_while_a_schedule_on_anothers_server_is_at_work(out: Path, folder: str) -> None:
    fill(out, [f"{folder}/prefect/schedule.lock"])
    before = list_files(out)
    command = [sys.executable, "-c", HOLD, str(out / folder / "prefect" / "schedule.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper:
        assert keeper.stdout is not None
        keeper.stdout.readline()
        for what in (survey, forget):
            with pytest.raises(LockedError) as error:
                what(out)
            assert str(error.value) == (
                f"Nothing was removed: a schedule for these tables is at work ({out}). "
                "End it first: Ctrl-C in its terminal, or stop the service that keeps it."
            )
        assert set(before) <= set(list_files(out))
        assert keeper.stdin is not None
        keeper.stdin.close()
        keeper.wait(60)
    assert forget(out).folder_removed


def test_no_schedule_can_begin_while_all_goes(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink, seen = Path.unlink, []

    def look(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".npz":
            with pytest.raises(Timeout):
                FileLock(out / "prefect" / "schedule.lock", timeout=0).acquire()
            seen.append(path)
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", look)
    assert forget(out).folder_removed and len(seen) == 1


def test_a_server_whose_command_was_killed_is_ended(out: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        gone = subprocess.Popen([sys.executable, "-c", "pass"])
        owner = identify(gone.pid)
        gone.wait()
        record = ServerRecord(identify(child.pid), owner, 4200, True)
        (out / "server.json").write_text(json.dumps(asdict(record)), "utf-8")
        assert forget(out).folder_removed
        assert child.wait(60) is not None
    finally:
        child.kill()
        child.wait()


def test_killed_at_any_file_it_finishes_when_it_is_called_again(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(out, OTHERS)
    unlink, left = Path.unlink, 0

    def count_down(path: Path, missing_ok: bool = False) -> None:
        nonlocal left
        if path.is_relative_to(out):
            if left == 0:
                raise KeyboardInterrupt
            left -= 1
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", count_down)
        n_calls = 0
        while (out / "run.json").is_file():
            left, n_calls = 6, n_calls + 1
            with contextlib.suppress(KeyboardInterrupt):
                forget(out)
            assert (out / "run.json").is_file() or list_files(out) == sorted(OTHERS)
    assert n_calls > 3
    assert list_files(out) == sorted(OTHERS)


def test_a_file_that_cannot_be_removed_is_said_and_run_json_stays(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".npz":
            raise PermissionError(13, "open elsewhere")
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(StoreError) as error:
            forget(out)
    assert str(error.value) == (
        f"1 of Almanac's files could not be removed ({out}). "
        "Close what has them open, and run almanac forget again."
    )
    assert {"models/hour.npz", "run.json"} <= set(list_files(out))
    assert forget(out).folder_removed


def test_a_file_of_two_names_is_counted_once(tmp_path: Path) -> None:
    prepare_out(tmp_path / "out")
    fill(tmp_path / "out", ["tables/activity-0123456789ab.parquet"])
    (tmp_path / "out" / "tables" / "activity.parquet").hardlink_to(
        tmp_path / "out" / "tables" / "activity-0123456789ab.parquet"
    )
    assert forget(tmp_path / "out").rooms["tables"] == (2, 10)


def test_nobody_to_ask_means_that_yes_must_be_given(out: Path) -> None:
    before = list_files(out)
    result = call("forget", "--out", out)
    assert result.stderr == (
        "almanac forget: forget removes what cannot be brought back, and nobody can be asked here "
        f"({out}). Give --yes if it is to go.\n"
    )
    assert result.exit_code == 2 and list_files(out) == before


@pytest.mark.parametrize(("typed", "goes"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_on_a_terminal_it_asks_first(
    out: Path, monkeypatch: pytest.MonkeyPatch, typed: str, goes: bool
) -> None:
    monkeypatch.setattr("flows.commands.forget.can_ask", lambda: True)
    result = call("forget", "--out", out, typed=typed)
    assert result.stdout.startswith(f"This removes from {out}:\n  charts                         2 files")
    assert out.exists() is not goes
    assert ("Nothing was removed." in result.stdout) is not goes
    assert result.exit_code == (0 if goes else 1)


def test_it_says_what_went_and_what_stays(out: Path) -> None:
    fill(out, [f"n{k:02}.txt" for k in range(12)])
    (out / "almanac.toml").write_text('home_zone = "Europe/Paris"', "utf-8")
    result = call("forget", "--yes", "--out", out)
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == f"Removed from {out}:"
    assert lines[1] == "  charts                         2 files         0.0 MB"
    assert "  cohort (2 people)             10 files         0.0 MB" in lines
    assert lines[-14] == "  run.json and the like" + lines[-14][23:]
    assert lines[-13:-10] == [
        "The folder is still there. Kept, since Almanac did not write it:", "  almanac.toml", "  n00.txt",
    ]  # fmt: skip
    assert lines[-2:] == [
        "  and 3 more",
        "Archives, and what you exported to other places, are where you put them.",
    ]


def test_its_figures_are_printed_as_json(out: Path) -> None:
    figures = json.loads(call("forget", "--yes", "--out", out, "--json").stdout)
    assert figures["rooms"]["models"] == [2, 20]
    assert figures["folder_removed"] is True


def test_ctrl_c_in_the_middle_says_how_to_go_on(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(out: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flows.forgetting.forget", stop)
    result = call("forget", "--yes", "--out", out)
    assert result.stderr == "almanac forget: stopped. Run it again to remove the rest.\n"
    assert result.exit_code == 130


@pytest.mark.slow
def test_of_a_whole_run_nothing_is_left(tmp_path: Path, tiny_archive: Path) -> None:
    out = tmp_path / "out"
    assert call("run", tiny_archive, "--plain", "--out", out, "--home-zone", "Europe/Paris").exit_code == 0
    assert list_belongings(out).others == []
    assert call("forget", "--yes", "--out", out).exit_code == 0
    assert [*tmp_path.iterdir()] == []


def test_every_folder_that_a_run_fills_is_known_by_name(tmp_path: Path) -> None:
    settings = load_settings({"out": tmp_path / "out", "home_zone": "Europe/Paris"}, environment={})
    prepare_out(settings.out)
    assert all(is_by_name(path.name) for path in settings.out.iterdir())
    assert list_belongings(settings.out).others == []
    assert not is_by_name("almanac.toml")
