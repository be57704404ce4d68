"""How many on the next day? An online regressor over the days, beside simple guesses.

Each day is guessed from its calendar and the counts before it, then learned. Which learner does so (a
linear one that forgets within half a year, a year or never, one by recursion, by descent or with weights
that may be 0; one of counts with a logarithmic link) is chosen on the fifth of the covered days before the
scored ones; so is the baseline. All days are learned again at each run, which takes a moment.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

import numpy as np

from flows.work.card import fill_card, say_choice
from flows.work.evidence import (
    N_TRIED,
    find_off,
    find_too_little,
    list_scores,
    say_gain,
    say_interval,
    weigh_errors,
)
from flows.work.next_hour_result import bound_guesses
from flows.work.result import NO_BETTER, TOO_LITTLE, WorkDone, WorkResult, say_start, span_days
from models.baselines import guess_mean_of_periods, guess_mean_so_far, guess_same_place
from models.comparison import Avoided
from models.errors import InputError
from models.online.descent import OnlineDescent
from models.online.ftrl import FollowTheLeader
from models.online.learner import OnlineRegressor
from models.online.linear import OnlineLinear
from models.online.poisson import OnlinePoisson
from models.online.recursive import RecursiveLeastSquares
from models.saving import fit_together, pack_model, unpack_model
from models.types import Array, Flags
from models.validation import choose_lowest, split_by_time
from pipeline.features.day_series import N_WEEKS, NAMES, WEEK, DaySeries, make_day_series
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import say_days, say_percent, spell_small
from pipeline.settings import ZoneSpan

NAME = "next_day"
VERSION = 1
ENOUGH = 28  # days to choose by, and again to score by
LAST_WEEK = "the same weekday last week"
USUAL_DAY = f"the weekday’s {spell_small(N_WEEKS)}-week mean"
THIS_WEEK = "the mean of the last seven days"
ANY_DAY = "the mean of all days before"
MODEL_NAME = "online regression on days"
HOW = (
    "Before each day the learner guesses its count from the calendar and the counts before it; then it "
    "learns the day. Days that no source covers, and days that miss a count they are guessed from, are left "
    f"out for all. The baseline is the best of four simple guesses ({LAST_WEEK}, {USUAL_DAY}, {THIS_WEEK}, "
    f"{ANY_DAY}), chosen, as the learner is, on the fifth of the covered days before the last; the last "
    "fifth is scored. “Off by” is the root of the mean squared error, which an expected count makes "
    "smallest. "
) + say_interval()
MEMORIES = {"never forgets": None, "forgets half in a year": 365, "forgets half in half a year": 182}
RIDGES = (10.0, 100.0)
RATES = (0.003, 0.01)  # of the first day; they fall as the cube root of the days
STEEPER = (0.01, 0.03)  # the same by descent, whose errors are counts and not shares of them
LEADER_RATES, PENALTIES = (1.0, 3.0), (10.0, 100.0)  # of weights that may be 0
KINDS = (OnlineLinear, RecursiveLeastSquares, OnlineDescent, FollowTheLeader, OnlinePoisson)
Make = Callable[[], OnlineRegressor]


def _list_learners() -> dict[str, Make]:
    learners: dict[str, Make] = {}
    for memory, days in MEMORIES.items():
        forgetting = 1.0 if days is None else float(0.5 ** (1 / days))
        for ridge in RIDGES:
            learners[f"a linear one that {memory}, ridge {ridge:g}"] = partial(
                OnlineLinear, len(NAMES), forgetting=forgetting, ridge=ridge
            )
    learners["a linear one that forgets half in a year, its ridge too"] = partial(
        RecursiveLeastSquares, len(NAMES), forgetting=0.5 ** (1 / 365), ridge=RIDGES[0]
    )
    for rate in STEEPER:
        learners[f"a linear one by descent, rate {rate:g}"] = partial(
            OnlineDescent, len(NAMES), rate=rate, decay=1 / 3
        )
    for rate in LEADER_RATES:
        for penalty in PENALTIES:
            learners[f"a linear one with some weights at 0, rate {rate:g}, penalty {penalty:g}"] = partial(
                FollowTheLeader, len(NAMES), rate=rate, sparsity=penalty
            )
    for rate in RATES:
        learners[f"one of counts, rate {rate:g}"] = partial(OnlinePoisson, len(NAMES), rate=rate, decay=1 / 3)
    return learners


LEARNERS = _list_learners()


class Guessed(NamedTuple):
    """Every day's guess by the chosen learner, and by the chosen simple rule; NaN where there is none."""

    known: Flags  # (n,) the days that all can guess
    choosing: Flags  # (n,) those that are chosen by
    scored: Flags  # (n,)
    chosen: str  # the learner's name
    guesses: Array  # (n,)
    baseline: str  # the simple rule
    simple: Array  # (n,)


