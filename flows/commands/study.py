"""``almanac study``: the experiments that the models were learned from, beside their published figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import AsJson, Out, Verbose, list_options
from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from models.studies.registry import Entry
    from models.studies.study_data import Slices, StudyData

READER = "perceptron"  # the study that reads a digit of the user's own
OF_SLICES = "autoencoder"  # the study that takes CT slices of the user's own

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Studies; without one, a list.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Where MNIST and Fashion-MNIST lie; or CT slices (DICOM)."),
]
All = Annotated[bool, typer.Option("--all", help="Run every study that can run with the data at hand.")]
Digit = Annotated[
    Path | None, typer.Option("--digit", metavar="FILE", help="A digit of your own, for perceptron to read.")
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="The same seed gives the same figures, but for times.")
]


def study(
    names: Names = None,
    data: Data = None,
    digit: Digit = None,
    every: All = False,
    seed: Seed = 0,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Run published experiments again, beside their figures, with pictures; without a name, list them."""
    with end_clearly("study", verbose=verbose):
        from flows.as_json import write_json
        from flows.study_words import describe_entry
        from models.studies.registry import list_studies
        from models.studies.study_data import StudyData

        if names and every:
            raise SettingsError(
                "Both names and --all were given", where="study", remedy="Give one of the two."
            )
        folder = _find_folder(data)
        found = StudyData(folder, _read_digit(digit, names, every=every), _read_slices(folder, names))
        if not names and not every:
            lines = [describe_entry(entry, ready=found.holds(entry.needs)) for entry in list_studies()]
            typer.echo(write_json(lines) if as_json else _lay_out_list(lines))
            return
        done = _run_all(_choose(names, found), found, seed, out, verbose=verbose, as_json=as_json)
        if as_json:
            typer.echo(write_json(done))


def _run_all(
    chosen: list[Entry], data: StudyData, seed: int, out: Path | None, *, verbose: bool, as_json: bool
) -> list[dict[str, Any]]:
    """Run studies one after the other, each printed as it ends; return their figures."""
    from flows.display import open_display
    from flows.steps.study import study as run_study
    from flows.stopping import check_stop
    from flows.study_words import lay_out, list_result
    from flows.writing import explain_write_errors
    from pipeline.settings import load_settings
    from pipeline.tables.journal import prepare_out

    place = load_settings(list_options(out, home_zone="UTC")).out
    with explain_write_errors(place):
        prepare_out(place)
    done = []
    for entry in chosen:
        with open_display(quiet_terminal=verbose) as display:
            display.begin("study")

            def tell(so_far: int, of: int, name: str = entry.name) -> None:
                check_stop()
                display.tell(name, so_far, of)

            with explain_write_errors(place):
                ended = run_study(place, entry, data, seed=seed, tell=tell)
            display.end("study", ended, ended.seconds)
        done.append(list_result(ended))
        if not as_json:
            typer.echo("\n".join(lay_out(ended)))
    return done


def _choose(names: list[str] | None, data: StudyData) -> list[Entry]:
    """Return the studies that are named, or all that can run; say of the others what they need."""
    from models.studies.registry import find_entry, list_studies

    if names:
        chosen = [find_entry(name) for name in names]
        for entry in chosen:
            if not data.holds(entry.needs):
                data.images(entry.needs)  # says what is missing, and where to get it
        return chosen
    for entry in list_studies():
        if not data.holds(entry.needs):
            typer.echo(
                f"almanac study: {entry.name} is left out: it needs --data with {entry.needs}.", err=True
            )
    return [entry for entry in list_studies() if data.holds(entry.needs)]


def _read_digit(digit: Path | None, names: list[str] | None, *, every: bool) -> Any:
    """Return the drawing as MNIST has its digits. Raises ``SettingsError`` where no study would read it."""
    if digit is None:
        return None
    if READER not in (names or ()) and not every:
        raise SettingsError(
            "--digit was given, and no study that reads it",
            where="study",
            remedy=f"Name that one: almanac study {READER} --data DIR --digit FILE.",
        )
    from flows.own_digit import read_digit

    return read_digit(digit.expanduser())


def _read_slices(folder: Path | None, names: list[str] | None) -> Slices | None:
    """Return the CT slices in the folder, where the study that takes them is named.

    Raises ``SettingsError`` where there are none, and no other study was to find its pictures there.
    """
    from models.studies.registry import find_entry

    chosen = [find_entry(name) for name in names or ()]
    if folder is None or OF_SLICES not in [entry.name for entry in chosen]:
        return None
    from flows.own_slices import read_slices

    slices = read_slices(folder)
    if slices is None and not any(entry.needs for entry in chosen):
        raise SettingsError(
            "There is no DICOM file in this folder, nor below it",
            where=str(folder),
            remedy=f"Name one with CT slices, or leave --data away: {OF_SLICES} then invents its slices.",
        )
    if slices is not None and slices.left:
        typer.echo(f"almanac study: {OF_SLICES} leaves out {slices.left}.", err=True)
    return slices


def _find_folder(data: Path | None) -> Path | None:
    if data is None:
        return None
    folder = data.expanduser()
    if not folder.is_dir():
        raise SettingsError(
            "There is no such folder", where=str(folder), remedy="Name the folder that the pictures lie in."
        )
    return folder


def _lay_out_list(lines: list[dict[str, Any]]) -> str:
    wide = max(len(line["name"]) for line in lines)
    rows = [
        f"{line['name']:<{wide}}  {line['about']}"
        + ("" if line["ready"] else f" (needs --data with {line['needs']})")
        for line in lines
    ]
    return "\n".join([*rows, "", "almanac study NAME runs one, almanac study --all every one that can run."])
