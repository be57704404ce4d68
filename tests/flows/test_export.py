"""The command export, from end to end; and what it wrote, in Datasette itself."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from typer.testing import CliRunner, Result

from flows.belongings import list_belongings
from flows.commands import app
from flows.steps.export import quote_path
from flows.steps.ingest import ingest
from pipeline.settings import load_settings
from pipeline.tables.journal import prepare_out

LONG = "select repeat('x', 100) as x from range(20000)"


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def out(tiny_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of some weeks."""
    settings = load_settings(
        {"out": tmp_path_factory.mktemp("export") / "out", "home_zone": "Europe/Paris"}, environment={}
    )
    prepare_out(settings.out)
    ingest([str(tiny_archive)], settings)
    return settings.out


def list_tree(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_it_says_what_it_wrote_and_changes_nothing_here(out: Path, tmp_path: Path) -> None:
    before = list_tree(out)
    result = call("export", tmp_path / "db", "--format", "sqlite", "--out", out)
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"Written: {tmp_path / 'db'} (")
    assert [line.split()[0] for line in lines[1:7]] == [
        "activity", "location", "detail", "file", "skipped", "source",
    ]  # fmt: skip
    assert lines[7] == f"To look around in it: datasette {quote_path(tmp_path / 'db')}"
    assert sorted(path.name for path in (tmp_path / "db").iterdir()) == [
        "about.json", "almanac.db", "metadata.json", "settings.json",
    ]  # fmt: skip
    assert list_tree(out) == before


def test_its_figures_are_printed_as_json(out: Path, tmp_path: Path) -> None:
    result = call("export", tmp_path / "a.csv", "--format", "csv", "--out", out, "--json")
    figures = json.loads(result.stdout)
    assert figures == {
        "dest": str(tmp_path / "a.csv"),
        "format": "csv",
        "rows": {"activity": figures["rows"]["activity"]},
        "bytes": (tmp_path / "a.csv").stat().st_size,
        "filter": None,
        "redacted": None,
        "datasette": None,
        "replaced": False,
    }
    assert figures["rows"]["activity"] == (tmp_path / "a.csv").read_bytes().count(b"\r\n") - 1


def test_a_redacted_export_says_what_is_left(out: Path, tmp_path: Path) -> None:
    result = call("export", tmp_path / "a", "--format", "jsonl", "--redact", "--coarse", "--out", out)
    assert "Left are year, month, weekday and hour on the home clock" in result.stdout
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["about.json", "activity.jsonl"]
    row = json.loads((tmp_path / "a" / "activity.jsonl").read_text("utf-8").splitlines()[0])
    assert [*row] == ["year", "month", "weekday", "hour", "product", "action", "site", "mark"]
    about = json.loads((tmp_path / "a" / "about.json").read_bytes())
    assert "home_zone" not in about and about["redacted"] == "coarse"


def test_the_settings_file_can_ask_for_redaction(out: Path, tmp_path: Path) -> None:
    (out / "almanac.toml").write_text("redact = true\n", "utf-8")
    try:
        call("export", tmp_path / "a", "--format", "csv", "--out", out)
    finally:
        (out / "almanac.toml").unlink()
    assert (tmp_path / "a" / "activity.csv").read_text("utf-8-sig").splitlines()[0] == (
        "time,product,action,site,mark"
    )


@pytest.mark.parametrize(("form", "starts"), [("csv", "time,local,"), ("jsonl", '{"time":"20')])
def test_the_activities_go_to_standard_output_and_nothing_else_does(
    out: Path, tmp_path: Path, form: str, starts: str
) -> None:
    result = call("export", "-", "--format", form, "--out", out)
    assert result.stdout_bytes.decode().startswith(starts)
    call("export", tmp_path / f"a.{form}", "--format", form, "--out", out)
    assert result.stdout_bytes == (tmp_path / f"a.{form}").read_bytes().removeprefix(b"\xef\xbb\xbf")