def run_work(
    subject: Subject, home_zone: tuple[ZoneSpan, ...], saved: bytes | None = None, *, seed: int = 0
) -> WorkDone:
    """Learn and score; ``saved`` is not needed, since learning all days again takes a moment."""
    series = make_day_series(subject)
    counts = series.counts
    too_little = find_lack(series, subject)
    if too_little is not None:
        return WorkDone(_say_too_little(subject, too_little), None, 0, TOO_LITTLE)
    guessed = guess_all(series)
    chosen, baseline, scored = guessed.chosen, guessed.baseline, guessed.scored
    squares, others = ((guess - counts)[scored] ** 2 for guess in (guessed.guesses, guessed.simple))
    days = series.days[scored]
    avoided = weigh_errors(squares, others, days, seed)
    learned = series.days[guessed.known & (series.days < days[0])]
    result = _make_result(subject, baseline, (squares, others), avoided, learned, days)
    chosen_on = span_days(series.days[guessed.choosing])
    result = fill_card(
        result,
        n_learned=len(learned), learned_nouns=("day", "days"),
        is_online=True,
        looks_at="The day’s place in week and year, and the counts of the days before it.",
        features=NAMES,
        label=f"the number of {subject.nouns} of the day, which it learns after it has guessed it.",
        chosen=say_choice(chosen, len(LEARNERS), "days", chosen_on),
        file="sums over features and counts; no word.",
    )  # fmt: skip
    learner = LEARNERS[chosen]()
    guess_days(learner, series)
    return WorkDone(result, pack_learner(learner), int(guessed.known.sum()), say_start(saved))


def guess_all(series: DaySeries) -> Guessed:
    """Guess every day by all learners and simple rules; choose one of each on the validation span."""
    counts, simple = series.counts, guess_simply(series.counts)
    known, covered = find_known(series, simple), np.flatnonzero(np.isfinite(counts))
    split = split_by_time(len(covered))
    choosing = _choose_days(known, covered[split.validation])
    scored = _choose_days(known, covered[split.test])
    guesses = {}
    for name, make in LEARNERS.items():
        with suppress(InputError):  # one that runs beyond any number is not chosen
            guesses[name] = guess_days(make(), series)

    def measure(guess: Array) -> float:
        return float(((guess - counts)[choosing] ** 2).mean())

    chosen = choose_lowest(list(guesses), lambda name: measure(guesses[name]))
    baseline = choose_lowest(list(simple), lambda name: measure(simple[name]))
    return Guessed(known, choosing, scored, chosen, guesses[chosen], baseline, simple[baseline])


def pack_learner(learner: OnlineRegressor) -> bytes:
    """Return the model's file."""
    kind, settings = type(learner).__name__, learner.list_settings()
    return pack_model("NextDay", VERSION, NAMES, learner.list_arrays(), learner=kind, settings=settings)


