from __future__ import annotations

import pyarrow as pa
import pytest

from pipeline.errors import StoreError
from pipeline.tables.schema import ACTIVITY, DETAIL, SCHEMA_VERSION, TABLES, check_table


def test_the_activity_table_has_the_columns_of_the_design() -> None:
    assert ACTIVITY.names == [
        "time", "product", "action", "text", "url", "site", "channel", "mark", "header", "language", "zone",
        "offset_minutes", "export", "file", "position",
    ]  # fmt: skip
    assert ACTIVITY.field("time").type == pa.timestamp("ms", tz="UTC")


def test_every_table_is_keyed_by_export_and_file_and_carries_the_version() -> None:
    for schema in TABLES.values():
        assert {"export", "file"} <= set(schema.names)
        assert schema.metadata == {b"almanac.schema_version": str(SCHEMA_VERSION).encode()}


def test_a_table_without_a_column_passes_since_a_missing_column_is_null() -> None:
    check_table(DETAIL.remove(DETAIL.get_field_index("url")), DETAIL, where="x")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (DETAIL.with_metadata(None), "A table that Almanac did not write (x)"),
        (
            DETAIL.with_metadata({"almanac.schema_version": "999"}),
            "A table from a later version of Almanac (x)",
        ),
        (
            DETAIL.set(DETAIL.get_field_index("position"), pa.field("position", pa.string())),
            "The column 'position' holds string, not int64 (x)",
        ),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_in_words(found: pa.Schema, words: str) -> None:
    with pytest.raises(StoreError) as error:
        check_table(found, DETAIL, where="x")
    assert str(error.value).startswith(words)
