"""What the archive is still too small for: one list in place of many headlines, each with what it takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from pipeline.patterns.wording import begin, count_noun, spell_small

if TYPE_CHECKING:
    from pipeline.patterns.finding import Finding
    from pipeline.report.contents import ModelLine

NAMES = {
    "months": "How the months differ",
    "changes": "Changes of pace",
    "records": "Records",
    "week": "The hours of the week",
    "week_lines": "The hours of each weekday",
    "weekdays": "Weekends beside workdays",
    "year_weekday": "Weekends, year by year",
    "unusual_weeks": "Unusual weeks",
    "eigenweeks": "The shapes of weeks",
    "clock": "Where a year’s hours centre",
    "quiet": "The quiet window",
    "jetlag": "Nights before free days",
    "words_by_year": "A word for every year",
    "words": "The commonest words",
    "words_apart": "Words of night and day",
    "rising": "Words that rise and fall",
    "repeats": "What comes again",
    "repeated": "What was asked most often",
    "bursts": "Bursts of interest",
    "sessions": "Sessions",
    "forecast": "A forecast",
}
"""What each pattern shows once it can; another one's own headline stands for it."""
TOO_LITTLE = re.compile(r"\b(?:too few|yet)\b", re.IGNORECASE)
TAKES = re.compile(r"\btakes?\b")
SO_FAR = re.compile(r"(?:[^;:]*: )?([\d,]+) of (?:the )?([\d,]+) [^;]*")


class Missing(NamedTuple):
    """One line: what would stand here, how much it takes, and the share that is there, if said."""

    name: str
    text: str
    share: float | None = None


def is_missing(finding: Finding) -> bool:
    """Say whether a finding without a picture says only that there is too little to say anything."""
    return not finding.emphasis and finding.remarkable == 0 and bool(TOO_LITTLE.search(finding.headline))


def describe_missing(finding: Finding) -> Missing:
    """Name what would be shown, with the first of the finding's own sentences that says what it takes."""
    said = [*(text for _, text in finding.notes), finding.deck]
    text = next((text for text in said if TAKES.search(text)), finding.deck)
    return _measure(NAMES.get(finding.pattern, finding.headline), text)


def describe_untrained(lines: Iterable[ModelLine]) -> list[Missing]:
    """Name the questions of models that have too little to learn from, those that lack the same at once."""
    waiting: dict[str, list[str]] = {}
    for line in lines:
        waiting.setdefault(line.too_little or "", []).append(line.question)
    said = [(_measure(questions[0], why), questions) for why, questions in waiting.items()]
    return [
        one
        if len(questions) == 1
        else one._replace(
            name=f"{begin(spell_small(len(questions)))} models", text=f"{one.text} {' '.join(questions)}"
        )
        for one, questions in said
    ]


def describe_networks(n_covered: int) -> Missing:
    """Say what the networks take, none of which could be trained."""
    return Missing(
        "Networks",
        "Small ones for the same questions and others; they take from half a year to two years of covered "
        f"days. {count_noun(n_covered, 'covered day', 'covered days')} so far.",
    )


def _measure(name: str, text: str) -> Missing:
    found = SO_FAR.fullmatch(text)
    if found is None:
        return Missing(name, text)
    there, needed = (int(figure.replace(",", "")) for figure in found.groups())
    return Missing(name, text, min(there / needed, 1.0) if needed else None)
