"""The studies of nets on pictures, small: what they give, how pictures are moved, and that nets learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.studies import convolutional, highway, resnet, small_net, vgg, whitening, whitening_seeds
from models.studies.picture_nets import Plan, brighten, mirror, move, teach_pictures
from models.studies.study import Images, StudyData, StudyResult
from models.systems.vgg import make_vgg7
from models.types import Array


def draw_pictures(n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Ten places of one bright square, over noise."""
    label = rng.integers(0, 10, n).astype(np.uint8)
    x = rng.integers(0, 60, (n, 28, 28), dtype=np.uint8)
    for k, digit in enumerate(label):
        row, column = 3 + 12 * (digit // 5), 1 + 5 * (digit % 5)
        x[k, row : row + 8, column : column + 5] += 150
    return x, label


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for name in ("mnist", "fashion_mnist"):
        (x_train, y_train), (x_test, y_test) = draw_pictures(480, rng), draw_pictures(50, rng)
        np.savez(tmp_path / f"{name}.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return tmp_path


def run(study: Any, data: StudyData) -> tuple[StudyResult, int]:
    """Run a study; return its result and how many steps it told of."""
    told: list[tuple[int, int]] = []
    result = study.run_study(data, tell=lambda done, of: told.append((done, of)))
    assert told == [(k, told[0][1]) for k in range(1, told[0][1] + 1)]
    assert all(words.endswith(".") for words in result.words)
    assert all(np.isfinite(figure.ours) for figure in result.figures)
    return result, len(told)


def list_ours(result: StudyResult) -> dict[str, float]:
    return {figure.what: figure.ours for figure in result.figures}


def list_published(result: StudyResult) -> list[tuple[float, bool, str]]:
    return [
        (each.published, each.comparable, each.note) for each in result.figures if each.published is not None
    ]


def check_nets(result: StudyResult, names: tuple[str, ...], n_epochs: tuple[int, ...]) -> None:
    """Check what is told of each net's epochs, and what was named wrong."""
    arrays = result.arrays
    for name, n in zip(names, n_epochs, strict=True):
        assert {arrays[f"{name}_{kind}"].shape for kind in ("learned", "held", "right")} == {(n,)}
        assert arrays[f"{name}_best"] == arrays[f"{name}_held"].argmin() + 1
    assert (arrays["wrong_label"] != arrays["wrong_said"]).all()
    assert arrays["wrong"].shape == (len(arrays["wrong_label"]), 28, 28)


@pytest.mark.slow
def test_vgg_learns_with_norms_and_is_told_beside_the_one_without(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan(2, batch=16)
    slow = plan._replace(rate=2e-3)
    monkeypatch.setattr(vgg, "PLANS", {"normalised": plan, "plain": slow, "two_rates": slow})
    result, n = run(vgg, StudyData(folder))
    assert n == 6
    check_nets(result, ("normalised", "plain", "two_rates"), (2, 2, 2))
    assert list_published(result) == [(84.0, False, vgg.NOT_COMPARED)]
    assert result.arrays["two_rates_held"][0] < result.arrays["plain_held"][0]  # the faster layers are ahead
    assert list_ours(result)["right on test pictures, normalised"] > 50  # a tenth by chance
    assert list_ours(result)["parameters of the first"] == 56898
    assert result.arrays["kernels"].shape == (8, 3, 3)


@pytest.mark.slow
def test_the_course_s_net_learns_digits_and_clothes_where_it_has_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = {"mnist": Plan(3, rate=3e-3, batch=16), "fashion_mnist": Plan(1, batch=16)}
    monkeypatch.setattr(convolutional, "PLANS", plans)
    result, n = run(convolutional, StudyData(folder))
    assert n == 4
    check_nets(result, ("digits", "clothes"), (3, 1))
    assert list_ours(result)["digits right on the test"] > 80
    (folder / "fashion_mnist.npz").unlink()
    monkeypatch.setattr(convolutional, "PLANS", {**plans, "mnist": Plan(1, batch=16)})
    alone, n = run(convolutional, StudyData(folder))
    assert n == 1 and len(alone.words) == 1 and "clothes_held" not in alone.arrays


@pytest.mark.slow
def test_the_small_net_counts_what_it_takes_for_what(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_net, "PLAN", Plan(1, batch=32, shift=1, mirrored=True))
    result, n = run(small_net, StudyData(folder))
    assert n == 1
    check_nets(result, ("small",), (1,))
    confusion = result.arrays["confusion"]
    assert confusion.sum() == 50
    right = list_ours(result)["right on the test"]
    assert right == pytest.approx(2 * np.trace(confusion))
    assert list_ours(result)["parameters"] == 38030


@pytest.mark.slow
def test_residual_blocks_are_left_out_one_at_a_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resnet, "PLAN", Plan(2, batch=16))
    monkeypatch.setattr(resnet, "ARTICLE", Plan(2, rate=3e-3, batch=16))
    rated, find_factors = [], resnet.rate_hidden

    def rate_hidden(*given: Any) -> Any:
        rated.append(find_factors(*given))
        return rated[-1]

    monkeypatch.setattr(resnet, "rate_hidden", rate_hidden)
    result, n = run(resnet, StudyData(folder))
    assert n == 8 and len(rated) == 1
    assert list_published(result) == [(72.0, False, resnet.NOT_COMPARED)]
    check_nets(result, ("resnet", "strided", "stochastic", "article"), (2, 2, 2, 2))
    ours = list_ours(result)
    for name, what in (("resnet", "right on test pictures"), ("stochastic", None)):
        without = result.arrays[f"{name}_without"]
        assert without.shape == (4,)
        if what is not None:
            assert 100 * without[0] == pytest.approx(ours[what])
            assert ours["right without the block that is missed most"] == pytest.approx(
                100 * without[1:].min()
            )
    assert ours["right on test pictures"] > 60
    assert ours["right on test pictures, affine blocks, two rates"] > 60


def test_the_articles_blocks_are_its_formula_and_their_shortcuts_have_a_rate_of_their_own() -> None:
    rng, net = np.random.default_rng(0), resnet.make_article()
    parameters, shape = net.init(rng, (28, 28, 1))
    x = rng.normal(size=(5, 28, 28, 1))
    y = x.reshape(5, -1)
    for (first, _, second), (hidden, _) in parameters[1::2]:
        inner = np.arctan(y @ first.weight + first.bias) @ second.weight + second.bias
        y = np.maximum(inner + np.tanh(y @ hidden.weight + hidden.bias), 0)
    assert shape == (10,)
    np.testing.assert_allclose(net(parameters, x)[0], y, rtol=1e-10)  # summed in another order
    assert resnet.rate_hidden(net, parameters) == (1.0, *((1.0, 0.01), 1.0) * 3)


def test_affine_layers_of_the_two_rates_have_the_faster_one() -> None:
    net = make_vgg7(10, blocks=vgg.BLOCKS, hidden=vgg.HIDDEN)
    parameters, _ = net.init(np.random.default_rng(0), (28, 28, 1))
    names = [type(part).__name__ for part in parameters]
    factors = vgg.rate_affine(parameters)
    assert [k for k, factor in enumerate(factors) if factor == 3] == [
        k for k, name in enumerate(names) if name == "Affine"
    ]
    assert names.count("Affine") == 3 and set(factors) == {1.0, 3.0}


@pytest.mark.slow
def test_highway_layers_learn_and_tell_how_far_their_gates_are_open(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PLAN", "ONES", "DEEP"):
        monkeypatch.setattr(highway, name, Plan(3, rate=3e-3, batch=32))
    monkeypatch.setattr(highway, "N_FEW", 300)
    monkeypatch.setattr(highway, "N_DEEP", 6)
    result, n = run(highway, StudyData(folder))
    assert n == 12
    assert list_published(result) == [(77.0, False, highway.NOT_COMPARED)]
    check_nets(result, ("random", "ones", "highway", "plain"), (3,) * 4)
    assert list_ours(result)["right on test pictures, four layers"] > 80
    gates = result.arrays["gates"]
    assert gates.shape == (6, 10) and 0 < gates.min() < gates.max() < 1
    assert gates.mean() == pytest.approx(list_ours(result)["mean of the forty layers’ gates"])


@pytest.mark.slow
def test_five_pairs_of_nets_share_a_seed_each(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for study in (whitening, whitening_seeds):
        monkeypatch.setattr(study, "N_EPOCHS", 2)
    result, n = run(whitening_seeds, StudyData(folder))
    assert n == 20
    assert {result.arrays[name].shape for name in ("whitened", "plain")} == {(5, 2)}
    ours = list_ours(result)
    gain = 100 * (result.arrays["whitened"] - result.arrays["plain"])[:, -1]
    assert ours["what whitening adds, mean of five pairs"] == pytest.approx(gain.mean())
    assert result.figures[0].published == 89.51
    alone = [right for _, right in whitening.learn(
        StudyData(folder).images("fashion_mnist"), whitening_seeds.PLANS["plain"], seed=3
    )]  # fmt: skip
    np.testing.assert_array_equal(result.arrays["plain"][3], alone)


@pytest.mark.slow
def test_the_interval_of_five_is_students() -> None:
    from scipy import stats

    gains = np.array([0.1, 0.3, -0.2, 0.4, 0.15])
    expected = stats.t.interval(0.95, 4, gains.mean(), stats.sem(gains))
    np.testing.assert_allclose(whitening_seeds.find_interval(gains), expected, rtol=1e-3)  # 2.776 is rounded


def test_pictures_are_moved_by_at_most_so_much_and_black_follows() -> None:
    one = np.zeros((1, 5, 4), np.uint8)
    one[0, 2, 1] = 9
    moved = move(np.repeat(one, 300, axis=0), 1, np.random.default_rng(0))
    places = {tuple(place) for place in np.argwhere(moved == 9)[:, 1:].tolist()}
    assert places == {(row, column) for row in (1, 2, 3) for column in (0, 1, 2)}
    assert moved.dtype == np.uint8 and moved.sum() == 9 * 300
    corner = np.full((200, 2, 2), 7, np.uint8)
    kept = {int(np.count_nonzero(each)) for each in move(corner, 1, np.random.default_rng(1))}
    assert kept == {1, 2, 4}


def test_about_half_of_the_pictures_are_mirrored_and_bytes_become_shares() -> None:
    x = np.tile(np.arange(6, dtype=np.uint8).reshape(1, 2, 3), (400, 1, 1))
    turned = mirror(x, np.random.default_rng(0))
    same = (turned == x).all(axis=(1, 2))
    assert 150 < same.sum() < 250
    np.testing.assert_array_equal(turned[~same][0], x[0, :, ::-1])
    bright = brighten(np.array([[[0, 51], [255, 102]]], np.uint8))
    assert bright.dtype == np.float32 and bright.shape == (1, 2, 2, 1)
    np.testing.assert_allclose(bright.ravel(), [0, 0.2, 1, 0.4], rtol=1e-6)


def test_the_test_pictures_change_nothing_of_what_is_learned() -> None:
    rng = np.random.default_rng(0)
    (x, y), (other_x, other_y) = draw_pictures(120, rng), draw_pictures(30, rng)
    taught = [
        teach_pictures(
            highway.make_four(), Images(x, y, *test), Plan(1, batch=40), seed=1, tell=lambda done, of: None
        )
        for test in ((x[:20], y[:20]), (other_x, other_y))
    ]
    for one, other in zip(*((each.learned, each.held, each.held_right) for each in taught), strict=True):
        np.testing.assert_array_equal(one, other)
    assert taught[0].best == taught[1].best
    assert len(taught[0].said) == 20 and len(taught[1].said) == 30
