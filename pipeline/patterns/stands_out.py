"""Which findings deserve the front of the page, by one rule for all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pipeline.patterns.finding import Finding

LARGEST = math.log(4)
LARGEST_SHIFT = 6.0  # hours
MOST_PER_SECTION = 2
EVENTS = frozenset({"gaps", "unusual_weeks"})  # of a few days, where the others speak of all
EVENT_WEIGHT = 0.5
ANOTHER_WEIGHT = 0.5  # of what is told of the same section, or of the same few days, already


def measure_remarkable(nearest: float, value: float, expected: float) -> float:
    """Return how far a claim is from what would be expected, 0 to 1, in the same unit for every pattern.

    ``value`` is compared with ``expected`` as a ratio, but with the end of its 95 % interval that is
    ``nearest`` to it: |ln(nearest / expected)|, as a share of ln 4 (four times as much, or a quarter).
    0 where the interval reaches the expected value or a number is missing.
    """
    if not all(math.isfinite(x) and x >= 0 for x in (nearest, value, expected)) or expected == 0:
        return 0.0
    if (nearest - expected) * (value - expected) <= 0:
        return 0.0
    if nearest == 0:
        return 1.0
    return min(1.0, abs(math.log(nearest) - math.log(expected)) / LARGEST)


def measure_shift(nearest_hours: float) -> float:
    """Return how far a claim about clock times is from no shift, 0 to 1.

    ``nearest_hours`` is the end of the shift's 95 % interval that is nearest to none, 0 where the interval
    holds none. Six hours, a quarter of the day, weigh as much as four times a rate.
    """
    if not math.isfinite(nearest_hours):
        return 0.0
    return min(1.0, abs(nearest_hours) / LARGEST_SHIFT)


def choose_remarkable(findings: Iterable[Finding], n: int = 6) -> list[Finding]:
    """Choose what stands out, the weightiest first.

    The rule: only findings whose claim survived its interval (``remarkable`` > 0). What happened on a few
    days counts half of what holds for all of them: a stay on another clock is always many hours off, a
    habit seldom, so that hours alone would put every trip before every habit. What tells of a section from
    which one was chosen counts half too, and so does a second event: one thing seen from two sides should
    not fill the page, and a section with one clear thing to say should be heard. Of a section at most two;
    of equals, the one that stands earlier on the page.
    """
    left = [finding for finding in findings if finding.remarkable > 0]
    chosen: list[Finding] = []
    while left and len(chosen) < n:
        best = max(left, key=lambda finding: _weigh(finding, chosen))  # the first of equals
        left.remove(best)
        if sum(other.section == best.section for other in chosen) < MOST_PER_SECTION:
            chosen.append(best)
    return chosen


def _weigh(finding: Finding, chosen: list[Finding]) -> float:
    is_event = finding.pattern in EVENTS
    weight = finding.remarkable * (EVENT_WEIGHT if is_event else 1.0)
    told = any(other.section == finding.section or (is_event and other.pattern in EVENTS) for other in chosen)
    return weight * (ANOTHER_WEIGHT if told else 1.0)
