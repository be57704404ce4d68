"""How much may be set aside: the limits that ``--strict`` and ``skip_limit`` set to the archives just given.

An entry that was set aside is kept, and is no error; many of them, a member that breaks off, or any at
all under ``--strict`` are something for the owner to know.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ArchiveError
from pipeline.reading.dispatch import needs_head
from pipeline.reading.entries import DAMAGED
from pipeline.reading.members import NOT_WHOLE
from pipeline.tables.views import create_part_views, open_duckdb

RETRY_COMMAND = "almanac ingest --retry-skipped"


@dataclass(frozen=True, slots=True)
class Account:
    """One file: its entries, how many were set aside by reason, and why it was refused if it was."""

    file: str
    seen: int
    reasons: dict[str, int]
    refused: str | None = None

    @property
    def n_unreadable(self) -> int:
        """Count the entries that were there and could not be read; a damaged member is told apart."""
        return sum(n for reason, n in self.reasons.items() if reason != DAMAGED)


def list_accounts(out: Path, parts: Sequence[str], given: Collection[str]) -> list[Account]:
    """List the files of the parts ``given``, among all ``parts``, that count: copies are left out."""
    with open_duckdb(out) as connection:
        create_part_views(connection, out, parts, {})
        reasons: dict[tuple[str, str], dict[str, int]] = {}
        skipped = "SELECT base, file, reason, count(*) FROM set_aside GROUP BY ALL ORDER BY ALL"
        for part, file, reason, n in connection.execute(skipped).fetchall():
            reasons.setdefault((part, file), {})[reason] = n
        files = (
            "SELECT part, file, seen, kind, reason FROM file "
            "WHERE NOT copy AND (seen > 0 OR kind = 'refused') ORDER BY ALL"
        )
        return [
            Account(file, seen, reasons.get((part, file), {}), reason if kind == "refused" else None)
            for part, file, seen, kind, reason in connection.execute(files).fetchall()
            if part in given
        ]


def refuse_any(accounts: Sequence[Account], *, where: str) -> None:
    """Raise an ``ArchiveError`` for an entry set aside, or a file refused that may hold activity."""
    lost = [(n, account.file, reason) for account in accounts for reason, n in account.reasons.items()]
    lost += [
        (1, each.file, each.refused)
        for each in accounts
        if each.refused and (needs_head(each.file) or each.refused.startswith(NOT_WHOLE))
    ]
    if not lost:
        return
    total = sum(n for n, _, _ in lost)
    most, file, reason = max(lost, key=lambda one: (one[0], one[1]))
    more = f", and {total - most:,} more" if total > most else ""
    raise ArchiveError(
        f"Not everything could be read: {most:,} × {reason} in {file}{more}",
        where=where,
        remedy="Nothing was taken in. Without --strict the rest is read, and these are kept.",
    )


def describe_excess(accounts: Sequence[Account], limit: float) -> str | None:
    """Say in one line where more than the share ``limit`` of a file's entries was set aside.

    Over all files the share is above the limit only where it is in one of them.
    """
    above = [account for account in accounts if account.n_unreadable > limit * account.seen]
    if not above:
        return None
    worst = max(above, key=lambda account: (account.n_unreadable, account.file))
    reason = max(worst.reasons, key=lambda reason: (reason != DAMAGED, worst.reasons[reason], reason))
    verb, whose = ("was", "Its") if worst.n_unreadable == 1 else ("were", "Their")
    entries = f"{worst.seen:,} entr{'y' if worst.seen == 1 else 'ies'}"
    n_more = len(above) - 1
    more = f", and too many of {n_more:,} more file{'' if n_more == 1 else 's'}" if n_more else ""
    return (
        f"{worst.n_unreadable:,} of {entries} of {worst.file} {verb} set aside ({reason}){more}. "
        f"That is more than the limit of {100 * limit:g} % (skip_limit). {whose} bytes are kept: after an "
        f"update of Almanac, run {RETRY_COMMAND}."
    )
