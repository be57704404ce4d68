"""``almanac sample`` hands on what was asked for, and refuses what is not known in one line."""

from __future__ import annotations

import json
import zipfile
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.commands import app
from pipeline.sample import write_sample


def test_the_manner_that_is_asked_for_is_the_one_that_is_written(tmp_path: Path) -> None:
    words = ["--years", "1", "--locale", "pt-BR", "--format", "json", "--era", "2018", "--json"]
    result = CliRunner().invoke(app, ["sample", str(tmp_path), *words])
    figures = json.loads(result.stdout)
    truth = json.loads(Path(figures["truth"]).read_text("utf-8"))
    assert (truth["locale"], truth["format"], truth["era"], truth["printed_zone"]) == (
        "pt-BR",
        "json",
        "2018",
        "UTC",
    )
    with zipfile.ZipFile(figures["path"]) as archive:
        assert "Takeout/Minha atividade/Pesquisa/MinhaAtividade.json" in archive.namelist()


def test_another_sample_stays_unless_it_is_forced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.sample.write_sample", partial(write_sample, per_day=1.0))

    def call(*words: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, ["sample", str(tmp_path), "--years", "1", *words])
        return done.exit_code, done.stdout, done.stderr

    def read() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    first = call()
    [archive] = tmp_path.glob("*.zip")
    before = read()
    assert first == (0, f"Written: {archive}\n", "") and sorted(before) == [
        archive.with_suffix(".truth.json").name,
        archive.name,
    ]
    assert call() == first and read() == before
    assert call("--seed", "9") == (
        2,
        "",
        f"almanac sample: There is another sample, or a file of its name ({archive}). "
        "Give another DEST, or --force to replace it.\n",
    )
    assert read() == before
    assert call("--seed", "9", "--force") == first
    assert json.loads(archive.with_suffix(".truth.json").read_bytes())["seed"] == 9
    assert len(read()) == 2 and read() != before


def test_an_unknown_format_ends_with_one_line_and_status_2(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["sample", str(tmp_path), "--format", "xml"])
    assert (result.exit_code, result.stderr) == (
        2,
        "almanac sample: No format is called 'xml' (format). Choose one of html, json, mixed.\n",
    )
