"""CT slices from DICOM files become what the auto-encoder learns from, and no name goes with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from typer.testing import CliRunner

from flows import own_slices
from flows.commands import app
from flows.own_slices import read_slices, take_means
from models.studies import autoencoder
from models.studies.study_data import Slices, StudyData
from pipeline.charts.studies import load_picture
from pipeline.charts.tokens import LIGHT
from pipeline.errors import SettingsError

NAME = "Doe^Jane"
CT, MR = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4"
PLAIN, JPEG_LOSSLESS = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.70"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for fewer slices than a scan has."""
    pytest.importorskip("pydicom", reason="pydicom is not installed here")
    monkeypatch.setattr(own_slices, "LEAST_LEARNED", 12)
    monkeypatch.setattr(own_slices, "LEAST_SCORED", 5)


def write_slice(path: Path, units: Any = 0, *, height: float = 0, patient: str = "7", **others: Any) -> Path:
    """Write a slice whose pixels are ``units`` in Hounsfield's, as a scanner does: halved, from −1024 up."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import generate_uid

    stored = np.broadcast_to(units, (32, 32)) if np.ndim(units) == 0 else np.asarray(units)
    stored = stored - (others.get("RescaleIntercept") or -1024)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = others.pop("syntax", PLAIN)
    content = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    fields = {
        "SOPClassUID": CT, "SOPInstanceUID": generate_uid(entropy_srcs=[str(path)]), "Modality": "CT",
        "PatientName": NAME, "PatientID": patient, "FrameOfReferenceUID": "1.2.3",
        "ImagePositionPatient": [0, 0, height], "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "RescaleSlope": 2, "RescaleIntercept": -1024, "Rows": len(stored), "Columns": stored.shape[1],
        "SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME2", "BitsAllocated": 16,
        "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 0,
        "PixelData": (stored / 2).astype("<u2").tobytes(),
    } | others  # fmt: skip
    for key, value in fields.items():
        if value is not None:
            setattr(content, key, value)
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CT, content.SOPInstanceUID
    path.parent.mkdir(parents=True, exist_ok=True)
    content.save_as(path, enforce_file_format=True)
    return path


def write_scan(folder: Path, n: int, *, step: float = 4.0, first: float = 0.0, **others: Any) -> None:
    """Write ``n`` slices ``step`` millimetres apart; the one at ``height`` is as many units above air."""
    for k in range(n):
        height = first + step * k
        write_slice(folder / f"{k:04}", -1000 + height, height=height, **others)


def find_heights(slices: np.ndarray) -> list[float]:
    return [round(float(2000 * grey), 3) for grey in slices.mean(axis=(1, 2, 3))]


def test_air_is_black_water_half_bone_white_and_a_slice_is_means_of_blocks(tmp_path: Path) -> None:
    units = np.full((64, 64), 0)
    units[:32], units[:, :2] = -1024, 3000
    grey = own_slices._read_file(write_slice(tmp_path / "a", units)).grey
    other = own_slices._read_file(write_slice(tmp_path / "b", units, RescaleIntercept=-8192)).grey
    np.testing.assert_array_equal(grey, other)
    assert (grey[:16, 1:] == 0).all() and (grey[16:, 1:] == 0.5).all() and (grey[:, 0] == 1).all()


def test_blocks_that_are_no_whole_pixels_take_parts_of_them() -> None:
    picture = np.random.default_rng(0).random((48, 48))
    fine = np.repeat(np.repeat(picture, 2, axis=0), 2, axis=1)  # 96 = 3 × 32
    np.testing.assert_allclose(take_means(picture), fine.reshape(32, 3, 32, 3).mean(axis=(1, 3)), atol=1e-15)


def test_of_one_patient_the_end_nearest_the_head_is_scored_and_two_centimetres_are_left_out(
    tmp_path: Path,
) -> None:
    write_scan(tmp_path, 30)
    slices = read_slices(tmp_path)
    assert slices is not None and slices[2:] == ("the end nearest the head", "")
    assert slices.learned.dtype == np.float32 and slices.learned.shape[1:] == (32, 32, 1)
    assert find_heights(slices.scored) == list(range(96, 120, 4))
    assert find_heights(slices.learned) == list(range(0, 76, 4))


def test_two_scans_of_one_patient_are_parted_by_their_own_heights(tmp_path: Path) -> None:
    write_scan(tmp_path / "a", 20)
    write_scan(tmp_path / "b", 20, first=500, FrameOfReferenceUID="1.2.4")
    slices = read_slices(tmp_path)
    assert slices is not None
    assert find_heights(slices.scored) == [*range(64, 80, 4), *range(564, 580, 4)]
    assert find_heights(slices.learned) == [*range(0, 44, 4), *range(500, 544, 4)]


def test_of_several_patients_none_is_both_learned_and_scored(tmp_path: Path) -> None:
    for patient, n in (("1", 3), ("2", 15), ("3", 5), ("4", 8)):
        write_scan(tmp_path / patient, n, first=200 * int(patient), patient=patient)
    slices = read_slices(tmp_path)
    assert slices is not None and slices.of == "other patients"
    assert {height // 200 for height in find_heights(slices.scored)} == {1, 3}
    assert {height // 200 for height in find_heights(slices.learned)} == {2, 4}
    assert (len(slices.scored), len(slices.learned)) == (8, 23)


def test_patients_with_a_few_slices_leave_the_largest_scan_to_be_parted(tmp_path: Path) -> None:
    write_scan(tmp_path / "1", 30)
    write_scan(tmp_path / "2", 3, patient="8")
    slices = read_slices(tmp_path)
    assert slices is not None and slices.of == "the end nearest the head"


def test_enough_to_score_by_and_too_few_to_learn_from_are_refused(tmp_path: Path) -> None:
    write_scan(tmp_path, 25, step=2)
    (tmp_path / "a.dcm").write_text("a letter")
    said = "Too few CT slices: 10 to learn from, 5 to score by; left out: 1 called .dcm and not DICOM"
    with pytest.raises(SettingsError, match=said):
        read_slices(tmp_path)


def test_a_large_scan_is_thinned_evenly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_slices, "MOST_LEARNED", 8)
    monkeypatch.setattr(own_slices, "MOST_SCORED", 3)
    write_scan(tmp_path, 30)
    slices = read_slices(tmp_path)
    assert slices is not None
    assert find_heights(slices.learned) == [0, 12, 20, 32, 40, 52, 60, 72]
    assert find_heights(slices.scored) == [96, 104, 116]


def test_what_cannot_be_used_is_left_out_counted_and_never_quoted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_scan(tmp_path, 30)
    write_slice(tmp_path / "x" / "mr", SOPClassUID=MR)
    write_slice(tmp_path / "x" / "scout", ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    write_slice(tmp_path / "x" / "wide", np.zeros((32, 40)))
    write_slice(tmp_path / "x" / "from the side", height=500, ImageOrientationPatient=[0, 1, 0, 0, 0, -1])
    write_slice(tmp_path / "x" / "empty", PixelData=None)
    write_slice(tmp_path / "x" / "nowhere", ImagePositionPatient=None)
    write_slice(tmp_path / "x" / "scale", RescaleSlope=None)
    cut = write_slice(tmp_path / "x" / "cut")
    cut.write_bytes(cut.read_bytes()[:-100])
    (tmp_path / "x" / f"{NAME}.dcm").write_text("a letter")
    (tmp_path / "x" / "notes.txt").write_text("a letter")
    slices = read_slices(tmp_path)
    assert slices is not None and len(slices.learned) == 19
    assert slices.left == (
        "4 no single axial CT slice, 2 without a scale or a place, 1 called .dcm and not DICOM, 1 damaged, "
        "1 without pixels"
    )
    assert NAME not in "".join([*map(str, slices), *capsys.readouterr()])


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"SOPClassUID": MR}, "None of these files can be used: 3 no single axial CT slice"),
        ({"PixelData": None}, "3 without pixels .* Give the pictures too"),
        ({"syntax": JPEG_LOSSLESS}, "3 compressed as JPEG Lossless .* Write them without compression"),
        ({"syntax": "1.2.840.10008.1.2.4.100"}, "3 compressed as MPEG2 Main Profile"),
        ({"syntax": "1.2.3.4"}, "3 compressed as nobody else does"),
        ({}, "Too few CT slices: 0 to learn from, 1 to score by .* Give whole scans: 12 and 5 are needed"),
    ],
)
def test_a_folder_that_is_no_use_says_what_is_wrong_and_what_helps(
    others: dict[str, Any], said: str, tmp_path: Path
) -> None:
    for k in range(3):
        path = write_slice(tmp_path / str(k), height=k)
        content = path.read_bytes()
        if "syntax" in others:  # what pydicom would not write
            old, new = PLAIN.encode() + b"\0", others["syntax"].encode()
            new += b"\0" * (-len(new) % 2)
            at = content.index(b"UI" + len(old).to_bytes(2, "little") + old)
            path.write_bytes(
                content[:at] + b"UI" + len(new).to_bytes(2, "little") + new + content[at + 4 + len(old) :]
            )
        else:
            write_slice(path, height=k, **others)
    with pytest.raises(SettingsError, match=said) as caught:
        read_slices(tmp_path)
    assert NAME not in str(caught.value) and caught.value.where == str(tmp_path)


def test_without_pydicom_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_slice(tmp_path / "a")
    monkeypatch.setattr(own_slices, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"pip install 'takeout-almanac\[dicom\]'"):
        read_slices(tmp_path)


def test_the_study_learns_from_the_slices_that_are_named_and_from_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[StudyData] = []

    def run(place: Path, entry: Any, data: StudyData, **others: Any) -> Any:
        heard.append(data)
        raise SettingsError("Stopped", where="here", remedy="Enough.")

    monkeypatch.setattr("flows.steps.study.study", run)
    scan, empty = tmp_path / "scan", tmp_path / "empty"
    write_scan(scan, 30)
    (scan / "a.dcm").write_text("a letter")
    empty.mkdir()

    def call(*words: str | Path) -> str:
        return CliRunner().invoke(app, ["study", *map(str, words), "--out", str(tmp_path / "out")]).stderr

    assert "leaves out 1 called .dcm and not DICOM." in call("autoencoder", "--data", scan)
    call("line", "--data", scan)
    call("autoencoder")
    assert [data.slices is None for data in heard] == [False, True, True]
    assert "There is no DICOM file in this folder, nor below it" in call("autoencoder", "--data", empty)
    assert "MNIST is not in this folder" in call("autoencoder", "gan", "--data", empty)


def test_scored_slices_change_nothing_of_what_is_learned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autoencoder, "WAYS", autoencoder.WAYS[1:2])
    monkeypatch.setattr(autoencoder, "LONG", autoencoder.WAYS[0]._replace(n_epochs=2))
    monkeypatch.setattr(autoencoder, "CHANNELS", (2, 2))
    write_scan(tmp_path, 30)
    slices = read_slices(tmp_path)
    assert slices is not None
    one, other = (
        autoencoder.run_study(StudyData(slices=slices._replace(scored=scored)))
        for scored in (slices.scored, slices.scored[:, ::-1] + 0.25)
    )
    for key in ("cost", "long_cost"):
        np.testing.assert_array_equal(one.arrays[key], other.arrays[key])
    assert one.arrays["clean"].shape == (6, 32, 32) and (one.arrays["test"] != other.arrays["test"]).all()
    assert one.words[1] == "19 of your slices are learned, 6 of the end nearest the head are scored."
    assert not one.figures[-1].comparable


def test_a_rate_too_high_for_ones_slices_is_said_and_drawn_to_go_astray(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(autoencoder, "WAYS", (autoencoder.WAYS[3], autoencoder.WAYS[5]._replace(rate=1e3)))
    monkeypatch.setattr(autoencoder, "LONG", autoencoder.WAYS[0]._replace(n_epochs=2))
    monkeypatch.setattr(autoencoder, "CHANNELS", (2, 2))
    slices = np.random.default_rng(0).random((40, 32, 32, 1)).astype(np.float32)
    result = autoencoder.run_study(StudyData(slices=Slices(slices[:30], slices[30:], "other patients", "")))
    assert np.isnan(result.arrays["test"]).tolist() == [False, True]
    assert "descent, ReLU, high rate, whose numbers went astray." in result.words[3]
    picture = load_picture("autoencoder")(result.arrays)
    sheet = Figure((picture.width / 100, picture.height / 100)).add_axes((0, 0, 1, 1))
    plot = picture.draw(sheet, theme=LIGHT)
    said = [text.get_text() for text in plot.texts]
    assert said[said.index("descent, ReLU, high rate") + 1] == "astray"
