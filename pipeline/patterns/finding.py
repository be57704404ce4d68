"""The record in which a pattern says, in words, what its numbers hold."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

Mark = str | int | float


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence computed from a frame, with its measure, its certainty and what the chart paints red.

    ``emphasis`` is a part of ``headline`` or ''. ``remarkable`` is 0 where the finding claims nothing;
    else the size of its effect, as stated in ``stands_out``. ``private``: made of the owner's words.
    """

    pattern: str
    section: str  # Years, Weeks, Hours or Words
    headline: str
    emphasis: str
    deck: str
    certainty: str
    notes: tuple[tuple[str, str], ...]
    alt: str
    how: str
    remarkable: float = 0.0
    private: bool = False
    mark: tuple[Mark, ...] = ()
    named: tuple[str, ...] = ()  # the owner's words that the texts name, beside those of the mark


def pack_finding(finding: Finding) -> dict[str, Any]:
    """Turn a finding into what JSON can hold."""
    packed = asdict(finding)
    packed["notes"] = [list(note) for note in finding.notes]
    packed["mark"], packed["named"] = list(finding.mark), list(finding.named)
    return packed


def unpack_finding(packed: dict[str, Any]) -> Finding:
    """Turn what JSON holds back into an equal finding."""
    notes = tuple((str(title), str(text)) for title, text in packed["notes"])
    named = tuple(packed.get("named", ()))  # which those before November 2026 have not
    return Finding(**{**packed, "notes": notes, "mark": tuple(packed["mark"]), "named": named})
