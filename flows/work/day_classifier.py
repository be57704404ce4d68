"""One classifier of day profiles out of several kinds, on the hours as they are or whitened, and its file.

The simplest first: logistic or softmax regression; a Gaussian classifier, whose kinds of day share one
covariance (straight borders) or have their own (bent ones); a small net. Whitening is learned from the rows
that the classifier learns from, and lies in its file. A file holds plain arrays: nothing is unpickled.

References: A. Kessy, A. Lewin & K. Strimmer 2018, *Optimal Whitening and Decorrelation*, arXiv 1512.00809;
J. H. Friedman 1989, *Regularized Discriminant Analysis* (a part of own covariances is shared).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from models.classifiers.gaussian import GaussianClassifier
from models.classifiers.linear import LinearClassifier
from models.classifiers.logistic import LogisticClassifier
from models.classifiers.mlp import MLPClassifier
from models.classifiers.softmax import SoftmaxClassifier
from models.estimator import Classifier, all_or_nothing
from models.layers.affine import Affine
from models.perceptron import VERSION as NET_VERSION
from models.projections.whitening import Whitening
from models.saving import check_numbers, fit_together, pack_model, unpack_model
from models.types import Array

LINEAR, SHARED, OWN, NET = "linear", "shared covariance", "own covariances", "net"
VERSION = 1
NAME = "DayClassifier"
MOST_STEPS = 120  # of descent: its probabilities are then within 0.005 of those at the minimum
EPSILON = 0.01  # a smoothed hour hardly varies apart from its neighbours: that little is not blown up
PART_SHARED = 0.1  # of own covariances: an hour that is always silent on a Sunday still has a spread
N_HIDDEN = 16
TRAINING: dict[str, Any] = {"rate": 6e-3, "batch_rows": 64, "epochs": 100, "patience": 6}
HELD = 5  # the last fifth of a net's days says when to stop
PLAIN = {
    LogisticClassifier.__name__: LogisticClassifier,
    SoftmaxClassifier.__name__: SoftmaxClassifier,
    GaussianClassifier.__name__: GaussianClassifier,
}


def hold_back(n_rows: int) -> int:
    """Return how many rows, of ``n_rows`` in the order of time, a net learns from; the rest stop it."""
    return n_rows - max(n_rows // HELD, 1)


class DayClassifier(Classifier):
    """Tells classes of rows, which lie in the order of time.

    Parameters
    ----------
    family : one of ``LINEAR``, ``SHARED``, ``OWN`` and ``NET``.
    whitened : whether rows are whitened first.
    strength : the penalty of a linear model or a net; the shrinkage of a Gaussian's correlations.
    seed : of a net's first weights and the order in which it sees rows.
    """

    def __init__(
        self, family: str = LINEAR, *, whitened: bool = False, strength: float = 0.01, seed: int = 0
    ) -> None:
        self.family, self.whitened = family, whitened
        self.strength, self.seed = strength, seed

    @all_or_nothing
    def fit(self, x: Any, y: Any) -> Self:
        """Learn from rows ``x (n_rows, n_features)`` in the order of time, and labels ``y (n_rows,)``."""
        rows, _ = self._begin(x, y)
        self.centre_, self.whitener_ = None, None
        if self.whitened:
            whitening = Whitening(epsilon=EPSILON).fit(rows)
            self.centre_, self.whitener_ = whitening.mean_.reshape(-1), whitening.whitener_[0]
        z, labels = self._whiten(rows), np.asarray(y)
        self.model_: Classifier
        if self.family == NET:
            n = hold_back(len(z))
            net = MLPClassifier((N_HIDDEN,), l2=self.strength, **TRAINING, seed=self.seed)
            self.model_ = net.fit(z[:n], labels[:n], held=(z[n:], labels[n:]))
        else:
            self.model_ = self._choose_model().fit(z, labels)
        return self

    def predict_proba(self, x: Any) -> Array:
        """Return the probability of each class, (n_rows, n_classes)."""
        return self.model_.predict_proba(self._whiten(self._check_rows(x)))

    def weigh_columns(self, x: Array) -> Array | None:
        """Return what one spread more of a column adds to each score, (n_features, n_scores).

        Spreads are those of the rows ``x``. ``None`` where the model is no linear one.
        """
        if not isinstance(self.model_, LinearClassifier):
            return None
        slope: Array = self.model_.parameters_.weight / self.model_.scale_[:, None]
        if self.whitener_ is not None:
            slope = self.whitener_ @ slope
        spread: Array = x.std(axis=0)
        return slope * spread[:, None]

    def save(self, features: list[str], labels: Sequence[str]) -> bytes:
        """Return the model as a file; ``labels`` are the names of its classes, in order."""
        self._check_fitted()
        more: dict[str, Any] = {"classifier": type(self.model_).__name__, "classes": list(labels)}
        if isinstance(self.model_, MLPClassifier):
            packed = self.model_.save(features)
            name = MLPClassifier.__name__
            saved = unpack_model(packed, name=name, version=NET_VERSION, features=features, where=NAME)
            arrays, more["inner"] = saved.arrays, saved.header["settings"]
        else:
            arrays, more["inner"] = list_arrays(self.model_), self.model_.get_params()
        if self.whitener_ is not None and self.centre_ is not None:
            arrays = {**arrays, "whitening_centre": self.centre_, "whitener": self.whitener_}
        return pack_model(NAME, VERSION, features, arrays, settings=self.get_params(), **more)

    @classmethod
    def load(cls, content: bytes, *, features: list[str], where: str) -> Self:
        """Return the model that ``save`` packed, with the numbers 0, 1, … for its classes.

        Raises ``SavedModelError`` for a file that is damaged, another's, or of other features.
        """
        saved = unpack_model(content, name=NAME, version=VERSION, features=features, where=where)
        header, arrays = saved.header, dict(saved.arrays)
        with fit_together(where):
            model = cls(**header["settings"])
            model.n_features_in_, model.classes_ = len(features), np.arange(len(header["classes"]))
            model._check_kind(header["classifier"])
            model.centre_, model.whitener_ = (arrays.pop(k, None) for k in ("whitening_centre", "whitener"))
            if model.whitened:
                check_numbers(model.centre_, (len(features),))
                check_numbers(model.whitener_, (len(features), len(features)))
            elif model.centre_ is not None or model.whitener_ is not None:
                raise ValueError("whitening that it does not do")
            if header["classifier"] == MLPClassifier.__name__:
                more = {"settings": header["inner"], "classes": model.classes_.tolist()}
                packed = pack_model(MLPClassifier.__name__, NET_VERSION, features, arrays, **more)
                model.model_ = MLPClassifier.load(packed, features=features, where=where)
            else:
                model.model_ = PLAIN[header["classifier"]](**header["inner"])
                put_arrays(model.model_, arrays, len(features), model.classes_)
        return model

    def _check_kind(self, name: str) -> None:
        """Raise ``ValueError`` unless a classifier of this name is what ``fit`` would have made."""
        gaussian = GaussianClassifier.__name__
        linear = LogisticClassifier if len(self.classes_) == 2 else SoftmaxClassifier
        kinds = {LINEAR: linear.__name__, SHARED: gaussian, OWN: gaussian, NET: MLPClassifier.__name__}
        if len(self.classes_) < 2 or kinds.get(self.family) != name or type(self.whitened) is not bool:
            raise ValueError("not the settings of this model")
        if not 0 <= self.strength < np.inf:
            raise ValueError("not a strength")

    def _whiten(self, rows: Array) -> Array:
        if self.whitener_ is None:
            return rows
        whitened: Array = (rows - self.centre_) @ self.whitener_
        return whitened

    def _choose_model(self) -> Classifier:
        if self.family == LINEAR:
            linear = LogisticClassifier if len(self.classes_) == 2 else SoftmaxClassifier
            return linear(self.strength, max_steps=MOST_STEPS)
        pooling = {SHARED: 1.0, OWN: PART_SHARED}[self.family]
        return GaussianClassifier(pooling, shrinkage=self.strength)


def list_arrays(model: Classifier) -> dict[str, Array]:
    """Return by name the arrays that a linear or Gaussian model predicts by."""
    if isinstance(model, LinearClassifier):
        weight, bias = model.parameters_
        return {"weight": weight, "bias": bias, "mean": model.mean_, "scale": model.scale_}
    assert isinstance(model, GaussianClassifier)
    return {"shares": model.shares_, "means": model.means_, "roots": model.roots_}


def put_arrays(model: Classifier, arrays: dict[str, Array], n_features: int, classes: Array) -> None:
    """Give a linear or Gaussian model what ``list_arrays`` listed; raise ``ValueError`` for other shapes."""
    model.n_features_in_, model.classes_ = n_features, classes
    n, d = len(classes), n_features
    if isinstance(model, LinearClassifier):
        n_scores = 1 if model.only_two_classes else n
        shapes = {"weight": (d, n_scores), "bias": (n_scores,), "mean": (d,), "scale": (d,)}
    else:
        shapes = {"shares": (n,), "means": (n, d), "roots": (n, d, d)}
    for name, shape in shapes.items():
        check_numbers(arrays[name], shape)
    if isinstance(model, LinearClassifier):
        model._check_settings()
        if not (arrays["scale"] > 0).all():
            raise ValueError("no spreads of columns")
        model.parameters_ = Affine(arrays["weight"], arrays["bias"])
        model.mean_, model.scale_ = arrays["mean"], arrays["scale"]
    elif isinstance(model, GaussianClassifier):
        shares, roots = arrays["shares"], arrays["roots"]
        if not (shares > 0).all() or abs(shares.sum() - 1) > 1e-9:
            raise ValueError("no shares of classes")
        if not (np.diagonal(roots, axis1=1, axis2=2) > 0).all() or np.triu(roots, 1).any():
            raise ValueError("no roots of covariances")
        if not (0 <= model.pooling <= 1 and 0 <= model.shrinkage <= 1):
            raise ValueError("not the settings of this model")
        model.shares_, model.means_, model.roots_ = (arrays[name] for name in shapes)
