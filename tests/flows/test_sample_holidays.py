"""The sample's holidays are those of its truth, and an owner's archive is never given them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.sample_holidays import read_holidays
from pipeline.errors import StoreError
from pipeline.sample import write_sample
from pipeline.settings import FreeSpan, Settings
from pipeline.tables.journal import Input, commit_journal, read_journal

AUGUST = {"first": "2024-08-01", "last": "2024-08-31"}


def take_in(out: Path, *names: str) -> None:
    """Pretend that archives were taken in, and put the sample and its truth into their place."""
    (out / "sample").mkdir(parents=True, exist_ok=True)
    (out / "sample/takeout-1.zip").write_bytes(b"PK")
    (out / "sample/takeout-1.truth.json").write_text(json.dumps({"holidays": [AUGUST]}))
    inputs = tuple(
        Input(str(out / name), 1, 1, f"digest {name}", "export", Path(name).stem) for name in names
    )
    commit_journal(out, replace(read_journal(out), inputs=inputs))


def test_the_samples_holidays_are_those_of_its_truth(settings: Settings) -> None:
    take_in(settings.out, "sample/takeout-1.zip")
    assert read_holidays(settings.out) == (FreeSpan(date(2024, 8, 1), date(2024, 8, 31)),)


@pytest.mark.parametrize(
    "names", [(), ("mine/takeout-1.zip",), ("sample/takeout-1.zip", "mine/takeout-2.zip")]
)
def test_where_an_archive_is_the_owners_nothing_is_taken_from_the_sample(
    settings: Settings, names: tuple[str, ...]
) -> None:
    take_in(settings.out, *names)
    assert read_holidays(settings.out) == ()


def test_without_a_sample_or_its_truth_there_are_none(settings: Settings) -> None:
    assert read_holidays(settings.out) == ()
    take_in(settings.out, "sample/takeout-1.zip")
    (settings.out / "sample/takeout-1.truth.json").write_text("{}")
    assert read_holidays(settings.out) == ()
    (settings.out / "sample/takeout-1.truth.json").unlink()
    assert read_holidays(settings.out) == ()


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"holidays": [{"first": "August"}]}', '{"holidays": 1}', "\x00"]
)
def test_a_damaged_truth_is_named_with_what_to_do(settings: Settings, content: str) -> None:
    take_in(settings.out, "sample/takeout-1.zip")
    (settings.out / "sample/takeout-1.truth.json").write_text(content)
    with pytest.raises(
        StoreError, match=r"sample's truth cannot be read .*truth.json.* writes the sample again"
    ):
        read_holidays(settings.out)


def test_the_samples_truth_names_its_holidays_as_they_are_read(settings: Settings) -> None:
    written = write_sample(settings.out / "sample", years=1)
    truth = json.loads(written.path.with_suffix(".truth.json").read_text("utf-8"))
    commit_journal(
        settings.out,
        replace(
            read_journal(settings.out), inputs=(Input(str(written.path), 1, 1, "digest", "export", "a"),)
        ),
    )
    assert (
        [{"first": str(span.first), "last": str(span.last)} for span in read_holidays(settings.out)]
        == truth["holidays"]
        != []
    )
