"""All answers at once, and texts that come from a table in many pieces."""

import unicodedata

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline.patterns.answers import PATTERNS, compute_answer
from pipeline.patterns.askings import list_askings
from pipeline.patterns.pauses import list_pauses
from pipeline.patterns.reformulations import measure_reformulations
from pipeline.patterns.runs import PLANES
from pipeline.patterns.two_threads import OF_TEXTS, compute_answers
from pipeline.patterns.vocabulary import read_vocabulary

TIMES = np.datetime64("2025-03-01T20:00", "ms") + np.arange(60) * np.timedelta64(90, "m")


def make_texts(n_pieces: int) -> pd.Series:
    texts = [None if k % 7 == 3 else f"Bread {k % 9} recipe{k % 4}" for k in range(len(TIMES))]
    pieces = [pa.array(piece.tolist(), pa.string()) for piece in np.array_split(np.array(texts), n_pieces)]
    return pd.Series(pd.array(pa.chunked_array(pieces), dtype="str"))


def test_the_answers_are_those_of_each_pattern_alone_in_the_order_of_the_page(make_subject) -> None:
    subject, other = (make_subject(TIMES, text=make_texts(1)) for _ in range(2))
    told: list[tuple[str, int]] = []
    answers = compute_answers(subject, tell=lambda what, done, total: told.append((what, done)))
    assert list(answers) == list(PATTERNS)
    assert [done for _, done in told] == list(range(len(PATTERNS)))
    assert {what for what, _ in told} == {f"pattern {name}" for name in PATTERNS}
    for name, answer in answers.items():
        alone = compute_answer(name, other)
        assert answer.finding == alone.finding
        for part, frame in answer.frames.items():
            pd.testing.assert_frame_equal(frame, alone.frames[part])


def test_what_fails_in_either_thread_fails_all(make_subject, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    subject = make_subject(TIMES, text=make_texts(1))
    for name in ("repeats", "years"):
        monkeypatch.setattr("pipeline.patterns.two_threads.PATTERNS", {"hours": fail, name: fail})
        monkeypatch.setattr("pipeline.patterns.answers.PATTERNS", {**PATTERNS, name: fail})
        with pytest.raises(ZeroDivisionError):
            compute_answers(subject)


def test_the_patterns_of_texts_are_patterns() -> None:
    assert set(PATTERNS) >= OF_TEXTS


def test_texts_in_many_pieces_are_read_as_one(make_subject) -> None:
    whole, cut = (make_subject(TIMES, text=make_texts(n)) for n in (1, 4))
    assert pa.array(cut.rows["text"]).num_chunks > 1
    one, other = read_vocabulary(whole), read_vocabulary(cut)
    assert one.words == other.words
    np.testing.assert_array_equal(one.word, other.word)
    for a, b in zip(list_askings(whole), list_askings(cut), strict=True):
        np.testing.assert_array_equal(a, b)
    order, session = list_pauses(whole).order, np.zeros(len(TIMES), dtype=np.int64)
    share = measure_reformulations(whole, order, session)
    assert share == measure_reformulations(cut, order, session) > 0


def test_no_letter_lies_outside_the_planes_that_are_looked_through() -> None:
    inside = {code for plane in PLANES for code in range(*plane)}
    outside = (chr(code) for code in range(0x110000) if code not in inside)
    assert {unicodedata.category(char) for char in outside} <= {"Cn", "Co", "Cs"}
