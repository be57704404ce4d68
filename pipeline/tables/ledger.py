"""The ledger's words: which files an export brought, of which kind and language, and which were not read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.reading.members import NOT_WHOLE

if TYPE_CHECKING:
    import pandas as pd

LEDGER_FIGURES = ("export", "found", "known", "set_aside", "new", "balance")
"""One line of the ledger, as ``run.json`` keeps it."""

KINDS = {"my_activity_html": "HTML", "activity_json": "JSON"}
"""The kinds of file that are read, as the ledger names them."""

UNREAD_KINDS = {
    "refused": "Not opened",
    "unknown": "Unknown to Almanac",
    "unread": "Not read yet",
    "ignored": "Left out on purpose",
}
"""The kinds of file that are not read, what could matter first."""

STANDS_FOR_FILE = f"NOT starts_with(coalesce(reason, ''), '{NOT_WHOLE}')"
"""In SQL: a row of ``file`` is a file, not the word of an archive that it breaks off, which a note has."""


def describe_files(files: pd.DataFrame) -> pd.DataFrame:
    """Say in words what each export brought.

    ``files``: the columns of ``Store.files()``. Returns export, n_files (read and counted), files
    ('2 files, HTML, English') and n_copies (read, and left out as copies).
    """
    import pandas as pd

    lines = []
    for export, group in files.groupby("export", sort=True):
        read = group[group["kind"].isin(list(KINDS))]
        counted = read[~read["copy"]]
        text = say_files(len(counted), counted["kind"].unique(), counted["language"].dropna().unique())
        lines.append((export, len(counted), text, len(read) - len(counted)))
    return pd.DataFrame(lines, columns=["export", "n_files", "files", "n_copies"])


def say_files(n_files: int, kinds: Iterable[str], languages: Iterable[str]) -> str:
    """Write '2 files, HTML, English and German' for kinds as in ``KINDS`` and codes of languages."""
    words = [
        f"{n_files:,} file" + ("" if n_files == 1 else "s"),
        _join(KINDS[kind] for kind in kinds),
        _join(_name_language(code) for code in languages),
    ]
    return ", ".join(word for word in words if word)


def _join(words: Iterable[str]) -> str:
    *first, last = sorted(set(words)) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _name_language(code: str) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(code.replace("-", "_")).get_language_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code
