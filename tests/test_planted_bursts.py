"""The interests that a sample plants, read by the real reader, are the words that are found in bursts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.steps.ingest import ingest
from pipeline.patterns.bursts_listed import Bursts, list_bursts
from pipeline.patterns.subject import choose_subject
from pipeline.sample import NO_EFFECTS, Effects, write_sample
from pipeline.settings import Settings, ZoneSpan
from pipeline.tables.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def find(tmp_path: Path) -> Callable[..., tuple[Bursts, pd.DataFrame]]:
    """Return what is found in a sample of three years, beside what was planted."""

    def run(**asked: Any) -> tuple[Bursts, pd.DataFrame]:
        sample = write_sample(tmp_path / "archive", years=3, per_day=30.0, **asked)
        settings = Settings(tmp_path / "out", (ZoneSpan(None, "Europe/Paris"),), (5, 6), 0)
        ingest([str(sample.path)], settings)
        store = Store(tmp_path / "out")
        subject = choose_subject(store.activity(), store.sources(), settings)
        truth = json.loads(sample.path.with_suffix(".truth.json").read_text("utf-8"))["bursts"]
        planted = pd.DataFrame(truth, columns=["word", "first", "last"])
        return list_bursts(subject), planted.assign(
            first=pd.to_datetime(planted["first"]), last=pd.to_datetime(planted["last"])
        )

    return run


@pytest.mark.parametrize(("seed", "strength"), [(0, 1.0), (1, 1.0), (2, 0.5), (3, 2.0)])
def test_planted_interests_are_found_and_dated_within_days(
    find: Callable[..., Any], seed: int, strength: float
) -> None:
    found, planted = find(seed=seed, effects=Effects(bursts=strength))
    words = list(dict.fromkeys(found.main["word"]))
    assert len(words) >= 10
    assert set(words) <= set(planted["word"])
    off = [
        min(
            max(abs(first - burst.first).days, abs(last - burst.last).days)
            for spans in [planted[planted["word"] == burst.word]]
            for first in spans["first"]
            for last in spans["last"]  # two that lie close together may be one
        )
        for burst in found.main.itertuples()
    ]
    assert sorted(off)[len(off) // 2] <= 3
    assert max(off) <= 21  # the weak ones begin and end with few searches


@pytest.mark.parametrize("effects", [NO_EFFECTS, replace(Effects(), bursts=0.0)])
def test_without_planted_interests_no_word_bursts(find: Callable[..., Any], effects: Effects) -> None:
    found, planted = find(seed=4, effects=effects)
    assert len(planted) == 0
    assert found.enough and found.main.empty
