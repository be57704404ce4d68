"""Term or holiday, by a decoupled convolutional LSTM: planted holidays are found, and what lacks is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from flows.networks import holiday_conv_lstm
from flows.networks.holiday_conv_lstm import NETWORK, list_recipes, run_work, walk
from flows.networks.result import make_result
from flows.work.materials import Materials
from flows.work.term_or_holiday import NO_FREE_DAYS
from models.objective import list_weights
from models.optimizers import with_shrinking
from models.saving import unpack_model
from models.tree import pack
from models.types import Array, Tree
from pipeline.features.clips import NAMES
from pipeline.settings import FreeSpan

N_DAYS = 4 * 365
SPANS = tuple(
    FreeSpan(date(2023, 1, 2) + timedelta(k), date(2023, 1, 2) + timedelta(k + 13))
    for k in range(56, N_DAYS - 14, 56)
)


def hush(done: int, of: int | None) -> None:
    pass


def draw_holidays(*, effect: float, seed: int = 0) -> Any:
    """Counts by day and hour; in the holidays mornings are empty and evenings full."""
    days = np.datetime64("2023-01-02", "D") + np.arange(N_DAYS)
    free = np.zeros(N_DAYS, dtype=bool)
    for first, last in SPANS:
        free |= (days >= np.datetime64(first)) & (days <= np.datetime64(last))
    later = np.where(np.arange(24) < 14, -1.0, 1.0)
    rates = 0.8 * (1 + effect * np.where(free[:, None], later, -later))
    return np.random.default_rng(seed).poisson(rates).astype(np.int64)


@pytest.fixture
def gather(make_subject: Any, home_zone: Any) -> Callable[..., Materials]:
    def make(counts: Any, spans: tuple[FreeSpan, ...] = SPANS, planted: tuple[FreeSpan, ...] = ()) -> Any:
        subject = replace(make_subject(counts), free_days=spans)
        return Materials(subject, home_zone, lambda: None, planted)  # type: ignore[arg-type, return-value]

    return make


@pytest.mark.slow
def test_planted_holidays_are_found(
    gather: Callable[..., Materials], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holiday_conv_lstm, "N_EPOCHS", 15)
    monkeypatch.setattr(holiday_conv_lstm, "CHANNELS", (2,))
    told: list[int] = []
    done = run_work(gather(draw_holidays(effect=0.5)), tell=lambda done, of: told.append(done))
    result = make_result(NETWORK, done)
    assert result.avoided is not None and result.avoided > 0.3 and result.low is not None and result.low > 0
    assert (result.baseline_name, result.scored_unit) == ("always term", "weeks")
    card = dict(result.card)
    assert "Nothing is found there" in card["Shuffled labels"]
    assert "free days of your settings" in card["Says"] and "when a home stands empty" in card["Not for"]
    assert done.saved is not None
    saved = unpack_model(done.saved, name="DecoupledClips", version=1, features=NAMES, where="x")
    assert saved.arrays["flat"].dtype == np.float32 and saved.header["shape"] == [3, 7, 24, 1]
    assert told == sorted(told)


@pytest.mark.slow
def test_holidays_like_any_week_are_not_found_and_the_samples_own_are_named(
    gather: Callable[..., Materials], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holiday_conv_lstm, "CHANNELS", (2,))
    monkeypatch.setattr(holiday_conv_lstm, "N_EPOCHS", 6)
    done = run_work(gather(draw_holidays(effect=0.0), spans=(), planted=SPANS), tell=hush)
    result = make_result(NETWORK, done)
    assert result.low is not None and result.low < 0.0005
    assert "planted in the sample" in dict(result.card)["Says"]


def test_the_weights_of_cell_and_head_are_drawn_to_0_and_those_of_the_interfaces_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shrunk: list[Array] = []

    def watch(optimizer: Any, weights: Any, *, l1: float, l2: float) -> Any:
        assert (l1, l2) == (0.0, 0.75)
        shrunk.extend(weights)
        return with_shrinking(optimizer, weights, l1=l1, l2=l2)

    monkeypatch.setattr(holiday_conv_lstm, "with_shrinking", watch)
    rng, net = np.random.default_rng(0), list_recipes()[0].make()
    fresh: Tree = net.init(rng, (3, 7, 24, 1), dtype=np.float32)[0]
    flat, parameters = pack(fresh, np.float32)
    batch = {"x": rng.normal(size=(2, 3, 7, 24, 1)).astype(np.float32), "label": np.array([0, 1])}
    assert len(list(walk(flat, parameters, iter([batch]), 1e-3, 0.75))) == 1
    wanted = list_weights((parameters.cell, parameters.head))
    assert len(shrunk) == len(wanted) > 1
    assert all(sum(np.shares_memory(one, weight) for one in shrunk) == 1 for weight in wanted)


def test_what_an_archive_lacks_is_said(gather: Callable[..., Materials]) -> None:
    counts = draw_holidays(effect=0.5)
    assert run_work(gather(counts, spans=()), tell=hush).too_little == NO_FREE_DAYS
    assert run_work(gather(counts[:400]), tell=hush).too_little == (
        "Still learning: 11 of 16 weeks to score by."
    )
    assert run_work(gather(counts[:30]), tell=hush).too_little == "Still learning: 30 of 56 covered days."


def test_ways_to_learn_are_named_and_the_estimate_grows_with_the_days(
    gather: Callable[..., Materials],
) -> None:
    assert [recipe.name for recipe in list_recipes()] == ["2 channels", "4 channels"]
    counts = draw_holidays(effect=0.5)
    assert NETWORK.estimate(gather(counts)) == pytest.approx(7.0 * N_DAYS / 1000)
    assert NETWORK.estimate(gather(counts, spans=(), planted=SPANS)) == pytest.approx(7.0 * N_DAYS / 1000)
    assert NETWORK.estimate(gather(counts, spans=())) == 0.0  # so it says at once that it lacks free days
