"""A look does all that is due by one refresh, and what is due is decided from the folder and run.json."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from flows.due import Due, describe_look, find_due, look
from flows.plan import StepFailedError
from flows.progress import Watcher, watching
from pipeline.errors import ArchiveError, SettingsError
from pipeline.settings import Settings, load_settings
from pipeline.tables.journal import READS, commit_step, read_digest_of, read_journal
from pipeline.tables.lock import hold_lock

BAD = ArchiveError("No entry can be read", where="cheap flights.zip", remedy="Ask for another.")


@dataclass(frozen=True)
class Counts:
    n_new_archives: int
    new_rows: int


class Work:
    """Stands for a refresh: an archive whose name begins with ``bad`` cannot be taken in."""

    def __init__(self, watcher: Watcher, trouble: Exception = BAD) -> None:
        self.watcher, self.trouble, self.calls = watcher, trouble, list[tuple[str, list[str]]]()

    def take(self, kind: str, archives: Sequence[str]) -> None:
        assert watching.get() is self.watcher
        names = [Path(path).name for path in archives]
        self.calls.append((kind, names))
        if any(name.startswith("takeout-bad") for name in names):
            raise StepFailedError("ingest", self.trouble)
        self.watcher.end("ingest", Counts(len(names), 10 * len(names)), 0.0)

    def refresh(self, archives: list[str], options: dict[str, str]) -> None:
        self.take("refresh", archives)

    def ingest(self, archives: list[str], options: dict[str, str]) -> None:
        self.take("ingest", archives)


@pytest.fixture
def watch(tmp_path: Path) -> Path:
    (tmp_path / "downloads").mkdir()
    return tmp_path / "downloads"


def put(archive: Path, watch: Path, name: str, *, seconds_ago: int = 3600) -> Path:
    path = watch / f"takeout-{name}.zip"
    shutil.copy(archive, path)
    then = time.time() - seconds_ago
    os.utime(path, (then, then))
    return path


def go(watch: Path, out: Path, work: Work, **more: Any) -> str:
    given = {"out": str(out), "home_zone": "Europe/Paris"}
    return look(str(watch), given, refresh=work.refresh, ingest=work.ingest, watcher=work.watcher, **more)


def test_in_an_empty_folder_there_is_nothing_new_and_no_refresh(watch: Path, tmp_path: Path) -> None:
    work = Work(Watcher())
    assert go(watch, tmp_path / "out", work) == "nothing new"
    assert work.calls == []


def test_all_that_waits_is_taken_in_by_one_refresh(tiny_archive: Path, watch: Path, tmp_path: Path) -> None:
    work = Work(Watcher())
    put(tiny_archive, watch, "1")
    put(tiny_archive, watch, "2")
    assert go(watch, tmp_path / "out", work) == "2 archives taken in, 20 new rows"
    assert work.calls == [("refresh", ["takeout-1.zip", "takeout-2.zip"])]


def test_what_still_grows_waits_and_is_looked_at_again(
    tiny_archive: Path, watch: Path, tmp_path: Path
) -> None:
    work, asked = Work(Watcher()), list[str]()
    put(tiny_archive, watch, "1", seconds_ago=0)
    again = lambda: asked.append("again")  # noqa: E731
    assert go(watch, tmp_path / "out", work, look_again=again) == "nothing new; 1 still growing"
    assert (work.calls, asked) == ([], ["again"])


def test_one_bad_archive_does_not_stop_the_others_and_is_named_by_count(
    tiny_archive: Path, watch: Path, tmp_path: Path
) -> None:
    work = Work(Watcher())
    for name in ("1", "2", "bad"):
        put(tiny_archive, watch, name)
    said = go(watch, tmp_path / "out", work)
    assert said == "2 archives taken in, 20 new rows; 1 cannot be read"
    assert work.calls == [
        ("refresh", ["takeout-1.zip", "takeout-2.zip", "takeout-bad.zip"]),
        ("ingest", ["takeout-1.zip"]),
        ("ingest", ["takeout-2.zip"]),
        ("ingest", ["takeout-bad.zip"]),
        ("refresh", []),
    ]


@pytest.mark.parametrize("names", [("bad",), ("bad", "bad2")])
def test_where_only_bad_archives_wait_the_refresh_fails(
    tiny_archive: Path, watch: Path, tmp_path: Path, names: tuple[str, ...]
) -> None:
    work = Work(Watcher())
    for name in names:
        put(tiny_archive, watch, name)
    with pytest.raises(StepFailedError, match=r"^the step 'ingest' failed with ArchiveError$"):
        go(watch, tmp_path / "out", work)


def test_what_is_no_fault_of_an_archive_stops_all(tiny_archive: Path, watch: Path, tmp_path: Path) -> None:
    work = Work(Watcher(), trouble=OSError(28, "No space left on device"))
    put(tiny_archive, watch, "1")
    put(tiny_archive, watch, "bad")
    with pytest.raises(StepFailedError, match=r"^the step 'ingest' failed with OSError$"):
        go(watch, tmp_path / "out", work)
    assert len(work.calls) == 1


def test_while_another_refresh_holds_the_lock_nothing_is_done(
    tiny_archive: Path, watch: Path, settings: Settings
) -> None:
    import threading

    put(tiny_archive, watch, "1")
    work, said = Work(Watcher()), list[str]()
    with hold_lock(settings.out):  # another thread has another context: it holds nothing
        thread = threading.Thread(target=lambda: said.append(go(watch, settings.out, work)))
        thread.start()
        thread.join()
    assert (said, work.calls) == (["another refresh is running"], [])


def finish(settings: Settings, steps: Sequence[str]) -> None:
    for step in steps:
        read = read_digest_of(read_journal(settings.out), step, settings)
        commit_step(settings.out, step, read=read, files=[], seconds=0.0, counts={})


def test_an_unfinished_refresh_is_due_without_a_new_archive(
    tiny_archive: Path, watch: Path, tmp_path: Path
) -> None:
    from flows.steps.ingest import ingest

    settings = load_settings({"out": tmp_path / "out", "home_zone": "Europe/Paris"}, environment={})
    ingest([str(put(tiny_archive, watch, "1"))], settings)
    finish(settings, tuple(READS)[1:3])
    assert find_due(str(watch), settings) == Due((), 0, 0, stale=True)
    work = Work(Watcher())
    work.watcher.end("ingest", Counts(0, 0), 0.0)
    assert go(watch, settings.out, work) == "brought up to date"
    assert work.calls == [("refresh", [])]
    finish(settings, tuple(READS)[1:])
    assert not find_due(str(watch), settings)
    assert go(watch, settings.out, work) == "nothing new"


def test_a_duplicate_under_another_name_is_nothing_new(
    tiny_archive: Path, watch: Path, tmp_path: Path
) -> None:
    from flows.steps.ingest import ingest

    settings = load_settings({"out": tmp_path / "out", "home_zone": "Europe/Paris"}, environment={})
    ingest([str(put(tiny_archive, watch, "1"))], settings)
    finish(settings, tuple(READS)[1:])
    put(tiny_archive, watch, "again")
    assert find_due(str(watch), settings) == Due((), 0, 0, stale=False)


def test_a_folder_that_is_not_there_is_said_to_be_missing(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no such folder to watch"):
        find_due(str(tmp_path / "nowhere"), settings)


def test_a_look_is_told_by_counts_alone() -> None:
    assert describe_look(Due((), 0, 0, stale=False)) == "nothing new"
    assert describe_look(Due((), 2, 1, stale=False)) == "nothing new; 2 still growing; 1 cannot be read"
    assert describe_look(Due(("a",), 0, 1, stale=True), 1, 1, 2) == (
        "1 archive taken in, 1 new row; 3 cannot be read"
    )
