"""Which weekday was it, and how many the next day? One net with two inputs and two answers.

It sees a day as its evening knows it: the hours in one input, the totals of the week in the other, and
nothing of the calendar. One head names the day's weekday, the other guesses the count of the next day, as a
multiple of the level of the last four weeks; what both need, they learn together. How strong the penalty is,
is chosen on the fifth of the evenings before the scored ones, as is the simple guess beside the count.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from flows.work.card import fill_card, say_choice
from flows.work.classified import SIMPLEST, choose_simplest, find_shares, shuffle_labels, square_errors
from flows.work.day_classifier import hold_back
from flows.work.evidence import find_too_little
from flows.work.next_day import ENOUGH, guess_simply
from flows.work.result import TOO_LITTLE, WorkDone, say_start, span_days
from flows.work.two_heads_result import Guesses, make_result, say_too_little
from models.batches import count_batches, take_batches
from models.early_stopping import train_until_worse
from models.layers.activations import softmax
from models.objective import make_objective
from models.optimizers import Adam
from models.penalties import squared_penalty
from models.rows import find_scale
from models.saving import check_numbers, fit_together, name_leaves, pack_model, restore_tree, unpack_model
from models.schedules import keep_constant
from models.training import train
from models.tree import pack
from models.two_heads import add_losses, make_net
from models.types import Array, Tree
from models.validation import Split, choose_lowest, split_by_time
from pipeline.features.day_series import make_day_series
from pipeline.features.evenings import NAMES, Evenings, make_evenings
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import WEEKDAYS, spell_small
from pipeline.settings import ZoneSpan

VERSION = 1
PENALTIES = (0.1, 0.03, 0.01)  # the strongest first
RATE, N_BATCH, N_EPOCHS, PATIENCE = 1e-2, 128, 60, 5
NET = make_net("both")
HOURS = 24  # of its columns; the others are totals


class Rows(NamedTuple):
    """Evenings of which all is known, in the order of time."""

    hours: Array  # (n, 24)
    totals: Array  # (n, 8)
    level: Array  # (n,)
    weekday: Array  # (n,)
    to_come: Array  # (n,)

    def take(self, span: slice) -> Rows:
        """Return a span of them."""
        return Rows(*(column[span] for column in self))


class Taught(NamedTuple):
    """A net that has learned, and the scale of what it sees: (mean, spread) of each input."""

    parameters: Tree
    scales: tuple[tuple[Array, Array], ...]
    busiest: float  # of the days to come that it met


def run_work(
    subject: Subject, home_zone: tuple[ZoneSpan, ...], saved: bytes | None = None, *, seed: int = 0
) -> WorkDone:
    """Learn and score; ``saved`` is not needed, since learning all days again takes a moment."""
    evenings, counts = make_evenings(subject), make_day_series(subject).counts
    simple = guess_next(evenings.days, counts)
    known = find_known(evenings, simple)
    split = split_by_time(int(known.sum()))
    too_little = find_too_little(
        len(evenings.days), int(np.nansum(counts)), subject.noun, subject.nouns
    ) or find_few(evenings.weekday[known], split)
    if too_little is not None:
        return WorkDone(say_too_little(subject, too_little), None, 0, TOO_LITTLE)
    days = evenings.days[known]
    rows = Rows(*(column[known] for column in evenings[1:]))
    simple = {name: guess[known] for name, guess in simple.items()}
    choosing, scored, before = split.validation, split.test, split.before_test

    def measure(name: str) -> float:
        return float(((simple[name] - rows.to_come)[choosing] ** 2).mean())

    baseline = choose_lowest(list(simple), measure)
    penalty = choose_penalty(rows, simple[baseline], split, seed)
    taught = teach(rows.take(before), penalty, seed)
    shuffled = rows._replace(weekday=shuffle_labels(rows.weekday, split, seed))
    control = teach(shuffled.take(before), penalty, seed)
    named, guessed = ask(taught, rows.take(scored))
    guesses = Guesses(
        named, guessed, ask(control, rows.take(scored))[0],
        find_shares(rows.weekday[before], len(WEEKDAYS), len(named)), simple[baseline][scored],
        rows.weekday[scored], shuffled.weekday[scored], rows.to_come[scored],
    )  # fmt: skip
    learned = span_days(days[before])
    result = make_result(subject, baseline, guesses, learned, days[scored], seed)
    result = fill_card(
        result,
        n_learned=before.stop, learned_nouns=("evening", "evenings"),
        looks_at="A day’s counts by hour, and the totals of its week; nothing of the calendar.",
        features=NAMES,
        label=f"the day’s weekday, by the calendar alone; and the number of {subject.nouns} of the next day.",
        chosen=say_choice(
            f"penalty {penalty:g}", len(PENALTIES), "evenings", span_days(days[choosing]), rule=SIMPLEST
        ),
        file="weights, and the means and spreads of counts; no word.",
        not_for="It must not be used to tell when somebody works or is away.",
    )  # fmt: skip
    return WorkDone(result, pack_taught(taught), before.stop, say_start(saved))


def guess_next(days: Array, counts: Array) -> dict[str, Array]:
    """Return the simple guesses of the day after each of the covered ``days``, by name; NaN without one.

    ``counts`` are those of every day from the first of them to the last, NaN where it is not covered.
    """
    if len(days) == 0:
        return {}
    place = (days - days[0]).astype(np.int64) + 1
    return {name: guess[place] for name, guess in guess_simply(np.append(counts, np.nan)).items()}


def find_known(evenings: Evenings, simple: dict[str, Array]) -> Array:
    """Say of which evenings all is known: the week, the next day, and every simple guess of it."""
    known: Array = np.isfinite(evenings.totals).all(axis=1) & np.isfinite(evenings.to_come)
    for guess in simple.values():
        known &= np.isfinite(guess)
    return known


def choose_penalty(rows: Rows, simple: Array, split: Split, seed: int) -> float:
    """Return the strongest penalty that does about as well as the best on the validation span.

    Measured is the sum of both heads' squared errors, each in units of its baseline's mean.
    """
    asked = rows.take(split.validation)
    shares = find_shares(rows.weekday[split.train], len(WEEKDAYS), len(asked.level))
    units = (
        float(square_errors(shares, asked.weekday).mean()),
        max(float(((simple[split.validation] - asked.to_come) ** 2).mean()), 1e-9),
    )
    errors = {}
    for penalty in PENALTIES:
        named, guessed = ask(teach(rows.take(split.train), penalty, seed), asked)
        errors[penalty] = square_errors(named, asked.weekday) / units[0]
        errors[penalty] += (guessed - asked.to_come) ** 2 / units[1]
    return choose_simplest(errors)


def teach(rows: Rows, penalty: float, seed: int) -> Taught:
    """Train both heads on ``rows`` but the last fifth, which says when to stop."""
    rng = np.random.default_rng([seed, 4])
    n = hold_back(len(rows.level))
    scales = tuple(find_scale(part[:n], where="two heads") for part in (rows.hours, rows.totals))
    seen = _scale(rows, scales)
    truth = {"label": rows.weekday, "target": (rows.to_come / rows.level)[:, None]}
    flat, parameters = pack(NET.init(rng, *((part.shape[1],) for part in seen))[0], np.float32)

    def choose(span: slice) -> dict[str, Any]:
        return {"x": tuple(part[span] for part in seen)} | {name: one[span] for name, one in truth.items()}

    steps = train(
        make_objective(NET, add_losses, penalty=lambda weight: squared_penalty(weight, strength=penalty)),
        flat,
        parameters,
        take_batches(choose(slice(0, n)), N_BATCH, rng=rng, n_epochs=N_EPOCHS),
        optimizer=Adam(flat),
        schedule=keep_constant(RATE),
    )
    watch, held = make_objective(NET, add_losses), choose(slice(n, None))
    for _ in train_until_worse(
        steps,
        lambda: float(watch(parameters, **held)[0]),
        flat=flat,
        every=count_batches(n, N_BATCH),
        patience=PATIENCE,
        n_epochs=N_EPOCHS,
    ):
        pass
    return Taught(parameters, scales, float(rows.to_come.max()))


def ask(taught: Taught, rows: Rows) -> tuple[Array, Array]:
    """Return the chance of each weekday (n, 7), and a guess of the next day's count (n,)."""
    (scores, log_rate), _ = NET(taught.parameters, *_scale(rows, taught.scales))
    guesses = rows.level * np.exp(np.minimum(log_rate[:, 0].astype(float), np.log(taught.busiest + 1)))
    return softmax(scores.astype(float))[0], np.minimum(guesses, taught.busiest)


