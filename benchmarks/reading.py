"""Reads 100 MB of My Activity (100,000 entries, 2024 shape) and prints how fast, and in how much memory.

    python benchmarks/reading.py [ENTRIES]

The peers are plain inflating, which nothing can beat, and BeautifulSoup on one cell at a time (the
first ``N_BY_SOUP`` entries).
"""

from __future__ import annotations

import itertools
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.reading import soup
from pipeline.reading.archive import open_archive
from pipeline.reading.cells import iter_cells
from pipeline.reading.entries import EntryReader
from pipeline.reading.manner import speak_english
from pipeline.records import ArchiveFile, Cell

WORDS = ("apple", "bicycle", "camera", "desert", "engine", "forest", "garden", "harbour", "island", "kitchen")
CELL = '<div class="content-cell mdl-cell mdl-cell--'
SETTINGS = '<a href="https://myaccount.google.com/activitycontrols">here</a>'
AREA = (
    '<a href="https://www.google.com/maps/@?api=1&amp;map_action=map&amp;center=10.{place},-20.5&amp;zoom=12">'
    "this general area</a>"
)
ENTRY = (
    '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
    '<div class="header-cell mdl-cell mdl-cell--12-col"><p class="mdl-typography--title">Search<br></p></div>'
    f'{CELL}6-col mdl-typography--body-1">{{body}}<br>{{date}}</div>'
    f'{CELL}6-col mdl-typography--body-1 mdl-typography--text-right"></div>'
    f'{CELL}12-col mdl-typography--caption"><b>Products:</b><br>&emsp;Search<br>{{places}}'
    "<b>Why is this here?</b><br>&emsp;This activity was saved to your Google Account because the following "
    f"settings were on:&nbsp;Web &amp; App Activity.&nbsp;You can control these settings &nbsp;{SETTINGS}."
    "</div></div></div>"
)
BEGINNING = "<html><head><title>My Activity History</title><style>{css}</style></head><body><div>"
N_BY_SOUP = 2_000
N_RUNS = 5
WAYS = (
    "almanac ingest, zip to tables",
    "reading alone",
    "plain inflating",
    "BeautifulSoup, a cell at a time",
)


def write_archive(path: Path, n_entries: int) -> None:
    """Write a zip with one page of ``n_entries`` searches and result clicks, newest first."""
    rng = random.Random(0)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("Takeout/My Activity/Search/MyActivity.html", "w") as page,
    ):
        page.write(BEGINNING.format(css=".a{color:red}" * 10_000).encode())
        for seconds in range(n_entries * 600, 0, -600):
            page.write(_write_entry(rng, seconds).encode())
        page.write(b"</div></body></html>")


def _write_entry(rng: random.Random, seconds: int) -> str:
    moment = time.gmtime(1_600_000_000 + seconds)
    half = "AM" if moment.tm_hour < 12 else "PM"
    date = time.strftime("%b ", moment) + f"{moment.tm_mday}, {moment.tm_year}, {moment.tm_hour % 12 or 12}"
    date += time.strftime(":%M:%S", moment) + f"\u202f{half} CET"
    words = rng.choices(WORDS, k=3)
    if rng.random() < 0.3:
        site = f"http://www.{words[0]}.example/{'/'.join(words)}"
        body = f'Visited\xa0<a href="https://www.google.com/url?q={site}&amp;usg=AFQjCN">{site}</a>'
    else:
        address = "https://www.google.com/search?q=" + "+".join(words)
        body = f'Searched for\xa0<a href="{address}">{" ".join(words)}</a>'
    places = ""
    if rng.random() < 0.5:
        places = f"<b>Locations:</b><br>&emsp;At {AREA.format(place=rng.randrange(100))}"
        places += " - Based on your past activity<br>"
    return ENTRY.format(body=body, date=date, places=places)


def pages_of(path: Path) -> Iterator[ArchiveFile]:
    """Walk over the archive's files."""
    return open_archive(path).files()


def time_inflating(path: Path) -> float:
    """Inflate everything and throw it away; seconds."""
    begin = time.perf_counter()
    for file in pages_of(path):
        with file.open() as stream:
            while stream.read(1 << 20):
                pass
    return time.perf_counter() - begin


def time_reading(path: Path) -> tuple[float, int, int]:
    """Read every entry and throw it away; seconds, entries, and how many fell to BeautifulSoup."""
    begin = time.perf_counter()
    seen = by_soup = 0
    for file in pages_of(path):
        reader = EntryReader(file, home_zone="Europe/Paris")
        for _ in reader:
            pass
        seen, by_soup = seen + reader.counts.seen, by_soup + reader.counts.by_soup
    return time.perf_counter() - begin, seen, by_soup


def time_beautifulsoup(path: Path) -> tuple[float, int]:
    """Read the first entries by BeautifulSoup alone; seconds and bytes."""
    manner = speak_english("Europe/Paris")
    begin, n_bytes = time.perf_counter(), 0
    for file in pages_of(path):
        with file.open() as stream:
            for cell in itertools.islice(iter_cells(stream), N_BY_SOUP):
                if isinstance(cell, Cell):
                    soup.parse_cell(cell, manner)
                    n_bytes += len(cell.content)
    return time.perf_counter() - begin, n_bytes


def time_ingest(path: Path, out: Path) -> float:
    """Take the archive in by the command line, in a process of its own; seconds."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "flows", "ingest", str(path), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def main(n_entries: int) -> None:
    """Print one line for each way of reading: the median of ``N_RUNS`` runs, taken in turn."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "takeout-20251120T081500Z-1-001.zip")
        write_archive(path, n_entries)
        n_bytes = sum(file.n_bytes for file in pages_of(path))
        print(
            f"{n_entries:,} entries, {n_bytes / 1e6:.1f} MB of HTML, "
            f"compressed {n_bytes / path.stat().st_size:.0f}:1, medians of {N_RUNS} runs"
        )
        speeds: dict[str, list[float]] = {name: [] for name in WAYS}
        for run in range(N_RUNS):
            seconds, seen, by_soup = time_reading(path)
            soup_seconds, soup_bytes = time_beautifulsoup(path)
            taken = (time_ingest(path, Path(folder, f"out-{run}")), seconds, time_inflating(path))
            for name, value in zip(
                WAYS, [*(n_bytes / t for t in taken), soup_bytes / soup_seconds], strict=True
            ):
                speeds[name].append(value / 1e6)
        slowest = statistics.median(speeds[WAYS[-1]])
        for name, values in speeds.items():
            speed = statistics.median(values)
            print(f"{name:32} {speed:8.1f} MB/s {speed / slowest:6.0f} times BeautifulSoup")
        unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, else in KiB
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6
        print(f"peak memory of almanac ingest: {peak:.0f} MB")
        print(f"entries that fell to BeautifulSoup: {by_soup / seen:.2%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
