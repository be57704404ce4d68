"""From errors to words: what every piece of model work says in the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from flows.work.result import A_LITTLE_BETTER, CLEARLY_BETTER, NO_BETTER
from models.comparison import Avoided, compare_errors, compare_few_blocks
from models.types import Array
from pipeline.patterns.wording import count_noun, say_percent, say_percents, spell_small

ENOUGH_DAYS = 56  # eight weeks
ENOUGH_ROWS = 100
MANY_WEEKS = 30  # of the scored span: enough to be drawn again; fewer are compared by how they differ
ENOUGH_WEEKS = 3  # below, nothing can be said
LEAST = -1.0  # an interval that reaches twice the baseline's errors says nothing, and is drawn no further
SHOWN = 0.0005  # a smaller share is printed as 0 %, which a verdict must not contradict
CLEAR = 0.10  # the whole interval lies above a tenth of the baseline's errors
N_TRIED = 24  # pieces of model work and networks that there are, whether or not an archive is enough for all


def find_too_little(n_covered: int, n_rows: int, noun: str, nouns: str) -> str | None:
    """Return what an archive lacks before anything can be learned from it, ``None`` if nothing."""
    if n_covered < ENOUGH_DAYS:
        return f"Still learning: {n_covered} of {ENOUGH_DAYS} covered days."
    if n_rows < ENOUGH_ROWS:
        return f"Still learning: {count_noun(n_rows, noun, nouns)} on covered days, {ENOUGH_ROWS} are needed."
    return None


def weigh_errors(
    model: Array,
    baseline: Array,
    days: Array,
    seed: int,
    *,
    blocks: Array | None = None,
    n_tried: int = N_TRIED,
    root: bool = True,
) -> Avoided:
    """Compare root mean squared errors; ``model`` and ``baseline`` hold the *squared* error of each row.

    A squared error is least for the honest guess: an expected count, a true probability. ``days``
    (datetime64) group the rows into weeks; ``blocks`` into longer stretches, of which there are few, where
    the labels of neighbouring weeks are alike. Without ``root`` the errors are no squares, and their means
    are compared as they are.
    """
    shares = _compare(model, baseline, days, seed, blocks, n_tried)
    if root:
        shares = Avoided(*(float(1 - np.sqrt(1 - share)) for share in shares))
    return _bound(shares)


def weigh_control(
    control: Array,
    baseline: Array,
    days: Array,
    seed: int,
    *,
    blocks: Array | None = None,
    root: bool = True,
) -> Avoided:
    """Compare a control as ``weigh_errors`` does, by an interval that is widened for no other model.

    A wider one guards a claim; of a control it would hide that something is found where nothing is.
    """
    return weigh_errors(control, baseline, days, seed, blocks=blocks, n_tried=1, root=root)


def weigh_distances(model: Array, baseline: Array, days: Array, seed: int) -> Avoided:
    """Compare mean distances |guess − truth|, which are least for a median; the rest as ``weigh_errors``."""
    return _bound(_compare(model, baseline, days, seed, None, N_TRIED))


def number_weeks(days: Array) -> Array:
    """Return a number for the week of each day (datetime64), Monday to Sunday."""
    weeks: Array = (days.astype("datetime64[D]").astype(np.int64) + 3) // 7
    return weeks


def _compare(
    model: Array, baseline: Array, days: Array, seed: int, blocks: Array | None, n_tried: int
) -> Avoided:
    if blocks is None:
        blocks = number_weeks(days)
        if len(np.unique(blocks)) >= MANY_WEEKS:
            rng = np.random.default_rng(seed)
            return compare_errors(model, baseline, blocks, rng=rng, n_tried=n_tried)
    if len(np.unique(blocks)) >= ENOUGH_WEEKS:
        return compare_few_blocks(model, baseline, blocks, n_tried=n_tried)
    share = 1 - model.sum() / baseline.sum() if baseline.sum() > 0 else 0.0
    return Avoided(float(share), -np.inf, 1.0)


def _bound(avoided: Avoided) -> Avoided:
    """Give an interval without a lower end one that says nothing either."""
    return avoided._replace(low=max(avoided.low, min(LEAST, 2 * avoided.share)))


def judge(avoided: Avoided) -> str:
    """Return the verdict: better only where the whole interval, as it is printed, lies above 0."""
    if not avoided.low >= SHOWN:
        return NO_BETTER
    return CLEARLY_BETTER if avoided.low >= CLEAR else A_LITTLE_BETTER


def say_off(squares: Array) -> str:
    """Write the root of the mean of squared errors, of which the errors avoided are made: off by 0.333."""
    return f"off by {np.sqrt(squares.mean()):#.3g}"


def find_off(squares: Array) -> float:
    """Return the root of the mean of squared errors."""
    return float(np.sqrt(squares.mean()))


def list_scores(off: float, off_baseline: float, avoided: Avoided) -> dict[str, Any]:
    """Return the fields of a ``WorkResult`` that say how a guess of numbers fared beside its baseline."""
    return {
        "model_score_text": f"off by {off:#.3g}",
        "baseline_score_text": f"off by {off_baseline:#.3g}",
        "model_score": off,
        "baseline_score": off_baseline,
        "avoided": avoided.share,
        "low": avoided.low,
        "high": avoided.high,
        "verdict": judge(avoided),
        "certainty": say_avoided(avoided),
    }


def say_avoided(avoided: Avoided, say: Callable[[float], str] = say_percent) -> str:
    """Write a share, as ``say`` does, and its interval, if it has room: 21 %, from 19 to 23 %."""
    if not any(avoided):
        return "none avoided"
    if avoided.low <= LEAST:
        return f"{say(avoided.share)}, too few weeks to say"
    ends = say_percents(avoided.low, avoided.high)
    return f"{say(avoided.share)}, from {ends}" if " to " in ends else say(avoided.share)


def say_gain(avoided: Avoided) -> str:
    """Write the interval as a sentence of a deck: Gain 19 to 23 % (95 % interval)."""
    if avoided.low <= LEAST:
        return "Too few weeks are scored to say how sure that is."
    return f"Gain {say_percents(avoided.low, avoided.high)} ({say_percent(0.95)} interval)."


def say_interval(
    source: str = "drawing whole weeks again (of fewer than 30, from how they differ, by Student’s t)",
) -> str:
    """Say how the interval was made, for 'How this is counted'."""
    return (
        f"The interval comes from {source}, and is widened "
        f"for the {spell_small(N_TRIED)} models that may be tried, so that all together hold with "
        f"{say_percent(0.95)}."
    )
