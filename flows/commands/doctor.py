"""``almanac doctor``: what this installation and these tables look like, without a word of content."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import AsJson, HomeZone, Out, Verbose, list_options, settle

Check = Annotated[
    bool, typer.Option("--check", help="Compare every file with the checksum that run.json has of it.")
]
MOST_NAMED = 10
BYTES, IN_BYTES = " bytes", " in bytes"  # how --json names what people read in MB and GB
UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def doctor(
    check: Check = False,
    home_zone: HomeZone = None,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Show versions, fonts, sizes, what was left behind and which steps are up to date."""
    with end_clearly("doctor", verbose=verbose):
        from flows.as_json import write_json
        from flows.doctor import examine
        from flows.upkeep import check_files
        from pipeline.tables.journal import read_journal

        settings, _ = settle(list_options(out, home_zone))
        findings = examine(settings)
        checked = check_files(settings.out, read_journal(settings.out)) if check else {}
        if as_json:
            typer.echo(write_json({**findings, **({"Files": checked} if check else {})}))
        else:
            print_findings(findings)
            print_checked(checked)
        if checked.get("changed") or checked.get("missing"):
            typer.echo(
                "almanac doctor: remove what has changed, and give almanac run the archives again.", err=True
            )
            raise typer.Exit(1)


def print_findings(findings: dict[str, dict[str, object]]) -> None:
    """Print the sections that have more than zeros in them, the values under each other."""
    for section, lines in findings.items():
        if not any(lines.values()):
            continue
        typer.echo(section.removesuffix(IN_BYTES))
        for name, value in lines.items():
            is_size = section.endswith(IN_BYTES) or name.endswith(BYTES)
            shown = name.removesuffix(BYTES) if is_size else name
            typer.echo(f"  {shown:<24} {_say_value(value, is_size=is_size)}")


def _say_value(value: object, *, is_size: bool) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return str(value)
    if not is_size:
        return f"{value:,}"
    size, unit = next(((size, unit) for size, unit in UNITS if value >= size), UNITS[-1])
    return f"{value / size:,.1f} {unit}" if value else "0 MB"


def print_checked(checked: dict[str, list[str]]) -> None:
    """Print how many files are as they were written, and which are not."""
    if checked:
        typer.echo("Files")
    for name, files in checked.items():
        typer.echo(f"  {name:<24} {len(files):,}")
        if name != "as written":
            typer.echo("".join(f"    {file}\n" for file in files[:MOST_NAMED]), nl=False)
