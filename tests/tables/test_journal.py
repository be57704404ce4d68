from __future__ import annotations

import json
import os
import platform
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy
import pytest

from pipeline.errors import StoreError
from pipeline.settings import FreeSpan, Settings, ZoneSpan
from pipeline.tables import journal as journal_module
from pipeline.tables.journal import (
    READS,
    SCHEMA_VERSION,
    Input,
    Journal,
    StepRecord,
    almanac_version,
    commit_journal,
    commit_step,
    is_fresh,
    prepare_out,
    read_digest_of,
    read_journal,
    require_step,
)
from pipeline.tables.run_lines import LastRun, PieceRecord
from pipeline.tables.versions import list_versions

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")

INPUT = Input("/a/takeout.zip", 10, 20, "d" * 64, "20210101T000000Z", "20210101T000000Z-dddddddddddd")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_journal_reads_back_as_it_was_written(tmp_path: Path) -> None:
    steps = {
        "ingest": StepRecord("r", {"tables/é.parquet": "s"}, 1.5, {"rows": 3, "ledger": [["e", 1]]}),
        "charts": StepRecord("c", {"a.svg": "t"}, 2.5, {}, {"a": PieceRecord("p", ("a.svg",))}),
    }
    last = LastRun(
        "2026-11-22T04:00:00+00:00", (INPUT.part,), 3, {"ingest": "made", "learn": "fresh"},
        {"ingest": 1.5, "learn": 0.0}, {"next_hour": "went on"},
    )  # fmt: skip
    journal = Journal(
        almanac_version(), SCHEMA_VERSION, True, ("Europe/Paris",), (INPUT,), steps, list_versions(), last
    )
    assert commit_journal(tmp_path, journal) == journal
    assert read_journal(tmp_path) == journal


def test_the_run_json_of_an_earlier_almanac_is_still_read(tmp_path: Path) -> None:
    step = StepRecord("r", {"a.svg": "t"}, 1.5, {"n_files": 1})
    commit_journal(tmp_path, Journal(inputs=(INPUT,), steps={"charts": step}))
    run_json = json.loads((tmp_path / "run.json").read_bytes())
    del run_json["versions"], run_json["last"], run_json["steps"]["charts"]["pieces"]
    (tmp_path / "run.json").write_text(json.dumps(run_json))
    read = read_journal(tmp_path)
    assert (read.inputs, read.steps, read.versions, read.last) == ((INPUT,), {"charts": step}, {}, None)


def test_a_commit_says_with_which_versions_it_was_made(tmp_path: Path) -> None:
    commit_journal(tmp_path, Journal(versions={"numpy": "0.1"}))
    versions = read_journal(tmp_path).versions
    assert versions == list_versions()
    assert versions["python"] == platform.python_version() and versions["numpy"] == numpy.__version__
    assert {"pandas", "pyarrow", "duckdb", "matplotlib", "pillow", "wordcloud"} <= set(versions)
    assert all(versions.values())


