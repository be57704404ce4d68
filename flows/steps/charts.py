"""The step from the patterns to pictures: each alone in two editions, and bare as the page needs it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.settings import Settings
from pipeline.tables.progress import Tell, silent

if TYPE_CHECKING:
    from flows.painters import File, Piece
    from pipeline.patterns.answer import Answer
    from pipeline.patterns.coverage import Coverage

STEP = "charts"
LEARNER, CLASSIFIER, YEAR_PAGES = "learner", "classifier", "year pages"  # what is drawn beside the answers
LONGEST = ("words_by_year", "dots")  # to draw
WORTH_PICTURES = 6
MOST_PROCESSES = 2  # each takes 0.2 GB


@dataclass(frozen=True, slots=True)
class ChartCounts:
    """What the step gave; a chart of an answer with nothing to draw does not count."""

    n_charts: int
    n_clouds: int
    n_files: int
    nothing_new: bool = False


def charts(settings: Settings, *, tell: Tell = silent) -> ChartCounts:
    """Draw every answer, every year, and what the models gave, into ``charts/`` and ``clouds/``.

    Does nothing where all is fresh. Raises ``StoreError`` where what it reads is missing or was made for
    other settings, and ``LockedError``.
    """
    from flows.freshness import require_inputs
    from flows.painters import draw_pieces
    from pipeline.tables.files import make_private_folder, remove, write_atomically
    from pipeline.tables.journal import begin_step, commit_step, is_fresh, read_digest_of, read_journal
    from pipeline.tables.lock import hold_lock

    start, out = time.perf_counter(), settings.out
    with hold_lock(out):
        journal = read_journal(out)
        require_inputs(journal, STEP, settings)
        read = read_digest_of(journal, STEP, settings)
        if is_fresh(journal, out, STEP, read):
            return ChartCounts(**{**journal.steps[STEP].counts, "nothing_new": True})
        studio = open_studio(out)
        for folder in ("charts", "charts/page", "charts/years", "clouds"):
            make_private_folder(out / folder)
        pieces = studio.list_pieces()
        written: list[Path] = []
        drawn = set()
        begin_step(out, STEP)
        tell("drawing", 0, len(pieces))
        for done, (piece, files) in enumerate(draw_pieces(out, pieces, studio, n_processes=studio.n_worth)):
            for path, content in files:
                write_atomically(out / path, content)
                written.append(out / path)
                drawn.add(piece.name)
            tell(f"drawing: {piece.name.replace('_', ' ')} is done", done + 1, len(pieces))
        for stale in {*(out / "charts").rglob("*.*"), *(out / "clouds").glob("*.*")} - set(written):
            remove(stale)
        counts: dict[str, Any] = {
            "n_charts": len(drawn - {YEAR_PAGES}),
            "n_clouds": sum(path.parent.name == "clouds" for path in written),
            "n_files": len(written),
        }
        written.sort()
        commit_step(out, STEP, read=read, files=written, seconds=time.perf_counter() - start, counts=counts)
    return ChartCounts(**counts)


def open_studio(out: Path) -> Studio:
    """Read what is to be drawn. Raises ``StoreError``."""
    from flows.steps.patterns import read_answers

    return Studio(out, *read_answers(out))


@dataclass(frozen=True, slots=True)
class Studio:
    """What the step draws, piece by piece."""

    out: Path
    answers: Mapping[str, Answer]
    coverage: Coverage

    def list_pieces(self) -> list[Piece]:
        """List all pieces, those first that take longest."""
        from flows.painters import Piece
        from pipeline.patterns.year_page import list_year_pages

        years = [Piece(YEAR_PAGES, page.year) for page in list_year_pages(self.answers, self.coverage)]
        first = [Piece(name) for name in LONGEST if name in self.answers]
        return [
            *first,
            *years,
            *(Piece(name) for name in (*self.answers, LEARNER, CLASSIFIER) if name not in LONGEST),
        ]

    @property
    def n_worth(self) -> int:
        """How many processes to draw in: another takes a second to start, as long as a picture takes."""
        from pipeline.charts.pictures import choose_picture
        from pipeline.tables.workers import count_cores

        n = sum(
            choose_picture(name, answer, self.coverage) is not None for name, answer in self.answers.items()
        )
        return min(count_cores(), MOST_PROCESSES) if n >= WORTH_PICTURES else 1

    def __call__(self, piece: Piece) -> list[File]:
        """Draw every file of a piece: path below out, content."""
        from pipeline.charts.files import render_answer, render_year_page

        if piece.name == YEAR_PAGES:
            return list(render_year_page(piece.year, self.answers, self.coverage))
        if piece.name == LEARNER:
            return list(_render_learner(self.out, self.coverage))
        if piece.name == CLASSIFIER:
            return list(_render_classifier(self.out, self.coverage))
        return list(render_answer(piece.name, self.answers[piece.name], self.coverage))


def _render_learner(out: Path, coverage: Coverage) -> Iterator[File]:
    from flows.steps.learn import read_results
    from flows.work.result import frame_curve
    from pipeline.charts.files import render_picture
    from pipeline.charts.learner import picture_learner

    for result in [] if coverage.coarse else read_results(out):  # its curve goes by week
        if len(result.curve) > 1:
            picture = picture_learner(frame_curve(result), result.baseline_name, coverage)
            yield from render_picture(LEARNER, picture, result.headline, result.deck, coverage)


def _render_classifier(out: Path, coverage: Coverage) -> Iterator[File]:
    from flows.steps.learn import read_results
    from flows.work.result import frame_confusion, frame_right
    from flows.work.weekday_result import is_found, say_span
    from pipeline.charts.classifier import picture_classifier
    from pipeline.charts.files import render_picture

    for result in read_results(out):
        if result.confusion:
            picture = picture_classifier(
                frame_confusion(result), frame_right(result), coverage, found=is_found(result),
                left_out=say_span(result),
            )  # fmt: skip
            yield from render_picture(CLASSIFIER, picture, result.headline, result.deck, coverage)
