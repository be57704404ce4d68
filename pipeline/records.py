"""The records that travel from an archive to the tables; they need nothing but the standard library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, NamedTuple


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file of an archive, not yet opened.

    ``name`` is its path below ``Takeout/`` with forward slashes; ``open`` gives a fresh binary
    stream each time (of a tgz, slowly unless the archive stands at this file). ``refused`` says why
    it must not or cannot be opened: a link, a path that leads out of the archive, a password.
    """

    name: str
    n_bytes: int
    open: Callable[[], IO[bytes]]
    refused: str | None = None


class Cell(NamedTuple):
    """The bytes of one entry: of HTML from ``<div class="outer-cell`` to the next one, of JSON an object."""

    position: int  # ordinal in the file, from 0
    offset: int  # of the first byte in the file
    content: bytes


class Location(NamedTuple):
    """One place that an entry's caption names."""

    name: str | None
    url: str | None
    source: str | None
    source_url: str | None


class Detail(NamedTuple):
    """One line under ``Details:`` of an entry's caption."""

    text: str
    url: str | None


class Activity(NamedTuple):
    """One thing that the owner did. Missing is ``None``, never ``''``."""

    position: int
    time_ms: int  # milliseconds since 1970, UTC
    product: str  # Google's English name in snake_case: search, youtube, image_search …
    action: str  # searched, visited, viewed, watched, used, listened, asked, notified, other
    text: str | None  # the query or title, verb removed
    url: str | None  # unwrapped
    site: str | None  # registrable domain of ``url``
    channel: str | None
    mark: str | None  # None, 'ad' or 'boilerplate': patterns leave marked rows out
    header: str | None  # as printed
    language: str | None
    zone: str | None  # as printed
    offset_minutes: int  # as applied to the printed clock
    locations: tuple[Location, ...] = ()
    details: tuple[Detail, ...] = ()


class Skipped(NamedTuple):
    """One entry that could not be read: where it lies, why, and its first 64 kB."""

    position: int
    offset: int
    length: int
    reason: str
    content: bytes


KEPT_BYTES = 65_536
