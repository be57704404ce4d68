"""What a pattern gives: its small tables by name, and its finding."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.patterns.finding import Finding

MAIN = "main"


@dataclass(frozen=True, eq=False)
class Answer:
    """A pattern's tables by name, ``main`` first, and its finding."""

    frames: dict[str, pd.DataFrame]
    finding: Finding

    @property
    def frame(self) -> pd.DataFrame:
        """The table that the picture is of."""
        return self.frames[MAIN]
