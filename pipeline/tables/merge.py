"""Several exports as one table: the multiset merge by source, and the ledger that follows from it.

Two rows with the same whole UTC second, product, action, text and url are the same activity seen
twice, or two activities: byte-identical entries are legitimate. A *source*, one product folder of one
export, does not list an activity twice, so the merged count of a key is its largest count in any one
source. For ``searched`` the url is no part of the key, since old JSON has none.

The windows run over 16-byte keys, not over texts: the memory limit holds however long those are.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipeline.settings import ZoneSpan
from pipeline.tables.files import make_private_folder, open_atomically, remove
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
    quote_columns,
    select_parts,
)

ROW_GROUP = 20_480
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
    n_rows: int
    ledger: tuple[LedgerLine, ...]
    offsets: dict[str, dict[str, int]]


def merge_parts(out: Path, parts: Sequence[str], *, home_zone: Sequence[ZoneSpan], tell: Tell) -> MergeResult:
    """Merge the parts into ``tables/activity.parquet``, sorted by all columns.

    The result depends on the parts' content and the home zone alone, never on the parts' order.
    """
    make_private_folder(out / EXPORTS)
    n_entries = sum(pq.read_metadata(out / EXPORTS / part / "activity.parquet").num_rows for part in parts)
    tell("Merging exports", 0, n_entries)
    with open_duckdb(out, memory_mb=limit_memory(n_entries)) as connection:
        parts = sorted(parts)
        zones = settle_offsets(connection, select_parts("activity", out, parts), home_zone=home_zone)
        create_part_views(connection, out, parts, zones.minutes)
        connection.execute(_KEYED)
        connection.execute(_KEPT)
        ledger = _read_ledger(connection, zones.guessed)
        n_rows = _write_merged(connection, out / MERGED, tell)
    remove(out / SPILL)
    return MergeResult(out / MERGED, n_rows, ledger, zones.minutes)


def limit_memory(n_entries: int) -> int:
    """Return DuckDB's memory limit in MB for a merge of so many entries; beyond it DuckDB spills."""
    return 96 + math.ceil(n_entries / 20_000)


def _measure(column: str) -> str:
    """Return SQL that says a text together with its length: joined, no two rows of texts look alike."""
    return f"coalesce(strlen({column}) || ':' || {column}, '-')"


_SECOND = "floor(epoch_ms(time) / 1000)::BIGINT"
_KEY = f"md5_number(concat({_SECOND}, ' ', {', '.join(map(_measure, IDENTITY))})) AS key"

_KEYED = f"""
CREATE TEMP TABLE keyed AS
SELECT part, row, export, {FOLDER_OF_FILE} AS folder, file, position, epoch_ms(time) AS ms, {_KEY}
FROM entry
"""

# What copies hold more often than the file that speaks for them: nothing, where they are copies indeed.
_LEFT_OUT = f"""
WITH spoken AS (
    SELECT export, file, key, count(*) AS n FROM keyed GROUP BY ALL
), in_copy AS (
    SELECT export, file, base, {_KEY}, count(*) AS n FROM copied GROUP BY ALL
), in_copies AS (
    SELECT export, file, key, max(n) AS most FROM in_copy GROUP BY ALL
)
SELECT export, sum(greatest(0, most - coalesce(n, 0)))::BIGINT
FROM in_copies LEFT JOIN spoken USING (export, file, key) GROUP BY export
"""

# A row that stands for the n-th of a millisecond in its source is the same activity as the n-th of
# that millisecond in another: the newest export's row speaks for both. Of what is left, those with
# milliseconds come first (JSON has them, HTML has whole seconds), then the newest export's.
_KEPT = """
CREATE TEMP TABLE kept AS
WITH counted AS (
    SELECT *, count(*) OVER source AS n_source,
           row_number() OVER (PARTITION BY key, export, folder, ms ORDER BY file, position) AS nth
    FROM keyed WINDOW source AS (PARTITION BY key, export, folder)
), settled AS (
    SELECT *, max(n_source) OVER (PARTITION BY key) AS n_key,
           row_number() OVER instant AS choice
    FROM counted
    WINDOW instant AS (PARTITION BY key, ms, nth ORDER BY export DESC, folder, file, position)
)
SELECT part, row FROM settled WHERE choice = 1
QUALIFY row_number() OVER (
    PARTITION BY key ORDER BY ms % 1000 = 0, export DESC, ms, nth, folder, file, position
) <= n_key
"""

_LEDGER = """
WITH by_source AS (
    SELECT export, key, folder, count(*) AS n FROM keyed GROUP BY ALL
), by_export AS (
    SELECT export, key, sum(n)::BIGINT AS found, max(n) AS most FROM by_source GROUP BY ALL
), grown AS (
    SELECT export, found, found - most AS twice, greatest(0, most - coalesce(max(most) OVER (
        PARTITION BY key ORDER BY export ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)) AS new
    FROM by_export
), activities AS (
    SELECT export, sum(found)::BIGINT AS found, sum(new)::BIGINT AS new, sum(twice)::BIGINT AS twice
    FROM grown GROUP BY export
), unreadable AS (
    SELECT export, sum(skipped)::BIGINT AS set_aside FROM file WHERE NOT copy GROUP BY export
)
SELECT export, coalesce(found, 0) + set_aside, coalesce(found - new, 0), set_aside, coalesce(new, 0),
       coalesce(twice, 0)
FROM unreadable LEFT JOIN activities USING (export) ORDER BY export
"""

_ZONES = "SELECT export, zone, count(*) FROM entry WHERE zone IS NOT NULL GROUP BY ALL ORDER BY ALL"


def _read_ledger(
    connection: duckdb.DuckDBPyConnection, guesses: Collection[tuple[str, str]]
) -> tuple[LedgerLine, ...]:
    """Count, export by export in the order of time, how far each raises the largest counts so far."""
    lines, balance = [], 0
    guessed: dict[str, dict[str, int]] = {}
    for export, zone, n in connection.execute(_ZONES).fetchall() if guesses else ():
        if (export, zone) in guesses:
            guessed.setdefault(export, {})[zone] = n
    left_out = dict[str, int]()
    if connection.execute("SELECT 1 FROM file WHERE copy AND parsed > 0 LIMIT 1").fetchall():
        left_out = dict(connection.execute(_LEFT_OUT).fetchall())
    for export, found, known, set_aside, new, twice in connection.execute(_LEDGER).fetchall():
        balance += new
        figures = (found, known, set_aside, new, balance, twice)
        lines.append(LedgerLine(export, *figures, guessed.get(export, {}), left_out=left_out.get(export, 0)))
    return tuple(lines)


def _write_merged(connection: duckdb.DuckDBPyConnection, path: Path, tell: Tell) -> int:
    columns = quote_columns(ACTIVITY)
    rows = connection.sql(f"SELECT {columns} FROM entry SEMI JOIN kept USING (part, row) ORDER BY {columns}")
    total, done = connection.execute("SELECT count(*) FROM kept").fetchall()[0][0], 0
    with open_atomically(path) as stream, pq.ParquetWriter(stream, ACTIVITY, compression="zstd") as writer:
        for batch in rows.to_arrow_reader(ROW_GROUP):
            writer.write_batch(batch.cast(ACTIVITY))
            done += len(batch)
            tell("Merging exports", done, total)
    return done
