"""``almanac sample`` hands on what was asked for, and refuses what is not known in one line."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from typer.testing import CliRunner

from flows.commands import app


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


def test_an_unknown_format_ends_with_one_line_and_status_2(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["sample", str(tmp_path), "--format", "xml"])
    assert (result.exit_code, result.stderr) == (
        2,
        "almanac sample: No format is called 'xml' (format). Choose one of html, json, mixed.\n",
    )
