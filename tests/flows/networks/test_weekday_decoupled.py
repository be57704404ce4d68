"""Which weekday, by decoupled modules: a planted rhythm is found, none is not, and no scored day is seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flows.networks.result import make_result
from flows.networks.weekday_decoupled import ENOUGH, NETWORK, list_recipes, run_work, walk
from flows.work.materials import Materials
from models.saving import unpack_model
from models.tree import pack
from pipeline.features.day_profile import NAMES


def hush(done: int, of: int | None) -> None:
    pass


def draw_week(n_days: int, *, effect: float, seed: int = 0) -> Any:
    """Counts by day and hour; each weekday has two hours of its own that are busier."""
    rates = np.full((n_days, 24), 1.5)
    weekday = np.arange(n_days) % 7
    for shift in (2, 3):
        rates[np.arange(n_days), 3 * weekday + shift] += effect * 3
    return np.random.default_rng(seed).poisson(rates).astype(np.int64)


@pytest.fixture
def gather(make_subject: Any, home_zone: Any) -> Any:
    return lambda counts, **more: Materials(make_subject(counts, **more), home_zone, lambda: None)  # type: ignore[arg-type, return-value]


@pytest.mark.slow
def test_a_planted_rhythm_is_found_and_told_beside_the_classical_model(gather: Any) -> None:
    told: list[tuple[int, int | None]] = []
    done = run_work(gather(draw_week(490, effect=1.0)), tell=lambda done, of: told.append((done, of)))
    assert done.tried is not None and done.saved is not None
    result = make_result(NETWORK, done)
    assert result.avoided is not None and result.avoided > 0.15 and result.low is not None and result.low > 0
    assert "it finds nothing there" in dict(result.card)["Shuffled labels"]
    assert (result.baseline_name, result.n_scored, result.scored_unit) == ("always Monday", 98, "days")
    saved = unpack_model(done.saved, name="DecoupledNet", version=1, features=NAMES, where="x")
    assert saved.arrays["flat"].dtype == np.float32 and saved.header["hidden"] == [24, 24]
    assert [of for _, of in told] == [told[0][1]] * len(told)
    assert [n for n, _ in told] == sorted(n for n, _ in told) and told[-1][0] == told[-1][1]
    assert run_work(gather(draw_week(490, effect=1.0)), tell=hush).saved == done.saved


@pytest.mark.slow
def test_days_alike_are_not_told_apart(gather: Any) -> None:
    result = make_result(NETWORK, run_work(gather(draw_week(490, effect=0.0)), tell=hush))
    assert result.low is not None and result.low < 0.0005
    assert result.verdict in ("adds nothing", "does worse")


def test_noise_moves_the_weights_elsewhere() -> None:
    rng = np.random.default_rng(0)
    batch = {"x": rng.normal(size=(32, 24)).astype(np.float32), "label": np.arange(32) % 7}

    def move(eta: float) -> Any:
        fresh, _ = list_recipes(0)[0].make().init(np.random.default_rng(0), (24,), dtype=np.float32)
        flat, parameters = pack(fresh, np.float32)
        list(walk(flat, parameters, iter([batch] * 3), 1e-3, 0.3, eta=eta, seed=0))
        return flat

    np.testing.assert_array_equal(move(0.0), move(0.0))
    assert not np.array_equal(move(0.0), move(1e-4))


def test_the_noisy_ways_differ_in_their_noise_alone() -> None:
    walks: Any = [recipe.walk for recipe in list_recipes(3)]
    assert [each.keywords for each in walks] == [{"eta": eta, "seed": 3} for eta in (0.0, 0.0, 1e-4, 1e-4)]


def test_a_small_archive_is_told_what_it_lacks(gather: Any) -> None:
    done = run_work(gather(draw_week(100, effect=1.0)), tell=hush)
    assert (done.too_little, done.saved) == (f"Still learning: 100 of {ENOUGH} covered days.", None)
    sundays = np.arange(6, 400, 7)
    gap = gather(draw_week(400, effect=1.0), gap=sundays)
    assert run_work(gap, tell=hush).too_little == (
        "Still learning: a weekday is missing among the days to learn from."
    )


def test_ways_to_learn_are_named_and_the_estimate_grows_with_the_days(gather: Any) -> None:
    assert [recipe.name for recipe in list_recipes(0)] == [
        "no noise, decay 1", "no noise, decay 0.3", "noise of 0.0001, decay 1", "noise of 0.0001, decay 0.3",
    ]  # fmt: skip
    short, long = (NETWORK.estimate(gather(draw_week(n, effect=1.0))) for n in (200, 400))
    assert long == 2 * short == 2.0
