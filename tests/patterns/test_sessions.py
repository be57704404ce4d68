import math
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.patterns.pauses import Limit, list_pauses, say_limit
from pipeline.patterns.reformulations import measure_reformulations
from pipeline.patterns.sessions import (
    answer_sessions,
    count_pauses,
    count_sizes,
    list_sessions,
    number_sessions,
    summarise,
)

NB = "\u00a0"
COLUMNS = {
    "main": ["seconds", "gaps", "within"],
    "fit": ["component", "weight", "mean", "sd"],
    "limit": ["seconds", "fitted", "low", "high"],
    "sizes": ["searches", "sessions", "share", "low", "high"],
    "summary": ["sessions", "median_minutes", "reformulations_share", "low", "high"],
}


def draw_bursts(draw, seed, first, last, *, size=3.0, pause=45.0, **fields) -> np.ndarray:
    times = draw(seed, first, last, **fields)
    rng = np.random.default_rng(seed)
    sizes = rng.geometric(1 / size, len(times))
    session = np.repeat(np.arange(len(times)), sizes)
    elapsed = np.cumsum(rng.lognormal(math.log(pause), 0.9, len(session)))
    seconds = (elapsed - elapsed[np.cumsum(sizes) - sizes][session]).astype("timedelta64[s]")
    return times[session].astype("datetime64[s]") + seconds


def put(*seconds: int) -> np.ndarray:
    """Times so many seconds after noon of 1 March 2024, and one entry two days later: the day is covered."""
    start = np.datetime64("2024-03-01T12:00")
    edges = np.array([start - np.timedelta64(2, "D"), start + np.timedelta64(2, "D")])
    return np.concatenate([edges.astype("datetime64[s]"), start + np.array(seconds, dtype="timedelta64[s]")])


def test_sessions_are_parted_by_longer_pauses_only(make_subject) -> None:
    subject = make_subject(put(0, 60, 960, 1861))
    pauses = list_pauses(subject)
    assert number_sessions(pauses, 900).tolist() == [0, 1, 1, 1, 2, 3]
    text = subject.rows.assign(text=["a", "b", "c", "d", "e", "f"])
    frame = list_sessions(replace(subject, rows=text), pauses, 900)
    pd.testing.assert_frame_equal(
        frame.iloc[1:3].reset_index(drop=True),
        pd.DataFrame(
            {
                "first": pd.to_datetime(["2024-03-01T12:00:00", "2024-03-01T12:31:01"]).as_unit("ms"),
                "last": pd.to_datetime(["2024-03-01T12:16:00", "2024-03-01T12:31:01"]).as_unit("ms"),
                "searches": [3, 1],
                "seconds": [960.0, 0.0],
                "first_query": ["b", "e"],
                "last_query": ["d", "e"],
            }
        ),
        check_dtype=False,
    )


@given(st.lists(st.integers(0, 7200), min_size=1, max_size=40), st.sampled_from([60, 900, 1800]))
@settings(max_examples=50, deadline=None)
def test_sessions_agree_with_a_loop(make_subject, seconds, limit) -> None:
    subject = make_subject(put(*seconds))
    pauses = list_pauses(subject)
    session, expected = 0, [0]
    times = [t.timestamp() for t in subject.rows["time"]]
    for before, after in pairwise(times):
        session += after - before > limit
        expected.append(session)
    assert number_sessions(pauses, limit).tolist() == expected
    assert (
        int(summarise(subject, pauses, np.array(expected), np.random.default_rng(0))["sessions"].iloc[0])
        == session + 1
    )


def test_sizes_are_counted_in_classes_and_shares_hold_one(make_subject, rng) -> None:
    seconds = [
        hour * 7200 + k for hour, size in enumerate((1, 1, 2, 3, 4, 5, 9, 10, 30)) for k in range(size)
    ]
    subject = make_subject(put(*seconds))
    pauses = list_pauses(subject)
    frame = count_sizes(subject, pauses, number_sessions(pauses, 1800), rng)
    assert frame["searches"].tolist() == ["1", "2", "3", "4", "5–9", "10 or more"]
    assert frame["sessions"].tolist() == [4, 1, 1, 1, 2, 2]  # the two entries at the edges are sessions too
    assert frame["share"].sum() == pytest.approx(1.0)
    assert (frame["low"] <= frame["share"]).all() and (frame["share"] <= frame["high"]).all()


