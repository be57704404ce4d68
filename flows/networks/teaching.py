"""A net that names classes, taught as every network is: how long, the validation span says; then all again.

The net learns the rows before the validation span until it has met that span no better for a while; then a
new one, from the same initial weights, learns all rows before the scored ones for as many epochs. The
scored rows are seen by neither. Of several settings the one is taken whose best epoch met the validation
span best; where they are as good, the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from models.batches import count_batches, take_batches
from models.composition import Net
from models.early_stopping import Tell, train_until_worse
from models.layers.activations import softmax
from models.losses import cross_entropy
from models.objective import make_objective
from models.optimizers import Adam
from models.penalties import squared_penalty
from models.schedules import keep_constant
from models.training import Step, train
from models.tree import pack
from models.types import Array, Tree
from models.validation import Split

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
    most = sum(recipe.n_epochs for recipe in recipes) + max(recipe.n_epochs for recipe in recipes)
    n_before, best = 0, (np.inf, recipes[0], 1)
    for recipe in recipes:
        losses = _run(
            recipe, x, truth, split.train, split.validation, seed, _count_from(n_before, most, tell)
        )[2]
        if losses and min(losses) < best[0]:
            best = (min(losses), recipe, int(np.argmin(losses)) + 1)
        n_before += recipe.n_epochs
    _, recipe, n_epochs = best
    told = _count_from(n_before, most, tell)
    (net, scale), (flat, parameters), _ = _run(
        recipe._replace(n_epochs=n_epochs), x, truth, split.before_test, None, seed, told
    )
    tell(most, most)
    return Taught(net, flat, parameters, scale, recipe, n_epochs)


def tell_of_half(tell: Tell, half: int) -> Tell:
    """Tell of one half of the work, the net or its control, as a part of it all."""
    return lambda done, of: tell(done + half * (of or 0), None if of is None else 2 * of)


def tell_of_part(tell: Tell, n_before: int, most: int) -> Tell:
    """Tell of one training as a part of several: ``n_before`` steps came before it, of ``most`` in all."""
    return lambda done, of: tell(n_before + done, most)


def _run(
    recipe: Recipe, x: Array, truth: Array, rows: slice, held: slice | None, seed: int, tell: Tell
) -> tuple[tuple[Net, Array], tuple[Array, Tree], list[float]]:
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
    if held is None:
        for number, _ in enumerate(steps, 1):
            if number % every == 0:
                tell(number // every, recipe.n_epochs)
        return (net, scale), (flat, parameters), []
    watch = make_objective(net, cross_entropy)

    def measure() -> float:
        return float(watch(parameters, x=z[held], label=truth[held])[0])

    epochs = train_until_worse(
        steps, measure, flat=flat, every=every, patience=recipe.patience, n_epochs=recipe.n_epochs, tell=tell
    )
    return (net, scale), (flat, parameters), [epoch.measure for epoch in epochs]


def _rescale(x: Array, scale: Array) -> Array:
    z: Array = (x.astype(np.float32) - scale[0]) / scale[1]
    return z


def _count_from(n_before: int, most: int, tell: Tell) -> Tell:
    return lambda done, of: tell(n_before + done, most)
