"""The one page: what stands where, and the order in which its parts are made.

The page is written once without its style; then it is known which letters the fonts need, so that the style
can be finished, and which hashes the policy names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import count_noun, say_count, say_long_day, say_month
from pipeline.privacy import say_left_out
from pipeline.report.cards import Asked, lay_out_cards
from pipeline.report.contents import Contents, ModelLine
from pipeline.report.figures import Figure, lay_out_answer, lay_out_belief, lay_out_model
from pipeline.report.fonts import write_font_faces
from pipeline.report.headlines import head_models, head_standouts, write_title
from pipeline.report.interval import choose_scale, draw_interval
from pipeline.report.ledger import lay_out_books
from pipeline.report.networks import lay_out_networks
from pipeline.report.not_yet import (
    Missing,
    describe_missing,
    describe_networks,
    describe_untrained,
    is_missing,
)
from pipeline.report.overview import list_openings, list_standouts
from pipeline.report.phone_tables import UNREAD, write_table_rules
from pipeline.report.policy import write_policy
from pipeline.report.tally import write_data
from pipeline.report.variables import write_variables
from pipeline.report.year_sheets import YearSheet, list_year_sheets

SECTIONS = (
    "Years", "Weeks", "Hours", "Nights", "Words", "Sessions", "Gaps and trips", "Models", "Forecast",
)  # fmt: skip
"""The page's order; the overview comes before; after it what is not yet possible, and the ledger.

