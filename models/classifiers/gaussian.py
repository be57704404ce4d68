"""The Gaussian generative classifier: each class is a normal distribution, and Bayes' rule turns it round.

    p(c | x) ∝ πc · N(x; μc, Σc)
    score = log πc − ½ log |Σc| − ½ (x − μc)ᵀ Σc⁻¹ (x − μc)

πc is the class's share of the rows, μc its mean, and its covariance is mixed of its own, Sc, and that of
all classes about their means, S = Σc πc Sc (each divided by its number of rows: maximum likelihood):

    Σc = (1 − pooling) · Sc + pooling · S, then every element off the diagonal times (1 − shrinkage)

With one shared covariance (pooling = 1: linear discriminant analysis) the terms quadratic in x are the
same in all scores: the borders are straight, and of two classes p is the logistic function of an affine
score, as in logistic regression, with weights found without descent. With own covariances (pooling = 0:
quadratic discriminant analysis) the borders are conic sections.

Shapes: rows x (n, d) → scores (n, n_classes); μ (n_classes, d), Σ (n_classes, d, d).

References: C. M. Bishop 2006, *Pattern Recognition and Machine Learning*, eq. 4.62 to 4.70 (scores, and how
they become straight) and 4.73 to 4.80 (maximum likelihood); J. H. Friedman 1989, *Regularized Discriminant
Analysis*, eq. 16 (pooling; here of covariances, not of sums of squares).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy.linalg import solve_triangular

from models.classifiers.scores import ScoringClassifier
from models.errors import InputError
from models.estimator import all_or_nothing
from models.rows import find_still
from models.types import Array, Flags


class GaussianClassifier(ScoringClassifier):
    """Classes as normal distributions with shared, own or partly shared covariances.

    Parameters
    ----------
    pooling : 1 for one covariance of all classes, 0 for each its own, or between.
    shrinkage : how much correlations are drawn to zero, from 0 (not at all) to 1 (columns independent).
    """

    def __init__(self, pooling: float = 1.0, *, shrinkage: float = 1e-3) -> None:
        self.pooling, self.shrinkage = pooling, shrinkage

    @all_or_nothing
    def fit(self, x: Any, y: Any) -> Self:
        """Learn from rows ``x (n_rows, n_features)`` and their labels ``y (n_rows,)``.

        Raises ``InputError`` where a class's covariance has no inverse, or is beyond float64.
        """
        if not 0 <= self.pooling <= 1 or not 0 <= self.shrinkage <= 1:
            raise InputError(
                f"pooling is {self.pooling} and shrinkage is {self.shrinkage}",
                where=type(self).__name__,
                remedy="Both lie in [0, 1].",
            )
        rows, numbers = self._begin(x, y)
        groups = [rows[numbers == k] for k in range(len(self.classes_))]
        self.shares_ = np.array([len(group) / len(rows) for group in groups])  # π
        self.means_ = np.array([group.mean(axis=0) for group in groups])  # μ
        with np.errstate(over="ignore", invalid="ignore"):
            own = np.array([_measure_covariance(group) for group in groups])  # Sc
        if not np.isfinite(own).all():
            raise InputError(
                "The squares of the numbers are beyond float64",
                where=type(self).__name__,
                remedy="Give the columns in another unit.",
            )
        shared = np.tensordot(self.shares_, own, axes=1)  # S
        diagonal = np.eye(self.n_features_in_, dtype=bool)
        covariances = (1 - self.pooling) * own + self.pooling * shared
        covariances = np.where(diagonal, covariances, covariances * (1 - self.shrinkage))
        covariances[:, np.diag(np.diag(shared) == 0)] = 1.0  # a column that never varies says nothing
        self.covariances_ = covariances
        self.roots_ = np.array(
            [self._find_root(*pair) for pair in zip(self.classes_, covariances, strict=True)]
        )
        return self

    def _find_root(self, label: Any, covariance: Array) -> Array:
        """Return the lower triangular L with L Lᵀ = Σ."""
        try:
            return np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError as error:
            raise InputError(
                f"The covariance of the class {label} has no inverse",
                where=type(self).__name__,
                remedy="Raise pooling or shrinkage, or leave out columns that follow from others.",
            ) from error

    def _score_rows(self, rows: Array) -> Array:
        scores = np.empty((len(rows), len(self.classes_)))
        rows = np.where(self._find_same(), self.means_[0], rows)
        for k, root in enumerate(self.roots_):
            with np.errstate(over="ignore", invalid="ignore"):  # such a row is refused below
                z = solve_triangular(
                    root, (rows - self.means_[k]).T, lower=True
                )  # |z|² = (x − μ)ᵀ Σ⁻¹ (x − μ)
                log_determinant = 2 * np.log(np.diag(root)).sum()
                scores[:, k] = np.log(self.shares_[k]) - 0.5 * log_determinant - 0.5 * (z * z).sum(axis=0)
        if not np.isfinite(scores).any(axis=1).all():
            raise InputError(
                "A row is beyond float64 from every class",
                where=type(self).__name__,
                remedy="Give rows in the units of those that were learned.",
            )
        return scores

    def _find_same(self) -> Flags:
        """Return the columns that add the same to every class's score, which would only cost it digits."""
        other = self.roots_ != np.eye(self.n_features_in_)
        same: Flags = (self.means_ == self.means_[0]).all(axis=0) & ~other.any(axis=(0, 1))
        same &= ~other.any(axis=(0, 2))
        return same


def _measure_covariance(group: Array) -> Array:
    """Return the covariance of rows (n, d), divisor n; that of a column that is still is exactly 0."""
    centred = np.where(find_still(group), 0.0, group - group.mean(axis=0))
    covariance: Array = centred.T @ centred / len(group)
    return covariance
