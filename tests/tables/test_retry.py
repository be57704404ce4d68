from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.reading import timestamps
from pipeline.records import Activity
from pipeline.settings import Settings
from pipeline.tables.intake import Intake, take_in
from pipeline.tables.retry import retry_skipped
from pipeline.tables.store import Store

SECOND = 1_600_000_000_000
FILE = "My Activity/Search/MyActivity.html"
OTHER = "My Activity/Maps/MyActivity.html"
OLD, NEW = "takeout-20210101T000000Z-001.zip", "takeout-20220101T000000Z-001.zip"
PutArchive = Callable[..., Path]
MakeActivity = Callable[..., Activity]


def silent(what: str, done: int, total: int | None) -> None:
    pass


def take(settings: Settings, *paths: Path) -> Intake:
    return take_in(paths, settings, tell=silent)


def retry(settings: Settings, *paths: Path) -> tuple[Intake, dict[str, int]]:
    return retry_skipped(paths, settings, tell=silent)


def look(settings: Settings) -> dict[str, Any]:
    """All that the tables and the ledger say, whichever parts they lie in."""
    store = Store(settings.out)
    views = ("activity", "location", "detail", "skipped", "source")
    with store.connect() as connection:
        found: dict[str, Any] = {
            view: connection.sql(f"SELECT * FROM {view} ORDER BY ALL").to_arrow_table().to_pylist()
            for view in views
        }
    files = store.files().drop(columns="part")
    return found | {
        "files": files.to_dict("records"),
        "ledger": store.ledger().to_dict("records"),
        "table": pq.read_table(settings.out / "tables" / "activity.parquet").to_pylist(),
    }


@pytest.fixture
def cripple(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A reader that has not heard of some zones yet."""

    def put(*zones: str) -> Any:
        patch = pytest.MonkeyPatch.context()
        known = {zone: minutes for zone, minutes in timestamps.FIXED_ZONES.items() if zone not in zones}
        context = patch.__enter__()
        context.setattr(timestamps, "FIXED_ZONES", known)
        return patch

    return put


@pytest.fixture
def days(activity: MakeActivity) -> list[Activity]:
    """Six searches a day apart, printed in three zones by turns."""
    zones = (("UTC", 0), ("HKT", 480), ("JST", 540))
    return [
        activity(k, SECOND + 86_400_000 * k, text=f"word {k}", url=f"https://www.google.com/search?q=w{k}",
                 zone=zones[k % 3][0], offset_minutes=zones[k % 3][1])
        for k in range(6)
    ]  # fmt: skip


@pytest.fixture
def exports(put_archive: PutArchive, days: list[Activity]) -> list[Path]:
    """An export with two files, and a later one that repeats some of it."""
    return [put_archive({FILE: days[:4], OTHER: days[4:]}, OLD), put_archive({FILE: days[2:]}, NEW)]


def test_what_is_read_at_last_is_as_if_it_had_been_read_in_the_first_place(
    settings: Settings, exports: list[Path], cripple: Callable[..., Any]
) -> None:
    take(settings, *exports)
    full = look(settings)
    shutil.rmtree(settings.out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timestamps, "FIXED_ZONES", {"UTC": 0})
        assert take(settings, *exports).rows == 2
        assert len(look(settings)["skipped"]) == 7
        patch.setattr(timestamps, "FIXED_ZONES", {"UTC": 0, "JST": 540})
        first, waiting = retry(settings)
        assert (first.rows_before, first.rows, waiting) == (2, 4, {})
        assert len(look(settings)["skipped"]) == 3
    second, _ = retry(settings)
    assert (second.rows, len(second.new_parts)) == (6, 2)
    assert look(settings) == full
    assert all(line["found"] == line["known"] + line["set_aside"] + line["new"] for line in full["ledger"])
