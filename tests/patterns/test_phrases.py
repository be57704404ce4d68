import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency

from pipeline.patterns.phrases import ENOUGH_TEXTS, measure_ratio
from pipeline.patterns.vocabulary import list_vocabulary

WORDS = [f"{a}{b}" for a in ("ra", "lo", "mi", "se", "tu") for b in ("pan", "kel", "vor", "nis")]


def count(texts: list[str]) -> dict[str, int]:
    vocabulary = list_vocabulary(pd.Series(texts, dtype="object"))
    counts = dict(zip(vocabulary.words, vocabulary.counts.tolist(), strict=True))
    return {word: n for word, n in counts.items() if n}


def test_words_that_hang_together_are_one_and_its_halves_are_not_counted_again() -> None:
    texts = [f"machine learning {word}" for word in WORDS] + ["washing machine", "learning"]
    counts = count(texts)
    assert counts["machine learning"] == len(WORDS)
    assert (counts["machine"], counts["learning"]) == (1, 1)


def test_a_phrase_may_have_three_words_and_a_hyphen() -> None:
    texts = [f"new york times {word}" for word in WORDS] + [f"new-york-times {word} old" for word in WORDS]
    assert count(texts)["new york times"] == 2 * len(WORDS)


def test_a_word_that_often_stands_elsewhere_makes_no_phrase() -> None:
    texts = [f"sourdough bread {word}" for word in WORDS] + [
        f"{word} bread {other}" for word in WORDS for other in WORDS[:4]
    ]
    assert "sourdough bread" not in count(texts)


@pytest.mark.parametrize("between", [", ", " and ", ". ", " 7 "])
def test_words_with_something_between_them_make_no_phrase(between: str) -> None:
    assert set(count([f"machine{between}learning {word}" for word in WORDS])) >= {"machine", "learning"}


def test_the_same_text_again_is_no_evidence() -> None:
    assert count(["kyoto temple"] * 200) == {"kyoto": 200, "temple": 200}
    few = [f"kyoto temple {word}" for word in WORDS[: ENOUGH_TEXTS - 1]]
    assert "kyoto temple" not in count(few)


def test_a_handful_of_texts_shows_no_phrase_that_it_shows_among_many() -> None:
    few = [f"machine learning {word}" for word in WORDS[:ENOUGH_TEXTS]]
    assert "machine learning" not in count(few)
    assert count([*few, *(f"{one} {other}" for one in WORDS for other in WORDS)])["machine learning"] == 5


@pytest.mark.parametrize("seed", range(6))
def test_words_drawn_by_chance_make_no_phrase(seed: int) -> None:
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.choice(WORDS, 3)) for _ in range(600)]
    assert [word for word in count(texts) if " " in word] == []


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n", [10, 100])
def test_a_planted_phrase_is_found_among_chance(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.choice(WORDS, 3)) for _ in range(600)]
    texts += [f"{rng.choice(WORDS)} machine learning {rng.choice(WORDS)} {k}x" for k in range(n)]
    counts = count(texts)
    assert {word: k for word, k in counts.items() if " " in word} == {"machine learning": n}


def test_the_ratio_is_that_of_the_two_by_two_table() -> None:
    table = np.array([[30, 70], [20, 880]])
    expected = chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
    found = measure_ratio(np.array([30.0]), np.array([100.0]), np.array([50.0]), 1000.0)
    assert found == pytest.approx([expected])


def test_pieces_of_a_script_without_spaces_join_without_one() -> None:
    texts = [f"习入门{word}" for word in "的了是我你他她它们吗" * 2]
    assert not any(" " in word for word in count(texts))
