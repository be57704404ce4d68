"""Whether all that was shown, in any weighted sum, tells of too few: by rank, without the rule itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import combinations

import numpy as np

Number = tuple[str, Hashable]  # of a person, by name; equal on two pages where it is the same
Sum = frozenset[Number]


def can_single_out(sums: Iterable[Sum], k: int) -> bool:
    """Say whether some weighted sum of these sums is of fewer than k people.

    Those of the row space that vanish on all other people's numbers are as many as the rank falls by.
    """
    rows = sorted(set(sums), key=repr)
    numbers = sorted(frozenset().union(*rows), key=repr)
    if not numbers:
        return False
    table = np.array([[number in row for number in numbers] for row in rows], dtype=float)
    names = sorted({name for name, _ in numbers})
    whole = np.linalg.matrix_rank(table)
    for few in combinations(names, min(k - 1, len(names))):
        others = [place for place, (name, _) in enumerate(numbers) if name not in few]
        if np.linalg.matrix_rank(table[:, others]) < whole:
            return True
    return False
