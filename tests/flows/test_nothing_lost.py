"""What the command line says and how it ends where an archive could not be read in full."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.commands import app
from pipeline.reading import READER, timestamps
from pipeline.tables.journal import commit_journal, read_journal
from pipeline.tables.store import Store

FILE = "My Activity/Search/MyActivity.html"
EXCESS = (
    "almanac: 10 of 20 entries of My Activity/Search/MyActivity.html were set aside (unknown time zone). "
    "That is more than the limit of 2 % (skip_limit). Their bytes are kept: after an update of Almanac, run "
    "almanac ingest --retry-skipped."
)


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def ingest(out: Path, *words: str | Path) -> Result:
    return call("ingest", *words, "--out", out, "--home-zone", "Europe/Paris")


def print_cell(k: int, zone: str) -> str:
    half = "content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1"
    return (
        '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
        '<div class="header-cell mdl-cell mdl-cell--12-col"><p class="mdl-typography--title">Search<br>'
        f'</p></div><div class="{half}">Searched for\u00a0'
        f'<a href="https://www.google.com/search?q=a+{k}">a {k}</a><br>'
        f"Jan 3, 2021, 9:{k:02}:12\u202fPM {zone}<br></div>"
        f'<div class="{half} mdl-typography--text-right"></div>'
        '<div class="content-cell mdl-cell mdl-cell--12-col mdl-typography--caption"><b>Products:</b><br>'
        "&emsp;Search<br></div></div></div>"
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Twenty searches, every other one printed in a zone of its own."""
    path = tmp_path / "takeout-20210601T000000Z-001.zip"
    cells = "".join(print_cell(k, ("CET", "HKT")[k % 2]) for k in range(20))
    page = f"<html><head><title>My Activity History</title></head><body><div>{cells}</div></body></html>"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"Takeout/{FILE}", page)
    return path


