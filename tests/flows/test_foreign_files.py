"""What others put into the rooms of an output folder stays there, whatever the steps do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.belongings import COHORT, ROOMS
from flows.commands import app
from flows.painters import Piece
from flows.steps.charts import Studio, charts
from flows.steps.ingest import ingest
from flows.steps.learn import learn
from flows.steps.patterns import patterns
from flows.steps.report import report
from pipeline.settings import Settings
from pipeline.tables.rooms import NAMES

FOREIGN = (
    "tables/exports/mine/a.parquet",
    "patterns/knitting.pdf",
    "patterns/mine.json",
    "patterns/mine/a.parquet",
    "models/thesis.pt",
    "charts/mine/a.png",
    "charts/paper.tex",
    "charts/years/2019.xcf",
    "clouds/cumulus.jpg",
    "report/draft.docx",
    "sample/mine.zip",
)


def list_foreign(out: Path) -> dict[str, str]:
    return {name: (out / name).read_text() for name in FOREIGN if (out / name).is_file()}


def test_the_rooms_that_are_refused_are_those_that_are_forgotten() -> None:
    assert {*NAMES} == {*ROOMS, COHORT}


@pytest.mark.slow
def test_a_run_leaves_what_is_not_ours_in_our_rooms_and_removes_what_a_killed_one_left(
    settings: Settings, sample_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Studio, "list_pieces", lambda studio: [Piece("hours")])
    stale = [
        settings.out / name for name in ("charts/page/old.svg", "clouds/1999.png", "patterns/old.parquet")
    ]
    for name in FOREIGN:
        (settings.out / name).parent.mkdir(parents=True, exist_ok=True)
        (settings.out / name).write_text(name)
    ingest([str(sample_archive)], settings)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for step in (patterns, learn, charts, report):
        step(settings)
    assert list_foreign(settings.out) == {name: name for name in FOREIGN}
    assert [path for path in stale if path.exists()] == []


def test_the_owners_own_folder_is_refused_on_the_command_line(tmp_path: Path, tiny_archive: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "thesis.pt").write_text("x")
    for command in (["ingest", str(tiny_archive)], ["run", "--sample", "--plain"]):
        result = CliRunner().invoke(app, [*command, "--out", str(tmp_path)])
        assert result.exit_code == 2
        assert "something else under the name models" in " ".join(result.output.split())
        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["thesis.pt"]


@pytest.mark.parametrize("words", [["doctor"], ["sql", "from file"], ["export", "--format", "csv", "DEST"]])
def test_a_torn_table_is_no_accident_of_a_command(
    settings: Settings, tiny_archive: Path, tmp_path: Path, words: list[str]
) -> None:
    ingest([str(tiny_archive)], settings)
    [torn] = (settings.out / "tables" / "exports").glob("*/file.parquet")
    os.truncate(torn, 100)
    given = [str(tmp_path / word) if word == "DEST" else word for word in words]
    result = CliRunner().invoke(app, [*given, "--out", str(settings.out)])
    said = "".join(result.output.split())
    assert result.exit_code == (0 if words == ["doctor"] else 2), result.output
    assert ("Atableisdamaged" in said) == (words != ["doctor"])
