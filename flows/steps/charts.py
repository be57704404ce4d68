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
    from pipeline.patterns.answer import Answer
    from pipeline.patterns.coverage import Coverage

STEP = "charts"
LEARNER, YEAR_PAGES = "learner", "year pages"  # what is drawn beside the answers


@dataclass(frozen=True, slots=True)
class ChartCounts:
    """What the step gave; a chart of an answer with nothing to draw does not count."""

    n_charts: int
    n_clouds: int
    n_files: int
    nothing_new: bool = False


def charts(settings: Settings, *, tell: Tell = silent) -> ChartCounts:
    """Draw every answer, every year, and the learner where it was trained, into ``charts/`` and ``clouds/``.

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
        for folder in ("charts", "charts/page", "charts/years", "clouds"):
            make_private_folder(out / folder)
        names = [*answers, LEARNER, YEAR_PAGES]
        written: list[Path] = []
        drawn = set()
        for done, name in enumerate(names):
            tell(f"drawing {name.replace('_', ' ')}", done, len(names))
            for path, content in _render(out, name, answers, coverage):
                write_atomically(out / path, content)
                written.append(out / path)
                drawn.add(name)
        for stale in {*(out / "charts").rglob("*.*"), *(out / "clouds").glob("*.*")} - set(written):
            remove(stale)
        counts: dict[str, Any] = {
            "n_charts": len(drawn - {YEAR_PAGES}),
            "n_clouds": sum(path.parent.name == "clouds" for path in written),
            "n_files": len(written),
        }
        commit_step(out, STEP, read=read, files=written, seconds=time.perf_counter() - start, counts=counts)
        tell("drawing", len(names), len(names))
    return ChartCounts(**counts)


def _render(
    out: Path, name: str, answers: Mapping[str, Answer], coverage: Coverage
) -> Iterator[tuple[str, bytes]]:
    """Yield every file of one chart, or of all year pages: path below out, content."""
    from pipeline.charts.files import render_answer, render_year_pages

    if name in answers:
        yield from render_answer(name, answers[name], coverage)
    elif name == LEARNER:
        yield from _render_learner(out, coverage)
    else:
        yield from render_year_pages(answers, coverage)


def _render_learner(out: Path, coverage: Coverage) -> Iterator[tuple[str, bytes]]:
    from flows.steps.learn import read_results
    from flows.work.result import frame_curve
    from pipeline.charts.files import render_picture
    from pipeline.charts.learner import picture_learner

    for result in [] if coverage.coarse else read_results(out):  # its curve goes by week
        if len(result.curve) > 1:
            picture = picture_learner(frame_curve(result), result.baseline_name, coverage)
            yield from render_picture(LEARNER, picture, result.headline, result.deck, coverage)
