"""The studies' tables are what their page says; pictures come from a folder of their user's."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.errors import InputError
from models.studies.images import FILES, IDX, Images, has_images
from models.studies.registry import ENTRIES, find_entry, load_study
from models.studies.study_data import TABLES, StudyData

STUDIES = TABLES.parent


def make_images() -> Images:
    rng = np.random.default_rng(0)
    train, test = (rng.integers(0, 256, (n, 28, 28)).astype(np.uint8) for n in (5, 3))
    labels = np.array([9, 0, 3, 1, 2], np.uint8)
    return Images(train, labels, test, labels[:3])


def write_idx(folder: Path, images: Images) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for key, array in images._asdict().items():
        head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        (folder / f"{IDX[key]}.gz").write_bytes(gzip.compress(head + array.tobytes()))


def write_npz(folder: Path, **arrays: Any) -> None:
    np.savez(folder / "mnist.npz", **arrays)


def assert_same(found: Images, expected: Images) -> None:
    for name, array, other in zip(Images._fields, found, expected, strict=True):
        assert array.dtype == np.uint8, name
        np.testing.assert_array_equal(array, other, err_msg=name)


def test_every_table_has_a_source_and_every_source_a_table() -> None:
    page = (TABLES / "README.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)\.csv` \| (\d+) \|", page, re.MULTILINE))
    assert {path.stem: str(len(StudyData().table(path.stem))) for path in TABLES.glob("*.csv")} == rows


def test_the_courses_tables_are_exact() -> None:
    nine, curve = StudyData().table("nine_inputs"), StudyData().table("polynomial")
    np.testing.assert_allclose(nine[:, :9] @ np.arange(9) + 9, nine[:, 9], atol=1e-9)  # printed to 2 decimals
    x = curve[:, 0]
    np.testing.assert_allclose(x + 2 * x**2 + 3 * x**3 + 4 * x**4, curve[:, 1], atol=1e-9)


def test_a_table_of_one_column_is_still_rows_and_columns() -> None:
    sales = StudyData().read_table("monthly_sales")
    assert (sales.columns, sales.values.shape) == (("x",), (192, 1))
    assert sales.values[:2, 0].tolist() == [11.1179, 9.8413]


def test_an_unknown_table_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(
        InputError, match=r"no table 'mine'.*Known: digits, monthly_sales, nine_inputs, polynomial"
    ):
        StudyData().table("mine")


@pytest.mark.parametrize("place", ["", "mnist"])
def test_pictures_are_read_from_either_form(tmp_path: Path, place: str) -> None:
    images = make_images()
    write_idx(tmp_path / place, images)
    assert_same(StudyData(tmp_path).images("mnist"), images)
    write_npz(tmp_path, **images._replace(y_train=images.y_train[::-1])._asdict())
    assert_same(StudyData(tmp_path).images("mnist"), images._replace(y_train=images.y_train[::-1]))


def test_loose_files_are_not_taken_for_pictures_of_clothes(tmp_path: Path) -> None:
    write_idx(tmp_path, make_images())
    assert (has_images(tmp_path, "mnist"), has_images(tmp_path, "fashion_mnist")) == (True, False)
    assert StudyData(tmp_path).holds("") and StudyData().holds("") and not StudyData().holds("mnist")


def test_without_a_folder_the_error_says_where_pictures_can_be_had() -> None:
    with pytest.raises(InputError) as caught:
        StudyData().images("fashion_mnist")
    assert "needs Fashion-MNIST, which Almanac does not bring" in str(caught.value)
    assert FILES["fashion_mnist"] in str(caught.value) and "--data" in str(caught.value)


def test_a_folder_without_the_pictures_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"MNIST is not in this folder.*Put mnist\.npz there") as caught:
        StudyData(tmp_path).images("mnist")
    assert caught.value.where == str(tmp_path)


def test_unknown_pictures_are_refused() -> None:
    with pytest.raises(InputError, match=r"no pictures 'cats'.*Known: fashion_mnist, mnist"):
        StudyData().images("cats")


def test_pictures_that_are_damaged_or_something_else_are_refused(tmp_path: Path) -> None:
    images = make_images()
    good = images._asdict()
    whole = {
        "another size": good | {"x_test": images.x_test[:, :20]},
        "labels too few": good | {"y_train": images.y_train[:-1]},
        "another type": good | {"x_train": images.x_train / 255},
        "no such digit": good | {"y_test": images.y_test + np.uint8(1)},
        "a part is missing": {key: good[key] for key in ("x_train", "y_train")},
        "objects": good | {"y_test": np.array([{}, {}, {}], object)},
    }
    for arrays in whole.values():
        write_npz(tmp_path, **arrays)
        with pytest.raises(InputError, match="damaged, or is something else"):
            StudyData(tmp_path).images("mnist")
    (tmp_path / "mnist.npz").write_bytes(b"PK\3\4 cut off")
    with pytest.raises(InputError, match="damaged, or is something else"):
        StudyData(tmp_path).images("mnist")


@pytest.mark.parametrize(
    "content", [b"", b"\0\0\x08\x01\0\0\0\x05ab", b"\0\0\x0d\x01\0\0\0\0", b"\1\0\x08\x01"]
)
def test_files_of_the_authors_that_are_cut_or_foreign_are_refused(tmp_path: Path, content: bytes) -> None:
    write_idx(tmp_path, make_images())
    (tmp_path / f"{IDX['y_train']}.gz").write_bytes(gzip.compress(content))
    with pytest.raises(InputError, match="damaged, or is something else"):
        StudyData(tmp_path).images("mnist")


def test_every_study_is_in_the_list_and_has_its_module() -> None:
    modules = {path.stem for path in STUDIES.glob("*.py") if "\ndef run_study(" in path.read_text("utf-8")}
    assert {entry.name for entry in ENTRIES} == modules
    assert all(callable(load_study(entry)) for entry in ENTRIES)


def test_a_study_is_found_by_its_name_however_it_is_joined() -> None:
    assert find_entry("nine-inputs") == find_entry("nine_inputs")
    with pytest.raises(InputError, match=r"no study 'lines'.*Did you mean line\? Known: line, nine_inputs"):
        find_entry("lines")
