"""Which drawing shows an answer, how large it is, and what its source line adds: the one list of all charts.

Where an archive holds little, the short form stands in, or nothing at all: then the finding's own words
say what is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from pipeline.charts.cloud import draw_cloud, find_cloud_height
from pipeline.charts.cloud_years import draw_cloud_years, find_cloud_years_height
from pipeline.charts.days import DAYS_HEIGHT, draw_days
from pipeline.charts.dots import draw_dots, find_dots_height, read_notes
from pipeline.charts.hour_dots import draw_hour_dots, find_hour_dots_height
from pipeline.charts.hours import HOURS_HEIGHT, draw_hours
from pipeline.charts.learner import LEARNER_HEIGHT, NARROW_LEARNER_HEIGHT, SMOOTH_WEEKS, draw_learner
from pipeline.charts.lettering import balance
from pipeline.charts.months import draw_months, find_months_height
from pipeline.charts.picture import Picture
from pipeline.charts.week import NARROW_WEEK_HEIGHT, WEEK_HEIGHT, draw_week
from pipeline.charts.weekdays import WEEKDAYS_HEIGHT, draw_weekdays
from pipeline.charts.year_weekday import draw_year_weekday, find_year_weekday_height
from pipeline.charts.years import draw_years, find_years_height
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.months import ENOUGH_DAYS_A_MONTH
from pipeline.patterns.weeks import ENOUGH_WEEKS
from pipeline.patterns.wording import begin, spell_small

WITHOUT_EVERYDAY = "Everyday words of the language are left out."


def choose_picture(name: str, answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw an answer, or ``None`` where there is nothing to draw."""
    return PICTURES[name](answer, coverage) if len(answer.frame) else None


def _picture_dots(answer: Answer, coverage: Coverage) -> Picture:
    draw = partial(
        draw_dots,
        frame=answer.frame,
        uncovered=answer.frames["uncovered"],
        notes=read_notes(answer.frames["notes"]),
    )
    return Picture(
        draw,
        lambda width, narrow: find_dots_height(narrow),
        1080.0,
        1176.0,
        has_raster=True,
        headline_px=30.0,
    )


def _picture_years(answer: Answer, coverage: Coverage) -> Picture | None:
    days = answer.frames.get("days")
    if days is not None:
        draw_short = partial(draw_days, frame=days)
        return Picture(draw_short, lambda width, narrow: DAYS_HEIGHT) if len(days) else None
    draw = partial(draw_years, frame=answer.frame, mark=answer.finding.mark)
    return Picture(draw, lambda width, narrow: find_years_height(answer.frame, width))


def _picture_months(answer: Answer, coverage: Coverage) -> Picture | None:
    if answer.frame["per_day"].notna().sum() < 2:
        return None
    draw = partial(draw_months, frame=answer.frame, mark=answer.finding.mark)
    left_out = f"Months with fewer than {ENOUGH_DAYS_A_MONTH} covered days are left out."
    return Picture(draw, lambda width, narrow: find_months_height(answer.frame, narrow), left_out=left_out)


def _picture_week(answer: Answer, coverage: Coverage) -> Picture | None:
    if int(answer.frame["covered_weeks"].min()) < ENOUGH_WEEKS or not answer.frame["searches"].any():
        return None
    mark = [int(value) for value in answer.finding.mark]
    draw = partial(
        draw_week,
        frame=answer.frame,
        run=(mark[0], mark[1], mark[2]) if len(mark) == 3 else None,
        nouns=coverage.nouns,
        first_weekday=coverage.first_weekday,
    )
    return Picture(draw, lambda width, narrow: NARROW_WEEK_HEIGHT if narrow else WEEK_HEIGHT, 800.0)


def _picture_weekdays(answer: Answer, coverage: Coverage) -> Picture | None:
    if not answer.frame["per_day"].notna().any():
        return None
    order = (answer.frame["weekday"] - coverage.first_weekday) % 7
    frame = answer.frame.iloc[np.argsort(order.to_numpy(), kind="stable")].reset_index(drop=True)
    value, low, high = answer.frames["ratio"].iloc[0].to_numpy(dtype=float)
    mark = tuple(int(day) for day in answer.finding.mark)
    claims = bool(np.isfinite([value, low, high]).all()) and set(mark) == set(coverage.weekend)
    draw = partial(draw_weekdays, frame=frame, mark=mark, ratio=(value, low, high) if claims else None)
    return Picture(draw, lambda width, narrow: WEEKDAYS_HEIGHT)


def _picture_year_weekday(answer: Answer, coverage: Coverage) -> Picture | None:
    if not answer.frame["per_day"].notna().any():
        return None
    ratios = answer.frames["ratio"]
    draw = partial(
        draw_year_weekday,
        frame=answer.frame,
        ratios=ratios,
        mark=answer.finding.mark,
        weekend=coverage.weekend,
        first_weekday=coverage.first_weekday,
    )
    return Picture(draw, lambda width, narrow: find_year_weekday_height(answer.frame, ratios, narrow))


def _picture_hours(answer: Answer, coverage: Coverage) -> Picture | None:
    if not answer.frame["searches"].any():
        return None
    if answer.frame["share"].isna().all():
        height = find_hour_dots_height(answer.frame)
        return Picture(partial(draw_hour_dots, frame=answer.frame), lambda width, narrow: height)
    quiet = answer.frames["quiet"]
    span = (int(quiet["start"].iloc[0]), int(quiet["end"].iloc[0])) if len(quiet) else None
    draw = partial(draw_hours, frame=answer.frame, quiet=span, mark=answer.finding.mark)
    return Picture(draw, lambda width, narrow: HOURS_HEIGHT)


def picture_words(frame: pd.DataFrame, mark: tuple[str | int | float, ...]) -> Picture:
    """Return how to draw one cloud, of the whole archive or of one year."""
    draw = partial(draw_cloud, frame=frame, mark=mark)
    return Picture(
        draw, lambda width, narrow: find_cloud_height(frame, width, narrow), 800.0, left_out=WITHOUT_EVERYDAY
    )


def _picture_words(answer: Answer, coverage: Coverage) -> Picture:
    return picture_words(answer.frame, answer.finding.mark)


def _picture_words_by_year(answer: Answer, coverage: Coverage) -> Picture:
    draw = partial(draw_cloud_years, frame=answer.frame, mark=answer.finding.mark)
    return Picture(
        draw,
        lambda width, narrow: find_cloud_years_height(answer.frame, width),
        1080.0,
        left_out=WITHOUT_EVERYDAY,
    )


def picture_learner(curve: pd.DataFrame, baseline: str, coverage: Coverage) -> Picture:
    """Return how to draw a learner's weekly errors (week, model, baseline) beside those of ``baseline``."""
    lines = "\n".join(balance(baseline, 13.5, 100))
    draw = partial(
        draw_learner, frame=curve, unit=f"{coverage.nouns} an hour, error", names=("the learner", lines)
    )
    left_out = f"Baseline: {baseline}. {begin(spell_small(SMOOTH_WEEKS))}-week means."
    return Picture(
        draw, lambda width, narrow: NARROW_LEARNER_HEIGHT if narrow else LEARNER_HEIGHT, left_out=left_out
    )


PICTURES: dict[str, Callable[[Answer, Coverage], Picture | None]] = {
    "dots": _picture_dots,
    "years": _picture_years,
    "months": _picture_months,
    "week": _picture_week,
    "weekdays": _picture_weekdays,
    "year_weekday": _picture_year_weekday,
    "hours": _picture_hours,
    "words": _picture_words,
    "words_by_year": _picture_words_by_year,
}
