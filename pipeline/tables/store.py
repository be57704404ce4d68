"""The tables of one output folder, read as frames or through DuckDB; only what ``run.json`` names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import duckdb
import pyarrow.parquet as pq

from pipeline.errors import StoreError
from pipeline.tables.journal import read_journal, require_step
from pipeline.tables.ledger import LEDGER_FIGURES, STANDS_FOR_FILE, UNREAD_KINDS, describe_files
from pipeline.tables.notes import list_notes
from pipeline.tables.schema import ACTIVITY, check_table
from pipeline.tables.trouble import explain_duckdb
from pipeline.tables.views import create_views, find_merged, open_duckdb

if TYPE_CHECKING:
    import pandas as pd

QUERY_MB = 512


class Store:
    """The tables below ``out``, as they were committed when the store was opened.

    Raises ``StoreError`` when nothing was taken in there yet, or the tables are damaged.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        while True:
            self.journal = read_journal(out)
            self._record = require_step(self.journal, "ingest", where=out)
            missing = [name for name in self._record.files if not (out / name).is_file()]
            if not missing:
                break
            if read_journal(out) == self.journal:  # else a run has just replaced what it named
                raise StoreError(
                    "A table is missing",
                    where=str(out / missing[0]),
                    remedy="Take the archives in again: almanac ingest PATH.",
                )
        self.merged = out / find_merged(self._record.files)
        with explain_duckdb(out):
            found = pq.read_schema(self.merged)
        check_table(found, ACTIVITY, where=str(self.merged))

    def connect(self, *, memory_mb: int = QUERY_MB) -> duckdb.DuckDBPyConnection:
        """Open DuckDB with the views activity, location, detail, file, skipped and source.

        ``source`` has a row for each (export, folder, product): first and last entry, and how many.
        Fetch times through Arrow or as ``epoch_ms(time)``: plain ``fetchall`` on them needs pytz.
        """
        connection = open_duckdb(self.out, memory_mb=memory_mb)
        create_views(connection, self.out, self.merged, self.journal.parts, self._record.counts["offsets"])
        return connection

    def activity(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the merged table: these or all columns of ``schema.ACTIVITY``, ``time`` aware and in UTC."""
        names = None if columns is None else [*columns]
        with explain_duckdb(self.out):
            table = pq.read_table(self.merged, schema=ACTIVITY, partitioning=None, columns=names)
        return cast("pd.DataFrame", table.to_pandas())

    def sources(self) -> pd.DataFrame:
        """Return the span of each source and product: export, folder, product, first, last (UTC)."""
        return self._query('SELECT export, folder, product, "first", "last" FROM source')

    def files(self) -> pd.DataFrame:
        """Return every file of every export with its counts; ``copy`` marks one that does not count."""
        return self._query("SELECT * FROM file ORDER BY export, file, part")

    def ledger(self) -> pd.DataFrame:
        """Return the bank statement, one row an export in the order of time.

        ``found = known + set_aside + new``: what is set aside could not be read (``skipped``), what
        is known lay in an earlier export or in another folder of this one; ``balance`` is what the
        merged table holds. ``twice`` of the known ones lie in two folders of this export. ``files``
        says what was read in words; ``n_copies`` files were left out as copies, and with them
        ``left_out`` entries that the file which speaks for them lacks; ``guessed`` entries have a
        zone that is a guess, its commonest meaning, and ``guessed_zones`` ('CST 12, IST 3') says which.
        """
        import pandas as pd

        counts = self._record.counts
        lines = pd.DataFrame(counts["ledger"], columns=list(LEDGER_FIGURES))
        stamps = pd.to_datetime(lines["export"].str[:16], format="%Y%m%dT%H%M%SZ", utc=True)
        guessed = [counts["guessed"][export] for export in lines["export"]]
        lines = lines.assign(
            exported_at=stamps,
            twice=[counts["twice"][export] for export in lines["export"]],
            left_out=[counts["left_out"][export] for export in lines["export"]],
            guessed=[sum(zones.values()) for zones in guessed],
            guessed_zones=[", ".join(f"{zone} {n:,}" for zone, n in zones.items()) for zones in guessed],
        )
        order = ["export", "exported_at", "n_files", "files", "n_copies", *LEDGER_FIGURES[1:]]
        return describe_files(self.files()).merge(lines, on="export", how="right")[
            [*order, "twice", "left_out", "guessed", "guessed_zones"]
        ]

    def skip_reasons(self) -> pd.DataFrame:
        """Return why entries were set aside: export, file, reason, n."""
        return self._query(
            "SELECT export, file, reason, count(*) AS n FROM skipped GROUP BY ALL ORDER BY ALL"
        )

    def unread_files(self) -> pd.DataFrame:
        """Return what was not read: export, kind (ignored, unread, unknown, refused), reason, n (files)."""
        return self._query(
            "SELECT export, kind, reason, count(*) AS n FROM file "
            f"WHERE kind IN {tuple(sorted(UNREAD_KINDS))} AND NOT copy AND {STANDS_FOR_FILE} "
            "GROUP BY ALL ORDER BY ALL"
        )

    def notes(self) -> list[str]:
        """Return what was not certain, as sentences: they name zones, headers and files."""
        with explain_duckdb(self.out), self.connect() as connection:
            return list_notes(connection, self._record.counts, self.made_good)

    @property
    def made_good(self) -> list[str]:
        """The parts of archives that are not whole, and of which other copies hold all."""
        return [archive.part for archive in self.journal.inputs if archive.made_good]

    def _query(self, sql: str) -> pd.DataFrame:
        with explain_duckdb(self.out), self.connect() as connection:
            return cast("pd.DataFrame", connection.sql(sql).to_arrow_table().to_pandas())
