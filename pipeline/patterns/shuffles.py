"""Archives of the same days in another order, by fortnights or longer: what chance alone makes of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import BLOCK_DAYS

N_SHUFFLES = 1000


def shuffle_blocks(n_days: int, rng: np.random.Generator, length: int = BLOCK_DAYS[0]) -> NDArray[np.int64]:
    """Return (1000, n_days): the days' places, blocks of ``length`` in another order, begun at a random day.

    Busy days that follow each other stay together, as in the bootstrap; all else is chance.
    """
    n_blocks = n_days // length + 1
    start = rng.integers(0, n_days, (N_SHUFFLES, 1))
    blocks = np.argsort(rng.random((N_SHUFFLES, n_blocks)), axis=1)
    places = (blocks[:, :, None] * length + np.arange(length)).reshape(N_SHUFFLES, -1)
    order = places[places < n_days].reshape(N_SHUFFLES, n_days)  # the last block is shorter
    order += start
    order -= n_days * (order >= n_days)
    return np.asarray(order, dtype=np.int64)
