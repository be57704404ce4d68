"""One archive as a whole: its name, its files, the same bytes from the same seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.sample import Sample, write_sample

PageOf = Callable[..., str]


def test_the_name_tells_the_export_on_the_morning_after_the_last_day(two_years: Sample) -> None:
    assert two_years.path.name == "takeout-20251120T081500Z-1-001.zip"
    assert two_years.truth.name == "takeout-20251120T081500Z-1-001.truth.json"
    assert sorted(path.name for path in two_years.path.parent.iterdir()) == [
        two_years.truth.name,
        two_years.path.name,
    ]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    def write(folder: str, seed: int) -> tuple[bytes, bytes]:
        sample = write_sample(tmp_path / folder, since=date(2025, 9, 1), seed=seed)
        return sample.path.read_bytes(), sample.truth.read_bytes()

    assert write("a", 7) == write("b", 7) != write("c", 8)


def test_a_span_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        write_sample(tmp_path, since=date(2025, 2, 2), until=date(2025, 2, 1))
    assert str(caught.value) == "A sample has at least one day (sample). Ask for a year or more."


def test_the_youtube_history_repeats_what_was_watched(two_years: Sample, page_of: PageOf) -> None:
    activity = page_of(two_years, "My Activity/YouTube/MyActivity.html")
    history = page_of(two_years, "YouTube and YouTube Music/history/watch-history.html")
    watched = [cell for cell in activity.split('<div class="outer-cell') if ">Watched" in cell]
    assert len(watched) > 500
    assert [cell for cell in history.split('<div class="outer-cell') if ">Watched" in cell] == watched
