"""What the page shows beside the answers, as it may be shared: ledger, filter and models."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pandas as pd

from pipeline.patterns.coverage import Coverage
from pipeline.patterns.redaction import drop_clauses, list_dated_columns, list_text_columns
from pipeline.privacy import DAY, OTHER_PRODUCT
from pipeline.reading.products import list_products
from pipeline.report.contents import Books, ModelBelief, ModelLine, Networks
from pipeline.tables.ledger import LEDGER_FIGURES, say_files


def redact_books(books: Books, *, coarse: bool) -> Books:
    """Return the figures of a ledger alone: no language, no reason, no note; coarse, exports by month.

    Reasons tell of calendars and of what else an archive holds; notes name files, zones and headers.
    """
    exports = books.exports
    figures = [name for name in ("n_copies", "left_out", *LEDGER_FIGURES[1:]) if name in exports]
    files = pd.Series(
        [say_files(int(n), (), ()) for n in exports["n_files"]], index=exports.index, dtype="str"
    )
    times = exports["exported_at"]
    if coarse:
        times = pd.Series([time.replace(day=1).normalize() for time in times], index=exports.index)
    return Books(
        pd.DataFrame({"exported_at": times, "files": files, **{name: exports[name] for name in figures}}),
        books.reasons[["n"]],
        books.unread[["n"]],
        by_month=coarse,
    )


def redact_moments(moments: pd.DataFrame, coverage: Coverage) -> pd.DataFrame | None:
    """Leave out what lies in products named by a header alone; ``None`` where the subject is made of these.

    ``moments`` has product and action. A coarse page counts nothing by day, and so has no filter.
    """
    known = moments["product"].isin(list_products())
    if coverage.coarse or coverage.product == OTHER_PRODUCT:
        return None
    own = ~known & (moments["action"] == coverage.action)
    if coverage.product is None and (own.any() or (coverage.action is None and not known.all())):
        return None
    return moments[known].reset_index(drop=True)


def coarsen_line(line: ModelLine) -> ModelLine:
    """Leave out a model’s curve by week, and each clause of its texts that names a day.

    A table stays if it holds nothing but numbers: days stand in it as times or as dates.
    """
    left: dict[str, Any] = {
        "notes": tuple((title, text) for title, text in line.notes if not DAY.search(text)),
        "card": _coarsen_card(line.card),
        "beliefs": _coarsen_beliefs(line.beliefs),
    }
    for field in fields(line):
        value = getattr(line, field.name)
        if isinstance(value, str):
            left[field.name] = drop_clauses(value, DAY)
        elif isinstance(value, pd.DataFrame) and (list_dated_columns(value) or list_text_columns(value)):
            left[field.name] = None
    return replace(line, **left)


def coarsen_networks(networks: Networks) -> Networks:
    """Leave out each clause of the networks’ texts that names a day, and tables that go by week or day."""
    lines = tuple(
        replace(
            line, how=drop_clauses(line.how, DAY), card=_coarsen_card(line.card),
            beliefs=_coarsen_beliefs(line.beliefs),
            too_little=line.too_little and drop_clauses(line.too_little, DAY),
        )
        for line in networks.lines
    )  # fmt: skip
    return replace(networks, lines=lines)


def _coarsen_card(card: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((title, kept) for title, text in card if (kept := drop_clauses(text, DAY)))


def _coarsen_beliefs(beliefs: tuple[ModelBelief, ...]) -> tuple[ModelBelief, ...]:
    return tuple(
        belief
        for belief in beliefs
        if not DAY.search(f"{belief.headline} {belief.deck} {belief.alt}")
        and not list_dated_columns(belief.table)
        and not list_text_columns(belief.table)
    )
