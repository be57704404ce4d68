"""Early stopping: when it ends, what it keeps, and what it tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from models.early_stopping import Epoch, run_epochs, tell_of_part, train_until_worse
from models.errors import InputError
from models.layers.normalise import RunningMoments
from models.training import Step
from models.types import Array


def count_up(flat: Array, n_steps: int) -> Iterator[Step]:
    """Steps that add one to the only parameter, with the number of the step as loss."""
    for number in range(n_steps):
        flat += 1
        yield Step(number, float(number), 1.0)


def run(values: list[float], *, n_steps: int = 100, **more: Any) -> tuple[list[Epoch], Array, list[Any]]:
    """Train with these validation measures, two steps an epoch."""
    flat, given, told = np.zeros(1), iter(values), []
    epochs = train_until_worse(
        count_up(flat, n_steps),
        lambda: next(given),
        flat=flat,
        every=2,
        tell=lambda done, of: told.append((done, of)),
        **more,
    )
    return list(epochs), flat, told


def test_it_ends_after_epochs_without_anything_better_and_gives_the_best_back() -> None:
    epochs, flat, told = run([5.0, 3.0, 3.0, 4.0, 1.0], patience=2)
    assert epochs == [
        Epoch(0, 2, 0.5, 5.0, True),
        Epoch(1, 2, 2.5, 3.0, True),
        Epoch(2, 2, 4.5, 3.0, False),
        Epoch(3, 2, 6.5, 4.0, False),
    ]
    assert flat == 4  # after four steps, those of the first two epochs
    assert told == [(1, None), (2, None), (3, None), (4, None)]


def test_it_ends_with_the_epochs_and_with_the_steps() -> None:
    epochs, flat, told = run([5.0, 4.0, 3.0], patience=9, n_epochs=2)
    assert (len(epochs), float(flat[0]), told) == (2, 4.0, [(1, 2), (2, 2)])
    epochs, flat, _ = run([5.0, 4.0, 3.0], patience=9, n_steps=5)
    assert [epoch.n_steps for epoch in epochs] == [2, 2, 1]
    assert flat == 5


def test_nan_is_never_better_and_without_any_number_the_start_comes_back() -> None:
    epochs, flat, _ = run([5.0, np.nan, np.nan], patience=2)
    assert ([epoch.best for epoch in epochs], float(flat[0])) == ([True, False, False], 2.0)
    _, flat, _ = run([np.nan, np.nan], patience=2)
    assert flat == 0


def test_a_caller_who_stops_early_has_the_best_parameters_too() -> None:
    flat, given = np.zeros(1), iter([5.0, 3.0, 4.0, 2.0])
    epochs = train_until_worse(count_up(flat, 100), lambda: next(given), flat=flat, every=2, patience=9)
    for epoch in epochs:
        if epoch.number == 2:
            assert flat == 6
            break
    epochs.close()  # type: ignore[attr-defined]
    assert flat == 4


def test_a_fault_in_a_step_gives_the_best_parameters_back_and_is_seen() -> None:
    flat = np.zeros(1)

    def break_off() -> Iterator[Step]:
        yield from count_up(flat, 4)
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        list(train_until_worse(break_off(), lambda: float(flat[0]), flat=flat, every=2, patience=9))
    assert flat == 2


def test_running_moments_come_back_with_the_parameters_that_they_were_measured_with() -> None:
    flat, running = np.zeros(1), RunningMoments(2)

    def learn(n_steps: int) -> Iterator[Step]:
        for step in count_up(flat, n_steps):
            running.learn(np.full((3, 2), flat[0]))
            yield step

    def measure() -> float:
        seen.append(running.moments)
        return next(given)

    for values, best in (([5.0, 3.0, 4.0, 6.0], 1), ([np.nan, np.nan], None)):
        flat[:], running, seen, given = 0, RunningMoments(2), [], iter(values)
        start = running.moments
        list(train_until_worse(learn(99), measure, flat=flat, every=1, patience=2, running=[running]))
        assert len(seen) == len(values)
        assert running.moments is (start if best is None else seen[best])


@pytest.mark.parametrize(("every", "patience"), [(0, 1), (1, 0)])
def test_what_would_train_nothing_gets_a_clear_word(every: int, patience: int) -> None:
    flat = np.zeros(1)
    words = f"Epochs of {every} steps and a patience of {patience} train nothing"
    with pytest.raises(InputError, match=words):
        list(train_until_worse(count_up(flat, 4), lambda: 0.0, flat=flat, every=every, patience=patience))


def test_epochs_without_a_measure_are_told_and_a_part_of_several_trainings_as_one_of_them() -> None:
    told: list[tuple[int, int | None]] = []
    tell = tell_of_part(lambda done, of: told.append((done, of)), 10, 30)
    run_epochs(range(7), every=3, n_epochs=2, tell=tell)  # the last epoch was cut short
    assert told == [(11, 30), (12, 30)]
