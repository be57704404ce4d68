"""How a moment is printed in each locale: by Babel's own tables, which are not those of the reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from pipeline.errors import SettingsError
from pipeline.reading.cldr import load_cldr
from pipeline.sample.eras import NNBSP, Era

if TYPE_CHECKING:
    from babel import Locale

# The digit 0 of the numbering systems that CLDR makes some locale's own; all others print 0 to 9.
ZEROS = {"arab": "٠", "arabext": "۰", "beng": "০", "deva": "०", "mymr": "၀"}


def list_locales() -> tuple[str, ...]:
    """List the locales whose dates the reader knows, as CLDR names them."""
    return tuple(load_cldr()["locales"])


def find_locale(name: str) -> Locale:
    """Return Babel's tables for a locale such as ``de``, ``pt-BR`` or ``zh_TW``.

    Raises ``SettingsError`` for one whose language is not known.
    """
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(name.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        locale = None
    known = sorted({known.partition("_")[0] for known in list_locales()})
    if locale is None or locale.language not in known:
        raise SettingsError(
            f"No dates are known in the locale {name!r}",
            where="locale",
            remedy=f"Give one of these languages, or one with its country (pt_BR): {', '.join(known)}.",
        )
    return locale


def name_zone(moment: datetime, locale: Locale) -> tuple[str, int]:
    """Return the short name that is printed for an aware moment's zone, and its offset in seconds.

    CLDR's name in the locale (``MEZ``), else the letters of the time zone database (``CET``), else
    ``GMT+05:45``.
    """
    offset = int(moment.utcoffset().total_seconds())  # type: ignore[union-attr]  # it is aware
    name = _name_in_cldr(moment, locale) or moment.strftime("%Z")
    if not name.isalpha():
        sign = "-" if offset < 0 else "+"
        name = f"GMT{sign}{abs(offset) // 3600:02}:{abs(offset) // 60 % 60:02}"
    return name, offset


def _name_in_cldr(moment: datetime, locale: Locale) -> str | None:
    """Look in the locale alone: Babel's own search ends in long names and bare offsets."""
    from babel.core import get_global

    key = str(moment.tzinfo)
    zone = get_global("zone_aliases").get(key, key)
    season = "daylight" if moment.dst() else "standard"
    metazone = get_global("meta_zones").get(zone)
    names = (
        tables.get("short", {}).get(season)
        for tables in (locale.time_zones.get(zone, {}), locale.meta_zones.get(metazone, {}))
    )
    return next((str(name) for name in names if name and name != "∅∅∅"), None)


def choose_zone(exported: datetime, locale: Locale, era: Era) -> tuple[str | None, int]:
    """Return the zone that an export prints in, if it prints one, and its offset in seconds.

    It is the one of the account (in which ``exported`` is aware) at that time, until 2018 UTC.
    """
    if era.zones == "account":
        return name_zone(exported, locale)
    return era.zones, 0


def make_clock(locale: Locale, era: Era, zone: str | None, offset: int) -> Callable[[int], str]:
    """Return what prints a moment (seconds since 1970) in one zone, whatever the season."""
    after = f" {zone}" if zone else ""
    date_form, time_form = locale.date_formats["medium"], locale.time_formats["medium"]
    both = str(locale.datetime_formats["medium"])
    zero = ord(ZEROS.get(locale.default_numbering_system, "0"))
    digits = {ord(str(digit)): zero + digit for digit in range(10)}

    @cache
    def print_date(day: int) -> str:
        return str(date_form.apply(datetime.fromtimestamp(day * 86400, UTC).date(), locale)).translate(digits)

    @cache
    def print_time(second: int) -> str:
        at = datetime.fromtimestamp(second, UTC).time()
        printed = str(time_form.apply(at, locale)).replace(NNBSP, era.before_half)
        return printed.translate(digits)

    def print_moment(utc: int) -> str:
        day, second = divmod(utc + offset, 86400)
        return both.replace("{1}", print_date(day)).replace("{0}", print_time(second)) + after

    return print_moment
