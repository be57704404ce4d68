"""What each picture is drawn from, as a digest: one whose digest is as it was is not drawn again.

A digest is of the data themselves, as far as the picture shows them, of Almanac's version and of the
packages': never of when or from which archive the data came.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.patterns.coverage import pack_coverage
from pipeline.patterns.finding import pack_finding
from pipeline.tables.files import sha256_of
from pipeline.tables.journal import StepRecord, almanac_version
from pipeline.tables.run_lines import PieceRecord
from pipeline.tables.versions import list_versions

if TYPE_CHECKING:
    from flows.painters import Piece
    from flows.work.result import Belief, WorkResult
    from pipeline.patterns.answer import Answer
    from pipeline.patterns.coverage import Coverage
    from pipeline.patterns.year_page import YearPage


def list_standing(
    out: Path, record: StepRecord | None, digests: Mapping[Piece, str]
) -> dict[Piece, PieceRecord]:
    """Return the last run's pieces that are drawn from the same, and whose files are as it wrote them."""
    if record is None:
        return {}
    pieces = ((piece, record.pieces.get(say_piece(piece)), digest) for piece, digest in digests.items())
    return {
        piece: former
        for piece, former, digest in pieces
        if former and former.read == digest and _are_whole(out, record, former.files)
    }


def say_piece(piece: Piece) -> str:
    """Return the name of a piece in ``run.json``."""
    return f"{piece.name} {piece.year}" if piece.year else piece.name


def digest_sources(sources: Any) -> str:
    """Return the digest of what a picture is drawn from (JSON values, records, frames) and with."""
    made_with = [almanac_version(), list_versions()]
    return hashlib.sha256(json.dumps([made_with, sources], sort_keys=True).encode()).hexdigest()


def describe_answer(folder: Path, name: str, answer: Answer, coverage: Coverage) -> list[Any]:
    """Return what an answer's picture is drawn from; its tables lie in ``folder``."""
    from flows.steps.patterns import find_table

    tables = {part: sha256_of(find_table(folder, name, part)) for part in answer.frames}
    return [tables, pack_finding(answer.finding), pack_coverage(coverage)]


def describe_results(results: Iterable[WorkResult], coverage: Coverage) -> list[Any]:
    """Return what the pictures of these models are drawn from."""
    from flows.work.result import write_result

    return [[write_result(result).decode() for result in results], pack_coverage(coverage)]


def describe_beliefs(beliefs: Iterable[Belief], coverage: Coverage) -> list[Any]:
    """Return what the picture of what a model believes is drawn from."""
    return [list(map(list, beliefs)), pack_coverage(coverage)]


def describe_cloud(words: pd.DataFrame, coverage: Coverage) -> list[Any]:
    """Return what the cloud of one year is drawn from."""
    return [describe_frame(words), pack_coverage(coverage)]


def describe_year(page: YearPage) -> list[Any]:
    """Return what the sheet of one year is drawn from."""
    values = {field.name: getattr(page, field.name) for field in fields(page)}
    frames = {
        name: describe_frame(value) for name, value in values.items() if isinstance(value, pd.DataFrame)
    }
    others = {name: str(value) for name, value in values.items() if name not in {*frames, "coverage"}}
    return [frames, others, pack_coverage(page.coverage)]


def describe_frame(frame: pd.DataFrame) -> list[Any]:
    """Return a frame's columns, types and values."""
    return [frame.dtypes.astype(str).to_dict(), frame.to_csv(index=False)]


def _are_whole(out: Path, record: StepRecord, names: Iterable[str]) -> bool:
    return all(
        name in record.files and (out / name).is_file() and sha256_of(out / name) == record.files[name]
        for name in names
    )
