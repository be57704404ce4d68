"""Several exports as one table: the multiset merge by source, and the ledger that follows from it.

Two rows with the same whole UTC second, product, action, text and url are the same activity seen
twice, or two activities: byte-identical entries are legitimate. A *source*, one product folder of one
export, does not list an activity twice, so the merged count of a key is its largest count in any one
source. For ``searched`` the url is no part of the key, since old JSON has none.

The merge goes slice by slice through time: equal activities share their second, so that a slice needs
no other, and what is sorted fits into memory whatever the size. Windows run over 16-byte keys of the
entries that share their second with another, not over texts.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.settings import ZoneSpan
from pipeline.tables.ahead import run_ahead
from pipeline.tables.batches import open_parquet, write_row_groups
from pipeline.tables.files import make_private_folder, open_atomically, remove, temporary_name
from pipeline.tables.offsets import settle_offsets
from pipeline.tables.progress import Tell
from pipeline.tables.schema import ACTIVITY
from pipeline.tables.views import (
    EXPORTS,
    FOLDER_OF_FILE,
    MERGED,
    SPILL,
    create_part_views,
    open_duckdb,
    place_merged,
    quote_columns,
    select_parts,
)
from pipeline.tables.workers import count_cores

MEMORY_MB = 64  # DuckDB's own; beyond it a slice spills
MORE_MEMORY_MB = 1024  # for an hour of hundreds of thousands of entries, which no slice divides
SLICE_BYTES = 4 << 20  # of texts, addresses, and ``ROW_BYTES`` a row
ROW_BYTES = 100
FAR_HOUR = 100_000_000  # since 1970: after the year 10000
Places = NDArray[np.int64]
IDENTITY = ("product", "action", "text", "CASE WHEN action = 'searched' THEN NULL ELSE url END")


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One export's line: found = known + set_aside + new; balance is the merged table's rows so far.

    ``twice`` of the known ones lie in another folder of the same export; ``guessed`` counts the
    entries whose zone is a guess, by its abbreviation. ``left_out`` entries stand only in files that
    were taken for copies, and are not among those found.
    """

    export: str
    found: int
    known: int
    set_aside: int
    new: int
    balance: int
    twice: int
    guessed: dict[str, int]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class MergeResult:
    """The merged table as it was written; ``offsets``: minutes by export and printed zone, as applied."""

    path: Path
    digest: str
    n_rows: int
    ledger: tuple[LedgerLine, ...]
    offsets: dict[str, dict[str, int]]


def merge_parts(out: Path, parts: Sequence[str], *, home_zone: Sequence[ZoneSpan], tell: Tell) -> MergeResult:
    """Merge the parts into ``tables/activity-<digest>.parquet``, sorted by all columns.

    The result depends on the parts' content and the home zone alone, never on the parts' order.
    """
    make_private_folder(out / EXPORTS)
    unnamed = temporary_name(out / MERGED)
    n_entries = sum(pq.read_metadata(out / EXPORTS / part / "activity.parquet").num_rows for part in parts)
    tell("Merging exports", 0, n_entries)
    with open_duckdb(out, memory_mb=MEMORY_MB) as connection:
        connection.execute("SET parquet_metadata_cache = true")  # each slice asks for them again
        parts = sorted(parts)
        entries, files = (select_parts(table, out, parts) for table in ("activity", "file"))
        zones = settle_offsets(connection, entries, files, home_zone=home_zone)
        create_part_views(connection, out, parts, zones.moved)
        tallies = _Tallies()
        n_rows = 0
        merged = _merge_slices(connection, tallies)
        with (
            run_ahead(merged) if count_cores() > 1 else nullcontext(merged) as slices,
            open_atomically(unnamed) as stream,
            open_parquet(stream, ACTIVITY) as writer,
        ):
            for n_rows in write_row_groups(writer, slices):
                tell("Merging exports", n_rows, n_entries)
        ledger = _read_ledger(connection, tallies, zones.guessed)
    remove(out / SPILL)
    return MergeResult(*place_merged(unnamed, out), n_rows, ledger, zones.minutes)


@dataclass(slots=True)
class _Tallies:
    """What the slices add up to, by export."""

    known: Counter[str] = field(default_factory=Counter)
    twice: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)


