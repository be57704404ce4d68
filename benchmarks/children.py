"""Runs a command in a process of its own, on so many cores, and says how long and in how much memory.

Cores are set on Linux alone. The memory is the largest sum of what the process and its children have
resident, looked at every 20 ms (Linux; pages that two of them share count twice); elsewhere on Unix it
is the peak of the largest of them, and on Windows it is not measured.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

LOOK_SECONDS = 0.02
HAS_CORES = hasattr(os, "sched_setaffinity")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if HAS_CORES else 0


class Ended(NamedTuple):
    """How a command ended."""

    seconds: float
    cpu_seconds: float | None  # of all its processes; ``None`` on Windows
    peak_bytes: int | None
    output: str


def run_measured(command: Sequence[str], *, cores: int | None = None) -> Ended:
    """Run a command to its end; raises ``CalledProcessError`` where it fails."""
    cpu_before = _children_cpu_seconds()
    before = os.sched_getaffinity(0) if HAS_CORES else set[int]()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        if cores and HAS_CORES:
            os.sched_setaffinity(0, sorted(before)[:cores])  # a child has the cores of its parent
        try:
            begin = time.perf_counter()
            child = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        finally:
            if cores and HAS_CORES:
                os.sched_setaffinity(0, before)
        peak = 0
        while child.poll() is None:
            if HAS_CORES:
                peak = max(peak, sum(map(_resident_bytes, _list_family(child.pid))))
            time.sleep(LOOK_SECONDS)
        seconds = time.perf_counter() - begin
        said.seek(0)
        output = said.read()
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command, output)
    cpu = _children_cpu_seconds()
    cpu_seconds = cpu - cpu_before if cpu is not None and cpu_before is not None else None
    return Ended(seconds, cpu_seconds, peak or _largest_child(), output)


def _list_family(pid: int) -> list[int]:
    """List a process and all below it."""
    family = [pid]
    for member in family:
        tasks = Path(f"/proc/{member}/task")
        try:
            for task in tasks.iterdir():
                family += map(int, (task / "children").read_text().split())
        except OSError:  # it has ended
            continue
    return family


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    except OSError:  # it has ended
        return 0


def _children_cpu_seconds() -> float | None:
    """Return the processor time of all children that have ended."""
    if sys.platform == "win32":
        return None
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _largest_child() -> int | None:
    """Return the peak of the largest child so far, which may be an earlier one."""
    if sys.platform == "win32":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, else in KiB
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
