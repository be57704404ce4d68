"""The ledger on a terminal: every export's entries accounted for, as on a bank statement.

Found is what was known already, what was set aside and what is new; the balance is what the tables hold.
It is made without pandas, since ``almanac ingest`` ends with it and stays small.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

FIGURES = ("found", "known", "set_aside", "new", "balance")
TITLES = ("Found", "Known", "Set aside", "New", "Balance")
FILES = """
    SELECT export, kind, language, reason, "copy", count(*) AS n
    FROM file GROUP BY ALL ORDER BY ALL
"""
SKIPPED = "SELECT reason, count(*) AS n FROM skipped GROUP BY ALL ORDER BY n DESC, reason"


def list_ledger(out: Path) -> dict[str, Any]:
    """Return the ledger's lines, what was set aside and what was not read, without a word of content."""
    from pipeline.tables.ledger import KINDS, LEDGER_FIGURES
    from pipeline.tables.store import Store

    store = Store(out)
    with store.connect() as connection:
        files = _fetch(connection, FILES)
        set_aside = _fetch(connection, SKIPPED)
    counts = store.journal.steps["ingest"].counts
    lines: list[dict[str, Any]] = []
    for figures in counts["ledger"]:
        line = dict(zip(LEDGER_FIGURES, figures, strict=True))
        here = [row for row in files if row["export"] == line["export"] and not row["copy"]]
        read = [row for row in here if row["kind"] in KINDS]
        line["n_files"] = sum(row["n"] for row in read)
        line["kinds"] = sorted({KINDS[row["kind"]] for row in read})
        line["languages"] = sorted({row["language"] for row in read if row["language"]})
        lines.append(line)
    unread: Counter[str] = Counter()
    guessed: Counter[str] = Counter()
    for row in files:
        if row["kind"] not in KINDS and not row["copy"]:
            unread[row["reason"] or row["kind"]] += row["n"]
    for zones in counts["guessed"].values():
        guessed.update(zones)
    return {
        "exports": lines,
        "set_aside": set_aside,
        "not_read": [{"reason": reason, "n": n} for reason, n in unread.most_common()],
        "copies": sum(row["n"] for row in files if row["copy"]),
        "twice": sum(counts["twice"].values()),
        "guessed_zones": dict(guessed.most_common()),
    }


def print_ledger(out: Path) -> None:
    """Print the ledger to standard output."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    ledger = list_ledger(out)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("Export", no_wrap=True)
    table.add_column("Files")
    for title in TITLES:
        table.add_column(title, justify="right", no_wrap=True)
    for line in ledger["exports"]:
        figures = (f"{line[name]:,}" for name in FIGURES)
        table.add_row(say_export_day(line["export"]), say_files(line), *figures)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print("Ledger")
    console.print(table)
    for line in ledger["set_aside"]:
        console.print(f"Set aside: {line['n']:,} × {line['reason']}")
    for line in ledger["not_read"]:
        console.print(f"Not read: {say_count(line['n'], 'file')}: {line['reason']}")
    if ledger["copies"]:
        console.print(
            f"Left out: {say_count(ledger['copies'], 'copy', 'copies')} of files of the same export"
        )
    if ledger["twice"]:
        entries = say_count(ledger["twice"], "entry lies", "entries lie")
        console.print(f"Known: {entries} in two folders of one export")
    for zone, n in ledger["guessed_zones"].items():
        entries = say_count(n, "entry", "entries")
        console.print(f"Guessed: what {zone} means in {entries}, by where you live")


def say_count(n: int, noun: str, nouns: str = "") -> str:
    """Write ``1 file``, ``12,345 files``."""
    return f"{n:,} {noun if n == 1 else nouns or noun + 's'}"


def say_files(line: dict[str, Any]) -> str:
    """Write ``2 files, HTML, English and German``."""
    from babel import Locale

    english = Locale("en").languages
    names = [english.get(code.replace("-", "_"), code) for code in line["languages"]]
    parts = (say_count(line["n_files"], "file"), " and ".join(line["kinds"]), " and ".join(names))
    return ", ".join(part for part in parts if part)


def say_export_day(export: str) -> str:
    """Write the day of an export's name: ``20251120T081500Z`` is ``20 Nov 2025``."""
    day = datetime.strptime(export[:8], "%Y%m%d").date()
    return f"{day.day} {day:%b %Y}"


def _fetch(connection: Any, sql: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
