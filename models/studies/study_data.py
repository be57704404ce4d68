"""Where the studies' data lie: small tables beside this file, pictures in a folder that its user names."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from models.errors import InputError
from models.studies.images import FILES, Images, has_images, read_images
from models.types import Array

__all__ = ["Images", "Slices", "StudyData", "Table"]
TABLES = Path(__file__).parent / "data"


class Table(NamedTuple):
    """A table of numbers with the names of its columns."""

    columns: tuple[str, ...]
    values: Array  # (n_rows, n_columns), float64


class Slices(NamedTuple):
    """CT slices of the user's own, air 0 and bone 1, parted so that no two of both kinds are neighbours."""

    learned: Array  # (n, 32, 32, 1), float32
    scored: Array  # (m, 32, 32, 1)
    of: str  # what the scored ones are of: "other patients"
    left: str  # which files could not be used, and why; "" for none


class StudyData:
    """The data of all studies.

    Parameters
    ----------
    folder : where MNIST and Fashion-MNIST lie, if there is such a folder; the tables need none.
    digit : a drawing of the user's as MNIST has them, (28, 28) uint8, light on dark, if there is one.
    slices : CT slices of the user's, if there are some.
    """

    def __init__(
        self, folder: Path | None = None, digit: Array | None = None, slices: Slices | None = None
    ) -> None:
        self.folder, self.digit, self.slices = folder, digit, slices

    def table(self, name: str) -> Array:
        """Return the table ``name`` as float64 rows, (n_rows, n_columns), also where it has one column."""
        return self.read_table(name).values

    def read_table(self, name: str) -> Table:
        """Return the table ``name`` with its columns' names. Raises ``InputError`` for an unknown name."""
        path = TABLES / f"{name}.csv"
        if not path.is_file():
            known = ", ".join(sorted(each.stem for each in TABLES.glob("*.csv")))
            raise InputError(f"There is no table {name!r}", where="studies", remedy=f"Known: {known}.")
        with path.open(encoding="utf-8", newline="") as stream:
            columns, *rows = csv.reader(stream)
        return Table(tuple(columns), np.array([[float(cell) for cell in row] for row in rows]))

    def images(self, name: str) -> Images:
        """Return the pictures ``name``, "mnist" or "fashion_mnist", from the folder.

        Raises ``InputError`` where there is no folder, or where they are not in it or are damaged: it says
        where to get them.
        """
        if name not in FILES:
            known = ", ".join(sorted(FILES))
            raise InputError(f"There are no pictures {name!r}", where="studies", remedy=f"Known: {known}.")
        return read_images(self.folder, name)

    def holds(self, name: str) -> bool:
        """Say whether the pictures ``name`` are in the folder; "" needs none."""
        return not name or has_images(self.folder, name)
