"""A net that names classes, taught as every network is: how long, the validation span says; then all again.

The net learns the rows before the validation span until it has met that span no better for a while; then a
new one, from the same initial weights, learns all rows before the scored ones for as many epochs. The
scored rows are seen by neither. Of several settings the one is taken whose best epoch met the validation
span best; where they are as good, the first. Its file is read again by ``load_taught``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from models.batches import count_batches, take_batches
from models.composition import Net
from models.early_stopping import Tell, run_epochs, tell_of_part, train_until_worse
from models.layers.activations import softmax
from models.layers.normalise import Moments
from models.losses import cross_entropy
from models.objective import make_objective
from models.optimizers import Adam
from models.parts.normalise import list_running
from models.penalties import squared_penalty
from models.saving import check_numbers, fit_together, pack_model, unpack_model
from models.schedules import keep_constant
from models.training import Step, train
from models.tree import pack
from models.types import Array, Tree
from models.validation import Split

Setting = TypeVar("Setting")
Learned = TypeVar("Learned")
Walk: TypeAlias = Callable[[Array, Tree, Iterator[dict[str, Any]], float, float], Iterator[Step]]


class Recipe(NamedTuple):
    """One way to make and teach a net; ``make`` gives a new one each time.

    ``walk(flat, parameters, batches, rate, l2)`` takes the steps of a net that does not go down the gradient
    of its loss; each batch holds ``x`` and ``label``.
    """

    name: str  # "8 channels, rate 0.003"
    make: Callable[[], Net]
    rate: float = 3e-3
    batch_rows: int = 16
    n_epochs: int = 40
    patience: int = 8
    l2: float = 1e-3
    walk: Walk | None = None


class Head(NamedTuple):
    """What a net's file says of itself, beside how it was chosen."""

    name: str  # of the net: "VGG7"
    version: int
    features: Sequence[str]
    classes: Sequence[str]
    shape: tuple[int, ...]  # of one row


class Taught(NamedTuple):
    """A net that has learned all rows before the scored ones, and how it was chosen."""

    net: Net
    flat: Array  # all parameters as one vector, to be saved
    parameters: Tree  # views into it
    scale: Array  # (2,) mean and spread of all learned numbers
    recipe: Recipe
    n_epochs: int

    def say(self, x: Array) -> Array:
        """Return the probability of each class, (n, n_classes), for rows ``x (n, …)``."""
        scores = self.net(self.parameters, _rescale(x, self.scale))[0]
        probabilities: Array = softmax(scores.astype(np.float64))[0]
        return probabilities


def teach(
    recipes: Sequence[Recipe], x: Array, truth: Array, split: Split, *, seed: int, tell: Tell
) -> Taught:
    """Choose among ``recipes`` on the validation span, and teach the chosen one all before the scored rows.

    ``x (n, …)`` in the order of time, ``truth (n,)`` the classes from 0. ``tell`` is called after each epoch.
    """

    def watch(recipe: Recipe, tell: Tell) -> list[float]:
        return _run(recipe, x, truth, split.train, split.validation, seed, tell)[1]

    def finish(recipe: Recipe, n_epochs: int, tell: Tell) -> Taught:
        return _run(recipe._replace(n_epochs=n_epochs), x, truth, split.before_test, None, seed, tell)[0]

    lengths = [recipe.n_epochs for recipe in recipes]
    recipe, _, taught = choose_by_validation(recipes, lengths, watch, finish, tell=tell)
    return taught._replace(recipe=recipe)


def choose_by_validation(
    settings: Sequence[Setting],
    lengths: Sequence[int],
    watch: Callable[[Setting, Tell], list[float]],
    finish: Callable[[Setting, int, Tell], Learned],
    *,
    tell: Tell,
) -> tuple[Setting, int, Learned]:
    """Return the setting and the epochs that met the validation span best, and what then learned so.

    ``watch`` teaches a setting and gives the measure of each of its epochs, at most as many as ``lengths``
    says; ``finish`` teaches one for a number of epochs all rows before the scored ones.
    """
    most = sum(lengths) + max(lengths)
    n_before, best = 0, (np.inf, settings[0], 1)
    for setting, length in zip(settings, lengths, strict=True):
        measures = watch(setting, tell_of_part(tell, n_before, most))
        if measures and min(measures) < best[0]:
            best = (min(measures), setting, int(np.argmin(measures)) + 1)
        n_before += length
    _, setting, n_epochs = best
    learned = finish(setting, n_epochs, tell_of_part(tell, n_before, most))
    tell(most, most)
    return setting, n_epochs, learned


