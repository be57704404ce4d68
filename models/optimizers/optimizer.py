"""What an optimizer is: it moves a flat vector of parameters, and can be saved and resumed.

``step(parameters, gradient, rate)`` changes ``parameters`` in place and leaves ``gradient`` as it was.
Work arrays belong to the optimizer, so that a step makes no new ones.

Shapes: parameters, gradient and what is kept of them (n,), all numbers of a net in one vector.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Protocol

import numpy as np

from models.errors import InputError
from models.types import Array


class Optimizer(Protocol):
    """What the training loop asks of an optimizer."""

    def step(self, parameters: Array, gradient: Array, rate: float) -> None: ...

    def list_arrays(self) -> dict[str, Array]: ...

    def restore(self, arrays: Mapping[str, Array]) -> None: ...


class FlatOptimizer(ABC):
    """The base: it counts its steps, and keeps the vectors named in ``kept``, all zeros at first."""

    kept: ClassVar[tuple[str, ...]] = ()

    def __init__(self, parameters: Array) -> None:
        self.n_steps = 0
        self._work = np.empty_like(parameters)
        for name in self.kept:
            setattr(self, name, np.zeros_like(parameters))

    @abstractmethod
    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move ``parameters`` against ``gradient``."""

    def list_arrays(self) -> dict[str, Array]:
        """Return copies of all that a resumed optimizer needs, by name."""
        return {"n_steps": np.array(self.n_steps)} | {
            name: np.array(getattr(self, name)) for name in self.kept
        }

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Go on from what ``list_arrays`` gave; raise ``InputError`` before any change if it is another's."""
        check_saved(arrays, self.list_arrays(), where=type(self).__name__)
        self.n_steps = int(arrays["n_steps"])
        for name in self.kept:
            np.copyto(getattr(self, name), arrays[name])


def check_saved(arrays: Mapping[str, Array], mine: Mapping[str, Array], *, where: str) -> None:
    """Raise ``InputError`` unless ``arrays`` holds each of ``mine``: its shape and type, finite numbers.

    Whole numbers count steps, and so are not below 0.
    """
    for name, own in mine.items():
        saved = np.asarray(arrays.get(name))
        if saved.shape != own.shape or saved.dtype != own.dtype:
            fault = f"no {name} of the shape {own.shape} and the type {own.dtype}"
        elif not np.isfinite(saved).all() or (own.dtype.kind == "i" and saved < 0):
            fault = f"a {name} that no step can have left"
        else:
            continue
        raise InputError(
            f"The saved optimizer has {fault}",
            where=where,
            remedy="Restore what the same optimizer saved, for the same net.",
        )
