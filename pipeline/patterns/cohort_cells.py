"""The k-rule: of which people a number may be, so that nothing shown is about fewer than k of them.

One page. The people on it are parted once into *cells* of at least k, and every number is over a cell or a
union of cells. Whatever is added to or taken from each other is then over cells again: no smaller group
follows by subtraction. A measure that some lack cuts a cell in two, or is left out, or they are.

Page after page. ``Seen`` keeps of everybody who was ever shown the cell on each page, and of each measure a
digest on each page. People who stood in the same cell of every page share a *place*. A page may follow if

1. in no place, people who left and who joined included, are fewer than k people, and
2. for each person and measure at least k people of the place, this one counted, *move along*: between any
   two pages, not only neighbours, between which this one's number differs, theirs differs too.

Then any weighted sum of all numbers of all pages involves nobody, or at least k people. In such a sum people
of one place have the same weight on each page. One's part is each of their different numbers times the
weights of the pages that showed it, added up. If anything is left of a person, it is left of one of these
numbers, whose pages' weights do not add up to zero. Who moves along has on these pages one number or
several, and none of them elsewhere, so that the weights of one of those do not add up to zero either:
something is left of them too, and by 2 they are at least k. A sum that mixes measures involves everybody
that its part of any measure does. What is no sum (an interval, a ratio, a direction) is made of sums, each of
one function of everybody's number.

That between any two pages nobody's number differs, or that of at least k people, would not do: of seven
people let three change after page 2, three after page 1 and back after page 3, and one after every page,
each time back to the number before. Then page 1 − page 2 + page 3 − page 4 is of this one alone.

What the rule cannot hide: a mean at the end of its scale (almost nothing at 4:00) is near that of each,
and of k people k − 1 who tell each other their own numbers can find that of the last. Who comes back under
another name is another person to it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

Cells = Mapping[str, int]  # a person's cell on a page
Numbers = Mapping[str, Mapping[str, str]]  # a person's digest of each measure that a page shows of them
Versions = tuple[int, ...]  # one page after the other; where two are equal, the number was the same
FEWER_GROUPS = 0.55  # of the spread that two groups leave within, which a third must take away to be worth it
MOST_TRIES = 300
ABSENT = -1


@dataclass(frozen=True, slots=True)
class Seen:
    """What earlier pages have shown of one person, page by page, and the last group.

    ``cells``: ``ABSENT`` on a page without them; ``numbers``: of each measure the digests, '' where the page
    does not show it of them.
    """

    cells: tuple[int, ...]
    numbers: Mapping[str, tuple[str, ...]]
    group: int = ABSENT


History = Mapping[str, Seen]  # of everybody just as many pages


def add_page(history: History, cells: Cells, numbers: Numbers, k: int) -> dict[str, Seen] | None:
    """Return the history with a page of these cells; ``None`` where fewer than k people could be told.

    ``numbers`` holds those of the people in ``cells``; the groups are left as they were. A page that is known
    already is not added again. Where a page is refused, so is each that cuts its cells further.
    """
    n_pages = len(next(iter(history.values())).cells) if history else 0
    if any(_is_page(history, cells, numbers, page) for page in range(n_pages)):
        after = dict(history)
    else:
        after = {
            name: _append(
                history.get(name, Seen((ABSENT,) * n_pages, {})),
                cells.get(name, ABSENT),
                numbers[name] if name in cells else {},
            )
            for name in sorted({*history, *cells})
        }
    return after if _tells_of_k(after.values(), k) else None


def _is_page(history: History, cells: Cells, numbers: Numbers, page: int) -> bool:
    """Say whether a page of the history showed just this."""
    shown = {name: seen for name, seen in history.items() if seen.cells[page] != ABSENT}
    return shown.keys() == cells.keys() and all(
        seen.cells[page] == cells[name]
        and {measure: digests[page] for measure, digests in seen.numbers.items() if digests[page]}
        == numbers[name]
        for name, seen in shown.items()
    )


def _append(seen: Seen, cell: int, numbers: Mapping[str, str]) -> Seen:
    none = ("",) * len(seen.cells)
    return Seen(
        (*seen.cells, cell),
        {
            measure: (*seen.numbers.get(measure, none), numbers.get(measure, ""))
            for measure in sorted({*seen.numbers, *numbers})
        },
        seen.group,
    )


def _tells_of_k(people: Iterable[Seen], k: int) -> bool:
    """Say whether all that was shown obeys both rules."""
    if any(n < k for n in Counter(seen.cells for seen in people).values()):
        return False
    places: dict[object, Counter[Versions]] = defaultdict(Counter)
    for seen in people:
        for measure, digests in seen.numbers.items():
            shown = tuple(map(bool, digests))  # who lacks a measure is in no sum of it
            places[measure, seen.cells, shown][_number_versions(digests)] += 1
    return all(
        _count_moving_along(versions, place, k) >= k for place in places.values() for versions in place
    )


def _number_versions(digests: Sequence[str]) -> Versions:
    """Number the different digests, each by its first page."""
    first: dict[str, int] = {}
    return tuple(first.setdefault(digest, len(first)) for digest in digests)


def _count_moving_along(versions: Versions, place: Mapping[Versions, int], enough: int) -> int:
    """Count the people whose number differs wherever this one does, up to so many as are enough."""
    n = place[versions]
    for others, people in place.items():
        if n >= enough:
            break
        if others != versions and len(set(zip(others, versions, strict=True))) == len(set(others)):
            n += people
    return n


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
