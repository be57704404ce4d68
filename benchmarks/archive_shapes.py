"""Writes a Takeout zip with one long My Activity page, in the shape of 2024 or of 2026.

The texts are drawn from as many words, sites and places as an owner has, so that the page compresses
as real ones do, 24:1 to 40:1: a page of a few words flatters inflating and everything that remembers.
"""

from __future__ import annotations

import random
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

SHAPES = {"2024": "", "2026": "<br>"}
"""What follows the date of an entry."""

CELL = '<div class="content-cell mdl-cell mdl-cell--'
SETTINGS = '<a href="https://myaccount.google.com/activitycontrols">here</a>'
AREA = (
    "<b>Locations:</b><br>&emsp;At "
    '<a href="https://www.google.com/maps/@?api=1&amp;map_action=map&amp;center={place}&amp;zoom=12">'
    'this general area</a> - From <a href="https://support.google.com/maps/answer/6258979">your phone</a><br>'
)
ENTRY = (
    '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
    '<div class="header-cell mdl-cell mdl-cell--12-col"><p class="mdl-typography--title">Search<br></p></div>'
    f'{CELL}6-col mdl-typography--body-1">{{body}}<br>{{date}}{{after}}</div>'
    f'{CELL}6-col mdl-typography--body-1 mdl-typography--text-right"></div>'
    f'{CELL}12-col mdl-typography--caption"><b>Products:</b><br>&emsp;Search<br>{{places}}'
    "<b>Why is this here?</b><br>&emsp;This activity was saved to your Google Account because the following "
    f"settings were on:&nbsp;Web &amp; App Activity.&nbsp;You can control these settings &nbsp;{SETTINGS}."
    "</div></div></div>"
)
BEGINNING = "<html><head><title>My Activity History</title><style>{css}</style></head><body><div>"
NEWEST = 1_760_000_000  # seconds since 1970: October 2025
N_WORDS, N_SITES, N_PLACES = 10_000, 3_000, 200
SYLLABLES = [a + b for a in "bcdfghklmnprstvw" for b in "aeiou"]
TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"


def write_archive(path: Path, n_entries: int, shape: str, *, n_later: int = 0) -> int:
    """Write a zip whose page has ``n_entries``, newest first; return the bytes of the page.

    ``n_later``: how many entries a later export has on top of this one's.
    """
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("Takeout/My Activity/Search/MyActivity.html", "w", force_zip64=True) as page,
    ):
        return sum(page.write(piece.encode()) for piece in write_page(n_entries, shape, n_later))


def write_page(n_entries: int, shape: str, n_later: int) -> Iterator[str]:
    """Yield the page piece by piece: the CSS, each search or result click, the end."""
    rng = random.Random(0)
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(N_WORDS)]
    sites = [f"www.{rng.choice(words)}{rng.choice(words)}.{rng.choice(('com', 'org', 'co.uk'))}"
             for _ in range(N_SITES)]  # fmt: skip
    places = [f"{rng.uniform(35, 60):.3f},{rng.uniform(-10, 20):.3f}" for _ in range(N_PLACES)]
    yield BEGINNING.format(css=".a{color:red}" * 10_000)
    moment = NEWEST
    for k in range(n_later + n_entries):
        moment -= int(rng.expovariate(1 / 400)) + 1
        site = sites[_draw(rng, N_SITES)]
        query = [words[_draw(rng, N_WORDS)] for _ in range(rng.randint(1, 3))]
        body = _write_click(rng, site, query) if rng.random() < 0.25 else _write_search(query)
        area = AREA.format(place=places[_draw(rng, N_PLACES)]) if rng.random() < 0.4 else ""
        if k >= n_later:
            yield ENTRY.format(body=body, date=_write_date(moment), after=SHAPES[shape], places=area)
    yield "</div></body></html>"


def _draw(rng: random.Random, n: int) -> int:
    """Draw an index below ``n``, the small ones often, as words and sites are."""
    return int(n ** rng.random()) - 1


def _write_search(query: list[str]) -> str:
    return (
        f'Searched for\xa0<a href="https://www.google.com/search?q={"+".join(query)}">{" ".join(query)}</a>'
    )


def _write_click(rng: random.Random, site: str, query: list[str]) -> str:
    page = f"https://{site}/{'-'.join(query)}"
    token = "".join(rng.choices(TOKEN, k=22))
    address = f"https://www.google.com/url?q={page}&amp;usg=AOvVaw{token}"
    return f'Visited\xa0<a href="{address}">{" ".join(query).title()}</a>'


def _write_date(moment: int) -> str:
    clock = time.gmtime(moment)
    half = "AM" if clock.tm_hour < 12 else "PM"
    day = f"{time.strftime('%b', clock)} {clock.tm_mday}, {clock.tm_year}"
    return f"{day}, {clock.tm_hour % 12 or 12}:{clock.tm_min:02}:{clock.tm_sec:02}\u202f{half} CET"