def test_only_what_fits_the_filter_goes_out(out: Path, tmp_path: Path) -> None:
    place = tmp_path / "a"
    result = call("export", place, "--format", "jsonl", "--filter", "product=youtube", "--out", out)
    assert "Only the activities of product=youtube went out." in result.stdout
    lines = (place / "activity.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["product"] for line in lines} == {"youtube"}
    assert sorted(path.name for path in place.iterdir()) == [
        "about.json", "activity.jsonl", "detail.jsonl", "location.jsonl",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["x", "--format", "xls"], "Unknown format 'xls' (--format). Use csv, parquet, jsonl, sqlite."),
        (["-", "--format", "sqlite"], "sqlite cannot go to standard output (DEST). "
         "Name a file or a folder, or use csv or jsonl."),
        (["x", "--format", "csv", "--filter", "product=nope"], "No entry fits product=nope (filter). There "),
        (["x", "--format", "csv", "--coarse"], "coarse is set without redact (coarse). "),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_one_line(out: Path, tmp_path: Path, words: list[str], says: str) -> None:
    dest = words[0] if words[0] == "-" else tmp_path / words[0]
    result = call("export", dest, *words[1:], "--out", out)
    assert result.stderr.startswith(f"almanac export: {says}") and result.stderr.count("\n") == 1
    assert result.exit_code == 2
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("name", "starts"),
    [
        ("a.csv", b"\xef\xbb\xbftime"),
        ("A.PARQUET", b"PAR1"),
        ("a.ndjson", b'{"time"'),
        ("a.db", b"SQLite format"),
    ],
)
def test_the_name_of_a_file_says_its_format(out: Path, tmp_path: Path, name: str, starts: bytes) -> None:
    assert call("export", tmp_path / name, "--out", out).exit_code == 0
    assert (tmp_path / name).read_bytes().startswith(starts)


