"""What is said of every classifier: beside how often it is right, how often always saying one class is."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from flows.work.classified import Answers, Task, make_result, say_base_rate
from flows.work.evidence import weigh_errors
from flows.work.result import Span, WorkResult
from flows.work.season import LEVEL_TASK as SEASON_BY_LEVEL
from flows.work.term_or_holiday import LEVEL_TASK as TERM_BY_LEVEL
from flows.work.term_or_holiday import TASK
from models.types import Array

DAYS = np.datetime64("2024-01-01") + 7 * np.arange(200)
LEARNED = Span(date(2020, 1, 6), date(2023, 12, 25))


def tell(chance: float, control: Array | None = None) -> WorkResult:
    """A model that gives the truth ``chance``, on weeks of which a tenth are holidays."""
    truth = (np.arange(200) % 10 == 0).astype(int)
    said = np.where(np.eye(2)[truth] == 1, chance, 1 - chance)
    shares = np.tile([0.9, 0.1], (200, 1))
    answers = Answers(said, shares, shares if control is None else control, truth, truth)
    return make_result(TASK, answers, DAYS, LEARNED, model_name="softmax", seed=0)


def test_a_control_takes_the_claim_back_by_an_interval_that_is_not_widened() -> None:
    truth, shares = np.eye(2)[(np.arange(200) % 10 == 0).astype(int)], np.array([0.9, 0.1])
    surer = np.where(np.arange(200) // 5 % 3 == 0, -0.04, 0.05)[:, None]  # in most weeks
    control = shares + surer * (2 * truth - 1)
    off, usual = (((said - truth) ** 2).sum(axis=1) for said in (control, shares))
    assert weigh_errors(off, usual, DAYS, 0).low < 0 < weigh_errors(off, usual, DAYS, 0, n_tried=1).low
    assert tell(0.9, control).verdict == "no better than the baseline"


def test_the_headline_has_the_base_rate_beside_the_share_named_right() -> None:
    result = tell(0.9)
    assert result.headline == (
        "Three weeks’ hours tell term from holiday 100 times in 100; always saying term is right 90"
    )
    assert (result.emphasis, result.verdict) == ("100 times in 100", "clearly better")


def test_the_errors_avoided_can_be_had_from_the_two_figures_beside_them() -> None:
    result = tell(0.9)
    assert (result.model_score_text, result.baseline_score_text) == ("off by 0.141", "off by 0.424")
    assert (result.model_right_text, result.baseline_right_text) == ("100\u00a0% right", "90\u00a0% right")
    assert result.avoided == pytest.approx(1 - 0.1414 / 0.4243, abs=1e-3)


def test_a_base_rate_is_written_as_the_share_beside_it() -> None:
    assert say_base_rate("term", "92 times in 100", 0.75) == "always saying term is right 75"
    assert say_base_rate("term", "two times in three", 0.5) == "always saying term is right one time in two"


@pytest.mark.parametrize("task", [SEASON_BY_LEVEL, TERM_BY_LEVEL])
def test_hours_that_were_not_looked_at_are_not_in_the_headline(task: Task) -> None:
    assert "hours" not in f"{task.finding} {task.odds}"
    assert "shifts the odds" in task.odds
