"""What Prefect hears of a look, and what becomes of the flow runs that an earlier schedule left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IN_PREFECT = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4
from flows.prefect_home import prepare_environment
prepare_environment(Path(sys.argv[1]))
from prefect.client.schemas.objects import FlowRun
from flows import schedule
from flows.plan import StepFailedError
from pipeline.errors import SettingsError

def try_it(outcome):
    def look(*_, **__):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome
    schedule.look = look
    try:
        state = schedule.look_for_prefect("downloads", {})
        print(state.type.value, state.message)
    except Exception as error:
        print(repr(error), error.__cause__, error.__context__)

try_it("1 archive taken in, 7 new rows")
try_it(ValueError("cheap flights.zip"))
try_it(SettingsError("There is no such folder", where="downloads", remedy="Give one."))
try_it(StepFailedError("patterns", KeyError("cheap flights")))
now = datetime.now(UTC)
slots = (("SCHEDULED", -15), ("RUNNING", -10), ("SCHEDULED", -9), ("SCHEDULED", -5), ("PENDING", -1))
runs = [
    FlowRun(id=uuid4(), flow_id=uuid4(), state_type=kind, expected_start_time=now + timedelta(minutes=k))
    for kind, k in (*slots, ("CANCELLING", 0), ("SCHEDULED", 5))
]
states, will_look = schedule._settle(runs, now)
found = [states.get(run.id) for run in runs]
print([state and (state.type.value, state.name) for state in found], will_look)
print(schedule._settle(runs[-1:], now))
"""


@pytest.mark.slow
def test_prefect_hears_counts_and_kinds_alone_and_what_was_left_is_settled(tmp_path: Path) -> None:
    (tmp_path / "prefect").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", IN_PREFECT, str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    again = "Run it again with -v to see more (it may quote you)."
    skipped, crashed = ("COMPLETED", "Skipped"), ("CRASHED", "Crashed")
    assert done.stdout.splitlines() == [
        "say 1 archive taken in, 7 new rows",
        "COMPLETED 1 archive taken in, 7 new rows",
        f"say almanac schedule: failed with ValueError. {again}",
        "StepFailedError(\"the step 'schedule' failed with ValueError\") None None",
        "say almanac schedule: There is no such folder (downloads). Give one.",
        "StepFailedError(\"the step 'schedule' failed with SettingsError\") None None",
        f"say almanac patterns: failed with KeyError. {again}",
        "StepFailedError(\"the step 'patterns' failed with KeyError\") None None",
        f"{[skipped, crashed, skipped, None, crashed, crashed, None]} True",
        "({}, False)",
    ]
