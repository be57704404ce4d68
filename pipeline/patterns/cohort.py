"""Many people as one: who is on the page, in which groups, and every number that is shown of them.

Every number passes ``Board.take``, which hands out the measures of a set of people, refuses one of fewer
than k, and writes down what was taken: the page's account, and what a test adds and subtracts in every way.
``cohort_cells`` has the rule and its proof, ``cohort_estimates`` how a number is rounded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import chdtrc

from pipeline.patterns.clock import find_distance
from pipeline.patterns.cohort_cells import ABSENT, History, Seen, add_page, join, list_groupings, split
from pipeline.patterns.cohort_people import CORE, OPTIONAL, Floats, Kind, Person, find_hour

MOST_LEFT_OUT = 0.2  # of the people, for the sake of one measure that they lack
UNLIKELY = 0.001  # of people as different as these, were they alike
LEAST_APART = 0.5  # hours, the spread between people from which on they are parted
GROUPS = {2: ("Earlier", "Later"), 3: ("Earlier", "Middle", "Later")}


@dataclass(frozen=True, slots=True)
class Shown:
    """Something on the page, and whose numbers it is made of; ``step``: how it is rounded."""

    what: str
    members: frozenset[str]
    step: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is on the page: a cell of each, the groups, the earliest first, and the measures that are shown."""

    cells: Mapping[str, int]
    groups: tuple[tuple[str, ...], ...]
    having: Mapping[str, frozenset[str]]
    history: Mapping[str, Seen]
    are_different: bool = False  # whether their hours differ at all


@dataclass(slots=True)
class Board:
    """The one way to a number of several people; ``shown`` grows with each."""

    people: Mapping[str, Person]
    k: int
    shown: list[Shown] = field(default_factory=list)

    def take(self, measure: str, members: Sequence[str], what: str, step: str = "") -> Floats:
        """Return (n, m) numbers of these people, written down as ``what``; fewer than k are an error."""
        assert len(set(members)) >= self.k, "fewer than k people"
        self.shown.append(Shown(what, frozenset(members), step))
        rows = [
            np.array([self.people[name].error]) if measure == "error" else self.people[name].measures[measure]
            for name in sorted(members)
        ]
        return np.array(rows)


def choose_plan(people: Sequence[Person], history: History, k: int) -> Plan | None:
    """Choose whom the page shows, so that neither it nor it beside earlier pages tells of fewer than k.

    Of the ways that are allowed the first is taken: with groups before without them, then without those few
    who lack a measure that nearly all have, before with everybody. An optional measure is left out where
    with it the way would not be allowed. ``None`` where none is allowed. Takes at least k people.
    """
    digests = {person.name: person.digests for person in people}
    ways = []
    for cells, wanted in _list_ways(people, k):
        having = _leave_out_measures(wanted, cells, digests, history, k)
        numbers = {name: _list_numbers(name, digests[name], having) for name in cells}
        if (known := add_page(history, cells, numbers, k)) is not None:
            ways.append((cells, having, numbers, known))
    for cells, having, numbers, _ in ways:
        inside = [person for person in people if person.name in cells]
        for groups in _list_groups(inside, history, k) if differ(inside) else ():
            parted = join(cells, groups)
            if (known := add_page(history, parted, numbers, k)) is not None:
                return Plan(parted, groups, having, _remember(known, groups), True)
    for cells, having, _, known in ways:
        different = differ([person for person in people if person.name in cells])
        return Plan(cells, (), having, _remember(known, ()), different)
    return None


def differ(people: Sequence[Person]) -> bool:
    """Say whether people's mean hours differ by more than each one's own weeks and years do.

    Cochran’s Q, with the errors of each person's mean hour; the spread between people by DerSimonian and
    Laird 1986, Meta-Analysis in Clinical Trials.
    """
    arrows = np.array([person.measures["clock"] for person in people])
    hours, _ = _place_on_dial(arrows)
    errors = np.array([person.error for person in people])
    chance, spread = weigh_differences(hours, errors)
    return chance < UNLIKELY and spread >= LEAST_APART


