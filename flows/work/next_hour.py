"""How many in the next hour? An online regressor that predicts each hour, then learns it, and goes on at
the next run where it left off; beside simple guesses.

It learns the counts themselves by least squares, so that a guess is an expected count (a root that is
squared back would fall short by its variance); a guess is never below 0 or above the busiest hour so far.
Forgetting and ridge were settled on invented archives, never on the owner's: nothing is chosen for the
learner here. The guesses of the last 20 % of the covered days are scored.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from flows.work.evidence import find_too_little
from flows.work.next_hour_result import NAME, make_result, say_too_little
from flows.work.result import TOO_LITTLE, WorkDone
from flows.work.watermark import find_change, set_watermark
from models.errors import SavedModelError
from models.online.linear import OnlineLinear
from models.saving import pack_model, unpack_model
from models.types import Array
from pipeline.features.hour_series import NAMES, WEEK, HourSeries, make_hour_series
from pipeline.patterns.subject import Subject
from pipeline.settings import ZoneSpan

VERSION = 3
FORGETTING = 0.5 ** (1 / (52 * WEEK))  # an hour's weight halves in a year
RIDGE = 30.0


def run_work(
    subject: Subject, home_zone: tuple[ZoneSpan, ...], saved: bytes | None = None, *, seed: int = 0
) -> WorkDone:
    """Go on from ``saved`` if nothing before its watermark has changed, else start again; then score."""
    series = make_hour_series(subject)
    n_covered, n_rows = int(np.isfinite(series.counts).sum()) // 24, int(np.nansum(series.counts))
    too_little = find_too_little(n_covered, n_rows, subject.noun, subject.nouns)
    if too_little is not None:
        return WorkDone(say_too_little(subject, too_little), None, 0, TOO_LITTLE)
    learner, earlier, started = resume(subject, home_zone, saved, series.hours)
    guesses, n_learned = learn_hours(learner, series, earlier)
    result = make_result(subject, series, guesses, seed)
    if result.too_little is not None:
        return WorkDone(result, None, 0, TOO_LITTLE)
    arrays = {**learner.list_arrays(), "guesses": guesses}
    content = pack_model(
        "OnlineLinear",
        VERSION,
        NAMES,
        arrays,
        settings=learner.list_settings(),
        watermark=asdict(set_watermark(subject, home_zone, series.hours[-1])),
    )
    return WorkDone(result, content, n_learned, started)


def resume(
    subject: Subject, home_zone: tuple[ZoneSpan, ...], saved: bytes | None, hours: Array
) -> tuple[OnlineLinear, Array, str]:
    """Return the learner, its guesses so far (by hour) and how it began.

    It goes on only with one guess for each hour from the series' first to the watermark's last.
    """
    fresh = OnlineLinear(len(NAMES), forgetting=FORGETTING, ridge=RIDGE)
    if saved is None:
        return fresh, np.array([]), "new"
    try:
        header, arrays = unpack_model(
            saved, name="OnlineLinear", version=VERSION, features=NAMES, where=f"models/{NAME}.npz"
        )
        if header.get("settings") != fresh.list_settings() or "guesses" not in arrays:
            return fresh, np.array([]), "started again: its settings are other ones"
        learner = OnlineLinear.restore(fresh.list_settings(), arrays)
    except SavedModelError as error:
        return fresh, np.array([]), f"started again: {error.what[0].lower()}{error.what[1:]}"
    change = find_change(header.get("watermark"), subject, home_zone)
    if change is not None:
        return fresh, np.array([]), f"started again: {change}"
    guesses = arrays["guesses"]
    n_hours = int((hours <= np.datetime64(header["watermark"]["last_hour"], "h")).sum())
    if guesses.shape != (n_hours,) or guesses.dtype != np.float64:
        return fresh, np.array([]), "started again: its guesses are not those of its hours"
    return learner, guesses, "went on"


def learn_hours(learner: OnlineLinear, series: HourSeries, earlier: Array) -> tuple[Array, int]:
    """Predict, then learn, every hour after those of ``earlier``; return all guesses and how many are new.

    Hours that are not covered, or miss a feature, are neither guessed nor learned: their guess is NaN.
    """
    start = len(earlier)
    x, counts = series.x[start:], series.counts[start:]
    known = np.isfinite(x).all(axis=1) & np.isfinite(counts)
    guesses = np.full(len(counts), np.nan)
    guesses[known] = learner.learn_many(x[known], counts[known])
    return np.concatenate([earlier, guesses]), int(known.sum())
