"""What all rooms' tests share: the sample archives, and the rule that nothing is skipped unseen in CI."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Generator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from flows.commands import BLAS_THREADS

# As the command line does, before NumPy is imported: both compute the same bytes.
os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))

# The same examples in every run, so that a green commit stays green; ``--hypothesis-profile=default``
# looks for others.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")

# A shell has what it runs in the background ignore Ctrl-C, and a child inherits that, but not a handler.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Turn a skip into a failure where ``ALMANAC_NO_SKIPS`` says that everything is installed."""
    report = yield
    if report.skipped and os.environ.get("ALMANAC_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be: {item.nodeid}: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def sample_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-year sample archive."""
    from pipeline.sample import write_sample

    return write_sample(tmp_path_factory.mktemp("sample"), years=2, seed=1).path


@pytest.fixture(scope="session")
def tiny_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample archive of a few weeks: enough to run through, too little for most claims."""
    from pipeline.sample import write_sample

    return write_sample(
        tmp_path_factory.mktemp("tiny"), years=0, since=date(2025, 10, 25), until=date(2025, 11, 19), seed=2
    ).path


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own variables away from the tests."""
    for name in [name for name in os.environ if name.startswith("ALMANAC_") and name != "ALMANAC_NO_SKIPS"]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    executable = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if executable is None:
        pytest.skip("no Chromium is installed here")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed here")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chromium
        chromium.close()
