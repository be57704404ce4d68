"""Which model tells kinds of day: what only one can tell, that one finds; what all can, the simplest."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from flows.work import weekday, weekend_or_weekday
from flows.work.day_classifier import LINEAR, NET, OWN, SHARED, DayClassifier, hold_back
from flows.work.day_ways import TRIED, Way, choose_way, list_ways, name_model, say_way, teach
from flows.work.memory import recall
from flows.work.result import CLEARLY_BETTER, NO_BETTER
from models.classifiers.linear import LinearClassifier
from models.classifiers.mlp import MLPClassifier
from models.errors import SavedModelError
from models.projections.whitening import Whitening
from models.saving import pack_model
from models.validation import Split, split_by_time
from pipeline.features.day_profile import NAMES, make_day_profile

PENALTIES = weekend_or_weekday.PENALTIES


def draw_pairs(n_days: int, *, seed: int = 0) -> NDArray[np.int64]:
    """Three stretches of the first half of the day are busy or quiet by chance; the second half repeats them.

    On weekends it turns them round. Each hour by itself is alike on all days: only covariances differ.
    """
    rng = np.random.default_rng(seed)
    first = rng.normal(0, 0.7, (n_days, 3))
    second: NDArray[np.float64] = np.where(np.arange(n_days)[:, None] % 7 >= 5, -first, first)
    rates = 4 * np.exp(np.repeat(np.concatenate([first, second], axis=1), 4, axis=1))
    counts: NDArray[np.int64] = rng.poisson(rates).astype(np.int64)
    return counts


def draw_busier(n_days: int, *, seed: int = 0) -> NDArray[np.int64]:
    """Weekends are busier in the afternoon by two fifths, and nothing else differs."""
    rates = np.full((n_days, 24), 3.0)
    rates[np.arange(n_days) % 7 >= 5, 14:20] *= 1.4
    return np.random.default_rng(seed).poisson(rates).astype(np.int64)


def draw_rows(n: int = 90, n_classes: int = 2) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    rng = np.random.default_rng(0)
    y = np.arange(n) % n_classes
    return rng.normal(size=(n, 24)) + 0.5 * y[:, None] * np.linspace(-1, 1, 24), y


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_what_lies_in_covariances_alone_is_found_by_a_gaussian_with_its_own(
    seed: int, make_subject: Any, home_zone: Any
) -> None:
    done = weekend_or_weekday.run_work(make_subject(draw_pairs(420, seed=seed)), home_zone)
    result, card = done.result, dict(done.result.card)
    assert (result.verdict, result.model_name) == (CLEARLY_BETTER, "Gaussian on hours")
    assert result.model_score is not None and result.model_score > 0.9
    assert card["Chosen"].startswith(
        "Gaussian classifier with own covariances (10\u00a0% of each shared) on "
    )
    assert "of 20 ways to learn the simplest within one standard error of the one that" in card["Chosen"]
    assert card["Chosen"].endswith(
        "It is not logistic regression: it has no weight for each hour, and so no word on what speaks for a "
        "weekend."
    )
    assert result.notes == () and TRIED in result.how


def test_no_linear_model_can_tell_what_lies_in_covariances_alone(make_subject: Any) -> None:
    profile = make_day_profile(make_subject(draw_pairs(420)))
    split, y = split_by_time(420), profile.weekend.astype(np.int64)
    ways = [way for way in list_ways(y, split, PENALTIES) if way.family == LINEAR]
    model = choose_way(profile.x, y, split, ways).make_model().fit(profile.x[:336], y[:336])
    said, share = model.predict_proba(profile.x[336:])[:, 1], y[:336].mean()
    error, usual = (float(np.sqrt(((one - y[336:]) ** 2).mean())) for one in (said, share))
    assert error > 0.95 * usual  # the Gaussian classifier avoids more than half of the errors


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_linear_signal_keeps_the_linear_model(seed: int, make_subject: Any, home_zone: Any) -> None:
    result = weekend_or_weekday.run_work(make_subject(draw_busier(840, seed=seed)), home_zone).result
    assert result.model_name == "logistic on hours" and result.verdict != NO_BETTER
    note = result.notes[0]
    assert note[0] == "What tells weekend from workday" and note[1].startswith("More than usual around ")
    assert dict(result.card)["Chosen"].startswith("Logistic regression on hours, penalty ")


def test_days_that_changed_places_are_found_by_none_of_them(make_subject: Any, home_zone: Any) -> None:
    counts = np.random.default_rng(0).permutation(draw_pairs(420))
    assert weekend_or_weekday.run_work(make_subject(counts), home_zone).result.verdict == NO_BETTER


@pytest.mark.slow
def test_without_a_signal_the_simplest_is_mostly_kept_and_nothing_is_claimed(
    make_subject: Any, home_zone: Any
) -> None:
    results = []
    for seed in range(8):
        counts = np.random.default_rng(seed).permutation(draw_pairs(420, seed=seed))
        results.append(weekend_or_weekday.run_work(make_subject(counts), home_zone).result)
        results.append(weekday.run_work(make_subject(counts), home_zone).result)
    assert {one.verdict for one in results} == {NO_BETTER}
    linear = ("logistic on hours", "softmax on hours")
    assert sum(one.model_name in linear for one in results) >= 13  # of 16; by luck another fits better


def test_the_weekday_picture_is_there_only_where_there_are_weights(make_subject: Any, home_zone: Any) -> None:
    def draw(effect: float) -> NDArray[np.int64]:
        rates, day = np.full((420, 24), 1.5), np.arange(420)
        for hour in (2, 3):
            rates[day, 3 * (day % 7) + hour] += 3 * effect
        return np.random.default_rng(0).poisson(rates).astype(np.int64)

    linear, other = (weekday.run_work(make_subject(draw(e)), home_zone).result for e in (0.5, 1.0))
    assert (linear.model_name, [one.name for one in linear.beliefs]) == (
        "softmax on hours",
        ["weekday_weights"],
    )
    assert (other.model_name, other.beliefs) == ("Gaussian on whitened hours", ())
    assert dict(other.card)["Chosen"].endswith(
        "It is not softmax regression: it has no weight for each hour, and so no picture of weights."
    )


@pytest.mark.parametrize("n_classes", [2, 7])
@pytest.mark.parametrize(
    ("family", "whitened"),
    [(LINEAR, False), (LINEAR, True), (SHARED, True), (OWN, False), (OWN, True), (NET, False)],
)
def test_a_file_holds_all_that_it_predicts_by(family: str, whitened: bool, n_classes: int) -> None:
    x, y = draw_rows(210, n_classes)
    model = DayClassifier(family, whitened=whitened, strength=0.1).fit(x, y)
    labels = [f"kind {k}" for k in range(n_classes)]
    content = model.save(NAMES, labels)
    assert content == DayClassifier(family, whitened=whitened, strength=0.1).fit(x, y).save(NAMES, labels)
    again = DayClassifier.load(content, features=NAMES, where="x")
    np.testing.assert_array_equal(again.predict_proba(x), model.predict_proba(x))
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    assert again.get_params() == model.get_params() and again.save(NAMES, labels) == content
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        header = json.loads(file["header.json"])
        assert ("whitener" in file.files) == whitened
        assert all(file[name].dtype.kind == "f" for name in file.files if name != "header.json")
    assert (header["class"], header["classes"]) == ("DayClassifier", labels)
    assert header["classifier"] == type(model.model_).__name__


def test_parts_of_a_file_that_do_not_fit_are_refused() -> None:
    x, y = draw_rows()
    for family in (LINEAR, OWN, NET):
        model = DayClassifier(family, whitened=family != NET).fit(x, y)
        content = model.save(NAMES, ["a", "b"])
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files if name != "header.json"}
            header = json.loads(file["header.json"])
        more = {k: header[k] for k in ("settings", "classifier", "classes", "inner")}
        for name in arrays:
            short = {**arrays, name: arrays[name][:-1]}
            gone = {k: v for k, v in arrays.items() if k != name}
            unknown = {**arrays, name: np.full_like(arrays[name], np.nan)}
            for bad in (short, gone, unknown):
                packed = pack_model("DayClassifier", 1, NAMES, bad, **more)
                with pytest.raises(SavedModelError, match="do not fit together"):
                    DayClassifier.load(packed, features=NAMES, where="x")
        odd = pack_model("DayClassifier", 1, NAMES, arrays, **{**more, "classifier": "Oracle"})
        with pytest.raises(SavedModelError, match="do not fit together"):
            DayClassifier.load(odd, features=NAMES, where="x")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert all(name.endswith((".npy", ".json")) for name in file.namelist())


def read_parts(model: DayClassifier, labels: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arrays of a model's file, and what its header says of the model."""
    with np.load(io.BytesIO(model.save(NAMES, labels)), allow_pickle=False) as file:
        header = json.loads(file["header.json"])
        arrays = {name: file[name] for name in file.files if name != "header.json"}
    return arrays, {k: header[k] for k in ("settings", "classifier", "classes", "inner")}


