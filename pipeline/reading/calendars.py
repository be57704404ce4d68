"""Which day a printed year, month and day is: Gregorian, Buddhist or Persian, the calendars known exactly.

CLDR has Thailand's years counted from 543 BC and Iran's in the solar Hijri calendar; files with either
would print 2569 or 1405 for 2026. Others (lunar Hijri, Japanese eras, Minguo) are named, not guessed at.
"""

from __future__ import annotations

import re
from datetime import date

_MONTHS = """
فروردین اردیبهشت خرداد تیر مرداد شهریور
مهر آبان آذر دی بهمن اسفند
"""
PERSIAN_MONTHS = {name: number for number, name in enumerate(_MONTHS.split(), start=1)}
UNREAD_CALENDAR = re.compile(
    r"令和|平成|昭和|民國|民国|शक|هـ|AH$|\b14[3-9]\d\b|"
    "محرم|صفر|ربيع|جمادى|رجب|شعبان|رمضان|شوال|ذو القعدة|ذو الحجة"
)
_GREGORIAN = range(1900, 2400)
_BUDDHIST = range(2400, 2700)
_PERSIAN = range(1380, 1430)  # 2001 to 2051; in the lunar calendar 2009 begins 1430
_PERSIAN_EPOCH = date(622, 3, 21).toordinal()  # the proleptic Gregorian day of 1 Farvardin 1
_UNIX_EPOCH = date(1970, 1, 1).toordinal()


def count_days(year: int, month: int, day: int) -> int | None:
    """Return the days from 1970 to a date in the calendar that its year tells; ``None``: there is none."""
    if year in _PERSIAN:
        return _count_persian(year, month, day)
    if year in _BUDDHIST:
        year -= 543
    if year not in _GREGORIAN:
        return None
    try:
        return date(year, month, day).toordinal() - _UNIX_EPOCH
    except ValueError:
        return None


def _count_persian(year: int, month: int, day: int) -> int | None:
    """Count by the cycle of 33 years with 8 leap ones, which Iran's calendar has kept since 1178."""
    length = 31 if month <= 6 else 30 if month <= 11 or (25 * year + 11) % 33 < 8 else 29
    if not (1 <= month <= 12 and 1 <= day <= length):
        return None
    new_year = _PERSIAN_EPOCH + 365 * (year - 1) + (8 * year + 21) // 33
    return new_year + 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1 - _UNIX_EPOCH
