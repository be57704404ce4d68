"""Which words rise and which fall over the years, as a share of all activities. All of it is private."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_DAYS_A_YEAR, as_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.months import ENOUGH_DAYS_A_MONTH
from pipeline.patterns.sequences import Ints
from pipeline.patterns.slopes import Floats, fit_slopes, measure_spread
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.vocabulary import count_by, read_vocabulary, take_words
from pipeline.patterns.wording import count_noun, say_percents, say_small_percents, say_too_few, spell_small
from pipeline.patterns.words import choose_threshold, note_whole_runs

N_WORDS = 8  # a direction
LEAST_COUNT = 20
ENOUGH_MONTHS, ENOUGH_YEARS = 24, 3  # so that neither a season nor one year is a trend
CLEAR_Z = 1.64  # on its own side of zero, that a slope keeps without any one year
CHANCE = 0.05  # that any word is listed where none changes
DAYS_A_YEAR = 365.2425
HOW = (
    "For each word a Poisson regression on months of at least ten covered days: its count, with the month’s "
    "activities as exposure, grows or falls by the same percentage every year. The slope’s standard "
    "deviation is widened by how much months, or years, differ from that line more than chance would make "
    "them. A word is listed if its slope over that (z) is larger than chance would make that of any one of "
    "the words compared (in 95 of 100 archives), and stays clear of zero when any one year is left out: what "
    "comes up in one year alone is an interest, not a rise. Everyday words are left out."
)


class Months(NamedTuple):
    """Which of the usable months each row lies in, and what these months hold."""

    place: Ints  # (n_rows,), -1 for none
    searches: Floats  # (n,) on covered days
    time: Floats  # (n,) the middle of its covered days, in years
    year: Ints  # (n,)


def list_months(subject: Subject) -> Months:
    """List the months with ten covered days and an activity on one of them."""
    covered = as_days(subject.covered)
    month, of_day, n_days = np.unique(
        covered.astype("datetime64[M]"), return_inverse=True, return_counts=True
    )
    dates = subject.rows["date"].to_numpy().astype("datetime64[D]")
    at = np.minimum(np.searchsorted(covered, dates), max(len(covered) - 1, 0))
    inside = covered[at] == dates if len(covered) else np.zeros(len(dates), dtype=bool)
    place = np.where(inside, of_day[at] if len(covered) else -1, -1).astype(np.int64)
    searches = np.bincount(place[place >= 0], minlength=len(month))
    kept = (n_days >= ENOUGH_DAYS_A_MONTH) & (searches > 0)
    new = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)
    middle = np.bincount(of_day, weights=covered.astype(np.int64), minlength=len(month)) / np.maximum(
        n_days, 1
    )
    year = month.astype("datetime64[Y]").astype(np.int64) + 1970
    return Months(new[place], searches[kept].astype(float), middle[kept] / DAYS_A_YEAR, year[kept])


class Rising(NamedTuple):
    """The words that rise or fall, their counts by year, and the ends of their slopes’ intervals."""

    main: pd.DataFrame  # word, slope, z, count, first_share, last_share
    years: pd.DataFrame  # word, year, count, searches
    ends: pd.DataFrame  # word, low, high
    n_months: int
    span: float  # years
    enough: bool  # to compare


def find_trends(subject: Subject) -> Rising:
    """Find the words whose share of the covered activities grows or falls: at most eight of each.

    ``main``: word, slope (growth a year as a logarithm), z, count (on covered days), first_share and
    last_share (in the first and the last year with 60 covered days); the surest rise first, the surest
    fall last. ``years``: word, year, count, searches, on the covered days of those years. ``ends``: the
    95 % interval of each slope.
    """
    months = list_months(subject)
    n_months = len(months.time)
    shown = _list_shown_years(subject, months)
    main: dict[str, object] = {
        "word": [],
        "slope": [],
        "z": [],
        "count": [],
        "first_share": [],
        "last_share": [],
    }
    years: dict[str, object] = {"word": [], "year": [], "count": [], "searches": []}
    ends: dict[str, object] = {"word": [], "low": [], "high": []}
    span = float(months.time[-1] - months.time[0]) if n_months else 0.0
    enough = n_months >= ENOUGH_MONTHS and len(shown) >= ENOUGH_YEARS
    if enough:
        vocabulary = read_vocabulary(subject)
        least = max(LEAST_COUNT, choose_threshold(len(subject.rows)))
        tried = take_words(vocabulary, np.flatnonzero(~vocabulary.everyday & (vocabulary.counts >= least)))
        counts = count_by(tried, months.place, n_months).T.astype(float)
        fit = fit_slopes(counts, months.searches, months.time)
        sd = fit.sd * np.sqrt(_find_spread(counts, fit.expected, months.year))
        z = fit.slope / sd
        limit = NormalDist().inv_cdf(1 - CHANCE / 2 / max(len(z), 1))
        steady = np.flatnonzero(np.abs(z) >= limit)
        steady = steady[_stays(counts[steady], months, z[steady], fit.sd[steady] / sd[steady])]
        order = steady[np.lexsort((np.array(tried.words, dtype=str)[steady], -z[steady]))]
        rises, falls = order[z[order] > 0][:N_WORDS], order[z[order] < 0][-N_WORDS:]
        listed = np.concatenate([rises, falls])
        words = [tried.words[k] for k in listed]
        by_year = np.stack([counts[listed][:, months.year == year].sum(axis=1) for year in shown], axis=1)
        searches = np.array([months.searches[months.year == year].sum() for year in shown])
        share = by_year / searches
        main = {
            "word": words, "slope": fit.slope[listed], "z": z[listed], "count": counts[listed].sum(axis=1),
            "first_share": share[:, 0], "last_share": share[:, -1],
        }  # fmt: skip
        years = {
            "word": np.repeat(np.array(words, dtype=object), len(shown)), "year": np.tile(shown, len(words)),
            "count": by_year.ravel(), "searches": np.tile(searches, len(words)),
        }  # fmt: skip
        reach = NormalDist().inv_cdf(0.975) * sd[listed]
        ends = {"word": words, "low": fit.slope[listed] - reach, "high": fit.slope[listed] + reach}
    real = dict.fromkeys(("slope", "z", "first_share", "last_share", "low", "high"), "float64")
    types = {**real, "word": "str", "year": "int64", "count": "int64", "searches": "int64"}
    frames = [pd.DataFrame(columns) for columns in (main, years, ends)]
    typed = [frame.astype({name: types[name] for name in frame.columns}) for frame in frames]
    return Rising(typed[0], typed[1], typed[2], n_months, span, enough)


def _list_shown_years(subject: Subject, months: Months) -> Ints:
    """Return the years of usable months that have 60 covered days."""
    years, n_days = np.unique(subject.covered.year.to_numpy(dtype=np.int64), return_counts=True)
    return years[(n_days >= ENOUGH_DAYS_A_YEAR) & np.isin(years, months.year)]


def _find_spread(counts: Floats, expected: Floats, year: Ints) -> Floats:
    """Return by how much the variance exceeds a Poisson’s, by months or by years, at least 1.

    One month’s interest in the last year looks like a rise to the months alone; the years tell it apart.
    """
    place = np.unique(year, return_inverse=True)[1]
    members = np.zeros((len(year), int(place.max()) + 1))
    members[np.arange(len(year)), place] = 1.0
    by_month, by_year = measure_spread(counts, expected), measure_spread(counts @ members, expected @ members)
    return np.maximum(1.0, np.fmax(by_month, by_year))


def _stays(counts: Floats, months: Months, z: Floats, shrink: Floats) -> NDArray[np.bool_]:
    """Return which slopes keep their sign, clearly, whichever year is left out."""
    stays = np.ones(len(counts), dtype=bool)
    for year in np.unique(months.year):
        kept = months.year != year
        fit = fit_slopes(counts[:, kept], months.searches[kept], months.time[kept])
        stays &= fit.slope / fit.sd * shrink * np.sign(z) >= CLEAR_Z
    return stays


def find_rising(found: Rising, subject: Subject) -> Finding:
    """Name the word that rises most surely and the one that falls, with their shares."""
    coverage, nouns, frame = subject.coverage, subject.nouns, found.main
    emphasis, remarkable = "", 0.0
    mark: tuple[str, ...] = ()
    deck = f"Share of {nouns} that hold the word, by year; the surest first."
    if len(frame):
        up, down = frame[frame["z"] > 0].head(1), frame[frame["z"] < 0].tail(1)
        named = pd.concat([up, down], ignore_index=True)
        columns = (named[name] for name in ("word", "slope", "first_share", "last_share"))
        said = [_say_change(*row) for row in zip(*columns, strict=True)]
        headline = ", ".join(said).replace("%", f"% of {nouns}", 1)
        mark = tuple(str(word) for word in named["word"])
        at = int(np.argmax(np.abs(named["z"].to_numpy())))
        emphasis, slope = mark[at], float(named["slope"].to_numpy()[at])
        columns = (found.ends[name] for name in ("word", "low", "high"))
        ends = {str(word): (float(low), float(high)) for word, low, high in zip(*columns, strict=True)}
        certainty = ", ".join(_say_growth(word, *ends[word]) for word in mark)
        low, high = ends[emphasis]
        nearest = low if slope > 0 else high
        remarkable = measure_remarkable(math.exp(nearest * found.span), math.exp(slope * found.span), 1.0)
        rising = count_noun(int((frame["z"] > 0).sum()), "rising word", "rising words")
        falling = count_noun(int((frame["z"] < 0).sum()), "falling word", "falling words")
        alt = f"Lines, share of {nouns} by year, of {rising} and {falling}, {coverage.years}."
        alt += f" Surest: {', '.join(mark)}."
    elif not found.enough:
        headline = say_too_few(
            found.n_months, "usable month", "usable months", "to tell which words rise and which fall"
        )
        deck = f"It takes {ENOUGH_MONTHS} months of ten covered days, in {spell_small(ENOUGH_YEARS)} years."
        certainty, alt = "Too few to compare", f"Nothing is drawn: too few months of {nouns}."
    else:
        headline = "No word rises or falls steadily over the years"
        certainty = "No slope is larger than chance would make one of so many"
        alt = "Nothing is drawn: no word rises or falls steadily."
    sure = ("How sure", f"{certainty}.")
    notes = (note_coverage(coverage), sure, *note_whole_runs(read_vocabulary(subject)))
    return Finding(
        "rising", "Words", headline, emphasis, deck, certainty, notes, alt, HOW, remarkable,
        private=True, mark=mark,
    )  # fmt: skip


def _say_change(word: str, slope: float, first: float, last: float) -> str:
    """Write that a word rises or falls, and from which share to which where these go the same way."""
    verb, shares = "rises" if slope > 0 else "falls", say_small_percents(first, last)
    if (last - first) * slope <= 0 or " to " not in shares:
        return f"“{word}” {verb}"
    return f"“{word}” {verb} from {shares}"


def _say_growth(word: str, low: float, high: float) -> str:
    """Write a slope’s interval: rises by 19 to 27 % a year."""
    verb = "rises" if low > 0 else "falls"
    nearest, farthest = sorted(abs(float(np.expm1(end))) for end in (low, high))
    return f"“{word}” {verb} by {say_percents(nearest, farthest)} a year"


def answer_rising(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the rising and the falling words, and their counts by year."""
    found = find_trends(subject)
    return Answer({MAIN: found.main, "years": found.years}, find_rising(found, subject))
