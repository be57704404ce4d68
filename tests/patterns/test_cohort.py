from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from pipeline.patterns.cohort import Board, differ, weigh_differences
from pipeline.patterns.cohort_answers import say_weekend
from pipeline.patterns.cohort_book import Cohort, count_cohort, round_two
from pipeline.patterns.cohort_cells import Seen, add_page
from pipeline.patterns.cohort_estimates import (
    Estimate,
    average_shares,
    compare,
    estimate,
    estimate_hour,
    estimate_ratio,
    say_change,
)
from pipeline.patterns.cohort_people import (
    MOST_PACE,
    NEEDED,
    OPTIONAL,
    Floats,
    Person,
    keep_commonest,
    measure_person,
    merge_alike,
)
from pipeline.privacy import TEXT_COLUMNS, is_private
from tests.invented_people import (
    invent_alike,
    invent_coverage,
    invent_frames,
    invent_person,
    invent_two_kinds,
)
from tests.singled_out import Sum, can_single_out


@pytest.fixture(scope="module")
def two_kinds() -> list[Person]:
    return invent_two_kinds()


def _count(people: list[Person], k: int = 5) -> Cohort:
    cohort = count_cohort(people, {}, k)
    assert cohort is not None
    return cohort


def _find_smallest(sets: set[frozenset[str]]) -> int:
    """Return the size of the smallest group that unions and differences of these sets can single out."""
    marks: dict[str, list[bool]] = defaultdict(list)
    for members in sorted(sets, key=sorted):
        for name in set().union(*sets):
            marks[name].append(name in members)
    sizes: dict[tuple[bool, ...], int] = defaultdict(int)
    for mark in marks.values():
        sizes[tuple(mark)] += 1
    return min(sizes.values())


def test_two_kinds_of_people_are_told_apart_and_each_is_a_group(two_kinds: list[Person]) -> None:
    cohort = _count(two_kinds)
    finding = cohort.answers["cohort_groups"].finding
    assert finding.headline == "The later people’s hours centre six hours after the earlier people’s"
    assert finding.emphasis == "six hours after"
    assert cohort.answers["cohort_groups"].frames["summary"]["people"].tolist() == [7, 8]
    groups = {shown.what: shown.members for shown in cohort.shown}
    assert groups["Earlier people: mean hour"] == {f"early{n:02}" for n in range(7)}
    assert groups["Later people: mean hour"] == {f"late{n:02}" for n in range(8)}
    assert (cohort.n_people, cohort.n_groups) == (15, 2)


def test_people_who_are_alike_are_not_parted() -> None:
    finding = _count(invent_alike()).answers["cohort_groups"].finding
    assert finding.headline == "No groups are told apart by their hours"
    assert (finding.emphasis, finding.remarkable, finding.mark) == ("", 0.0, ())


def test_people_alike_are_seldom_said_to_differ_and_others_nearly_always() -> None:
    rng = np.random.default_rng(3)
    errors = rng.uniform(0.2, 0.6, (400, 15))
    alike = [weigh_differences(rng.normal(0, error), error) for error in errors]
    apart = [weigh_differences(rng.normal(0, error) + rng.normal(0, 2, 15), error) for error in errors]
    assert sum(chance < 0.001 for chance, _ in alike) <= 3
    assert all(chance < 0.001 and spread > 0.5 for chance, spread in apart)


def test_under_twice_k_people_no_groups_are_made_and_it_is_said_how_many_it_takes() -> None:
    cohort = _count(invent_two_kinds(4, 5))
    finding = cohort.answers["cohort_groups"].finding
    assert finding.headline == "Groups are not compared yet"
    assert finding.deck == "It takes 10 people to compare two groups of at least 5."
    assert (cohort.n_people, cohort.n_groups) == (9, 0)


def test_the_common_weekend_and_the_common_dip_are_found(two_kinds: list[Person]) -> None:
    cohort = _count(two_kinds)
    weekdays, months = (cohort.answers[f"cohort_{name}"].finding for name in ("weekdays", "months"))
    assert weekdays.mark == (5, 6)
    assert (
        weekdays.headline.startswith("Weekends bring 30\u00a0% fewer searches") or "29" in weekdays.emphasis
    )
    assert months.mark == (8,)
    assert months.headline.startswith("August lies ")
    ratio = cohort.answers["cohort_weekdays"].frames["ratio"].iloc[0]
    assert ratio["low"] <= 0.7 <= ratio["high"]


