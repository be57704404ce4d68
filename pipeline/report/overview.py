"""The sentences of *What stands out*, each with the small picture that its own numbers draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import choose_remarkable
from pipeline.report.choices import AS_DOTS, CHOICES
from pipeline.report.sentences import Part, part_sentence
from pipeline.report.spark import draw_spark

if TYPE_CHECKING:
    from pipeline.patterns.answer import Answer
    from pipeline.report.figures import Figure


@dataclass(frozen=True, slots=True)
class Standout:
    """One sentence, parted at its key phrase, how sure it is and its picture."""

    name: str
    section: str
    sentence: tuple[Part, ...]
    certainty: str
    private: bool
    spark: Markup


def list_standouts(answers: Mapping[str, Answer]) -> list[Standout]:
    """Return at most six findings that stand out, the most remarkable first."""
    chosen = choose_remarkable([answer.finding for answer in answers.values()])
    return [_lay_out(finding, answers[finding.pattern]) for finding in chosen]


def list_openings(
    sections: Mapping[str, Sequence[Figure]], standouts: Sequence[Standout]
) -> list[tuple[str, Figure]]:
    """Return each section's first figure where it is not among the standouts; none where nothing stands out.

    So the overview also says when the nights are quiet and what each year was about, remarkable or not.
    """
    if not standouts:
        return []
    told = {item.name for item in standouts}
    firsts = [(name, items[0]) for name, items in sections.items() if items]
    return [(name, item) for name, item in firsts if item.name not in told and (item.forms or item.tables)]


def _lay_out(finding: Finding, answer: Answer) -> Standout:
    sentence = finding.headline if finding.headline[-1:] in ".?!" else f"{finding.headline}."
    return Standout(
        finding.pattern,
        finding.section,
        part_sentence(sentence, finding),
        finding.certainty.rstrip("."),
        finding.private,
        _draw(answer),
    )


def _draw(answer: Answer) -> Markup:
    choose = CHOICES.get(answer.finding.pattern)
    if choose is None:
        return Markup("")
    values, marked = choose(answer)
    dots = answer.finding.pattern in AS_DOTS
    return draw_spark([float(value) for value in values], marked, dots=dots)
