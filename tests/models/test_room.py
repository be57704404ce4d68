"""Room for large arrays: memory is used again once nobody looks at it, and never before."""

from __future__ import annotations

import sys
from threading import Thread

import numpy as np
import pytest

from models.layers import room as room_module
from models.layers.room import LEAST, Room

SHAPE = (LEAST // 4, 2)

pytestmark = pytest.mark.skipif(
    sys.implementation.name != "cpython", reason="elsewhere nobody knows who holds an array"
)


def find_address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def test_memory_is_used_again_once_the_last_view_is_gone() -> None:
    room = Room()
    first = room.empty(SHAPE, np.float32)
    view, address = first[3:5].T, find_address(first)
    del first
    assert find_address(room.empty(SHAPE, np.float32)) != address
    del view
    addresses = {find_address(room.empty(SHAPE, np.float32)) for _ in range(4)}
    assert address in addresses
    assert len(addresses) == 1  # each was free again at once


def test_what_is_held_is_never_given_to_another() -> None:
    room = Room()
    held = [room.empty(SHAPE, np.float32) for _ in range(5)]
    for number, array in enumerate(held):
        array.fill(number)
    assert [array[0, 0] for array in held] == [0, 1, 2, 3, 4]
    assert not any(np.shares_memory(a, b) for k, a in enumerate(held) for b in held[:k])


def test_one_size_does_for_all_types_and_shapes_of_it() -> None:
    room = Room()
    address = find_address(room.empty(SHAPE, np.float32))
    other = room.empty((SHAPE[0], 1), np.float64)
    assert (find_address(other), other.shape, other.dtype) == (address, (SHAPE[0], 1), np.float64)


def test_no_more_is_kept_than_allowed_and_what_is_free_makes_way() -> None:
    room = Room(most=3 * LEAST)
    held = room.empty((LEAST,), np.uint8)
    room.empty((2 * LEAST,), np.uint8)
    assert room.count_bytes() == 3 * LEAST
    room.empty((LEAST + 1,), np.uint8)
    assert room.count_bytes() == 2 * LEAST + 1
    big = [room.empty((2 * LEAST,), np.uint8) for _ in range(3)]
    assert room.count_bytes() <= 3 * LEAST
    assert held.nbytes + sum(map(len, big)) == 7 * LEAST


def test_small_arrays_are_numpys() -> None:
    room = Room()
    room.empty((LEAST - 1,), np.uint8)
    room.empty((4 * LEAST,), np.uint8)
    assert room.count_bytes() == 4 * LEAST


def test_who_interrupts_another_gets_memory_that_is_numpys_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a finalizer may, which comes between two lines of any function."""
    room, count, got = Room(), room_module._count_holders, []
    room.empty(SHAPE, np.float32)

    def interrupt(pieces: list[np.ndarray], k: int) -> int:
        n_holders = count(pieces, k)
        if not got:
            got.append(None)
            got.append(room.empty(SHAPE, np.float32))
        return n_holders

    monkeypatch.setattr(room_module, "_count_holders", interrupt)
    asked = Thread(target=lambda: got.append(room.empty(SHAPE, np.float32)), daemon=True)
    asked.start()
    asked.join(5)
    assert not asked.is_alive()  # it does not wait for itself
    _, inner, outer = got
    assert not np.shares_memory(inner, outer)


def test_a_cleared_room_keeps_nothing_and_what_is_held_stays() -> None:
    room = Room()
    held = room.empty(SHAPE, np.float32)
    held.fill(3)
    room.empty((2 * LEAST,), np.uint8)
    room.clear()
    assert room.count_bytes() == 0
    room.empty(SHAPE, np.float32).fill(5)
    assert (held == 3).all()
