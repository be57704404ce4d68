import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.patterns.askings import AT_ONCE, list_askings
from pipeline.patterns.bootstrap import draw_weights
from pipeline.patterns.days import as_days
from pipeline.patterns.repeated import answer_repeated, count_queries, list_asked
from pipeline.patterns.repeats import answer_repeats, count_repeats, count_returns, judge_askings

NB = "\u00a0"


def ask_again(draw, make_subject, seed, first, last, *, share=0.25, years=None, a_day=8.0, **fields):
    """An archive in which each query repeats one of the last few hundred with the chance of its year."""
    times = np.sort(draw(seed, first, last, a_day=a_day))
    rng = np.random.default_rng(seed)
    texts: list[str] = []
    for k, time in enumerate(times):
        chance = (years or {}).get(int(str(time)[:4]), share)
        if k > 50 and rng.random() < chance:
            texts.append(texts[max(0, k - 1 - int(rng.lognormal(4.0, 1.0)))])
        else:
            texts.append(f"thing {k}")
    return make_subject(times, text=texts, **fields)


def weigh(subject, rng) -> np.ndarray:
    return draw_weights(as_days(subject.days), rng)


def test_the_same_text_within_half_an_hour_is_one_asking(make_subject) -> None:
    times = [
        "2024-03-01T10:00",
        "2024-03-01T10:20",
        "2024-03-01T10:40",
        "2024-03-01T11:11",
        "2024-03-02T11:11",
    ]
    subject = make_subject(times, text=["Rye ", "rye", "RYE", "rye", None])
    askings = list_askings(subject)
    assert askings.row.tolist() == [0, 3]
    np.testing.assert_array_equal(askings.since, [np.nan, 31 * 60.0])
    assert askings.query[0] == askings.query[1]


@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from("abcd")), max_size=30))
@settings(max_examples=60, deadline=None)
def test_askings_agree_with_a_loop(make_subject, asked) -> None:
    start = np.datetime64("2024-03-01T00:00", "ms")
    ordered = sorted(asked)
    times = start + np.array([10 * k for k, _ in ordered], dtype="timedelta64[m]")
    subject = make_subject(times, text=[text for _, text in ordered] or None)
    last: dict[str, float] = {}
    expected = []
    for row, (k, text) in enumerate(ordered):
        since = 600.0 * k - last[text] if text in last else np.nan
        last[text] = 600.0 * k
        if not since <= AT_ONCE:
            expected.append((row, since))
    askings = list_askings(subject)
    assert askings.row.tolist() == [row for row, _ in expected]
    np.testing.assert_array_equal(askings.since, [since for _, since in expected])


def test_only_entries_with_a_whole_year_of_archive_before_them_are_judged(make_subject, rng) -> None:
    days = [f"{year}-0{month}-15T10:00" for year in (2020, 2021, 2022, 2023) for month in (1, 3, 6)]
    texts = ["a", "b", "a", "a", "b", "c", "c", "b", "d", "d", "d", "b"]
    subject = make_subject(days, text=texts)
    frame = count_repeats(subject, judge_askings(subject), weigh(subject, rng))
    pd.testing.assert_frame_equal(
        frame[["year", "queries", "again", "share"]],
        pd.DataFrame(
            {
                "year": [2021, 2022, 2023],
                "queries": [3, 3, 3],
                "again": [2, 2, 2],
                "share": [2 / 3, 2 / 3, 2 / 3],
            }
        ),
    )  # not c, new in 2021, nor d, new in 2022, nor b in June 2023, which is 15 months old
    assert frame[["low", "high"]].isna().all().all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.0, 0.1, 0.4])
