"""What the ring and the quadrants share: a straight border fails, a feature or a net bends it.

The net is the course's, 2–25–25–1: once with logistic units, once with ReLU, by plain descent at the
rate 0.9, 100 points a step, 500 epochs, looked at every 50.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.batches import count_batches, take_batches
from models.classifiers.feature_maps import FeatureMap
from models.classifiers.logistic import LogisticClassifier
from models.initial import glorot_uniform, he_uniform
from models.layers.activations import compute_logistic, logistic, relu
from models.losses import logistic_loss
from models.net import Net, activation, dense, sequence
from models.objective import make_objective
from models.optimizers import SGD
from models.schedules import keep_constant
from models.studies.shapes import Points, make_grid
from models.studies.study import Tell
from models.training import train
from models.tree import pack
from models.types import Array

N_POINTS, N_NEW, N_SIDE = 1000, 20_000, 61
N_UNITS, RATE, N_BATCH, N_EPOCHS, EVERY = 25, 0.9, 100, 500, 50
NETS = ("logistic", "relu")


class Trained(NamedTuple):
    """A net's way: what it said, and how it did, every 50 epochs."""

    maps: Array  # (n_looks, n_side, n_side), the probability of class 1 on the grid (up, across)
    accuracy: Array  # (n_looks,), on new points
    loss: Array  # (n_epochs,), the mean of each epoch's steps


class Bent(NamedTuple):
    """A shape by a line, by a feature and by a net."""

    line: float  # shares of new points that are right
    feature: float
    nets: dict[str, Trained]
    arrays: dict[str, Array]


def bend_borders(points: Points, new: Points, feature_map: FeatureMap, *, seed: int, tell: Tell) -> Bent:
    """Learn from ``points`` in all ways, and score each on ``new`` points.

    Arrays: ``x, y`` (the points), ``across, up`` (a grid's axes), ``line`` and ``feature`` (the probability
    of class 1 on the grid (up, across)), ``epoch`` (when the nets were looked at), and for each net
    ``<net>_maps`` (n_looks, up, across), ``<net>_accuracy`` (n_looks,) and ``<net>_loss`` (n_epochs,).
    """
    across, up, grid = make_grid(points.x, N_SIDE)
    line = LogisticClassifier(1e-4).fit(points.x, points.y)
    feature = LogisticClassifier(1e-6).fit(feature_map.fit_transform(points.x), points.y)
    nets = {}
    for number, name in enumerate(NETS, 1):
        nets[name] = train_net(make_net(name), points, new, grid, seed=seed)
        tell(number, len(NETS))
    arrays = {
        "x": points.x, "y": points.y, "across": across, "up": up,
        "line": line.predict_proba(grid)[:, 1].reshape(N_SIDE, N_SIDE),
        "feature": feature.predict_proba(feature_map.transform(grid))[:, 1].reshape(N_SIDE, N_SIDE),
        "epoch": np.arange(EVERY, N_EPOCHS + 1, EVERY),
    }  # fmt: skip
    for name, net in nets.items():
        arrays |= {f"{name}_{key}": value for key, value in net._asdict().items()}
    return Bent(line.score(new.x, new.y), feature.score(feature_map.transform(new.x), new.y), nets, arrays)


def make_net(name: str) -> Net:
    """Return the course's net 2–25–25–1, with logistic or rectified units; its output is a score."""
    function, initial = (logistic, glorot_uniform) if name == "logistic" else (relu, he_uniform)
    hidden = [part for _ in range(2) for part in (dense(N_UNITS, initial), activation(function))]
    return sequence(*hidden, dense(1))


def train_net(net: Net, points: Points, new: Points, grid: Array, *, seed: int) -> Trained:
    """Train a net by plain descent, looking at it every 50 epochs."""
    rng = np.random.default_rng(seed)
    flat, parameters = pack(net.init(rng, (2,))[0])
    rows = {"x": points.x, "target": points.y[:, None]}
    steps = train(
        make_objective(net, logistic_loss),
        flat,
        parameters,
        take_batches(rows, N_BATCH, rng=rng, n_epochs=N_EPOCHS),
        optimizer=SGD(flat),
        schedule=keep_constant(RATE),
    )
    losses, maps, accuracy = [], [], []
    n_batches = count_batches(len(points.x), N_BATCH)
    for step in steps:
        losses.append(step.loss)
        if (step.number + 1) % (EVERY * n_batches) == 0:
            maps.append(compute_logistic(net(parameters, grid)[0]).reshape(N_SIDE, N_SIDE))
            accuracy.append(np.mean((net(parameters, new.x)[0][:, 0] > 0) == new.y))
    return Trained(np.array(maps), np.array(accuracy), np.reshape(losses, (N_EPOCHS, -1)).mean(axis=1))
