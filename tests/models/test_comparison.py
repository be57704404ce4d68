"""Few blocks: the interval by how they differ covers as often as it says, and asks for two at least."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from models.comparison import Avoided, compare_few_blocks
from models.errors import InputError


def test_the_interval_is_students_around_the_ratios_logarithm() -> None:
    model, baseline = np.array([1.0, 2.0, 4.0, 3.0]), np.array([2.0, 4.0, 5.0, 5.0])
    found = compare_few_blocks(model, baseline, np.arange(4), n_tried=2)
    ratio = 10 / 16
    differences = model - ratio * baseline
    reach = stats.t.ppf(1 - 0.0125, 3) * np.sqrt(4 / 3 * (differences**2).sum()) / 10
    np.testing.assert_allclose(
        found, (1 - ratio, 1 - ratio * np.exp(reach), 1 - ratio * np.exp(-reach)), rtol=1e-12
    )


def test_changed_about_the_two_only_change_the_sign() -> None:
    model, baseline = np.random.default_rng(2).lognormal(size=(2, 6))
    one, other = (compare_few_blocks(*pair, np.arange(6)) for pair in ((model, baseline), (baseline, model)))
    np.testing.assert_allclose([1 - one.high, 1 - one.low], [1 / (1 - other.low), 1 / (1 - other.high)])


def test_rows_of_a_block_are_summed_first() -> None:
    rng = np.random.default_rng(0)
    model, baseline, blocks = rng.random(40), 1 + rng.random(40), np.arange(40) // 8
    sums = [one.reshape(5, 8).sum(axis=1) for one in (model, baseline)]
    np.testing.assert_allclose(
        compare_few_blocks(model, baseline, blocks), compare_few_blocks(*sums, np.arange(5))
    )


def test_of_five_blocks_without_a_difference_one_in_twenty_intervals_misses_zero() -> None:
    rng = np.random.default_rng(1)
    found = [compare_few_blocks(*(10 + rng.normal(size=(2, 5))), np.arange(5)) for _ in range(2000)]
    held = np.mean([one.low <= 0 <= one.high for one in found])
    assert held == pytest.approx(0.95, abs=0.015)  # three standard errors of the share


def test_a_baseline_without_errors_cannot_be_beaten() -> None:
    assert compare_few_blocks(np.ones(3), np.zeros(3), np.arange(3)) == Avoided(0.0, 0.0, 0.0)


def test_no_more_errors_than_there_are_can_be_avoided() -> None:
    found = compare_few_blocks(np.array([0.0, 0.0, 1.0]), np.ones(3), np.arange(3))
    # Blocks of 0, 0 and 1 errors for 1: a third, whose logarithm has the error 1; t of 2 degrees is 4.303.
    assert found == pytest.approx((2 / 3, 1 - np.exp(4.302653) / 3, 1 - np.exp(-4.302653) / 3), rel=1e-6)
    assert compare_few_blocks(np.zeros(3), np.ones(3), np.arange(3)) == Avoided(1.0, 1.0, 1.0)


def test_one_block_says_nothing() -> None:
    with pytest.raises(InputError) as caught:
        compare_few_blocks(np.ones(3), np.ones(3), np.zeros(3))
    assert str(caught.value) == "All rows lie in one block (compare_few_blocks). Give two or more."
