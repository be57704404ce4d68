"""Steps that only say that they were called, one person's exports, and subjects whose rhythm is planted."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.patterns.subject import Subject
from pipeline.sample import Invention, invent
from pipeline.sample.entry import Entry
from pipeline.settings import Settings, ZoneSpan, load_settings
from pipeline.tables.journal import prepare_out

MakeSubject = Callable[..., Subject]
FIRST_DAY = np.datetime64("2023-01-02", "D")  # a Monday


@dataclass(frozen=True)
class Counts:
    """What every invented step counts."""

    n_rows: int


@dataclass
class InventedSteps:
    """Which steps were called, with what; an exception in ``raising`` makes a step fail."""

    calls: list[str] = field(default_factory=list)
    arguments: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    keywords: dict[str, dict[str, Any]] = field(default_factory=dict)
    raising: dict[str, BaseException] = field(default_factory=dict)

    def load(self, step: str) -> Callable[..., Counts]:
        def function(*inputs: Any, tell: Callable[[str, int, int | None], None], **more: Any) -> Counts:
            self.calls.append(step)
            self.arguments[step], self.keywords[step] = inputs, more
            tell("halfway", 1, 2)
            if step in self.raising:
                raise self.raising[step]
            return Counts(len(self.calls))

        return function


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> InventedSteps:
    """Put invented steps in the place of all five."""
    invented = InventedSteps()
    monkeypatch.setattr("flows.plan.load_step", invented.load)
    return invented


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a prepared output folder."""
    settled = load_settings({"out": tmp_path / "out", "home_zone": "Europe/Paris"}, environment={})
    prepare_out(settled.out)
    return settled


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Four archives of one person's five months: older and newer overlap by ten weeks.

    ``second`` is another part of the newer export, and ``videos`` an export of YouTube alone.
    """
    person = invent(years=0, since=date(2025, 6, 20), until=date(2025, 11, 19), per_day=12.0, seed=4)
    older, newer = (datetime(2025, month, 8, tzinfo=UTC).timestamp() for month in (10, 7))
    folder = tmp_path_factory.mktemp("exports")
    kept: dict[str, tuple[str, Callable[[str, Entry], bool]]] = {
        "older": ("20251008T000000Z-001", lambda file, entry: entry.utc < older),
        "newer": ("20251120T081500Z-001", lambda file, entry: entry.utc > newer and "Maps" not in file),
        "second": ("20251120T081500Z-002", lambda file, entry: entry.utc > newer and "Maps" in file),
        "videos": ("20251121T081500Z-001", lambda file, entry: "YouTube" in file),
    }
    return {
        name: write_export(folder / f"takeout-{stamp}.zip", person, keep)
        for name, (stamp, keep) in kept.items()
    }


def write_export(path: Path, person: Invention, keep: Callable[[str, Entry], bool]) -> Path:
    """Write those of an invented person's entries that are to be kept, file by file, the newest first."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, entries in sorted(person.by_file.items()):
            kept = [entry for entry in sorted(entries, key=lambda entry: -entry.utc) if keep(file, entry)]
            if kept:
                archive.writestr(f"Takeout/{file}", b"".join(person.manner.write_file(file, kept)))
    return path


@pytest.fixture(scope="session")
def home_zone() -> tuple[ZoneSpan, ...]:
    return (ZoneSpan(None, "UTC"),)


@pytest.fixture(scope="session")
def make_subject() -> MakeSubject:
    """Searches from a (days, 24) table of counts, the first day a Monday; ``gap`` days are not covered."""

    def make(
        counts: NDArray[np.int64],
        *,
        gap: slice = slice(0, 0),
        weekend: tuple[int, ...] = (5, 6),
        text: str = "kites",
        product: str = "search",
    ) -> Subject:
        days = FIRST_DAY + np.arange(len(counts))
        hours = (days.astype("datetime64[h]")[:, None] + np.arange(24)).ravel()
        local = pd.Series(np.repeat(hours, counts.ravel()).astype("datetime64[ms]"))
        rows = pd.DataFrame(
            {
                "time": local.dt.tz_localize("UTC"),
                "product": product,
                "action": "searched",
                "text": text,
                "url": None,
                "local": local,
                "date": local.dt.normalize(),
                "hour": local.dt.hour,
            }
        )
        covered = pd.DatetimeIndex(np.delete(days, gap).astype("datetime64[ms]"))
        return Subject(
            rows, product, "searched", "search", "searches", "searched", covered, "UTC", weekend, 0
        )

    return make


@pytest.fixture(scope="session")
def draw_rhythm() -> Callable[..., NDArray[np.int64]]:
    """Counts of a (days, 24) rhythm; ``effect`` 0 makes every hour of every day alike."""

    def draw(n_days: int, *, seed: int = 0, effect: float = 1.0, level: float = 1.5) -> NDArray[np.int64]:
        hours = np.arange(24)
        workday = 1 + effect * np.where((hours >= 8) & (hours < 18), 1.5, -0.7)
        weekend = 1 + effect * np.where((hours >= 14) & (hours < 23), 1.2, -0.7)
        is_weekend = np.arange(n_days) % 7 >= 5
        rates = level * np.where(is_weekend[:, None], weekend, workday)
        return np.random.default_rng(seed).poisson(rates).astype(np.int64)

    return draw
