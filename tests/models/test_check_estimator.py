"""scikit-learn's own suite for estimators, on our classes as they are."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import models
from models.estimator import Estimator

# Each estimator class, with settings under which its hundred fits are quick.
ESTIMATORS: list[tuple[str, dict[str, Any]]] = [
    ("models.baselines.MajorityClass", {}),
    ("models.classifiers.feature_maps.CircleMap", {}),
    ("models.classifiers.feature_maps.ProductMap", {}),
    ("models.classifiers.feature_maps.RadiusMap", {}),
    ("models.classifiers.gaussian.GaussianClassifier", {"pooling": 0.0}),
    ("models.classifiers.gaussian.GaussianClassifier", {"pooling": 1.0}),
    ("models.classifiers.logistic.LogisticClassifier", {"max_steps": 25}),
    ("models.classifiers.mlp.MLPClassifier", {"hidden": (8,), "epochs": 6, "rate": 0.1, "validation": 0.0}),
    ("models.classifiers.softmax.SoftmaxClassifier", {"max_steps": 25}),
    ("models.projections.pca.PCA", {}),
    ("models.projections.whitening.Whitening", {}),
    ("models.regression.descent.DescentRegressor", {}),
    ("models.regression.descent.DescentRegressor", {"batch_size": 8, "n_epochs": 50}),
    ("models.regression.linear.LinearRegressor", {}),
    ("models.regression.mlp.MLPRegressor", {"hidden": (8,), "epochs": 12, "rate": 0.05}),
    ("models.regression.polynomial.PolynomialRegressor", {}),
]

# Checks that a class does not pass, each with its reason.
EXPECTED_FAILURES: dict[str, dict[str, str]] = {}


def make(path: str, settings: dict[str, Any]) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)(**settings)


@pytest.mark.filterwarnings("ignore:Estimator .* does not inherit from `sklearn.base.BaseEstimator`")
@pytest.mark.filterwarnings("always:A column-vector y was passed")
@pytest.mark.parametrize(("path", "settings"), ESTIMATORS)
def test_an_estimator_passes_scikit_learns_own_suite(path: str, settings: dict[str, Any]) -> None:
    from sklearn.utils.estimator_checks import check_estimator

    expected = EXPECTED_FAILURES.get(path, {})
    results = check_estimator(make(path, settings), expected_failed_checks=expected, on_skip=None)
    assert len(results) > 40
    names = {s: {r["check_name"] for r in results if r["status"] == s} for s in ("xfail", "skipped")}
    assert names["xfail"] == set(expected)
    assert names["skipped"] <= {"check_array_api_input"}  # it asks for SCIPY_ARRAY_API in the environment


def list_classes(base: type) -> Iterator[type]:
    for child in base.__subclasses__():
        yield child
        yield from list_classes(child)


def test_every_estimator_class_is_listed() -> None:
    for module in pkgutil.walk_packages(models.__path__, "models."):
        importlib.import_module(module.name)
    classes = [c for c in list_classes(Estimator) if c.__module__.startswith("models.")]
    concrete = {f"{c.__module__}.{c.__qualname__}" for c in classes if not inspect.isabstract(c)}
    assert {path for path, _ in ESTIMATORS} == concrete


def test_an_estimator_works_where_scikit_learn_is_not_imported() -> None:
    script = (
        "import sys\n"
        "from models.classifiers.logistic import LogisticClassifier\n"
        "from models.errors import NotFittedError\n"
        "model = LogisticClassifier(max_steps=5)\n"
        "try:\n    model.predict([[1.0]])\nexcept NotFittedError as error:\n    print(error)\n"
        "print(model.fit([[0.0], [1.0]], [0, 1]).predict([[1.0]]), 'sklearn' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [
        "This model has not learned anything yet (LogisticClassifier). Call fit first.",
        "[1] False",
    ]
