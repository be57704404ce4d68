"""What ``almanac doctor`` looks at: versions, fonts, sizes and counts; never a row, a name or a query."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from flows.freshness import list_states
from pipeline.settings import Settings
from pipeline.tables.journal import read_journal

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
    "pyarrow",
    "rich",
    "sqlalchemy",
    "tldextract",
    "typer",
    "tzdata",
    "wordcloud",
)
ROOMS = ("tables", "patterns", "models", "charts", "clouds", "report", "prefect", "sample")


def examine(settings: Settings) -> dict[str, dict[str, Any]]:
    """Return the findings by section; works before anything was taken in."""
    return {
        "Python": {
            "version": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "Packages": {name: _find_version(name) for name in PACKAGES},
        "Fonts": {"shipped": len(_list_fonts())},
        "Settings": {
            "out": str(settings.out),
            "home_zone": ", ".join(_say_span(span) for span in settings.home_zone),
        },
        "Steps": dict(list_states(settings)),
        "Counts": {"archives": len(read_journal(settings.out).inputs), **_list_counts(settings.out)},
        "Sizes in bytes": {room: _measure(settings.out / room) for room in ROOMS},
    }


def _find_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _list_fonts() -> list[str]:
    return [
        file.name for file in files("pipeline.charts").joinpath("fonts").iterdir() if file.name[-4:] == ".otf"
    ]


def _say_span(span: tuple[Any, str]) -> str:
    return span[1] if span[0] is None else f"{span[0]} {span[1]}"


def _list_counts(out: Path) -> dict[str, Any]:
    return {
        f"{step}.{name}": count
        for step, record in read_journal(out).steps.items()
        for name, count in record.counts.items()
        if isinstance(count, int | float)
    }


def _measure(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
