"""An archive of few days and one kind of activity: what the scripts must leave as it was drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.report.contents import Contents
from pipeline.report.page import build_page
from pipeline.report.tally import Tally

Open = Callable[..., tuple[Any, list[str]]]
FIRST = 20393  # 1 November 2025


@pytest.fixture(scope="module")
def short_path(contents: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of nineteen days of searches."""
    assert contents.tally is not None
    counts = contents.tally.counts
    kept = counts[(counts["day"] >= FIRST) & (counts["product"] == "search")].reset_index(drop=True)
    tally = Tally(kept, {"search": contents.tally.covered["search"][-19:]})
    calendar = contents.answers["calendar"]
    days = calendar.frame[calendar.frame["date"] >= pd.Timestamp("2025-11-01")]
    short = replace(calendar, frames={**calendar.frames, "main": days})
    path = tmp_path_factory.mktemp("short") / "index.html"
    answers = {**contents.answers, "calendar": short}
    path.write_text(build_page(replace(contents, answers=answers, tally=tally)), "utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1400])
def test_one_kind_of_activity_leaves_nothing_to_choose_and_a_short_calendar_its_picture(
    open_page: Open, short_path: Path, width: int
) -> None:
    tab, wrong = open_page(short_path, width)
    assert not tab.is_visible(".filter")
    assert tab.text_content(".showing.plain") == "Showing everything searched"
    assert not tab.locator(".filtered:visible").count()
    assert tab.locator("#calendar svg.picture:visible").count() == 1
    assert tab.locator("#calendar .map").count() == 0
    assert tab.locator("#week .map").count() == 1
    tab.close()
    assert wrong == []


@pytest.mark.slow
def test_a_product_without_a_name_of_its_own_is_quoted_and_marked_as_the_archives_word(
    open_page: Open, page_path: Path, hostile: tuple[str, ...]
) -> None:
    tab, wrong = open_page(page_path, 800)
    tab.click("details.filter summary")
    unknown = hostile[5] + hostile[0]
    option = tab.locator(".filter select >> nth=0").locator("option[dir=auto]")
    assert option.all_text_contents() == [f"“{unknown}”"]
    assert option.get_attribute("lang") == ""
    tab.locator(".filter select >> nth=0").select_option(unknown)
    assert f"\u2068“{unknown}”\u2069" in (tab.text_content(".announce") or "")
    tab.close()
    assert wrong == []
