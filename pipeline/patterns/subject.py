"""What the patterns speak of: which activities, what they are called, and which days are covered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.coverage import Coverage
from pipeline.settings import FreeSpan, Settings, ZoneSpan
from pipeline.tables.local_time import add_local_time

ENOUGH_ROWS = 100
MOST_ZONES = 3  # named one by one
LOCAL_COLUMNS = ("local", "date", "hour", "weekday", "year", "month")
NOUNS = {"searched": ("search", "searches"), "visited": ("visit", "visits")}
Days = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class Subject:
    """The subject's unmarked rows, with local columns, and the days on which a silent day counts as zero."""

    rows: pd.DataFrame
    product: str | None
    action: str | None
    noun: str
    nouns: str
    verb: str  # "searched", "watched", "visited", else "recorded"
    covered: pd.DatetimeIndex  # naive midnights, sorted, each once
    zone: str
    weekend: tuple[int, ...]
    first_weekday: int
    free_days: tuple[FreeSpan, ...] = ()  # besides the weekend

    @cached_property
    def days(self) -> pd.DatetimeIndex:
        """Every covered day and every day with a row, sorted."""
        return pd.DatetimeIndex(self.rows["date"].unique()).union(self.covered).as_unit("ms")

    @cached_property
    def coverage(self) -> Coverage:
        """What the archive holds of this subject."""
        days, shown = self.days, pd.DatetimeIndex(self.rows["date"])
        first = days[0].date() if len(days) else None
        last = days[-1].date() if len(days) else None
        now = self.covered[-1].date() if len(self.covered) else shown.max().date() if len(shown) else None
        n_days = (last - first).days + 1 if first and last else 0
        return Coverage(
            first, last, n_days, len(self.covered), len(self.rows), now, self.product, self.action,
            self.noun, self.nouns, self.verb, self.zone, self.weekend, self.first_weekday,
        )  # fmt: skip

    def is_free(self, days: Days) -> NDArray[np.bool_]:
        """Say of each day (datetime64) whether it is of the weekend or a free day of the settings."""
        days = days.astype("datetime64[D]")
        weekday = (days.astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday
        return np.isin(weekday, self.weekend) | self.is_given_free(days)

    def is_given_free(self, days: Days) -> NDArray[np.bool_]:
        """Say of each day (datetime64) whether it is a free day of the settings, of the weekend or not."""
        days = days.astype("datetime64[D]")
        free = np.zeros(len(days), dtype=bool)
        for first, last in self.free_days:
            free |= (days >= np.datetime64(first)) & (days <= np.datetime64(last))
        return free


def choose_subject(activity: pd.DataFrame, sources: pd.DataFrame, settings: Settings) -> Subject:
    """Keep what the owner's filter keeps; without one, searches, or under 100 of them the commonest.

    ``activity`` has ACTIVITY columns, with or without local ones; ``sources`` has export, folder,
    product, first and last (UTC). Covered days come from the sources of the chosen product; without
    one, they are the days that every product with such an action covers.
    """
    rows = activity[activity["mark"].isna()]
    product, action = settings.product, settings.action
    if product is None and action is None:
        product, action = _choose_commonest(rows)
    keep = np.ones(len(rows), dtype=bool)
    if product is not None:
        keep &= (rows["product"] == product).to_numpy(dtype=bool)
    if action is not None:
        keep &= (rows["action"] == action).to_numpy(dtype=bool)
    rows = rows[keep].reset_index(drop=True)
    if not set(LOCAL_COLUMNS) <= set(rows.columns):
        rows = add_local_time(rows, settings.home_zone)
    noun, nouns, verb = name_activity(product, action)
    products = sorted(rows["product"].unique()) if product is None else [product]
    return Subject(
        rows, product, action, noun, nouns, verb, find_common_days(products, sources, settings.home_zone),
        name_zones(settings.home_zone), settings.weekend, settings.first_weekday, settings.free_days,
    )  # fmt: skip


def _choose_commonest(rows: pd.DataFrame) -> tuple[str, str]:
    sizes = rows.groupby(["product", "action"], observed=True).size().sort_index()
    if len(sizes) == 0 or sizes.get(("search", "searched"), 0) >= ENOUGH_ROWS:
        return "search", "searched"
    product, action = sizes.index[int(np.argmax(sizes.to_numpy()))]
    return str(product), str(action)


def name_activity(product: str | None, action: str | None) -> tuple[str, str, str]:
    """Return noun, plural and participle of an activity."""
    if product == "youtube" and action == "watched":
        return "video", "videos", "watched"
    if action in NOUNS:
        return (*NOUNS[action], action)
    return "entry", "entries", "recorded"


def name_zones(home_zone: tuple[ZoneSpan, ...]) -> str:
    """Write the zones of home in their order: Europe/Paris, then America/Chicago; four and more in short."""
    zones = [span.zone for span in home_zone]
    zones = [zone for k, zone in enumerate(zones) if k == 0 or zone != zones[k - 1]]
    if len(zones) > MOST_ZONES:
        return f"{zones[0]}, then by your list to {zones[-1]}"
    return ", then ".join(zones)


def find_common_days(
    products: list[str], sources: pd.DataFrame, home_zone: tuple[ZoneSpan, ...]
) -> pd.DatetimeIndex:
    """Return the days that each of the products covers by some source of its own."""
    days = [find_covered_days(sources[sources["product"] == product], home_zone) for product in products]
    common = days[0] if days else find_covered_days(sources.iloc[:0], home_zone)
    for covered in days[1:]:
        common = common.intersection(covered)
    return common.as_unit("ms")


def find_covered_days(sources: pd.DataFrame, home_zone: tuple[ZoneSpan, ...]) -> pd.DatetimeIndex:
    """Return the days strictly between the first and the last entry, in home time, of some source."""
    sources = sources.dropna(subset=["first", "last"])
    spans: list[np.ndarray] = []
    if len(sources):
        ends = [
            add_local_time(pd.DataFrame({"time": sources[end].reset_index(drop=True)}), home_zone)["date"]
            for end in ("first", "last")
        ]
        firsts, lasts = (end.to_numpy().astype("datetime64[D]") for end in ends)
        spans = [np.arange(first + 1, last) for first, last in zip(firsts, lasts, strict=True)]
    days = np.unique(np.concatenate([*spans, np.array([], dtype="datetime64[D]")]))
    return pd.DatetimeIndex(days.astype("datetime64[ms]"))
