"""A step that stands on others refuses what was made of other tables or for other settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flows.freshness import list_states, require_inputs
from pipeline.errors import StoreError
from pipeline.settings import Settings
from pipeline.tables.journal import READS, commit_step, read_digest_of, read_journal


def commit(settings: Settings, *steps: str) -> None:
    """Stand in for the steps: each writes one file that says for whom it was made."""
    for step in steps:
        path = settings.out / f"{step}.txt"
        path.write_text(f"{step} {settings.product}", "utf-8")
        read = read_digest_of(read_journal(settings.out), step, settings)
        commit_step(settings.out, step, read=read, files=[path], seconds=0, counts={})


def refuse(settings: Settings, step: str) -> str:
    """Return the words with which the step is refused, '' where it is not."""
    try:
        require_inputs(read_journal(settings.out), step, settings)
    except StoreError as error:
        return str(error)
    return ""


def say_stale(out: Path, thing: str, command: str) -> str:
    known = {
        "tables": "--home-zone",
        "models": "--filter, --home-zone and --free-days",
    }  # all that the command takes
    options = known.get(thing, "--filter, --home-zone, --free-days, --redact and --coarse")
    return (
        f"The {thing} here were made of other tables or for other settings ({out}). "
        f"Run {command} first, with the same {options}."
    )


def test_what_fits_is_not_refused(settings: Settings) -> None:
    commit(settings, *READS)
    assert [refuse(settings, step) for step in READS] == [""] * 5
    assert list_states(settings) == dict.fromkeys(READS, "fresh")


@pytest.mark.parametrize(("step", "lacks"), [("patterns", "tables"), ("charts", "patterns")])
def test_what_is_missing_is_named_with_its_command(settings: Settings, step: str, lacks: str) -> None:
    command = {"tables": "ingest PATH"}.get(lacks, lacks)
    said = f"There are no {lacks} here yet ({settings.out}). Run almanac {command} first."
    assert refuse(settings, step) == said


def test_charts_and_report_do_without_models_but_not_with_those_of_another_subject(
    settings: Settings,
) -> None:
    commit(settings, "ingest", "patterns", "charts")
    assert [refuse(settings, step) for step in ("charts", "report")] == ["", ""]
    commit(replace(settings, product="youtube"), "learn")
    said = say_stale(settings.out, "models", "almanac learn")
    assert [refuse(settings, step) for step in ("charts", "report")] == [said, said]


def test_pictures_of_one_subject_never_stand_beside_counts_of_another(settings: Settings) -> None:
    commit(settings, *READS)
    videos = replace(settings, product="youtube")
    commit(videos, "patterns")
    assert refuse(videos, "charts") == say_stale(settings.out, "models", "almanac learn")
    commit(videos, "learn")
    assert refuse(videos, "charts") == ""
    assert refuse(videos, "report") == say_stale(settings.out, "charts", "almanac charts")
    assert refuse(settings, "report") == say_stale(settings.out, "patterns", "almanac patterns")
    commit(videos, "charts")
    assert refuse(videos, "report") == ""


def test_another_home_needs_the_tables_anew(settings: Settings) -> None:
    commit(settings, *READS)
    moved = replace(settings, home_zone=(settings.home_zone[0]._replace(zone="Asia/Tokyo"),))
    assert refuse(moved, "report") == say_stale(settings.out, "tables", "almanac ingest PATH")