def test_every_known_pause_is_counted_once(draw, make_subject, rng) -> None:
    subject = make_subject(draw_bursts(draw, 0, "2024-01-03", "2024-06-28", a_day=5))
    answer = answer_sessions(subject, rng)
    frame = answer.frame
    assert frame["gaps"].sum() == len(subject.rows) - 1
    limit = int(answer.frames["limit"]["seconds"].iloc[0])
    seconds = subject.rows["time"].diff().dt.total_seconds().to_numpy()[1:]
    assert frame["within"].sum() == np.sum(seconds <= limit)
    np.testing.assert_allclose(np.diff(np.log10(frame["seconds"])), 0.1)
    shortest = frame["gaps"][frame["seconds"].between(5, 30)].to_numpy()
    assert (shortest > 0).all()  # whole seconds leave no class empty


def test_whole_seconds_leave_no_class_empty(make_subject) -> None:
    seconds = np.cumsum(np.tile(np.arange(2, 31), 50))
    subject = make_subject(put(*seconds.tolist()))
    pauses = list_pauses(subject)
    frame = count_pauses(pauses, Limit(1800, False, math.nan, math.nan, None))
    inside = frame[frame["seconds"].between(2.4, 24)]
    assert len(inside) == 10
    expected = 50 * inside["seconds"] * (10**0.1 - 1)
    np.testing.assert_allclose(inside["gaps"], expected, rtol=0.12)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [1.6, 3.0, 5.0])
def test_the_planted_share_of_single_searches_is_found(draw, make_subject, rng, seed, size) -> None:
    subject = make_subject(draw_bursts(draw, seed, "2023-01-03", "2024-06-28", a_day=4, size=size, pause=20))
    answer = answer_sessions(subject, rng)
    finding = answer.finding
    limit = answer.frames["limit"].iloc[0]
    assert limit["low"] <= limit["seconds"] <= limit["high"]
    said = say_limit(int(limit["seconds"]))
    assert finding.headline == f"A pause of more than {said} starts a new session"
    assert (finding.emphasis, finding.mark) == (said, (limit["seconds"],))
    assert re.fullmatch(rf"Between \d+ and \d+{NB}minutes", finding.certainty)
    assert finding.remarkable == 0.0
    single = answer.frames["sizes"].iloc[0]
    assert single["low"] - 0.03 < 1 / size < single["high"] + 0.06  # neighbours join now and then
    assert answer.frames["fit"]["component"].tolist() == ["within", "between"]


@pytest.mark.parametrize("seed", range(4))
def test_without_sessions_the_limit_is_a_convention(draw, make_subject, rng, seed) -> None:
    answer = answer_sessions(make_subject(draw(seed, "2023-01-03", "2024-06-28")), rng)
    finding = answer.finding
    assert finding.headline == f"A pause of more than 30{NB}minutes starts a new session, by convention"
    assert (finding.emphasis, finding.mark, finding.remarkable) == ("", (), 0.0)
    assert len(answer.frames["fit"]) == 0
    assert not answer.frames["limit"]["fitted"].iloc[0]


@pytest.mark.parametrize(
    ("times", "headline"),
    [
        ([], "No search yet to tell sessions apart"),
        (["2024-03-01T10:00"], "One search is too few to tell sessions apart"),
        (["2014-03-01T10:00", "2024-03-01T10:00"], "Two searches are too few to tell sessions apart"),
    ],
)
def test_too_little_is_said(make_subject, rng, times, headline) -> None:
    answer = answer_sessions(make_subject(times), rng)
    assert answer.finding.headline == headline
    assert answer.finding.mark == ()
    assert all(len(frame) == 0 for frame in answer.frames.values())


