"""What one piece of model work found: the record that ``learn`` writes and that charts and report read.

Every text is finished English without a word of the owner's; every number beside it is the one it was
made of. A result that says ``too_little`` has no scores, no verdict, no curve, no table and no card.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from models.types import Array
from pipeline.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

CLEARLY_BETTER = "clearly better"
A_LITTLE_BETTER = "a little better"
NO_BETTER = "no better than the baseline"
TOO_LITTLE = "too little to learn from yet"
DAYS = frozenset({"week", "date"})  # columns of a belief that hold days since 1970
MADE_OF_TEXTS = frozenset({"text_product"})  # works whose results stay with the owner, as all that is made so


class WeekError(NamedTuple):
    """The root mean squared error of one ISO week's guesses; ``week`` is its Monday."""

    week: date
    model: float
    baseline: float


class RightShare(NamedTuple):
    """How often the answers of ``name`` ("the model", "shuffled labels") are right, with 95 % interval."""

    name: str
    share: float
    low: float
    high: float


class Belief(NamedTuple):
    """What a model holds to be so, as a table of numbers that has a picture: ``charts/<name>.png``."""

    name: str
    headline: str
    deck: str
    alt: str
    columns: tuple[str, ...]
    rows: tuple[tuple[float | None, ...], ...]


class Beside(NamedTuple):
    """Of a network: the classical model of the same question on the same rows, and what it adds to that.

    All are shares of the baseline's errors, as those that the network avoids: what it adds is the difference.
    """

    name: str  # "softmax on week maps"
    score_text: str
    avoided: float
    low: float
    high: float
    adds: float
    adds_low: float
    adds_high: float


class Span(NamedTuple):
    """The first and the last day of a span, both included."""

    first: date
    last: date


def span_days(days: Array) -> Span:
    """Return the span of ``days`` (datetime64[D], in the order of time)."""
    return Span(days[0].astype(object), days[-1].astype(object))


@dataclass(frozen=True, slots=True)
class WorkResult:
    """One line of the Models table, and the chart below it where there is a ``curve``."""

    name: str  # of the files: models/<name>.json and .npz
    question: str  # "Weekend or workday?"
    model_name: str  # "logistic on hours"
    baseline_name: str  # "always workday"
    headline: str
    emphasis: str  # the key phrase inside the headline, '' if none
    deck: str
    alt: str
    how: str
    notes: tuple[tuple[str, str], ...] = ()  # margin notes: title, text
    too_little: str | None = None  # what the archive lacks: "Still learning: 31 of 56 covered days."
    model_score_text: str = ""  # "off by 1.71"
    baseline_score_text: str = ""
    model_right_text: str = ""  # "77 % right" of a classifier
    baseline_right_text: str = ""
    model_score: float | None = None
    baseline_score: float | None = None
    avoided: float | None = None  # the share of the baseline's root mean squared error that it avoids
    low: float | None = None  # its 95 % interval, widened for the number of models tried
    high: float | None = None
    verdict: str = ""  # one of the three above
    certainty: str = ""  # "21 %, from 19 to 23"
    n_scored: int = 0
    scored_unit: str = ""  # "days", "hours"
    learned: Span | None = None  # the days that it was trained on before the scored ones
    scored: Span | None = None  # the last 20 % of time
    n_tried: int = 0  # models that may be tried
    curve: tuple[WeekError, ...] = ()
    right: tuple[RightShare, ...] = ()  # of a classifier: its own share, its baseline's, shuffled labels'
    confusion: tuple[tuple[int, ...], ...] = ()  # days by true weekday, then by the one said; Monday first
    drifts: tuple[date, ...] = ()  # on which a change of a learner's error that has lasted was noticed
    beliefs: tuple[Belief, ...] = ()
    card: tuple[tuple[str, str], ...] = ()  # the model card: title, text
    beside: Beside | None = None  # of a network


class WorkDone(NamedTuple):
    """A result, the model's file (``None``: there is too little to learn from), and how it began."""

    result: WorkResult
    saved: bytes | None
    n_learned: int  # rows learned by this run
    started: str  # TOO_LITTLE, "new", "learned anew from all days", "went on", "started again: …" with why


def say_start(saved: bytes | None) -> str:
    """Say how a model began that learns all days again each time; ``saved``: its file of the last time."""
    return "new" if saved is None else "learned anew from all days"


def frame_curve(result: WorkResult) -> pd.DataFrame:
    """Return the curve as the frame (week, model, baseline) that chart and report take."""
    import pandas as pd

    return pd.DataFrame(list(result.curve), columns=list(WeekError._fields))


def frame_confusion(result: WorkResult) -> pd.DataFrame:
    """Return the table of what was said of each true weekday: truth, said, days, share (of the true ones)."""
    import pandas as pd

    table = np.array(result.confusion, dtype=np.int64).reshape(-1, 7)
    n_true = table.sum(axis=1)
    place = np.arange(table.size)
    frame = pd.DataFrame({"truth": place // 7, "said": place % 7, "days": table.ravel()})
    share = table / np.maximum(n_true, 1)[:, None]
    return frame.assign(share=np.where(n_true[:, None] > 0, share, np.nan).ravel())


def frame_belief(belief: Belief) -> pd.DataFrame:
    """Return the table of a belief; a column of days has dates in it."""
    import pandas as pd

    table = np.array(belief.rows, dtype=np.float64).reshape(-1, len(belief.columns))
    frame = pd.DataFrame(table, columns=list(belief.columns))
    dates = {name: frame[name].to_numpy("datetime64[D]").astype("datetime64[s]") for name in DAYS & {*frame}}
    return frame.assign(**dates)


def frame_right(result: WorkResult) -> pd.DataFrame:
    """Return how often each is right: name, share, low, high."""
    import pandas as pd

    return pd.DataFrame(list(result.right), columns=list(RightShare._fields))


def write_result(result: WorkResult) -> bytes:
    """Write a result as JSON: fields by name, dates as ISO text, the curve as rows."""
    text = json.dumps(asdict(result), default=str, ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode()


def parse_result(content: bytes, *, where: str) -> WorkResult:
    """Read a result back; ``where`` names the file in the ``StoreError`` of a damaged one."""
    try:
        fields: dict[str, Any] = json.loads(content)
        for name in ("notes", "card"):
            fields[name] = tuple((title, text) for title, text in fields[name])
        fields["curve"] = tuple(WeekError(date.fromisoformat(w), m, b) for w, m, b in fields["curve"])
        fields["right"] = tuple(RightShare(*row) for row in fields["right"])
        fields["confusion"] = tuple(map(tuple, fields["confusion"]))
        fields["drifts"] = tuple(map(date.fromisoformat, fields["drifts"]))
        fields["beliefs"] = tuple(
            Belief(name, headline, deck, alt, tuple(columns), tuple(map(tuple, rows)))
            for name, headline, deck, alt, columns, rows in fields["beliefs"]
        )
        if fields.get("beside") is not None:
            fields["beside"] = Beside(*fields["beside"])
        for name in ("learned", "scored"):
            if fields[name] is not None:
                fields[name] = Span(*map(date.fromisoformat, fields[name]))
        return WorkResult(**fields)
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(
            "A model's result cannot be read", where=where, remedy="Run `almanac learn` to write it again."
        ) from error
