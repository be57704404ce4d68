"""What a printed zone means in minutes: the printed clock minus a fixed offset is UTC, in any season.

Every time in one file is printed in the offset that the account had at the moment of the export: a
file of November prints ``AEDT`` on its rows of June. So the printed zone is taken off, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.reading.cldr import load_cldr
from pipeline.reading.date_patterns import tidy_line

# Minutes east of Greenwich. Each of these means one offset in every zone in use since 2016, but for PST
# and PDT, which Manila prints too: there they are the home zone's. The names are those of Java, which
# Google prints (seen in files of 2017 to 2026), and CLDR's.
_NAMES = {
    -660: "SST NUT",
    -600: "HST CKT TAHT",
    -570: "MART",
    -540: "HDT GAMT AKST",
    -480: "AKDT PST",
    -420: "PDT MST",
    -360: "MDT GALT",
    -300: "COT PET ECT ACT",
    -240: "EDT GYT CLT BOT VET",
    -210: "NST",
    -180: "ADT BRT ART UYT SRT ROTT FKT CLST GFT PMST",
    -150: "NDT",
    -120: "BRST FNT PMDT",
    -60: "CVT AZOT",
    0: "UTC GMT Z WET WEZ AZOST",
    60: "WEST WESZ CET MEZ WAT",
    120: "CEST MESZ EET OEZ SAST CAT",
    180: "EEST OESZ MSK TRT FET EAT IDT",
    210: "IRST",
    240: "SAMT GET AZT GST MUT RET SCT",
    270: "IRDT AFT",
    300: "YEKT PKT UZT TMT TJT MVT",
    345: "NPT",
    360: "OMST BTT BDT KGT IOT",
    390: "MMT",
    420: "NOVT KRAT ICT HOVT WIB",
    480: "IRKT ULAT BNT WITA HKT SGT MYT PHT AWST",
    525: "ACWST",
    540: "YAKT WIT TLT PWT JST KST",
    570: "ACST",
    600: "VLAT AEST ChST PGT CHUT",
    630: "ACDT LHST",
    660: "SAKT MAGT SRET AEDT LHDT NCT SBT VUT PONT KOST",
    720: "PETT ANAT NZST FJT TVT WFT MHT GILT NRT WAKT",
    765: "CHAST",
    780: "NZDT TOT TKT PHOT",
    825: "CHADT",
    840: "LINT",
}
FIXED_ZONES = {name: minutes for minutes, names in _NAMES.items() for name in names.split()}

# Printed by two or more zones in use since 2016, or by one that has moved: the commonest meaning first.
AMBIGUOUS_ZONES = {
    "IST": (330, 120, 60),
    "CST": (-360, 480, -300),
    "CDT": (-300, -240),
    "BST": (60, 360, 660),
    "AST": (-240, 180),
    "EST": (-300, 600),
    "AMT": (-240, 240),
    "PYT": (-180, -240),
    "ALMT": (300, 360),
    "EGT": (-120, -60),
    "WGT": (-120, -180),
}

# Where CLDR's English or Java has an abbreviation and the time zone database has only digits.
LOCAL_NAMES = {
    "Asia/Dhaka": {"BST": 360},
    "Asia/Yerevan": {"AMT": 240},
    **{f"America/{city}": {"AMT": -240} for city in ("Manaus", "Porto_Velho", "Boa_Vista", "Cuiaba")},
    **{f"Asia/{city}": {"AST": 180} for city in ("Riyadh", "Kuwait", "Baghdad", "Qatar", "Bahrain", "Aden")},
    **{f"Australia/{city}": {"EST": 600} for city in ("Sydney", "Melbourne", "Brisbane", "Hobart")},
}

GREENWICH = re.compile(r"(?:GMT|UTC)? ?([+\-−‐])(\d{1,2})(?::?(\d\d))?")
_WORD = re.compile(r"[^\W\d_][^\s.,]{0,11}")
PRINTING_YEARS = range(2016, 2038)  # the time zone database lays its rules out until 2037


class Offset(NamedTuple):
    """Minutes east of Greenwich, and whether an ambiguous abbreviation was guessed."""

    minutes: int
    guessed: bool


UNPRINTED = Offset(0, False)
MOST_ZONES = 1_000  # a file prints one or two; a hostile one may print as many as it has entries


def looks_like_zone(text: str) -> bool:
    """Say whether a text can be a zone: one word that begins with a letter, or an offset from Greenwich."""
    return bool(_WORD.fullmatch(text) or GREENWICH.fullmatch(_name_greenwich(text)))


class Clock:
    """Settles each printed zone once, for one owner's home zone (``Europe/Paris``) and one file.

    ``locales``: those whose form the file's dates have (``en_IN``), evidence for what IST may mean there.
    """

    def __init__(self, home_zone: str, locales: Sequence[str] = ()) -> None:
        self.home_zone, self.locales = home_zone, tuple(locales)
        self._settled: dict[str, Offset | None] = {}

    def find_offset(self, zone: str | None) -> Offset | None:
        """Return what a printed zone means (none, as before 2018: UTC); ``None`` where nobody knows it."""
        if zone is None:
            return UNPRINTED
        if zone not in self._settled:
            if len(self._settled) >= MOST_ZONES:
                self._settled.clear()
            self._settled[zone] = _settle_zone(tidy_line(zone), self.home_zone, self.locales)
        return self._settled[zone]


def _settle_zone(zone: str, home_zone: str, locales: Sequence[str]) -> Offset | None:
    """Settle a zone by what is printed, else by home, else by the tables, else by the file's locale."""
    match = GREENWICH.fullmatch(zone) or (
        None if zone.isascii() else GREENWICH.fullmatch(_name_greenwich(zone))
    )
    if match:
        hours, minutes = int(match[2]), int(match[3] or 0)
        if hours > 14 or minutes > 59:
            return None
        return Offset((hours * 60 + minutes) * (1 if match[1] == "+" else -1), False)
    at_home = list_names_at(home_zone).get(zone, FIXED_ZONES.get(zone))
    if at_home is not None:
        return Offset(at_home, False)
    if zone in AMBIGUOUS_ZONES:
        return _settle_by_locale(zone, locales)
    known = 0 if _name_greenwich(zone) == "GMT" else load_cldr()["zones"].get(zone)
    return None if known is None else Offset(known, False)


