"""What is made to be shared holds none of the phrases that were planted in an archive, and coarse, no day."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest

from flows.plan import perform_all
from flows.progress import Watcher
from pipeline.patterns.answer import Answer
from pipeline.patterns.answers import PATTERNS
from pipeline.patterns.finding import Finding
from pipeline.privacy import DAY
from pipeline.settings import Settings, ZoneSpan, load_settings

ROOT = Path(__file__).parents[1]
HOME = "Australia/Eucla"
FOLDERS = ("patterns", "charts", "clouds", "report")
SECRETS = (
    "zanzibarquokka", "velveturl", "velvetsite", "velvetchannel", "velvetplace", "velvetsource",
    "velvetdetail", "velvetfolder", "velvet gadget", "velvet_gadget",
)  # fmt: skip
SHOWN = {"zanzibarquokka", "velvetfolder", "velvet gadget", "velvet_gadget", "Eucla", "German"}
PLACES = re.compile(r"Eucla|Australia|\bMEZ\b|German|Deutsch|\+0?8:45|UTC[+−]\d")
"""The home zone, the one that the archive prints, its language, and offsets."""
BASE64 = re.compile(r"base64,[A-Za-z0-9+/=\s]+")
STYLE_OR_SCRIPT = re.compile(r"<(style|script)>.*?</\1>|<path [^>]*>|<meta [^>]*>", re.DOTALL)
DATE = re.compile(
    DAY.pattern + r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}\b(?! ?\d)"
)


def write_gadget() -> str:
    """Entries of a product that Almanac has no name for, with a secret in each of their fields."""
    entry: dict[str, Any] = {
        "header": "Velvet Gadget", "title": "Visited zanzibarquokka", "products": ["Velvet Gadget"],
        "titleUrl": "https://www.velvetsite.example/velveturl", "time": "2025-11-03T10:11:12.130Z",
        "details": [{"name": "velvetdetail"}],
        "locationInfos": [{"name": "velvetplace", "url": "https://www.google.com/maps/@?api=1&center=10.0,-20.0",
                           "source": "velvetsource"}],
    }  # fmt: skip
    video = {
        "header": "YouTube", "title": "Watched zanzibarquokka video", "products": ["YouTube"],
        "titleUrl": "https://www.youtube.com/watch?v=abcdefghijk", "time": "2025-11-04T10:11:12.130Z",
        "subtitles": [{"name": "velvetchannel", "url": "https://www.youtube.com/channel/UCabc"}],
    }  # fmt: skip
    times = [f"2025-11-{day:02d}T{hour:02d}:11:12.130Z" for day in range(3, 17) for hour in (9, 21)]
    whole = json.dumps([video, *({**entry, "time": time} for time in times)])
    return whole.removesuffix("]") + ', {"header": "Velvet Gadget", "title": "zanzibarquokka'  # breaks off


def plant(archive: Path, planted: Path) -> None:
    """Copy an archive with secrets for every fifth query, and the files of a gadget beside."""
    turn = count()

    def replace(match: re.Match[str]) -> str:
        n = next(turn)
        return match[0] if n % 5 else f'search?q=zanzibarquokka+{n % 9}">zanzibarquokka {n % 9}</a>'

    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(planted, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            text = source.read(member).decode()
            target.writestr(member.filename, re.sub(r'search\?q=[^"]*">[^<]*</a>', replace, text))
        target.writestr("Takeout/Meine Aktivitäten/velvetfolder/MeineAktivitäten.json", write_gadget())
        target.writestr("Takeout/velvetfolder/velvetfolder.velvet", "unknown")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pipeline.sample import write_sample

    folder = tmp_path_factory.mktemp("planted")
    since, until = date(2025, 10, 20), date(2025, 11, 19)
    sample = write_sample(folder / "sample", years=0, since=since, until=until, seed=2, locale="de")
    plant(sample.path, folder / "takeout-20251120T081500Z-1-001.zip")
    return folder / "takeout-20251120T081500Z-1-001.zip"


def perform(out: Path, archive: Path, **options: str) -> None:
    perform_all([str(archive)], load_settings({"out": str(out), "home_zone": HOME, **options}), Watcher())


@pytest.fixture(scope="module")
def outs(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Copies of what one folder holds after a full run, then one to be shared, then a coarse one."""
    folder = tmp_path_factory.mktemp("redaction")
    kept = {}
    steps = [("plain", {}), ("redact", {"redact": "true"}), ("coarse", {"redact": "true", "coarse": "true"})]
    for name, options in steps:
        perform(folder / "out", planted, **options)
        kept[name] = folder / name
        shutil.copytree(folder / "out", kept[name], ignore=shutil.ignore_patterns("lock"))
    return kept


