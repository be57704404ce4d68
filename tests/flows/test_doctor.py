"""What doctor says of a folder, and that it says no word of what is in it."""

from __future__ import annotations

import itertools
import json
import os
import sys
import zipfile
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from filelock import FileLock
from typer.testing import CliRunner, Result

from flows.commands import app
from flows.prefect_record import Running, ServerRecord, identify
from flows.steps.ingest import ingest
from flows.upkeep import check_files, examine_folder
from pipeline.settings import Settings, load_settings
from pipeline.tables.journal import begin_step, commit_journal, prepare_out, read_journal
from pipeline.tables.run_lines import LastRun

SECRETS = ["cheap flights to mars", "diary of ann", "red house", "anns laptop", "secret folder", "ann's zip"]


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def planted(tmp_path: Path) -> Settings:
    """Tables that hold a secret wherever an archive can hold one."""
    place = {"name": "red house", "url": "https://maps.google.com/red house", "source": "red house"}
    entries = [
        {
            "header": "diary of ann",
            "title": "Searched for cheap flights to mars",
            "time": "2021-03-08T23:21:37Z",
            "locationInfos": [place],
            "details": [{"name": "anns laptop"}],
        },
        {"header": "diary of ann", "title": "cheap flights to mars", "time": "anns laptop"},
    ]
    path = tmp_path / "ann's zip takeout-20211201T000000Z-001.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Takeout/My Activity/secret folder/MyActivity.json", json.dumps(entries))
    settings = load_settings({"out": tmp_path / "out", "home_zone": "Europe/Paris"}, environment={})
    prepare_out(settings.out)
    ingest([str(path)], settings)
    for name in ("cheap flights to mars.parquet", ".almanac-0123456789ab-cheap flights to mars"):
        (settings.out / "tables" / name).write_text("anns laptop", "utf-8")
    return settings


@pytest.mark.parametrize("words", [[], ["--check"], ["--json"], ["--json", "--check"], ["-v"]])
def test_no_word_of_the_owners_is_said(planted: Settings, words: list[str]) -> None:
    result = call("doctor", "--out", planted.out, *words)
    assert result.exit_code == 0
    assert [word for word in SECRETS if word.split()[0] in result.output.lower().replace("--check", "")] == []
    assert "ingest.rows" in result.stdout


def test_it_says_what_was_left_and_which_languages_the_archive_is_in(planted: Settings) -> None:
    findings = json.loads(call("doctor", "--out", planted.out, "--json").stdout)
    assert findings["Folder"] == {
        "folder": "there",
        "lock": "free",
        "server": "none",
        "temporary files": 1,
        "unfinished steps": "none",
        "open to others": 0,
        "free bytes": findings["Folder"]["free bytes"],
    }
    assert findings["Folder"]["free bytes"] > 0
    assert findings["Fonts"] == {"shipped": 4, "languages": "en", "scripts without a font": "none"}


