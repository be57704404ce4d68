"""The calendar of a short archive: its few months as on a wall, with their dates."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.calendar_rows import GAP
from pipeline.charts.day_squares import draw_key, find_key_height, lay_out_key, list_signs
from pipeline.charts.month_blocks import draw_month, find_month_height
from pipeline.charts.tokens import LIGHT, Theme

PITCH = 30.0  # CSS px, of squares, at most
BETWEEN, BELOW = 34.0, 20.0  # two months, one beside the other and one above the other


def list_months(frame: pd.DataFrame) -> pd.DatetimeIndex:
    """List the months that hold a day of the span."""
    first, last = frame["date"].min(), frame["date"].max()
    return pd.date_range(first.normalize().replace(day=1), last, freq="MS")


def _list_signs(frame: pd.DataFrame) -> tuple[str, ...]:
    months = list_months(frame)
    return list_signs(frame, months[0], months[-1] + pd.offsets.MonthEnd())


def find_pitch(n_months: int, width: float, narrow: bool) -> tuple[int, float]:
    """Return how many months stand side by side, and the pitch of their squares."""
    n_across = min(n_months, 2 if narrow else 4)
    return n_across, min(PITCH, (width - BETWEEN * (n_across - 1) + GAP * n_across) / (7 * n_across))


def find_months_height(
    frame: pd.DataFrame, limits: pd.DataFrame, width: float, *, nouns: str = "searches", narrow: bool = False
) -> float:
    """Return the height in CSS pixels that ``draw_calendar_months`` needs."""
    n_months = len(list_months(frame))
    n_across, pitch = find_pitch(n_months, width, narrow)
    n_down = -(-n_months // n_across)
    key = lay_out_key(limits, nouns, width, _list_signs(frame))
    return n_down * (find_month_height(pitch) + BELOW) + find_key_height(key)


def draw_calendar_months(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    limits: pd.DataFrame,
    nouns: str = "searches",
    first_weekday: int = 0,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``count_by_date`` (date, searches, step) month by month; ``limits`` has step, low, high."""
    width, height = open_sheet(ax)
    months = list_months(frame)
    n_across, pitch = find_pitch(len(months), width, narrow)
    for k, month in enumerate(months):
        left = k % n_across * (7 * pitch - GAP + BETWEEN)
        top = k // n_across * (find_month_height(pitch) + BELOW)
        draw_month(ax, month, frame, left, top, pitch, first_weekday=first_weekday, theme=theme)
    key = lay_out_key(limits, nouns, width, _list_signs(frame))
    draw_key(ax, key, 0, height - find_key_height(key), theme)
    return ax
