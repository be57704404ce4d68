"""What a file of an archive is: by its markup and keys, which no language changes, then by its name.

Whatever is not read has a reason; an unknown file is counted, never passed over in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

Kind = Literal["my_activity_html", "activity_json", "ignored", "unread", "unknown", "refused"]
READ_KINDS = frozenset({"my_activity_html", "activity_json"})

HEAD_BYTES = 1 << 19  # real files begin with about 141 KB of inline CSS before the first entry

CELL_MARKUP = re.compile(rb'class="(?:outer|content|header)-cell')
EMPTY_PAGE = re.compile(rb"<title>My Activity History</title>")
HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|div)\b", re.IGNORECASE)
UTF_16 = re.compile(rb"\xff\xfe|\xfe\xff|\0[<\[{]|[<\[{]\0")

JSON = re.compile(rb"(?:\xef\xbb\xbf)?[\s\0]*[\[{]")
JSON_TIME = re.compile(rb'"time"\s*:\s*"\d{4}-\d\d-\d\dT')
JSON_ENTRY = re.compile(rb'"(?:header|titleUrl|products|activityControls)"\s*:')
JSON_HISTORY = re.compile(
    rb'"Browser History"\s*:\s*\['  # Chrome
    rb'|"event"\s*:\s*\[\s*\{\s*"query"\s*:'  # Searches/, until 2018
    rb'|"playlistId"\s*:\s*"HL'  # the list of watched videos, until 2018
)
LOOKS = {  # what else a Takeout holds
    "location history: not read by Almanac": rb'"(?:latitudeE7|timelineObjects|semanticSegments|placeVisit)"',
    "pictures and videos": rb'"(?:photoTakenTime|photoLastModifiedTime|geoDataExif)"',
    "health and fitness": rb'"(?:Data Points|Data Source|fitnessActivity)"',
    "lists of YouTube": rb'"youtube#|"snippet"\s*:',
    "notes and tasks": rb'"(?:isTrashed|textContent)"\s*:|"kind"\s*:\s*"tasks#|<div class="note\b',
    "messages": rb'"(?:messages|conversations)"\s*:\s*\[',
    "bookmarks": rb"NETSCAPE-Bookmark-file",
    "settings, not activity": rb'"[^"\n]{0,40}(?:[Ss]etting|[Pp]reference)s?"\s*:',
}

# Where the beginning of a file says nothing: an empty array, or Chrome's history behind its settings.
HISTORY_NAMES = re.compile(
    r"my ?activity|(?:browser|watch-|search-)?history|searches/.* to .*"
    r"|verlauf|wiedergabeverlauf|suchverlauf|historial|historique|geschiedenis|kijkgeschiedenis"
    r"|zoekgeschiedenis|histórico|historia|cronologia|tarih|geçmiş|历史记录|观看记录|搜索记录"
    r"|시청 기록|검색 기록|السجل\u0651?",
    re.IGNORECASE,
)
TALK = re.compile(r"(?:^|[/ -])(?:comments|live[ -]chats?|live-chat-messages)[/.]", re.IGNORECASE)

_PICTURES = "jpg jpeg png gif webp heic heif bmp tif tiff svg dng raw mp4 m4v mov avi mkv webm 3gp"
_REASONS = {
    "pictures and videos": _PICTURES,
    "sounds": "mp3 m4a wav ogg opus flac amr",
    "mail": "mbox eml",
    "contacts and calendars": "vcf ics",
    "tables": "csv tsv",
    "documents": "pdf doc docx xls xlsx ppt pptx odt txt md epub xml",
    "maps and tracks": "kml kmz gpx tcx",
    "an archive inside the archive": "zip tgz gz tar 7z rar",
    "an unfinished download": "crdownload part partial download opdownload",
    "programs and parts of pages": "apk exe css js ttf otf woff woff2 db sqlite bin ini",
}
NEVER_ACTIVITY = {extension: reason for reason, line in _REASONS.items() for extension in line.split()}
PICTURE_NOTE = re.compile(rf"\.(?:{_PICTURES.replace(' ', '|')})\b[^/]*\.json\Z", re.IGNORECASE)
RENAMED = frozenset({"txt"})  # a page that was saved under another name


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is, and why it is not read."""

    kind: Kind
    reason: str | None = None


def needs_head(name: str) -> bool:
    """Say whether the first bytes matter: photos and the like are settled by name and never opened."""
    return _settle_by_name(name) is None


def recognise(name: str, head: bytes) -> Recognised:
    """Tell what the file is from its path below ``Takeout/`` and its first ``HEAD_BYTES`` bytes."""
    if reason := _settle_by_name(name):
        return Recognised("ignored", reason)
    path, extension = PurePosixPath(name), _extension(name)
    if not head:
        return Recognised("unknown", "an empty file")
    if UTF_16.match(head):
        return Recognised("unread", "UTF-16, where Google writes UTF-8")
    if CELL_MARKUP.search(head) or EMPTY_PAGE.search(head):
        return Recognised("my_activity_html")
    if extension == "json" or JSON.match(head):
        return _recognise_json(path, head)
    if HTML.match(head) or extension in ("html", "htm"):
        if reason := _find_look(head):
            return Recognised("ignored", reason)
        if len(path.parts) == 1:
            return Recognised("ignored", "the archive's own index")
        if TALK.search(name):
            return Recognised("ignored", "comments and chats")
        return Recognised("unknown", "HTML without activity markup")
    if reason := NEVER_ACTIVITY.get(extension):
        return Recognised("ignored", reason)
    return Recognised("unknown", f"unknown kind of file ({'.' + extension if extension else 'no extension'})")


def _recognise_json(path: PurePosixPath, head: bytes) -> Recognised:
    if (JSON_TIME.search(head) and JSON_ENTRY.search(head)) or JSON_HISTORY.search(head):
        return Recognised("activity_json")
    named = any(map(HISTORY_NAMES.fullmatch, (path.stem, f"{path.parent.name}/{path.stem}")))
    look = _find_look(head)
    if named and (look is None or b'"snippet"' in head):
        return Recognised("activity_json")
    return Recognised("ignored", look or "JSON that is not activity")


def _find_look(head: bytes) -> str | None:
    return next((reason for reason, pattern in LOOKS.items() if re.search(pattern, head)), None)


def _settle_by_name(name: str) -> str | None:
    """Return why a file is not activity where its name says so."""
    if PICTURE_NOTE.search(name):
        return NEVER_ACTIVITY["jpg"]
    extension = _extension(name)
    return None if extension in RENAMED else NEVER_ACTIVITY.get(extension)


def _extension(name: str) -> str:
    stem, dot, extension = name.rpartition("/")[2].rpartition(".")  # not by pathlib: it may be 300,000 photos
    return extension.lower() if stem and dot else ""
