"""What may be seen of a run outside the report: its counts, and the findings and charts without a text.

Prefect keeps what it shows in clear and draws it in a page of its own, so a finding or a chart is listed only
where ``pipeline.privacy`` names its answer, and none of its tables has a column made of the owner's words:
a cloud is pixels, but its frame has words. Knows nothing of Prefect.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.as_json import list_figures
from flows.progress import Watcher
from pipeline.privacy import CLEARED, OWN_TEXTS, is_private
from pipeline.tables.journal import Journal, read_journal
from pipeline.tables.ledger import LEDGER_FIGURES

if TYPE_CHECKING:
    from flows.work.result import WorkResult
    from pipeline.patterns.answer import Answer
    from pipeline.patterns.coverage import Coverage

Row = dict[str, int | float | str]

CHART = "chart"
MODEL_CHARTS = {"next_hour": "learner", "weekday": "classifier"}  # by the work that each is drawn from
MOST_BYTES = 40_000
SIZES = (
    (800, 64),
    (800, 32),
    (640, 32),
    (480, 16),
)  # pixels in width, colours: the first that is small enough
MARKDOWN = re.compile(r"([\\`*_\[\]<>#~|])")


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A chart that may be shown; ``digest`` is its file's, as ``run.json`` has it."""

    key: str  # stable: lower case and dashes
    caption: str
    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a run: rows of a table, Markdown, and pictures."""

    counts: tuple[Row, ...]
    findings: str
    pictures: tuple[ShownPicture, ...]


def list_shown(out: Path, watcher: Watcher) -> Shown:
    """Gather what may be shown after a run that ``watcher`` saw. Raises ``StoreError``."""
    from flows.steps.learn import read_networks, read_results
    from flows.steps.patterns import read_answers
    from flows.work.result import MADE_OF_TEXTS

    journal = read_journal(out)
    answers, coverage = read_answers(out)
    answers = {name: answer for name, answer in answers.items() if may_be_shown(name, answer)}
    results = [] if coverage.coarse else [one for one in read_results(out) if one.name not in MADE_OF_TEXTS]
    networks = [] if coverage.coarse else read_networks(out)
    return Shown(
        counts=tuple(list_counts(journal, watcher)),
        findings="\n\n".join(_say_findings(answers, results, networks, coverage)),
        pictures=tuple(_list_pictures(out, journal, answers, results, networks)),
    )


def may_be_shown(name: str, answer: Answer) -> bool:
    """Say whether an answer is known to hold no text but Almanac's own, in none of its tables."""
    from pipeline.patterns.answer import MAIN
    from pipeline.patterns.redaction import list_text_columns

    if name not in CLEARED or answer.finding.private or answer.finding.named:
        return False
    tables = {name if part == MAIN else f"{name}--{part}": frame for part, frame in answer.frames.items()}
    return not any(is_private(frame.columns) for frame in tables.values()) and all(
        set(list_text_columns(frame)) <= OWN_TEXTS.get(table, frozenset()) for table, frame in tables.items()
    )


def list_counts(journal: Journal, watcher: Watcher) -> Iterator[Row]:
    """Yield the rows of the table of counts: what, how many in this run, how many in all."""
    done = {step: list_figures(counts) for step, counts in watcher.done.items()}
    every = {step: record.counts for step, record in journal.steps.items()}
    ingest, ledger = done.get("ingest", {}), _sum_ledger(every.get("ingest", {}))
    yield _row("archives", ingest.get("n_new_archives"), len(journal.inputs))
    known = max(ingest["parsed"] - ingest["new_rows"], 0) if ingest else None
    entries = {"found": ingest.get("seen"), "known": known, "set_aside": ingest.get("skipped")}
    for name, n in {**entries, "new": ingest.get("new_rows")}.items():
        yield _row(f"entries {name.replace('_', ' ')}", n, ledger[name])
    yield _row("rows of the table", None, every.get("ingest", {}).get("rows"))
    for step, figure, what in (
        ("patterns", "n_patterns", "patterns"),
        ("patterns", "n_covered", "covered days"),
        ("learn", "n_models", "models"),
        ("learn", "n_better", "models better than their baselines"),
        ("charts", "n_charts", "charts"),
        ("charts", "n_clouds", "word clouds"),
    ):
        made = None if done.get(step, {}).get("nothing_new") else done.get(step, {}).get(figure)
        yield _row(what, made, every.get(step, {}).get(figure))
    for figure, what in (("n_drawn", "pictures drawn"), ("n_kept", "pictures kept as they were")):
        yield _row(what, done.get("charts", {}).get(figure), None)
    for name, started in done.get("learn", {}).get("started", {}).items():
        yield _row(f"how {name.replace('_', ' ')} began", started, None)
    for step, seconds in watcher.seconds.items():
        if step in journal.steps:
            fresh = ", up to date" if done.get(step, {}).get("nothing_new") else ""
            yield _row(f"seconds for {step}{fresh}", round(seconds, 1), None)