def test_a_folder_without_a_run_json_has_a_journal_that_names_nothing(tmp_path: Path) -> None:
    assert read_journal(tmp_path) == Journal()
    assert read_journal(tmp_path / "not there") == Journal()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "run.json is damaged"),
        ("\xff", "run.json is damaged"),
        ('{"name": "theirs"}', "A run.json that is not Almanac's"),
        ("[1]", "A run.json that is not Almanac's"),
        ('{"almanac": "9", "schema_version": 999}', "Tables from a later version of Almanac"),
        ('{"almanac": "1", "schema_version": 1}', "run.json lacks something"),
        (
            '{"almanac": "1", "schema_version": 1, "owns_folder": true, "inputs": [{}], "steps": {}}',
            "run.json lacks something",
        ),
    ],
)
def test_a_run_json_that_cannot_be_used_is_refused_in_words(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "run.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(StoreError) as error:
        read_journal(tmp_path)
    assert error.value.what == words
    assert str(tmp_path / "run.json") in str(error.value)


@posix_only
def test_a_folder_that_almanac_makes_is_private_and_stays_so(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    prepare_out(out)
    assert mode(out) == 0o700
    assert sorted(path.name for path in out.iterdir()) == [".gitignore", "run.json"]
    assert (out / ".gitignore").read_text() == "*\n"
    out.chmod(0o755)
    (out / ".gitignore").unlink()
    prepare_out(out)
    assert mode(out) == 0o700 and (out / ".gitignore").exists()


@posix_only
def test_a_folder_that_was_there_keeps_its_mode_also_the_second_time(tmp_path: Path) -> None:
    out = tmp_path / "theirs"
    out.mkdir()
    out.chmod(0o755)
    for _ in range(2):
        prepare_out(out)
        assert mode(out) == 0o755
        assert [path.name for path in out.iterdir()] == ["run.json"]


@posix_only
def test_the_outputs_of_a_checkout_become_private_and_keep_their_readme(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "takeout-almanac"\n')
    out = tmp_path / "outputs"
    out.mkdir(mode=0o755)
    (out / "README.md").write_text("read me")
    prepare_out(out)
    assert mode(out) == 0o700
    assert (out / ".gitignore").exists() and (out / "README.md").read_text() == "read me"


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(StoreError, match="The output folder is a file"):
        prepare_out(tmp_path / "out")


def test_preparing_a_folder_keeps_what_its_run_json_says(tmp_path: Path) -> None:
    journal = commit_journal(tmp_path, Journal(owns_folder=True, inputs=(INPUT,)))
    assert prepare_out(tmp_path) == journal
    assert read_journal(tmp_path) == journal


def test_a_step_is_fresh_until_what_it_read_or_wrote_changes(settings: Settings) -> None:
    out = settings.out
    prepare_out(out)
    (out / "a").touch()
    read = read_digest_of(read_journal(out), "patterns", settings)
    assert not is_fresh(read_journal(out), out, "patterns", read)
    commit_step(out, "patterns", read=read, files=[out / "a"], seconds=1, counts={})
    assert is_fresh(read_journal(out), out, "patterns", read)
    assert not is_fresh(read_journal(out), out, "patterns", "other")
    (out / "a").unlink()
    assert not is_fresh(read_journal(out), out, "patterns", read)


def test_a_step_that_no_longer_writes_a_file_has_it_removed(settings: Settings) -> None:
    out = settings.out
    prepare_out(out)
    paths = [out / "2019.png", out / "2020.png"]
    for path in paths:
        path.touch()
    commit_step(out, "charts", read="1", files=paths, seconds=0, counts={})
    commit_step(out, "charts", read="2", files=paths[1:], seconds=0, counts={"n": 1})
    assert [path.exists() for path in paths] == [False, True]
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert read_journal(out).steps == {"charts": StepRecord("2", {"2020.png": empty}, 0, {"n": 1})}


def test_when_a_step_writes_something_else_all_that_read_it_are_stale(settings: Settings) -> None:
    def commit_all(marks: dict[str, str]) -> dict[str, str]:
        journal = Journal(inputs=(INPUT,))
        reads = {}
        for step in READS:
            reads[step] = read_digest_of(journal, step, settings)
            record = StepRecord(reads[step], {step: marks.get(step, "same")}, 0, {})
            journal = replace(journal, steps={**journal.steps, step: record})
        return reads

    before = commit_all({})
    stale = {
        step: {other for other, read in commit_all({step: "new"}).items() if read != before[other]}
        for step in READS
    }
    assert stale == {
        "ingest": {"patterns", "learn", "report"},
        "patterns": {"charts", "report"},
        "learn": {"charts", "report"},
        "charts": {"report"},
        "report": set(),
    }


def test_a_new_version_makes_every_step_stale(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [read_digest_of(Journal(), step, settings) for step in READS]
    monkeypatch.setattr(journal_module, "almanac_version", lambda: "99")
    after = [read_digest_of(Journal(), step, settings) for step in READS]
    assert not set(before) & set(after)


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        ({"home_zone": (ZoneSpan(None, "Asia/Kolkata"),)}, set(READS)),
        ({"weekend": (4, 5)}, set(READS) - {"ingest"}),
        ({"first_weekday": 6}, set(READS) - {"ingest"}),
        ({"free_days": (FreeSpan(date(2022, 5, 1), date(2022, 5, 1)),)}, {"patterns", "learn", "charts"}),
        ({"redact": True}, {"patterns", "charts", "report"}),
        ({"product": "youtube"}, set(READS) - {"ingest"}),
        ({"action": "watched"}, set(READS) - {"ingest"}),
        ({"out": Path("elsewhere")}, set()),
    ],
)
def test_a_setting_makes_stale_what_it_bears_on(
    settings: Settings, change: dict[str, object], stale: set[str]
) -> None:
    changed = replace(settings, **change)  # type: ignore[arg-type]
    digests = {
        s: (read_digest_of(Journal(), s, settings), read_digest_of(Journal(), s, changed)) for s in READS
    }
    assert {step for step, (before, after) in digests.items() if before != after} == stale


def test_hiding_the_days_as_well_is_another_output(settings: Settings) -> None:
    redacted = replace(settings, redact=True)
    coarse = replace(settings, redact=True, coarse=True)
    for step in ("patterns", "charts", "report"):
        assert read_digest_of(Journal(), step, redacted) != read_digest_of(Journal(), step, coarse)


def test_the_place_of_an_archive_is_no_part_of_what_ingest_reads(settings: Settings) -> None:
    moved = replace(INPUT, path="/b/renamed.zip", mtime_ns=99)
    assert read_digest_of(Journal(inputs=(INPUT,)), "ingest", settings) == read_digest_of(
        Journal(inputs=(moved,)), "ingest", settings
    )


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("ingest", "There are no tables here yet (somewhere). Run almanac ingest PATH first."),
        ("patterns", "There are no patterns here yet (somewhere). Run almanac patterns first."),
    ],
)
def test_a_step_that_was_not_made_is_named_with_the_command_that_makes_it(step: str, words: str) -> None:
    with pytest.raises(StoreError) as error:
        require_step(Journal(), step, where=Path("somewhere"))
    assert str(error.value) == words


