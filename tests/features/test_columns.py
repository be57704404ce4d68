"""Every column of every kind of feature is described, and docs/features.md says the same."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from pipeline.features.arrays import Column, list_names
from pipeline.features.columns import list_columns
from pipeline.features.text import MOST_TEXTS, N_COLUMNS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "features.md").read_text("utf-8")
ROOM = [import_module(f"pipeline.features.{path.stem}") for path in (ROOT / "pipeline/features").glob("*.py")]
KINDS = {module.__name__.rpartition(".")[2]: module for module in ROOM if hasattr(module, "COLUMNS")}


def read_tables() -> dict[str, list[tuple[str, str]]]:
    """Return name and meaning of each row of the page's tables of columns, by heading."""
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    rows = {
        section.partition("\n")[0]: re.findall(r"^\| (`[^|]+) \| ([^|]+) \|$", section, re.MULTILINE)
        for section in sections
    }
    return {heading: found for heading, found in rows.items() if found}


def write_names(column: Column) -> str:
    """Return a column's name as the page has it, or the first and the last of several."""
    first, last = column.names[0], column.names[-1]
    return f"`{first}`" if first == last else f"`{first}` to `{last}`"


def test_the_page_describes_every_column_as_the_code_does_and_no_other() -> None:
    described = {
        kind: [(write_names(column), column.meaning) for column in columns]
        for kind, columns in list_columns().items()
    }
    assert read_tables() == described


def test_every_module_with_columns_is_in_the_list() -> None:
    assert sorted(kind.rstrip("s") for kind in KINDS) == sorted(
        kind.lower().replace(" ", "_").rstrip("s") for kind in list_columns()
    )
    assert sorted(map(str, list_columns().values())) == sorted(
        str(module.COLUMNS) for module in KINDS.values()
    )


def test_names_follow_the_columns_and_none_comes_twice() -> None:
    for module in KINDS.values():
        assert list_names(module.COLUMNS) == module.NAMES
        assert len(set(module.NAMES)) == len(module.NAMES) > 0


def test_every_meaning_is_a_sentence() -> None:
    for columns in list_columns().values():
        for column in columns:
            assert re.fullmatch(r"[A-Z1].*[a-z0½]\.", column.meaning), column


def test_the_pages_shapes_have_as_many_columns_as_there_are() -> None:
    shapes = dict(re.findall(r"^\| ([a-z ]+) \| \w+ × (\d+) \|", PAGE, re.MULTILINE))
    columns = {kind.lower(): str(len(list_names(found))) for kind, found in list_columns().items()}
    assert shapes == {kind: columns[kind] for kind in shapes} and len(shapes) == 4
    assert f"texts × {N_COLUMNS:,}, sparse" in PAGE and f"the last {MOST_TEXTS:,} texts" in PAGE
