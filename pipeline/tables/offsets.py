"""What each printed zone means for the home zone of today, whatever it meant when a part was read.

Only abbreviations with several meanings (IST, CST …) hang on the home zone. Parts keep the zone as
printed and the offset as applied, so that another home zone moves their rows without the archive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from pipeline.reading.timestamps import Clock


@dataclass(frozen=True, slots=True)
class ZoneOffsets:
    """Minutes east of Greenwich by printed zone, and the zones whose meaning is a guess."""

    minutes: dict[str, int]
    guessed: tuple[str, ...]


def settle_offsets(connection: duckdb.DuckDBPyConnection, rows: str, *, home_zone: str) -> ZoneOffsets:
    """Settle every zone that ``rows`` (SQL) has for the home zone."""
    clock = Clock(home_zone)
    minutes, guessed = {}, []
    zones = connection.execute(f"SELECT DISTINCT zone FROM ({rows}) WHERE zone IS NOT NULL ORDER BY zone")
    for (zone,) in zones.fetchall():
        if offset := clock.find_offset(zone):
            minutes[zone] = offset.minutes
            guessed += [zone] if offset.guessed else []
    return ZoneOffsets(minutes, tuple(guessed))


def apply_offsets(connection: duckdb.DuckDBPyConnection, rows: str, minutes: Mapping[str, int]) -> str:
    """Return SQL for ``rows`` with ``time`` and ``offset_minutes`` moved to the offsets given."""
    connection.execute("CREATE TEMP TABLE settled_zone (zone VARCHAR, minutes SMALLINT)")
    if minutes:
        connection.executemany("INSERT INTO settled_zone VALUES (?, ?)", list(minutes.items()))
    return (
        "SELECT * EXCLUDE (minutes) REPLACE ("
        "time + to_minutes((offset_minutes - coalesce(minutes, offset_minutes))::INTEGER) AS time, "
        "coalesce(minutes, offset_minutes) AS offset_minutes) "
        f"FROM ({rows}) LEFT JOIN settled_zone USING (zone)"
    )
