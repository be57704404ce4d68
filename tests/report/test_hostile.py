"""An archive whose every query is hostile markup, from its file to the page in a browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.steps.charts import charts
from flows.steps.ingest import ingest
from flows.steps.learn import learn
from flows.steps.patterns import patterns
from flows.steps.report import report
from pipeline.settings import Settings, ZoneSpan

Open = Callable[..., tuple[Any, list[str]]]
MORE = (
    "<iframe srcdoc='<script>owned=1</script>'></iframe>",
    "javascript:owned=1",
    "<svg onload=owned=1>",
    "</script><script>owned=1</script>",
    "&lt;b&gt; &amp; <b>bold",
    "\u202egnp.exe",
    "--><style>*{display:none}</style>",
)
STRANGERS = "main :is(script, img, iframe, style, [onload], [onerror], a[href^=javascript])"


@pytest.fixture(scope="module")
def hostile_page(
    only_for_the_page: None, tmp_path_factory: pytest.TempPathFactory, hostile: tuple[str, ...]
) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    queries = [*hostile, *MORE]
    start = datetime(2024, 9, 2, 7)
    entries = [
        {
            "header": "Search",
            "title": f"Searched for {queries[(k * k + k // 7) % len(queries)]}",
            "titleUrl": f"https://www.google.com/search?q={k}",
            "time": (start + timedelta(hours=5 * k, minutes=7 * (k % 8))).isoformat() + ".000Z",
            "products": ["Search"],
        }
        for k in range(1000)
    ]
    home = folder / "takeout-20250601T080000Z-001" / "Takeout" / "My Activity" / "Search"
    home.mkdir(parents=True)
    (home / "MyActivity.json").write_text(json.dumps(entries[::-1]), "utf-8")
    settings = Settings(folder / "out", (ZoneSpan(None, "Europe/Paris"),), (5, 6), 0)
    ingest([str(folder / "takeout-20250601T080000Z-001")], settings)
    for step in (patterns, learn, charts):
        step(settings)
    return report(settings).page


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1400])
def test_what_was_typed_stays_text_and_runs_nowhere(
    open_page: Open, hostile_page: Path, width: int, hostile: tuple[str, ...]
) -> None:
    tab, wrong = open_page(hostile_page, width)
    tab.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}"))
    tab.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    tab.check("input[value='2024']", force=True)
    assert tab.evaluate("() => typeof owned") == "undefined"
    assert tab.locator(STRANGERS).count() == 0
    assert (
        tab.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    )
    assert tab.text_content("h1") == "Seven months of questions"
    assert "alert" in tab.text_content("#words")
    tab.close()
    assert wrong == []
