"""A spatial LSTM on images of 2 × 2, and the likelihood of small pictures of digits.

First, all sixteen images of 2 × 2 noughts and ones: of each cell the LSTM is to say how many ones lie above
and to the left of it, itself with them, with a squared cost at each. Only what neighbours hand on can tell.

Then the 1,797 digits of 8 × 8 as black and white (a pixel is on from 8 of its 16 steps). Three models say how
likely a picture is, in nats (− log p of all 64 pixels), each on pictures that it has not seen: every pixel
for itself; every pixel by logistic regression on all pixels before it, in reading order (a *fully visible
belief net*); and the spatial LSTM, which begins as the first of these. The last one then draws digits of its
own, pixel by pixel.

References: those of ``models.recurrent.spatial_lstm``; B. Frey 1998, *Graphical Models for Machine Learning
and Digital Communication*, ch. 3 (belief nets); E. Alpaydın & C. Kaynak 1998, *Optical Recognition of
Handwritten Digits*, UCI Machine Learning Repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any, NamedTuple, cast

import numpy as np

from models.batches import count_batches, split_rows, take_batches
from models.early_stopping import train_until_worse
from models.layers.affine import Affine, affine
from models.likelihoods import BERNOULLI, bernoulli_nats
from models.losses import logistic_loss, squared_loss
from models.optimizers import Adam
from models.recurrent.spatial_diagonals import spatial_lstm_by_diagonals
from models.recurrent.spatial_lstm import SpatialLSTM, make_spatial_lstm
from models.schedules import fall_by_cosine, keep_constant
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.systems.spatial_counts import (
    SpatialCounts,
    draw_maps,
    make_count_objective,
    make_spatial_counts,
    measure_nats,
)
from models.training import train
from models.tree import pack
from models.types import Array, Pullback

SOURCE = "L. Theis & M. Bethge 2015, spatial LSTMs; an article on its forward pass over a 2 × 2 image"
SIDE, ON = 8, 8  # pixels of a digit's side; the step of 16 from which a pixel is on
N_UNITS_SMALL, N_STEPS_SMALL, RATE_SMALL = 8, 1500, 0.02
N_UNITS, BATCH, RATE, N_EPOCHS, PATIENCE = 32, 32, 0.01, 40, 6
L2 = 1e-4
N_STEPS_NET, EVERY_NET = 1500, 10  # of the belief net
N_SHOWN, N_ENDS = 12, 6
TELLS = 100  # lines of progress for the small images
WHERE = np.stack(np.meshgrid(*[np.linspace(-1, 1, SIDE)] * 2, indexing="ij"), axis=-1)  # of each pixel


class Small(NamedTuple):
    """The parameters of the LSTM on 2 × 2 images."""

    lstm: SpatialLSTM
    head: Affine


def run_study(
    data: StudyData, *, seed: int = 0, tell: Tell = silent, n_epochs: int = N_EPOCHS
) -> StudyResult:
    """Count ones in images of 2 × 2, then measure and draw digits.

    Arrays: ``small_images (16, 2, 2)``, ``small_counts`` and ``small_said`` of that shape, ``small_cost
    (n_steps,)``; ``learned (n_epochs,)`` and ``held (n_epochs,)`` nats a picture, ``best`` the epoch kept,
    ``alone`` and ``belief`` nats a picture on the test; ``real`` and ``drawn (12, 8, 8)``; ``usual`` and
    ``unusual (6, 8, 8)`` of the test, ``usual_nats`` and ``unusual_nats (6,)``.
    """
    most = TELLS + n_epochs
    images, counts, said, cost = count_small(seed, lambda done: tell(done, most))
    rng = np.random.default_rng(seed)
    table = data.table("digits")
    digits = (table[:, : SIDE * SIDE] >= ON).astype(np.int64).reshape(-1, SIDE, SIDE)
    before, test = split_rows(len(digits), 0.2, rng)
    kept, watched = split_rows(len(before), 0.1, rng)
    learned, held, scored = digits[before[kept]], digits[before[watched]], digits[test]
    offset = find_log_odds(digits[before])[..., None]
    usual = np.broadcast_to(offset, (*scored.shape, 1))
    alone = float(bernoulli_nats(usual, counts=scored)[0].sum()) / len(scored)
    rows = scored.reshape(len(scored), -1).astype(np.float64)
    scores, _ = read_before(learn_belief_net(learned, held), rows)
    by_net = bernoulli_nats(scores[..., None], counts=rows)[0].sum(axis=1)
    belief = float(by_net.mean())
    model, curve = learn_digits(
        learned, held, offset, rng, lambda done: tell(TELLS + done, most), n_epochs=n_epochs
    )
    nats = measure_digits(model, scored, offset)
    drawn = draw_maps(model, N_SHOWN, likelihood=BERNOULLI, offset=offset, context=WHERE, rng=rng)
    order = np.argsort(nats, kind="stable")
    ends = {"usual": order[:N_ENDS], "unusual": order[: -N_ENDS - 1 : -1]}
    error = float(np.abs(said - counts).max())
    gains = by_net - nats
    spread = float(gains.std() / np.sqrt(len(gains)))
    times = float(f"{np.exp(alone - float(nats.mean())):.1g}")
    tell(most, most)
    arrays = {
        "small_images": images, "small_counts": counts, "small_said": said, "small_cost": cost,
        "learned": curve[0], "held": curve[1], "best": np.array(int(np.argmin(curve[1])) + 1),
        "alone": np.array(alone), "belief": np.array(belief), "lstm": np.array(nats.mean()),
        "real": scored[:N_SHOWN], "drawn": drawn,
        **{name: scored[rows] for name, rows in ends.items()},
        **{f"{name}_nats": nats[rows] for name, rows in ends.items()},
    }  # fmt: skip
    unlike = "its pictures are photographs in grey; these are digits in black and white"
    return StudyResult(
        "spatial_lstm",
        "How likely is a picture? A spatial LSTM reads it pixel by pixel",
        SOURCE,
        (
            Figure("largest error of a count of ones, images of 2 × 2", None, "", error),
            Figure("each pixel for itself, on the test", None, "", alone, "nats"),
            Figure("logistic regressions on all pixels before", None, "", belief, "nats"),
            Figure("spatial LSTM", None, "", float(nats.mean()), "nats", comparable=False, note=unlike),
            Figure("one standard error of its gain on the regressions", None, "", spread, "nats"),
            Figure("spatial LSTM, a pixel", None, "", float(nats.mean() / np.log(2) / SIDE**2), "bit"),
        ),
        arrays,
        (
            f"A spatial LSTM finds new digits {times:,.0f} times as likely as their pixels alone do.",
            f"Against logistic regressions on all pixels before it gains {gains.mean():.1f} nats a picture, "
            f"with a standard error of {spread:.1f}.",
            "No figure was published for these pictures.",
        ),
    )


def count_small(seed: int, told: Callable[[int], None]) -> tuple[Array, Array, Array, Array]:
    """Learn to count the ones above and to the left; return images, counts, what is said, and the costs."""
    rng = np.random.default_rng(seed)
    images = np.array(list(product((0.0, 1.0), repeat=4))).reshape(-1, 2, 2)
    counts = images.cumsum(axis=1).cumsum(axis=2)
    lstm = make_spatial_lstm(rng, 1, N_UNITS_SMALL, np.float64)
    head = Affine(rng.normal(scale=0.3, size=(N_UNITS_SMALL, 1)), np.zeros(1))
    flat, parameters = pack(Small(lstm, head))
    batches: Iterator[dict[str, Array]] = ({"x": images, "target": counts} for _ in range(N_STEPS_SMALL))
    schedule, optimizer, lose = fall_by_cosine(RATE_SMALL, N_STEPS_SMALL), Adam(flat), cast(Any, lose_counts)
    costs = []
    for step in train(lose, flat, parameters, batches, optimizer=optimizer, schedule=schedule):
        costs.append(step.loss)
        if (step.number + 1) % (N_STEPS_SMALL // TELLS) == 0:
            told((step.number + 1) * TELLS // N_STEPS_SMALL)
    return images, counts, say_counts(parameters, images)[0], np.array(costs)


def say_counts(p: Small, images: Array) -> tuple[Array, Pullback]:
    """Return a number for each cell of ``images (n, 2, 2)``, from the LSTM's units there."""
    h, pull_lstm = spatial_lstm_by_diagonals(p.lstm, images[..., None], pull_input=False)
    said, pull_head = affine(p.head, h.reshape(-1, h.shape[-1]))

    def pull_counts(d_said: Array, out: Small | None = None) -> tuple[Small]:
        d_head, dh = pull_head(d_said.reshape(-1, 1), None if out is None else out.head)
        d_lstm, _ = pull_lstm(dh.reshape(h.shape), None if out is None else out.lstm)
        return (Small(d_lstm, d_head),)

    return said.reshape(images.shape), pull_counts


