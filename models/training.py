"""The training loop, as a generator: the caller looks at each step and stops when it has seen enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from models.optimizers import Optimizer
from models.schedules import Schedule
from models.tree import view_as
from models.types import Array, Pullback, Tree


class Objective(Protocol):
    """A loss of parameters, its rows given as constants."""

    def __call__(self, parameters: Tree, **batch: Any) -> tuple[Array, Pullback]: ...


class Step(NamedTuple):
    """What one step saw before it moved."""

    number: int  # from 0
    loss: float
    steepest: float  # the largest absolute part of the gradient, before any clipping


def train(
    objective: Objective,
    flat: Array,
    parameters: Tree,
    batches: Iterable[Mapping[str, Any]],
    *,
    optimizer: Optimizer,
    schedule: Schedule,
    clip: Callable[[Array], None] | None = None,
) -> Iterator[Step]:
    """Move ``flat`` (whose views are ``parameters``) one step for each batch, and yield what it saw.

    ``clip`` changes the flat gradient in place before the optimizer sees it (``models.clipping``).
    """
    gradient = np.empty_like(flat)
    d_parameters = view_as(gradient, parameters)
    for number, batch in enumerate(batches):
        loss, pullback = objective(parameters, **batch)
        pullback(1.0, out=d_parameters)
        steepest = max(float(gradient.max()), -float(gradient.min()))
        if clip is not None:
            clip(gradient)
        optimizer.step(flat, gradient, schedule(number))
        yield Step(number, float(loss), steepest)