def _settle_by_locale(zone: str, locales: Sequence[str]) -> Offset:
    """Settle an ambiguous zone by the locales' territories where they agree, else as is commonest.

    A rarer meaning needs them all: British English is India's as well as Ireland's.
    """
    known, commonest = load_cldr()["locales"], AMBIGUOUS_ZONES[zone][0]
    said = [known[name].get("here", {}).get(zone) if name in known else None for name in locales]
    meanings = {minutes for minutes in said if minutes is not None}
    if len(meanings) == 1 and (commonest in meanings or None not in said):
        return Offset(meanings.pop(), False)
    return Offset(commonest, True)


@cache
def _list_greenwich() -> tuple[str, ...]:
    """List what the languages call Greenwich, longest first: ``غرينتش``, ``ጂ ኤም ቲ``."""
    names = {
        name.replace("{0}", "").strip()
        for record in load_cldr()["locales"].values()
        for name in record["greenwich"]
    }
    return tuple(sorted(names, key=len, reverse=True))


def _name_greenwich(zone: str) -> str:
    """Put ``GMT`` before the offset in place of a language's own name, which may stand after it."""
    name = next((name for name in _list_greenwich() if name in zone), None)
    return zone if name is None else f"GMT{zone.replace(name, '', 1).strip()}"


@cache
def list_names_at(home_zone: str) -> dict[str, int]:
    """List the abbreviations that the home zone prints from 2016 on, in minutes; no clock is asked."""
    names: dict[str, int] = {}
    zone = ZoneInfo(home_zone)
    for year in PRINTING_YEARS:
        for month in (1, 7):
            moment = datetime(year, month, 1, tzinfo=zone)
            offset = moment.utcoffset()
            if offset is not None:
                names[moment.tzname() or ""] = int(offset.total_seconds()) // 60
    return {**names, **LOCAL_NAMES.get(home_zone, {})}