def tell_of_half(tell: Tell, half: int) -> Tell:
    """Tell of one half of the work, the net or its control, as a part of it all."""
    return lambda done, of: tell(done + half * (of or 0), None if of is None else 2 * of)


def pack_taught(taught: Taught, head: Head) -> bytes:
    """Return the file of a net, with the running moments of its normalising if there are any."""
    return pack_model(
        head.name, head.version, [*head.features],
        {"flat": taught.flat, "scale": taught.scale, "moments": list_moments(taught.net)},
        shape=[*head.shape], classes=[*head.classes], way=taught.recipe.name, n_epochs=taught.n_epochs,
    )  # fmt: skip


def load_taught(content: bytes, head: Head, recipes: Sequence[Recipe], *, where: str) -> Taught:
    """Return what ``pack_taught`` packed; raise ``SavedModelError`` for another file, or a damaged one."""
    features = [*head.features]
    saved = unpack_model(content, name=head.name, version=head.version, features=features, where=where)
    with fit_together(where):
        header, (flat, moments, scale) = saved.header, (saved.arrays[k] for k in ("flat", "moments", "scale"))
        recipe = {each.name: each for each in recipes}[header["way"]]
        if (header["shape"], header["classes"]) != ([*head.shape], [*head.classes]):
            raise ValueError("another question's net")
        net = recipe.make()
        fresh = net.init(np.random.default_rng(0), head.shape, dtype=np.float32)[0]
        own, parameters = pack(fresh, np.float32)
        check_numbers(flat, own.shape)
        check_numbers(scale, (2,))
        check_numbers(moments, list_moments(net).shape)
        np.copyto(own, flat)
        _set_moments(net, moments)
        return Taught(net, own, parameters, scale, recipe, int(header["n_epochs"]))


def list_moments(net: Net) -> Array:
    """Return the running means and variances of a net's normalising, if any, as one row."""
    rows = [part for running in list_running(net) for part in running.moments]
    return np.concatenate(rows) if rows else np.zeros(0)


def _set_moments(net: Net, row: Array) -> None:
    for running in list_running(net):
        n = len(running.moments.mean)
        running.moments, row = Moments(row[:n].copy(), row[n : 2 * n].copy()), row[2 * n :]


def _run(
    recipe: Recipe, x: Array, truth: Array, rows: slice, held: slice | None, seed: int, tell: Tell
) -> tuple[Taught, list[float]]:
    """Teach one new net; with ``held`` rows it stops by them and its losses on them are returned."""
    rng, net = np.random.default_rng(seed), recipe.make()
    scale = np.array([x[rows].mean(), max(float(x[rows].std()), 1e-6)], np.float32)
    z = _rescale(x, scale)
    flat, parameters = pack(net.init(rng, z.shape[1:], dtype=np.float32)[0], np.float32)
    batches = take_batches(
        {"x": z[rows], "label": truth[rows]}, recipe.batch_rows, rng=rng, n_epochs=recipe.n_epochs
    )
    if recipe.walk is None:
        penalty = partial(squared_penalty, strength=recipe.l2)
        objective = make_objective(net, cross_entropy, penalty=penalty, rng=rng)
        schedule = keep_constant(recipe.rate)
        steps = train(objective, flat, parameters, batches, optimizer=Adam(flat), schedule=schedule)
    else:
        steps = recipe.walk(flat, parameters, batches, recipe.rate, recipe.l2)
    every = count_batches(rows.stop - rows.start, recipe.batch_rows)
    taught = Taught(net, flat, parameters, scale, recipe, recipe.n_epochs)
    if held is None:
        run_epochs(steps, every=every, n_epochs=recipe.n_epochs, tell=tell)
        return taught, []
    watch = make_objective(net, cross_entropy)

    def measure() -> float:
        return float(watch(parameters, x=z[held], label=truth[held])[0])

    epochs = train_until_worse(
        steps, measure, flat=flat, every=every, patience=recipe.patience, n_epochs=recipe.n_epochs, tell=tell
    )
    return taught, [epoch.measure for epoch in epochs]


def _rescale(x: Array, scale: Array) -> Array:
    z: Array = (x.astype(np.float32) - scale[0]) / scale[1]
    return z
