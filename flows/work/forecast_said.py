"""What ``almanac forecast`` prints: a sentence, a table of the three ways, and what its numbers mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from flows.work.forecast_asked import Asked, Way
from flows.work.forecast_ways import ALIKE, BLOCKS
from models.forecasting.monte_carlo import FAN, Chance
from pipeline.patterns.forecast import CHANCES, say_odds
from pipeline.patterns.wording import (
    NO_BREAK,
    begin,
    count_noun,
    say_count,
    say_day,
    say_month,
    say_rate,
    spell_small,
)

HEADINGS = ("How it looks ahead", "Chance", "80 of 100 outcomes", "Bands that held", "Pinball loss")
ABSENT = "–"
FEW_YEARS = 5  # up to so many past years tell no chance finer than one in twenty
FINEST = 1 / CHANCES


@dataclass(frozen=True, slots=True)
class Teller:
    """How a forecast is told: of what, and with ``coarse`` no date finer than a month."""

    noun: str
    nouns: str
    coarse: bool = False

    def list_lines(self, asked: Asked) -> list[str]:
        """Return the lines to print."""
        if asked.too_little:
            return list(asked.too_little)
        if asked.is_known:
            return [self._say_known(asked)]
        return [*self._say_answer(asked), "", *_lay_out(asked), "", *self._say_meaning(asked)]

    def list_figures(self, asked: Asked) -> dict[str, Any]:
        """Return the figures by name, as ``--json`` prints them."""
        first = asked.ways[0] if asked.ways else None
        certain = float(asked.passed is not None) if asked.is_known else None
        return {
            "year": asked.year,
            "counted": self.nouns,
            "target": asked.target,
            "by": self._write(asked.by),
            "last_covered": asked.now and self._write(asked.now),
            "so_far": asked.so_far,
            "days_to_come": None if self.coarse else asked.n_ahead,
            "too_little": asked.too_little and asked.too_little[0],
            "passed": asked.passed and self._write(asked.passed),
            "chance": first.chance.share if first else certain,
            "chance_error": _find_error(first) if first else None,
            "chances_in_20": first.chances_in_20 if first else None,
            "past_years": asked.n_years if first else None,
            "half_of_the_replays_by": asked.half and self._write(asked.half),
            "ways": [_list_way(way) for way in asked.ways],
            "fan": [{"by": self._write(day), **_name_shares(row)} for day, row in asked.fan],
            "fits": [
                {
                    "curve": fit.name,
                    "aic": fit.aic if np.isfinite(fit.aic) else None,
                    "bic": fit.bic if np.isfinite(fit.bic) else None,
                    "distance": fit.distance,
                }
                for fit in asked.fits
            ],
        }

    def _say_known(self, asked: Asked) -> str:
        number = count_noun(asked.target, self.noun, self.nouns)
        if asked.passed:
            return f"{asked.year} passed {number} {self._on(asked.passed)}."
        came = f"it came to {say_count(asked.so_far)}"
        return f"{asked.year} did not pass {number} by {self._say(asked.by)}: {came}."

    def _say_answer(self, asked: Asked) -> Iterator[str]:
        assert asked.now is not None
        way = asked.ways[0]
        number = count_noun(asked.target, self.noun, self.nouns)
        by = f" by {self._say(asked.by)}" if (asked.by.month, asked.by.day) != (12, 31) else ""
        odds = (
            f"{begin(say_odds(way.chances_in_20))}: {count_noun(way.chances_in_20, 'chance', 'chances')} in "
            f"{CHANCES} ({say_way(way, asked.n_years)})."
            if len(way.tries.truth)
            else f"{way.chances_in_20} of {CHANCES} replays do; no past month could be tried."
        )
        yield f"Will {asked.year} pass {number}{by}? {odds}"
        low, high = (say_count(int(way.band[FAN.index(share)])) for share in (0.25, 0.75))
        half = f" Half of the replays have passed it by {self._say(asked.half)}." if asked.half else ""
        yield (
            f"{say_count(asked.so_far)} {self._say_now(asked)}. The middle half of outcomes: {low} to "
            f"{high}.{half}"
        )

    def _say_meaning(self, asked: Asked) -> Iterator[str]:
        way = asked.ways[0]
        names = {way.name for way in asked.ways}
        n = len(way.tries.truth)
        what = "past seasons" if asked.n_years else "the recent months"
        if n:
            yield (
                f"The chance is the share of {say_count(way.chance.n_draws)} replays of {what} on the "
                "present pace that pass; ± is what drawing alone leaves open, not how wrong the replays may "
                "be."
            )
        for each in asked.ways:
            if each.outcomes:
                yield (
                    f"{begin(each.name)} can only end in {count_noun(each.outcomes.n, 'total', 'totals')}, "
                    "one as likely as another: the past holds no more stretches to draw from."
                )
        if any(is_too_fine(each, asked.n_years) for each in asked.ways):
            years = f"{begin(spell_small(asked.n_years))} past {'year' if asked.n_years == 1 else 'years'}"
            behind = years if asked.n_years else "The recent months"
            yield f"{behind} alone cannot tell a chance finer than under 5 or over 95{NO_BREAK}%."
        seldom = [each.name for each in asked.ways if len(each.tries.truth) < n]
        also = f" {begin(' and '.join(seldom))} could hardly be tried." if seldom else ""
        if len(asked.ways) - len(seldom) > 1:
            also = f" Only months that all these ways could be tried from are counted.{also}"
        ahead = "as far ahead" if self.coarse else f"{count_noun(asked.n_ahead, 'day', 'days')} ahead"
        yield (
            f"Bands that held: from the ends of {_say_months(n)}, {ahead}, with what was known by then; four "
            f"in five should hold. The loss is in {self.nouns}: the least is the best.{also}"
            if n
            else f"No past month could be tried, so how often such replays of {what} come true is not known, "
            "and no chance is given in per cent."
        )
        if BLOCKS in names:
            yield "Seasonal months: blocks of whole months, in their place in the year, on the present level."
        if ALIKE in names:
            curve = next(fit for fit in asked.fits if not fit.name.startswith("Johnson"))
            yield (
                f"Months alike: drawn independently from one {curve.name} curve (the best of seven, AIC "
                f"{curve.aic:,.1f}), as if every month were like every other: no season, no present pace."
            )
        elif asked.is_near:
            yield (
                "Ways made of whole months are left out: less than a month is asked about, and within one "
                "they leave nothing to chance."
            )
        else:
            yield "Months alike are left out: too few whole months are known."

    def _say_now(self, asked: Asked) -> str:
        assert asked.now is not None
        if self.coarse:
            return f"so far, in {say_month(asked.now)}"
        return f"by {say_day(asked.now)}; {count_noun(asked.n_ahead, 'day', 'days')} to come"

    def _say(self, day: date) -> str:
        return f"the end of {say_month(day)}" if self.coarse else say_day(day)

    def _on(self, day: date) -> str:
        return f"in {say_month(day)}" if self.coarse else f"on {say_day(day)}"

    def _write(self, day: date) -> str:
        return day.isoformat()[:7] if self.coarse else day.isoformat()


def say_chance(chance: Chance) -> str:
    """Write a chance with its error by drawing: 54.0 ± 0.8 %; one that would read as 0 or 100 as a bound."""
    least = 3 / chance.n_draws  # 95 %, where no draw passed: the rule of three
    if round(100 * chance.share, 1) == 0:
        return f"under {max(100 * least, 0.1):.1f}{NO_BREAK}%"
    if round(100 * chance.share, 1) == 100:
        return f"over {100 - max(100 * least, 0.1):.1f}{NO_BREAK}%"
    return f"{100 * chance.share:.1f} ± {100 * chance.error:.1f}{NO_BREAK}%"


def say_way(way: Way, n_years: int) -> str:
    """Write a way's chance no finer than its past allows; without a try there is none."""
    if len(way.tries.truth) == 0:
        return ABSENT
    if way.outcomes:
        return f"{way.outcomes.n_passing} of {count_noun(way.outcomes.n, 'outcome', 'outcomes')}"
    if is_too_fine(way, n_years):
        return f"under 5{NO_BREAK}%" if way.chance.share < 0.5 else f"over 95{NO_BREAK}%"
    return say_chance(way.chance)


