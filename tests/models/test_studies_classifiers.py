"""The studies of classifiers: their points, their figures, the arrays that pictures are drawn of."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from models.check import check_pullback
from models.errors import InputError
from models.studies import deep_layers, logistic, perceptron, quadrants, ring, tribes, two_heads
from models.studies.invented_days import invent_days
from models.studies.shapes import make_grid, make_quadrants, make_ring, make_tribes
from models.studies.study import Images, StudyData, StudyResult
from models.tree import pack
from models.types import Array


def figures_of(result: StudyResult) -> dict[str, float]:
    return {figure.what: figure.ours for figure in result.figures}


def test_the_best_rule_is_as_good_as_it_says_on_drawn_points() -> None:
    """Within 0.4 points: four standard errors of a share of 99 or 87 % among 100,000, rounded up."""
    rng = np.random.default_rng(0)
    far, near = make_ring(100_000, rng=rng), make_tribes(100_000, rng=rng)
    assert np.mean((np.hypot(*far.x.T) > 1.5) == far.y) == pytest.approx(far.best, abs=4e-3)
    assert np.mean((tribes.find_posterior(near.x) > 0.5) == near.y) == pytest.approx(near.best, abs=4e-3)
    square = make_quadrants(1000, rng=rng)
    np.testing.assert_array_equal(square.x[:, 0] * square.x[:, 1] > 0, square.y)


def test_a_grid_spans_the_points_row_by_row() -> None:
    across, up, rows = make_grid(np.array([[0.0, 10.0], [2.0, 14.0]]), 3)
    assert (across.tolist(), up.tolist()) == ([0, 1, 2], [10, 12, 14])
    np.testing.assert_array_equal(rows[:4], [[0, 10], [1, 10], [2, 10], [0, 12]])


def test_two_tribes_are_told_apart_as_well_as_can_be() -> None:
    told: list[int] = []
    result = tribes.run_study(StudyData(), tell=lambda done, of: told.append(done))
    figures = figures_of(result)
    best = figures["right, by the best rule there is"]
    names = ("Gaussian, one covariance", "Gaussian, a covariance each", "logistic regression")
    for name in names:
        assert best - 1 < figures[f"right on new points, {name}"] < best + 1
        assert figures[f"mean distance from the true probability, {name}"] < 3
    assert told == [1, 2, 3]
    assert {result.arrays[name].shape for name in ("truth", "shared", "own", "logistic")} == {(61, 61)}


def test_logistic_regression_turns_first_and_sharpens_later() -> None:
    result = logistic.run_study(StudyData())
    figures = figures_of(result)
    assert figures["loss at its minimum"] < figures["loss after 1,000 steps"] < 0.4
    assert 0 < figures["steps until the share of right answers stays within a point of its end"] < 600
    assert (np.diff(result.arrays["loss"]) < 0).all() and result.arrays["weight"].shape == (1001, 3)


@pytest.mark.slow
@pytest.mark.parametrize(("study", "feature"), [(ring, "radius"), (quadrants, "product")])
def test_a_line_fails_and_a_feature_and_a_net_do_not(study: Any, feature: str) -> None:
    result = study.run_study(StudyData())
    figures = figures_of(result)
    assert figures["right, by a line"] < 60
    assert figures[f"right, with the {feature}"] > 98.5
    assert figures["right, net 2–25–25–1 of logistic units"] > 98
    assert figures["right, the same net of rectified units"] > 98
    assert result.arrays["relu_maps"].shape == (10, 61, 61)
    if study is ring:
        line = result.figures[0]
        assert (line.published, line.comparable) == (45.77, False)
        assert line.note == "chance; the course’s points are not published"
    assert result.arrays["epoch"].tolist() == list(range(50, 501, 50))


def test_a_loss_of_two_heads_pulls_back_to_both() -> None:
    rng = np.random.default_rng(0)
    constants = {"label": rng.integers(0, 7, 5), "target": rng.poisson(3.0, (5, 1)).astype(float)}
    value = (rng.normal(size=(5, 7)), rng.normal(size=(5, 1)))
    check_pullback(partial(two_heads.add_losses, **constants), value, rng=rng)


def test_invented_days_know_the_days_before_and_the_day_after() -> None:
    days = invent_days(50, rng=np.random.default_rng(3))
    np.testing.assert_allclose(10 * np.exp(days.week[1:, -1]), days.to_come[:-1])  # the day itself
    np.testing.assert_array_equal(days.week[1:, :-1], days.week[:-1, 1:])
    assert days.weekday[:9].tolist() == [6, 0, 1, 2, 3, 4, 5, 6, 0]


@pytest.mark.slow
def test_one_net_answers_both_questions_as_well_as_two_nets() -> None:
    result = two_heads.run_study(StudyData())
    figures = figures_of(result)
    assert figures["weekdays named right, one net with two heads"] > 75
    missed = [value for what, value in figures.items() if what.startswith("next day’s count missed by")]
    both, alone, week, least = missed
    assert least < min(both, alone) and both < week
    assert result.arrays["edges"].tolist()[:3] == [[-1, 0], [0, 1], [-2, 2]]
    assert result.arrays["part_sizes"].sum() == 24 * 24 + 24 + 7 * 8 + 8 + 32 * 32 + 32 + 33 * 8


def test_the_first_of_five_logistic_layers_gets_hardly_any_gradient() -> None:
    rng = np.random.default_rng(0)
    points, new = make_tribes(400, rng=rng), make_tribes(1000, rng=rng)
    deep = {name: deep_layers.train_deep_net(name, points, new, seed=0) for name in ("logistic", "relu")}
    fades = {name: each.gradient[-1] / each.gradient[0] for name, each in deep.items()}
    assert fades["logistic"] > 500 and fades["relu"] < 20
    assert deep["logistic"].accuracy[-1] < 0.7 and deep["relu"].accuracy[-1] > 0.8


@pytest.mark.slow
def test_a_net_bends_where_a_line_cannot() -> None:
    curve = deep_layers.fit_curve(seed=0)
    assert curve.net > 0.95 and curve.line < 0.6


def make_pictures(n: int, *, rng: np.random.Generator) -> tuple[Array, Array]:
    """Ten patterns of noise, each with more noise on it."""
    patterns = np.random.default_rng(9).integers(0, 160, (10, 28, 28))
    digit = rng.integers(0, 10, n)
    return (patterns[digit] + rng.integers(0, 95, (n, 28, 28))).astype(np.uint8), digit.astype(np.uint8)


class FewPictures(StudyData):
    """Pictures that are not MNIST, and a few."""

    def images(self, name: str) -> Images:
        assert name == "mnist"
        rng = np.random.default_rng(0)
        return Images(*make_pictures(600, rng=rng), *make_pictures(200, rng=rng))


def test_the_test_digits_stop_no_learning() -> None:
    images = FewPictures().images("mnist")
    turned = images._replace(x_test=255 - images.x_test, y_test=9 - images.y_test)
    one, other = (
        perceptron.learn_digits(
            perceptron.make_net("plain"), each, 3, seed=1, tell=lambda done, of: None, patience=1
        )
        for each in (images, turned)
    )
    assert one.curves == other.curves and one.train_accuracy == other.train_accuracy
    np.testing.assert_array_equal(pack(one.parameters)[0], pack(other.parameters)[0])
    assert one.test_accuracy != other.test_accuracy


@pytest.mark.slow
def test_the_digits_study_runs_through_on_other_pictures() -> None:
    told: list[tuple[int, int]] = []
    own = FewPictures().images("mnist").x_test[0]
    result = perceptron.run_study(FewPictures(digit=own), tell=lambda done, of: told.append((done, of)))
    figures, arrays = figures_of(result), result.arrays
    assert figures["right on test pictures, with dropout"] > 95
    assert [f.published for f in result.figures[:2]] == [97.75, 99.56]
    assert arrays["confusion"].sum() == 200 and arrays["weight"].shape == (10, 28, 28)
    assert arrays["dropout_best"] == arrays["dropout_held"].argmin() + 1
    assert arrays["summary"][-1] == "118,282 parameters"
    np.testing.assert_array_equal(arrays["own"], own)
    assert arrays["own_chance"].sum() == pytest.approx(1)
    assert arrays["own_chance"].argmax() == figures["your digit, as the net with dropout reads it"]
    assert told[-1] == (55, 55) and [done for done, _ in told] == sorted(done for done, _ in told)


def test_without_its_pictures_the_digits_study_says_where_to_get_them() -> None:
    with pytest.raises(InputError, match="This study needs MNIST, which Almanac does not bring"):
        perceptron.run_study(StudyData())


@pytest.mark.parametrize(
    ("chance", "said"), [(1.0, "over 99.9 %"), (0.99951, "over 99.9 %"), (0.972, "97.2 %")]
)
def test_a_net_is_never_said_to_be_sure_of_a_digit(chance: float, said: str) -> None:
    assert perceptron.say_chance(chance) == said
