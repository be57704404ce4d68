"""Which season, by VGG-7 and by a ResNet: planted seasons are found, and the files hold whole nets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flows.networks import season_resnet, season_vgg
from flows.networks.result import make_result
from flows.networks.teaching import list_moments, load_taught
from flows.work.classified import square_errors
from flows.work.materials import Materials
from models.parts.normalise import list_running
from models.saving import unpack_model
from models.validation import split_by_time
from pipeline.features.week_maps import NAMES, make_week_maps

N_DAYS = 5 * 365


def draw_seasons(*, seed: int = 0) -> Any:
    """Counts by day and hour; in each quarter of the year another part of the day is the busiest."""
    days = np.datetime64("2023-01-02", "D") + np.arange(N_DAYS)
    quarter = (days.astype("datetime64[M]").astype(np.int64) + 1) // 3 % 4
    busy = np.abs(np.arange(24)[None, :] - (4 + 5 * quarter[:, None])) <= 2
    return np.random.default_rng(seed).poisson(np.where(busy, 1.5, 0.35)).astype(np.int64)


@pytest.fixture
def gather(make_subject: Any, home_zone: Any) -> Any:
    return lambda counts: Materials(make_subject(counts), home_zone, lambda: None)  # type: ignore[arg-type, return-value]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("work", "quicker", "class_name", "n_moments"),
    [
        (season_vgg, {"N_EPOCHS": 20, "CHANNELS": (8,)}, "VGG7", 0),
        (season_resnet, {"N_EPOCHS": 25, "HEADS": {"each place": True}}, "ResNet", 2 * (4 + 8 + 16 + 16)),
    ],
)
def test_planted_seasons_are_found(
    work: Any, quicker: Any, class_name: str, n_moments: int, gather: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in quicker.items():
        monkeypatch.setattr(work, name, value)
    told: list[int] = []
    materials = gather(draw_seasons())
    done = work.run_work(materials, tell=lambda done, of: told.append(done))
    result = make_result(work.NETWORK, done)
    assert result.avoided is not None and result.avoided > 0.3 and result.low is not None and result.low > 0
    assert "Nothing is found there" in dict(result.card)["Shuffled labels"]
    assert result.baseline_name.startswith("always ") and result.scored_unit == "weeks"
    assert told == sorted(told)
    assert done.saved is not None
    saved = unpack_model(done.saved, name=class_name, version=1, features=NAMES, where="x")
    assert saved.arrays["flat"].dtype == np.float32 and saved.header["shape"] == [7, 24, 1]
    assert saved.arrays["moments"].shape == (n_moments,)
    again = load_taught(done.saved, work.HEAD, work.list_recipes(), where="x")
    maps = make_week_maps(materials.subject)
    scored = split_by_time(len(maps.weeks)).test
    errors = square_errors(again.say(maps.x[scored]), maps.season[scored])
    assert done.tried is not None
    np.testing.assert_array_equal(errors, done.tried.network)  # the file answers as the net did


@pytest.mark.parametrize("work", [season_vgg, season_resnet])
def test_what_an_archive_lacks_is_said(work: Any, gather: Any) -> None:
    lacks = work.run_work(gather(draw_seasons()[:400]), tell=lambda done, of: None).too_little
    assert lacks.startswith("Still learning: it takes two of each of the four seasons")


def test_the_ways_to_learn_are_named_and_the_nets_give_four_scores(gather: Any) -> None:
    assert [recipe.name for recipe in season_vgg.list_recipes()] == ["8 channels", "16 channels"]
    heads = ["the mean over all places", "each place"]
    assert [recipe.name for recipe in season_resnet.list_recipes()] == heads
    for recipe in (*season_vgg.list_recipes(), *season_resnet.list_recipes()):
        assert recipe.make().init(np.random.default_rng(0), (7, 24, 1))[1] == (4,)
    for work in (season_vgg, season_resnet):
        assert 0 < work.NETWORK.estimate(gather(draw_seasons())) < 25


def test_the_moments_of_a_net_are_means_and_variances_in_the_order_of_its_parts() -> None:
    net = season_resnet.make_net(by_place=True)
    first, *others = list_running(net)
    rng = np.random.default_rng(0)
    parameters, _ = net.init(rng, (7, 24, 1))
    net(parameters, rng.normal(size=(4, 7, 24, 1)), rng=rng)
    row = list_moments(net)
    np.testing.assert_array_equal(row[:8], [*first.moments.mean, *first.moments.variance])
    assert first.moments.mean.any() and len(others) == 6
    assert list_moments(season_vgg.make_net(8)).shape == (0,)
