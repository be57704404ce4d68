"""Networks that name classes: controls are blind, baselines know the days before, files are read again."""

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
    season_conv_update_gate,
    season_resnet,
    season_vgg,
    seasons,
    weekday_decoupled,
    weekday_highway,
    weekdays,
)
from flows.networks.network import Answers, try_classes
from flows.networks.teaching import Taught, load_taught
from flows.work.materials import Materials
from flows.work.season import number_quarters
from flows.work.term_or_holiday import number_blocks
from models.tree import pack
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
    ("work", "room", "n_classes", "n_days", "number"),
    [
        (season_vgg, seasons, 4, 1464, number_quarters),
        (season_resnet, seasons, 4, 1464, number_quarters),
        (season_conv_update_gate, seasons, 4, 1464, number_quarters),
        (weekday_highway, weekdays, 7, 401, None),
        (weekday_decoupled, weekdays, 7, 401, None),
        (holiday_conv_lstm, holiday_conv_lstm, 2, 1464, number_blocks),
    ],
)
def test_the_control_is_taught_and_asked_by_shuffled_labels_and_the_baseline_by_the_days_before(
    work: Any,
    room: Any,
    n_classes: int,
    n_days: int,  # the last fifth does not hold each class as often as the days before
    number: Callable[[Array], Array] | None,
    make_subject: Callable[..., Any],
    home_zone: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Asked] = []
    judged: list[Answers] = []
    nets: list[Taught] = []

    def teach(recipes: Any, x: Array, truth: Array, split: Split, *, seed: int, tell: Any) -> Any:
        asked.append(Asked(x, truth.copy(), split))
        mark = float(len(asked))  # what the net says; the control is the second
        rng, net = np.random.default_rng(len(asked)), recipes[-1].make()
        flat, parameters = pack(net.init(rng, x.shape[1:], dtype=np.float32)[0], np.float32)
        taught = Taught(net, flat, parameters, np.array([0.5, 2.0], np.float32), recipes[-1], 3)
        nets.append(taught)
        return SimpleNamespace(**taught._asdict(), say=lambda rows: np.full((len(rows), n_classes), mark))

    def judge(days: Array, answers: Answers, **more: Any) -> Any:
        judged.append(answers)
        tried = try_classes(days, answers, **more)
        if number is None:
            assert tried.blocks is None
        else:  # neighbouring weeks are alike: they count as one stretch
            np.testing.assert_array_equal(tried.blocks, number(days))
            assert len(np.unique(number(days))) < len(days) / 4
        return tried

    monkeypatch.setattr(room, "teach", teach)
    monkeypatch.setattr(room, "try_classes", judge)
    counts = np.random.default_rng(0).poisson(0.4, (n_days, 24)).astype(np.int64)
    subject = replace(make_subject(counts), free_days=SPANS)
    materials = Materials(subject, home_zone, lambda: None)  # type: ignore[arg-type, return-value]
    saved = work.run_work(materials, tell=lambda done, of: None).saved
    (net, control), (answers,) = asked, judged
    split = net.split
    np.testing.assert_array_equal(net.x, control.x)
    for span in split:
        assert (net.truth[span] != control.truth[span]).any()
        np.testing.assert_array_equal(np.sort(net.truth[span]), np.sort(control.truth[span]))
    np.testing.assert_array_equal(answers.truth, net.truth[split.test])
    np.testing.assert_array_equal(answers.shuffled, control.truth[split.test])
    assert (answers.network == 1).all() and (answers.control == 2).all()
    recipes = work.list_recipes(0) if work is weekday_decoupled else work.list_recipes()
    again, rows = load_taught(saved, work.HEAD, recipes, where="x"), net.x[:9]
    np.testing.assert_array_equal(again.say(rows), nets[0].say(rows))
    assert again.recipe.name == recipes[-1].name and not np.array_equal(again.say(rows), nets[1].say(rows))
    before, scored = (
        np.bincount(net.truth[rows], minlength=n_classes) / len(net.truth[rows])
        for rows in (split.before_test, split.test)
    )
    assert not np.allclose(before, scored, rtol=1e-6)
    np.testing.assert_allclose(answers.baseline, np.tile(before, (len(answers.truth), 1)), rtol=1e-12)
