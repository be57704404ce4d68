"""How numbers, dates and hours are written: in English, with no-break spaces and true minus signs."""

from __future__ import annotations

import re
from datetime import date

NO_BREAK = "\u00a0"
MINUS = "\u2212"
DAYS_A_YEAR = 365.2425
FEW_DAYS = 60  # a shorter span is given in days
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
         "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
         "twenty")  # fmt: skip

WAYS_TO_A_LINE = ("the normal equations", "neighbourhood search", "all days a step", "32 days a step",
                  "one day a step")  # fmt: skip


def say_count(n: int) -> str:
    """Write a whole number with thousands separated: 63,420."""
    return f"{n:,}".replace("-", MINUS)


def say_rate(rate: float) -> str:
    """Write a mean: whole from 10 on, else one decimal, under 0.1 two."""
    size = abs(rate)
    digits = 0 if size >= 9.95 or size == 0 else 1 if size >= 0.0995 else 2
    return f"{rate:,.{digits}f}".replace("-", MINUS)


def say_share(share: float) -> str:
    """Write a share's figure without its sign: whole, with one decimal under 10 %."""
    percent = abs(share) * 100
    text = f"{percent:,.1f}" if percent < 9.95 and round(percent, 1) > 0 else f"{percent:,.0f}"
    return f"{MINUS}{text}" if share < 0 and text != "0" else text


def say_percent(share: float) -> str:
    """Write 0.29 as 29 %, with a no-break space."""
    return f"{say_share(share)}{NO_BREAK}%"


def say_points(difference: float) -> str:
    """Write a difference of two shares as +2.0 points, of a hundred; both are then written in tenths."""
    text = f"{100 * difference:+,.1f}".replace("-", MINUS)
    return f"{'0' if text[1:] == '0.0' else text}{NO_BREAK}points"


def say_tenths(share: float) -> str:
    """Write a share as 97.2 %; one that reads as none or all, and is not, as under 0.1 or over 99.9 %."""
    text = f"{100 * share:.1f}"
    near = {"0.0": "under 0.1" if share else "0", "-0.0": "0", "100.0": "over 99.9" if share < 1 else "100"}
    return f"{near.get(text, text)}{NO_BREAK}%".replace("-", MINUS)


def say_percents(low: float, high: float, between: str = "to") -> str:
    """Write two shares as a range with one sign: 24 to 33 %; once, if both read the same."""
    first, second = say_share(low), say_share(high)
    return f"{second}{NO_BREAK}%" if first == second else f"{first} {between} {second}{NO_BREAK}%"


def say_rates(low: float, high: float) -> str:
    """Write two means as a range: 36 to 41; once, if both read the same."""
    first, second = say_rate(low), say_rate(high)
    return second if first == second else f"{first} to {second}"


def say_short_day(day: date) -> str:
    """Write a date without its year: 9 Mar."""
    return f"{day.day} {MONTHS[day.month - 1][:3]}"


def say_day(day: date) -> str:
    """Write a date as 9 Mar 2021."""
    return f"{say_short_day(day)} {day.year}"


def say_long_day(day: date) -> str:
    """Write a date as 20 November 2025."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def say_days(first: date, last: date) -> str:
    """Write a span of dates as 14 Feb – 6 Mar 2022."""
    if first == last:
        return say_day(first)
    if first.year != last.year:
        return f"{say_day(first)} – {say_day(last)}"
    if first.month != last.month:
        return f"{say_short_day(first)} – {say_day(last)}"
    return f"{first.day} – {say_day(last)}"


def say_month(day: date) -> str:
    """Write the month of a date as March 2021."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def say_months(first: date, last: date) -> str:
    """Write the months of a span as March 2021 – November 2025, March – July 2021 or March 2021."""
    if (first.year, first.month) == (last.year, last.month):
        return say_month(first)
    start = MONTHS[first.month - 1] if first.year == last.year else say_month(first)
    return f"{start} – {say_month(last)}"


def say_short_months(first: date, last: date) -> str:
    """Write a span of dates to the month: Mar – Jul 2022; within one month that month."""
    begins, ends = MONTHS[first.month - 1][:3], f"{MONTHS[last.month - 1][:3]} {last.year}"
    if first.year != last.year:
        return f"{begins} {first.year} – {ends}"
    return ends if first.month == last.month else f"{begins} – {ends}"


