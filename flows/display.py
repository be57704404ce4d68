"""What the owner sees while a run is at work: one line a step, alive on a terminal and plain elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from flows.progress import Watcher

TITLES = {
    "sample": "Writing the sample archive",
    "prefect": "Starting Prefect",
    "ingest": "Reading the archive",
    "patterns": "Counting the patterns",
    "learn": "Training the models",
    "charts": "Drawing the charts",
    "report": "Writing the report",
    "show": "Filling Prefect's page",
    "study": "Running the study",
}

TITLE, BAR, SHORT_BAR = 26, 24, 12  # characters
WIDE = 100  # a terminal that has room for the long bar
BESIDE = 1 + TITLE + 7 + 4  # of a row, beside the bar and what is being done: the sign, the time, and gaps


def say_seconds(seconds: float) -> str:
    """Write a duration as ``4.2 s`` or ``2 min 05 s``."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    return f"{round(seconds) // 60} min {round(seconds) % 60:02d} s"


class Screen:
    """Lines on ``console``, above a progress bar that is alive during the block where there is one."""

    console: Console
    progress: Progress | None

    def __enter__(self) -> Self:
        if self.progress is not None:
            self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.progress is not None:
            self.progress.stop()

    def say(self, line: str) -> None:
        """Print one line above what is being done."""
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


class Display(Screen, Watcher):
    """A watcher that draws on ``console``, which is standard error: standard output is for figures."""

    def __init__(self, console: Console, *, alive: bool) -> None:
        super().__init__()
        self.console = console
        self.row: TaskID | None = None
        self.bar = BAR if console.width >= WIDE else SHORT_BAR
        self.progress = None
        if alive:
            self.progress = Progress(
                SpinnerColumn(finished_text="✓"),
                TextColumn(f"{{task.fields[title]:<{TITLE}}}", markup=False),
                BarColumn(bar_width=self.bar),
                TimeElapsedColumn(),
                TextColumn("{task.fields[what]}", markup=False, style="dim"),
                console=console,
            )

    def begin(self, step: str) -> None:
        super().begin(step)
        if self.progress is not None:
            if self.row is not None:  # it never came up, and something else begins
                self.progress.update(self.row, visible=False)
            self.row = self.progress.add_task(step, total=None, title=TITLES[step], what="")

    def tell(self, what: str, done: int, total: int | None) -> None:
        super().tell(what, done, total)
        if self.progress is not None and self.row is not None:
            room = max(self.console.width - BESIDE - self.bar, 1)  # else the bar and the time are cut for it
            shown = what if len(what) <= room else what[: room - 1].rstrip(" ,") + "…"
            self.progress.update(self.row, completed=done, total=total, what=shown)

    def end(self, step: str, counts: Any, seconds: float) -> None:
        super().end(step, counts, seconds)
        if self.progress is not None and self.row is not None:
            self.progress.update(self.row, completed=1, total=1, what="")
            self.row = None
        elif self.progress is None:
            self.say(f"{TITLES[step]}: {say_seconds(seconds)}")


def open_display(*, quiet_terminal: bool = False) -> Display:
    """Return a display on standard error; ``quiet_terminal`` asks for plain lines on a terminal too."""
    console = Console(stderr=True)
    return Display(console, alive=console.is_terminal and not quiet_terminal)
