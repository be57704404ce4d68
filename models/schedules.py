"""Schedules: the rate of each step, as a function of its number from 0.

References: I. Loshchilov & F. Hutter 2017, *SGDR*, arXiv 1608.03983, eq. 5 (the cosine, without
restarts); L. N. Smith & N. Topin 2019, *Super-Convergence*, arXiv 1708.07120 (one cycle; here with PyTorch's
defaults and cosines for lines).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from models.errors import InputError

Schedule = Callable[[int], float]


def keep_constant(rate: float) -> Schedule:
    """Return a rate that is always ``rate``."""
    return lambda number: rate


def fall_by_cosine(rate: float, n_steps: int) -> Schedule:
    """Return a rate that falls from ``rate`` at step 0 towards 0 at ``n_steps``, along half a cosine."""
    return lambda number: _go_by_cosine(rate, 0.0, number / n_steps)


def fall_by_steps(rate: float, *, factor: float, every: int) -> Schedule:
    """Return a rate that is multiplied by ``factor`` after each ``every`` steps."""
    return lambda number: rate * factor ** (number // every)


def rise_and_fall(
    rate: float, n_steps: int, *, rise: float = 0.3, first: float = 1 / 25, last: float = 4e-6
) -> Schedule:
    """Return one cycle: from ``first``·rate up to ``rate``, then down to ``last``·rate at the last step.

    The way up takes the share ``rise`` of the ``n_steps``; both ways are halves of a cosine. Where
    that is less than a step, the first step is on the way down already.
    """
    if not 0 < rise < 1:
        raise InputError(f"The way up takes the share {rise}", where="schedules", remedy="Between 0 and 1.")
    top = rise * n_steps - 1  # the step with the highest rate; a broken number, as in PyTorch

    def rate_at(number: int) -> float:
        if number < top:
            return _go_by_cosine(first * rate, rate, number / top)
        return _go_by_cosine(rate, last * rate, (number - top) / (n_steps - 1 - top))

    return rate_at


def _go_by_cosine(start: float, end: float, share: float) -> float:
    """Go from ``start`` at the share 0 to ``end`` at the share 1, and stay there."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * min(share, 1.0)))
