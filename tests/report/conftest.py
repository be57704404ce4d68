"""A whole page's contents, invented and hostile: what an owner could have typed tries to break out."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pipeline.charts.tokens import LIGHT
from pipeline.patterns.answer import Answer
from pipeline.patterns.calendar import count_by_date, list_calendar_notes, list_limits
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.finding import Finding
from pipeline.patterns.subject import Subject, choose_subject
from pipeline.patterns.weeks import count_by_weekday_hour
from pipeline.report.contents import (
    Books,
    Contents,
    Drawing,
    ModelBelief,
    ModelLine,
    NetworkLine,
    Networks,
)
from pipeline.report.tally import Tally, tally_activity
from pipeline.settings import Settings, ZoneSpan

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

HOME = Settings(Path("nowhere"), (ZoneSpan(None, "UTC"),), (5, 6), 0)
SILENCES = pd.DataFrame(
    {"first": pd.to_datetime(["2024-08-03"]), "last": pd.to_datetime(["2024-08-11"]), "days": [9]}
)
# Of rows and months that are alike the first few are enough: axe takes minutes for all of them.
THIN_OUT = """() => {
  const alike = "svg > *, .panel tbody tr:nth-child(n+4), .days tbody tr:nth-child(n+2), "
    + ".days tbody tr :nth-child(n+9), .days thead tr :nth-child(n+9), .week tbody tr:nth-child(n+4), "
    + ".month:nth-child(n+3)";
  for (const one of document.querySelectorAll(alike)) one.remove();
}"""
AXE = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map((one) => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 120)]);
}"""


@pytest.fixture(scope="module")
def only_for_the_page() -> Iterator[None]:
    """Have the step draw the pictures that the page holds; those to stand alone take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.charts.files.render_png", lambda figure: b"")
        patch.setattr("flows.steps.charts.MOST_PROCESSES", 1)
        yield


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


def _moments() -> pd.DataFrame:
    """Searches on most days of five years, with nine silent days; videos since 2024; a hostile product."""
    rng = np.random.default_rng(5)
    days = pd.date_range("2021-03-09", "2025-11-19", freq="D")
    days = days[~((days >= "2024-08-03") & (days <= "2024-08-11"))]
    searches = np.repeat(days, rng.integers(1, 7, len(days)))
    videos = np.repeat(days[days >= "2024-01-01"], 2)
    times = [*searches, *videos, pd.Timestamp("2025-03-01")]
    hours = rng.choice(24, size=len(times), p=np.r_[np.full(7, 0.01), np.full(17, 0.93 / 17)])
    kinds = [("search", "searched")] * len(searches) + [("youtube", "watched")] * len(videos)
    kinds.append((HOSTILE[5] + HOSTILE[0], HOSTILE[1]))
    return pd.DataFrame(
        {
            "product": [product for product, _ in kinds],
            "action": [action for _, action in kinds],
            "time": (pd.DatetimeIndex(times) + pd.to_timedelta(hours, unit="h")).tz_localize("UTC"),
            "mark": None,
        }
    )


def _sources(moments: pd.DataFrame) -> pd.DataFrame:
    spans = moments.groupby("product")["time"].agg(["min", "max"]).reset_index()
    return spans.set_axis(["product", "first", "last"], axis=1)


@pytest.fixture(scope="session")
def moments() -> pd.DataFrame:
    """The rows of the counts that the page's filter has."""
    return _moments()


@pytest.fixture(scope="session")
def count_kind() -> Callable[[str, str], Subject]:
    """Return the subject of one product and action, as the patterns count it."""

    def count(product: str, action: str) -> Subject:
        moments = _moments()
        settings = replace(HOME, product=product, action=action)
        return choose_subject(moments, _sources(moments), settings)

    return count


def _tally() -> Tally:
    moments = _moments()
    return tally_activity(moments.assign(n=1), _sources(moments), HOME.home_zone)


