"""How a model lies on disk: an ``.npz`` whose ``header.json`` names its class, version and features.

Arrays are plain ``.npy`` members, read with ``allow_pickle=False``: opening a file runs nothing that
stands in it. The same model gives the same bytes (members in order, no clock in them).
"""

from __future__ import annotations

import io
import json
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from models.errors import InputError, SavedModelError
from models.types import Array, Tree

FORMAT = "almanac model"
HEADER = "header.json"
AGAIN = "Remove it, and train the model again."
MOST_BYTES = 2**28  # of all members, unpacked; a packed file can claim a thousand times its own size
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the ways whose output is bounded while it is read

# What zipfile and NumPy raise for bytes that are not what they were; RuntimeError: marked as encrypted. An
# array's header is read as Python's literals, after its tokens; it may name a shape beyond all memory.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    tokenize.TokenError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    OSError,
    OverflowError,
    MemoryError,
    RuntimeError,
)


@contextmanager
def fit_together(where: str) -> Iterator[None]:
    """Say of parts that do not fit each other, by what they raise, that the file ``where`` holds such."""
    try:
        yield
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise SavedModelError(
            "The parts of the model's file do not fit together", where=where, remedy=AGAIN
        ) from error


def check_numbers(array: Array | None, shape: tuple[int, ...]) -> None:
    """Raise ``ValueError`` unless this is an array of finite floats of the ``shape``."""
    if array is None or array.shape != shape or array.dtype.kind != "f" or not np.isfinite(array).all():
        raise ValueError("not the arrays of this model")


class Saved(NamedTuple):
    """What a file holds."""

    header: dict[str, Any]
    arrays: dict[str, Array]


def pack_model(
    name: str, version: int, features: list[str], arrays: Mapping[str, Array], **more: Any
) -> bytes:
    """Return the file of the model ``name``; ``more`` are JSON values that go into the header.

    NumPy's numbers become JSON's. Raises ``InputError`` for what JSON cannot hold, and for a model of more
    than ``MOST_BYTES``, which could not be read again.
    """
    header = {"format": FORMAT, "class": name, "version": version, "features": features, **more}
    text = json.dumps(header, ensure_ascii=False, indent=1, allow_nan=False, default=_simplify)
    members = {HEADER: f"{text}\n".encode()} | {f"{key}.npy": _write(arrays[key]) for key in sorted(arrays)}
    n_bytes = sum(map(len, members.values()))
    if n_bytes > MOST_BYTES:
        raise InputError(
            f"The model takes {n_bytes:,} bytes, and a file holds at most {MOST_BYTES:,}",
            where=name,
            remedy="Make it smaller.",
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for member, content in members.items():
            info = zipfile.ZipInfo(member, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, content)
    return buffer.getvalue()


def _simplify(value: Any) -> Any:
    """Return one of NumPy's numbers as Python's own, which JSON can hold."""
    if isinstance(value, np.number | np.bool_):
        return value.item()
    raise InputError(
        f"A model's file cannot hold {value!r} in its header",
        where="saving",
        remedy="Give settings and labels that are numbers or text.",
    )


def _write(array: Array) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asarray(array), allow_pickle=False)
    return stream.getvalue()


def unpack_model(content: bytes, *, name: str, version: int, features: list[str] | None, where: str) -> Saved:
    """Read the file of the model ``name``; raise ``SavedModelError`` for any other, or a damaged one.

    ``features`` of ``None``: they follow from what was chosen, which the header says, and are not looked at.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            members = file.namelist()
            _check_members(file.infolist(), where=where)
            if HEADER not in members:
                raise SavedModelError("This is not a model's file", where=where, remedy=AGAIN)
            header = json.loads(file.read(HEADER))
            _check_header(header, name=name, version=version, features=features, where=where)
            arrays = {key.removesuffix(".npy"): _read(file, key) for key in members if key != HEADER}
    except DAMAGE as error:
        raise SavedModelError("The model's file is damaged", where=where, remedy=AGAIN) from error
    return Saved(header, arrays)


def _check_members(members: list[zipfile.ZipInfo], *, where: str) -> None:
    """Raise ``SavedModelError`` for what would unpack without bounds; nothing has been unpacked yet."""
    if any(member.compress_type not in PACKED for member in members):
        raise SavedModelError("The model's file is damaged", where=where, remedy=AGAIN)
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise SavedModelError(
            f"The model's file would unpack to more than {MOST_BYTES:,} bytes", where=where, remedy=AGAIN
        )


def _check_header(header: Any, *, name: str, version: int, features: list[str] | None, where: str) -> None:
    """Raise ``SavedModelError`` for another model's header; no array has been looked at yet."""
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise SavedModelError("This is not a model's file", where=where, remedy=AGAIN)
    if header.get("class") != name:
        raise SavedModelError(f"The file does not hold a model {name}", where=where, remedy=AGAIN)
    if header.get("version") != version:
        raise SavedModelError("Another version wrote the model", where=where, remedy=AGAIN)
    if features is not None and header.get("features") != features:
        raise SavedModelError("The model was made of other features", where=where, remedy=AGAIN)


def _read(file: zipfile.ZipFile, member: str) -> Array:
    stream = io.BytesIO(file.read(member))
    array: Array = np.lib.format.read_array(stream, allow_pickle=False)
    if stream.read(1):
        raise ValueError("more bytes than the array has")
    return array


def name_leaves(tree: Tree, prefix: str = "") -> dict[str, Array]:
    """Return a tree's arrays by their places in it, such as ``0.weight``, for ``pack_model``."""
    if not isinstance(tree, tuple):
        return {prefix or "parameters": tree}
    fields = getattr(tree, "_fields", range(len(tree)))
    dot = f"{prefix}." if prefix else ""
    pairs = [name_leaves(part, f"{dot}{field}") for field, part in zip(fields, tree, strict=True)]
    return {name: leaf for named in pairs for name, leaf in named.items()}


def restore_tree(tree: Tree, arrays: Mapping[str, Array], *, where: str) -> None:
    """Copy what ``name_leaves`` named into ``tree``; raise ``SavedModelError`` where it is another net's.

    Names, shapes and types must be the same; nothing is copied before all have been looked at.
    """
    leaves = name_leaves(tree)
    for name, leaf in leaves.items():
        saved = arrays.get(name)
        if saved is None or saved.shape != leaf.shape or saved.dtype != leaf.dtype:
            found = "nothing" if saved is None else f"{saved.dtype} of the shape {saved.shape}"
            raise SavedModelError(
                f"The file holds {found} for {name}, which is {leaf.dtype} of the shape {leaf.shape} here",
                where=where,
                remedy=AGAIN,
            )
    for name, leaf in leaves.items():
        np.copyto(leaf, arrays[name])
