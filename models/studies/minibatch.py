"""Descent by all rows, by one row, and by fifty: what a step costs, and what it brings.

On the course's hundred points of the fourth degree, all three go over the same number of rows: the full
batch takes few steps, each right; one row takes many, each right on the mean only. The course's rate for
one row is 1.4. A step multiplies its own row's error by 1 − rate·|z|², so that a rate is safe below 2/|z|²;
on these points |z|² is up to 5.2, and 1.4 runs away. Here one row goes by the rate 1/|z|² of the largest.

The course's times are of three sets of rows that were never published. Here they are measured on a line,
on nine inputs and on the curve, 10,000 made rows each: the same number of steps by all rows and by fifty.

References: L. Bottou 2010, *Large-Scale Machine Learning with Stochastic Gradient Descent*; and those of
``models.regression``.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, repeat
from statistics import median
from time import perf_counter

import numpy as np

from models.batches import iter_batches
from models.layers.affine import Affine
from models.regression.descent import ALL_ROWS, Rows, descend, find_smoothness
from models.regression.linear import lose_squares
from models.regression.polynomial import expand_powers, list_exponents
from models.schedules import keep_constant
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.tree import pack
from models.types import Array

SOURCE = "course on regression and classification: stochastic descent, and batches of 50"
PUBLISHED = ((30, 11), (48, 10), (222, 17))  # seconds by all rows, by fifty, of three unnamed sets of rows
WHY = "its rows are not published; seconds of this machine, other in each run, on 10,000 made rows"
N_EPOCHS, BATCH, RATE, COURSE_RATE = 300, 50, 1.0, 1.4
N_MADE, N_TIMED, N_REPEATS = 10_000, 200, 5
N_KEPT = 150  # places of a curve


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Walk three ways over the same rows, try the course's rate for one row, and time all rows against 50.

    Arrays: for each of ``full``, ``one`` and ``fifty`` the losses over all rows ``<name>_losses (k,)``
    after ``<name>_seen (k,)`` rows; ``runaway (k,)``, the size of the error by the course's rate.
    """
    rng = np.random.default_rng(seed)
    table = data.table("polynomial")
    x, y = expand_powers(table[:, :1], list_exponents(1, 4)), table[:, 1:]
    n = len(x)
    safe = 1 / find_smoothness(x, 1)
    ways: dict[str, tuple[Iterable[Rows], float, int]] = {
        "full": (repeat(ALL_ROWS, N_EPOCHS), RATE, n),
        "fifty": (iter_batches(n, BATCH, rng=rng, n_epochs=N_EPOCHS), RATE, BATCH),
        "one": (iter_batches(n, 1, rng=rng, n_epochs=N_EPOCHS), safe, 1),
    }
    arrays: dict[str, Array] = {}
    for number, (name, (batches, rate, size)) in enumerate(ways.items(), 1):
        arrays[f"{name}_seen"], arrays[f"{name}_losses"] = follow(x, y, batches, rate, size)
        tell(number, 6)
    runaway = iter_batches(n, 1, rng=rng, n_epochs=1)
    arrays["runaway"] = follow(x, y, runaway, COURSE_RATE, 1)[1]
    ratios = []
    for number, (rows, targets) in enumerate(make_sets(rng), 4):
        ratios.append(time_steps(rows, targets, rng))
        tell(number, 6)
    full, fifty, one = (float(arrays[f"{name}_losses"][-1]) for name in ways)
    return StudyResult(
        "minibatch",
        "Descent by all rows, by one, by fifty",
        SOURCE,
        (*compare_times(ratios), *list_losses(full, fifty, one), compare_rates(safe)),
        arrays,
        (
            f"Over the same {N_EPOCHS * n:,} rows, single rows bring the loss {say_times(full / one)} lower "
            f"than all rows at once do, fifty a step {say_times(full / fifty)}.",
            "These points lie on their curve exactly, so that a constant rate ends on it; with noise the "
            "walk would end in a cloud around it.",
        ),
    )


def compare_times(ratios: list[float]) -> list[Figure]:
    """Lay our ratios of times beside the published ones."""
    rows = zip(("a line", "nine inputs", "a curve"), PUBLISHED, ratios, strict=True)
    return [
        Figure(
            f"time by all rows over time by 50, {what}",
            slow / fast,
            f"{slow} s / {fast} s",
            ratio,
            "times",
            comparable=False,
            note=WHY,
        )
        for what, (slow, fast), ratio in rows
    ]


def list_losses(*losses: float) -> list[Figure]:
    """Name the losses that the three ways end with."""
    sizes = ("all rows", "50 rows", "one row")
    pairs = zip(sizes, losses, strict=True)
    return [Figure(f"loss after 30,000 rows, {size} a step", None, "", loss) for size, loss in pairs]


def compare_rates(safe: float) -> Figure:
    """Lay the rate for single rows beside the course's."""
    note = "its rows for this are not published; with 1.4 these run away"
    return Figure("rate for one row a step", COURSE_RATE, "1.4", safe, comparable=False, note=note)


def follow(x: Array, y: Array, batches: Iterable[Rows], rate: float, size: int) -> tuple[Array, Array]:
    """Walk down from zero; return the rows seen and the loss over all rows, at places evenly far apart."""
    flat, p = pack(Affine(np.zeros((x.shape[1], 1)), np.zeros(1)))
    steps = list(batches)
    wanted = set(np.unique(np.geomspace(1, len(steps), N_KEPT).astype(int)).tolist())
    seen, losses = [0], [float(lose_squares(p, x=x, y=y)[0])]
    for step in descend(flat, p, x, y, batches=steps, schedule=keep_constant(rate)):
        if step.number + 1 in wanted:
            seen.append((step.number + 1) * size)
            losses.append(float(lose_squares(p, x=x, y=y)[0]))
    return np.array(seen), np.array(losses)


def make_sets(rng: np.random.Generator) -> Iterable[tuple[Array, Array]]:
    """Yield rows and targets of a line, of nine inputs and of a curve, all on [0, 1] with some noise."""
    for n_inputs, degree in ((1, 1), (9, 1), (1, 4)):
        x = expand_powers(rng.random((N_MADE, n_inputs)), list_exponents(n_inputs, degree))
        weight = np.arange(1.0, x.shape[1] + 1)[:, None]
        yield x, x @ weight + 0.1 * rng.normal(size=(N_MADE, 1))


def time_steps(x: Array, y: Array, rng: np.random.Generator) -> float:
    """Return the time of as many steps by all rows over that by fifty, the median of alternating runs."""
    ratios = []
    for _ in range(N_REPEATS):
        seconds = []
        chosen = list(islice(iter_batches(len(x), BATCH, rng=rng, n_epochs=10), N_TIMED))
        for batches in (repeat(ALL_ROWS, N_TIMED), chosen):
            flat, p = pack(Affine(np.zeros((x.shape[1], 1)), np.zeros(1)))
            start = perf_counter()
            for _step in descend(flat, p, x, y, batches=batches, schedule=keep_constant(0.1)):
                pass
            seconds.append(perf_counter() - start)
        ratios.append(seconds[0] / seconds[1])
    return median(ratios)


def say_times(ratio: float) -> str:
    """Say how many times lower, in two figures."""
    return f"{float(f'{ratio:.2g}'):,.10g} times"
