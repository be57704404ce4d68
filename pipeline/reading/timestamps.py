"""What a printed zone means in minutes: the printed clock minus a fixed offset is UTC, in any season.

Every time in one file is printed in the offset that the account had at the moment of the export: a
file of November prints ``AEDT`` on its rows of June. So the printed zone is taken off, and no more.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

# Minutes east of Greenwich. Each of these means one offset in every zone in use since 2016.
FIXED_ZONES = {
    **{"UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEZ": 0, "WEST": 60, "WESZ": 60, "CET": 60, "MEZ": 60},
    **{"CEST": 120, "MESZ": 120, "EET": 120, "OEZ": 120, "EEST": 180, "OESZ": 180, "MSK": 180, "TRT": 180},
    **{"SAST": 120, "CAT": 120, "WAT": 60, "EAT": 180, "IDT": 180, "GST": 240, "IRST": 210, "IRDT": 270},
    **{"AFT": 270, "PKT": 300, "UZT": 300, "NPT": 345, "BTT": 360, "MMT": 390, "ICT": 420, "WIB": 420},
    **{"WITA": 480, "WIT": 540, "HKT": 480, "SGT": 480, "MYT": 480, "PHT": 480, "JST": 540, "KST": 540},
    **{"AWST": 480, "ACWST": 525, "ACST": 570, "AEST": 600, "ChST": 600, "ACDT": 630, "LHST": 630},
    **{"AEDT": 660, "LHDT": 660, "NZST": 720, "NZDT": 780, "SST": -660, "HST": -600, "HDT": -540},
    **{"AKST": -540, "AKDT": -480, "PST": -480, "PDT": -420, "MST": -420, "MDT": -360, "EDT": -240},
    **{"ADT": -180, "NST": -210, "NDT": -150, "BRT": -180, "BRST": -120, "ART": -180, "UYT": -180},
    **{"CLT": -240, "CLST": -180, "BOT": -240, "VET": -240, "COT": -300, "PET": -300, "ECT": -300},
    **{"GFT": -180, "CVT": -60, "AZOT": -60, "AZOST": 0},
}

# Printed by two or more zones in use since 2016; the commonest meaning.
AMBIGUOUS_ZONES = {"IST": 330, "CST": -360, "CDT": -300, "BST": 60, "AST": -240, "EST": -300}

# Where CLDR's English has an abbreviation and the time zone database has only digits.
LOCAL_NAMES = {
    "Asia/Dhaka": {"BST": 360},
    **{f"Asia/{city}": {"AST": 180} for city in ("Riyadh", "Kuwait", "Baghdad", "Qatar", "Bahrain", "Aden")},
    **{f"Australia/{city}": {"EST": 600} for city in ("Sydney", "Melbourne", "Brisbane", "Hobart")},
}

GREENWICH = re.compile(r"(?:GMT|UTC)([+\-−])(\d{1,2})(?::?(\d\d))?")
PRINTING_YEARS = range(2016, 2038)  # the time zone database lays its rules out until 2037


class Offset(NamedTuple):
    """Minutes east of Greenwich, and whether an ambiguous abbreviation was guessed."""

    minutes: int
    guessed: bool


UNPRINTED = Offset(0, False)


class Clock:
    """Settles each printed zone once, for the home zone of one owner (``Europe/Paris``)."""

    def __init__(self, home_zone: str) -> None:
        self.home_zone = home_zone
        self._settled: dict[str, Offset | None] = {}

    def find_offset(self, zone: str | None) -> Offset | None:
        """Return what a printed zone means (none, as before 2018: UTC); ``None`` where nobody knows it."""
        if zone is None:
            return UNPRINTED
        if zone not in self._settled:
            self._settled[zone] = _settle_zone(zone, self.home_zone)
        return self._settled[zone]


def _settle_zone(zone: str, home_zone: str) -> Offset | None:
    if match := GREENWICH.fullmatch(zone):
        hours, minutes = int(match[2]), int(match[3] or 0)
        if hours > 14 or minutes > 59:
            return None
        return Offset((hours * 60 + minutes) * (1 if match[1] == "+" else -1), False)
    if zone in FIXED_ZONES:
        return Offset(FIXED_ZONES[zone], False)
    at_home = _names_at_home(home_zone).get(zone)
    if at_home is not None:
        return Offset(at_home, False)
    if zone in AMBIGUOUS_ZONES:
        return Offset(AMBIGUOUS_ZONES[zone], True)
    return None


@cache
def _names_at_home(home_zone: str) -> dict[str, int]:
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