def _row(what: str, here: float | str | None, in_all: float | None) -> Row:
    return {
        "what": what,
        "in this run": "–" if here is None else here,
        "in all": "–" if in_all is None else in_all,
    }


def _sum_ledger(counts: Mapping[str, Any]) -> dict[str, int]:
    lines = counts.get("ledger", [])
    return {name: sum(line[k + 1] for line in lines) for k, name in enumerate(LEDGER_FIGURES[1:])}


def _say_findings(
    answers: Mapping[str, Answer],
    results: list[WorkResult],
    networks: list[WorkResult],
    coverage: Coverage,
) -> Iterator[str]:
    from flows.networks.summary import sum_up
    from pipeline.patterns.coverage import note_coverage

    yield "# What the archive shows"
    yield escape(note_coverage(coverage)[1])
    section = ""
    for answer in answers.values():
        finding = answer.finding
        if finding.section != section:
            section = finding.section
            yield f"## {escape(section)}"
        yield _say_one(finding.headline, finding.deck, finding.certainty)
    if results:
        yield "## Models"
        yield from (_say_one(result.headline, result.deck, result.certainty) for result in results)
    if summary := sum_up(networks):
        yield _say_one(summary.headline, summary.deck, "")
    yield "What is made of words stands in the report alone."


def _say_one(headline: str, deck: str, certainty: str) -> str:
    texts = [f"**{escape(headline)}**", escape(deck), f"Certainty: {escape(certainty)}" if certainty else ""]
    return "  \n".join(filter(None, texts))


def escape(text: str) -> str:
    """Write a text so that Markdown shows it as it is."""
    return MARKDOWN.sub(r"\\\1", text)


def _list_pictures(
    out: Path,
    journal: Journal,
    answers: Mapping[str, Answer],
    results: list[WorkResult],
    networks: list[WorkResult],
) -> Iterator[ShownPicture]:
    from flows.networks.summary import NAME, sum_up

    record = journal.steps.get("charts")
    files = record.files if record else {}
    captions = {name: answer.finding.headline for name, answer in answers.items()}
    captions |= {MODEL_CHARTS[each.name]: each.headline for each in results if each.name in MODEL_CHARTS}
    if summary := sum_up(networks):
        captions[NAME] = summary.headline
    captions |= {belief.name: belief.headline for each in (*results, *networks) for belief in each.beliefs}
    for name, caption in captions.items():
        if digest := files.get(file := f"charts/{name}.png"):
            yield ShownPicture(f"{CHART}-{name.replace('_', '-')}", caption, out / file, digest)


def shrink_picture(path: Path) -> bytes:
    """Return a chart as a small PNG of few colours, of at most 40 kB where that can be had."""
    from PIL import Image

    content = b""
    with Image.open(path) as image:
        whole = image.convert("RGB")
    for width, n_colours in SIZES:
        size = (width, max(1, round(whole.height * width / whole.width)))
        small = whole.resize(size, Image.Resampling.LANCZOS).quantize(
            n_colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
        stream = io.BytesIO()
        small.save(stream, "PNG", optimize=True)
        content = stream.getvalue()
        if len(content) <= MOST_BYTES:
            break
    return content
