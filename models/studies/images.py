"""MNIST and Fashion-MNIST from a folder of their user's: one ``.npz``, or the four files of the authors.

The authors' files are IDX: two zeros, the type (8: one byte a value), the number of dimensions, each
dimension as four bytes, highest first, then the values; they come packed by gzip.

References: Y. LeCun, C. Cortes & C. Burges 1998, *The MNIST Database of Handwritten Digits*; H. Xiao,
K. Rasul & R. Vollgraf 2017, *Fashion-MNIST*, arXiv 1708.07747.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from models.errors import InputError
from models.types import Array

# Where they can be had (November 2026).
FILES = {
    "mnist": "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    "fashion_mnist": "https://github.com/zalandoresearch/fashion-mnist/tree/master/data/fashion",
}
TITLES = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}
IDX = {
    "x_train": "train-images-idx3-ubyte",
    "y_train": "train-labels-idx1-ubyte",
    "x_test": "t10k-images-idx3-ubyte",
    "y_test": "t10k-labels-idx1-ubyte",
}
DAMAGE = (OSError, EOFError, ValueError, KeyError, IndexError, zlib.error, zipfile.BadZipFile)


class Images(NamedTuple):
    """Grey pictures of 28 × 28 bytes with their labels, 0 to 9, all uint8."""

    x_train: Array  # (n, 28, 28)
    y_train: Array  # (n,)
    x_test: Array
    y_test: Array


def has_images(folder: Path | None, name: str) -> bool:
    """Say whether a folder holds these pictures, in either form."""
    return folder is not None and (_find_npz(folder, name).is_file() or _find_idx(folder, name) is not None)


def read_images(folder: Path | None, name: str) -> Images:
    """Return the pictures ``name`` of a folder; raise ``InputError`` where it does not hold them."""
    if folder is None:
        raise InputError(
            f"This study needs {TITLES[name]}, which Almanac does not bring",
            where="studies",
            remedy=f"Get it from {FILES[name]}, and name the folder that it is in: --data.",
        )
    if not has_images(folder, name):
        raise InputError(
            f"{TITLES[name]} is not in this folder",
            where=str(folder),
            remedy=f"Put {name}.npz there, or a folder {name} with the four files {IDX['x_train']}.gz and "
            f"so on: {FILES[name]}.",
        )
    path = _find_npz(folder, name)
    try:
        images = _read_npz(path) if path.is_file() else _read_idx_folder(_find_idx(folder, name) or folder)
    except DAMAGE as error:
        raise _refuse(folder, name) from error
    if not all(map(_is_right, (images.x_train, images.x_test), (images.y_train, images.y_test))):
        raise _refuse(folder, name)
    return images


def _find_npz(folder: Path, name: str) -> Path:
    return folder / f"{name}.npz"


def _find_idx(folder: Path, name: str) -> Path | None:
    """Return the folder of the authors' files: one of the set's name; only MNIST's may lie loose."""
    places = [folder / name, folder] if name == "mnist" else [folder / name]
    return next((place for place in places if (place / f"{IDX['x_train']}.gz").is_file()), None)


def _read_npz(path: Path) -> Images:
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        return Images(*(np.asarray(file[key]) for key in Images._fields))


def _read_idx_folder(folder: Path) -> Images:
    return Images(*(_read_idx(folder / f"{IDX[key]}.gz") for key in Images._fields))


def _read_idx(path: Path) -> Array:
    content = gzip.decompress(path.read_bytes())
    kind, n_dimensions = content[2], content[3]
    if content[:2] != b"\0\0" or kind != 8:
        raise ValueError("not IDX")
    start = 4 + 4 * n_dimensions
    shape = np.frombuffer(content[4:start], ">u4").astype(int)
    return np.frombuffer(content[start:], np.uint8).reshape(shape)


def _is_right(x: Array, y: Array) -> bool:
    return x.shape == (len(y), 28, 28) and y.ndim == 1 and x.dtype == y.dtype == np.uint8 and y.max() < 10


def _refuse(folder: Path, name: str) -> InputError:
    return InputError(
        f"{TITLES[name]} in this folder is damaged, or is something else",
        where=str(folder),
        remedy=f"Get it again from {FILES[name]}.",
    )
