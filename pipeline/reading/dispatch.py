"""What a file of an archive is: by its markup, which no language changes, then by its name.

Whatever is not read has a reason; an unknown file is counted, never passed over in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

Kind = Literal["my_activity_html", "ignored", "unread", "unknown", "refused"]

HEAD_BYTES = 1 << 19  # real files begin with about 141 KB of inline CSS before the first entry

CELL_MARKUP = re.compile(rb'class="(?:outer|content|header)-cell')
EMPTY_PAGE = re.compile(rb"<title>My Activity History</title>")
HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|div)\b", re.IGNORECASE)
JSON_ACTIVITY = re.compile(
    rb'"Browser History"\s*:|"header"\s*:.{0,4000}"time"\s*:|"event"\s*:\s*\[\s*\{\s*"query"\s*:', re.DOTALL
)
ACTIVITY_NAMES = re.compile(
    r"my ?activity|watch-history|search-history|browserhistory|history|searches/.* to .*", re.IGNORECASE
)
_PICTURES = "jpg jpeg png gif webp heic heif bmp tif tiff svg dng raw mp4 m4v mov avi mkv webm 3gp"
_SOUNDS = "mp3 m4a wav ogg opus flac amr"
_PAPERS = "mbox eml ics vcf csv tsv pdf doc docx xls xlsx ppt pptx odt txt md epub kml kmz gpx tcx xml"
_OTHERS = "apk exe zip tgz gz tar 7z rar css js ttf otf woff woff2 db sqlite bin ini"
NEVER_ACTIVITY = frozenset(f"{_PICTURES} {_SOUNDS} {_PAPERS} {_OTHERS}".split())


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is, and why it is not read."""

    kind: Kind
    reason: str | None = None


def needs_head(name: str) -> bool:
    """Say whether the first bytes matter: photos and the like are settled by name and never opened."""
    return _extension(name) not in NEVER_ACTIVITY


def recognise(name: str, head: bytes) -> Recognised:
    """Tell what the file is from its path below ``Takeout/`` and its first ``HEAD_BYTES`` bytes."""
    extension = _extension(name)
    if extension in NEVER_ACTIVITY:
        return Recognised("ignored", f"not activity (.{extension})")
    path = PurePosixPath(name)
    if extension == "json" or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        if JSON_ACTIVITY.search(head) or ACTIVITY_NAMES.fullmatch(path.stem):
            return Recognised("unread", "JSON activity is not read yet")
        return Recognised("ignored", "not activity (.json)")
    if CELL_MARKUP.search(head) or EMPTY_PAGE.search(head):
        return Recognised("my_activity_html")
    if HTML.match(head) or extension in ("html", "htm"):
        if len(path.parts) == 1:
            return Recognised("ignored", "the archive's own index")
        if not head:
            return Recognised("unknown", "an empty file")
        return Recognised("unknown", "HTML without activity markup")
    return Recognised("unknown", f"unknown kind of file ({'.' + extension if extension else 'no extension'})")


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.lower().lstrip(".")