def weigh_differences(hours: Floats, errors: Floats) -> tuple[float, float]:
    """Return the chance of hours so different, were all alike, and how far they truly spread, in hours."""
    weights = 1 / errors**2
    middle = float(weights @ hours / weights.sum())
    q, free = float(weights @ (hours - middle) ** 2), len(hours) - 1
    if free < 1:
        return 1.0, 0.0
    slack = weights.sum() - float((weights**2).sum() / weights.sum())
    return float(chdtrc(free, q)), math.sqrt(max(0.0, (q - free) / slack))


def spread_hours(people: Sequence[Person]) -> dict[str, float]:
    """Return how far each one's mean hour lies from that of all, in hours."""
    hours, _ = _place_on_dial(np.array([person.measures["clock"] for person in people]))
    return {person.name: float(hour) for person, hour in zip(people, hours, strict=True)}


def kind_of(people: Sequence[Person]) -> Kind:
    """Return what the people have in common."""
    (kind,) = {person.kind for person in people}
    return kind


def _place_on_dial(arrows: Floats) -> tuple[Floats, float]:
    across, up = arrows.mean(axis=0)
    middle = find_hour(float(across), float(up))
    hours = np.arctan2(arrows[:, 0], arrows[:, 1]) / (2 * np.pi) * 24
    return find_distance(hours, middle), middle


def _list_ways(
    people: Sequence[Person], k: int
) -> Iterator[tuple[dict[str, int], dict[str, frozenset[str]]]]:
    """Yield (cells, who has each measure that can be shown), the fullest page first."""
    names = frozenset(person.name for person in people)
    kept = leave_out(people, k)
    ways = dict.fromkeys([(kept, True), (names, True), (names, False)])
    for members, may_split in ways:
        cells = dict.fromkeys(sorted(members), 0)
        having: dict[str, frozenset[str]] = dict.fromkeys(CORE, members)
        for measure in OPTIONAL:
            some = frozenset(p.name for p in people if p.name in members and measure in p.measures)
            if some == members:
                having[measure] = some
            elif some and may_split and (parted := split(cells, set(some), k)) is not None:
                cells, having[measure] = parted, some
        yield cells, having


def _leave_out_measures(
    having: Mapping[str, frozenset[str]],
    cells: Mapping[str, int],
    digests: Mapping[str, Mapping[str, str]],
    history: History,
    k: int,
) -> dict[str, frozenset[str]]:
    """Leave out the optional measures of which alone a page of these cells would tell of fewer than k."""
    kept = {}
    for measure, names in having.items():
        alone = {
            name: {measure: digests[name][measure]} if measure in OPTIONAL and name in names else {}
            for name in cells
        }
        if measure in CORE or add_page(history, cells, alone, k) is not None:
            kept[measure] = names
    return kept


def _list_numbers(
    name: str, digests: Mapping[str, str], having: Mapping[str, frozenset[str]]
) -> dict[str, str]:
    """Return the digests of what a page shows of a person; whether people differ is always shown."""
    shown = {"error", *(measure for measure, names in having.items() if name in names)}
    return {measure: digest for measure, digest in digests.items() if measure in shown}


def leave_out(people: Sequence[Person], k: int) -> frozenset[str]:
    """Return the names without those few who lack a measure that nearly all have, in the measures’ order."""
    kept, least = list(people), max(k, math.ceil((1 - MOST_LEFT_OUT) * len(people)))
    for measure in OPTIONAL:
        some = [person for person in kept if measure in person.measures]
        if len(kept) - len(some) < k and len(some) >= least:
            kept = some
    return frozenset(person.name for person in kept)


def _list_groups(people: Sequence[Person], history: History, k: int) -> Iterator[tuple[tuple[str, ...], ...]]:
    """Yield groupings: by today's hours, then as the last page had them, if it had all of these people."""
    hours = spread_hours(people)
    yield from list_groupings(hours, k)
    groups: dict[int, list[str]] = {}
    for name in sorted(hours):
        groups.setdefault(history[name].group if name in history else ABSENT, []).append(name)
    if ABSENT not in groups and len(groups) in GROUPS:
        means = {group: float(np.mean([hours[name] for name in names])) for group, names in groups.items()}
        yield tuple(tuple(groups[group]) for group in sorted(groups, key=lambda group: means[group]))


def _remember(history: Mapping[str, Seen], groups: tuple[tuple[str, ...], ...]) -> dict[str, Seen]:
    group_of = {name: number for number, group in enumerate(groups) for name in group}
    return {name: replace(seen, group=group_of.get(name, ABSENT)) for name, seen in history.items()}
