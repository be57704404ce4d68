from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipeline.errors import LockedError, StoreError
from pipeline.tables.files import TEMPORARY
from pipeline.tables.lock import hold_lock, sweep_leftovers


def test_a_second_run_is_refused_in_words(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib\n"
        "from pipeline.tables.lock import hold_lock\n"
        "with hold_lock(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError) as error, hold_lock(tmp_path):
            pass
        holder.kill()
    assert str(error.value) == (
        f"Another run is writing here ({tmp_path}). Wait until it has ended, or use another --out."
    )
    with hold_lock(tmp_path):  # a killed process holds nothing
        pass


def test_a_step_inside_a_run_that_holds_the_lock_passes(tmp_path: Path) -> None:
    with hold_lock(tmp_path):
        with hold_lock(tmp_path):
            pass
        passed: list[bool] = []
        refused = threading.Thread(target=_expect_refusal, args=(tmp_path, passed))
        refused.start()
        refused.join()
    assert passed == [True]
    with hold_lock(tmp_path):
        pass


def _expect_refusal(folder: Path, passed: list[bool]) -> None:
    with pytest.raises(LockedError), hold_lock(folder):
        pass
    passed.append(True)


def test_a_folder_that_is_not_there_has_no_lock(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no such folder"), hold_lock(tmp_path / "no"):
        pass


@pytest.mark.parametrize(
    ("number", "remedy"), [(errno.ENOSPC, "Make room for it"), (errno.EROFS, "Allow writing there")]
)
def test_a_lock_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(StoreError) as error, hold_lock(tmp_path):
        pass
    assert str(error.value) == (
        f"Nothing can be written here: {os.strerror(number)} ({tmp_path / 'lock'}). "
        f"{remedy}, or use another --out."
    )


def test_a_file_system_without_locks_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with pytest.raises(StoreError) as error, hold_lock(tmp_path):
        pass
    assert str(error.value) == (
        f"This file system knows no locks ({tmp_path}). Use another --out, on a disk of yours."
    )


def test_leftovers_are_swept_unless_a_run_is_writing(tmp_path: Path) -> None:
    left = tmp_path / f"{TEMPORARY}0123456789ab-run.json"
    left.touch()
    refused = threading.Thread(target=sweep_leftovers, args=(tmp_path,))
    with hold_lock(tmp_path):
        refused.start()
        refused.join()
    assert left.exists()
    sweep_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
    (tmp_path / "lock").unlink()
    sweep_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []
