"""Trees of arrays: how a nested ``NamedTuple`` of parameters becomes one flat buffer, and back.

All parameters of a net are views into one vector, so that an optimizer is a handful of whole-vector
operations and a gradient is written straight into its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from models.types import Array, Tree


def list_leaves(tree: Tree) -> list[Any]:
    """Return the tree's leaves, left to right."""
    if isinstance(tree, tuple):
        return [leaf for branch in tree for leaf in list_leaves(branch)]
    return [tree]


def map_tree(function: Callable[..., Any], tree: Tree, *others: Tree) -> Tree:
    """Return a tree of the same types whose leaves are ``function(leaf, *leaves of the others)``."""
    if isinstance(tree, tuple):
        branches = [map_tree(function, *parts) for parts in zip(tree, *others, strict=True)]
        return _make(tree, branches)
    return function(tree, *others)


def pack(tree: Tree, dtype: Any = np.float64) -> tuple[Array, Tree]:
    """Copy every leaf into one new vector; return it and the tree of views into it."""
    sizes = sum(np.size(leaf) for leaf in list_leaves(tree))
    flat = np.empty(sizes, dtype)
    views = view_as(flat, tree)
    map_tree(lambda view, leaf: np.copyto(view, leaf), views, tree)
    return flat, views


def view_as(flat: Array, tree: Tree) -> Tree:
    """Return a tree like ``tree`` whose leaves are slices of ``flat``, in their leaves' shapes."""
    ends = np.cumsum([np.size(leaf) for leaf in list_leaves(tree)])
    pieces: Iterator[Array] = iter(np.split(flat, ends[:-1]))
    return map_tree(lambda leaf: next(pieces).reshape(np.shape(leaf)), tree)


def _make(tree: Tree, branches: list[Any]) -> Tree:
    """Return a tuple of ``tree``'s own type, plain or named."""
    return type(tree)(*branches) if hasattr(tree, "_fields") else tuple(branches)
