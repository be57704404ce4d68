"""What speaks for a weekend day, and what for a workday: hours that are clearly fuller on the one kind."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from models.types import Array, Flags
from pipeline.patterns.wording import begin, say_hour

SURE = 0.95  # for all hours together
MOST_HOURS = 12  # more of them than this are not named: it is the whole day that speaks
NONE_CLEAR = "No hour by itself is clearly fuller on the one kind of day than on the other."


def say_weights(weight: Array, x: Array, weekend: Flags) -> str:
    """Name the hour that speaks most for each kind of day, of those that by themselves differ beyond chance.

    ``weight (24,)`` is for the weekend; ``x (n, 24)`` and ``weekend (n,)`` are the days learned from.
    """
    side = find_sides(x, weekend)
    parts = []
    for sign, kind in ((1, "a weekend day"), (-1, "a workday")):
        hours = np.flatnonzero((side == sign) & (sign * weight > 0))
        if len(hours) > MOST_HOURS:
            parts.append(f"more than usual at most hours speaks for {kind}")
        elif len(hours):
            most = int(hours[(sign * weight)[hours].argmax()])
            parts.append(f"more than usual around {say_hour(most)} speaks for {kind}")
    return f"{begin(', '.join(parts))}." if parts else NONE_CLEAR


def find_sides(x: Array, weekend: Flags) -> Array:
    """Return 1 for a column that is clearly larger on weekend days, -1 on workdays, 0 for the others.

    By Welch's t, each day an observation, widened for the number of columns.
    """
    one, other = x[weekend], x[~weekend]
    if min(len(one), len(other)) < 2:
        return np.zeros(x.shape[1])
    parts = [kind.var(axis=0, ddof=1) / len(kind) for kind in (one, other)]
    enough = stdtrit(min(len(one), len(other)) - 1, 1 - (1 - SURE) / (2 * x.shape[1]))
    apart = one.mean(axis=0) - other.mean(axis=0)
    clear = np.abs(apart) > enough * np.sqrt(parts[0] + parts[1])
    side: Array = np.sign(apart) * clear
    return side
