"""Makes ``dates.json`` from CLDR as Babel carries it: how each language of Google's prints dates and zones.

Run from a checkout, with the folders of older Babels (``pip install --no-deps --target babel-2.6.0
babel==2.6.0``), since the same account printed one CLDR after another:

    python pipeline/reading/data/make_dates.py babel-2.3.4 babel-2.6.0 babel-2.8.0 …

Nothing reads this at run time. The file has one locale a line, each parseable on its own.
"""

from __future__ import annotations

import json
import pickle
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import babel
from babel import core, localedata

from pipeline.reading.date_patterns import tidy_line
from pipeline.reading.timestamps import AMBIGUOUS_ZONES, FIXED_ZONES, PRINTING_YEARS, list_names_at

# The languages of myaccount.google.com/language in November 2026, as CLDR names them.
LOCALES = """
af am ar ar_EG ar_MA ar_SA as az be bg bn bs ca cs cy da de de_AT de_CH el en en_AU en_CA en_GB en_IE en_IN
en_NZ en_SG en_ZA es es_419 es_AR es_CL es_CO es_MX es_PE es_US et eu fa fi fil fr fr_CA fr_CH ga gl gu he
hi hr hu hy id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl or pa pl pt pt_PT ro ru si sk
sl sq sr sr_Latn sv sw ta te th tr uk ur uz vi zh zh_Hant zh_Hant_HK zu
"""
# By Babel's change log; from 2.18 on Babel says so itself.
CLDR_OF_BABEL = {"2.3.4": "28", "2.6.0": "33", "2.8.0": "36", "2.9.1": "37", "2.12.1": "42", "2.17.0": "46"}
INSTALLED = Path(babel.__file__).parent.parent
OUTPUT = Path(__file__).with_name("dates.json")
ABBREVIATION = re.compile(r"[^\W\d_]{2,8}")


def gather_dates(folders: Iterable[Path]) -> dict[str, Any]:
    """Gather what the Babels in these folders know, without doubles: ``about`` and ``locales``."""
    locales: dict[str, dict[str, Any]] = {}
    zones: dict[str, set[int]] = {}
    versions = {}
    for folder in folders:
        with _use_babel(folder) as version:
            versions[version] = CLDR_OF_BABEL.get(version) or core.get_cldr_version()
            for name in filter(localedata.exists, LOCALES.split()):
                localedata._cache.clear()  # Babel writes what it resolves for one locale into its parents
                loaded: Any = localedata.load(name)
                data = localedata.LocaleDataDict(loaded)
                _add_locale(locales.setdefault(name, {}), data, name)
                _add_zones(zones, data)
    about = {"made_by": Path(__file__).name, "cldr_of_babel": versions}
    known = {name: minutes.pop() for name, minutes in sorted(zones.items()) if len(minutes) == 1}
    return {"about": about, "zones": known, "locales": dict(sorted(locales.items()))}


def write_dates(data: Mapping[str, Any]) -> str:
    """Write the file: one locale a line."""
    dump = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode
    lines = ",\n".join(f"{dump(name)}: {dump(record)}" for name, record in data["locales"].items())
    return (
        f'{{"about": {dump(data["about"])},\n"zones": {dump(data["zones"])},\n"locales": {{\n{lines}\n}}}}\n'
    )


@contextmanager
def _use_babel(folder: Path) -> Iterator[str]:
    """Let the installed Babel look into the data of another; its code would not run on this Python."""
    before = localedata._dirname, core._global_data
    localedata._dirname = str(folder / "babel" / "locale-data")
    core._global_data = pickle.loads((folder / "babel" / "global.dat").read_bytes())
    localedata._cache.clear()
    source = (folder / "babel" / "__init__.py").read_text("utf-8")
    try:
        yield re.findall(r"^__version__ = ['\"](.+)['\"]", source, re.MULTILINE)[0]
    finally:
        localedata._dirname, core._global_data = before
        localedata._cache.clear()


