"""A generative adversarial network that invents weeks: scores of a few shapes, rates, and counts of them.

The generator makes scores s of noise and of the time of the year. Before the discriminator sees them, they go
the way of a real week: to rates, to counts, and back to scores. With m and n normal noise, one of a day and
one of an hour, and all else as in ``flows.networks.invented_weeks_shapes``,

    λ = μ · max(1 + s A, ε),  A = a/r
    c = λ + ρ λ m + √(φ λ) n
    y = ((c − μ)/r) aᵀ
        dc = (dy a)/r
        dλ = dc · (1 + ρ m + ½ √(φ/λ) n)
        ds = (dλ · μ · [1 + s A > ε]) Aᵀ

so that the generator need not learn the noise of days and sessions, which the counts drawn of its scores have
anyway.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from flows.networks.invented_weeks_shapes import DAYS, LOWEST, WAVES, Shapes, find_scores, find_shapes
from models.batches import count_batches, take_batches
from models.early_stopping import Tell, run_epochs
from models.errors import SavedModelError
from models.layers.activations import elu, relu
from models.net import Net, Part, activation, dense, sequence
from models.saving import AGAIN, pack_model, unpack_model
from models.schedules import fall_by_steps
from models.systems.gan import Gan, Side, draw_noise, init_gan, train_gan
from models.tree import pack
from models.types import Array, Pullback

CLASS, VERSION = "WeekGan", 1
WIDTH, N_NOISE, BATCH, REAL_TARGET = 24, 8, 16, 0.9
N_EPOCHS, RATE, FACTOR = 300, 3e-3, 0.3  # the rate falls after half of the epochs
HOURS = 168


class WeekGan(NamedTuple):
    """A fitted generator and what its scores mean."""

    shapes: Shapes
    spread: Array  # (k,) of the learned weeks' scores
    generator: Side  # of ``make_generator`` with k outputs


def recount(s: Array, *, shapes: Shapes, rng: np.random.Generator | None) -> tuple[Array, Pullback]:
    """Return the scores y (n, k) that weeks drawn with the scores ``s (n, k)`` show; without ``rng``, s."""
    usual, axes = shapes.usual.astype(s.dtype), shapes.axes.astype(s.dtype)
    root = np.sqrt(usual)
    across = axes / root
    relative = 1 + s @ across
    rates = usual * np.maximum(relative, s.dtype.type(LOWEST))
    m, n = np.zeros_like(rates), np.zeros_like(rates)
    if rng is not None:
        m += np.repeat(shapes.unrest * rng.normal(size=(len(s), DAYS)), rates.shape[1] // DAYS, axis=1)
        n += np.sqrt(shapes.noise) * rng.normal(size=rates.shape)
    counts = rates * (1 + m) + np.sqrt(rates) * n

    def pull_recount(dy: Array, out: Array | None = None) -> tuple[Array]:
        d_counts = (dy @ axes) / root
        d_rates = d_counts * (1 + m + n / (2 * np.sqrt(rates)))
        return (np.matmul(d_rates * usual * (relative > LOWEST), across.T, out=out),)

    return ((counts - usual) / root) @ axes.T, pull_recount


def make_generator(n_shapes: int) -> Net:
    """Return the net from noise and the time of the year to scores in units of their spread."""
    return sequence(dense(WIDTH), activation(relu), dense(n_shapes))


def make_gan(shapes: Shapes, spread: Array) -> Gan:
    """Return the pair; its rows are scores in units of their spread, as a week's counts show them."""
    n_shapes = len(shapes.axes)

    def make(rng: np.random.Generator, shape: Any, dtype: Any) -> tuple[Any, Any]:
        return (), shape

    def layer(p: Any, x: Array, rng: Any, pull_input: bool) -> tuple[Array, Pullback]:
        unit = spread.astype(x.dtype)
        y, pull = recount(x * unit, shapes=shapes, rng=rng)
        return y / unit, lambda dy, out=None: ((), pull(dy / unit)[0] * unit)

    judge = sequence(dense(WIDTH), activation(elu), dense(WIDTH), activation(elu), dense(1))
    return Gan(sequence(make_generator(n_shapes), Part("recount", make, layer)), judge, N_NOISE)


