"""How many on a usual day? A regression by two losses and three penalties, of which one is chosen.

Daily counts are noisy, and now and then a day is frantic. The L2 loss counts an error by its square, so that
what it learns is a mean, which a few frantic days pull up; the L1 loss counts it by its size, so that what
it learns is a median: half of the days bring more. Each goes with no penalty, with the L1 penalty (a proximal
step, which makes weights exactly zero) and with the L2 penalty (a term of the loss). Which of the six cases
guesses a usual day best, measured by the distance from what came, is chosen on the fifth of the covered days
before the scored ones; so is the simple guess beside it.

References: P. Huber 1964, *Robust Estimation of a Location Parameter*; R. Tibshirani 1996, *Regression
Shrinkage and Selection via the Lasso*.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import repeat
from typing import NamedTuple

import numpy as np

from flows.work.card import fill_card, say_choice
from flows.work.evidence import find_too_little
from flows.work.next_day import ENOUGH, find_known, guess_simply
from flows.work.result import TOO_LITTLE, WorkDone, say_start, span_days
from flows.work.usual_day_result import Fitted, make_result, say_case, say_too_little, tell_cases
from models.layers.affine import Affine, affine
from models.losses import absolute_loss, squared_loss
from models.net import dense
from models.objective import list_weights, make_objective
from models.optimizers import SGD, with_shrinking
from models.penalties import squared_penalty
from models.rows import find_scale
from models.saving import check_numbers, fit_together, name_leaves, pack_model, unpack_model
from models.schedules import fall_by_cosine
from models.training import train
from models.tree import pack
from models.types import Array, Pullback
from models.validation import Split, choose_lowest, split_by_time
from pipeline.features.day_series import N_WEEKS, NAMES, WEEK, make_day_series
from pipeline.patterns.subject import Subject
from pipeline.settings import ZoneSpan

VERSION = 1
STRENGTH = 0.03  # of a penalty, beside the mean loss of targets that are one spread wide
N_STEPS, RATE = 400, 0.1
USUAL_WEEKDAY = "the weekday’s eight-week median"
USUAL_MONTH = "the median of the last four weeks"
LOSSES: dict[str, Callable[..., tuple[Array, Pullback]]] = {"L1": absolute_loss, "L2": squared_loss}
PENALTIES = ("", "L1", "L2")
CASES = tuple((loss, penalty) for loss in LOSSES for penalty in PENALTIES)
Case = tuple[str, str]  # of CASES


class Taught(NamedTuple):
    """A line through many columns, the scales of rows and counts, and the busiest day that it met."""

    case: Case
    parameters: Affine
    mean: Array
    scale: Array
    middle: float
    spread: float
    busiest: float


def run_work(
    subject: Subject, home_zone: tuple[ZoneSpan, ...], saved: bytes | None = None, *, seed: int = 0
) -> WorkDone:
    """Learn and score; ``saved`` is not needed, since learning all days again takes a moment."""
    series = make_day_series(subject)
    simple = guess_typically(series.counts)
    known = find_known(series, simple)
    days, x, counts = series.days[known], series.x[known], series.counts[known]
    split = split_by_time(len(days))
    too_little = find_too_little(
        int(np.isfinite(series.counts).sum()), int(np.nansum(series.counts)), subject.noun, subject.nouns
    ) or _find_few(split)
    if too_little is not None:
        return WorkDone(say_too_little(subject, too_little), None, 0, TOO_LITTLE)
    fitted = fit_cases(x, counts, split)
    case = choose_lowest(CASES, lambda case: fitted[CASES.index(case)].off)
    guesses = {name: guess[known] for name, guess in simple.items()}

    def measure(name: str) -> float:
        return float(np.abs(guesses[name] - counts)[split.validation].mean())

    baseline = choose_lowest(list(guesses), measure)
    before, scored = split.before_test, split.test
    taught = teach(case, x[before], counts[before])
    errors = (
        np.abs(guess_days(taught, x[scored]) - counts[scored]),
        np.abs(guesses[baseline][scored] - counts[scored]),
    )
    learned, chosen_on = span_days(days[before]), span_days(days[split.validation])
    result = make_result(subject, case, baseline, errors, learned, days[scored], seed)
    result = replace(result, beliefs=(tell_cases(subject, fitted, case, chosen_on, result),))
    result = fill_card(
        result,
        n_learned=before.stop, learned_nouns=("day", "days"),
        looks_at="The day’s place in week and year, and the counts of the days before it.",
        features=NAMES,
        label=f"a number of {subject.nouns} of the coming day: by the L1 loss its median, by the L2 loss "
        "its mean.",
        chosen=say_choice(say_case(case), len(CASES), "days", chosen_on),
        file="a weight for each feature, and the scales of counts; no word.",
        not_for="It must not be used to tell when somebody is away.",
    )  # fmt: skip
    return WorkDone(result, pack_taught(taught), before.stop, say_start(saved))


def guess_typically(counts: Array) -> dict[str, Array]:
    """Return simple guesses of each day by name, medians first; ``counts (n,)``, NaN where unknown."""
    return {
        USUAL_WEEKDAY: take_median(counts, WEEK, N_WEEKS),
        USUAL_MONTH: take_median(counts, 1, 4 * WEEK),
        **guess_simply(counts),
    }


def take_median(counts: Array, step: int, n_steps: int) -> Array:
    """Return the median of the known counts 1, 2 … ``n_steps`` steps before each place."""
    before = np.full((n_steps, len(counts)), np.nan)
    for k in range(n_steps):
        lag = (k + 1) * step
        before[k, lag:] = counts[: max(len(counts) - lag, 0)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing is known of the first days
        medians: Array = np.nanmedian(before, axis=0)
    return medians


def fit_cases(x: Array, counts: Array, split: Split) -> list[Fitted]:
    """Learn each case from the days before the validation span, and ask it about that span."""
    fitted = []
    for case in CASES:
        taught = teach(case, x[split.train], counts[split.train])
        guesses = guess_days(taught, x[split.validation])
        weight = taught.parameters.weight
        errors, n_zeros = np.abs(guesses - counts[split.validation]), int((weight == 0).sum())
        fitted.append(Fitted(case, errors, float(np.abs(weight).sum()), n_zeros, float(guesses.mean())))
    return fitted


def teach(case: Case, x: Array, counts: Array) -> Taught:
    """Learn from rows ``x (n, n_features)`` and their ``counts`` by the loss and the penalty of a case.

    All cases begin with the same weights, zeros, and take the same steps; biases have no penalty.
    """
    loss, penalty = case
    mean, scale = find_scale(x, where="usual day")
    middle, spread = float(np.median(counts)), max(float(np.abs(counts - np.median(counts)).mean()), 1e-9)
    net = dense(1)
    flat, p = pack(Affine(np.zeros((x.shape[1], 1)), np.zeros(1)))
    l2 = partial(squared_penalty, strength=STRENGTH) if penalty == "L2" else None
    optimizer = with_shrinking(SGD(flat), list_weights(p), l1=STRENGTH if penalty == "L1" else 0.0)
    batch = {"x": (x - mean) / scale, "target": ((counts - middle) / spread)[:, None]}
    steps = train(
        make_objective(net, LOSSES[loss], penalty=l2),
        flat,
        p,
        repeat(batch, N_STEPS),
        optimizer=optimizer,
        schedule=fall_by_cosine(RATE, N_STEPS),
    )
    for _ in steps:
        pass
    return Taught(case, p, mean, scale, middle, spread, float(counts.max()))


def guess_days(taught: Taught, x: Array) -> Array:
    """Guess the counts of rows, between none and those of the busiest day that was learned from."""
    score = affine(taught.parameters, (x - taught.mean) / taught.scale)[0][:, 0]
    guesses: Array = np.clip(taught.middle + taught.spread * score, 0, taught.busiest)
    return guesses


def pack_taught(taught: Taught) -> bytes:
    """Return the model's file."""
    arrays = name_leaves(taught.parameters) | {"mean": taught.mean, "scale": taught.scale}
    arrays["target"] = np.array([taught.middle, taught.spread, taught.busiest])
    loss, penalty = taught.case
    return pack_model("UsualDay", VERSION, NAMES, arrays, loss=loss, penalty=penalty, strength=STRENGTH)


def load_taught(content: bytes, *, where: str) -> Taught:
    """Return what ``pack_taught`` packed; raise ``SavedModelError`` for another file, or a damaged one."""
    header, arrays = unpack_model(content, name="UsualDay", version=VERSION, features=NAMES, where=where)
    with fit_together(where):
        case, n = (header["loss"], header["penalty"]), len(NAMES)
        shapes = {"weight": (n, 1), "bias": (1,), "mean": (n,), "scale": (n,), "target": (3,)}
        for name, shape in shapes.items():
            check_numbers(arrays[name], shape)
        weight, bias, mean, scale, (middle, spread, busiest) = (arrays[name] for name in shapes)
        if case not in CASES or not (scale > 0).all() or not spread > 0:
            raise ValueError("not a case, or no spread")
        return Taught(case, Affine(weight, bias), mean, scale, float(middle), float(spread), float(busiest))


def _find_few(split: Split) -> str | None:
    fewest = min(span.stop - span.start for span in (split.validation, split.test))
    if fewest >= ENOUGH:
        return None
    return f"Still learning: {fewest} of {ENOUGH} days to score by that follow a covered week."
