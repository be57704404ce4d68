"""What the addresses of an entry say: no language changes them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus

if TYPE_CHECKING:
    from tldextract import TLDExtract

GOOGLE = r"https?://(?:www\.|m\.)?google\.[a-z.]{2,6}"
REDIRECT = re.compile(rf"{GOOGLE}/url\?(?:[^#]*&)?(?:q|url)=([^&#]+)")
QUERY = re.compile(r"[?&](?:q|search_query)=([^&#]*)")
HOST = re.compile(r"https?://(?:[^/?#@]*@)?([^/?#:@]+)", re.IGNORECASE)
CHANNEL = re.compile(r"https?://(?:www\.|m\.|music\.)?youtube\.com/(?:channel/|c/|user/|@)")
ACTIONS = (  # by address, where the verb does not say it
    (re.compile(rf"{GOOGLE}/search\?|https?://(?:www\.|m\.|music\.)?youtube\.com/results\?"), "searched"),
    (REDIRECT, "visited"),
    (re.compile(r"https?://(?:www\.|m\.|music\.)?youtube\.com/(?:watch\?|shorts/)"), "watched"),
    (re.compile(rf"{GOOGLE}/maps\b|https?://maps\.google\."), "viewed"),
)
PRODUCTS = (  # by address, where the header is missing
    (re.compile(r"https?://music\.youtube\.com/"), "youtube_music"),
    (re.compile(r"https?://(?:www\.|m\.)?youtube\.com/"), "youtube"),
    (re.compile(rf"{GOOGLE}/maps\b|https?://maps\.google\."), "maps"),
    (re.compile(rf"{GOOGLE}/(?:search|url)\?"), "search"),
)


def unwrap(url: str) -> str:
    """Return the page behind Google's ``/url?q=…``, or the address as it is."""
    match = REDIRECT.match(url) if "/url?" in url else None
    if match is None:
        return url
    inner = unquote(match[1])
    return inner if inner.startswith(("http://", "https://")) else url


def read_query(url: str) -> str | None:
    """Return what an address asks for (``q=``, ``search_query=``)."""
    match = QUERY.search(url)
    return unquote_plus(match[1]).strip() or None if match else None


def name_action(url: str | None) -> str:
    """Tell the action by the address as printed, before it is unwrapped."""
    return next((action for pattern, action in ACTIONS if url and pattern.match(url)), "other")


def name_product_of(url: str | None) -> str:
    """Tell the product by the address."""
    return next((product for pattern, product in PRODUCTS if url and pattern.match(url)), "unknown")


def find_site(url: str | None) -> str | None:
    """Return the registrable domain (``bbc.co.uk``); ``None`` for bare IP addresses and other schemes."""
    match = HOST.match(url) if url else None
    return _site_of_host(match[1]) if match else None


@lru_cache(maxsize=65_536)
def _site_of_host(host: str) -> str | None:
    parts = _suffixes()(host)
    return f"{parts.domain}.{parts.suffix}".lower() if parts.domain and parts.suffix else None


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    """Load the public suffix list that comes with tldextract: no network, no cache on disk."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)
