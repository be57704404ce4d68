"""How far a long step is reaches others now and then, and nobody waits for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from flows.progress import Watcher, pass_on


def wait_for(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_a_watcher_knows_the_share_of_the_step_at_work() -> None:
    watcher = Watcher()
    watcher.tell("reading", 3, 4)
    assert watcher.share == 0.75
    watcher.tell("reading", 3, None)
    assert watcher.share is None
    watcher.tell("reading", 3, 4)
    watcher.begin("patterns")
    assert watcher.share is None


def test_a_share_is_passed_on_when_it_changed_and_the_end_is_told() -> None:
    watcher, told = Watcher(), list[float]()
    with pass_on(watcher, told.append, every=0.001):
        watcher.tell("drawing", 1, 4)
        wait_for(lambda: told == [0.25])
        time.sleep(0.02)
        watcher.tell("drawing", 2, 4)
        wait_for(lambda: len(told) > 1)
    assert told == [0.25, 0.5, 1.0]


def test_a_step_that_fails_is_not_told_as_done() -> None:
    watcher, told = Watcher(), list[float]()
    with pytest.raises(ValueError), pass_on(watcher, told.append, every=0.001):
        watcher.tell("drawing", 1, 4)
        wait_for(lambda: told == [0.25])
        watcher.failure = ValueError()
        raise watcher.failure
    assert told == [0.25]


def test_a_short_step_is_not_reported_at_all() -> None:
    watcher, told = Watcher(), list[float]()
    with pass_on(watcher, told.append, every=60):
        watcher.tell("drawing", 1, 4)
    assert told == []


def test_a_report_that_fails_is_the_last_and_harms_nothing() -> None:
    watcher, asked = Watcher(), list[float]()

    def refuse(share: float) -> None:
        asked.append(share)
        raise OSError("the server is away")

    with pass_on(watcher, refuse, every=0.001):
        for n in range(3):
            watcher.tell("drawing", n, 4)
            wait_for(lambda: bool(asked))
    assert len(asked) == 1


def test_nobody_waits_long_for_a_report_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.progress.WAIT_SECONDS", 0.01)
    watcher, over, begun, ended = Watcher(), threading.Event(), threading.Event(), threading.Event()

    def hang(share: float) -> None:
        begun.set()
        over.wait(20)
        ended.set()

    with pass_on(watcher, hang, every=0.001):
        watcher.tell("drawing", 1, 4)
        assert begun.wait(30)
    assert not ended.is_set()
    over.set()