@pytest.fixture(scope="module")
def fresh(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``run --redact`` makes in a new folder, by Prefect."""
    folder = tmp_path_factory.mktemp("fresh")
    words = ("run", str(planted), "--out", "out", "--home-zone", HOME, "--redact")
    done = subprocess.run(
        [sys.executable, "-m", "flows", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )
    assert done.returncode == 1, done.stdout  # a file breaks off
    assert "going on without it" not in done.stdout
    return folder / "out"


def list_files(out: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted(path for path in (out / folder).rglob("*") if path.is_file())


def read_texts(path: Path) -> str:
    """All that a file says: a table's columns and values, a page's and a picture's text and data, decoded."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv()
    if path.suffix == ".png":
        return path.name
    text = BASE64.sub("", path.read_bytes().decode("utf-8"))
    return "\n".join([path.name, text, unquote(text), html.unescape(unquote(text))])


def find_secrets(out: Path) -> dict[str, set[str]]:
    """Return for each file that holds any, the planted phrases and the words for zone and language in it."""
    found = {}
    for path in list_files(out):
        text = read_texts(path)
        held = {secret for secret in SECRETS if secret in text.lower()} | set(PLACES.findall(text))
        if held:
            found[path.relative_to(out).as_posix()] = held
    return found


@pytest.mark.slow
def test_the_planted_phrases_are_in_the_tables_in_every_column(outs: dict[str, Path]) -> None:
    from pipeline.tables.store import Store

    store = Store(outs["coarse"])  # which stay as they were
    activity = store.activity()
    with store.connect() as connection:
        more = [
            connection.sql(f"SELECT * FROM {name}").df().to_csv() for name in ("location", "detail", "file")
        ]
    everything = "\n".join([activity.to_csv(), *more]).lower()
    assert [secret for secret in SECRETS if secret not in everything] == []
    assert "MEZ" in set(activity["zone"].dropna()) and "de" in set(activity["language"].dropna())


@pytest.mark.slow
def test_a_full_run_shows_what_redaction_has_to_find(outs: dict[str, Path]) -> None:
    found = find_secrets(outs["plain"])
    assert set().union(*found.values()) >= SHOWN
    assert found["report/index.html"] >= SHOWN
    assert "zanzibarquokka" in found["patterns/words.parquet"] & found["charts/words.svg"]


@pytest.mark.slow
@pytest.mark.parametrize("edition", ["redact", "coarse"])
def test_what_is_shared_holds_no_planted_phrase_zone_or_language(outs: dict[str, Path], edition: str) -> None:
    assert find_secrets(outs[edition]) == {}
    names = {path.relative_to(outs[edition]).as_posix() for path in list_files(outs[edition])}
    assert names >= {"report/index.html", "patterns/findings.json", "charts/page/hours.svg"}
    assert not any("word" in name or name.startswith("clouds/") for name in names)


@pytest.mark.slow
def test_nothing_that_is_shared_lists_gaps_and_trips(outs: dict[str, Path]) -> None:
    names = {path.name for path in list_files(outs["redact"])}
    assert not {name for name in names if "gaps" in name}
    assert "gaps.parquet" in {path.name for path in list_files(outs["plain"])}
    assert "Gaps and trips" not in (outs["redact"] / "report/index.html").read_text("utf-8")


@pytest.mark.slow
def test_back_and_forth_gives_the_bytes_of_a_fresh_run_by_prefect(outs: dict[str, Path], fresh: Path) -> None:
    one, other = (
        {path.relative_to(out).as_posix(): path.read_bytes() for path in list_files(out)}
        for out in (outs["redact"], fresh)
    )
    assert set(one) == set(other)
    assert [name for name in one if one[name] != other[name]] == []


def strip_page(text: str) -> str:
    """Return what a page or a picture says, without style, script, paths and the hashes of its policy."""
    return html.unescape(unquote(STYLE_OR_SCRIPT.sub(" ", BASE64.sub("", text))))


def find_days(out: Path) -> list[str]:
    """Return what is dated to the day: columns of times, and texts."""
    found = []
    for path in list_files(out):
        name = path.relative_to(out).as_posix()
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
            found += [f"{name}: {column}" for column, kind in frame.dtypes.items() if "datetime" in str(kind)]
        if path.suffix not in (".png", ".parquet"):
            text = strip_page(path.read_text("utf-8"))
            text = re.sub(r"\b\d{4}-\d\d-01\b", "", text) if name == "patterns/coverage.json" else text
            found += [f"{name}: {match[0]}" for match in DATE.finditer(text)]
    return found


@pytest.mark.slow
def test_what_is_coarse_is_dated_by_months_alone(outs: dict[str, Path]) -> None:
    assert find_days(outs["coarse"]) == []
    redacted = find_days(outs["redact"])  # so that this test can fail
    assert {line.partition(": ")[0] for line in redacted} >= {"patterns/dots.parquet", "report/index.html"}
    names = {path.stem.partition("-")[0] for path in list_files(outs["coarse"])}
    assert names.isdisjoint({"dots", "calendar", "unusual_weeks", "records", "learner", "2025"})


@pytest.mark.slow
def test_two_years_are_dated_by_months_in_every_picture_and_on_the_page(
    sample_archive: Path, tmp_path: Path
) -> None:
    from flows.steps.ingest import ingest
    from flows.steps.learn import learn
    from flows.steps.patterns import patterns, read_answers
    from flows.steps.report import gather
    from pipeline.charts.picture import make_page_form
    from pipeline.charts.pictures import choose_picture
    from pipeline.charts.render import render_svg
    from pipeline.report.page import build_page

    home = (ZoneSpan(None, "Europe/Paris"),)
    settings = Settings(tmp_path / "out", home, (5, 6), 0, redact=True, coarse=True)
    ingest([str(sample_archive)], settings)
    learn(settings)
    patterns(settings)
    answers, coverage = read_answers(settings.out)
    said = [strip_page(build_page(gather(settings.out, home)))]
    drawn = []
    for name, answer in answers.items():
        picture = choose_picture(name, answer, coverage)
        if picture is not None:
            drawn.append(name)
            said.append(strip_page(render_svg(make_page_form(picture, picture.page_width))))
    assert {"years", "months", "week", "weekdays", "hours", "jetlag", "sessions"} <= set(drawn)
    assert [match[0] for text in said for match in DATE.finditer(text)] == []
    assert find_days(settings.out) == []


def make_spy(out: Path) -> Callable[..., Answer]:
    """A pattern that gives every text of the tables under names that say nothing of them."""
    from pipeline.tables.store import Store

    rows = Store(out).activity()
    columns = ("text", "url", "site", "channel", "header", "zone", "file", "language")
    texts = pd.DataFrame({f"thing_{k}": rows[name].astype("str") for k, name in enumerate(columns)})
    numbers = pd.DataFrame({"weekday": [0], "per_day": [1.0]})
    finding = Finding("weekdays", "Weeks", "Mondays lead", "", "", "", (), "", "")
    return lambda subject, rng: Answer({"main": numbers, "ratio": texts}, finding)


@pytest.mark.slow
def test_a_pattern_that_shows_every_column_under_other_names_shows_none_of_them(
    planted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.steps.ingest import ingest
    from flows.steps.patterns import patterns

    ingest([str(planted)], load_settings({"out": str(tmp_path / "out"), "home_zone": HOME}))
    spy = make_spy(tmp_path / "out")
    monkeypatch.setitem(PATTERNS, "weekdays", spy)  # type: ignore[arg-type]
    monkeypatch.setitem(PATTERNS, "spy", spy)  # type: ignore[arg-type]
    for name in set(PATTERNS) - {"weekdays", "spy"}:
        monkeypatch.delitem(PATTERNS, name)  # type: ignore[arg-type]
    (tmp_path / "out/patterns").mkdir()
    (tmp_path / "out/patterns/sites.parquet").write_bytes(b"velvetsite")  # of a run that was killed
    for redact in ("false", "true"):
        filters = {"filter": "product=velvet_gadget", "redact": redact}
        patterns(load_settings({"out": str(tmp_path / "out"), "home_zone": HOME, **filters}))
        held = [read_texts(path).lower() for path in sorted((tmp_path / "out/patterns").iterdir())]
        assert ("velvetsite" in "".join(held)) == (redact == "false")
    assert [secret for secret in SECRETS if secret in "".join(held)] == []
    assert sorted(path.name for path in (tmp_path / "out/patterns").iterdir()) == [
        "coverage.json", "findings.json", "weekdays--ratio.parquet", "weekdays.parquet",
    ]  # fmt: skip
    assert json.loads((tmp_path / "out/patterns/coverage.json").read_text("utf-8"))["product"] == "other"
