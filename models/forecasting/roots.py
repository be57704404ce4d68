"""The one root of a rising or falling function of a positive number, by Newton's steps kept in a bracket.

References: W. H. Press et al. 2007, *Numerical Recipes*, 3rd ed., ch. 9.4.
"""

from __future__ import annotations

from collections.abc import Callable

from models.errors import InputError

MOST_STEPS = 200
CLOSE = 4e-16  # relative: two neighbouring doubles
WIDEST = 1e12  # how far the bracket may reach, as a multiple of the start


def find_root(function: Callable[[float], tuple[float, float]], start: float) -> float:
    """Return where ``function``, which gives value and derivative, is zero; raise ``InputError`` if nowhere.

    The bracket is widened from ``start`` by doubling; a step of Newton's that leaves it is replaced by
    halving.
    """
    low = high = float(start)
    rises = function(start)[1] > 0
    while (function(low)[0] > 0) == rises and low > start / WIDEST:
        low /= 2
    while (function(high)[0] < 0) == rises and high < start * WIDEST:
        high *= 2
    if (function(low)[0] > 0) == (function(high)[0] > 0):
        raise InputError(
            "No parameters of this curve are the likeliest", where="forecasting", remedy="Fit another curve."
        )
    x = float(start)
    for _ in range(MOST_STEPS):
        value, slope = function(x)
        if (value > 0) == rises:
            high = x
        else:
            low = x
        newton = x - value / slope if slope else low
        following = newton if low < newton < high else (low + high) / 2
        if abs(following - x) <= CLOSE * abs(x):
            return following
        x = following
    return x
