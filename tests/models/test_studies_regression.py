"""The studies of regression and projections: right where the answer is known, and the same each time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.studies import eigenvectors, line, minibatch, nine_inputs, polynomial, whitening
from models.studies.study import StudyData, StudyResult

DATA = StudyData()


def list_ours(result: StudyResult) -> dict[str, float]:
    return {figure.what: figure.ours for figure in result.figures}


def test_the_line_is_numpys_by_each_of_the_three_ways() -> None:
    result = line.run_study(DATA)
    slope, bias = np.polyfit(result.arrays["x"], result.arrays["y"], 1)
    np.testing.assert_allclose(result.arrays["exact"], [slope, bias])
    np.testing.assert_allclose(result.arrays["descended"][-1], [slope, bias], atol=1e-9)
    np.testing.assert_allclose(result.arrays["searched"][-1], [slope, bias], atol=0.0005 + 1e-12)
    for way in ("searched", "descended"):
        assert result.arrays[way][0].tolist() == [-4.0, 4.0]
    i, j = np.unravel_index(result.arrays["losses"].argmin(), (81, 81))
    assert abs(result.arrays["slopes"][j] - slope) < 0.0626
    assert abs(result.arrays["biases"][i] - bias) < 0.0626
    assert [figure.comparable for figure in result.figures[:2]] == [False, False]
    ours = list_ours(result)
    assert ours["moves among nine neighbours"] == len(result.arrays["searched"]) - 1
    near = np.abs(result.arrays["descended"] - [slope, bias]).max(axis=1) < 0.001
    n_near = int(ours["steps of descent to within 0.001 of the solution"])
    assert near[n_near:].all() and not near[:n_near].any()


def test_other_seeds_draw_other_points_and_the_same_seed_the_same() -> None:
    first, again, other = (line.run_study(DATA, seed=seed).arrays["x"] for seed in (0, 0, 1))
    assert first.tobytes() == again.tobytes() != other.tobytes()


def test_nine_inputs_end_on_their_exact_answer() -> None:
    result = nine_inputs.run_study(DATA)
    for figure in result.figures[:10]:
        assert figure.ours == pytest.approx(figure.published, abs=1e-10)
    ours = list_ours(result)
    assert ours["largest error of the ten, solved"] < 1e-12
    table = DATA.table("nine_inputs")
    misses = result.arrays["parameters"] @ np.column_stack([table[:, :-1], np.ones(40)]).T - table[:, -1]
    np.testing.assert_allclose(result.arrays["losses"], (misses**2).mean(axis=1) / 2, rtol=1e-6, atol=1e-20)
    n_near = int(ours["steps until all are right to 0.001"])
    chosen, apart = result.arrays["steps"], np.abs(result.arrays["parameters"] - np.arange(10)).max(axis=1)
    assert (apart[chosen < n_near] >= 0.001).all() and (apart[chosen >= n_near] < 0.001).all()


def test_the_polynomial_is_solved_and_descent_comes_near() -> None:
    result = polynomial.run_study(DATA)
    by_descent, solved = result.figures[:5], result.figures[5:10]
    for figure in solved:
        assert figure.ours == pytest.approx(figure.published, abs=1e-8)
    errors = [abs(figure.ours - figure.published) for figure in by_descent if figure.published is not None]
    assert 0.01 < max(errors) < 0.1
    np.testing.assert_allclose(result.arrays["curves"][-1], result.arrays["y"], atol=0.01)
    after_one = result.arrays["coefficients"][result.arrays["steps"] == 1][0]
    expected = np.polynomial.polynomial.polyval(result.arrays["x"], after_one)
    np.testing.assert_allclose(result.arrays["curves"][0], expected)
    assert (np.diff(result.arrays["losses"]) < 0).all()


@pytest.fixture
def short_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take one short time of each, since nothing is said here about how fast anything is."""
    monkeypatch.setattr(minibatch, "N_TIMED", 3)
    monkeypatch.setattr(minibatch, "N_REPEATS", 1)


@pytest.mark.usefixtures("short_times")
def test_walks_repeat_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minibatch, "N_EPOCHS", 5)
    result, again = minibatch.run_study(DATA), minibatch.run_study(DATA)
    for name, values in result.arrays.items():
        np.testing.assert_array_equal(values, again.arrays[name])