def test_the_planted_share_of_repeats_is_found(draw, make_subject, rng, seed, share) -> None:
    subject = ask_again(draw, make_subject, seed, "2021-01-02", "2024-12-28", share=share)
    answer = answer_repeats(subject, rng)
    frame = answer.frame
    assert frame["year"].tolist() == [2022, 2023, 2024]
    for row in frame.itertuples():
        assert row.low <= row.share <= row.high
        assert row.share == pytest.approx(share, abs=0.05)
    found = frame["again"].sum() / frame["queries"].sum()
    percent = f"{100 * found:.1f}" if found < 0.0995 and found else f"{100 * found:.0f}"
    assert answer.finding.headline.startswith(f"{percent}{NB}% of searches repeat one of the year before")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.4, 0.6])
def test_a_planted_year_of_repeats_is_named(draw, make_subject, rng, seed, share) -> None:
    subject = ask_again(draw, make_subject, seed, "2020-01-02", "2024-12-28", years={2023: share})
    finding = answer_repeats(subject, rng).finding
    assert finding.headline.endswith(", most often in 2023")
    assert finding.emphasis == "most often in 2023"
    assert finding.mark == (2023,)
    assert finding.remarkable > 0.2
    assert any(title == "Most in 2023" for title, _ in finding.notes)


@pytest.mark.parametrize("seed", range(6))
def test_years_alike_are_not_ranked(draw, make_subject, rng, seed) -> None:
    subject = ask_again(draw, make_subject, seed, "2020-01-02", "2024-12-28")
    finding = answer_repeats(subject, rng).finding
    assert finding.headline.endswith("repeat one of the year before")
    assert (finding.emphasis, finding.mark, finding.remarkable) == ("", (), 0.0)


def test_under_two_years_the_look_back_is_four_weeks(draw, make_subject, rng) -> None:
    finding = answer_repeats(ask_again(draw, make_subject, 0, "2024-01-02", "2024-06-28"), rng).finding
    assert re.fullmatch(r"\d+\u00a0% of searches repeat one of the four weeks before", finding.headline)


def test_returns_are_counted_by_their_time(make_subject, rng) -> None:
    days = ("2022-01-01", "2022-01-02", "2022-01-05", "2022-01-20", "2022-03-20", "2022-12-20", "2024-03-20")
    subject = make_subject([f"{day}T10:00" for day in days], text="rye")
    frame = count_returns(subject, weigh(subject, rng))
    assert frame["repeats"].tolist() == [1, 1, 1, 1, 1, 1]
    assert frame["after"].tolist()[0] == "within a day"
    assert frame["share"].isna().all()


@pytest.mark.parametrize(
    ("times", "headline"),
    [
        ([], "No search yet with four weeks of archive before it"),
        (["2024-03-01T10:00"], "No search yet with four weeks of archive before it"),
        (["2024-01-01T10:00", "2024-03-01T10:00"], "One search is too few to count repeats"),
    ],
)
def test_too_little_is_said(make_subject, rng, times, headline) -> None:
    answer = answer_repeats(make_subject(times, text="rye"), rng)
    assert answer.finding.headline == headline
    assert (answer.finding.mark, answer.finding.remarkable) == ((), 0.0)


def test_entries_without_a_text_are_left_out(draw, make_subject, rng) -> None:
    subject = make_subject(draw(0, "2023-01-02", "2023-12-28"))
    assert len(list_askings(subject).query) == 0
    assert answer_repeats(subject, rng).finding.headline.startswith("No search yet")
    assert len(answer_repeated(subject, rng).frame) == 0


def test_the_tables_are_the_same_for_every_archive_and_hold_no_text(draw, make_subject, rng) -> None:
    full = answer_repeats(ask_again(draw, make_subject, 0, "2021-01-02", "2024-06-28"), rng)
    assert list(full.frame.columns) == ["year", "queries", "again", "share", "low", "high"]
    assert list(full.frames["returns"].columns) == ["after", "repeats", "share", "low", "high"]
    assert not full.finding.private
    assert "thing 1" not in str([frame.to_csv() for frame in full.frames.values()]) + str(full.finding)
    empty = answer_repeats(make_subject([]), rng)
    for name, frame in empty.frames.items():
        assert frame.dtypes.to_dict() == full.frames[name].dtypes.to_dict()


