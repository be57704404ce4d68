"""``almanac doctor``: what this installation and these tables look like, without a word of content."""

from __future__ import annotations

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import AsJson, HomeZone, Out, Verbose, list_options, settle


def doctor(
    home_zone: HomeZone = None, out: Out = None, verbose: Verbose = False, as_json: AsJson = False
) -> None:
    """Show versions, fonts, sizes and which steps are up to date."""
    with end_clearly("doctor", verbose=verbose):
        from flows.as_json import write_json
        from flows.doctor import examine

        settings, _ = settle(list_options(out, home_zone))
        findings = examine(settings)
        if as_json:
            typer.echo(write_json(findings))
            return
        for section, lines in findings.items():
            typer.echo(f"{section}")
            for name, value in lines.items():
                typer.echo(f"  {name:<24} {value}")
