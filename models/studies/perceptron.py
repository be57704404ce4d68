"""Digits by a net of two hidden layers, beside one of none; and what depth does to a gradient.

The course's net is 784–128–128–10 on MNIST. Here a tenth of the pictures to learn from is held back: the
parameters of the epoch that met it best are kept, and only then are the test pictures looked at, once.
Beside it stand the same net with dropout, a wider one with more of it (784–512–512–10, which also leaves out
some pixels), and softmax regression (784–10). Then two smaller experiments of
the course: a net 4–100–1, and five hidden layers of logistic units that do not learn.

References: Y. LeCun, L. Bottou, Y. Bengio & P. Haffner 1998, *Gradient-Based Learning Applied to Document
Recognition*; N. Srivastava et al. 2014, *Dropout*.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.batches import count_batches, split_rows, take_batches
from models.early_stopping import Epoch, Tell, train_until_worse
from models.initial import he_normal, zeros
from models.layers.activations import relu, softmax
from models.losses import cross_entropy
from models.net import Net, activation, dense, dropout, sequence
from models.objective import make_objective
from models.optimizers import Adam
from models.schedules import fall_by_cosine
from models.studies import study
from models.studies.deep_layers import N_EPOCHS, fit_curve, train_deep_net
from models.studies.shapes import make_tribes
from models.studies.study import Figure, Images, StudyData, StudyResult, silent, tell_from
from models.training import train
from models.tree import pack
from models.types import Array, Tree

SOURCE = "course on neural networks: MNIST by a perceptron of two hidden layers"
N_WIDE, KEEP_PIXELS, KEEP_WIDE = 512, 0.9, 0.6
N_UNITS, KEEP, RATE, N_BATCH, PATIENCE = 128, 0.8, 2e-3, 128, 4
PATIENCES = {"wide": 20}  # its rate is to fall to the end
EPOCHS = {"softmax": 6, "plain": 12, "dropout": 16, "wide": 20}  # at most
N_WRONG = 24


class Read(NamedTuple):
    """A net that has learned to read digits."""

    net: Net
    parameters: Tree
    curves: list[Epoch]
    train_accuracy: float
    test_accuracy: float
    said: Array  # (n_test,), its digit for each test picture


def run_study(data: StudyData, *, seed: int = 0, tell: study.Tell = silent) -> StudyResult:
    """Learn to read digits in three ways, then look at depth.

    Arrays: for each of ``softmax``, ``plain``, ``dropout`` and ``wide``, by epoch, ``<name>_learned`` and
    ``<name>_held`` (the mean loss of the pictures learned and held back), ``<name>_best`` (the epoch kept,
    from 1);
    ``weight (10, 28, 28)`` of softmax regression; ``confusion (10, 10)`` of the net with dropout (row: the
    digit), and of the digits that it misread ``wrong (n, 28, 28)``, ``wrong_digit``, ``wrong_said``;
    ``summary`` (its lines); of five hidden layers ``<logistic|relu>_gradient`` (n_layers + 1,) and
    ``<logistic|relu>_accuracy`` (n_epochs,). Where the data hold a digit of the user's own: ``own`` (28, 28)
    and ``own_chance (10,)``.
    """
    images = data.images("mnist")
    of, before = sum(EPOCHS.values()) + 1, 0
    read = {}
    for name, n_epochs in EPOCHS.items():
        patience, told = PATIENCES.get(name, PATIENCE), tell_from(tell, before, of)
        read[name] = learn_digits(make_net(name), images, n_epochs, seed=seed, tell=told, patience=patience)
        before += n_epochs
    rng = np.random.default_rng(seed)
    points, new = make_tribes(1000, rng=rng), make_tribes(5000, rng=rng)
    deep = {name: train_deep_net(name, points, new, seed=seed) for name in ("logistic", "relu")}
    curve = fit_curve(seed=seed)
    tell(of, of)
    plain, best, wide = read["plain"], read["dropout"], read["wide"]
    fades = deep["logistic"].gradient[-1] / deep["logistic"].gradient[0]
    figures: tuple[Figure, ...] = (
        Figure("right on test pictures, 784–128–128–10", 97.75, "0.9775", 100 * plain.test_accuracy, "%"),
        Figure("right on learned pictures, the same net", 99.56, "0.9956", 100 * plain.train_accuracy, "%"),
        Figure("right on test pictures, with dropout", None, "", 100 * best.test_accuracy, "%"),
        Figure(
            "right on test pictures, 784–512–512–10 with dropout", None, "", 100 * wide.test_accuracy, "%"
        ),
        Figure("right on test pictures, softmax alone", None, "", 100 * read["softmax"].test_accuracy, "%"),
        Figure("variance explained, 4–100–1 on a bent function", None, "", 100 * curve.net, "%"),
        Figure("variance explained, a line on the same", None, "", 100 * curve.line, "%"),
        Figure(
            "right on two tribes, five logistic layers", None, "", 100 * deep["logistic"].accuracy[-1], "%"
        ),
        Figure("right on two tribes, five rectified layers", None, "", 100 * deep["relu"].accuracy[-1], "%"),
        Figure("gradient of the last layer, times that of the first, logistic", None, "", fades),
    )
    words: tuple[str, ...] = (
        f"Two hidden layers read {100 * plain.test_accuracy:.1f} digits in 100, with dropout "
        f"{100 * best.test_accuracy:.1f}, wider {100 * wide.test_accuracy:.1f}; none at all, "
        f"{100 * read['softmax'].test_accuracy:.1f}.",
        f"After {N_EPOCHS} epochs five layers of logistic units are right "
        f"{100 * deep['logistic'].accuracy[-1]:.0f} times in 100: at the start the first layer’s gradient is "
        f"{fades:,.0f} times smaller than the last one’s.",
    )
    arrays = describe_digits(read, images)
    if data.digit is not None:
        chance = read_own(best, data.digit)
        said = int(chance.argmax())
        figures = (*figures, Figure("your digit, as the net with dropout reads it", None, "", said))
        words = (
            f"Your digit is read as {said}; the net gives it a chance of {say_chance(chance[said])}.",
            *words,
        )
        arrays |= {"own": data.digit, "own_chance": chance}
    for name, each in deep.items():
        arrays |= {f"{name}_gradient": each.gradient, f"{name}_accuracy": each.accuracy}
    return StudyResult("perceptron", "Digits read by two hidden layers", SOURCE, figures, arrays, words)


def read_own(read: Read, digit: Array) -> Array:
    """Return the chance of each digit, (10,), for one picture (28, 28)."""
    scores, _ = read.net(read.parameters, flatten_pictures(digit[None]))
    chance: Array = softmax(scores[0].astype(np.float64))[0]
    return chance


def say_chance(chance: float) -> str:
    """Write a net's chance in per cent; it is never sure."""
    return "over 99.9 %" if chance > 0.9995 else f"{100 * chance:.1f} %"


