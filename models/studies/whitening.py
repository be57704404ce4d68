"""Pictures of clothes, centred, standardised and whitened, and a net of three layers that whitens inside.

The panels show the same pictures four ways by dimension (each pixel over all pictures) and both together:
centred, standardised, whitened, standardised and then whitened. The net is 784–256–128–10 with ReLU, Adam
and batches of 128, once plain and once with ZCA whitening before each ReLU, in groups of 16 units: a batch
of 128 rows says too little about the covariance of 256 units at once. In use it whitens by running moments.
A third net shows what else there is to gain: 784–512–256–10, whitened, with dropout and a rate that falls.

References: H. Xiao, K. Rasul & R. Vollgraf 2017, *Fashion-MNIST*, arXiv 1708.07747; those of
``models.projections.whitening``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from models.batches import count_batches, take_batches
from models.composition import Net, Part
from models.initial import he_uniform
from models.layers.activations import relu
from models.losses import cross_entropy
from models.net import activation, dense, dropout, sequence
from models.objective import make_objective
from models.optimizers import Adam
from models.parts.normalise import whiten
from models.projections.moments import RunningCovariance
from models.projections.whitening import Whitening, zca
from models.projections.whitening_svd import zca_by_svd
from models.schedules import fall_by_cosine, keep_constant
from models.studies.study import Figure, Images, StudyData, StudyResult, Tell, silent
from models.training import train
from models.tree import pack
from models.types import Array

SOURCE = "article on ZCA whitening and its derivative: Fashion-MNIST, three affine layers, 15 epochs"
PUBLISHED = 89.51
N_EPOCHS, BATCH, RATE = 15, 128, 1e-3
GROUP = 16
N_SHOWN, N_MOMENTS, EPSILON = 6, 10_000, 1e-2
PANELS = ("original", "centred", "standardised", "whitened", "both")
N_BINS, MIDDLE = 60, slice(14 * 28, 15 * 28)  # the fifteenth of 28 rows of pixels


class Plan(NamedTuple):
    """How one of the nets is made."""

    widths: tuple[int, ...] = (256, 128)
    whitened: bool = True
    keep_probability: float = 1.0
    falls: bool = False  # the rate, to zero by a cosine


PLANS = {
    "plain": Plan(whitened=False),
    "whitened": Plan(),
    "wide": Plan((512, 256), keep_probability=0.7, falls=True),
}


class Curve(NamedTuple):
    """What a net gets right after each epoch."""

    train: Array  # (n_epochs,), the mean loss of an epoch's batches
    test: Array  # (n_epochs,), the share of test pictures that it names right


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Show pictures five ways, then train the three nets.

    Arrays: ``panel_names (5,)``, ``panels (5, shown, 28, 28)``, ``bins (n + 1,)`` and ``histograms (5, n)``
    in spreads of each panel, ``covariances (5, 28, 28)`` of the pixels of the middle row; and of each of
    ``plain``, ``whitened``, ``wide`` the ``<name>_test (epochs,)`` and ``<name>_loss (epochs,)``.
    """
    images = data.images("fashion_mnist")
    arrays = show_panels(flatten(images.x_train[:N_MOMENTS]))
    curves = {}
    for number, (name, plan) in enumerate(PLANS.items()):
        runs = []
        for epoch, run in enumerate(learn(images, plan, seed=seed), 1):
            runs.append(run)
            tell(number * N_EPOCHS + epoch, len(PLANS) * N_EPOCHS)
        curves[name] = Curve(*np.array(runs).T)
        arrays |= {f"{name}_loss": curves[name].train, f"{name}_test": curves[name].test}
    last = {name: 100 * float(curve.test[-1]) for name, curve in curves.items()}
    error = 100 * float(
        np.sqrt(curves["plain"].test[-1] * (1 - curves["plain"].test[-1]) / len(images.y_test))
    )
    return StudyResult(
        "whitening",
        "Whitened pictures, and a net that whitens inside",
        SOURCE,
        (
            Figure("right on the test, whitened in groups", PUBLISHED, "89.51 %", last["whitened"], "%"),
            Figure("right on the test, plain", None, "", last["plain"], "%"),
            Figure("right on the test, wide, with dropout and a falling rate", None, "", last["wide"], "%"),
            Figure("one standard error of any", None, "", error, "%"),
            Figure("loss of the last epoch, whitened", None, "", float(curves["whitened"].train[-1])),
            Figure("loss of the last epoch, plain", None, "", float(curves["plain"].train[-1])),
            Figure(
                "largest difference of the derivatives by eigh and by SVD",
                None,
                "",
                compare_derivatives(flatten(images.x_train[:BATCH]), np.random.default_rng(seed)),
                note="relative, of a batch's middle row of pixels",
            ),
        ),
        arrays,
        (
            f"After one epoch the whitened net is right {100 * curves['whitened'].test[0]:.1f} times in 100, "
            f"the plain one {100 * curves['plain'].test[0]:.1f}.",
            f"Wider, with dropout and a falling rate, the whitened net is right {last['wide']:.1f} times.",
            f"One run each: at the end a difference below {2 * error:.1f} points says nothing.",
        ),
    )


