import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.words import (
    choose_threshold,
    count_top_words,
    count_words,
    find_words,
    measure_lead,
    name_leader,
)
from pipeline.patterns.words_by_year import count_words_by_year, find_words_by_year


@pytest.fixture
def of_texts(make_subject):
    """A subject with these texts, an hour apart."""

    def make(texts: list[str | None], first: str = "2024-01-01", **fields):
        times = np.datetime64(first, "ms") + np.arange(len(texts)) * np.timedelta64(1, "h")
        return make_subject(times, text=pd.Series(texts, dtype="object"), **fields)

    return make


def table(*rows: tuple[str, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "word": pd.Series([w for w, _ in rows], dtype="str"),
            "count": np.array([n for _, n in rows], dtype=np.int64),
        }
    )


def test_a_word_counts_once_for_each_text_that_holds_it() -> None:
    counted = count_words(["bread bread Bread", "rye bread", "rye bread", None, "42"])
    pd.testing.assert_frame_equal(counted, table(("bread", 3), ("rye", 2)))


def test_spellings_are_one_word_under_the_commonest() -> None:
    pd.testing.assert_frame_equal(count_words(["Straße"] * 3 + ["STRASSE"]), table(("straße", 4)))
    pd.testing.assert_frame_equal(count_words(["Straße", "strasse", "STRASSE"]), table(("strasse", 3)))


def test_equal_counts_stand_by_alphabet() -> None:
    assert count_words(["pear", "apple", "fig"])["word"].tolist() == ["apple", "fig", "pear"]


def test_nothing_gives_an_empty_table_of_the_same_types() -> None:
    pd.testing.assert_frame_equal(count_words([]), table())


@pytest.mark.parametrize(("n", "threshold"), [(0, 2), (1200, 2), (6000, 10), (63420, 100), (10**6, 100)])
def test_the_threshold_is_scaled_to_the_archive(n: int, threshold: int) -> None:
    assert choose_threshold(n) == threshold


def test_a_planted_word_leads_in_its_number(of_texts, rng) -> None:
    subject = of_texts(["kyoto temple"] * 30 + ["temple"] * 10 + ["kyoto"] * 70 + ["once"])
    frame = count_top_words(subject)
    pd.testing.assert_frame_equal(frame, table(("kyoto", 100), ("temple", 40)))
    finding = find_words(frame, subject, rng)
    assert finding.headline == "“kyoto” leads the words, in 100 searches"
    assert (finding.emphasis, finding.mark, finding.private) == ("kyoto", ("kyoto",), True)
    assert finding.deck == "The two words searched most; a cloud takes 30. Red: the most frequent."
    assert finding.remarkable == 0.0  # of six days


@pytest.fixture
def by_day(make_subject):
    """A subject of 200 days, with the texts that ``list_texts`` gives for each."""

    def make(list_texts):
        listed = [list_texts(k) for k in range(200)]
        times = [np.datetime64("2024-01-01T12:00", "ms") + np.timedelta64(k, "D") for k in range(200)]
        at = np.repeat(np.array(times), [len(texts) for texts in listed])
        return make_subject(at, text=[text for texts in listed for text in texts])

    return make


def test_a_word_of_every_day_leads_for_sure(by_day, rng) -> None:
    subject = by_day(lambda k: ["Kyoto temple", "kyoto", "kyoto map"])
    frame = count_top_words(subject)
    assert measure_lead(frame, subject, rng) == (3.0, 3.0)
    assert find_words(frame, subject, rng).remarkable == pytest.approx(np.log(3) / np.log(4))


