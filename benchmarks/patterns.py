"""Times all patterns and all pictures of a table of a million activities, and says where the time goes.

    python benchmarks/patterns.py [ACTIVITIES] [--runs N] [--only patterns|pictures] [--table FOLDER]

The two steps run as ``almanac run`` runs them, each in a process of its own on two cores; then, in another
process, part by part on one thread, which gives each part's share. NumPy's BLAS is held to one thread
(``OMP_NUM_THREADS``): else its threads take both cores from the other half of the work, wait in loops for
each other, and the same run takes now this long, now twice as long.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from activity_table import take_in_searches
from children import HAS_CORES, Ended, run_measured

PARTS = str(Path(__file__).with_name("answer_parts.py"))
CORES = 2


class Step(NamedTuple):
    """A step, the way that times its parts, and what is asked of it with a million activities."""

    name: str
    parts: str
    most_seconds: float


STEPS = (Step("patterns", "each-pattern", 5.0), Step("pictures", "each-picture", 60.0))
MOST_BYTES = 1.5e9


def run_way(way: str, out: Path, cores: int) -> tuple[Ended, dict[str, float]]:
    """Run one way in a process of its own; return how it ended, and the seconds that it printed."""
    # -P: else models.py of this folder would be taken for the package.
    ended = run_measured([sys.executable, "-P", PARTS, way, str(out)], cores=cores)
    seconds: dict[str, float] = json.loads(ended.output.splitlines()[-1])
    return ended, seconds


def print_step(step: Step, out: Path, n_runs: int, *, only_whole: bool) -> None:
    """Print the medians of a step: each part's seconds and share, then the whole beside what is asked."""
    print(f"\n{step.name:24}{'seconds':>9}{'share':>8}")
    if not only_whole:
        runs = [run_way(step.parts, out, 1)[1] for _ in range(n_runs)]
        medians = {part: statistics.median(run[part] for run in runs) for part in runs[0]}
        total = sum(medians.values())
        for part, seconds in medians.items():
            print(f"  {part:22}{seconds:9.2f}{seconds / total:8.1%}")
        print(f"  {'one after the other':22}{total:9.2f}{1:8.1%}")
    ended, wholes = zip(*(run_way(step.name, out, CORES) for _ in range(n_runs)), strict=True)
    seconds = statistics.median(whole["whole"] for whole in wholes)
    print(f"  {'as the step runs':22}{seconds:9.2f}{'':8}  asked: under {step.most_seconds:g} s")
    started = statistics.median(each.seconds for each in ended)
    print(f"  {'and Python’s start':22}{started:9.2f}")
    peaks = [each.peak_bytes for each in ended if each.peak_bytes]
    peak = f"{max(peaks) / 1e6:.0f}" if peaks else "?"
    print(f"  {'peak memory, MB':22}{peak:>9}{'':8}  asked: under {MOST_BYTES / 1e6:.0f} MB")
    used = [each.cpu_seconds for each in ended if each.cpu_seconds is not None]
    if used:
        print(f"  {'CPU seconds':22}{statistics.median(used):9.2f}")


def prepare(out: Path, n: int) -> None:
    """Make what the steps read, where it is not there: the table, the patterns and the models."""
    if not (out / "run.json").is_file():
        take_in_searches(out, n)
    for step in ("patterns", "learn"):
        run_measured([sys.executable, "-m", "flows", step, "--out", str(out)])


def main() -> None:
    """Print a table a step."""
    parser = argparse.ArgumentParser(description="Time all patterns and all pictures.")
    parser.add_argument("activities", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=[step.name for step in STEPS])
    parser.add_argument("--whole", action="store_true", help="leave the parts out")
    parser.add_argument("--table", type=Path, help="keep the table in this folder, or take the one there")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as name:
        out: Path = options.table or Path(name, "out")
        prepare(out, options.activities)
        rows = json.loads((out / "run.json").read_bytes())["steps"]["ingest"]["counts"]["rows"]
        cores = f"{CORES} cores" if HAS_CORES else "all cores, which cannot be set on this system"
        print(f"{rows:,} activities; medians of {options.runs} runs; the steps on {cores}, parts on one")
        for step in STEPS:
            if options.only in (None, step.name):
                print_step(step, out, options.runs, only_whole=options.whole)


if __name__ == "__main__":
    main()