@pytest.mark.usefixtures("short_times")
def test_walks_by_all_rows_by_one_and_by_fifty_see_as_many_rows_and_go_down() -> None:
    result = minibatch.run_study(DATA)
    for name in ("full", "one", "fifty"):
        assert result.arrays[f"{name}_seen"][-1] == 30_000
        assert result.arrays[f"{name}_losses"][-1] < 1e-4 * result.arrays[f"{name}_losses"][0]
    assert result.arrays["runaway"][-1] > 100 * result.arrays["runaway"][0]
    ratios = [figure.published for figure in result.figures[:3]]
    assert ratios == pytest.approx([30 / 11, 48 / 10, 222 / 17])
    assert not any(figure.comparable for figure in result.figures[:3])


def test_the_axes_of_the_wines_are_numpys() -> None:
    arrays = eigenvectors.run_study(DATA).arrays
    pair = arrays["wines"][:, :2]
    for name, matrix in (("covariance", np.cov(pair.T)), ("correlation", np.corrcoef(pair.T))):
        values, vectors = arrays[f"{name}_values"], arrays[f"{name}_vectors"]
        np.testing.assert_allclose(matrix @ vectors.T, vectors.T * values, atol=1e-12)
        assert values[0] > values[1]
    along = (pair - pair.mean(axis=0)) @ arrays["covariance_vectors"][0]
    shadow = pair.mean(axis=0) + np.outer(along, arrays["covariance_vectors"][0])
    np.testing.assert_allclose(arrays["projected"], shadow)
    missed = [((arrays["standardised"] - arrays[f"kept_{k}"]) ** 2).sum() for k in (1, 2)]
    np.testing.assert_allclose(missed, [(arrays["lengths"][k:] ** 2).sum() for k in (1, 2)])
    assert [np.linalg.matrix_rank(arrays[f"kept_{k}"]) for k in (1, 2)] == [1, 2]
    assert arrays["shares"].sum() == pytest.approx(1)


@pytest.fixture
def clothes(tmp_path: Path) -> StudyData:
    """Three kinds of made pictures that a net can tell apart."""
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 200, size=(3, 28, 28))

    def draw(n: int) -> tuple[Any, Any]:
        y = rng.integers(0, 3, n).astype(np.uint8)
        return (kinds[y] + rng.integers(0, 56, size=(n, 28, 28))).astype(np.uint8), y

    (x_train, y_train), (x_test, y_test) = draw(600), draw(60)
    np.savez(tmp_path / "fashion_mnist.npz", x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
    return StudyData(tmp_path)


@pytest.mark.slow
def test_clothes_are_whitened_and_all_nets_learn(clothes: StudyData, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whitening, "N_EPOCHS", 4)
    told: list[tuple[int, int]] = []
    result = whitening.run_study(clothes, tell=lambda done, of: told.append((done, of)))
    assert list_ours(result)["largest difference of the derivatives by eigh and by SVD"] < 1e-9
    assert told == [(k, 12) for k in range(1, 13)]
    assert result.arrays["panels"].shape == (5, 6, 28, 28)
    original, centred, standardised, whitened, _ = result.arrays["covariances"]
    np.testing.assert_allclose(original, centred, atol=1e-9)
    middle = clothes.images("fashion_mnist").x_train[:, 14] / 255  # the study rounds them to float32
    apart = middle - middle.mean(axis=0)
    np.testing.assert_allclose(original, apart.T @ apart / 600, atol=1e-7)
    np.testing.assert_allclose(standardised, np.corrcoef(middle.T), atol=1e-6)
    _, centres, scaled, _, _ = result.arrays["panels"]
    np.testing.assert_allclose(scaled[0] * centres[1], scaled[1] * centres[0], atol=1e-9)  # pixel by pixel
    between = ~np.eye(28, dtype=bool)
    shares = [np.abs(each[between]).mean() / each.diagonal().mean() for each in (whitened, original)]
    assert shares[0] < 0.5 * shares[1]
    for name in ("plain", "whitened", "wide"):
        assert result.arrays[f"{name}_test"][-1] > 0.85
        assert result.arrays[f"{name}_loss"][-1] < result.arrays[f"{name}_loss"][0]
    again = whitening.run_study(clothes)
    assert again.arrays["whitened_loss"].tobytes() == result.arrays["whitened_loss"].tobytes()
