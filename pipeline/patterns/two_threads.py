"""All patterns in two threads: those of the texts in one, all others here meanwhile.

Arrow and NumPy let the other thread on while they are at work. Each pattern has its own random numbers,
so that the answers are the same in any order.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from pipeline.patterns.answer import Answer
from pipeline.patterns.answers import PATTERNS, compute_answer
from pipeline.patterns.subject import Subject
from pipeline.tables.progress import Tell, silent

OF_TEXTS = frozenset(
    ("bursts", "words_by_year", "words", "words_apart", "rising", "repeats", "repeated", "sessions")
)


def compute_answers(subject: Subject, *, seed: int = 0, tell: Tell = silent) -> dict[str, Answer]:
    """Answer every pattern, in the order of the page."""
    answers: dict[str, Answer] = {}
    with ThreadPoolExecutor(1, "almanac-texts") as texts:
        try:
            asked = {
                name: texts.submit(compute_answer, name, subject, seed=seed)
                for name in PATTERNS
                if name in OF_TEXTS
            }
            for done, name in enumerate(sorted(PATTERNS, key=OF_TEXTS.__contains__)):  # those of texts last
                tell(f"pattern {name}", done, len(PATTERNS))
                answers[name] = (
                    asked[name].result() if name in asked else compute_answer(name, subject, seed=seed)
                )
        finally:
            texts.shutdown(cancel_futures=True)
    return {name: answers[name] for name in PATTERNS}
