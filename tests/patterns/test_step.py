import json
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from flows.steps.ingest import ingest
from flows.steps.patterns import PatternCounts, patterns, read_answers
from flows.work.forecast_beside import answer_beside
from pipeline.errors import StoreError
from pipeline.patterns.answers import PATTERNS, compute_answer
from pipeline.patterns.subject import choose_subject
from pipeline.settings import ZoneSpan
from pipeline.tables.journal import read_journal
from pipeline.tables.store import Store


@pytest.fixture(scope="session")
def sample_settings(make_settings, sample_archive: Path, tmp_path_factory):
    """Settings of an output folder that has taken in the sample and computed its patterns."""
    settings = make_settings(
        out=tmp_path_factory.mktemp("patterns") / "out", home_zone=(ZoneSpan(None, "Europe/Paris"),)
    )
    ingest([str(sample_archive)], settings)
    patterns(settings)
    return settings


def test_what_was_written_comes_back_equal(sample_settings) -> None:
    store = Store(sample_settings.out)
    subject = choose_subject(store.activity(), store.sources(), sample_settings)
    forecast = compute_answer("forecast", subject)
    answers, coverage = read_answers(sample_settings.out)
    assert coverage == subject.coverage
    assert list(answers) == [*PATTERNS, "forecast_ways"]
    for name in answers:
        answer = compute_answer(name, subject) if name in PATTERNS else answer_beside(subject, forecast)
        assert answer is not None
        assert answers[name].finding == answer.finding
        assert list(answers[name].frames) == list(answer.frames)
        for part, frame in answer.frames.items():
            pd.testing.assert_frame_equal(answers[name].frames[part], frame)


def test_a_second_call_finds_nothing_new_and_tells_its_counts(sample_settings) -> None:
    _, coverage = read_answers(sample_settings.out)
    told: list[str] = []
    counts = patterns(sample_settings, tell=lambda what, done, total: told.append(what))
    assert counts == PatternCounts(
        len(PATTERNS) + 1, coverage.n_rows, coverage.n_covered, coverage.n_days, nothing_new=True
    )
    assert told == []


def test_files_are_private_and_named_in_the_journal(sample_settings) -> None:
    out = sample_settings.out
    named = set(read_journal(out).steps["patterns"].files)
    found = {path.relative_to(out).as_posix() for path in (out / "patterns").iterdir()}
    assert named == found
    assert {"patterns/years.parquet", "patterns/hours--quiet.parquet", "patterns/findings.json"} <= named
    assert all(stat.S_IMODE((out / name).stat().st_mode) == 0o600 for name in named)


def test_what_prefect_may_show_holds_no_word(sample_settings) -> None:
    counts = json.dumps(read_journal(sample_settings.out).steps["patterns"].counts)
    assert "python" not in counts


def test_another_subject_makes_the_step_run_again(sample_settings, make_settings) -> None:
    fields = {
        name: getattr(sample_settings, name) for name in ("out", "home_zone", "weekend", "first_weekday")
    }
    counts = patterns(make_settings(**fields, product="youtube", action="watched"))
    assert not counts.nothing_new
    assert read_answers(sample_settings.out)[1].nouns == "videos"
    patterns(sample_settings)
    assert read_answers(sample_settings.out)[1].nouns == "searches"


def test_the_samples_planted_rhythm_is_found(sample_settings) -> None:
    answers, _ = read_answers(sample_settings.out)
    assert answers["week"].finding.headline == "Mondays run past midnight, as no other day does"
    ratio = answers["weekdays"].frames["ratio"].iloc[0]
    assert ratio["low"] - 0.03 < 1 - 0.29 < ratio["high"] + 0.03
    assert answers["weekdays"].finding.headline.endswith("fewer searches than workdays")
    assert np.isfinite(answers["hours"].frame["low"]).all()


def test_before_an_ingest_the_step_says_what_to_run(make_settings, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There are no tables here yet"):
        patterns(make_settings(out=tmp_path))
    with pytest.raises(StoreError, match="There are no patterns here yet"):
        read_answers(tmp_path)


def test_damaged_patterns_are_refused(sample_settings) -> None:
    path = sample_settings.out / "patterns" / "findings.json"
    content = path.read_bytes()
    try:
        for damage in (b"{", b"[{}]", b'[{"pattern": "years", "frames": ["gone"]}]'):
            path.write_bytes(damage)
            with pytest.raises(StoreError, match="The patterns are damaged or incomplete"):
                read_answers(sample_settings.out)
    finally:
        path.write_bytes(content)
