"""The likelihood of a map of counts, cell by cell in reading order: how usual is it, and what would be?

    p(y) = ∏ p(y_{i,j} | the cells before it)

A spatial LSTM reads of each cell what is known before it: the logarithms log(1 + y) of its left, upper left,
upper and upper right neighbour (the *causal neighbourhood*; 0 beyond the edge), and whatever context holds
for the cell in any case, such as its usual count. An affine head makes of its units the scores of a
distribution of counts (``models.likelihoods``), to which an offset is added: with a head of zeros, as it
begins, the model is exactly the distribution that the offset says.

The upper right neighbour makes the order the reading order, row by row: h_{i,j} knows of no cell after (i,
j), since h_{i,j−1} and h_{i−1,j} end with the neighbourhoods of cells before it.

Shapes: counts (n, rows, columns), context (n, rows, columns, n_context) → nats (n, rows, columns).

Reference: L. Theis & M. Bethge 2015, *Generative Image Modeling Using Spatial LSTMs*, arXiv 1506.03478, sec.
2.3 (there with a mixture of Gaussian scale mixtures, since its pixels are continuous).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from models.layers.affine import Affine, affine
from models.likelihoods import Likelihood
from models.objective import list_weights
from models.recurrent.spatial_diagonals import spatial_lstm_by_diagonals
from models.recurrent.spatial_lstm import SpatialLSTM, make_spatial_lstm
from models.types import Array, Pullback

N_NEIGHBOURS = 4


class SpatialCounts(NamedTuple):
    """The parameters of the model."""

    lstm: SpatialLSTM
    head: Affine  # (k, n_scores)


def make_spatial_counts(
    rng: np.random.Generator, n_context: int, n_units: int, likelihood: Likelihood, dtype: Any
) -> SpatialCounts:
    """Return new parameters for ``n_context`` channels beside the neighbours; the head begins as zeros."""
    lstm = make_spatial_lstm(rng, N_NEIGHBOURS + n_context, n_units, dtype)
    n_scores = likelihood.n_scores
    return SpatialCounts(lstm, Affine(np.zeros((n_units, n_scores), dtype), np.zeros(n_scores, dtype)))


def list_neighbours(maps: Array) -> Array:
    """Return of ``maps (n, rows, columns)`` each cell's left, upper left, upper, upper right: (…, 4)."""
    wide = np.pad(maps, ((0, 0), (1, 0), (1, 1)))
    return np.stack([wide[:, 1:, :-2], wide[:, :-1, :-2], wide[:, :-1, 1:-1], wide[:, :-1, 2:]], axis=-1)


def list_known(counts: Array, context: Array | None = None) -> Array:
    """Return what is known of each cell of ``counts (n, rows, columns)``: its neighbours, its context."""
    x = list_neighbours(np.log1p(counts))
    if context is None:
        return x
    return np.concatenate([x, np.broadcast_to(context, (*x.shape[:3], context.shape[-1]))], axis=-1)


def score_cells(
    p: SpatialCounts, counts: Array, *, offset: Array, context: Array | None = None
) -> tuple[Array, Pullback]:
    """Return the scores (n, rows, columns, n_scores) of each cell of ``counts (n, rows, columns)``.

    ``offset`` is added to them; ``context (…, rows, columns, n_context)`` is known in any case. Both are one
    for all maps, or one for each. The pullback gives the parameters' gradient alone: counts are data.
    """
    dtype = p.head.weight.dtype
    x = list_known(np.asarray(counts, dtype), context)
    h, pull_lstm = spatial_lstm_by_diagonals(p.lstm, x, pull_input=False)
    scores, pull_head = affine(p.head, h.reshape(-1, h.shape[-1]))

    def pull_scores(d_scores: Array, out: SpatialCounts | None = None) -> tuple[SpatialCounts]:
        d_head, dh = pull_head(d_scores.reshape(scores.shape), None if out is None else out.head)
        d_lstm, _ = pull_lstm(dh.reshape(h.shape), None if out is None else out.lstm)
        return (SpatialCounts(d_lstm, d_head),)

    return scores.reshape(*h.shape[:3], -1) + np.asarray(offset, dtype), pull_scores


