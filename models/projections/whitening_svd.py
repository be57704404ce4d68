"""ZCA whitening through the singular values of the rows themselves, which keeps small ones apart longer.

The covariance squares the singular values of the centred rows, c = U diag(s) Vᵀ, and loses those below
√(rounding) of the largest. Without it, with r = √(s²/n + ε),

    y = U diag(s/r) Vᵀ
        M = Uᵀ dy V
        dc = U (E ∘ ½(M + Mᵀ) + O ∘ ½(M − Mᵀ)) Vᵀ + (dy V − U M) diag(1/r) Vᵀ + U diag(1/r) (Uᵀdy − M Vᵀ)
        dx = dc − mean dc

where E_ij = (gᵢ − gⱼ)/(sᵢ − sⱼ) and O_ij = (gᵢ + gⱼ)/(sᵢ + sⱼ) for g = s/r, the map of the singular values;
in lowest terms

    E_ij = ε / (rᵢ rⱼ) · (sᵢ + sⱼ)/(sᵢ rⱼ + sⱼ rᵢ)
    O_ij = (sᵢ/rᵢ + sⱼ/rⱼ)/(sᵢ + sⱼ)

which have no singularity where singular values meet; where both are zero, both are 1/√ε.

Shapes: x (n, d) → y (n, d); in groups of columns as in ``models.projections.whitening``.

References: F. Noferini 2017, *A Formula for the Fréchet Derivative of a Generalized Matrix Function*,
corollary 3.10; Kessy, Lewin & Strimmer 2018, arXiv 1512.00809 (ZCA).
"""

from __future__ import annotations

import numpy as np

from models.projections.moments import join_groups, split_groups
from models.projections.whitening import EPSILON, check_epsilon
from models.types import Array, Pullback


def zca_by_svd(x: Array, *, groups: int = 1, epsilon: float = EPSILON) -> tuple[Array, Pullback]:
    """Return what ``zca(x, groups=…, epsilon=…)`` returns, with its pullback, by the other way."""
    check_epsilon(epsilon)
    parts = split_groups(x, groups)
    left, s, axes = np.linalg.svd(parts - parts.mean(axis=1, keepdims=True), full_matrices=False)
    right = axes.mT  # V
    r = np.sqrt(s * s / len(x) + epsilon)

    def pull_zca_by_svd(dy: Array, out: Array | None = None) -> tuple[Array]:
        d_parts = split_groups(dy, groups)
        turned, from_left = d_parts @ right, left.mT @ d_parts  # dy V, Uᵀ dy
        m = from_left @ right
        even, odd = (m + m.mT) * 0.5, (m - m.mT) * 0.5
        evenly, oddly = find_slopes(s, r, epsilon)
        inner = evenly * even + oddly * odd
        outside_left = (turned - left @ m) / r[:, None, :]
        outside_right = (from_left - m @ axes) / r[:, :, None]
        dc = (left @ inner + outside_left) @ axes + left @ outside_right
        return (np.positive(join_groups(dc - dc.mean(axis=1, keepdims=True)), out=out),)

    return join_groups((left * (s / r)[:, None, :]) @ axes), pull_zca_by_svd


def find_slopes(s: Array, r: Array, epsilon: float) -> tuple[Array, Array]:
    """Return E and O from the singular values s and r, of shape (…, k) → (…, k, k)."""
    s_one, s_other = s[..., :, None], s[..., None, :]
    r_one, r_other = r[..., :, None], r[..., None, :]
    both = s_one + s_other
    apart, lone = both > 0, np.full_like(both, epsilon**-0.5)
    ratio = np.divide(both, s_one * r_other + s_other * r_one, out=lone.copy(), where=apart)
    evenly: Array = epsilon / (r_one * r_other) * ratio
    oddly: Array = np.divide(s_one / r_one + s_other / r_other, both, out=lone, where=apart)
    return evenly, oddly