ILL: dict[str, tuple[str, Any]] = {
    "a spread of none": (LINEAR, lambda a, h: a.update(scale=np.zeros(24))),
    "complex weights": (LINEAR, lambda a, h: a.update(weight=a["weight"] + 0j)),
    "whole weights": (LINEAR, lambda a, h: a.update(weight=np.ones_like(a["weight"], dtype=int))),
    "three classes, one score": (LINEAR, lambda a, h: h.update(classes=["a", "b", "c"])),
    "one class": (LINEAR, lambda a, h: h.update(classes=["a"])),
    "an unknown family": (LINEAR, lambda a, h: h["settings"].update(family="zzz")),
    "another family": (LINEAR, lambda a, h: h["settings"].update(family=OWN)),
    "a word as penalty": (LINEAR, lambda a, h: h["inner"].update(penalty="x")),
    "a word as strength": (LINEAR, lambda a, h: h["settings"].update(strength="x")),
    "whitening for none": (LINEAR, lambda a, h: a.update(whitener=np.eye(24))),
    "a negative share": (OWN, lambda a, h: a.update(shares=np.array([-0.5, 1.5]))),
    "shares of more than all": (OWN, lambda a, h: a.update(shares=np.array([0.5, 1.5]))),
    "roots of nothing": (OWN, lambda a, h: a.update(roots=np.zeros_like(a["roots"]))),
    "roots that are no triangles": (OWN, lambda a, h: a.update(roots=np.ones_like(a["roots"]))),
    "too much pooling": (OWN, lambda a, h: h["inner"].update(pooling=7)),
}


