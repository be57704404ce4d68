"""A subject made of hourly counts: nothing to read, nothing to guess."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.patterns.subject import Subject

MakeSubject = Callable[..., Subject]


@pytest.fixture(scope="session")
def make_subject() -> MakeSubject:
    """Searches by covered day and hour; days without a row in ``counts`` are not covered."""

    def make(
        days: NDArray[np.datetime64], counts: NDArray[np.int64], weekend: tuple[int, ...] = (5, 6)
    ) -> Subject:
        hours = (days.astype("datetime64[h]")[:, None] + np.arange(24)).ravel()
        local = pd.Series(np.repeat(hours, counts.ravel()).astype("datetime64[ms]"))
        rows = pd.DataFrame({"local": local, "date": local.dt.normalize(), "hour": local.dt.hour})
        covered = pd.DatetimeIndex(days.astype("datetime64[ms]"))
        return Subject(
            rows, "search", "searched", "search", "searches", "searched", covered, "UTC", weekend, 0
        )

    return make
