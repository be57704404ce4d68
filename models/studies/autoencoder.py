"""Noise taken from slices of an invented body, by a convolutional auto-encoder: ways to train it.

The article took slices of a CT scan from DICOM files of a patient's, which cannot be handed on; here a slice
is invented by seed: a body, two lungs, a spine, vessels, each an ellipse of one grey, laid out a little
differently each time. So anybody can make the same; whoever has CT slices gives those instead. Each is shown
with normal noise of 0.2 (the body is 0.5, bone 1), and the cost is ¼ of the squared error against the clean
one.

The encoder has three convolutions with mean pooling and an affine code of 16 numbers; the decoder is its
mirror. Seven ways differ as in the article: Adam or plain descent, ReLU, tanh or arctan, a high or a low
rate, from the same seed, for eight epochs; an eighth is one of them for sixty. Beside them on slices that
nobody has learned: the mean of each pixel's 3 × 3 neighbours, and 16 principal components of the clean
slices, which keep as many numbers as the code.

Reference: those of ``models.systems.autoencoder``; L. Shepp & B. Logan 1974, *The Fourier Reconstruction of a
Head Section* (a body of ellipses).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.ndimage import uniform_filter

from models.batches import count_batches
from models.layers import activations
from models.objective import make_objective
from models.optimizers import SGD, Adam, Optimizer
from models.projections.pca import PCA
from models.schedules import fall_by_cosine
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.studies.study_data import Slices
from models.systems.autoencoder import (
    add_gaussian,
    make_autoencoder,
    quarter_squared_loss,
    take_noisy_batches,
)
from models.training import train
from models.tree import pack
from models.types import Array

SOURCE = "article on a convolutional auto-encoder that takes Gaussian noise from CT slices"
SIDE, NOISE = 24, 0.2
N_LEARNED, N_TEST, N_SHOWN = 1000, 100, 6
CHANNELS, N_CODE = (8, 16, 16), 16
BATCH, N_EPOCHS, N_LONG = 10, 8, 60
NOT_COMPARED = "the article shows slices and curves of the cost, no figure; its slices are a patient's"


class Way(NamedTuple):
    """One way to train the net."""

    name: str
    bend: str  # the activation
    make: Callable[[Array], Optimizer]
    rate: float
    n_epochs: int = N_EPOCHS


WAYS = (
    Way("Adam, ReLU, high rate", "relu", Adam, 2e-2),
    Way("Adam, ReLU", "relu", Adam, 5e-3),
    Way("Adam, ReLU, low rate", "relu", Adam, 5e-4),
    Way("Adam, tanh", "tanh", Adam, 5e-3),
    Way("Adam, arctan", "arctan", Adam, 5e-3),
    Way("descent, ReLU, high rate", "relu", SGD, 1.0),
    Way("descent, ReLU, low rate", "relu", SGD, 0.1),
)
LONG = WAYS[3]._replace(name=f"Adam, tanh, {N_LONG} epochs", n_epochs=N_LONG)


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Train the ways, and show what each makes of noisy slices.

    Arrays: ``way_names (n_ways,)``, ``cost (n_ways, n_epochs)`` mean of each epoch, ``test (n_ways,)`` root
    mean squared error of the test; ``long_cost (n_long,)``, ``long_test ()`` and ``long_name ()``;
    ``beside_names`` and ``beside (3,)`` of the noise, neighbours and components; ``clean``, ``noisy``,
    ``components`` and ``drawn (6, 24, 24)``, the last by the way that was trained long. The user's own slices
    are (32, 32), and six of them are drawn by lot; where a rate is too high for them, numbers are NaN.
    """
    rng, own = np.random.default_rng(seed), data.slices
    if own is None:
        learned, test = draw_slices(rng, N_LEARNED), draw_slices(rng, N_TEST)
    else:
        learned, test = own.learned, rng.permutation(own.scored)
    noisy = add_gaussian(NOISE)(rng, test)
    ways = (*WAYS, LONG)
    most, n_before = sum(way.n_epochs for way in ways), 0
    costs, reached, drawn = [], [], noisy
    for way in ways:
        curve = []
        with np.errstate(over="ignore", invalid="ignore"):  # a rate may be too high for the user's own
            for cost, said in learn(learned, noisy, way, seed=seed):
                curve.append(cost)
                drawn = said
                tell(n_before + len(curve), most)
        n_before += way.n_epochs
        costs.append(np.array(curve))
        reached.append(measure_error(drawn, test))
    components = keep_components(learned, noisy)
    other = f"{N_CODE} principal components"
    errors = {
        "noise": measure_error(noisy, test),
        "mean of 3 × 3 neighbours": measure_error(uniform_filter(noisy, (0, 3, 3, 0)), test),
        other: measure_error(components, test),
    }
    shown = slice(0, N_SHOWN)
    arrays = {
        "way_names": np.array([way.name for way in WAYS]), "cost": np.stack(costs[:-1]),
        "test": np.array(reached[:-1]), "long_cost": costs[-1], "long_test": np.array(reached[-1]),
        "long_name": np.array(LONG.name),
        "beside_names": np.array(list(errors)), "beside": np.array(list(errors.values())),
        "clean": test[shown, ..., 0], "noisy": noisy[shown, ..., 0],
        "components": components[shown, ..., 0], "drawn": drawn[shown, ..., 0],
    }  # fmt: skip
    beside = [Figure(f"off by: {name}", None, "", error) for name, error in errors.items()]
    ours = [Figure(f"off by: {way.name}", None, "", error) for way, error in zip(ways, reached, strict=True)]
    ours[-1] = ours[-1]._replace(comparable=False, note=NOT_COMPARED)
    return StudyResult(
        "autoencoder",
        "Noise taken from slices by a convolutional auto-encoder",
        SOURCE,
        (*beside, *ours),
        arrays,
        (
            f"Noise of {errors['noise']:.3f} in slices that it has not seen becomes {reached[-1]:.3f}.",
            *_say_slices(own),
            f"As many principal components as the code has numbers leave {errors[other]:.3f}.",
            f"After {N_EPOCHS} epochs: {_say_ways(reached)}.",
            "One run each: ways that end close together are not told apart.",
        ),
    )