What has nothing to show is left out."""
STYLES = ("page.css", "maps.css", "years.css")
SCRIPTS = ("page.js", "counts.js", "grids.js", "maps.js", "switch.js", "sort.js")
MOST_BUTTONS = 8  # years; more make the switch a list
HOW = "How it is tested"
TOP, MODELS = "dots", "Models"  # the picture above all sections; the section that no pattern fills


class Section(NamedTuple):
    """One heading of the page and what stands below it."""

    name: str
    anchor: str
    items: tuple[Figure, ...] = ()


def build_page(contents: Contents) -> str:
    """Return ``index.html``: one file that holds all it shows; equal contents give equal text."""
    parts = _gather(contents)
    script = "".join(_read(f"scripts/{name}") for name in SCRIPTS)
    template = _environment().get_template("page.html.j2")
    draft = template.render(parts, style="", script="", policy="")
    style = write_font_faces(draft) + write_variables() + "".join(map(_read, STYLES))
    style += write_year_rules(parts["years"]) + write_table_rules(_list_figures(parts))
    return template.render(
        parts, style=Markup(style), script=Markup(script), policy=write_policy(style, script)
    )


def _list_figures(parts: dict[str, Any]) -> Iterator[Figure]:
    for section in parts["sections"]:
        yield from section.items
    yield from parts["models"]["figures"]
    networks = parts["networks"]
    yield from networks["beliefs"]
    if networks["figure"] is not None:
        yield networks["figure"]


def _gather(contents: Contents) -> dict[str, Any]:
    coverage, answers = contents.coverage, contents.answers
    standouts = list_standouts(answers)
    sections = tuple(_lay_out_sections(contents))
    missing = tuple(_list_missing(contents))
    later = [Section("Not yet", "not-yet")] if missing else []
    entries = [Section("Overview", "overview"), *sections, *later, Section("Ledger", "ledger")]
    ledger = lay_out_books(contents.books)
    return {
        "title": write_title(coverage.first, _find_last(coverage), coverage.nouns),
        "lede": _write_lede(contents, bool(standouts)),
        "left_out": say_left_out(coarse=coverage.coarse) if coverage.redacted else "",
        "made": ledger.made or (_choose_say(coverage)(coverage.last) if coverage.last else ""),
        "covered": f"{say_count(coverage.n_covered)} of {count_noun(coverage.n_days, 'day', 'days')} covered",
        "past": coverage.verb,
        "zone": coverage.zone,
        "exports_text": count_noun(len(ledger.rows), "export", "exports"),
        "dots": _lay_out(TOP, contents) if TOP in contents.drawings else None,
        "entries": entries,
        "standouts": standouts,
        "openings": list_openings({section.name: section.items for section in sections}, standouts),
        "standouts_text": head_standouts(len(standouts)),
        "sections": sections,
        "models": _lay_out_models(contents),
        "networks": lay_out_networks(contents.networks, contents.drawings),
        "missing": missing,
        "ledger": ledger,
        "years": list_year_sheets(answers, coverage),
        "most_buttons": MOST_BUTTONS,
        "unread_headings": UNREAD,
        "data": Markup(write_data(contents.tally, answers, coverage) if contents.tally else ""),
    }


def write_year_rules(sheets: Sequence[YearSheet]) -> str:
    """Return the rules by which the switch opens the page of a year, with scripts or without."""
    return "".join(
        f'body:has([data-show="{sheet.year}"]:checked) #year-{sheet.year}{{display:block}}\n'
        for sheet in sheets
    )


def _lay_out_sections(contents: Contents) -> Iterator[Section]:
    """Yield each section with the answers whose findings name it, in the order of the answers."""
    told: set[tuple[str, str]] = set()
    for name in SECTIONS:
        patterns = [key for key, answer in contents.answers.items() if answer.finding.section == name]
        shown = [key for key in patterns if key != TOP and not _is_missing(key, contents)]
        items = tuple(_tell_once(_lay_out(key, contents), told) for key in shown)
        if name == MODELS:
            if items or not _are_untrained(contents):
                yield Section(name, "models", items)
        elif items:
            yield Section(name, f"{name.lower().replace(' ', '-')}-section", items)


def _is_missing(pattern: str, contents: Contents) -> bool:
    return pattern not in contents.drawings and is_missing(contents.answers[pattern].finding)


def _are_untrained(contents: Contents) -> bool:
    """Say whether there are models, and each has too little to learn from."""
    return bool(contents.models) and not any(line.is_scored for line in contents.models)


def _list_missing(contents: Contents) -> Iterator[Missing]:
    """Yield what is not yet possible, in the order of the sections."""
    findings = {key: answer.finding for key, answer in contents.answers.items()}
    for name in SECTIONS:
        for key, finding in findings.items():
            if finding.section == name and key != TOP and _is_missing(key, contents):
                yield describe_missing(finding)
        if name == MODELS and _are_untrained(contents):
            yield from describe_untrained(contents.models)
            if contents.networks.lines and contents.networks.table is None:
                yield describe_networks(contents.coverage.n_covered)


def _lay_out(pattern: str, contents: Contents) -> Figure:
    return lay_out_answer(contents.answers[pattern], contents.drawings.get(pattern))


def _tell_once(figure: Figure, told: set[tuple[str, str]]) -> Figure:
    """Leave out the notes that stand beside an earlier figure already, such as what the archive covers."""
    fresh = tuple(note for note in figure.notes if note not in told)
    told.update(fresh)
    return replace(figure, notes=fresh)


def _lay_out_models(contents: Contents) -> dict[str, Any]:
    scored = [line for line in contents.models if line.is_scored]
    scale = choose_scale((line.low or 0.0, line.high or 0.0) for line in scored)
    shown = {
        line.name: lay_out_model(name, line, table, contents.drawings.get(name))
        for line in contents.models
        for name, table in (("learner", line.curve), ("classifier", line.confusion))
        if table is not None and len(table)
    }
    beside = [line for line in scored if line.name not in shown]
    figures: list[Figure] = []
    for line in contents.models:
        figures += [shown[line.name]] if line.name in shown else []
        figures += [lay_out_belief(one, contents.drawings.get(one.name)) for one in line.beliefs]
    return {
        "headline": head_models(contents.models),
        "lines": [(line, _draw(line, scale)) for line in scored],
        "too_little": _gather_reasons(line for line in contents.models if not line.is_scored),
        "left": contents.left,
        "notes": [note for line in beside for note in line.notes],
        "cards": lay_out_cards(
            [_make_card(line, line.name in shown) for line in scored if line.card or line.name not in shown]
        ),
        "figures": figures,
    }


def _make_card(line: ModelLine, is_shown: bool) -> Asked:
    how = "See “How this is counted” below its picture." if is_shown and line.how else line.how
    return Asked(line.question, line.model_name, (*line.card, (HOW, how)) if how else line.card)


def _gather_reasons(lines: Iterable[ModelLine]) -> list[tuple[str, str]]:
    """Return what the archive lacks, each once, after all the questions that wait for it."""
    questions: dict[str, list[str]] = {}
    for line in lines:
        questions.setdefault(line.too_little or "", []).append(line.question)
    return [(" ".join(asked), why) for why, asked in questions.items()]


def _draw(line: ModelLine, scale: tuple[float, float]) -> Markup:
    assert line.avoided is not None and line.low is not None and line.high is not None
    return draw_interval(line.avoided, line.low, line.high, scale, claimed=line.is_better)


def _write_lede(contents: Contents, stands_out: bool) -> str:
    coverage = contents.coverage
    if coverage.first is None or coverage.last is None:
        return f"The archive holds no {coverage.nouns}. The ledger below says what was found in it."
    mattered = "" if coverage.redacted else ", what mattered when"
    promise = f"The rhythm of days and nights{mattered}, and how sure any of it is."
    if not stands_out:
        promise = "What there is to see so far, and what a longer archive would show."
    return (
        f"{count_noun(coverage.n_rows, coverage.noun, coverage.nouns)}, "
        f"{_say_span(coverage, coverage.first, coverage.last)}. {promise}"
    )


def _find_last(coverage: Coverage) -> date | None:
    """Return the day that lies as far from the first as the last does; the dates alone may be by month."""
    return coverage.first and coverage.first + timedelta(days=coverage.n_days - 1)


def _choose_say(coverage: Coverage) -> Callable[[date], str]:
    return say_month if coverage.coarse else say_long_day


def _say_span(coverage: Coverage, first: date, last: date) -> str:
    say = _choose_say(coverage)
    if first == last:
        return f"{'in' if coverage.coarse else 'on'} {say(first)}"
    return f"from {say(first)} to {say(last)}"


def _read(name: str) -> str:
    return files("pipeline.report").joinpath(name).read_text("utf-8").replace("\r\n", "\n")


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("pipeline.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
