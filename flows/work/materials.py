"""What the pieces of model work are given: the subject, and the texts of all products, read when asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flows.sample_holidays import read_holidays
from pipeline.features.text import MOST_TEXTS
from pipeline.patterns.subject import Subject
from pipeline.settings import FreeSpan, Settings, ZoneSpan
from pipeline.tables.local_time import add_local_time
from pipeline.tables.store import Store

if TYPE_CHECKING:
    import pandas as pd

TEXTS = (
    "SELECT time, product, action, mark, text FROM activity WHERE mark IS NULL AND text IS NOT NULL "
    f"ORDER BY time DESC, product, action, text LIMIT {MOST_TEXTS}"
)


@dataclass(frozen=True)
class Materials:
    """The subject of the settings, the home zone, and whatever else a piece of work may read."""

    subject: Subject
    home_zone: tuple[ZoneSpan, ...]
    read_texts: Callable[[], pd.DataFrame]
    planted: tuple[FreeSpan, ...] = ()  # holidays that the sample's truth knows, where no free days are set

    @cached_property
    def texts(self) -> pd.DataFrame:
        """The last texts of all products, unmarked, in the order of time: with the local ``date``."""
        return self.read_texts()


def gather_materials(store: Store, subject: Subject, settings: Settings) -> Materials:
    """Return what the tables give; texts are read from them once, when first asked for."""

    def read_texts() -> pd.DataFrame:
        with store.connect() as connection:
            rows = connection.sql(TEXTS).to_arrow_table().to_pandas().iloc[::-1].reset_index(drop=True)
        rows["time"] = rows["time"].astype("datetime64[ms, UTC]")
        return add_local_time(rows, settings.home_zone)

    planted = () if subject.free_days else read_holidays(settings.out)
    return Materials(subject, settings.home_zone, read_texts, planted)
