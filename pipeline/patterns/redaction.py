"""Answers as they may be shared: numbers stay, the owner's words and the list of gaps and trips go.

All that is drawn or written later is made of these, so nothing after this needs to know what is private. The
rules of names stand in ``pipeline.privacy``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import Coverage, note_coverage
from pipeline.patterns.finding import Finding
from pipeline.patterns.records import SILENCE
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.unusual_weeks import ALMOST, LIMIT, NOTHING, describe_weeks, say_weeks
from pipeline.patterns.wording import begin, join_and
from pipeline.privacy import (
    CLEARED,
    DATED_COLUMNS,
    DAY,
    GAP_NOTES,
    GAP_WORDS,
    OWN_TEXTS,
    hide_product,
    is_private,
)

BY_DAY = re.compile(r"\bby day\b")
NEW_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\sa-z])")


def redact_answers(
    answers: Mapping[str, Answer], coverage: Coverage, *, coarse: bool = False
) -> tuple[dict[str, Answer], Coverage]:
    """Return what is left of the answers, and the coverage that goes with them.

    Private answers fall away, and those that ``CLEARED`` does not name; the tables that it does not name are
    emptied. With ``coarse``, every table with a column of days goes, every answer of which that is the main
    one, and every clause that names a day.
    """
    hidden = redact_coverage(coverage, coarse=coarse)
    redacted = {name: _redact(name, answer, hidden) for name, answer in answers.items()}
    return {name: answer for name, answer in redacted.items() if answer is not None}, hidden


def redact_coverage(coverage: Coverage, *, coarse: bool = False) -> Coverage:
    """Return a coverage without zone and without a product's unknown header; coarse, by months."""
    hidden = replace(coverage, zone="", product=hide_product(coverage.product), redacted=True)
    if not coarse:
        return hidden
    first, last, now = (day and day.replace(day=1) for day in (coverage.first, coverage.last, coverage.now))
    return replace(hidden, first=first, last=last, now=now, coarse=True)


def drop_clauses(text: str, spoken: re.Pattern[str]) -> str:
    """Leave out the clauses (parted by semicolons, of sentences) in which ``spoken`` is found."""
    if not spoken.search(text):
        return text
    return keep_clauses(text, {clause for clause in part_clauses(text) if not spoken.search(clause)})


def part_clauses(text: str) -> list[str]:
    """List a text's clauses, without the stops of its sentences."""
    return [clause for clauses, _ in _part_sentences(text) for clause in clauses]


def keep_clauses(text: str, kept: Collection[str]) -> str:
    """Leave out the clauses that are not ``kept``; a sentence without its first begins with the next."""
    sentences = []
    for clauses, stop in _part_sentences(text):
        left = [clause for clause in clauses if clause in kept]
        if left:
            said = "; ".join(left)
            sentences.append((said if left[0] == clauses[0] else begin(said)) + stop)
    return " ".join(sentences)


def _part_sentences(text: str) -> Iterator[tuple[list[str], str]]:
    for sentence in NEW_SENTENCE.split(text):
        stop = sentence[-1:] if sentence[-1:] in ".!?" else ""
        yield sentence.removesuffix(stop).split("; "), stop


def list_text_columns(frame: pd.DataFrame) -> list[str]:
    """List the columns that hold neither numbers, nor yes and no, nor times."""
    return [
        str(name)
        for name, kind in frame.dtypes.items()
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind))
    ]


def list_dated_columns(frame: pd.DataFrame) -> list[str]:
    """List the columns that hold times, of whatever fineness."""
    return [str(name) for name, kind in frame.dtypes.items() if pd.api.types.is_datetime64_any_dtype(kind)]


def _redact(name: str, answer: Answer, coverage: Coverage) -> Answer | None:
    if name not in CLEARED or answer.finding.private or not _is_ours(name, MAIN, answer.frame):
        return None
    frames = {
        part: frame.drop(columns="free", errors="ignore")  # the owner's own list of days
        if _is_ours(name, part, frame)
        else frame.iloc[:0]
        for part, frame in answer.frames.items()
    }
    left: Answer | None = Answer(frames, _leave_out_notes(answer.finding, coverage))
    if name in RULES and left is not None:
        left = RULES[name](left, coverage)
    return _coarsen(name, left) if left is not None and coverage.coarse else left


def _is_ours(name: str, part: str, frame: pd.DataFrame) -> bool:
    """Say whether a table is cleared, and every text in it one that Almanac wrote."""
    if part != MAIN and part not in CLEARED[name]:
        return False
    table = name if part == MAIN else f"{name}--{part}"
    return not is_private(frame.columns) and set(list_text_columns(frame)) <= OWN_TEXTS.get(table, set())


def _leave_out_notes(finding: Finding, coverage: Coverage) -> Finding:
    covers = note_coverage(coverage)
    notes = [covers if note[0] == covers[0] else note for note in finding.notes if note[0] not in GAP_NOTES]
    return replace(finding, notes=tuple(notes), named=())


