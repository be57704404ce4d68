"""The step from the patterns to pictures: each alone in two editions, and bare as the page needs it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.settings import Settings
from pipeline.tables.progress import Tell, silent

if TYPE_CHECKING:
    from pipeline.charts.picture import Picture
    from pipeline.patterns.answer import Answer
    from pipeline.patterns.coverage import Coverage

STEP = "charts"
WORDS, WORDS_BY_YEAR = "words", "words_by_year"  # these are clouds, of the whole archive and one a year


@dataclass(frozen=True, slots=True)
class ChartCounts:
    """What the step gave; a chart of an answer with nothing to draw does not count."""

    n_charts: int
    n_clouds: int
    n_files: int
    nothing_new: bool = False


def charts(settings: Settings, *, tell: Tell = silent) -> ChartCounts:
    """Draw every answer, and the learner where it was trained, into ``charts/`` and ``clouds/``.

    Does nothing where all is fresh. Raises ``StoreError`` where what it reads is missing or was made for
    other settings, and ``LockedError``.
    """
    from flows.freshness import require_inputs
    from flows.steps.patterns import read_answers
    from pipeline.tables.files import make_private_folder, remove, write_atomically
    from pipeline.tables.journal import commit_step, is_fresh, read_digest_of, read_journal
    from pipeline.tables.lock import hold_lock

    start, out = time.perf_counter(), settings.out
    with hold_lock(out):
        journal = read_journal(out)
        require_inputs(journal, STEP, settings)
        read = read_digest_of(journal, STEP, settings)
        if is_fresh(journal, out, STEP, read):
            return ChartCounts(**{**journal.steps[STEP].counts, "nothing_new": True})
        answers, coverage = read_answers(out)
        for folder in ("charts", "charts/page", "clouds"):
            make_private_folder(out / folder)
        names = [*answers, "learner"]
        written: list[Path] = []
        drawn = set()
        for done, name in enumerate(names):
            tell(f"drawing {name.replace('_', ' ')}", done, len(names))
            for path, content in _render(out, name, answers.get(name), coverage):
                write_atomically(out / path, content)
                written.append(out / path)
                drawn.add(name)
        for stale in {*(out / "charts").rglob("*.*"), *(out / "clouds").glob("*.*")} - set(written):
            remove(stale)
        counts: dict[str, Any] = {
            "n_charts": len(drawn),
            "n_clouds": sum(path.parent.name == "clouds" for path in written),
            "n_files": len(written),
        }
        commit_step(out, STEP, read=read, files=written, seconds=time.perf_counter() - start, counts=counts)
        tell("drawing", len(names), len(names))
    return ChartCounts(**counts)


def _render(out: Path, name: str, answer: Answer | None, coverage: Coverage) -> Iterator[tuple[str, bytes]]:
    """Yield every file of one chart: path below out, content."""
    from pipeline.charts.pictures import choose_picture

    if answer is None:
        yield from _render_learner(out, coverage)
        return
    picture = choose_picture(name, answer, coverage)
    if picture is None:
        return
    finding = answer.finding
    yield from _render_picture(name, picture, finding.headline, finding.deck, coverage)
    if name == WORDS:
        yield "clouds/all.png", _render_alone(picture, finding.headline, finding.deck, coverage)
    elif name == WORDS_BY_YEAR:
        yield from _render_clouds(answer, coverage)


def _render_picture(
    name: str, picture: Picture, headline: str, deck: str, coverage: Coverage
) -> Iterator[tuple[str, bytes]]:
    from pipeline.charts.picture import NARROW_WIDTH, PAGE_WIDTH, make_alone, make_page_form
    from pipeline.charts.render import render_svg
    from pipeline.charts.tokens import DARK, LIGHT

    yield f"charts/{name}.png", _render_alone(picture, headline, deck, coverage)
    yield f"charts/{name}-dark.png", _render_alone(picture, headline, deck, coverage, dark=True)
    yield f"charts/{name}.svg", render_svg(make_alone(picture, headline, deck, coverage)).encode()
    forms = [("", picture.page_width, False), ("-narrow", NARROW_WIDTH, True)]
    if picture.page_width > PAGE_WIDTH:
        forms.insert(1, ("-middle", PAGE_WIDTH, False))
    editions = [("", LIGHT), ("-dark", DARK)] if picture.has_raster else [("", LIGHT)]
    for form, width, narrow in forms:
        for edition, theme in editions:
            svg = render_svg(make_page_form(picture, width, theme=theme, narrow=narrow))
            yield f"charts/page/{name}{form}{edition}.svg", svg.encode()


def _render_alone(
    picture: Picture, headline: str, deck: str, coverage: Coverage, *, dark: bool = False
) -> bytes:
    from pipeline.charts.picture import make_alone
    from pipeline.charts.render import render_png
    from pipeline.charts.tokens import DARK, LIGHT

    return render_png(make_alone(picture, headline, deck, coverage, theme=DARK if dark else LIGHT))


def _render_clouds(answer: Answer, coverage: Coverage) -> Iterator[tuple[str, bytes]]:
    from pipeline.charts.cloud import picture_cloud

    for year, frame in answer.frame.groupby("year"):
        picture = picture_cloud(frame, answer.finding.mark)
        headline = f"The words of {year}"
        yield f"clouds/{year}.png", _render_alone(picture, headline, answer.finding.deck, coverage)


def _render_learner(out: Path, coverage: Coverage) -> Iterator[tuple[str, bytes]]:
    from flows.steps.learn import read_results
    from flows.work.result import frame_curve
    from pipeline.charts.learner import picture_learner

    for result in read_results(out):
        if len(result.curve) > 1:
            picture = picture_learner(frame_curve(result), result.baseline_name, coverage)
            yield from _render_picture("learner", picture, result.headline, result.deck, coverage)
