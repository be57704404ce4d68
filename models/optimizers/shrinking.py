"""Proximal descent: after each step the weights are shrunk, so that the L1 penalty makes exact zeros.

A subgradient of |w| makes weights dance around zero; the proximal step solves for the penalty exactly:
p ← argmin_w ½(w − p)² + rate · λ·|w|, which is ``models.penalties.shrink``. With plain descent that is ISTA;
behind an adaptive optimizer, whose rates differ by parameter, it is a heuristic.

References: I. Daubechies, M. Defrise & C. De Mol 2004, *An Iterative Thresholding Algorithm for Linear
Inverse Problems with a Sparsity Constraint*; N. Parikh & S. Boyd 2014, *Proximal
Algorithms*, sec. 4.2 and 6.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from models.optimizers.optimizer import Optimizer
from models.penalties import shrink
from models.types import Array


class WithShrinking:
    """An optimizer after whose steps some of the parameters are shrunk."""

    def __init__(self, optimizer: Optimizer, weights: Sequence[Array], *, l1: float, l2: float) -> None:
        self.optimizer, self.weights, self.l1, self.l2 = optimizer, list(weights), l1, l2

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Let the optimizer move the parameters, then shrink the penalised ones."""
        self.optimizer.step(parameters, gradient, rate)
        for weight in self.weights:
            np.copyto(weight, shrink(weight, l1=rate * self.l1, l2=rate * self.l2))

    def list_arrays(self) -> dict[str, Array]:
        """Return what the optimizer needs to go on."""
        return self.optimizer.list_arrays()

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Go on from what ``list_arrays`` gave."""
        self.optimizer.restore(arrays)


def with_shrinking(
    optimizer: Optimizer, weights: Sequence[Array], *, l1: float, l2: float = 0.0
) -> WithShrinking:
    """Return ``optimizer`` with the penalty l1·Σ|w| + ½·l2·Σw² on ``weights``, by its proximal step.

    ``weights`` are views into the flat parameters: those to be penalised, the biases left out.
    """
    return WithShrinking(optimizer, weights, l1=l1, l2=l2)
