"""What every column of every kind of feature holds, in one list: docs/features.md is made of it."""

from __future__ import annotations

from pipeline.features import (
    clips,
    day_profile,
    day_series,
    evenings,
    hour_series,
    text,
    week_maps,
)
from pipeline.features.arrays import Column


def list_columns() -> dict[str, tuple[Column, ...]]:
    """Return the columns of each kind of feature, in their order."""
    return {
        "Day profile": day_profile.COLUMNS,
        "Hour series": hour_series.COLUMNS,
        "Day series": day_series.COLUMNS,
        "Evenings": evenings.COLUMNS,
        "Week maps": week_maps.COLUMNS,
        "Clips": clips.COLUMNS,
        "Text": text.COLUMNS,
    }
