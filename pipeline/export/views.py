"""What the database offers besides the tables: indices for facets, and views that count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

INDICES: Mapping[str, Sequence[tuple[str, ...]]] = {
    "activity": (
        ("time",), ("product",), ("action",), ("year", "month"), ("month",), ("weekday", "hour"), ("hour",),
        ("site",),
    ),
    "location": (("activity",),),
    "detail": (("activity",),),
    "skipped": (("reason",),),
    "file": (("kind",),),
}  # fmt: skip
"""Of a million rows a facet takes a second without an index, a tenth of one with it."""

UNMARKED = "WHERE mark IS NULL"
VIEWS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "count_by_month": (
        ("year", "month"),
        f"SELECT year, month, product, action, count(*) AS n FROM activity {UNMARKED} "
        "GROUP BY year, month, product, action ORDER BY year, month, product, action",
    ),
    "count_by_hour": (
        ("weekday", "hour"),
        f"SELECT weekday, hour, product, count(*) AS n FROM activity {UNMARKED} "
        "GROUP BY weekday, hour, product ORDER BY weekday, hour, product",
    ),
    "count_by_site": (
        ("site",),
        f"SELECT site, product, count(*) AS n FROM activity {UNMARKED} AND site IS NOT NULL "
        "GROUP BY site, product ORDER BY n DESC, site, product",
    ),
    "searched": (
        ("text",),
        'SELECT product, text, count(*) AS n, min(time) AS "first", max(time) AS "last" FROM activity '
        f"{UNMARKED} AND action = 'searched' AND text IS NOT NULL "
        "GROUP BY product, text ORDER BY n DESC, product, text",
    ),
}
"""Name → the columns that it needs, and its query; what was marked as an advertisement is not counted."""


def list_views(columns: Sequence[str]) -> dict[str, str]:
    """Return the views that activities with such columns can have."""
    return {name: select for name, (needed, select) in VIEWS.items() if set(needed) <= set(columns)}
