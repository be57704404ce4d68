"""The data of dates: whatever the installed Babel prints, the file that was made earlier holds."""

from __future__ import annotations

import importlib.util
import json
from types import ModuleType
from typing import Any

import pytest

from pipeline.reading import cldr
from pipeline.reading.cldr import load_cldr
from pipeline.reading.timestamps import FIXED_ZONES


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The script, which lies beside its output and is no part of a package."""
    spec = importlib.util.spec_from_file_location("make_dates", cldr.DATA.with_name("make_dates.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(maker: ModuleType) -> dict[str, Any]:
    """What the installed Babel alone gives."""
    gathered: dict[str, Any] = maker.gather_dates([maker.INSTALLED])
    return gathered


def list_missing(made: Any, kept: Any, where: str = "") -> list[str]:
    """List what the first has and the second lacks; the order of lists does not matter."""
    if isinstance(made, dict):
        pairs = [(made[key], kept.get(key), f"{where}/{key}") for key in made]
        return [line for a, b, at in pairs for line in ([at] if b is None else list_missing(a, b, at))]
    if isinstance(made, list) and made and isinstance(made[0], list) and where.endswith("months"):
        return [
            line
            for k, (a, b) in enumerate(zip(made, kept, strict=True))
            for line in list_missing(a, b, f"{where}/{k}")
        ]
    if isinstance(made, list):
        return [f"{where}: {value}" for value in made if value not in kept]
    return [] if made == kept else [f"{where}: {made}"]


def test_the_data_holds_all_that_the_installed_babel_prints(made: dict[str, Any]) -> None:
    assert list_missing(made["locales"], load_cldr()["locales"]) == []
    assert list_missing(made["zones"], {**FIXED_ZONES, **load_cldr()["zones"]}) == []


def test_what_the_data_lacks_would_be_named() -> None:
    made = {
        "de": {"dates": ["d", "e"], "months": [["Jan"], ["Feb", "Feber"]], "here": {"CST": 1}, "times": ["h"]}
    }
    kept = {"de": {"dates": ["d"], "months": [["Jan"], ["Feb"]], "here": {"CST": 2}}}
    assert list_missing(made, kept) == ["/de/dates: e", "/de/months/1: Feber", "/de/here/CST: 1", "/de/times"]


def test_the_header_says_what_made_the_data(maker: ModuleType) -> None:
    about = load_cldr()["about"]
    assert about == {
        "made_by": "make_dates.py",
        "cldr_of_babel": {**maker.CLDR_OF_BABEL, "2.18.0": "47"},
    }
    assert set(load_cldr()["locales"]) == set(maker.LOCALES.split())
    assert len(load_cldr()["locales"]) > 90


def test_the_data_is_written_as_the_script_writes_it_one_locale_a_line(maker: ModuleType) -> None:
    text = cldr.DATA.read_text("utf-8")
    assert maker.write_dates(json.loads(text)) == text
    assert len(text.splitlines()) == len(load_cldr()["locales"]) + 4
    assert len(text) < 200_000


def test_a_name_of_a_month_means_one_month() -> None:
    for name, record in load_cldr()["locales"].items():
        names = [month for months in record.get("months", []) for month in months]
        assert len(names) == len(set(names)), name
