"""The page form: text stays text, every colour has a name, and the same answers give the same bytes."""

import re
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes

from pipeline.charts.lettering import write
from pipeline.charts.picture import NARROW_WIDTH, make_alone, make_page_form
from pipeline.charts.pictures import PICTURES, choose_picture
from pipeline.charts.render import render_png, render_svg
from pipeline.charts.tokens import DARK, LIGHT, Theme

Case = tuple[str, dict[str, Any], Any]


def _render_page(name: str, case: Case, *, narrow: bool = False, theme: Theme = LIGHT) -> str | None:
    _, answers, coverage = case
    picture = choose_picture(name, answers[name], coverage) if name in answers else None
    if picture is None:
        return None
    width = NARROW_WIDTH if narrow else picture.page_width
    return render_svg(make_page_form(picture, width, theme=theme, narrow=narrow))


def _hexes(svg: str) -> set[str]:
    return set(
        re.findall(
            r"#[0-9a-fA-F]{3,8}\b(?=[;\"\s])", re.sub(r"(xlink:href|url\()[^\s\"]*#[^\s\")]*", "", svg)
        )
    )


def test_a_halo_is_a_stroke_under_text_that_stays_text(sheet: Callable[..., Axes]) -> None:
    ax = sheet(200, 100)
    label = write(ax, "$\\foo{ <script>", 0.5, 0.5, size=16, colour=LIGHT.mark, semibold=True, halo=LIGHT.bg)
    svg = render_svg(ax.figure)
    assert '<g paint-order="stroke" stroke="#fafaf7" stroke-width="3" stroke-linejoin="round">' in svg
    assert ">$\\foo{ &lt;script&gt;</text>" in svg
    assert len(label.get_path_effects()) == 1  # the figure is as it was


def test_text_is_in_the_two_families_and_nothing_else(sheet: Callable[..., Axes]) -> None:
    ax = sheet(200, 100)
    write(ax, "sans 音", 0.5, 0.5, size=16, colour=LIGHT.ink)
    write(ax, "serif", 0.5, 0.2, size=16, colour=LIGHT.ink, serif=True)
    assert set(re.findall(r"font-family: ([^;\"]*)|px ('[^;\"]*)", render_svg(ax.figure))) == {
        ("'Source Sans Pro', system-ui, sans-serif", ""),
        ("'Source Serif Pro', Charter, Palatino, Georgia, serif", ""),
    }


def test_the_picture_is_bare_transparent_and_measured_in_css_pixels(sheet: Callable[..., Axes]) -> None:
    ax = sheet(744, 300)
    svg = render_svg(ax.figure)
    assert svg.startswith("<svg ")
    assert re.search(r'width="([^"]*)" height="([^"]*)" viewBox="([^"]*)"', svg).groups() == (  # type: ignore[union-attr]
        "744",
        "300",
        "0 0 558 225",
    )
    assert not re.search("<metadata|<!--|<\\?xml|DOCTYPE|date", svg)
    assert LIGHT.bg.lower() not in svg


@pytest.mark.parametrize("name", PICTURES)
def test_every_colour_of_a_page_form_is_a_token(name: str, case: Case) -> None:
    for narrow, theme in ((False, LIGHT), (True, LIGHT), (True, DARK)):
        svg = _render_page(name, case, narrow=narrow, theme=theme)
        if svg is not None:
            found = _hexes(svg)
            assert found
            assert found - set(theme.names()) == set()


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_clipped_or_collides(
    name: str, case: Case, find_clipped: Any, find_collisions: Any
) -> None:
    _, answers, coverage = case
    picture = choose_picture(name, answers[name], coverage) if name in answers else None
    if picture is None:
        return
    words = name.startswith("words") and len(answers[name].frame) >= 30
    finding = answers[name].finding
    for narrow, width in ((False, 744.0), (True, 328.0)):
        for figure in (
            make_page_form(picture, width, narrow=narrow),
            make_alone(picture, finding.headline, finding.deck, coverage, narrow=narrow),
        ):
            assert find_clipped(figure, slack=3.0 if words else 1.5) == []
            assert words or find_collisions(figure) == []


# These archives are drawn at random: nothing may differ.
ONLY_WHAT_DIFFERS = {"bursts", "words_apart", "rising", "eigenweeks"}
DRAWN = {
    "forty entries": [
        "dots",
        "years",
        "calendar",
        "weekdays",
        "year_weekday",
        "hours",
        "quiet",
        "words",
        "forecast",
    ],
    "one day": ["dots", "years", "calendar", "hours", "words"],
}


def test_little_data_has_the_short_forms_or_none(case: Case) -> None:
    name, answers, coverage = case
    drawn = [key for key, answer in answers.items() if choose_picture(key, answer, coverage)]
    drawn = [key for key in drawn if key not in ONLY_WHAT_DIFFERS]
    assert drawn == DRAWN.get(name, [key for key in PICTURES if key not in ONLY_WHAT_DIFFERS])


def test_an_archive_without_rows_draws_nothing(subject_of: Any) -> None:
    from dataclasses import replace

    from pipeline.patterns.answers import PATTERNS, compute_answer

    subject = subject_of(pd.date_range("2025-01-01", periods=3, freq="D"))
    empty = replace(subject, rows=subject.rows.iloc[:0], covered=subject.covered[:0])
    answers = {name: compute_answer(name, empty) for name in PATTERNS}
    assert {*PICTURES} - {*answers} == {"forecast_ways"}  # which the models give, or not
    assert [name for name in answers if choose_picture(name, answers[name], empty.coverage)] == []


def test_the_same_answers_give_the_same_bytes(case: Case) -> None:
    _, answers, coverage = case
    for name in ("years", "hours"):
        forms = [(_render_page(name, case), _render_alone(name, answers[name], coverage)) for _ in range(2)]
        assert forms[0] == forms[1]


def _render_alone(name: str, answer: Any, coverage: Any) -> bytes | None:
    picture = choose_picture(name, answer, coverage)
    return picture and render_png(make_alone(picture, answer.finding.headline, answer.finding.deck, coverage))


def test_the_dots_are_a_raster_and_their_labels_text(case: Case) -> None:
    svg = _render_page("dots", case)
    assert svg is not None
    assert svg.count("data:image/png;base64,") == 1
    assert ">midnight</text>" in svg