def lose_counts(p: Small, *, x: Array, target: Array) -> tuple[Array, Pullback]:
    """Return the mean squared cost over all cells."""
    said, pull_said = say_counts(p, x)
    loss, pull_loss = squared_loss(said, target=target)
    return loss, lambda d_loss, out=None: pull_said(pull_loss(d_loss)[0], out=out)


def find_log_odds(digits: Array) -> Array:
    """Return the logarithm of each pixel's odds to be on, as if half a picture more had been on, and off."""
    on = (digits.sum(axis=0) + 0.5) / (len(digits) + 1)
    log_odds: Array = np.log(on / (1 - on))
    return log_odds


def read_before(p: Affine, x: Array) -> tuple[Array, Pullback]:
    """Return the scores of pixels ``x (n, d)``, each by those before it: a fully visible belief net."""
    before = np.triu(np.ones_like(p.weight), 1)  # of column k, the rows above k
    scores, pull_affine = affine(Affine(p.weight * before, p.bias), x, pull_input=False)

    def pull_before(d_scores: Array, out: Affine | None = None) -> tuple[Affine]:
        dp, _ = pull_affine(d_scores, out)
        np.multiply(dp.weight, before, out=dp.weight)
        return (dp,)

    return scores, pull_before


def lose_before(p: Affine, *, x: Array) -> tuple[Array, Pullback]:
    """Return the mean nats of a pixel under the belief net."""
    scores, pull_scores = read_before(p, x)
    loss, pull_loss = logistic_loss(scores, target=x)
    return loss, lambda d_loss, out=None: pull_scores(pull_loss(d_loss)[0], out=out)