@pytest.mark.parametrize("fault", ILL)
def test_a_file_of_parts_that_no_fit_would_have_left_is_refused(fault: str) -> None:
    family, spoil = ILL[fault]
    arrays, more = read_parts(DayClassifier(family).fit(*draw_rows()), ["a", "b"])
    DayClassifier.load(pack_model("DayClassifier", 1, NAMES, arrays, **more), features=NAMES, where="x")
    spoil(arrays, more)
    with pytest.raises(SavedModelError, match="do not fit together"):
        DayClassifier.load(pack_model("DayClassifier", 1, NAMES, arrays, **more), features=NAMES, where="x")


def test_whitening_is_learned_from_the_learned_rows_alone() -> None:
    x, y = draw_rows(120)
    split = Split(slice(0, 60), slice(60, 90), slice(90, 120))
    model = Way(OWN, True, 0.5, None).make_model().fit(x[split.train], y[split.train])
    other = Whitening(epsilon=0.01).fit(x[split.train])
    np.testing.assert_array_equal(model.whitener_, other.whitener_[0])
    np.testing.assert_array_equal(model.centre_, x[split.train].mean(axis=0))


def test_the_weights_of_a_linear_model_are_told_by_hour_also_where_it_was_whitened() -> None:
    x, y = draw_rows(120)
    x = x * np.linspace(1, 3, 24)
    plain = DayClassifier(LINEAR, strength=0.1).fit(x, y)
    assert isinstance(plain.model_, LinearClassifier)
    as_they_are = plain.weigh_columns(x)
    assert as_they_are is not None
    np.testing.assert_allclose(as_they_are, plain.model_.parameters_.weight)
    model = DayClassifier(LINEAR, whitened=True, strength=0.1).fit(x, y)
    weights, odds = model.weigh_columns(x), np.diff(np.log(model.predict_proba(x)), axis=1)
    assert weights is not None
    for k in (0, 11, 23):  # the log-odds move by the weight where an hour is one spread higher
        higher = x.copy()
        higher[:, k] += x[:, k].std()
        moved = np.diff(np.log(model.predict_proba(higher)), axis=1) - odds
        np.testing.assert_allclose(moved, weights[k, 0], rtol=1e-9)
    assert DayClassifier(OWN).fit(x, y).weigh_columns(x) is None


