"""Stop when the validation rows have not been met better for a while, and keep the best parameters.

Reference: L. Prechelt 1998, *Early Stopping — But When?*. Its criterion UP asks for rises in a row; here
epochs are counted since the best one, the *patience* of today's libraries, which also ends a zigzag.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeAlias

import numpy as np

from models.errors import InputError
from models.training import Step
from models.types import Array

Tell: TypeAlias = Callable[[int, int | None], None]  # (epochs done, epochs at most, if known)


def tell_of_part(tell: Tell, n_before: int, most: int) -> Tell:
    """Tell of one training as a part of several: ``n_before`` epochs came before it, of ``most`` in all."""
    return lambda done, of: tell(n_before + done, most)


def run_epochs(steps: Iterable[object], *, every: int, n_epochs: int, tell: Tell) -> None:
    """Run all ``steps``, ``every`` of them an epoch; ``tell(done, n_epochs)`` is called after each epoch."""
    for number, _ in enumerate(steps, 1):
        if number % every == 0:
            tell(number // every, n_epochs)


class Epoch(NamedTuple):
    """What one epoch saw."""

    number: int  # from 0
    n_steps: int
    loss: float  # the mean of its steps' losses, each before its step
    measure: float  # the validation measure after its last step
    best: bool  # is it the lowest so far?


def train_until_worse(
    steps: Iterator[Step],
    measure: Callable[[], float],
    *,
    flat: Array,
    every: int,
    patience: int,
    n_epochs: int | None = None,
    running: Sequence[object] = (),
    tell: Tell | None = None,
) -> Iterator[Epoch]:
    """Run ``steps``, ``every`` of them an epoch, until ``patience`` epochs in a row brought nothing better.

    ``measure()`` is called after each epoch, on the parameters as they are in ``flat``; lower is better,
    and NaN is never better. It ends after ``n_epochs`` if that is given, and when the steps end. At the
    end, and also where the caller stops early and closes it, ``flat`` holds the best parameters again (the
    ones it began with, if no epoch had a number to show). So do the attributes of ``running``: give it what
    else the net learns, such as its ``RunningMoments``. ``tell(done, of)`` is called after each epoch.
    Raises ``InputError`` for ``every`` or ``patience`` below 1.
    """
    if every < 1 or patience < 1:
        raise InputError(
            f"Epochs of {every} steps and a patience of {patience} train nothing",
            where="early stopping",
            remedy="Give at least 1 of each.",
        )
    best, kept = flat.copy(), [dict(vars(each)) for each in running]
    lowest, n_worse, number = np.inf, 0, 0
    try:
        while n_worse < patience and number != n_epochs:
            losses = [step.loss for step in islice(steps, every)]
            if not losses:
                break
            value = float(measure())
            better = value < lowest
            if better:
                lowest, n_worse = value, 0
                np.copyto(best, flat)
                kept = [dict(vars(each)) for each in running]
            else:
                n_worse += 1
            if tell is not None:
                tell(number + 1, n_epochs)
            yield Epoch(number, len(losses), sum(losses) / len(losses), value, better)
            number += 1
    finally:
        np.copyto(flat, best)
        for each, attributes in zip(running, kept, strict=True):
            vars(each).update(attributes)
