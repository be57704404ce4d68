"""Every error of ours says what, where and what to do, and is known to the command line."""

from __future__ import annotations

import pytest

from pipeline import errors
from pipeline.errors import AlmanacError, ArchiveError, LockedError, SettingsError, StoreError

KINDS = (ArchiveError, SettingsError, StoreError, LockedError)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_reads_as_what_where_and_what_to_do(kind: type[AlmanacError]) -> None:
    error = kind("The file is damaged", where="a.zip", remedy="Download it again.")
    assert str(error) == "The file is damaged (a.zip). Download it again."
    assert (error.what, error.where, error.remedy) == ("The file is damaged", "a.zip", "Download it again.")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_an_almanac_error_and_a_direct_child(kind: type[AlmanacError]) -> None:
    assert kind.__bases__ == (AlmanacError,)


def test_the_tree_at_the_top_of_the_module_names_every_kind() -> None:
    kinds = {name for name, value in vars(errors).items() if isinstance(value, type)}
    named = {word for word in (errors.__doc__ or "").replace("─", " ").split() if word.endswith("Error")}
    assert kinds == named == {"AlmanacError", *(kind.__name__ for kind in KINDS)}


def test_an_error_without_a_place_or_a_remedy_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        AlmanacError("only this")  # type: ignore[call-arg]