def test_a_net_is_stopped_by_the_last_fifth_of_its_days() -> None:
    assert (hold_back(100), hold_back(5), hold_back(4)) == (80, 4, 3)
    x, y = draw_rows(100)
    net = DayClassifier(NET, seed=3).fit(x, y)
    other = MLPClassifier((16,), l2=0.01, rate=6e-3, batch_rows=64, epochs=100, patience=6, seed=3)
    other.fit(x[:80], y[:80], held=(x[80:], y[80:]))
    np.testing.assert_array_equal(net.predict_proba(x), other.predict_proba(x))


def test_a_way_that_would_not_meet_every_kind_is_not_tried() -> None:
    split = split_by_time(1500)
    y = np.arange(1500) % 2
    assert {way.family for way in list_ways(y, split, PENALTIES)} == {LINEAR, SHARED, OWN, NET}
    y[170:] = 0  # the kind 1 was met in the first days alone
    assert {way.memory_days for way in list_ways(y, split, PENALTIES)} == {None}
    y[:] = 0
    y[800] = 1  # in the last fifth of the days before the validation span, by which a net would stop
    assert {way.family for way in list_ways(y, split, PENALTIES)} == {LINEAR, SHARED, OWN}


def test_it_learns_from_as_many_days_as_the_way_says() -> None:
    x, y = draw_rows(60)
    split = split_by_time(60)
    taught = teach(x, y, split, (0.1,))
    assert taught.n_ways == len(list_ways(y, split, (0.1,))) == 16
    assert taught.rows == recall(split.before_test, taught.way.memory_days) == slice(0, 48)


def test_ways_are_listed_from_the_simplest_and_named() -> None:
    ways = list_ways(np.arange(420) % 2, split_by_time(420), (0.3, 0.1))
    assert [(way.family, way.whitened) for way in ways] == [
        *[(LINEAR, False)] * 2, *[(LINEAR, True)] * 2, *[(SHARED, False)] * 3, *[(SHARED, True)] * 3,
        *[(OWN, False)] * 3, *[(OWN, True)] * 3, (NET, False),
    ]  # fmt: skip
    assert [way.strength for way in ways[:2]] == [0.3, 0.1]
    assert name_model(Way(LINEAR, False, 0.1, None), "softmax") == "softmax on hours"
    assert name_model(Way(OWN, True, 0.1, None), "softmax") == "Gaussian on whitened hours"
    assert [say_way(Way(family, False, 0.5, 730), "logistic") for family in (LINEAR, SHARED, NET)] == [
        "logistic regression on hours, penalty 0.5, from the last 730 days",
        "Gaussian classifier with one covariance on hours, shrinkage 0.5, from the last 730 days",
        "net of 16 hidden units on hours, penalty 0.5, from the last 730 days",
    ]
