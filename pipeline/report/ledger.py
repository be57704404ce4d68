"""The ledger as a bank statement: an export a line, then what was set aside and what was not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.patterns.wording import count_noun, join_and, say_count, say_day, say_long_day, say_month
from pipeline.report.contents import Books
from pipeline.tables.ledger import LEDGER_FIGURES, UNREAD_KINDS

KEPT = "Their bytes are kept; a later version can read them again."
KEPT_ONE = "Its bytes are kept; a later version can read it again."


@dataclass(frozen=True, slots=True)
class Line:
    """One export: found = known already + set aside + new."""

    name: str
    contents: str
    found: str
    known: str
    set_aside: str
    new: str
    balance: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The statement in words; ``made`` is the day of the newest export, '' without any."""

    made: str
    rows: tuple[Line, ...]
    balance: str
    set_aside: str
    unread: tuple[tuple[str, str, str], ...]
    unread_text: str
    notes: tuple[str, ...]


def lay_out_books(books: Books) -> Ledger:
    """Return the ledger's lines and sentences."""
    exports = books.exports
    rows = tuple(_write_line(row, by_month=books.by_month) for row in exports.to_dict("records"))
    unread = _count_unread(books.unread)
    n_unread = int(books.unread["n"].sum())
    say = say_month if books.by_month else say_long_day
    return Ledger(
        made=say(exports["exported_at"].iloc[-1]) if len(exports) else "",
        rows=rows,
        balance=rows[-1].balance if rows else "",
        set_aside=describe_set_aside(books.reasons, exports),
        unread=tuple((kind, reason, say_count(n)) for kind, reason, n in unread),
        unread_text=f"{count_noun(n_unread, 'file was', 'files were')} not read." if n_unread else "",
        notes=books.notes,
    )


def describe_set_aside(reasons: pd.DataFrame, exports: pd.DataFrame) -> str:
    """Return what was set aside and why, the most frequent reason first."""
    if exports.empty:
        return ""
    total = int(reasons["n"].sum())
    if total == 0:
        return "Nothing was set aside."
    if "reason" not in reasons:
        return f"Set aside: {count_noun(total, 'entry', 'entries')}. {KEPT_ONE if total == 1 else KEPT}"
    counts = reasons.groupby("reason")["n"].sum().sort_values(ascending=False, kind="stable")
    if len(counts) == 1:
        why = f"{count_noun(total, 'entry', 'entries')} ({counts.index[0]})"
    else:
        why = f"{count_noun(total, 'entry', 'entries')}: " + join_and(
            [f"{say_count(int(n))} ({reason})" for reason, n in counts.items()]
        )
    return f"Set aside: {why}. {KEPT_ONE if total == 1 else KEPT}"


def _write_line(row: dict[Any, Any], *, by_month: bool) -> Line:
    figures = (say_count(int(row[name])) for name in LEDGER_FIGURES[1:])
    contents = str(row["files"])
    n_copies = int(row.get("n_copies", 0))
    if n_copies:
        contents += f"; {count_noun(n_copies, 'copy', 'copies')} left out"
        if left_out := int(row.get("left_out", 0)):
            contents += f", with {count_noun(left_out, 'entry', 'entries')} that no other file holds"
    say = say_month if by_month else say_day
    return Line(say(row["exported_at"]), contents, *figures)


def _count_unread(unread: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Return (kind, reason, files): what could matter first, then by how many."""
    if unread.empty or "reason" not in unread:
        return []
    counts = unread.fillna({"reason": ""}).groupby(["kind", "reason"])["n"].sum()
    order = list(UNREAD_KINDS)
    found = [
        (str(kind), str(reason), int(n))
        for (kind, reason), n in zip(counts.index.tolist(), counts.tolist(), strict=True)
    ]
    found.sort(key=lambda line: (order.index(line[0]) if line[0] in order else len(order), -line[2], line[1]))
    return [(UNREAD_KINDS.get(kind, kind), reason, n) for kind, reason, n in found]
