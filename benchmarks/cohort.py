"""Shows how a cohort's time falls with workers, and how its memory stays flat in the number of archives.

    python benchmarks/cohort.py [--archives 4 8 16] [--workers 1 2] [--runs N] [--plain]

Each archive is an invented one of a few weeks, with a seed of its own; all that a run makes for a person is
made, to the report. Each worker brings a core, as each would on a cluster: one person's run alone would else
have all the cores for its pictures. Times are medians of N runs of the fewest archives; memory is the largest
sum of what the command, Prefect's server and the people's processes have resident at once.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from datetime import date
from pathlib import Path

from children import Ended, run_measured

from pipeline.sample import write_sample

SINCE, UNTIL = date(2025, 10, 25), date(2025, 11, 19)


def make_class(folder: Path, n: int) -> Path:
    """Write ``n`` people's archives, each in a sub-folder."""
    for seed in range(n):
        place = folder / f"person {seed + 1}"
        written = write_sample(place / "made", years=0, since=SINCE, until=UNTIL, seed=seed)
        shutil.move(written.path, place / written.path.name)
        shutil.rmtree(place / "made")
    return folder


def run_cohort(folder: Path, n_workers: int, *, plain: bool) -> Ended:
    """Run a class from nothing, on as many cores as workers, in a fresh output folder."""
    with tempfile.TemporaryDirectory(prefix="almanac-cohort-") as out:
        words = ["--out", str(Path(out) / "out"), "--workers", str(n_workers), "--home-zone", "Europe/Paris"]
        more = ["--plain"] if plain else []
        command = [sys.executable, "-m", "flows", "cohort", str(folder), *words, *more]
        return run_measured(command, cores=n_workers)


def print_line(what: str, seconds: float, ended: list[Ended], ratio: float) -> None:
    """Print a line of either table."""
    peaks = [each.peak_bytes for each in ended if each.peak_bytes]
    peak = f"{statistics.median(peaks) / 1e6:.0f}" if peaks else "?"
    cpu = [each.cpu_seconds for each in ended if each.cpu_seconds is not None]
    used = f"{statistics.median(cpu):.1f}" if cpu else "?"
    print(f"{what:28}{seconds:9.1f}{used:>9}{peak:>10}{ratio:9.2f}", flush=True)


def main() -> None:
    """Print a table of times and one of memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--archives", type=int, nargs="+", default=[4, 8, 16])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--plain", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="almanac-class-") as place:
        classes = {n: make_class(Path(place) / str(n), n) for n in given.archives}
        fewest = min(classes)
        print(f"{'':28}{'seconds':>9}{'CPU s':>9}{'peak MB':>10}{'ratio':>9}")
        first = None
        for n_workers in given.workers:
            ended = [run_cohort(classes[fewest], n_workers, plain=given.plain) for _ in range(given.runs)]
            seconds = statistics.median(each.seconds for each in ended)
            first = first or seconds
            print_line(f"{fewest} archives, {n_workers} at once", seconds, ended, first / seconds)
        print("ratio: how many times as fast as the first line\n")
        least = None
        for n, folder in classes.items():
            once = run_cohort(folder, max(given.workers), plain=given.plain)
            least = least or once.peak_bytes
            ratio = once.peak_bytes / least if once.peak_bytes and least else float("nan")
            print_line(f"{n} archives, {max(given.workers)} at once", once.seconds, [once], ratio)
        print("ratio: peak memory, of the first of these lines")


if __name__ == "__main__":
    main()
