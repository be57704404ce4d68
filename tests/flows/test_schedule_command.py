"""``almanac schedule`` says at once what is wrong, hands on what it was given; ``--once`` ends by itself."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flows.commands import app
from flows.progress import Watcher
from pipeline.settings import find_system_zone, load_settings
from pipeline.tables.lock import hold_lock


@dataclass(frozen=True)
class Counts:
    n_new_archives: int
    new_rows: int
    parts: tuple[str, ...] = ()


@pytest.fixture
def watch(tmp_path: Path) -> Path:
    (tmp_path / "down loads").mkdir()
    return tmp_path / "down loads"


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Put in the place of ``almanac run``'s job one that only notes the archives."""
    done: list[list[str]] = []

    @contextmanager
    def open_job(*_: Any, plain: bool, verbose: bool, say: Callable[[str], None]) -> Iterator[Any]:
        assert (plain, verbose) == (False, False)

        def job(archives: Sequence[str], options: Mapping[str, str], watcher: Watcher) -> None:
            assert options["home_zone"] == "Europe/Paris"
            done.append([Path(path).name for path in archives])
            watcher.end("ingest", Counts(len(archives), 7), 0.0)

        yield job

    monkeypatch.setattr("flows.job.open_job", open_job)
    return done


def call(watch: Path, *words: str | Path) -> Result:
    more = [str(word) for word in words]
    return CliRunner().invoke(app, ["schedule", "--watch", str(watch), "--home-zone", "Europe/Paris", *more])


def test_once_takes_in_what_waits_says_so_and_ends(
    watch: Path, tmp_path: Path, jobs: list[list[str]], tiny_archive: Path
) -> None:
    out = tmp_path / "out"
    empty = call(watch, "--once", "--out", out)
    assert (empty.stdout, empty.exit_code, jobs) == ("nothing new\n", 0, [])
    shutil.copy(tiny_archive, watch)
    then = time.time() - 3600
    os.utime(watch / tiny_archive.name, (then, then))
    done = call(watch, "--once", "--out", out)
    assert (done.stdout, done.exit_code) == ("1 archive taken in, 7 new rows\n", 0)
    assert jobs == [[tiny_archive.name]]


def test_once_beside_another_run_says_so_and_ends_well(
    watch: Path, tmp_path: Path, jobs: list[list[str]]
) -> None:
    import threading

    out, ends = tmp_path / "out", list[Result]()
    call(watch, "--once", "--out", out)
    with hold_lock(out):  # another thread has another context: it holds nothing
        thread = threading.Thread(target=lambda: ends.append(call(watch, "--once", "--out", out)))
        thread.start()
        thread.join()
    assert (ends[0].stdout, ends[0].exit_code, jobs) == ("another refresh is running\n", 0, [])


def test_what_is_served_is_the_folder_and_the_slots_and_options_go_beside_it(
    watch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, Any] = {}

    def keep_schedule(out: Path, plan: Mapping[str, Any], **more: Any) -> None:
        kept.update(out=out, plan=plan, **{name: more[name] for name in ("options", "server", "verbose")})

    monkeypatch.setattr("flows.schedule_keeper.keep_schedule", keep_schedule)
    monkeypatch.chdir(tmp_path)
    done = call(Path(watch.name), "--out", "out", "--filter", "product=maps", "--redact")
    assert done.exit_code == 0, done.stderr
    out = str(tmp_path / "out")
    assert kept == {
        "out": tmp_path / "out",
        "plan": {
            "watch": str(watch),
            "out": out,
            "cron": "0 6 * * 1",
            "zone": find_system_zone(),
            "name": "watch",
        },
        "options": {"out": out, "home_zone": "Europe/Paris", "filter": "product=maps", "redact": "true"},
        "server": None,
        "verbose": False,
    }
    variables = {f"ALMANAC_{name.upper()}": value for name, value in kept["options"].items()}
    given = {**kept["options"]}
    assert load_settings({"out": out}, environment=variables) == load_settings(given, environment={})


def test_on_a_server_of_ones_own_the_schedules_of_two_folders_have_two_names(
    watch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []

    def keep_schedule(out: Path, plan: Mapping[str, Any], *, server: str, **_: Any) -> None:
        names.append((plan["name"], server))

    monkeypatch.setattr("flows.schedule_keeper.keep_schedule", keep_schedule)
    monkeypatch.setattr("flows.prefect_address.require_answer", lambda address: None)
    for out in ("one", "two", "one"):
        call(watch, "--out", tmp_path / out, "--server", "http://127.0.0.1:4200")
    (one, address), (two, _), (again, _) = names
    assert (one, address) == (again, "http://127.0.0.1:4200/api")
    assert one != two
    assert one.startswith("watch-")


@pytest.mark.parametrize("once", [(), ("--once",)])
def test_a_folder_that_is_not_there_is_said_at_once(
    tmp_path: Path, once: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = call(tmp_path / "nowhere", "--out", tmp_path / "out", *once)
    assert done.exit_code == 2
    assert done.stderr == (
        f"almanac schedule: There is no such folder to watch ({tmp_path / 'nowhere'}). "
        "Give the folder into which the archives come, such as ~/Downloads.\n"
    )


def test_a_server_off_this_machine_needs_a_second_word(watch: Path, tmp_path: Path) -> None:
    done = call(watch, "--out", tmp_path / "out", "--server", "https://api.prefect.cloud/api")
    assert done.exit_code == 2
    assert done.stderr.startswith(
        "almanac schedule: This Prefect server is not on this machine, and it would"
    )
    assert not (tmp_path / "out").exists()


def test_without_a_folder_to_watch_it_is_asked_for() -> None:
    done = CliRunner().invoke(app, ["schedule"])
    assert done.exit_code == 2
    assert "--watch" in done.stderr
