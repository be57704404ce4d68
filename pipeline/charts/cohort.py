"""Which drawing shows an answer of a cohort, in the two forms that its page needs: a column's, a phone's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.cohort_bars import BARS_HEIGHT, draw_bars
from pipeline.charts.cohort_groups import draw_groups, find_groups_height
from pipeline.charts.cohort_quiet import QUIET_HEIGHT, draw_window
from pipeline.charts.hours import HOURS_HEIGHT, draw_hours
from pipeline.charts.picture import NARROW_WIDTH, PAGE_WIDTH, Picture, make_page_form
from pipeline.charts.render import render_svg
from pipeline.charts.tokens import Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.wording import MONTHS, WEEKDAYS

FORMS: Mapping[str, tuple[float, bool]] = {"wide": (PAGE_WIDTH, False), "narrow": (NARROW_WIDTH, True)}

LITTLE = ("almost nothing", "little")  # the quiet window of the nights is another thing on the same page


def draw_cohort(name: str, answer: Answer, first_weekday: int = 0) -> dict[str, str]:
    """Return the SVG of each form, ``wide`` and ``narrow``; nothing where a table stands in its place."""
    picture = _choose(name, answer, first_weekday)
    if picture is None:
        return {}
    return {
        form: render_svg(make_page_form(picture, width, narrow=narrow))
        for form, (width, narrow) in FORMS.items()
    }


def _choose(name: str, answer: Answer, first_weekday: int) -> Picture | None:
    frame: pd.DataFrame = answer.frame
    mark: tuple[Any, ...] = answer.finding.mark
    if name == "cohort_groups" and len(frame):
        draw = partial(draw_groups, frame=frame, summary=answer.frames["summary"], mark=mark)
        n_groups = len(answer.frames["summary"])
        return Picture(draw, lambda width, narrow: find_groups_height(n_groups, narrow))
    if name == "cohort_hours":
        quiet = answer.frames["quiet"]
        span = (int(quiet["start"].iloc[0]), int(quiet["end"].iloc[0])) if len(quiet) else None
        return Picture(
            partial(draw_hours, frame=frame, quiet=span, names=LITTLE, mark=mark), lambda *_: HOURS_HEIGHT
        )
    if name == "cohort_quiet":
        return Picture(partial(draw_window, frame=frame), lambda *_: QUIET_HEIGHT)
    if name == "cohort_weekdays":
        order = [(first_weekday + k) % 7 for k in range(7)]
        return _picture_bars(answer, "share", order, [WEEKDAYS[day] for day in order], mark, first=0)
    if name == "cohort_months":
        return _picture_bars(answer, "ratio", list(range(12)), list(MONTHS), mark, first=1)
    return None


def _picture_bars(
    answer: Answer, column: str, order: list[int], names: list[str], mark: tuple[object, ...], *, first: int
) -> Picture:
    """Return bars in an order of rows; ``first`` is what the first row of the table is called in ``mark``."""
    frame = answer.frame.iloc[order]
    shares, lows, highs = (frame[name].to_numpy(dtype=np.float64) for name in (column, "low", "high"))
    marked = [k for k, row in enumerate(order) if row + first in mark]
    free = [k for k, off in enumerate(frame["weekend"]) if off] if "weekend" in frame else []
    line = (1.0, "a person’s own mean month") if column == "ratio" else None

    def draw(ax: Axes, *, theme: Theme, narrow: bool) -> Axes:
        short = 1 if narrow and len(names) > 7 else 3
        shown = [name[:short] for name in names] if narrow or len(names) > 7 else names
        return draw_bars(
            ax, (shares, lows, highs), shown, mark=marked, tint=free, line=line, theme=theme, narrow=narrow
        )

    return Picture(draw, lambda *_: BARS_HEIGHT)
