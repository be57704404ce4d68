"""The study of online regression: the course's figures, and what new rows do to its line."""

from __future__ import annotations

import numpy as np
import pytest

from models.studies.online_regression import run_study
from models.studies.study import StudyData, StudyResult


@pytest.fixture(scope="module")
def result() -> StudyResult:
    return run_study(StudyData())


def ours(result: StudyResult, what: str) -> float:
    return next(figure.ours for figure in result.figures if figure.what == what)


def test_the_courses_figures_are_reached_to_the_digits_that_it_printed(result: StudyResult) -> None:
    published = [figure for figure in result.figures if figure.published is not None]
    assert [figure.published_text for figure in published] == ["32.07", "−3.6303", "1.1664"]
    for figure in published:
        assert figure.comparable
        assert figure.ours == pytest.approx(
            figure.published, abs=0.5 * 10 ** -len(figure.published_text.split(".")[1])
        )
    assert ours(result, "cost after 1,500 steps") == pytest.approx(4.4834, abs=5e-5)


def test_the_step_divided_by_the_old_rows_follows_too_slowly_and_the_others_as_far_as_they_can(
    result: StudyResult,
) -> None:
    assert ours(result, "slope after 600 new rows, divided by the old 97") < 1.4
    for way in ("one row, standardised", "least squares, forgetting", "the regularised leader"):
        assert ours(result, f"slope after 600 new rows, {way}") == pytest.approx(1.8, abs=0.25)
        assert ours(result, f"guesses off by, {way}") < 1.1 * ours(result, "noise of the new rows")
    assert ours(result, "guesses off by, one row") > 1.5 * ours(result, "noise of the new rows")
    assert ours(result, "new rows within their 90 % interval") == pytest.approx(90, abs=2)
    assert result.words == (
        "Divided by the old 97, 600 new rows move the slope from 1.17 to 1.28; the new line has 1.8.",
        "A row’s own gradient leaps at large populations: its guesses are off by 5.7, and by 3.0 where "
        "populations are standardised.",
        "Off least, by 2.9: least squares, forgetting.",
    )


def test_descent_starts_from_the_courses_line_and_the_same_seed_gives_the_same(result: StudyResult) -> None:
    again = run_study(StudyData())
    for name, array in result.arrays.items():
        np.testing.assert_array_equal(array, again.arrays[name])
    first = result.arrays["new_x"][0, 0]
    start = result.arrays["weights"] @ [1, first] - result.arrays["new_y"][0]
    for way, off in zip(result.arrays["way_names"], result.arrays["way_off"], strict=True):
        if way not in ("least squares, forgetting", "the regularised leader"):  # they begin from the 97 rows
            near = 0.1 if "standardised" in way else 1e-6  # a row shifts the mean that it is measured by
            assert off[0] == pytest.approx(abs(start), rel=near)
    other = run_study(StudyData(), seed=1)
    assert (other.arrays["new_y"] != result.arrays["new_y"]).any()
