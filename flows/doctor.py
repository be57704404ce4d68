"""What ``almanac doctor`` looks at: versions, fonts, sizes and counts; never a name or a query.

Of the tables it reads but the languages of the files, and says only those that CLDR knows.
"""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any

from flows.freshness import list_states
from flows.upkeep import describe_last, examine_folder
from pipeline.errors import AlmanacError
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
    "psutil",
    "publicsuffixlist",
    "pyarrow",
    "rich",
    "sqlalchemy",
    "typer",
    "tzdata",
    "wordcloud",
)
ROOMS = (
    "tables",
    "patterns",
    "models",
    "charts",
    "clouds",
    "report",
    "prefect",
    "sample",
    "studies",
    "cohort",
)


def examine(settings: Settings) -> dict[str, dict[str, Any]]:
    """Return the findings by section; works before anything was taken in."""
    journal = read_journal(settings.out)
    return {
        "Python": {
            "version": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "Packages": {name: _find_version(name) for name in PACKAGES},
        "Fonts": {"shipped": _count_fonts(), **_describe_scripts(settings.out)},
        "Settings": {
            "out": str(settings.out),
            "home_zone": ", ".join(list_home_lines(settings.home_zone)),
            "skip_limit": settings.skip_limit,
            "strict": settings.strict,
        },
        "Folder": examine_folder(settings.out, journal),
        "Steps": dict(list_states(settings)),
        "Last run": describe_last(journal),
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


def _describe_scripts(out: Path) -> dict[str, str]:
    """Say of which languages the archive is, and what fonts their scripts need that are not here."""
    from babel import Locale, UnknownLocaleError

    from pipeline.charts.faces import list_installed, list_missing
    from pipeline.charts.scripts import list_scripts, name_packages

    names = {}
    for language in _list_languages(out):
        try:
            locale = Locale.parse(language, sep="-" if "-" in language else "_")
        except (UnknownLocaleError, ValueError):
            continue
        names[language] = locale.get_language_name(str(locale)) or ""  # in its own script
    if not names:
        return {}
    scripts = {script for name in names.values() if list_missing(name, True) for script in list_scripts(name)}
    packages = name_packages(scripts, list_installed())
    wanted = f"{', '.join(sorted(scripts))} (install {', '.join(packages) or 'a font of them'})"
    return {"languages": ", ".join(sorted(names)), "scripts without a font": wanted if scripts else "none"}


def _list_languages(out: Path) -> list[str]:
    from pipeline.tables.store import Store
    from pipeline.tables.trouble import explain_duckdb

    try:
        with explain_duckdb(out), Store(out).connect() as connection:
            rows = connection.execute("SELECT DISTINCT language FROM file").fetchall()
    except AlmanacError:  # nothing was taken in, or what was is damaged: the steps say so
        return []
    return [language for (language,) in rows if language is not None]


def _list_counts(journal: Journal) -> dict[str, Any]:
    return {
        f"{step}.{name}": count
        for step, record in journal.steps.items()
        for name, count in record.counts.items()
        if isinstance(count, int | float) and not isinstance(count, bool)
    }


def _measure(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
