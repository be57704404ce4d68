"""The watermark sees what changes an identity, and nothing else."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from flows.work.watermark import find_change, set_watermark
from pipeline.patterns.subject import Subject

LAST = np.datetime64("2023-01-11T23")


@pytest.fixture
def subject(make_subject: Any, draw_rhythm: Any) -> Subject:
    result: Subject = make_subject(draw_rhythm(14))
    return result


def change_row(subject: Subject, **values: Any) -> Subject:
    rows = subject.rows.copy()
    for name, value in values.items():
        rows[name] = [value, *rows[name].iloc[1:]]
    return replace(subject, rows=rows)


def save(subject: Subject, home_zone: Any) -> Any:
    saved = asdict(set_watermark(subject, home_zone, LAST))
    return {**saved, "home_zone": list(saved["home_zone"])}  # as JSON gives it back


def test_the_order_of_rows_and_what_is_no_identity_do_not_count(subject: Subject, home_zone: Any) -> None:
    saved = save(subject, home_zone)
    mixed = replace(subject, rows=subject.rows.sample(frac=1, random_state=0))
    finer = replace(subject, rows=subject.rows.assign(time=subject.rows["time"] + pd.Timedelta("400ms")))
    linked = change_row(subject, url="https://example.org")  # a search's url is no part of its identity
    for same in (subject, mixed, finer, linked):
        assert find_change(saved, same, home_zone) is None


def test_rows_after_the_watermark_do_not_count_and_rows_before_it_do(
    subject: Subject, home_zone: Any
) -> None:
    saved = save(subject, home_zone)
    after = subject.rows[subject.rows["local"] <= "2023-01-12T02:00"]
    assert find_change(saved, replace(subject, rows=after), home_zone) is None
    before = subject.rows.drop(subject.rows[subject.rows["local"] <= LAST].index[-1])
    reason = "entries before its last hour have changed"
    assert find_change(saved, replace(subject, rows=before), home_zone) == reason
    for values in ({"text": "boats"}, {"text": None}, {"time": pd.Timestamp("2023-01-02T00:00:01Z")}):
        assert find_change(saved, change_row(subject, **values), home_zone) == reason


def test_the_url_counts_where_nothing_was_searched(subject: Subject, home_zone: Any) -> None:
    visited = replace(subject, rows=subject.rows.assign(action="visited"))
    saved = save(visited, home_zone)
    changed = change_row(visited, url="https://example.org")
    assert find_change(saved, changed, home_zone) == "entries before its last hour have changed"


def test_covered_days_count_until_the_watermark(subject: Subject, home_zone: Any) -> None:
    saved = save(subject, home_zone)
    assert find_change(saved, replace(subject, covered=subject.covered[:10]), home_zone) is None
    fewer = replace(subject, covered=subject.covered[1:])
    reason = "the covered days before its last hour have changed"
    assert find_change(saved, fewer, home_zone) == reason


@pytest.mark.parametrize("saved", [None, {}, {"last_hour": "soon"}, [1]])
def test_a_watermark_that_cannot_be_read_starts_again(saved: Any, subject: Subject, home_zone: Any) -> None:
    assert find_change(saved, subject, home_zone) == "its last hour cannot be read"
