"""Which weekday, by each of its nets: a planted rhythm is found, none is not, and no scored day is seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flows.networks import weekday_decoupled, weekday_highway
from flows.networks.result import make_result
from flows.networks.teaching import load_taught
from flows.networks.weekdays import ENOUGH
from flows.work.classified import square_errors
from flows.work.materials import Materials
from flows.work.weekday_result import list_weekdays
from pipeline.features.day_profile import make_day_profile

each_net = pytest.mark.parametrize("work", [weekday_highway, weekday_decoupled], ids=["highway", "decoupled"])


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
@pytest.mark.parametrize(
    ("work", "recipes"),
    [
        (weekday_highway, weekday_highway.list_recipes()),
        (weekday_decoupled, weekday_decoupled.list_recipes(0)),
    ],
)
def test_a_planted_rhythm_is_found_and_told_beside_the_classical_model(
    work: Any, recipes: Any, gather: Any
) -> None:
    told: list[tuple[int, int | None]] = []
    materials = gather(draw_week(490, effect=1.0))
    done = work.run_work(materials, tell=lambda done, of: told.append((done, of)))
    assert done.tried is not None and done.saved is not None
    result = make_result(work.NETWORK, done)
    assert result.avoided is not None and result.avoided > 0.15 and result.low is not None and result.low > 0
    assert "Nothing is found there" in dict(result.card)["Shuffled labels"]
    assert (result.baseline_name, result.n_scored, result.scored_unit) == ("always Monday", 98, "days")
    again = load_taught(done.saved, work.HEAD, recipes, where="x")
    profile = make_day_profile(materials.subject)
    errors = square_errors(again.say(profile.x[-98:]), list_weekdays(profile)[-98:])
    np.testing.assert_array_equal(errors, done.tried.network)  # the file answers as the net did
    assert [of for _, of in told] == [told[0][1]] * len(told)
    assert [n for n, _ in told] == sorted(n for n, _ in told) and told[-1][0] == told[-1][1]
    assert work.run_work(gather(draw_week(490, effect=1.0)), tell=hush).saved == done.saved


@pytest.mark.slow
def test_the_scored_days_change_nothing_of_what_is_learned(gather: Any) -> None:
    counts = draw_week(490, effect=1.0)
    others = counts.copy()
    others[-98:] = draw_week(98, effect=0.0, seed=5)
    first, second = (weekday_highway.run_work(gather(each), tell=hush) for each in (counts, others))
    assert first.saved == second.saved


@pytest.mark.slow
@each_net
def test_days_alike_are_not_told_apart(work: Any, gather: Any) -> None:
    result = make_result(work.NETWORK, work.run_work(gather(draw_week(490, effect=0.0)), tell=hush))
    assert result.low is not None and result.low < 0.0005
    assert result.verdict in ("nothing seen to add", "does worse")


@each_net
def test_a_small_archive_is_told_what_it_lacks(work: Any, gather: Any) -> None:
    done = work.run_work(gather(draw_week(100, effect=1.0)), tell=hush)
    assert (done.too_little, done.saved) == (f"Still learning: 100 of {ENOUGH} covered days.", None)
    sundays = np.arange(6, 400, 7)
    gap = gather(draw_week(400, effect=1.0), gap=sundays)
    assert work.run_work(gap, tell=hush).too_little == (
        "Still learning: a weekday is missing among the days to learn from."
    )


@each_net
def test_the_estimate_grows_with_the_days(work: Any, gather: Any) -> None:
    short, long = (work.NETWORK.estimate(gather(draw_week(n, effect=1.0))) for n in (200, 400))
    assert long == 2 * short == 2.0
