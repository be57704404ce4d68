"""The pieces of model work, in the page's order: what each asks, how it is done, and how long it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from flows.work import (
    daily_trend,
    daily_trend_result,
    day_shape,
    day_shape_result,
    next_day,
    next_hour,
    season,
    term_or_holiday,
    text_product,
    two_heads,
    two_heads_result,
    usual_day,
    usual_day_result,
    weekday,
    weekday_result,
    weekend_or_weekday,
)
from flows.work.materials import Materials
from flows.work.result import WorkDone

Run = Callable[[Materials, bytes | None], WorkDone]


class Work(NamedTuple):
    """One piece of work; ``estimate`` is in seconds, roughly, on a small machine of 2026."""

    question: str
    run: Run
    estimate: Callable[[Materials], float]


def _on_subject(run: Callable[..., WorkDone]) -> Run:
    return lambda materials, saved: run(materials.subject, materials.home_zone, saved)


def _tell_holidays(materials: Materials, saved: bytes | None) -> WorkDone:
    """Tell term from holiday by the free days of the settings, or by those planted in the sample."""
    subject, whose = materials.subject, term_or_holiday.OF_SETTINGS
    if materials.planted:
        subject, whose = replace(subject, free_days=materials.planted), term_or_holiday.OF_SAMPLE
    return term_or_holiday.run_work(subject, materials.home_zone, saved, free_days=whose)


def _by_days(seconds: float) -> Callable[[Materials], float]:
    """Estimate by the number of covered days, ``seconds`` for a thousand."""
    return lambda materials: seconds * len(materials.subject.covered) / 1000


WORKS: dict[str, Work] = {
    "next_hour": Work("How many in the next hour?", _on_subject(next_hour.run_work), _by_days(2.0)),
    "next_day": Work("How many on the next day?", _on_subject(next_day.run_work), _by_days(0.5)),
    "usual_day": Work(usual_day_result.QUESTION, _on_subject(usual_day.run_work), _by_days(0.2)),
    "daily_trend": Work(daily_trend_result.QUESTION, _on_subject(daily_trend.run_work), _by_days(0.1)),
    "day_shape": Work(day_shape_result.QUESTION, _on_subject(day_shape.run_work), _by_days(0.1)),
    "weekday": Work(weekday_result.QUESTION, _on_subject(weekday.run_work), _by_days(1.0)),
    "weekend_or_weekday": Work(
        weekend_or_weekday.QUESTION, _on_subject(weekend_or_weekday.run_work), _by_days(1.0)
    ),
    "two_heads": Work(two_heads_result.QUESTION, _on_subject(two_heads.run_work), _by_days(0.5)),
    "season": Work(season.QUESTION, _on_subject(season.run_work), _by_days(0.5)),
    "term_or_holiday": Work(term_or_holiday.QUESTION, _tell_holidays, _by_days(0.5)),
    "text_product": Work(
        text_product.QUESTION,
        lambda materials, saved: text_product.run_work(materials.texts, saved),
        lambda materials: 1.0 + 10.0 * len(materials.texts) / 100_000,
    ),
}
