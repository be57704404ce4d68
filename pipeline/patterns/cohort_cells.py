"""The k-rule: of which people a number may be, so that nothing shown is about fewer than k of them.

One page. The people on it are parted once into *cells* of at least k, and every number is over a cell or a
union of cells. Whatever is added to or taken from each other is then over cells again: no smaller group
follows by subtraction. A measure that some lack cuts a cell in two, or is left out, or they are.

Page after page. For everybody who was ever shown, ``Seen`` keeps a *place* (people who stood in the same
cell of every page share one) and the digest of the numbers that were shown last. A page may follow only if

1. no place that its cells cut anew, people who left and who joined included, has fewer than k people, and
2. in each such place the numbers of none have changed, or those of at least k.

Then any weighted sum of all numbers of all pages involves nobody, or at least k people. Take such a sum,
a place in it, the first page on which the place has a weight, and the next one. Between two pages only
those cancel whose numbers stayed the same. If anybody's changed in between, by 2 at least k of the place
as it was cut then did so together, they have the same weights until then, and none of them cancels. If
nobody's changed, the first weight can be moved to the later page, and so on to the last: there the whole
place is left, by 1 at least k people. What is no sum (an interval, a ratio, a direction) is made of sums.

What the rule cannot hide: a mean at the end of its scale (almost nothing at 4:00) is near that of each,
and of k people k − 1 who tell each other their own numbers can find that of the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

Cells = Mapping[str, int]  # a person's cell on a page
FEWER_GROUPS = 0.55  # of the spread that two groups leave within, which a third must take away to be worth it
MOST_TRIES = 300
ABSENT = -1


@dataclass(frozen=True, slots=True)
class Seen:
    """What earlier pages have shown of one person: their place, the last numbers' digest, the last group."""

    place: int
    digest: str
    group: int = ABSENT


History = Mapping[str, Seen]


def add_page(history: History, cells: Cells, digests: Mapping[str, str], k: int) -> dict[str, Seen] | None:
    """Return the history with a page of these cells; ``None`` where fewer than k people could be told.

    ``digests`` holds those of the people in ``cells``; the groups are left as they were.
    """
    cuts = {
        name: (history[name].place if name in history else ABSENT, cells.get(name, ABSENT))
        for name in sorted({*history, *cells})
    }
    people = Counter(cuts.values())
    changed = Counter(
        cuts[name] for name, seen in history.items() if name in cells and digests[name] != seen.digest
    )
    if any(n < k for n in (*people.values(), *changed.values())):
        return None
    places = {cut: place for place, cut in enumerate(sorted(people))}
    return {
        name: Seen(
            places[cut],
            digests[name] if name in cells else history[name].digest,
            history[name].group if name in history else ABSENT,
        )
        for name, cut in cuts.items()
    }


def split(cells: Cells, having: set[str], k: int) -> dict[str, int] | None:
    """Cut every cell into those who have something and those who do not; ``None`` below k in any piece."""
    cuts = {name: (cell, name in having) for name, cell in cells.items()}
    sizes = Counter(cuts.values())
    if any(n < k for n in sizes.values()):
        return None
    numbers = {cut: number for number, cut in enumerate(sorted(sizes))}
    return {name: numbers[cut] for name, cut in cuts.items()}


def join(cells: Cells, groups: Sequence[Sequence[str]]) -> dict[str, int]:
    """Cut every cell by groups that hold all its people."""
    group_of = {name: number for number, group in enumerate(groups) for name in group}
    cuts = {name: (cell, group_of[name]) for name, cell in cells.items()}
    numbers = {cut: number for number, cut in enumerate(sorted(set(cuts.values())))}
    return {name: numbers[cut] for name, cut in cuts.items()}


def list_groupings(values: Mapping[str, float], k: int) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Yield ways to part people by a value into two or three groups of at least k, the most even first.

    Where a third group takes away too little of what two leave, those of two come first. A group holds
    everybody between two ends, which are nobody's to see.
    """
    names = sorted(values, key=lambda name: (values[name], name))
    sorted_values = np.array([values[name] for name in names])
    ways = {n: _rank_cuts(sorted_values, n, k) for n in (2, 3)}
    order = [2, 3]
    if ways[2] and ways[3] and ways[3][0][0] <= FEWER_GROUPS * ways[2][0][0]:
        order = [3, 2]
    for n in order:
        for _, cuts in ways[n][:MOST_TRIES]:
            ends = (0, *cuts, len(names))
            yield tuple(tuple(names[first:last]) for first, last in pairwise(ends))


def _rank_cuts(values: NDArray[np.float64], n_groups: int, k: int) -> list[tuple[float, tuple[int, ...]]]:
    """Return (sum of squares within, the places of the cuts) of every way, the smallest first."""
    n = len(values)
    sums = np.concatenate([[0.0], np.cumsum(values)])
    squares = np.concatenate([[0.0], np.cumsum(values**2)])

    def spread(first: int, last: int) -> float:
        whole = sums[last] - sums[first]
        return float(squares[last] - squares[first] - whole**2 / (last - first))

    places = _thin_out(range(k, n - k + 1))
    found = []
    for cuts in combinations(places, n_groups - 1):
        ends = (0, *cuts, n)
        pieces = list(pairwise(ends))
        if all(last - first >= k for first, last in pieces):
            found.append((sum(spread(*piece) for piece in pieces), cuts))
    return sorted(found)


def _thin_out(places: range, most: int = 60) -> list[int]:
    """Keep at most so many places, evenly: of a thousand people not every pair of cuts is tried."""
    if len(places) <= most:
        return list(places)
    return [places[round(at)] for at in np.linspace(0, len(places) - 1, most)]
