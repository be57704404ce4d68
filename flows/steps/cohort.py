"""Many people's patterns → one page of their numbers, by the k-rule; read one person at a time.

``entered.json``, beside the page's folder and private, keeps what the pages so far have shown of whom, as
digests: of a person's folder name, and of their numbers. It is written before the page, so that a kill in
between never leaves a page that it does not know, and a page of people without it is an error.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import SettingsError, StoreError
from pipeline.tables.progress import Tell, silent

if TYPE_CHECKING:
    from pipeline.patterns.cohort_book import Cohort
    from pipeline.patterns.cohort_cells import History, Seen
    from pipeline.patterns.cohort_people import Person
    from pipeline.report.contents import Drawing

PAGE, ENTERED = "report/index.html", "entered.json"
LEAST_K = 3  # of two, mean and interval give both
VERSION = 2


@dataclass(frozen=True, slots=True)
class CohortCounts:
    """What the page shows: ``n_people`` and ``n_groups`` are 0 where it shows nobody.

    ``stays`` says in one line why the page was left as it was, and what to do; '' where it was written.
    """

    page: Path
    k: int
    n_people: int = 0
    n_groups: int = 0
    n_numbers: int = 0
    stays: str = ""


def write_cohort(outs: Sequence[Path], out: Path, *, k: int, tell: Tell = silent) -> CohortCounts:
    """Write ``report/index.html`` below ``out`` from the people's folders, as far as the k-rule allows.

    A folder without patterns is left out. Raises ``SettingsError`` for a k under 3, ``StoreError`` where
    what earlier pages showed is missing beside a page of people, or cannot be read.
    """
    check_k(k)
    from pipeline.patterns.cohort_book import count_cohort
    from pipeline.patterns.cohort_people import keep_commonest, merge_alike
    from pipeline.report.cohort import build_cohort_page, build_waiting_page
    from pipeline.tables.files import make_private_folder

    merged = keep_commonest(merge_alike(_measure_people(outs, tell)))
    people = [replace(person, name=_digest_name(person.name)) for person in merged]
    page, entered = out / PAGE, out / ENTERED
    make_private_folder(page.parent)
    known, known_k = _read_history(entered, page) if page.exists() else ({}, k)
    if len(people) < k:
        _write_page(page, build_waiting_page(k))
        return CohortCounts(page, k)
    cohort = count_cohort(people, known, k)
    if cohort is None:
        stays = _say_stays(page, known, k, asked_for_more=known_k < k)
        if known_k < k:  # what stands there is of fewer people than are asked for now
            _write_page(page, build_waiting_page(k))
        return CohortCounts(page, k, stays=stays)
    tell("drawing the people", 0, 1)
    content = build_cohort_page(cohort, _draw(cohort))
    _write_history(entered, cohort.history, k)
    _write_page(page, content)
    tell("drawing the people", 1, 1)
    return CohortCounts(page, k, cohort.n_people, cohort.n_groups, len(cohort.shown))


def check_k(k: int) -> None:
    """Raise a ``SettingsError`` for a k that would show single people."""
    if k < LEAST_K:
        why = "of two, a mean and its interval give both" if k == 2 else "a number would be one person's"
        raise SettingsError(
            f"A k of {k} would hide nobody: {why}",
            where="--k",
            remedy=f"Give {LEAST_K} or more; 5 are usual.",
        )


def measure_out(out: Path) -> Person | None:
    """Read one person's part from their folder; ``None`` where there are no patterns, or too little."""
    import pandas as pd

    from flows.steps.patterns import FOLDER, STEP
    from pipeline.patterns.cohort_people import NEEDED, measure_person
    from pipeline.patterns.coverage import unpack_coverage
    from pipeline.tables.journal import read_journal, require_finished

    folder = out / FOLDER
    try:
        require_finished(read_journal(out), STEP, where=out)
        coverage = unpack_coverage(json.loads((folder / "coverage.json").read_bytes()))
        frames = {
            name: pd.read_parquet(path, columns=list(columns))
            for name, columns in NEEDED.items()
            if (path := folder / f"{name}.parquet").is_file()
        }
        return measure_person(out.name, frames, coverage)
    except (StoreError, OSError, ValueError, KeyError, TypeError):
        return None  # who failed is said where their archive was read


def _measure_people(outs: Sequence[Path], tell: Tell) -> Iterator[Person]:
    for done, out in enumerate(sorted(outs)):
        tell("reading the people", done, len(outs))
        if (person := measure_out(out)) is not None:
            yield person


def _digest_name(name: str) -> str:
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()


def _draw(cohort: Cohort) -> dict[str, Drawing]:
    from pipeline.charts.cohort import draw_cohort
    from pipeline.report.contents import Drawing

    forms = {name: draw_cohort(name, answer) for name, answer in cohort.answers.items()}
    return {name: Drawing(**drawn) for name, drawn in forms.items() if drawn}


def _say_stays(page: Path, known: History, k: int, *, asked_for_more: bool) -> str:
    """Say why there is no new page, by what is to be seen now and what was before."""
    from pipeline.patterns.cohort_cells import ABSENT
    from pipeline.report.cohort import shows_people

    n_last = sum(seen.cells[-1] != ABSENT for seen in known.values())
    if not shows_people(page.read_bytes()):
        what = (
            f"The page goes on showing nobody. An earlier page of {n_last} people may have been seen, and "
            f"beside that a new one would tell of fewer than {k}. If nobody has seen the earlier one"
        )
    elif asked_for_more:
        what = (
            f"The earlier page showed fewer than {k} people together, and is emptied. If nobody has seen it"
        )
    else:
        what = (
            f"The page stays as it was, of {n_last} people: beside it a new one would tell of fewer than {k} "
            "people. If nobody has seen it"
        )
    return f"{what}, remove {page} and run this again."


def _write_page(page: Path, content: str) -> None:
    from pipeline.tables.files import write_atomically

    write_atomically(page, content.encode())


def _write_history(path: Path, history: History, k: int) -> None:
    from pipeline.tables.files import write_atomically

    kept = {name: asdict(seen) for name, seen in sorted(history.items())}
    content = {"version": VERSION, "k": k, "people": kept}
    write_atomically(path, (json.dumps(content, indent=1) + "\n").encode())


def _read_history(path: Path, page: Path) -> tuple[History, int]:
    """Return what all pages up to this one have shown, and the k of the last."""
    from pipeline.report.cohort import shows_people

    if not path.exists():
        if not shows_people(page.read_bytes()):
            return {}, LEAST_K
        raise StoreError(
            "A cohort page shows people, and what it has shown of whom is missing",
            where=str(path),
            remedy=f"Put it back from a copy. If nobody has seen the page, remove {page} and run this again.",
        )
    try:
        content = json.loads(path.read_bytes())
        if content["version"] != VERSION:
            raise ValueError("another version")
        people = {name: _unpack_seen(seen) for name, seen in content["people"].items()}
        if len({len(row) for seen in people.values() for row in (seen.cells, *seen.numbers.values())}) > 1:
            raise ValueError("not everybody has just as many pages")
        return people, int(content["k"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            "What the earlier cohort pages showed cannot be read",
            where=str(path),
            remedy="If nobody has seen them, remove it and the page in report/, and run this again.",
        ) from error


def _unpack_seen(content: dict[str, Any]) -> Seen:
    from pipeline.patterns.cohort_cells import Seen

    numbers = {measure: tuple(map(str, digests)) for measure, digests in content["numbers"].items()}
    return Seen(tuple(map(int, content["cells"])), numbers, int(content["group"]))