def is_too_fine(way: Way, n_years: int) -> bool:
    """Say whether a way's chance lies nearer to 0 or 1 than few past years can tell."""
    share = way.chance.share
    if len(way.tries.truth) == 0 or way.outcomes:
        return False
    return n_years <= FEW_YEARS and min(share, 1 - share) < FINEST


def _lay_out(asked: Asked) -> list[str]:
    rows = [HEADINGS, *(_write_row(way, asked.n_years) for way in asked.ways)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(HEADINGS))]
    lines = ("  ".join(map(str.ljust, row, widths)) for row in rows)
    return [line.rstrip() for line in lines]


def _write_row(way: Way, n_years: int) -> tuple[str, ...]:
    low, high = (say_count(int(way.band[FAN.index(share)])) for share in (0.1, 0.9))
    everything = " (all)" if is_beyond(way, 0.1) else ""
    held, n = int(way.tries.hold().sum()), len(way.tries.truth)
    return (
        way.name,
        say_way(way, n_years),
        f"{low} to {high}{everything}",
        f"{held} of {n}" if n else ABSENT,
        say_rate(float(way.tries.losses.mean())) if n else ABSENT,
    )


def _list_way(way: Way) -> dict[str, Any]:
    n = len(way.tries.truth)
    return {
        "name": way.name,
        "chance": way.chance.share,
        "chance_error": _find_error(way),
        "n_outcomes": way.outcomes and way.outcomes.n,
        "n_draws": way.chance.n_draws,
        "chances_in_20": way.chances_in_20,
        **{
            name: None if is_beyond(way, share) else value
            for share, (name, value) in zip(FAN, _name_shares(way.band).items(), strict=True)
        },
        "tries": n,
        "bands_that_held": int(way.tries.hold().sum()),
        "pinball_loss": float(way.tries.losses.mean()) if n else None,
    }


def is_beyond(way: Way, share: float) -> bool:
    """Say whether a quantile lies beyond what a way's few outcomes tell: a tenth, of nine."""
    return way.outcomes is not None and min(share, 1 - share) < 1 / way.outcomes.n


def _find_error(way: Way) -> float | None:
    return None if way.outcomes else way.chance.error


def _say_months(n: int) -> str:
    return "one past month" if n == 1 else f"{spell_small(n)} past months"


def _name_shares(values: tuple[float, ...]) -> dict[str, int]:
    """Name quantiles by their shares, in thousandths: q025 to q975."""
    return {f"q{round(1000 * share):03d}": int(value) for share, value in zip(FAN, values, strict=True)}
