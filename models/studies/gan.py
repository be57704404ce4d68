"""Digits that nobody wrote: six generators, each taught against a discriminator of its own.

The article compares six architectures of two and three hidden layers by eye, from uniform noise, with Adam,
and multiplies the rate by 0.01 after the first round. Its digits are pictures and it names no figure, so none
can be compared. Here the discriminator mirrors the generator, and has dropout, without which it soon is sure
of everything and teaches nothing. A reader of digits, a net that learned them from the same pictures, then
looks at both kinds. Its 128 hidden units give real and invented pictures a mean and a covariance each, and
the Fréchet distance of these two normal distributions is

    |μ₁ − μ₂|² + tr(C₁ + C₂ − 2 (C₁ C₂)^½)

It sees blurs and missing digits alike. Which generator is best is told by pictures that were held back; the
distance from the test pictures is what is printed.

References: I. Goodfellow et al. 2014, *Generative Adversarial Nets*, arXiv 1406.2661; M. Heusel et al. 2017,
*GANs Trained by a Two Time-Scale Update Rule*, arXiv 1706.08500, eq. 6 (the distance, of other features);
D. C. Dowson & B. V. Landau 1982, *The Fréchet Distance between Multivariate Normal Distributions*.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.batches import count_batches, take_batches
from models.composition import Sequence
from models.initial import he_normal
from models.layers.activations import relu, softmax, tanh
from models.layers.normalise import RunningMoments
from models.net import activation, dense, dropout, sequence
from models.parts.normalise import batch_norm
from models.schedules import fall_by_steps
from models.studies import study
from models.studies.perceptron import Read, flatten_pictures, learn_digits, make_net
from models.studies.study import Figure, StudyData, StudyResult, silent, tell_from
from models.systems.gan import Gan, init_gan, invent_rows, train_gan
from models.types import Array

SOURCE = "article on generative adversarial networks: MNIST digits, six architectures"
N_NOISE, N_BATCH, RATE, FACTOR, KEEP, REAL_TARGET = 32, 64, 1e-3, 0.01, 0.6, 0.9
N_STEPS, FIRST_ROUND, EARLY = 2400, 0.8, 0.2  # the shares of the steps after which the rate falls
READER_EPOCHS = 3
N_JUDGED, N_SHOWN, N_CURVE = 5000, 10, 30
SEEN, SURE = 0.02, 0.9  # a digit counts as there from this share on; the reader is sure from this chance on


class Design(NamedTuple):
    """One pair: the generator's hidden layers, whether it normalises batches, when its rate falls."""

    hidden: tuple[int, ...]
    normalises: bool
    first_round: float = FIRST_ROUND

    @property
    def name(self) -> str:
        """Such as 128–256, batch norm."""
        parts = ["–".join(map(str, self.hidden))]
        parts += ["batch norm"] * self.normalises + ["early fall"] * (self.first_round < FIRST_ROUND)
        return ", ".join(parts)


DESIGNS = (
    *(
        Design(hidden, normalises)
        for hidden in ((128, 256), (256, 512), (128, 256, 256))
        for normalises in (False, True)
    ),
    Design((128, 256), False, EARLY),
)


class Invented(NamedTuple):
    """What one pair came to."""

    pictures: Array  # (N_JUDGED, 784) from 0 to 1
    curves: Array  # (2, N_CURVE) the losses of discriminator and generator, means over steps
    distance: float  # from the test pictures
    held_distance: float  # from those held back
    shares: Array  # (10,) of each digit, as the reader reads them
    sure: float  # the share of pictures of which it is sure