def load_learner(content: bytes, *, where: str) -> OnlineRegressor:
    """Return what ``pack_learner`` packed; raise ``SavedModelError`` for another file, or a damaged one."""
    header, arrays = unpack_model(content, name="NextDay", version=VERSION, features=NAMES, where=where)
    with fit_together(where):
        kind = {one.__name__: one for one in KINDS}[header["learner"]]
        return kind.restore(header["settings"], arrays)


def guess_simply(counts: Array) -> dict[str, Array]:
    """Return the simple guesses by name; ``counts (n,)`` are regular in time, NaN where unknown."""
    return {
        LAST_WEEK: guess_same_place(counts, WEEK),
        USUAL_DAY: guess_mean_of_periods(counts, WEEK, N_WEEKS),
        THIS_WEEK: guess_mean_of_periods(counts, 1, WEEK),
        ANY_DAY: guess_mean_so_far(counts),
    }


def guess_days(learner: OnlineRegressor, series: DaySeries) -> Array:
    """Predict, then learn, each day of which all is known; NaN on the others; never below 0."""
    known = np.isfinite(series.x).all(axis=1) & np.isfinite(series.counts)
    guesses = np.full(len(series.counts), np.nan)
    if known.any():
        guesses[known] = learner.learn_many(series.x[known], series.counts[known])
    return bound_guesses(series.counts, guesses)


def find_known(series: DaySeries, simple: dict[str, Array]) -> Flags:
    """Say which days can be guessed by all."""
    known: Flags = np.isfinite(series.x).all(axis=1) & np.isfinite(series.counts)
    for guess in simple.values():
        known &= np.isfinite(guess)
    return known


def _choose_days(known: Flags, places: Array) -> Flags:
    inside = np.zeros(len(known), dtype=bool)
    inside[places] = True
    return known & inside


def find_lack(series: DaySeries, subject: Subject) -> str | None:
    """Say what the archive lacks, ``None`` where there are days enough to choose and to score by."""
    covered = np.flatnonzero(np.isfinite(series.counts))
    return find_too_little(
        len(covered), int(np.nansum(series.counts)), subject.noun, subject.nouns
    ) or _find_few(series, covered)


def _find_few(series: DaySeries, covered: Array) -> str | None:
    known, split = find_known(series, guess_simply(series.counts)), split_by_time(len(covered))
    fewest = min(int(known[covered[rows]].sum()) for rows in (split.validation, split.test))
    if fewest >= ENOUGH:
        return None
    return f"Still learning: {fewest} of {ENOUGH} days to score by that follow a covered week."


def _say_too_little(subject: Subject, too_little: str) -> WorkResult:
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, USUAL_DAY,
        headline=too_little, emphasis="", deck=f"Guesses of the next day’s {subject.nouns}.", alt=too_little,
        how=HOW, too_little=too_little,
    )  # fmt: skip


def _make_result(
    subject: Subject,
    baseline: str,
    squares: tuple[Array, Array],
    avoided: Avoided,
    learned: Array,
    days: Array,
) -> WorkResult:
    off, off_baseline = (find_off(part) for part in squares)
    scores = list_scores(off, off_baseline, avoided)
    phrase = "no better" if scores["verdict"] == NO_BETTER else f"{say_percent(avoided.share)} closer"
    scored = span_days(days)
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, baseline,
        headline=f"The next day’s guesses are {phrase} than {baseline}",
        emphasis=phrase,
        deck=f"How far off next-day guesses are, in {subject.nouns}; each guess was made before the day. "
        + say_gain(avoided),
        alt=f"On the scored days, {say_days(*scored)}: off by {off:#.3g} and {off_baseline:#.3g}.",
        how=HOW,
        **scores,
        n_scored=len(days), scored_unit="days", learned=span_days(learned), scored=scored, n_tried=N_TRIED,
    )  # fmt: skip


def _ask(subject: Subject) -> str:
    return f"How many {subject.nouns} on the next day?"
