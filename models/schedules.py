"""Schedules: the rate of each step, as a function of its number from 0."""

from __future__ import annotations

import math
from collections.abc import Callable

Schedule = Callable[[int], float]


def fall_by_cosine(rate: float, n_steps: int) -> Schedule:
    """Return a rate that falls from ``rate`` at step 0 towards 0 at ``n_steps``, along half a cosine.

    Reference: I. Loshchilov & F. Hutter 2017, *SGDR*, arXiv 1608.03983, eq. 5 without restarts.
    """
    return lambda number: rate * 0.5 * (1 + math.cos(math.pi * min(number / n_steps, 1.0)))
