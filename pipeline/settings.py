"""The owner's settings: command line over environment over ``almanac.toml`` over what the tables remember
over what the system says.
"""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.errors import SettingsError

KEYS = (
    "out", "home_zone", "weekend", "first_weekday", "free_days", "filter", "skip_limit", "strict", "redact",
    "coarse", "server_off_machine",
)  # fmt: skip
PREFIX = "ALMANAC_"  # of a variable in the environment, before the key in capitals
SKIP_LIMIT = 0.02
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ZoneSpan(NamedTuple):
    """From the local midnight of ``since`` on (``None``: always), home was in ``zone``."""

    since: date | None
    zone: str


class FreeSpan(NamedTuple):
    """Free days, both ends counted."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Settings:
    """What one run needs to know. Weekdays count from 0, Monday."""

    out: Path
    home_zone: tuple[ZoneSpan, ...]
    weekend: tuple[int, ...]
    first_weekday: int
    product: str | None = None  # the subject, when the owner filters; else patterns choose it
    action: str | None = None
    skip_limit: float = SKIP_LIMIT  # the share of entries set aside, above which an ingest does not end well
    strict: bool = False  # no entry may be set aside
    free_days: tuple[FreeSpan, ...] = ()  # besides weekends; in order, apart from one another
    redact: bool = False  # patterns, pictures and report without what names or places their owner
    coarse: bool = False  # and without a date finer than a month; never without ``redact``
    server_off_machine: bool = False  # Prefect may be on another machine, which then sees what Prefect shows


def load_settings(
    command_line: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    recall: Callable[[Path], Sequence[str]] = lambda out: (),
) -> Settings:
    """Settle every setting, reading ``almanac.toml`` in or beside the outputs, else in the config folder.

    ``command_line`` holds only the options that were given; ``recall`` gives the lines of ``home_zone`` with
    which the tables in a folder were made, which come before the system's zone. Raises ``SettingsError``.
    """
    given = {key: value for key, value in (command_line or {}).items() if value is not None}
    environment = os.environ if environment is None else environment
    folder = folder or Path.cwd()
    variables = {
        key: environment[PREFIX + key.upper()] for key in KEYS if environment.get(PREFIX + key.upper())
    }
    out = folder / Path(given.get("out") or variables.get("out") or _default_out(folder)).expanduser()
    lines = _read_toml(out)
    if "out" in lines and "out" not in given and "out" not in variables:
        out = folder / Path(str(lines["out"])).expanduser()
    merged: dict[str, Any] = {**lines, **variables, **given}
    home = merged["home_zone"] if "home_zone" in merged else list(recall(out)) or find_system_zone()
    zones = _read_home_zone(home)
    weekend, first = _week_of(zones[-1].zone)
    if "weekend" in merged:
        weekend = _read_weekend(merged["weekend"])
    if "first_weekday" in merged:
        first = _read_weekday(merged["first_weekday"], "first_weekday")
    product, action = _read_filter(merged.get("filter"))
    limit = _read_share(merged.get("skip_limit", SKIP_LIMIT), "skip_limit")
    strict = _read_switch(merged.get("strict", False), "strict")
    free_days = _read_free_days(merged.get("free_days", ()))
    redact, coarse, off_machine = (
        _read_switch(merged.get(key, False), key) for key in ("redact", "coarse", "server_off_machine")
    )
    if coarse and not redact:
        raise SettingsError(
            "coarse is set without redact",
            where="coarse",
            remedy="Give --redact --coarse: the one hides words and places, the other the days as well.",
        )
    return Settings(
        out, zones, weekend, first, product, action, limit, strict, free_days, redact, coarse, off_machine
    )


def is_checkout(folder: Path) -> bool:
    """Say whether a folder is a checkout of Almanac's own source."""
    project = folder / "pyproject.toml"
    return project.is_file() and b'name = "takeout-almanac"' in project.read_bytes()


def _default_out(folder: Path) -> Path:
    if is_checkout(folder):
        return folder / "outputs"
    from platformdirs import user_data_path

    return user_data_path("almanac", appauthor=False)


def _read_toml(out: Path) -> dict[str, Any]:
    from platformdirs import user_config_path

    for place in (out, out.parent, user_config_path("almanac", appauthor=False)):
        path = place / "almanac.toml"
        if not path.is_file():
            continue
        try:
            lines = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(
                "The settings are not valid TOML", where=str(path), remedy=f"{error}."
            ) from error
        for key in lines:
            if key not in KEYS:
                raise SettingsError(
                    f"Unknown setting {key!r}", where=str(path), remedy=f"Known settings: {', '.join(KEYS)}."
                )
        return lines
    return {}


