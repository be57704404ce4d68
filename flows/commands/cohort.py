"""``almanac cohort``: many people's archives, each apart, and one summary that shows nobody."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import AsJson, Filter, HomeZone, Out, Verbose, list_options
from pipeline.errors import SettingsError
from pipeline.settings import Settings, load_settings

if TYPE_CHECKING:
    from flows.cohort_plan import Outcome
    from flows.cohort_run import Member
    from flows.people import People

K = 5

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="A sub-folder for each person, or one archive of each.")
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="How many people at once; else by cores and memory.")
]
Dask = Annotated[
    str | None, typer.Option("--dask", metavar="ADDRESS", help="Run on the Dask cluster of this scheduler.")
]
LeastGroup = Annotated[int, typer.Option("--k", help="How many people each number stands for, 3 or more.")]
Plain = Annotated[bool, typer.Option("--plain", help="Run the same steps without Prefect.")]


def cohort(
    folder: Folder,
    workers: Workers = None,
    dask: Dask = None,
    k: LeastGroup = K,
    home_zone: HomeZone = None,
    subject: Filter = None,
    plain: Plain = False,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Run many people's archives, each apart, and write one page that compares them by number."""
    with end_clearly("cohort", verbose=verbose):
        from flows.as_json import write_json
        from flows.cohort_record import compose_record, list_gone, list_summarised, summarise
        from flows.people import find_people, show_name
        from flows.steps.cohort import check_k
        from flows.writing import explain_write_errors
        from pipeline.tables.files import make_private_folder
        from pipeline.tables.journal import prepare_out
        from pipeline.tables.lock import hold_lock

        if dask and (plain or workers):
            raise SettingsError(
                f"--dask and {'--plain' if plain else '--workers'} were given",
                where="cohort",
                remedy="Give one of the two: a cluster has its own workers, and is reached through Prefect.",
            )
        check_k(k)
        options = list_options(out, home_zone, subject)
        own = load_settings(options)
        place, folder = own.out / "cohort", folder.expanduser().absolute()
        with explain_write_errors(own.out):
            people = find_people(folder, place)
            prepare_out(own.out)
            make_private_folder(place / "people")
            with hold_lock(place):
                members = _judge_all(people, place / "people", own, options)
                done = _run(members, place, workers=workers, dask=dask, plain=plain, verbose=verbose)
                record = compose_record(
                    folder, done, people.passed_over, list_gone(place / "people", members)
                )
                summarise(place, record, list_summarised(done), k=k)
        if as_json:
            typer.echo(write_json(record))
        else:
            _print_end(done, record, place, folder)
        failed = False
        for member, outcome in done:
            if outcome.status in ("failed", "look"):
                words = " ".join(filter(None, (outcome.what, outcome.remedy)))
                typer.echo(f"almanac: {show_name(member.person.name)}: {words}", err=True)
                failed = True
        if failed:
            raise typer.Exit(1)


def _judge_all(people: People, outs: Path, own: Settings, options: dict[str, str]) -> list[Member]:
    """Say of everybody whether a run is wanted, and where."""
    from flows.cohort_run import judge
    from flows.people import name_outs

    names = name_outs([person.name for person in people.persons], [child.name for child in outs.iterdir()])
    return [judge(person, outs / names[person.name], own, options) for person in people.persons]


def _run(
    members: Sequence[Member],
    place: Path,
    *,
    workers: int | None,
    dask: str | None,
    plain: bool,
    verbose: bool,
) -> list[tuple[Member, Outcome]]:
    """Run those who want it, and return everybody with what became of them."""
    from flows.cohort_display import CohortDisplay
    from flows.cohort_plan import Outcome, read_outcome, sweep_plans, write_plan
    from flows.cohort_run import choose_n_workers, run_plan, wait_for_outcomes

    sweep_plans(place)
    todo = [(member, member.line) for member in members if member.line is not None]
    found = {member.out: member.outcome for member in members if member.outcome is not None}
    if todo:
        plan = write_plan(place, [line for _, line in todo], verbose=verbose and dask is None)
        names = [member.person.name for member, _ in todo]
        try:
            with (
                CohortDisplay(names, quiet_terminal=verbose) as display,
                wait_for_outcomes(plan, len(todo), display.hear),
            ):
                n_workers = min(workers or choose_n_workers(), len(todo))
                where = f"on the cluster at {dask}" if dask else f"{n_workers} at once"
                display.say(f"{len(todo)} of {len(members)} to run, {where}.")
                run_plan(
                    plan,
                    len(todo),
                    n_workers=n_workers,
                    dask=dask,
                    plain=plain,
                    verbose=verbose,
                    say=display.say,
                )
            for number, (member, _) in enumerate(todo):
                found[member.out] = read_outcome(plan, number) or Outcome(
                    "failed", "Its outcome was lost.", "Run it again."
                )
        finally:
            sweep_plans(place)
    return [(member, found[member.out]) for member in members]


def _print_end(
    done: Sequence[tuple[Member, Outcome]], record: dict[str, Any], place: Path, folder: Path
) -> None:
    """Print how many came to which end, where the page is, and whom it shows."""
    from collections import Counter

    from flows.cohort_counted import describe_page
    from flows.cohort_record import PAGE
    from flows.people import show_name
    from pipeline.patterns.wording import count_noun

    titles = {"done": "done", "fresh": "with nothing new", "look": "done in part", "failed": "failed"}
    states: Counter[Any] = Counter(outcome.status for _, outcome in done)
    words = ", ".join(f"{states[state]} {title}" for state, title in titles.items() if states[state])
    typer.echo(f"{count_noun(len(done), 'person', 'people')}: {words}.")
    if passed_over := record["passed_over"]:
        names = ", ".join(map(show_name, passed_over))
        typer.echo(f"Passed over, since links and Almanac's own folders are nobody's: {names}.")
    typer.echo(f"Everybody's own report: {place / 'people'}")
    typer.echo(f"The page of all: {place / PAGE}")
    for line in describe_page(record["page"], len(done)):
        typer.echo(line)
    failed = {member.out.name: "their run failed" for member, outcome in done if outcome.status == "failed"}
    for name, why in sorted((record["page"]["left_out"] | failed).items()):
        typer.echo(f"Not counted: {show_name(name)}: {why}.")
    for name in record["gone"]:
        kept = f"tables and report are still in {place / 'people' / show_name(name)}"
        typer.echo(
            f"{show_name(name)}'s archive is gone from {folder}; {kept}. Remove that folder to forget them."
        )
