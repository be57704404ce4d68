from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.patterns.cohort_cells import ABSENT, Seen, add_page, join, list_groupings, split
from tests.singled_out import can_single_out

PEOPLE = "abcdefghijkl"
K = 3


def _all(members: str, digest: str) -> dict[str, dict[str, str]]:
    """Return the digest as that of everybody's one measure."""
    return {name: {"pace": digest} for name in members}


def _tell(pages: Sequence[str], members: str = PEOPLE) -> list[bool]:
    """Say of each page of one cell whether it is allowed; a page is everybody's digest, a letter each."""
    history: Mapping[str, Seen] = {}
    allowed = []
    for page in pages:
        numbers = {name: {"pace": digest} for name, digest in zip(members, page, strict=True)}
        after = add_page(history, dict.fromkeys(numbers, 0), numbers, K)
        allowed.append(after is not None)
        history = history if after is None else after
    return allowed


def test_a_first_page_is_allowed_from_k_people_in_every_cell_on() -> None:
    numbers = _all("abcdef", "1")
    assert add_page({}, {**dict.fromkeys("abc", 0), **dict.fromkeys("def", 1)}, numbers, 3) == {
        **{name: Seen((0,), {"pace": ("1",)}) for name in "abc"},
        **{name: Seen((1,), {"pace": ("1",)}) for name in "def"},
    }
    assert add_page({}, {**dict.fromkeys("abcd", 0), **dict.fromkeys("ef", 1)}, numbers, 3) is None
    assert add_page({}, dict.fromkeys("ab", 0), numbers, 3) is None
    assert add_page({}, {}, {}, 3) == {}


