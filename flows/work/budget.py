"""Which pieces of work a run does: by how long each will take, as far as the archive's size tells.

Without ``--all`` a long one is left, however fast the machine is: what a plain run makes is the same
everywhere. ``--minutes`` goes by the clock. A piece that was begun is ended.
"""

from __future__ import annotations

from typing import NamedTuple

LONG_SECONDS = 300.0  # a piece that takes longer is trained where it is asked for


class Budget(NamedTuple):
    """``--all``, and ``--minutes`` in seconds (``None``: as long as it takes)."""

    every: bool = False
    seconds: float | None = None


def find_reason_to_leave(
    estimate: float, spent: float, budget: Budget, *, command: str = "almanac learn"
) -> str | None:
    """Say why a piece of ``estimate`` seconds is left after ``spent`` seconds; ``None`` where it is done.

    One of 0 seconds is always done: it only says what it lacks. ``command`` is what goes on with the rest.
    """
    if not budget.every and estimate > LONG_SECONDS:
        return (
            f"Not trained by itself, since it would take {say_about(estimate)}: "
            "almanac learn --all trains it."
        )
    if budget.seconds is not None and estimate > 0 and spent + estimate > budget.seconds:
        left, given = (say_about(max(time, 0.0))[6:] for time in (budget.seconds - spent, budget.seconds))
        about = say_about(estimate)
        takes = "a little more than" if about[6:] == left else f"{about}, more than"
        return (
            f"Not trained: that takes {takes} the {left} left of the {given} given. The next {command} "
            "goes on."
        )
    return None


def say_about(seconds: float) -> str:
    """Write a duration: about 7 minutes, about 10 seconds."""
    if seconds < 90:
        n, noun = max(round(seconds), 0), "second"
    else:
        n, noun = round(seconds / 60), "minute"
    return f"about {n} {noun}{'' if n == 1 else 's'}"
