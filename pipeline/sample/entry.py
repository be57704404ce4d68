"""One entry as the invented person made it, before any language, markup or time zone."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """A line below a title or under ``Details:``; most are links."""

    text: str
    url: str | None = None


class Place(NamedTuple):
    """Where the invented person lives, as an entry's caption names it, now and until 2018."""

    name: str = "this general area"
    url: str = "https://www.google.com/maps/@?api=1&map_action=map&center=48.9,2.3&zoom=12"
    address: str = "https://google.com/maps?q=48.90,2.30"
    source: str = "your places"
    source_url: str = "https://support.google.com/maps/answer/1"


HOME = Place()


class Entry(NamedTuple):
    """What was done and when, in Google's English; each file says it in its own language.

    ``phrase`` is what Google prints, ``{}`` where ``title``, the person's own part, stands in it.
    """

    utc: int  # seconds since 1970
    product: str
    action: str  # as it was meant
    phrase: str
    title: str = ""
    url: str | None = None
    below: tuple[Line, ...] = ()
    details: tuple[Line, ...] = ()
    at_home: bool = False  # its caption names the place
    in_history: bool = False  # the copy in YouTube's own folder
    dated: bool = True  # else it was cut before its time

    @property
    def setting(self) -> str:
        """Google's name of the setting that had the entry saved."""
        return "YouTube watch history" if self.product == "YouTube" else "Web & App Activity"
