"""All networks together: one finding, and one table on one scale.

Every share is of the errors of a question's baseline; what a network adds is the difference of its own and
its classical model's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from flows.networks.result import ADDING, TOO_FEW
from flows.work.evidence import CLEAR
from flows.work.result import WorkResult
from pipeline.patterns.wording import begin, say_count, say_percent, say_points, spell_small

if TYPE_CHECKING:
    import pandas as pd

NAME = "networks"
COLUMNS = (
    "question", "network", "classical", "classical_share", "share", "adds", "adds_low", "adds_high", "adding",
)  # fmt: skip


class Summary(NamedTuple):
    """The finding in words."""

    headline: str
    emphasis: str
    deck: str
    alt: str


def list_scored(results: Sequence[WorkResult]) -> list[WorkResult]:
    """Return the networks that have been scored, those of one question beside each other."""
    scored = [result for result in results if result.beside is not None]
    questions = list(dict.fromkeys(result.question for result in scored))
    return sorted(scored, key=lambda result: questions.index(result.question))


def frame_networks(results: Sequence[WorkResult]) -> pd.DataFrame:
    """Return a row for each network that has been scored, in ``COLUMNS``."""
    import pandas as pd

    rows = [
        (
            one.question, one.model_name, one.beside.name, one.beside.avoided, one.avoided, one.beside.adds,
            one.beside.adds_low, one.beside.adds_high, one.verdict in ADDING,
        )
        for one in list_scored(results) if one.beside is not None
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def sum_up(results: Sequence[WorkResult]) -> Summary | None:
    """Return the finding; ``None`` where no network has been scored."""
    scored = list_scored(results)
    if not scored:
        return None
    n, n_adding = len(scored), sum(result.verdict in ADDING for result in scored)
    n_open = sum(result.verdict == TOO_FEW for result in scored)
    headline, emphasis = _head(n, n_adding)
    added = [(result.beside.adds, result.model_name) for result in scored if result.beside is not None]
    most, least = max(added), min(added)
    sure = f"{say_percent(0.95)} for all {say_count(scored[0].n_tried)} models that may be tried"
    return Summary(
        headline,
        emphasis,
        "What each network adds to the classical model of its question, in points of a hundred: the share of "
        "a simple baseline’s errors that it avoids on the last fifth of time, less the classical model’s, "
        f"which stands in each group’s head. A bar is how sure that is ({sure}); where it crosses 0, nothing "
        "is seen to be added."
        + (
            f" For {_count_open(n, n_open)} too few weeks are scored to say: the bar reaches further than "
            f"{CLEAR * 100:.0f} points to both sides."
            if n_open
            else ""
        ),
        f"Dots with intervals, what {spell_small(n)} networks add to the classical model of their question. "
        f"Most: {most[1]}, {say_points(most[0])}"
        + (f"; least: {least[1]}, {say_points(least[0])}." if n > 1 else "."),
    )


def _count_open(n: int, n_open: int) -> str:
    return "it" if n == 1 else "all" if n == n_open else f"{spell_small(n_open)} of them"


def _head(n: int, n_adding: int) -> tuple[str, str]:
    """Return the headline and its key phrase."""
    networks = "network" if n == 1 else "networks"
    if n_adding == 0:
        who = "None" if n > 1 else "No"
        of = f" of {spell_small(n)} networks" if n > 1 else " network"
        adds = "is seen to add anything"
        return f"{who}{of} {adds} to the classical models", adds if n == 1 else who
    if n_adding == n:
        who = "The one" if n == 1 else "Both" if n == 2 else f"All {spell_small(n)}"
        return f"{who} {networks} add{'s' if n == 1 else ''} something to the classical models", who
    who = begin(spell_small(n_adding))
    verb = "adds" if n_adding == 1 else "add"
    return (
        f"{who} of {spell_small(n)} networks {verb} something to the classical models",
        f"{who} of " + spell_small(n),
    )
