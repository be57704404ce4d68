"""Why five layers of logistic units do not learn and five of rectified ones do, and a small regression.

The logistic function's derivative is at most ¼. Backwards through five layers the gradient is multiplied
by it five times, and by weights that do not make up for it: what reaches the first layer is a thousandth
or so of what reached the last, and plain descent does not move it. A rectified unit's derivative is 0 or 1.

References: S. Hochreiter 1991, *Untersuchungen zu dynamischen neuronalen Netzen* (the vanishing gradient);
X. Glorot & Y. Bengio 2010, *Understanding the Difficulty of Training Deep Feedforward Neural Networks*.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.batches import count_batches, take_batches
from models.initial import glorot_uniform, he_uniform
from models.layers.activations import logistic, relu
from models.losses import logistic_loss
from models.net import Net, activation, dense, sequence
from models.objective import list_weights, make_objective
from models.optimizers import SGD
from models.regression.linear import LinearRegressor
from models.regression.mlp import MLPRegressor
from models.schedules import keep_constant
from models.studies.shapes import Points
from models.training import train
from models.tree import pack
from models.types import Array

N_LAYERS, N_UNITS, RATE, N_BATCH, N_EPOCHS = 5, 100, 0.1, 100, 40


class Deep(NamedTuple):
    """How a net of five hidden layers began and went on."""

    gradient: Array  # (n_layers + 1,), the root mean square of each weight's gradient at the start
    accuracy: Array  # (n_epochs,), on new points


class Curve(NamedTuple):
    """The share of the targets' variance explained on new rows, R²."""

    line: float
    net: float


def make_deep_net(name: str) -> Net:
    """Return five hidden layers of 100 "logistic" or "relu" units, and one output, a score."""
    function, initial = (logistic, glorot_uniform) if name == "logistic" else (relu, he_uniform)
    hidden = [part for _ in range(N_LAYERS) for part in (dense(N_UNITS, initial), activation(function))]
    return sequence(*hidden, dense(1))


def train_deep_net(name: str, points: Points, new: Points, *, seed: int) -> Deep:
    """Train such a net on points of two classes, by plain descent."""
    rng = np.random.default_rng(seed)
    net = make_deep_net(name)
    flat, parameters = pack(net.init(rng, (points.x.shape[1],))[0])
    objective = make_objective(net, logistic_loss)
    _, pull = objective(parameters, x=points.x, target=points.y[:, None])
    gradient = np.array([np.sqrt(np.mean(weight**2)) for weight in list_weights(pull(1.0)[0])])
    steps = train(
        objective,
        flat,
        parameters,
        take_batches({"x": points.x, "target": points.y[:, None]}, N_BATCH, rng=rng, n_epochs=N_EPOCHS),
        optimizer=SGD(flat),
        schedule=keep_constant(RATE),
    )
    n_batches = count_batches(len(points.x), N_BATCH)
    accuracy = [
        np.mean((net(parameters, new.x)[0][:, 0] > 0) == new.y)
        for step in steps
        if (step.number + 1) % n_batches == 0
    ]
    return Deep(gradient, np.array(accuracy))


def fit_curve(*, seed: int) -> Curve:
    """Fit a bent function of four inputs by the net 4–100–1, and by a line beside it."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, size=(1500, 4))
    y = np.sin(3 * x[:, 0]) + x[:, 1] * x[:, 2] + x[:, 3] ** 2 + 0.05 * rng.normal(size=1500)
    learned, new = slice(0, 1000), slice(1000, 1500)
    net = MLPRegressor((100,), rate=0.01, epochs=100, seed=seed).fit(x[learned], y[learned])
    line = LinearRegressor().fit(x[learned], y[learned])
    return Curve(line.score(x[new], y[new]), net.score(x[new], y[new]))