def _read_home_zone(value: Any) -> tuple[ZoneSpan, ...]:
    """Read a zone, or lines of a date and a zone (in one text: with commas); the first reaches back."""
    lines = value.split(",") if isinstance(value, str) else value
    spans = []
    try:
        for *since, zone in [line.split() for line in lines]:
            spans.append(ZoneSpan(date.fromisoformat("".join(since)) if since else None, _checked_zone(zone)))
        dates = [span.since or date.min for span in spans]
        if len(set(dates)) < len(dates) or not dates:
            raise ValueError("no line, or two of one date")
    except (ValueError, TypeError, AttributeError) as error:
        raise SettingsError(
            "A line of home_zone cannot be read",
            where="home_zone",
            remedy="Write a zone such as Europe/Paris, or lines such as '2015-08-20 America/Chicago'.",
        ) from error
    first, *later = sorted(spans, key=lambda span: span.since or date.min)
    return (ZoneSpan(None, first.zone), *later)


def find_system_zone() -> str:
    """Return the name of this machine's time zone; raise ``SettingsError`` where it says none."""
    from tzlocal import get_localzone_name

    try:
        return get_localzone_name() or "UTC"
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            "The system does not say in which time zone it is",
            where="home_zone",
            remedy="Give --home-zone, with a name such as Europe/Paris.",
        ) from error


def _checked_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(
            f"Unknown time zone {name!r}", where="home_zone", remedy="Use a name such as Europe/Paris."
        ) from error
    return name


def _week_of(zone: str) -> tuple[tuple[int, ...], int]:
    """Return the weekend's days and the first weekday of the zone's country, by CLDR."""
    from babel import Locale, UnknownLocaleError
    from babel.core import get_global

    aliases = get_global("zone_aliases")
    country = get_global("zone_territories").get(aliases.get(zone, zone))
    if country in (None, "ZZ", "001"):
        return (5, 6), 0
    try:
        locale = Locale.parse(f"und_{country}")
    except UnknownLocaleError:  # a country with no language in CLDR, such as Antarctica
        return (5, 6), 0
    start, end = locale.weekend_start, locale.weekend_end
    n_days = (end - start) % 7 + 1
    return tuple(sorted((start + k) % 7 for k in range(n_days))), locale.first_week_day


def _read_weekend(value: Any) -> tuple[int, ...]:
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    days = {_read_weekday(name, "weekend") for name in names} if isinstance(names, list) else set()
    if not 1 <= len(days) <= 6:
        raise SettingsError(
            "A weekend has from one to six days", where="weekend", remedy="Write friday,saturday."
        )
    return tuple(sorted(days))


def _read_weekday(name: Any, where: str) -> int:
    matches = [
        k for k, day in enumerate(DAY_NAMES) if len(str(name)) >= 3 and day.startswith(str(name).lower())
    ]
    if len(matches) != 1:
        raise SettingsError(f"Unknown weekday {name!r}", where=where, remedy="Use names such as saturday.")
    return matches[0]


def _read_free_days(value: Any) -> tuple[FreeSpan, ...]:
    """Read dates and spans such as 2021-12-20/2022-01-07, in one text with commas; join those that touch."""
    lines = value.split(",") if isinstance(value, str) else value
    try:
        spans = sorted(_read_span(line) for line in lines)
    except (ValueError, TypeError) as error:
        raise SettingsError(
            "A line of free_days cannot be read",
            where="free_days",
            remedy="Write dates such as 2022-05-01, or spans such as 2021-12-20/2022-01-07.",
        ) from error
    joined: list[FreeSpan] = []
    for span in spans:
        if joined and (span.first - joined[-1].last) <= timedelta(days=1):
            joined[-1] = FreeSpan(joined[-1].first, max(joined[-1].last, span.last))
        else:
            joined.append(span)
    return tuple(joined)


def _read_span(line: Any) -> FreeSpan:
    first, between, last = (part.strip() for part in str(line).partition("/"))
    span = FreeSpan(date.fromisoformat(first), date.fromisoformat(last if between else first))
    if span.last < span.first:
        raise ValueError("a span that ends before it starts")
    return span


def _read_filter(value: Any) -> tuple[str | None, str | None]:
    """Read ``product=youtube,action=watched``."""
    if value is None:
        return None, None
    pairs = [part.strip().partition("=")[::2] for part in str(value).split(",")]
    chosen = {name.strip(): choice.strip() for name, choice in pairs}
    if set(chosen) - {"product", "action"} or len(chosen) < len(pairs) or not all(chosen.values()):
        raise SettingsError(
            f"Unreadable filter {value!r}", where="filter", remedy="Write product=youtube,action=watched."
        )
    return chosen.get("product"), chosen.get("action")


def _read_share(value: Any, where: str) -> float:
    try:
        share = float(value)
    except (TypeError, ValueError):
        share = math.nan
    if isinstance(value, bool) or not 0 <= share <= 1:
        raise SettingsError(
            f"{value!r} is no share", where=where, remedy="Write one from 0 to 1, such as 0.02."
        )
    return share


def _read_switch(value: Any, where: str) -> bool:
    if value not in (True, False, "true", "false"):
        raise SettingsError(
            f"{value!r} is neither true nor false", where=where, remedy="Write true or false."
        )
    return value in (True, "true")