def _answers() -> dict[str, Answer]:
    rng = np.random.default_rng(0)
    years = pd.DataFrame({"year": range(2021, 2026), "searches": [8068, 14060, 13523, 13060, 14709]})
    months = pd.DataFrame({"year": np.repeat(range(2021, 2026), 12), "month": np.tile(range(1, 13), 5)})
    moments = _moments()
    subject = choose_subject(moments, _sources(moments), HOME)
    days = count_by_date(subject)
    nothing = pd.DataFrame(columns=["first", "last", "days", "note", "kind"])
    words = pd.DataFrame({"word": [*HOSTILE, *(f"word{k}" for k in range(40))], "count": range(100, 52, -1)})
    by_year = words.assign(year=2025, z=np.arange(50.0, 2.0, -1), rank=range(1, 49))
    by_year = by_year[["year", "word", "count", "z", "rank"]]
    weekdays = pd.DataFrame({"weekday": range(7), "per_day": [40, 41.3, 41.5, 40.9, 39.9, 28.8, 29.4]})
    ratio = pd.DataFrame({"ratio": [0.71], "low": [0.67], "high": [0.76]})
    hours = pd.DataFrame({"hour": range(24), "searches": rng.poisson(200, 24)})
    year_weekday = weekdays.assign(year=2025)
    return {
        "dots": Answer(
            {"main": subject.rows[["local"]], "notes": nothing},
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
        "calendar": Answer(
            {
                "main": days,
                "limits": list_limits(days),
                "notes": list_calendar_notes(None, SILENCES, subject),
            },
            _find(
                "calendar", "Years", "The spring of 2022 is the fullest stretch", "spring of 2022",
                mark=("2022-03-01", "2022-05-31"),
            ),
        ),
        "week": Answer(
            {"main": count_by_weekday_hour(subject)},
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


CARD = (
    ("Learned from", "730 days; 12 Dec 2022 – 10 Dec 2024; never from what it is scored on."),
    ("Looks at", "24 features: log_count_00_over_fortnight, …, log_count_23_over_fortnight."),
    ("Not for", "Anybody else’s archive."),
)


def _models() -> tuple[ModelLine, ...]:
    day = pd.DataFrame({"hour": range(24), "workday_guessed": np.linspace(0, 3, 24), "workday_came": 1.0})
    weeks = pd.date_range("2024-01-01", periods=20, freq="7D")
    curve = pd.DataFrame({"week": weeks, "model": np.linspace(1, 2, 20), "baseline": np.linspace(2, 3, 20)})
    return (
        ModelLine(
            "next_hour", "How many searches in the next hour?", "online regression", "same hour last week",
            "The learner’s guesses are 21\u00a0% closer", "Average error.", "Lines, error by week.",
            "Each guess.", (("How sure", "From 19 to 23\u00a0%."),), None,
            "off by 1.71", "off by 2.17", 0.21, 0.19, 0.23,
            "clearly better", "21\u00a0%, from 19 to 23", curve,
            beliefs=(ModelBelief("learned_hours", "It expects most at 21:00", "An hour.", "Lines.", day),),
            card=CARD,
        ),
        ModelLine(
            "weekend", "Weekend or workday?", "logistic on hours", "always workday", "No better", "", "",
            "Each day.", (), None,
            "70\u00a0% right", "71\u00a0% right", -0.03, -0.19, 0.13, "no better than the baseline",
            "−3\u00a0%, from −19 to 13",
            card=CARD,
        ),
        ModelLine(
            "late", "Late or early?", "logistic", "always early", "", "", "", "",
            too_little="Still learning: 31 of 56 covered days.",
        ),
    )  # fmt: skip


def _networks() -> Networks:
    line = NetworkLine(
        "season_vgg", "Which season was it?", "VGG-7 on week maps", "softmax on week maps", "always winter",
        "Each week.", network_score_text="off by 0.7", classical_score_text="off by 0.8",
        classical_text="10 %, from 5 to 15 %", network_text="12 %, from 7 to 17 %", adds=0.02, adds_low=0.01,
        adds_high=0.05, adds_text="+2 %, from 1 to 5 %", verdict="adds a little", is_adding=True, card=CARD,
    )  # fmt: skip
    table = pd.DataFrame({"question": [line.question], "network": [line.network_name], "adds": [line.adds]})
    return Networks(
        (line,), "One of one adds something", "One of one", "A deck.", "An alt.", table,
        "3 networks are trained only where you ask for it: almanac learn --all.",
        (("week net", "Not trained: no time."),),
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
    drawings = {name: Drawing(wide, narrow) for name in (*answers, "learner", "learned_hours", "networks")}
    drawings["dots"] = Drawing(
        _draw_svg(1176, 450), narrow, _draw_svg(744, 400), _draw_svg(1176, 450), narrow, _draw_svg(744, 400)
    )
    return Contents(answers, coverage, drawings, _models(), _books(), _tally(), networks=_networks())


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
            {part: frame.head(0) for part, frame in answer.frames.items()},
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


@pytest.fixture(scope="session")
def find_violations() -> Callable[[Any], list[Any]]:
    """Return what axe-core finds wrong on an open page, which it leaves without what is alike."""
    package = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed here")
    script = (Path(package.__file__).parent / "axe.min.js").read_text("utf-8")

    def find(tab: Any) -> list[Any]:
        tab.evaluate(THIN_OUT)
        tab.evaluate(script)
        found: list[Any] = tab.evaluate(AXE)
        return found

    return find


@pytest.fixture(scope="session")
def page_path(page: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of ``contents`` as a file."""
    path = tmp_path_factory.mktemp("report") / "index.html"
    path.write_text(page, "utf-8")
    return path


@pytest.fixture
def open_page(browser: Any) -> Callable[..., tuple[Any, list[str]]]:
    """Open a page; return it with all that went wrong, which grows as it is used."""

    def open_it(
        path: Path, width: int, theme: str = "light", *, scripts: bool = True
    ) -> tuple[Any, list[str]]:
        tab = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=scripts
        )
        wrong: list[str] = []
        address = path.as_uri()
        tab.on("console", lambda message: wrong.append(f"console: {message.text}"))
        tab.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        tab.on("requestfailed", lambda request: wrong.append(f"failed: {request.url[:80]}"))
        tab.on(
            "request",
            lambda request: (
                None
                if request.url.split("#")[0] == address or request.url.startswith("data:")
                else wrong.append(f"request: {request.url[:80]}")
            ),
        )
        tab.goto(address)
        tab.evaluate("() => document.fonts.ready.then(() => true)")
        return tab, wrong

    return open_it
