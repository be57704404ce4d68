"""Softmax regression: two or more classes, each with an affine score sₖ = z·wₖ + bₖ.

    pₖ = P(y = k) = exp sₖ / Σⱼ exp sⱼ
    ℓ(s, y) = −log p_y = log Σⱼ exp sⱼ − s_y
        ∂ℓ/∂sₖ = pₖ − (1 if k = y, else 0)

Adding one number to all scores changes no probability; a penalty above 0 picks the weights that sum to
zero over the classes. The biases, which have none, stay free by one number.

Shapes: those of ``models.classifiers.linear``, with k classes.

References: C. M. Bishop 2006, *Pattern Recognition and Machine Learning*, eq. 4.104 to 4.109; Murphy 2022,
ch. 10.3.
"""

from __future__ import annotations

from models.classifiers.linear import LinearClassifier
from models.losses import cross_entropy
from models.types import Array, Pullback


class SoftmaxClassifier(LinearClassifier):
    """Two or more classes by an affine score each."""

    def _count_scores(self) -> int:
        return len(self.classes_)

    def _lose(self, scores: Array, *, numbers: Array) -> tuple[Array, Pullback]:
        return cross_entropy(scores, label=numbers)
