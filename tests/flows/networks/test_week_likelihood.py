"""How usual was each week: what hours owe to the hours before is found, where there is any."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pytest
import scipy.stats

from flows.networks import week_likelihood
from flows.networks.hourly_counts import (
    DRAWN,
    learn_hourly,
    learn_log_linear,
    measure_both,
    measure_levels,
    measure_log_linear,
    score_hours,
)
from flows.networks.result import make_result, weigh
from flows.networks.week_likelihood import (
    NETWORK,
    Weeks,
    make_context,
    measure_classical,
    run_control,
    run_work,
)
from flows.networks.week_likelihood_belief import tell_surprise
from flows.work.evidence import SHOWN
from flows.work.materials import Materials
from models.saving import unpack_model
from models.systems.spatial_counts import measure_surprise
from models.types import Array
from models.validation import split_by_time

N_WEEKS = 60
MONDAY = np.datetime64("2023-01-02", "D")


@pytest.fixture
def gather(make_subject: Any, home_zone: Any) -> Callable[[Array], Materials]:
    def make(counts: Array) -> Materials:
        return Materials(make_subject(counts), home_zone, lambda: None)  # type: ignore[arg-type, return-value]

    return make


def draw_days(*, lasting: float, back: int = 1, seed: int = 0) -> Array:
    """Counts (days, 24): an hour is busy or not; ``lasting``: how surely it is as that ``back`` hours ago."""
    rng = np.random.default_rng(seed)
    n_hours = 24 * 7 * N_WEEKS
    turns = np.where(rng.random(n_hours) < lasting, 1, rng.integers(0, 2, n_hours) * 2 - 1)
    busy = rng.random(n_hours) < 0.5
    for k in range(back, n_hours):  # a turn of 1 keeps the state; otherwise a new one is drawn
        if turns[k] == 1 and lasting:
            busy[k] = busy[k - back]
    counts: Array = rng.poisson(np.where(busy, 4.0, 0.3)).reshape(-1, 24).astype(np.int64)
    return counts


@pytest.mark.slow
def test_what_an_hour_owes_to_one_that_is_no_neighbour_is_found(
    gather: Callable[[Array], Materials], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(week_likelihood, "N_EPOCHS", 25)
    told: list[int] = []
    done = run_work(gather(draw_days(lasting=0.7, back=2)), tell=lambda done, of: told.append(done))
    result = make_result(NETWORK, done)
    assert result.beside is not None and result.verdict in ("adds clearly", "adds a little")
    assert result.beside.adds_low > 0.02 and done.tried is not None
    assert (result.baseline_name, result.scored_unit) == ("hourly Poisson", "weeks")
    assert result.model_score_text.endswith(" nats a week")
    assert told == sorted(told) and told[-1] == 150
    control = weigh(done.tried, 0).control
    assert control is not None and control.low < SHOWN  # nothing is found in hours of other weeks
    assert done.saved is not None and done.facts is not None
    saved = unpack_model(
        done.saved, name="SpatialCounts", version=1, features=list(done.facts.features), where="x"
    )
    assert saved.arrays["log_profile"].shape == (7, 24)
    assert saved.arrays["lstm.weight"].shape[1] == 5 * saved.header["n_units"]
    card = dict(result.card)
    assert re.fullmatch(r"(8|16) units, \d+ epochs; of 2 ways to learn the one .*", card["Chosen"])


@pytest.mark.slow
def test_hours_without_a_memory_are_not_said_to_have_one(gather: Callable[[Array], Materials]) -> None:
    rng = np.random.default_rng(1)
    counts = rng.negative_binomial(0.8, 0.4, size=(7 * N_WEEKS, 24)).astype(np.int64)
    result = make_result(NETWORK, run_work(gather(counts), tell=lambda done, of: None))
    assert result.beside is not None and result.beside.adds_low < 0.0005
    assert result.verdict in ("nothing seen to add", "does worse")
    surprise = np.array([row[1] for row in result.beliefs[0].rows])
    assert abs(surprise.mean()) < 0.5 and 0.7 < surprise.std() < 1.4


def test_the_scored_weeks_change_nothing_of_what_is_learned(
    gather: Callable[[Array], Materials], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(week_likelihood, "N_EPOCHS", 3)
    monkeypatch.setattr(week_likelihood, "UNITS", (2,))
    monkeypatch.setattr(week_likelihood, "measure_surprise", partial(measure_surprise, n_draws=2))  # quick
    read, seen = week_likelihood.read_weeks, []

    def watch(made: Any, weeks: Any) -> Any:
        seen.append((weeks.days[0], weeks.days[-1]))
        return read(made, weeks)

    monkeypatch.setattr(week_likelihood, "read_weeks", watch)
    counts = draw_days(lasting=0.7)
    changed = counts.copy()
    changed[-84:] = 9 * (np.arange(24) % 2)
    one, other = (run_work(gather(each), tell=lambda done, of: None) for each in (counts, changed))
    assert one.saved == other.saved and one.facts == other.facts
    # The last week ends at 04:00 after the last day, so it is not whole: of 59 weeks 12 are scored.
    choosing, last, end = (MONDAY + 7 * n for n in (35, 46, 58))
    scored = MONDAY + 7 * 47
    net = [*3 * [(choosing, last)], (MONDAY, end)]  # after each epoch; then all weeks
    control = [*3 * [(choosing, last)], (scored, end)]
    assert seen == 2 * [*net, *control]


def test_too_few_weeks_are_said_in_words(gather: Callable[[Array], Materials]) -> None:
    done = run_work(gather(draw_days(lasting=0.0)[: 7 * 30]), tell=lambda done, of: None)
    assert done.too_little is not None
    assert re.fullmatch(
        r"Still learning: it takes 52 whole weeks to tell usual ones; there are \d+\.", done.too_little
    )
    assert make_result(NETWORK, done).too_little == done.too_little


def test_a_week_s_level_is_told_by_the_weeks_before_it_alone() -> None:
    counts = np.random.default_rng(0).poisson(2.0, size=(60, 7, 24))
    levels = measure_levels(counts)
    assert levels[1] == counts[0].mean()
    assert levels[59] == pytest.approx(counts[7:59].mean(), rel=1e-12)
    moved = counts.copy()
    moved[30:] += 5
    np.testing.assert_array_equal(measure_levels(moved)[:31], levels[:31])
    assert measure_levels(np.zeros((3, 7, 24), int)).tolist() == [0.5 / 168] * 3


@pytest.mark.parametrize("slope", [0.0, 1.0])  # one shape for all hours; a variance of 1.67 times the mean
def test_the_hourly_distributions_are_scipys_and_find_what_made_the_counts(slope: float) -> None:
    """200 weeks of negative binomials of shapes 1.5 μᵇ: a and b are found to a tenth."""
    rng = np.random.default_rng(0)
    rates = np.outer(np.linspace(1, 2, 7), np.linspace(0.5, 3, 24))
    shapes = 1.5 * rates**slope
    counts = rng.poisson(rates * rng.gamma(shapes, size=(200, 7, 24)) / shapes)
    levels = np.full(200, counts.mean())
    hourly = learn_hourly(counts, levels)
    assert np.exp(hourly.log_profile).mean() == pytest.approx(1, rel=1e-3)
    assert np.exp(hourly.log_shape) == pytest.approx(1.5, rel=0.1)
    assert hourly.slope == pytest.approx(slope, abs=0.1)
    np.testing.assert_allclose(np.exp(hourly.log_profile), rates / rates.mean(), rtol=0.35)
    poisson, binomial = measure_both(hourly, counts[:3], levels[:3])
    mean = np.exp(hourly.log_profile) * levels[:3, None, None]
    shape = np.exp(hourly.log_shape) * mean**hourly.slope
    right = -scipy.stats.poisson.logpmf(counts[:3], mean).sum(axis=(1, 2))
    np.testing.assert_allclose(poisson, right, rtol=1e-10)
    right = -scipy.stats.nbinom.logpmf(counts[:3], shape, shape / (shape + mean)).sum(axis=(1, 2))
    np.testing.assert_allclose(binomial, right, rtol=1e-10)


def test_an_archive_without_counts_has_a_flat_week_and_no_infinities() -> None:
    hourly = learn_hourly(np.zeros((10, 7, 24), int), np.full(10, 0.5 / 168))
    assert np.isfinite(score_hours(hourly, np.full(10, 0.5 / 168))).all()
    np.testing.assert_allclose(hourly.log_profile, np.log(DRAWN / (10 + DRAWN)), rtol=1e-10)


def test_the_context_knows_the_clock_and_the_weekend() -> None:
    hourly = learn_hourly(np.ones((10, 7, 24), int), np.ones(10))
    context = make_context(hourly, (4, 5))
    assert context.shape == (7, 24, 6)
    np.testing.assert_allclose(context[:, 20, 1:5], [[0, 1, 0, 1]] * 7, atol=1e-12)  # 04:00 and 20 hours
    assert context[:, 0, 5].tolist() == [0, 0, 0, 0, 1, 1, 0]


def test_far_weeks_are_counted_in_words() -> None:
    days = MONDAY + 7 * np.arange(5)
    belief = tell_surprise(days, np.array([0.5, -4.25, 3.5, -2.0, 1.0]), 3)
    assert belief.headline == "Two of 5 weeks were far from what their hours foretold"
    assert "Highest 3.5 spreads, lowest −4.2; 2 weeks beyond 3." in belief.alt
    assert [row[2] for row in belief.rows] == [0, 1, 1, 0, 0]
    assert [row[3] for row in belief.rows] == [1, 1, 1, 0, 0]
    assert belief.deck.replace("\u00a0", " ").endswith(
        "strong: those from 23 Jan 2023 on, which it had not seen."
    )
    assert belief.columns == ("week", "surprise", "far", "learned")
    assert np.datetime64(int(belief.rows[0][0] or 0), "D") == np.datetime64(date(2023, 1, 2))
    one = tell_surprise(days, np.array([0.5, -4.25, 2.5, -2.0, 1.0]), 3)
    assert one.headline == "One of 5 weeks was far from what its hours foretold"
    none = tell_surprise(days, np.zeros(5), 3)
    assert none.headline == "None of 5 weeks was far from what its hours foretold"


def test_an_archive_of_almost_nothing_says_so(gather: Callable[[Array], Materials]) -> None:
    counts = np.zeros((7 * N_WEEKS, 24), np.int64)
    counts[::9, 20] = 1
    done = run_work(gather(counts), tell=lambda done, of: None)
    assert done.too_little == "Still learning: 46 searches on covered days, 100 are needed."


def test_counts_without_bursts_are_as_likely_by_either_distribution() -> None:
    counts = np.random.default_rng(0).poisson(3000, size=(60, 7, 24))
    levels = np.full(60, 3000.0)
    poisson, binomial = measure_both(learn_hourly(counts, levels), counts, levels)
    assert abs(float((binomial - poisson).mean())) < 0.5  # nats of about 900 a week


def test_the_control_is_weighed_on_hours_that_each_come_from_another_week(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(week_likelihood, "N_EPOCHS", 1)
    monkeypatch.setattr(week_likelihood, "UNITS", (2,))
    read: list[Any] = []
    read_weeks = week_likelihood.read_weeks

    def watch(made: Any, weeks: Any) -> Any:
        read.append((made, weeks))
        return read_weeks(made, weeks)

    monkeypatch.setattr(week_likelihood, "read_weeks", watch)
    counts = np.arange(168 * N_WEEKS).reshape(N_WEEKS, 7, 24) % 17  # one hour's counts are all of 0 to 16
    weeks = Weeks(MONDAY + 7 * np.arange(N_WEEKS), counts, measure_levels(counts))
    split = split_by_time(N_WEEKS)
    control = run_control(weeks, split, (5, 6), seed=0, tell=lambda done, of: None)
    held, (made, scored) = read[0][1], read[-1]
    assert [held.days[0], held.days[-1], scored.days[0]] == [weeks.days[36], weeks.days[47], weeks.days[48]]
    assert set(scored.counts[:, 0, 0]) <= set(counts[:, 0, 0])
    week, other = scored.counts[3].ravel(), counts[51].ravel()
    assert (week != other).mean() > 0.8
    assert control.network.tolist() == read_weeks(made, scored)[0].sum(axis=(1, 2)).tolist()
    _, binomial = measure_both(made.hourly, scored.counts, scored.levels)
    assert control.baseline.tolist() == binomial.tolist()
    assert control[2:] == ("each hour’s counts shuffled among all weeks", "the hourly negative binomial")


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_the_log_linear_model_lies_where_scipys_nats_are_least(l2: float) -> None:
    """The slopes of mean nats and penalty, by differences of 1e-4: 0 to 1e-4, as L-BFGS ends at 1e-5."""
    rng = np.random.default_rng(0)
    x, offset = rng.normal(size=(8, 7, 24, 2)), rng.normal(size=(8, 7, 24, 2)) / 4
    shape, mean = np.exp(offset[..., 1] + 0.3), np.exp(offset[..., 0] + x @ [0.5, -0.2])
    counts = rng.negative_binomial(shape, shape / (shape + mean))
    found = learn_log_linear(counts, offset, x, l2)
    assert found.shape == (3, 2)

    def measure(weights: Array) -> Array:
        log_mean, log_shape = np.moveaxis(offset + weights[0] + x @ weights[1:], -1, 0)
        r = np.exp(log_shape)
        nats: Array = -scipy.stats.nbinom.logpmf(counts, r, r / (r + np.exp(log_mean)))
        return nats

    def rise(weights: Array) -> float:
        return float(measure(weights).mean() + 0.5 * l2 * (weights[1:] ** 2).sum())

    steps = 1e-4 * np.eye(6).reshape(6, 3, 2)
    slopes = [(rise(found + step) - rise(found - step)) / 2e-4 for step in steps]
    np.testing.assert_allclose(slopes, 0, atol=1e-4)
    right = measure(found).sum(axis=(1, 2))
    np.testing.assert_allclose(measure_log_linear(found, counts, offset, x), right, rtol=1e-10)


def test_the_classical_model_tells_an_hour_by_the_one_before_and_is_taught_no_scored_week(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taught: list[tuple[Array, float]] = []

    def watch(counts: Array, offset: Array, x: Array, l2: float) -> Array:
        taught.append((counts, l2))
        return learn_log_linear(counts, offset, x, l2)

    monkeypatch.setattr(week_likelihood, "learn_log_linear", watch)
    counts = draw_days(lasting=0.7).reshape(N_WEEKS, 7, 24)
    weeks, split = Weeks(MONDAY + 7 * np.arange(N_WEEKS), counts, measure_levels(counts)), split_by_time(60)
    nats = measure_classical(weeks, split, (5, 6))
    before, test = weeks.take(split.before_test), weeks.take(split.test)
    hourly = learn_hourly(before.counts, before.levels)
    assert nats.mean() < 0.95 * measure_both(hourly, test.counts, test.levels)[1].mean()
    assert [len(each) for each, _ in taught] == [36, 36, 36, 48]
    assert [l2 for _, l2 in taught[:3]] == [1e-3, 1e-2, 1e-1] and taught[3][1] in (1e-3, 1e-2, 1e-1)
    for each, _ in taught:
        np.testing.assert_array_equal(each, counts[: len(each)])
