"""The files that one picture becomes: alone by day, by night, on a phone, in a square; bare for the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from pipeline.charts.cloud_years import cover_year, picture_cloud_years, picture_year_cloud
from pipeline.charts.picture import NARROW_WIDTH, PAGE_WIDTH, Picture, make_alone, make_page_form
from pipeline.charts.pictures import choose_picture
from pipeline.charts.render import render_png, render_svg
from pipeline.charts.square import make_square
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.charts.year_page import make_year_page
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.year_page import list_year_pages

WORDS, WORDS_BY_YEAR = "words", "words_by_year"  # these are clouds, of the whole archive and one a year
File = tuple[str, bytes]  # its path below the output folder, its content


def render_answer(name: str, answer: Answer, coverage: Coverage) -> Iterator[File]:
    """Yield every file of one answer's picture; nothing where there is nothing to draw."""
    picture = choose_picture(name, answer, coverage)
    if picture is None:
        return
    finding = answer.finding
    for path, content in render_picture(name, picture, finding.headline, finding.deck, coverage):
        yield path, content
        if name == WORDS and path == f"charts/{name}.png":
            yield "clouds/all.png", content
    if name == WORDS_BY_YEAR:
        years = picture_cloud_years(answer, coverage)
        if years is not None:
            figure = make_alone(years, finding.headline, finding.deck, coverage)
            yield "clouds/years.png", render_png(figure)


def list_clouds(name: str, answer: Answer) -> list[int]:
    """List the years that have a cloud of their own; only the words by year have any."""
    return sorted({int(year) for year in answer.frame["year"]}) if name == WORDS_BY_YEAR else []


def choose_cloud(year: int, answer: Answer, coverage: Coverage) -> tuple[pd.DataFrame, Coverage]:
    """Return all that a year's cloud is drawn from: word and count, and what the archive holds of it."""
    frame = answer.frame
    words = frame.loc[frame["year"].astype(str) == str(year), ["word", "count"]]
    words = words.sort_values(["count", "word"], ascending=[False, True], ignore_index=True)
    return words, cover_year(coverage, answer.frames["years"], str(year))


def render_cloud(year: int, answer: Answer, coverage: Coverage) -> Iterator[File]:
    """Yield the file of a year's cloud."""
    words, covered = choose_cloud(year, answer, coverage)
    cloud, deck = picture_year_cloud(words)
    figure = make_alone(cloud, f"The words of {year}", deck, covered)
    yield f"clouds/{year}.png", render_png(figure)


def render_picture(
    name: str, picture: Picture, headline: str, deck: str, coverage: Coverage
) -> Iterator[File]:
    """Yield a picture's files: alone (two editions, vectors, a phone's, a square), and bare for the page."""
    figure = make_alone(picture, headline, deck, coverage)
    yield f"charts/{name}.png", render_png(figure)
    yield f"charts/{name}.svg", render_svg(figure).encode()
    yield f"charts/{name}-dark.png", render_png(make_alone(picture, headline, deck, coverage, theme=DARK))
    phone = make_alone(picture, headline, deck, coverage, narrow=True)
    yield f"charts/{name}-narrow.png", render_png(phone)
    square = make_square(picture, headline, deck, coverage)
    if square is not None:
        yield f"charts/{name}-square.png", render_png(square)
    forms = [("", picture.page_width, False), ("-narrow", NARROW_WIDTH, True)]
    if picture.page_width > PAGE_WIDTH:
        forms.insert(1, ("-middle", PAGE_WIDTH, False))
    editions = [("", LIGHT), ("-dark", DARK)] if picture.has_raster else [("", LIGHT)]
    for form, width, narrow in forms:
        for edition, theme in editions:
            bare = make_page_form(picture, width, theme=theme, narrow=narrow)
            yield f"charts/page/{name}{form}{edition}.svg", render_svg(bare).encode()


def render_year_page(year: int, answers: Mapping[str, Answer], coverage: Coverage) -> Iterator[File]:
    """Yield the sheet of A4 of a year that holds an activity, in two editions and as vectors."""
    page = next(page for page in list_year_pages(answers, coverage) if page.year == year)
    figure = make_year_page(page)
    yield f"charts/years/{year}.png", render_png(figure)
    yield f"charts/years/{year}.svg", render_svg(figure).encode()
    yield f"charts/years/{year}-dark.png", render_png(make_year_page(page, theme=DARK))
