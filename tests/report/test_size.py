"""A page of ten full years is small enough to be sent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.report.contents import Contents
from pipeline.report.page import build_page
from pipeline.report.tally import tally_activity
from tests.report.conftest import HOME

MOST_BYTES = 15_000_000
PICTURES = 8_000_000  # left for the pictures: those of fifteen years of the sample take 4 MB (November 2026)


@pytest.mark.slow
def test_ten_full_years_stay_under_fifteen_megabytes(
    contents: Contents, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(3)
    days = pd.date_range("2016-01-01", "2025-12-31", freq="D").as_unit("ms")
    counts = rng.poisson(40, len(days))
    calendar, dots = contents.answers["calendar"], contents.answers["dots"]
    frame = pd.DataFrame(
        {"date": days, "searches": counts, "covered": True, "step": np.minimum(6, counts // 10).astype(float)}
    )
    local = pd.DataFrame({"local": days.repeat(counts)})
    moments = pd.DataFrame({"time": days.repeat(counts).tz_localize("UTC"), "n": 1})
    moments["time"] += pd.to_timedelta(rng.integers(0, 24, len(moments)), unit="h")
    moments = moments.assign(product="search", action="searched")
    ends = moments["time"].agg(["min", "max"])
    sources = pd.DataFrame({"product": ["search"], "first": [ends["min"]], "last": [ends["max"]]})
    answers = {
        **contents.answers,
        "calendar": replace(calendar, frames={**calendar.frames, "main": frame[calendar.frame.columns]}),
        "dots": replace(dots, frames={**dots.frames, "main": local}),
    }
    tally = tally_activity(moments, sources, HOME.home_zone)
    size = len(build_page(replace(contents, answers=answers, tally=tally)).encode())
    with capsys.disabled():
        print(f" {size / 1e6:.1f} MB")
    assert size < MOST_BYTES - PICTURES
