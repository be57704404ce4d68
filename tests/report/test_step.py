from __future__ import annotations

import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.steps.report import PAGE, ReportCounts, explain_hidden, lay_out_models, read_drawing, report
from flows.work.result import WorkResult
from pipeline.errors import StoreError
from pipeline.patterns.answers import PATTERNS
from pipeline.patterns.coverage import Coverage
from pipeline.report.contents import Drawing
from pipeline.settings import Settings, ZoneSpan

HOME = (ZoneSpan(None, "Europe/Paris"),)


def _settings(out: Path) -> Settings:
    return Settings(out, HOME, (5, 6), 0)


def test_a_report_before_anything_was_read_says_what_to_run_first(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"There are no tables here yet .* Run almanac ingest PATH first\."):
        report(_settings(tmp_path))
    assert not (tmp_path / PAGE).exists()


def test_every_edition_of_a_chart_is_found_by_its_name(tmp_path: Path) -> None:
    names = ("dots", "dots-middle", "dots-narrow", "dots-dark", "dots-middle-dark", "dots-narrow-dark")
    for name in (*names, "years"):
        (tmp_path / f"{name}.svg").write_text(name, "utf-8")
    assert read_drawing(tmp_path, "dots") == Drawing(
        wide="dots", middle="dots-middle", narrow="dots-narrow",
        wide_dark="dots-dark", middle_dark="dots-middle-dark", narrow_dark="dots-narrow-dark",
    )  # fmt: skip
    assert read_drawing(tmp_path, "years") == Drawing(wide="years", narrow="years")
    assert read_drawing(tmp_path, "months") is None


def test_a_model_that_was_made_of_texts_is_not_on_a_page_to_be_shared(coverage: Coverage) -> None:
    names = ("next_hour", "text_product")
    results = [WorkResult(name, "Q?", "m", "b", "Head", "", "Deck.", "", "") for name in names]
    shown = {
        (redacted, coarse): [
            line.name for line in lay_out_models(results, replace(coverage, redacted=redacted, coarse=coarse))
        ]
        for redacted, coarse in ((False, False), (True, False), (True, True))
    }
    assert shown == {(False, False): [*names], (True, False): ["next_hour"], (True, True): ["next_hour"]}


def test_a_page_to_be_shared_says_which_trained_model_it_leaves_out(coverage: Coverage) -> None:
    hour, text = (
        WorkResult(name, f"{name}?", "m", "b", "Head", "", "Deck.", "", "", model_score=1.0)
        for name in ("next_hour", "text_product")
    )
    shared = replace(coverage, redacted=True)
    assert explain_hidden([hour, text], replace(coverage, redacted=False)) == {}
    assert list(explain_hidden([hour, text], shared)) == ["text_product?"]
    assert explain_hidden([hour, replace(text, model_score=None)], shared) == {}  # too little to learn from


@pytest.mark.slow
def test_the_report_of_a_few_weeks_is_written_once_and_is_private(tmp_path: Path, tiny_archive: Path) -> None:
    from flows.steps.charts import charts
    from flows.steps.ingest import ingest
    from flows.steps.learn import WORKS, learn
    from flows.steps.patterns import patterns

    settings = _settings(tmp_path / "out")
    ingest([str(tiny_archive)], settings)
    for step in (patterns, learn, charts):
        step(settings)
    counts = report(settings)
    page = counts.page.read_text("utf-8")
    assert counts == ReportCounts(
        settings.out / PAGE, len(page.encode()), len(PATTERNS), counts.n_pictures, len(WORKS), 1
    )
    assert report(settings).nothing_new
    assert stat.S_IMODE(counts.page.stat().st_mode) == 0o600
    assert f"{date(2025, 11, 20).day} November 2025" in page
    assert "days of questions" in page
