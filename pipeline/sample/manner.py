"""How one export is written: in which language and format, by the habits of which era, in which zone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import SettingsError
from pipeline.sample.clocks import choose_zone, find_locale, make_clock
from pipeline.sample.entry import Entry
from pipeline.sample.eras import Era, find_era
from pipeline.sample.html_page import write_html
from pipeline.sample.json_page import write_json
from pipeline.sample.languages import Say, speak

# Takeout asks for the format of each product: these are the ones in JSON.
FORMATS: dict[str, Callable[[str], bool]] = {
    "html": lambda product: False,
    "json": lambda product: True,
    "mixed": lambda product: product == "YouTube",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """What the writers of an export's files need to know; ``zone`` is the one that HTML prints."""

    say: Say
    era: Era
    is_json: Callable[[str], bool]
    zone: str | None
    clock: Callable[[int], str]

    def name_file(self, entry: Entry) -> str:
        """Return the path below ``Takeout/`` of the file that holds an entry."""
        say = self.say
        names = ["YouTube and YouTube Music", "history", "watch-history"]
        if not entry.in_history:
            names = ["My Activity", entry.product, "MyActivity"]
        return "/".join(map(say, names)) + (".json" if self.is_json(entry.product) else ".html")

    def write_file(self, name: str, entries: Iterable[Entry]) -> Iterator[bytes]:
        """Yield a file in pieces; ``entries`` come newest first."""
        if name.endswith(".json"):
            return write_json(entries, self.say)
        return write_html(entries, self.say, self.era, self.clock)


def find_manner(locale: str, format: str, era: str, exported: datetime) -> Manner:
    """Return the manner of an export made at ``exported``, aware and in the account's zone.

    Raises ``SettingsError`` where one of these is not known.
    """
    if format not in FORMATS:
        raise SettingsError(
            f"No format is called {format!r}", where="format", remedy=f"Choose one of {', '.join(FORMATS)}."
        )
    tables, habits = find_locale(locale), find_era(era)
    zone, offset = choose_zone(exported, tables, habits)
    clock = make_clock(tables, habits, zone, offset)
    return Manner(speak(str(tables)), habits, FORMATS[format], zone, clock)
