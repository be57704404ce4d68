"""The next day by recurrent nets: a planted rhythm is found, none is not, and no guess sees its own day."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest

from flows.networks import next_day_nets
from flows.networks.networks import load_network
from flows.networks.next_day_lstm import make_net
from flows.networks.next_day_nets import guess_factors, load_nets, shuffle_days
from flows.networks.next_day_windows import (
    CONTEXT,
    FEATURES,
    WINDOW,
    cut_windows,
    list_starts,
    lose,
    prepare,
)
from flows.networks.result import make_result, weigh
from flows.work.evidence import SHOWN
from flows.work.materials import Materials
from models.check import check_pullback
from models.saving import unpack_model
from models.tree import pack
from pipeline.features.day_series import NAMES, make_day_series

CELLS = ("simple", "update_gate", "intersection", "lstm")


def hush(done: int, of: int | None) -> None:
    pass


def draw_days(n_days: int = 500, *, seed: int = 0, effect: float = 1.0) -> Any:
    """Counts by day and hour whose level wanders, on top of a rhythm of the week."""
    rng = np.random.default_rng(seed)
    wander = np.exp(effect * 0.35 * np.convolve(rng.normal(size=n_days + 5), np.ones(6) / 2, "valid"))
    week = 1 + effect * 0.5 * np.sin(2 * np.pi * np.arange(n_days) / 7)
    return rng.poisson(np.repeat((2.0 * wander * week)[:, None], 24, axis=1)).astype(np.int64)


@pytest.fixture
def gather(make_subject: Any, home_zone: Any) -> Any:
    return lambda counts: Materials(make_subject(counts), home_zone, lambda: None)  # type: ignore[arg-type, return-value]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(next_day_nets, "N_NETS", 2)
    monkeypatch.setattr(next_day_nets, "N_UNITS", 8)


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_a_planted_rhythm_beats_the_best_simple_guess(cell: str, gather: Any, small: None) -> None:
    network = load_network(f"next_day_{cell}")
    told: list[tuple[int, int | None]] = []
    done = network.run(gather(draw_days(1200)), tell=lambda done, of: told.append((done, of)))
    result = make_result(network, done)
    assert result.avoided is not None and result.avoided > 0.2 and result.low is not None and result.low > 0
    assert (result.question, result.n_scored) == ("How many on the next day?", 240)
    assert dict(result.card)["Learned from"].startswith("953 days; ")
    assert [of for _, of in told] == [480] * len(told)
    assert told == sorted(told) and told[-1] == (480, 480)
    assert done.tried is not None
    control = weigh(done.tried, 0).control
    assert control is not None and control.low < SHOWN  # nothing is found in shuffled days
    assert done.saved is not None
    saved = unpack_model(done.saved, name=network.name, version=1, features=FEATURES, where="x")
    assert sorted(saved.arrays) == ["net_0", "net_1", "scale"]
    assert saved.arrays["net_0"].dtype == np.float32 and saved.header["units"] == 8


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS)
def test_where_every_day_is_alike_a_net_adds_nothing(cell: str, gather: Any, small: None) -> None:
    network = load_network(f"next_day_{cell}")
    result = make_result(network, network.run(gather(draw_days(effect=0.0)), tell=hush))
    assert result.verdict in ("nothing seen to add", "does worse")


@pytest.mark.slow
def test_the_same_days_give_the_same_nets_and_no_scored_day_chooses(gather: Any, small: None) -> None:
    network = load_network("next_day_lstm")
    counts = draw_days()
    changed = counts.copy()
    changed[400:] = np.random.default_rng(9).poisson(0.1, (100, 24))
    one, again, other = (network.run(gather(each), tell=hush) for each in (counts, counts, changed))
    assert one.saved == again.saved == other.saved
    assert one.facts == other.facts


@pytest.mark.parametrize("cell", CELLS)
def test_a_short_run_says_what_it_learned(cell: str, gather: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(next_day_nets, "N_NETS", 1)
    network = load_network(f"next_day_{cell}")
    materials = gather(draw_days(300))
    done = network.run(materials, tell=hush, n_epochs=1)  # type: ignore[call-arg]
    assert done.facts is not None and done.tried is not None
    assert (
        done.facts.chosen.startswith("Rate 0.0") and " and 1 epoch; of 2 ways to learn" in done.facts.chosen
    )
    assert (done.facts.label, len(done.tried.days)) == ("the number of searches of the day.", 60)
    assert done.tried.baseline_name and (done.tried.network >= 0).all()
    make = import_module(f"flows.networks.next_day_{cell}").make_net
    assert done.saved is not None
    nets, scale = load_nets(done.saved, network.name, make, where="x")
    series = make_day_series(materials.subject)
    days = prepare(series, next_day_nets.guess_all(series).simple, 240)
    np.testing.assert_array_equal(scale, days.scale)
    errors = next_day_nets.measure_errors(nets, days, np.arange(240, 300))
    np.testing.assert_array_equal(errors, done.tried.network)  # the file answers as the nets did
    assert [one.n_epochs for one in nets] == [1]


def test_nothing_is_measured_on_scored_days_before_all_is_chosen(
    gather: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(next_day_nets, "N_NETS", 1)
    monkeypatch.setattr(next_day_nets, "N_UNITS", 2)
    measure, seen = next_day_nets.measure_errors, []

    def watch(nets: Any, days: Any, rows: Any) -> Any:
        seen.append((rows[0], rows[-1]))
        return measure(nets, days, rows)

    monkeypatch.setattr(next_day_nets, "measure_errors", watch)
    load_network("next_day_simple").run(gather(draw_days(300)), tell=hush, n_epochs=1)  # type: ignore[call-arg]
    once = [*4 * [(180, 239)], (240, 299)]  # two rates, each in one epoch and as a whole; then once
    assert seen == 2 * once  # and the control


def test_shuffled_days_are_known_as_their_order_would_have_it(make_subject: Any) -> None:
    subject = make_subject(draw_days(300))
    series = make_day_series(subject)
    counts = series.counts.copy()
    counts[[40, 41, 270]] = np.nan
    mixed = shuffle_days(series._replace(counts=counts), subject, 0)
    assert np.flatnonzero(np.isnan(mixed.counts)).tolist() == [40, 41, 270]
    np.testing.assert_array_equal(np.sort(mixed.counts), np.sort(counts))
    assert (mixed.counts != counts).mean() > 0.9 and not set(counts[:240]) >= set(mixed.counts[:240])
    column, known = NAMES.index("root_lag_1"), np.isfinite(mixed.x[1:]).all(axis=1)
    np.testing.assert_array_equal(mixed.x[1:, column][known], np.sqrt(mixed.counts[:-1])[known])
    np.testing.assert_array_equal(mixed.x[50:270, :11], series.x[50:270, :11])  # the calendar


def test_the_control_is_weighed_beside_the_mean_of_the_shuffled_days_before(
    gather: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(next_day_nets, "N_NETS", 1)
    materials = gather(draw_days(300))
    mixed = shuffle_days(make_day_series(materials.subject), materials.subject, 0).counts
    done = load_network("next_day_simple").run(materials, tell=hush, n_epochs=1)  # type: ignore[call-arg]
    assert done.tried is not None and done.tried.control is not None
    usual = np.array([mixed[:k].mean() for k in range(240, 300)])
    np.testing.assert_allclose(done.tried.control.baseline, (usual - mixed[240:]) ** 2, rtol=1e-9)
    # After one epoch a net still says about what it began with: the mean of the days before.
    np.testing.assert_allclose(
        done.tried.control.network.mean(), done.tried.control.baseline.mean(), rtol=0.1
    )
    assert done.tried.control[2:] == ("the counts of all days shuffled", "the mean of all days before")


def test_a_small_archive_is_told_what_it_lacks(gather: Any) -> None:
    for n_days in (1, 40, 100):  # what takes longest is said from the first day on
        done = load_network("next_day_lstm").run(gather(draw_days(n_days)), tell=hush)
        noun = "covered day" if n_days == 1 else "covered days"
        assert done.too_little == f"Still learning: {n_days} {noun}; it takes half a year."
        assert done.saved is None
    empty = load_network("next_day_lstm").run(gather(0 * draw_days(300)), tell=hush)
    assert empty.too_little == "Still learning: 0 searches on covered days, 100 are needed."


def test_the_loss_pulls_back_and_a_day_without_weight_says_nothing() -> None:
    rng = np.random.default_rng(0)
    truth = {
        "log_base": rng.normal(size=(2, 3)),
        "target": rng.poisson(3, (2, 3)).astype(float),
        "weight": np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]),
    }
    output = rng.normal(size=(2, 3, 1))
    check_pullback(lambda x: lose(x, **truth), output, rng=rng)
    (d,) = lose(output, **truth)[1](1.0)
    assert (d[..., 0] == 0).tolist() == (truth["weight"] == 0).tolist()
    # The expected count is where the loss is least: there nothing pulls.
    right = np.log(np.maximum(truth["target"], 1e-9))[..., None] - truth["log_base"][..., None]
    np.testing.assert_allclose(lose(right, **truth)[1](1.0)[0], 0, atol=1e-8)
    assert lose(output.astype(np.float32), **truth)[1](1.0)[0].dtype == np.float32


def test_windows_cover_all_days_and_only_their_second_halves_weigh(make_subject: Any) -> None:
    assert list_starts(200, 28).tolist() == [0, 4, 32, 60, 88, 116, 144]
    assert list_starts(WINDOW, 7).tolist() == list_starts(10, 7).tolist() == [0]
    days = prepare(*_series(make_subject, draw_days(300)), 200)
    windows = cut_windows(days, np.array([0, 100]))
    assert windows["x"].shape == (2, WINDOW, len(FEATURES)) and windows["x"].dtype == np.float32
    assert windows["weight"].sum(axis=1).tolist() == [days.known[:WINDOW].sum(), WINDOW - CONTEXT]
    np.testing.assert_allclose(days.x[:200][days.known[:200], :-1].mean(axis=0), 0, atol=1e-5)


def test_a_guess_is_made_before_its_day(make_subject: Any) -> None:
    counts = draw_days(300)
    changed = counts.copy()
    changed[251:] = 0
    net = make_net(4)
    parameters, _ = net.init(np.random.default_rng(0), (WINDOW, len(FEATURES)), dtype=np.float32)
    flat, parameters = pack(parameters, np.float32)
    flat += 0.1
    one, other = (
        guess_factors(net, parameters, prepare(*_series(make_subject, each), 200))
        for each in (counts, changed)
    )
    np.testing.assert_array_equal(one[:252], other[:252])
    assert not np.array_equal(one, other)
    # Day 60 lies in the windows from 20 and from 48: the one that has seen more speaks.
    days = prepare(*_series(make_subject, counts), 200)
    seen = net(parameters, days.x[None, 20 : 20 + WINDOW])[0][0, :, 0]
    np.testing.assert_allclose(one[60], seen[40], rtol=1e-5)


def _series(make_subject: Any, counts: Any) -> tuple[Any, Any]:
    series = make_day_series(make_subject(counts))
    return series, next_day_nets.guess_all(series).simple
