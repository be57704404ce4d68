"""Where a scale ends and which class a value falls into; limits always come from the data."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, isnan, log10

import numpy as np
from numpy.typing import NDArray

HEADROOM = 1.2  # of the highest value; the look asks for 14–30 %
NUMBERED_STEPS = (0, 1, 2, 3, 5, 6, 8)  # of nine: on the fifth neither ink nor paper reaches 4.5 : 1


def find_top(values: Sequence[float] | NDArray[np.float64]) -> float:
    """Return the upper limit for ``values``: the highest and its headroom; 1 where there is nothing."""
    highest = float(np.nanmax(np.append(np.asarray(values, dtype=float), 0.0)))
    return highest * HEADROOM if highest > 0 else 1.0


def choose_ticks(top: float, most: int = 4) -> list[float]:
    """Return at most ``most`` round values above 0 and up to ``top``, evenly spaced."""
    if not isfinite(top) or top <= 0:
        return []
    rough = top / most
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * factor for factor in (1, 2, 3, 5, 10, 20) if unit * factor >= rough * (1 - 1e-9))
    return [round(step * k, 10) for k in range(1, int(top / step + 1e-9) + 1)]


def step_of(value: float, highest: float, n_steps: int = 9) -> float:
    """Return where ``value`` lies on a ramp of ``n_steps`` colours, 0 to ``highest`` or more."""
    if highest <= 0:
        return 0.0
    return min(n_steps - 1.0, max(0.0, value / highest * (n_steps - 1)))


def class_of(value: float, lowest: float, highest: float) -> float:
    """Return the class, 0 to 6, of a numbered cell: 0 is for nothing, the others share the span evenly.

    The span is at least three fifths of ``highest``, so that small differences look small. NaN is NaN.
    """
    if isnan(value):
        return value
    if value <= 0 or highest <= 0:
        return 0.0
    low = min(lowest, 0.4 * highest)
    return 1.0 + min(5, max(0, int((value - low) / (highest - low) * 6)))
