"""What the studies of nets on pictures share: how one is taught, stopped, and asked of the test once.

A part of the pictures to learn from is held back: by its loss the epoch is chosen whose parameters stay, and
by its answers whatever else a study chooses. The test pictures are looked at once, by the net that is left.
Where a plan says so, every picture is moved a little and mirrored at random each time it is shown.

Reference: L. N. Smith & N. Topin 2019, *Super-Convergence: Very Fast Training of Neural Networks Using Large
Learning Rates*, arXiv 1708.07120 (the rate that rises and falls once).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from models.batches import count_batches, split_rows, take_batches
from models.composition import Net
from models.early_stopping import train_until_worse
from models.losses import cross_entropy
from models.objective import make_objective
from models.optimizers import Adam, with_rates
from models.schedules import rise_and_fall
from models.studies.study import Images, Tell
from models.training import train
from models.tree import pack
from models.types import Array, Tree

HELD = 1 / 12  # of the pictures to learn from: 5,000 of 60,000
AT_ONCE = 500  # pictures that are asked about together
N_WRONG = 24


class Plan(NamedTuple):
    """How a net is taught."""

    n_epochs: int
    rate: float = 1e-2  # the highest of the one cycle
    batch: int = 128
    shift: int = 0  # pixels, at most, that a picture is moved each way
    mirrored: bool = False  # half of the times it is shown, left for right


class Taught(NamedTuple):
    """A net that has learned to name pictures."""

    net: Net
    parameters: Tree
    learned: Array  # (n_epochs,) the mean loss of the batches, each before its step
    held: Array  # (n_epochs,) the mean loss of the pictures held back
    held_right: Array  # (n_epochs,) the share of them that is named right
    best: int  # the epoch kept, from 0
    said: Array  # (n_test,) the class named for each test picture
    right: float  # the share of test pictures that is named right


def teach_pictures(
    net: Net,
    images: Images,
    plan: Plan,
    *,
    seed: int,
    tell: Tell,
    running: Sequence[object] = (),
    rate_parts: Callable[[Tree], Tree] | None = None,
) -> Taught:
    """Teach ``net``, which takes pictures (n, 28, 28, 1), or rows where it begins with ``flatten``.

    ``running`` are the running moments of its normalising; ``tell`` is called after each epoch;
    ``rate_parts(parameters)`` gives the factors by which its parts multiply the plan's rate.
    """
    rng = np.random.default_rng(seed)
    labels = images.y_train.astype(int)
    learned, held = split_rows(len(labels), HELD, rng)
    begun, _ = net.init(rng, (*images.x_train.shape[1:], 1), dtype=np.float32)
    flat, parameters = pack(begun, np.float32)
    factors = None if rate_parts is None else rate_parts(parameters)
    every = count_batches(len(learned), plan.batch)
    batches = take_batches(
        {"x": images.x_train[learned], "label": labels[learned]}, plan.batch, rng=rng, n_epochs=plan.n_epochs
    )
    steps = train(
        make_objective(net, cross_entropy, rng=rng),
        flat,
        parameters,
        prepare(batches, plan, rng),
        optimizer=Adam(flat) if factors is None else with_rates(Adam(flat), parameters, factors),
        schedule=rise_and_fall(plan.rate, every * plan.n_epochs),
    )
    rights: list[float] = []

    def measure() -> float:
        scores = ask(net, parameters, images.x_train[held])
        rights.append(float(np.mean(scores.argmax(axis=1) == labels[held])))
        return float(cross_entropy(scores, label=labels[held])[0])

    epochs = list(
        train_until_worse(
            steps, measure, flat=flat, every=every, patience=plan.n_epochs, n_epochs=plan.n_epochs,
            running=running, tell=lambda done, _: tell(done, plan.n_epochs),
        )
    )  # fmt: skip
    said = ask(net, parameters, images.x_test).argmax(axis=1)
    return Taught(
        net,
        parameters,
        np.array([epoch.loss for epoch in epochs]),
        np.array([epoch.measure for epoch in epochs]),
        np.array(rights),
        max((epoch.number for epoch in epochs if epoch.best), default=0),
        said,
        float(np.mean(said == images.y_test)),
    )


def prepare(
    batches: Iterator[Mapping[str, Any]], plan: Plan, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Make pictures of bytes what a net takes, moved and mirrored as the plan says."""
    for batch in batches:
        pictures = move(batch["x"], plan.shift, rng) if plan.shift else batch["x"]
        if plan.mirrored:
            pictures = mirror(pictures, rng)
        yield {**batch, "x": brighten(pictures)}


def move(pictures: Array, most: int, rng: np.random.Generator) -> Array:
    """Return pictures (n, h, w), each moved by up to ``most`` pixels down and across; black follows."""
    h, w = pictures.shape[1:]
    framed = np.pad(pictures, ((0, 0), (most, most), (most, most)))
    windows = np.lib.stride_tricks.sliding_window_view(framed, (h, w), axis=(1, 2))
    down, across = rng.integers(0, 2 * most + 1, (2, len(pictures)))
    moved: Array = windows[np.arange(len(pictures)), down, across]
    return moved


def mirror(pictures: Array, rng: np.random.Generator) -> Array:
    """Return pictures (n, h, w), each of them left for right with the probability one half."""
    turned = rng.random(len(pictures)) < 0.5
    return np.where(turned[:, None, None], pictures[:, :, ::-1], pictures)


def brighten(pictures: Array) -> Array:
    """Return pictures (n, h, w) of bytes as float32 (n, h, w, 1), 0 to 1."""
    bright: Array = (pictures / np.float32(255))[..., None]
    return bright


def ask(net: Net, parameters: Tree, pictures: Array) -> Array:
    """Return the scores (n, n_classes) for pictures (n, h, w) of bytes."""
    parts = [pictures[start : start + AT_ONCE] for start in range(0, len(pictures), AT_ONCE)]
    return np.concatenate([net(parameters, brighten(part))[0] for part in parts])


def describe(taught: Mapping[str, Taught]) -> dict[str, Array]:
    """Return each net's epochs: ``<name>_learned``, ``<name>_held``, ``<name>_right`` and ``<name>_best``."""
    arrays = {}
    for name, each in taught.items():
        arrays[f"{name}_learned"], arrays[f"{name}_held"] = each.learned, each.held
        arrays[f"{name}_right"], arrays[f"{name}_best"] = each.held_right, np.array(1 + each.best)
    return arrays


def show_wrong(taught: Taught, images: Images) -> dict[str, Array]:
    """Return test pictures that a net named wrong: ``wrong (n, 28, 28)``, ``wrong_label``, ``wrong_said``."""
    wrong = np.flatnonzero(taught.said != images.y_test)[:N_WRONG]
    return {
        "wrong": images.x_test[wrong],
        "wrong_label": images.y_test[wrong].astype(int),
        "wrong_said": taught.said[wrong],
    }


def count_parameters(net: Net) -> int:
    """Return how many numbers a net for pictures of 28 × 28 learns."""
    return sum(row.n_parameters for row in net.list_parts((28, 28, 1)))


def measure_error(taught: Taught, images: Images) -> float:
    """Return one standard error of what a net gets right on the test, in points of a hundred."""
    return float(100 * np.sqrt(taught.right * (1 - taught.right) / len(images.y_test)))
