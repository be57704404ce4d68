"""The multi-layer perceptrons: PyTorch's and scikit-learn's path, dropout, penalties, stopping, files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier as TheirClassifier
from sklearn.neural_network import MLPRegressor as TheirRegressor

from models.batches import split_rows
from models.classifiers.mlp import MLPClassifier
from models.errors import InputError, SavedModelError
from models.regression.mlp import MLPRegressor
from models.saving import pack_model, unpack_model
from models.studies.shapes import make_ring
from models.tree import list_leaves, pack, view_as
from models.types import Array

BOTH = (MLPClassifier, MLPRegressor)
ORACLE = Path(__file__).parents[1] / "oracles" / "mlp_oracle.npz"
CLOSE = {"rtol": 1e-11, "atol": 1e-12}  # float64 on both sides, added up in different orders
FULL = {"validation": 0.0, "standardise": False, "batch_rows": 10**6}  # one step an epoch, on all rows


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    with np.load(ORACLE, allow_pickle=False) as file:
        return dict(file)


def make_rows(n_rows: int = 300, *, seed: int = 0) -> tuple[Array, Array]:
    points = make_ring(n_rows, rng=np.random.default_rng(seed))
    return points.x, points.y


def begin_with(monkeypatch: pytest.MonkeyPatch, make: Any, start: list[Array]) -> None:
    """Have new nets begin with these parameters."""

    def draw(self: Any, rng: np.random.Generator) -> tuple[Array, Any]:
        flat = np.concatenate([array.ravel() for array in start])
        parameters, _ = self._make_net().init(rng, (self.n_features_in_,))
        return flat, view_as(flat, parameters)

    monkeypatch.setattr(make, "_draw_parameters", draw)


@pytest.mark.parametrize(("case", "rate"), [("sgd", 0.3), ("adam", 0.02)])
def test_training_takes_pytorchs_path(
    case: str, rate: float, oracle: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_with(monkeypatch, MLPClassifier, [oracle[f"start.{k}"] for k in range(6)])
    for n_steps in (1, 15):
        model = MLPClassifier(
            (7, 6),
            activation="tanh",
            l2=float(oracle["l2"]),
            optimizer=case,
            rate=rate,
            epochs=n_steps,
            **FULL,
        ).fit(oracle["x"], oracle["y"])
        np.testing.assert_allclose([e.loss for e in model.curves_], oracle[f"{case}.loss"][:n_steps], **CLOSE)
        np.testing.assert_allclose(pack(model.parameters_)[0], oracle[f"{case}.path"][n_steps - 1], **CLOSE)
    np.testing.assert_allclose(model.predict_proba(oracle["x"]), oracle[f"{case}.probability"], **CLOSE)


@pytest.mark.parametrize(("optimizer", "rate", "tolerance"), [("sgd", 0.2, 1e-10), ("adam", 0.01, 1e-5)])
@pytest.mark.parametrize(
    ("make", "make_theirs"), [(MLPClassifier, TheirClassifier), (MLPRegressor, TheirRegressor)]
)
def test_training_takes_scikit_learns_path(
    make: Any, make_theirs: Any, optimizer: str, rate: float, tolerance: float
) -> None:
    """1e-10 by plain descent; 1e-5 by Adam, where scikit-learn adds ε before the bias correction.

    Its squared loss is half of ours, and its penalty is divided by the number of rows.
    """
    rng = np.random.default_rng(1)
    x = rng.normal(size=(80, 3))
    regression = make is MLPRegressor
    y = x[:, 0] * x[:, 1] if regression else np.argmax(x, axis=1)
    y = (y - y.mean()) / y.std() if regression else y
    l2, half = 0.02, 0.5 if regression else 1.0
    ours = make(
        (6, 4),
        l2=l2 / half,
        optimizer=optimizer,
        rate=rate * (half if optimizer == "sgd" else 1),
        epochs=12,
        **FULL,
    ).fit(x, y)
    start = list_leaves(ours.make_net().init(np.random.default_rng(0), (3,))[0])
    theirs = make_theirs(
        hidden_layer_sizes=(6, 4),
        alpha=l2 * len(x),
        solver=optimizer,
        learning_rate_init=rate,
        batch_size=len(x),
        momentum=0.0,
    )
    theirs.partial_fit(
        x, y, **({} if regression else {"classes": np.unique(y)})
    )  # makes the arrays to be filled
    for mine, his in zip(start, interleave(theirs), strict=True):
        np.copyto(his, mine)
    del theirs._optimizer
    for _ in range(12):
        theirs.partial_fit(x, y)
    for mine, his in zip(list_leaves(ours.parameters_), interleave(theirs), strict=True):
        np.testing.assert_allclose(mine, his, rtol=tolerance, atol=tolerance)
    answer, their_answer = (m.predict(x) if regression else m.predict_proba(x) for m in (ours, theirs))
    np.testing.assert_allclose(answer, their_answer, rtol=10 * tolerance, atol=10 * tolerance)


def interleave(theirs: Any) -> list[Array]:
    return [array for pair in zip(theirs.coefs_, theirs.intercepts_, strict=True) for array in pair]


def test_a_ring_is_learned_and_shuffled_labels_are_not() -> None:
    x, y = make_rows(1200)
    assert MLPClassifier((16,), rate=0.01).fit(x[:800], y[:800]).score(x[800:], y[800:]) > 0.97
    shuffled = np.random.default_rng(1).permutation(y)
    assert MLPClassifier((16,)).fit(x[:800], shuffled[:800]).score(x[800:], shuffled[800:]) < 0.57


def test_a_curve_is_learned_in_its_own_units() -> None:
    x = np.linspace(-3, 3, 400)[:, None]
    y = 1000 + 50 * np.sin(x[:, 0])
    assert MLPRegressor((32,), rate=0.01).fit(x, y).score(x, y) > 0.98


@pytest.mark.parametrize("make", BOTH)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(make: Any) -> None:
    x, y = make_rows()
    first, again, other = (
        make((5,), keep=0.8, epochs=4, seed=seed).fit(x, y).save(["a", "b"]) for seed in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize("make", BOTH)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_net_is_of_the_rows_own_type(make: Any, dtype: Any) -> None:
    x, y = make_rows()
    model = make((5,), keep=0.8, l1=1e-4, l2=1e-3, epochs=3).fit(x.astype(dtype), y)
    assert {leaf.dtype for leaf in list_leaves(model.parameters_)} == {np.dtype(dtype)}
    if make is MLPClassifier:
        assert model.predict_proba(x.astype(dtype)).dtype == dtype


def test_targets_far_from_zero_are_told_apart_by_a_float32_net() -> None:
    """float32 has steps of 64 at 10⁹: the answers are put back into the targets' units in float64."""
    x = np.linspace(-1, 1, 200, dtype=np.float32)[:, None]
    y = 1e9 + x[:, 0].astype(np.float64)
    model = MLPRegressor((8,), rate=0.02, epochs=40).fit(x, y)
    assert model.parameters_[0].weight.dtype == np.float32
    assert model.predict(x).dtype == np.float64 and model.score(x, y) > 0.95


