"""Twelve optimizers on the digits 0 and 1, from one set of weights: which way down is quick, which is none.

The net has 256, 128 and one unit (ELU, tanh, logistic); its weights begin normal with deviation 0.2, as in
the article. Fifty images are shown one by one, 25 times, and the cost ½(p − y)² is summed over them.
The article gives all the rate 3·10⁻⁴, but noise training 10⁻⁵, and Adadelta none (1 here). With one rate for
all it is the rates that are compared; so a second run gives each that looks at the images the best of three,
by its cost on them.

Nothing of noise training ever looks at the images. Where its cost falls, the drift of the Gumbel noise (its
mean is 0.577) has pushed all weights one way; the share of right answers tells.

References: J. D. Seo 2018, *Only NumPy: Comparison of Optimization Algorithms*; the optimizers' own in their
modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import floor
from typing import Any, NamedTuple

import numpy as np

from models.initial import draw_normal
from models.layers.activations import elu, logistic, tanh
from models.losses import squared_loss
from models.net import Net, activation, dense, sequence
from models.objective import make_objective
from models.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Momentum,
    Nadam,
    Nesterov,
    NoiseTraining,
    Optimizer,
    RMSprop,
    with_noise,
)
from models.schedules import keep_constant
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.training import train
from models.tree import pack
from models.types import Array, Tree

SOURCE = "J. D. Seo 2018, Only NumPy: Comparison of Optimization Algorithms; curves alone were published"
N_LOOKING = 9  # of the twelve, the first: the others are noise training
N_IMAGES, N_EPOCHS, N_TRIED = 50, 25, 3  # epochs: of a run, and of a trial of a rate
ETA = 0.01  # of the gradient noise, the smallest of its paper
RATE, NOISE_RATE = 3e-4, 1e-5


class Way(NamedTuple):
    """An optimizer, how it is made, and its rates: the article's, and those to choose from."""

    name: str
    make: Callable[[Array, np.random.Generator], Optimizer]
    rate: float
    rates: tuple[float, ...] = ()


def make_noisier(parameters: Array, rng: np.random.Generator) -> Optimizer:
    """Return noise training with Gaussian noise on its noise."""
    return with_noise(NoiseTraining(parameters, rng=rng), ETA, rng)


SLOW, FAST = (3e-3, 3e-2, 0.3), (1e-4, 1e-3, 1e-2)
WAYS = (
    Way("SGD", lambda p, rng: SGD(p), RATE, SLOW),
    Way("momentum", lambda p, rng: Momentum(p), RATE, SLOW),
    Way("Nesterov", lambda p, rng: Nesterov(p), RATE, SLOW),
    Way("Adagrad", lambda p, rng: Adagrad(p), RATE, FAST),
    Way("Adadelta", lambda p, rng: Adadelta(p), 1.0, (0.1, 1.0, 10.0)),
    Way("RMSprop", lambda p, rng: RMSprop(p), RATE, FAST),
    Way("Adam", lambda p, rng: Adam(p), RATE, FAST),
    Way("Nadam", lambda p, rng: Nadam(p), RATE, FAST),
    Way("SGD, gradient noise", lambda p, rng: with_noise(SGD(p), ETA, rng), RATE, SLOW),
    Way("noise training", lambda p, rng: NoiseTraining(p, rng=rng), NOISE_RATE),
    Way("noise training, gradient noise", make_noisier, NOISE_RATE),
    Way("Adam, noise training", lambda p, rng: NoiseTraining(p, rng=rng, optimizer=Adam(p)), NOISE_RATE),
)


class Pictures(NamedTuple):
    """Images as rows of shares of white, and whether each is a 1."""

    x: Array  # (n, 784)
    y: Array  # (n, 1)


