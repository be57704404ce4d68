"""The ways in which the models say no, and which names there are.

ModelsError
├── InputError              rows, labels or settings that a model cannot take (a ValueError too)
├── NotFittedError          a question to a model that has not learned anything yet
├── PullbackError           a derivative that is not the one of its formula (an AssertionError too)
└── SavedModelError         a file that is damaged, foreign, or from another model or version

DataConversionWarning       labels or targets that came as a column: taken, but perhaps not meant

The errors carry the same three fields as the errors of Takeout's side: what is wrong, where, what to do.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


class ModelsError(Exception):
    """The base of all errors of the models."""

    def __init__(self, what: str, *, where: str, remedy: str) -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(what, where, remedy)

    def __str__(self) -> str:
        return f"{self.what} ({self.where}). {self.remedy}"


class InputError(ModelsError, ValueError):
    """Rows, labels or settings that a model cannot take."""


class NotFittedError(ModelsError):
    """A question to a model that has not learned anything yet."""


class PullbackError(ModelsError, AssertionError):
    """A derivative that is not the one of its formula."""


class SavedModelError(ModelsError):
    """A saved model that is damaged, foreign, or from another model or version."""


class DataConversionWarning(UserWarning):
    """Labels or targets that came as a column; it has the name under which scikit-learn's users know it."""


def name_known(wanted: str, known: Collection[str]) -> str:
    """Write which names there are, first those that ``wanted`` is a part of, or nearly is."""
    asked = wanted.lower()
    near = [name for name in known if asked and asked in name] or get_close_matches(asked, known)
    meant = f"Did you mean {' or '.join(near)}? " if 0 < len(near) < 4 else ""
    return f"{meant}Known: {', '.join(known)}."
