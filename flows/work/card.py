"""The model card: what a model was made of, how it was chosen and scored, and what it may not be used for.

It stands in ``models/<name>.json`` and in the report. It has no word of the owner's: features are named
by Almanac, and a hashed word is a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.work.evidence import LEAST
from flows.work.result import NO_BETTER, Span, WorkResult
from pipeline.patterns.wording import begin, count_noun, say_count, say_days, say_percent

LEARNED, LOOKS_AT, LABEL, CHOSEN, SCORED = "Learned from", "Looks at", "Says", "Chosen", "Scored once"
NOT_FOR, FILE = "Not for", "Its file"
NO_JUDGE = (
    "It describes the past of one archive. It may not be used for anybody else’s, nor to judge, watch or "
    "place a person, nor as a reason for any decision about one: it knows what one archive holds, not why, "
    "by whom, or what was done elsewhere."
)
APART, BY_AND_BY = "never from what it is scored on.", "each of the scored ones once it was guessed."
NAMED = 3  # features that are named of many alike


def fill_card(
    result: WorkResult,
    *,
    n_learned: int,
    learned_nouns: tuple[str, str],
    looks_at: str,
    features: Sequence[str],
    label: str,
    chosen: str,
    file: str,
    not_for: str = "",
    scores: str = "",
    is_online: bool = False,
) -> WorkResult:
    """Return a scored result with its card; what stands in it already, a control, comes after the scores.

    ``learned_nouns``: ("day", "days"). ``scores`` says what it came to, where that is not to be said as
    ``say_scores`` does. ``is_online``: it goes on learning among the scored rows.
    """
    assert result.learned is not None and result.scored is not None
    learned = (
        f"{count_noun(n_learned, *learned_nouns)}; {say_days(result.learned.first, result.learned.last)}; "
        f"{BY_AND_BY if is_online else APART}"
    )
    card = (
        (LEARNED, learned),
        (LOOKS_AT, f"{looks_at} {name_features(features)}"),
        (LABEL, label),
        (CHOSEN, chosen),
        (SCORED, scores or say_scores(result)),
        *result.card,
        (NOT_FOR, f"{not_for} {NO_JUDGE}".strip()),
        (FILE, f"models/{result.name}.npz; {file}"),
    )
    return replace(result, card=card)


def name_features(features: Sequence[str]) -> str:
    """Write the names of features, of many the first and the last: 24 features, a … z."""
    names = list(features)
    if len(names) > 2 * NAMED:
        names = [*names[:NAMED], "…", *names[-1:]]
    return f"{begin(count_noun(len(features), 'feature', 'features'))}: {', '.join(names)}."


def say_scores(result: WorkResult) -> str:
    """Write the metrics beside the baseline’s, the errors avoided, and the verdict."""
    assert result.scored is not None and result.low is not None
    verdict = "" if result.verdict == NO_BETTER else " than the baseline"
    sure = f" ({say_percent(0.95)} for all {say_count(result.n_tried)} models that may be tried)"
    return (
        f"On {say_count(result.n_scored)} {result.scored_unit}; "
        f"{say_days(result.scored.first, result.scored.last)}. "
        f"The model: {_join(result.model_score_text, result.model_right_text)}. The baseline "
        f"({result.baseline_name}): {_join(result.baseline_score_text, result.baseline_right_text)}. "
        f"Errors avoided: {result.certainty}{sure if result.low > LEAST else ''}. In words: "
        f"{result.verdict}{verdict}."
    )


def _join(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def say_choice(chosen: str, n_tried: int, rows: str, span: Span, *, rule: str = "the one") -> str:
    """Write how a choice was made: what it is, of how many, by which ``rule`` and on which ``rows``."""
    return (
        f"{begin(chosen)}; of {say_count(n_tried)} ways to learn {rule} that fitted the {rows} before the "
        f"scored ones best; those were {say_days(*span)}."
    )
