"""Weeks without their chance: halves, eigenweeks, and what an auto-encoder draws of one half."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from flows.networks import week_autoencoder
from flows.networks.hourly_counts import learn_shapes
from flows.networks.result import make_result, weigh
from flows.networks.week_autoencoder import (
    N_CODE,
    N_SCORED,
    N_WATCHED,
    NETWORK,
    choose,
    choose_eigenweeks,
    learn,
    run_control,
    run_work,
)
from flows.networks.week_autoencoder_belief import APART, measure_distances, tell_weeks
from flows.networks.week_autoencoder_halves import (
    Halves,
    deal,
    deal_often,
    draw_by_eigenweeks,
    learn_eigenweeks,
    measure_errors,
)
from flows.work.evidence import SHOWN
from flows.work.materials import Materials
from models.projections.pca import PCA
from models.saving import unpack_model
from models.types import Array
from models.validation import split_by_time

N_WEEKS = 70


@pytest.fixture
def gather(make_subject: Any, home_zone: Any) -> Callable[[Array], Materials]:
    def make(counts: Array) -> Materials:
        return Materials(make_subject(counts), home_zone, lambda: None)  # type: ignore[arg-type, return-value]

    return make


def draw_days(*, moves: float, seed: int = 0) -> Array:
    """Counts (days, 24): a busy stretch of each day, ``moves`` hours later or earlier from week to week."""
    rng = np.random.default_rng(seed)
    middle = 14 + moves * rng.uniform(-1, 1, N_WEEKS).repeat(7)
    rates = 0.2 + 4 * np.exp(-((np.arange(24) - middle[:, None]) ** 2) / 8)
    counts: Array = rng.poisson(rates).astype(np.int64)
    return counts


@pytest.mark.slow
def test_a_clock_that_moves_is_found_in_one_half(
    gather: Callable[[Array], Materials], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(week_autoencoder, "N_EPOCHS", 40)
    told: list[int] = []
    done = run_work(gather(draw_days(moves=5.0)), tell=lambda done, of: told.append(done))
    result = make_result(NETWORK, done)
    assert result.low is not None and result.low > 0.05
    assert (result.baseline_name, result.scored_unit) == ("the mean week", "weeks")
    assert told == sorted(told) and told[-1] == 240
    assert done.tried is not None
    control = weigh(done.tried, 0).control
    assert control is not None and control.low < SHOWN  # nothing is found in halves of other weeks
    assert done.saved is not None and done.facts is not None
    saved = unpack_model(
        done.saved, name="Autoencoder", version=1, features=list(done.facts.features), where="x"
    )
    assert saved.arrays["flat"].dtype == np.float32 and saved.header["n_code"] == N_CODE
    assert "2 ways to learn" in dict(result.card)["Chosen"]
    (belief,) = done.beliefs
    assert len(belief.rows) == 4 * 168 and np.isfinite(np.array(belief.rows, float)).all()


@pytest.mark.slow
def test_weeks_that_differ_by_chance_alone_are_not_told_from_it(
    gather: Callable[[Array], Materials], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(week_autoencoder, "N_EPOCHS", 40)
    result = make_result(NETWORK, run_work(gather(draw_days(moves=0.0)), tell=lambda done, of: None))
    assert result.low is not None and result.low < 0.0005
    assert result.verdict in ("nothing seen to add", "does worse")


def test_the_scored_weeks_change_nothing_of_what_is_learned(
    gather: Callable[[Array], Materials], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(week_autoencoder, "N_EPOCHS", 3)
    monkeypatch.setattr(week_autoencoder, "CHANNELS", ((2, 2, 2),))
    seen: list[Array] = []

    def watch(drawn: Array, other: Array) -> Array:
        seen.append(other)
        return measure_errors(drawn, other)

    monkeypatch.setattr(week_autoencoder, "measure_errors", watch)
    counts = draw_days(moves=5.0).reshape(N_WEEKS, 7, 24)
    split = split_by_time(N_WEEKS)
    shapes = np.ones(counts.shape)
    halves = deal_often(counts, shapes, N_SCORED, np.random.default_rng(0))
    changed = counts.copy()
    changed[split.test] = 9
    one, other = (
        choose(each, shapes, halves, split, seed=0, tell=lambda done, of: None) for each in (counts, changed)
    )
    assert one[:2] == other[:2] and np.array_equal(one[2].flat, other[2].flat)
    assert len(seen) == 6  # three epochs each
    for each in seen:
        np.testing.assert_array_equal(each, halves.other[: 2 * N_WATCHED, split.validation])


def test_the_net_is_taught_to_draw_the_other_half(monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[dict[str, Array]] = []

    def train(objective: Any, flat: Array, p: Any, made: Iterator[dict[str, Array]], **more: Any) -> Any:
        batches.extend(made)
        return iter(())

    monkeypatch.setattr(week_autoencoder, "train", train)
    counts = np.random.default_rng(0).poisson(5.0, size=(8, 7, 24))
    shapes = np.full(counts.shape, 1e6)  # no bursts
    made = learn(counts, shapes, None, (2, 2, 2), 1, seed=0, tell=lambda done, of: None)
    others = 1000 * np.arange(1, 9)[:, None, None] + np.zeros((7, 24), int)
    learn(counts, shapes, None, (2, 2, 2), 1, seed=0, tell=lambda done, of: None, others=others)
    batch, blind = batches
    one, other = (
        np.expm1(batch[name][..., 0].astype(float) * made.spread + made.mean) for name in ("x", "target")
    )
    order = [int(np.abs(counts - week).sum(axis=(1, 2)).argmin()) for week in one + other]
    assert sorted(order) == list(range(8))
    np.testing.assert_allclose(one + other, counts[order], atol=1e-4)  # float32
    assert np.abs(one - other).mean() > 1
    # Asked for halves of others, it is shown its own, and gets those of the same rows.
    asked = np.expm1(blind["target"][..., 0].astype(float) * made.spread + made.mean)
    np.testing.assert_array_equal(blind["x"], batch["x"])
    np.testing.assert_allclose(asked.mean(axis=(1, 2)), 500 * (1 + np.array(order)), rtol=0.02)


def test_the_control_is_asked_for_halves_whose_hours_come_from_other_weeks_of_a_span(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Any] = []

    def choose(weeks: Array, shapes: Array, halves: Halves, *more: Any, others: Array, **named: Any) -> Any:
        seen.append((weeks, halves, others))
        return None, None, SimpleNamespace(draw=lambda shown: 0 * shown)

    def find_shapes(weeks: Array, learned: slice) -> Array:
        assert learned == split.before_test
        return np.full(weeks.shape, 1e6)  # no bursts

    monkeypatch.setattr(week_autoencoder, "choose", choose)
    monkeypatch.setattr(week_autoencoder, "learn_shapes", find_shapes)
    split = split_by_time(N_WEEKS)
    counts = np.arange(N_WEEKS)[:, None, None] * 1000 + np.zeros((7, 24), int)  # each week has its own
    control = run_control(counts, split, seed=0, tell=lambda done, of: None)
    ((weeks, halves, others),) = seen
    order = weeks[:, 0, 0] // 1000
    assert sorted(order) == list(range(N_WEEKS)) and set(order[split.test]) != set(range(56, 70))
    for rows in split:
        np.testing.assert_array_equal(np.sort(others[rows], axis=0), np.sort(weeks[rows], axis=0))
        assert (others[rows] != weeks[rows]).mean() > 0.8 and (others[rows] != others[rows, :1, :1]).any()
    np.testing.assert_allclose(np.expm1(halves.shown).mean(axis=(0, 2, 3)), 500 * order, rtol=0.01)
    np.testing.assert_allclose(np.expm1(halves.other).mean(axis=0), others / 2, rtol=0.2)
    usual = halves.other[:, split.before_test].mean(axis=(0, 1))
    scored = halves.other[:, split.test]
    np.testing.assert_allclose(control.network, (scored**2).mean(axis=(0, 2, 3)), rtol=1e-12)
    np.testing.assert_allclose(control.baseline, ((scored - usual) ** 2).mean(axis=(0, 2, 3)), rtol=1e-12)


def test_who_is_asked_for_other_weeks_is_taught_by_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Array, Array]] = []

    def learn(counts: Array, *more: Any, others: Array, **named: Any) -> Any:
        asked.append((counts, others))
        return SimpleNamespace(measures=[1.0])

    monkeypatch.setattr(week_autoencoder, "learn", learn)
    counts, split = np.arange(N_WEEKS), split_by_time(N_WEEKS)
    halves = Halves(np.zeros((4, N_WEEKS)), np.zeros((4, N_WEEKS)))
    choose(counts, counts, halves, split, seed=0, tell=lambda done, of: None, others=-counts)
    assert [list(own) for own, _ in asked] == [list(range(n)) for n in (42, 42, 56)]
    assert [list(others) for _, others in asked] == [[-k for k in range(n)] for n in (42, 42, 56)]


def test_too_few_weeks_are_said_in_words(gather: Callable[[Array], Materials]) -> None:
    done = run_work(gather(draw_days(moves=0.0)[: 7 * 30]), tell=lambda done, of: None)
    assert done.too_little is not None
    assert re.fullmatch(
        r"Still learning: it takes 52 whole weeks to tell them from chance; there are \d+\.", done.too_little
    )


def test_every_search_falls_into_one_half_or_the_other() -> None:
    counts = np.random.default_rng(0).poisson(5.0, size=(20, 7, 24))
    shapes = np.full(counts.shape, 1e6)  # no bursts
    one, other = deal(counts, shapes, np.random.default_rng(1))
    np.testing.assert_allclose(np.expm1(one) + np.expm1(other), counts, atol=1e-9)
    share = np.expm1(one).sum() / counts.sum()
    assert share == pytest.approx(0.5, abs=5 * 0.5 / np.sqrt(counts.sum()))  # five standard errors
    halves = deal_often(counts, shapes, 2, np.random.default_rng(1))
    assert halves.shown.shape == (4, 20, 7, 24)
    np.testing.assert_array_equal(halves.shown[0], one)
    np.testing.assert_array_equal(halves.shown[[0, 2]], halves.other[[1, 3]])
    np.testing.assert_array_equal(halves.shown[[1, 3]], halves.other[[0, 2]])


@pytest.mark.parametrize("slope", [0.0, 1.0])  # one shape for all hours; a shape as large as the mean is
def test_the_halves_of_weeks_that_come_in_bursts_are_independent(slope: float) -> None:
    """Halves by the toss of a coin have a correlation of two thirds here; 0 within five standard errors."""
    rng = np.random.default_rng(0)
    rates = np.broadcast_to(np.outer(np.ones(7), np.linspace(0.5, 3, 24)), (400, 7, 24))
    shapes = 0.3 * rates**slope
    counts = rng.negative_binomial(shapes, shapes / (shapes + rates))
    found = learn_shapes(counts, slice(300))
    assert np.log(found / shapes).mean() == pytest.approx(0, abs=0.1)
    for given, least in ((found, 0.02), (shapes, 0.0)):
        one, other = (np.expm1(half) for half in deal(counts, given, rng))
        np.testing.assert_allclose(one + other, counts, atol=1e-9)
        together = ((one - rates / 2) * (other - rates / 2)).ravel()
        alike = together.mean() / ((one - rates / 2) ** 2).mean()
        assert (
            abs(alike) < least + 5 * together.std() / len(together) ** 0.5 / ((one - rates / 2) ** 2).mean()
        )


def test_eigenweeks_are_the_models_principal_components_shrunk_by_what_halves_share() -> None:
    rng = np.random.default_rng(0)
    shown = rng.normal(size=(4, 30, 7, 24))
    model = learn_eigenweeks(Halves(shown, 0.5 * shown), 3)
    pca = PCA(3).fit(shown.reshape(-1, 168))
    np.testing.assert_allclose(np.abs((model.axes * pca.axes_).sum(axis=1)), 1, rtol=1e-9)
    np.testing.assert_allclose(model.mean, pca.mean_, atol=1e-12)
    drawn = draw_by_eigenweeks(model, shown)
    kept = pca.inverse_transform(pca.transform(shown.reshape(-1, 168)))
    others = 0.5 * (shown.reshape(-1, 168) - pca.mean_) @ pca.axes_.T
    np.testing.assert_allclose(drawn.reshape(-1, 168), pca.mean_ + others @ pca.axes_, atol=1e-9)
    assert not np.allclose(drawn.reshape(-1, 168), kept)
    np.testing.assert_allclose(model.kept, 0.5, rtol=1e-9)


def test_an_error_is_the_mean_square_over_deals_and_hours() -> None:
    other = np.zeros((2, 3, 7, 24))
    drawn = other.copy()
    drawn[0, 1] = 2.0
    assert measure_errors(drawn, other).tolist() == [0.0, 2.0, 0.0]


def test_the_usual_week_lies_in_the_middle_and_far_ones_lie_apart_in_time() -> None:
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(60, 3)) * [1.0, 10.0, 0.1]
    codes[20:23, 0] = [9, 8.5, 8]
    codes[40, 1], codes[50, 2] = 70, 0.6
    codes[10] = codes.mean(axis=0)
    days = np.datetime64("2023-01-02", "D") + 7 * np.arange(60)
    came = rng.normal(size=(60, 7, 24))
    belief = tell_weeks(days, codes, came, 0.5 * came, days[[20, 21]])
    table = np.array(belief.rows, dtype=float).reshape(4, 168, 6)
    weeks = (table[:, 0, 1] - days[0].astype(int)) / 7
    assert weeks[0] == 10 and set(weeks[1:].tolist()) == {20.0, 40.0, 50.0}
    assert (np.abs(np.subtract.outer(weeks[1:], weeks[1:]))[np.triu_indices(3, 1)] * 7 >= APART).all()
    assert table[:, 0, 0].tolist() == [0, 1, 2, 3] and table[0, 0, 3] == 4  # rows begin at 04:00
    np.testing.assert_allclose(table[..., 5], 0.5 * table[..., 4], atol=1e-4)
    assert belief.deck.endswith(" names 2 weeks, one of these three among them.")
    one = tell_weeks(days, codes, came, came, days[[30]])
    assert one.deck.endswith(" names 1 week, none of these three among them.")
    assert tell_weeks(days, codes, came, came, days[:0]).deck.endswith(" of unusual weeks names none.")
    flat = measure_distances(np.c_[codes, np.zeros(60)])  # a number that never varies
    np.testing.assert_allclose(flat, measure_distances(codes), rtol=1e-3)  # the ridge's


def test_an_archive_of_almost_nothing_says_so(gather: Callable[[Array], Materials]) -> None:
    counts = np.zeros((7 * N_WEEKS, 24), np.int64)
    counts[::9, 20] = 1
    done = run_work(gather(counts), tell=lambda done, of: None)
    assert done.too_little is not None
    assert re.fullmatch(r"Still learning: \d\d searches on covered days, 100 are needed\.", done.too_little)


def test_eigenweeks_are_chosen_by_the_validation_span_and_learned_from_no_scored_week(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(168, 8)))[0].T
    scores = rng.normal(size=(N_WEEKS, 8)) * [20, 19, 18, 17, 9, 8, 7, 6]
    split, taught = split_by_time(N_WEEKS), []
    turned = scores.copy()
    turned[split.validation, 4:] *= -1  # there, the halves share the first four alone
    halves = Halves(*(np.tile((each @ axes).reshape(-1, 7, 24), (4, 1, 1, 1)) for each in (scores, turned)))

    def watch(learned: Halves, n_axes: int) -> Any:
        taught.append((learned, n_axes))
        return learn_eigenweeks(learned, n_axes)

    monkeypatch.setattr(week_autoencoder, "learn_eigenweeks", watch)
    assert len(choose_eigenweeks(halves, split).axes) == 4
    assert [n_axes for _, n_axes in taught] == [2, 4, 8, 4]
    for (learned, _), n in zip(taught, (42, 42, 42, 56), strict=True):
        np.testing.assert_array_equal(learned, np.stack(halves)[:, :, :n])


def test_the_shapes_that_weeks_are_dealt_by_are_learned_before_the_scored_ones(
    gather: Callable[[Array], Materials], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, slice]] = []

    def watch(counts: Array, learned: slice) -> Array:
        seen.append((len(counts), learned))
        return learn_shapes(counts, learned)

    monkeypatch.setattr(week_autoencoder, "learn_shapes", watch)
    monkeypatch.setattr(week_autoencoder, "N_EPOCHS", 1)
    monkeypatch.setattr(week_autoencoder, "CHANNELS", ((2, 2, 2),))
    run_work(gather(draw_days(moves=0.0)), tell=lambda done, of: None)
    assert seen == 2 * [(69, slice(0, 55))]  # the last week is not whole; for the net, for its control