class Run(NamedTuple):
    """What one training did."""

    rate: float
    cost: Array  # (n_epochs,): the sum of ½(p − y)² over the images, each before its step
    right: float  # the share of the test images


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Train the twelve at the article's rate, then at the best of three.

    Arrays: ``name`` (12,), ``cost`` and ``best_cost`` (12, epochs), ``rate`` and ``best_rate`` (12,),
    ``right`` and ``best_right`` (12,): the share of right answers on the test images.
    """
    images = data.images("mnist")
    rng = np.random.default_rng(seed)
    learned, test = _take(images.x_train, images.y_train), _take(images.x_test, images.y_test)
    shown = rng.permutation(len(learned.x))[:N_IMAGES]
    learned = Pictures(learned.x[shown], learned.y[shown])
    start = make_net().init(rng, (784,), dtype=np.float32)[0]
    common, best = [], []
    for number, way in enumerate(WAYS):
        tell(number, len(WAYS))
        run = partial(_run, way, start, learned, test, seed=seed)
        common.append(run(way.rate, N_EPOCHS))
        tried = [run(rate, N_TRIED) for rate in way.rates]
        chosen = min(tried, key=lambda trial: trial.cost[-1]).rate if tried else way.rate
        best.append(common[-1] if chosen == way.rate else run(chosen, N_EPOCHS))
    tell(len(WAYS), len(WAYS))
    return StudyResult(
        "optimizers",
        "Twelve ways down",
        SOURCE,
        (*_list_figures(common, "at one rate"), *_list_figures(best, "at its own")),
        {
            "name": np.array([way.name for way in WAYS]),
            "cost": np.array([run.cost for run in common]), "best_cost": np.array([run.cost for run in best]),
            "rate": np.array([run.rate for run in common]), "best_rate": np.array([run.rate for run in best]),
            "right": np.array([run.right for run in common]),
            "best_right": np.array([run.right for run in best]),
        },
        tuple(_tell_findings(common, best, float(np.mean(test.y)))),
    )  # fmt: skip


def make_net() -> Net:
    """Return the net: 256 ELU, 128 tanh and one logistic unit, its weights normal."""
    unit = partial(dense, initial=draw_normal(0.2))
    return sequence(unit(256), activation(elu), unit(128), activation(tanh), unit(1), activation(logistic))


def _take(x: Array, y: Array) -> Pictures:
    """Return the zeros and ones among images."""
    chosen = y < 2
    rows = x[chosen].reshape(-1, 784).astype(np.float32) / 255
    return Pictures(rows, y[chosen].astype(np.float32)[:, None])


def _run(
    way: Way, start: Tree, learned: Pictures, test: Pictures, rate: float, n_epochs: int, *, seed: int
) -> Run:
    """Show all images, one by one and in their order, ``n_epochs`` times."""
    net = make_net()
    flat, p = pack(start, np.float32)
    n = len(learned.x)
    batches: Iterator[dict[str, Any]] = (
        {"x": learned.x[k : k + 1], "target": learned.y[k : k + 1]} for _ in range(n_epochs) for k in range(n)
    )
    steps = train(
        make_objective(net, squared_loss),
        flat,
        p,
        batches,
        optimizer=way.make(flat, np.random.default_rng(seed)),
        schedule=keep_constant(rate),
    )
    cost = np.array([step.loss for step in steps]).reshape(n_epochs, n).sum(axis=1) / 2
    answers = net(p, test.x)[0]
    return Run(rate, cost, float(np.mean((answers > 0.5) == (test.y > 0.5))))


def _list_figures(runs: list[Run], when: str) -> Iterator[Figure]:
    for way, run in zip(WAYS, runs, strict=True):
        note = f"rate {run.rate:g}"
        yield Figure(f"{way.name}, {when}: cost in the last epoch", None, "", float(run.cost[-1]), note=note)
        yield Figure(
            f"{way.name}, {when}: right on the test images", None, "", 100 * run.right, "%", note=note
        )


def _tell_findings(common: list[Run], best: list[Run], majority: float) -> Iterator[str]:
    names = [way.name for way in WAYS]
    worst, luck = min(run.right for run in best[:N_LOOKING]), max(run.right for run in common[N_LOOKING:])
    yield (
        f"The nine that look at the images are right on {floor(1000 * worst) / 10:.1f} % or more, "
        f"those made of noise on {100 * luck:.1f} % at most."
    )
    yield f"To say 1 of every test image is right on {100 * majority:.1f} %."
    costs = [run.cost[-1] for run in common[:N_LOOKING]]
    yield (
        f"At the article's rate {names[int(np.argmin(costs))]} ends lowest; the highest end of the nine is "
        f"{float(f'{max(costs) / min(costs):.2g}'):,.0f} times that."
    )
