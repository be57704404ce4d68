"""One finding as it stands on the page: headline, measure, pictures, table, file, notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.patterns.answer import MAIN
from pipeline.report.contents import Drawing, ModelBelief, ModelLine
from pipeline.report.csv_link import link_csv
from pipeline.report.editions import Edition, list_editions
from pipeline.report.sentences import Part, part_sentence
from pipeline.report.tables import Table, lay_out_table, lay_out_weeks, turn_week

if TYPE_CHECKING:
    from pipeline.patterns.answer import Answer

MOST_OPEN_ROWS = 30
WITHOUT_TABLE = (
    "dots",
    "dots--uncovered",
    "dots--notes",
    "bursts--weeks",
    "repeated--asked",
    "forecast--outcomes",
)
"""A row an activity, which the archive's own tables hold, or what only the drawing needs."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What the template shows; an empty part is left out."""

    name: str
    sentence: tuple[Part, ...]
    deck: str = ""
    alt: str = ""
    how: str = ""
    private: bool = False
    lists: bool = False
    notes: tuple[tuple[str, str], ...] = ()
    forms: tuple[Edition, ...] = ()
    tables: tuple[Table, ...] = ()
    csv: str = ""

    @property
    def shows_table(self) -> bool:
        """Say whether a short table stands in place of a picture.

        It does where its sentence claims something, or where it lists words of the owner's.
        """
        says = self.lists or any(part.emphasis for part in self.sentence)
        is_short = len(self.tables) > 0 and len(self.tables[0].rows) <= MOST_OPEN_ROWS
        return says and not self.forms and is_short

    @property
    def headline(self) -> str:
        """The whole sentence."""
        return "".join(part.text for part in self.sentence)


def lay_out_answer(answer: Answer, drawing: Drawing | None) -> Figure:
    """Return a pattern's figure; without a drawing its sentences and its table stand alone."""
    finding = answer.finding
    named = {
        finding.pattern if part == MAIN else f"{finding.pattern}--{part}": frame
        for part, frame in answer.frames.items()
    }
    shown = {name: frame for name, frame in named.items() if len(frame) and name not in WITHOUT_TABLE}
    return Figure(
        finding.pattern,
        part_sentence(finding.headline, finding),
        finding.deck,
        finding.alt,
        finding.how,
        private=finding.private,
        lists=finding.private and len(answer.frame) > 0,
        notes=finding.notes,
        forms=tuple(list_editions(finding.pattern, drawing)) if drawing else (),
        tables=tuple(lay_out_table(turn_week(frame), name) for name, frame in shown.items()),
        csv=link_csv(next(iter(shown.values()))) if shown else "",
    )


def lay_out_model(name: str, line: ModelLine, table: pd.DataFrame, drawing: Drawing | None) -> Figure:
    """Return the figure of a model: of a learner's errors by week, or of what a classifier said."""
    return Figure(
        name,
        (Part(line.headline),),
        line.deck,
        line.alt,
        line.how,
        notes=line.notes,
        forms=tuple(list_editions(name, drawing)) if drawing else (),
        tables=(lay_out_table(table, name),),
        csv=link_csv(table),
    )


def lay_out_belief(belief: ModelBelief, drawing: Drawing | None) -> Figure:
    """Return the figure of what a model holds to be so; whole weeks have a table each."""
    table, is_of_weeks = belief.table, {"weekday", "hour"} <= {*belief.table.columns}
    return Figure(
        belief.name,
        (Part(belief.headline),),
        belief.deck,
        belief.alt,
        forms=tuple(list_editions(belief.name, drawing)) if drawing else (),
        tables=tuple(lay_out_weeks(table, belief.name))
        if is_of_weeks
        else (lay_out_table(table, belief.name),),
        csv=link_csv(table),
    )
