"""Will the year's sales pass 186? The article's draws, what they are drawn from exactly, and the season.

The article fits curves to the sales of January 2000 to September 2015, as if every month were like every
other, draws October to December 10,000 times from the curve that it takes (a normal one cut to the lowest and
the highest month that was ever seen; Johnson’s, which has ends of its own), and adds them to what was sold by
September. What it drew can be had exactly: the sum of three independent terms has a distribution function.

It leaves out that sales fall each autumn. Months drawn from their own past, Octobers from Octobers, never
reach the target; neither do blocks of neighbouring months set on the present level. The year did not reach
it, but ended above all of these draws: its autumn was the best of all sixteen.

References: T. Ganry 2018, *One simple way for CFOs to manage forecast uncertainties (using Monte Carlo and
R)*.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from models.forecasting.backtest import Backtest, roll_origin
from models.forecasting.block_bootstrap import draw_same_places, draw_seasons
from models.forecasting.distributions import Distribution, Normal
from models.forecasting.fits import Fit, fit_all
from models.forecasting.johnson import fit_johnson
from models.forecasting.monte_carlo import (
    N_DRAWS,
    Chance,
    compute_chance,
    draw_between,
    measure_chance,
    measure_fan,
)
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.types import Array

TARGET = 186.0
N_AHEAD, YEAR = 3, 12  # October to December
SOURCE = (
    "T. Ganry 2018, One simple way for CFOs to manage forecast uncertainties (using Monte Carlo and R): "
    "192 months of sales, in millions"
)
PUBLISHED_NORMAL, PUBLISHED_JOHNSON = 26.75, 33.2  # per cent of his 10,000 draws
N_TRIED = 12  # past years, the last ones
N_STEPS = 5
BEYOND = 0.975  # of the draws: what lies above is outside of their 95 % band


class Drawn(NamedTuple):
    """The months to come as one way draws them, (n_draws, 3), their chance, and the exact one, if any."""

    exact: float | None
    months: Array
    chance: Chance


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Fit, draw, and draw with the season; everything in per cent of 10,000 draws or of the distribution."""
    sales = data.table("monthly_sales")[:, 0]
    known, sold = sales[:-N_AHEAD], float(sales[-YEAR:-N_AHEAD].sum())
    fits = fit_all(known)
    tell(1, N_STEPS)
    normal = _draw_alike(Normal.fit(known), _span(known), sold, np.random.default_rng([seed, 1]))
    curve = fit_johnson(known)
    ends = curve.start, curve.start + curve.reach
    johnson = _draw_alike(curve, ends, sold, np.random.default_rng([seed, 2]))
    tell(2, N_STEPS)
    months = draw_same_places(known, N_AHEAD, rng=np.random.default_rng([seed, 3]))
    same = Drawn(None, months, measure_chance(sold + months.sum(axis=1), TARGET))
    months = draw_seasons(known, N_AHEAD, rng=np.random.default_rng([seed, 4]))
    blocks = Drawn(None, months, measure_chance(sold + months.sum(axis=1), TARGET))
    tell(3, N_STEPS)
    alike, seasonal = _try_past_years(sales, seed)
    tell(N_STEPS, N_STEPS)
    return StudyResult(
        name="monte_carlo",
        title="Will the year’s sales pass 186?",
        source=SOURCE,
        figures=(
            *_list_chances(normal, johnson, same, blocks),
            *_list_fits(fits),
            Figure("sold in the whole year, in the end", None, "", float(sales[-YEAR:].sum()), "million"),
            *_list_tries(alike, seasonal),
        ),
        arrays={
            "sales": sales,
            "target": np.array(TARGET),
            "sold": np.array(sold),
            "normal_totals": sold + normal.months.sum(axis=1),
            "johnson_totals": sold + johnson.months.sum(axis=1),
            "same_month_totals": sold + same.months.sum(axis=1),
            "season_totals": sold + blocks.months.sum(axis=1),
            "normal_fan": measure_fan(sold + np.cumsum(normal.months, axis=1)),
            "season_fan": measure_fan(sold + np.cumsum(blocks.months, axis=1)),
            "by_month": sales.reshape(-1, YEAR),
            "aic": np.array([fit.aic for fit in fits if np.isfinite(fit.aic)]),
        },
        words=_say(normal, same, blocks, sold, float(sales[-YEAR:].sum()), alike, seasonal),
    )


def _span(known: Array) -> tuple[float, float]:
    return float(known.min()), float(known.max())


def _draw_alike(
    curve: Distribution, ends: tuple[float, float], sold: float, rng: np.random.Generator
) -> Drawn:
    """Draw three months from a curve between two ends, and compute the same exactly."""
    months = draw_between(curve, *ends, (N_DRAWS, N_AHEAD), rng=rng)
    exact = compute_chance(curve, *ends, N_AHEAD, TARGET - sold)
    return Drawn(exact, months, measure_chance(sold + months.sum(axis=1), TARGET))


