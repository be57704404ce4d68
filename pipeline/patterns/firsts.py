"""The first entry of each year. All of it is private."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import as_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import join_and, say_day

HOW = (
    "The first entry of each calendar year with a text, by the home clock. Where the archive covers no day "
    "of a year before it, it is the first that the archive holds, not surely the first of the year."
)


def list_firsts(subject: Subject) -> pd.DataFrame:
    """List each year's first entry that has a text: year, local (datetime64[ms]), text, whole.

    ``whole``: the year's days before it are covered (or it is of 1 January), so that it was the first.
    """
    rows = subject.rows
    known = np.flatnonzero(rows["text"].notna().to_numpy())
    local = rows["local"].to_numpy().astype("datetime64[ms]")[known]
    known, local = (part[np.argsort(local, kind="stable")] for part in (known, local))
    year = local.astype("datetime64[Y]").astype(np.int64) + 1970
    opens = np.flatnonzero(np.diff(year, prepend=-1))
    dates = local[opens].astype("datetime64[D]")
    begins = dates.astype("datetime64[Y]").astype("datetime64[D]")
    covered = as_days(subject.covered)
    n_before = np.searchsorted(covered, dates) - np.searchsorted(covered, begins)
    texts = [" ".join(str(text).split()) for text in rows["text"].to_numpy(dtype=object)[known[opens]]]
    return pd.DataFrame(
        {
            "year": year[opens],
            "local": local[opens],
            "text": pd.Series(texts, dtype="str"),
            "whole": (n_before == (dates - begins).astype(np.int64)) & np.isin(dates, covered),
        }
    )


def find_firsts(frame: pd.DataFrame, subject: Subject) -> Finding:
    """Name the latest year's first entry; it is read, not estimated, and nothing stands out by it."""
    coverage, noun, nouns = subject.coverage, subject.noun, subject.nouns
    notes = [note_coverage(coverage)]
    if len(frame) == 0:
        headline, alt = f"No first {noun} of a year yet", f"Nothing is listed: the archive holds no {nouns}."
        emphasis, certainty = "", "Nothing to read yet"
        deck = f"The first {noun} of each year appears here."
    else:
        year, text = int(frame["year"].iloc[-1]), str(frame["text"].iloc[-1])
        emphasis = text
        headline = f"{year} began with “{text}”"
        certainty = "Read, not estimated"
        if not frame["whole"].iloc[-1]:
            headline = f"Of {year}, “{text}” is the first that the archive holds"
        deck = f"The first {noun} of each year."
        alt = f"List, the first {noun} of each year, {coverage.years}. {year}: {text}."
        part = frame[~frame["whole"]]
        if len(part):
            said = join_and([say_day(day.date()) for day in part["local"]])
            notes.append(("Where the archive begins", f"The first of {said}: what came before is not in it."))
    notes.append(("How sure", f"{certainty}."))
    return Finding(
        "firsts", "Years", headline, emphasis, deck, certainty, tuple(notes), alt, HOW, private=True,
        mark=(emphasis,) if emphasis else (),
    )  # fmt: skip


def answer_firsts(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the first entry of each year."""
    frame = list_firsts(subject)
    return Answer({MAIN: frame}, find_firsts(frame, subject))
