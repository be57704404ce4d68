"""The ledger on a terminal: every export's entries accounted for, as on a bank statement.

Found is what was known already, what was set aside and what is new; the balance is what the tables hold.
It is made without pandas, since ``almanac ingest`` ends with it and stays small.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.patterns.wording import count_noun, say_count, say_day
from pipeline.tables.ledger import KINDS, LEDGER_FIGURES, say_files

TITLES = ("Found", "Known", "Set aside", "New", "Balance")
FILES = """
    SELECT export, kind, language, reason, "copy", count(*) AS n
    FROM file GROUP BY ALL ORDER BY ALL
"""
SKIPPED = "SELECT reason, count(*) AS n FROM skipped GROUP BY ALL ORDER BY n DESC, reason"


def list_ledger(out: Path) -> dict[str, Any]:
    """Return the ledger's lines, what was set aside and what was not read, without a word of content."""
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
        line["files"] = say_files(line["n_files"], {row["kind"] for row in read}, line["languages"])
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
        "left_out": sum(counts["left_out"].values()),
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
        figures = (say_count(line[name]) for name in LEDGER_FIGURES[1:])
        table.add_row(say_export_day(line["export"]), line["files"], *figures)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print("Ledger")
    console.print(table)
    for line in ledger["set_aside"]:
        console.print(f"Set aside: {say_count(line['n'])} × {line['reason']}")
    for line in ledger["not_read"]:
        console.print(f"Not read: {count_noun(line['n'], 'file', 'files')}: {line['reason']}")
    if ledger["copies"]:
        copies = count_noun(ledger["copies"], "copy", "copies")
        only = f", with {count_noun(ledger['left_out'], 'entry', 'entries')} that no other file holds"
        console.print(f"Left out: {copies} of files of the same export{only if ledger['left_out'] else ''}")
    if ledger["twice"]:
        entries = count_noun(ledger["twice"], "entry lies", "entries lie")
        console.print(f"Known: {entries} in two folders of one export")
    for zone, n in ledger["guessed_zones"].items():
        entries = count_noun(n, "entry", "entries")
        console.print(
            f"Guessed: what {zone} means in {entries}: the commonest, since no clock at home has it"
        )


def say_export_day(export: str) -> str:
    """Write the day of an export's name: ``20251120T081500Z`` is ``20 Nov 2025``."""
    return say_day(datetime.strptime(export[:8], "%Y%m%d").date())


def _fetch(connection: Any, sql: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
