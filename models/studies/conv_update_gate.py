"""The digits 0 and 1, looked at twice: a convolutional update-gate net on pictures of 8 × 8.

Kernels of 5 × 5 make 4 × 4 gates and candidates of a picture, kernels of 3 × 3 with zeros around carry the
maps from look to look; the last maps go through two affine layers. Descent with momentum, as in the article.
The 360 zeros and ones of the UCI digits are cut into ten parts, and each picture is scored by a net that
learned the other nine; rate and number of epochs are fixed beforehand. Beside it stands the same net with one
look.

Reference: E. Alpaydin & C. Kaynak 1998, *Optical Recognition of Handwritten Digits*, UCI Machine Learning
Repository (the part that was held back for tests, as scikit-learn has it).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.batches import count_batches, take_batches
from models.layers.activations import softmax, tanh
from models.losses import cross_entropy
from models.net import Net, activation, dense, flatten, sequence
from models.objective import make_objective
from models.optimizers import Momentum
from models.parts.looks import look_again, look_at
from models.schedules import fall_by_cosine
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent, tell_from
from models.training import train
from models.tree import pack
from models.types import Array, Tree

SOURCE = "article on a convolutional update-gate net in NumPy: digits 0 and 1; no figure is published"
LOOKS, N_PARTS = (1, 2), 10
N_CHANNELS, SIZE, N_HIDDEN = 4, 5, 16
RATE, N_BATCH, N_EPOCHS = 0.05, 20, 15
N_SHOWN = 4  # pictures of each digit


class Scored(NamedTuple):
    """All pictures, each scored by a net that had not learned it."""

    chance: Array  # (n,) of a one
    held_loss: Array  # (N_EPOCHS,), the mean over parts of those left out
    learned_loss: Array
    part: Array  # (n,) the number of the net that had not learned it
    parameters: list[Tree]  # of each net


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Score each picture with one look and with two.

    Arrays: by number of looks ``look<k>_held`` and ``look<k>_learned`` (mean losses by epoch), ``wrong``
    (len(LOOKS),). Of the pictures shown, which ``find_shown`` finds and one net had not learned:
    ``pictures (n, 8, 8)``, ``digit (n,)``, ``chance (len(LOOKS), n)`` of a one, and of two looks by that net
    ``maps (n, 2, 4, 4)``, the mean of the state's channels after each.
    """
    x, label = read_digits(data)
    scored, of = {}, len(LOOKS) * N_PARTS
    for k, n_looks in enumerate(LOOKS):
        scored[n_looks] = score(x, label, n_looks, seed=seed, tell=tell_from(tell, k * N_PARTS, of))
    wrong = [int(np.sum((each.chance > 0.5) != label)) for each in scored.values()]
    right = [100 * (1 - n / len(label)) for n in wrong]
    two = scored[2]
    shown = find_shown(two.chance, label, two.part)
    (looking, *_) = two.parameters[two.part[shown[0]]]
    states, _ = look_at(looking, x[shown], n_looks=2, padding="valid")
    figures = (
        Figure(f"right of {len(label)} pictures, two looks", None, "", right[1], "%"),
        Figure("right, one look", None, "", right[0], "%"),
        Figure("pictures misread, two looks", None, "", wrong[1]),
        Figure("mean loss of pictures left out, two looks", None, "", float(two.held_loss[-1])),
    )
    arrays = {
        "wrong": np.array(wrong),
        "pictures": x[shown, :, :, 0],
        "digit": label[shown],
        "maps": states.mean(axis=-1),
        "chance": np.stack([each.chance[shown] for each in scored.values()]),
    }
    for n_looks, each in scored.items():
        arrays[f"look{n_looks}_held"] = each.held_loss
        arrays[f"look{n_looks}_learned"] = each.learned_loss
    misread = [{0: "none is", 1: "one is"}.get(n, f"{n} are") for n in wrong]
    return StudyResult(
        "conv_update_gate",
        "Two looks at the digits 0 and 1",
        SOURCE,
        figures,
        arrays,
        (
            f"With two looks {right[1]:.1f} % of {len(label)} zeros and ones are read right by nets that had "
            f"not learned them: {misread[1]} misread.",
            f"With one look {misread[0]} misread.",
        ),
    )


def read_digits(data: StudyData) -> tuple[Array, Array]:
    """Return the zeros and ones as pictures (n, 8, 8, 1) from 0 to 1, float32, and their labels (n,)."""
    rows = data.table("digits")
    rows = rows[rows[:, -1] < 2]
    return (rows[:, :-1].reshape(-1, 8, 8, 1) / 16).astype(np.float32), rows[:, -1].astype(int)


def make_net(n_looks: int) -> Net:
    """Return the net from pictures (8, 8, 1) to two scores."""
    look = look_again(N_CHANNELS, n_looks=n_looks, size=SIZE, padding="valid")
    return sequence(look, flatten(), dense(N_HIDDEN), activation(tanh), dense(2))


def score(x: Array, label: Array, n_looks: int, *, seed: int, tell: Tell) -> Scored:
    """Leave each part out once, and let a net that learned the others score it."""
    part = np.random.default_rng(seed).permutation(len(x)) % N_PARTS
    net, chance, nets = make_net(n_looks), np.zeros(len(x)), []
    learned, held = np.zeros((2, N_PARTS, N_EPOCHS))
    watch = make_objective(net, cross_entropy)
    for k in range(N_PARTS):
        rng = np.random.default_rng([seed, k])
        rows, out = part != k, part == k
        flat, parameters = pack(net.init(rng, x.shape[1:], dtype=x.dtype)[0], x.dtype)
        every = count_batches(int(rows.sum()), N_BATCH)
        steps = train(
            make_objective(net, cross_entropy, rng=rng),
            flat,
            parameters,
            take_batches({"x": x[rows], "label": label[rows]}, N_BATCH, rng=rng, n_epochs=N_EPOCHS),
            optimizer=Momentum(flat),
            schedule=fall_by_cosine(RATE, every * N_EPOCHS),
        )
        for step in steps:
            epoch, last = divmod(step.number, every)
            learned[k, epoch] += step.loss / every
            if last == every - 1:
                held[k, epoch] = watch(parameters, x=x[out], label=label[out])[0]
        chance[out] = softmax(net(parameters, x[out])[0])[0][:, 1]
        nets.append(parameters)
        tell(k + 1, N_PARTS)
    return Scored(chance, held.mean(axis=0), learned.mean(axis=0), part, nets)


def find_shown(chance: Array, label: Array, part: Array) -> Array:
    """Return pictures of the part with the worst read one: the first of each digit, then the least sure."""
    off = np.abs(chance - label)
    shown = []
    for digit in (0, 1):
        rows = np.flatnonzero((part == part[off.argmax()]) & (label == digit))
        worst = rows[off[rows].argmax()]
        shown.append(np.append(rows[rows != worst][: N_SHOWN - 1], worst))
    return np.concatenate(shown)
