"""Locale, format and era change how the events are written, and nothing of the events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SettingsError
from pipeline.sample import Sample, invent, write_sample

OF_THE_MANNER = {"locale", "format", "era", "exported", "printed_zone", "files"}
OF_THE_WORDS = {
    "bursts", "trends", "parts", "words", "words_by_year", "firsts", "repeats", "repeated", "phrases",
}  # fmt: skip


@pytest.mark.parametrize(
    "manner",
    [
        {"locale": "it"},
        {"format": "json"},
        {"format": "mixed", "era": "2017"},
        {"exported": datetime(2026, 7, 1, tzinfo=UTC)},
    ],
)
def test_the_truth_is_the_same_in_whatever_manner_it_is_written(
    manner: dict[str, Any], tmp_path: Path, truth_of: Callable[[Sample], dict[str, Any]]
) -> None:
    def write(folder: str, **manner: Any) -> dict[str, Any]:
        return truth_of(write_sample(tmp_path / folder, since=date(2025, 10, 1), **manner))

    plain, other = write("plain"), write("other", **manner)
    assert {key: value for key, value in other.items() if key not in OF_THE_MANNER} == {
        key: value for key, value in plain.items() if key not in OF_THE_MANNER
    }
    assert list(plain["files"].values()) != []
    assert sorted(map(str, plain["files"].values())) == sorted(map(str, other["files"].values()))
    named = {"locale": "en", "format": "html", "era": "2024", **manner}
    assert [other[key] for key in ("locale", "format", "era")] == [
        named[key] for key in ("locale", "format", "era")
    ]


def test_a_language_of_its_own_changes_the_words_and_nothing_else() -> None:
    english, german = (invent(since=date(2025, 10, 1), locale=locale).truth for locale in ("en", "de"))
    differing = {key for key in english if english[key] != german[key]}
    assert differing <= OF_THE_MANNER | OF_THE_WORDS
    assert {"words", "firsts", "repeated"} <= differing


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        ({"format": "xml"}, "No format is called 'xml' (format). Choose one of html, json, mixed."),
        ({"era": "2019"}, "No era is called '2019' (era). Choose one of 2017, 2018, 2021, 2024, 2026."),
    ],
)
def test_an_unknown_format_or_era_is_refused(manner: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        write_sample(tmp_path, **manner)
    assert str(caught.value) == words
