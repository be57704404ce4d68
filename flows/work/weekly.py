"""What the works on whole weeks share: how a map is looked at, the choice of it, and the model's file.

A few hundred weeks are few for 168 hours each. So the model sees the whole map, or only its margins (24 hours
of the day and seven days), or only how full it is (one number), under a penalty; which, the validation span
says: the simplest of those that do about as well as the best there.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from flows.work.classified import choose_simplest, square_errors
from flows.work.day_classifier import put_arrays
from models.classifiers.softmax import SoftmaxClassifier
from models.saving import fit_together, pack_model, unpack_model
from models.types import Array
from models.validation import Split
from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.wording import WEEKDAYS

PENALTIES = (3.0, 1.0, 0.3, 0.1, 0.03)  # the strongest, which leaves least to learn, first
MOST_STEPS = 120
WHOLE, MARGINS, LEVEL = "the whole map", "its hours and its weekdays", "only how full it is"
VIEWS = (LEVEL, MARGINS, WHOLE)


class Choice(NamedTuple):
    """How a map is looked at, and how strong the penalty is."""

    view: str
    penalty: float


class Taught(NamedTuple):
    """A model, and what it was chosen by."""

    model: SoftmaxClassifier
    choice: Choice


def look_at(maps: Array, view: str) -> Array:
    """Return rows (n, features) of ``maps (n, …, 7, 24, 1)``, of which there may be several in a row.

    The margins are means over the other side of a map; how full it is, is the mean of all.
    """
    clips = maps.reshape(len(maps), -1, 7, 24)
    if view == WHOLE:
        return clips.reshape(len(maps), -1)
    if view == LEVEL:
        level: Array = clips.mean(axis=(2, 3))
        return level
    rows: Array = np.concatenate([clips.mean(axis=2), clips.mean(axis=3)], axis=2).reshape(len(maps), -1)
    return rows


def name_view(view: str, n_maps: int = 1) -> list[str]:
    """Return the names of the columns that ``look_at`` gives."""
    hours = [f"{(FIRST_HOUR + k) % 24:02d}" for k in range(24)]
    days = [day[:3].lower() for day in WEEKDAYS]
    cells = {
        WHOLE: [f"{day}_{hour}" for day in days for hour in hours], MARGINS: [*hours, *days], LEVEL: ["mean"],
    }[view]  # fmt: skip
    weeks = (
        [""]
        if n_maps == 1
        else [f"{n_maps - 1 - k}_before_" if k < n_maps - 1 else "" for k in range(n_maps)]
    )
    return [f"{week}log_count_{cell}" for week in weeks for cell in cells]


def name_model(name: str, view: str) -> str:
    """Return the name of the softmax regression, with what it sees where that is a number a week."""
    return f"{name}: only how full they are" if view == LEVEL else name


def teach(maps: Array, truth: Array, split: Split) -> Taught:
    """Choose on the validation span, then learn from all weeks before the scored ones."""

    errors = {}
    for choice in (Choice(*pair) for pair in product(VIEWS, PENALTIES)):
        x = look_at(maps, choice.view)
        model = _fit(choice, x[split.train], truth[split.train])
        errors[choice] = square_errors(say_all(model, x[split.validation], truth), truth[split.validation])
    choice = choose_simplest(errors)
    x = look_at(maps, choice.view)
    return Taught(_fit(choice, x[split.before_test], truth[split.before_test]), choice)


def _fit(choice: Choice, x: Array, truth: Array) -> SoftmaxClassifier:
    return SoftmaxClassifier(choice.penalty, max_steps=MOST_STEPS).fit(x, truth)


def say_all(model: SoftmaxClassifier, x: Array, truth: Array) -> Array:
    """Return probabilities of all classes of ``truth``; of one that the model has not met, 0."""
    probabilities = np.zeros((len(x), int(truth.max()) + 1))
    probabilities[:, model.classes_] = model.predict_proba(x)
    return probabilities


def pack_softmax(taught: Taught, version: int, features: list[str], classes: list[str]) -> bytes:
    """Return the file of a softmax model."""
    model = taught.model
    arrays = {
        "weight": model.parameters_.weight,
        "bias": model.parameters_.bias,
        "mean": model.mean_,
        "scale": model.scale_,
    }
    return pack_model(
        "SoftmaxClassifier", version, features, arrays,
        settings=model.get_params(), view=taught.choice.view, classes=classes, met=model.classes_.tolist(),
    )  # fmt: skip


def load_softmax(content: bytes, version: int, classes: list[str], *, where: str) -> Taught:
    """Return what ``pack_softmax`` packed; raise ``SavedModelError`` for another file, or a damaged one."""
    header, arrays = unpack_model(
        content, name="SoftmaxClassifier", version=version, features=None, where=where
    )
    with fit_together(where):
        model, met = SoftmaxClassifier(**header["settings"]), header["met"]
        if header["classes"] != classes or header["view"] not in VIEWS or len(met) < 2:
            raise ValueError("not the classes or the view of this model")
        if met != sorted(set(met) & set(range(len(classes)))):
            raise ValueError("not classes that it can have met")
        put_arrays(model, arrays, len(header["features"]), np.array(met))
        return Taught(model, Choice(header["view"], model.penalty))
