"""Answers, pictures, models and ledger → ``report/index.html``, replaced by one rename."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.settings import Settings, ZoneSpan
from pipeline.tables.progress import Tell, silent

if TYPE_CHECKING:
    from flows.work.result import WorkResult
    from pipeline.patterns.coverage import Coverage
    from pipeline.report.contents import Contents, Drawing, ModelLine
    from pipeline.report.tally import Tally
    from pipeline.tables.store import Store

PAGE = "report/index.html"
QUARTER_MS = 15 * 60 * 1000
EDITIONS = {
    "wide": "",
    "middle": "-middle",
    "narrow": "-narrow",
    "wide_dark": "-dark",
    "middle_dark": "-middle-dark",
    "narrow_dark": "-narrow-dark",
}


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """What the page shows, and where it lies."""

    page: Path
    n_bytes: int
    n_findings: int
    n_pictures: int
    n_models: int
    n_exports: int
    kept: bool = False  # nothing that the page shows has changed
    nothing_new: bool = False


def report(settings: Settings, *, tell: Tell = silent) -> ReportCounts:
    """Write the report from what the steps before it left; do nothing when it is up to date.

    Raises ``StoreError`` where what it reads is missing or was made for other settings, and ``LockedError``.
    """
    from flows.freshness import require_inputs
    from flows.keeping import keep_or_write
    from pipeline.report.page import build_page
    from pipeline.tables.files import make_private_folder
    from pipeline.tables.journal import begin_step, commit_step, is_fresh, read_digest_of, read_journal
    from pipeline.tables.lock import hold_lock

    started = time.perf_counter()
    out = settings.out
    with hold_lock(out):
        journal = read_journal(out)
        require_inputs(journal, "report", settings)
        read = read_digest_of(journal, "report", settings)
        if is_fresh(journal, out, "report", read):
            return _recall(out, journal.steps["report"].counts, nothing_new=True)
        tell("gathering", 0, 2)
        contents = gather(out, settings.home_zone)
        tell("writing the page", 1, 2)
        page = out / PAGE
        make_private_folder(page.parent)
        content = build_page(contents).encode()
        begin_step(out, "report")
        kept = not keep_or_write(page, content)
        counts = {
            "n_bytes": len(content),
            "n_findings": len(contents.answers),
            "n_pictures": len(contents.drawings),
            "n_models": len(contents.models),
            "n_exports": len(contents.books.exports),
        }
        commit_step(
            out, "report", read=read, files=[page], seconds=time.perf_counter() - started, counts=counts
        )
        tell("writing the page", 2, 2)
    return _recall(out, counts, kept=kept)


def gather(out: Path, home_zone: tuple[ZoneSpan, ...]) -> Contents:
    """Read everything that the page shows; models are left out where none were fitted.

    What was redacted when the answers were made, the answers' coverage says.
    """
    from flows.networks.page_lines import lay_out_networks
    from flows.steps.charts import MODEL_PICTURES
    from flows.steps.learn import read_left, read_networks, read_networks_left, read_results
    from flows.steps.patterns import read_answers
    from pipeline.report.contents import Books, Contents
    from pipeline.report.share_safe import coarsen_networks, redact_books
    from pipeline.tables.store import Store

    answers, coverage = read_answers(out)
    store = Store(out)
    names = [*answers, *MODEL_PICTURES]
    drawings = {name: drawing for name in names if (drawing := read_drawing(out / "charts" / "page", name))}
    results = read_results(out)
    models, left = lay_out_models(results, coverage), read_left(out) | explain_hidden(results, coverage)
    networks = lay_out_networks(read_networks(out), read_networks_left(out))
    books = Books(store.ledger(), store.skip_reasons(), store.unread_files(), tuple(store.notes()))
    if coverage.redacted:
        books = redact_books(books, coarse=coverage.coarse)
    tally = count_moments(store, home_zone, coverage)
    networks = coarsen_networks(networks) if coverage.coarse else networks
    return Contents(answers, coverage, drawings, models, books, tally, left, networks)


def lay_out_models(results: Iterable[WorkResult], coverage: Coverage) -> tuple[ModelLine, ...]:
    """Return the models' lines that the page may show: where it is to be shared, none made of texts."""
    from flows.work.result import MADE_OF_TEXTS
    from pipeline.report.share_safe import coarsen_line

    hidden = MADE_OF_TEXTS if coverage.redacted else frozenset[str]()
    lines = tuple(_convert(result) for result in results if result.name not in hidden)
    return tuple(map(coarsen_line, lines)) if coverage.coarse else lines


def explain_hidden(results: Iterable[WorkResult], coverage: Coverage) -> dict[str, str]:
    """Return, by its question, why a model that was trained is not on the page."""
    from flows.work.result import MADE_OF_TEXTS

    if not coverage.redacted:
        return {}
    why = "Left out here, since it learned from texts; the intervals of the others count it."
    trained = (result for result in results if result.model_score is not None)
    return {result.question: why for result in trained if result.name in MADE_OF_TEXTS}


def count_moments(store: Store, home_zone: tuple[ZoneSpan, ...], coverage: Coverage) -> Tally | None:
    """Count unmarked activities by quarter of an hour, of which every zone's clock hours are made.

    ``None`` where what may be shared of them is not enough for a filter.
    """
    from pipeline.report.share_safe import redact_moments
    from pipeline.report.tally import tally_activity

    query = (
        f"SELECT product, action, epoch_ms(time) // {QUARTER_MS} AS quarter, count(*) AS n FROM activity "
        "WHERE mark IS NULL GROUP BY ALL ORDER BY ALL"
    )
    with store.connect() as connection:
        moments = connection.sql(query).df()
    if coverage.redacted:
        shared = redact_moments(moments, coverage)
        if shared is None:
            return None
        moments = shared
    times = moments["quarter"].to_numpy(dtype="int64") * QUARTER_MS
    moments = moments.assign(time=times.astype("datetime64[ms]"))
    moments["time"] = moments["time"].dt.tz_localize("UTC")
    return tally_activity(moments, store.sources(), home_zone)


def read_drawing(folder: Path, name: str) -> Drawing | None:
    """Read every edition of a chart; ``None`` where it was not drawn."""
    from pipeline.report.contents import Drawing

    found = {
        edition: path.read_text("utf-8")
        for edition, ending in EDITIONS.items()
        if (path := folder / f"{name}{ending}.svg").is_file()
    }
    if "wide" not in found:
        return None
    return Drawing(**{"narrow": found["wide"], **found})


def _convert(result: WorkResult) -> ModelLine:
    """Hand a result to the report, whose room may not know the models' work."""
    from flows.work.result import frame_belief, frame_confusion, frame_curve
    from pipeline.report.contents import ModelBelief, ModelLine

    tables = ("curve", "confusion", "beliefs")
    shared = {
        field.name: getattr(result, field.name) for field in fields(ModelLine) if field.name not in tables
    }
    return ModelLine(
        **shared,
        curve=frame_curve(result) if result.curve else None,
        confusion=frame_confusion(result) if result.confusion else None,
        beliefs=tuple(
            ModelBelief(one.name, one.headline, one.deck, one.alt, frame_belief(one))
            for one in result.beliefs
        ),
    )


def _recall(
    out: Path, counts: dict[str, int], *, kept: bool = False, nothing_new: bool = False
) -> ReportCounts:
    return ReportCounts(page=out / PAGE, **counts, kept=kept, nothing_new=nothing_new)
