"""The studies of the optimizers and of losses and penalties, small: what they give and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.errors import InputError
from models.losses import squared_loss
from models.studies import losses_penalties, optimizers
from models.studies.study_data import StudyData


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures that are easy to tell: a zero has its left half white, a one its right half."""
    rng = np.random.default_rng(0)
    y = np.tile(np.arange(3, dtype=np.uint8), 20)
    x = rng.integers(0, 30, size=(60, 28, 28), dtype=np.uint8)
    x[y == 0, :, :14] += 200
    x[y == 1, :, 14:] += 200
    np.savez(tmp_path / "mnist.npz", x_train=x, y_train=y, x_test=x[:9], y_test=y[:9])
    return tmp_path


def test_the_study_of_optimizers_trains_all_twelve_from_one_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimizers, "N_IMAGES", 6)
    monkeypatch.setattr(optimizers, "N_EPOCHS", 2)
    monkeypatch.setattr(optimizers, "N_TRIED", 1)
    told: list[tuple[int, int]] = []
    result = optimizers.run_study(StudyData(folder), tell=lambda done, of: told.append((done, of)))
    assert told == [(n, 12) for n in range(13)]
    assert {name: array.shape for name, array in result.arrays.items()} == {
        "name": (12,), "cost": (12, 2), "best_cost": (12, 2), "rate": (12,), "best_rate": (12,),
        "right": (12,), "best_right": (12,),
    }  # fmt: skip
    assert len(result.figures) == 48
    np.testing.assert_array_equal(result.arrays["rate"], [3e-4] * 4 + [1] + [3e-4] * 4 + [1e-5] * 3)
    # One start: before the first step all costs are alike, and noise training has hardly moved.
    np.testing.assert_allclose(result.arrays["cost"][9:, 0], result.arrays["cost"][9, 0], rtol=0.01)
    assert (result.arrays["best_cost"][:9, 1] < result.arrays["cost"][9, 1]).all()
    assert result.arrays["best_right"][:9].min() == 1


def test_the_test_images_choose_no_rate_and_teach_no_optimizer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, n in (("N_IMAGES", 2), ("N_EPOCHS", 1), ("N_TRIED", 1)):
        monkeypatch.setattr(optimizers, name, n)
    one = optimizers.run_study(StudyData(folder)).arrays
    with np.load(folder / "mnist.npz") as file:
        arrays = dict(file)
    # Ones are called zeros: what is right most often is wrong most often now.
    turned = arrays | {"x_test": 255 - arrays["x_test"], "y_test": np.array([1, 0, 2] * 3, np.uint8)}
    np.savez(folder / "mnist.npz", **turned)
    other = optimizers.run_study(StudyData(folder)).arrays
    for name in ("cost", "best_cost", "rate", "best_rate"):
        np.testing.assert_array_equal(one[name], other[name])
    assert (one["right"] != other["right"]).any()

    def run(way: optimizers.Way, *given: Any, seed: int) -> optimizers.Run:
        *_, rate, n_epochs = given
        return optimizers.Run(rate, np.full(n_epochs, rate), rate)  # the higher the rate, the more are right

    monkeypatch.setattr(optimizers, "_run", run)
    best = optimizers.run_study(StudyData(folder)).arrays["best_rate"]
    np.testing.assert_array_equal(best[:9], [min(way.rates) for way in optimizers.WAYS[:9]])


def test_the_study_of_optimizers_needs_its_pictures() -> None:
    with pytest.raises(InputError, match="This study needs MNIST"):
        optimizers.run_study(StudyData())


def test_the_loosened_derivative_is_that_of_half_the_squared_loss() -> None:
    rng = np.random.default_rng(1)
    prediction, target = rng.normal(size=(2, 7, 1))
    value, pull = losses_penalties.loosened_loss(prediction, target=target)
    np.testing.assert_allclose(value, np.abs(prediction - target).mean(), rtol=1e-15)
    (half,) = squared_loss(prediction, target=target)[1](0.5)
    np.testing.assert_allclose(pull(1.0)[0], half, rtol=1e-15)


def test_the_study_of_losses_and_penalties_trains_nine_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(losses_penalties, "N_STEPS", 3)
    result = losses_penalties.run_study(StudyData())
    assert {name: array.shape for name, array in result.arrays.items()} == {
        "x": (500, 1), "y": (500, 1), "n_outliers": (), "case": (9,), "grid": (101,), "line": (101,),
        "fit": (9, 101), "sums": (9, 4), "zeros": (9,),
    }  # fmt: skip
    np.testing.assert_array_equal(result.arrays["zeros"] > 0, [False, True, False] * 3)
    assert result.arrays["grid"][losses_penalties.PLACE] == 1
    sums = result.arrays["sums"].sum(axis=1).reshape(3, 3)
    assert (sums[:, 1:] < sums[:, :1]).all()
    end = result.arrays["fit"][0, -1]
    assert any(figure.ours == end for figure in result.figures if "x = 2.5" in figure.what)
    height = losses_penalties._write(end)
    assert result.words[1].startswith(f"At x = 2.5 the line is at 150; after 3 steps L1 is at {height} there")


@pytest.mark.slow
def test_the_absolute_loss_stays_with_the_line_and_loosened_goes_to_the_outliers() -> None:
    plain = [losses_penalties.Case(loss, "") for loss in ("L1", "loosened L1")]
    x, y = losses_penalties.draw_points(np.random.default_rng(0))
    start = losses_penalties.make_net().init(np.random.default_rng(1), (1,), dtype=np.float32)[0]
    heights = [losses_penalties._train(case, start, x, y)[0][losses_penalties.PLACE] for case in plain]
    assert heights[1] < 0 < 45 < heights[0]  # how far below depends on the processor's rounding
