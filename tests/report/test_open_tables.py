"""A table stands open where nothing is drawn and its sentence claims something."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.finding import Finding
from pipeline.report.figures import MOST_OPEN_ROWS, lay_out_answer


@pytest.mark.parametrize(
    ("emphasis", "private", "n_rows", "opens"),
    [
        ("One silence", False, 1, True),
        ("", False, 1, False),
        ("", True, 1, True),
        ("One silence", False, MOST_OPEN_ROWS + 1, False),
        ("", True, MOST_OPEN_ROWS + 1, False),
        ("One silence", False, 0, False),
    ],
)
def test_a_short_table_stands_for_a_claim_or_a_list_of_words_without_a_picture(
    emphasis: str, private: bool, n_rows: int, opens: bool
) -> None:
    finding = Finding("gaps", "Gaps and trips", "One silence.", emphasis, "", "", (), "", "", private=private)
    answer = Answer({MAIN: pd.DataFrame({"days": range(9, 9 + n_rows)})}, finding)
    assert lay_out_answer(answer, None).shows_table == opens
