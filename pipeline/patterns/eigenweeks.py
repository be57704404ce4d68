"""The shapes by which weeks differ: the leading components of their 7 × 24 maps, named where plain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import Floats, draw_weights, find_interval
from pipeline.patterns.components import (
    MOST_COMPONENTS,
    Components,
    find_chance_shares,
    find_components,
)
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_SEARCHES
from pipeline.patterns.finding import Finding
from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.week_maps import ENOUGH_WEEKS, WeekMaps, list_clock, list_week_maps, smooth_hours
from pipeline.patterns.weeks import PARTS
from pipeline.patterns.wording import (
    WEEKDAYS,
    say_count,
    say_percent,
    say_percents,
    say_too_few,
    spell_small,
)

ONE_SIGN = 0.7  # |sum| over sum of |weights|, from which a shape is more or less of everything
PLAIN = 0.4  # share of a shape that its mean hours or its mean days hold, before it is named after them
STEADY = 0.6  # cosine of the shapes of every other week with that of all, before a shape is named
FULL, MIXED = "how full the week is", "other hours on other days"
HOW = (
    "Each whole covered week is a map of 7 × 24 hours from Monday 04:00, averaged over five hours. The "
    "shapes are the principal components of these maps: the first is what weeks differ by most, each next "
    "one what they differ by most besides. A shape is shown if it holds more of the weeks’ variance than "
    "the one of its rank does in any of 50 archives whose days are shuffled among the weeks, weekday by "
    "weekday. For the intervals, weeks are drawn again, two together, 1,000 times."
)


def list_shares(components: Components, maps: Floats, chance: Floats, weights: Floats) -> pd.DataFrame:
    """List component (from 1), share of the weeks’ variance, low, high, chance (the largest by shuffling)."""
    square = ((maps - maps.sum(axis=0) / max(len(maps), 1)) ** 2).sum(axis=1)
    whole = np.maximum(weights @ square, 1e-12)
    ends = [find_interval((weights @ scores**2) / whole) for scores in components.scores.T]
    low, high = np.array(ends, dtype=float).reshape(-1, 2).T
    return pd.DataFrame(
        {
            "component": np.arange(1, len(components.shares) + 1),
            "share": components.shares,
            "low": low,
            "high": high,
            "chance": chance[: len(components.shares)],
        }
    )


def list_weights(components: Components) -> pd.DataFrame:
    """List component, weekday (of the row from 04:00), hour, weight: 168 rows a component."""
    weekday, hour = list_clock()
    n = len(components.axes)
    return pd.DataFrame(
        {
            "component": np.repeat(np.arange(1, n + 1), 168),
            "weekday": np.tile(weekday, n),
            "hour": np.tile(hour, n),
            "weight": components.axes.ravel(),
        }
    )


def name_shape(axis: Floats, weekend: tuple[int, ...]) -> str:
    """Name a shape (168,) by what rises in it against what falls, if that is plain."""
    if abs(axis.sum()) >= ONE_SIGN * np.abs(axis).sum():
        return FULL
    table = axis.reshape(7, 24)
    hours, days = np.roll(table.mean(axis=0), FIRST_HOUR), table.mean(axis=1)
    by_hours, by_days = 7 * float((hours**2).sum()), 24 * float((days**2).sum())
    if max(by_hours, by_days) < PLAIN:
        return MIXED
    if by_hours >= by_days:
        parts = hours.reshape(4, 6).mean(axis=1)
        return f"{PARTS[int(np.argmax(parts))]} against {PARTS[int(np.argmin(parts))]}"
    is_weekend = np.isin(np.arange(7), weekend)
    if is_weekend.any() and not is_weekend.all():
        for sign, text in ((1.0, "weekends against workdays"), (-1.0, "workdays against weekends")):
            if (sign * days[is_weekend] > 0).all() and (sign * days[~is_weekend] < 0).all():
                return text
    return f"{WEEKDAYS[int(np.argmax(days))]}s against {WEEKDAYS[int(np.argmin(days))]}s"


def is_steady(maps: Floats, axis: Floats, place: int) -> bool:
    """Say whether the even and the odd weeks each have such a shape among their own leading ones."""
    halves = [find_components(maps[k::2], max(place + 2, MOST_COMPONENTS)).axes for k in (0, 1)]
    return all(float(np.abs(axes @ axis).max()) >= STEADY for axes in halves)


def count_kept(shares: Floats, chance: Floats) -> int:
    """Return how many leading components hold more than chance: up to the first that does not."""
    return int(np.logical_and.accumulate(shares > chance).sum())


def find_eigenweeks(shares: pd.DataFrame, names: pd.DataFrame, maps: WeekMaps, subject: Subject) -> Finding:
    """Say by what weeks differ most, and how much of their difference that is; else that nothing returns."""
    coverage, nouns = subject.coverage, subject.nouns
    n_weeks, n_searches = len(maps.weeks), int(maps.counts.sum())
    deck = "What weeks have more or less of, as a share of the variance of their hours"
    deck += "." if set(names["note"]) <= {FULL} else ": where blue hours rise, ochre ones fall."
    emphasis, remarkable = "", 0.0
    mark: tuple[int, ...] = ()
    if n_weeks < ENOUGH_WEEKS:
        headline = say_too_few(n_weeks, "whole week", "whole weeks", "to tell the shapes of weeks")
        deck = f"The shapes of weeks appear here after {ENOUGH_WEEKS} whole covered weeks."
        certainty = f"{say_count(n_weeks)} of the {ENOUGH_WEEKS} whole weeks that it takes"
    elif n_searches < ENOUGH_SEARCHES:
        headline = say_too_few(n_searches, subject.noun, nouns, "to tell the shapes of weeks")
        certainty = f"{say_count(n_searches)} of the {ENOUGH_SEARCHES} {nouns} that it takes"
    elif len(names) == 0:
        headline = "No shape of a week returns more than chance would make it"
        certainty = f"{say_count(n_weeks)} whole weeks were compared"
    else:
        first, name = shares.iloc[0], str(names["note"].iloc[0])
        part = f"{say_percent(first['share'])} of what differs"
        emphasis = {FULL: "how full they are", MIXED: "one shape"}.get(name, name)
        headline = f"Weeks differ most in {emphasis}: {part}"
        if name == MIXED:
            headline = f"Weeks differ most by one shape of many hours: {part}"
        mark = (1,)
        certainty = (
            f"{say_percents(first['low'], first['high'])} where weeks are drawn again; days shuffled among "
            f"the weeks give {say_percent(first['chance'])} at most"
        )
        if name not in (FULL, MIXED):
            remarkable = measure_remarkable(first["low"], first["share"], first["chance"])
    notes = [note_coverage(coverage), ("How sure", f"{certainty}.")]
    if len(names) > 1:
        together = say_percent(float(shares["share"].iloc[: len(names)].sum()))
        notes.append(("Together", f"The {spell_small(len(names))} shapes hold {together} of what differs."))
    return Finding(
        "eigenweeks", "Weeks", headline, emphasis, deck, certainty, tuple(notes),
        _describe(shares, names, subject), HOW, remarkable, mark=mark,
    )  # fmt: skip


def _describe(shares: pd.DataFrame, names: pd.DataFrame, subject: Subject) -> str:
    if len(names) == 0:
        return f"Nothing is drawn: no shape of a week of {subject.nouns}."
    named = [
        f"{note}, {say_percent(share)}" for note, share in zip(names["note"], shares["share"], strict=False)
    ]
    return (
        f"Heat maps, the shapes by which weeks of {subject.nouns} differ, by weekday and clock time, "
        f"{subject.coverage.years}. {'; '.join(named)}."
    )


def answer_eigenweeks(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the weights of the shapes beyond chance; extras: shares of all tried, names of those."""
    maps = list_week_maps(subject)
    components = Components(np.zeros((0, 168)), np.zeros(0), np.zeros((len(maps.weeks), 0)))
    smooth, chance, n_kept = smooth_hours(maps.counts), np.zeros(0), 0
    weights = np.zeros((0, len(maps.weeks)))
    if len(maps.weeks) >= ENOUGH_WEEKS and maps.counts.sum() >= ENOUGH_SEARCHES:
        components, weights = find_components(smooth), draw_weights(maps.weeks, rng)
        tested, chance = find_chance_shares(maps, rng)
        n_kept = count_kept(tested, chance)
    kept = Components(components.axes[:n_kept], components.shares[:n_kept], components.scores[:, :n_kept])
    notes = [
        name_shape(axis, subject.weekend) if is_steady(smooth, axis, k) else MIXED
        for k, axis in enumerate(kept.axes)
    ]
    names = pd.DataFrame({"component": np.arange(1, n_kept + 1), "note": pd.Series(notes, dtype="str")})
    shares = list_shares(components, smooth, chance, weights)
    frames = {MAIN: list_weights(kept), "shares": shares, "names": names}
    return Answer(frames, find_eigenweeks(shares, names, maps, subject))
