"""What each printed zone means for the home zone of today, whatever it meant when a part was read.

Only abbreviations with several meanings (IST, CST …) hang on the home zone: the one on the day of the
export, since Google prints a whole file in that day's offset. Where home has no such clock, the export's
other zones tell, then the locales in which its files print dates. Parts keep the zone as printed and the
offset as applied, so that another home zone moves their rows without the archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb

from pipeline.reading.timestamps import AMBIGUOUS_ZONES, Clock, Offset, list_names_at
from pipeline.settings import ZoneSpan

Offsets = Mapping[str, Mapping[str, int]]
"""Export → printed zone → minutes east of Greenwich."""

# One zone for each clock that many live by: where several fit, the first is suggested.
_HOMES = """
America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix America/Halifax
America/St_Johns America/Anchorage Pacific/Honolulu America/Sao_Paulo America/Mexico_City America/Bogota
America/Lima America/Guayaquil America/Caracas America/La_Paz America/Santiago America/Havana America/Noronha
Europe/London Europe/Dublin Europe/Lisbon Atlantic/Azores Atlantic/Cape_Verde Europe/Paris Europe/Athens
Africa/Johannesburg Africa/Cairo Africa/Lagos Africa/Maputo Europe/Istanbul Europe/Moscow Africa/Nairobi
Asia/Jerusalem Asia/Riyadh Asia/Tehran Asia/Dubai Asia/Kabul Asia/Karachi Asia/Tashkent Asia/Kolkata
Asia/Kathmandu Asia/Dhaka Asia/Yangon Asia/Jakarta Asia/Bangkok Asia/Shanghai Asia/Hong_Kong Asia/Singapore
Asia/Manila Australia/Perth Asia/Tokyo Asia/Seoul Australia/Adelaide Australia/Darwin Australia/Sydney
Australia/Brisbane Australia/Lord_Howe Pacific/Guadalcanal Pacific/Auckland Pacific/Chatham
Pacific/Tongatapu Pacific/Kiritimati Pacific/Pago_Pago Pacific/Marquesas
America/Panama America/Puerto_Rico Africa/Algiers Europe/Kaliningrad
"""
SUGGESTED_HOMES = tuple(_HOMES.split())
ENGLISH_NAMES = {  # of zones that other languages abbreviate in their own way
    **{"MEZ": "CET", "MESZ": "CEST", "SEČ": "CET", "SELČ": "CEST", "WEZ": "WET", "WESZ": "WEST"},
    **{"OEZ": "EET", "OESZ": "EEST", "HNE": "EST", "HAE": "EDT", "HNC": "CST", "HAC": "CDT"},
    **{"HNR": "MST", "HAR": "MDT", "HNP": "PST", "HAP": "PDT", "HNA": "AST", "HAA": "ADT"},
}
UNTOLD = frozenset({"UTC", "Z"})  # exports of 2018 to 2020 print UTC, wherever the owner lived

_PRINTED = """
WITH printed AS (SELECT DISTINCT export, file, zone, offset_minutes FROM ({rows}) WHERE zone IS NOT NULL)
SELECT DISTINCT export, zone, offset_minutes, dates
FROM printed LEFT JOIN ({files}) USING (export, file) ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class ZoneOffsets:
    """What the zones mean, and the pairs (export, zone) whose meaning is a guess: the commonest one.

    ``moved``: those of ``minutes`` that any row was not read with.
    """

    minutes: dict[str, dict[str, int]]
    moved: dict[str, dict[str, int]]
    guessed: frozenset[tuple[str, str]]


def find_home(home_zone: Sequence[ZoneSpan], export: str | None) -> str:
    """Return where the owner lived on the day of an export (``20251120T081500Z``); ``None``: lately."""
    day = date.fromisoformat(export[:8]) if export else date.max
    return [span.zone for span in home_zone if span.since is None or span.since <= day][-1]


def settle_offsets(
    connection: duckdb.DuckDBPyConnection, rows: str, files: str, *, home_zone: Sequence[ZoneSpan]
) -> ZoneOffsets:
    """Settle every zone that ``rows`` (SQL) has, export by export; ``files`` (SQL) has the forms of dates."""
    printed: dict[str, dict[str, set[str]]] = {}  # export → zone → locales of the files that print it
    applied: dict[tuple[str, str], set[int]] = {}
    for export, zone, offset, dates in connection.execute(_PRINTED.format(rows=rows, files=files)).fetchall():
        printed.setdefault(export, {}).setdefault(zone, set()).update((dates or "").split())
        applied.setdefault((export, zone), set()).add(offset)
    minutes: dict[str, dict[str, int]] = {}
    moved: dict[str, dict[str, int]] = {}
    guessed = set()
    for export, zones in printed.items():
        for zone, offset in _settle_export(zones, find_home(home_zone, export)).items():
            minutes.setdefault(export, {})[zone] = offset.minutes
            if applied[export, zone] != {offset.minutes}:
                moved.setdefault(export, {})[zone] = offset.minutes
            guessed |= {(export, zone)} if offset.guessed else set()
    return ZoneOffsets(minutes, moved, frozenset(guessed))


