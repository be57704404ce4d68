"""What a training makes small: a net's loss on a batch, and a penalty on its weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from models.composition import Net
from models.tree import list_leaves
from models.types import Array, Pullback, Tree


def make_objective(
    net: Net,
    loss: Callable[..., tuple[Array, Pullback]],
    *,
    penalty: Callable[[Array], tuple[Array, Pullback]] | None = None,
    rng: np.random.Generator | None = None,
) -> Callable[..., tuple[Array, Pullback]]:
    """Return L(p) = loss(net(p, x), **truth) + Σ penalty(w), as ``models.training.train`` takes it.

    By the chain rule dL/dp = (∂net/∂p)ᵀ ∂loss/∂value, and dL/dw has ∂penalty/∂w besides: the loss is pulled
    back to the net's value, that through the net to its parameters, and each penalty is added.

    It is called as ``objective(parameters, x=…, **truth)``: ``x`` is an array, or a tuple of them for a net
    with several inputs; what else a batch holds goes to ``loss`` by name. ``penalty`` is asked of each weight
    w, which is a parameter of two axes or more; biases have one. With ``rng`` the net is in training: dropout
    draws, normalising goes by the batch and teaches its running moments. Without, it is as in evaluation.
    """

    def objective(parameters: Tree, *, x: Any, **truth: Any) -> tuple[Array, Pullback]:
        value, pull_net = net.run(parameters, x, rng, False)
        total, pull_loss = loss(value, **truth)
        penalties = [] if penalty is None else [penalty(w) for w in list_weights(parameters)]

        def pull_objective(d_total: float, out: Tree | None = None) -> tuple[Tree]:
            (d_value,) = pull_loss(d_total)
            dp, _ = pull_net(d_value, out)
            for (_, pull_penalty), dw in zip(penalties, list_weights(dp) if penalties else (), strict=True):
                np.add(dw, pull_penalty(d_total)[0], out=dw)
            return (dp,)

        return sum((extra for extra, _ in penalties), start=total), pull_objective

    return objective


def list_weights(parameters: Tree) -> list[Array]:
    """Return the parameters that a penalty is for: those of two axes or more, not the biases."""
    return [leaf for leaf in list_leaves(parameters) if leaf.ndim > 1]