def test_videos_are_called_videos(draw, make_subject, rng) -> None:
    subject = ask_again(
        draw, make_subject, 0, "2021-01-02", "2023-12-28", product="youtube", action="watched", a_day=4.0
    )
    for finding in (answer_repeats(subject, rng).finding, answer_repeated(subject, rng).finding):
        text = " ".join([finding.headline, finding.deck, finding.certainty, finding.alt, finding.how])
        assert "search" not in text and "videos" in text


def test_queries_are_ranked_by_how_often_they_were_asked(make_subject) -> None:
    asked = [("a", 5), ("b", 3), ("c", 5), ("d", 2)]
    times, texts = [], []
    for k, (text, n) in enumerate(asked):
        times += [np.datetime64("2024-01-01T10:00") + np.timedelta64(40 * j + k, "D") for j in range(n)]
        texts += [text] * n
    order = np.argsort(times)
    subject = make_subject(np.array(times), text=[texts[k] for k in order])
    askings = list_askings(subject)
    expected = pd.DataFrame(
        {
            "query": pd.Series(["a", "c", "b"], dtype="str"),
            "times": [5, 5, 3],
            "first": pd.to_datetime(["2024-01-01", "2024-01-03", "2024-01-02"]).as_unit("ms"),
            "last": pd.to_datetime(["2024-06-09", "2024-06-11", "2024-03-22"]).as_unit("ms"),
            "longest_days": [40, 40, 40],
        }
    )
    pd.testing.assert_frame_equal(count_queries(subject, askings), expected)
    days = list_asked(subject, askings)
    assert Counter(days["rank"].tolist()) == {0: 5, 1: 5, 2: 3}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("times", [40, 200])
def test_a_planted_query_leads(draw, make_subject, rng, seed, times) -> None:
    when = np.sort(draw(seed, "2022-01-02", "2023-12-28", a_day=4))
    places = np.random.default_rng(seed).choice(len(when), times, replace=False)
    texts = [f"thing {k % 900}" for k in range(len(when))]
    for place in places:
        texts[place] = "Rye  Bread "
    finding = answer_repeated(make_subject(when, text=texts), rng).finding
    match = re.fullmatch(r"“Rye Bread” was asked (\d+) times", finding.headline)
    assert match is not None
    assert times * 0.9 <= int(match[1]) <= times
    assert finding.private
    assert finding.remarkable > 0.3


def test_equal_leaders_are_not_ranked(make_subject, rng) -> None:
    times = np.datetime64("2024-01-01T10:00", "ms") + np.arange(80) * np.timedelta64(1, "D")
    finding = answer_repeated(make_subject(times, text=[f"thing {k % 2}" for k in range(80)]), rng).finding
    assert finding.headline == "The searches asked most often"
    assert (finding.emphasis, finding.mark, finding.remarkable) == ("", (), 0.0)


def test_the_longest_return_is_named_if_it_took_a_year(make_subject, rng) -> None:
    times = [
        "2019-01-01T10:00",
        "2023-01-02T10:00",
        "2023-01-03T10:00",
        "2023-01-04T10:00",
        "2023-02-04T10:00",
    ]
    finding = answer_repeated(make_subject(times, text=["kyoto", "rye", "rye", "rye", "kyoto"]), rng).finding
    assert ("The longest return", "“kyoto” came back after 1,495 days.") in finding.notes
    assert finding.headline == "“rye” was asked 3 times"


def test_nothing_repeated_is_said(make_subject, rng) -> None:
    answer = answer_repeated(make_subject(["2024-03-01T10:00"], text="rye"), rng)
    assert answer.finding.headline == "No search was asked three times yet"
    assert answer.finding.private
    full = answer_repeated(make_subject([f"2024-03-0{k}T10:00" for k in range(1, 6)], text="rye"), rng)
    for name, frame in answer.frames.items():
        assert frame.dtypes.to_dict() == full.frames[name].dtypes.to_dict()
        assert len(frame) == 0
