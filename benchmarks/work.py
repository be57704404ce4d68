"""One piece of work that ``models.py`` times, by us and by its peers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

OURS = "almanac"


class Work(NamedTuple):
    """A piece of work: what is counted, what one costs in floating-point operations, and who does it."""

    name: str
    unit: str
    operations: float  # of one unit, multiplications and additions
    contenders: dict[str, Callable[[int], object]]  # does so many units
    kind: str = "float32"  # of the numbers
