"""One call from an archive to a frame, for those who want just that."""

from __future__ import annotations

import tempfile
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.settings import load_settings
from pipeline.tables.intake import take_in
from pipeline.tables.progress import silent
from pipeline.tables.store import Store

if TYPE_CHECKING:
    import pandas as pd


def read_takeout(path: str | PathLike[str], *, home_zone: str | None = None) -> pd.DataFrame:
    """Return the activity table of an archive (zip, tgz, folder, or a pattern that names its parts).

    ``home_zone`` settles ambiguous zone abbreviations such as IST; ``None``: the settings', else the
    system's. Columns as in ``schema.ACTIVITY``; ``time`` is aware and in UTC. Nothing is left on disk.
    Raises ``ArchiveError``, ``SettingsError``.
    """
    from pipeline.reading.archive_paths import find_archives

    with tempfile.TemporaryDirectory(prefix="almanac-") as folder:
        settings = load_settings({"out": Path(folder) / "out", "home_zone": home_zone})
        take_in(find_archives([str(path)]), settings, tell=silent)
        return Store(settings.out).activity()
