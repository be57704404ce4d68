"""Which findings deserve the front of the page, by one rule for all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pipeline.patterns.finding import Finding

LARGEST = math.log(4)
LARGEST_SHIFT = 6.0  # hours
MOST_PER_SECTION = 2


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
    """Choose what stands out.

    The rule: only findings whose claim survived its interval (``remarkable`` > 0); the most remarkable
    first; of one section at most two, so that one habit seen from three sides does not fill the page;
    of equals, the one that stands earlier on the page.
    """
    chosen: list[Finding] = []
    for finding in sorted(findings, key=lambda finding: -finding.remarkable):
        in_section = sum(other.section == finding.section for other in chosen)
        if finding.remarkable > 0 and in_section < MOST_PER_SECTION and len(chosen) < n:
            chosen.append(finding)
    return chosen