@pytest.mark.parametrize(
    ("members", "changed", "allowed"),
    [
        ("abcdef", "", True),
        ("abcdef", "abc", True),
        ("abcdef", "abcde", True),  # one stayed as before: the sums of both pages are of all, and of five
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
    history = add_page({}, dict.fromkeys("abcdef", 0), _all("abcdef", "1"), K)
    assert history is not None
    numbers = {name: {"pace": "2" if name in changed else "1"} for name in members}
    assert (add_page(history, dict.fromkeys(members, 0), numbers, K) is not None) is allowed


def test_nobody_may_change_groups_alone_not_even_after_a_page_without_groups() -> None:
    numbers = _all(PEOPLE, "1")
    first = add_page({}, {name: int(name > "f") for name in PEOPLE}, numbers, K)
    assert first is not None
    moved = {name: int(name > "e") for name in PEOPLE}
    assert add_page(first, moved, numbers, K) is None
    second = add_page(first, dict.fromkeys(PEOPLE, 0), numbers, K)
    assert second is not None
    assert add_page(second, moved, numbers, K) is None
    assert add_page(second, {name: int(name > "f") for name in PEOPLE}, numbers, K) is not None


def test_who_left_is_remembered_with_all_numbers_that_were_shown() -> None:
    first = add_page({}, dict.fromkeys("abcdef", 0), _all("abcdef", "1"), K)
    assert first is not None
    second = add_page(first, dict.fromkeys("abc", 0), _all("abc", "2"), K)
    assert second == {
        **{name: Seen((0, 0), {"pace": ("1", "2")}) for name in "abc"},
        **{name: Seen((0, ABSENT), {"pace": ("1", "")}) for name in "def"},
    }
    assert add_page(second, dict.fromkeys("abcd", 0), _all("abcd", "2"), K) is None
    assert add_page(second, dict.fromkeys("abcdef", 0), _all("abcdef", "2"), K) is not None


def test_one_who_differs_from_an_earlier_page_is_seen_though_all_changed_in_between() -> None:
    assert _tell(["aaaaaa", "xxxxxx", "baaaaa"], "abcdef") == [True, True, False]
    assert _tell(["aaaaaa", "xxxxxx", "bbbaaa"], "abcdef") == [True, True, True]
    assert _tell(["aaaaaa", "xxxxxx", "aaaaaa"], "abcdef") == [True, True, True]


def test_of_seven_people_four_pages_that_leave_one_are_not_shown() -> None:
    pages = ["aaaaaaa", "aaabbbb", "bbbbbba", "bbbaaab"]
    for one, other in combinations(pages, 2):
        assert sum(first != second for first, second in zip(one, other, strict=True)) >= K
    assert not all(_tell(pages, "abcdefg"))


def test_one_whose_numbers_of_one_measure_change_is_seen_though_three_of_another_do() -> None:
    cells = dict.fromkeys("abcdef", 0)
    first = add_page({}, cells, {name: {"pace": "1", "quiet": "1"} for name in cells}, K)
    assert first is not None
    paces = {name: "2" if name in "abc" else "1" for name in cells}
    one = {name: {"pace": pace, "quiet": "2" if name == "a" else "1"} for name, pace in paces.items()}
    assert add_page(first, cells, one, K) is None
    three = {name: {"pace": pace, "quiet": pace} for name, pace in paces.items()}
    assert add_page(first, cells, three, K) is not None


def test_those_who_changed_in_one_group_do_not_hide_one_in_the_other() -> None:
    cells = {**dict.fromkeys("abc", 0), **dict.fromkeys("def", 1)}
    first = add_page({}, cells, _all("abcdef", "1"), K)
    assert first is not None
    four = {**_all("abcdef", "1"), **_all("adef", "2")}
    assert add_page(first, cells, four, K) is None
    assert add_page(first, dict.fromkeys(cells, 0), four, K) is None
    assert add_page(first, cells, {**four, **_all("bc", "2")}, K) is not None


def test_a_cell_of_two_is_refused_whatever_is_shown_of_them() -> None:
    assert add_page({}, dict.fromkeys("ab", 0), {"a": {}, "b": {}}, K) is None


def test_a_page_that_is_known_is_not_added_again_and_is_refused_where_more_are_asked_for() -> None:
    cells = dict.fromkeys("abcd", 0)
    first = add_page({}, cells, _all("abcd", "1"), K)
    assert first is not None
    second = add_page(first, cells, _all("abcd", "2"), K)
    assert second is not None
    assert add_page(second, cells, _all("abcd", "1"), K) == second
    assert add_page(second, cells, _all("abcd", "1"), 5) is None


@given(
    pages=st.lists(
        st.tuples(
            st.lists(st.integers(-1, 1), min_size=3, max_size=3),  # the cell of each three, or none
            st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=2, max_size=2),
            st.dictionaries(st.sampled_from(PEOPLE[:9]), st.integers(0, 2), max_size=2),
            st.booleans(),  # whether all are there, in one cell
        ),
        max_size=7,
    )
)
@settings(max_examples=200, deadline=None)
def test_from_all_sums_of_all_pages_together_no_one_or_two_people_follow(
    pages: list[tuple[list[int], list[list[int]], dict[str, int], bool]],
) -> None:
    history: dict[str, Seen] = {}
    shown: dict[str, list[frozenset[tuple[str, int]]]] = {"pace": [], "quiet": []}
    for wanted, of_three, odd, is_whole in pages:
        # Threes mostly act together, so that more than a first page is allowed now and then.
        cells = {name: 0 if is_whole else wanted[place // 3] for place, name in enumerate(PEOPLE[:9])}
        cells = {name: cell for name, cell in cells.items() if cell != ABSENT}
        values = {
            measure: {name: threes[PEOPLE.index(name) // 3] for name in cells}
            for measure, threes in zip(shown, of_three, strict=True)
        }
        values["quiet"] |= {name: value for name, value in odd.items() if name in cells}
        numbers = {name: {measure: str(values[measure][name]) for measure in shown} for name in cells}
        if (after := add_page(history, cells, numbers, K)) is None:
            continue
        history = after
        for measure, sums in shown.items():
            sums += [
                frozenset((name, values[measure][name]) for name in cells if cells[name] == cell)
                for cell in sorted(set(cells.values()))
            ]
    for sums in shown.values():
        assert not can_single_out(sums, K)


def test_the_oracle_of_these_tests_finds_the_one_of_seven() -> None:
    pages = ["aaaaaaa", "aaabbbb", "bbbbbba", "bbbaaab"]
    sums = [frozenset(zip("abcdefg", page, strict=True)) for page in pages]
    assert can_single_out(sums, K)
    assert not can_single_out(sums[:3], K)


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
