"""The job is done whatever becomes of Prefect, and a step's failure is never taken for Prefect's."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flows import job
from flows.plan import HEAVY, STEPS, StepFailedError, load_libraries, perform
from flows.prefect_record import Running, ServerRecord, identify, read_record, write_record
from flows.prefect_server import ServerDidNotStartError
from flows.progress import Watcher, watching
from pipeline.settings import Settings, load_settings


class InventedServer:
    """A server that comes up at once; ``trouble`` makes the method of that name fail."""

    trouble = ""
    stopped = 0

    def __init__(self, out: Path) -> None:
        pass

    def start(self) -> None:
        if self.trouble == "start":
            raise ServerDidNotStartError

    def wait_until_ready(self) -> None:
        if self.trouble == "wait":
            raise ServerDidNotStartError

    def stop(self) -> None:
        type(self).stopped += 1


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> type[InventedServer]:
    class Server(InventedServer):
        pass

    monkeypatch.setattr(job, "PrefectServer", Server)
    monkeypatch.setattr(job, "prepare_environment", lambda out, verbose: None)
    monkeypatch.setattr(job, "load_libraries", lambda: None)
    return Server


def install_flow(monkeypatch: pytest.MonkeyPatch, n_steps: int = 5, trouble: Exception | None = None) -> None:
    """Put a flow of the first ``n_steps`` in the place of Prefect's; ``trouble`` comes after them."""

    def refresh(archives: Sequence[str], options: Mapping[str, str]) -> None:
        for step in STEPS[:n_steps]:
            perform(step, archives, load_settings(options), watching.get())
        if trouble is not None:
            raise trouble

    monkeypatch.setitem(sys.modules, "flows.refresh", SimpleNamespace(run_refresh=refresh))


def do(settings: Settings, watcher: Watcher | None = None, *, plain: bool = False) -> list[str]:
    said: list[str] = []
    options = {"out": str(settings.out), "home_zone": "Europe/Paris"}
    with job.open_job(settings, plain=plain, verbose=False, say=said.append) as run:
        run(["a.zip"], options, watcher or Watcher())
    return said


