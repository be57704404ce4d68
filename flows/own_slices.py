"""CT slices of one's own, from DICOM files, in the form that the study of the auto-encoder has.

A slice is grey by its Hounsfield units: air (−1000) is 0, water (0) a half, bone from 1000 on is 1, as in the
study's invented body; means of blocks bring it to 32 × 32. Slices that lie side by side are nearly one
picture: those to score by are other patients', or, of one patient, the fifth of each scan that lies nearest
the head, and what lies within 2 cm of them is left out. Of a file's header only what this needs is read, and
nothing of it is handed on, written or printed.

Reference: NEMA PS3.3, *DICOM: Information Object Definitions*, C.7.6.2 (image plane), C.8.2.1 (CT image).
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from flows.stopping import check_stop
from models.studies.study_data import Slices
from models.types import Array
from pipeline.errors import SettingsError

SIDE = 32
LOWEST, HIGHEST = -1000, 1000  # Hounsfield units that are black and white
LEAST_LEARNED, LEAST_SCORED = 50, 10
MOST_LEARNED, MOST_SCORED = 1000, 100
SHARE, APART = 0.2, 20.0  # of a scan or of all slices, to score by; millimetres between both kinds
MOST_PIXELS = 4096  # in a row
MAGIC_AT, MAGIC = 128, b"DICM"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"  # one slice to a file; not a scout's report, not a screen shot
NEEDED = (
    *("SOPClassUID", "PatientID", "FrameOfReferenceUID", "ImagePositionPatient"),
    *("ImageOrientationPatient", "ImageType"),
    *("RescaleSlope", "RescaleIntercept", "SamplesPerPixel", "PhotometricInterpretation", "Rows", "Columns"),
    *("BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "NumberOfFrames", "PixelData"),
)
NOT_DICOM, DAMAGED, NOT_CT = "called .dcm and not DICOM", "damaged", "no single axial CT slice"
NO_PIXELS, NO_SCALE, COMPRESSED = "without pixels", "without a scale or a place", "compressed as"
UPRIGHT = 0.9  # of 1: how nearly a slice lies across the body
REMEDIES = {
    NOT_DICOM: "Give the files of a scan as a hospital hands them out.",
    DAMAGED: "Copy them again.",
    NOT_CT: "Give CT slices across the body as the scanner made them, one to a file.",
    NO_PIXELS: "Give the pictures too, not their headers alone.",
    NO_SCALE: "Give CT slices as the scanner made them, with Hounsfield units and positions.",
    COMPRESSED: "Write them without compression, such as by gdcmconv --raw.",
}


class _Slice(NamedTuple):
    """What is kept of a file until all are parted."""

    patient: str
    scan: str
    height: float  # millimetres towards the head
    grey: Array  # (32, 32)


class _LeftOutError(Exception):
    """A file that cannot be used, and why."""


def read_slices(folder: Path) -> Slices | None:
    """Return the CT slices in a folder and those below it, parted for learning and scoring.

    ``None`` where no file looks like DICOM. Raises ``SettingsError`` where pydicom is missing, where nothing
    can be used, and where it is too little.
    """
    files, n_others = _find_files(folder)
    left = Counter({NOT_DICOM: n_others}) if n_others else Counter()
    if not files and not left:
        return None
    if files and find_spec("pydicom") is None:
        raise SettingsError(
            "These are DICOM files, and pydicom is not installed",
            where=str(folder),
            remedy="Install it: pip install 'takeout-almanac[dicom]'.",
        )
    found = []
    for path in files:
        check_stop()
        try:
            found.append(_read_file(path))
        except _LeftOutError as error:
            left[str(error)] += 1
    if not found:
        first = max(left, key=lambda why: left[why])
        raise SettingsError(
            f"None of these files can be used: {_tell_left(left)}",
            where=str(folder),
            remedy=next(remedy for why, remedy in REMEDIES.items() if first.startswith(why)),
        )
    return _part(found, left, folder)


def _find_files(folder: Path) -> tuple[list[Path], int]:
    """Return the files that begin as DICOM does, by name, and how many are only called so."""
    found, n_others = [], 0
    for place, _, names in os.walk(folder):
        check_stop()
        for path in (Path(place, name) for name in names):
            if _looks_like_dicom(path):
                found.append(path)
            elif path.suffix.lower() == ".dcm":
                n_others += 1
    return sorted(found), n_others


def _looks_like_dicom(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(MAGIC_AT + len(MAGIC))[MAGIC_AT:] == MAGIC
    except OSError:
        return False


def _read_file(path: Path) -> _Slice:
    """Return the slice in a file. Raises ``_LeftOutError``, which quotes nothing of the file."""
    from pydicom import dcmread

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they quote the header
        try:
            content = dcmread(path, specific_tags=list(NEEDED))
            _check_kind(content)
            return _Slice(*_read_place(content), _read_grey(content))
        except _LeftOutError:
            raise
        except Exception:  # pydicom raises whatever it trips over
            raise _LeftOutError(DAMAGED) from None


def _check_kind(content: Any) -> None:
    """Raise ``_LeftOutError`` where a file holds no axial slice."""
    if content.get("SOPClassUID") != CT_IMAGE or "LOCALIZER" in (content.get("ImageType") or ()):
        raise _LeftOutError(NOT_CT)
    if not content.get("PixelData"):
        raise _LeftOutError(NO_PIXELS)
    if content.Rows != content.Columns or not SIDE <= content.Rows <= MOST_PIXELS:
        raise _LeftOutError(NOT_CT)


def _read_place(content: Any) -> tuple[str, str, float]:
    """Return whose slice it is, of which scan, and how far up."""
    position = content.get("ImagePositionPatient")
    lies = content.get("ImageOrientationPatient")  # the directions of a row and of a column
    if not (position and lies) or None in (content.get("RescaleSlope"), content.get("RescaleIntercept")):
        raise _LeftOutError(NO_SCALE)
    if abs(lies[0] * lies[4] - lies[1] * lies[3]) < UPRIGHT:
        raise _LeftOutError(NOT_CT)
    return str(content.get("PatientID", "")), str(content.get("FrameOfReferenceUID", "")), float(position[2])


def _read_grey(content: Any) -> Array:
    """Return the slice as grey from 0 to 1, (32, 32)."""
    syntax = content.file_meta.TransferSyntaxUID
    if not _can_decode(syntax):
        name = "" if syntax.is_private else syntax.name.partition(",")[0].partition(" (")[0]
        raise _LeftOutError(f"{COMPRESSED} {name or 'nobody else does'}")
    units = content.pixel_array * float(content.RescaleSlope) + float(content.RescaleIntercept)
    if units.shape != (content.Rows, content.Columns):
        raise _LeftOutError(NOT_CT)
    return take_means(np.clip((units - LOWEST) / (HIGHEST - LOWEST), 0, 1))


def _can_decode(syntax: Any) -> bool:
    from pydicom.pixels.decoders.base import get_decoder

    try:
        return not syntax.is_compressed or bool(get_decoder(syntax).is_available)
    except (NotImplementedError, ValueError):  # a way that pydicom has no decoder for, or a maker's own
        return False


def take_means(picture: Array) -> Array:
    """Return a square picture as 32 × 32 means; a pixel between two blocks counts for each by its part."""
    n = len(picture)
    edges = np.arange(SIDE + 1) * (n / SIDE)
    upper, lower = edges[1:, None], edges[:-1, None]
    parts = np.clip(np.minimum(upper, np.arange(1, n + 1)) - np.maximum(lower, np.arange(n)), 0, 1)
    parts /= parts.sum(axis=1, keepdims=True)
    means: Array = parts @ picture @ parts.T
    return means


def _part(found: list[_Slice], left: Counter[str], folder: Path) -> Slices:
    """Part the slices by patient or along the body, whichever leaves enough of both kinds."""
    sizes = []
    for part, told in ((_part_by_patient, "other patients"), (_part_by_height, "the end nearest the head")):
        is_learned, is_scored = part(found)
        sizes.append((int(is_learned.sum()), int(is_scored.sum())))
        if sizes[-1][0] >= LEAST_LEARNED and sizes[-1][1] >= LEAST_SCORED:
            learned, scored = (
                _stack(found, is_learned, MOST_LEARNED),
                _stack(found, is_scored, MOST_SCORED),
            )
            return Slices(learned, scored, told, _tell_left(left))
    raise SettingsError(
        f"Too few CT slices: {sizes[-1][0]} to learn from, {sizes[-1][1]} to score by"
        + (f"; left out: {_tell_left(left)}" if left else ""),
        where=str(folder),
        remedy=f"Give whole scans: {LEAST_LEARNED} and {LEAST_SCORED} are needed, "
        f"{APART / 10:g} cm from each other.",
    )


def _part_by_patient(found: list[_Slice]) -> tuple[Array, Array]:
    """Return which slices are learned, which scored: those of the patients who have the fewest."""
    counts = Counter(each.patient for each in found)
    scored: set[str] = set()
    for patient, _ in sorted(counts.items(), key=lambda item: (item[1], item[0]))[:-1]:
        if sum(counts[each] for each in scored) < SHARE * len(found):
            scored.add(patient)
    is_scored = np.array([each.patient in scored for each in found])
    return ~is_scored, is_scored


def _part_by_height(found: list[_Slice]) -> tuple[Array, Array]:
    """Return which slices are learned, which scored, by their height in each scan."""
    heights = np.array([each.height for each in found])
    scans = [(each.patient, each.scan) for each in found]
    is_learned, is_scored = np.zeros((2, len(found)), bool)
    for scan in set(scans):
        its = np.array([each == scan for each in scans])
        border = np.quantile(heights[its], 1 - SHARE)
        is_scored |= its & (heights > border)
        is_learned |= its & (heights <= border - APART)
    return is_learned, is_scored


def _stack(found: list[_Slice], chosen: Array, most: int) -> Array:
    """Return the chosen slices by patient, scan and height, at most so many, evenly taken."""
    places = sorted(np.flatnonzero(chosen), key=lambda k: found[k][:3])
    kept = np.linspace(0, len(places) - 1, min(most, len(places))).round().astype(int)
    return np.stack([found[places[k]].grey for k in kept])[..., None].astype(np.float32)


def _tell_left(left: Counter[str]) -> str:
    """Say how many files are left out, and why."""
    return ", ".join(f"{n:,} {why}" for why, n in sorted(left.items(), key=lambda item: -item[1]))
