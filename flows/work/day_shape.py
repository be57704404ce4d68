"""How many a day, from the calendar alone? A line through time and the shape of the year, by regression.

No count of a day, nor of one near it, is looked at before it is guessed: all that was learned lies before
the scored days. First the weekday's usual difference is taken away; then a regression learns the rest from
time and the day of the year, and the difference is added again. Which regression does so is chosen on the
fifth of the covered days before the scored ones, the simplest of what does about as well as the best; the
simple guess beside it, on the same days.

A day far ahead is missed as its whole season is: so a quarter of the year counts as one observation for the
interval, and a model has to be better in nearly each of them to be called so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from flows.work.card import fill_card, say_choice
from flows.work.classified import SIMPLEST, choose_simplest
from flows.work.day_shape_result import (
    ALL_DAYS,
    USUAL,
    make_result,
    say_too_little,
    tell_year,
)
from flows.work.evidence import find_too_little
from flows.work.far_ahead import number_quarters
from flows.work.result import NO_BETTER, TOO_LITTLE, WorkDone, say_start, span_days
from models.classifiers.feature_maps import lay_on_circle
from models.estimator import Regressor
from models.regression.linear import LinearRegressor
from models.regression.mlp import MLPRegressor
from models.regression.polynomial import PolynomialRegressor
from models.saving import check_numbers, fit_together, name_leaves, pack_model, restore_tree, unpack_model
from models.types import Array
from models.validation import choose_lowest, split_by_time
from pipeline.features.waves import YEAR_DAYS
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import spell_small
from pipeline.settings import ZoneSpan

VERSION = 1
ENOUGH = 365  # covered days
WEEKS = 52 * 7  # days of the year that is drawn
YEAR_MONTHS = 12
STRAIGHT = "a straight line through time"


class Way(NamedTuple):
    """One way to learn: a regression, and the columns that it sees."""

    make: Callable[[], Regressor]
    columns: tuple[str, ...]


class Taught(NamedTuple):
    """A way that has learned, what it adds for each weekday, and the busiest day that it met."""

    way: Way
    model: Regressor
    weekday: Array  # (7,) Monday first
    busiest: float


def _list_ways() -> dict[str, Way]:
    """Return the ways to learn by name, the simplest first: lines and waves, then polynomials, then a net."""

    def name_circle(n: int) -> tuple[str, ...]:
        return tuple(f"year_{wave}_{k}" for wave in ("cos", "sin") for k in range(1, n + 1))

    net = partial(MLPRegressor, (8,), activation="tanh", l2=1e-3, epochs=100, batch_rows=64, validation=0.0)
    curve = ("years", "year_share")
    ways = {STRAIGHT: Way(LinearRegressor, ("years",))}
    for n in (1, 2, 3):
        waves = "one wave of the year" if n == 1 else f"{spell_small(n)} waves of the year"
        ways[waves] = Way(LinearRegressor, name_circle(n))
        ways[f"a line and {waves}"] = Way(LinearRegressor, ("years", *name_circle(n)))
    for degree in (2, 3, 4):
        make = partial(PolynomialRegressor, degree, ridge=0.1)
        ways[f"a polynomial of degree {degree} of time and the day of the year"] = Way(make, curve)
    ways["a net with eight units, on time and two waves of the year"] = Way(net, ("years", *name_circle(2)))
    return ways


WAYS = _list_ways()


def run_work(
    subject: Subject, home_zone: tuple[ZoneSpan, ...], saved: bytes | None = None, *, seed: int = 0
) -> WorkDone:
    """Learn and score; ``saved`` is not needed, since learning all days again takes a moment."""
    table = count_covered_days(subject)
    days, counts = table.days, table.totals.astype(float)
    split = split_by_time(len(days))
    before = split.before_test
    too_little = find_too_little(len(days), int(counts.sum()), subject.noun, subject.nouns) or _find_missing(
        days, days[before], days[split.test]
    )
    if too_little is not None:
        return WorkDone(say_too_little(subject, too_little), None, 0, TOO_LITTLE)
    train, choosing, scored = days[split.train], days[split.validation], days[split.test]
    truth = counts[split.validation]
    errors = {
        name: (guess_days(teach(way, train, counts[split.train]), choosing) - truth) ** 2
        for name, way in WAYS.items()
    }
    chosen = choose_simplest(errors)
    simple = guess_simply(train, counts[split.train], choosing)
    baseline = choose_lowest(list(simple), lambda name: float(((simple[name] - truth) ** 2).mean()))

    taught = teach(WAYS[chosen], days[before], counts[before])
    other = guess_simply(days[before], counts[before], scored)[baseline]
    came = counts[split.test]
    squares = (guess_days(taught, scored) - came) ** 2, (other - came) ** 2
    result = make_result(subject, baseline, squares, span_days(days[before]), scored, seed)
    if chosen != STRAIGHT:
        year, better = scored[-1] - np.arange(WEEKS)[::-1], result.verdict != NO_BETTER
        belief = tell_year(subject, year, guess_days(taught, year), scored, came, baseline, better=better)
        result = replace(result, beliefs=(belief,))
    result = fill_card(
        result,
        n_learned=before.stop, learned_nouns=("day", "days"),
        looks_at="The weekday, the day of the year and the time gone by; no count.",
        features=("weekday", *taught.way.columns),
        label=f"the number of {subject.nouns} of a day, however far ahead.",
        chosen=say_choice(chosen, len(WAYS), "days", span_days(choosing), rule=SIMPLEST),
        file="weights, and the usual difference of each weekday; no word.",
        not_for="It must not be used to tell when somebody is away.",
    )  # fmt: skip
    return WorkDone(result, pack_taught(taught), before.stop, say_start(saved))


def look_at(days: Array, columns: tuple[str, ...]) -> Array:
    """Return the named columns of the calendar for ``days`` (datetime64[D]): (n_days, n_columns).

    ``years`` since 1970, ``year_share``: how much of the calendar year is over, and the day of the year on
    the circle, ``year_cos_k`` and ``year_sin_k``, k times a year.
    """
    day = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(float)
    named = {"years": days.astype(np.int64) / YEAR_DAYS, "year_share": day / YEAR_DAYS}
    for k in (1, 2, 3):
        circle = lay_on_circle(k * day[:, None], period=YEAR_DAYS)[0]
        named[f"year_cos_{k}"], named[f"year_sin_{k}"] = circle.T
    return np.stack([named[column] for column in columns], axis=1)


def teach(way: Way, days: Array, counts: Array) -> Taught:
    """Learn from ``days`` and their ``counts``."""
    weekday = number_weekdays(days)
    usual = average_by(weekday, counts, np.arange(7)) - counts.mean()
    model = way.make().fit(look_at(days, way.columns), counts - usual[weekday])
    return Taught(way, model, usual, float(counts.max()))


def guess_days(taught: Taught, days: Array) -> Array:
    """Guess the counts of ``days``, between none and those of the busiest day that was learned from."""
    rest = taught.model.predict(look_at(days, taught.way.columns))
    guesses: Array = np.clip(rest + taught.weekday[number_weekdays(days)], 0, taught.busiest)
    return guesses


def guess_simply(learned: Array, counts: Array, days: Array) -> dict[str, Array]:
    """Return the simple guesses for ``days`` by name, from the ``counts`` of the ``learned`` days."""

    def guess(number: Callable[[Array], Array]) -> Array:
        return average_by(number(learned), counts, number(days))

    return {
        USUAL: guess(lambda days: number_months(days) * 7 + number_weekdays(days)),
        "the weekday’s mean": guess(number_weekdays),
        "the month’s mean": guess(number_months),
        ALL_DAYS: np.full(len(days), counts.mean()),
    }


def average_by(groups: Array, counts: Array, asked: Array) -> Array:
    """Return the mean count of each ``asked`` group; of one that was not met, that of all."""
    size = int(max(groups.max(), asked.max())) + 1
    totals, known = np.bincount(groups, counts, size), np.bincount(groups, minlength=size)
    means = np.where(known > 0, totals / np.maximum(known, 1), counts.mean())
    asked_means: Array = means[asked]
    return asked_means


def number_weekdays(days: Array) -> Array:
    """Return the weekday of each day, 0 is Monday."""
    numbers: Array = (days.astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday
    return numbers


def number_months(days: Array) -> Array:
    """Return the month of each day, 0 is January."""
    numbers: Array = days.astype("datetime64[M]").astype(np.int64) % YEAR_MONTHS
    return numbers


def pack_taught(taught: Taught) -> bytes:
    """Return the model's file: the regression's numbers, and those of the weekdays."""
    model = taught.model
    arrays = {"weekday": taught.weekday, "busiest": np.array(taught.busiest)}
    if isinstance(model, PolynomialRegressor):
        arrays |= {"mean": model.mean_, "scale": model.scale_, "exponents": model.exponents_}
        arrays |= name_leaves(model.regressor_.parameters_)
    elif isinstance(model, MLPRegressor):
        arrays |= {"mean": model.mean_, "scale": model.scale_, **name_leaves(model.parameters_)}
        arrays["target"] = np.array([model.target_mean_, model.target_scale_])
    else:
        assert isinstance(model, LinearRegressor)
        arrays |= name_leaves(model.parameters_)
    chosen = next(name for name, way in WAYS.items() if way is taught.way)
    return pack_model("DayShape", VERSION, list(taught.way.columns), arrays, way=chosen)


def load_taught(content: bytes, *, where: str) -> Taught:
    """Return what ``pack_taught`` packed; raise ``SavedModelError`` for another file, or a damaged one."""
    header, arrays = unpack_model(content, name="DayShape", version=VERSION, features=None, where=where)
    with fit_together(where):
        way = WAYS[header["way"]]
        if header["features"] != list(way.columns):
            raise ValueError("not the columns of this way")
        for array in arrays.values():
            if array.dtype.kind == "f":
                check_numbers(array, array.shape)
        check_numbers(arrays["weekday"], (7,))
        check_numbers(arrays["busiest"], ())
        model = _restore(way, arrays, where)
        return Taught(way, model, arrays["weekday"], float(arrays["busiest"]))


def _restore(way: Way, arrays: Mapping[str, Array], where: str) -> Regressor:
    """Return the fitted model of a way: one that is fitted to two days, with these numbers for its own."""
    days = np.array(["2021-01-01", "2021-07-04"], "datetime64[D]")
    model = way.make().fit(look_at(days, way.columns), np.array([0.0, 1.0]))
    inner = model.regressor_ if isinstance(model, PolynomialRegressor) else model
    assert isinstance(inner, LinearRegressor | MLPRegressor)
    restore_tree(inner.parameters_, arrays, where=where)
    if isinstance(model, PolynomialRegressor | MLPRegressor):
        for name, own in (("mean", model.mean_), ("scale", model.scale_)):
            check_numbers(arrays[name], own.shape)
        if not (arrays["scale"] > 0).all():
            raise ValueError("no spreads of columns")
        model.mean_, model.scale_ = arrays["mean"], arrays["scale"]
    if isinstance(model, PolynomialRegressor) and not np.array_equal(arrays["exponents"], model.exponents_):
        raise ValueError("not the powers of this degree")
    if isinstance(model, MLPRegressor):
        check_numbers(arrays["target"], (2,))
        model.target_mean_, model.target_scale_ = arrays["target"].tolist()
    return model


def _find_missing(days: Array, before: Array, scored: Array) -> str | None:
    if len(days) < ENOUGH:
        return f"Still learning: {len(days)} of {ENOUGH} covered days."
    n_months = len(np.unique(number_months(before)))
    if n_months < YEAR_MONTHS:
        are = "is" if n_months == 1 else "are"
        return (
            f"Still learning: {spell_small(n_months)} of the twelve months {are} met before the days to "
            "score by."
        )
    if len(np.unique(number_quarters(scored))) < 2:
        return "Still learning: the days to score by lie in one quarter of the year; it takes two."
    return None
