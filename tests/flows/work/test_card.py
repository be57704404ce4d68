"""What every model card says in the same words."""

from __future__ import annotations

from datetime import date

import pytest

from flows.work.card import say_scores
from flows.work.evidence import LEAST, say_avoided
from flows.work.result import NO_BETTER, Span, WorkResult
from models.comparison import Avoided

SURE = " (95\u00a0% for all 24 models that may be tried)"


@pytest.mark.parametrize(("low", "sure"), [(-0.4, SURE), (LEAST, "")])
def test_how_sure_an_interval_is_stands_only_where_there_is_one(low: float, sure: str) -> None:
    avoided = Avoided(-0.22, low, 0.1)
    result = WorkResult(
        "usual_day", "How many?", "a net", "the mean", "", emphasis="", deck="", alt="", how="",
        model_score_text="off by 15", baseline_score_text="off by 12", avoided=avoided.share,
        low=avoided.low, high=avoided.high, verdict=NO_BETTER, certainty=say_avoided(avoided),
        n_scored=30, scored_unit="days", scored=Span(date(2025, 1, 1), date(2025, 1, 30)), n_tried=24,
    )  # fmt: skip
    assert say_scores(result).partition("Errors avoided: ")[2] == (
        f"{say_avoided(avoided)}{sure}. In words: no better than the baseline."
    )
