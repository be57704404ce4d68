"""The words of Google's English: the verbs of entries, the heads of captions, the names of products."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

LANGUAGE = "en"

# The verb with which an entry begins → the action that is stored.
VERBS = {
    "Searched for": "searched",
    "Searched with Google Lens": "searched",
    "Searched": "searched",
    "Defined": "searched",
    "Visited": "visited",
    "Viewed": "viewed",
    "Viewed image from": "viewed",
    "Viewed area around": "viewed",
    "Viewed area in": "viewed",
    "Explored on Google Maps": "viewed",
    "Watched": "watched",
    "Listened to": "listened",
    "Used": "used",
    "Ran internet speed test": "used",
    "Said": "asked",
    "Asked": "asked",
    "Prompted": "asked",
    "Unknown voice command": "asked",
    "Directions to": "other",
    "Shared": "other",
    "Saved": "other",
    "Liked": "other",
    "Disliked": "other",
    "Subscribed to": "other",
    "Commented on": "other",
    "Joined": "other",
    "Read": "other",
    "Answered survey question": "other",
    "Paid": "other",
    "Sent": "other",
    "Received": "other",
}
LEADING_VERB = re.compile(rf"(?:{'|'.join(sorted(map(re.escape, VERBS), key=len, reverse=True))})(?=\s|$)")

# Entries that say nothing of what was done: only that something was shown.
NOTICE = re.compile(r"\d[\d,]* (?:notifications?|cards? in your feed)")
WATCHED_AT = re.compile(r"Watched at \d{1,2}:\d\d(?:\s[AaPp]\.?[Mm]\.?)?")
REMOVED_TITLES = frozenset(
    {"a video that has been removed", "a video that has been deleted", "a private video", "story"}
)

PRODUCTS_HEAD = "Products:"
LOCATIONS_HEAD = "Locations:"
DETAILS_HEAD = "Details:"
AD_DETAIL = "From Google Ads"

# Entries whose date stands in the middle, with a reply after it.
REPLYING_PRODUCTS = frozenset({"Gemini Apps", "Gemini", "Bard", "AI Mode"})

# Google's English names as headers print them; anything else is unknown, stored alike and counted.
_HEADERS = """
Ads|AI Mode|Android|Arts & Culture|Assistant|Bard|Blogger|Books|Calendar|Chrome|Chrome Web Store|Contacts
Developers|Discover|Docs|Drive|Finance|Flights|Gemini|Gemini Apps|Gmail|Google Ads|Google Analytics
Google Apps|Google Arts & Culture|Google Assistant|Google Cloud|Google Fit|Google Home|Google Lens
Google Maps|Google News|Google One|Google Pay|Google Photos|Google Play|Google Play Books
Google Play Games|Google Play Movies & TV|Google Play Music|Google Play Store|Google Podcasts
Google Search|Google Store|Google Translate|Google TV|Help|Hotels|Image Search|Keep|Lens|Maps|Meet|News
Notifications|Photos|Play Store|Podcasts|Search|Shopping|Takeout|Translate|Travel|Trips|Video Search|Voice
Voice and Audio|YouTube|YouTube Kids|YouTube Music|YouTube TV
"""
HEADERS = frozenset(name for line in _HEADERS.strip().split("\n") for name in line.split("|"))
ALIASES = {
    "google_search": "search",
    "google_maps": "maps",
    "google_news": "news",
    "google_lens": "lens",
    "google_photos": "photos",
    "google_translate": "translate",
    "google_assistant": "assistant",
    "google_podcasts": "podcasts",
    "google_arts_culture": "arts_culture",
    "google_ads": "ads",
    "play_store": "google_play_store",
    "bard": "gemini_apps",
    "gemini": "gemini_apps",
}


@lru_cache(maxsize=1024)
def name_product(header: str) -> str:
    """Turn a header into the product's name in snake_case: ``Image Search`` → ``image_search``."""
    name = re.sub(r"[\W_]+", "_", header.casefold()).strip("_")
    return ALIASES.get(name, name) or "unknown"


def is_known_header(header: str) -> bool:
    """Say whether a header is one of Google's English product names."""
    return header in HEADERS


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What one language says in My Activity; ``eq=False``: a record is itself alone, and quick to hash."""

    verbs: Mapping[str, str]  # the verb with which an entry begins → the action that is stored
    leading_verb: re.Pattern[str]
    notice: re.Pattern[str]
    watched_at: re.Pattern[str]
    removed_titles: frozenset[str]
    products_head: str
    locations_head: str
    details_head: str
    ad_detail: str


ENGLISH_WORDS = Words(
    VERBS,
    LEADING_VERB,
    NOTICE,
    WATCHED_AT,
    REMOVED_TITLES,
    PRODUCTS_HEAD,
    LOCATIONS_HEAD,
    DETAILS_HEAD,
    AD_DETAIL,
)
