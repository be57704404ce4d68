"""Korean words, by the parts that Kiwi 0.24.1 gives: its model is too large to be installed for a test."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.patterns import segment
from pipeline.patterns.korean import cut_nouns, load_analyser
from pipeline.patterns.segment import cut_runs
from pipeline.patterns.vocabulary import list_vocabulary
from pipeline.patterns.words import note_whole_runs

PARTS = {
    "날씨가": "날씨/NNG 가/JKS",
    "날씨": "날씨/NNG",
    "서울에서": "서울/NNP 에서/JKB",
    "고양이": "고양이/NNG",
    "전기자전거를": "전기/NNG 자전거/NNG 를/JKO",
    "맛집추천": "맛집/NNG 추천/NNG",
    "대학교": "대/XPN 학교/NNG",
    "요리하기": "요리/NNG 하/XSV 기/ETN",
    "만드는": "만드/VX 는/ETM",
    "선생님들": "선생/NNG 님/XSN 들/XSN",
}


class Part(NamedTuple):
    tag: str
    start: int
    len: int


def analyse(words: list[str]) -> list[list[Part]]:
    found = []
    for word in words:
        parts, at = [], 0
        for form, tag in (part.split("/") for part in PARTS[word].split()):
            parts.append(Part(tag, at, len(form)))
            at += len(form)
        found.append(parts)
    return found


@pytest.mark.parametrize(
    ("word", "nouns"),
    [
        ("날씨가", ["날씨"]),
        ("고양이", ["고양이"]),
        ("전기자전거를", ["전기", "자전거"]),
        ("대학교", ["대학교"]),
        ("요리하기", ["요리"]),
        ("만드는", ["만드는"]),
        ("선생님들", ["선생님들"]),
    ],
)
def test_a_word_is_its_nouns_or_itself(word: str, nouns: list[str]) -> None:
    assert cut_nouns(word, analyse([word])[0]) == nouns


def test_where_the_analyser_is_there_runs_of_hangul_are_cut_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "load_analyser", lambda: analyse)
    found = cut_runs(pa.array(["서울에서", "bread", "맛집추천"]))
    assert (found.run.tolist(), found.pieces.to_pylist()) == ([0, 2, 2], ["서울", "맛집", "추천"])
    assert found.unsplit == frozenset()


def test_where_it_is_missing_the_margin_says_what_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "load_analyser", lambda: None)
    ((title, text),) = note_whole_runs(list_vocabulary(pd.Series(["맛집추천", "날씨가"])))
    assert title == "Not cut into words"
    assert text.startswith("Korean words end at spaces") and "kiwipiepy" in text
    few = pd.Series(
        [*(f"word{'abcdefghij'[k % 10]}{'abcdefghij'[k // 10 % 10]}" for k in range(100)), "날씨"]
    )
    assert note_whole_runs(list_vocabulary(few)) == ()


def test_a_missing_analyser_is_no_error_and_one_that_is_there_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "kiwipiepy", None)
    assert load_analyser.__wrapped__() is None
    there = ModuleType("kiwipiepy")
    there.Kiwi = lambda: type("Kiwi", (), {"tokenize": staticmethod(analyse)})()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "kiwipiepy", there)
    analyser = load_analyser.__wrapped__()
    assert analyser is not None and list(analyser(["날씨"])) == [[Part("NNG", 0, 2)]]
