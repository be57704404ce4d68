"""A residual block: what a few layers add to their input; with stochastic depth, at times nothing.

With the layers f, the shortcut s (the identity, or a map to another shape) and the keep probability p,

    y = b·f(x) + s(x)        in training, with b drawn anew for each batch: 1 with the probability p, else 0
        df = b·dy,  dx = b·(∂f)ᵀdy + (∂s)ᵀdy
    y = p·f(x) + s(x)        in use: the mean of what was trained

Where b is 0 nothing of f is computed, and its parameters' gradients are zero. With p = 1 nothing is drawn.

Shapes: x (n, …) → y (n, …), of the shape that f gives, which s gives too.

References: K. He, X. Zhang, S. Ren & J. Sun 2016, *Deep Residual Learning for Image Recognition*, arXiv
1512.03385, eq. 1 and 2; G. Huang et al. 2016, *Deep Networks with Stochastic Depth*, arXiv 1603.09382,
eq. 2 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.composition import Net, Random, Row, Shape
from models.errors import InputError
from models.tree import map_tree
from models.types import Array, Pullback, Tree


@dataclass(frozen=True)
class Residual(Net):
    """The layers f beside the shortcut s: x ↦ b·f(x) + s(x); its parameters are (f's, s's)."""

    added: Net  # f
    shortcut: Net  # s; ``sequence()`` is the identity
    keep: float = 1.0  # p

    def __post_init__(self) -> None:
        if not 0 < self.keep <= 1:
            raise InputError(
                f"A residual block cannot be kept with the probability {self.keep}",
                where="residual",
                remedy="Give one above 0, and at most 1.",
            )

    def begin(self, rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        """Return the parameters of both; raise ``InputError`` where their shapes differ."""
        begun = [part.begin(rng, shape, dtype) for part in (self.added, self.shortcut)]
        self._check(*(out for _, out in begun))
        return tuple(p for p, _ in begun), begun[0][1]

    def run(self, parameters: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        """Return the sum; in training f falls away at times."""
        p_added, p_shortcut = parameters
        short, pull_shortcut = self.shortcut.run(p_shortcut, x, rng, pull_input)
        if rng is not None and self.keep < 1 and rng.random() >= self.keep:

            def pull_skipped(dy: Array, out: Tree | None = None) -> tuple[Tree, Array | None]:
                d_added = map_tree(np.empty_like, p_added) if out is None else out[0]
                map_tree(lambda leaf: leaf.fill(0), d_added)
                d_shortcut, dx = pull_shortcut(dy, None if out is None else out[1])
                return (d_added, d_shortcut), dx

            return short, pull_skipped
        value, pull_added = self.added.run(p_added, x, rng, pull_input)
        share = 1.0 if rng is not None else self.keep

        def pull_residual(dy: Array, out: Tree | None = None) -> tuple[Tree, Array | None]:
            outs = (None, None) if out is None else out
            d_added, dx_added = pull_added(dy if share == 1 else share * dy, outs[0])
            d_shortcut, dx = pull_shortcut(dy, outs[1])
            return (d_added, d_shortcut), dx_added + dx if pull_input else None

        return (value if share == 1 else share * value) + short, pull_residual

    def trace(self, rows: list[Row], shape: Shape, after: Tree) -> tuple[Shape, Tree]:
        """Add the rows of f, of s, and of their sum."""
        traced = [part.trace(rows, shape, after) for part in (self.added, self.shortcut)]
        self._check(*(out for out, _ in traced))
        name = "add" if self.keep == 1 else f"add, keep {self.keep:.3g}"
        rows.append(Row(name, traced[0][0], 0, tuple(number for _, number in traced)))
        return traced[0][0], len(rows) - 1

    def _check(self, added: Shape, short: Shape) -> None:
        if added != short:
            raise InputError(
                f"A residual block's layers give {added}, and its shortcut {short}",
                where="residual",
                remedy="Give a shortcut that leads to the same shape.",
            )
