"""When has a stream changed? Two detectors, fed one value (mostly an error) at a time.

**Page–Hinkley** adds up how far the values lie beyond their own mean, with a tolerance δ and a memory α,

    upₙ = α upₙ₋₁ + (xₙ − x̄ₙ) − δ          downₙ = α downₙ₋₁ + (xₙ − x̄ₙ) + δ

and reports when up has risen above its lowest, or down fallen below its highest, by more than a threshold.

**ADWIN** keeps a window that grows while nothing changes. Wherever it is cut in two, into n₀ old and n₁
new values, their means may differ by no more than

    ε = √(2 σ² D / m) + ⅔ D / m        D = ln(2 ln(n) / δ)        1/m = 1/(n₀ − s + 1) + 1/(n₁ − s + 1)

with n and σ² of the whole window and s the shortest part; else the oldest values go until they do. The
window is a list of sums over 1, 2, 4 … values, at most ``n_alike`` of each: n values take about
``n_alike`` · log₂(n / ``n_alike``) sums. (The paper has 1/n₀ + 1/n₁, and D = ln(4n/δ) or less; this is the
form that libraries settled on.)

Both begin anew with the value after a report, so that one change is one report; ADWIN can instead go on
with what is left of its window, as the paper has it.

References: E. S. Page 1954, *Continuous Inspection Schemes*; J. Gama et al. 2014, *A Survey on Concept Drift
Adaptation*, 3.2; A. Bifet & R. Gavaldà 2007, *Learning from Time-Changing Data with Adaptive Windowing*,
fig. 1 and thm. 3.1; B. Babcock et al. 2003, *Maintaining Variance and k-Medians over Data Stream Windows*.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from models.online.restorable import Restorable
from models.online.scale import LARGEST
from models.types import Array, Flags


class DriftDetector(Restorable):
    """What a detector is fed, and how it is saved."""

    @abstractmethod
    def _learn(self, value: float) -> bool:
        """Take in a value and say whether the stream has changed."""

    @abstractmethod
    def _list_state(self) -> list[float]:
        """Return all that was learned as one list of numbers."""

    @abstractmethod
    def _set_state(self, state: list[float]) -> None:
        """Take such a list back; raise ``ValueError`` for another."""

    def learn_one(self, value: float) -> bool:
        """Take in ``value``; return whether a change is reported at it."""
        if not abs(value) <= LARGEST:
            raise self._refuse(f"The value is NaN or beyond {LARGEST:g}", "Leave such values out.")
        return self._learn(float(value))

    def learn_many(self, values: Any) -> Flags:
        """Take in ``values (n,)`` in order; return at which a change is reported. As one by one."""
        numbers = np.asarray(values, np.float64)
        if numbers.ndim != 1 or not (np.abs(numbers) <= LARGEST).all():
            raise self._refuse(
                f"Values of the shape {numbers.shape}, or NaN or beyond {LARGEST:g}", "Give them in a row."
            )
        return np.array([self._learn(value) for value in numbers.tolist()], bool)

    def list_arrays(self) -> dict[str, Array]:
        """Return all that was learned, by name; a copy."""
        return {"state": np.array(self._list_state(), np.float64)}

    def _set_arrays(self, arrays: Mapping[str, Array]) -> None:
        state = [float(number) for number in arrays["state"]]
        if not all(map(math.isfinite, state)) or min(state[:1], default=-1) < 0:
            raise ValueError("not the state of a detector")
        self._set_state(state)


class PageHinkley(DriftDetector):
    """Reports a mean that has risen or fallen.

    Parameters
    ----------
    tolerance : δ ≥ 0, how far a value may lie off without counting.
    threshold : λ > 0, in the values' unit, summed.
    keep : α in (0, 1], the share of the sums that stays at each value.
    n_least : values before the first report.
    """

    SETTINGS: ClassVar = ("tolerance", "threshold", "keep", "n_least")

    def __init__(
        self, *, tolerance: float = 0.005, threshold: float = 50.0, keep: float = 0.9999, n_least: int = 30
    ) -> None:
        if not 0 <= tolerance < math.inf or not 0 < threshold < math.inf or not 0 < keep <= 1 or n_least < 1:
            raise self._refuse(
                f"tolerance is {tolerance}, threshold {threshold}, keep {keep} and n_least {n_least}",
                "tolerance is 0 or more, threshold above 0, keep lies in (0, 1], n_least is 1 or more.",
            )
        self.tolerance, self.threshold, self.keep, self.n_least = tolerance, threshold, keep, n_least
        self._begin()

    def _begin(self) -> None:
        self.n_values, self.mean = 0, 0.0
        self._up = self._down = self._lowest = self._highest = 0.0

    def _learn(self, value: float) -> bool:
        self.n_values += 1
        self.mean += (value - self.mean) / self.n_values
        off = value - self.mean
        self._up = self.keep * self._up + off - self.tolerance
        self._down = self.keep * self._down + off + self.tolerance
        first = self.n_values == 1
        self._lowest = self._up if first else min(self._lowest, self._up)
        self._highest = self._down if first else max(self._highest, self._down)
        risen, fallen = self._up - self._lowest, self._highest - self._down
        if self.n_values < self.n_least or max(risen, fallen) <= self.threshold:
            return False
        self._begin()
        return True

    def _list_state(self) -> list[float]:
        return [self.n_values, self.mean, self._up, self._down, self._lowest, self._highest]

    def _set_state(self, state: list[float]) -> None:
        n_values, self.mean, self._up, self._down, self._lowest, self._highest = state
        self.n_values = int(n_values)


class ADWIN(DriftDetector):
    """Reports a window whose old and new parts have other means, and forgets the old one.

    Parameters
    ----------
    confidence : δ in (0, 1), about the chance of a report where nothing changes, at one look.
    n_between : a look at every so many values.
    n_alike : sums over equally many values before two become one.
    n_shortest : s, the fewest values of a part.
    n_least : values before the first look.
    restart : begin anew after a report, or else keep the new part of the window.
    """

    SETTINGS: ClassVar = ("confidence", "n_between", "n_alike", "n_shortest", "n_least", "restart")

    def __init__(
        self,
        *,
        confidence: float = 0.002,
        n_between: int = 32,
        n_alike: int = 5,
        n_shortest: int = 5,
        n_least: int = 10,
        restart: bool = True,
    ) -> None:
        if not 0 < confidence < 1 or min(n_between, n_alike, n_shortest, n_least) < 1:
            raise self._refuse(
                f"confidence is {confidence}, the numbers {n_between}, {n_alike}, {n_shortest} and {n_least}",
                "confidence lies in (0, 1), the numbers are 1 or more.",
            )
        self.confidence, self.n_between, self.n_alike = confidence, n_between, n_alike
        self.n_shortest, self.n_least, self.restart = n_shortest, n_least, restart
        self._begin()

    def _begin(self) -> None:
        self.n_seen = self.width = 0  # since the last report; of them in the window
        self.total = self.squares = 0.0  # Σ x and Σ (x − mean)² of the window
        self._rows: list[list[tuple[float, float]]] = [[]]  # row i: (Σ, Σ²) of 2ⁱ values each, oldest first

    @property
    def mean(self) -> float:
        """The mean of the window, 0 where it is empty."""
        return self.total / self.width if self.width else 0.0

    def _learn(self, value: float) -> bool:
        if self.width:
            self.squares += self.width * (value - self.mean) ** 2 / (self.width + 1)
        self.width += 1
        self.n_seen += 1
        self.total += value
        self._rows[0].append((value, 0.0))
        self._join_alike()
        if self.n_seen % self.n_between or self.width <= self.n_least or not self._is_cut():
            return False
        if self.restart:
            self._begin()
        while self.width > 1 and self._is_cut():
            self._drop_oldest()
        return True

    def _join_alike(self) -> None:
        """Make one sum of the two oldest of a row that is too full, in the next row."""
        for i, row in enumerate(self._rows):
            if len(row) <= self.n_alike:
                return
            if i + 1 == len(self._rows):
                self._rows.append([])
            (total, squares), (other, more), n = row.pop(0), row.pop(0), 2**i
            self._rows[i + 1].append((total + other, squares + more + (total - other) ** 2 / (2 * n)))

    def _drop_oldest(self) -> None:
        n = 2 ** (len(self._rows) - 1)
        total, squares = self._rows[-1].pop(0)
        while len(self._rows) > 1 and not self._rows[-1]:
            self._rows.pop()
        self.width, self.total = self.width - n, self.total - total
        lost = squares + n * self.width * (total / n - self.mean) ** 2 / (n + self.width)
        self.squares = max(self.squares - lost, 0.0)  # rounding may leave less than nothing

    def _is_cut(self) -> bool:
        """Say whether the means on both sides of any cut differ by more than ε."""
        spread = math.log(2 * math.log(self.width) / self.confidence)  # D
        variance = self.squares / self.width
        n_old, old = 0, 0.0
        for i in range(len(self._rows) - 1, -1, -1):
            for total, _ in self._rows[i]:
                n_old, old = n_old + 2**i, old + total
                n_new = self.width - n_old
                if n_old < self.n_shortest or n_new < self.n_shortest:
                    continue
                share = 1 / (n_old - self.n_shortest + 1) + 1 / (n_new - self.n_shortest + 1)  # 1/m
                most = math.sqrt(2 * share * variance * spread) + 2 / 3 * spread * share
                if abs(old / n_old - (self.total - old) / n_new) > most:
                    return True
        return False

    def _list_state(self) -> list[float]:
        sums = [number for row in self._rows for pair in row for number in pair]
        return [self.n_seen, self.width, self.total, self.squares, *map(len, self._rows), -1, *sums]

    def _set_state(self, state: list[float]) -> None:
        n_seen, width, self.total, self.squares, *rest = state
        self.n_seen, self.width = int(n_seen), int(width)
        end = rest.index(-1)
        sizes, numbers = rest[:end], iter(rest[end + 1 :])
        pairs = list(zip(numbers, numbers, strict=True))
        ends = np.cumsum([0, *sizes]).astype(int).tolist()
        self._rows = [pairs[a:b] for a, b in pairwise(ends)]
        if (
            not self._rows
            or self.squares < 0
            or ends[-1] != len(pairs)
            or self.width != sum(s * 2**i for i, s in enumerate(sizes))
        ):
            raise ValueError("not a window")
