"""Where archives lie: the paths, patterns and folders that the owner names → the archives there.

Browsers, macOS and people rename them, unpack them side by side and leave unfinished downloads around.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import ArchiveError
from pipeline.reading.archive import ARCHIVE_NAME, open_archive
from pipeline.reading.dispatch import HEAD_BYTES, needs_head, recognise
from pipeline.reading.members import DAMAGE

OUR_NAME = re.compile(r"takeout|.*takeout-\d{8}T\d{6}Z", re.IGNORECASE)
# Unpacking several parts on macOS gives Takeout, Takeout 2, Takeout 3.
UNPACKED = re.compile(r"takeout(?: \(?\d+\)?|-\d{8}T\d{6}Z.*)?", re.IGNORECASE)
UNFINISHED = (".crdownload", ".part", ".partial", ".tmp", ".download")  # browsers' downloads under way


def find_archives(patterns: Sequence[str]) -> list[Path]:
    """List the archives that paths, patterns (``~/Downloads/takeout-*.zip``) and folders stand for.

    A folder gives its takeout zips and each unpacked ``Takeout/``; where there is none of that name, the
    zips that hold activity; else itself, as what lies in an unpacked Takeout. Sorted, each once. Raises
    ``ArchiveError``.
    """
    found: dict[Path, Path] = {}
    for pattern in patterns:
        whole = Path(pattern).expanduser()
        paths = [whole] if whole.exists() else match_pattern(whole)
        if not paths:
            raise ArchiveError(
                "No archive was found",
                where=pattern,
                remedy="Check the path; a pattern such as '~/Downloads/takeout-*.zip' wants quotes.",
            )
        for path in paths:
            for archive in _look_into(path) if path.is_dir() else [path]:
                found.setdefault(archive.resolve(), archive.absolute())
    return sorted(found.values())


def match_pattern(pattern: Path) -> list[Path]:
    """List what a pattern names; folders that are there as they are written may hold brackets."""
    folder = next((folder for folder in pattern.parents if folder.is_dir()), Path())
    # pathlib has no root_dir: brackets in the folder's own name would be read as a pattern
    names = glob.glob(str(pattern.relative_to(folder)), root_dir=folder, recursive=True)  # noqa: PTH207
    return sorted(folder / name for name in names if not name.lower().endswith(UNFINISHED))


def _look_into(folder: Path) -> list[Path]:
    children = sorted(folder.iterdir())
    packed = [child for child in children if child.is_file() and ARCHIVE_NAME.fullmatch(child.name)]
    unpacked = [child for child in children if child.is_dir() and UNPACKED.fullmatch(child.name)]
    ours = [child for child in packed if OUR_NAME.match(child.name)]
    if not ours and not unpacked:
        ours = [child for child in packed if holds_activity(child)]
    if ours or unpacked:
        return ours + unpacked
    if any(True for end in ("html", "json") for _ in folder.rglob(f"*.{end}")):
        return [folder]
    raise ArchiveError(
        "This folder holds no Takeout archive",
        where=str(folder),
        remedy="Give the takeout-….zip itself, or the folder that it was unpacked to.",
    )


def holds_activity(path: Path) -> bool:
    """Say whether an archive can be opened and has a file of activity in it."""
    try:
        for file in open_archive(path).files():
            if file.refused is None and needs_head(file.name):
                with file.open() as stream:
                    kind = recognise(file.name, stream.read(HEAD_BYTES)).kind
                if kind not in ("ignored", "unknown"):
                    return True
    except (ArchiveError, *DAMAGE):
        pass
    return False
