"""Times ``almanac ingest``, zip to committed tables, beside its peers, in one run.

    python benchmarks/reading.py [ENTRIES] [--runs N] [--shape 2024|2026] [--peer-python PATH]

Each way runs in a process of its own, in turn, and its start is counted in. The peers are plain inflating,
which nothing can beat, BeautifulSoup (lxml) on the whole page and google_takeout_parser. These two take
minutes and gigabytes for 100,000 entries, so that they read a page of 4,000 (``--peer-entries``). lxml and
google_takeout_parser are not in our lock: ``--peer-python`` names the Python of an environment that has
them and beautifulsoup4.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from archive_shapes import SHAPES, write_archive
from children import HAS_CORES, Ended, run_measured

from pipeline.tables.store import Store

PEERS = str(Path(__file__).with_name("peers.py"))
STAMPS = ("20241120T081500Z", "20250520T081500Z", "20251120T081500Z")
OURS = "almanac ingest, one core" if HAS_CORES else "almanac ingest"


class Way(NamedTuple):
    """One way of reading, and the page it reads."""

    name: str
    command: Sequence[str]
    n_bytes: int
    cores: int | None = None


def list_ways(
    folder: Path, n_entries: int, shape: str, n_by_peers: int, peer_python: str | None
) -> list[Way]:
    """Write the archives, and list the ways that this machine has."""
    path = folder / f"takeout-{STAMPS[-1]}-1-001.zip"
    n_bytes = write_archive(path, n_entries, shape)
    small = folder / f"slice-{path.name}"
    n_small = write_archive(small, n_by_peers, shape)
    print(f"\n{n_entries:,} entries in the shape of {shape}: {n_bytes / 1e6:.0f} MB, "
          f"compressed {n_bytes / path.stat().st_size:.0f}:1")  # fmt: skip
    ingest = (*(sys.executable, "-m", "flows", "ingest", str(path)), *("--home-zone", "Europe/Paris"))
    ways = [Way(OURS, ingest, n_bytes, 1 if HAS_CORES else None)]
    if HAS_CORES:
        ways.append(Way("almanac ingest, two cores", ingest, n_bytes, 2))
    ways.append(Way("plain inflating", (sys.executable, PEERS, "inflate", str(path)), n_bytes, 1))
    if peer_python:
        for name, way in (("BeautifulSoup (lxml)", "soup"), ("google_takeout_parser", "takeout_parser")):
            ways.append(Way(name, (peer_python, PEERS, way, str(small)), n_small, 1))
    return ways


def time_ways(ways: Sequence[Way], folder: Path, n_runs: int) -> dict[str, list[Ended]]:
    """Run every way ``n_runs`` times, in turn."""
    ended: dict[str, list[Ended]] = {way.name: [] for way in ways}
    for run in range(n_runs):
        for k, way in enumerate(ways):
            out = ("--out", str(folder / f"out-{run}-{k}")) if way.name.startswith("almanac") else ()
            ended[way.name].append(run_measured([*way.command, *out], cores=way.cores))
    return ended


def print_ways(ways: Sequence[Way], ended: dict[str, list[Ended]]) -> None:
    """Print one line a way: the medians, and the ratio of its speed to ours."""
    speeds = {
        way.name: way.n_bytes / 1e6 / statistics.median(each.seconds for each in ended[way.name])
        for way in ways
    }
    print(f"{'':28}{'MB/s':>9}{'seconds':>9}{'CPU s':>9}{'peak MB':>9}  its speed to ours")
    for way in ways:
        seconds = statistics.median(each.seconds for each in ended[way.name])
        peaks = [each.peak_bytes for each in ended[way.name] if each.peak_bytes]
        peak = f"{max(peaks) / 1e6:.0f}" if peaks else "?"
        used = [each.cpu_seconds for each in ended[way.name] if each.cpu_seconds is not None]
        cpu = f"{statistics.median(used):.2f}" if used else "?"
        ratio = speeds[way.name] / speeds[OURS]
        said = f"{ratio:.2f}" if ratio > 0.1 else f"1/{1 / ratio:.0f}"
        print(f"{way.name:28}{speeds[way.name]:9.1f}{seconds:9.2f}{cpu:>9}{peak:>9}  {said}")
        if way.command[0] != sys.executable:
            n_read = int(ended[way.name][0].output.split()[-1])
            print(f"{'':28}  entries read: {n_read:,}")


def print_merge(folder: Path, n_entries: int, shape: str, n_runs: int) -> None:
    """Print what it takes to merge three exports, of which the first two are older by a tenth each."""
    out = folder / "merged"
    for k, stamp in enumerate(STAMPS):
        path = folder / f"takeout-{stamp}-2-001.zip"
        write_archive(path, n_entries, shape, n_later=(len(STAMPS) - 1 - k) * n_entries // 10)
        command = [sys.executable, "-m", "flows", "ingest", str(path), "--out", str(out)]
        run_measured([*command, "--home-zone", "Europe/Paris"])
        path.unlink()
    ended = [
        run_measured([sys.executable, PEERS, "merge", str(out)], cores=1 if HAS_CORES else None)
        for _ in range(n_runs)
    ]
    seconds = statistics.median(each.seconds for each in ended)
    peak = max(each.peak_bytes or 0 for each in ended) / 1e6
    print(f"merging 3 such exports into {int(ended[0].output):,} rows: {seconds:.2f} s, peak {peak:.0f} MB")


def print_share_by_soup(out: Path) -> None:
    """Print how many entries the scanner left to BeautifulSoup."""
    files = Store(out).files()
    print(f"entries that fell to BeautifulSoup: {files['by_soup'].sum() / files['seen'].sum():.2%}")


def main() -> None:
    """Print a table a shape."""
    parser = argparse.ArgumentParser(description="Time almanac ingest beside its peers.")
    parser.add_argument("entries", nargs="?", type=int, default=100_000, help="100000 is 0.1 GB")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--shape", choices=list(SHAPES), action="append")
    parser.add_argument(
        "--peer-python", help="a Python that has google_takeout_parser, beautifulsoup4 and lxml"
    )
    parser.add_argument("--peer-entries", type=int, default=4_000, help="how many the peers read")
    options = parser.parse_args()
    print(
        f"Medians of {options.runs} runs; peaks are the largest of all. MB are of HTML, a million bytes each."
    )
    if not HAS_CORES:
        print("Cores cannot be set on this system: everything runs on all of them.")
    if options.peer_python:
        print(f"BeautifulSoup and google_takeout_parser read a page of {options.peer_entries:,} entries.")
    else:
        print("BeautifulSoup (lxml), google_takeout_parser: not installed; see --peer-python.")
    for shape in options.shape or SHAPES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            ways = list_ways(folder, options.entries, shape, options.peer_entries, options.peer_python)
            print_ways(ways, time_ways(ways, folder, options.runs))
            print_share_by_soup(folder / "out-0-0")
            print_merge(folder, options.entries, shape, options.runs)


if __name__ == "__main__":
    main()
