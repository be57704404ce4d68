"""The studies of two looks and of guessed gradients: what they reach, and the arrays that are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from models.batches import take_batches
from models.layers.activations import softmax
from models.studies import conv_update_gate, decoupled, decoupled_conv_lstm
from models.studies.study import StudyData, StudyResult
from models.types import Array


def figures_of(result: StudyResult) -> dict[str, float]:
    return {figure.what: figure.ours for figure in result.figures}


def hush(done: int, of: int) -> None:
    pass


@pytest.mark.slow
def test_two_looks_read_nearly_all_zeros_and_ones() -> None:
    x, label = conv_update_gate.read_digits(StudyData())
    scored = conv_update_gate.score(x, label, 2, seed=0, tell=hush)
    assert np.mean((scored.chance > 0.5) == label) >= 0.995
    assert scored.held_loss[-1] < 0.02 < scored.learned_loss[0]
    kept = scored.parameters[scored.part[7]]
    said = softmax(conv_update_gate.make_net(2)(kept, x[7:8])[0])[0][0, 1]
    assert said == pytest.approx(scored.chance[7], abs=1e-6)  # float32; summed in another order


def test_no_net_learns_a_picture_that_it_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conv_update_gate, "N_EPOCHS", 1)
    learned: list[dict[str, Array]] = []

    def take(rows: dict[str, Array], *given: Any, **named: Any) -> Any:
        learned.append(rows)
        return take_batches(rows, *given, **named)

    monkeypatch.setattr(conv_update_gate, "take_batches", take)
    x = np.random.default_rng(0).random((25, 8, 8, 1))
    label = np.arange(25) % 2
    scored = conv_update_gate.score(x, label, 1, seed=0, tell=hush)
    assert sorted(np.bincount(scored.part)) == [2] * 5 + [3] * 5
    for k, rows in enumerate(learned):
        np.testing.assert_array_equal(rows["x"], x[scored.part != k])
        np.testing.assert_array_equal(rows["label"], label[scored.part != k])
        said = softmax(conv_update_gate.make_net(1)(scored.parameters[k], x[scored.part == k])[0])[0][:, 1]
        np.testing.assert_array_equal(scored.chance[scored.part == k], said)


def test_those_shown_were_left_out_by_one_net_and_of_each_digit_the_worst_read_comes_last() -> None:
    label = np.repeat([0, 1], 7)
    part = np.array([0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])
    chance = np.array([0.1, 0.8, 0.3, 0.1, 0.1, 0.1, 0.1, 0.9, 0.2, 0.9, 0.9, 0.9, 0.9, 0.1])
    shown = conv_update_gate.find_shown(chance, label, part)
    assert shown.tolist() == [0, 3, 4, 2, 7, 9, 10, 13]


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


def test_a_difference_is_claimed_only_beyond_two_standard_errors() -> None:
    limit = 2 * np.sqrt(2 / decoupled.N_TIMES)
    assert decoupled.compare(97.0 + 0.99 * limit, 97.0, 1.0) == "about as well as"
    assert decoupled.compare(97.0 + 1.01 * limit, 97.0, 1.0) == "better than"
    assert decoupled.compare(97.0, 97.0 + 1.01 * limit, 1.0) == "worse than"


@pytest.mark.slow
def test_clips_are_learned_frame_by_frame() -> None:
    rng = np.random.default_rng(0)
    clips, new = (decoupled_conv_lstm.make_clips(n, rng=rng) for n in (240, 300))
    run = decoupled_conv_lstm.run_case("decoupled", clips, new, seed=0)
    assert run.cost[-1] < 0.03 < 0.3 < run.cost[0]
    assert np.mean((run.said > 0.5) == (new.y[:, 0] > 0.5)) > 0.98
    assert run.far[:, 1].min() < 0.5  # nearer than no guess, while it learns


def test_a_bar_goes_one_place_a_frame_the_way_that_its_clip_says() -> None:
    clips = decoupled_conv_lstm.make_clips(50, rng=np.random.default_rng(0))
    columns = clips.x.sum(axis=(2, 4)).argmax(axis=-1)  # (n, 3)
    steps = np.diff(columns, axis=1)
    right = np.where(clips.y > 0, 1, -1)
    assert np.mean(steps == right) > 0.8  # the noise hides some bars' columns
    assert clips.x.dtype == clips.y.dtype == np.float32
