"""Saved models come back equal, and any other file gets a clear word."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import saving
from models.errors import InputError, SavedModelError
from models.layers.activations import relu
from models.layers.affine import Affine
from models.net import activation, branch, dense, sequence
from models.saving import name_leaves, pack_model, restore_tree, unpack_model
from models.tree import pack as pack_tree

ARRAYS = {"weight": np.arange(6.0).reshape(2, 3), "n": np.array(7), "empty": np.empty((0, 2), np.float32)}
EXPECTED: dict[str, Any] = {"name": "Learner", "version": 3, "features": ["a", "b"], "where": "models/x.npz"}


def pack(**more: Any) -> bytes:
    return pack_model("Learner", 3, ["a", "b"], ARRAYS, **more)


def test_a_model_comes_back_as_it_was() -> None:
    saved = unpack_model(pack(settings={"rate": 0.1}), **EXPECTED)
    assert saved.header == {
        "format": "almanac model", "class": "Learner", "version": 3, "features": ["a", "b"],
        "settings": {"rate": 0.1},
    }  # fmt: skip
    assert saved.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(saved.arrays[name], array, strict=True)


def test_numpy_and_unzip_can_read_it_too_and_the_bytes_are_always_the_same() -> None:
    with np.load(io.BytesIO(pack()), allow_pickle=False) as file:
        np.testing.assert_array_equal(file["weight"], ARRAYS["weight"])
    with zipfile.ZipFile(io.BytesIO(pack())) as file:
        assert json.loads(file.read("header.json"))["class"] == "Learner"
        assert {member.date_time for member in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert pack() == pack()


def write_zip(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def write_member(content: bytes) -> bytes:
    """A model's file with a right header, whose only array is this."""
    header = {"format": "almanac model", "class": "Learner", "version": 3, "features": ["a", "b"]}
    return write_zip(header__json=json.dumps(header).encode(), weight__npy=content)