def say_length(n_days: int) -> str:
    """Write a span in whole years from one and three quarters on, in months, under 60 days in days."""
    years = n_days / DAYS_A_YEAR
    months = round(years * 12)
    if n_days < FEW_DAYS:
        return "one day" if n_days == 1 else f"{spell_small(n_days)} days"
    if years >= 1.75:
        return f"{spell_small(round(years))} years"
    return "one year" if months == 12 else f"{spell_small(months)} months"


def say_years(first: int, last: int) -> str:
    """Write a span of years as 2021–2025."""
    return str(first) if first == last else f"{first}–{last}"


def say_hour(hour: int) -> str:
    """Write a clock hour: midnight, noon, else 21:00."""
    hour %= 24
    return {0: "midnight", 12: "noon"}.get(hour, f"{hour:02d}:00")


def say_hours(start: int, end: int) -> str:
    """Write a span of clock hours: 2 to 7 within the morning, else 22:00 to 02:00."""
    if 1 <= start < end <= 11:
        return f"{start} to {end}"
    return f"{say_hour(start)} to {say_hour(end)}"


def spell_small(n: int) -> str:
    """Write a number up to twenty as a word, else in figures."""
    return SMALL[n] if 0 <= n < len(SMALL) else say_count(n)


def count_noun(n: int, noun: str, nouns: str) -> str:
    """Write a number with its noun: 1 search, 63,420 searches."""
    return f"{say_count(n)} {noun if n == 1 else nouns}"


def say_too_few(n: int, one: str, many: str, purpose: str) -> str:
    """Say what is too little: Nineteen covered days are too few to compare years."""
    if n == 0:
        return f"No {one} yet {purpose}"
    return f"{begin(spell_small(n))} {f'{one} is' if n == 1 else f'{many} are'} too few {purpose}"


def set_type(text: str) -> str:
    """Give plain words true minus signs before numbers and no-break spaces before per cent signs."""
    minus = re.sub(r"(?<!\w)-(?=\d)|(?<=\de)-(?=\d)", MINUS, text)
    return re.sub(r"(?<=\d) %", f"{NO_BREAK}%", minus)


def begin(sentence: str) -> str:
    """Capitalise the first letter and leave the rest alone."""
    return sentence[:1].upper() + sentence[1:]


def join_and(parts: list[str]) -> str:
    """Join words as in a sentence: a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def say_pause(seconds: float, *, down: bool | None = None) -> str:
    """Write a pause as 40 seconds, 15 minutes or 2 hours 5 minutes, rounded ``down`` or up if asked."""
    unit = 1 if seconds < 120 else 60
    n = round(seconds / unit) if down is None else int(seconds // unit) if down else -int(-seconds // unit)
    if unit == 1:
        text = count_noun(n, "second", "seconds")
    elif n < 120:
        text = count_noun(n, "minute", "minutes")
    else:
        text = count_noun(n // 60, "hour", "hours")
        text += f" {count_noun(n % 60, 'minute', 'minutes')}" if n % 60 else ""
    return text.replace(" ", NO_BREAK)


def say_clock(hour: float) -> str:
    """Write a moment of the day, in hours since midnight, to the minute: 23:26."""
    minutes = round(hour * 60) % (24 * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def spell_hours(hours: float) -> str:
    """Write a length in words, to ten minutes, from an hour on to halves of one: two and a half hours."""
    minutes = round(abs(hours) * 6) * 10
    if minutes < 60:
        return f"{minutes} minutes"
    halves = round(abs(hours) * 2)
    if halves == 3:
        return "an hour and a half"
    half = " and a half" if halves % 2 else ""
    return "an hour" if halves == 2 else f"{spell_small(halves // 2)}{half} hours"


def say_shift(hours: float) -> str:
    """Write a clock's difference from home's in whole hours: +7 h, −6 h."""
    return f"{'+' if hours > 0 else MINUS}{abs(int(hours))}{NO_BREAK}h"


def say_small_percents(first: float, last: float) -> str:
    """Write two shares as a range with one sign, one that is not zero but reads so as under 0.1."""
    ends = [
        "under 0.1" if share > 0 and say_share(share) == "0" else say_share(share) for share in (first, last)
    ]
    return " to ".join(dict.fromkeys(ends)) + f"{NO_BREAK}%"


def say_small_percent(share: float) -> str:
    """Write a share in little room, one that is not zero but reads so as < 0.1 %."""
    return f"<{NO_BREAK}0.1{NO_BREAK}%" if share > 0 and say_share(share) == "0" else say_percent(share)
