"""A filter that nothing fits is said at once, with what there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from flows.steps.ingest import ingest
from flows.steps.learn import learn
from flows.steps.patterns import patterns
from flows.subject import find_subject
from pipeline.errors import SettingsError
from pipeline.settings import Settings
from pipeline.tables.store import Store


def test_a_filter_that_nothing_fits_is_refused_with_what_there_is(
    settings: Settings, tiny_archive: Path
) -> None:
    ingest([str(tiny_archive)], settings)
    wrong = replace(settings, product="nope", action="searched")
    for step in (patterns, learn):
        with pytest.raises(SettingsError) as caught:
            step(wrong)
        assert str(caught.value).startswith(
            "No entry fits product=nope,action=searched (filter). "
            "There are: product=search,action=searched; product="
        )
    videos = find_subject(Store(settings.out), replace(settings, product="youtube"))
    assert videos.nouns == "entries"
    assert len(videos.rows) > 0
