"""The pages are written as Google wrote them, in every era."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel import Locale
from bs4 import BeautifulSoup

from pipeline.sample import Sample
from pipeline.sample.clocks import make_clock
from pipeline.sample.entry import Entry, Line
from pipeline.sample.eras import ERAS
from pipeline.sample.html_page import write_cell

PageOf = Callable[..., str]
SearchesOf = Callable[..., list[tuple[str, datetime]]]


SEARCH = Entry(
    int(datetime(2025, 7, 3, 22, 5, 9, tzinfo=UTC).timestamp()),
    "Search",
    "searched",
    "Searched for\u00a0{}",
    "<b> & 'c' \"{}\"",
    "https://a.example/?q=<b>&c",
    at_home=True,
)
AD = Entry(
    SEARCH.utc,
    "YouTube",
    "watched",
    "Watched\u00a0{}",
    "Bread",
    "https://a.example/v",
    (Line("Kitchen", "https://a.example/k"),),
    (Line("From Google Ads"),),
)
ADDRESS = '<a href="https://google.com/maps?q=48.90,2.30">https://google.com/maps?q=48.90,2.30</a>'
AREA = (
    '<a href="https://www.google.com/maps/@?api=1&amp;map_action=map&amp;center=48.9,2.3&amp;zoom=12">'
    "this general area</a>"
)
SOURCE = '<a href="https://support.google.com/maps/answer/1">your places</a>'
TODAY = f"<b>Locations:</b><br>&emsp;At {AREA} - From {SOURCE} (Home)<br>"
WHY = (
    "<b>Why is this here?</b><br>&emsp;This activity was saved to your Google Account because the following"
    " settings were on:&nbsp;{}.&nbsp;You can control these settings &nbsp;"
    '<a href="https://myaccount.google.com/activitycontrols">here</a>.'
)


def test_each_cell_has_the_four_parts_that_google_writes(tiny_archive: Path) -> None:
    with zipfile.ZipFile(tiny_archive) as archive:
        names = [name for name in archive.namelist() if "browser" not in name]
        soups = {name: BeautifulSoup(archive.read(name).decode()[:300_000], "html.parser") for name in names}
    for name, soup in soups.items():
        cells = soup.select("div.outer-cell")[:-1]  # the last may be cut
        assert cells, name
        for cell in cells:
            header = cell.select_one("div.header-cell p").get_text()
            body, right, caption = cell.select("div.content-cell")
            assert body["class"][-1] == "mdl-typography--body-1"
            assert right["class"][-1] == "mdl-typography--text-right"
            assert caption.get_text().startswith(f"Products:\u2003{header}")
            assert "Why is this here?" in caption.get_text()


def test_the_file_is_one_line_newest_first_in_the_zone_of_the_export(
    two_years: Sample, page_of: PageOf, searches_of: SearchesOf
) -> None:
    page = page_of(two_years)
    times = [at for _, at in searches_of(two_years)]
    assert "\n" not in page
    assert 140_000 < page.index("</style>") < 143_000
    assert times == sorted(times, reverse=True)
    assert set(re.findall(r"[AP]M ([A-Z]+)</div>", page)) == {"CET"}
    assert any(at.month == 7 for at in times)


def split_cell(entry: Entry, era: str) -> tuple[str, str]:
    """Return the body and the caption of a cell."""
    clock = make_clock(Locale.parse("en"), ERAS[era], "CET" if ERAS[era].zones else None, 3600)
    cell = write_cell(entry, str, ERAS[era], clock)
    found = re.findall(r'body-1">(.*?)</div>|caption">(.*?)</div>', cell, flags=re.DOTALL)
    return found[0][0], found[1][1]


@pytest.mark.parametrize(
    ("era", "verb", "text", "date"),
    [
        (
            "2017",
            "Searched for&nbsp;",
            "&lt;b&gt; &amp; &#39;c&#39; &quot;{}&quot;",
            "Jul 3, 2025, 11:05:09 PM",
        ),
        (
            "2018",
            "Searched for&nbsp;",
            "&lt;b&gt; &amp; &#39;c&#39; &quot;{}&quot;",
            "Jul 3, 2025, 11:05:09 PM CET",
        ),
        ("2021", "Searched for\u00a0", "&lt;b&gt; &amp; 'c' \"{}\"", "Jul 3, 2025, 11:05:09 PM CET"),
        ("2024", "Searched for\u00a0", "&lt;b&gt; &amp; 'c' \"{}\"", "Jul 3, 2025, 11:05:09\u202fPM CET"),
        ("2026", "Searched for\u00a0", "&lt;b&gt; &amp; 'c' \"{}\"", "Jul 3, 2025, 11:05:09\u202fPM CET<br>"),
    ],
)
def test_an_era_has_its_own_spaces_entities_and_end_of_the_date(
    era: str, verb: str, text: str, date: str
) -> None:
    body, _ = split_cell(SEARCH, era)
    assert body == f'{verb}<a href="https://a.example/?q=&lt;b&gt;&amp;c">{text}</a><br>{date}'


@pytest.mark.parametrize(
    ("era", "place", "why"),
    [
        ("2017", f"<b>Locations:</b><br>&emsp;From your home: {ADDRESS}\n<br>", False),
        ("2018", TODAY, False),
        ("2021", TODAY, False),
        ("2024", TODAY, True),
        ("2026", TODAY, True),
    ],
)
def test_an_era_names_places_in_its_way_and_says_why_or_not(era: str, place: str, why: bool) -> None:
    _, caption = split_cell(SEARCH, era)
    reason = WHY.format("Web &amp; App Activity") if why else ""
    assert caption == f"<b>Products:</b><br>&emsp;Search<br>{place}{reason}"


def test_an_ad_has_its_channel_below_and_its_origin_under_details() -> None:
    body, caption = split_cell(AD, "2024")
    links = '<a href="https://a.example/v">Bread</a><br><a href="https://a.example/k">Kitchen</a>'
    assert body == f"Watched\u00a0{links}<br>Jul 3, 2025, 11:05:09\u202fPM CET"
    assert caption == (
        "<b>Products:</b><br>&emsp;YouTube<br><b>Details:</b><br>&emsp;From Google Ads<br>"
        + WHY.format("YouTube watch history")
    )


def test_an_entry_that_was_cut_ends_before_its_time() -> None:
    body, _ = split_cell(AD._replace(dated=False), "2026")
    assert body.endswith("Kitchen</a>")
