"""No feature looks ahead: whatever the days after a cut bring, what was known before it stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.features.clips import make_clips
from pipeline.features.day_profile import make_day_profile
from pipeline.features.day_series import make_day_series
from pipeline.features.evenings import make_evenings
from pipeline.features.hour_series import make_hour_series
from pipeline.features.month_series import make_month_series
from pipeline.features.text import make_text_features
from pipeline.features.week_maps import make_week_maps
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.subject import Subject
from pipeline.settings import FreeSpan

MakeSubject = Callable[..., Subject]
FIRST = np.datetime64("2023-10-05")  # a Thursday
FREE = tuple(
    FreeSpan(date.fromisoformat(first), date.fromisoformat(last))
    for first, last in [
        ("2023-12-20", "2024-01-07"),
        ("2024-04-01", "2024-04-14"),
        ("2024-07-01", "2024-08-31"),
    ]
)
# Which word is which may be told by the texts around it in scripts without spaces; a feature must not.
WORDS = ("paris", "weather", "天气预报", "東京駅", "Straße", "погода", "ประเทศไทย", "1984", "🎉", "l'été")
LATER = ("さくらの花", "とうきょう", "paris", "новый")


class Known(NamedTuple):
    """What a feature says of each time that it has a row for."""

    times: NDArray[np.datetime64]
    values: tuple[NDArray[np.generic], ...]  # (n, …) each


def know_days(subject: Subject, cut: np.datetime64) -> Known:
    profile = make_day_profile(subject)
    seen = profile.days < cut
    return Known(profile.days[seen], (profile.x[seen], profile.counts[seen], profile.weekend[seen]))


def know_hours(subject: Subject, cut: np.datetime64) -> Known:
    series = make_hour_series(subject)
    seen = series.hours <= cut.astype("datetime64[h]")  # a row is made before its hour
    return Known(series.hours[seen], (series.x[seen],))


def know_day_series(subject: Subject, cut: np.datetime64) -> Known:
    series = make_day_series(subject)
    seen = series.days <= cut  # a row is made on the evening before
    return Known(series.days[seen], (series.x[seen],))


def know_evenings(subject: Subject, cut: np.datetime64) -> Known:
    evenings = make_evenings(subject)
    seen = evenings.days < cut
    return Known(
        evenings.days[seen],
        (evenings.hours[seen], evenings.totals[seen], evenings.level[seen], evenings.weekday[seen]),
    )


def know_months(subject: Subject, cut: np.datetime64) -> Known:
    table = count_covered_days(subject)
    series = make_month_series(table.days, table.totals.astype(float))
    seen = series.months < cut.astype("datetime64[M]")
    return Known(series.months[seen], (series.per_day[seen], series.counts[seen]))


def know_weeks(subject: Subject, cut: np.datetime64) -> Known:
    maps = make_week_maps(subject)
    seen = maps.weeks + 8 <= cut  # it ends on a Monday at 04:00, which has to be a covered day
    return Known(maps.weeks[seen], (maps.x[seen], maps.counts[seen], maps.season[seen]))


def know_clips(subject: Subject, cut: np.datetime64) -> Known:
    clips = make_clips(subject)
    seen = clips.weeks + 8 <= cut
    assert clips.holiday is not None
    return Known(clips.weeks[seen], (clips.x[seen], clips.holiday[seen]))


def know_texts(subject: Subject, cut: np.datetime64) -> Known:
    texts = make_text_features(subject.rows, n_columns=64)
    times = subject.rows["local"].to_numpy().astype("datetime64[ms]")[texts.place]
    seen = times < cut
    return Known(times[seen], (texts.x.fill()[seen], texts.product[seen]))


KINDS = {
    "day profile": know_days,
    "hour series": know_hours,
    "day series": know_day_series,
    "evenings": know_evenings,
    "month series": know_months,
    "week maps": know_weeks,
    "clips": know_clips,
    "text": know_texts,
}


def make_archive(
    make_subject: MakeSubject, seed: int, n_days: int, cut: int, *, later: float | None
) -> Subject:
    """Some days, of which a few are not covered; from the day ``cut`` on they are what ``later`` makes them.

    ``later`` multiplies the counts of those days, which are drawn anew, as is their number, and which of them
    are covered; ``None`` leaves them as they are.
    """
    rng = np.random.default_rng(seed)
    days = FIRST + np.arange(n_days)
    counts = rng.poisson(0.15 + 0.3 * rng.random((n_days, 24)))
    covered = rng.random(n_days) > rng.choice([0.0, 0.01])
    words = rng.choice(WORDS, (counts.sum(), 2))
    n_words = int(counts[covered & (np.arange(n_days) < cut)].sum())
    if later is not None:
        other = np.random.default_rng(seed + 1)
        n_more = int(other.integers(1, 40))
        days = FIRST + np.arange(cut + n_more)
        counts = np.concatenate([counts[:cut], other.poisson(later, (n_more, 24))])
        covered = np.concatenate([covered[:cut], other.random(n_more) > 0.2])
        words = np.concatenate([words[:n_words], other.choice(LATER, (counts.sum(), 2))])
    subject = make_subject(days[covered], counts[covered])
    n = len(subject.rows)
    text = pd.Series([" ".join(pair) for pair in words[:n]], dtype="object")
    rows = subject.rows.assign(
        time=subject.rows["local"].dt.tz_localize("UTC"),
        product="search",
        action="searched",
        mark=None,
        text=text,
    )
    return replace(subject, rows=rows, free_days=FREE)


@pytest.mark.parametrize("kind", KINDS)
@given(
    seed=st.integers(0, 10**6),
    n_days=st.integers(40, 460),
    at=st.floats(0.1, 1),
    later=st.sampled_from([0.0, 0.3, 6.0]),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_future_leaves_every_earlier_feature_as_it_was(
    kind: str, make_subject: MakeSubject, seed: int, n_days: int, at: float, later: float
) -> None:
    cut = max(1, int(at * n_days))
    day = FIRST + cut
    before, after = (
        KINDS[kind](make_archive(make_subject, seed, n_days, cut, later=change), day)
        for change in (None, later)
    )
    # Where the archive ends before the cut, it may know of fewer days just before it.
    n = min(len(before.times), len(after.times))
    assert max(len(before.times), len(after.times)) - n <= 24 * 8
    np.testing.assert_array_equal(before.times[:n], after.times[:n])
    for one, other in zip(before.values, after.values, strict=True):
        np.testing.assert_array_equal(one[:n], other[:n])


@pytest.mark.parametrize("kind", KINDS)
def test_the_test_of_looking_ahead_has_something_to_compare(kind: str, make_subject: MakeSubject) -> None:
    known = KINDS[kind](make_archive(make_subject, 0, 460, 420, later=None), FIRST + 420)
    assert len(known.times) >= 10
    values = np.asarray(known.values[0], dtype=float)
    assert np.nanstd(values) > 0
