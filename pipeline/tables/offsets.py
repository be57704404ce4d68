"""What each printed zone means for the home zone of today, whatever it meant when a part was read.

Only abbreviations with several meanings (IST, CST …) hang on the home zone: the one on the day of the
export, since Google prints a whole file in that day's offset. Parts keep the zone as printed and the
offset as applied, so that another home zone moves their rows without the archive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from pipeline.reading.timestamps import Clock
from pipeline.settings import ZoneSpan

Offsets = Mapping[str, Mapping[str, int]]
"""Export → printed zone → minutes east of Greenwich."""


@dataclass(frozen=True, slots=True)
class ZoneOffsets:
    """What the zones mean, and the pairs (export, zone) whose meaning is a guess: the commonest one."""

    minutes: dict[str, dict[str, int]]
    guessed: frozenset[tuple[str, str]]


def find_home(home_zone: Sequence[ZoneSpan], export: str | None) -> str:
    """Return where the owner lived on the day of an export (``20251120T081500Z``); ``None``: lately."""
    day = date.fromisoformat(export[:8]) if export else date.max
    return [span.zone for span in home_zone if span.since is None or span.since <= day][-1]


def settle_offsets(
    connection: duckdb.DuckDBPyConnection, rows: str, *, home_zone: Sequence[ZoneSpan]
) -> ZoneOffsets:
    """Settle every zone that ``rows`` (SQL) has, export by export."""
    minutes: dict[str, dict[str, int]] = {}
    guessed = set()
    zones = connection.execute(
        f"SELECT DISTINCT export, zone FROM ({rows}) WHERE zone IS NOT NULL ORDER BY ALL"
    )
    for export, zone in zones.fetchall():
        if offset := Clock(find_home(home_zone, export)).find_offset(zone):
            minutes.setdefault(export, {})[zone] = offset.minutes
            guessed |= {(export, zone)} if offset.guessed else set()
    return ZoneOffsets(minutes, frozenset(guessed))


def apply_offsets(connection: duckdb.DuckDBPyConnection, rows: str, offsets: Offsets) -> str:
    """Return SQL for ``rows`` with ``time`` and ``offset_minutes`` moved to the offsets given."""
    connection.execute("CREATE TEMP TABLE settled_zone (export VARCHAR, zone VARCHAR, minutes SMALLINT)")
    lines = [(export, *pair) for export, minutes in offsets.items() for pair in minutes.items()]
    if lines:
        connection.executemany("INSERT INTO settled_zone VALUES (?, ?, ?)", lines)
    return (
        "SELECT * EXCLUDE (minutes) REPLACE ("
        "time + to_minutes((offset_minutes - coalesce(minutes, offset_minutes))::INTEGER) AS time, "
        "coalesce(minutes, offset_minutes) AS offset_minutes) "
        f"FROM ({rows}) LEFT JOIN settled_zone USING (export, zone)"
    )
