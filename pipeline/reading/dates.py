"""The forms in which Google prints a date and time: one line → the clock as printed, and its zone.

A form reads what CLDR gives its locales as *medium date, medium time, short zone*, loosely: commas, dots
and spaces come and go from one CLDR to the next, and so do little words such as "um" or "г.".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import product, starmap
from typing import NamedTuple

from pipeline.reading.calendars import PERSIAN_MONTHS, UNREAD_CALENDAR, count_days
from pipeline.reading.cldr import LocaleDates, load_cldr
from pipeline.reading.date_patterns import (
    MARK,
    Frame,
    compile_clock,
    compile_frame,
    find_noise,
    tidy_line,
    write_western,
)
from pipeline.reading.timestamps import looks_like_zone

NO_DATE = "no date in a known form"
OTHER_ORDER = "a date that contradicts the day/month order of its file"
OTHER_CALENDAR = "a date in a calendar that is not read yet"

ENGLISH_LOCALES = ("en", "en_AU", "en_CA", "en_GB", "en_IE", "en_IN", "en_NZ", "en_SG", "en_ZA")
# Numbers alone, where no locale's form fits.
_TIMES, _JOINS = ("H:mm:ss", "h:mm:ss a", "H.mm.ss"), ("{1}, {0}",)
GENERIC = {
    "d/M/y": LocaleDates(dates=("d/M/y", "d.M.y", "d-M-y"), times=_TIMES, joins=_JOINS),
    "y/M/d": LocaleDates(dates=("y/M/d", "y.M.d", "y-M-d"), times=_TIMES, joins=_JOINS),
}

LONGEST_LINE = 160  # characters; the longest date is about 60
MOST_SEEN = 8_192  # frames kept: a day of a file prints one or two
_HALVES = {"am": ((0, 12),), "pm": ((12, 24),)}
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000

Spans = tuple[tuple[int, int], ...]


class Printed(NamedTuple):
    """A clock as printed: milliseconds since 1970 on that clock, and the text of its zone."""

    clock_ms: int
    zone: str | None


class _Seen(NamedTuple):
    """What a frame says: the day, what its hours mean (as printed → milliseconds), the zone."""

    day_ms: int
    hours: dict[str, int]
    zone: str | None


@dataclass(frozen=True, slots=True, eq=False)
class _Reader:
    """One locale, made ready to read."""

    frames: tuple[Frame, ...]
    clocks: tuple[re.Pattern[str], ...]
    months: Mapping[str, int]
    periods: Mapping[str, Spans]
    zone_first: bool  # the zone may stand before the clock
    both: bool  # a part of the day may stand beside an hour of 24


class DateForm:
    """One way to print a date: its name (``de``; several locales with one form: ``en_AU en_IN``).

    ``reads``: the locales whose patterns it reads; ``swapped``: day and month, both numbers, the other
    way round than those say. What it saw around a clock it keeps, since a file prints it again and again.
    """

    def __init__(self, locale: str, reads: Sequence[str] = (), *, swapped: bool = False) -> None:
        self.locale, self.reads, self.swapped = locale, tuple(reads) or (locale,), swapped
        self._seen: dict[tuple[str, str], _Seen | None] = {}

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.locale, self.reads, self.swapped)

    @cached_property
    def _clocks(self) -> tuple[Callable[[str], re.Match[str] | None], ...]:
        clocks = dict.fromkeys(clock for name in self.reads for clock in _load_reader(name).clocks)
        return tuple(clock.fullmatch for clock in clocks)

    @cached_property
    def _sign(self) -> str:
        """What every line that is a date holds; most lines that are none do not."""
        readers = map(_load_reader, self.reads)
        return ":" if all(":" in clock.pattern for reader in readers for clock in reader.clocks) else ""

    def read(self, line: str) -> Printed | None:
        """Read a line that is a date and time and nothing else; ``None`` for every other line."""
        if len(line) > LONGEST_LINE or self._sign not in line:
            return None
        for cut in self._clocks:
            match = cut(line)
            if match is not None:
                head, hour, minute, second, tail = match.groups()
                seen = self._seen.get((head, tail), _NEW)
                if seen is _NEW:
                    seen = self._learn(head, tail)
                if seen is not None:
                    hour_ms = seen.hours.get(hour)
                    if hour_ms is None:
                        hour_ms = seen.hours.get(str(int(hour)))  # digits of another script
                    m, s = int(minute), int(second)
                    if hour_ms is None or m > 59 or s > 59:
                        return None
                    return Printed(seen.day_ms + hour_ms + m * _MINUTE + s * 1000, seen.zone)
        return None

    def swap(self) -> DateForm | None:
        """Return the form with day and month exchanged; ``None`` where they cannot be."""
        if not any(frame.numeric for frame, _ in self._frames):
            return None
        if self.swapped:
            return DateForm(" ".join(self.reads), self.reads)
        name = "M/d/y" if self.locale == "d/M/y" else f"{self.locale} M/d/y"
        return DateForm(name, self.reads, swapped=True)

    def name_failure(self, lines: Sequence[str]) -> str:
        """Say why none of the lines, which it could not read, is a date."""
        for line in lines:
            if len(line) <= LONGEST_LINE and (any(cut(line) for cut in self._clocks)):
                other = DateForm(self.locale, self.reads, swapped=not self.swapped)
                if other.read(line):
                    return OTHER_ORDER
                if UNREAD_CALENDAR.search(write_western(line)):
                    return OTHER_CALENDAR
        return NO_DATE

    def _learn(self, head: str, tail: str) -> _Seen | None:
        if len(self._seen) >= MOST_SEEN:
            self._seen.clear()
        line = tidy_line(f"{head}{MARK}{tail}")
        found = (
            self._understand(match, reader)
            for frame, readers in self._frames
            if (match := frame.regex.fullmatch(line)) is not None
            for reader in readers
        )
        seen = self._seen[head, tail] = next(filter(None, found), None)
        return seen

    @cached_property
    def _frames(self) -> list[tuple[Frame, list[_Reader]]]:
        """Each frame once, with the locales that have it."""
        frames: dict[str, tuple[Frame, list[_Reader]]] = {}
        for reader in map(_load_reader, self.reads):
            for frame in reader.frames:
                if frame.numeric or not self.swapped:
                    frames.setdefault(frame.regex.pattern, (frame, []))[1].append(reader)
        return list(frames.values())

    def _understand(self, match: re.Match[str], reader: _Reader) -> _Seen | None:
        beside = _read_beside(match["before"], match["after"], match["rest"], reader)
        if beside is None:
            return None
        day, year, name = int(match["d"]), int(match["y"]), match.groupdict().get("N")
        month = reader.months.get(write_western(name), 0) if name else int(match["M"])
        if self.swapped:
            day, month = month, day
        days, (spans, zone) = count_days(year, month, day), beside
        return None if days is None else _Seen(days * _DAY, _lay_out_hours(spans, reader.both), zone)


_NEW = _Seen(0, {}, None)


def _rebuild(locale: str, reads: Sequence[str], swapped: bool) -> DateForm:
    return DateForm(locale, reads, swapped=swapped)


@cache
def _load_reader(locale: str) -> _Reader:
    record = GENERIC.get(locale) or load_cldr()["locales"][locale]
    frames = {
        frame.regex.pattern: frame
        for frame in starmap(compile_frame, product(record["dates"], record["joins"]))
    }
    clocks = dict.fromkeys(map(compile_clock, record["times"]))
    months = {name: k for k, names in enumerate(record.get("months", ()), start=1) for name in names}
    if locale == "fa":
        months |= PERSIAN_MONTHS
    words = {
        _fold(word): tuple((a, b) for a, b in spans) for word, spans in record.get("periods", {}).items()
    }
    noise = {_fold(word): ((0, 24),) for word in map(find_noise, record["times"]) if word}
    both = any("H" in time and re.search("[aBb]", time) for time in record["times"])
    periods = {**_HALVES, **words, **noise}
    first = record.get("zone_first", False)
    return _Reader(tuple(frames.values()), tuple(clocks), months, periods, first, both)


@lru_cache(maxsize=4096)
def _read_beside(
    before: str, after: str, rest: str, reader: _Reader
) -> tuple[Spans | None, str | None] | None:
    """Read part of the day and zone from what stands beside the clock; ``None`` where it is neither."""
    spans: Spans | None = None
    zone: str | None = None
    for text in (before, after, rest):
        words = text.strip(" ,()[]").split()
        for k in range(len(words) + 1):  # before a clock the zone stands first, after it the part of the day
            m = k if text is before else len(words) - k
            part, other = (words[m:], words[:m]) if text is before else (words[:m], words[m:])
            found, name = reader.periods.get(_fold("".join(part))), " ".join(other)
            may_name = (text is not before or reader.zone_first) and _fold(name) not in reader.periods
            if (found or not part) and (not name or (may_name and looks_like_zone(name))):
                if (found and spans) or (name and zone):
                    return None
                spans, zone = found or spans, name or zone
                break
        else:
            return None
    return spans, zone


def _fold(word: str) -> str:
    """Make ``p. m.``, ``p.m.`` and ``PM`` one."""
    return re.sub(r"[.\s]", "", word).lower()


@cache
def _lay_out_hours(spans: Spans | None, both: bool) -> dict[str, int]:
    """Say what each printed hour means within a part of the day (``((12, 24),)``), in milliseconds."""
    hours: dict[str, int] = {}
    for printed in range(24):
        if spans in (None, ((0, 24),)) or (both and printed > 12):
            hour = printed
        elif not 1 <= printed <= 12 and not both:
            continue
        else:
            fits = [h for h in (printed % 12, printed % 12 + 12) if any(a <= h < b for a, b in spans or ())]
            hour = fits[0] if len(fits) == 1 else printed % 12 + 12 * ((spans or ((0, 0),))[0][0] >= 12)
        hours |= {str(printed): hour * _HOUR, f"{printed:02}": hour * _HOUR}
    return hours


ENGLISH = DateForm("en", ENGLISH_LOCALES)


def recall_form(name: str) -> DateForm:
    """Return the form that has this name, as a file's line in the ledger gives it."""
    names = name.split()
    swapped = names[-1] == "M/d/y"
    reads = (names[:-1] or ["d/M/y"]) if swapped else names
    if set(reads) <= set(ENGLISH_LOCALES):
        reads = list(ENGLISH_LOCALES)
    return DateForm(name, reads, swapped=swapped)
