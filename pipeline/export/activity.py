"""The activity table as it is exported: with the home clock beside it, or as redaction leaves it.

Where the days are hidden, the order of the rows must not tell them: those come sorted by what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.export.common_sites import hide_site
from pipeline.privacy import hide_product
from pipeline.settings import ZoneSpan
from pipeline.tables.batches import ROW_GROUP
from pipeline.tables.local_time import add_local_time
from pipeline.tables.schema import ACTIVITY

ACTIONS = frozenset(
    ("searched", "visited", "viewed", "watched", "used", "listened", "asked", "notified", "other")
)
MARKS = frozenset(("ad", "boilerplate"))

_CLOCK = [
    ("year", pa.int16()),
    ("month", pa.int8()),
    ("weekday", pa.int8()),
    ("hour", pa.int8()),
]
_OF_ALL = [(name, pa.string()) for name in ("product", "action", "site", "mark")]
WHOLE = pa.schema([ACTIVITY.field("time"), ("local", pa.timestamp("ms")), *_CLOCK, *[*ACTIVITY][1:]])
REDACTED = pa.schema([ACTIVITY.field("time"), *_OF_ALL])
COARSE = pa.schema([*_CLOCK, *_OF_ALL])


@dataclass(frozen=True, slots=True)
class Choice:
    """Which activities go out, and how much of each."""

    product: str | None = None
    action: str | None = None
    redact: bool = False
    coarse: bool = False  # never without ``redact``

    @property
    def is_filtered(self) -> bool:
        """Say whether only some of the activities go out."""
        return self.product is not None or self.action is not None


def schema_of(choice: Choice) -> pa.Schema:
    """Return the columns that go out."""
    if choice.redact:
        return COARSE if choice.coarse else REDACTED
    return WHOLE


def iter_activity(merged: Path, choice: Choice, home_zone: tuple[ZoneSpan, ...]) -> Iterator[pa.Table]:
    """Yield the activities that were chosen, some thousands at a time; their order tells nothing more."""
    rows = _iter_chosen(merged, choice)
    if not choice.redact:
        return (_add_clock(table, home_zone).select(WHOLE.names).cast(WHOLE) for table in rows)
    hidden = (_hide(table) for table in rows)
    if choice.coarse:
        local = (_add_clock(table, home_zone) for table in hidden)
        return _iter_sorted(table.select(COARSE.names).cast(COARSE) for table in local)
    return (table.select(REDACTED.names).cast(REDACTED) for table in hidden)


def _iter_chosen(merged: Path, choice: Choice) -> Iterator[pa.Table]:
    with pq.ParquetFile(merged) as file:
        for batch in file.iter_batches(ROW_GROUP, use_threads=False):
            table = pa.Table.from_batches([batch])
            for field in ACTIVITY:
                if field.name not in table.column_names:  # tables of an older version
                    table = table.append_column(field, pa.nulls(len(table), field.type))
            for name, value in (("product", choice.product), ("action", choice.action)):
                if value is not None:
                    table = table.filter(pc.equal(table[name], value))
            if len(table):
                yield table


def _add_clock(table: pa.Table, home_zone: tuple[ZoneSpan, ...]) -> pa.Table:
    frame = add_local_time(table.select(["time"]).to_pandas(), home_zone)
    for name, kind in (("local", pa.timestamp("ms")), *_CLOCK):
        table = table.append_column(name, pa.array(frame[name].to_numpy(), kind))
    return table


def _hide(table: pa.Table) -> pa.Table:
    """Leave of products, sites, actions and marks those that have names of ours, or public ones."""
    rules: dict[str, Callable[[str], str | None]] = {
        "product": hide_product,
        "action": lambda action: action if action in ACTIONS else "other",
        "site": hide_site,
        "mark": lambda mark: mark if mark in MARKS else None,
    }
    for name, rule in rules.items():
        column = table[name].combine_chunks().dictionary_encode()
        allowed = pa.array([rule(value) for value in column.dictionary.to_pylist()], pa.string())
        table = table.set_column(table.column_names.index(name), name, allowed.take(column.indices))
    return table


def _iter_sorted(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows sorted by all they hold; alike as they are, they are counted, not kept."""
    counted = pa.table([*COARSE.empty_table().columns, pa.array([], pa.int64())], [*COARSE.names, "n"])
    for table in tables:
        ones = table.append_column("n", pa.array(np.ones(len(table), np.int64)))
        joined = pa.concat_tables([counted, ones])
        counted = joined.group_by(COARSE.names, use_threads=False).aggregate([("n", "sum")])
        counted = counted.rename_columns([*COARSE.names, "n"])
    counted = counted.sort_by([(name, "ascending") for name in COARSE.names])
    ends = np.cumsum(counted["n"].to_numpy())
    for begin in range(0, int(ends[-1]) if len(ends) else 0, ROW_GROUP):
        places = np.arange(begin, min(begin + ROW_GROUP, int(ends[-1])))
        yield counted.select(COARSE.names).take(pa.array(np.searchsorted(ends, places, side="right")))