def train_week_gan(
    counts: Array, waves: Array, n_shapes: int, *, seed: int, tell: Tell, n_epochs: int = N_EPOCHS
) -> WeekGan:
    """Learn from ``counts (n, 168)`` of weeks at the times of the year ``waves (n, n_waves)``."""
    shapes = find_shapes(counts, n_shapes)
    scores = find_scores(shapes, counts)
    spread = np.maximum(scores.std(axis=0), 1e-6)
    gan, rng = make_gan(shapes, spread), np.random.default_rng(seed)
    sides = init_gan(gan, rng, n_given=waves.shape[1], dtype=np.float32)
    rows = {"x": (scores / spread).astype(np.float32), "given": waves.astype(np.float32)}
    every = count_batches(len(counts), BATCH)
    steps = train_gan(
        gan,
        sides,
        take_batches(rows, BATCH, rng=rng, n_epochs=n_epochs),
        schedule=fall_by_steps(RATE, factor=FACTOR, every=max(every * n_epochs // 2, 1)),
        rng=rng,
        real_target=REAL_TARGET,
    )
    run_epochs(steps, every=every, n_epochs=n_epochs, tell=tell)
    return WeekGan(shapes, spread, Side(*pack(sides.generator.parameters[0], np.float32)))


def invent_scores(made: WeekGan, waves: Array, rng: np.random.Generator) -> Array:
    """Return invented scores (n, k) for the times of the year ``waves (n, n_waves)``."""
    net, n_shapes = make_generator(len(made.shapes.axes)), len(made.shapes.axes)
    z = draw_noise(Gan(net, net, N_NOISE), len(waves), rng, np.float32)
    x = np.concatenate([z, waves.astype(np.float32)], axis=1)
    scores: Array = net(made.generator.parameters, x)[0].astype(np.float64)
    assert scores.shape == (len(waves), n_shapes)
    return scores * made.spread


def save_week_gan(made: WeekGan, **more: Any) -> bytes:
    """Return the model's file; ``more`` are JSON values, such as the limit of nearness."""
    arrays = {
        "usual": made.shapes.usual,
        "axes": made.shapes.axes,
        "noise": np.array([made.shapes.noise, made.shapes.unrest]),
        "spread": made.spread,
        "generator": made.generator.flat,
    }
    return pack_model(CLASS, VERSION, list(WAVES), arrays, **more)


def load_week_gan(content: bytes, *, where: str) -> tuple[WeekGan, dict[str, Any]]:
    """Return the model and the header of ``save_week_gan``'s file; ``where`` names it.

    Raises ``SavedModelError`` for a file that is damaged or another's.
    """
    saved = unpack_model(content, name=CLASS, version=VERSION, features=list(WAVES), where=where)
    try:
        usual, axes, noise, spread, flat = (
            saved.arrays[name] for name in ("usual", "axes", "noise", "spread", "generator")
        )
        n_shapes = len(spread)
        fresh, _ = make_generator(n_shapes).init(np.random.default_rng(0), (N_NOISE + len(WAVES),))
        own, parameters = pack(fresh, np.float32)
        fits = (usual.shape, axes.shape, noise.shape) == ((HOURS,), (n_shapes, HOURS), (2,))
        fits = fits and (spread.ndim, flat.shape, flat.dtype) == (1, own.shape, own.dtype)
        numbers = all(np.isfinite(array).all() for array in saved.arrays.values())
        if not (fits and numbers and (usual > 0).all() and (spread > 0).all() and (noise >= 0).all()):
            raise ValueError("not those of this net")
    except (KeyError, TypeError, ValueError) as error:
        raise SavedModelError(
            "The parts of the model's file do not fit together", where=where, remedy=AGAIN
        ) from error
    np.copyto(own, flat)
    return WeekGan(Shapes(usual, axes, *map(float, noise)), spread, Side(own, parameters)), saved.header
