"""What stands in an archive beside searches: results, videos, ads, maps, cards, voice, and a few odd entries."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

import numpy as np

from pipeline.sample.markup import Entry, link, say, search_url
from pipeline.sample.queries import Asked

SEARCH = "My Activity/Search/MyActivity.html"
FILES = {
    "YouTube": "My Activity/YouTube/MyActivity.html",
    "Maps": "My Activity/Maps/MyActivity.html",
    "Image Search": "My Activity/Image Search/MyActivity.html",
    "Discover": "My Activity/Discover/MyActivity.html",
    "Ads": "My Activity/Ads/MyActivity.html",
    "Assistant": "My Activity/Assistant/MyActivity.html",
}
HISTORY = "YouTube and YouTube Music/history/watch-history.html"
SHARES = {"Visited": 0.04, "YouTube": 0.06, "Maps": 0.025, "Image Search": 0.02, "Discover": 0.012, "Ads": 0.006,
          "Assistant": 0.005, "Boilerplate": 0.008}  # fmt: skip
DELAYS = {"Visited": 15, "YouTube": 1500, "Maps": 600, "Image Search": 90, "Discover": 900, "Ads": 40,
          "Assistant": 1200, "Boilerplate": 2}  # seconds after a search, the median  # fmt: skip
FROM_ADS = "<b>Details:</b><br>&emsp;From Google Ads<br>"
AREA = "https://www.google.com/maps/@?api=1&map_action=map&center=48.9,2.3&zoom=12"
PLACE = (
    f'<b>Locations:</b><br>&emsp;At <a href="{escape(AREA)}">this general area</a> - From '
    '<a href="https://support.google.com/maps/answer/1">your places</a> (Home)<br>'
)


def draw_others(words: dict[str, Any], utc: np.ndarray, asked: list[Asked], rng: np.random.Generator) -> Iterator[Entry]:
    """Yield the other entries, each a while after some search and about the same thing."""
    for kind, share in SHARES.items():
        chosen = np.sort(rng.permutation(len(utc))[: round(len(utc) * share)])
        delays = rng.lognormal(np.log(DELAYS[kind]), 0.6, len(chosen)).astype(int) + 1
        draws = rng.random((len(chosen), 3))
        for index, delay, (which, a, b) in zip(chosen.tolist(), delays.tolist(), draws.tolist(), strict=True):
            yield WRITERS[kind](words, int(utc[index]) + delay, asked[index], which, a, b)


def draw_undated(utc: np.ndarray, asked: list[Asked], n: int, rng: np.random.Generator) -> list[Entry]:
    """Return searches that were cut before their time: no reader can place them."""
    return [
        Entry(int(utc[k]), SEARCH, "Search", "undated", (say("Searched for", search_url(asked[k].text), asked[k].text),),
              dated=False)  # fmt: skip
        for k in rng.permutation(len(utc))[:n].tolist()
    ]


def copy_to_history(entry: Entry) -> Entry | None:
    """Return the copy that the YouTube history holds of a watched video; None for any other entry."""
    return entry._replace(file=HISTORY) if entry.header == "YouTube" and entry.action == "watched" else None


def _pick(items: list[str], share: float) -> str:
    return items[int(share * len(items))]


def _visited(words: dict[str, Any], utc: int, asked: Asked, which: float, a: float, b: float) -> Entry:
    head = quote(asked.head.replace(" ", "_"))
    pages = [f"https://en.wikipedia.org/wiki/{head}", f"https://www.example.org/{head}/{int(a * 900)}",
             f"https://forum.example.com/t/{head}-{int(a * 9000)}", f"https://shop.example.net/{head}"]  # fmt: skip
    page = _pick(pages, which)
    wrapped = f"https://www.google.com/url?q={page}&usg=AOvVaw{int(b * 1e12):012x}"
    return Entry(utc, SEARCH, "Search", "visited", (say("Visited", wrapped, f"{asked.head} - {asked.text}"),))


def _youtube(words: dict[str, Any], utc: int, asked: Asked, which: float, a: float, b: float) -> Entry:
    key = f"{int(a * 2**40):010x}"
    video = f"https://www.youtube.com/watch?v={key}x"
    if which < 0.18:
        url = f"https://www.youtube.com/results?search_query={quote_plus(asked.head)}"
        return Entry(utc, FILES["YouTube"], "YouTube", "searched", (say("Searched for", url, asked.head),))
    if which < 0.20:
        return Entry(utc, FILES["YouTube"], "YouTube", "watched", ("Watched a video that has been removed",))
    if which < 0.22:
        return Entry(utc, FILES["YouTube"], "YouTube", "watched", (say("Watched", video, video),))
    title = _pick(words["channels"]["titles"], a).format(h=asked.head)
    more = FROM_ADS if which > 0.90 else ""
    channel = int(b * len(words["channels"]["names"]))
    name = link(f"https://www.youtube.com/channel/UCsample{channel:016d}", words["channels"]["names"][channel])
    return Entry(utc, FILES["YouTube"], "YouTube", "watched", (say("Watched", video, title), name), more)


def _maps(words: dict[str, Any], utc: int, asked: Asked, which: float, a: float, b: float) -> Entry:
    place = _pick(words["places"]["names"], a)
    spot = f"https://www.google.com/maps/place/{quote_plus(place)}"
    if which < 0.45:
        line, action = say("Searched for", f"https://www.google.com/maps/search/{quote_plus(place)}", place), "searched"
    elif which < 0.75:
        line, action = say("Directions to", f"https://www.google.com/maps/dir//{quote_plus(place)}", place), "directions"
    else:
        line, action = link(spot, place), "viewed"
    return Entry(utc, FILES["Maps"], "Maps", action, (line,), PLACE if b < 0.3 else "")


def _images(words: dict[str, Any], utc: int, asked: Asked, which: float, a: float, b: float) -> Entry:
    if which < 0.7:
        url = f"https://www.google.com/search?q={quote_plus(asked.text)}&tbm=isch"
        return Entry(utc, FILES["Image Search"], "Image Search", "searched", (say("Searched for", url, asked.text),))
    page = f"https://www.example.org/{quote(asked.head)}/{int(a * 900)}.jpg"
    line = say("Viewed image from", f"https://www.google.com/imgres?imgurl={quote_plus(page)}", "www.example.org")
    return Entry(utc, FILES["Image Search"], "Image Search", "viewed", (line,))


def _discover(words: dict[str, Any], utc: int, asked: Asked, which: float, a: float, b: float) -> Entry:
    topics = f"<b>Details:</b><br>&emsp;{link(search_url(asked.head), asked.head)}<br>"
    return Entry(utc, FILES["Discover"], "Discover", "boilerplate", (f"{2 + int(a * 9)} cards in your feed",), topics)


def _ads(words: dict[str, Any], utc: int, asked: Asked, which: float, a: float, b: float) -> Entry:
    url = f"https://shop.example.net/offer/{int(a * 9000)}"
    return Entry(utc, FILES["Ads"], "Ads", "visited", (say("Visited", url, f"{asked.head} on offer"),), FROM_ADS)


def _assistant(words: dict[str, Any], utc: int, asked: Asked, which: float, a: float, b: float) -> Entry:
    if which < 0.15:
        return Entry(utc, FILES["Assistant"], "Assistant", "other", ("Unknown voice command",))
    line = say("Said", search_url(asked.text), asked.text)
    return Entry(utc, FILES["Assistant"], "Assistant", "said", (line,))


def _boilerplate(words: dict[str, Any], utc: int, asked: Asked, which: float, a: float, b: float) -> Entry:
    if which < 0.4:
        return Entry(utc, SEARCH, "Search", "boilerplate", ("Used Search",))
    if which > 0.97:
        return Entry(utc, SEARCH, "Search", "other", ("Answered survey question", "How was your visit?", "Good"))
    topic = link(search_url(asked.head), asked.head)
    return Entry(utc, SEARCH, "Search", "boilerplate", ("1 notification", "Including topics:", topic))


WRITERS = {"Visited": _visited, "YouTube": _youtube, "Maps": _maps, "Image Search": _images, "Discover": _discover,
           "Ads": _ads, "Assistant": _assistant, "Boilerplate": _boilerplate}  # fmt: skip
