"""What ``learn`` writes is read again: the same answers to the bit, and no file that holds something else."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from flows.networks import next_day_lstm, next_day_nets, season_resnet, week_autoencoder, week_likelihood
from flows.networks.hourly_counts import learn_hourly, measure_levels
from flows.networks.next_day_nets import N_UNITS, load_nets, pack_nets
from flows.networks.next_day_windows import FEATURES, WINDOW
from flows.networks.teaching import Taught, load_taught, pack_taught
from flows.work import daily_trend, day_shape, next_day, text_product, two_heads, usual_day, weekly
from flows.work.text_model import learn_epochs, tell_classes
from models.classifiers.softmax import SoftmaxClassifier
from models.errors import SavedModelError
from models.saving import pack_model
from models.tree import pack
from models.types import Array
from pipeline.features.day_series import NAMES
from pipeline.features.sparse_rows import SparseRows
from pipeline.features.text import N_COLUMNS

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, len(NAMES)))
COUNTS = RNG.poisson(30, size=60).astype(float)
DAYS = np.datetime64("2022-03-01") + np.arange(60)
WEEKS = RNG.poisson(2.0, size=(9, 7, 24))
KINDS = ["a", "b", "c"]


def keep_weekly() -> tuple[bytes, Any, Any]:
    truth = np.repeat([0, 2], 30)  # one kind was not met
    choice = weekly.Choice(next(iter(weekly.VIEWS)), 0.1)
    taught = weekly.Taught(SoftmaxClassifier(0.1, max_steps=20).fit(X, truth), choice)
    content = weekly.pack_softmax(taught, 1, NAMES, KINDS)
    again = weekly.load_softmax(content, 1, KINDS, where="x")
    assert again.choice == choice
    return content, weekly.say_all(taught.model, X, truth), weekly.say_all(again.model, X, truth)


def keep_learner(name: str) -> tuple[bytes, Any, Any]:
    learner = next_day.LEARNERS[name]()
    learner.learn_many(X, COUNTS)
    content = next_day.pack_learner(learner)
    again = next_day.load_learner(content, where="x")
    return content, learner.learn_many(X, COUNTS), again.learn_many(X, COUNTS)


def keep_usual_day() -> tuple[bytes, Any, Any]:
    taught = usual_day.teach(("L1", "L2"), X, COUNTS)
    content = usual_day.pack_taught(taught)
    again = usual_day.load_taught(content, where="x")
    return content, usual_day.guess_days(taught, X), usual_day.guess_days(again, X)


def keep_two_heads() -> tuple[bytes, Any, Any]:
    hours, totals = RNG.random((60, 24)), RNG.random((60, len(two_heads.NAMES) - 24))
    rows = two_heads.Rows(hours, totals, COUNTS, np.arange(60) % 7, COUNTS[::-1])
    taught = two_heads.teach(rows, 0.1, 0)
    content = two_heads.pack_taught(taught)
    again = two_heads.load_taught(content, where="x")
    return content, np.hstack([*two_heads.ask(taught, rows)[:1]]), two_heads.ask(again, rows)[0]


def keep_text(hidden: bool) -> tuple[bytes, Any, Any]:
    kind = next(name for name, has in text_product.KINDS.items() if has == hidden)
    texts = SparseRows(
        RNG.integers(N_COLUMNS, size=80), np.ones(80, np.float32), np.arange(0, 81, 4), N_COLUMNS
    )
    *_, net = learn_epochs(texts, np.arange(20) % 2, 2, hidden=hidden, n_epochs=1, seed=0)
    content = text_product.pack_net(net, kind, 1, ("search", "youtube"))
    again, classes = text_product.load_net(content, where="x")
    assert classes == ("search", "youtube")
    return content, tell_classes(net, texts), tell_classes(again, texts)


def keep_trend() -> tuple[bytes, Any, Any]:
    line = daily_trend.solve_line(DAYS, COUNTS)
    content = daily_trend.pack_line(line)
    return content, line.guess(DAYS), daily_trend.load_line(content, where="x").guess(DAYS)


def keep_shape(name: str) -> tuple[bytes, Any, Any]:
    taught = day_shape.teach(day_shape.WAYS[name], DAYS, COUNTS)
    content = day_shape.pack_taught(taught)
    again = day_shape.load_taught(content, where="x")
    return content, day_shape.guess_days(taught, DAYS), day_shape.guess_days(again, DAYS)


def keep_classes() -> tuple[bytes, Any, Any]:
    recipes = season_resnet.list_recipes()
    net, maps = recipes[1].make(), RNG.normal(size=(5, 7, 24, 1))
    flat, parameters = pack(net.init(RNG, (7, 24, 1), dtype=np.float32)[0], np.float32)
    net(parameters, maps.astype(np.float32), rng=RNG)  # its running moments move
    taught = Taught(net, flat, parameters, np.array([0.5, 2.0], np.float32), recipes[1], 7)
    content = pack_taught(taught, season_resnet.HEAD)
    again = load_taught(content, season_resnet.HEAD, season_resnet.list_recipes(), where="x")
    assert (again.recipe.name, again.n_epochs) == (recipes[1].name, 7)
    return content, taught.say(maps), again.say(maps)


def keep_days() -> tuple[bytes, Any, Any]:
    x, nets = RNG.normal(size=(WINDOW, len(FEATURES))).astype(np.float32), []
    for n_epochs in (3, 5):
        net = next_day_lstm.make_net(N_UNITS)
        flat, parameters = pack(net.init(RNG, x.shape, dtype=np.float32)[0], np.float32)
        flat += RNG.normal(size=flat.shape)
        nets.append(next_day_nets.Taught(net, flat, parameters, n_epochs))
    content = pack_nets("next_day_lstm", nets, RNG.random((2, len(NAMES))))
    again, _ = load_nets(content, "next_day_lstm", next_day_lstm.make_net, where="x")
    assert [one.n_epochs for one in again] == [3, 5]
    before, after = (np.stack([one.net(one.parameters, x[None])[0] for one in two]) for two in (nets, again))
    return content, before, after


def keep_likelihood() -> tuple[bytes, Any, Any]:
    hourly = learn_hourly(WEEKS, measure_levels(WEEKS))
    made = week_likelihood.make_new(hourly, (5, 6), 8, RNG)
    made.flat[:] += 0.1 * RNG.normal(size=made.flat.shape)
    content = week_likelihood.pack_trained(made, (5, 6), 3)
    weeks = week_likelihood.Weeks(DAYS[:9], WEEKS, measure_levels(WEEKS))
    before, after = (
        week_likelihood.read_weeks(one, weeks)[0]
        for one in (made, week_likelihood.load_trained(content, where="x"))
    )
    return content, before, after


def keep_autoencoder() -> tuple[bytes, Any, Any]:
    channels = week_autoencoder.CHANNELS[1]
    new = week_autoencoder.make_net(channels, RNG)
    trained = week_autoencoder.Trained(*new, RNG.random((7, 24)), 1.5, [])
    content = week_autoencoder.pack_trained(trained, channels, 3)
    again = week_autoencoder.load_trained(content, where="x")
    np.testing.assert_array_equal(trained.encode(WEEKS), again.encode(WEEKS))
    return content, trained.draw(WEEKS), again.draw(WEEKS)


SHAPES = list(day_shape.WAYS)
LEARNERS = {type(make()).__name__: name for name, make in next_day.LEARNERS.items()}  # one of each kind
KEEP: dict[str, tuple[Callable[[], tuple[bytes, Any, Any]], Callable[[bytes], Any]]] = {
    "weeks": (keep_weekly, lambda c: weekly.load_softmax(c, 1, KINDS, where="x")),
    "usual day": (keep_usual_day, lambda c: usual_day.load_taught(c, where="x")),
    "trend": (keep_trend, lambda c: daily_trend.load_line(c, where="x")),
    "network of classes": (
        keep_classes,
        lambda c: load_taught(c, season_resnet.HEAD, season_resnet.list_recipes(), where="x"),
    ),
    "network of days": (
        keep_days, lambda c: load_nets(c, "next_day_lstm", next_day_lstm.make_net, where="x")
    ),
    "network of likelihood": (keep_likelihood, lambda c: week_likelihood.load_trained(c, where="x")),
    "auto-encoder": (keep_autoencoder, lambda c: week_autoencoder.load_trained(c, where="x")),
    "two heads": (keep_two_heads, lambda c: two_heads.load_taught(c, where="x")),
} | {
    f"next day {kind}": (lambda name=name: keep_learner(name), lambda c: next_day.load_learner(c, where="x"))
    for kind, name in LEARNERS.items()
} | {
    f"texts {deep}": (lambda deep=deep: keep_text(deep), lambda c: text_product.load_net(c, where="x"))
    for deep in (False, True)
} | {
    f"shape {k}": (lambda k=k: keep_shape(SHAPES[k]), lambda c: day_shape.load_taught(c, where="x"))
    for k in (0, 5, 7, -1)
}  # fmt: skip


def split_file(content: bytes) -> tuple[dict[str, Any], dict[str, Array]]:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return json.loads(file["header.json"]), {k: file[k] for k in file.files if k != "header.json"}


@pytest.mark.parametrize("kind", KEEP)
def test_a_model_that_was_written_is_read_again_and_another_is_refused(kind: str) -> None:
    keep, load = KEEP[kind]
    content, before, after = keep()
    np.testing.assert_array_equal(before, after)
    header, arrays = split_file(content)
    name, version, features = (header.pop(key) for key in ("class", "version", "features"))
    del header["format"]
    spoiled = [{k: v for k, v in arrays.items() if k != one} for one in arrays]
    for one, array in arrays.items():
        if array.dtype.kind == "f":
            spoiled.append(arrays | {one: np.full_like(array, np.nan)})
    for bad in spoiled:
        with pytest.raises(SavedModelError):
            load(pack_model(name, version, features, bad, **header))
    for given in (content[:-30], pack_model("Other", version, features, arrays, **header)):
        with pytest.raises(SavedModelError):
            load(given)
    for one, said in header.items():
        if isinstance(said, str):
            with pytest.raises(SavedModelError, match="do not fit together"):
                load(pack_model(name, version, features, arrays, **(header | {one: "nothing known"})))
