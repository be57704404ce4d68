"""The command line: one clear line when something is wrong, figures that add up, nothing said of content."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from filelock import FileLock
from typer.testing import CliRunner, Result

from flows.commands import app
from flows.plan import STEPS
from models.errors import InputError
from pipeline.errors import ArchiveError
from pipeline.settings import Settings
from pipeline.tables.journal import Input, commit_journal, read_journal

SECRET = "cheap flights to mars"


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def out(settings: Settings) -> Path:
    (settings.out / "report").mkdir()
    (settings.out / "report" / "index.html").write_text("the earlier report", "utf-8")
    return settings.out


@pytest.fixture(autouse=True)
def _nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.freshness.nothing_new", lambda patterns, settings: False)
    monkeypatch.setattr("flows.commands.run._print_end", lambda settings, display, as_json: None)


def run_plain(out: Path, *words: str) -> Result:
    return call("run", "a.zip", "--plain", "--out", out, "--home-zone", "Europe/Paris", *words)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", [ArchiveError, InputError])
def test_what_the_owner_can_mend_is_one_line_and_status_2(
    out: Path, steps: Any, step: str, kind: Any
) -> None:
    steps.raising[step] = kind("It is too small", where="here", remedy="Give a larger one.")
    result = run_plain(out)
    assert result.stderr.splitlines()[-1] == f"almanac {step}: It is too small (here). Give a larger one."
    assert result.exit_code == 2
    assert (out / "report" / "index.html").read_text("utf-8") == "the earlier report"


def test_what_nobody_foresaw_is_one_line_without_its_words_and_status_1(out: Path, steps: Any) -> None:
    steps.raising["charts"] = ValueError(SECRET)
    result = run_plain(out)
    assert result.stderr.splitlines()[-1] == (
        "almanac charts: failed with ValueError. Run it again with -v to see more (it may quote you)."
    )
    assert result.exit_code == 1
    assert SECRET not in result.output
    assert len([line for line in result.stderr.splitlines() if "charts" in line]) == 1


def test_a_full_disk_is_named_but_not_the_file_on_it(out: Path, steps: Any) -> None:
    steps.raising["ingest"] = OSError(28, "No space left on device", SECRET)
    result = run_plain(out)
    assert result.stderr.splitlines()[-1] == (
        "almanac ingest: failed with OSError, No space left on device. "
        "Run it again with -v to see more (it may quote you)."
    )
    assert SECRET not in result.output


def test_only_v_shows_the_traceback(out: Path, steps: Any) -> None:
    steps.raising["charts"] = ValueError(SECRET)
    result = run_plain(out, "-v")
    assert f"ValueError: {SECRET}" in result.stderr
    assert result.stderr.splitlines()[0:4] == [
        *(f"{title}: 0.0 s" for title in ("Reading the archive", "Counting the patterns")),
        "Training the models: 0.0 s",
        "Traceback (most recent call last):",
    ]
    assert result.exit_code == 1


def test_ctrl_c_is_one_line_and_status_130(out: Path, steps: Any) -> None:
    steps.raising["charts"] = KeyboardInterrupt()
    result = run_plain(out)
    assert result.stderr.splitlines()[-1] == "almanac run: stopped. What was there before is still there."
    assert result.exit_code == 130


@pytest.mark.parametrize("command", ["run --plain", "ingest", "patterns", "learn", "charts", "report"])
def test_a_command_that_writes_waits_for_nobody_but_says_who_is_there(
    out: Path, steps: Any, command: str
) -> None:
    archives = ["a.zip"] if command[:3] in ("run", "ing") else []
    with FileLock(out / "lock"):
        result = call(*command.split(), *archives, "--out", out, "--home-zone", "Europe/Paris")
    name = command.split()[0]
    assert result.stderr == (
        f"almanac {name}: Another run is writing here ({out}). "
        "Wait until it has ended, or use another --out.\n"
    )
    assert result.exit_code == 2
    assert steps.calls == []


@pytest.mark.parametrize("step", ["patterns", "learn", "charts", "report"])
def test_a_later_step_runs_alone_and_prints_its_figures(
    out: Path, settings: Settings, steps: Any, step: str
) -> None:
    result = call(step, "--out", out, "--home-zone", "Europe/Paris", "--json")
    assert json.loads(result.stdout) == {step: {"n_rows": 1}}
    assert (steps.calls, steps.arguments[step], result.exit_code) == ([step], (settings,), 0)


def test_learn_can_be_asked_for_one_piece_of_work(out: Path, steps: Any) -> None:
    assert call("learn", "--only", "next_hour", "--out", out).exit_code == 0
    both = call("learn", "--only", "next_hour", "--only", "season", "--out", out)
    assert both.exit_code == 2 and "name one piece of work" in both.output
    assert steps.keywords["learn"] == {"only": "next_hour"}


def test_the_filter_reaches_the_steps(out: Path, steps: Any) -> None:
    assert run_plain(out, "--filter", "product=maps").exit_code == 0
    assert steps.arguments["patterns"][0].product == "maps"


@pytest.mark.parametrize("step", ["patterns", "charts", "report"])
def test_what_is_to_be_shared_reaches_the_steps(out: Path, steps: Any, step: str) -> None:
    assert call(step, "--out", out, "--redact", "--coarse").exit_code == 0
    assert (steps.arguments[step][0].redact, steps.arguments[step][0].coarse) == (True, True)
    assert run_plain(out, "--redact").exit_code == 0
    assert (steps.arguments[step][0].redact, steps.arguments[step][0].coarse) == (True, False)


def test_hiding_the_days_alone_is_refused_with_what_to_do(out: Path, steps: Any) -> None:
    result = run_plain(out, "--coarse")
    assert (result.exit_code, steps.calls) == (2, [])
    assert "Give --redact --coarse" in result.stderr


def test_patterns_reach_the_step_absolute_and_not_expanded(
    out: Path, steps: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("ingest", "my takeout-*.zip", "--out", out, "--json").stderr.startswith("Reading the archive")
    assert steps.arguments["ingest"][0] == [str(tmp_path / "my takeout-*.zip")]


def test_without_an_archive_the_first_run_says_how_to_name_one(tmp_path: Path, steps: Any) -> None:
    result = call("run", "--out", tmp_path / "fresh")
    assert result.stderr == (
        f"almanac run: No archive was given, and none has been taken in ({tmp_path / 'fresh'}). "
        "Run almanac run 'PATH/takeout-*.zip', or almanac run --sample.\n"
    )
    assert (result.exit_code, steps.calls) == (2, [])
    assert not (tmp_path / "fresh").exists()


def test_an_archive_and_the_sample_are_not_taken_together(out: Path, steps: Any) -> None:
    result = call("run", "a.zip", "--sample", "--out", out)
    assert (
        result.stderr == "almanac run: Both an archive and --sample were given (run). Give one of the two.\n"
    )
    assert (result.exit_code, steps.calls) == (2, [])


@pytest.mark.parametrize(
    ("words", "zone"), [((), "Europe/Paris"), (("--home-zone", "Asia/Tokyo"), "Asia/Tokyo")]
)
def test_the_sample_is_written_into_the_folder_and_taken_in_where_its_owner_lives(
    tmp_path: Path, steps: Any, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], zone: str
) -> None:
    def write_sample(dest: Path) -> SimpleNamespace:
        (dest / "takeout-1.zip").touch()
        return SimpleNamespace(path=dest / "takeout-1.zip")

    monkeypatch.setattr("pipeline.sample.write_sample", write_sample)
    result = call("run", "--sample", "--plain", "--out", tmp_path / "out", *words)
    assert (result.exit_code, steps.calls) == (0, list(STEPS)), result.output
    archives, settings = steps.arguments["ingest"]
    assert archives == [str(tmp_path / "out" / "sample" / "takeout-1.zip")]
    assert settings.home_zone[-1].zone == zone


def remember(out: Path, *archives: str) -> None:
    inputs = tuple(Input(path, 1, 1, path, "export", "part") for path in archives)
    commit_journal(out, replace(read_journal(out), inputs=inputs, home_zone=("America/Chicago",)))


def test_home_stays_where_it_was_until_another_is_named(out: Path, steps: Any) -> None:
    remember(out, "/home/ann/takeout-1.zip")
    for words, zone in (((), "America/Chicago"), (("--home-zone", "Asia/Tokyo"), "Asia/Tokyo")):
        assert call("run", "a.zip", "--plain", "--out", out, *words).exit_code == 0
        assert {inputs[-1].home_zone[-1].zone for inputs in steps.arguments.values()} == {zone}
    assert call("patterns", "--out", out).exit_code == 0
    assert steps.arguments["patterns"][0].home_zone[-1].zone == "America/Chicago"
    assert "America/Chicago" in call("doctor", "--out", out).stdout


def test_where_the_samples_owner_lives_says_nothing_of_ones_own_archive(
    out: Path, steps: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: "Asia/Tokyo")
    monkeypatch.setattr("flows.sample_place.hold_activity", lambda archives: False)
    remember(out, str(out / "sample" / "takeout-1.zip"))
    assert call("run", "a.zip", "--plain", "--out", out).exit_code == 0
    assert steps.arguments["ingest"][1].home_zone[-1].zone == "Asia/Tokyo"
    assert call("patterns", "--out", out).exit_code == 0
    assert steps.arguments["patterns"][0].home_zone[-1].zone == "America/Chicago"


@pytest.mark.parametrize("nothing_new", [False, True])
def test_an_archive_that_broke_off_is_named_at_the_end_with_status_1(
    out: Path, steps: Any, monkeypatch: pytest.MonkeyPatch, nothing_new: bool
) -> None:
    monkeypatch.setattr("flows.freshness.nothing_new", lambda patterns, settings: nothing_new)
    remember(out, "/home/ann/takeout-1.zip", "/home/ann/takeout-2.zip")
    journal = read_journal(out)
    first, second = journal.inputs
    commit_journal(out, replace(journal, inputs=(first, replace(second, damaged=1))))
    result = run_plain(out)
    assert result.stderr.splitlines()[-1] == (
        "almanac: takeout-2.zip could not be read to the end. Download it again, and give it again."
    )
    assert result.exit_code == 1
    assert steps.calls == ([] if nothing_new else list(STEPS))


def test_a_wrong_setting_is_one_line(out: Path, steps: Any) -> None:
    result = call("run", "a.zip", "--out", out, "--home-zone", "Europe/Atlantis")
    assert result.stderr == (
        "almanac run: Unknown time zone 'Europe/Atlantis' (home_zone). Use a name such as Europe/Paris.\n"
    )
    assert result.exit_code == 2


def test_the_report_opens_when_asked(out: Path, steps: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert run_plain(out).exit_code == 0
    assert opened == []
    assert run_plain(out, "--open").exit_code == 0
    assert opened == [(out / "report" / "index.html").as_uri()]


def test_nothing_new_ends_the_run_at_once(out: Path, steps: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.freshness.nothing_new", lambda patterns, settings: True)
    result = run_plain(out)
    assert (result.stdout, result.stderr, result.exit_code, steps.calls) == (
        f"Nothing new. The report: {out / 'report' / 'index.html'}\n", "", 0, [],
    )  # fmt: skip
    assert json.loads(run_plain(out, "--json").stdout) == {"nothing_new": True}


def test_the_sample_command_writes_an_archive_and_its_truth(tmp_path: Path) -> None:
    result = call("sample", tmp_path / "here", "--years", "1", "--seed", "3", "--json")
    figures = json.loads(result.stdout)
    assert zipfile.is_zipfile(figures["path"])
    assert Path(figures["truth"]).is_file()
    assert sorted(path.suffix for path in (tmp_path / "here").iterdir()) == [".json", ".zip"]


def test_doctor_works_before_anything_was_taken_in(tmp_path: Path) -> None:
    result = call("doctor", "--out", tmp_path / "fresh", "--home-zone", "Europe/Paris", "--json")
    findings = json.loads(result.stdout)
    assert result.exit_code == 0
    assert findings["Steps"] == dict.fromkeys(STEPS, "missing")
    limits = {"skip_limit": 0.02, "strict": False}
    assert findings["Settings"] == {"out": str(tmp_path / "fresh"), "home_zone": "Europe/Paris", **limits}
    assert findings["Counts"] == {"archives": 0, "damaged": 0, "of an older reader": 0}
    assert findings["Packages"]["prefect"] != "not installed"
    assert findings["Fonts"] == {"shipped": 4}
    assert not (tmp_path / "fresh").exists()
    lines = call("doctor", "--out", tmp_path / "fresh", "--home-zone", "Europe/Paris").stdout.splitlines()
    assert "  report                   missing" in lines
