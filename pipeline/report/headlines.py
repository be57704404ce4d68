"""The sentences that belong to no pattern: the title, the head of the overview, that of the models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.patterns.wording import begin, say_length, spell_small
from pipeline.report.contents import ModelLine

SUBJECTS = {"searches": "questions"}


def write_title(first: date | None, last: date | None, nouns: str) -> str:
    """Return "Five years of questions"; what is not a search keeps its own name."""
    subject = SUBJECTS.get(nouns, nouns)
    if first is None or last is None:
        return f"No {subject} yet"
    return f"{begin(say_length((last - first).days + 1))} of {subject}"


def head_standouts(n: int) -> str:
    """Return the line below *What stands out*."""
    if n == 0:
        return "No finding is clear of chance yet. The sections below show what there is."
    if n == 1:
        return "One finding. It leads to its section."
    return f"{begin(spell_small(n))} findings, the most remarkable first. Each leads to its section."


def head_models(lines: Sequence[ModelLine]) -> str:
    """Return "Three beat their baseline; one does not" for the models that have a score."""
    scored = [line for line in lines if line.is_scored]
    if not scored:
        return "Too little to learn from yet"
    n_better = sum(line.is_better for line in scored)
    n_other = len(scored) - n_better
    if len(scored) == 1:
        return "The model beats its baseline" if n_better else "The model is no better than its baseline"
    if n_better == 0:
        return "No model is better than its baseline"
    if n_other == 0:
        return f"{'Both' if n_better == 2 else f'All {spell_small(n_better)}'} beat their baseline"
    beat = "One beats its" if n_better == 1 else f"{begin(spell_small(n_better))} beat their"
    return f"{beat} baseline; {spell_small(n_other)} {'does' if n_other == 1 else 'do'} not"
