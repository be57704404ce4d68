import numpy as np
import pytest

from pipeline.patterns.shuffles import shuffle_blocks


@pytest.mark.parametrize(("n_days", "length"), [(1, 14), (13, 14), (28, 14), (100, 28), (365, 14)])
def test_every_shuffle_holds_every_day_once(n_days: int, length: int) -> None:
    shuffled = shuffle_blocks(n_days, np.random.default_rng(0), length)
    np.testing.assert_array_equal(np.sort(shuffled, axis=1), np.tile(np.arange(n_days), (1000, 1)))


def test_days_of_a_block_stay_together() -> None:
    shuffled = shuffle_blocks(280, np.random.default_rng(0))
    follows = np.diff(shuffled, axis=1) % 280 == 1
    assert (~follows).sum(axis=1).max() <= 20  # at the seams of twenty blocks
    assert len({tuple(row) for row in shuffled[:50]}) == 50
