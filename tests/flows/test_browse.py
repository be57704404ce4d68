"""The command browse."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.commands import app
from flows.commands.browse import has_display
from pipeline.settings import Settings


def call(out: Path) -> Result:
    return CliRunner().invoke(app, ["browse", "--out", str(out)])


@pytest.fixture
def opened(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A report, a screen, and the addresses that a browser was given."""
    (settings.out / "report").mkdir()
    (settings.out / "report" / "index.html").write_text("the report", "utf-8")
    addresses: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: not addresses.append(address))
    monkeypatch.setattr("flows.commands.browse.has_display", lambda: True)
    return addresses


def set_state(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    monkeypatch.setattr("flows.freshness.list_states", lambda settings: {"report": state})


def test_it_opens_the_report_and_says_where_it_is(
    settings: Settings, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_state(monkeypatch, "fresh")
    report = settings.out / "report" / "index.html"
    result = call(settings.out)
    assert (result.stdout, result.stderr, result.exit_code) == (f"The report: {report}\n", "", 0)
    assert opened == [report.as_uri()]


def test_where_there_is_only_a_cohort_its_page_is_opened(settings: Settings, opened: list[str]) -> None:
    report = settings.out / "report" / "index.html"
    page = settings.out / "cohort" / "report" / "index.html"
    page.parent.mkdir(parents=True)
    report.rename(page)
    result = call(settings.out)
    assert (result.stdout, result.stderr, result.exit_code) == (f"The page of the cohort: {page}\n", "", 0)
    assert opened == [page.as_uri()]


def test_a_stale_report_is_opened_and_a_line_says_so(
    settings: Settings, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_state(monkeypatch, "stale")
    assert call(settings.out).stderr == (
        "It was made of other tables or settings: almanac run makes it anew.\n"
    )
    assert len(opened) == 1


@pytest.mark.parametrize("obstacle", ["no screen", "no browser"])
def test_where_nothing_can_be_opened_its_place_is_printed(
    settings: Settings, opened: list[str], monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    set_state(monkeypatch, "fresh")
    if obstacle == "no screen":
        monkeypatch.setattr("flows.commands.browse.has_display", lambda: False)
    else:
        monkeypatch.setattr("webbrowser.open", lambda address: False)
    result = call(settings.out)
    assert result.stdout == f"The report: {settings.out / 'report' / 'index.html'}\n"
    assert result.stderr == "No browser could be opened here: open that file in one.\n"
    assert result.exit_code == 0 and opened == []


def test_without_a_report_it_says_what_to_run(settings: Settings) -> None:
    result = call(settings.out)
    assert result.stderr == (
        f"almanac browse: There is no report here yet ({settings.out}). Run almanac run first.\n"
    )
    assert result.exit_code == 2


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is a screen")
def test_a_screen_is_what_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    assert not has_display()
    for name in names:
        with monkeypatch.context() as patch:
            patch.setenv(name, "x")
            assert has_display()
