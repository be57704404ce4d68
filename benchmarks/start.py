"""Times what a light start takes, and what Prefect takes of a small run, in one run.

    python benchmarks/start.py [--runs N]

Each command runs in a process of its own, in turn, and its start is counted in: ``--help``; a run with
nothing new; and a small new archive, into a fresh folder, plainly, by Prefect with a temporary server, and by
Prefect with a standing one that runs already. The five steps' own seconds are those that ``--json`` prints.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from children import Ended, run_measured

from flows.plan import STEPS
from flows.prefect_server import open_prefect
from pipeline.sample import write_sample
from pipeline.tables.journal import prepare_out

ALMANAC = (sys.executable, "-m", "flows")
HELP, NOTHING_NEW, PLAIN = "almanac --help", "almanac run, nothing new", "a small new archive, --plain"
TEMPORARY, STANDING = "by Prefect, temporary server", "by Prefect, standing server"


class Times(NamedTuple):
    """The seconds of one run: in all, of the five steps, and of waiting for Prefect."""

    whole: float
    steps: float
    waiting: float

    @property
    def rest(self) -> float:
        """Starting, beginning and ending the flow, and ending the server."""
        return self.whole - self.steps - self.waiting


def list_ways(folder: Path) -> dict[str, Callable[[Path], Times]]:
    """Write a small archive, take it in once, and return for each way how to time it in a fresh folder."""
    since, until = date(2025, 11, 5), date(2025, 11, 19)
    sample = write_sample(folder / "archive", years=0, since=since, until=until, seed=2)
    run = [*ALMANAC, "run", str(sample.path), "--home-zone", "Europe/Paris", "--json", "--out"]
    known = folder / "known"
    figures = read_figures(run_measured([*run, str(known), "--plain"]))
    print(f"A small archive: {figures['ledger']['exports'][0]['found']:,} entries.")

    def run_beside_a_server(out: Path) -> Times:
        with keep_server(out):
            return read_times(run_measured([*run, str(out)]))

    return {
        HELP: lambda out: read_times(run_measured([*ALMANAC, "--help"])),
        NOTHING_NEW: lambda out: read_times(run_measured([*run, str(known)])),
        PLAIN: lambda out: read_times(run_measured([*run, str(out), "--plain"])),
        TEMPORARY: lambda out: read_times(run_measured([*run, str(out)])),
        STANDING: run_beside_a_server,
    }


def read_figures(ended: Ended) -> dict[str, Any]:
    """Read what a run printed as JSON, after a line a step; a help text holds none."""
    begin = ended.output.find("{\n")
    figures: dict[str, Any] = json.JSONDecoder().raw_decode(ended.output[begin:])[0] if begin >= 0 else {}
    return figures


def read_times(ended: Ended) -> Times:
    """Read how long a run took, and its parts."""
    steps = read_figures(ended).get("steps", {})
    seconds = {step: counts["seconds"] for step, counts in steps.items()}
    return Times(ended.seconds, sum(seconds.get(step, 0.0) for step in STEPS), seconds.get("prefect", 0.0))


@contextmanager
def keep_server(out: Path) -> Iterator[None]:
    """Have a standing server of Almanac's own run for ``out``, which the run then finds."""
    before = dict(os.environ)
    prepare_out(out)
    try:
        with open_prefect(out, standing=True):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def print_times(times: dict[str, list[Times]]) -> None:
    """Print the medians, a line a way, and Prefect's share and ours."""
    print(f"{'':32}{'seconds':>9}{'five steps':>12}{'waiting for Prefect':>21}{'the rest':>10}")
    whole = {}
    for name, runs in times.items():
        whole[name] = statistics.median(each.whole for each in runs)
        steps, waiting, rest = (
            statistics.median(getattr(each, part) for each in runs) for part in ("steps", "waiting", "rest")
        )
        parts = f"{steps:12.1f}{waiting:21.1f}{rest:10.1f}" if steps else ""
        print(f"{name:32}{whole[name]:9.2f}{parts}")
    for name in (TEMPORARY, STANDING):
        share = whole[name] - whole[PLAIN]
        print(
            f"{name}: Prefect's share {share:.1f} s ({share / whole[name]:.0%}), "
            f"ours {whole[PLAIN]:.1f} s, as --plain takes"
        )


def main() -> None:
    """Time every way in turn and print the table."""
    parser = argparse.ArgumentParser(description="Time a light start, and Prefect's share of a small run.")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print(f"Medians of {options.runs} runs.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ways = list_ways(folder)
        times: dict[str, list[Times]] = {way: [] for way in ways}
        for run in range(options.runs):
            for k, (way, time_it) in enumerate(ways.items()):
                times[way].append(time_it(folder / f"out-{run}-{k}"))
        print_times(times)


if __name__ == "__main__":
    main()