def _settle_export(zones: Mapping[str, Iterable[str]], home: str) -> dict[str, Offset]:
    """Settle the zones of one export: by themselves or home, else by each other, else by their locales."""
    alone = {zone: Clock(home).find_offset(zone) for zone in zones}
    certain = {offset.minutes for offset in alone.values() if offset and not offset.guessed}
    settled = {}
    for zone, offset in alone.items():
        if offset and offset.guessed:
            shared = certain.intersection(AMBIGUOUS_ZONES[zone])
            in_locale = Clock(home, sorted(zones[zone])).find_offset(zone)
            offset = Offset(shared.pop(), False) if len(shared) == 1 else in_locale
        if offset:
            settled[zone] = offset
    return settled


def apply_offsets(connection: duckdb.DuckDBPyConnection, rows: str, offsets: Offsets) -> str:
    """Return SQL for ``rows`` with ``time`` and ``offset_minutes`` moved to the offsets given.

    ``stored`` is the time as it lies in the part: row groups can be left out by it.
    """
    lines = [(export, *pair) for export, minutes in offsets.items() for pair in minutes.items()]
    if not lines:
        return f"SELECT *, time AS stored FROM ({rows})"
    connection.execute("CREATE TEMP TABLE settled_zone (export VARCHAR, zone VARCHAR, minutes SMALLINT)")
    connection.executemany("INSERT INTO settled_zone VALUES (?, ?, ?)", lines)
    return (
        "SELECT * EXCLUDE (minutes) REPLACE ("
        "time + to_minutes((offset_minutes - coalesce(minutes, offset_minutes))::INTEGER) AS time, "
        "coalesce(minutes, offset_minutes) AS offset_minutes), time AS stored "
        f"FROM ({rows}) LEFT JOIN settled_zone USING (export, zone)"
    )


def note_home_zone(zones: Iterable[tuple[str, str, int]], home_zone: Sequence[ZoneSpan]) -> list[str]:
    """Say which exports print a clock that home never showed around their day, and what home may be.

    ``zones``: export, zone as printed, minutes as applied. One sentence a printed clock and home; an
    export made on a journey is no error, so these are notes. An export that also prints a clock of home
    is left out, and so is one that prints UTC.
    """
    printed: dict[str, set[tuple[str, int]]] = {}
    for export, zone, minutes in zones:
        if zone not in UNTOLD:
            printed.setdefault(export, set()).add((zone, minutes))
    strange: dict[tuple[str, str, int], list[date]] = {}
    for export, clocks in sorted(printed.items()):
        day, home = date.fromisoformat(export[:8]), find_home(home_zone, export)
        shown = {_find_minutes(home, day + timedelta(k)) for k in (-1, 0, 1)}
        if not shown.intersection(minutes for _, minutes in clocks):
            for zone, minutes in clocks:
                strange.setdefault((home, zone, minutes), []).append(day)
    return [_say_strange(home, zone, minutes, days) for (home, zone, minutes), days in strange.items()]


def _say_strange(home: str, zone: str, minutes: int, days: Sequence[date]) -> str:
    shift = f"UTC{'−' if minutes < 0 else '+'}{abs(minutes) // 60}:{abs(minutes) % 60:02}"
    clock = zone if zone.startswith(("GMT", "UTC")) else f"{zone} ({shift})"
    exports = f"The export of {days[0]} prints" if len(days) == 1 else f"{len(days)} exports print"
    fits = [name for name in SUGGESTED_HOMES if all(minutes == _find_minutes(name, day) for day in days)]
    remedy = next(iter(_prefer_named(fits, zone, days)), None)
    advice = f" If home was elsewhere then, give home_zone the line '{days[0]} {remedy}'." if remedy else ""
    return f"{exports} {clock}, which no clock in {home} showed then.{advice}"


def _prefer_named(homes: Sequence[str], zone: str, days: Sequence[date]) -> Sequence[str]:
    """Keep the homes that print this abbreviation in that season: EST in June is not Chicago's CDT.

    What no home prints (``COT``, ``GMT-03:00``) belongs where the time zone database has digits.
    """
    name = ENGLISH_NAMES.get(zone, zone)
    printed = {home: {_noon(home, day).tzname() for day in days} for home in homes}
    if any(name in list_names_at(home) for home in SUGGESTED_HOMES):
        return [home for home in homes if printed[home] == {name}]
    return [home for home in homes if not any(map(str.isalpha, map(str, printed[home])))] or homes


def _find_minutes(zone: str, day: date) -> int:
    return int((_noon(zone, day).utcoffset() or timedelta()).total_seconds()) // 60


def _noon(zone: str, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC).astimezone(ZoneInfo(zone))
