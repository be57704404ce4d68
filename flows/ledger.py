"""The ledger on a terminal: every export's entries accounted for, as on a bank statement.

Found is what was known already, what was set aside and what is new; the balance is what the tables hold.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

FIGURES = {"found": "Found", "known": "Known", "set_aside": "Set aside", "new": "New", "balance": "Balance"}


def list_ledger(out: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the ledger's lines, what was set aside and what was not read, without a word of content."""
    from pipeline.tables.store import Store

    store = Store(out)
    return {
        "exports": _list_rows(store.ledger()),
        "set_aside": _sum_by_reason(_list_rows(store.skip_reasons())),
        "not_read": _sum_by_reason(_list_rows(store.unread_files())),
    }


def print_ledger(out: Path) -> None:
    """Print the ledger to standard output."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    ledger = list_ledger(out)
    table = Table(title="Ledger", box=SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    table.add_column("Export", no_wrap=True)
    table.add_column("Files")
    for title in FIGURES.values():
        table.add_column(title, justify="right", no_wrap=True)
    for line in ledger["exports"]:
        table.add_row(
            f"{line['exported_at'].day} {line['exported_at']:%b %Y}",
            str(line["files"]),
            *(f"{line[name]:,}" for name in FIGURES),
        )
    console = Console(highlight=False, markup=False)
    console.print(table)
    for title, lines in (("Set aside", ledger["set_aside"]), ("Not read", ledger["not_read"])):
        for line in lines:
            console.print(f"{title}: {line['n']:,} × {line['reason']}", soft_wrap=True)
        if not lines:
            console.print(f"{title}: nothing")


def _list_rows(frame: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frame.to_dict("records")
    return rows


def _sum_by_reason(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sums: dict[str, int] = {}
    for row in rows:
        sums[row["reason"]] = sums.get(row["reason"], 0) + int(row["n"])
    ordered = sorted(sums.items(), key=lambda line: (-line[1], line[0]))
    return [{"reason": reason, "n": n} for reason, n in ordered]
