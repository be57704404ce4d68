from collections.abc import Callable
from datetime import date
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from pipeline.charts.frame import say_source, stand_alone
from pipeline.charts.tokens import DARK
from pipeline.patterns.coverage import Coverage

COVERAGE = Coverage(
    date(2021, 3, 9), date(2025, 11, 19), 1717, 1696, 63_420, date(2025, 11, 18),
    noun="search", nouns="searches", zone="Europe/Paris",
)  # fmt: skip


def test_the_source_line_says_rows_span_days_zone_and_what_is_left_out() -> None:
    assert say_source(COVERAGE, "Months are left out.") == (
        "63,420 searches · 9 Mar 2021 – 19 Nov 2025 · 1,696 of 1,717 days covered · "
        "home time Europe/Paris. Months are left out."
    )


def test_the_source_line_of_nothing_is_short() -> None:
    assert say_source(Coverage(None, None, 0, 0, 0, None)) == "0 entries"


def test_the_form_that_stands_alone_has_its_parts_in_order(texts: Callable[..., Any]) -> None:
    seen: list[Axes] = []

    def draw(ax: Axes) -> Axes:
        seen.append(ax)
        return ax

    figure = stand_alone(
        draw,
        width=720,
        plot_height=300,
        headline="A finding",
        deck="Its measure.",
        source="Its source",
        theme=DARK,
    )
    sheet, (plot,) = figure.axes[0], seen
    heights = {text: artist.xy[1] for text, artist in texts(sheet).items()}
    assert list(heights) == ["A finding", "Its measure.", "Its source"]
    extent = plot.get_window_extent()
    scale = figure.dpi / 96
    assert (round(extent.width / scale), round(extent.height / scale)) == (664, 300)
    top = (figure.get_size_inches()[1] * figure.dpi - extent.y1) / scale
    assert heights["A finding"] < heights["Its measure."] < top < top + 300 < heights["Its source"]
    assert to_hex(figure.get_facecolor()).upper() == DARK.bg
    assert {artist.get_color() for artist in texts(sheet).values()} == {DARK.ink, DARK.muted}
    assert sheet.lines[0].get_color() == DARK.grid


def test_a_long_headline_makes_the_picture_higher_not_wider() -> None:
    def make(headline: str) -> Any:
        return stand_alone(
            lambda ax: ax, width=360, plot_height=100, headline=headline, deck="d", source="s", narrow=True
        ).get_size_inches()

    short, long = make("Short"), make("A headline that needs more room than a phone has in one line")
    assert long[0] == short[0] == 3.75
    assert long[1] > short[1]


def test_a_hostile_headline_is_drawn_as_text() -> None:
    from pipeline.charts.render import render_png, render_svg

    hostile = "“$\\foo{” leads the words, in 3 searches <script>"
    figure = stand_alone(
        lambda ax: ax, width=720, plot_height=50, headline=hostile, deck="$x$", source="$\\frac", narrow=False
    )
    assert render_png(figure)[:4] == b"\x89PNG"
    assert "&lt;script&gt;" in render_svg(figure)
    assert ">$\\frac</text>" in render_svg(figure)
