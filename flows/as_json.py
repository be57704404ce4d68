"""A step's counts as figures for other programs."""

from __future__ import annotations

import dataclasses
import json
from typing import Any


def list_figures(counts: Any) -> dict[str, Any]:
    """Return the fields of a step's counts."""
    return (
        dataclasses.asdict(counts)
        if dataclasses.is_dataclass(counts) and not isinstance(counts, type)
        else {}
    )


def write_json(figures: Any) -> str:
    """Write figures as JSON; paths and dates become text."""
    return json.dumps(figures, indent=2, default=str, ensure_ascii=False)
