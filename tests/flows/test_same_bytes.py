"""The same input gives the same bytes, whatever the order in which it came; and each run says what it did.

A few pictures stand for all: which are drawn has nothing to do with when.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from flows.painters import Piece
from flows.plan import perform_all
from flows.progress import Watcher
from flows.steps.charts import BELIEFS, Studio
from flows.work.result import TOO_LITTLE
from flows.work.works import WORKS
from pipeline.settings import load_settings
from pipeline.tables.journal import prepare_out, read_journal

pytestmark = pytest.mark.slow
FEW = ("hours", "words_by_year", "learner", "classifier", *BELIEFS, "year pages")
NOT_THE_SAME = ("run.json", "lock", "prefect")  # they say when, and where the archives lay


@dataclass
class Refreshed:
    """An output folder, and who watched each of its runs."""

    out: Path
    runs: list[Watcher] = field(default_factory=list)

    def run(self, *archives: Path) -> Watcher:
        settings = load_settings({"out": self.out, "home_zone": "Europe/Paris"}, environment={})
        prepare_out(settings.out)
        self.runs.append(Watcher())
        perform_all(list(map(str, archives)), settings, self.runs[-1])
        return self.runs[-1]

    def hash_files(self) -> dict[str, str]:
        """Return the digest of every file by its path, but for those that are not to be the same."""
        paths = {path.relative_to(self.out): path for path in self.out.rglob("*") if path.is_file()}
        return {
            short.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for short, path in sorted(paths.items())
            if short.parts[0] not in NOT_THE_SAME
        }


@pytest.fixture(scope="module")
def few_pictures() -> Iterator[None]:
    list_pieces = Studio.list_pieces

    def list_few(studio: Studio) -> list[Piece]:
        return [piece for piece in list_pieces(studio) if piece.name in FEW]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Studio, "list_pieces", list_few)
        yield


@pytest.fixture(scope="module")
def at_once(
    few_pictures: None, exports: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Refreshed:
    """Both exports given together, the newer one first."""
    made = Refreshed(tmp_path_factory.mktemp("at once") / "out")
    made.run(exports["newer"], exports["older"])
    return made


@pytest.fixture(scope="module")
def onward(
    few_pictures: None, exports: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Refreshed:
    """The older export, and a newer one later."""
    made = Refreshed(tmp_path_factory.mktemp("onward") / "out")
    made.run(exports["older"])
    made.run(exports["newer"])
    return made


def test_a_newer_export_later_gives_the_bytes_of_both_at_once_and_the_learner_goes_on(
    at_once: Refreshed, onward: Refreshed
) -> None:
    assert at_once.hash_files() == onward.hash_files()
    assert len(at_once.hash_files()) > 100
    started = [run.done["learn"].started for run in onward.runs]
    anew = "learned anew from all days"
    short = dict.fromkeys(
        ["daily_trend", "day_shape", "season", "term_or_holiday", "text_product"], TOO_LITTLE
    )
    later = ["next_day", "usual_day", "two_heads"]  # what the older export is too short for
    assert started[0] == {**dict.fromkeys(WORKS, "new"), **short, **dict.fromkeys(later, TOO_LITTLE)}
    goes_on = {"next_hour": "went on", **dict.fromkeys(later, "new")}
    assert started[1] == {**dict.fromkeys(WORKS, anew), **short, **goes_on}
    hours = [run.done["learn"].n_hours_learned for run in (*onward.runs, *at_once.runs)]
    assert hours[0] > 0 < hours[1] and hours[0] + hours[1] == hours[2]
    last = read_journal(onward.out).last
    assert (
        last and last.learners == started[1] and last.new_rows == onward.runs[1].done["ingest"].new_rows > 0
    )


def test_an_older_export_later_gives_the_same_bytes_and_the_learner_starts_again(
    at_once: Refreshed, exports: dict[str, Path], tmp_path: Path
) -> None:
    backward = Refreshed(tmp_path / "out")
    backward.run(exports["newer"])
    learned = backward.run(exports["older"]).done["learn"]
    assert backward.hash_files() == at_once.hash_files()
    assert learned.started["next_hour"] == (
        "started again: the covered days before its last hour have changed"
    )
    assert learned.n_hours_learned == at_once.runs[0].done["learn"].n_hours_learned


def test_an_export_of_videos_alone_draws_no_picture_of_the_searches_again(
    onward: Refreshed, exports: dict[str, Path]
) -> None:
    before = onward.hash_files()
    times = {path: path.stat().st_mtime_ns for path in (onward.out / "patterns").glob("*.*")}
    done = onward.run(exports["videos"]).done
    assert done["ingest"].n_new_archives == 1
    drawn = done["charts"]
    assert (drawn.n_drawn, drawn.nothing_new) == (0, True) and drawn.n_kept > 4
    assert done["learn"].n_hours_learned == 0 and done["learn"].started["next_hour"] == "went on"
    after = onward.hash_files()
    changed = {
        name.partition("/")[0] for name in before.keys() | after.keys() if before.get(name) != after.get(name)
    }
    assert changed == {"tables", "report"}  # the page's ledger has a line more
    assert {path: path.stat().st_mtime_ns for path in (onward.out / "patterns").glob("*.*")} == times
