"""The command forecast: what it prints for people and for programs, and what it says of nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.commands import app
from flows.steps.ingest import ingest
from pipeline.settings import load_settings
from pipeline.tables.journal import prepare_out


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["forecast", *(str(word) for word in words)])


@pytest.fixture(scope="module")
def out(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the sample."""
    settings = load_settings(
        {"out": tmp_path_factory.mktemp("forecast") / "out", "home_zone": "Europe/Paris"}, environment={}
    )
    prepare_out(settings.out)
    ingest([str(sample_archive)], settings)
    return settings.out


@pytest.mark.slow
def test_the_sample_is_asked_and_nothing_is_written(out: Path) -> None:
    before = sorted(path for path in out.rglob("*"))
    told = call("--target", "16500", "--out", out)
    assert told.exit_code == 0
    assert re.match(r"Will 2025 pass 16,500 searches\? [A-Z][a-z ]+: \d+ chances? in 20 \(", told.stdout)
    figures = json.loads(call("--target", "16500", "--out", out, "--json").stdout)["forecast"]
    assert f"{figures['chances_in_20']} chance" in told.stdout
    assert figures["ways"][0]["name"] == "replayed seasons"
    assert figures["fan"][-1]["q500"] == figures["ways"][0]["q500"]
    by = json.loads(call("--target", "16500", "--by", "2025-12-20", "--out", out, "--json").stdout)[
        "forecast"
    ]
    assert (by["by"], by["chance"] <= figures["chance"]) == ("2025-12-20", True)
    hidden = call("--target", "16500", "--redact", "--coarse", "--out", out).stdout
    assert not re.search(r"\d{1,2} (Oct|Nov|Dec) 2025|days", hidden)
    assert sorted(path for path in out.rglob("*")) == before


def test_a_few_weeks_are_too_little(tiny_archive: Path, tmp_path: Path) -> None:
    settings = load_settings({"out": tmp_path / "out", "home_zone": "Europe/Paris"}, environment={})
    prepare_out(settings.out)
    ingest([str(tiny_archive)], settings)
    told = call("--target", "100000", "--out", settings.out)
    assert told.exit_code == 0
    assert told.stdout.startswith("No forecast before three months")
    wrong = call("--target", "10", "--by", "1999-01-01", "--out", settings.out)
    assert wrong.exit_code == 2
    assert re.search(r"1 Jan 1999 is not of \d{4}, the year of the last covered day", wrong.stderr)
    written = call("--target", "100,000", "--filter", "product=search,action=searched", "--out", settings.out)
    assert written.stdout == told.stdout
    other = call("--target", "10", "--filter", "product=maps,action=flown", "--out", settings.out)
    assert other.exit_code == 2
    assert "No entry fits product=maps,action=flown" in other.stderr


@pytest.mark.parametrize("target", ["0", "-5", "1700,0", "1e4", "17.5", "many"])
def test_a_target_that_is_no_count_is_refused(target: str, tmp_path: Path) -> None:
    told = call("--target", target, "--out", tmp_path)
    assert told.exit_code == 2
    assert re.search(
        "is not a whole number, such as 17000|is not 1 or more", re.sub(r"[\s│]+", " ", told.stderr)
    )


def test_a_target_of_more_digits_than_can_be_counted_is_refused(tmp_path: Path) -> None:
    for n in (16, 400, 5000):
        told = call("--target", "9" * n, "--out", tmp_path)
        assert told.exit_code == 2
        assert f"{n} digits are too many: 15 are the most." in re.sub(r"[\s│]+", " ", told.stderr)
    assert "too many" not in call("--target", "9" * 15, "--out", tmp_path).stderr


def test_without_tables_it_says_how_to_make_them(tmp_path: Path) -> None:
    told = call("--target", "10", "--out", tmp_path / "nothing")
    assert told.exit_code == 2
    assert "almanac forecast:" in told.stderr
    assert "almanac ingest" in told.stderr or "almanac run" in told.stderr
