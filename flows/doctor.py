"""What ``almanac doctor`` looks at: versions, fonts, sizes and counts; never a row, a name or a query."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from flows.freshness import list_states
from pipeline.reading import READER
from pipeline.settings import Settings
from pipeline.tables.journal import Journal, list_damaged, list_home_lines, read_journal

PACKAGES = (
    "takeout-almanac",
    "babel",
    "beautifulsoup4",
    "duckdb",
    "fastapi",
    "filelock",
    "fonttools",
    "jinja2",
    "matplotlib",
    "numpy",
    "pandas",
    "pillow",
    "prefect",
    "publicsuffixlist",
    "pyarrow",
    "rich",
    "sqlalchemy",
    "typer",
    "tzdata",
    "wordcloud",
)
ROOMS = ("tables", "patterns", "models", "charts", "clouds", "report", "prefect", "sample")


def examine(settings: Settings) -> dict[str, dict[str, Any]]:
    """Return the findings by section; works before anything was taken in."""
    journal = read_journal(settings.out)
    return {
        "Python": {
            "version": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "Packages": {name: _find_version(name) for name in PACKAGES},
        "Fonts": {"shipped": _count_fonts()},
        "Settings": {
            "out": str(settings.out),
            "home_zone": ", ".join(list_home_lines(settings.home_zone)),
            "skip_limit": settings.skip_limit,
            "strict": settings.strict,
        },
        "Steps": dict(list_states(settings)),
        "Counts": {
            "archives": len(journal.inputs),
            "damaged": len(list_damaged(journal)),
            "of an older reader": sum(archive.reader < READER for archive in journal.inputs),
            **_list_counts(journal),
        },
        "Sizes in bytes": {room: _measure(settings.out / room) for room in ROOMS},
    }


def _find_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _count_fonts() -> int:
    fonts = files("pipeline.charts").joinpath("fonts").iterdir()
    return sum(file.name.endswith(".otf") for file in fonts)


def _list_counts(journal: Journal) -> dict[str, Any]:
    return {
        f"{step}.{name}": count
        for step, record in journal.steps.items()
        for name, count in record.counts.items()
        if isinstance(count, int | float)
    }


def _measure(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
