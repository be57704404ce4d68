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
    """Print the sections that have lines, the values under each other."""
    for section, lines in findings.items():
        if lines:
            typer.echo(section)
        for name, value in lines.items():
            shown = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value
            typer.echo(f"  {name:<24} {shown}")


def print_checked(checked: dict[str, list[str]]) -> None:
    """Print how many files are as they were written, and which are not."""
    if checked:
        typer.echo("Files")
    for name, files in checked.items():
        typer.echo(f"  {name:<24} {len(files):,}")
        if name != "as written":
            typer.echo("".join(f"    {file}\n" for file in files[:MOST_NAMED]), nl=False)
