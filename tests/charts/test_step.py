"""The charts step, on a small archive from end to end."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flows.steps.charts import MODEL_PICTURES, ChartCounts, charts
from pipeline.errors import StoreError
from pipeline.patterns.answers import PATTERNS
from pipeline.settings import Settings, load_settings


@pytest.fixture(scope="module")
def settings(tiny_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    from flows.steps.ingest import ingest
    from flows.steps.patterns import patterns

    out = tmp_path_factory.mktemp("charts") / "out"
    made = load_settings({"out": str(out), "home_zone": "Europe/Paris"}, environment={})
    ingest([str(tiny_archive)], made)
    patterns(made)
    return made


@pytest.fixture(scope="module")
def told(settings: Settings) -> tuple[ChartCounts, list[tuple[str, int, Any]]]:
    lines: list[tuple[str, int, Any]] = []
    return charts(settings, tell=lambda *line: lines.append(line)), lines


@pytest.mark.slow
def test_it_says_after_each_piece_how_far_it_is(
    told: tuple[ChartCounts, list[tuple[str, int, Any]]],
) -> None:
    _, lines = told
    n = len(lines) - 1
    assert lines[0] == ("drawing", 0, n)
    assert [line[1:] for line in lines[1:]] == [(k + 1, n) for k in range(n)]
    said = {str(line[0]) for line in lines[1:]}
    names = [*PATTERNS, *MODEL_PICTURES, "year pages"]
    assert said == {f"drawing: {name.replace('_', ' ')} is done" for name in names}


@pytest.mark.slow
def test_run_json_names_every_picture_and_no_other_lies_there(
    settings: Settings, told: tuple[ChartCounts, list[tuple[str, int, Any]]]
) -> None:
    counts, _ = told
    named = json.loads((settings.out / "run.json").read_bytes())["steps"]["charts"]["files"]
    lying = {
        path.relative_to(settings.out).as_posix()
        for folder in ("charts", "clouds")
        for path in (settings.out / folder).rglob("*")
        if path.is_file()
    }
    assert lying == set(named)
    assert counts.n_files == len(named)
    assert counts.n_clouds == sum(name.startswith("clouds/") for name in named) >= 1
    dots = {"", "-middle", "-narrow"}
    assert {f"charts/page/dots{ending}.svg" for ending in dots} <= lying
    assert {"charts/years.png", "charts/years-dark.png", "charts/years.svg", "clouds/all.png"} <= lying
    assert {"charts/years-narrow.png", "charts/years-square.png"} <= lying
    assert {"charts/page/years.svg", "charts/page/years-narrow.svg"} <= lying
    sheets = {name for name in lying if name.startswith("charts/years/")}
    years = {name.removeprefix("charts/years/")[:4] for name in sheets}
    assert sheets == {f"charts/years/{year}{end}" for year in years for end in (".png", ".svg", "-dark.png")}
    assert len(years) >= 1


@pytest.mark.slow
def test_files_are_their_owners_alone(
    settings: Settings, told: tuple[ChartCounts, list[tuple[str, int, Any]]]
) -> None:
    assert {path.stat().st_mode & 0o777 for path in (settings.out / "charts").rglob("*.*")} == {0o600}
    assert {
        (settings.out / name).stat().st_mode & 0o777
        for name in ("charts", "charts/page", "charts/years", "clouds")
    } == {0o700}


@pytest.mark.slow
def test_a_second_run_draws_nothing_and_a_stale_picture_goes(
    settings: Settings, told: tuple[ChartCounts, list[tuple[str, int, Any]]]
) -> None:
    counts, _ = told
    before = (settings.out / "charts/years.png").read_bytes()
    stale = settings.out / "charts/old.png"
    stale.write_bytes(b"old")
    assert counts.n_drawn > counts.n_charts and counts.n_kept == 0
    assert charts(settings) == replace(counts, n_drawn=0, n_kept=counts.n_drawn, nothing_new=True)
    (settings.out / "charts/hours.svg").unlink()
    assert charts(settings) == replace(counts, n_drawn=1, n_kept=counts.n_drawn - 1)
    assert not stale.exists()
    assert (settings.out / "charts/years.png").read_bytes() == before


@pytest.mark.slow
def test_one_process_and_two_draw_the_same_bytes(
    settings: Settings, told: tuple[ChartCounts, list[tuple[str, int, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(n_processes: int) -> dict[str, str]:
        monkeypatch.setattr("flows.steps.charts.Studio.count_worth", lambda *_: n_processes)
        for path in (settings.out / "charts").rglob("*.svg"):
            path.unlink()
        assert charts(settings).n_drawn > 10
        named: dict[str, str] = json.loads((settings.out / "run.json").read_bytes())["steps"]["charts"][
            "files"
        ]
        return named

    assert draw(1) == draw(2)


def test_it_needs_the_patterns(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="patterns"):
        charts(load_settings({"out": str(tmp_path), "home_zone": "UTC"}, environment={}))