def test_where_there_is_only_a_cohort_its_people_are_named_as_the_place_of_tables(tmp_path: Path) -> None:
    (tmp_path / "cohort" / "people").mkdir(parents=True)
    with pytest.raises(StoreError) as error:
        require_step(Journal(), "ingest", where=tmp_path)
    assert str(error.value) == (
        f"There are no tables here yet ({tmp_path}). Those of a cohort's people are each apart: "
        f"give --out {tmp_path / 'cohort' / 'people' / 'NAME'}."
    )


@posix_only
@pytest.mark.parametrize("left", [[], [".almanac-0123456789ab-run.json"]])
def test_a_folder_of_a_run_that_was_killed_before_its_first_file_is_almanacs_own(
    tmp_path: Path, left: list[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o700)
    for name in left:
        (out / name).touch()
    assert prepare_out(out).owns_folder and (out / ".gitignore").exists()


@posix_only
def test_a_private_folder_with_anything_else_in_it_is_not(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o700)
    (out / "letter.txt").touch()
    assert not prepare_out(out).owns_folder and not (out / ".gitignore").exists()


def test_of_two_runs_that_make_the_folder_at_once_the_slower_overwrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_out(tmp_path / "out")
    committed = commit_journal(tmp_path / "out", Journal(owns_folder=True, inputs=(INPUT,)))
    is_file = Path.is_file
    slow = iter([False])
    monkeypatch.setattr(
        Path, "is_file", lambda path: next(slow, is_file(path)) if path.name == "run.json" else is_file(path)
    )
    assert prepare_out(tmp_path / "out") == committed == read_journal(tmp_path / "out")


@pytest.mark.parametrize("name", ["/etc/hosts", "../a", "a/../../b", "C:/a", "C:a", "a\\b", "a//b", "", "."])
def test_a_run_json_that_names_a_file_outside_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    strange = [
        Journal(steps={"charts": StepRecord("1", {name: "digest"}, 0, {})}),
        Journal(steps={"charts": StepRecord("1", {}, 0, {}, {"a": PieceRecord("1", (name,))})}),
        Journal(inputs=(replace(INPUT, part=name),)),
        Journal(inputs=(replace(INPUT, retries=(name,)),)),
        Journal(inputs=(replace(INPUT, part="a/b"),)),
    ]
    for journal in strange:
        commit_journal(tmp_path, journal)
        with pytest.raises(StoreError) as caught:
            read_journal(tmp_path)
        assert str(caught.value) == (
            f"run.json names a file outside its folder ({tmp_path / 'run.json'}). Restore it from a copy; or "
            "remove it and take all archives in again, from which all is made anew."
        )
