from __future__ import annotations

from collections import Counter
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.patterns.cohort_cells import Seen, add_page, join, list_groupings, split

PEOPLE = "abcdefghijkl"
K = 3


def test_a_first_page_is_allowed_from_k_people_in_every_cell_on() -> None:
    digests = dict.fromkeys("abcdef", "1")
    assert add_page({}, {**dict.fromkeys("abc", 0), **dict.fromkeys("def", 1)}, digests, 3) == {
        **{name: Seen(0, "1") for name in "abc"},
        **{name: Seen(1, "1") for name in "def"},
    }
    assert add_page({}, {**dict.fromkeys("abcd", 0), **dict.fromkeys("ef", 1)}, digests, 3) is None
    assert add_page({}, dict.fromkeys("ab", 0), digests, 3) is None
    assert add_page({}, {}, {}, 3) == {}


@pytest.mark.parametrize(
    ("members", "changed", "allowed"),
    [
        ("abcdef", "", True),
        ("abcdef", "abc", True),
        ("abcdef", "ab", False),  # two people's numbers changed
        ("abcde", "", False),  # one left
        ("abcdefg", "", False),  # one joined
        ("abc", "", True),  # three left
        ("ab", "", False),  # four left, and two would be the difference
        ("abcdefghi", "", True),  # three joined
        ("abcdefghi", "a", False),
        ("abcghi", "ghi", True),  # three left and three joined
        ("abcgh", "", False),
    ],
)
def test_a_later_page_tells_of_none_or_of_k_who_joined_left_or_changed(
    members: str, changed: str, allowed: bool
) -> None:
    history = add_page({}, dict.fromkeys("abcdef", 0), dict.fromkeys("abcdef", "1"), K)
    assert history is not None
    digests = {name: "2" if name in changed else "1" for name in members}
    assert (add_page(history, dict.fromkeys(members, 0), digests, K) is not None) is allowed


def test_nobody_may_change_groups_alone_not_even_after_a_page_without_groups() -> None:
    digests = dict.fromkeys(PEOPLE, "1")
    first = add_page({}, {name: int(name > "f") for name in PEOPLE}, digests, K)
    assert first is not None
    moved = {name: int(name > "e") for name in PEOPLE}
    assert add_page(first, moved, digests, K) is None
    second = add_page(first, dict.fromkeys(PEOPLE, 0), digests, K)
    assert second is not None
    assert add_page(second, moved, digests, K) is None
    assert add_page(second, {name: int(name > "f") for name in PEOPLE}, digests, K) is not None


def test_who_left_is_remembered_with_the_last_numbers_that_were_shown() -> None:
    first = add_page({}, dict.fromkeys("abcdef", 0), dict.fromkeys("abcdef", "1"), K)
    assert first is not None
    second = add_page(first, dict.fromkeys("abc", 0), dict.fromkeys("abc", "2"), K)
    assert second is not None
    assert {name: seen.digest for name, seen in second.items()} == dict(zip("abcdef", "222111", strict=True))
    assert len({second[name].place for name in "abc"}) == len({second[name].place for name in "def"}) == 1
    assert add_page(second, dict.fromkeys("abcd", 0), dict.fromkeys("abcd", "2"), K) is None
    assert add_page(second, dict.fromkeys("abcdef", 0), dict.fromkeys("abcdef", "2"), K) is not None


@given(
    pages=st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from(PEOPLE), st.integers(0, 1), min_size=3),
            st.sets(st.sampled_from(PEOPLE)),
            st.sampled_from([*PEOPLE, *" " * 24]),
        ),
        max_size=4,
    )
)
@settings(max_examples=200, deadline=None)
def test_no_sum_of_the_numbers_of_all_pages_is_of_one_or_two_people(
    pages: list[tuple[dict[str, int], set[str], str]],
) -> None:
    history: dict[str, Seen] = {}
    versions = dict.fromkeys(PEOPLE, 0)
    shown: list[frozenset[tuple[str, int]]] = []
    for wanted, changed, missing in pages:
        # Some whole groups move at once, so that more than a first page is allowed now and then.
        cells = {name: cell for name, cell in _round_up(wanted).items() if name != missing}
        now = {name: versions[name] + (name in changed) for name in cells}
        digests = {name: str(version) for name, version in now.items()}
        if (after := add_page(history, cells, digests, K)) is None:
            continue
        history, versions = after, {**versions, **now}
        for cell in set(cells.values()):
            shown.append(frozenset((name, now[name]) for name in cells if cells[name] == cell))
    sums = list(dict.fromkeys(shown))
    for n in (1, 2, 3):
        for sets in combinations(sums, n):
            for signs in product((-1, 1), repeat=n):
                left: Counter[tuple[str, int]] = Counter()
                for sign, members in zip(signs, sets, strict=True):
                    for version in members:
                        left[version] += sign
                people = {name for (name, _), weight in left.items() if weight}
                assert len(people) == 0 or len(people) >= K


def _round_up(wanted: dict[str, int]) -> dict[str, int]:
    """Let neighbours in threes do the same, most of the time."""
    cells: dict[str, int] = {}
    for first in range(0, len(PEOPLE), 3):
        three = PEOPLE[first : first + 3]
        inside = [wanted[name] for name in three if name in wanted]
        if len(inside) >= 2:
            cells |= dict.fromkeys(three, inside[0])
        elif inside and first == 0:
            cells |= {name: wanted[name] for name in three if name in wanted}
    return cells


def test_a_cell_is_cut_only_into_pieces_of_k() -> None:
    cells = {**dict.fromkeys("abcdef", 0), **dict.fromkeys("ghi", 1)}
    assert split(cells, set("abcghi"), 3) == dict(zip("abcdefghi", (1, 1, 1, 0, 0, 0, 2, 2, 2), strict=True))
    assert split(cells, set("abcdghi"), 3) is None
    assert split(cells, set("abcgh"), 3) is None


def test_cells_are_cut_by_groups() -> None:
    cells = {**dict.fromkeys("abc", 0), **dict.fromkeys("def", 1)}
    assert join(cells, [("a", "d"), ("b", "c", "e", "f")]) == {"a": 0, "b": 1, "c": 1, "d": 2, "e": 3, "f": 3}


def test_two_heaps_make_two_groups_and_three_heaps_three() -> None:
    two = dict(zip("abcdefg", (1, 1.1, 1.2, 1.3, 8, 8.1, 8.2), strict=True))
    assert next(list_groupings(two, 3)) == (tuple("abcd"), tuple("efg"))
    three = {name: float(place // 3 * 5) + place % 3 / 10 for place, name in enumerate("abcdefghi")}
    assert next(list_groupings(three, 3)) == (tuple("abc"), tuple("def"), tuple("ghi"))


def test_every_way_to_part_people_keeps_k_in_each_group() -> None:
    values = {name: float(place) for place, name in enumerate("abcdefgh")}
    ways = list(list_groupings(values, 3))
    assert {tuple(map(len, way)) for way in ways} == {(3, 5), (4, 4), (5, 3)}
    assert list(list_groupings(values, 5)) == []


def test_of_a_thousand_people_not_every_way_is_tried() -> None:
    ways = list(list_groupings({f"{place:04}": float(place) for place in range(1000)}, 5))
    assert len(ways) <= 600
    assert all(min(map(len, way)) >= 5 for way in ways)