def test_the_tables_are_the_same_for_every_archive(draw, make_subject, rng) -> None:
    full = answer_sessions(make_subject(draw_bursts(draw, 0, "2024-01-03", "2024-06-28", a_day=5)), rng)
    videos = draw(4, "2023-01-05", "2023-11-20", a_day=3)
    others = [
        answer_sessions(make_subject([]), rng),
        answer_sessions(make_subject(videos, product="youtube", action="watched"), rng),
    ]
    for answer in others:
        for name, frame in answer.frames.items():
            assert list(frame.columns) == COLUMNS[name]
            assert frame.dtypes.to_dict() == full.frames[name].dtypes.to_dict()
    text = " ".join([others[1].finding.headline, others[1].finding.deck, others[1].finding.alt,
                     *(part for note in others[1].finding.notes for part in note)])  # fmt: skip
    assert "search" not in text
    assert "Time between one video and the next" in text


def test_one_day_of_entries_a_minute_apart_is_one_session(make_subject, rng) -> None:
    minutes = np.datetime64("2024-03-01", "ms") + np.arange(800) * np.timedelta64(1, "m")
    answer = answer_sessions(make_subject(minutes), rng)
    assert answer.frames["summary"]["sessions"].tolist() == [1]
    assert ("Sessions", "1 session.") in answer.finding.notes
    assert answer.finding.mark == ()


def test_a_query_that_shares_a_telling_word_with_the_one_before_rewords_it(make_subject) -> None:
    texts = ["rye bread", "rye flour", "rye flour", "the oven", "the piano", None, "piano lessons"]
    subject = make_subject(put(*range(7)))
    rows = subject.rows.assign(text=["x", *texts, "y"])  # one entry before, one after
    subject = replace(subject, rows=rows)
    pauses = list_pauses(subject)
    session = number_sessions(pauses, 900)
    # four pairs with two texts in one session; only rye flour rewords rye bread
    assert measure_reformulations(subject, pauses.order, session) == pytest.approx(1 / 4)
    assert math.isnan(measure_reformulations(subject, pauses.order, np.arange(len(rows))))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_the_planted_share_of_reformulations_is_found(make_subject, seed, share) -> None:
    rng = np.random.default_rng(seed)
    topics = [f"topic{chr(97 + k // 26)}{chr(97 + k % 26)}" for k in range(600)]
    texts, again = [topics[0]], rng.random(599) < share
    for k in range(1, 600):
        texts.append(f"{texts[-1].split()[0]} more{chr(97 + k % 26)}{k % 7}x" if again[k - 1] else topics[k])
    start = np.datetime64("2024-03-01T12:00:00")
    subject = make_subject(start + np.arange(600).astype("timedelta64[s]"), text=texts)
    pauses = list_pauses(subject)
    found = measure_reformulations(subject, pauses.order, number_sessions(pauses, 900))
    assert found == pytest.approx(again.mean(), abs=0.02)


@pytest.mark.parametrize("seed", range(3))
def test_the_share_of_reformulations_lies_in_an_interval_over_days(make_subject, seed) -> None:
    rng = np.random.default_rng(seed)
    days = np.repeat(np.arange(120), 20)
    times = np.datetime64("2024-03-01T12:00:00") + days.astype("timedelta64[D]") + np.tile(np.arange(20), 120)
    again = rng.random(2400) < 0.3
    words = [f"w{chr(97 + k // 676)}{chr(97 + k // 26 % 26)}{chr(97 + k % 26)}" for k in range(2400)]
    texts = [f"{words[k - 1] if again[k] else 'x' + words[k]} {words[k]}" for k in range(2400)]
    subject = make_subject(times, text=texts)
    pauses = list_pauses(subject)
    session = number_sessions(pauses, 900)
    (row,) = summarise(subject, pauses, session, np.random.default_rng(seed)).itertuples()
    assert row.low < row.reformulations_share < row.high
    assert row.low <= 0.3 <= row.high and row.high - row.low < 0.1
