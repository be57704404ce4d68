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
FIXED_ZONES = {
    **{"UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEZ": 0, "WEST": 60, "WESZ": 60, "CET": 60, "MEZ": 60},
    **{"CEST": 120, "MESZ": 120, "EET": 120, "OEZ": 120, "EEST": 180, "OESZ": 180, "MSK": 180, "TRT": 180},
    **{"FET": 180, "SAMT": 240, "GET": 240, "AZT": 240, "YEKT": 300, "OMST": 360, "NOVT": 420, "KRAT": 420},
    **{
        "IRKT": 480,
        "YAKT": 540,
        "VLAT": 600,
        "SAKT": 660,
        "MAGT": 660,
        "SRET": 660,
        "PETT": 720,
        "ANAT": 720,
    },
    **{"SAST": 120, "CAT": 120, "WAT": 60, "EAT": 180, "IDT": 180, "GST": 240, "IRST": 210, "IRDT": 270},
    **{"MUT": 240, "RET": 240, "SCT": 240, "AFT": 270, "PKT": 300, "UZT": 300, "TMT": 300, "TJT": 300},
    **{"MVT": 300, "NPT": 345, "BTT": 360, "BDT": 360, "KGT": 360, "IOT": 360, "MMT": 390, "ICT": 420},
    **{"HOVT": 420, "WIB": 420, "ULAT": 480, "BNT": 480, "WITA": 480, "WIT": 540, "TLT": 540, "PWT": 540},
    **{"HKT": 480, "SGT": 480, "MYT": 480, "PHT": 480, "JST": 540, "KST": 540, "AWST": 480, "ACWST": 525},
    **{"ACST": 570, "AEST": 600, "ChST": 600, "PGT": 600, "CHUT": 600, "ACDT": 630, "LHST": 630, "AEDT": 660},
    **{"LHDT": 660, "NCT": 660, "SBT": 660, "VUT": 660, "PONT": 660, "KOST": 660, "NZST": 720, "FJT": 720},
    **{"TVT": 720, "WFT": 720, "MHT": 720, "GILT": 720, "NRT": 720, "WAKT": 720, "CHAST": 765, "NZDT": 780},
    **{"TOT": 780, "TKT": 780, "PHOT": 780, "CHADT": 825, "LINT": 840, "SST": -660, "NUT": -660, "HST": -600},
    **{"CKT": -600, "TAHT": -600, "MART": -570, "HDT": -540, "GAMT": -540, "AKST": -540, "AKDT": -480},
    **{
        "PST": -480,
        "PDT": -420,
        "MST": -420,
        "MDT": -360,
        "GALT": -360,
        "EDT": -240,
        "GYT": -240,
        "ADT": -180,
    },
    **{
        "NST": -210,
        "NDT": -150,
        "BRT": -180,
        "BRST": -120,
        "FNT": -120,
        "ART": -180,
        "UYT": -180,
        "SRT": -180,
    },
    **{
        "ROTT": -180,
        "FKT": -180,
        "CLT": -240,
        "CLST": -180,
        "BOT": -240,
        "VET": -240,
        "COT": -300,
        "PET": -300,
    },
    **{
        "ECT": -300,
        "ACT": -300,
        "GFT": -180,
        "PMST": -180,
        "PMDT": -120,
        "CVT": -60,
        "AZOT": -60,
        "AZOST": 0,
    },
}

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
