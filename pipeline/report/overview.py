"""The sentences of *What stands out*, each with the small picture that its own numbers draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from markupsafe import Markup

from pipeline.patterns.finding import Finding, Mark
from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.stands_out import choose_remarkable
from pipeline.report.sentences import Part, part_sentence
from pipeline.report.spark import draw_spark

if TYPE_CHECKING:
    from pipeline.patterns.answer import Answer

HOURS_AROUND = 12
WORDS_SHOWN = 20


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
    values, marked = choose(answer.frame, answer.finding.mark)
    return draw_spark([float(value) for value in values], marked)


Choice = tuple[np.ndarray, set[int]]
Choose = Callable[[pd.DataFrame, tuple[Mark, ...]], Choice]


def _take(values: str, name: str) -> Choose:
    """Return what takes a column of values, marked where the column of names is in the finding's mark."""

    def choose(frame: pd.DataFrame, mark: tuple[Mark, ...]) -> Choice:
        names = frame[name].tolist()
        return frame[values].to_numpy(dtype=float), {k for k, one in enumerate(names) if one in mark}

    return choose


def _take_months(frame: pd.DataFrame, mark: tuple[Mark, ...]) -> Choice:
    """Take the mean of each calendar month; where one month of one year is marked, all months in a line."""
    if len(mark) == 2:
        pairs = list(zip(frame["year"], frame["month"], strict=True))
        return frame["per_day"].to_numpy(dtype=float), {k for k, pair in enumerate(pairs) if pair == mark}
    means = frame.groupby("month")["per_day"].mean().reindex(range(1, 13))
    return means.to_numpy(dtype=float), {int(month) - 1 for month in mark}


def _take_run(frame: pd.DataFrame, mark: tuple[Mark, ...]) -> Choice:
    """Take twelve hours around the marked run of one weekday's row; without a run, the whole week's hours."""
    rates = frame.set_index(["weekday", "hour"])["per_week"]
    if len(mark) != 3:
        return rates.groupby("hour").sum().to_numpy(dtype=float), set()
    row, start, end = (int(part) for part in mark)
    length = (end - start) % 24
    before = max(0, (HOURS_AROUND - length) // 2)
    hours = range(start - before, start - before + max(HOURS_AROUND, length))
    first = start if start >= FIRST_HOUR else start + 24
    shift = first - start
    cells = [((row + (hour + shift) // 24) % 7, (hour + shift) % 24) for hour in hours]
    return rates.reindex(cells).to_numpy(dtype=float), set(range(before, before + length))


def _take_words(frame: pd.DataFrame, mark: tuple[Mark, ...]) -> Choice:
    """Take the most frequent words' counts."""
    return _take("count", "word")(frame.head(WORDS_SHOWN), mark)


CHOICES: Mapping[str, Choose] = {
    "years": _take("per_day", "year"),
    "months": _take_months,
    "week": _take_run,
    "weekdays": _take("per_day", "weekday"),
    "hours": _take("searches", "hour"),
    "words": _take_words,
}
