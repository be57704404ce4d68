"""Times are printed as Babel prints them, in the digits of the locale and the zone of the export."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_datetime

from pipeline.errors import SettingsError
from pipeline.sample import list_locales
from pipeline.sample.clocks import choose_zone, find_locale, make_clock, name_zone
from pipeline.sample.eras import ERAS

WINTER = datetime(2026, 1, 20, 12, tzinfo=ZoneInfo("Europe/Paris"))
SUMMER = datetime(2026, 7, 20, 12, tzinfo=ZoneInfo("Europe/Paris"))
MOMENT = datetime(2025, 7, 3, 22, 5, 9, tzinfo=UTC)


def print_moment(locale: str, exported: datetime, era: str = "2024") -> str:
    tables = find_locale(locale)
    clock = make_clock(tables, ERAS[era], *choose_zone(exported, tables, ERAS[era]))
    return clock(int(MOMENT.timestamp()))


@pytest.mark.parametrize(
    ("zone", "month", "expected"),
    [
        ("Europe/Paris", 1, ("CET", 3600)),
        ("Europe/Paris", 7, ("CEST", 7200)),
        ("America/New_York", 1, ("EST", -18000)),
        ("America/Sao_Paulo", 1, ("GMT-03:00", -10800)),
        ("Asia/Kathmandu", 1, ("GMT+05:45", 20700)),
    ],
)
def test_a_zone_without_letters_is_printed_as_its_offset(
    zone: str, month: int, expected: tuple[str, int]
) -> None:
    moment = datetime(2025, month, 20, 12, tzinfo=ZoneInfo(zone))
    assert name_zone(moment, Locale.parse("en")) == expected


def test_a_zone_has_its_local_name_where_the_language_has_one() -> None:
    printed = {locale: print_moment(locale, SUMMER).split()[-1] for locale in ("de", "cs", "fr", "ja")}
    assert printed == {"de": "MESZ", "cs": "SELČ", "fr": "CEST", "ja": "CEST"}


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "Jul 3, 2025, 11:05:09\u202fPM CET"),
        ("en-GB", "3 Jul 2025, 23:05:09 CET"),
        ("de", "03.07.2025, 23:05:09 MEZ"),
        ("sl", "3. jul. 2025, 23:05:09 CET"),
        ("zh_CN", "2025年7月3日 23:05:09 CET"),
        ("fa", "۳ ژوئیه ۲۰۲۵،\u200f ۲۳:۰۵:۰۹ CET"),
        ("ar_EG", "٠٣\u200f/٠٧\u200f/٢٠٢٥، ١١:٠٥:٠٩ م CET"),
    ],
)
def test_a_time_is_printed_in_the_zone_of_the_export_whatever_its_season(locale: str, expected: str) -> None:
    assert print_moment(locale, WINTER) == expected


@pytest.mark.parametrize("locale", list_locales())
def test_every_locale_prints_what_babel_prints_and_its_zone(locale: str) -> None:
    clock = MOMENT.astimezone(ZoneInfo("Etc/GMT-1"))
    babels = str(format_datetime(clock, "medium", locale=locale))
    printed = print_moment(locale, WINTER, "2024")
    digits = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹০১২৩৪৫৬৭৮৯०१२३४५६७८९၀၁၂၃၄၅၆၇၈၉", "0123456789" * 5)
    assert printed.rpartition(" ")[0].translate(digits) == babels


@pytest.mark.parametrize(
    ("era", "exported", "expected"),
    [
        ("2017", SUMMER, "Jul 3, 2025, 10:05:09 PM"),
        ("2018", SUMMER, "Jul 3, 2025, 10:05:09 PM UTC"),
        ("2021", SUMMER, "Jul 4, 2025, 12:05:09 AM CEST"),
        ("2024", SUMMER, "Jul 4, 2025, 12:05:09\u202fAM CEST"),
    ],
)
def test_until_2018_times_are_in_utc_and_until_2023_have_a_plain_space(
    era: str, exported: datetime, expected: str
) -> None:
    assert print_moment("en", exported, era) == expected


@pytest.mark.parametrize("name", ["xx", "no such locale", "", "eo"])
def test_a_locale_without_known_dates_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        find_locale(name)
    languages = ", ".join(sorted({locale.partition("_")[0] for locale in list_locales()}))
    assert str(caught.value) == (
        f"No dates are known in the locale {name!r} (locale). "
        f"Give one of these languages, or one with its country (pt_BR): {languages}."
    )
