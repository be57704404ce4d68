"""What an archive covers, and the sentence that says so beside every picture."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pipeline.patterns.wording import count_noun, say_count, say_days, say_months, say_years


@dataclass(frozen=True, slots=True)
class Coverage:
    """The subject's span and days, and all else that a picture's frame needs to know of it.

    ``n_days`` are the calendar days from ``first`` to ``last``, both counted; ``now`` is the last
    covered day, without one the last entry's; the three dates are ``None`` where there is nothing.
    ``redacted``: to be shared; then ``zone`` is empty. ``coarse``: the three dates are firsts of months.
    """

    first: date | None
    last: date | None
    n_days: int
    n_covered: int
    n_rows: int
    now: date | None
    product: str | None = None
    action: str | None = None
    noun: str = "entry"
    nouns: str = "entries"
    verb: str = "recorded"
    zone: str = "UTC"
    weekend: tuple[int, ...] = (5, 6)
    first_weekday: int = 0
    redacted: bool = False
    coarse: bool = False

    @property
    def n_missing(self) -> int:
        """Days between first and last that no source covers."""
        return self.n_days - self.n_covered

    @property
    def years(self) -> str:
        """The span in years, '' where there is nothing: 2021–2025."""
        return say_years(self.first.year, self.last.year) if self.first and self.last else ""


def say_span(coverage: Coverage) -> str:
    """Write the span as 9 Mar 2021 – 19 Nov 2025, coarse as March 2021 – November 2025; '' without one."""
    if coverage.first is None or coverage.last is None:
        return ""
    say = say_months if coverage.coarse else say_days
    return say(coverage.first, coverage.last)


def note_coverage(coverage: Coverage) -> tuple[str, str]:
    """Return the margin note 'What it covers'."""
    if coverage.first is None or coverage.last is None:
        return "What it covers", f"The archive holds no {coverage.nouns}."
    text = (
        f"{count_noun(coverage.n_rows, coverage.noun, coverage.nouns)}, "
        f"{say_span(coverage)}; "
        f"{say_count(coverage.n_covered)} of {count_noun(coverage.n_days, 'day', 'days')} covered."
    )
    if coverage.n_covered == 0:
        text += " Without a covered day no rate is given."
    elif coverage.n_missing:
        text += " The others are left out of every rate, not counted as zero."
    return "What it covers", text


def pack_coverage(coverage: Coverage) -> dict[str, Any]:
    """Turn a coverage into what JSON can hold."""
    packed = asdict(coverage)
    for key in ("first", "last", "now"):
        packed[key] = packed[key].isoformat() if packed[key] else None
    return {**packed, "weekend": list(coverage.weekend)}


def unpack_coverage(packed: dict[str, Any]) -> Coverage:
    """Turn what JSON holds back into an equal coverage."""
    dates = {
        key: date.fromisoformat(packed[key]) if packed[key] else None for key in ("first", "last", "now")
    }
    return Coverage(**{**packed, **dates, "weekend": tuple(packed["weekend"])})
