"""Dropout: in training a random share of the values is zero, in evaluation none.

Kept values are divided by the keep probability at once, so that their mean stays and evaluation is the
identity ("inverted" dropout).

Shapes: any, and out comes the same.

Reference: N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever & R. Salakhutdinov 2014, *Dropout*,
JMLR 15, sec. 4 and 10.
"""

from __future__ import annotations

import numpy as np

from models.errors import InputError
from models.layers.activations import identity
from models.types import Array, Pullback


def dropout(x: Array, *, keep_probability: float, rng: np.random.Generator | None) -> tuple[Array, Pullback]:
    """Return ``x`` with each value kept with ``keep_probability``; without ``rng`` that is the identity.

    Raises ``InputError`` for a probability that is not above 0 and at most 1.
    """
    check_probability(keep_probability)
    if rng is None:
        return identity(x)
    drawn = rng.random(x.shape, np.float32) < keep_probability  # 2⁻²⁴ is fine enough for a coin
    mask = np.multiply(drawn, 1 / keep_probability, dtype=x.dtype)

    def pull_dropout(dy: Array, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(dy, mask, out=out),)

    return x * mask, pull_dropout


def check_probability(keep_probability: float) -> None:
    """Raise ``InputError`` unless values can be kept with this probability and divided by it."""
    if not 0 < keep_probability <= 1:
        raise InputError(
            f"Dropout cannot keep values with the probability {keep_probability}",
            where="dropout",
            remedy="Give one above 0, and at most 1.",
        )
