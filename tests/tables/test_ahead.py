from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from pipeline.tables.ahead import run_ahead


def count_threads() -> int:
    return sum(thread.name.startswith("almanac-ahead") for thread in threading.enumerate())


def test_items_come_in_order_and_are_made_in_another_thread() -> None:
    makers = []

    def make() -> Iterator[int]:
        for k in range(5):
            makers.append(threading.current_thread())
            yield k

    with run_ahead(make()) as items:
        assert list(items) == [0, 1, 2, 3, 4]
    assert len(set(makers)) == 1
    assert makers[0] is not threading.current_thread()
    assert count_threads() == 0


def test_the_next_item_is_made_while_one_is_in_use_and_no_more_than_that() -> None:
    made = [threading.Event() for _ in range(4)]

    def make() -> Iterator[int]:
        for k, event in enumerate(made):
            event.set()
            yield k

    with run_ahead(make()) as items:
        for k in items:
            assert all(event.wait(timeout=60) for event in made[: k + 2])
            assert not any(event.is_set() for event in made[k + 2 :])


def test_no_items_are_none() -> None:
    with run_ahead(iter(())) as items:
        assert list(items) == []


def test_what_goes_wrong_is_raised_after_the_items_before_it() -> None:
    def make() -> Iterator[int]:
        yield 0
        raise ValueError("the second")

    found = []
    with pytest.raises(ValueError, match="the second"), run_ahead(make()) as items:
        found.extend(items)
    with pytest.raises(ValueError, match="the second"), run_ahead(make()) as items:
        for item in items:
            found.append(item)
    assert found == [0, 0]
    assert count_threads() == 0


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError])
def test_who_stops_early_leaves_no_step_running(interruption: type[BaseException]) -> None:
    steps = []

    def make() -> Iterator[int]:
        for k in range(100):
            steps.append(k)
            yield k

    with pytest.raises(interruption), run_ahead(make()) as items:
        next(items)
        raise interruption
    assert steps == [0, 1]
    assert count_threads() == 0