def _merge_slices(connection: duckdb.DuckDBPyConnection, tallies: _Tallies) -> Iterator[pa.Table]:
    """Yield the merged rows slice by slice, sorted; count into ``tallies``."""
    has_copies = (
        connection.execute("SELECT 1 FROM read_file WHERE copy AND parsed > 0 LIMIT 1").fetchall() != []
    )
    for span in _cut_time(connection):
        try:
            rows = _merge_slice(connection, tallies, span, has_copies=has_copies)
        except duckdb.OutOfMemoryException:
            connection.execute(f"SET memory_limit = '{MORE_MEMORY_MB}MB'")
            rows = _merge_slice(connection, tallies, span, has_copies=has_copies)
            connection.execute(f"SET memory_limit = '{MEMORY_MB}MB'")
        yield rows
        del rows  # nothing is held while the next ones are made


def _merge_slice(
    connection: duckdb.DuckDBPyConnection, tallies: _Tallies, span: _Span, *, has_copies: bool
) -> pa.Table:
    """Return the rows of the slice that are kept, sorted; count into ``tallies`` once all is there."""
    columns = quote_columns(ACTIVITY)
    entries = connection.sql(f"SELECT {columns} FROM entry {span.time} {span.stored}")
    rows = entries.to_arrow_table().cast(ACTIVITY).sort_by([(name, "ascending") for name in ACTIVITY.names])
    left_out = connection.execute(_LEFT_OUT.format(within=span.time)).fetchall() if has_copies else ()
    shared = _find_shared_seconds(rows)
    if len(shared):
        places = _to_arrow(shared)
        connection.register("shared", rows.take(places).append_column("place", places))
        connection.execute(_KEYED)
        connection.unregister("shared")
        dropped = connection.execute(_DROPPED).fetchnumpy()["place"]
        for export, known, twice in connection.execute(_KNOWN).fetchall():
            tallies.known[export] += known
            tallies.twice[export] += twice
        kept = np.delete(np.arange(len(rows)), dropped)
        rows = rows.take(_to_arrow(kept))
    tallies.left_out.update(dict(left_out))
    return rows


def _find_shared_seconds(rows: pa.Table) -> Places:
    """Return the places of the rows, sorted by time, that share their second with another."""
    seconds = np.from_dlpack(rows["time"].cast(pa.int64()).combine_chunks()) // 1000
    as_next = seconds[:-1] == seconds[1:]
    return np.flatnonzero(np.append(as_next, False) | np.append(False, as_next))


def _to_arrow(places: Places) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(places)])


class _Span(NamedTuple):
    """A slice, as the SQL that says which rows lie in it."""

    time: str
    stored: str  # the same of entries alone: by stored times row groups are left out


def _cut_time(connection: duckdb.DuckDBPyConnection) -> Iterator[_Span]:
    """Yield the slices in order; each ends where the next one begins, for copies may have rows between."""
    connection.execute(f"SET threads = {min(2, count_cores())}")  # nothing else is done meanwhile
    slices = connection.execute(_HOURS.format(row_bytes=ROW_BYTES, slice_bytes=SLICE_BYTES)).fetchall()
    connection.execute("SET threads = 1")
    begins = [-FAR_HOUR, *(hour for hour, _, _ in slices[1:]), FAR_HOUR]
    for (_, first, last), (begin, end) in zip(slices, itertools.pairwise(begins), strict=False):
        yield _Span(_TIME.format(begin, end), _STORED.format(first, last))


def _measure(column: str) -> str:
    """Return SQL that says a text together with its length: joined, no two rows of texts look alike."""
    return f"coalesce(strlen({column}) || ':' || {column}, '-')"


_SECOND = "floor(epoch_ms(time) / 1000)::BIGINT"
_KEY = f"md5_number(concat({_SECOND}, ' ', {', '.join(map(_measure, IDENTITY))})) AS key"

_HOURS = """
WITH hourly AS (
    SELECT floor(epoch_ms(time) / 3600000)::BIGINT AS hour,
           sum({row_bytes} + coalesce(strlen(text), 0) + coalesce(strlen(url), 0)) AS bytes,
           min(epoch_us(stored)) AS first, max(epoch_us(stored)) AS last
    FROM entry GROUP BY ALL
), filled AS (
    SELECT *, (sum(bytes) OVER (ORDER BY hour) - bytes) // {slice_bytes} AS slice FROM hourly
)
SELECT min(hour), min(first), max(last) FROM filled GROUP BY slice ORDER BY ALL
"""

