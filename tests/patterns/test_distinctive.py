import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.patterns.distinctive import ENOUGH_Z, measure_log_odds
from pipeline.patterns.words_by_year import answer_words_by_year, count_words_by_year, find_words_by_year

COUNTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=8)


@settings(deadline=None)
@given(COUNTS, st.integers(1, 500))
def test_the_log_odds_are_those_of_a_loop_over_the_formula(counts: list[tuple[int, int]], more: int) -> None:
    one, other = (np.array(column, dtype=float) for column in zip(*counts, strict=True))
    prior = one + other
    n_one, n_other = float(one.sum() + more), float(other.sum() + more)
    found = measure_log_odds(one, other, prior, n_one, n_other, n_one + n_other)
    for k, (y_1, y_2) in enumerate(counts):
        alpha, alpha_0 = y_1 + y_2, n_one + n_other
        if alpha == 0:
            assert (found.delta[k], found.z[k]) == (0.0, 0.0)
            continue
        delta = math.log((y_1 + alpha) / (n_one + alpha_0 - y_1 - alpha)) - math.log(
            (y_2 + alpha) / (n_other + alpha_0 - y_2 - alpha)
        )
        assert found.delta[k] == pytest.approx(delta)
        assert found.z[k] == pytest.approx(delta / math.sqrt(1 / (y_1 + alpha) + 1 / (y_2 + alpha)))


def test_the_two_parts_are_mirrored() -> None:
    one, other, prior = np.array([9.0, 3.0]), np.array([1.0, 3.0]), np.array([10.0, 6.0])
    there = measure_log_odds(one, other, prior, 50, 70, 120)
    back = measure_log_odds(other, one, prior, 70, 50, 120)
    np.testing.assert_allclose(there.z, -back.z)


def draw_years(seed: int, share: float):
    """Three years of 4,000 searches with words of Zipf's frequencies, and a word that 2022 has more of."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(10, 410)
    times, texts = [], []
    for year in (2021, 2022, 2023):
        start = np.datetime64(f"{year}-01-05", "m")
        times.append(start + np.sort(rng.integers(0, 360 * 1440, 4000)).astype("timedelta64[m]"))
        words = rng.choice(400, size=(4000, 2), p=weights / weights.sum())
        asked = [f"w{a}x w{b}x" for a, b in words]
        for k in np.flatnonzero(rng.random(4000) < share * (3 if year == 2022 else 1)):
            asked[k] += " kyoto"
        texts += asked
    return np.concatenate(times), texts


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.02, 0.05])
def test_a_planted_word_sets_its_year_apart(seed: int, share: float, make_subject) -> None:
    times, texts = draw_years(seed, share)
    frame = count_words_by_year(make_subject(times, text=texts))
    first = frame[(frame["year"] == 2022) & (frame["rank"] == 1)]
    assert (first["word"].iloc[0], bool(first["z"].iloc[0] > ENOUGH_Z)) == ("kyoto", True)


def test_what_the_archive_holds_of_each_year_is_told_beside_its_words(make_subject) -> None:
    times, texts = draw_years(0, 0.02)
    years = answer_words_by_year(make_subject(times, text=texts), np.random.default_rng(0)).frames["years"]
    assert list(years.columns) == ["year", "searches", "covered_days", "first", "last"]
    assert years["year"].tolist() == [2021, 2022, 2023]
    assert years["searches"].tolist() == [4000] * 3
    assert str(years["first"].iloc[0].date()) == "2021-01-05"


@pytest.mark.parametrize("seed", range(4))
def test_without_an_effect_no_word_sets_a_year_apart(seed: int, make_subject) -> None:
    times, texts = draw_years(seed, 0.0)
    subject = make_subject(times, text=texts)
    frame = count_words_by_year(subject)
    assert frame["z"].max() < ENOUGH_Z
    finding = find_words_by_year(frame, subject)
    assert "apart" not in finding.headline
    assert "for every year" not in finding.headline
    assert finding.deck.endswith("none sets one year clearly apart.")


def test_one_year_alone_has_no_z(make_subject) -> None:
    times = np.datetime64("2022-01-05", "h") + np.arange(400).astype("timedelta64[h]")
    frame = count_words_by_year(make_subject(times, text=["bread"] * 300 + ["rye"] * 100))
    expected = pd.DataFrame(
        {
            "year": [2022, 2022],
            "word": pd.Series(["bread", "rye"], dtype="str"),
            "count": [300, 100],
            "z": [0.0, 0.0],
            "rank": [1, 2],
        }
    )
    pd.testing.assert_frame_equal(frame, expected)
