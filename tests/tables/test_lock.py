from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipeline.errors import LockedError, StoreError
from pipeline.tables.lock import hold_lock


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
