"""A rate for each part: an optimizer whose moves are multiplied, part by part.

With the optimizer's own move m at the rate of the step, and the factor f of the part that a parameter is in,

    p ← p + f·m

All optimizers here make their moves of gradients alone, and multiply them by the rate at the end, so that a
part goes as if its rate were f times that of the step; with f = 0 it stays where it is.

Reference: J. D. Seo 2018, *Only NumPy: Implementing Mini VGG (VGG 7) and SoftMax Layer* (a rate for
convolutions, another for affine layers).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from models.errors import InputError
from models.optimizers.optimizer import Optimizer
from models.tree import list_leaves, map_tree, pack
from models.types import Array, Tree


class WithRates:
    """An optimizer whose moves are multiplied by a vector of factors."""

    def __init__(self, optimizer: Optimizer, factors: Array) -> None:
        self.optimizer, self.factors = optimizer, factors
        self._move = np.empty_like(factors)

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Let the optimizer move from zero, and ``parameters`` by that, each times its factor."""
        move = self._move
        move.fill(-0.0)  # the zero to which any x can be added without a change, −0 too
        self.optimizer.step(move, gradient, rate)
        np.multiply(move, self.factors, out=move)
        np.add(parameters, move, out=parameters)

    def list_arrays(self) -> dict[str, Array]:
        """Return what the optimizer needs to go on."""
        return self.optimizer.list_arrays()

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Go on from what ``list_arrays`` gave."""
        self.optimizer.restore(arrays)


def with_rates(optimizer: Optimizer, parameters: Tree, factors: Tree) -> WithRates:
    """Return ``optimizer`` with its rate multiplied by a factor for each part; all 1 equal it bit for bit.

    ``parameters`` are the views into the flat vector that ``tree.pack`` gives. ``factors`` is a number for
    them all, or a tuple with such factors for each branch: ``(1, (1, 0.1))`` where ``parameters`` are
    (first, (second, third)). Around ``with_noise``, or within it, noise is the same; ``with_shrinking`` goes
    around it, and shrinks all parts by the step's own rate.

    Raises ``InputError`` for a factor below 0, or factors that are not those of the parts.
    """
    filled = _spread(factors, parameters)
    return WithRates(optimizer, pack(filled, list_leaves(filled)[0].dtype)[0])


def _spread(factors: Tree, parameters: Tree) -> Tree:
    """Return a tree like ``parameters``, each leaf filled with the factor of its branch."""
    if not isinstance(factors, tuple):
        if not 0 <= factors < math.inf:
            raise InputError(
                f"A rate cannot be multiplied by {factors}",
                where="with_rates",
                remedy="Give factors from 0 upwards.",
            )
        return map_tree(lambda leaf: np.full_like(leaf, factors), parameters)
    if not isinstance(parameters, tuple) or len(parameters) != len(factors):
        n_parts = len(parameters) if isinstance(parameters, tuple) else 1
        raise InputError(
            f"There are {len(factors)} factors, and {n_parts} parts",
            where="with_rates",
            remedy="Give a factor for each part, or one for them all.",
        )
    return tuple(_spread(factor, part) for factor, part in zip(factors, parameters, strict=True))
