"""The studies of recurrent nets, small: what they give, what they say, and that the sums are learned."""

from __future__ import annotations

import numpy as np
import pytest

from models.check import check_pullback
from models.studies import lstm, running_sum
from models.studies.study_data import StudyData
from pipeline.charts.studies import LONGEST_HEADLINE


def test_all_sequences_of_three_and_their_sums() -> None:
    x, sums = running_sum.list_sequences(3)
    assert x.shape == sums.shape == (8, 3, 1)
    assert len({tuple(row) for row in x[..., 0]}) == 8 and set(x.ravel()) == {0.0, 0.5}
    np.testing.assert_array_equal(sums[:, 2, 0], x.sum(axis=(1, 2)))


def test_the_study_of_the_running_sum_teaches_four_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_sum, "N_STEPS", 40)
    monkeypatch.setattr(running_sum, "N_SEEDS", 1)
    told: list[tuple[int, int]] = []
    result = running_sum.run_study(StudyData(), tell=lambda done, of: told.append((done, of)))
    assert told == [(n, 5) for n in range(1, 6)]
    assert {name: array.shape for name, array in result.arrays.items()} == {
        "cell": (4,), "error": (4, 40), "by_place": (4, 6), "n_learned": (), "x": (8, 3), "sum": (8, 3),
        "said": (8, 3),
    }  # fmt: skip
    error = np.abs(result.arrays["said"] - result.arrays["sum"]).mean()
    assert result.figures[0].ours == result.arrays["error"][0, -1]
    np.testing.assert_allclose(error, result.arrays["error"][0, -1], rtol=1e-12)
    far = result.arrays["by_place"][:, -1]
    best = "goes on best" if far.argmin() == 0 else f"is off by {far[0]:.2f} at the sixth, the "
    assert result.words[0].startswith(f"Taught sums of three inputs, the intersection net {best}")
    assert result.words[0].endswith(f" by {far.min():.2f}.") and len(result.words[0]) <= LONGEST_HEADLINE


@pytest.mark.slow
def test_the_intersection_net_learns_the_sums_to_a_hundredth() -> None:
    learned = running_sum.learn("intersection", running_sum.Adam, running_sum.RATE, [0, 0])
    assert learned.errors[-1] < 0.001 and running_sum.count_steps(learned.errors) < 1000


def test_steps_are_counted_until_an_error_stays_low() -> None:
    assert running_sum.count_steps(np.array([1.0, 0.001, 0.5, 0.009, 0.001])) == 3
    assert running_sum.count_steps(np.array([0.001])) == 0
    assert np.isnan(running_sum.count_steps(np.array([0.001, 0.5])))


def test_the_cost_of_two_steps_pulls_back() -> None:
    rng = np.random.default_rng(0)
    rows = {"x": rng.normal(size=(3, 2, 1)), "target": rng.normal(size=(3, 2, 1))}
    check_pullback(lambda p: lstm.cost_of_two_steps(p, **rows), rng.normal(size=(2, 4)), rng=rng)


def test_the_study_of_the_lstm_learns_and_looks_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"N_STEPS": 300, "N_SEEDS": 1, "LONG_STEPS": 60, "N_FAR": 3}.items():
        monkeypatch.setattr(lstm, name, value)
    told: list[tuple[int, int]] = []
    result = lstm.run_study(StudyData(), tell=lambda done, of: told.append((done, of)))
    assert told == [(n, 4) for n in range(1, 5)]
    assert {name: array.shape for name, array in result.arrays.items()} == {
        "cost": (300,), "at_each": (20,), "at_end": (20,), "back_names": (3,), "back": (3, 61),
    }  # fmt: skip
    cost, back = result.arrays["cost"], result.arrays["back"]
    assert cost[-1] < 0.2 * cost[0] and result.figures[2].ours < 1e-9
    np.testing.assert_allclose(back[:, 0], 1)
    assert back[0, -1] > 1e-3 > back[2, -1] > back[1, -1]
    assert (
        result.words[0].endswith(f" with open gates, {lstm.say_plainly(back[2, -1])} in a simple net.")
        and len(result.words[0]) <= LONGEST_HEADLINE
    )
    assert result.words[1].endswith(f"half open, it is {lstm.say_length(back[1, -1])} long.")
    assert (lstm.say_length(3.3e-14), lstm.say_length(2.94e-6)) == ("under 1e-12", "2.9e-06")
    assert (lstm.say_plainly(2.94e-6), lstm.say_plainly(3.3e-14)) == ("0.000003", "under 0.000001")
    assert result.words[3].startswith(
        f"The two steps of one unit are learned: their cost falls from {cost[0]:.2g}"
    )