def _say_slices(own: Slices | None) -> list[str]:
    """Say of the user's own slices how many were learned, and what the others are of."""
    if own is None:
        return []
    return [f"{len(own.learned):,} of your slices are learned, {len(own.scored):,} of {own.of} are scored."]


def _say_ways(reached: list[float]) -> str:
    """Say which of the seven ways ended best and worst; one whose numbers are no longer any is the worst."""
    order = np.argsort(reached[: len(WAYS)])
    best, worst = int(order[0]), int(order[-1])
    last = f"{reached[worst]:.3f}" if np.isfinite(reached[worst]) else "whose numbers went astray"
    return f"best {WAYS[best].name}, {reached[best]:.3f}; worst {WAYS[worst].name}, {last}"


def draw_slices(rng: np.random.Generator, n: int) -> Array:
    """Invent ``n`` slices (n, 24, 24, 1), float32: air is 0, the body 0.5, lungs 0.1, vessels 0.7, bone 1."""
    pictures = np.zeros((n, SIDE, SIDE))
    places = np.mgrid[:SIDE, :SIDE] / (SIDE - 1) * 2 - 1  # rows and columns from −1 to 1

    def lay(row: Array, column: Array, high: Array, wide: Array, grey: float) -> None:
        """Lay an ellipse of one grey over each picture, with a soft edge of about a pixel."""
        down, across = (
            (place - middle[:, None, None]) / half[:, None, None]
            for place, middle, half in zip(places, (row, column), (high, wide), strict=True)
        )
        away = (np.hypot(down, across) - 1) * np.minimum(high, wide)[:, None, None] * SIDE / 2
        cover = 1 / (1 + np.exp(np.clip(4 * away, -50, 50)))
        pictures[:] += cover * (grey - pictures)

    def near(middle: float, spread: float) -> Array:
        return middle + spread * rng.uniform(-1, 1, n)

    shift_down, shift_across = near(0, 0.15), near(0, 0.12)
    lay(shift_down, shift_across, near(0.68, 0.08), near(0.85, 0.06), 0.5)
    for side in (-1, 1):
        lay(shift_down - 0.08, shift_across + side * near(0.4, 0.05), near(0.4, 0.1), near(0.25, 0.06), 0.1)
        for _ in range(2):
            spot = near(0.0, 0.2), near(0.0, 0.1)
            size = near(0.06, 0.02)
            lay(shift_down + spot[0], shift_across + 0.4 * side + spot[1], size, size, 0.7)
    lay(shift_down + 0.45, shift_across, near(0.14, 0.03), near(0.14, 0.03), 1.0)
    lay(shift_down - 0.05, shift_across + near(0.1, 0.05), near(0.22, 0.05), near(0.17, 0.04), 0.7)
    return pictures[..., None].astype(np.float32)


def learn(learned: Array, noisy: Array, way: Way, *, seed: int) -> Iterator[tuple[float, Array]]:
    """Train one way, and yield after each epoch its mean cost, and what it makes of ``noisy`` slices."""
    rng = np.random.default_rng(seed)
    bend = getattr(activations, way.bend)
    shape = learned.shape[1:]
    net = make_autoencoder(shape, channels=CHANNELS, n_code=N_CODE, bend=bend).net
    flat, parameters = pack(net.init(rng, shape, dtype=np.float32)[0], np.float32)
    every = count_batches(len(learned), BATCH)
    batches = take_noisy_batches(learned, BATCH, corrupt=add_gaussian(NOISE), rng=rng, n_epochs=way.n_epochs)
    objective = make_objective(net, quarter_squared_loss, rng=rng)
    schedule, costs = fall_by_cosine(way.rate, every * way.n_epochs), []
    for step in train(objective, flat, parameters, batches, optimizer=way.make(flat), schedule=schedule):
        costs.append(step.loss)
        if (step.number + 1) % every == 0:
            yield float(np.mean(costs)), net(parameters, noisy)[0]
            costs = []


def keep_components(learned: Array, noisy: Array) -> Array:
    """Return ``noisy`` slices by the leading principal components of the learned ones."""
    pca = PCA(N_CODE).fit(learned.reshape(len(learned), -1))
    kept: Array = pca.inverse_transform(pca.transform(noisy.reshape(len(noisy), -1)))
    return kept.reshape(noisy.shape)


def measure_error(made: Array, clean: Array) -> float:
    """Return the root of the mean squared error."""
    return float(np.sqrt(np.mean((made - clean) ** 2)))
