"""Of the networks that name classes: their controls are blind, and their baselines know the days before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

from flows.networks import (
    holiday_conv_lstm,
    season_vgg,
    seasons,
    weekday_decoupled,
    weekday_highway,
    weekdays,
)
from flows.networks.network import Answers, try_classes
from flows.work.materials import Materials
from models.types import Array
from models.validation import Split
from pipeline.settings import FreeSpan

SPANS = tuple(
    FreeSpan(date(2023, 1, 2) + timedelta(k), date(2023, 1, 2) + timedelta(k + 13))
    for k in range(56, 1450, 56)
)


class Asked(NamedTuple):
    """What a net was to learn."""

    x: Array
    truth: Array
    split: Split


@pytest.mark.parametrize(
    ("work", "room", "n_classes", "n_days"),
    [
        (season_vgg, seasons, 4, 1464),
        (weekday_highway, weekdays, 7, 401),
        (weekday_decoupled, weekdays, 7, 401),
        (holiday_conv_lstm, holiday_conv_lstm, 2, 1464),
    ],
)
def test_the_control_is_taught_and_asked_by_shuffled_labels_and_the_baseline_by_the_days_before(
    work: Any,
    room: Any,
    n_classes: int,
    n_days: int,  # the last fifth does not hold each class as often as the days before
    make_subject: Callable[..., Any],
    home_zone: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Asked] = []
    judged: list[Answers] = []

    def teach(recipes: Any, x: Array, truth: Array, split: Split, *, seed: int, tell: Any) -> Any:
        asked.append(Asked(x, truth.copy(), split))
        mark = float(len(asked))  # what the net says; the control is the second
        return SimpleNamespace(
            net=recipes[0].make(), flat=np.zeros(1), scale=np.zeros(2), recipe=recipes[0], n_epochs=1,
            say=lambda rows: np.full((len(rows), n_classes), mark),
        )  # fmt: skip

    def judge(days: Array, answers: Answers, **more: Any) -> Any:
        judged.append(answers)
        return try_classes(days, answers, **more)

    monkeypatch.setattr(room, "teach", teach)
    monkeypatch.setattr(room, "try_classes", judge)
    counts = np.random.default_rng(0).poisson(0.4, (n_days, 24)).astype(np.int64)
    subject = replace(make_subject(counts), free_days=SPANS)
    materials = Materials(subject, home_zone, lambda: None)  # type: ignore[arg-type, return-value]
    work.run_work(materials, tell=lambda done, of: None)
    (net, control), (answers,) = asked, judged
    split = net.split
    np.testing.assert_array_equal(net.x, control.x)
    for span in split:
        assert (net.truth[span] != control.truth[span]).any()
        np.testing.assert_array_equal(np.sort(net.truth[span]), np.sort(control.truth[span]))
    np.testing.assert_array_equal(answers.truth, net.truth[split.test])
    np.testing.assert_array_equal(answers.shuffled, control.truth[split.test])
    assert (answers.network == 1).all() and (answers.control == 2).all()
    before, scored = (
        np.bincount(net.truth[rows], minlength=n_classes) / len(net.truth[rows])
        for rows in (split.before_test, split.test)
    )
    assert not np.allclose(before, scored, rtol=1e-6)
    np.testing.assert_allclose(answers.baseline, np.tile(before, (len(answers.truth), 1)), rtol=1e-12)