def run_study(data: StudyData, *, seed: int = 0, tell: study.Tell = silent) -> StudyResult:
    """Teach a reader and seven pairs; compare what they invent.

    Arrays, a row for each pair: ``name``, ``digits (7, 10, 28, 28)`` from 0 to 1, the first ten invented,
    ``distance``, ``sure``, ``shares (7, 10)``, ``discriminator_loss`` and ``generator_loss (7, 30)`` with
    ``step (30,)``; of real ones ``real (10, 28, 28)`` and ``floor``, the distance of those held back;
    ``best``, the row of the best.
    """
    images = data.images("mnist")
    of, before = READER_EPOCHS + len(DESIGNS) * N_CURVE, READER_EPOCHS
    read = learn_digits(make_net("plain"), images, READER_EPOCHS, seed=seed, tell=tell_from(tell, 0, of))
    n_held = min(N_JUDGED, len(images.x_train) // 6)
    x, held = np.split(flatten_pictures(images.x_train), [-n_held])
    test = flatten_pictures(images.x_test[:N_JUDGED])
    real = look_at(read, test), look_at(read, held)
    x = 2 * x - 1
    invented = []
    for design in DESIGNS:
        invented.append(invent_digits(design, x, read, real, seed=seed, tell=tell_from(tell, before, of)))
        before += N_CURVE
    tell(of, of)
    floor = measure_frechet(*real)
    distances = np.array([each.distance for each in invented])
    names = [design.name for design in DESIGNS]
    best = int(np.argmin([each.held_distance for each in invented[:-1]]))
    spoken = [name.replace(", ", " with ") for name in names]
    seen = [int((each.shares >= SEEN).sum()) for each in invented]
    figures = (
        *(
            Figure(f"Fréchet distance from the test digits, {name}", None, "", float(distance))
            for name, distance in zip(names, distances, strict=True)
        ),
        Figure("the same of real digits held back", None, "", floor),
        Figure(f"digits that come at all, of ten, {names[best]}", None, "", seen[best]),
        Figure(
            f"invented digits of which the reader is sure, {names[best]}",
            None, "", 100 * invented[best].sure, "%",
        ),
        Figure("right on test pictures, the reader", None, "", 100 * read.test_accuracy, "%"),
    )  # fmt: skip
    words = (
        f"Of six generators {spoken[best]} comes nearest: {distances[best]:.0f} from real digits; other "
        f"real ones are {floor:.1f} away.",
        f"{seen[best]} of the ten digits come up in at least 2 of 100 of its pictures, and a reader of "
        f"digits is sure of {100 * invented[best].sure:.0f} in 100.",
        f"Where the rate falls to a hundredth after {EARLY * N_STEPS:.0f} of {N_STEPS:,} steps, {names[0]} "
        f"stays {distances[-1]:.0f} away; where it falls after {FIRST_ROUND * N_STEPS:,.0f}, "
        f"{distances[0]:.0f}.",
        "Each was taught once: another seed may put those that lie close in another order.",
    )
    arrays = {
        "name": np.array(names),
        "digits": np.array([each.pictures[:N_SHOWN].reshape(-1, 28, 28) for each in invented]),
        "distance": distances,
        "sure": np.array([each.sure for each in invented]),
        "shares": np.array([each.shares for each in invented]),
        "discriminator_loss": np.array([each.curves[0] for each in invented]),
        "generator_loss": np.array([each.curves[1] for each in invented]),
        "step": (np.arange(N_CURVE) + 1) * (N_STEPS // N_CURVE),
        "real": test[:N_SHOWN].reshape(-1, 28, 28),
        "floor": np.array(floor),
        "best": np.array(best),
    }
    return StudyResult("gan", "Digits that nobody wrote", SOURCE, figures, arrays, words)


def make_pair(design: Design) -> Gan:
    """Return the two nets for pictures (784,) from −1 to 1."""
    made, judging = [], []
    for n_units in design.hidden:
        made += [dense(n_units, he_normal)]
        made += [batch_norm(RunningMoments(n_units))] if design.normalises else []
        made += [activation(relu)]
    for n_units in reversed(design.hidden):
        judging += [dense(n_units, he_normal), activation(relu), dropout(KEEP)]
    return Gan(sequence(*made, dense(784), activation(tanh)), sequence(*judging, dense(1)), N_NOISE)


def invent_digits(
    design: Design, x: Array, read: Read, real: tuple[Array, Array], *, seed: int, tell: study.Tell
) -> Invented:
    """Teach one pair by the pictures ``x (n, 784)`` from −1 to 1; ``real`` are features."""
    gan, rng = make_pair(design), np.random.default_rng(seed)
    sides = init_gan(gan, rng, dtype=x.dtype)
    n_epochs = -(-N_STEPS // count_batches(len(x), N_BATCH))
    steps = train_gan(
        gan,
        sides,
        take_batches({"x": x}, N_BATCH, rng=rng, n_epochs=n_epochs),
        schedule=fall_by_steps(RATE, factor=FACTOR, every=round(design.first_round * N_STEPS)),
        rng=rng,
        real_target=REAL_TARGET,
    )
    losses = np.zeros((N_STEPS, 2))
    every = N_STEPS // N_CURVE
    for step in steps:
        losses[step.number] = step.discriminator_loss, step.generator_loss
        if (step.number + 1) % every == 0:
            tell((step.number + 1) // every, N_CURVE)
        if step.number + 1 == N_STEPS:
            break
    pictures: Array = (invent_rows(gan, sides.generator, N_JUDGED, rng=rng) + 1) / 2
    chance: Array = softmax(read.net(read.parameters, pictures)[0].astype(np.float64))[0]
    looked = look_at(read, pictures)
    return Invented(
        pictures,
        losses.reshape(N_CURVE, every, 2).mean(axis=1).T,
        measure_frechet(real[0], looked),
        measure_frechet(real[1], looked),
        np.bincount(chance.argmax(axis=1), minlength=10) / len(chance),
        float((chance.max(axis=1) >= SURE).mean()),
    )


def look_at(read: Read, pictures: Array) -> Array:
    """Return what the last hidden layer of a reader makes of pictures (n, 784): (n, 128), float64."""
    assert isinstance(read.net, Sequence)
    hidden = sequence(*read.net.parts[:-1])
    features: Array = hidden(read.parameters[:-1], pictures)[0].astype(np.float64)
    return features


def measure_frechet(some: Array, others: Array) -> float:
    """Return the Fréchet distance of the normal distributions of two lots of features (n, d), (m, d)."""
    apart = some.mean(axis=0) - others.mean(axis=0)
    first, second = np.cov(some.T), np.cov(others.T)
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    both = np.linalg.eigvalsh(root @ second @ root)  # those of C₁ C₂
    shared = 2 * np.sqrt(np.maximum(both, 0)).sum()
    return float(apart @ apart + np.trace(first) + np.trace(second) - shared)
