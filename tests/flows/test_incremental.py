"""A refresh does what is new and no more; what a killed run left is never taken for whole."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.freshness import list_states
from flows.painters import Piece
from flows.steps.charts import ChartCounts, charts
from flows.steps.ingest import ingest
from flows.steps.patterns import patterns
from pipeline.errors import StoreError
from pipeline.settings import Settings
from pipeline.tables.journal import READS, begin_step, commit_step, read_digest_of, read_journal
from pipeline.tables.store import Store


class Killed(BaseException):
    """Stands for SIGKILL: nothing between here and the next run mends anything."""


@dataclass
class InventedStudio:
    """Draws pictures that say of which subject they are; killed after the first where it should be."""

    subject: str
    killed: bool = False
    drawn: list[str] = field(default_factory=list)

    def list_pieces(self) -> list[Piece]:
        return [Piece("hours"), Piece("weekdays")]

    def count_worth(self, pieces: Sequence[Piece]) -> int:
        return 1

    def digest(self, piece: Piece) -> str:
        return f"{piece.name} of {self.subject}"

    def __call__(self, piece: Piece) -> list[tuple[str, bytes]]:
        if self.killed and piece.name == "weekdays":
            raise Killed
        self.drawn.append(piece.name)
        return [(f"charts/{piece.name}.svg", f"{piece.name} of {self.subject}".encode())]


def stand_in(settings: Settings, *steps: str, saying: str = "") -> None:
    """Stand in for the steps: each writes one file that says for whom it was made."""
    for step in steps:
        path = settings.out / f"{step}.txt"
        path.write_text(f"{step} {settings.product} {saying}", "utf-8")
        read = read_digest_of(read_journal(settings.out), step, settings)
        commit_step(settings.out, step, read=read, files=[path], seconds=0, counts={})


def draw(settings: Settings, monkeypatch: pytest.MonkeyPatch, *, killed: bool = False) -> dict[str, str]:
    """Draw with invented steps before the charts; return what the pictures say."""
    stand_in(settings, "patterns", "learn")
    studio = InventedStudio(settings.product or "all", killed)
    monkeypatch.setattr("flows.steps.charts.open_studio", lambda out: studio)
    try:
        charts(settings)
    except Killed:
        assert killed
    return {path.name: path.read_text("utf-8") for path in sorted((settings.out / "charts").glob("*.svg"))}


def test_a_run_killed_in_mid_charts_and_one_of_another_subject_leave_no_mix(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(settings, "ingest")
    of_all = {"hours.svg": "hours of all", "weekdays.svg": "weekdays of all"}
    assert draw(settings, monkeypatch) == of_all
    videos = replace(settings, product="youtube")
    assert draw(videos, monkeypatch, killed=True) == {**of_all, "hours.svg": "hours of youtube"}
    assert list_states(settings)["charts"] == list_states(videos)["charts"] == "stale"
    assert draw(settings, monkeypatch) == of_all


def test_only_a_picture_that_is_drawn_from_something_else_is_drawn_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = InventedStudio("all")
    monkeypatch.setattr("flows.steps.charts.open_studio", lambda out: studio)
    stand_in(settings, "ingest", "patterns", "learn")
    assert charts(settings) == ChartCounts(2, 0, 2, n_drawn=2)
    assert charts(settings) == ChartCounts(2, 0, 2, n_kept=2, nothing_new=True)
    hours = settings.out / "charts" / "hours.svg"
    sayings = map(str, itertools.count())

    def draw_again(**digests: str) -> list[str]:
        """Return what is drawn where the patterns are other ones, and these pieces' digests."""
        stand_in(settings, "patterns", saying=next(sayings))
        monkeypatch.setattr(
            InventedStudio, "digest", lambda self, piece: digests.get(piece.name, f"{piece.name} of all")
        )
        studio.drawn.clear()
        counts = charts(settings)
        assert counts == ChartCounts(2, 0, 2, len(studio.drawn), 2 - len(studio.drawn))
        return list(studio.drawn)

    assert draw_again() == []
    assert draw_again(hours="other") == ["hours"]
    assert draw_again(hours="other", weekdays="other") == ["weekdays"]
    hours.write_text("tampered with", "utf-8")
    assert draw_again(hours="other", weekdays="other") == ["hours"]
    hours.unlink()
    assert draw_again(hours="other", weekdays="other") == ["hours"]
    assert hours.read_text("utf-8") == "hours of all"


def test_the_tables_of_a_run_killed_before_its_commit_are_the_old_ones(
    tiny_archive: Path, sample_archive: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = settings.out
    ingest([str(tiny_archive)], settings)
    old = Store(out)
    rows = old.activity()

    def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr("pipeline.tables.intake.replace_step", die)
        ingest([str(sample_archive)], settings)
    assert len(list((out / "tables").glob("activity-*.parquet"))) == 2
    assert (list_states(settings)["ingest"], Store(out).merged) == ("fresh", old.merged)
    assert (out / "tables" / "activity.parquet").samefile(old.merged)
    pd.testing.assert_frame_equal(Store(out).activity(), rows)
    assert ingest([str(sample_archive)], settings).rows > len(rows)
    (merged,) = (out / "tables").glob("activity-*.parquet")
    assert merged == Store(out).merged != old.merged
    assert (out / "tables" / "activity.parquet").samefile(merged)


def test_unfinished_tables_are_no_ground_for_patterns(tiny_archive: Path, settings: Settings) -> None:
    ingest([str(tiny_archive)], settings)
    begin_step(settings.out, "ingest")
    with pytest.raises(StoreError) as error:
        patterns(settings)
    assert str(error.value) == (
        f"A run was broken off while it wrote the tables here ({settings.out}). Run almanac run to finish it."
    )


@pytest.mark.parametrize("step", READS)
def test_a_step_that_was_begun_is_stale_and_its_files_stay_named(settings: Settings, step: str) -> None:
    stand_in(settings, *READS)
    before = json.loads((settings.out / "run.json").read_bytes())["steps"]
    begun = begin_step(settings.out, step)
    assert begun == read_journal(settings.out) == begin_step(settings.out, step)
    after = json.loads((settings.out / "run.json").read_bytes())["steps"]
    assert after == {**before, step: {**before[step], "read": ""}}
    assert list_states(settings) == {**dict.fromkeys(READS, "fresh"), step: "stale"}


def test_a_step_that_was_never_done_is_begun_without_a_word(settings: Settings) -> None:
    before = (settings.out / "run.json").read_bytes()
    assert begin_step(settings.out, "patterns") == read_journal(settings.out)
    assert (settings.out / "run.json").read_bytes() == before
