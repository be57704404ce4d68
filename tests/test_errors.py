"""Every error of ours says what, where and what to do, and is known to the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.schedule_keeper import ScheduleError
from pipeline import errors
from pipeline.errors import AlmanacError, ArchiveError, LockedError, SettingsError, StoreError

KINDS = (ArchiveError, SettingsError, StoreError, LockedError, ScheduleError)
ROOT = Path(__file__).parents[1]
KIND = re.compile(r"^class (\w+)\(AlmanacError\)", re.MULTILINE)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_reads_as_what_where_and_what_to_do(kind: type[AlmanacError]) -> None:
    error = kind("The file is damaged", where="a.zip", remedy="Download it again.")
    assert str(error) == "The file is damaged (a.zip). Download it again."
    assert (error.what, error.where, error.remedy) == ("The file is damaged", "a.zip", "Download it again.")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_an_almanac_error_and_a_direct_child(kind: type[AlmanacError]) -> None:
    assert kind.__bases__ == (AlmanacError,)


def test_the_tree_at_the_top_of_the_module_names_every_kind() -> None:
    sources = [path for house in ("pipeline", "models", "flows") for path in (ROOT / house).rglob("*.py")]
    kinds = {name for path in sources for name in KIND.findall(path.read_text("utf-8"))}
    named = {word for word in (errors.__doc__ or "").replace("─", " ").split() if word.endswith("Error")}
    assert named == {"AlmanacError", *kinds} and {kind.__name__ for kind in KINDS} == kinds


def test_an_error_without_a_place_or_a_remedy_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        AlmanacError("only this")  # type: ignore[call-arg]