def test_what_is_watched_is_the_bare_loss_of_the_held_rows_and_the_scale_is_of_the_learned() -> None:
    """Neither dropout nor the penalty is in it, and the held rows, from elsewhere, move no mean."""
    x, y = make_rows(120)
    learned, held = (x[:60], y[:60]), (3 + x[60:], y[60:])
    settings: dict[str, Any] = {"keep": 0.5, "l2": 0.1, "epochs": 4}
    classifier = MLPClassifier((8,), **settings).fit(*learned, held=held)
    probability = classifier.predict_proba(held[0])[np.arange(60), held[1]]
    regressor = MLPRegressor((8,), **settings).fit(
        learned[0], 7 + 5 * learned[1], held=(held[0], 7 + 5 * held[1])
    )
    missed = (regressor.predict(held[0]) - 7 - 5 * held[1]) / (5 * learned[1].std())
    for model, loss in ((classifier, -np.log(probability).mean()), (regressor, (missed**2).mean())):
        assert loss == pytest.approx(min(epoch.measure for epoch in model.curves_), rel=1e-12)
        np.testing.assert_allclose(model.mean_, x[:60].mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(model.scale_, x[:60].std(axis=0), rtol=1e-12)


def test_rows_that_are_held_back_at_random_move_no_mean() -> None:
    x, y = make_rows(40)
    model = MLPClassifier((4,), epochs=1, validation=0.3, seed=5).fit(x, y)
    chosen, _ = split_rows(40, 0.3, np.random.default_rng(5))
    np.testing.assert_allclose(model.mean_, x[chosen].mean(axis=0), rtol=1e-12)


@pytest.mark.parametrize("still", [0.0, 0.1, 1 / 3, 2015.3])
def test_a_target_that_never_varies_is_answered(still: float) -> None:
    x, _ = make_rows(100)
    model = MLPRegressor((4,), epochs=2).fit(x, np.full(100, still))
    assert (model.target_mean_, model.target_scale_) == (still, 1.0)
    assert np.isfinite(model.predict(x)).all()


def test_rows_beyond_the_nets_float32_are_refused() -> None:
    x, y = make_rows(30)
    model = MLPClassifier((4,), epochs=1).fit(x.astype(np.float32), y)
    with pytest.raises(InputError) as caught:
        model.predict([[1e200, 0.0]])
    assert str(caught.value) == (
        "The rows are beyond the net's float32 (MLPClassifier). "
        "Give them in the units of those that were learned."
    )


def test_it_stops_when_the_held_rows_are_met_no_better_and_keeps_the_best() -> None:
    x, y = make_rows(300)
    y = np.where(np.random.default_rng(0).random(300) < 0.2, 1 - y, y)  # noise to learn by heart
    model = MLPClassifier((64, 64), rate=0.02, l2=0.0, patience=4).fit(
        x[:150], y[:150], held=(x[150:], y[150:])
    )
    measures = [epoch.measure for epoch in model.curves_]
    assert len(measures) < 200 and int(np.argmin(measures)) == len(measures) - 5
    probability = model.predict_proba(x[150:])[np.arange(150), y[150:]]
    np.testing.assert_allclose(-np.log(probability).mean(), min(measures), rtol=1e-9)
    assert model.curves_[-1].loss < model.curves_[len(measures) - 5].loss  # the learned rows went on falling


def test_a_share_of_the_rows_is_held_back_in_training() -> None:
    x, y = make_rows(100)
    seen = MLPRegressor((4,), epochs=2, batch_rows=10).fit(x, y).curves_
    assert [epoch.n_steps for epoch in seen] == [9, 9]
    assert [e.n_steps for e in MLPRegressor((4,), epochs=1, batch_rows=1).fit(x[:9], y[:9]).curves_] == [9]


def test_progress_is_told() -> None:
    told: list[Any] = []
    MLPClassifier((4,), epochs=3).fit(*make_rows(50), tell=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_dropout_is_drawn_in_training_and_nowhere_else() -> None:
    x, y = make_rows()
    with_dropout, without = (MLPClassifier((32,), keep=k, epochs=5, rate=0.01).fit(x, y) for k in (0.5, 1.0))
    np.testing.assert_array_equal(with_dropout.predict_proba(x), with_dropout.predict_proba(x))
    losses = [[epoch.loss for epoch in model.curves_] for model in (with_dropout, without)]
    assert np.mean(losses[0]) > np.mean(losses[1])
    assert [part.name for part in with_dropout.make_net().list_parts((2,))] == [
        "dense 32", "relu", "dropout 0.5", "dense 2",
    ]  # fmt: skip


def test_l1_makes_exact_zeros_of_columns_that_say_nothing_and_l2_makes_small_weights() -> None:
    x, y = make_rows(400)
    x = np.concatenate([x, np.random.default_rng(2).normal(size=(400, 4))], axis=1)
    plain, l1, l2 = (
        MLPClassifier((8,), optimizer="sgd", rate=0.3, epochs=500, **penalty, **FULL)
        .fit(x, y)
        .parameters_[0]
        .weight
        for penalty in ({"l2": 0.0}, {"l1": 0.02, "l2": 0.0}, {"l2": 0.01})
    )
    assert [np.mean(weight[2:] == 0) > 0.8 for weight in (plain, l1, l2)] == [False, True, False]
    assert np.abs(l1[:2]).sum(axis=1).min() > 1 and np.abs(l2).sum() < 0.8 * np.abs(plain).sum()


@pytest.mark.parametrize("make", BOTH)
def test_a_saved_model_is_the_same_model(make: Any) -> None:
    x, y = make_rows()
    y = np.array(["disc", "ring"])[y] if make is MLPClassifier else y
    model = make((6, 5), activation="elu", epochs=3).fit(x, y)
    content = model.save(["across", "up"])
    loaded = make.load(content, features=["across", "up"], where="a.npz")
    assert loaded.get_params() == model.get_params()
    np.testing.assert_array_equal(loaded.predict(x), model.predict(x))
    assert loaded.save(["across", "up"]) == content


def test_another_models_file_a_damaged_one_and_other_features_are_refused() -> None:
    content = MLPClassifier((4,), epochs=1).fit(*make_rows(50)).save(["across", "up"])
    for load, given, features, words in (
        (MLPRegressor.load, content, ["across", "up"], "The file does not hold a model MLPRegressor"),
        (MLPClassifier.load, content[:-40], ["across", "up"], "The model's file is damaged"),
        (MLPClassifier.load, content, ["up", "across"], "The model was made of other features"),
    ):
        with pytest.raises(SavedModelError, match=words):
            load(given, features=features, where="a.npz")


def test_a_file_whose_parts_do_not_fit_together_is_refused() -> None:
    model = MLPClassifier((4,), epochs=1).fit(*make_rows(50))
    model.hidden = (5,)
    with pytest.raises(SavedModelError) as caught:
        MLPClassifier.load(model.save(["across", "up"]), features=["across", "up"], where="a.npz")
    assert str(caught.value) == (
        "The parts of the model's file do not fit together (a.npz). Remove it, and train the model again."
    )


def remake(content: bytes, **changed: Any) -> bytes:
    """Return the file with other arrays, other settings, or another part of its header."""
    name, features = "MLPClassifier", ["across", "up"]
    saved = unpack_model(content, name=name, version=1, features=features, where="a.npz")
    header = {key: saved.header[key] for key in ("settings", "classes")}
    if changed.get("classes"):
        header["classes"] = changed["classes"]
    header["settings"] |= changed.get("settings", {})
    arrays = saved.arrays | changed.get("arrays", {})
    return pack_model(name, 1, features, arrays, **header)


@pytest.mark.parametrize(
    "changed",
    [
        {"settings": {"hidden": [10**9]}},
        {"settings": {"activation": "nope"}},
        {"settings": {"activation": "np"}},
        {"settings": {"keep": 7}},
        {"classes": [1, 0]},
        {"classes": [0]},
        {"classes": [0, "a"]},
        {"settings": {"seed": "abc"}},
        {"arrays": {"mean": np.array(["a", "b"])}},
        {"arrays": {"mean": np.zeros(3)}},
        {"arrays": {"scale": np.array([1.0, 0.0])}},
        {"arrays": {"scale": np.ones(2, np.float32)}},
        {"arrays": {"flat": np.full(22, np.nan)}},
        {"arrays": {"flat": np.ones(22, complex)}},
    ],
)
def test_a_file_that_no_training_wrote_is_refused(changed: dict[str, Any]) -> None:
    content = MLPClassifier((4,), epochs=1).fit(*make_rows(50)).save(["across", "up"])
    assert remake(content) == content
    with pytest.raises(SavedModelError, match="The parts of the model's file do not fit together"):
        MLPClassifier.load(remake(content, **changed), features=["across", "up"], where="a.npz")


def test_a_regressors_file_without_a_spread_is_refused() -> None:
    model = MLPRegressor((4,), epochs=1).fit(*make_rows(50))
    model.target_scale_ = 0.0
    with pytest.raises(SavedModelError, match="do not fit together"):
        MLPRegressor.load(model.save(["across", "up"]), features=["across", "up"], where="a.npz")


def test_names_for_other_than_all_columns_are_not_saved() -> None:
    with pytest.raises(InputError) as caught:
        MLPClassifier((4,), epochs=1).fit(*make_rows(50)).save(["across"])
    assert str(caught.value) == (
        "1 names are given for 2 columns (MLPClassifier). Give one for each, in order."
    )


def test_settings_of_numpys_own_types_are_learned_with_and_saved() -> None:
    x, y = make_rows(50)
    settings: dict[str, Any] = {"hidden": (np.int64(4),), "epochs": np.int64(2), "rate": np.float32(0.01)}
    model = MLPClassifier(**settings, seed=np.int64(3)).fit(x, y)
    loaded = MLPClassifier.load(model.save(["a", "b"]), features=["a", "b"], where="a.npz")
    np.testing.assert_array_equal(loaded.predict_proba(x), model.predict_proba(x))


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"activation": "sinus"}, "activation is 'sinus'"),
        ({"optimizer": "luck"}, "optimizer is 'luck'"),
        ({"hidden": (8, 0)}, "hidden is (8, 0)"),
        ({"hidden": (2.5,)}, "hidden is (2.5,)"),
        ({"batch_rows": 0}, "batch_rows is 0"),
        ({"rate": np.inf}, "rate is inf"),
        ({"l1": np.nan}, "l1 is nan and l2 is 0.0001"),
        ({"keep": 0.0}, "keep is 0.0"),
        ({"validation": 1.0}, "validation is 1.0"),
        ({"epochs": 0}, "epochs is 0"),
        ({"patience": 0}, "patience is 0"),
        ({"rate": -1.0}, "rate is -1.0"),
        ({"l2": -1.0}, "l1 is 0.0 and l2 is -1.0"),
    ],
)
def test_settings_that_make_no_net_are_refused(setting: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        MLPClassifier(**setting).fit(*make_rows(20))
    assert str(caught.value) == f"{words} (MLPClassifier). The class says what it may be."


def test_rows_to_stop_by_with_an_unknown_label_are_refused() -> None:
    x, y = make_rows(20)
    with pytest.raises(InputError) as caught:
        MLPClassifier((4,), epochs=1).fit(x, y, held=(x, y + 1))
    assert str(caught.value) == (
        "The rows to stop by have other labels than those to learn from (MLPClassifier). "
        "Give one a row, each of a class that is learned."
    )


def test_a_net_whose_every_epoch_ends_in_no_number_is_refused() -> None:
    x = np.random.default_rng(0).normal(size=(40, 3))
    with np.errstate(all="ignore"), pytest.raises(InputError) as caught:
        MLPClassifier((4,), rate=1e300, epochs=3).fit(x, x[:, 0] > 0)
    assert str(caught.value) == (
        "No epoch ended with a loss that is a number, at the rate 1e+300 (MLPClassifier). Give a lower rate."
    )
