"""Which people of a cohort want a run, and how all of these get one, with Prefect or plainly.

The folder of the cohort has a lock of its own, and so has each person's: a cohort beside a run of the
owner's own tables is nobody's harm.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from flows.cohort_plan import Line, Outcome, read_outcome, write_outcome
from flows.people import Person, find_archives_of
from flows.person import PersonFailedError, describe_failure, run_person
from flows.prefect_home import enter_prefect_home, find_prefect_home, prepare_environment
from flows.prefect_server import PrefectServer, ServerDidNotStartError
from pipeline.errors import AlmanacError, SettingsError, StoreError
from pipeline.settings import Settings, load_settings
from pipeline.tables.journal import Journal, read_journal

BEAT_SECONDS = 1.0
MEMORY_PER_PERSON = 1 << 30

Hear = Callable[[int, Outcome], None]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Member:
    """A person with the folder of their tables; ``line`` is the run that is wanted, else ``outcome`` is."""

    person: Person
    out: Path
    line: Line | None = None
    outcome: Outcome | None = None


def judge(person: Person, out: Path, own: Settings, options: Mapping[str, str]) -> Member:
    """Say whether a person wants a run. A fault in what is theirs is their outcome, and nobody else's.

    ``own``: the settings of whoever runs the cohort, ``options`` what was given on the command line.
    """
    try:
        settings = settle_person(person, out, own, options)
        archives = find_archives_of(person, own.out / "cohort")
        journal = read_journal(out)
        _refuse_another(journal, person, archives, out)
        if fresh := _recall(archives, settings, journal):
            return Member(person, out, outcome=fresh)
    except Exception as error:
        return Member(person, out, outcome=describe_failure(error))
    return Member(person, out, line=Line(tuple(map(str, archives)), settings))


def settle_person(person: Person, out: Path, own: Settings, options: Mapping[str, str]) -> Settings:
    """Settle a person's settings: where home is, and which days are free, may stand in their sub-folder.

    All else is as for everybody: one page compares them.
    """
    folder = person.folder
    place = folder if folder is not None and (folder / "almanac.toml").is_file() else own.out
    theirs = load_settings({**options, "out": str(place)}, recall=lambda _: read_journal(out).home_zone)
    return replace(
        own,
        out=out,
        home_zone=theirs.home_zone,
        weekend=theirs.weekend,
        first_weekday=theirs.first_weekday,
        free_days=theirs.free_days,
    )


def _recall(archives: Sequence[Path], settings: Settings, journal: Journal) -> Outcome | None:
    """Return the outcome of a person whose tables and report hold all this already."""
    from flows.commands.failing import list_looks
    from flows.freshness import nothing_new

    if not nothing_new([str(path) for path in archives], settings):
        return None
    looks = list_looks(settings)
    rows = int(journal.steps["ingest"].counts.get("rows", 0))
    return Outcome("look" if looks else "fresh", " ".join(looks), rows=rows)


def _refuse_another(journal: Journal, person: Person, archives: Sequence[Path], out: Path) -> None:
    """Raise a ``StoreError`` where the tables of this name are somebody's of another class."""
    from pipeline.tables.known import find_known

    home = person.folder or person.loose[0].parent
    if not journal.inputs or any(Path(archive.path).is_relative_to(home) for archive in journal.inputs):
        return
    if not any(find_known(journal, path) for path in archives):
        raise StoreError(
            "The tables of this name were made of archives in another folder, and none of those is here",
            where=str(out),
            remedy="Use another --out for other people; for the same person, give an archive of then too.",
        )


def choose_n_workers() -> int:
    """Return how many people this machine can run at once, by its cores and its free memory."""
    import psutil

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, psutil.virtual_memory().available // MEMORY_PER_PERSON))


@contextmanager
def wait_for_outcomes(plan: Path, n_people: int, hear: Hear) -> Iterator[None]:
    """Keep the plan's time moving, and ``hear`` of each outcome once, when it is there.

    At the end the plan is removed: whatever is still at work on it ends.
    """
    heard, over = set[int](), threading.Event()

    def look() -> None:
        for number in range(n_people):
            if number not in heard and (outcome := read_outcome(plan, number)) is not None:
                heard.add(number)
                with suppress(Exception):  # a terminal that is gone stops nobody's run
                    hear(number, outcome)

    def beat() -> None:
        while not over.wait(BEAT_SECONDS):
            with suppress(OSError):
                os.utime(plan)
            look()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        plan.unlink(missing_ok=True)
        look()


def run_plan(
    plan: Path, n_people: int, *, n_workers: int, dask: str | None, plain: bool, verbose: bool, say: Say
) -> None:
    """Run every line of a plan; what became of each stands beside it.

    Where Prefect is not to be had, ``say`` hears so and the runs go on without; but Dask is only reached
    through it. Raises ``SettingsError`` where Dask or, for it, Prefect cannot be used.
    """
    trouble = None if plain else _run_with_prefect(plan, n_people, n_workers, dask, verbose=verbose)
    missing = [number for number in range(n_people) if read_outcome(plan, number) is None]
    if dask is not None:
        for number in missing:
            write_outcome(plan, number, Outcome("failed", *_describe_dask(trouble)))
    elif plain or trouble is not None:
        if trouble is not None:
            say(f"Prefect could not be used ({trouble}): going on without it.")
        _run_plainly(plan, missing, n_workers)


def _run_with_prefect(
    plan: Path, n_people: int, n_workers: int, dask: str | None, *, verbose: bool
) -> str | None:
    """Run the flow; return what was wrong with Prefect or Dask, if anything was."""
    cohort = plan.parents[1]
    server = None
    try:
        prepare_environment(cohort, verbose=verbose)
        with ExitStack() as stack:
            hand_out = None
            if dask is not None:
                from flows.dask_workers import open_cluster

                hand_out = stack.enter_context(open_cluster(dask, plan))
            stack.enter_context(enter_prefect_home(cohort))
            server = PrefectServer(cohort)
            stack.callback(server.stop)
            server.start()
            from flows.cohort import run_flow

            server.wait_until_ready()
            if hand_out is not None:
                hand_out()
            return run_flow(plan, range(n_people), n_workers=n_workers, dask=dask)
    except AlmanacError:
        raise
    except ServerDidNotStartError as error:
        if dask is not None:
            raise SettingsError(
                "Prefect did not start, and without it Dask is not reached",
                where=str(find_prefect_home(cohort) / "server.log"),
                remedy="See there what is wrong; or run it without --dask.",
            ) from error
        return type(error).__name__
    except Exception as error:
        return type(error).__name__


def _describe_dask(trouble: str | None) -> tuple[str, str]:
    return f"Dask did not come to an end with it ({trouble or 'no outcome'}).", (
        "Look whether the workers are well and have memory enough; then run it again."
    )


def _run_plainly(plan: Path, numbers: Sequence[int], n_workers: int) -> None:
    """Run these lines of a plan without Prefect, ``n_workers`` at a time."""

    def run(number: int) -> None:
        with suppress(PersonFailedError):  # its outcome says so
            run_person(number, plan)

    with ThreadPoolExecutor(n_workers) as pool:
        try:
            for future in [pool.submit(run, number) for number in numbers]:
                future.result()
        except BaseException:  # Ctrl-C too: without a plan the processes end
            plan.unlink(missing_ok=True)
            raise
