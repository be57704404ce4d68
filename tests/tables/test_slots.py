"""What two processes put into memory that they share."""

from __future__ import annotations

import os

import pytest

from pipeline.tables import slots
from pipeline.tables.slots import ANSWERED, ASKED, Slot, join_slots, make_slots


@pytest.fixture(params=["memory", "a file without a name"])
def both(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Slot], list[Slot]]:
    """The slots as one side sees them and as the other does."""
    if request.param != "memory":
        monkeypatch.delattr(os, "memfd_create", raising=False)
    ours, name, inherited = make_slots()
    theirs = join_slots(name)
    for descriptor in inherited:
        os.close(descriptor)
    return ours, theirs


def test_what_one_side_puts_into_a_slot_the_other_takes(both: tuple[list[Slot], list[Slot]]) -> None:
    for k, (ours, theirs) in enumerate(zip(*both, strict=True)):
        ours.put(("asked", k, b"x" * (1 << 20)), ASKED)
        assert not theirs.is_answered
    for k, (ours, theirs) in enumerate(zip(*both, strict=True)):
        assert theirs.take() == ("asked", k, b"x" * (1 << 20))
        assert not ours.is_answered
        theirs.put(["answer", k], ANSWERED)
        assert ours.is_answered
        assert ours.take() == ["answer", k]
    assert len(both[0]) == slots.N_SLOTS


def test_what_is_too_large_for_a_slot_is_refused_and_spoils_no_other(
    both: tuple[list[Slot], list[Slot]],
) -> None:
    (first, second, *_), theirs = both
    second.put("second", ASKED)
    first.put("first", ASKED)
    with pytest.raises(ValueError, match="out of range"):
        first.put(b"x" * slots.SLOT_BYTES, ANSWERED)
    assert not first.is_answered
    assert theirs[1].take() == "second"
    first.put("first again", ANSWERED)
    assert theirs[0].take() == "first again"
