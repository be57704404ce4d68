"""What docs/schedule.md and prefect.yaml have the owner's system start is a command line that exists."""

from __future__ import annotations

import configparser
import json
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from flows.commands import app
from flows.commands.schedule import CRON

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "schedule.md").read_text("utf-8")
COMMANDS: dict[str, Any] = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def read_block(language: str, mark: str = "") -> str:
    """Return the block of code in ``language`` that holds ``mark``."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    [block] = [block for block in blocks if mark in block]
    return str(block)


def take(words: list[str]) -> dict[str, Any]:
    """Return what ``almanac`` makes of a command line, without running it."""
    assert Path(words[0].replace("\\", "/")).name.removesuffix(".exe") == "almanac"
    assert words[1] == "schedule"
    with COMMANDS["schedule"].make_context("schedule", words[2:]) as context:
        return {name: value for name, value in context.params.items() if value}


def test_the_unit_of_systemd_starts_the_schedule_and_has_it_ended_gently(tmp_path: Path) -> None:
    text = read_block("ini")
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(text)
    service = unit["Service"]
    assert take(shlex.split(service["ExecStart"])) == {
        "watch": "%h/Downloads",
        "cron": CRON,
        "home_zone": "Europe/Paris",
    }
    assert (service["KillMode"], service["Restart"]) == ("mixed", "on-failure")
    if verify := shutil.which("systemd-analyze"):
        path = tmp_path / "almanac.service"
        path.write_text(text.replace("%h/.local/bin/almanac", sys.executable), "utf-8")
        subprocess.run(
            [verify, "--user", "verify", str(path)],
            check=True,
            env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        )


def test_the_plist_of_launchd_can_be_read_and_starts_the_schedule() -> None:
    plist = plistlib.loads(read_block("xml").encode())
    assert take(plist["ProgramArguments"]) == {
        "watch": "/Users/you/Downloads",
        "cron": CRON,
        "home_zone": "Europe/Paris",
    }
    assert f"launchctl bootout gui/$(id -u)/{plist['Label']}" in PAGE
    assert f"~/Library/LaunchAgents/{plist['Label']}.plist" in PAGE
    assert plist["KeepAlive"] == {"SuccessfulExit": False}


def test_the_tasks_of_windows_start_the_schedule() -> None:
    [argument] = re.findall(r'-Argument "(.*)"$', read_block("powershell"), re.MULTILINE)
    words = shlex.split(argument.replace('`"', '"').replace("\\", "/"))
    assert take(["almanac.exe", *words]) == {
        "watch": "$HOME/Downloads",
        "cron": CRON,
        "home_zone": "Europe/Paris",
    }
    [task] = re.findall(r'/TR "(.*)"$', PAGE, re.MULTILINE)
    assert take(task.replace("\\", "/").split()) == {
        "watch": "%USERPROFILE%/Downloads",
        "cron": CRON,
        "once": True,
    }


def test_the_cron_line_has_five_fields_and_looks_once() -> None:
    [line] = re.findall(r"^0 6 \* \* 1 .*$", PAGE, re.MULTILINE)
    fields = shlex.split(line)
    assert " ".join(fields[:5]) == CRON
    assert take(fields[5:]) == {"watch": "$HOME/Downloads", "cron": CRON, "once": True}


def test_the_deployment_for_a_work_pool_is_the_flow_that_the_schedule_serves() -> None:
    project = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
    [deployment] = project["deployments"]
    file, _, name = deployment["entrypoint"].partition(":")
    assert f"def {name}(watch: str, options:" in (ROOT / file).read_text("utf-8")
    assert set(deployment["parameters"]) == {"watch", "options"}
    assert [schedule["cron"] for schedule in deployment["schedules"]] == [CRON]
    for command in ("work-pool create", "--no-prompt deploy --name", "worker start --pool"):
        assert f"prefect {command}" in PAGE
        assert f"prefect {command}" in (ROOT / "prefect.yaml").read_text("utf-8")


@pytest.mark.slow
def test_a_worker_of_a_work_pool_looks_as_the_schedule_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.prefect_server import open_prefect

    for name, value in list(os.environ.items()):  # what is set for the server goes again afterwards
        monkeypatch.setenv(name, value)
    (tmp_path / "downloads").mkdir()
    (tmp_path / "home" / "prefect").mkdir(parents=True)
    options = json.dumps({"out": str(tmp_path / "out"), "home_zone": "Europe/Paris"})
    with open_prefect(tmp_path / "home"):

        def call(*words: str) -> str:
            command = [sys.executable, "-m", "prefect", *words]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        call("work-pool", "create", "almanac", "--type", "process")
        parameters = ("--param", f"watch={tmp_path / 'downloads'}", "--param", f"options={options}")
        call("--no-prompt", "deploy", "--name", "watch", *parameters)
        call("deployment", "run", "refresh-waiting/watch")
        assert "say nothing new\n" in call("worker", "start", "--pool", "almanac", "--run-once")
    assert (tmp_path / "out" / "run.json").is_file()