@pytest.fixture
def crippled(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An earlier version that had not heard of Hong Kong."""
    known = {zone: minutes for zone, minutes in timestamps.FIXED_ZONES.items() if zone != "HKT"}
    monkeypatch.setattr(timestamps, "FIXED_ZONES", known)
    return monkeypatch


def test_all_that_can_be_read_ends_well_and_strictly_so(out: Path, archive: Path) -> None:
    assert ingest(out, archive, "--strict").exit_code == 0
    assert len(Store(out).activity()) == 20


def test_too_much_set_aside_is_done_all_the_same_and_ends_with_1(
    out: Path, archive: Path, crippled: pytest.MonkeyPatch
) -> None:
    result = ingest(out, archive)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (1, EXCESS)
    assert len(Store(out).activity()) == 10
    again = ingest(out, archive)
    assert (again.exit_code, again.stdout.splitlines()[0]) == (0, "Nothing new.")


@pytest.mark.parametrize("way", ["option", "variable", "toml"])
def test_the_limit_can_be_set(
    out: Path, archive: Path, crippled: pytest.MonkeyPatch, tmp_path: Path, way: str
) -> None:
    words = ("--skip-limit", "0.5") if way == "option" else ()
    if way == "variable":
        crippled.setenv("ALMANAC_SKIP_LIMIT", "0.5")
    if way == "toml":
        (tmp_path / "almanac.toml").write_text("skip_limit = 0.5\n", "utf-8")
    assert ingest(out, archive, *words).exit_code == 0


def test_strictly_nothing_is_taken_in_and_it_ends_with_2(
    out: Path, archive: Path, crippled: pytest.MonkeyPatch
) -> None:
    result = ingest(out, archive, "--strict")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        2,
        f"almanac ingest: Not everything could be read: 10 × unknown time zone in {FILE} ({archive}). "
        "Nothing was taken in. Without --strict the rest is read, and these are kept.",
    )
    assert read_journal(out).inputs == ()


@pytest.mark.parametrize(("words", "status"), [((), 1), (("--strict",), 2), (("--skip-limit", "1"), 0)])
def test_a_run_ends_as_its_ingest_does(
    out: Path, archive: Path, crippled: pytest.MonkeyPatch, words: tuple[str, ...], status: int
) -> None:
    crippled.setattr("flows.plan.STEPS", ("ingest",))
    result = call("run", archive, "--plain", "--out", out, "--home-zone", "Europe/Paris", *words)
    assert result.exit_code == status, result.output
    assert (EXCESS in result.stderr) == (status == 1)


def test_a_later_version_reads_again_what_was_set_aside(
    out: Path, archive: Path, crippled: pytest.MonkeyPatch
) -> None:
    ingest(out, archive)
    crippled.undo()
    result = ingest(out, "--retry-skipped")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0] == "Read again: 10 entries that had been set aside."
    assert "1 Jun 2021     20      0          0   20       20" in result.stdout.splitlines()
    again = json.loads(ingest(out, "--retry-skipped", "--json").stdout)
    assert (again["ingest"]["read_again"], again["ingest"]["rows"], again["ingest"]["nothing_new"]) == (
        0,
        20,
        True,
    )
    assert again["ledger"]["set_aside"] == []


def test_what_is_longer_than_what_was_kept_names_its_archive(
    out: Path, archive: Path, crippled: pytest.MonkeyPatch
) -> None:
    content = "x" * 70_000
    with zipfile.ZipFile(archive, "a") as packed:
        cell = print_cell(1, "HKT").replace(">a 1<", f">a 1 {content}<")
        packed.writestr("Takeout/My Activity/Maps/MyActivity.html", f"<html><body>{cell}</body></html>")
    ingest(out, archive)
    crippled.undo()
    lines = ingest(out, "--retry-skipped").stdout.splitlines()
    assert lines[:2] == [
        "Read again: 10 entries that had been set aside.",
        f"Longer than what is kept of them: 1 of {archive.name}. Give --retry-skipped the archive too.",
    ]
    assert ingest(out, "--retry-skipped", archive).stdout.splitlines()[0] == (
        "Read again: 1 entry that had been set aside."
    )
    assert len(Store(out).activity()) == 21


def test_doctor_counts_the_archives_that_could_be_read_anew(out: Path, archive: Path) -> None:
    ingest(out, archive)
    journal = read_journal(out)
    (line,) = journal.inputs
    for reader, damaged in ((READER, 0), (READER - 1, 1)):
        commit_journal(out, replace(journal, inputs=(replace(line, reader=reader, damaged=damaged),)))
        counts = json.loads(call("doctor", "--out", out, "--json").stdout)["Counts"]
        found = (counts["archives"], counts["of an older reader"], counts["damaged"])
        assert found == (1, READER - reader, damaged)


def test_there_is_nothing_to_retry_where_nothing_was_taken_in(out: Path) -> None:
    result = ingest(out, "--retry-skipped")
    assert (result.exit_code, result.stderr) == (
        2,
        f"almanac ingest: There is no such folder ({out}). Run almanac ingest PATH first.\n",
    )


def test_another_home_moves_the_table_without_the_archive(out: Path, tmp_path: Path) -> None:
    path = tmp_path / "takeout-20210601T000000Z-001.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"Takeout/{FILE}", f"<html><body>{print_cell(7, 'CST')}</body></html>")
    call("ingest", path, "--out", out, "--home-zone", "America/Chicago")
    path.unlink()
    for home, hour in (("Asia/Shanghai", 13), ("America/Chicago", 3)):
        assert call("ingest", "--out", out, "--home-zone", home).exit_code == 0
        (moved,) = Store(out).activity()["time"]
        assert (moved.hour, moved.minute) == (hour, 7)
    assert call("ingest", "--out", out).stdout.splitlines()[0] == "Nothing new."


@pytest.mark.slow
def test_a_run_without_an_archive_makes_everything_anew_for_another_home(
    out: Path, tiny_archive: Path
) -> None:
    call("run", tiny_archive, "--plain", "--out", out, "--home-zone", "Europe/Paris")
    before = {step: record.read for step, record in read_journal(out).steps.items()}
    page = (out / "report" / "index.html").read_bytes()
    result = call("run", "--plain", "--out", out, "--home-zone", "Asia/Tokyo")
    assert result.exit_code == 0, result.output
    after = {step: record.read for step, record in read_journal(out).steps.items()}
    assert after.keys() == before.keys() and all(after[step] != before[step] for step in before)
    assert (out / "report" / "index.html").read_bytes() != page
    assert call("run", "--plain", "--out", out).stdout.startswith("Nothing new.")