def measure_nats(
    p: SpatialCounts, counts: Array, *, likelihood: Likelihood, offset: Array, context: Array | None = None
) -> tuple[Array, Pullback]:
    """Return the nats (n, rows, columns) of each cell, given those before it; of a map they add up."""
    scores, pull_scores = score_cells(p, counts, offset=offset, context=context)
    nats, pull_likelihood = likelihood.nats(scores, counts=counts)

    def pull_nats(d_nats: Array, out: SpatialCounts | None = None) -> tuple[SpatialCounts]:
        (d_scores,) = pull_likelihood(d_nats)
        return (pull_scores(d_scores, out)[0],)

    return nats, pull_nats


def make_count_objective(likelihood: Likelihood, *, l2: float = 0.0) -> Callable[..., tuple[Array, Pullback]]:
    """Return mean nats of a cell + ½ · l2 · Σw², w being weights and no biases, as ``train`` takes it.

    It is called as ``objective(parameters, counts=…, offset=…, context=…)``.
    """

    def objective(p: SpatialCounts, **batch: Any) -> tuple[Array, Pullback]:
        nats, pull_nats = measure_nats(p, batch.pop("counts"), likelihood=likelihood, **batch)
        penalty = 0.5 * l2 * sum(np.square(w).sum() for w in list_weights(p))

        def pull_objective(d_loss: float, out: SpatialCounts | None = None) -> tuple[SpatialCounts]:
            (dp,) = pull_nats(np.full_like(nats, d_loss / nats.size), out)
            for w, dw in zip(list_weights(p), list_weights(dp), strict=True):
                dw += w * (l2 * float(d_loss))
            return (dp,)

        return nats.mean() + penalty, pull_objective

    return objective


def draw_maps(
    p: SpatialCounts,
    n_maps: int,
    *,
    likelihood: Likelihood,
    offset: Array,
    context: Array | None = None,
    rng: np.random.Generator,
) -> Array:
    """Draw ``n_maps`` maps from the model, cell by cell: (n_maps, rows, columns), whole numbers.

    ``offset (…, rows, columns, n_scores)`` says how large they are.
    """
    rows, columns = offset.shape[-3:-1]
    counts = np.zeros((n_maps, rows, columns), np.int64)
    for i in range(rows):
        for j in range(columns):
            scores, _ = score_cells(p, counts, offset=offset, context=context)
            counts[:, i, j] = likelihood.draw(rng, scores[:, i, j])
    return counts


def measure_surprise(
    nats: Array, scores: Array, *, likelihood: Likelihood, rng: np.random.Generator, n_draws: int = 200
) -> Array:
    """Return how much less likely each map was than the model itself expected, in its own spreads: (n,).

    ``nats (n, rows, columns)`` and ``scores`` are those of the maps. Given what came before it, a cell's nats
    have the mean H and the variance V, here of counts drawn from its scores; (Σ nats − ΣH) / √ΣV then has the
    mean 0 and the spread 1 if the model is right, and about a normal distribution where cells are many. Where
    nothing is left to chance, V being 0, it is 0.
    """
    mean, square = np.zeros_like(nats), np.zeros_like(nats)
    for _ in range(n_draws):
        drawn, _ = likelihood.nats(scores, counts=likelihood.draw(rng, scores))
        mean += drawn / n_draws
        square += drawn**2 / n_draws
    variance = (square - mean**2) * (n_draws / max(n_draws - 1, 1))
    over, spread = (nats - mean).sum(axis=(1, 2)), np.sqrt(variance.sum(axis=(1, 2)))
    surprise: Array = np.divide(over, spread, out=np.zeros_like(over), where=spread > 0)
    return surprise
