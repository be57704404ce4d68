"""A whole page's contents, invented and hostile: what an owner could have typed tries to break out."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pipeline.charts.tokens import LIGHT
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.finding import Finding
from pipeline.report.contents import Books, Contents, Drawing, ModelLine

HOSTILE = (
    "<script>alert('out')</script>",
    '"><img src=x onerror=alert(1)>',
    "$\\foo{ vs $20",
    "مرحبا بالعالم",
    "=HYPERLINK(1)",
    "</style></svg>",
    "{{ 7 * 7 }}",
    "日本語",
)


@pytest.fixture(scope="session")
def hostile() -> tuple[str, ...]:
    """Queries that try to break out of the page."""
    return HOSTILE


@pytest.fixture(scope="session")
def draw_svg() -> Callable[..., str]:
    """Draw what Matplotlib makes of bars, hatches, rasters and hostile text, as its SVG."""
    return _draw_svg


def _draw_svg(width: float = 720, height: float = 330, text: str = " ".join(HOSTILE[:3])) -> str:
    settings = {"svg.fonttype": "none", "svg.hashsalt": "test", "text.parse_math": False}
    with rc_context(settings):
        figure = Figure(figsize=(width / 96, height / 96), facecolor="none")
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0.1, 0.15, 0.85, 0.7))
        axes.bar(range(5), [3, 4, 5, 4, 5], color=LIGHT.data, hatch="//", edgecolor=LIGHT.bg)
        axes.scatter(range(5), [1, 2, 3, 2, 1], color=LIGHT.mark, rasterized=True)
        axes.text(0, 1, text, color=LIGHT.ink, size=7)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


@pytest.fixture(scope="session")
def draw_week() -> Callable[[int], str]:
    """Draw 168 boxes in so many columns, with a swatch of another size before and a second box over one."""
    return _draw_week


def _draw_week(n_columns: int) -> str:
    def draw_box(left: float, top: float, width: float, height: float) -> str:
        right, bottom = left + width, top + height
        corners = f"M {left} {top} \nL {right} {top} \nL {right} {bottom} \nL {left} {bottom} \nz\n"
        return f'<g id="p"><path d="{corners}" style="fill: {LIGHT.data.lower()}"/></g>'

    boxes = [draw_box(10 * (k % n_columns), 20 * (k // n_columns), 8, 18) for k in range(168)]
    inside = draw_box(0, 490, 5, 5) + "".join(boxes) + boxes[0]
    size = f'width="{10 * n_columns}pt" height="500pt" viewBox="0 0 {10 * n_columns} 500"'
    return f'<svg {size} xmlns="http://www.w3.org/2000/svg">{inside}</svg>'


def _find(pattern: str, section: str, headline: str, emphasis: str, **more: object) -> Finding:
    return Finding(
        pattern,
        section,
        headline,
        emphasis,
        "Searches per covered day.",
        "Between 24 and 33\u00a0%",
        (("What it covers", "1,696 of 1,717 days."),),
        f"Bars, {pattern}. Highest first.",
        "Every activity counts once.",
        **more,  # type: ignore[arg-type]
    )


def _answers() -> dict[str, Answer]:
    rng = np.random.default_rng(0)
    years = pd.DataFrame({"year": range(2021, 2026), "searches": [8068, 14060, 13523, 13060, 14709]})
    months = pd.DataFrame({"year": np.repeat(range(2021, 2026), 12), "month": np.tile(range(1, 13), 5)})
    week = pd.DataFrame({"weekday": np.repeat(range(7), 24), "hour": np.tile(range(24), 7)})
    words = pd.DataFrame({"word": [*HOSTILE, *(f"word{k}" for k in range(40))], "count": range(100, 52, -1)})
    by_year = words.assign(year=2025)[["year", "word", "count"]]
    weekdays = pd.DataFrame({"weekday": range(7), "per_day": [40, 41.3, 41.5, 40.9, 39.9, 28.8, 29.4]})
    ratio = pd.DataFrame({"ratio": [0.71], "low": [0.67], "high": [0.76]})
    hours = pd.DataFrame({"hour": range(24), "searches": rng.poisson(200, 24)})
    year_weekday = weekdays.assign(year=2025)
    return {
        "dots": Answer(
            {"main": pd.DataFrame({"local": pd.to_datetime([])})},
            _find("dots", "Years", "Five years of days and nights", ""),
        ),
        "years": Answer(
            {"main": years.assign(per_day=[27, 41, 37, 36, 46.2], partial=[True, False, False, False, True])},
            _find("years", "Years", "2025 is the busiest year", "2025", remarkable=0.2, mark=(2025,)),
        ),
        "months": Answer(
            {"main": months.assign(per_day=rng.normal(40, 5, 60))},
            _find("months", "Years", "Every August falls", "falls", remarkable=0.5, mark=(8,)),
        ),
        "week": Answer(
            {"main": week.assign(searches=100, covered_weeks=242, per_week=rng.random(168))},
            _find(
                "week", "Weeks", "Mondays run past midnight", "past midnight", remarkable=0.4, mark=(0, 22, 2)
            ),
        ),
        "weekdays": Answer(
            {"main": weekdays, "ratio": ratio},
            _find(
                "weekdays", "Weeks", "Weekends bring 29\u00a0% fewer", "29\u00a0% fewer", remarkable=0.6,
                mark=(5, 6),
            ),
        ),
        "year_weekday": Answer(
            {"main": year_weekday}, _find("year_weekday", "Weeks", "Weekends are quieter in every year", "")
        ),
        "hours": Answer(
            {"main": hours},
            _find("hours", "Hours", "The evening peak comes at 21:00", "21:00", remarkable=0.3, mark=(21,)),
        ),
        "words": Answer(
            {"main": words},
            _find(
                "words", "Words", f"“{HOSTILE[0]}” leads the words", HOSTILE[0], remarkable=0.9, private=True,
                mark=(HOSTILE[0],),
            ),
        ),
        "words_by_year": Answer(
            {"main": by_year},
            _find(
                "words_by_year", "Words", f"“{HOSTILE[3]}” leads the words of 2025", HOSTILE[3], private=True,
                mark=(HOSTILE[3],),
            ),
        ),
    }  # fmt: skip


def _models() -> tuple[ModelLine, ...]:
    weeks = pd.date_range("2024-01-01", periods=20, freq="7D")
    curve = pd.DataFrame({"week": weeks, "model": np.linspace(1, 2, 20), "baseline": np.linspace(2, 3, 20)})
    return (
        ModelLine(
            "next_hour", "How many searches in the next hour?", "online regression", "same hour last week",
            "The learner’s guesses are 21\u00a0% closer", "Average error.", "Lines, error by week.",
            "Each guess.", (("How sure", "From 19 to 23\u00a0%."),), None,
            "off by 1.71", "off by 2.17", 0.21, 0.19, 0.23,
            "clearly better", "21\u00a0%, from 19 to 23", curve,
        ),
        ModelLine(
            "weekend", "Weekend or workday?", "logistic on hours", "always workday", "No better", "", "",
            "Each day.", (), None,
            "70\u00a0% right", "71\u00a0% right", -0.03, -0.19, 0.13, "no better than the baseline",
            "−3\u00a0%, from −19 to 13",
        ),
        ModelLine(
            "late", "Late or early?", "logistic", "always early", "", "", "", "",
            too_little="Still learning: 31 of 56 covered days.",
        ),
    )  # fmt: skip


def _books() -> Books:
    exports = pd.DataFrame(
        {
            "export": ["20230614T081500Z", "20251120T081500Z"],
            "exported_at": pd.to_datetime(["2023-06-14", "2025-11-20"], utc=True),
            "n_files": [1, 2],
            "files": ["1 file, HTML, English", "2 files, HTML, English"],
            "n_copies": [0, 1],
            "guessed": [0, 12],
            "found": [28911, 63431],
            "known": [0, 51874],
            "set_aside": [5, 11],
            "new": [28906, 11546],
            "balance": [28906, 40452],
        }
    )
    reasons = pd.DataFrame(
        {"export": ["20251120T081500Z"] * 2, "file": "x", "reason": ["no date", "unknown form"], "n": [7, 4]}
    )
    unread = pd.DataFrame(
        {
            "export": ["20251120T081500Z"] * 2,
            "kind": ["ignored", "unread"],
            "reason": ["a picture", "JSON activity is not read yet"],
            "n": [7, 4],
        }
    )
    return Books(exports, reasons, unread, ("12 entries print CST.", "my <page>.html: a note."))


@pytest.fixture(scope="session")
def books() -> Books:
    """Two exports, the second with entries set aside and files not read."""
    return _books()


@pytest.fixture(scope="session")
def coverage() -> Coverage:
    """Five years of searches."""
    return Coverage(
        date(2021, 3, 9), date(2025, 11, 19), 1717, 1696, 63420, date(2025, 11, 18), "search", "searched",
        "search", "searches", "searched", "Europe/Paris",
    )  # fmt: skip


@pytest.fixture(scope="session")
def contents(coverage: Coverage) -> Contents:
    """All parts of a page."""
    answers = _answers()
    wide, narrow = _draw_svg(), _draw_svg(328, 300)
    drawings = {name: Drawing(wide, narrow) for name in (*answers, "learner")}
    drawings["week"] = Drawing(_draw_week(24), _draw_week(7))
    drawings["dots"] = Drawing(
        _draw_svg(1176, 450), narrow, _draw_svg(744, 400), _draw_svg(1176, 450), narrow, _draw_svg(744, 400)
    )
    return Contents(answers, coverage, drawings, _models(), _books())


@pytest.fixture(scope="session")
def empty_contents() -> Contents:
    """A page of an archive in which nothing was found."""
    names = ["export", "exported_at", "n_files", "files", "n_copies", "guessed"]
    figures = ["found", "known", "set_aside", "new", "balance"]
    books = Books(
        pd.DataFrame(columns=[*names, *figures]),
        pd.DataFrame(columns=["export", "file", "reason", "n"]),
        pd.DataFrame(columns=["export", "kind", "reason", "n"]),
    )
    answers = {
        name: Answer(
            {"main": answer.frame.head(0)},
            replace(answer.finding, headline="No entries yet", emphasis="", remarkable=0.0, mark=()),
        )
        for name, answer in _answers().items()
    }
    return Contents(answers, Coverage(None, None, 0, 0, 0, None), {}, (), books)


@pytest.fixture(scope="session")
def page(contents: Contents) -> str:
    """The page of ``contents``."""
    from pipeline.report.page import build_page

    return build_page(contents)
