"""A net that names classes: chosen on the validation span, taught all before the scored rows."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from flows.networks import teaching
from flows.networks.teaching import Recipe, teach
from models.layers.activations import relu
from models.net import Net, activation, dense, flatten, sequence
from models.training import Step
from models.tree import pack
from models.types import Array
from models.validation import Split, split_by_time


def make_net() -> Net:
    return sequence(flatten(), dense(8), activation(relu), dense(2))


RECIPE = Recipe("eight units", make_net, n_epochs=12, patience=4)


@pytest.fixture(scope="module")
def planted() -> tuple[Array, Array, Split]:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 150)
    x = rng.normal(size=(150, 2, 3)) + 5.0
    x[:, 0] += 2.0 * truth[:, None]
    return x, truth, split_by_time(150)


def test_what_was_planted_is_found_and_probabilities_sum_to_one(
    planted: tuple[Array, Array, Split],
) -> None:
    x, truth, split = planted
    said = teach([RECIPE], x, truth, split, seed=0, tell=lambda done, of: None).say(x[split.test])
    assert (said.argmax(axis=1) == truth[split.test]).mean() > 0.9
    np.testing.assert_allclose(said.sum(axis=1), 1.0, rtol=1e-12)


def test_the_scored_rows_change_nothing(planted: tuple[Array, Array, Split]) -> None:
    x, truth, split = planted
    other, labels = x.copy(), truth.copy()
    other[split.test], labels[split.test] = 99.0, 1
    one, two = (
        teach([RECIPE], rows, named, split, seed=0, tell=lambda done, of: None)
        for rows, named in ((x, truth), (other, labels))
    )
    assert one.n_epochs == two.n_epochs and np.array_equal(one.flat, two.flat)
    assert one.flat.dtype == np.float32


def test_the_recipe_that_meets_the_validation_span_best_is_taken_and_every_epoch_is_told(
    planted: tuple[Array, Array, Split],
) -> None:
    x, truth, split = planted
    told: list[tuple[int, int | None]] = []
    deaf = RECIPE._replace(name="it does not move", rate=0.0)
    taught = teach([deaf, RECIPE], x, truth, split, seed=0, tell=lambda done, of: told.append((done, of)))
    first = teach([RECIPE, deaf], x, truth, split, seed=0, tell=lambda done, of: None)
    assert taught.recipe.name == first.recipe.name == "eight units"
    assert told == sorted(told) and told[-1] == (36, 36) and len(told) > 12


def test_the_epoch_of_the_least_loss_is_kept_not_the_last_that_was_waited_for(
    planted: tuple[Array, Array, Split], monkeypatch: pytest.MonkeyPatch
) -> None:
    x, truth, split = planted
    losses = [SimpleNamespace(measure=loss) for loss in (3.0, 1.0, 2.0, 2.5)]
    monkeypatch.setattr(teaching, "train_until_worse", lambda *args, **more: iter(losses))
    told: list[int] = []
    taught = teach([RECIPE], x, truth, split, seed=0, tell=lambda done, of: told.append(done))
    assert taught.n_epochs == 2 and told == [13, 14, 24]  # it is taught for two epochs


def test_a_net_may_walk_in_a_way_of_its_own(planted: tuple[Array, Array, Split]) -> None:
    x, truth, split = planted
    seen = []

    def stand(flat: Array, p: Any, batches: Iterator[dict[str, Any]], rate: float, l2: float) -> Any:
        for number, batch in enumerate(batches):
            seen.append((len(batch["label"]), batch["x"].dtype.name, rate, l2))
            yield Step(number, 1.0, 0.0)

    walking = RECIPE._replace(walk=stand, rate=0.5, l2=0.25)
    taught = teach([walking], x, truth, split, seed=0, tell=lambda done, of: None)
    still = make_net().init(np.random.default_rng(0), (2, 3), dtype=np.float32)[0]
    np.testing.assert_array_equal(taught.flat, pack(still, np.float32)[0])
    assert set(seen) == {(n, "float32", 0.5, 0.25) for n in {row[0] for row in seen}}