def _leave_out_gaps(finding: Finding) -> Finding:
    """Leave out what the texts around a picture say of silences and other clocks."""
    return replace(
        finding, alt=drop_clauses(finding.alt, GAP_WORDS), how=drop_clauses(finding.how, GAP_WORDS)
    )


def _redact_dots(answer: Answer, coverage: Coverage) -> Answer:
    notes = answer.frames["notes"]
    changes = notes[notes["kind"] == "changed"].reset_index(drop=True)
    return Answer({**answer.frames, "notes": changes}, _leave_out_gaps(answer.finding))


def _redact_calendar(answer: Answer, coverage: Coverage) -> Answer:
    """Keep the note of the fullest stretch, which the finding marks; free days are the owner's own list."""
    notes, mark = answer.frames["notes"], answer.finding.mark
    ends = [
        tuple(str(day.date()) for day in span) for span in zip(notes["first"], notes["last"], strict=True)
    ]
    kept = notes[np.array([span == mark for span in ends], dtype=bool)].reset_index(drop=True)
    main = answer.frame.drop(columns="free", errors="ignore")
    return Answer({**answer.frames, MAIN: main, "notes": kept}, answer.finding)


def _redact_records(answer: Answer, coverage: Coverage) -> Answer:
    frame = answer.frame[answer.frame["record"] != SILENCE].reset_index(drop=True)
    finding = _leave_out_gaps(answer.finding)
    if len(frame):
        deck = f"{join_and([str(name) for name in frame['record']]).capitalize()}, and when."
        finding = replace(finding, deck=deck)
    return Answer({**answer.frames, MAIN: frame}, finding)


def _redact_unusual_weeks(answer: Answer, coverage: Coverage) -> Answer | None:
    """Leave out the weeks on another clock, and those without activity; where no other is left, all of it."""
    captions = answer.frames["captions"]
    told = captions["kind"].isin(["shifted", "nothing"]) | captions["note"].isin([ALMOST, NOTHING])
    if not told.any():
        return answer
    kept = captions[~told].reset_index(drop=True)
    if len(kept) == 0:
        return None
    numbers = {int(number): k + 1 for k, number in enumerate(kept["number"])}
    frame, maps = answer.frame, answer.frames["maps"]
    maps = maps[maps["number"].isin(list(numbers))].reset_index(drop=True)
    frame, maps, kept = (
        part.assign(number=part["number"].map(numbers).fillna(0).astype("int64"))
        for part in (frame, maps, kept)
    )
    headline, emphasis = say_weeks([str(note) for note in kept["note"]])
    beyond = float(frame.loc[frame["number"] > 0, "distance"].max()) / LIMIT
    finding = replace(
        answer.finding,
        headline=headline,
        emphasis=emphasis,
        alt=describe_weeks(frame, kept, coverage.nouns, coverage.years),
        remarkable=measure_remarkable(beyond, beyond, 1.0),
        mark=tuple(kept["number"].tolist()),
    )
    return Answer({**answer.frames, MAIN: frame, "maps": maps, "captions": kept}, finding)


RULES: Mapping[str, Callable[[Answer, Coverage], Answer | None]] = {
    "dots": _redact_dots,
    "calendar": _redact_calendar,
    "records": _redact_records,
    "unusual_weeks": _redact_unusual_weeks,
}
"""What else is taken out of an answer that lists silences or stays on another clock."""


def _coarsen(name: str, answer: Answer) -> Answer | None:
    """Leave out the tables and the clauses that name days; an answer that stands on them falls away."""
    dated = [column for column in DATED_COLUMNS.get(name, ()) if column in answer.frame]
    main = answer.frame.drop(columns=dated)
    finding = answer.finding
    if list_dated_columns(main) or DAY.search(finding.headline):
        return None
    extras = {part: frame for part, frame in answer.frames.items() if part != MAIN}
    if "days" in extras and list_dated_columns(extras["days"]):  # what is drawn where there is little
        main = main.iloc[:0]
        finding = replace(
            finding, deck=drop_clauses(finding.deck, BY_DAY), alt=drop_clauses(finding.alt, BY_DAY)
        )
    frames = {MAIN: main, **{part: f for part, f in extras.items() if not list_dated_columns(f)}}
    notes = tuple((title, said) for title, text in finding.notes if (said := drop_clauses(text, DAY)))
    left = replace(
        finding,
        deck=drop_clauses(finding.deck, DAY),
        certainty=drop_clauses(finding.certainty, DAY),
        alt=drop_clauses(finding.alt, DAY),
        how=drop_clauses(finding.how, DAY),
        notes=notes,
        mark=tuple(one for one in finding.mark if not DAY.search(str(one))),
    )
    return Answer(frames, left)
