"""What reading is measured against, each in a process of its own: ``python peers.py WAY PATH``.

The peers' packages are not in our lock: this file runs under any Python that has them, and imports of
Almanac only what a way needs.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

PAGE = "Takeout/My Activity/Search/MyActivity.html"


def inflate(path: Path) -> None:
    """Inflate the page and throw it away: nothing that reads it can be faster."""
    with zipfile.ZipFile(path) as archive, archive.open(PAGE) as page:
        while page.read(1 << 20):
            pass


def read_by_soup(path: Path) -> None:
    """Read the whole page by BeautifulSoup on lxml: of each entry, header, lines and links."""
    from bs4 import BeautifulSoup

    with zipfile.ZipFile(path) as archive:
        soup = BeautifulSoup(archive.read(PAGE), "lxml")
    found = []
    for cell in soup.find_all("div", class_="outer-cell"):
        header = cell.find("p", class_="mdl-typography--title").get_text()
        parts = [
            ([*part.stripped_strings], [link["href"] for link in part.find_all("a")])
            for part in cell.find_all("div", class_="content-cell")
        ]
        found.append((header, parts))
    print(len(found))


def read_by_takeout_parser(path: Path) -> None:
    """Read an unpacked Takeout as google_takeout_parser's own page says; it takes no zip."""
    from google_takeout_parser.path_dispatch import TakeoutParser

    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
        events = list(TakeoutParser(Path(folder, "Takeout"), error_policy="drop").parse(cache=False))
    print(len(events))


def merge(out: Path) -> None:
    """Merge the exports that ``out`` holds once more."""
    from pipeline.settings import load_settings
    from pipeline.tables.journal import read_journal
    from pipeline.tables.merge import merge_parts
    from pipeline.tables.progress import silent

    home_zone = load_settings({"out": out, "home_zone": "Europe/Paris"}).home_zone
    print(merge_parts(out, read_journal(out).parts, home_zone=home_zone, tell=silent).n_rows)


WAYS = {"inflate": inflate, "soup": read_by_soup, "takeout_parser": read_by_takeout_parser, "merge": merge}

if __name__ == "__main__":
    WAYS[sys.argv[1]](Path(sys.argv[2]))
