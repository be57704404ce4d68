"""The main directions of 178 wines: eigenvectors of covariance and of correlation, and what they keep.

Flavanoids against the light that the diluted wine lets through (od280/od315), and the alcalinity of the
ash as a third. By covariance the column with the largest unit leads; by correlation all count alike. Of
the three standardised columns the singular values are dropped one by one, the smallest first.

References: those of ``models.projections.pca``.
"""

from __future__ import annotations

import numpy as np

from models.projections.pca import PCA, compose_svd, decompose_svd, find_eigenvectors
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.types import Array

SOURCE = (
    "article on eigenvectors, on the wines of UCI (Aeberhard & Forina 1991); it prints no numbers of them"
)
NAMES = ("flavanoids", "od280/od315_of_diluted_wines", "alcalinity_of_ash")


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Find the axes of two and of three columns; there is nothing random.

    Arrays: ``wines (178, 3)`` in the order of ``names``, ``growers (178,)``; of the first two columns
    ``covariance_values (2,)``, ``covariance_vectors (2, 2)`` (one a row) and the same of the correlation,
    ``projected (178, 2)`` onto the covariance's first axis; of the standardised three ``standardised`` and
    ``kept_1``, ``kept_2`` (178, 3), rebuilt from one and two singular values, ``lengths (3,)``; ``scores
    (178, 2)`` and ``shares (13,)`` of all thirteen standardised columns.
    """
    table = data.read_table("wine")
    chosen = [table.columns.index(name) for name in NAMES]
    wines, growers = table.values[:, chosen], table.values[:, table.columns.index("target")]
    pair = wines[:, :2]
    by_covariance, by_correlation = find_eigenvectors(pair), find_eigenvectors(pair, correlation=True)
    one_axis = PCA(1).fit(pair)
    z = (wines - wines.mean(axis=0)) / wines.std(axis=0)
    parts = decompose_svd(z)
    squares = parts.lengths**2 / np.sum(parts.lengths**2)
    measures = np.delete(table.values, table.columns.index("target"), axis=1)
    whole = PCA(standardise=True).fit(measures)
    tell(1, 1)
    kept = {n: compose_svd(decompose_svd(z, n)) for n in (1, 2)}
    plain = PCA().fit(measures)
    turn = find_turn(by_covariance.vectors[0])
    return StudyResult(
        "eigenvectors",
        "The main directions of 178 wines",
        SOURCE,
        (
            Figure("first axis of the covariance, from flavanoids", None, "", turn, "°"),
            Figure(
                "first axis of the correlation, from flavanoids",
                None,
                "",
                find_turn(by_correlation.vectors[0]),
                "°",
                note="always 45° for two columns that rise together",
            ),
            Figure(
                "variance of two columns on their first axis", None, "", 100 * float(one_axis.shares_[0]), "%"
            ),
            Figure("three columns, kept by one singular value", None, "", 100 * float(squares[0]), "%"),
            Figure("three columns, kept by two", None, "", 100 * float(squares[:2].sum()), "%"),
            Figure("thirteen columns, kept by two axes", None, "", 100 * float(whole.shares_[:2].sum()), "%"),
            Figure(
                "thirteen columns as they are, kept by one axis",
                None,
                "",
                100 * float(plain.shares_[0]),
                "%",
                note="it is the proline, whose numbers are the largest",
            ),
        ),
        {
            "names": np.array(NAMES),
            "wines": wines,
            "growers": growers.astype(int),
            "covariance_values": by_covariance.values,
            "covariance_vectors": by_covariance.vectors,
            "correlation_values": by_correlation.values,
            "correlation_vectors": by_correlation.vectors,
            "projected": one_axis.inverse_transform(one_axis.transform(pair)),
            "standardised": z,
            "kept_1": kept[1],
            "kept_2": kept[2],
            "lengths": parts.lengths,
            "scores": whole.transform(measures)[:, :2],
            "shares": whole.shares_,
        },
        (
            f"One direction holds {100 * one_axis.shares_[0]:.0f} % of the variance of two measures.",
            "Without standardising, the first of thirteen axes is one column: the one with the largest unit.",
        ),
    )


def find_turn(axis: Array) -> float:
    """Return the angle of an axis (2,) from the first column, in degrees."""
    return float(np.degrees(np.arctan2(axis[1], axis[0])))
