"""The page of a cohort: people by number only, in the style of the main report, without a script.

Everything on it comes from ``Cohort``, where it was rounded; without one the page says how many people it
takes and gives no number of those who are there. It has no date: the newest archive's would be one person's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.patterns.answer import Answer
from pipeline.patterns.cohort_book import FEW_PEOPLE, Cohort
from pipeline.patterns.cohort_people import ENOUGH_DAYS, ENOUGH_ENTRIES
from pipeline.patterns.quiet_nights import FIRST_HOUR
from pipeline.patterns.wording import begin, say_count, say_rate, spell_small
from pipeline.privacy import is_private
from pipeline.report.contents import Drawing
from pipeline.report.figures import Figure, lay_out_answer
from pipeline.report.fonts import write_font_faces
from pipeline.report.headlines import SUBJECTS, head_standouts
from pipeline.report.overview import Standout
from pipeline.report.page import Section
from pipeline.report.phone_tables import write_table_rules
from pipeline.report.policy import write_policy
from pipeline.report.sentences import part_sentence
from pipeline.report.spark import draw_span, draw_spark
from pipeline.report.variables import write_variables

SECTIONS = ("Hours", "Nights", "Weeks", "Months", "Years")
STYLES = ("page.css", "cohort.css")
RULES = (
    "The people are parted once; every number is of one part or of several together, so that none of fewer "
    "people follows by subtraction. No smallest, largest or middle person is shown, and no number of those "
    "who were left out.",
    f"Left out are people with fewer than {ENOUGH_DAYS} covered days or {ENOUGH_ENTRIES} entries on them, "
    "those whose archives hold mostly something else, those with another weekend, and a few who lack what "
    "nearly all others have. A measure that others lack is left out itself, or is of those who have it where "
    "they and the rest are people enough. Two archives of one person count once.",
    "The page changes only when that tells of people enough: those who joined, those who left, and those "
    "whose number changed since any earlier page are none, or as many as behind every other number. What has "
    "changed for fewer, and can be done without, is left out.",
)
WAITING = b'id="waiting"'
CANNOT_HIDE = (
    "Where a mean is at the end of its scale, such as almost nothing at four in the morning, it is near that "
    "of each. People who tell each other their own numbers can work out those of the last."
)


def build_cohort_page(cohort: Cohort, drawings: Mapping[str, Drawing]) -> str:
    """Return the page of a cohort; equal numbers, equal text. Raises ``ValueError`` on a private table."""
    for name, answer in cohort.answers.items():
        if answer.finding.private or any(is_private(frame.columns) for frame in answer.frames.values()):
            raise ValueError(f"{name} holds the owner's words")
    names = ("Groups", *SECTIONS) if cohort.n_groups else (*SECTIONS, "Groups")
    sections = tuple(_lay_out_sections(names, cohort.answers, drawings))
    standouts = _list_standouts(cohort.answers)
    entries = [Section("Overview", "overview"), *sections, Section("Account", "account")]
    subject = SUBJECTS.get(cohort.kind.nouns, cohort.kind.nouns)
    people = f"{begin(spell_small(cohort.n_people))} people’s"
    differ = ", and where they differ" if cohort.n_groups else ""
    n_days = say_count(int(cohort.typical_days))
    parts = {
        "title": f"{people} {subject}",
        "lede": (
            f"{cohort.n_people} people, typically with {n_days} covered days and {say_rate(cohort.pace)} "
            f"{cohort.kind.nouns} a day. What they have in common{differ}."
        ),
        "cautions": _list_cautions(cohort.k),
        "entries": entries,
        "sections": sections,
        "standouts": standouts,
        "standouts_text": head_standouts(len(standouts)),
        "account": cohort.account.to_dict("records"),
        "n_people": say_count(cohort.n_people),
        "account_notes": (("What it cannot hide", CANNOT_HIDE),),
    }
    figures = [item for section in sections for item in section.items]
    return _render({**parts, "k": cohort.k, "rules": RULES}, figures)


def build_waiting_page(k: int) -> str:
    """Return the page of fewer than k people: what it takes, and no number of those who are there."""
    people = f"{spell_small(k)} people"
    parts = {
        "title": "A cohort, not yet",
        "lede": (
            f"With fewer than {people}, a number could give one of them away. It takes {people} with enough "
            f"in their archives: {ENOUGH_DAYS} covered days and {ENOUGH_ENTRIES} entries each."
        ),
        "cautions": _list_cautions(k),
        "entries": [],
        "k": k,
    }
    return _render(parts, [])


def shows_people(page: bytes) -> bool:
    """Say whether this is the page of a cohort, and not the one that waits for people."""
    return WAITING not in page


def _render(parts: dict[str, Any], figures: list[Figure]) -> str:
    environment = Environment(
        loader=PackageLoader("pipeline.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    template = environment.get_template("cohort.html.j2")
    draft = template.render(parts, style="", policy="")
    style = write_font_faces(draft) + write_variables() + "".join(map(_read, STYLES))
    style += write_table_rules(figures)
    return template.render(parts, style=Markup(style), policy=write_policy(style))


def _list_cautions(k: int) -> list[tuple[str, str]]:
    if k >= FEW_PEOPLE:
        return []
    said = (
        f"Each number here is of {k} people or more; {FEW_PEOPLE} are usual. The fewer they are, the nearer "
        "a number is to that of each."
    )
    return [("Few behind every number:", said)]


def _lay_out_sections(
    names: Sequence[str], answers: Mapping[str, Answer], drawings: Mapping[str, Drawing]
) -> Iterator[Section]:
    for name in names:
        items = tuple(
            lay_out_answer(answer, drawings.get(key))
            for key, answer in answers.items()
            if answer.finding.section == name
        )
        if items:
            yield Section(name, f"{name.lower()}-section", items)


def _list_standouts(answers: Mapping[str, Answer]) -> list[Standout]:
    claims = [answer for answer in answers.values() if answer.finding.remarkable > 0]
    claims.sort(key=lambda answer: -answer.finding.remarkable)
    return [
        Standout(
            answer.finding.pattern,
            answer.finding.section,
            part_sentence(f"{answer.finding.headline}.", answer.finding),
            answer.finding.certainty,
            False,
            _draw_small(answer),
        )
        for answer in claims
    ]


def _draw_small(answer: Answer) -> Markup:
    """Return the small picture of a finding: its bars, or those of the group it speaks of."""
    finding, frame = answer.finding, answer.frame
    if finding.pattern == "cohort_groups":
        last = frame[frame["group"].isin(finding.mark)]["share"]
        return draw_spark([float(share) for share in last], range(len(last)))
    if finding.pattern == "cohort_quiet":
        hours = [float(frame[name].iloc[0]) - FIRST_HOUR for name in ("start", "end")]
        start, end = (min(max(hour / 24, 0.0), 1.0) for hour in hours)
        return draw_span(start, end)
    column = next((name for name in ("share", "ratio") if name in frame), None)
    if column is None:
        return Markup("")
    first = 1 if "month" in frame else 0
    marked = {int(row) - first for row in finding.mark}
    return draw_spark([float(value) for value in frame[column]], marked)


def _read(name: str) -> str:
    return files("pipeline.report").joinpath(name).read_text("utf-8").replace("\r\n", "\n")
