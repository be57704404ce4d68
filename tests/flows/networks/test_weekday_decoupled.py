"""Which weekday, by decoupled modules: what is this net's own; the rest is in ``test_weekdays.py``."""

from __future__ import annotations

from typing import Any

import numpy as np

from flows.networks.weekday_decoupled import list_recipes, walk
from models.tree import pack


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


def test_ways_to_learn_are_named_the_simplest_first() -> None:
    assert [recipe.name for recipe in list_recipes(0)] == [
        "no noise, decay 1", "no noise, decay 0.3", "noise of 0.0001, decay 1", "noise of 0.0001, decay 0.3",
    ]  # fmt: skip
