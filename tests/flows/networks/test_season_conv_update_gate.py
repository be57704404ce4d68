"""Which season, by two looks at a week: planted seasons are found, and what lacks is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flows.networks import season_conv_update_gate
from flows.networks.result import make_result
from flows.networks.season_conv_update_gate import NETWORK, list_recipes, make_net, run_work
from flows.work.materials import Materials
from models.saving import unpack_model
from pipeline.features.week_maps import NAMES

N_DAYS = 5 * 365


def hush(done: int, of: int | None) -> None:
    pass


def draw_seasons(*, effect: float, seed: int = 0) -> Any:
    """Counts by day and hour; in each quarter of the year another part of the day is the busiest."""
    days = np.datetime64("2023-01-02", "D") + np.arange(N_DAYS)
    quarter = (days.astype("datetime64[M]").astype(np.int64) + 1) // 3 % 4
    busy = np.abs(np.arange(24)[None, :] - (4 + 5 * quarter[:, None])) <= 2
    rates = 0.5 * (1 + effect * np.where(busy, 2.0, -0.3))
    return np.random.default_rng(seed).poisson(rates).astype(np.int64)


@pytest.fixture
def gather(make_subject: Any, home_zone: Any) -> Any:
    return lambda counts: Materials(make_subject(counts), home_zone, lambda: None)  # type: ignore[arg-type, return-value]


@pytest.mark.slow
def test_planted_seasons_are_found(gather: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(season_conv_update_gate, "N_EPOCHS", 15)
    monkeypatch.setattr(season_conv_update_gate, "CHANNELS", (2,))
    told: list[int] = []
    done = run_work(gather(draw_seasons(effect=1.0)), tell=lambda done, of: told.append(done))
    result = make_result(NETWORK, done)
    assert result.avoided is not None and result.avoided > 0.3 and result.low is not None and result.low > 0
    assert "Nothing is found there" in dict(result.card)["Shuffled labels"]
    assert result.baseline_name.startswith("always ") and result.scored_unit == "weeks"
    assert done.saved is not None
    saved = unpack_model(done.saved, name="ConvUpdateGate", version=1, features=NAMES, where="x")
    assert saved.arrays["flat"].dtype == np.float32 and saved.header["shape"] == [7, 24, 1]
    assert told == sorted(told)


def test_what_an_archive_lacks_is_said(gather: Any) -> None:
    counts = draw_seasons(effect=1.0)
    for n_days in (3, 40, 400):  # what takes longest is said from the first day on
        lacks = run_work(gather(counts[:n_days]), tell=hush).too_little
        assert lacks is not None and lacks.startswith("Still learning: it takes two of each of the four")


def test_the_net_gives_four_scores_and_its_ways_are_named(gather: Any) -> None:
    assert [recipe.name for recipe in list_recipes()] == ["2 channels", "4 channels"]
    net = make_net(2)
    assert net.init(np.random.default_rng(0), (7, 24, 1))[1] == (4,)
    assert NETWORK.estimate(gather(draw_seasons(effect=0.0))) == pytest.approx(2.0 * N_DAYS / 1000)
