"""All that one page shows, gathered by the step that writes it: no file is opened past this point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.patterns.coverage import Coverage

if TYPE_CHECKING:
    from pipeline.patterns.answer import Answer
    from pipeline.report.tally import Tally


@dataclass(frozen=True, slots=True)
class Drawing:
    """One chart as Matplotlib's SVG: for a column, for a phone, and where it holds a raster, for the dark.

    ``middle`` is a drawing for the column where ``wide`` is wider than that.
    """

    wide: str
    narrow: str
    middle: str | None = None
    wide_dark: str | None = None
    narrow_dark: str | None = None
    middle_dark: str | None = None


LEAST_PRINTED = 0.0005  # of errors avoided, which is printed as 0.1 %; below it stands 0


@dataclass(frozen=True, slots=True)
class ModelBelief:
    """What a model holds to be so: a sentence, its measure, and a table of numbers that has a picture."""

    name: str
    headline: str
    deck: str
    alt: str
    table: pd.DataFrame


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One model beside its baseline; ``avoided`` is a share of the baseline's errors, with 95 % interval.

    ``too_little`` says what is missing where the archive is too small; the figures are then ``None``.
    ``curve`` has columns week, model and baseline: the mean error of each week's guesses. ``confusion`` has
    truth, said, days and share: what a classifier said of each true weekday. ``card`` says what the model was
    made of and what it may not be used for: title, text.
    """

    name: str
    question: str
    model_name: str
    baseline_name: str
    headline: str
    deck: str
    alt: str
    how: str
    notes: tuple[tuple[str, str], ...] = ()
    too_little: str | None = None
    model_score_text: str = ""
    baseline_score_text: str = ""
    avoided: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = ""
    certainty: str = ""
    curve: pd.DataFrame | None = None
    confusion: pd.DataFrame | None = None
    beliefs: tuple[ModelBelief, ...] = ()
    card: tuple[tuple[str, str], ...] = ()
    model_right_text: str = ""  # of a classifier, beside how far off its chances are
    baseline_right_text: str = ""

    @property
    def is_scored(self) -> bool:
        """Say whether there is something to put on the scale."""
        return self.too_little is None and None not in (self.avoided, self.low, self.high)

    @property
    def is_better(self) -> bool:
        """Say whether the whole interval, as it is printed, lies above 0, as the verdict does."""
        return self.is_scored and self.low is not None and self.low >= LEAST_PRINTED


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """One network beside the classical model of its question; all shares are of the baseline's errors.

    ``too_little`` says what is missing where the archive is too small; the figures are then ``None``.
    """

    name: str
    question: str
    network_name: str
    classical_name: str
    baseline_name: str
    how: str
    too_little: str | None = None
    network_score_text: str = ""
    classical_score_text: str = ""
    classical_text: str = ""  # "21 %, from 19 to 23 %"
    network_text: str = ""
    adds: float | None = None
    adds_low: float | None = None
    adds_high: float | None = None
    adds_text: str = ""
    verdict: str = ""
    is_adding: bool = False
    beliefs: tuple[ModelBelief, ...] = ()
    card: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Networks:
    """All networks: the finding, a line each, their table, and in words what was not trained, and why."""

    lines: tuple[NetworkLine, ...] = ()
    headline: str = ""
    emphasis: str = ""
    deck: str = ""
    alt: str = ""
    table: pd.DataFrame | None = None
    untrained: str = ""  # one sentence for all that were not asked for, '' where there are none
    left: tuple[tuple[str, str], ...] = ()  # of those that were asked for: name, why not


@dataclass(frozen=True, slots=True)
class Books:
    """The ledger: a row an export, why entries were set aside, the files that were not read, and notes.

    To be shared, ``reasons`` and ``unread`` have numbers without reasons. ``by_month``: exports are dated so.
    """

    exports: pd.DataFrame
    reasons: pd.DataFrame
    unread: pd.DataFrame
    notes: tuple[str, ...] = ()
    by_month: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """The whole page, before it is written; without a tally it has no filter, and the maps stay pictures."""

    answers: Mapping[str, Answer]
    coverage: Coverage
    drawings: Mapping[str, Drawing]
    models: tuple[ModelLine, ...]
    books: Books
    tally: Tally | None = None
    left: Mapping[str, str] = field(default_factory=dict)  # why a model was not trained, by its question
    networks: Networks = field(default_factory=Networks)
