"""What is seen while a cohort is at work: a line for each person who is done, and how many still are not."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flows.cohort_plan import Outcome
from flows.display import Screen, say_seconds
from flows.people import show_name
from pipeline.patterns.wording import count_noun, say_count


class CohortDisplay(Screen):
    """Lines on standard error, above a bar where that is a terminal; it hears from another thread."""

    def __init__(self, names: Sequence[str], *, quiet_terminal: bool = False) -> None:
        self.names, self.n_heard = names, 0
        self.console = Console(stderr=True)
        self.progress = None
        if self.console.is_terminal and not quiet_terminal:
            self.progress = Progress(
                TextColumn("Running everybody's archives"),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                console=self.console,
            )
            self.row = self.progress.add_task("", total=len(names))

    def hear(self, number: int, outcome: Outcome) -> None:
        """Print what became of a person."""
        self.n_heard += 1
        what = describe_outcome(outcome)
        self.say(f"{self.n_heard} of {len(self.names)}: {show_name(self.names[number])}: {what}")
        if self.progress is not None:
            self.progress.update(self.row, completed=self.n_heard)


def describe_outcome(outcome: Outcome) -> str:
    """Say in a line what became of a person, without what is told at the end."""
    if outcome.status == "failed":
        return "failed"
    seconds = say_seconds(sum(outcome.seconds.values()))
    rows = f"{count_noun(outcome.rows, 'row', 'rows')}, {say_count(outcome.new_rows)} of them new"
    return f"{rows}, {seconds}" + (", in part" if outcome.status == "look" else "")
