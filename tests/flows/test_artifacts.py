"""What Prefect keeps of a run on an archive full of planted phrases: counts and pictures, never a phrase."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from flows.prefect_child import PAGE_POLICY, Message, keep_to_itself
from flows.prefect_record import read_word
from flows.prefect_server import open_prefect
from flows.showing import ShownPicture, may_be_shown
from flows.steps.patterns import read_answers
from pipeline.privacy import TEXT_COLUMNS
from pipeline.tables.store import Store

ROOT = Path(__file__).parents[2]
SECRETS = (
    "zanzibarquokka", "velveturl", "velvetsite", "velvetchannel", "velvetplace", "velvetsource",
    "velvetdetail", "velvetfolder", "velvet gadget", "velvet_gadget", "velvetvideo",
)  # fmt: skip
MODEL_CHARTS = {"learner", "classifier"}


def write_gadget() -> str:
    """Entries of a product without a name, and a video, with a secret in each field; the last breaks off."""
    entry: dict[str, Any] = {
        "header": "Velvet Gadget", "title": "Visited zanzibarquokka", "products": ["Velvet Gadget"],
        "titleUrl": "https://www.velvetsite.example/velveturl", "details": [{"name": "velvetdetail"}],
        "locationInfos": [{"name": "velvetplace", "url": "https://www.google.com/maps/@?api=1&center=10.0,-20.0",
                           "source": "velvetsource"}],
    }  # fmt: skip
    video = {
        "header": "YouTube", "title": "Watched velvetvideo", "products": ["YouTube"],
        "titleUrl": "https://www.youtube.com/watch?v=abcdefghijk",
        "subtitles": [{"name": "velvetchannel", "url": "https://www.youtube.com/channel/UCabc"}],
    }  # fmt: skip
    times = [f"2025-11-{day:02d}T{hour:02d}:11:12.130Z" for day in range(3, 17) for hour in (9, 15, 21)]
    whole = json.dumps([{**each, "time": time} for time in times for each in (entry, video)])
    return whole.removesuffix("]") + ', {"header": "Velvet Gadget", "title": "zanzibarquokka'


def plant(archive: Path, planted: Path) -> None:
    """Copy an archive with a phrase in place of every fifth query, and with files of a gadget beside."""
    turn = count()

    def put(match: re.Match[str]) -> str:
        n = next(turn)
        return match[0] if n % 5 else f'search?q=zanzibarquokka+{n % 9}">zanzibarquokka {n % 9}</a>'

    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(planted, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            text = source.read(member).decode()
            target.writestr(member.filename, re.sub(r'search\?q=[^"]*">[^<]*</a>', put, text))
        target.writestr("Takeout/My Activity/velvetfolder/MyActivity.json", write_gadget())
        target.writestr("Takeout/velvetfolder/velvetfolder.velvet", "unknown")


def run(out: Path, *words: str | Path) -> str:
    """Run ``almanac run -v`` by Prefect and return its standard error, in which Prefect's log is."""
    done = subprocess.run(
        [sys.executable, "-m", "flows", "run", *map(str, words), "-v", "--out", str(out)],
        cwd=out.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert "Prefect could not be used" not in done.stderr
    assert "could not be shown" not in done.stderr
    assert "Finished in state Completed()" in done.stderr
    return done.stderr


def read_artifacts(out: Path) -> list[tuple[str, str, str]]:
    """Return key, type and data of every artifact, in the order of time."""
    database = sqlite3.connect(f"file:{out / 'prefect' / 'prefect.db'}?mode=ro", uri=True)
    found = list(database.execute("SELECT key, type, data FROM artifact ORDER BY created"))
    database.close()
    return found


def find_secrets(content: bytes) -> list[str]:
    folded = content.lower()
    codes = ("utf-8", "utf-16-le", "utf-16-be")
    return [word for word in SECRETS if any(word.encode(code) in folded for code in codes)]


@pytest.fixture(scope="module")
def planted(tiny_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("planted") / "takeout-20251120T081500Z-1-001.zip"
    plant(tiny_archive, path)
    return path


@pytest.fixture(scope="module")
def first_run(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The outputs of a run on the planted archive, and its log."""
    out = tmp_path_factory.mktemp("shown") / "out"
    return out, run(out, planted, "--home-zone", "Europe/Paris")


@pytest.mark.slow
def test_prefect_keeps_none_of_the_phrases_that_the_tables_hold(first_run: tuple[Path, str]) -> None:
    out, log = first_run
    with Store(out).connect() as connection:
        rows = connection.sql("SELECT product, text, url, channel, header FROM activity").fetchall()
    held = " ".join(str(value).lower() for row in rows for value in row)
    assert {word for word in SECRETS if word in held} == {
        "zanzibarquokka", "velveturl", "velvetsite", "velvetchannel", "velvet gadget", "velvet_gadget",
        "velvetvideo",
    }  # fmt: skip
    kept = {path: path.read_bytes() for path in (out / "prefect").rglob("*") if path.is_file()}
    assert {path.name for path in kept} >= {"prefect.db", "server.log"}
    assert {path: found for path, content in kept.items() if (found := find_secrets(content))} == {}
    assert find_secrets(log.encode()) == []


@pytest.mark.slow
def test_what_prefect_shows_is_the_counts_and_what_has_no_column_of_texts(
    first_run: tuple[Path, str],
) -> None:
    out, _ = first_run
    answers, _ = read_answers(out)
    private = {
        name.replace("_", "-"): answer
        for name, answer in answers.items()
        if any(not TEXT_COLUMNS.isdisjoint(frame.columns) for frame in answer.frames.values())
    }
    assert {"words", "repeated"} <= set(private)
    artifacts = read_artifacts(out)
    shown = {key.removeprefix("almanac-chart-") for key, kind, _ in artifacts if kind == "image"}
    clear = {name.replace("_", "-") for name, answer in answers.items() if may_be_shown(name, answer)}
    assert shown & set(private) == set()
    assert {"calendar", "hours", "dots"} <= shown <= clear | MODEL_CHARTS
    kinds = [kind for key, kind, _ in artifacts if not key.startswith("almanac-progress-")]
    assert kinds == ["table", "markdown", *["image"] * len(shown)]
    table, findings = (
        next(data for key, _, data in artifacts if key == f"almanac-{name}")
        for name in ("counts", "findings")
    )
    rows = {row["what"]: row["in this run"] for row in json.loads(json.loads(table))}
    assert rows["archives"] == 1
    assert rows["entries found"] == rows["entries known"] + rows["entries set aside"] + rows["entries new"]
    assert rows["how next hour began"] == "too little to learn from yet"
    assert {f"seconds for {step}" for step in ("ingest", "patterns", "learn", "charts", "report")} <= set(
        rows
    )
    for answer in private.values():
        assert json.dumps(answer.finding.headline, ensure_ascii=False)[1:-1] not in findings
    assert max(len(data) for _, kind, data in artifacts if kind == "image") < 60_000


@pytest.mark.slow
def test_a_later_run_adds_a_table_and_only_what_changed_and_keeps_no_filter(
    first_run: tuple[Path, str], planted: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(first_run[0], out, ignore=shutil.ignore_patterns("lock"))
    before = read_artifacts(out)
    log = run(out, planted, "--home-zone", "Europe/Paris", "--filter", "product=velvet_gadget")
    assert find_secrets(log.encode()) == []
    kept = b"".join(path.read_bytes() for path in (out / "prefect").rglob("*") if path.is_file())
    assert find_secrets(kept) == []
    after = read_artifacts(out)
    images = [key for key, kind, _ in after if kind == "image"]
    assert len(set(images)) == len(images) > 0
    assert sum(key == "almanac-counts" for key, *_ in after) == 2
    assert 1 <= sum(key == "almanac-findings" for key, *_ in after) <= 2
    assert set(images) - {key for key, kind, _ in before if kind == "image"} <= {"almanac-chart-months"}


@pytest.mark.slow
def test_each_key_keeps_its_latest_and_pictures_that_are_made_no_more_go() -> None:
    from prefect.client.schemas.objects import Artifact

    from flows.artifacts import KEPT, _is_of, _list_surplus

    def make(name: str, kind: str, n: int, digest: str = "") -> Artifact:
        metadata = {"digest": digest} if digest else None
        return Artifact(
            key=f"almanac-{name}", type=kind, data=n, description="Sundays rise", metadata_=metadata
        )

    tables = [make("counts", "table", n) for n in range(KEPT["table"] + 2)]
    weeks = [make("chart-week", "image", n, f"digest {n}") for n in range(2)]
    gone = make("chart-dots", "image", 0)
    newest_first = [*tables, *weeks, gone]
    surplus = list(_list_surplus(newest_first, {"almanac-chart-week"}))
    assert surplus == [*tables[KEPT["table"] :], weeks[1], gone]
    week = ShownPicture("chart-week", "Sundays rise", Path("week.png"), "digest 0")
    assert [_is_of(each, week) for each in (*weeks, gone, None)] == [True, False, False, False]
    assert not _is_of(weeks[0], replace(week, caption="Sundays fall"))


def run_apart(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run to its end in a thread of its own: in this one a browser's loop may be at work."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, coroutine).result()


def test_every_answer_of_the_server_says_that_its_page_asks_nobody_else() -> None:
    sent: list[Message] = []

    async def app(scope: Message, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b"page"})

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {}

    run_apart(keep_to_itself(app, b"policy")({"type": "http"}, receive, send))
    assert sent == [
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"a", b"b"), (b"content-security-policy", b"policy")],
        },
        {"type": "http.response.body", "body": b"page"},
    ]
    sent.clear()
    run_apart(keep_to_itself(app, b"policy")({"type": "websocket"}, receive, send))
    assert sent[0]["headers"] == [(b"a", b"b")]
    assert "connect-src 'self' {sockets};" in PAGE_POLICY


@pytest.mark.slow
def test_prefects_page_shows_counts_findings_and_a_picture_and_asks_nobody_else(
    first_run: tuple[Path, str], browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, _ = first_run
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    before = dict(os.environ)
    asked: list[str] = []
    try:
        with open_prefect(out, standing=True) as api:
            page = browser.new_page()
            page.on("response", lambda response: asked.append(response.url))
            address = api.removesuffix("/api")
            word = read_word(out)
            page.goto(f"{address}/v2/")
            page.wait_for_selector("input", timeout=120_000)
            page.evaluate("word => localStorage.setItem('prefect-password', btoa(word))", word)
            for key, seen in (
                ("counts", "text=entries set aside"),
                ("findings", "text=What the archive shows"),
                ("chart-hours", "img[src^='data:image/png']"),
            ):
                page.goto(f"{address}/artifacts/artifact/{find_artifact(out, f'almanac-{key}')}")
                page.wait_for_selector(seen, timeout=120_000)
            page.close()
    finally:
        os.environ.clear()
        os.environ.update(before)
    others = {url for url in asked if not url.startswith((f"{address}/", "data:", "blob:"))}
    assert (others, len(asked) > 10) == (set(), True)


def find_artifact(out: Path, key: str) -> str:
    database = sqlite3.connect(f"file:{out / 'prefect' / 'prefect.db'}?mode=ro", uri=True)
    ((found,),) = database.execute(
        "SELECT id FROM artifact WHERE key = ? ORDER BY created DESC LIMIT 1", [key]
    )
    database.close()
    return str(found)
