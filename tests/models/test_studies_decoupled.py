"""The studies of two looks and of guessed gradients: what they reach, and the arrays that are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from models.studies import conv_update_gate, decoupled, decoupled_conv_lstm
from models.studies.study import StudyData, StudyResult


def figures_of(result: StudyResult) -> dict[str, float]:
    return {figure.what: figure.ours for figure in result.figures}


@pytest.mark.slow
def test_two_looks_read_nearly_all_zeros_and_ones() -> None:
    result = conv_update_gate.run_study(StudyData())
    assert figures_of(result)["right of 360 pictures, two looks"] >= 99.5
    assert result.arrays["pictures"].shape == (8, 8, 8) and result.arrays["maps"].shape == (8, 2, 4, 4)
    assert result.arrays["digit"].tolist() == [0] * 4 + [1] * 4


def test_the_zeros_and_ones_are_pictures_from_0_to_1() -> None:
    x, label = conv_update_gate.read_digits(StudyData())
    assert (x.shape, x.dtype.name, float(x.min()), float(x.max())) == ((360, 8, 8, 1), "float32", 0.0, 1.0)
    assert np.bincount(label).tolist() == [178, 182]


@pytest.mark.slow
def test_guessed_gradients_do_about_as_well_as_true_ones() -> None:
    figures = figures_of(result := decoupled.run_study(StudyData()))
    for case in decoupled.CASES:
        assert figures[f"right on new points, {case}"] > 95
    far = result.arrays["far"]
    assert far.shape == (2, 40, 2) and (far[:, -1, 1] < 0.5).all() and (far[:, -1, 1] < far[:, -1, 0]).all()
    assert result.arrays["maps"].shape == (4, 61, 61)


@pytest.mark.slow
def test_clips_are_learned_frame_by_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoupled_conv_lstm, "N_NEW", 300)
    figures = figures_of(result := decoupled_conv_lstm.run_study(StudyData()))
    assert figures["cost in epoch 18"] < 0.03 < 0.3 < figures["cost in the first epoch"]
    assert figures["right on new clips"] > 98
    assert figures["guess behind the second frame off by, of the true gradient, nearest"] < 50
    assert [figure.comparable for figure in result.figures[:2]] == [False, False]


def test_a_bar_goes_one_place_a_frame_the_way_that_its_clip_says() -> None:
    clips = decoupled_conv_lstm.make_clips(50, rng=np.random.default_rng(0))
    columns = clips.x.sum(axis=(2, 4)).argmax(axis=-1)  # (n, 3)
    steps = np.diff(columns, axis=1)
    right = np.where(clips.y > 0, 1, -1)
    assert np.mean(steps == right) > 0.8  # the noise hides some bars' columns
    assert clips.x.dtype == clips.y.dtype == np.float32
