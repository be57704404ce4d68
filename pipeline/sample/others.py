"""What stands beside plain searches: results, videos, ads, places, cards, voice, odd entries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import numpy as np

from pipeline.sample.entry import Entry, Line
from pipeline.sample.queries import Asked

# After some search: what share of searches is followed by one, and after how many seconds (median).
FOLLOWERS = {
    "Visited": (0.04, 15),
    "YouTube": (0.06, 1500),
    "Maps": (0.025, 600),
    "Image Search": (0.02, 90),
    "Discover": (0.012, 900),
    "Ads": (0.006, 40),
    "Assistant": (0.005, 1200),
    "Boilerplate": (0.008, 2),
}
SEARCHED, VISITED, WATCHED = "Searched for\u00a0{}", "Visited\u00a0{}", "Watched\u00a0{}"
FROM_ADS = (Line("From Google Ads"),)


def draw_others(
    words: dict[str, Any], utc: np.ndarray, asked: list[Asked], rng: np.random.Generator
) -> Iterator[Entry]:
    """Yield the other entries, each a while after some search and about the same thing."""
    for kind, (share, pause) in FOLLOWERS.items():
        chosen = np.sort(rng.permutation(len(utc))[: round(len(utc) * share)])
        pauses = rng.lognormal(np.log(pause), 0.6, len(chosen)).astype(int) + 1
        draws = rng.random((len(chosen), 3)).tolist()
        for index, after, chances in zip(chosen.tolist(), pauses.tolist(), draws, strict=True):
            yield WRITERS[kind](words, asked[index], *chances)._replace(utc=int(utc[index]) + after)


def write_search(utc: int, asked: Asked) -> Entry:
    """Return a web search, as nearly all of an archive is."""
    return Entry(utc, "Search", "searched", SEARCHED, asked.text, search_url(asked.text))


def search_url(text: str) -> str:
    """Return the address of a web search."""
    return f"https://www.google.com/search?q={quote_plus(text)}"


def draw_undated(utc: np.ndarray, asked: list[Asked], n: int, rng: np.random.Generator) -> list[Entry]:
    """Return ``n`` searches that were cut before their time: no reader can place them."""
    chosen = rng.permutation(len(utc))[:n].tolist()
    return [write_search(int(utc[k]), asked[k])._replace(action="undated", dated=False) for k in chosen]


def copy_to_history(entry: Entry) -> Entry | None:
    """Return the copy that the YouTube history holds of a watched video; None for any other entry."""
    watched = entry.product == "YouTube" and entry.action == "watched"
    return entry._replace(in_history=True) if watched else None


def _pick(items: list[str], chance: float) -> str:
    return items[int(chance * len(items))]


# Each of these returns an entry that has no time yet.


def _visited(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> Entry:
    head = quote(asked.head)
    pages = [
        f"https://en.wikipedia.org/wiki/{head}",
        f"https://www.example.org/{head}/{int(a * 900)}",
        f"https://forum.example.com/t/{head}-{int(a * 9000)}",
        f"https://shop.example.net/{head}",
    ]
    wrapped = f"https://www.google.com/url?q={_pick(pages, which)}&usg=AOvVaw{int(b * 1e12):012x}"
    return Entry(0, "Search", "visited", VISITED, f"{asked.head} - {asked.text}", wrapped)


def _youtube(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> Entry:
    if which < 0.18:
        url = f"https://www.youtube.com/results?search_query={quote_plus(asked.head)}"
        return Entry(0, "YouTube", "searched", SEARCHED, asked.head, url)
    if which < 0.20:
        return Entry(0, "YouTube", "watched", "Watched a video that has been removed")
    video = f"https://www.youtube.com/watch?v={int(a * 2**40):010x}x"
    if which < 0.22:
        return Entry(0, "YouTube", "watched", WATCHED, video, video)
    title = _pick(words["channels"]["titles"], a).format(h=asked.head)
    names = words["channels"]["names"]
    channel = Line(_pick(names, b), f"https://www.youtube.com/channel/UCsample{int(b * len(names)):016d}")
    details = FROM_ADS if a > 0.9 else ()
    return Entry(0, "YouTube", "watched", WATCHED, title, video, (channel,), details)


def _maps(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> Entry:
    place = _pick(words["places"]["names"], a)
    maps, where = "https://www.google.com/maps", quote_plus(place)
    if which < 0.45:
        phrase, action, url = SEARCHED, "searched", f"{maps}/search/{where}"
    elif which < 0.75:
        phrase, action, url = "Directions to\u00a0{}", "directions", f"{maps}/dir//{where}"
    else:
        phrase, action, url = "{}", "viewed", f"{maps}/place/{where}"
    return Entry(0, "Maps", action, phrase, place, url, at_home=b < 0.3)


def _images(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> Entry:
    if which < 0.7:
        url = search_url(asked.text) + "&tbm=isch"
        return Entry(0, "Image Search", "searched", SEARCHED, asked.text, url)
    page = quote_plus(f"https://www.example.org/{asked.head}/{int(a * 900)}.jpg")
    url = f"https://www.google.com/imgres?imgurl={page}"
    return Entry(0, "Image Search", "viewed", "Viewed image from\u00a0{}", "www.example.org", url)


def _discover(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> Entry:
    topic = Line(asked.head, search_url(asked.head))
    cards = str(2 + int(a * 9))
    return Entry(0, "Discover", "boilerplate", "{} cards in your feed", cards, details=(topic,))


def _ads(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> Entry:
    url = f"https://shop.example.net/offer/{int(a * 9000)}"
    return Entry(0, "Ads", "visited", VISITED, f"{asked.head} on offer", url, details=FROM_ADS)


def _assistant(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> Entry:
    if which < 0.15:
        return Entry(0, "Assistant", "other", "Unknown voice command")
    return Entry(0, "Assistant", "said", "Said\u00a0{}", asked.text, search_url(asked.text))


def _boilerplate(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> Entry:
    if which < 0.4:
        return Entry(0, "Search", "boilerplate", "Used Search")
    if which > 0.97:
        answer = (Line("How was your visit?"), Line("Good"))
        return Entry(0, "Search", "other", "Answered survey question", below=answer)
    topics = (Line("Including topics:"), Line(asked.head, search_url(asked.head)))
    return Entry(0, "Search", "boilerplate", "1 notification", below=topics)


WRITERS = {
    "Visited": _visited,
    "YouTube": _youtube,
    "Maps": _maps,
    "Image Search": _images,
    "Discover": _discover,
    "Ads": _ads,
    "Assistant": _assistant,
    "Boilerplate": _boilerplate,
}
