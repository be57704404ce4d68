"""How a command ends when something is wrong: one line on standard error, and a status.

Status 2 is for what the owner can mend (``AlmanacError``, and the models' own errors), 1 for what nobody
foresaw, and for what was done but needs a look: an archive of which only a part could be read, or more
entries set aside than the limit allows; 130 is for Ctrl-C. The words of an unforeseen exception may
quote the owner's text: they are shown only with ``-v``.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from flows.stopping import check_stop, heed_ctrl_c, is_stop
from pipeline.errors import AlmanacError

if TYPE_CHECKING:
    from pipeline.settings import Settings


def is_foreseen(error: Exception) -> bool:
    """Say whether the words of ``error`` are written for the owner and quote nothing of hers."""
    # By the module's name: whether an error is the models' must not cost an import of NumPy.
    return isinstance(error, AlmanacError) or any(
        kind.__module__ == "models.errors" for kind in type(error).__mro__
    )


def describe_error(error: Exception, step: str) -> str:
    """Return the one line for ``error``, which came while ``step`` was at work."""
    if is_foreseen(error):
        return f"almanac {step}: {error}"
    name = type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        name += f", {error.strerror}"
    return f"almanac {step}: failed with {name}. Run it again with -v to see more (it may quote you)."


def list_looks(settings: Settings, parts: Sequence[str] = ()) -> list[str]:
    """List, a line each, the archives that broke off, and what ``parts`` set aside beyond the limit.

    ``parts``: those of the archives just taken in.
    """
    from pipeline.tables.journal import list_damaged, read_journal

    journal = read_journal(settings.out)
    lines = []
    if damaged := [Path(archive.path).name for archive in list_damaged(journal)]:
        names = ", ".join(damaged)
        lines.append(f"{names} could not be read to the end. Download it again, and give it again.")
    if parts:
        from pipeline.tables.limits import describe_excess, list_accounts

        accounts = list_accounts(settings.out, journal.parts, parts)
        if excess := describe_excess(accounts, settings.skip_limit):
            lines.append(excess)
    return lines


def end_with_a_look(settings: Settings, parts: Sequence[str] = ()) -> None:
    """End with status 1 and the lines of ``list_looks``, if there are any. All the rest has been done."""
    lines = list_looks(settings, parts)
    for line in lines:
        typer.echo(f"almanac: {line}", err=True)
    if lines:
        raise typer.Exit(1)


@contextmanager
def end_clearly(step: str, *, verbose: bool) -> Iterator[None]:
    """Turn every exception into one line and an exit status; with ``verbose``, a traceback before it."""
    try:
        with heed_ctrl_c():
            try:
                yield
            except Exception as error:
                raise _end(error, step, verbose=verbose) from None
            check_stop()
    except KeyboardInterrupt:
        raise _stop(step) from None


def _end(error: Exception, step: str, *, verbose: bool) -> typer.Exit:
    """Say what was wrong, and return the end of the command."""
    if isinstance(error, typer.Exit):
        return error
    from flows.plan import StepFailedError

    cause = error.cause if isinstance(error, StepFailedError) else error
    step = error.step if isinstance(error, StepFailedError) else step
    if isinstance(cause, typer.Abort):  # Ctrl-C, or the end of the input, at a question
        typer.echo(err=True)
        return _stop(step)
    if is_stop(cause):
        return _stop(step)
    if verbose:
        traceback.print_exception(cause)
    typer.echo(describe_error(cause, step), err=True)
    return typer.Exit(2 if is_foreseen(cause) else 1)


def _stop(step: str) -> typer.Exit:
    """Say that a command was stopped, and return its end."""
    typer.echo(f"almanac {step}: stopped. What was there before is still there.", err=True)
    return typer.Exit(130)
