"""Principal components and singular values: NumPy's and scikit-learn's, turned to one side."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import decomposition

from models.errors import InputError
from models.projections.pca import PCA, choose_sides, compose_svd, decompose_svd, find_eigenvectors
from models.types import Array
from pipeline.patterns.components import find_components


def make_rows(seed: int, n: int = 40, d: int = 6) -> Array:
    rng = np.random.default_rng(seed)
    rows: Array = rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d)
    return rows


def test_the_eigenweeks_are_these_principal_components() -> None:
    maps = np.random.default_rng(0).poisson(2.0, (60, 168)) * np.linspace(1, 3, 60)[:, None]
    weeks, ours = find_components(maps, 3), PCA(3).fit(maps)
    np.testing.assert_allclose(weeks.axes, ours.axes_, atol=1e-9)
    np.testing.assert_allclose(weeks.shares, ours.shares_)
    np.testing.assert_allclose(weeks.scores, ours.transform(maps), atol=1e-8)


@given(st.integers(0, 10**6), st.integers(2, 9), st.integers(1, 6))
@settings(max_examples=20, deadline=None)
def test_the_components_are_scikit_learns(seed: int, n: int, d: int) -> None:
    x, k = make_rows(seed, n, d), min(n, d)
    ours, theirs = PCA().fit(x), decomposition.PCA(svd_solver="full").fit(x)
    np.testing.assert_allclose(ours.shares_, theirs.explained_variance_ratio_, atol=1e-12)
    np.testing.assert_allclose(ours.variances_, theirs.explained_variance_, atol=1e-9)
    kept = min(n - 1, d)  # n centred rows have n − 1 directions; the last of n is any that is left
    side = np.sign((ours.axes_ * theirs.components_).sum(axis=1))[:kept]
    np.testing.assert_allclose(
        ours.axes_[:kept], theirs.components_[:kept] * side[:, None], rtol=1e-4, atol=1e-6
    )
    assert ours.axes_.shape == (k, d)


def test_axes_of_covariance_and_correlation_are_its_eigenvectors() -> None:
    x = make_rows(1) * np.logspace(0, 2, 6)
    for correlation in (False, True):
        eigen, model = find_eigenvectors(x, correlation=correlation), PCA(standardise=correlation).fit(x)
        np.testing.assert_allclose(eigen.vectors, model.axes_, atol=1e-9)
        np.testing.assert_allclose(eigen.values / eigen.values.sum(), model.shares_)
    matrix = np.corrcoef(x.T)
    np.testing.assert_allclose(matrix @ eigen.vectors.T, eigen.vectors.T * eigen.values, atol=1e-12)


def test_kept_singular_values_give_the_nearest_matrix_of_their_rank() -> None:
    x = make_rows(2, 8, 5)
    lengths = np.linalg.svd(x, compute_uv=False)
    for n_kept in (1, 2, 3, None):
        parts = decompose_svd(x, n_kept)
        missed = np.linalg.norm(x - compose_svd(parts))
        np.testing.assert_allclose(missed, np.sqrt((lengths[len(parts.lengths) :] ** 2).sum()), atol=1e-12)
        np.testing.assert_allclose(parts.lengths, lengths[:n_kept])


def test_an_axis_points_to_where_its_numbers_sum_to_more_than_zero() -> None:
    axes = np.array([[0.6, 0.8], [-0.8, 0.6], [0.8, -0.6], [-0.6, -0.8], [-0.5, 0.5], [0.5, -0.5]])
    assert choose_sides(axes).tolist() == [1, -1, 1, -1, -1, 1]
    rounded = np.array([[-0.3, 0.1, 0.2], [0.3, -0.1, -0.2]])  # their sums are ±3e-17
    assert choose_sides(rounded).tolist() == [-1, 1]


@given(st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_turning_all_rows_round_turns_no_axis(seed: int) -> None:
    x = make_rows(seed)
    np.testing.assert_allclose(PCA().fit(-x).axes_, PCA().fit(x).axes_, atol=1e-9)


def test_rows_come_back_from_their_scores() -> None:
    x = make_rows(3)
    model = PCA(standardise=True).fit(x)
    np.testing.assert_allclose(model.inverse_transform(model.transform(x)), x, atol=1e-12)
    nearest = PCA(2).fit(x)
    missed = x - nearest.inverse_transform(nearest.transform(x))
    np.testing.assert_allclose(
        (missed**2).sum() / ((x - x.mean(axis=0)) ** 2).sum(), 1 - nearest.shares_.sum()
    )


def test_more_components_than_rows_have_are_refused() -> None:
    for wanted in (0, 4):
        with pytest.raises(InputError) as caught:
            PCA(wanted).fit(np.eye(3))
        assert str(caught.value) == f"n_components is {wanted} (PCA). Rows of the shape (3, 3) have 1 to 3."


@pytest.mark.parametrize("still", [0.1, 5.0])
def test_a_column_that_never_varies_has_no_part_in_the_correlation(still: float) -> None:
    x = make_rows(4, d=3)
    eigen = find_eigenvectors(np.insert(x, 1, still, axis=1), correlation=True)
    without = find_eigenvectors(x, correlation=True)
    np.testing.assert_allclose(eigen.values, [*without.values, 0], atol=1e-12)
    np.testing.assert_allclose(eigen.vectors[:3], np.insert(without.vectors, 1, 0, axis=1), atol=1e-9)


def test_one_row_has_no_eigenvectors() -> None:
    with pytest.raises(InputError) as caught:
        find_eigenvectors(np.ones((1, 3)))
    assert str(caught.value) == "One row does not vary (find_eigenvectors). Give two or more."
