"""DuckDB for somebody who only reads, while another run may write."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator

import duckdb

from pipeline.tables.files import TEMPORARY, remove
from pipeline.tables.store import Store


@contextlib.contextmanager
def open_reader(store: Store, *, memory_mb: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the views of ``store``; what does not fit into memory goes to a folder of this reader's own."""
    # Two programs that spill into one folder would write over each other (DuckDB 2.0, November 2026).
    spill = store.out / "tables" / f"{TEMPORARY}{secrets.token_hex(6)}-spill"
    with store.connect(memory_mb=memory_mb) as connection:
        connection.execute("SET temp_directory = ?", [str(spill)])
        try:
            yield connection
        finally:
            connection.close()
            remove(spill)
