"""The form that the work of a network has."""

from __future__ import annotations

import numpy as np

from flows.networks.network import Answers, NetworkDone, lack, try_classes

DAYS = np.datetime64("2025-01-06", "D") + 7 * np.arange(2)


def test_errors_of_classes_are_squared_and_summed_for_all_four() -> None:
    sure, half, other = np.eye(2), np.full((2, 2), 0.5), np.eye(2)[::-1]
    answers = Answers(sure, half, half, other, truth=np.array([0, 1]), shuffled=np.array([1, 1]))
    tried = try_classes(DAYS, answers, baseline_name="always term", rows="weeks")
    assert (tried.network.tolist(), tried.classical.tolist(), tried.baseline.tolist()) == (
        [0.0, 0.0], [0.5, 0.5], [0.5, 0.5],
    )  # fmt: skip
    assert tried.control is not None
    assert (tried.control.network.tolist(), tried.control.baseline.tolist()) == ([0.0, 2.0], [0.5, 0.5])


def test_what_an_archive_lacks_stands_alone() -> None:
    assert lack("It takes a year.") == NetworkDone(None, None, None, (), "It takes a year.")
