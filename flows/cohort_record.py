"""``cohort.json``: who took part and what became of each, for whoever runs the cohort and nobody else.

It holds names of folders. The page beside it holds none, and is written anew only when what it stands on
has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flows.as_json import list_figures
from flows.cohort_plan import Outcome
from flows.cohort_run import Member
from pipeline.tables.files import write_atomically
from pipeline.tables.journal import NAME as RUN
from pipeline.tables.journal import almanac_version, read_journal

NAME = "cohort.json"
PAGE = "report/index.html"
SUMMARISED = ("done", "fresh", "look")


def list_summarised(members: Sequence[tuple[Member, Outcome]]) -> list[Path]:
    """List the output folders of those whose tables and answers are up to date."""
    return [member.out for member, outcome in members if outcome.status in SUMMARISED]


def list_gone(outs: Path, members: Sequence[Member]) -> list[str]:
    """Name those whose tables are among ``outs`` and whose archives are not in the folder any more."""
    here = {member.out for member in members}
    children = sorted(outs.iterdir())
    return [child.name for child in children if child not in here and (child / RUN).is_file()]


def compose_record(
    folder: Path,
    members: Sequence[tuple[Member, Outcome]],
    passed_over: Sequence[str],
    gone: Sequence[str] = (),
) -> dict[str, Any]:
    """Return who took part and what became of each, and who is ``gone``, as JSON can hold it."""
    people = [
        {"name": member.person.name, "out": str(member.out), **asdict(outcome)} for member, outcome in members
    ]
    return {
        "almanac": almanac_version(),
        "folder": str(folder),
        "people": people,
        "passed_over": list(passed_over),
        "gone": list(gone),
    }


def summarise(cohort: Path, record: dict[str, Any], outs: Sequence[Path], *, k: int) -> None:
    """Write ``cohort.json`` and, unless it stands on just this already, the page; then what is on it."""
    from flows.cohort_counted import call_roll
    from flows.steps.cohort import write_cohort

    read = _digest(outs, k)
    record["page"] = _read_former(cohort).get("page", {})
    _write_record(cohort, record)
    if record["page"].get("read") == read and (cohort / PAGE).is_file():
        return
    counts = write_cohort(outs, cohort, k=k)
    # A page that stayed as it was stands on something else: the next run looks again.
    roll = call_roll(outs, k, counts.n_people)
    record["page"] = {
        "read": "" if counts.stays else read,
        "counts": list_figures(counts),
        **list_figures(roll),
    }
    _write_record(cohort, record)


def _write_record(cohort: Path, record: dict[str, Any]) -> None:
    """Put ``cohort.json`` in place."""
    # Names of files may hold what UTF-8 cannot say: JSON's own escapes can.
    write_atomically(cohort / NAME, (json.dumps(record, indent=1, default=str) + "\n").encode())


def _read_former(cohort: Path) -> dict[str, Any]:
    try:
        former = json.loads((cohort / NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    return former if isinstance(former, dict) else {}


def _digest(outs: Sequence[Path], k: int) -> str:
    """Hash what the page is made of: everybody's answers, the rule, and the version that makes it."""
    answers = []
    for out in outs:
        steps = read_journal(out).steps
        answers.append([out.name, *(steps[step].files for step in ("patterns",) if step in steps)])
    content = json.dumps([almanac_version(), k, answers], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()
