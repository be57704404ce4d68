"""What is in a sample, found without the reader: by a pattern on its English pages."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.sample import Sample, write_sample

SEARCH = "My Activity/Search/MyActivity.html"
SEARCHED = re.compile(
    r'>Searched for\u00a0<a href="https://www\.google\.com/search\?q=[^"]*">([^<]*)</a>'
    r"<br>([A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d{2}:\d{2}\u202f[AP]M) [^<]+</div>"
)


@pytest.fixture(scope="session")
def page_of() -> Callable[..., str]:
    """Read a page of a sample, by its path below ``Takeout/``."""

    def read_page(sample: Sample, name: str = SEARCH) -> str:
        with zipfile.ZipFile(sample.path) as archive:
            return archive.read(f"Takeout/{name}").decode()

    return read_page


@pytest.fixture(scope="session")
def truth_of() -> Callable[[Sample], dict[str, Any]]:
    """Read the truth beside a sample."""
    return lambda sample: json.loads(sample.truth.read_text("utf-8"))  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def searches_of(page_of: Callable[..., str]) -> Callable[..., list[tuple[str, datetime]]]:
    """List a sample's searches in a zone, from pages that print a clock ``hours`` ahead of UTC."""

    def list_searches(
        sample: Sample, *, hours: float = 1, zone: str = "Europe/Paris"
    ) -> list[tuple[str, datetime]]:
        found = []
        for text, printed in SEARCHED.findall(page_of(sample)):
            clock = datetime.strptime(printed.replace("\u202f", " "), "%b %d, %Y, %I:%M:%S %p")
            at = clock.replace(tzinfo=UTC) - timedelta(hours=hours)
            found.append((text, at.astimezone(ZoneInfo(zone))))
        return found

    return list_searches


@pytest.fixture(scope="session")
def two_years(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return write_sample(tmp_path_factory.mktemp("two"), years=2, seed=1)
