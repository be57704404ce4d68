"""Normalising and whitening as parts of a net, by the batch in training and by running moments in use.

The running moments belong to the caller, who can save them, and gives them to ``train_until_worse`` as
``running``; a part in training, that is with an ``rng``, adds each batch to them:

    running = RunningMoments(32)
    net = sequence(dense(32), batch_norm(running), activation(relu), dense(1))

References: S. Ioffe & C. Szegedy 2015, *Batch Normalization*, arXiv 1502.03167, algorithm 2; L. Huang et
al. 2018, *Decorrelated Batch Normalization*, arXiv 1804.08450.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from models.composition import Net, Part, Random, Shape
from models.layers.normalise import EPSILON, GainShift, RunningMoments, batch_normalise
from models.projections import whitening
from models.projections.moments import RunningCovariance
from models.types import Array, Pullback, Tree


def batch_norm(running: RunningMoments, *, epsilon: float = EPSILON) -> Part:
    """Return batch normalising with a gain and a shift for each channel, which begin as 1 and 0."""

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[GainShift, Shape]:
        return GainShift(np.ones(shape[-1], dtype), np.zeros(shape[-1], dtype)), shape

    def layer(p: GainShift, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        if rng is None:
            return batch_normalise(p, x, epsilon=epsilon, moments=running.moments)
        running.learn(x)
        return batch_normalise(p, x, epsilon=epsilon)

    return Norm("batch norm", make, layer, running)


@dataclass(frozen=True)
class Norm(Part):
    """Batch normalising, with the running moments that it teaches."""

    running: RunningMoments


def list_running(net: Net) -> list[RunningMoments]:
    """Return the running moments of all batch normalising in a net, in the order of its parts."""
    if isinstance(net, Norm):
        return [net.running]
    held: list[Any] = [getattr(net, field.name) for field in fields(net)] if is_dataclass(net) else []
    inner = [part for each in held for part in (each if isinstance(each, tuple) else (each,))]
    return [moments for part in inner if isinstance(part, Net) for moments in list_running(part)]


def whiten(running: RunningCovariance, *, epsilon: float = whitening.EPSILON) -> Part:
    """Return ZCA whitening of rows, in the groups of ``running``; it has no parameters."""

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        return (), shape

    def layer(p: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        if rng is not None:
            running.learn(x)
        y, pull_zca = whitening.zca(
            x,
            groups=running.groups,
            epsilon=epsilon,
            running=running.moments if rng is None else None,
            share=0.0 if rng is None else 1.0,
        )
        return y, lambda dy, out=None: ((), *pull_zca(dy))

    return Part(f"whiten {running.groups} groups", make, layer)
