"""With what the files were made: Python and the packages whose version bears on their bytes."""

from __future__ import annotations

import platform
from functools import cache

PACKAGES = (
    *("beautifulsoup4", "budoux", "duckdb", "fonttools", "jinja2", "kiwipiepy", "matplotlib", "numpy"),
    *("pandas", "pillow", "publicsuffixlist", "pyarrow", "rjieba", "scipy", "tzdata", "wordcloud"),
)


@cache
def list_versions() -> dict[str, str]:
    """Return the versions by name, without an import of the packages; what is not installed is left out."""
    from importlib.metadata import PackageNotFoundError, version

    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
