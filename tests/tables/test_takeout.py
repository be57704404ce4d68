from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipeline import read_takeout
from pipeline.errors import ArchiveError, SettingsError
from pipeline.records import Activity
from pipeline.tables.schema import ACTIVITY

SECOND = 1_600_000_000_000
FILE = "My Activity/Search/MyActivity.html"


@pytest.fixture(autouse=True)
def _temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


def test_an_archive_becomes_a_frame_and_leaves_nothing_behind(
    put_archive: Callable[..., Path], activity: Callable[..., Activity], tmp_path: Path
) -> None:
    frame = read_takeout(put_archive({FILE: [activity(zone="UTC")]}), home_zone="Europe/Paris")
    assert list(frame.columns) == ACTIVITY.names
    assert frame[["time", "product", "action", "text", "position"]].values.tolist() == [
        [pd.Timestamp(SECOND, unit="ms", tz="UTC"), "search", "searched", "red bicycle", 0]
    ]
    assert list((tmp_path / "temporary").iterdir()) == []


def test_the_home_zone_settles_what_a_zone_means(
    put_archive: Callable[..., Path], activity: Callable[..., Activity]
) -> None:
    path = str(put_archive({FILE: [activity(zone="IST", offset_minutes=330)]}))
    offsets = [
        read_takeout(path, home_zone=z)["offset_minutes"].item() for z in ("Asia/Kolkata", "Europe/Dublin")
    ]
    assert offsets == [330, 60]


def test_what_cannot_be_read_raises_as_everywhere(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="No archive was found"):
        read_takeout(tmp_path / "no.zip")
    with pytest.raises(SettingsError, match="Unknown time zone"):
        read_takeout(tmp_path / "no.zip", home_zone="Europe/Nowhere")
