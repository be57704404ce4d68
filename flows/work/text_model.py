"""The nets that read a hashed text: a score a class, straight from the columns or through hidden units.

The columns of a text are few of many, so both begin with a bag of rows of weights. Trained by Adam on
batches; how long is chosen where the validation rows are met best.

References: A. Joulin, E. Grave, P. Bojanowski & T. Mikolov 2017, *Bag of Tricks for Efficient Text
Classification* (a linear model on hashed word and letter runs, and hidden units as an average).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from models.batches import count_batches, iter_batches
from models.layers.activations import relu, softmax
from models.layers.affine import Affine, affine
from models.layers.bag import bag
from models.losses import cross_entropy
from models.optimizers import Adam
from models.training import train
from models.tree import pack
from models.types import Array, Pullback
from pipeline.features.sparse_rows import SparseRows

BATCHES = 40  # an epoch, as far as a batch is neither small nor large
SMALL, LARGE = 128, 1024  # texts in a batch: a step over all weights costs as much as some hundred texts
MOST_EPOCHS = 5
RATE = 0.03
HIDDEN = 24
SPREAD = 0.05  # of the first weights of the hidden layer: a text has unit length
AT_ONCE = 20_000  # texts scored in one go


class TwoLayers(NamedTuple):
    """The parameters of the net with hidden units."""

    first: Affine
    second: Affine


Parameters = Affine | TwoLayers


def score(p: Any, *, index: Array, value: Array, offset: Array) -> tuple[Array, Pullback]:
    """Return a score a class, (batch, n_classes): ``bag(x)``, or ``affine(relu(bag(x)))``."""
    if isinstance(p, Affine):
        return bag(p, index=index, value=value, offset=offset)
    before, pull_bag = bag(p.first, index=index, value=value, offset=offset)
    hidden, pull_relu = relu(before)
    scores, pull_affine = affine(p.second, hidden)

    def pull_score(d_scores: Array, out: TwoLayers | None = None) -> tuple[TwoLayers]:
        first, second = (None, None) if out is None else out
        d_second, d_hidden = pull_affine(d_scores, second)
        (d_first,) = pull_bag(pull_relu(d_hidden)[0], first)
        return (TwoLayers(d_first, d_second),)

    return scores, pull_score


def measure(parameters: Any, *, texts: Any, label: Any) -> tuple[Array, Pullback]:
    """Return the mean cross entropy of ``texts`` whose classes are ``label``."""
    scores, pull_score = score(parameters, index=texts.index, value=texts.value, offset=texts.offset)
    loss, pull_loss = cross_entropy(scores, label=label)

    def pull_measure(d_loss: float, out: Any = None) -> tuple[Any]:
        return (pull_score(pull_loss(d_loss)[0], out)[0],)

    return loss, pull_measure


def begin(n_columns: int, n_classes: int, hidden: bool, rng: np.random.Generator) -> Parameters:
    """Return the parameters to begin with, float32."""
    if not hidden:
        return Affine(np.zeros((n_columns, n_classes), np.float32), np.zeros(n_classes, np.float32))
    first = rng.normal(0, SPREAD, (n_columns, HIDDEN)).astype(np.float32)
    second = rng.normal(0, HIDDEN**-0.5, (HIDDEN, n_classes)).astype(np.float32)
    return TwoLayers(
        Affine(first, np.zeros(HIDDEN, np.float32)), Affine(second, np.zeros(n_classes, np.float32))
    )


def learn_epochs(
    texts: SparseRows, label: Array, n_classes: int, *, hidden: bool, n_epochs: int, seed: int
) -> Iterator[Parameters]:
    """Yield the parameters after each epoch, the same arrays each time."""
    rng = np.random.default_rng([seed, 3])
    flat, parameters = pack(begin(texts.n_columns, n_classes, hidden, rng), np.float32)
    size = min(max(texts.n_rows // BATCHES, SMALL), LARGE)
    n_batches = count_batches(texts.n_rows, size)
    batches = (
        {"texts": texts.take(rows), "label": label[rows]}
        for rows in iter_batches(texts.n_rows, size, rng=rng, n_epochs=n_epochs)
    )
    steps = train(
        partial(measure), flat, parameters, batches, optimizer=Adam(flat), schedule=lambda number: RATE
    )
    for step in steps:
        if (step.number + 1) % n_batches == 0:
            yield parameters


def tell_classes(p: Parameters, texts: SparseRows) -> Array:
    """Return the probability of each class, (n_texts, n_classes)."""
    parts = []
    for first in range(0, texts.n_rows, AT_ONCE):
        part = texts.take(slice(first, first + AT_ONCE))
        scores, _ = score(p, index=part.index, value=part.value, offset=part.offset)
        parts.append(softmax(scores.astype(np.float64))[0])
    return np.concatenate(parts)


def list_arrays(p: Parameters) -> dict[str, Array]:
    """Return the arrays by name, as the model's file holds them."""
    if isinstance(p, Affine):
        return {"weight": p.weight, "bias": p.bias}
    return {
        "first_weight": p.first.weight, "first_bias": p.first.bias,
        "second_weight": p.second.weight, "second_bias": p.second.bias,
    }  # fmt: skip
