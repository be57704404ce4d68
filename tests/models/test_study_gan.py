"""The study of invented digits: what it measures, and that it runs through on other pictures."""

from __future__ import annotations

import math

import numpy as np
import pytest

from models.errors import InputError
from models.studies import gan
from models.studies.perceptron import flatten_pictures
from models.studies.study_data import Images, StudyData
from models.types import Array
from pipeline.charts.studies import LONGEST_HEADLINE


class FewPictures(StudyData):
    """Ten patterns with noise on them, and a few of each."""

    def images(self, name: str) -> Images:
        assert name == "mnist"
        rng = np.random.default_rng(0)
        patterns, digit = rng.integers(0, 160, (10, 28, 28)), rng.integers(0, 10, 800)
        pictures = (patterns[digit] + rng.integers(0, 95, (800, 28, 28))).astype(np.uint8)
        return Images(pictures[:600], digit[:600], pictures[600:], digit[600:])


def test_the_distance_of_two_normal_distributions_is_that_of_their_moments() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(500, 3))
    z = (z - z.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(z.T))).T  # moments 0 and 1, exactly
    assert gan.measure_frechet(z, z) == pytest.approx(0, abs=1e-12)
    assert gan.measure_frechet(z, z + np.array([3.0, 0.0, 4.0])) == pytest.approx(25)
    assert gan.measure_frechet(z, 2 * z) == pytest.approx(3)  # (2 − 1)² for each of three
    mix = rng.normal(size=(3, 3))
    one, other = z @ mix, 3 * z
    # tr(C₁ + 9 − 2 (9 C₁)^½), and it has no side.
    roots = np.sqrt(np.linalg.eigvalsh(np.cov(one.T)))
    expected = (roots**2).sum() + 27 - 6 * roots.sum()
    assert gan.measure_frechet(one, other) == pytest.approx(expected)
    assert gan.measure_frechet(other, one) == pytest.approx(expected)


def test_six_architectures_are_compared_and_one_of_them_again() -> None:
    names = [design.name for design in gan.DESIGNS]
    assert names == [
        "128–256", "128–256, batch norm", "256–512", "256–512, batch norm", "128–256–256",
        "128–256–256, batch norm", "128–256, early fall",
    ]  # fmt: skip


def test_pairs_learn_nothing_held_back_and_the_best_is_chosen_by_what_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[tuple[Array, tuple[Array, Array]]] = []

    def invent(
        design: gan.Design, x: Array, read: object, real: tuple[Array, Array], **_: object
    ) -> gan.Invented:
        given.append((x, real))
        n = float(len(given))  # each is farther from the test pictures than the one before
        return gan.Invented(np.zeros((10, 784)), np.zeros((2, 30)), n, 10 - n, np.full(10, 0.1), 0.0)

    monkeypatch.setattr(gan, "READER_EPOCHS", 1)
    monkeypatch.setattr(gan, "invent_digits", invent)
    images = FewPictures().images("mnist")
    result = gan.run_study(FewPictures())
    assert result.arrays["best"] == 5  # the last but one: of the six, and nearest to those held back
    np.testing.assert_array_equal(result.arrays["distance"], np.arange(1, 8))
    for x, (test, held) in given:
        np.testing.assert_array_equal(x, 2 * flatten_pictures(images.x_train[:500]) - 1)
        assert (len(test), len(held)) == (200, 100)


@pytest.mark.slow
def test_the_study_runs_through_on_other_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gan, "N_STEPS", 60)
    monkeypatch.setattr(gan, "N_JUDGED", 100)
    monkeypatch.setattr(gan, "DESIGNS", (gan.DESIGNS[0], gan.DESIGNS[1], gan.DESIGNS[6]))
    told: list[tuple[int, int]] = []
    result = gan.run_study(FewPictures(), tell=lambda done, of: told.append((done, of)))
    assert told[-1] == (93, 93) and [done for done, _ in told] == sorted(done for done, _ in told)
    assert all(math.isfinite(figure.ours) and figure.published is None for figure in result.figures)
    arrays = result.arrays
    assert arrays["digits"].shape == (3, 10, 28, 28) and arrays["digits"].min() >= 0
    assert arrays["discriminator_loss"].shape == arrays["generator_loss"].shape == (3, 30)
    assert (arrays["distance"] > arrays["floor"]).all()  # sixty steps invent nothing that passes for real
    np.testing.assert_allclose(arrays["shares"].sum(axis=1), 1)
    assert arrays["step"][-1] == 60 and arrays["best"] in (0, 1)
    best = str(arrays["name"][int(arrays["best"])]).replace(", ", " with ")
    assert result.words[0].startswith(f"Of six generators {best} comes nearest: ")
    assert len(result.words[0]) <= LONGEST_HEADLINE


def test_without_its_pictures_it_says_where_to_get_them() -> None:
    with pytest.raises(InputError, match="This study needs MNIST, which Almanac does not bring"):
        gan.run_study(StudyData())
