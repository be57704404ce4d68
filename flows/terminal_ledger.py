"""The ledger on a terminal: every export's entries accounted for, as on a bank statement.

Found is what was known already, what was set aside and what is new; the balance is what the tables hold.
It is made without pandas, since ``almanac ingest`` ends with it and stays small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.patterns.wording import count_noun, say_count, say_day
from pipeline.tables.ledger import KINDS, LEDGER_FIGURES, STANDS_FOR_FILE, UNREAD_KINDS, say_files
from pipeline.tables.notes import count_guesses, count_headers, list_notes

if TYPE_CHECKING:
    from rich.console import Console

TITLES = ("Found", "Known", "Set aside", "New", "Balance")
MOST_REASONS = 8
WIDEST = 100  # characters; long lines of words are hard to read
FILES = f"""
    SELECT export, kind, language, reason, "copy", count(*) AS n
    FROM file WHERE {STANDS_FOR_FILE} GROUP BY ALL ORDER BY ALL
"""
SKIPPED = "SELECT reason, count(*) AS n FROM skipped GROUP BY ALL ORDER BY n DESC, reason"


def list_ledger(out: Path) -> dict[str, Any]:
    """Return the ledger's lines, what was set aside, what was not read and the notes on it all."""
    from pipeline.tables.store import Store

    store = Store(out)
    counts = store.journal.steps["ingest"].counts
    with store.connect() as connection:
        files = _fetch(connection, FILES)
        set_aside = _fetch(connection, SKIPPED)
        notes = list_notes(connection, counts)
        headers = count_headers(connection)
    unread: Counter[tuple[str, str]] = Counter()
    for row in files:
        if row["kind"] not in KINDS and not row["copy"]:
            unread[row["kind"], row["reason"] or row["kind"]] += row["n"]
    return {
        "exports": [_list_line(figures, files) for figures in counts["ledger"]],
        "set_aside": set_aside,
        "not_read": [{"kind": kind, "reason": reason, "n": n} for (kind, reason), n in unread.most_common()],
        "copies": sum(row["n"] for row in files if row["copy"]),
        "left_out": sum(counts["left_out"].values()),
        "twice": sum(counts["twice"].values()),
        "guessed_zones": dict(count_guesses(counts).most_common()),
        "unknown_headers": dict(headers.most_common()),
        "notes": notes,
    }


def _list_line(figures: list[Any], files: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one export's figures, and its files in words."""
    line = dict(zip(LEDGER_FIGURES, figures, strict=True))
    here = [row for row in files if row["export"] == line["export"] and row["kind"] in KINDS]
    read = [row for row in here if not row["copy"]]
    line["n_files"] = sum(row["n"] for row in read)
    line["n_copies"] = sum(row["n"] for row in here if row["copy"])
    line["kinds"] = sorted({KINDS[row["kind"]] for row in read})
    line["languages"] = sorted({row["language"] for row in read if row["language"]})
    line["files"] = say_files(line["n_files"], {row["kind"] for row in read}, line["languages"])
    return line


def print_ledger(out: Path) -> None:
    """Print the ledger to standard output."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    console = Console(highlight=False, markup=False, width=min(console.width, WIDEST))
    ledger = list_ledger(out)
    console.print("Ledger\n")
    _print_exports(console, ledger["exports"])
    lines = [(line["n"], line["reason"]) for line in ledger["set_aside"]]
    _print_reasons(console, "Set aside: entries that could not be read; their bytes are kept", lines)
    for kind, title in UNREAD_KINDS.items():
        lines = [(line["n"], line["reason"]) for line in ledger["not_read"] if line["kind"] == kind]
        _print_reasons(console, f"{title}: {count_noun(sum(n for n, _ in lines), 'file', 'files')}", lines)
    if ledger["notes"]:
        console.print("\nNotes")
        _print_grid(console, [("–", note) for note in ledger["notes"]])


def _print_exports(console: Console, lines: Iterable[dict[str, Any]]) -> None:
    """Print an export a line, with the figures under each other, and what it brought below."""
    rows = []
    for line in lines:
        copies = f"; {count_noun(line['n_copies'], 'copy', 'copies')} left out" if line["n_copies"] else ""
        figures = [say_count(line[name]) for name in LEDGER_FIGURES[1:]]
        rows.append(([say_export_day(line["export"]), *figures], line["files"] + copies))
    header = ["Export", *TITLES]
    widths = [max(len(cells[k]) for cells in (header, *(row for row, _ in rows))) for k in range(len(header))]

    def print_line(cells: list[str]) -> None:
        first, *others = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        console.print("  ".join([cells[0].ljust(len(first)), *others]))

    print_line(header)
    console.print("─" * (sum(widths) + 2 * len(widths) - 2))
    for cells, words in rows:
        print_line(cells)
        _print_grid(console, [("", words)])


def _print_reasons(console: Console, title: str, lines: list[tuple[int, str]]) -> None:
    """Print how many by reason, the most first; what is left of a long list as one sum."""
    if not lines:
        return
    lines = sorted(lines, key=lambda line: (-line[0], line[1]))
    shown = [(say_count(n), reason) for n, reason in lines[:MOST_REASONS]]
    if rest := lines[MOST_REASONS:]:
        kinds = count_noun(len(rest), "kind", "kinds")
        shown.append((say_count(sum(n for n, _ in rest)), f"of {kinds} more"))
    console.print(f"\n{title}")
    _print_grid(console, shown)


def _print_grid(console: Console, rows: Iterable[tuple[str, str]]) -> None:
    from rich.table import Table

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for row in rows:
        grid.add_row(*row)
    console.print(grid)


def say_export_day(export: str) -> str:
    """Write the day of an export's name: ``20251120T081500Z`` is ``20 Nov 2025``."""
    return say_day(datetime.strptime(export[:8], "%Y%m%d").date())


def _fetch(connection: Any, sql: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
