"""Small subjects, their answers, and a look at where the words of a figure stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from flows.work.forecast_beside import answer_beside
from pipeline.charts.style import add_box, new_figure
from pipeline.patterns.answer import Answer
from pipeline.patterns.answers import PATTERNS, compute_answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.subject import Subject

WORDS = ("tomato", "oboe", "$\\foo{", "<script>", "gravel", "a&b", "Kyoto", "naïve", "лампа", "音楽")


def make_subject(local: pd.DatetimeIndex, *, first: int = 0) -> Subject:
    """Make a subject of searches at these local times, as if UTC; days between first and last are covered."""
    local = local.sort_values().as_unit("ms")
    rows = pd.DataFrame(
        {
            "time": local.tz_localize("UTC"),
            "local": local,
            "date": local.normalize(),
            "hour": local.hour,
            "weekday": local.day_of_week,
            "year": local.year,
            "month": local.month,
            "text": [f"{WORDS[k % len(WORDS)]} {WORDS[k * k % 7]} recipe{k % 31}" for k in range(len(local))],
        }
    )
    days = pd.date_range(local[0].normalize(), local[-1].normalize(), freq="D")[1:-1].as_unit("ms")
    return Subject(
        rows, "search", "searched", "search", "searches", "searched", days, "Europe/Paris", (5, 6), first
    )


def spread_times(first: str, last: str, per_day: float, seed: int = 0) -> pd.DatetimeIndex:
    """Draw times between two dates: fuller on workdays and evenings, nothing from 2 to 6."""
    rng = np.random.default_rng(seed)
    days = pd.date_range(first, last, freq="D")
    weights = np.array([3, 2, 0, 0, 0, 0, 1, 2, 4, 5, 6, 6, 6, 6, 6, 6, 5, 4, 4, 4, 7, 9, 8, 6], dtype=float)
    times = []
    for day in days:
        n = rng.poisson(per_day * (0.6 if day.day_of_week >= 5 else 1.0))
        for hour in rng.choice(24, size=n, p=weights / weights.sum()):
            times.append(day + pd.Timedelta(hours=int(hour), seconds=int(rng.integers(3600))))
    return pd.DatetimeIndex(times)


def list_words(figure: Figure) -> list[tuple[str, Any]]:
    """Return every text that stands on a figure, with its box in dots."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    return [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text.axes is not None and text in text.axes.texts
    ]


@pytest.fixture(scope="session")
def find_clipped() -> Callable[..., list[str]]:
    """Give a function that returns the texts of a figure that stand partly outside it."""

    def find(figure: Figure, slack: float = 1.5) -> list[str]:
        width, height = figure.get_size_inches() * figure.dpi
        slack *= figure.dpi / 96  # CSS pixels, for side bearings
        return [
            text
            for text, box in list_words(figure)
            if box.x0 < -slack or box.y0 < -slack or box.x1 > width + slack or box.y1 > height + slack
        ]

    return find


@pytest.fixture(scope="session")
def find_collisions() -> Callable[..., list[tuple[str, str]]]:
    """Give a function that returns the pairs of texts that overlap by more than ``depth`` px both ways."""

    def find(figure: Figure, depth: float = 2.0) -> list[tuple[str, str]]:
        words, least = list_words(figure), depth * figure.dpi / 96
        return [
            (one, other)
            for k, (one, a) in enumerate(words)
            for other, b in words[k + 1 :]
            if min(a.x1, b.x1) - max(a.x0, b.x0) > least and min(a.y1, b.y1) - max(a.y0, b.y0) > least
        ]

    return find


@pytest.fixture
def sheet() -> Callable[..., Axes]:
    """Give a function that makes Axes of a size in CSS pixels, the whole of a figure."""

    def make(width: float = 744, height: float = 300) -> Axes:
        return add_box(new_figure(width, height), 0, 0, width, height)

    return make


@pytest.fixture(scope="session")
def texts() -> Callable[..., dict[str, Text]]:
    """Give a function that returns the texts of some Axes by what they say."""
    return lambda ax: {text.get_text(): text for text in ax.texts}


@pytest.fixture(scope="session")
def subject_of() -> Callable[..., Subject]:
    """Give ``make_subject``."""
    return make_subject


CASES = {
    "forty entries": lambda: make_subject(spread_times("2025-03-01", "2025-03-20", 2.3)[:40]),
    "one day": lambda: make_subject(spread_times("2025-03-03", "2025-03-03", 30)),
    "two years": lambda: make_subject(spread_times("2023-11-05", "2025-10-20", 4)),
    "fifteen years": lambda: make_subject(spread_times("2010-06-09", "2024-11-19", 2), first=6),
}


SLOW = ("two years", "fifteen years")


@pytest.fixture(
    scope="session",
    params=[pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in CASES],
)
def case(request: pytest.FixtureRequest) -> tuple[str, dict[str, Answer], Coverage]:
    """Give one archive of each size: its name, its answers and its coverage."""
    subject = CASES[request.param]()
    answers = {name: compute_answer(name, subject) for name in PATTERNS}
    if beside := answer_beside(subject, answers["forecast"]):
        answers["forecast_ways"] = beside
    return request.param, answers, subject.coverage