def pack_taught(taught: Taught) -> bytes:
    """Return the model's file."""
    arrays = name_leaves(taught.parameters) | {"busiest": np.array(taught.busiest)}
    for name, (mean, spread) in zip(("hours", "totals"), taught.scales, strict=True):
        arrays |= {f"{name}_mean": mean, f"{name}_scale": spread}
    return pack_model("TwoHeads", VERSION, NAMES, arrays, classes=list(WEEKDAYS))


def load_taught(content: bytes, *, where: str) -> Taught:
    """Return what ``pack_taught`` packed; raise ``SavedModelError`` for another file, or a damaged one."""
    _, arrays = unpack_model(content, name="TwoHeads", version=VERSION, features=NAMES, where=where)
    with fit_together(where):
        for array in arrays.values():
            check_numbers(array, array.shape)
        scales = tuple((arrays[f"{name}_mean"], arrays[f"{name}_scale"]) for name in ("hours", "totals"))
        if any(mean.shape != scale.shape or not (scale > 0).all() for mean, scale in scales):
            raise ValueError("no means and spreads")
        widths = (HOURS, len(NAMES) - HOURS)
        if tuple(len(mean) for mean, _ in scales) != widths:
            raise ValueError("not those of its inputs")
        shapes = ((width,) for width in widths)
        _, parameters = pack(NET.init(np.random.default_rng(0), *shapes)[0], np.float32)
        restore_tree(parameters, arrays, where=where)
        return Taught(parameters, scales, float(arrays["busiest"]))


def _scale(rows: Rows, scales: Any) -> tuple[Array, ...]:
    pairs = zip((rows.hours, rows.totals), scales, strict=True)
    return tuple(((part - mean) / spread).astype(np.float32) for part, (mean, spread) in pairs)


def find_few(weekday: Array, split: Split) -> str | None:
    """Say what evenings of these ``weekday``s lack for a choice and a score, ``None`` if nothing."""
    fewest = min(span.stop - span.start for span in (split.validation, split.test))
    if fewest < ENOUGH:
        return f"Still learning: {fewest} of {ENOUGH} evenings to score by that end a covered week."
    missing = len(WEEKDAYS) - len(np.unique(weekday[: hold_back(split.train.stop)]))
    if missing == 0:
        return None
    are = "is" if missing == 1 else "are"
    return f"Still learning: {spell_small(missing)} of the weekdays {are} not among the days to learn from."