def flatten(pictures: Array) -> Array:
    """Return pictures (n, 28, 28) of bytes as float32 rows (n, 784), 0 to 1."""
    rows: Array = pictures.reshape(len(pictures), -1).astype(np.float32) / 255
    return rows


def show_panels(rows: Array) -> dict[str, Array]:
    """Return the first pictures five ways, with the histogram and the middle row's covariance of each."""
    x = rows.astype(np.float64)
    centred, spread = x - x.mean(axis=0), x.std(axis=0)
    standardised = centred / np.where(spread > 0, spread, 1)
    whitened = Whitening(epsilon=EPSILON).fit_transform(x)
    both = Whitening(epsilon=EPSILON).fit_transform(standardised)
    ways = (x, centred, standardised, whitened, both)
    bins = np.linspace(-4, 4, N_BINS + 1)
    return {
        "panel_names": np.array(PANELS),
        "panels": np.stack([way[:N_SHOWN].reshape(-1, 28, 28) for way in ways]),
        "bins": bins,
        "histograms": np.stack([np.histogram(way / way.std(), bins, density=True)[0] for way in ways]),
        "covariances": np.stack([np.cov(way[:, MIDDLE], rowvar=False, bias=True) for way in ways]),
    }


def compare_derivatives(rows: Array, rng: np.random.Generator) -> float:
    """Return how far the gradients of both ways to whiten are apart, beside the largest part of either."""
    x = rows[:, MIDDLE].astype(np.float64)
    weights = rng.normal(size=x.shape)
    one, other = (whiten_rows(x, epsilon=EPSILON)[1](weights)[0] for whiten_rows in (zca, zca_by_svd))
    return float(np.abs(one - other).max() / np.abs(one).max())


def make_net(plan: Plan) -> Net:
    """Return the net of three affine layers, plain or with whitening before each ReLU."""
    parts: list[Part] = []
    for width in plan.widths:
        parts.append(dense(width, he_uniform))
        if plan.whitened:
            parts.append(whiten(RunningCovariance(width, groups=width // GROUP, keep=0.9)))
        parts.append(activation(relu))
        if plan.keep_probability < 1:
            parts.append(dropout(plan.keep_probability))
    return sequence(*parts, dense(10, he_uniform))


def learn(images: Images, plan: Plan, *, seed: int) -> Iterator[tuple[float, float]]:
    """Train a net and yield its mean loss and its share of right answers on the test after each epoch."""
    rng = np.random.default_rng(seed)
    net = make_net(plan)
    begun, _ = net.init(rng, (784,), dtype=np.float32)
    flat, parameters = pack(begun, np.float32)
    rows, test = {"x": flatten(images.x_train), "label": images.y_train}, flatten(images.x_test)
    objective = make_objective(net, cross_entropy, rng=rng)
    n_steps = count_batches(len(images.y_train), BATCH)
    losses = []
    batches = take_batches(rows, BATCH, rng=rng, n_epochs=N_EPOCHS)
    schedule = fall_by_cosine(RATE, N_EPOCHS * n_steps) if plan.falls else keep_constant(RATE)
    for step in train(objective, flat, parameters, batches, optimizer=Adam(flat), schedule=schedule):
        losses.append(step.loss)
        if (step.number + 1) % n_steps == 0:
            scores, _ = net(parameters, test)
            yield float(np.mean(losses)), float(np.mean(scores.argmax(axis=1) == images.y_test))
            losses = []
