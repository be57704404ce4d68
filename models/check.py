"""The one test of every derivative: ⟨u, J v⟩ by central differences against ⟨Jᵀ u, v⟩ by the pullback.

Along a random direction v through all arguments, (f(a + hv) − f(a − hv)) / 2h is J v with an error of
about h²·|f‴|/6 from the curve and ε·|f|/h from rounding. With h the cube root of float64's ε, 6·10⁻⁶,
both are near 10⁻¹⁰ for arguments and values of order one, and the tolerance of 10⁻⁷ (relative to the
sizes of u and J v) leaves room for strong curvature; a wrong sign, a transposition or a missing term
is off by order one. Keep the arguments away from kinks: there no derivative exists.

References: HIPS/autograd, ``test_util.check_vjp``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from models.errors import PullbackError
from models.tree import list_leaves, map_tree, pack
from models.types import Array, Layer, Pullback, Tree

STEP = float(np.finfo(np.float64).eps ** (1 / 3))
TOLERANCE = 1e-7


def check_pullback(
    function: Layer,
    *arguments: Tree,
    rng: np.random.Generator,
    n_directions: int = 4,
    tolerance: float = TOLERANCE,
) -> None:
    """Raise ``PullbackError`` unless ``function``'s pullback is the transposed derivative, and pure.

    ``arguments`` are the positional ones, float64 (bind constants with ``functools.partial``). The
    pullback is called twice, with other weights, after a second forward call, and with ``out`` full of
    NaN, which it is to give back. What it is given stays as it is, and the first argument's gradient, to
    which a caller may add, lies in memory of its own.
    """
    arguments = map_tree(lambda leaf: np.array(leaf, np.float64), arguments)
    before = map_tree(np.copy, arguments)
    value, pullback = function(*arguments)
    weights = map_tree(lambda leaf: rng.normal(size=np.shape(leaf)), value)  # u
    given = map_tree(np.copy, weights)
    gradients = pullback(weights)
    _check_types(arguments, gradients)
    first = map_tree(np.copy, gradients)
    _check_same(given, weights, "it changes the gradient that it is given")
    if any(np.shares_memory(a, b) for a in list_leaves(gradients[0]) for b in list_leaves(weights)):
        raise _fault("its first gradient lies in the memory of the one that it is given")
    _check_same(first, pullback(weights), "called twice, it gives two answers")
    pullback(map_tree(lambda leaf: rng.normal(size=np.shape(leaf)), value))
    direction = map_tree(lambda leaf: rng.normal(size=leaf.shape), arguments)
    function(*_move(arguments, direction, 1.0))
    _check_same(first, gradients, "a later call changes the gradients that it gave")
    _check_same(first, pullback(weights), "a second forward call changes its answer")
    _check_out(pullback, weights, first)
    _check_same(before, arguments, "it changes its arguments")
    for _ in range(n_directions):
        direction = map_tree(lambda leaf: rng.normal(size=leaf.shape), arguments)  # v
        above, _ = function(*_move(arguments, direction, STEP))
        below, _ = function(*_move(arguments, direction, -STEP))
        change = (_flatten(above) - _flatten(below)) / (2 * STEP)  # J v
        numeric, analytic = _flatten(weights) @ change, _flatten(first) @ _flatten(direction)
        scale = 1 + np.linalg.norm(change) * np.linalg.norm(_flatten(weights))
        if not abs(numeric - analytic) <= tolerance * scale:
            raise _fault(f"by differences {numeric:.9g}, by the pullback {analytic:.9g}")


def _move(arguments: Tree, direction: Tree, step: float) -> Any:
    return map_tree(lambda leaf, v: leaf + step * v, arguments, direction)


def _flatten(tree: Tree) -> Array:
    return pack(tree)[0]


def _check_types(arguments: tuple[Tree, ...], gradients: Any) -> None:
    """Each gradient has its argument's own type, down to the shapes of its leaves."""
    if not isinstance(gradients, tuple) or len(gradients) != len(arguments):
        raise _fault(f"{len(arguments)} positional arguments need a tuple of as many gradients")
    if describe_tree(gradients) != describe_tree(arguments):
        raise _fault(f"gradients are {describe_tree(gradients)}, arguments are {describe_tree(arguments)}")


def describe_tree(tree: Tree) -> str:
    """Write a tree's types and shapes in one line."""
    if isinstance(tree, tuple):
        return f"{type(tree).__name__}({', '.join(map(describe_tree, tree))})"
    return str(np.shape(tree))


def _check_same(first: Tree, again: Tree, what: str) -> None:
    pairs = zip(list_leaves(first), list_leaves(again), strict=True)
    if not all(np.array_equal(a, b, equal_nan=True) for a, b in pairs):
        raise _fault(what)


def _check_out(pullback: Pullback, weights: Tree, first: Tree) -> None:
    """With ``out`` the first gradient is written there, whatever was in it, and is the same."""
    out = map_tree(lambda leaf: np.full_like(leaf, np.nan), first[0])
    gradients = pullback(weights, out=out)
    _check_same(first[0], out, "it does not assign the whole gradient to out")
    _check_same(first, gradients, "with out it gives another answer")
    if not all(a is b for a, b in zip(list_leaves(gradients[0]), list_leaves(out), strict=True)):
        raise _fault("it assigns to out, and gives another array")


def _fault(what: str) -> PullbackError:
    return PullbackError(what, where="pullback", remedy="Compare it with its formula, term by term.")
