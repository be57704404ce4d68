"""What the archive is still too small for: one list in place of many headlines, each with what it takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pipeline.patterns.wording import say_count

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


def describe_untrained(line: ModelLine) -> Missing:
    """Name the question of a model that has too little to learn from."""
    return _measure(line.question, line.too_little or "")


def describe_networks(n_covered: int) -> Missing:
    """Say what the networks take, none of which could be trained."""
    return Missing(
        "Networks",
        "Small ones for the same questions and others; they take from half a year to two years of covered "
        f"days. There {'is' if n_covered == 1 else 'are'} {say_count(n_covered)}.",
    )


def _measure(name: str, text: str) -> Missing:
    found = SO_FAR.fullmatch(text)
    if found is None:
        return Missing(name, text)
    there, needed = (int(figure.replace(",", "")) for figure in found.groups())
    return Missing(name, text, min(there / needed, 1.0) if needed else None)