def test_where_nothing_says_which_format_one_line_does(out: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    for place in (tmp_path / "a", tmp_path / "a.csv"):
        assert call("export", place, "--out", out).stderr == (
            f"almanac export: Nothing says which format ({place}). "
            "Give --format csv, parquet, jsonl or sqlite, or end the name of one file as such do.\n"
        )
    result = call("export", "-", "--out", out)
    says = "Nothing says which format (DEST). Give --format csv or jsonl."
    assert (result.exit_code, result.stderr) == (2, f"almanac export: {says}\n")


def test_it_says_when_it_replaced_something(out: Path, tmp_path: Path) -> None:
    for words in ((tmp_path / "a", "--format", "csv"), (tmp_path / "a.db",), (tmp_path / "a.csv", "--force")):
        first = call("export", *words, "--out", out).stdout
        again = call("export", *words, "--out", out).stdout
        assert first.startswith(f"Written: {words[0]} (") and again.startswith(f"Replaced: {words[0]} (")


def test_what_opens_a_database_can_be_typed_whatever_its_name(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "q ä'x.sqlite"
    line = call("export", place, "--out", out).stdout.splitlines()[-1]
    assert line == f"To look around in it: datasette {quote_path(place)}"
    monkeypatch.setattr("sys.platform", "linux")
    assert shlex.split(quote_path(place)) == [str(place)]
    monkeypatch.setattr("sys.platform", "win32")
    assert quote_path(place) == f'"{place}"'


@pytest.mark.parametrize("place", [".", "tables", "tables/new", "run.json", "report/a.csv", "lock"])
def test_a_place_of_almanacs_own_is_refused(out: Path, place: str) -> None:
    before = list_tree(out)
    result = call("export", out / place, "--format", "csv", "--force", "--out", out)
    assert result.stderr == (
        f"almanac export: This place is Almanac's own ({out / place}). "
        "Give DEST another name, or another folder.\n"
    )
    assert result.exit_code == 2
    assert list_tree(out) == before


def test_a_place_that_cannot_be_written_to_is_named(out: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    result = call("export", tmp_path / "file" / "a.csv", "--format", "csv", "--out", out)
    assert "Nothing can be written here: a file is in the way" in result.stderr
    assert result.exit_code == 2


def test_without_tables_it_says_what_to_run(tmp_path: Path) -> None:
    result = call("export", tmp_path / "a", "--format", "csv", "--out", tmp_path / "none")
    says = f"There are no tables here yet ({tmp_path / 'none'}). Run almanac ingest PATH first."
    assert result.stderr == f"almanac export: {says}\n"
    assert result.exit_code == 2


def test_it_works_while_another_run_writes(out: Path, tmp_path: Path) -> None:
    with FileLock(out / "lock"):
        assert call("export", tmp_path / "a", "--format", "csv", "--out", out).exit_code == 0
        assert call("sql", "select 1 as a", "--out", out).exit_code == 0


def test_an_export_in_the_output_folder_is_not_taken_for_almanacs_own(out: Path, tmp_path: Path) -> None:
    copy = tmp_path / "out"
    shutil.copytree(out, copy)
    assert call("export", copy / "mine", "--format", "csv", "--out", copy).exit_code == 0
    assert list_belongings(copy).others == [copy / "mine"]


def get(folder: Path, path: str) -> Any:
    """Ask Datasette, as its own command, for one of its pages."""
    command = [str(Path(sys.executable).with_name("datasette")), str(folder), "--get", path]
    environment = {**os.environ, "HOME": str(folder), "NO_COLOR": "1"}
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if ".json" in path else done.stdout


@pytest.mark.slow
def test_datasette_shows_facets_searches_and_hides_what_serves_it(out: Path, tmp_path: Path) -> None:
    call("export", tmp_path / "db", "--format", "sqlite", "--out", out)
    tables = {table["name"]: table for table in get(tmp_path / "db", "/almanac.json")["tables"]}
    assert {name for name, table in tables.items() if not table["hidden"]} == {
        "activity", "location", "detail", "file", "skipped", "source",
    }  # fmt: skip
    assert tables["activity"]["fts_table"] == "activity_fts"
    page = get(tmp_path / "db", "/almanac/activity.json?_shape=objects&_size=2")
    assert [*page["facet_results"]] == ["product", "action", "year", "month", "weekday", "hour"]
    months = page["facet_results"]["month"]["results"]
    assert {(month["value"], month["label"]) for month in months} == {(10, "October"), (11, "November")}
    days = {day["label"] for day in page["facet_results"]["weekday"]["results"]}
    assert days == {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
    assert sum(month["count"] for month in months) == page["filtered_table_rows_count"]
    assert page["rows"][0]["time"] >= page["rows"][1]["time"] > "2025-11"
    word = next(word for word in page["rows"][0]["text"].lower().split() if word.isalpha())
    found = get(tmp_path / "db", f"/almanac/activity.json?_shape=objects&_search={word}")
    assert 0 < found["filtered_table_rows_count"] < page["filtered_table_rows_count"]
    assert all(word in " ".join(map(str, row.values())).lower() for row in found["rows"])
    html = get(tmp_path / "db", "/almanac/activity")
    assert "year on the home clock" in html and 'type="search"' in html and ">October</a>" in html
    assert "How many activities by site." in get(tmp_path / "db", "/almanac/count_by_site")


@pytest.mark.slow
def test_datasette_opens_a_coarse_export_too(out: Path, tmp_path: Path) -> None:
    call("export", tmp_path / "db", "--format", "sqlite", "--redact", "--coarse", "--out", out)
    page = get(tmp_path / "db", "/almanac/activity.json?_shape=objects&_size=1")
    assert [*page["rows"][0]] == [
        "id", "year", "month", "weekday", "hour", "product", "action", "site", "mark",
    ]  # fmt: skip
    assert [*page["facet_results"]] == ["product", "action", "year", "month", "weekday", "hour"]
    tables = {table["name"] for table in get(tmp_path / "db", "/almanac.json")["tables"]}
    assert tables == {"activity", "month", "weekday"}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipe that breaks like this")
def test_whoever_stops_reading_ends_it_without_a_word(out: Path) -> None:
    for form in ("--json", "--csv"):
        process = subprocess.Popen(
            [sys.executable, "-m", "flows", "sql", LONG, form, "--out", str(out)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert process.stdout is not None and process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        process.stderr.close()
        assert process.wait(120) == 1