_TIME = "WHERE time >= make_timestamptz({} * 3600000000) AND time < make_timestamptz({} * 3600000000)"
_STORED = "AND stored BETWEEN make_timestamptz({}) AND make_timestamptz({})"

_KEYED = f"""
CREATE OR REPLACE TEMP TABLE keyed AS
SELECT place, export, {FOLDER_OF_FILE} AS folder, file, position, epoch_ms(time) AS ms, {_KEY} FROM shared
"""

# A row that stands for the n-th of a millisecond in its source is the same activity as the n-th of
# that millisecond in another: the newest export's row speaks for both. Of what is left, those with
# milliseconds come first (JSON has them, HTML has whole seconds), then the newest export's.
_DROPPED = """
WITH counted AS (
    SELECT *, count(*) OVER source AS n_source,
           row_number() OVER (PARTITION BY key, export, folder, ms ORDER BY file, position) AS nth
    FROM keyed WINDOW source AS (PARTITION BY key, export, folder)
), settled AS (
    SELECT *, max(n_source) OVER (PARTITION BY key) AS n_key,
           row_number() OVER instant AS choice
    FROM counted
    WINDOW instant AS (PARTITION BY key, ms, nth ORDER BY export DESC, folder, file, position)
), ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY key ORDER BY choice > 1, ms % 1000 = 0, export DESC, ms, nth, folder, file, position
    ) AS rank
    FROM settled
)
SELECT place FROM ranked WHERE choice > 1 OR rank > n_key
"""

# How far each export raises the largest counts so far: the rest of what was found in it is known.
_KNOWN = """
WITH by_source AS (
    SELECT export, key, folder, count(*) AS n FROM keyed GROUP BY ALL
), by_export AS (
    SELECT export, key, sum(n) AS found, max(n) AS most FROM by_source GROUP BY ALL
), grown AS (
    SELECT export, found, found - most AS twice, greatest(0, most - coalesce(max(most) OVER (
        PARTITION BY key ORDER BY export ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)) AS new
    FROM by_export
)
SELECT export, sum(found - new)::BIGINT, sum(twice)::BIGINT FROM grown GROUP BY export
"""

# What copies hold more often than the file that speaks for them: nothing, where they are copies indeed.
_LEFT_OUT = f"""
WITH spoken AS (
    SELECT export, file, {_KEY}, count(*) AS n
    FROM entry SEMI JOIN (FROM read_file WHERE copy) USING (export, file) {{within}} GROUP BY ALL
), in_copy AS (
    SELECT export, file, base, {_KEY}, count(*) AS n FROM copied {{within}} GROUP BY ALL
), in_copies AS (
    SELECT export, file, key, max(n) AS most FROM in_copy GROUP BY ALL
)
SELECT export, sum(greatest(0, most - coalesce(n, 0)))::BIGINT
FROM in_copies LEFT JOIN spoken USING (export, file, key) GROUP BY export
"""

_SET_ASIDE = """
SELECT export, coalesce(sum(skipped), 0)::BIGINT
FROM (SELECT DISTINCT export FROM file) LEFT JOIN (FROM read_file WHERE NOT copy) USING (export)
GROUP BY export ORDER BY export
"""
_ZONES = "SELECT export, zone, count(*) FROM entry GROUP BY ALL ORDER BY ALL"


def _read_ledger(
    connection: duckdb.DuckDBPyConnection, tallies: _Tallies, guesses: Collection[tuple[str, str]]
) -> tuple[LedgerLine, ...]:
    """Draw the account, export by export in the order of time."""
    found = Counter[str]()
    guessed: dict[str, dict[str, int]] = {}
    for export, zone, n in connection.execute(_ZONES).fetchall():
        found[export] += n
        if (export, zone) in guesses:
            guessed.setdefault(export, {})[zone] = n
    lines, balance = [], 0
    for export, set_aside in connection.execute(_SET_ASIDE).fetchall():
        known = tallies.known[export]
        new = found[export] - known
        balance += new
        figures = (found[export] + set_aside, known, set_aside, new, balance, tallies.twice[export])
        lines.append(LedgerLine(export, *figures, guessed.get(export, {}), tallies.left_out[export]))
    return tuple(lines)
