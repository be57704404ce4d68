"""Batches show each row once an epoch; a split gives each row to one side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.batches import count_batches, iter_batches, split_rows, take_batches
from models.errors import InputError

ONES = np.ones(3)


@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 3), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_each_epoch_shows_each_row_once(n_rows: int, size: int, n_epochs: int, seed: int) -> None:
    batches = list(iter_batches(n_rows, size, rng=np.random.default_rng(seed), n_epochs=n_epochs))
    per_epoch = count_batches(n_rows, size)
    assert len(batches) == per_epoch * n_epochs
    for epoch in range(n_epochs):
        lots = batches[epoch * per_epoch : (epoch + 1) * per_epoch]
        assert [len(lot) for lot in lots[:-1]] == [size] * (per_epoch - 1)
        assert sorted(np.concatenate(lots)) == list(range(n_rows))


def test_epochs_have_different_orders_and_one_seed_the_same() -> None:
    first, second = iter_batches(100, 100, rng=np.random.default_rng(1), n_epochs=2)
    assert not np.array_equal(first, second)
    (again,) = iter_batches(100, 100, rng=np.random.default_rng(1), n_epochs=1)
    np.testing.assert_array_equal(first, again)


def test_arrays_are_taken_together_by_name_and_a_tuple_holds_several_inputs() -> None:
    rows = {"x": (np.arange(5), np.arange(10).reshape(5, 2)), "label": np.arange(5) * 10}
    for batch in take_batches(rows, 2, rng=np.random.default_rng(3), n_epochs=1):
        chosen = batch["x"][0]
        np.testing.assert_array_equal(batch["x"][1], rows["x"][1][chosen])
        np.testing.assert_array_equal(batch["label"], chosen * 10)


@given(st.integers(2, 60), st.floats(0.001, 0.999), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_a_split_gives_every_row_to_one_side_and_none_is_empty(n_rows: int, share: float, seed: int) -> None:
    learned, held = split_rows(n_rows, share, np.random.default_rng(seed))
    assert sorted([*learned, *held]) == list(range(n_rows))
    assert list(learned) == sorted(learned) and list(held) == sorted(held)
    assert len(held) == min(max(round(n_rows * share), 1), n_rows - 1)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda rng: next(iter_batches(0, 3, rng=rng, n_epochs=1)), "0 rows cannot be split into batches"),
        (lambda rng: next(iter_batches(3, 0, rng=rng, n_epochs=1)), "3 rows cannot be .* batches of 0"),
        (lambda rng: split_rows(1, 0.5, rng), "1 rows cannot be split at the share 0.5"),
        (lambda rng: split_rows(9, 1.0, rng), "9 rows cannot be split at the share 1.0"),
        (
            lambda rng: next(take_batches({"x": ONES, "y": (ONES, np.ones(4))}, 2, rng=rng, n_epochs=1)),
            r"The arrays have different numbers of rows: \{'x': \[3\], 'y': \[3, 4\]\}",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_split_gets_a_clear_word(act: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        act(np.random.default_rng(0))  # type: ignore[operator]
