from datetime import date

import pytest

from pipeline.patterns import wording
from pipeline.patterns.wording import (
    count_noun,
    join_and,
    say_count,
    say_day,
    say_days,
    say_hour,
    say_hours,
    say_length,
    say_percent,
    say_percents,
    say_points,
    say_rate,
    say_rates,
    say_small_percent,
    say_small_percents,
    say_tenths,
    say_too_few,
    say_years,
    set_type,
    spell_small,
)


@pytest.mark.parametrize(
    ("n_days", "text"),
    [
        (1717, "five years"), (730, "two years"), (600, "twenty months"), (365, "one year"),
        (200, "seven months"), (62, "two months"), (60, "two months"), (59, "59 days"), (1, "one day"),
        (639, "21 months"), (640, "two years"), (10957, "30 years"),
    ],
)  # fmt: skip
def test_lengths_are_rounded_to_years_or_months(n_days: int, text: str) -> None:
    assert say_length(n_days) == text


def test_counts_have_their_thousands_apart() -> None:
    assert [say_count(n) for n in (0, 999, 63420, -5)] == ["0", "999", "63,420", "−5"]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.29, "29\u00a0%"),
        (0.075, "7.5\u00a0%"),
        (0.0996, "10\u00a0%"),
        (0.05, "5.0\u00a0%"),
        (0.0, "0\u00a0%"),
        (-0.29, "−29\u00a0%"),
    ],
)
def test_shares_are_whole_with_one_decimal_under_ten_per_cent(share: float, text: str) -> None:
    assert say_percent(share) == text


def test_a_tiny_share_has_no_sign_of_its_own() -> None:
    assert say_percent(-0.0000001) == "0\u00a0%"


def test_a_difference_of_shares_is_in_points_with_its_sign() -> None:
    said = [say_points(share).replace("\u00a0", " ") for share in (0.02, 0.1, -0.004, 0.0, 2e-6)]
    assert said == ["+2.0 points", "+10.0 points", "\u22120.4 points", "0 points", "0 points"]


def test_ranges_have_one_sign_and_collapse_when_both_ends_read_the_same() -> None:
    assert say_percents(0.24, 0.33) == "24 to 33\u00a0%"
    assert say_percents(0.24, 0.33, "and") == "24 and 33\u00a0%"
    assert say_percents(0.241, 0.243) == "24\u00a0%"
    assert say_rates(36.2, 41.0) == "36 to 41"
    assert say_rates(36.2, 36.3) == "36"


@pytest.mark.parametrize(
    ("rate", "text"), [(46.2, "46"), (9.96, "10"), (9.94, "9.9"), (0.43, "0.4"), (0.04, "0.04"), (0.0, "0")]
)
def test_rates_keep_two_figures(rate: float, text: str) -> None:
    assert say_rate(rate) == text


def test_dates_and_spans_read_as_the_look_says() -> None:
    assert say_day(date(2021, 3, 9)) == "9 Mar 2021"
    assert say_days(date(2022, 2, 14), date(2022, 3, 6)) == "14 Feb – 6 Mar 2022"
    assert say_days(date(2022, 2, 14), date(2022, 2, 16)) == "14 – 16 Feb 2022"
    assert say_days(date(2021, 12, 30), date(2022, 1, 2)) == "30 Dec 2021 – 2 Jan 2022"
    assert say_days(date(2022, 2, 14), date(2022, 2, 14)) == "14 Feb 2022"
    assert (say_years(2021, 2025), say_years(2021, 2021)) == ("2021–2025", "2021")


def test_hours_are_named_at_noon_and_midnight() -> None:
    assert [say_hour(h) for h in (0, 12, 21, 24)] == ["midnight", "noon", "21:00", "midnight"]
    assert say_hours(2, 7) == "2 to 7"
    assert say_hours(23, 6) == "23:00 to 06:00"
    assert say_hours(0, 8) == "midnight to 08:00"


def test_small_numbers_are_words() -> None:
    assert [spell_small(n) for n in (0, 5, 19, 20, 21)] == ["no", "five", "nineteen", "twenty", "21"]


def test_too_little_is_said_in_the_singular_and_the_plural() -> None:
    said = [say_too_few(n, "covered day", "covered days", "to compare years") for n in (0, 1, 19, 38)]
    assert said == [
        "No covered day yet to compare years",
        "One covered day is too few to compare years",
        "Nineteen covered days are too few to compare years",
        "38 covered days are too few to compare years",
    ]


def test_nouns_and_lists_agree() -> None:
    assert (count_noun(1, "search", "searches"), count_noun(2, "search", "searches")) == (
        "1 search",
        "2 searches",
    )
    assert [join_and(p) for p in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_every_percent_sign_stands_after_a_no_break_space() -> None:
    assert wording.NO_BREAK == "\u00a0"
    assert say_percent(0.29)[-2] == "\u00a0"


def test_a_small_share_is_not_written_as_none() -> None:
    nb = wording.NO_BREAK
    assert say_small_percents(0.00038, 0.0136) == f"under 0.1 to 1.4{nb}%"
    assert say_small_percents(0.0144, 0.0002) == f"1.4 to under 0.1{nb}%"
    assert say_small_percents(0.0002, 0.0003) == f"under 0.1{nb}%"
    assert say_small_percents(0.0, 0.29) == f"0 to 29{nb}%"
    said = [say_small_percent(share) for share in (0.0, 0.0004, 0.0006, 0.29)]
    assert said == [f"0{nb}%", f"<{nb}0.1{nb}%", f"0.1{nb}%", f"29{nb}%"]


def test_plain_words_are_given_true_minus_signs_and_no_break_before_a_per_cent_sign() -> None:
    plain = "From -3 to 1e-05, x-1 and 2–3; 80 % of 5 % stay."
    assert set_type(plain) == "From −3 to 1e−05, x-1 and 2–3; 80\u00a0% of 5\u00a0% stay."


def test_a_share_in_tenths_is_none_or_all_only_where_it_is() -> None:
    said = [say_tenths(share).replace("\u00a0", " ") for share in (0, 3e-4, 0.972, 0.99953, 1, -2e-4, -0.014)]
    assert said == ["0 %", "under 0.1 %", "97.2 %", "over 99.9 %", "100 %", "0 %", "−1.4 %"]
