"""The ledger on a terminal: every export's entries accounted for, as on a bank statement.

Found is what was known already, what was set aside and what is new; the balance is what the tables hold.
It is made without pandas, since ``almanac ingest`` ends with it and stays small.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import Any

import typer

from pipeline.patterns.wording import count_noun, say_count, say_day
from pipeline.tables.ledger import KINDS, LEDGER_FIGURES, STANDS_FOR_FILE, UNREAD_KINDS, say_files
from pipeline.tables.notes import count_guesses, count_headers, list_notes

TITLES = ("Found", "Known", "Set aside", "New", "Balance")
MOST_REASONS = 8
MEMORY_MB = 32  # an ingest beside 300,000 photos peaks at 220 (November 2026)
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
    with store.connect(memory_mb=MEMORY_MB) as connection:
        files = _fetch(connection, FILES)
        set_aside = _fetch(connection, SKIPPED)
        notes = list_notes(connection, counts, store.made_good)
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
    typer.echo("\n".join(lay_out_ledger(list_ledger(out), min(get_terminal_size().columns, WIDEST))))


def lay_out_ledger(ledger: dict[str, Any], width: int) -> list[str]:
    """Return the ledger's lines, none longer than ``width`` characters but those of the figures."""
    lines = ["Ledger", "", *_lay_out_exports(ledger["exports"], width)]
    aside = [(line["n"], line["reason"]) for line in ledger["set_aside"]]
    what = f"{_sum_up(aside, 'entry', 'entries')} that could not be read; the bytes are kept"
    lines += _lay_out_reasons(f"Set aside: {what}", aside, width)
    for kind, title in UNREAD_KINDS.items():
        unread = [(line["n"], line["reason"]) for line in ledger["not_read"] if line["kind"] == kind]
        lines += _lay_out_reasons(f"{title}: {_sum_up(unread, 'file', 'files')}", unread, width)
    if ledger["notes"]:
        notes = (line for note in ledger["notes"] for line in _wrap("–", note, width))
        lines += ["", "Notes", *notes]
    return lines


def _lay_out_exports(exports: Sequence[dict[str, Any]], width: int) -> Iterator[str]:
    """Yield an export a line, the figures under each other, and what it brought below."""
    header = ["Export", *TITLES]
    rows = [
        [say_export_day(line["export"]), *(say_count(line[name]) for name in LEDGER_FIGURES[1:])]
        for line in exports
    ]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def align(cells: list[str]) -> str:
        figures = (cell.rjust(n) for cell, n in zip(cells[1:], widths[1:], strict=True))
        return "  ".join([cells[0].ljust(widths[0]), *figures])

    yield align(header)
    yield "─" * len(align(header))
    for cells, line in zip(rows, exports, strict=True):
        copies = f"; {count_noun(line['n_copies'], 'copy', 'copies')} left out" if line["n_copies"] else ""
        yield align(cells)
        yield from _wrap("", line["files"] + copies, width)


def _lay_out_reasons(title: str, reasons: list[tuple[int, str]], width: int) -> list[str]:
    """Say how many by reason, the most first; what is left of a long list as one sum."""
    if not reasons:
        return []
    reasons = sorted(reasons, key=lambda line: (-line[0], line[1]))
    shown = [(say_count(n), reason) for n, reason in reasons[:MOST_REASONS]]
    if rest := reasons[MOST_REASONS:]:
        shown.append(
            (say_count(sum(n for n, _ in rest)), f"of {count_noun(len(rest), 'more kind', 'more kinds')}")
        )
    widest = max(len(n) for n, _ in shown)
    return ["", title, *(line for n, reason in shown for line in _wrap(n.rjust(widest), reason, width))]


def _sum_up(reasons: list[tuple[int, str]], one: str, many: str) -> str:
    return count_noun(sum(n for n, _ in reasons), one, many)


def _wrap(head: str, text: str, width: int) -> list[str]:
    """Break a text into lines that hang under its head."""
    lead = f"  {head}  " if head else "  "
    return textwrap.wrap(
        text, width, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False
    )


def say_export_day(export: str) -> str:
    """Write the day of an export's name: ``20251120T081500Z`` is ``20 Nov 2025``."""
    return say_day(datetime.strptime(export[:8], "%Y%m%d").date())


def _fetch(connection: Any, sql: str) -> list[dict[str, Any]]:
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
