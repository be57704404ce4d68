"""People beside people, as groups of at least k: the earlier, the middle and the later by their mean hour."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.clock import find_distance
from pipeline.patterns.cohort import GROUPS, Board, Plan
from pipeline.patterns.cohort_estimates import (
    HOUR,
    RATIO,
    Estimate,
    compare,
    estimate_hour,
    estimate_ratio,
    frame_shares,
    frame_window,
    say_change,
)
from pipeline.patterns.cohort_people import Kind
from pipeline.patterns.finding import Finding
from pipeline.patterns.wording import begin, say_clock, spell_hours, spell_small

PATTERN = "cohort_groups"
HOW = (
    "Each person’s mean hour is the direction of their mean arrow on a dial of 24 hours. Where people differ "
    "in it by more than their own weeks and years do (Cochran’s Q, once in 1,000, and by at least half an "
    "hour), they are parted by it into groups that are as even within as can be; where a group begins or "
    "ends is not shown, since that is somebody’s own hour. The curve of a group is the mean of its people’s "
    "shares."
)


def answer_groups(board: Board, plan: Plan, kind: Kind) -> Answer:
    """Give each group's daily curve (group, hour, share, low, high); extra: summary, a row a group."""
    if not plan.groups:
        return _say_none(board, plan, kind)
    names = GROUPS[len(plan.groups)]
    board.take("error", [*plan.cells], "Whether people’s hours differ", "yes or no")
    curves: list[pd.DataFrame] = []
    rows: list[dict[str, Any]] = []
    for name, members in zip(names, plan.groups, strict=True):
        curve = frame_shares(board.take("hours", members, f"{name} people: share of each hour", "0.1\u00a0%"))
        curves.append(curve.rename(columns={"place": "hour"}).assign(group=name))
        hour = estimate_hour(board.take("clock", members, f"{name} people: mean hour", "10 minutes"))
        rows.append({"group": name, "people": len(members), **_name(hour, "mean_hour")})
    notes: list[tuple[str, str]] = []
    for measure in ("weekend", "quiet"):
        notes += _compare_measure(measure, board, plan, rows)
    frame = pd.concat(curves, ignore_index=True)[["group", "hour", "share", "low", "high"]]
    summary = pd.DataFrame(rows)
    headline, emphasis, certainty = _say_apart(summary)
    sizes = " and ".join(f"{row['people']} {row['group'].lower()}" for row in rows)
    made = (
        "The groups are made by the hour that is compared, so that they differ in it is no finding; that "
        "people differ is: were all alike, hours so different would come less than once in 1,000 times."
    )
    said = ("How sure", f"{certainty}. {made}") if certainty else ("How sure", made)
    alt = f"Curves, mean share of {kind.nouns} by hour, a row a group: {sizes}. "
    alt += "; ".join(
        f"{row['group']} people centre on {say_clock(row['mean_hour'])}"
        for row in rows
        if math.isfinite(row["mean_hour"])
    )
    return Answer(
        {MAIN: frame, "summary": summary},
        Finding(
            PATTERN, "Groups", headline, emphasis,
            f"Share of a person’s {kind.nouns} by hour, the mean of each group with 95\u00a0% interval; in "
            "grey the mean of the other groups. Under each name: how many people, and where their "
            "hours centre.",
            certainty, (said, *notes), alt.rstrip() + ("" if alt.endswith(".") else "."), HOW,
            remarkable=5.0 if emphasis else 0.0, mark=(names[-1],) if emphasis else (),
        ),
    )  # fmt: skip


def _name(found: Estimate, name: str) -> dict[str, float]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _compare_measure(
    measure: str, board: Board, plan: Plan, rows: list[dict[str, Any]]
) -> list[tuple[str, str]]:
    """Add a measure to the groups' rows where each has people enough who have it, and note its difference."""
    having = plan.having.get(measure, frozenset())
    parts = [sorted(having.intersection(members)) for members in plan.groups]
    if min(map(len, parts)) < board.k:
        return []
    what = {"weekend": "weekends against workdays", "quiet": "the quiet window"}[measure]
    step = {"weekend": "1\u00a0%", "quiet": "10 minutes"}[measure]
    values = [
        board.take(measure, part, f"{row['group']} people: {what}", step)
        for part, row in zip(parts, rows, strict=True)
    ]
    for row, value in zip(rows, values, strict=True):
        if measure == "weekend":
            row["weekend_ratio"] = estimate_ratio(value).value
        else:
            window = frame_window(value).iloc[0]
            row |= {"quiet_from": window["start"], "quiet_hours": window["hours"]}
    first, last = values[0][:, 0], values[-1][:, 0]
    if measure == "weekend":
        found = compare(first, last, RATIO)
        ratio = math.exp(found.value)
        text = f"The later people’s ratio of weekends to workdays is {say_change(ratio - 1)} "
        text += f"{'above' if ratio > 1 else 'below'} the earlier people’s."
        return [("Weekends", text if found.low * found.high > 0 else _say_no_difference())]
    found = compare(first, last, HOUR)
    text = f"The later people’s quiet window begins {spell_hours(found.value)} "
    text += f"{'later' if found.value > 0 else 'earlier'} than the earlier people’s, between "
    ends = sorted(abs(end) for end in (found.low, found.high))
    text += f"{spell_hours(ends[0])} and {spell_hours(ends[1])}."
    return [("Nights", text if found.low * found.high > 0 else _say_no_difference())]


def _say_no_difference() -> str:
    return "Between the earlier and the later people no difference is clear."


def _say_apart(summary: pd.DataFrame) -> tuple[str, str, str]:
    """Return headline, key phrase and certainty: by how much the last group's hours lie after the first's."""
    first, last = (float(summary["mean_hour"].iloc[place]) for place in (0, -1))
    if not (math.isfinite(first) and math.isfinite(last)):
        return f"{begin(spell_small(len(summary)))} groups keep different hours", "", ""
    apart = float(find_distance(np.array([last]), first)[0])
    if apart <= 0:
        return f"{begin(spell_small(len(summary)))} groups keep different hours", "", ""
    phrase = f"{spell_hours(apart)} after"
    ends = [
        f"{say_clock(row['mean_hour_low'])} and {say_clock(row['mean_hour_high'])}"
        for row in summary.iloc[[0, -1]].to_dict("records")
    ]
    certainty = (
        f"Earlier people centre on {say_clock(first)} (between {ends[0]}), later ones on {say_clock(last)} "
        f"(between {ends[1]})"
    )
    return f"The later people’s hours centre {phrase} the earlier people’s", phrase, certainty


def _say_none(board: Board, plan: Plan, kind: Kind) -> Answer:
    n, k = len(plan.cells), board.k
    board.take("error", [*plan.cells], "Whether people’s hours differ", "yes or no")
    if n < 2 * k:
        headline = "Groups are not compared yet"
        deck = f"It takes {2 * k} people to compare two groups of at least {k}."
    elif plan.are_different:
        headline = "Groups are not compared this time"
        deck = f"Every way to part the people would tell of fewer than {k} of them beside an earlier page."
    else:
        headline = "No groups are told apart by their hours"
        deck = (
            "People’s mean hours differ by less than half an hour, or by no more than each one’s own weeks "
            "and years do."
        )
    return Answer(
        {MAIN: pd.DataFrame({"group": [], "people": []})},
        Finding(PATTERN, "Groups", headline, "", deck, "", (), "", HOW),
    )
