"""The owner's settings: command line over environment over ``almanac.toml`` over what the system says."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.errors import SettingsError

KEYS = ("out", "home_zone", "weekend", "first_weekday", "filter")
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class ZoneSpan(NamedTuple):
    """From the local midnight of ``since`` on (``None``: always), home was in ``zone``."""

    since: date | None
    zone: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What one run needs to know. Weekdays count from 0, Monday."""

    out: Path
    home_zone: tuple[ZoneSpan, ...]
    weekend: tuple[int, ...]
    first_weekday: int
    product: str | None = None  # the subject, when the owner filters; else patterns choose it
    action: str | None = None

    @property
    def zone_name(self) -> str:
        """The zone of the latest span: the one that the page names."""
        return self.home_zone[-1].zone


def load_settings(
    command_line: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """Settle every setting, reading ``almanac.toml`` beside the outputs, else in the config folder.

    ``command_line`` holds only the options that were given. Raises ``SettingsError``.
    """
    given = {key: value for key, value in (command_line or {}).items() if value is not None}
    environment = os.environ if environment is None else environment
    folder = folder or Path.cwd()
    prefix = "ALMANAC_"
    variables = {key: environment[prefix + key.upper()] for key in KEYS if environment.get(prefix + key.upper())}
    out = Path(given.get("out") or variables.get("out") or _default_out(folder)).expanduser()
    lines = _read_toml(out)
    if "out" in lines and "out" not in given and "out" not in variables:
        out = Path(str(lines["out"])).expanduser()
    merged: dict[str, Any] = {**lines, **variables, **given}
    zones = _read_home_zone(merged.get("home_zone"))
    weekend, first = _week_of(zones[-1].zone)
    if "weekend" in merged:
        weekend = _read_weekend(merged["weekend"])
    if "first_weekday" in merged:
        first = _read_weekday(str(merged["first_weekday"]), "first_weekday")
    product, action = _read_filter(merged.get("filter"))
    return Settings(out.absolute(), zones, weekend, first, product, action)


def _default_out(folder: Path) -> Path:
    project = folder / "pyproject.toml"
    if project.is_file() and 'name = "takeout-almanac"' in project.read_text("utf-8"):
        return folder / "outputs"
    from platformdirs import user_data_path

    return user_data_path("almanac", appauthor=False)


def _read_toml(out: Path) -> dict[str, Any]:
    from platformdirs import user_config_path

    for path in (out / "almanac.toml", user_config_path("almanac", appauthor=False) / "almanac.toml"):
        if not path.is_file():
            continue
        try:
            lines = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError("The settings are not valid TOML", where=str(path), remedy=f"{error}.") from error
        for key in lines:
            if key not in KEYS:
                raise SettingsError(
                    f"Unknown setting {key!r}", where=str(path), remedy=f"Known settings: {', '.join(KEYS)}."
                )
        return lines
    return {}


def _read_home_zone(value: Any) -> tuple[ZoneSpan, ...]:
    if value is None:
        from tzlocal import get_localzone_name

        return (ZoneSpan(None, _checked_zone(get_localzone_name() or "UTC")),)
    lines = [value] if isinstance(value, str) else list(value)
    spans = []
    for line in lines:
        words = str(line).split()
        if len(words) == 1:
            spans.append(ZoneSpan(None, _checked_zone(words[0])))
            continue
        try:
            since, zone = words
            spans.append(ZoneSpan(date.fromisoformat(since), _checked_zone(zone)))
        except ValueError as error:
            raise SettingsError(
                "A line of home_zone cannot be read",
                where="home_zone",
                remedy="Write a zone such as Europe/Paris, or lines such as '2015-08-20 America/Chicago'.",
            ) from error
    return tuple(sorted(spans, key=lambda span: span.since or date.min))


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
    from babel import Locale
    from babel.core import get_global

    aliases = get_global("zone_aliases")
    country = get_global("zone_territories").get(aliases.get(zone, zone))
    if country in (None, "ZZ", "001"):
        return (5, 6), 0
    locale = Locale.parse(f"und_{country}")
    start, end = locale.weekend_start, locale.weekend_end
    n_days = (end - start) % 7 + 1
    return tuple(sorted((start + k) % 7 for k in range(n_days))), locale.first_week_day


def _read_weekend(value: Any) -> tuple[int, ...]:
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    return tuple(sorted({_read_weekday(str(name), "weekend") for name in names}))


def _read_weekday(name: str, where: str) -> int:
    matches = [k for k, day in enumerate(DAY_NAMES) if len(name) >= 3 and day.startswith(name.lower())]
    if len(matches) != 1:
        raise SettingsError(f"Unknown weekday {name!r}", where=where, remedy="Use names such as saturday.")
    return matches[0]


def _read_filter(value: Any) -> tuple[str | None, str | None]:
    """Read ``product=youtube,action=watched``."""
    if value is None:
        return None, None
    pairs = dict(part.split("=", 1) for part in str(value).split(",") if "=" in part)
    if not pairs or set(pairs) - {"product", "action"} or len(pairs) != str(value).count(",") + 1:
        raise SettingsError(
            f"Unreadable filter {value!r}", where="filter", remedy="Write product=youtube,action=watched."
        )
    return pairs.get("product"), pairs.get("action")