def _add_locale(record: dict[str, Any], data: Mapping[str, Any], name: str) -> None:
    long = data["time_formats"]["long"].pattern
    _add(record, "dates", data["date_formats"]["medium"].pattern)
    _add(record, "times", data["time_formats"]["medium"].pattern)
    for join in data["datetime_formats"].values():
        _add(record, "joins", str(join))
    _add(record, "greenwich", data["zone_formats"]["gmt"].replace("%s", "{0}"))
    if long.startswith("z"):
        record["zone_first"] = True
    if any("MMM" in pattern for pattern in record["dates"]):
        months = record.setdefault("months", [[] for _ in range(12)])
        for use, width in product(("format", "stand-alone"), ("abbreviated", "wide")):
            for number, month in data["months"][use][width].items():
                _put(months[number - 1], tidy_line(month).rstrip("."))
    if any(re.search("[aBb]", pattern) for pattern in record["times"]):
        _add_periods(record.setdefault("periods", {}), data)
    if here := _find_here(name):
        record["here"] = here


def _add_periods(periods: dict[str, list[list[int]]], data: Mapping[str, Any]) -> None:
    """Add each word for a part of the day with its hours, of 24: the half-days, and the finer parts."""
    spans = {"am": [[0, 12]], "pm": [[12, 24]]}
    rules = data.get("day_period_rules", {}).get(None) or {}
    for part, times in rules.items():
        spans[part] = [span for rule in times for span in _read_rule(rule)]
    for use in data["day_periods"].values():
        for width in ("abbreviated", "wide"):
            for part, word in use.get(width, {}).items():
                if word is not None:
                    for span in spans.get(part, []):
                        _put(periods.setdefault(tidy_line(word), []), span)


def _read_rule(rule: Mapping[str, int]) -> list[list[int]]:
    """Return the hours of one rule; CLDR 28 says ``after`` and ``to`` too."""
    hours = {key: seconds // 3600 for key, seconds in rule.items()}
    if "at" in hours:
        return [[hours["at"] % 24, hours["at"] % 24 + 1]]
    begin = hours["from"] if "from" in hours else hours["after"]
    end = hours["before"] if "before" in hours else hours["to"]
    return [[begin, end]] if begin < end else [[begin, 24], [0, end]]


def _add_zones(zones: dict[str, set[int]], data: Mapping[str, Any]) -> None:
    """Add the short names of the metazones, but those that English has."""
    for metazone, names in data["meta_zones"].items():
        short = names.get("short", {})
        members = frozenset(zone for zone, of in core.get_global("meta_zones").items() if of == metazone)
        for kind, minutes in _find_offsets(members).items() if short else ():
            name = tidy_line(short.get(kind) or "")
            if ABBREVIATION.fullmatch(name) and name not in FIXED_ZONES and name not in AMBIGUOUS_ZONES:
                zones.setdefault(name, set()).add(minutes)


@cache
def _find_offsets(zones: frozenset[str]) -> dict[str, int]:
    """Return the minutes that most zones of a metazone kept, in standard and, if any, in daylight time."""
    counts: dict[str, Counter[int]] = {}
    for zone in zones:
        for year in range(PRINTING_YEARS.start, 2027):
            for month in (1, 7):
                moment = datetime(year, month, 1, tzinfo=UTC).astimezone(ZoneInfo(zone))
                shift, saved = moment.utcoffset(), moment.dst()
                if shift is not None:
                    minutes = int(shift.total_seconds()) // 60
                    counts.setdefault("daylight" if saved else "standard", Counter())[minutes] += 1
    found = {kind: max(count, key=lambda m: (count[m], m)) for kind, count in counts.items()}
    return {kind: m for kind, m in found.items() if kind == "standard" or m != found.get("standard")}


def _find_here(name: str) -> dict[str, int]:
    """Return what ambiguous abbreviations mean in the locale's territory; bare English is used anywhere."""
    territory = core.parse_locale(name)[1]
    if territory is None and name != "en":
        territory = core.parse_locale(core.get_global("likely_subtags").get(name, name))[1]
    if territory is None or territory.isdigit():
        return {}
    meanings: dict[str, set[int]] = {}
    for zone in core.get_global("territory_zones").get(territory, []):
        for abbreviation, minutes in list_names_at(zone).items():
            if abbreviation in AMBIGUOUS_ZONES:
                meanings.setdefault(abbreviation, set()).add(minutes)
    return {abbreviation: min(found) for abbreviation, found in sorted(meanings.items()) if len(found) == 1}


def _add(record: dict[str, Any], key: str, value: str) -> None:
    _put(record.setdefault(key, []), tidy_line(value))


def _put(values: list[Any], value: Any) -> None:
    if value not in values:
        values.append(value)


if __name__ == "__main__":
    OUTPUT.write_text(write_dates(gather_dates([*map(Path, sys.argv[1:]), INSTALLED])), "utf-8")
