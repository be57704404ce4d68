"""The names of members: which ones lead out of their archive, and what they are called below ``Takeout/``."""

from __future__ import annotations

import re
import unicodedata

SPACES = re.compile("[ \u00a0\u202f]+")  # 2019 wrote "My Activity" with U+00A0, French folders still do
# What stands for a byte that is none in a tar's or folder's names, and what would command a terminal.
NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def leads_out(name: str) -> bool:
    """Tell whether a member's name climbs (``..``), is absolute, or holds a NUL."""
    below = name.replace("\\", "/")
    return (
        below.startswith("/")
        or ".." in below.split("/")
        or "\0" in name
        or re.match(r"[A-Za-z]:", name) is not None
    )


def clean_name(name: str) -> str | None:
    """Turn a member's name into its path below ``Takeout/``; ``None`` for the litter of macOS."""
    parts = [part for part in compose_name(name).split("/") if part not in ("", ".")]
    if not parts or "__MACOSX" in parts or parts[-1].startswith("._") or parts[-1] == ".DS_Store":
        return None
    folders = [part.casefold() for part in parts[:-1]]
    return "/".join(parts[folders.index("takeout") + 1 :] if "takeout" in folders else parts)


def compose_name(name: str) -> str:
    """Write a name with forward slashes, composed letters, as macOS does not, and plain spaces."""
    text = NO_TEXT.sub("\ufffd", name.replace("\\", "/"))
    return SPACES.sub(" ", unicodedata.normalize("NFC", text))
