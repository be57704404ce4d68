"""Which tables go out, in which order of rows: the activities, and what hangs on them or accounts for them.

Redacted, nothing but activities is left: places, details, files' names and what was set aside are words of
the owner's. Of a filter, that goes out which hangs on the activities it leaves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from pipeline.export.activity import Choice, iter_activity, schema_of
from pipeline.export.opening import open_reader
from pipeline.settings import ZoneSpan
from pipeline.tables.batches import ROW_GROUP
from pipeline.tables.schema import DETAIL, FILE, LOCATION, SKIPPED
from pipeline.tables.store import Store
from pipeline.tables.views import quote_columns

MEMORY_MB = 256
SKIPPED_ROWS = 64  # up to 64 kB each

SOURCE = pa.schema(
    [
        *((name, pa.string()) for name in ("export", "folder", "product")),
        *((name, pa.timestamp("ms", tz="UTC")) for name in ("first", "last")),
        ("n", pa.int64()),
    ]
)
FILES = pa.schema([*FILE, ("part", pa.string()), ("copy", pa.bool_())])
HANGING = {"location": LOCATION, "detail": DETAIL}
ACTIVITY_ID = pa.field("activity", pa.int64())
"""Of a place or a detail: which row of the exported activities it hangs on, from 1; null where on none."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One table: its columns, and its rows each time they are asked for."""

    name: str
    schema: pa.Schema
    read: Callable[[], Iterator[pa.Table]]


def list_outgoing(
    store: Store, choice: Choice, home_zone: tuple[ZoneSpan, ...], *, linked: bool = False
) -> list[Outgoing]:
    """List the tables in the order of writing; ``linked`` adds ``ACTIVITY_ID`` where it can."""
    activity = Outgoing("activity", schema_of(choice), lambda: iter_activity(store.merged, choice, home_zone))
    if choice.redact:
        return [activity]
    hanging = [_list_hanging(store, name, choice, linked=linked) for name in HANGING]
    if choice.is_filtered:
        return [activity, *hanging]
    accounts = [
        _list_query(store, name, schema, f"FROM {name} ORDER BY {order}")
        for name, schema, order in (
            ("file", FILES, "export, file, part, bytes, kind, reason"),
            ("skipped", SKIPPED, 'export, file, position, "offset", length, reason'),
            ("source", SOURCE, "export, folder, product"),
        )
    ]
    return [activity, *hanging, *accounts]


def _list_hanging(store: Store, name: str, choice: Choice, *, linked: bool) -> Outgoing:
    """Return places or details, each with the row of the chosen activities that it hangs on."""
    merged = re.sub(r"([\[*?])", r"[\1]", str(store.merged)).replace("'", "''")
    chosen = {column: value for column in ("product", "action") if (value := getattr(choice, column))}
    number = "row_number() OVER (ORDER BY file_row_number)" if chosen else "file_row_number + 1"
    condition = " AND ".join(f"{column} = ?" for column in chosen) or "true"
    activities = (
        f"SELECT export, file, position, {number} AS activity "
        f"FROM read_parquet('{merged}', file_row_number=true) WHERE {condition}"
    )
    join = "JOIN" if chosen else "LEFT JOIN"
    schema = pa.schema([ACTIVITY_ID, *HANGING[name]]) if linked else HANGING[name]
    sql = f"FROM {name} {join} ({activities}) USING (export, file, position) ORDER BY ALL"
    return _list_query(store, name, schema, sql, [*chosen.values()])


def _list_query(store: Store, name: str, schema: pa.Schema, sql: str, values: Sequence[str] = ()) -> Outgoing:
    def read() -> Iterator[pa.Table]:
        n_rows = SKIPPED_ROWS if name == "skipped" else ROW_GROUP
        with open_reader(store, memory_mb=MEMORY_MB) as connection:
            rows = connection.sql(f"SELECT {quote_columns(schema)} {sql}", params=[*values])
            for batch in rows.to_arrow_reader(n_rows):
                yield pa.Table.from_batches([batch]).cast(schema)

    return Outgoing(name, schema, read)
