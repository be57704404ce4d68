"""All that one cohort page says, and the account of it: each number, of how many people, how rounded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.patterns.answer import Answer
from pipeline.patterns.cohort import Board, Shown, choose_plan, kind_of
from pipeline.patterns.cohort_answers import ANSWERS
from pipeline.patterns.cohort_cells import History, Seen
from pipeline.patterns.cohort_estimates import average
from pipeline.patterns.cohort_groups import PATTERN, answer_groups
from pipeline.patterns.cohort_people import Kind, Person
from pipeline.patterns.wording import begin

FEW_PEOPLE = 5  # a smaller k is said on the page to be less than usual


@dataclass(frozen=True, eq=False)
class Cohort:
    """What is shown of a cohort; ``typical_days`` and ``pace`` are geometric means to two figures.

    ``history`` is what all pages, this one included, have shown of whom.
    """

    k: int
    n_people: int
    n_groups: int
    kind: Kind
    typical_days: float
    pace: float
    answers: Mapping[str, Answer]
    shown: tuple[Shown, ...]
    history: Mapping[str, Seen]

    @property
    def account(self) -> pd.DataFrame:
        """Each thing shown: what, people, rounded."""
        rows = [(shown.what, len(shown.members), shown.step) for shown in self.shown]
        return pd.DataFrame(rows, columns=["what", "people", "step"])


def count_cohort(people: Sequence[Person], history: History, k: int) -> Cohort | None:
    """Count what can be shown of at least k people of one kind; ``None`` where an earlier page forbids it."""
    plan = choose_plan(people, history, k)
    if plan is None:
        return None
    inside = [person for person in people if person.name in plan.cells]
    board, kind = Board({person.name: person for person in inside}, k), kind_of(inside)
    names = [*plan.cells]
    board.take("days", names, "How many people", "exact")
    days = _average_log(board, names, "days", "Covered days, typically (geometric mean)")
    pace = _average_log(board, names, "pace", f"{begin(kind.nouns)} a day, typically (geometric mean)")
    answers = {PATTERN: answer_groups(board, plan, kind)}
    for name, make in ANSWERS.items():
        if (answer := make(board, plan, kind)) is not None:
            answers[name] = answer
    return Cohort(
        k, len(names), len(plan.groups), kind, days, pace, answers, tuple(board.shown), plan.history
    )


def round_two(value: float) -> float:
    """Round to two figures: 637 to 640, 18.34 to 18."""
    return float(f"{value:.1e}")


def _average_log(board: Board, names: Sequence[str], measure: str, what: str) -> float:
    mean, _ = average(board.take(measure, names, what, "two figures"))
    return round_two(math.exp(float(mean[0])))
