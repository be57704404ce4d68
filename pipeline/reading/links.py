"""What the addresses of an entry say: no language changes them."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, unquote_plus

from publicsuffixlist import PublicSuffixList

GOOGLE = r"https?://(?:www\.|m\.)?google\.[a-z.]{2,6}"
REDIRECT = re.compile(rf"{GOOGLE}/url\?(?:[^#]*&)?(?:q|url)=([^&#]+)")
QUERY = re.compile(r"[?&](?:q|search_query|query)=([^&#]*)|/maps/search/([^/?#@]+)")
HOST = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:@]+)", re.IGNORECASE)
YOUTUBE = r"https?://(?:www\.|m\.|music\.)?youtube\.com"
MAPS = rf"{GOOGLE}/maps\b|https?://maps\.google\."
MAP = re.compile(MAPS)
CHANNEL = re.compile(rf"{YOUTUBE}/(?:channel/|c/|user/|@)")
LONGEST_FRONT = 300  # characters that may hold the host; it has 253 at most
ACTIONS = (  # by address, where the verb does not say it
    (re.compile(rf"{GOOGLE}/search\?|{YOUTUBE}/results\?"), "searched"),
    (REDIRECT, "visited"),
    (re.compile(rf"{YOUTUBE}/(?:watch\?|shorts/|live/)|https?://youtu\.be/"), "watched"),
    (
        re.compile(rf"{GOOGLE}/maps/search/|https?://(?:play|news)\.google\.com/(?:store/)?search\?"),
        "searched",
    ),
    (re.compile(rf"{GOOGLE}/maps/dir\b"), "other"),
    (re.compile(rf"{MAPS}|{GOOGLE}/imgres\?|{YOUTUBE}/post/"), "viewed"),
)
PRODUCTS = (  # by address, where the header is missing or unknown
    (re.compile(r"https?://music\.youtube\.com/"), "youtube_music"),
    (re.compile(rf"{YOUTUBE}/|https?://youtu\.be/"), "youtube"),
    (MAP, "maps"),
    (re.compile(rf"{GOOGLE}/search\?(?:[^#]*&)?(?:tbm=isch|udm=2)(?:&|#|$)"), "image_search"),
    (re.compile(rf"{GOOGLE}/search\?(?:[^#]*&)?(?:tbm=nws|udm=12)(?:&|#|$)|https?://news\.google\."), "news"),
    (re.compile(rf"{GOOGLE}/search\?(?:[^#]*&)?(?:tbm=vid|udm=7)(?:&|#|$)"), "video_search"),
    (
        re.compile(rf"{GOOGLE}/search\?(?:[^#]*&)?(?:tbm=shop|udm=28)(?:&|#|$)|{GOOGLE}/shopping\b"),
        "shopping",
    ),
    (
        re.compile(rf"{GOOGLE}/search\?(?:[^#]*&)?(?:tbm=bks|udm=36)(?:&|#|$)|https?://books\.google\."),
        "books",
    ),
    (re.compile(rf"{GOOGLE}/(?:search|url)\?"), "search"),
    (re.compile(r"https?://play\.google\.com/store/"), "google_play_store"),
    (re.compile(r"https?://translate\.google\."), "translate"),
    (re.compile(r"https?://lens\.google\."), "lens"),
    (re.compile(r"https?://(?:gemini|bard)\.google\.com/"), "gemini_apps"),
    (re.compile(r"https?://photos\.google\.com/"), "photos"),
)
AI_MODE = re.compile(rf"{GOOGLE}/search\?(?:[^#]*&)?udm=50(?:&|#|$)")


def unwrap(url: str) -> str:
    """Return the page behind Google's ``/url?q=…``, or the address as it is."""
    match = REDIRECT.match(url) if "/url?" in url else None
    if match is None:
        return url
    inner = unquote(match[1])
    return inner if inner.startswith(("http://", "https://")) else url


def read_query(url: str) -> str | None:
    """Return what an address asks for (``q=``, ``search_query=``, ``/maps/search/…``)."""
    match = QUERY.search(url)
    return unquote_plus(match[1] or match[2] or "").strip() or None if match else None


def name_action(url: str | None) -> str:
    """Tell the action by the address as printed, before it is unwrapped."""
    return next((action for pattern, action in ACTIONS if url and pattern.match(url)), "other")


def name_product_of(url: str | None) -> str:
    """Tell the product by the address."""
    return next((product for pattern, product in PRODUCTS if url and pattern.match(url)), "unknown")


def find_site(url: str | None) -> str | None:
    """Return the registrable domain (``bbc.co.uk``); ``None`` for bare IP addresses and other schemes."""
    if not url:
        return None
    front = url[:LONGEST_FRONT]
    return _site_of_front(front[: front.find("/", len("https://")) + 1] or front)


@lru_cache(maxsize=16_384)
def _site_of_front(front: str) -> str | None:
    match = HOST.match(front)
    if match is None:
        return None
    labels = match[1].lower().replace("\u3002", ".").rstrip(".").split(".")
    if any(not label for label in labels) or labels[-1].isdigit():
        return None
    return _suffixes().privatesuffix(".".join(labels))


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    """Load the public suffix list that comes with its package: no network, no cache on disk."""
    return PublicSuffixList(accept_unknown=False, only_icann=True)