def test_with_prefect_the_flow_does_all_and_nothing_is_said(
    settings: Settings, steps: Any, server: type[InventedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    install_flow(monkeypatch)
    assert do(settings) == []
    assert steps.calls == list(STEPS)
    assert steps.arguments["ingest"] == (["a.zip"], settings)
    assert steps.arguments["report"] == (settings,)
    assert server.stopped == 1


def test_prefect_is_not_told_the_filter_that_the_steps_keep_to(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Mapping[str, str]] = []
    flow = SimpleNamespace(run_refresh=lambda archives, options: told.append(options))
    monkeypatch.setitem(sys.modules, "flows.refresh", flow)
    watcher, options = Watcher(), {"out": str(settings.out), "filter": "product=velvet_gadget"}
    with job.open_job(settings, plain=False, verbose=False, say=print) as run:
        run(["a.zip"], options, watcher)
    assert (told, watcher.unsaid) == ([{"out": str(settings.out)}], {"filter": "product=velvet_gadget"})


def test_what_cannot_be_imported_early_is_left_to_its_step(monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []

    def import_module(name: str) -> None:
        imported.append(name)
        raise ImportError(name)

    monkeypatch.setattr("flows.plan.import_module", import_module)
    load_libraries()
    assert imported == list(HEAVY)
    assert all(find_spec(name) for name in HEAVY)


def test_plainly_the_same_steps_run_in_the_same_order_without_a_server(
    settings: Settings, steps: Any, server: type[InventedServer]
) -> None:
    assert do(settings, plain=True) == []
    assert steps.calls == list(STEPS) == ["ingest", "patterns", "learn", "charts", "report"]
    assert server.stopped == 0


def test_plainly_too_the_record_of_a_killed_runs_server_is_taken_away(settings: Settings) -> None:
    gone = Running(2**22 + 1, 1.0)  # above the largest pid of Linux
    settings.out.mkdir(parents=True, exist_ok=True)
    write_record(settings.out, ServerRecord(gone, gone, 4200, False))
    with job.open_job(settings, plain=True, verbose=False, say=print):
        assert not (settings.out / "server.json").exists()
    write_record(settings.out, kept := ServerRecord(identify(), identify(), 4200, True))
    with job.open_job(settings, plain=True, verbose=False, say=print):
        assert read_record(settings.out) == kept


@pytest.mark.parametrize("moment", ["start", "wait"])
def test_without_a_server_the_job_goes_on_plainly_and_says_so_in_one_line(
    settings: Settings, steps: Any, server: type[InventedServer], monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    install_flow(monkeypatch)
    server.trouble = moment
    assert do(settings) == ["Prefect could not be used (ServerDidNotStartError): going on without it."]
    assert steps.calls == list(STEPS)


def test_without_a_prefect_that_can_be_imported_the_job_goes_on_plainly(
    settings: Settings, steps: Any, server: type[InventedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "flows.refresh", raising=False)
    monkeypatch.setitem(sys.modules, "prefect", None)
    assert do(settings) == ["Prefect could not be used (ModuleNotFoundError): going on without it."]
    assert steps.calls == list(STEPS)
    assert server.stopped == 1


@pytest.mark.parametrize("n_steps", [0, 2, 5])
def test_when_prefect_fails_midway_each_step_is_still_done_exactly_once(
    settings: Settings, steps: Any, monkeypatch: pytest.MonkeyPatch, n_steps: int
) -> None:
    install_flow(monkeypatch, n_steps, RuntimeError("the server is away"))
    assert do(settings) == ["Prefect could not be used (RuntimeError): going on without it."]
    assert steps.calls == list(STEPS)


def test_a_failing_step_fails_the_job_and_is_not_tried_again_plainly(
    settings: Settings, steps: Any, server: type[InventedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    install_flow(monkeypatch)
    steps.raising["patterns"] = ValueError("cheap flights to mars")
    with pytest.raises(StepFailedError) as caught:
        do(settings)
    assert str(caught.value) == "the step 'patterns' failed with ValueError"
    assert caught.value.cause is steps.raising["patterns"]
    assert steps.calls == ["ingest", "patterns"]
    assert server.stopped == 1


def test_a_step_that_failed_is_not_hidden_by_a_prefect_that_fails_after_it(
    settings: Settings, steps: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.raising["ingest"] = ValueError("cheap flights to mars")

    def refresh(archives: Sequence[str], options: Mapping[str, str]) -> None:
        try:
            perform("ingest", archives, settings, watching.get())
        except StepFailedError:
            raise RuntimeError("the server is away") from None

    monkeypatch.setitem(sys.modules, "flows.refresh", SimpleNamespace(run_refresh=refresh))
    with pytest.raises(StepFailedError, match=r"^the step 'ingest' failed with ValueError$"):
        do(settings)
    assert steps.calls == ["ingest"]


def test_what_prefect_sees_of_a_failure_leads_to_none_of_its_words(settings: Settings, steps: Any) -> None:
    steps.raising["report"] = ValueError("cheap flights to mars")
    with pytest.raises(StepFailedError) as caught:
        perform("report", (), settings, Watcher())
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)
    assert "mars" not in f"{caught.value!r} {caught.value}"


def test_the_frames_of_a_failure_keep_no_rows(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def step(_: Settings, tell: Any) -> None:
        rows = ["cheap flights to mars"]
        raise ValueError(len(rows))

    monkeypatch.setattr("flows.plan.load_step", lambda _: step)
    with pytest.raises(StepFailedError) as caught:
        perform("charts", (), settings, Watcher())
    frames = [caught.value.cause.__traceback__]
    while frames[-1] is not None:
        frames.append(frames[-1].tb_next)
    assert not any("rows" in frame.tb_frame.f_locals for frame in frames if frame is not None)


def test_ctrl_c_ends_the_server_too(
    settings: Settings, steps: Any, server: type[InventedServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    install_flow(monkeypatch)
    steps.raising["learn"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        do(settings)
    assert server.stopped == 1


def test_the_watcher_hears_of_every_step_in_its_order(settings: Settings, steps: Any) -> None:
    class Listening(Watcher):
        def __init__(self) -> None:
            super().__init__()
            self.heard: list[tuple[str, ...]] = []

        def begin(self, step: str) -> None:
            self.heard.append(("begin", step))

        def tell(self, what: str, done: int, total: int | None) -> None:
            self.heard.append((what, str(done), str(total)))

    watcher = Listening()
    do(settings, watcher, plain=True)
    assert watcher.heard == [line for step in STEPS for line in (("begin", step), ("halfway", "1", "2"))]
    assert list(watcher.done) == list(watcher.seconds) == list(STEPS)
    assert watcher.done["report"].n_rows == 5
