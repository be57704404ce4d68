"""The studies of spatial LSTM and auto-encoder, on fewer pictures and for fewer epochs than they take."""

from __future__ import annotations

import numpy as np
import pytest

from models.check import check_pullback
from models.layers.affine import Affine
from models.recurrent.spatial_lstm import make_spatial_lstm
from models.studies import autoencoder, spatial_lstm
from models.studies.study import StudyData, StudyResult


def figures_of(result: StudyResult) -> dict[str, float]:
    return {figure.what: figure.ours for figure in result.figures}


@pytest.mark.slow
def test_a_spatial_lstm_counts_and_finds_digits_likelier_than_their_pixels_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spatial_lstm, "N_UNITS", 12)
    told: list[int] = []
    result = spatial_lstm.run_study(StudyData(), tell=lambda done, of: told.append(done), n_epochs=4)
    figures = figures_of(result)
    assert figures["largest error of a count of ones, images of 2 × 2"] < 0.05
    alone = figures["each pixel for itself, on the test"]
    assert figures["logistic regressions on all pixels before"] < alone - 5
    assert figures["spatial LSTM"] < alone - 2
    assert told == sorted(told) and told[-1] == 104
    arrays = result.arrays
    assert (arrays["small_counts"][-1] == [[1, 2], [2, 4]]).all()
    assert set(np.unique(arrays["drawn"])) == {0, 1} and arrays["drawn"].shape == (12, 8, 8)
    assert (np.diff(arrays["usual_nats"]) >= 0).all() and (np.diff(arrays["unusual_nats"]) <= 0).all()
    assert arrays["usual_nats"].max() < arrays["unusual_nats"].min()


def test_the_belief_net_pulls_back_and_looks_at_no_pixel_to_come() -> None:
    rng = np.random.default_rng(0)
    p = Affine(rng.normal(size=(5, 5)), rng.normal(size=5))
    x = rng.integers(0, 2, size=(4, 5)).astype(float)
    check_pullback(lambda p: spatial_lstm.read_before(p, x), p, rng=rng)
    check_pullback(lambda p: spatial_lstm.lose_before(p, x=x), p, rng=rng)
    before, _ = spatial_lstm.read_before(p, x)
    for k in range(5):
        moved = x.copy()
        moved[:, k] += 1
        after, _ = spatial_lstm.read_before(p, moved)
        np.testing.assert_array_equal(after[:, : k + 1], before[:, : k + 1])


def test_counting_small_images_pulls_back() -> None:
    rng = np.random.default_rng(0)
    lstm = make_spatial_lstm(rng, 1, 3, np.float64)
    p = spatial_lstm.Small(lstm, Affine(rng.normal(size=(3, 1)), rng.normal(size=1)))
    images = rng.integers(0, 2, size=(3, 2, 2)).astype(float)
    check_pullback(lambda p: spatial_lstm.lose_counts(p, x=images, target=images.cumsum(axis=1)), p, rng=rng)


@pytest.mark.slow
def test_an_auto_encoder_takes_noise_from_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = tuple(way._replace(n_epochs=2) for way in autoencoder.WAYS[1:4:2])
    monkeypatch.setattr(autoencoder, "WAYS", ways)
    monkeypatch.setattr(autoencoder, "LONG", ways[1]._replace(name="long", n_epochs=4, rate=1e-2))
    monkeypatch.setattr(autoencoder, "N_LEARNED", 200)
    told: list[int] = []
    result = autoencoder.run_study(StudyData(), tell=lambda done, of: told.append(done))
    figures = figures_of(result)
    assert figures["off by: noise"] == pytest.approx(autoencoder.NOISE, rel=0.02)
    assert figures["off by: long"] < 0.7 * figures["off by: noise"]
    assert figures["off by: 16 principal components"] < 0.5 * figures["off by: noise"]
    assert told == list(range(1, 9))
    assert result.arrays["cost"].shape == (2, 2) and result.arrays["long_cost"].shape == (4,)
    assert result.arrays["drawn"].shape == (6, 24, 24)


def test_slices_are_invented_by_seed_with_air_around_and_bone_within() -> None:
    one, again, other = (autoencoder.draw_slices(np.random.default_rng(seed), 20) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any() and one.dtype == np.float32 and one.shape == (20, 24, 24, 1)
    assert one.min() >= 0 and one.max() <= 1
    assert one[:, 0].max() < 0.05 and one.max(axis=(1, 2, 3)).min() > 0.85
