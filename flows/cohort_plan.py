"""What is to be done for each person, and what became of it, on paper that only the owner can read.

The plan lies in a private folder of its own run. Who runs one of its lines gets the file's path and a
number, and writes what became of it beside the plan: so neither Prefect nor Dask learns a name. While the
plan is there and its time moves on, somebody waits for the outcomes; without it nothing goes on.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pipeline.settings import FreeSpan, Settings, ZoneSpan
from pipeline.tables.files import TEMPORARY, make_private_folder, remove, write_atomically

FOLDER = f"{TEMPORARY}cohort-"
PLAN = "plan.json"

Status = Literal["done", "fresh", "look", "failed"]


@dataclass(frozen=True, slots=True)
class Line:
    """One person's run: the archives, and the settings with the person's own output folder."""

    archives: tuple[str, ...]
    settings: Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a person's run: ``look`` is done, but only in part: look at what it says."""

    status: Status
    what: str = ""  # the fault
    remedy: str = ""
    rows: int = 0  # of the person's table
    new_rows: int = 0
    seconds: dict[str, float] = field(default_factory=dict)  # of each step


def write_plan(cohort: Path, lines: Sequence[Line], *, verbose: bool) -> Path:
    """Write the plan of a run into ``cohort``, and return where it is: no other run's was ever there.

    Who may still be at work on what an earlier run left must not write into this one's outcomes.
    """
    path = make_private_folder(cohort / f"{FOLDER}{secrets.token_hex(6)}") / PLAN
    people = [{"archives": line.archives, "settings": pack_settings(line.settings)} for line in lines]
    # Names of files may hold what UTF-8 cannot say: JSON's own escapes can.
    write_atomically(path, json.dumps({"verbose": verbose, "people": people}).encode())
    return path


def sweep_plans(cohort: Path) -> None:
    """Remove the plans of runs that are over, and the outcomes beside them."""
    for folder in cohort.glob(f"{FOLDER}*"):
        remove(folder)


def read_line(plan: Path, number: int) -> tuple[Line, bool]:
    """Return line ``number`` of a plan, and whether its tracebacks may be shown; raises ``OSError``."""
    written = json.loads(plan.read_bytes())
    person = written["people"][number]
    return Line(tuple(person["archives"]), unpack_settings(person["settings"])), written["verbose"]


def write_outcome(plan: Path, number: int, outcome: Outcome) -> None:
    """Write what became of line ``number``."""
    write_atomically(_name_outcome(plan, number), json.dumps(asdict(outcome)).encode())


def read_outcome(plan: Path, number: int) -> Outcome | None:
    """Return what became of line ``number``; ``None`` where nothing has yet."""
    try:
        return Outcome(**json.loads(_name_outcome(plan, number).read_bytes()))
    except FileNotFoundError:
        return None


def _name_outcome(plan: Path, number: int) -> Path:
    return plan.with_name(f"{number}.json")


def pack_settings(settings: Settings) -> dict[str, Any]:
    """Return settings as JSON can hold them: whoever unpacks them asks neither variables nor TOML again."""
    packed = asdict(settings)
    packed["out"] = str(settings.out)
    packed["home_zone"] = [[since and since.isoformat(), zone] for since, zone in settings.home_zone]
    packed["free_days"] = [[day.isoformat() for day in span] for span in settings.free_days]
    return packed


def unpack_settings(packed: Mapping[str, Any]) -> Settings:
    """Return what ``pack_settings`` was given."""
    zones = [
        ZoneSpan(date.fromisoformat(since) if since else None, zone) for since, zone in packed["home_zone"]
    ]
    spans = [FreeSpan(*map(date.fromisoformat, span)) for span in packed["free_days"]]
    return Settings(
        **{
            **packed,
            "out": Path(packed["out"]),
            "home_zone": tuple(zones),
            "weekend": tuple(packed["weekend"]),
            "free_days": tuple(spans),
        }
    )