def test_a_word_of_one_week_does_not_lead_for_sure(by_day, rng) -> None:
    subject = by_day(lambda k: ["bread", *(["kyoto"] * 60 if k // 7 == 11 else [])])
    frame = count_top_words(subject)
    assert frame["count"].tolist() == [420, 200]
    value, low = measure_lead(frame, subject, rng)
    assert value == 2.1 and low < 1
    assert find_words(frame, subject, rng).remarkable == 0.0


def test_one_word_alone_has_no_lead(by_day, rng) -> None:
    subject = by_day(lambda k: ["bread", None])
    assert np.isnan(measure_lead(count_top_words(subject), subject, rng)).all()


def test_two_words_in_the_first_place_have_no_leader(of_texts, rng) -> None:
    subject = of_texts(["kyoto temple"] * 30)
    frame = count_top_words(subject)
    assert name_leader(frame) is None
    finding = find_words(frame, subject, rng)
    assert (finding.headline, finding.mark, finding.remarkable) == ("What was asked about, 2024", (), 0.0)
    assert "Red" not in finding.deck


def test_a_hundred_words_are_the_most_that_are_shown(of_texts, rng) -> None:
    subject = of_texts([f"word{k // 2}" for k in range(300)])
    frame = count_top_words(subject)
    assert len(frame) == 100
    assert find_words(frame, subject, rng).deck == "The hundred words searched most; size follows the count."


def test_videos_are_watched(of_texts, rng) -> None:
    subject = of_texts(["cats piano", "cats", "dogs"], product="youtube", action="watched")
    finding = find_words(count_top_words(subject), subject, rng)
    assert finding.headline == "“cats” leads the words, in 2 videos"
    assert finding.deck.startswith("The word watched most; ")


def test_without_a_repeated_word_there_is_none_to_show(of_texts, rng) -> None:
    for texts in ([], [None, None], ["alpha", "beta"]):
        subject = of_texts(texts)
        frame = count_top_words(subject)
        assert len(frame) == 0
        assert find_words(frame, subject, rng).headline == "No word comes up in 2 searches yet"


@pytest.fixture
def three_years(make_subject):
    """Leaders of 2021 to 2023 as given, among 400 searches a year; 2024 has too few."""

    def make(*leaders: str):
        times, texts = [], []
        for year, word in zip(range(2021, 2025), (*leaders, "fourth"), strict=True):
            n = 400 if year < 2024 else 299
            times.append(np.datetime64(f"{year}-02-01", "ms") + np.arange(n) * np.timedelta64(1, "h"))
            texts += [f"{word} bread"] * (n - 100) + [word] * 60 + ["bread"] * 40
        return make_subject(np.concatenate(times), text=texts)

    return make


def test_each_year_has_its_words_what_sets_it_apart_first(three_years) -> None:
    frame = count_words_by_year(three_years("oven", "thesis", "kyoto"))
    expected = pd.DataFrame(
        {
            "year": np.repeat([2021, 2022, 2023], 2),
            "word": pd.Series(["oven", "bread", "thesis", "bread", "kyoto", "bread"], dtype="str"),
            "count": [360, 340] * 3,
            "rank": [1, 2] * 3,
        }
    )
    pd.testing.assert_frame_equal(frame.drop(columns="z"), expected)
    assert (frame["z"][frame["rank"] == 1] > 10).all()


def test_the_word_that_sets_each_year_apart_is_named(three_years) -> None:
    subject = three_years("oven", "thesis", "kyoto")
    finding = find_words_by_year(count_words_by_year(subject), subject)
    assert finding.headline == "A word for every year: oven, thesis, kyoto"
    assert finding.mark == ("oven", "thesis", "kyoto")
    assert finding.private
    assert ("Left out", "Under 300 searches: 2024.") in finding.notes


def test_one_word_may_lead_in_every_year(three_years) -> None:
    subject = three_years("oven", "oven", "oven")
    finding = find_words_by_year(count_words_by_year(subject), subject)
    assert (finding.headline, finding.emphasis) == ("“oven” leads the words in every year", "oven")


def test_a_tie_in_one_year_names_no_leaders(of_texts) -> None:
    subject = of_texts(["kyoto temple"] * 400)
    finding = find_words_by_year(count_words_by_year(subject), subject)
    assert (finding.headline, finding.mark) == ("What was asked about, year by year", ())
    assert "Red" not in finding.deck


def test_many_years_are_counted_in_the_headline(make_subject) -> None:
    times = [
        np.datetime64(f"{y}-02-01", "ms") + np.arange(300) * np.timedelta64(1, "h") for y in range(2015, 2024)
    ]
    texts = [word for k in range(9) for word in [["oven", "thesis"][k % 2]] * 300]
    subject = make_subject(np.concatenate(times), text=texts)
    finding = find_words_by_year(count_words_by_year(subject), subject)
    assert finding.headline == "In nine years, two words took the first place"


def test_a_year_of_few_searches_has_no_words(of_texts) -> None:
    subject = of_texts(["kyoto"] * 299)
    frame = count_words_by_year(subject)
    assert (len(frame), frame["year"].dtype) == (0, np.dtype("int64"))
    assert (
        find_words_by_year(frame, subject).headline == "No year holds 300 searches with words in common yet"
    )
