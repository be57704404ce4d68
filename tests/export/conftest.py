"""Small tables that hold what an export must carry or hide."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from flows.steps.ingest import ingest
from pipeline.settings import load_settings
from pipeline.tables.journal import prepare_out
from pipeline.tables.store import Store

SECRET = "=cheap flights to mars"


def write_archive(path: Path, entries: list[dict[str, Any]], *, name: str = "Search") -> Path:
    """Write an archive of one JSON file of My Activity."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"Takeout/My Activity/{name}/MyActivity.json", json.dumps(entries))
    return path


def search(time: str, text: str, **more: Any) -> dict[str, Any]:
    """One search as Google's JSON has it."""
    url = f"https://www.google.com/search?q={text.replace(' ', '+')}"
    return {"header": "Search", "title": f"Searched for {text}", "titleUrl": url, "time": time, **more}


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Six activities with a place and two details, and one entry that was set aside."""
    folder = tmp_path_factory.mktemp("export")
    visit = {
        "header": "Chrome",
        "title": "Visited the secret diary of mars",
        "titleUrl": "https://diary-of-mars.example.org/page",
        "time": "2021-03-08T23:30:00.500Z",
    }
    place = {
        "name": "At the red house",
        "url": "https://www.google.com/maps/@1,2",
        "source": "From your places",
    }
    entries = [
        search("2021-03-08T23:21:37.123Z", SECRET, locationInfos=[place]),
        search("2021-03-10T10:00:00Z", "rye flour", details=[{"name": "From Google Ads"}, {"name": "Twice"}]),
        search("2021-07-01T08:00:00Z", "it's\n\"new\", isn't it"),
        {"header": "Diary of Ann", "title": "Used Diary of Ann", "time": "2021-07-02T08:00:00Z"},
        visit,
        {**visit, "titleUrl": "https://en.wikipedia.org/wiki/Mars", "time": "2021-07-05T08:00:00Z"},
        {"header": "Search", "title": "Searched for lost", "time": "no time at all"},
    ]
    archive = write_archive(folder / "takeout-20211201T000000Z-001.zip", entries)
    settings = load_settings({"out": folder / "out", "home_zone": "Europe/Paris"}, environment={})
    prepare_out(settings.out)
    ingest([str(archive)], settings)
    return Store(settings.out)
