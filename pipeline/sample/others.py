"""What stands beside plain searches: results, videos, ads, places, cards, voice, odd entries."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote, quote_plus

import numpy as np

from pipeline.sample.markup import Entry, link, say, search_url
from pipeline.sample.queries import Asked

FILE = "My Activity/{}/MyActivity.html"
HISTORY = "YouTube and YouTube Music/history/watch-history.html"
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
FROM_ADS = "<b>Details:</b><br>&emsp;From Google Ads<br>"
AREA = "https://www.google.com/maps/@?api=1&map_action=map&center=48.9,2.3&zoom=12"
PLACE = (
    f'<b>Locations:</b><br>&emsp;At <a href="{escape(AREA)}">this general area</a> - From '
    '<a href="https://support.google.com/maps/answer/1">your places</a> (Home)<br>'
)


def draw_others(
    words: dict[str, Any], utc: np.ndarray, asked: list[Asked], rng: np.random.Generator
) -> Iterator[Entry]:
    """Yield the other entries, each a while after some search and about the same thing."""
    for kind, (share, pause) in FOLLOWERS.items():
        chosen = np.sort(rng.permutation(len(utc))[: round(len(utc) * share)])
        pauses = rng.lognormal(np.log(pause), 0.6, len(chosen)).astype(int) + 1
        draws = rng.random((len(chosen), 3)).tolist()
        for index, after, chances in zip(chosen.tolist(), pauses.tolist(), draws, strict=True):
            what = WRITERS[kind](words, asked[index], *chances)
            yield Entry(int(utc[index]) + after, FILE.format(what.header), *what)


def write_search(utc: int, asked: Asked) -> Entry:
    """Return a web search, as nearly all of an archive is."""
    line = say("Searched for", search_url(asked.text), asked.text)
    return Entry(utc, FILE.format("Search"), "Search", "searched", (line,))


def draw_undated(utc: np.ndarray, asked: list[Asked], n: int, rng: np.random.Generator) -> list[Entry]:
    """Return ``n`` searches that were cut before their time: no reader can place them."""
    chosen = rng.permutation(len(utc))[:n].tolist()
    return [write_search(int(utc[k]), asked[k])._replace(action="undated", dated=False) for k in chosen]


def copy_to_history(entry: Entry) -> Entry | None:
    """Return the copy that the YouTube history holds of a watched video; None for any other entry."""
    return entry._replace(file=HISTORY) if entry.header == "YouTube" and entry.action == "watched" else None


class What(NamedTuple):
    """An entry without its time."""

    header: str
    action: str
    lines: tuple[str, ...]
    more: str = ""


def _pick(items: list[str], chance: float) -> str:
    return items[int(chance * len(items))]


def _visited(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> What:
    head = quote(asked.head)
    pages = [
        f"https://en.wikipedia.org/wiki/{head}",
        f"https://www.example.org/{head}/{int(a * 900)}",
        f"https://forum.example.com/t/{head}-{int(a * 9000)}",
        f"https://shop.example.net/{head}",
    ]
    wrapped = f"https://www.google.com/url?q={_pick(pages, which)}&usg=AOvVaw{int(b * 1e12):012x}"
    return What("Search", "visited", (say("Visited", wrapped, f"{asked.head} - {asked.text}"),))


def _youtube(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> What:
    if which < 0.18:
        url = f"https://www.youtube.com/results?search_query={quote_plus(asked.head)}"
        return What("YouTube", "searched", (say("Searched for", url, asked.head),))
    if which < 0.20:
        return What("YouTube", "watched", ("Watched a video that has been removed",))
    video = f"https://www.youtube.com/watch?v={int(a * 2**40):010x}x"
    if which < 0.22:
        return What("YouTube", "watched", (say("Watched", video, video),))
    title = _pick(words["channels"]["titles"], a).format(h=asked.head)
    names = words["channels"]["names"]
    channel = link(f"https://www.youtube.com/channel/UCsample{int(b * len(names)):016d}", _pick(names, b))
    return What("YouTube", "watched", (say("Watched", video, title), channel), FROM_ADS if a > 0.9 else "")


def _maps(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> What:
    place = _pick(words["places"]["names"], a)
    maps, where = "https://www.google.com/maps", quote_plus(place)
    if which < 0.45:
        line, action = say("Searched for", f"{maps}/search/{where}", place), "searched"
    elif which < 0.75:
        line, action = say("Directions to", f"{maps}/dir//{where}", place), "directions"
    else:
        line, action = link(f"{maps}/place/{where}", place), "viewed"
    return What("Maps", action, (line,), PLACE if b < 0.3 else "")


def _images(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> What:
    if which < 0.7:
        line = say("Searched for", search_url(asked.text) + "&tbm=isch", asked.text)
        return What("Image Search", "searched", (line,))
    page = quote_plus(f"https://www.example.org/{asked.head}/{int(a * 900)}.jpg")
    line = say("Viewed image from", f"https://www.google.com/imgres?imgurl={page}", "www.example.org")
    return What("Image Search", "viewed", (line,))


def _discover(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> What:
    topics = f"<b>Details:</b><br>&emsp;{link(search_url(asked.head), asked.head)}<br>"
    return What("Discover", "boilerplate", (f"{2 + int(a * 9)} cards in your feed",), topics)


def _ads(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> What:
    offer = say("Visited", f"https://shop.example.net/offer/{int(a * 9000)}", f"{asked.head} on offer")
    return What("Ads", "visited", (offer,), FROM_ADS)


def _assistant(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> What:
    if which < 0.15:
        return What("Assistant", "other", ("Unknown voice command",))
    return What("Assistant", "said", (say("Said", search_url(asked.text), asked.text),))


def _boilerplate(words: dict[str, Any], asked: Asked, which: float, a: float, b: float) -> What:
    if which < 0.4:
        return What("Search", "boilerplate", ("Used Search",))
    if which > 0.97:
        return What("Search", "other", ("Answered survey question", "How was your visit?", "Good"))
    topic = link(search_url(asked.head), asked.head)
    return What("Search", "boilerplate", ("1 notification", "Including topics:", topic))


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