def _try_past_years(sales: Array, seed: int) -> tuple[Backtest, Backtest]:
    """Forecast the last three months of each of the last years from its September, in both ways."""
    ends = [len(sales) - YEAR * k - N_AHEAD for k in range(N_TRIED)]

    def draw_alike(end: int) -> Array:
        known = sales[:end]
        rng = np.random.default_rng([seed, 5, end])
        cut = draw_between(Normal.fit(known), *_span(known), (N_DRAWS, N_AHEAD), rng=rng)
        return np.asarray(cut.sum(axis=1))

    def draw_blocks(end: int) -> Array:
        drawn = draw_seasons(sales[:end], N_AHEAD, rng=np.random.default_rng([seed, 6, end]))
        return np.asarray(drawn.sum(axis=1))

    ways: list[Callable[[int], Array]] = [draw_alike, draw_blocks]
    alike, seasonal = (roll_origin(ends, way, lambda end: sales[end : end + N_AHEAD].sum()) for way in ways)
    return alike, seasonal


def _list_chances(normal: Drawn, johnson: Drawn, same: Drawn, blocks: Drawn) -> list[Figure]:
    figures = []
    for name, drawn, published in (
        ("normal curve", normal, PUBLISHED_NORMAL),
        ("Johnson’s curve", johnson, PUBLISHED_JOHNSON),
    ):
        exact = drawn.exact or 0.0
        error = np.sqrt(exact * (1 - exact) / N_DRAWS)
        off = abs(published / 100 - exact) / error
        figures += [
            Figure(
                f"chance to pass 186, {name}, exactly", published, f"{published:g} %", 100 * exact, "%",
                note=f"published from 10,000 draws: {off:.1f} standard errors ({100 * error:.2f}) off",
            ),
            Figure(
                f"chance to pass 186, {name}, by 10,000 draws", published, f"{published:g} %",
                100 * drawn.chance.share, "%",
                note=f"its standard error by drawing is {100 * drawn.chance.error:.2f}",
            ),
        ]  # fmt: skip
    of_all = f"of {N_DRAWS:,}"
    return [
        *figures,
        Figure("draws that pass 186, each month from its own past", None, "", _count(same), of_all),
        Figure("draws that pass 186, seasonal blocks on the present level", None, "", _count(blocks), of_all),
    ]


def _count(drawn: Drawn) -> int:
    """Return how many draws pass the target."""
    return round(N_DRAWS * drawn.chance.share)


def _list_fits(fits: tuple[Fit, ...]) -> list[Figure]:
    whole = [fit for fit in fits if np.isfinite(fit.aic)]
    return [
        *(
            Figure(
                f"AIC, {fit.name}", None, "", fit.aic, "",
                note=f"BIC {fit.bic:.2f}, Kolmogorov–Smirnov {fit.distance:.4f}",
            )
            for fit in whole
        ),
        *(
            Figure(
                f"Kolmogorov–Smirnov, {fit.name}", None, "", fit.distance, "",
                note="it rules out some of the months, and has no AIC",
            )
            for fit in fits
            if fit not in whole
        ),
    ]  # fmt: skip


def _list_tries(alike: Backtest, seasonal: Backtest) -> list[Figure]:
    figures = []
    for name, tries in (("months alike", alike), ("seasonal blocks", seasonal)):
        figures += [
            Figure(f"80 % bands that held, {name}", None, "", float(tries.hold().sum()), f"of {N_TRIED}"),
            Figure(f"pinball loss, {name}", None, "", float(tries.losses.mean()), "million"),
        ]
    return figures


def _say(
    normal: Drawn,
    same: Drawn,
    blocks: Drawn,
    sold: float,
    came: float,
    alike: Backtest,
    seasonal: Backtest,
) -> tuple[str, ...]:
    passed = "passed" if came > TARGET else "did not pass"
    shares = [float(np.mean(sold + way.months.sum(axis=1) < came)) for way in (normal, same, blocks)]
    below = ["all" if share == 1 else f"{min(99, round(100 * share))} of 100" for share in shares]
    unsure = ": a season can make too sure" if min(shares[1:]) > BEYOND else ""
    return (
        f"Were all months alike, the year would pass 186 with a chance of {100 * (normal.exact or 0):.2f} %. "
        f"With each month drawn from its own past {_count(same) or 'none'} of {N_DRAWS:,} years would, with "
        f"seasonal blocks {_count(blocks) or 'none'}: sales fall each autumn.",
        f"It {passed}: {came:.1f} came. That lies above {below[0]} draws of the normal curve, above "
        f"{below[1]} with each month from its own past, above {below[2]} in blocks{unsure}.",
        f"From September of the last {N_TRIED} years, the 80 % band of months alike held "
        f"{alike.hold().sum()} times, that of seasonal blocks {seasonal.hold().sum()} times, with "
        f"{seasonal.losses.mean() / alike.losses.mean():.2f} of the loss.",
    )
