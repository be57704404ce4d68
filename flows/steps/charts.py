"""The step from the patterns to pictures: each alone in two editions, and bare as the page needs it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.networks.beliefs import BELIEFS as NETWORK_BELIEFS
from pipeline.settings import Settings
from pipeline.tables.progress import Tell, silent

if TYPE_CHECKING:
    from flows.painters import File, Piece
    from flows.work.result import Belief, WorkResult
    from pipeline.patterns.answer import Answer
    from pipeline.patterns.coverage import Coverage

STEP = "charts"
LEARNER, CLASSIFIER, YEAR_PAGES = "learner", "classifier", "year pages"  # what is drawn beside the answers
NETWORKS = "networks"  # all of them on one scale
OWN_BELIEFS = ("learned_hours", "learned_year", "trend_line", "trend_ways", "usual_cases", "weekday_weights")
BELIEFS = (*OWN_BELIEFS, *NETWORK_BELIEFS)
MODEL_PICTURES = (LEARNER, CLASSIFIER, NETWORKS, *BELIEFS)
LONGEST = ("words_by_year", "dots")  # to draw
WORTH_PICTURES = 6
MOST_PROCESSES = 2  # each takes 0.2 GB


@dataclass(frozen=True, slots=True)
class ChartCounts:
    """What the step gave; a chart of an answer with nothing to draw does not count.

    ``n_drawn`` and ``n_kept`` count pictures, those of each year too: drawn now, and as they were.
    """

    n_charts: int
    n_clouds: int
    n_files: int
    n_drawn: int = 0
    n_kept: int = 0
    nothing_new: bool = False


def charts(settings: Settings, *, tell: Tell = silent) -> ChartCounts:
    """Draw every answer, every year, and what the models gave, into ``charts/`` and ``clouds/``.

    What is drawn from the same as last time stays as it is. Raises ``StoreError`` where what it reads is
    missing or was made for other settings, and ``LockedError``.
    """
    from flows.freshness import require_inputs
    from flows.keeping import keep_or_write
    from flows.painters import draw_pieces
    from flows.pieces import list_standing, say_piece
    from pipeline.tables.files import make_private_folder, remove
    from pipeline.tables.journal import begin_step, commit_step, is_fresh, read_digest_of, read_journal
    from pipeline.tables.lock import hold_lock
    from pipeline.tables.rooms import list_made
    from pipeline.tables.run_lines import PieceRecord

    start, out = time.perf_counter(), settings.out
    with hold_lock(out):
        journal = read_journal(out)
        require_inputs(journal, STEP, settings)
        read = read_digest_of(journal, STEP, settings)
        record = journal.steps.get(STEP)
        if record and is_fresh(journal, out, STEP, read):
            return _recall(record.counts)
        studio = open_studio(out)
        for folder in ("charts", "charts/page", "charts/years", "clouds"):
            make_private_folder(out / folder)
        digests = {piece: studio.digest(piece) for piece in studio.list_pieces()}
        done = list_standing(out, record, digests)
        n_kept = sum(bool(piece.files) for piece in done.values())
        pieces = [piece for piece in digests if piece not in done]
        tell("drawing", 0, len(pieces))
        begin_step(out, STEP)
        drawing = draw_pieces(out, pieces, studio, n_processes=studio.count_worth(pieces))
        for n, (piece, files) in enumerate(drawing, 1):
            for path, content in files:
                keep_or_write(out / path, content)
            done[piece] = PieceRecord(digests[piece], tuple(path for path, _ in files))
            tell(f"drawing: {piece.name.replace('_', ' ')} is done", n, len(pieces))
        written = sorted(out / path for piece in done.values() for path in piece.files)
        for stale in {*list_made(out, "charts"), *list_made(out, "clouds")} - set(written):
            remove(stale)
        counts: dict[str, Any] = {
            "n_charts": len({piece.name for piece, gave in done.items() if gave.files} - {YEAR_PAGES}),
            "n_clouds": sum(path.parent.name == "clouds" for path in written),
            "n_files": len(written),
            "n_drawn": sum(bool(piece.files) for piece in done.values()) - n_kept,
            "n_kept": n_kept,
        }
        commit_step(
            out, STEP, read=read, files=written, seconds=time.perf_counter() - start, counts=counts,
            pieces={say_piece(piece): done[piece] for piece in digests},
        )  # fmt: skip
    return ChartCounts(**counts)


def _recall(counts: Mapping[str, Any]) -> ChartCounts:
    """Return the counts of a step that has nothing to do."""
    n_kept = counts.get("n_drawn", 0) + counts.get("n_kept", 0)
    return ChartCounts(**{**counts, "n_drawn": 0, "n_kept": n_kept, "nothing_new": True})


def open_studio(out: Path) -> Studio:
    """Read what is to be drawn. Raises ``StoreError``."""
    from flows.steps.learn import read_networks, read_results
    from flows.steps.patterns import read_answers

    answers, coverage = read_answers(out)
    results = (*read_results(out), *read_networks(out))
    # No picture shows the last covered day, and none is drawn again for it.
    return Studio(out, answers, replace(coverage, now=None), results)


@dataclass(frozen=True, slots=True)
class Studio:
    """What the step draws, piece by piece."""

    out: Path
    answers: Mapping[str, Answer]
    coverage: Coverage
    results: Sequence[WorkResult]

    def list_pieces(self) -> list[Piece]:
        """List all pieces, those first that take longest."""
        from flows.painters import Piece
        from pipeline.charts.files import list_clouds
        from pipeline.patterns.year_page import list_year_pages

        years = [Piece(YEAR_PAGES, page.year) for page in list_year_pages(self.answers, self.coverage)]
        clouds = [
            Piece(name, year) for name, answer in self.answers.items() for year in list_clouds(name, answer)
        ]
        first = [Piece(name) for name in LONGEST if name in self.answers]
        return [
            *first,
            *years,
            *clouds,
            *(Piece(name) for name in (*self.answers, *MODEL_PICTURES) if name not in LONGEST),
        ]

    def count_worth(self, pieces: Sequence[Piece]) -> int:
        """How many processes to draw in: another takes a second to start, as long as a picture takes."""
        if len(pieces) < WORTH_PICTURES:
            return 1
        from pipeline.charts.pictures import choose_picture
        from pipeline.tables.workers import count_cores

        n = sum(
            piece.name in self.answers
            and choose_picture(piece.name, self.answers[piece.name], self.coverage) is not None
            for piece in pieces
        )
        return min(count_cores(), MOST_PROCESSES) if n >= WORTH_PICTURES else 1

    def digest(self, piece: Piece) -> str:
        """Return the digest of all that a piece is drawn from."""
        from flows import pieces
        from pipeline.charts.files import choose_cloud
        from pipeline.patterns.year_page import list_year_pages

        if piece.name == YEAR_PAGES:
            page = next(p for p in list_year_pages(self.answers, self.coverage) if p.year == piece.year)
            return pieces.digest_sources(pieces.describe_year(page))
        if piece.name in BELIEFS:
            return pieces.digest_sources(pieces.describe_beliefs(self._choose_beliefs(piece), self.coverage))
        if piece.name in (LEARNER, CLASSIFIER, NETWORKS):
            return pieces.digest_sources(pieces.describe_results(self._choose_results(piece), self.coverage))
        answer = self.answers[piece.name]
        if piece.year:
            return pieces.digest_sources(
                pieces.describe_cloud(*choose_cloud(piece.year, answer, self.coverage))
            )
        folder = self.out / "patterns"
        return pieces.digest_sources(pieces.describe_answer(folder, piece.name, answer, self.coverage))

    def __call__(self, piece: Piece) -> list[File]:
        """Draw every file of a piece: path below out, content."""
        from pipeline.charts.files import render_answer, render_cloud, render_year_page

        if piece.name == YEAR_PAGES:
            return list(render_year_page(piece.year, self.answers, self.coverage))
        if piece.name == LEARNER:
            return list(_render_learner(self._choose_results(piece), self.coverage))
        if piece.name == CLASSIFIER:
            return list(_render_classifier(self._choose_results(piece), self.coverage))
        if piece.name == NETWORKS:
            return list(_render_networks(self._choose_results(piece), self.coverage))
        if piece.name in BELIEFS:
            return list(_render_beliefs(self._choose_beliefs(piece), self.coverage))
        render = partial(render_cloud, piece.year) if piece.year else partial(render_answer, piece.name)
        return list(render(self.answers[piece.name], self.coverage))

    def _choose_results(self, piece: Piece) -> list[WorkResult]:
        """List the models whose picture this is: those with a curve, or with a table of the days named."""
        if piece.name == CLASSIFIER:
            return [result for result in self.results if result.confusion]
        if piece.name == NETWORKS:
            return [result for result in self.results if result.beside is not None]
        # By week, which is too fine where even the days are left out.
        return [result for result in self.results if len(result.curve) > 1 and not self.coverage.coarse]

    def _choose_beliefs(self, piece: Piece) -> list[Belief]:
        """List the beliefs whose picture this is; a coarse one shows nothing by week or day."""
        from flows.work.result import DAYS

        beliefs = [one for result in self.results for one in result.beliefs if one.name == piece.name]
        if not self.coverage.coarse:
            return beliefs
        return [one for one in beliefs if DAYS.isdisjoint(one.columns)]


def _render_learner(results: Iterable[WorkResult], coverage: Coverage) -> Iterator[File]:
    from flows.work.result import frame_curve
    from pipeline.charts.files import render_picture
    from pipeline.charts.learner import picture_learner

    for result in results:
        picture = picture_learner(frame_curve(result), result.baseline_name, coverage, result.drifts)
        yield from render_picture(LEARNER, picture, result.headline, result.deck, coverage)


def _render_classifier(results: Iterable[WorkResult], coverage: Coverage) -> Iterator[File]:
    from flows.work.result import frame_confusion, frame_right
    from flows.work.weekday_result import is_found, say_span
    from pipeline.charts.classifier import picture_classifier
    from pipeline.charts.files import render_picture

    for result in results:
        picture = picture_classifier(
            frame_confusion(result), frame_right(result), coverage, found=is_found(result),
            left_out=say_span(result),
        )  # fmt: skip
        yield from render_picture(CLASSIFIER, picture, result.headline, result.deck, coverage)


def _render_networks(results: Sequence[WorkResult], coverage: Coverage) -> Iterator[File]:
    from flows.networks.summary import frame_networks, sum_up
    from pipeline.charts.files import render_picture
    from pipeline.charts.networks import picture_networks

    if (summary := sum_up(results)) is not None:
        picture = picture_networks(frame_networks(results), coverage)
        yield from render_picture(NETWORKS, picture, summary.headline, summary.deck, coverage)


def _render_beliefs(beliefs: Iterable[Belief], coverage: Coverage) -> Iterator[File]:
    from flows.networks.beliefs import load_picture
    from flows.work.result import frame_belief
    from pipeline.charts.files import render_picture
    from pipeline.charts.learned_hours import picture_learned_hours
    from pipeline.charts.learned_year import picture_learned_year
    from pipeline.charts.trend_line import picture_trend_line
    from pipeline.charts.trend_ways import picture_trend_ways
    from pipeline.charts.usual_cases import picture_usual_cases
    from pipeline.charts.weekday_weights import picture_weekday_weights

    pictures = {
        "learned_hours": picture_learned_hours,
        "learned_year": picture_learned_year,
        "trend_line": picture_trend_line,
        "trend_ways": picture_trend_ways,
        "usual_cases": picture_usual_cases,
        "weekday_weights": picture_weekday_weights,
    }
    for belief in beliefs:
        draw = pictures.get(belief.name) or load_picture(belief.name)
        picture = draw(frame_belief(belief), coverage)
        yield from render_picture(belief.name, picture, belief.headline, belief.deck, coverage)