def write_npy(shape: str, descr: str = "<f8") -> bytes:
    """An array's file of one number, whose header says something else."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(8)


def write_objects() -> bytes:
    """An array that could only be read by running a pickle."""
    member = io.BytesIO()
    np.lib.format.write_array(member, np.array([{"run": "me"}], object), allow_pickle=True)
    return write_member(member.getvalue())


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "The model's file is damaged"),
        (pickle.dumps({"weight": 1}), "The model's file is damaged"),
        (pack()[:-30], "The model's file is damaged"),
        (write_objects(), "The model's file is damaged"),
        (write_zip(header__json=b"{", weight__npy=b""), "The model's file is damaged"),
        (write_zip(header__json=b"[" * 100_000), "The model's file is damaged"),
        (write_member(write_npy("(1000000000000000,)")), "The model's file is damaged"),
        (write_member(write_npy("(10**30,)")), "The model's file is damaged"),
        (write_member(write_npy(f"({10**30},)")), "The model's file is damaged"),
        (write_member(write_npy("(2")), "The model's file is damaged"),
        (write_member(write_npy("(True,)")), "The model's file is damaged"),
        (write_member(write_npy("(1,)", descr="<08")), "The model's file is damaged"),
        (write_member(write_npy("(1,)") + bytes(9)), "The model's file is damaged"),
        (write_zip(weight__npy=b"x"), "This is not a model's file"),
        (write_zip(header__json=b"[1]"), "This is not a model's file"),
        (write_zip(header__json=b"{}"), "This is not a model's file"),
        (pack_model("Other", 3, ["a", "b"], ARRAYS), "The file does not hold a model Learner"),
        (pack_model("Learner", 4, ["a", "b"], ARRAYS), "Another version wrote the model"),
        (pack_model("Learner", 3, ["b", "a"], ARRAYS), "The model was made of other features"),
    ],
)
def test_a_damaged_or_foreign_file_gets_a_clear_word(content: bytes, what: str) -> None:
    with pytest.raises(SavedModelError) as caught:
        unpack_model(content, **EXPECTED)
    assert str(caught.value) == f"{what} (models/x.npz). Remove it, and train the model again."


@given(st.integers(0, len(pack()) - 1), st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_a_flipped_byte_is_noticed_or_harmless(place: int, flip: int) -> None:
    content = bytearray(pack())
    content[place] ^= flip
    try:
        saved = unpack_model(bytes(content), **EXPECTED)
    except SavedModelError:
        return
    for name in set(saved.arrays) & set(ARRAYS):
        np.testing.assert_array_equal(saved.arrays[name], ARRAYS[name])


@pytest.mark.parametrize("method", [1, 6, 9, 12, 14])  # 12 bzip2, 14 LZMA; the others are not read at all
@pytest.mark.parametrize("encrypted", [False, True])
def test_a_member_marked_as_otherwise_packed_is_damaged(method: int, encrypted: bool) -> None:
    content = bytearray(pack())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature) + flags
        content[at] |= encrypted
        content[at + 2] = method
    with pytest.raises(SavedModelError, match="The model's file is damaged"):
        unpack_model(bytes(content), **EXPECTED)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_packed_in_a_way_that_is_read_without_bounds_is_refused(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack())) as whole, zipfile.ZipFile(buffer, "w", method) as file:
        for name in whole.namelist():
            file.writestr(name, whole.read(name))
    with pytest.raises(SavedModelError, match="The model's file is damaged"):
        unpack_model(buffer.getvalue(), **EXPECTED)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_net_comes_back_bit_for_bit_in_its_own_type(dtype: Any) -> None:
    net = sequence(dense(3), activation(relu), branch(dense(2), dense(1)))
    flat, parameters = pack_tree(net.init(np.random.default_rng(0), (4,), dtype=dtype)[0], dtype)
    arrays = name_leaves(parameters)
    names = ["0.weight", "0.bias", "2.0.weight", "2.0.bias", "2.1.weight", "2.1.bias"]
    assert list(arrays) == names
    saved = unpack_model(pack_model("Learner", 3, ["a", "b"], arrays), **EXPECTED)
    again, empty = pack_tree(net.init(np.random.default_rng(1), (4,), dtype=dtype)[0], dtype)
    restore_tree(empty, saved.arrays, where="models/x.npz")
    assert (again.dtype, again.tobytes()) == (np.dtype(dtype), flat.tobytes())


def test_a_bare_array_is_a_tree_too() -> None:
    empty = np.zeros(3)
    restore_tree(empty, name_leaves(np.arange(3.0)), where="x")
    np.testing.assert_array_equal(empty, [0, 1, 2])


@pytest.mark.parametrize(
    ("arrays", "found"),
    [
        ({"weight": np.ones((2, 1))}, "nothing for bias, which is float64 of the shape (1,) here"),
        (
            {"weight": np.ones((1, 2)), "bias": np.ones(1)},
            "float64 of the shape (1, 2) for weight, which is float64 of the shape (2, 1) here",
        ),
        (
            {"weight": np.ones((2, 1)), "bias": np.ones(1, np.float32)},
            "float32 of the shape (1,) for bias, which is float64 of the shape (1,) here",
        ),
    ],
)
def test_the_arrays_of_another_net_are_refused_and_nothing_is_copied(arrays: Any, found: str) -> None:
    mine = Affine(np.zeros((2, 1)), np.zeros(1))
    with pytest.raises(SavedModelError) as caught:
        restore_tree(mine, arrays, where="models/x.npz")
    assert (
        str(caught.value) == f"The file holds {found} (models/x.npz). Remove it, and train the model again."
    )
    assert not mine.weight.any()


def test_a_file_that_would_unpack_without_bounds_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = pack(), pack_model("Learner", 3, ["a", "b"], {"weight": np.zeros(10_000)})
    assert len(large) < 1_000
    monkeypatch.setattr(saving, "MOST_BYTES", 10_000)
    unpack_model(small, **EXPECTED)
    with pytest.raises(SavedModelError, match="The model's file would unpack to more than 10,000 bytes"):
        unpack_model(large, **EXPECTED)
    with pytest.raises(
        InputError, match=r"The model takes 80,\d+ bytes, and a file holds at most 10,000 \(L"
    ):
        pack_model("Learner", 3, ["a", "b"], {"weight": np.zeros(10_000)})


def test_numpys_numbers_are_saved_as_numbers_and_other_things_refused() -> None:
    settings = {"seed": np.int64(3), "rate": np.float32(0.5), "whole": np.True_, "units": (np.int32(4),)}
    saved = unpack_model(pack(settings=settings), **EXPECTED)
    assert saved.header["settings"] == {"seed": 3, "rate": 0.5, "whole": True, "units": [4]}
    for other in (np.bytes_(b"x"), b"x", {1}):
        with pytest.raises(
            InputError, match=r"A model's file cannot hold .* in its header \(saving\)\. Give"
        ):
            pack(labels=[other])


def test_the_order_of_the_arrays_does_not_change_the_bytes() -> None:
    turned = dict(reversed(ARRAYS.items()))
    assert pack_model("Learner", 3, ["a", "b"], turned) == pack()


def test_an_array_of_objects_is_not_written() -> None:
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        pack_model("Learner", 1, [], {"x": np.array([object()])})