def test_without_a_weekend_a_dip_or_a_trend_none_is_claimed() -> None:
    rng = np.random.default_rng(8)
    people = [
        invent_person(f"p{n}", n, weekend=float(rng.lognormal(0, 0.03)), dip=(8, 1.0)) for n in range(15)
    ]
    answers = _count(people).answers
    assert answers["cohort_weekdays"].finding.headline == "Weekends look like workdays"
    assert answers["cohort_months"].finding.headline == "No month stands out"
    assert answers["cohort_years"].finding.headline == "From year to year no change is clear"


@given(
    lacks=st.lists(st.sets(st.sampled_from(OPTIONAL)), max_size=30),
    k=st.integers(2, 7),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_from_all_that_is_shown_no_group_of_fewer_than_k_can_be_singled_out(
    lacks: list[set[str]], k: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    people = [
        _lack(_cheap_person(f"p{n:02}", float(rng.uniform(10, 24))), lack) for n, lack in enumerate(lacks)
    ]
    if len(people) < k:
        return
    cohort = _count(people, k)
    sets = {shown.members for shown in cohort.shown}
    assert _find_smallest(sets) >= k
    assert set().union(*sets) <= {person.name for person in people}
    by_name = {person.name: person for person in people}
    of = {
        "The quiet window": "quiet",
        "Each month of the year": "months",
        "Pace, from year to year": "growth",
    }
    for shown in cohort.shown:
        if shown.what in of:
            assert all(of[shown.what] in by_name[name].measures for name in shown.members)


def _cheap_person(name: str, centre: float) -> Person:
    """Return a person whose numbers stand for themselves, without drawing any."""
    if not CHEAP:
        CHEAP.append(invent_person("cheap", 1))
    angle = centre / 24 * 2 * math.pi
    clock = 0.4 * np.array([math.sin(angle), math.cos(angle)])
    return replace(CHEAP[0], name=name, measures={**CHEAP[0].measures, "clock": clock}, months=frozenset())


CHEAP: list[Person] = []


def _lack(person: Person, names: set[str]) -> Person:
    measures = {name: rows for name, rows in person.measures.items() if name not in names}
    return replace(person, measures=measures)


def test_one_who_lacks_a_measure_is_left_out_of_everything() -> None:
    people = invent_alike(10)
    people[3] = _lack(people[3], {"quiet"})
    cohort = _count(people)
    assert cohort.n_people == 9
    assert {len(shown.members) for shown in cohort.shown} == {9}


def test_a_measure_that_three_of_ten_lack_is_left_out() -> None:
    people = invent_alike(10)
    people[:3] = [_lack(person, {"quiet"}) for person in people[:3]]
    cohort = _count(people)
    assert cohort.n_people == 10
    assert "cohort_quiet" not in cohort.answers


def test_a_measure_that_five_of_eleven_lack_is_shown_of_the_six() -> None:
    people = invent_alike(11)
    people[:5] = [_lack(person, {"quiet"}) for person in people[:5]]
    shown = {one.what: len(one.members) for one in _count(people).shown}
    assert (shown["How many people"], shown["The quiet window"]) == (11, 6)


def test_groups_come_before_a_measure_that_cuts_across_them() -> None:
    people = invent_two_kinds(6, 6)
    people = [_lack(person, {"quiet"}) if n % 2 else person for n, person in enumerate(people)]
    cohort = _count(people)
    assert (cohort.n_people, cohort.n_groups) == (12, 2)
    assert "cohort_quiet" not in cohort.answers


def test_where_an_earlier_page_forbids_all_groups_the_page_says_so() -> None:
    people = invent_two_kinds(5, 5)
    digests = {person.name: person.digests for person in people}
    crossed = {person.name: n % 2 for n, person in enumerate(people)}
    history = add_page({}, crossed, digests, 5)
    assert history is not None
    cohort = count_cohort(people, history, 5)
    assert cohort is not None
    finding = cohort.answers["cohort_groups"].finding
    assert finding.headline == "Groups are not compared this time"
    assert finding.deck == (
        "Every way to part the people would tell of fewer than 5 of them beside an earlier page."
    )


def test_the_way_to_a_number_of_fewer_than_k_is_shut() -> None:
    people = invent_alike(6)
    board = Board({person.name: person for person in people}, 5)
    with pytest.raises(AssertionError, match="fewer than k people"):
        board.take("hours", [person.name for person in people[:4]], "Four people")
    assert board.shown == []


def test_no_table_holds_a_column_of_the_owners_words_and_none_is_read(two_kinds: list[Person]) -> None:
    cohort = _count(two_kinds)
    frames = [frame for answer in cohort.answers.values() for frame in answer.frames.values()]
    assert not any(is_private(frame.columns) for frame in frames)
    assert not any(answer.finding.private for answer in cohort.answers.values())
    assert all(TEXT_COLUMNS.isdisjoint(columns) for columns in NEEDED.values())
    assert not any("date" in frame.columns or "datetime64[ms]" in map(str, frame.dtypes) for frame in frames)


def test_every_number_that_is_shown_is_rounded(two_kinds: list[Person]) -> None:
    for name, step in (("cohort_hours", 0.001), ("cohort_groups", 0.001), ("cohort_months", 0.01)):
        frame = _count(two_kinds).answers[name].frame
        for column in ("share", "ratio", "low", "high"):
            if column in frame:
                steps = frame[column].to_numpy() / step
                assert np.allclose(steps, np.round(steps), atol=1e-3)


def test_a_heavy_persons_number_is_not_the_pages() -> None:
    people = invent_alike(6)
    heavy = invent_person("heavy", 99, rate=5_000.0)
    cohort = _count([*people, heavy])
    assert heavy.measures["pace"][0] == math.log(MOST_PACE)
    assert cohort.pace == round_two(math.exp(np.mean([p.measures["pace"][0] for p in [*people, heavy]])))
    assert cohort.pace < 30


def test_a_small_share_of_many_and_of_one_have_the_same_interval() -> None:
    even = np.tile([0.5, 0.4, 0.1], (5, 1))
    even[:, 0] += [0.05, -0.05, 0.05, -0.05, 0.0]
    even[:, 1] = 0.9 - even[:, 0]
    _, half = average_shares(even)
    swapped = even.copy()
    swapped[:, [0, 1]] = even[:, [1, 0]]
    _, other = average_shares(swapped)
    assert half[2] == pytest.approx(other[2])
    assert half[2] > 0  # though nobody differs in it
    assert average_shares(np.zeros((3, 2)))[1].tolist() == [0.0, 0.0]


def test_an_interval_is_rounded_outward_and_never_narrower_than_a_step() -> None:
    assert estimate(0.0414, 0.0031, 0.001) == Estimate(0.041, 0.038, 0.045)
    assert estimate(0.25, 0.0, 0.01) == Estimate(0.25, 0.24, 0.26)
    assert estimate(0.001, 0.01, 0.001, least=0.0) == Estimate(0.001, 0.0, 0.011)
    assert estimate_ratio(np.log([[0.5], [2.0], [1.0]])).value == 1.0


def test_what_is_known_to_a_hundredth_is_said_without_a_decimal() -> None:
    assert [say_change(change) for change in (-0.07, 0.29, 0.0)] == ["7\u00a0%", "29\u00a0%", "0\u00a0%"]
    assert say_weekend(Estimate(0.93, 0.91, 0.95), "videos") == (
        "Weekends bring 7\u00a0% fewer videos than workdays",
        "7\u00a0% fewer",
    )
    assert say_weekend(Estimate(1.5, 0.9, 2.0), "videos")[0] == (
        "Whether weekends differ from workdays is uncertain"
    )


def test_the_mean_hour_runs_through_midnight() -> None:
    angles = np.array([23.0, 1.0, 0.0]) / 24 * 2 * np.pi
    found = estimate_hour(0.5 * np.column_stack([np.sin(angles), np.cos(angles)]))
    assert found.value % 24 == pytest.approx(0.0, abs=1e-6)
    assert found.low < found.value < found.high
    assert math.isnan(estimate_hour(np.array([[0.5, 0.0], [-0.5, 0.0], [0.0, 0.0]])).value)


def test_a_difference_between_groups_has_the_interval_of_welch() -> None:
    one, other = np.array([1.0, 2.0, 3.0]), np.array([4.0, 6.0, 8.0])
    found = compare(one, other, 0.01)
    oracle = ttest_ind(other, one, equal_var=False).confidence_interval()
    assert found.low == pytest.approx(oracle.low, abs=0.01)
    assert found.high == pytest.approx(oracle.high, abs=0.01)
    assert found.value == 4.0
    assert compare(one, one, 0.01).value == 0.0


def test_a_persons_measures_are_shares_and_bounded() -> None:
    person = invent_person("p", 1, centre=12.0, weekend=0.5)
    for name in ("hours", "weekdays", "months"):
        assert person.measures[name].sum() == pytest.approx(1.0)
    assert person.measures["weekend"][0] == pytest.approx(math.log(0.5), abs=0.05)
    assert np.hypot(*person.measures["clock"]) <= 1
    start, length = person.measures["quiet"]
    assert 7 < start < 11
    assert 6 < length < 10


def test_too_few_days_or_entries_or_an_unknown_weekday_is_no_part() -> None:
    frames = invent_frames(np.random.default_rng(1))
    assert measure_person("p", frames, invent_coverage(n_covered=60)) is not None
    assert measure_person("p", frames, invent_coverage(n_covered=59)) is None
    few = frames["weekdays"].assign(covered_searches=71)
    assert measure_person("p", {**frames, "weekdays": few}, invent_coverage()) is None
    unknown = frames["weekdays"].assign(per_day=[np.nan, *[1.0] * 6])
    assert measure_person("p", {**frames, "weekdays": unknown}, invent_coverage()) is None
    assert measure_person("p", {**frames, "week": frames["week"].iloc[:-1]}, invent_coverage()) is None


def test_without_their_tables_the_optional_measures_are_missing() -> None:
    frames = invent_frames(np.random.default_rng(1))
    only = {name: frames[name] for name in ("week", "weekdays")}
    person = measure_person("p", only, invent_coverage())
    assert person is not None
    assert set(OPTIONAL) & set(person.measures) == {"weekend"}
    assert person.error == 1.5
    short = frames["months"][frames["months"]["month"] != 12]
    person = measure_person("p", {**frames, "months": short}, invent_coverage())
    assert person is not None
    assert "months" not in person.measures


def test_a_growing_and_a_drifting_person_are_measured_by_the_year() -> None:
    frames = invent_frames(np.random.default_rng(1))
    paces = {
        (2023, 1): 9.0,
        (2023, 6): 10.0,
        (2023, 7): 2.0,
        (2025, 1): 36.0,
        (2025, 6): 40.0,
        (2025, 7): 8.0,
    }
    paces |= {(2024, 6): 50.0, (2024, 12): 99.0}
    frames["months"] = pd.DataFrame(
        [(year, month, 900, pace) for (year, month), pace in paces.items()],
        columns=["year", "month", "searches", "per_day"],
    )
    frames["clock"] = frames["clock"].assign(mean_hour=[23.0, 0.0, 1.0])
    person = measure_person("p", frames, invent_coverage())
    assert person is not None
    assert person.measures["growth"].tolist() == [pytest.approx(math.log(2))]
    assert person.measures["drift"].tolist() == [pytest.approx(1.0)]


def test_two_exports_of_one_archive_are_one_person_and_the_longer_counts() -> None:
    people = invent_alike(3)
    months = sorted(people[0].months)
    older = replace(people[0], name="a-stamp", months=frozenset(months[:20]), n_days=500)
    merged = merge_alike([*people, older])
    assert [person.name for person in merged] == ["a-stamp", "p01", "p02"]
    assert merged[0].digests == people[0].digests
    assert [person.name for person in merge_alike(people)] == ["p00", "p01", "p02"]


def test_those_who_do_something_else_are_left_out() -> None:
    people = invent_alike(5)
    other = replace(people[0], name="other", kind=replace(people[0].kind, product="youtube"))
    friday = replace(people[1], name="friday", kind=replace(people[0].kind, weekend=(4, 5)))
    assert keep_commonest([*people, other, friday]) == people
    assert keep_commonest([]) == []


def test_the_same_people_in_any_order_are_the_same_cohort(two_kinds: list[Person]) -> None:
    one, other = _count(two_kinds), _count(two_kinds[::-1])
    assert one.shown == other.shown
    assert one.history == other.history
    for name, answer in one.answers.items():
        assert answer.finding == other.answers[name].finding
        for part, frame in answer.frames.items():
            pd.testing.assert_frame_equal(frame, other.answers[name].frames[part])


def test_a_page_that_would_tell_of_one_who_moved_has_the_groups_of_the_page_before() -> None:
    people = invent_two_kinds(6, 6)
    first = _count(people)
    moved = [_set(person, days=[6.0], clock=person.measures["clock"] * 0.99) for person in people]
    late = next(person for person in moved if person.name == "late00")
    mover = replace(late, measures={**late.measures, "clock": people[0].measures["clock"]})
    now = [mover if person.name == "late00" else person for person in moved]
    second = count_cohort(now, first.history, 5)
    assert second is not None
    members = {shown.what: shown.members for shown in second.shown}
    assert members["Later people: mean hour"] == {f"late{n:02}" for n in range(6)}
    assert _find_smallest({shown.members for shown in (*first.shown, *second.shown)}) >= 5


def test_one_who_joined_leaves_no_page(two_kinds: list[Person]) -> None:
    first = _count(two_kinds[:-1])
    assert count_cohort(two_kinds, first.history, 5) is None
    assert count_cohort(two_kinds[:-1], first.history, 5) is not None


def test_three_who_changed_do_not_hide_the_one_of_a_measure_that_the_others_kept() -> None:
    people = [_cheap_person(f"p{n}", 18.0) for n in range(6)]
    first = _count(people, 3)
    three = [_set(person, pace=[1.5]) for person in people[:3]]
    assert count_cohort([*three, *people[3:]], first.history, 3) is not None
    one = _set(three[0], quiet=[12.0, 8.0])
    second = count_cohort([one, *three[1:], *people[3:]], first.history, 3)
    assert second is not None
    assert "cohort_quiet" in first.answers
    assert "cohort_quiet" not in second.answers
    assert all(seen.numbers["quiet"][1] == "" for seen in second.history.values())
    assert "The quiet window" not in {shown.what for shown in second.shown}
    core = _set(three[0], weekdays=np.eye(7)[0])
    assert count_cohort([core, *three[1:], *people[3:]], first.history, 3) is None


SEVEN = [f"p{n}" for n in range(7)]
OF_SEVEN = ("pace", "quiet", "weekend")


@given(
    pages=st.lists(
        st.tuples(
            st.tuples(*[st.integers(0, 1)] * 4),  # what all have of each measure, and their hours
            st.sampled_from([SEVEN[:3], SEVEN[3:], SEVEN]),
            st.sampled_from([*SEVEN, ""]),
            st.sampled_from([*OF_SEVEN, "clock"]),  # what one has otherwise
        ),
        min_size=2,
        max_size=5,
    )
)
@settings(max_examples=25, deadline=None)
def test_from_all_that_pages_take_of_each_measure_no_one_or_two_people_follow(
    pages: list[tuple[tuple[int, ...], list[str], str, str]],
) -> None:
    history: Mapping[str, Seen] = {}
    sums: dict[str, list[Sum]] = defaultdict(list)
    take = Board.take

    def listen(board: Board, measure: str, members: Sequence[str], what: str, step: str = "") -> Floats:
        rows = take(board, measure, members, what, step)
        numbers = [tuple(row.tolist()) for row in rows]
        sums[measure].append(frozenset(zip(sorted(members), numbers, strict=True)))
        return rows

    for (*shifts, hour), some, one, otherwise in pages:
        people = []
        for place, name in enumerate(SEVEN):
            whole = dict(zip(OF_SEVEN, shifts, strict=True)) if name in some else {}
            own = {otherwise: whole.get(otherwise, 0) + 1} if name == one else {}
            shift = {**whole, **own}
            person = _cheap_person(name, (14 if place < 3 else 20) + hour / 9 + shift.get("clock", 0) / 9)
            moved = {measure: person.measures[measure] + shift.get(measure, 0) for measure in OF_SEVEN}
            people.append(replace(_set(person, **moved), error=0.3))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Board, "take", listen)
            cohort = count_cohort(people, history, 3)
        history = history if cohort is None else cohort.history
    assert not any(can_single_out(of_one, 3) for of_one in sums.values())


def test_one_who_changed_is_seen_behind_a_page_of_another_subject() -> None:
    people = [_cheap_person(f"p{n}", 18.0) for n in range(6)]
    first = _count(people, 3)
    videos = [
        replace(_set(person, pace=[2.0]), kind=replace(person.kind, product="youtube")) for person in people
    ]
    second = count_cohort(videos, first.history, 3)
    assert second is not None
    assert count_cohort(people, second.history, 3) is not None
    assert count_cohort([_set(people[0], pace=[1.5]), *people[1:]], second.history, 3) is None
    # Covered days are the same for every subject: that one has more of them shows at once.
    longer = [_set(videos[0], days=[7.0]), *videos[1:]]
    assert count_cohort(longer, first.history, 3) is None


def test_a_digest_is_of_the_number_alone_and_of_no_rounding() -> None:
    person = _cheap_person("p", 18.0)
    other = replace(person, name="q", kind=replace(person.kind, product="youtube"))
    assert other.digests == person.digests
    assert _set(person, pace=person.measures["pace"] + 1e-13).digests == person.digests
    moved = _set(person, clock=person.measures["clock"] + 0.01).digests
    assert {name for name in moved if moved[name] != person.digests[name]} == {"clock", "error"}
    vague = replace(person, error=9.0).digests
    assert {name for name in vague if vague[name] != person.digests[name]} == {"error"}


def _set(person: Person, **rows: object) -> Person:
    changed = {name: np.array(row, dtype=float) for name, row in rows.items()}
    return replace(person, measures={**person.measures, **changed})


def test_whether_people_differ_is_seen_through_midnight() -> None:
    assert not differ(invent_alike(8, centre=23.9))
    assert differ([invent_person(f"p{n}", n, centre=23.0 + n / 3) for n in range(8)])
