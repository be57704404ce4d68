"""The way to the least of linear regression's loss: by looking around, and by walking down.

*Looking around* tries all neighbours of a place and moves to the best. It needs no derivative, and 3ᵏ
tries a move for k parameters.

*Walking down* takes (w, b) − rate·(dw, db), with the derivative of all rows (batch), of one row
(stochastic), or of K rows (mini-batch). One row's derivative is right on the mean only, so that under a
constant rate the walk ends in a cloud around the least, unless the rows can all be met exactly.

Shapes: those of ``models.regression.linear``.

References: C. M. Bishop 2006, *Pattern Recognition and Machine Learning*, eq. 3.22 and 3.23 (one row's step);
L. Bottou 2010, *Large-Scale Machine Learning with Stochastic Gradient Descent*; R. M. Gower et al. 2019,
*SGD: General Analysis and Improved Rates*, arXiv 1901.09401, proposition 3.8 (the rate for K of n rows).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product, repeat
from typing import Any

import numpy as np

from models.batches import iter_batches
from models.errors import InputError
from models.layers.affine import Affine, affine
from models.optimizers import SGD
from models.regression.linear import LinearRegressor, lose_squares
from models.schedules import Schedule, fall_by_cosine, keep_constant
from models.training import Step, train
from models.tree import pack
from models.types import Array, Pullback

Rows = Array | slice  # the rows of one step: their numbers, or a slice
ALL_ROWS = slice(None)


def search_neighbours(
    measure: Callable[[Array], Array], start: Any, *, steps: Iterable[float], max_moves: int = 100_000
) -> Iterator[Array]:
    """Yield ``start (k,)``, then each place that the search moves to, until no neighbour is better.

    ``measure`` takes places (m, k) and returns their losses (m,). The neighbours of a place differ from
    it by −step, 0 or step in each of its k numbers. With each of ``steps`` in turn the search goes on
    from where it stopped.
    """
    place = np.array(start, np.float64)
    around = np.array(list(product((0.0, -1.0, 1.0), repeat=len(place))))  # first the place itself
    n_moves = 0
    yield place
    for step in steps:
        while n_moves < max_moves:
            places = place + step * around
            best = int(np.argmin(measure(places)))  # of equals the first: it stays where it is
            if best == 0:
                break
            place, n_moves = places[best], n_moves + 1
            yield place


def descend(
    flat: Array,
    parameters: Affine,
    x: Array,
    y: Array,
    *,
    batches: Iterable[Rows],
    schedule: Schedule,
    ridge: float = 0.0,
) -> Iterator[Step]:
    """Move ``flat`` (whose views are ``parameters``) down the loss, a step for each batch; yield what it saw.

    ``batches`` choose from the rows ``x (n, n_in)`` and targets ``y (n, n_out)``: ``repeat(ALL_ROWS, t)``
    is batch descent, ``iter_batches(n, 1, …)`` stochastic, ``iter_batches(n, K, …)`` by mini-batches.
    """

    def measure(parameters: Affine, **batch: Rows) -> tuple[Array, Pullback]:
        rows = batch["rows"]
        return lose_squares(parameters, x=x[rows], y=y[rows], ridge=ridge)

    chosen = ({"rows": rows} for rows in batches)
    return train(measure, flat, parameters, chosen, optimizer=SGD(flat), schedule=schedule)


def find_smoothness(x: Array, batch_size: int) -> float:
    """Return the smoothness that a step by ``batch_size`` of the rows ``x (n, n_in)`` can expect.

    With z = (x, 1): for all rows the largest eigenvalue of zᵀz/n, for one row at a time the largest
    |z|², for K of n rows, drawn without replacement, a mean of both. Descent is stable for rates below
    its inverse.
    """
    n, k = len(x), min(batch_size, len(x))
    z = np.concatenate([x, np.ones((n, 1), x.dtype)], axis=1)
    of_all = float(np.linalg.eigvalsh(z.T @ z / n)[-1])
    of_one = float((z * z).sum(axis=1).max())
    share = n * (k - 1) / (k * (n - 1)) if n > 1 else 1.0
    return share * of_all + (1 - share) * of_one


class DescentRegressor(LinearRegressor):
    """Least squares by walking down, on standardised columns.

    With all rows a step it ends where ``LinearRegressor`` does, with fewer near it.

    Parameters
    ----------
    ridge : as in ``LinearRegressor``.
    batch_size : rows a step; None means all. With fewer the rate falls to zero by a cosine, so that the
        walk ends in one place.
    rate : in units of 1 / (expected smoothness + ρ); 1 is safe, and from 2 on the walk runs away.
    n_epochs : how often the rows are gone through, at most.
    tolerance : over all rows, it stops when no part of the gradient is larger, in the units of the target.
    seed : of the order of the rows.
    """

    def __init__(
        self,
        ridge: float = 0.0,
        *,
        batch_size: int | None = None,
        rate: float = 1.0,
        n_epochs: int = 1000,
        tolerance: float = 1e-9,
        seed: int = 0,
    ) -> None:
        super().__init__(ridge)
        self.batch_size, self.rate, self.n_epochs = batch_size, rate, n_epochs
        self.tolerance, self.seed = tolerance, seed

    def _check_settings(self) -> None:
        super()._check_settings()
        smallest_batch = 1 if self.batch_size is None else self.batch_size
        if not (0 < self.rate < np.inf and self.n_epochs >= 1 and smallest_batch >= 1):
            raise InputError(
                f"rate is {self.rate}, n_epochs is {self.n_epochs}, batch_size is {self.batch_size}",
                where="DescentRegressor",
                remedy="Give a finite rate above 0, and at least one epoch and one row a batch.",
            )

    def _find_least(self, z: Array, y: Array) -> Affine:
        n, size = len(z), self.batch_size or len(z)
        rate = self.rate / (find_smoothness(z, size) + self.ridge)
        schedule = keep_constant(rate)
        batches: Iterable[Rows] = repeat(ALL_ROWS, self.n_epochs)
        if size < n:
            rng = np.random.default_rng(self.seed)
            batches = iter_batches(n, size, rng=rng, n_epochs=self.n_epochs)
            schedule = fall_by_cosine(rate, -(-n // size) * self.n_epochs)
        p: Affine
        flat, p = pack(Affine(np.zeros((z.shape[1], 1)), np.zeros(1)))
        steps = descend(flat, p, z, y, batches=batches, schedule=schedule, ridge=self.ridge)
        with np.errstate(over="ignore", invalid="ignore"):
            for step in steps:
                if size >= n and step.steepest <= self.tolerance:
                    break
            end, start = np.square(affine(p, z)[0] - y).mean(), np.square(y).mean()  # it starts at 0
        if not end <= start:
            raise InputError(
                f"The walk runs away at the rate {self.rate}",
                where="DescentRegressor",
                remedy="Give a lower rate; 1 is safe.",
            )
        return p
