"""How far a learner has come, and whether what it learned from still stands.

A learner goes on only where nothing before its watermark has changed: the subject, the home zone, the
covered days, and the subject's rows themselves, compared by digests. Rows count by the columns of
their identity alone (whole second, product, action, text, and url unless searched), so that a merge
that only finds a finer time changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from json.encoder import encode_basestring_ascii as quote
from typing import Any

import numpy as np

from pipeline.patterns.days import as_days
from pipeline.patterns.subject import Subject
from pipeline.settings import ZoneSpan

CHANGES = {
    "subject": "its subject is another one",
    "home_zone": "the home zone has changed",
    "covered": "the covered days before its last hour have changed",
    "rows": "entries before its last hour have changed",
}
NULL = "null"  # as JSON writes it


@dataclass(frozen=True, slots=True)
class Watermark:
    """What a learner has learned from, up to and with ``last_hour`` (home clock, 2025-11-18T23)."""

    subject: str
    home_zone: tuple[str, ...]
    last_hour: str
    covered: str  # SHA-256 of the covered days until then
    rows: str  # SHA-256 of the subject's rows until then


def set_watermark(subject: Subject, home_zone: tuple[ZoneSpan, ...], last_hour: np.datetime64) -> Watermark:
    """Return the watermark of a learner that has learned all until ``last_hour`` and nothing after."""
    days = as_days(subject.covered)
    days = days[days <= last_hour.astype("datetime64[D]")]
    return Watermark(
        subject=f"{subject.product or 'any'}/{subject.action or 'any'}",
        home_zone=tuple(f"{span.since or 'always'} {span.zone}" for span in home_zone),
        last_hour=str(last_hour.astype("datetime64[h]")),
        covered=hashlib.sha256(" ".join(days.astype(str)).encode()).hexdigest(),
        rows=_digest_rows(subject, last_hour),
    )


def find_change(saved: Any, subject: Subject, home_zone: tuple[ZoneSpan, ...]) -> str | None:
    """Return ``None`` where the learner of the ``saved`` watermark may go on, else why it may not."""
    try:
        last_hour = np.datetime64(saved["last_hour"], "h")
        current = asdict(set_watermark(subject, home_zone, last_hour))
        earlier = {**saved, "home_zone": tuple(saved["home_zone"])}
        changed = [reason for field, reason in CHANGES.items() if current[field] != earlier[field]]
    except (KeyError, TypeError, ValueError):
        return "its last hour cannot be read"
    return changed[0] if changed else None


def _digest_rows(subject: Subject, last_hour: np.datetime64) -> str:
    """Hash the rows before the end of ``last_hour``, whatever their order."""
    local = subject.rows["local"].to_numpy().astype("datetime64[s]")
    rows = subject.rows[local < last_hour.astype("datetime64[s]") + np.timedelta64(3600, "s")]
    seconds = rows["time"].dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64).tolist()
    columns = [_quote_all(rows[name]) for name in ("product", "action", "text", "url")]
    searched = quote("searched")
    lines = sorted(  # as json.dumps would write each, in a third of its time
        f"[{second}, {product}, {action}, {text}, {NULL if action == searched else url}]"
        for second, product, action, text, url in zip(seconds, *columns, strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _quote_all(column: Any) -> list[str]:
    """Write values as JSON."""
    values, missing = column.to_numpy(dtype=object).tolist(), column.isna().tolist()
    return [NULL if absent else quote(str(value)) for value, absent in zip(values, missing, strict=True)]
