"""What a network can show of its own, by the name of its picture.

Each is a ``Belief`` of a network's result: a table of numbers, without a word of the owner's. Its picture is
``picture_<name>(frame, coverage)`` in ``pipeline/charts/<name>.py``, its file ``charts/<name>.png``. A column
``week`` or ``date`` holds days since 1970, and becomes dates in the frame; what has one is left out of a
page whose dates are coarse.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.charts.picture import Picture
    from pipeline.patterns.coverage import Coverage

BELIEFS: tuple[str, ...] = ("week_surprise", "denoised_weeks", "invented_weeks")


def load_picture(name: str) -> Callable[[pd.DataFrame, Coverage], Picture]:
    """Return how to draw the belief ``name``."""
    picture: Callable[[pd.DataFrame, Coverage], Picture]
    picture = getattr(import_module(f"pipeline.charts.{name}"), f"picture_{name}")
    return picture
