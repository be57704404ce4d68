"""The options that commands share, and how they become settings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.settings import Settings

Archives = Annotated[
    list[str] | None, typer.Argument(metavar="[PATH]...", help="Archives, folders or quoted patterns.")
]
Out = Annotated[Path | None, typer.Option("--out", help="The output folder.")]
HomeZone = Annotated[str | None, typer.Option("--home-zone", help="Where you live, such as Europe/Paris.")]
Filter = Annotated[
    str | None, typer.Option("--filter", help="The subject, such as product=youtube,action=watched.")
]
FreeDays = Annotated[
    str | None, typer.Option("--free-days", help="Such as 2022-05-01,2021-12-20/2022-01-07.")
]
Verbose = Annotated[
    bool, typer.Option("-v", "--verbose", help="Tell more; show tracebacks and Prefect's log.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Take nothing in if any entry of these archives cannot be read.")
]
SkipLimit = Annotated[
    str | None,
    typer.Option("--skip-limit", help="The share of entries that may be set aside before it ends with 1."),
]
Redact = Annotated[
    bool, typer.Option("--redact", help="Leave out words, addresses, places, zones and languages.")
]
Coarse = Annotated[bool, typer.Option("--coarse", help="With --redact: no date finer than a month either.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]


def list_options(
    out: Path | None,
    home_zone: str | None = None,
    subject: str | None = None,
    *,
    free_days: str | None = None,
    strict: bool = False,
    skip_limit: str | None = None,
    redact: bool = False,
    coarse: bool = False,
) -> dict[str, str]:
    """Return the options that were given, as ``load_settings`` takes them; ``out`` from here on absolute."""
    given = {
        "out": out and str(out.expanduser().absolute()),
        "home_zone": home_zone,
        "filter": subject,
        "free_days": free_days,
        "strict": "true" if strict else None,
        "skip_limit": skip_limit,
        "redact": "true" if redact else None,
        "coarse": "true" if coarse else None,
    }
    return {name: value for name, value in given.items() if value}


def settle(options: dict[str, str], archives: Sequence[str] = ()) -> tuple[Settings, dict[str, str]]:
    """Return the settings, and the options that give the same settings from any current folder.

    Without a word on where home is, it is where it was for the tables that are there; but where the sample's
    invented owner lives says nothing of ``archives`` of one's own.
    """
    from flows.sample_place import gives_way
    from flows.writing import explain_write_errors
    from pipeline.settings import load_settings
    from pipeline.tables.journal import list_home_lines, read_journal

    def recall(out: Path) -> Sequence[str]:
        with explain_write_errors(out):
            journal = read_journal(out)
        return () if gives_way(out, journal, archives) else journal.home_zone

    settings = load_settings(options, recall=recall)
    home = ",".join(list_home_lines(settings.home_zone))
    return settings, {**options, "out": str(settings.out), "home_zone": home}


def locate(archives: list[str] | None) -> list[str]:
    """Make patterns absolute, without expanding them: a run may change the current folder."""
    return [str(Path.cwd() / Path(pattern).expanduser()) for pattern in archives or ()]