def test_a_script_that_no_font_has_is_named_with_the_package_of_one(
    planted: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.doctor._list_languages", lambda out: ["de", "ja", "cheap flights"])
    monkeypatch.setattr(
        "pipeline.charts.faces.list_missing", lambda text, serif: "日" if "日" in text else ""
    )
    monkeypatch.setattr("pipeline.charts.faces.list_installed", frozenset)
    findings = json.loads(call("doctor", "--out", planted.out, "--json").stdout)
    assert findings["Fonts"] == {
        "shipped": 4,
        "languages": "de, ja",
        "scripts without a font": "Chinese (install fonts-noto-cjk)",
    }


def list_section(out: Path, section: str) -> list[str]:
    lines = call("doctor", "--out", out).stdout.splitlines()
    after = lines[lines.index(section) + 1 :]
    return [" ".join(line.split()) for line in itertools.takewhile(lambda line: line.startswith(" "), after)]


def test_a_folder_that_is_not_there_is_said_first_and_no_zeros_follow(tmp_path: Path) -> None:
    lines = call("doctor", "--out", tmp_path / "nowhere").stdout.splitlines()
    assert lines[lines.index("Folder") + 1].split() == ["folder", "does", "not", "exist"]
    assert {"Counts", "Sizes"}.isdisjoint(lines)
    (tmp_path / "empty").mkdir()
    assert list_section(tmp_path / "empty", "Folder")[0] == "folder there, without tables"


def test_a_cohorts_folder_says_how_many_people_and_where_its_page_is_and_not_who(tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        (tmp_path / "cohort" / "people" / name).mkdir(parents=True)
    whole = ["folder a cohort's, without tables of its own", "people 2", "page none"]
    assert list_section(tmp_path, "Folder")[:3] == whole
    (tmp_path / "cohort" / "report").mkdir()
    (tmp_path / "cohort" / "report" / "index.html").touch()
    assert list_section(tmp_path, "Folder")[2] == "page cohort/report/index.html"
    assert "ann" not in call("doctor", "--out", tmp_path).stdout.replace(str(tmp_path), "").split()


def test_sizes_are_in_megabytes_and_gigabytes_for_people(
    planted: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = SimpleNamespace(free=55_979_941_888)
    monkeypatch.setattr("flows.upkeep.shutil.disk_usage", lambda path: usage)
    assert list_section(planted.out, "Folder")[-1] == "free 56.0 GB"
    (planted.out / "tables" / "mars.parquet").write_bytes(bytes(2_500_000))
    assert list_section(planted.out, "Sizes")[:2] == ["tables 2.5 MB", "patterns 0 MB"]
    (planted.out / "patterns").mkdir()
    (planted.out / "patterns" / "a").write_bytes(bytes(2_500))
    assert list_section(planted.out, "Sizes")[1] == "patterns 2.5 kB"
    findings = json.loads(call("doctor", "--out", planted.out, "--json").stdout)
    assert findings["Folder"]["free bytes"] == 55_979_941_888
    assert findings["Sizes in bytes"]["tables"] > 2_500_000


def examine(settings: Settings) -> dict[str, Any]:
    return examine_folder(settings.out, read_journal(settings.out))


def test_a_step_that_was_broken_off_is_named(planted: Settings) -> None:
    begin_step(planted.out, "ingest")
    assert examine(planted)["unfinished steps"] == "ingest"


def test_a_lock_that_is_held_is_seen_and_one_that_is_free_stays_so(planted: Settings) -> None:
    with FileLock(planted.out / "lock"):
        assert examine(planted)["lock"] == "held: a run is at work"
    assert examine(planted)["lock"] == "free"
    with FileLock(planted.out / "lock", timeout=0):
        pass


@pytest.mark.parametrize(("standing", "kind"), [(True, "of a schedule"), (False, "of a run")])
def test_a_server_at_work_is_named_with_its_process(settings: Settings, standing: bool, kind: str) -> None:
    record = ServerRecord(identify(), identify(), 4200, standing)
    (settings.out / "server.json").write_text(json.dumps(asdict(record)), "utf-8")
    assert examine(settings)["server"] == f"{kind}, process {os.getpid()}, port 4200"


def test_a_server_that_was_left_is_told_from_one_that_has_ended(settings: Settings) -> None:
    gone = Running(os.getpid(), 1.0)  # this process, but started at another time
    for server, says in (
        (identify(), "left by a run that was killed: the next one ends it"),
        (gone, "none (it has ended)"),
    ):
        record = ServerRecord(server, gone, 4200, True)
        (settings.out / "server.json").write_text(json.dumps(asdict(record)), "utf-8")
        assert examine(settings)["server"] == says


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no modes")
def test_what_others_may_read_is_counted_unless_the_folder_keeps_them_out(planted: Settings) -> None:
    (planted.out / "tables").chmod(0o755)
    (planted.out / "run.json").chmod(0o640)
    assert examine(planted)["open to others"] == 0
    planted.out.chmod(0o755)
    assert examine(planted)["open to others"] == 3 + _count_left_open(planted.out)


def _count_left_open(out: Path) -> int:
    """Count what the fixture itself wrote with the mode of this system's umask."""
    return sum(
        bool(path.stat().st_mode & 0o077) for path in (out / "tables").iterdir() if "mars" in path.name
    )


def test_the_last_run_is_told_by_its_figures(settings: Settings) -> None:
    last = LastRun(
        "2026-11-22T04:16:22Z", ("20251120T081500Z-0123456789ab",), 12, {"ingest": "made", "learn": "fresh"},
        {"ingest": 1.25}, {"next_hour": "went on"},
    )  # fmt: skip
    commit_journal(settings.out, replace(read_journal(settings.out), last=last))
    findings = json.loads(call("doctor", "--out", settings.out, "--json").stdout)
    assert findings["Last run"] == {
        "ended": "2026-11-22T04:16:22Z", "new parts": 1, "new rows": 12, "ingest": "made, 1.2 s",
        "learn": "fresh, 0.0 s", "model next_hour": "went on",
    }  # fmt: skip


def test_check_tells_a_file_that_changed_and_one_that_is_gone(planted: Settings) -> None:
    whole = check_files(planted.out, read_journal(planted.out))
    assert whole["changed"] == whole["missing"] == [] and len(whole["as written"]) == 6
    first, second, *_ = whole["as written"]
    (planted.out / first).write_bytes(b"changed")
    (planted.out / second).unlink()
    assert check_files(planted.out, read_journal(planted.out)) == {
        "as written": whole["as written"][2:], "changed": [first], "missing": [second],
    }  # fmt: skip
    result = call("doctor", "--check", "--out", planted.out)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-6:] == [
        "Files", f"  {'as written':<24} 4", f"  {'changed':<24} 1", f"    {first}", f"  {'missing':<24} 1",
        f"    {second}",
    ]  # fmt: skip
    assert result.stderr == (
        "almanac doctor: remove what has changed, and give almanac run the archives again.\n"
    )
    assert json.loads(call("doctor", "--check", "--out", planted.out, "--json").stdout)["Files"] == (
        check_files(planted.out, read_journal(planted.out))
    )


def test_the_files_of_a_step_that_was_broken_off_are_not_compared(planted: Settings) -> None:
    begin_step(planted.out, "ingest")
    assert check_files(planted.out, read_journal(planted.out)) == {
        "as written": [], "changed": [], "missing": [],
    }  # fmt: skip


def test_looking_changes_nothing(planted: Settings) -> None:
    def list_tree() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in planted.out.rglob("*")}

    before = list_tree()
    call("doctor", "--check", "--out", planted.out)
    assert {path for path, time in list_tree().items() if before.get(path) != time} <= {
        str(planted.out / "lock")
    }
    assert list_tree().keys() == before.keys()
