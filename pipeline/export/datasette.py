"""What Datasette reads beside a database, so that its first page is of use: facets, search, descriptions.

Datasette (0.65, November 2026) takes a folder as its one argument: every ``.db`` in it, ``metadata.json`` and
``settings.json``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pipeline.export.columns import describe_columns, describe_table, say_left
from pipeline.export.sqlite_file import NAMED, SEARCHED
from pipeline.export.tables import Outgoing
from pipeline.export.views import list_views

DATABASE = "almanac"
FACETS = ("product", "action", "year", "month", "weekday", "hour")
SEARCH = (
    "Search finds whole words of text, site and channel, whatever their accents. In an archive of which many "
    "texts are in Chinese, Japanese, Thai or another script without spaces it finds any run of three "
    "characters instead; for one or two, filter by “text contains”."
)
VIEWS = {
    "count_by_month": "How many activities by month of the home clock, product and action.",
    "count_by_hour": "How many activities by weekday (Monday is 0), hour and product.",
    "count_by_site": "How many activities by site.",
    "searched": "Each text that was searched for: how often, first and last.",
}
SETTINGS = {
    "suggest_facets": False,  # of texts that are all different, at a second each
    "facet_time_limit_ms": 2000,
    "sql_time_limit_ms": 5000,
    "allow_facet": True,
}


def write_settings() -> bytes:
    """Return ``settings.json``."""
    return _encode(SETTINGS)


def write_metadata(tables: Sequence[Outgoing], *, redact: bool, coarse: bool) -> bytes:
    """Return ``metadata.json`` for a database of these tables."""
    described = {table.name: _describe(table) for table in tables}
    names = tables[0].schema.names
    for name in list_views(names):
        described[name] = {"description": VIEWS[name]}
    for name in set(NAMED) & set(names):
        described[name] = {"hidden": True, "label_column": "name"}
    about = "Made by Almanac from a Google Takeout archive. "
    about += say_left(coarse=coarse) if redact else SEARCH
    database = {"description": about, "tables": dict(sorted(described.items()))}
    return _encode({"title": "Almanac", "databases": {DATABASE: database}})


def _describe(table: Outgoing) -> dict[str, Any]:
    names = table.schema.names
    page: dict[str, Any] = {
        "description": describe_table(table.name, names),
        "columns": describe_columns(table.name, names),
    }
    if table.name == "activity":
        page["facets"] = [name for name in FACETS if name in names]
        page["size"] = 50
        if "time" in names:
            page["sort_desc"] = "time"
        if set(SEARCHED) <= set(names):
            page |= {"fts_table": "activity_fts", "fts_pk": "id", "label_column": "text"}
    if table.name == "file":
        page |= {"facets": ["kind", "language", "export"], "sort": "file"}
    if table.name == "skipped":
        page["facets"] = ["reason"]
    return page


def _encode(content: Any) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()
