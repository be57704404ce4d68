"""Rows in small lots: shuffled anew in each epoch, and split at random where time plays no part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from models.errors import InputError
from models.tree import list_leaves, map_tree
from models.types import Array


def iter_batches(n_rows: int, size: int, *, rng: np.random.Generator, n_epochs: int) -> Iterator[Array]:
    """Yield the row numbers of each batch, ``size`` of them; the last of an epoch may be shorter.

    Every epoch shows every row once, in a new order. Raises ``InputError`` for an empty batch or table.
    """
    if n_rows < 1 or size < 1:
        raise InputError(
            f"{n_rows} rows cannot be split into batches of {size}",
            where="batches",
            remedy="Give at least one row, and one row a batch.",
        )
    for _ in range(n_epochs):
        order = rng.permutation(n_rows)
        for start in range(0, n_rows, size):
            yield order[start : start + size]


def take_batches(
    rows: Mapping[str, Any], size: int, *, rng: np.random.Generator, n_epochs: int
) -> Iterator[dict[str, Any]]:
    """Yield batches of arrays by name, as ``models.training.train`` takes them.

    Each of ``rows`` is an array, or a tuple of arrays where a net has several inputs; all have their rows
    along the first axis. Raises ``InputError`` where they have not as many rows each.
    """
    lengths = {name: [len(leaf) for leaf in list_leaves(tree)] for name, tree in rows.items()}
    n_rows, *others = {length for listed in lengths.values() for length in listed}
    if others:
        raise InputError(
            f"The arrays have different numbers of rows: {lengths}", where="batches", remedy="Give one each."
        )
    for chosen in iter_batches(n_rows, size, rng=rng, n_epochs=n_epochs):
        yield {name: map_tree(lambda leaf: leaf.take(chosen, axis=0), tree) for name, tree in rows.items()}  # noqa: B023  # called at once


def count_batches(n_rows: int, size: int) -> int:
    """Return how many batches one epoch has."""
    return -(-n_rows // size)


def split_rows(n_rows: int, share: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the row numbers to learn from and those held back, ``share`` of all, both in order.

    At least one row falls to each side. Raises ``InputError`` where that cannot be. Rows in the order
    of time are split by ``models.validation.split_by_time`` instead.
    """
    if n_rows < 2 or not 0 < share < 1:
        raise InputError(
            f"{n_rows} rows cannot be split at the share {share}",
            where="batches",
            remedy="Give at least two rows, and a share between 0 and 1.",
        )
    n_held = min(max(round(n_rows * share), 1), n_rows - 1)
    order = rng.permutation(n_rows)
    return np.sort(order[n_held:]), np.sort(order[:n_held])
