"""A refresh does what is new and no more; what a killed run left is never taken for whole."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.freshness import list_states, nothing_new
from flows.painters import Piece
from flows.pieces import say_piece
from flows.steps.charts import ChartCounts, charts, open_studio
from flows.steps.ingest import ingest
from flows.steps.patterns import patterns
from pipeline.errors import StoreError
from pipeline.settings import Settings, load_settings
from pipeline.tables.files import write_atomically
from pipeline.tables.journal import READS, begin_step, commit_step, read_digest_of, read_journal
from pipeline.tables.store import Store
from pipeline.tables.takeout import read_takeout


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
    assert (out / "tables" / "activity.parquet").read_bytes() == old.merged.read_bytes()
    pd.testing.assert_frame_equal(Store(out).activity(), rows)
    assert ingest([str(sample_archive)], settings).rows > len(rows)
    (merged,) = (out / "tables").glob("activity-*.parquet")
    assert merged == Store(out).merged != old.merged
    assert (out / "tables" / "activity.parquet").read_bytes() == merged.read_bytes()


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


Row = tuple[Any, ...]


def list_identities(out: Path) -> Counter[Row]:
    """Count the merged table's rows by what makes two of them the same."""
    columns = ["product", "action", "text", "url"]
    rows = Store(out).activity(["time", *columns])
    seconds = rows["time"].dt.floor("s").astype(str)
    values = rows[columns].astype(object).where(rows[columns].notna(), None)
    values.loc[values["action"] == "searched", "url"] = None
    return Counter(zip(seconds, *(values[name] for name in columns), strict=True))


def hash_tables(out: Path) -> dict[str, bytes]:
    """Return the content of every table by its path."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*.parquet"))}


@pytest.mark.slow
def test_archives_add_in_whatever_order_and_parts_join_on_different_days_and_no_row_is_ever_lost(
    exports: dict[str, Path], tmp_path: Path
) -> None:
    def take_in(folder: str, *orders: Sequence[str]) -> tuple[Counter[Row], dict[str, bytes]]:
        """Take archives in, one order a day; return the rows, and the bytes of all tables."""
        settings = load_settings({"out": tmp_path / folder, "home_zone": "Europe/Paris"}, environment={})
        rows = Counter[Row]()
        for names in orders:
            counts = ingest([str(exports[name]) for name in names], settings)
            before, rows = rows, list_identities(settings.out)
            assert before <= rows
            assert (rows.total() - before.total(), rows.total()) == (counts.new_rows, counts.rows)
        assert len(read_journal(settings.out).inputs) == 4
        return rows, hash_tables(settings.out)

    at_once = take_in("at once", ["videos", "second", "newer", "older"])
    alone = {name: len(read_takeout(exports[name], home_zone="Europe/Paris")) for name in exports}
    assert max(alone.values()) < at_once[0].total() < sum(alone.values())
    assert take_in("forward", ["older"], ["newer"], ["second"], ["videos"]) == at_once
    assert take_in("backward", ["videos"], ["second"], ["newer"], ["older"]) == at_once
    assert take_in("with a duplicate", ["second", "older"], ["older"], ["videos", "newer"]) == at_once
    exported = {name.split("/")[2][:16] for name in at_once[1] if name.startswith("tables/exports/")}
    assert exported == {"20251008T000000Z", "20251120T081500Z", "20251121T081500Z"}


@pytest.mark.slow
def test_a_duplicate_under_another_name_elsewhere_is_nothing_new_before_anything_heavy_is_imported(
    tiny_archive: Path, settings: Settings, tmp_path: Path
) -> None:
    ingest([str(tiny_archive)], settings)
    stand_in(settings, *list(READS)[1:])
    (tmp_path / "Downloads").mkdir()
    copy = tmp_path / "Downloads" / "my archive (1).zip"
    shutil.copyfile(tiny_archive, copy)
    tar = tmp_path / "Downloads" / "takeout-20251120T081500Z-1-001.tgz"
    with zipfile.ZipFile(tiny_archive) as zipped:
        zipped.extractall(tmp_path / "unpacked")
    with tarfile.open(tar, "w:gz") as archive:
        archive.add(tmp_path / "unpacked" / "Takeout", "Takeout")
    before = (settings.out / "run.json").read_bytes()
    script = (
        "import sys\nfrom flows.commands import main\n"
        "try: main()\nexcept SystemExit as end: print('status', end.code)\n"
        "print([name for name in ('prefect', 'pandas', 'numpy', 'duckdb', 'pyarrow') if name in sys.modules])"
    )
    words = [script, "run", str(copy), "--out", str(settings.out), "--home-zone", "Europe/Paris"]
    done = subprocess.run([sys.executable, "-c", *words], capture_output=True, text=True, check=True)
    report = settings.out / "report" / "index.html"
    assert done.stdout.splitlines() == [f"Nothing new. The report: {report}", "status 0", "[]"]
    assert (settings.out / "run.json").read_bytes() == before
    assert not nothing_new([str(tar)], settings)  # other bytes: taken in, and every entry is known


@pytest.mark.slow
def test_a_picture_is_to_be_drawn_again_where_its_own_answer_changes_and_nowhere_else(
    sample_archive: Path, settings: Settings
) -> None:
    ingest([str(sample_archive)], settings)
    patterns(settings)

    def list_digests() -> dict[str, str]:
        studio = open_studio(settings.out)
        return {say_piece(piece): studio.digest(piece) for piece in studio.list_pieces()}

    def find_changed(name: str, change: Callable[[Path], None]) -> set[str]:
        """Return the pieces whose digest is another one when a file of the patterns is."""
        path = settings.out / "patterns" / name
        content = path.read_bytes()
        change(path)
        changed = {piece for piece, digest in list_digests().items() if digest != before[piece]}
        path.write_bytes(content)
        return changed

    def change_table(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
        return lambda path: change(pd.read_parquet(path)).to_parquet(path, index=False)

    def change_coverage(**values: Any) -> Callable[[Path], None]:
        return lambda path: write_atomically(
            path, json.dumps({**json.loads(path.read_bytes()), **values}).encode()
        )

    def add_one(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
        """Raise the last value that is not 0."""

        def change(frame: pd.DataFrame) -> pd.DataFrame:
            frame.loc[frame.index[frame[column] > 0][-1], column] += 1
            return frame

        return change

    before = list_digests()
    of_a_year = {piece for piece in before if piece[-4:].isdecimal()}
    years = sorted(int(piece[-4:]) for piece in of_a_year)
    last = years[-1]
    assert len(of_a_year) == 2 * len(set(years)) >= 4
    assert find_changed("hours.parquet", change_table(lambda frame: frame.iloc[::-1])) == {"hours"}
    assert find_changed("words_by_year.parquet", change_table(add_one("count"))) == {
        "words_by_year",
        f"words_by_year {last}",
    }
    assert find_changed("calendar.parquet", change_table(add_one("searches"))) == {
        "calendar",
        f"year pages {last}",
    }
    assert find_changed("coverage.json", change_coverage(now="2020-02-02")) == set()
    assert find_changed("coverage.json", change_coverage(n_rows=1)) == before.keys() - of_a_year
    assert list_digests() == before
