"""What a study takes and what it gives: data, figures beside the published ones, arrays to draw.

A study is a module with ``run_study(data, *, seed=0, tell=silent) -> StudyResult``. It computes its own
figures in the call; a published one is a constant with its source. It returns arrays and never draws.
Where the authors' data were never published, the figure is not comparable, and says why.

Pictures are drawn of the arrays alone. Rows are ``x (n, d)`` with ``y (n,)``; a field over a plane is
(rows upwards, columns) with ``<name>_span`` = (left, right, bottom, top); curves over steps or time are
``(n_curves, n_steps)`` with ``<name>_names (n_curves,)`` as strings and ``<name>_steps (n_steps,)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol, TypeAlias

from models.studies.study_data import Images, StudyData
from models.types import Array

__all__ = ["Figure", "Images", "Study", "StudyData", "StudyResult", "Tell", "silent", "tell_from"]

Tell: TypeAlias = Callable[[int, int], None]  # (steps done, steps in all)


class Figure(NamedTuple):
    """One number of ours beside the published one."""

    what: str  # "coefficient of x, by gradient descent"
    published: float | None  # None: nothing was published, or not as a number
    published_text: str  # as it was printed, such as "1.02"; "" for nothing
    ours: float
    unit: str = ""  # "%", "s", "rows"; "" for a plain number
    comparable: bool = True  # on the same data, by the same rule
    note: str = ""  # why not comparable, or what stands in the way


class StudyResult(NamedTuple):
    """What a study found."""

    name: str  # as in the registry
    title: str
    source: str  # who published it, where
    figures: tuple[Figure, ...]
    arrays: Mapping[str, Array]  # all that its picture needs, by name
    words: tuple[str, ...] = ()  # findings, each a short plain sentence


def silent(done: int, of: int) -> None:
    """Tell nobody how far a study is."""


def tell_from(tell: Tell, before: int, of: int) -> Callable[[int, int | None], None]:
    """Return what tells of one part of a study as a part of it all."""
    return lambda done, _: tell(before + done, of)


class Study(Protocol):
    """A study, as its module offers it."""

    def __call__(self, data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult: ...