def make_net(name: str) -> Net:
    """Return softmax regression, or the course's net: plain, with dropout, or wide; it gives ten scores."""
    if name == "softmax":
        return sequence(dense(10, zeros))
    n_units, keep = (N_WIDE, KEEP_WIDE) if name == "wide" else (N_UNITS, KEEP)
    parts = [dropout(KEEP_PIXELS)] if name == "wide" else []
    for _ in range(2):
        parts += [dense(n_units, he_normal), activation(relu)]
        parts += [dropout(keep)] if name != "plain" else []
    return sequence(*parts, dense(10))


def learn_digits(
    net: Net, images: Images, n_epochs: int, *, seed: int, tell: Tell, patience: int = PATIENCE
) -> Read:
    """Train a net until the pictures held back are met no better; then score it on the test pictures."""
    rng = np.random.default_rng(seed)
    x, labels = flatten_pictures(images.x_train), images.y_train.astype(int)
    learned, held = split_rows(len(x), 0.1, rng)
    flat, parameters = pack(net.init(rng, (x.shape[1],), dtype=x.dtype)[0], x.dtype)
    n_batches = count_batches(len(learned), N_BATCH)
    rows = {"x": x[learned], "label": labels[learned]}
    watch = make_objective(net, cross_entropy)
    steps = train(
        make_objective(net, cross_entropy, rng=rng),
        flat,
        parameters,
        take_batches(rows, N_BATCH, rng=rng, n_epochs=n_epochs),
        optimizer=Adam(flat),
        schedule=fall_by_cosine(RATE, n_batches * n_epochs),
    )
    epochs = train_until_worse(
        steps,
        lambda: float(watch(parameters, x=x[held], label=labels[held])[0]),
        flat=flat,
        every=n_batches,
        patience=patience,
        n_epochs=n_epochs,
        tell=tell,
    )
    curves = list(epochs)
    said = say_digits(net, parameters, images.x_test)
    right = float(np.mean(said == images.y_test))
    learned_right = float(np.mean(net(parameters, rows["x"])[0].argmax(axis=1) == rows["label"]))
    return Read(net, parameters, curves, learned_right, right, said)


def say_digits(net: Net, parameters: Tree, pictures: Array) -> Array:
    """Return the likeliest digit of each picture (n, 28, 28)."""
    said: Array = net(parameters, flatten_pictures(pictures))[0].argmax(axis=1)
    return said


def flatten_pictures(pictures: Array) -> Array:
    """Return pictures (n, 28, 28) of bytes as float32 rows from 0 to 1."""
    return pictures.reshape(len(pictures), -1) / np.float32(255)


def describe_digits(read: dict[str, Read], images: Images) -> dict[str, Array]:
    """Return the arrays that tell of the three nets."""
    arrays = {}
    for name, each in read.items():
        arrays[f"{name}_learned"] = np.array([epoch.loss for epoch in each.curves])
        arrays[f"{name}_held"] = np.array([epoch.measure for epoch in each.curves])
        arrays[f"{name}_best"] = np.array(1 + max(epoch.number for epoch in each.curves if epoch.best))
    said, digit = read["dropout"].said, images.y_test.astype(int)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (digit, said), 1)
    wrong = np.flatnonzero(said != digit)[:N_WRONG]
    summary = read["dropout"].net.summarise((images.x_train[0].size,))
    return arrays | {
        "weight": read["softmax"].parameters[0].weight.T.reshape(10, *images.x_train.shape[1:]),
        "confusion": confusion,
        "wrong": images.x_test[wrong],
        "wrong_digit": digit[wrong],
        "wrong_said": said[wrong],
        "summary": np.array(summary.splitlines()),
    }