def learn_belief_net(learned: Array, held: Array) -> Affine:
    """Learn logistic regressions of each pixel on all before it, until those held back are met no better."""
    rows, watched = (part.reshape(len(part), -1).astype(np.float64) for part in (learned, held))
    begun = Affine(np.zeros((rows.shape[1],) * 2), find_log_odds(learned).ravel())
    flat, p = pack(begun)
    batches: Iterator[dict[str, Array]] = ({"x": rows} for _ in range(N_STEPS_NET))
    lose = cast(Any, lose_before)
    steps = train(lose, flat, p, batches, optimizer=Adam(flat), schedule=keep_constant(RATE))
    for _ in train_until_worse(
        steps, lambda: float(lose_before(p, x=watched)[0]), flat=flat, every=EVERY_NET, patience=3
    ):
        pass
    return Affine(*p)


def learn_digits(
    learned: Array,
    held: Array,
    offset: Array,
    rng: np.random.Generator,
    told: Callable[[int], None],
    *,
    n_epochs: int,
) -> tuple[SpatialCounts, Array]:
    """Learn pictures until those held back are met no better; return the model and both curves (2, n)."""
    begun = make_spatial_counts(rng, len(WHERE[0, 0]), N_UNITS, BERNOULLI, np.float32)
    flat, parameters = pack(begun, np.float32)
    known = {"offset": offset, "context": WHERE}
    batches = take_batches({"counts": learned}, BATCH, rng=rng, n_epochs=n_epochs)
    every = count_batches(len(learned), BATCH)
    objective = partial(make_count_objective(BERNOULLI, l2=L2), **known)
    schedule = fall_by_cosine(RATE, every * n_epochs)
    steps = train(objective, flat, parameters, batches, optimizer=Adam(flat), schedule=schedule)

    def measure() -> float:
        return float(measure_digits(parameters, held, offset).mean())

    epochs = list(
        train_until_worse(
            steps, measure, flat=flat, every=every, patience=PATIENCE, n_epochs=n_epochs,
            tell=lambda done, of: told(done),
        )
    )  # fmt: skip
    return parameters, np.array([[SIDE**2 * epoch.loss, epoch.measure] for epoch in epochs]).T


def measure_digits(p: SpatialCounts, digits: Array, offset: Array) -> Array:
    """Return the nats of each picture, (n,)."""
    nats, _ = measure_nats(p, digits, likelihood=BERNOULLI, offset=offset, context=WHERE)
    totals: Array = nats.sum(axis=(1, 2), dtype=np.float64)
    return totals
