"""Which tables hold the owner's words, by the names of their columns."""

from __future__ import annotations

from pipeline.privacy import TEXT_COLUMNS, is_private
from pipeline.report.columns import is_text
from pipeline.tables.schema import ACTIVITY

OWNERS = {"text", "url", "site", "channel", "file"}


def test_a_column_of_the_owners_words_makes_a_table_private() -> None:
    assert is_private(["year", "word", "count"])
    assert not is_private(["year", "searches", "note", "kind"])
    assert not is_private([])


def test_every_column_that_can_hold_what_was_typed_or_opened_is_named() -> None:
    assert set(ACTIVITY.names) & TEXT_COLUMNS == OWNERS
    assert {"location", "detail", "word", "query", "title"} <= TEXT_COLUMNS


def test_the_report_takes_just_these_columns_for_the_owners_own() -> None:
    assert {name for name in [*TEXT_COLUMNS, "note", "kind", "year"] if is_text(name)} == TEXT_COLUMNS
