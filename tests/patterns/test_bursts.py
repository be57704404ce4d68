from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.patterns.bursts import answer_bursts, name_in_turn
from pipeline.patterns.bursts_alike import choose_apart, list_sessions, measure_clumps
from pipeline.patterns.bursts_listed import MOST_WORDS, list_bursts
from pipeline.patterns.vocabulary import read_vocabulary
from pipeline.patterns.wording import say_short_months

Plan = dict[str, tuple[str, str, float]]


def draw_texts(times: np.ndarray, seed: int, planted: Plan, clump: int = 1) -> list[str]:
    """Words of Zipf's frequencies, so many in a row of one kind, and planted ones: word → first and last
    day, share of the searches there; outside one in a thousand holds it."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(5, 155)
    chosen = rng.choice(150, -(-len(times) // clump), p=weights / weights.sum())
    texts = [f"t{k}x" for k in np.repeat(chosen, clump)[: len(times)]]
    days = times.astype("datetime64[D]")
    for word, (first, last, share) in planted.items():
        inside = (days >= np.datetime64(first)) & (days <= np.datetime64(last))
        for k in np.flatnonzero(rng.random(len(times)) < np.where(inside, share, 0.001)):
            texts[k] += f" {word}"
    return texts


@pytest.fixture(scope="module")
def three_years(draw_session, make_subject):
    """Subjects of three years with planted bursts."""

    def make(seed: int, planted: Plan, *, clump: int = 1, a_day: float = 15, **asked):
        times = np.sort(draw_session(seed, "2022-02-02", "2024-11-20", a_day=a_day, **asked))
        return make_subject(times, text=draw_texts(times, seed, planted, clump))

    return make


PLAN: Plan = {"kyoto": ("2022-05-10", "2022-08-15", 0.2), "chess": ("2023-09-04", "2023-12-20", 0.1)}


@pytest.fixture(scope="module")
def planted(three_years):
    """One subject with two bursts, and its answer."""
    subject = three_years(0, PLAN)
    return subject, answer_bursts(subject, np.random.default_rng(0))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("share", [0.05, 0.3])
def test_planted_bursts_are_found_and_dated_within_days(three_years, seed: int, share: float) -> None:
    plan = {word: (first, last, share) for word, (first, last, _) in PLAN.items()}
    found = list_bursts(three_years(seed, plan)).main
    assert found["word"].tolist() == ["kyoto", "chess"]
    for k, (first, last, _) in enumerate(plan.values()):
        assert abs(found["first"].iloc[k] - pd.Timestamp(first)).days <= (4 if share > 0.1 else 12)
        assert abs(found["last"].iloc[k] - pd.Timestamp(last)).days <= (4 if share > 0.1 else 12)
    assert found["strongest"].all()


@pytest.mark.slow
def test_weak_bursts_are_listed_from_the_weight_on_that_chance_gives_in_five_of_100_archives(
    three_years,
) -> None:
    listed = []
    for seed in range(12):
        weak = dict.fromkeys(("kyoto", "chess"), (*PLAN["kyoto"][:2], 0.012 + 0.002 * (seed % 4)))
        found = list_bursts(three_years(seed, weak))
        limit = np.log(len(found.table.days) * found.n_tried / 0.05)
        assert (found.main.loc[found.main["strongest"], "weight"] >= limit).all()
        listed += found.main["word"].tolist()
    assert 0 < len(listed) < 24


def test_a_bursts_numbers_are_those_of_its_days(planted) -> None:
    subject, answer = planted
    rows = subject.rows[subject.rows["date"].isin(subject.covered)]
    for burst in answer.frame.itertuples():
        inside = rows[rows["date"].between(burst.first, burst.last)]
        assert burst.count == inside["text"].str.contains(burst.word).sum()
        assert burst.days == (burst.last - burst.first).days + 1
    weeks = answer.frames["weeks"]
    kyoto = weeks[weeks["word"] == "kyoto"]
    assert kyoto["count"].sum() == rows["text"].str.contains("kyoto").sum()
    assert kyoto["covered_days"].sum() == len(subject.covered)
    assert (kyoto["week"].dt.day_of_week == 0).all() and (kyoto["week"].diff().dropna().dt.days == 7).all()
    first, last = answer.frame["first"].iloc[0], answer.frame["last"].iloc[0]
    touched = (kyoto["week"] + pd.Timedelta(days=6) >= first) & (kyoto["week"] <= last)
    assert (kyoto["bursting"] == touched).all()


def test_the_finding_names_things_in_their_order_and_says_how_sure(planted) -> None:
    finding = planted[1].finding
    assert finding.headline == "One thing after another: kyoto, chess"
    assert (finding.emphasis, finding.mark, finding.section) == ("kyoto", ("kyoto",), "Words")
    assert finding.named == ("kyoto", "chess")
    assert finding.private and finding.remarkable == 1.0
    assert finding.certainty.startswith("In its burst “kyoto” came over ")
    n = planted[1].frame["count"].iloc[0]
    assert f"The heaviest burst: kyoto, {n} searches, May – Aug 2022." in finding.alt


def test_one_burst_is_told_with_its_count_and_span(three_years) -> None:
    answer = answer_bursts(three_years(1, {"kyoto": PLAN["kyoto"]}), np.random.default_rng(0))
    n = answer.frame["count"].iloc[0]
    assert answer.finding.headline == f"“kyoto” came in a burst: {n} searches, May – Aug 2022"


def test_bursts_at_one_time_do_not_come_after_another() -> None:
    dates = [("a", "2022-01-01", "2022-03-01", 50.0), ("b", "2022-02-01", "2022-05-01", 90.0),
             ("c", "2022-05-01", "2022-06-01", 80.0), ("d", "2022-06-02", "2022-07-01", 10.0)]  # fmt: skip
    main = pd.DataFrame(dates, columns=["word", "first", "last", "weight"]).assign(strongest=True)
    assert name_in_turn(main) == ["b", "d"]
    assert name_in_turn(main[main["word"] != "b"]) == ["a", "c", "d"]


@pytest.mark.parametrize("clump", [1, 4])
def test_words_of_a_constant_rate_have_no_burst(three_years, clump: int) -> None:
    for seed in range(4):
        subject = three_years(seed, {}, clump=clump, years={2023: 3.0}, months={8: 0.3})
        answer = answer_bursts(subject, np.random.default_rng(0))
        assert answer.frame.empty and answer.frames["weeks"].empty
        assert answer.finding.headline == "No word comes in a burst"
        assert (answer.finding.remarkable, answer.finding.mark) == (0.0, ())


def test_a_share_that_grows_slowly_is_no_burst(three_years) -> None:
    for seed, growth in ((0, 0.4), (1, 0.8), (2, -0.8), (3, 1.6)):
        subject = three_years(seed, {})
        years = (subject.rows["local"] - subject.rows["local"].iloc[0]) / pd.Timedelta(days=365)
        share = 0.06 * np.exp(growth * (years - (years.max() if growth > 0 else 0)))
        held = np.random.default_rng(seed).random(len(years)) < share
        subject.rows["text"] = np.where(held, subject.rows["text"] + " python", subject.rows["text"])
        assert list_bursts(subject).main.empty


def test_a_share_that_moves_up_and_down_is_no_burst(three_years) -> None:
    subject = three_years(4, {})
    days, rng = subject.rows["date"], np.random.default_rng(4)
    share = np.where(days.between("2023-01-01", "2023-05-30"), 0.1, 0.045)
    for low in (("2022-11-01", "2022-12-31"), ("2023-05-31", "2023-07-31")):
        share[days.between(*low)] = 0.012
    held = rng.random(len(days)) < share
    subject.rows["text"] = np.where(held, subject.rows["text"] + " python", subject.rows["text"])
    assert list_bursts(subject).main.empty


def test_what_stays_while_all_else_falls_is_no_burst(three_years) -> None:
    plan = {"kyoto": ("2023-06-01", "2023-07-31", 0.2)}
    subject = three_years(5, plan, a_day=60, months={6: 0.1, 7: 0.1})
    others = (subject.rows["date"] < "2023-06-01") | (subject.rows["date"] > "2023-07-31")
    held = others & (np.random.default_rng(5).random(len(others)) < 0.02)
    subject.rows["text"] = np.where(held, subject.rows["text"] + " kyoto", subject.rows["text"])
    assert list_bursts(subject).main.empty


def test_sessions_about_one_word_each_are_no_bursts(make_subject) -> None:
    for seed in range(3):
        rng = np.random.default_rng(seed)
        hours = np.arange(np.datetime64("2021-01-01T06", "h"), np.datetime64("2023-12-20T06", "h"), 8)
        sizes = rng.geometric(1 / 12, len(hours))
        minutes = np.concatenate([np.arange(size) for size in sizes])
        times = np.repeat(hours, sizes).astype("datetime64[m]") + minutes
        words = np.repeat(rng.integers(0, 120, len(hours)), sizes)
        subject = make_subject(times.astype("datetime64[ms]"), text=[f"t{k}x" for k in words])
        assert list_bursts(subject).main.empty


def test_everyday_words_have_no_burst(three_years) -> None:
    plan = {"what": PLAN["kyoto"], "chess": PLAN["chess"]}
    assert set(list_bursts(three_years(6, plan)).main["word"]) == {"chess"}


def test_one_evening_is_no_burst(three_years) -> None:
    plan = {"kidney": ("2023-03-03", "2023-03-05", 0.9), "kyoto": PLAN["kyoto"]}
    assert set(list_bursts(three_years(2, plan, a_day=40)).main["word"]) == {"kyoto"}


def test_what_lasts_over_two_years_is_a_habit(draw_session, make_subject) -> None:
    times = np.sort(draw_session(0, "2015-02-02", "2024-11-20", a_day=8))
    plan = {"oboe": ("2018-01-10", "2020-03-01", 0.1), "cello": ("2018-01-10", "2019-11-01", 0.1)}
    subject = make_subject(times, text=draw_texts(times, 0, plan))
    assert set(list_bursts(subject).main["word"]) == {"cello"}


def test_a_phrase_and_its_halves_are_one_thing(three_years) -> None:
    subject = three_years(3, {"kyoto": PLAN["kyoto"]})
    rng = np.random.default_rng(0)
    texts, holds = subject.rows["text"], subject.rows["text"].str.contains("kyoto")
    with_temple = texts.str.replace("kyoto", "kyoto temple").where(rng.random(len(texts)) < 0.5, texts)
    subject.rows["text"] = with_temple.where(holds, texts)
    found = list_bursts(subject)
    assert found.main["word"].nunique() == 1
    assert found.n_alike >= 1


def test_words_of_one_session_are_one_thing_and_others_of_the_time_are_not(make_subject) -> None:
    """Sessions of three an hour apart: about bread and rye, now and then; about chess at the same time."""
    rng = np.random.default_rng(0)
    hours = np.arange(np.datetime64("2022-01-01T06", "h"), np.datetime64("2023-12-20T06", "h"), 4)
    times = (hours.astype("datetime64[m]")[:, None] + np.arange(3)).ravel().astype("datetime64[ms]")
    weeks = np.repeat((hours - hours[0]) / np.timedelta64(7, "D"), 3).reshape(-1, 3)
    kind = np.repeat(rng.random(len(hours)), 3).reshape(-1, 3)
    texts = np.array([f"t{k}x" for k in rng.integers(0, 60, times.size)], dtype=object).reshape(-1, 3)
    late = (weeks > 40) & (weeks < 60)
    bread = late & (kind < 0.3)
    texts[bread] = np.where(rng.random(int(bread.sum())) < 0.6, "bread", "rye")
    texts[(weeks > 46) & (weeks < 58) & (kind > 0.7)] = "chess"
    found = list_bursts(make_subject(times, text=texts.ravel().tolist()))
    assert found.main["word"].tolist() == ["bread", "chess"]
    assert found.n_alike == 1


def test_words_that_stand_for_others_are_chosen_by_days_and_by_sessions(make_subject) -> None:
    times = np.arange(np.datetime64("2024-01-01T12"), np.datetime64("2024-01-21T12"), 24).repeat(2)
    subject = make_subject(times, text=["ab", "cd"] * 20)
    words, session = read_vocabulary(subject), list_sessions(subject)
    place = session.copy()
    bursting = np.zeros((2, 20), dtype=bool)
    bursting[0, 2:10], bursting[1, 8:14] = True, True
    edges = (np.array([2, 8]), np.array([9, 13]))
    assert choose_apart(words, session, place, bursting, edges, 9) == [0, 1]
    bursting[1] = bursting[0]
    assert choose_apart(words, session, place, bursting, edges, 9) == [0]
    assert choose_apart(words, session, place, bursting, edges, 0) == []


def test_clumps_are_counted_by_session(make_subject) -> None:
    times = ["2024-03-01T10:00", "2024-03-01T10:20", "2024-03-01T10:49", "2024-03-01T11:30"]
    subject = make_subject(times, text=["bread", "bread rye", "bread", "bread"])
    session = list_sessions(subject)
    assert session.tolist() == [0, 0, 0, 1]
    clumps = dict(zip(read_vocabulary(subject).words, measure_clumps(read_vocabulary(subject), session),
                      strict=True))  # fmt: skip
    assert clumps == pytest.approx({"bread": 10 / 4, "rye": 1.0})


def test_days_that_are_not_covered_end_no_burst_and_are_gaps_in_the_weeks(draw_session, make_subject) -> None:
    times = np.sort(draw_session(4, "2022-02-02", "2024-11-20", a_day=15))
    times = times[(times < np.datetime64("2022-06-10")) | (times > np.datetime64("2022-07-20"))]
    gap = int(np.searchsorted(times, np.datetime64("2022-07-01")))
    firsts, lasts = (pd.DatetimeIndex(times[ends]).tz_localize("UTC") for ends in ([0, gap], [gap - 1, -1]))
    sources = pd.DataFrame({"export": ["a", "b"], "folder": "My Activity/Search", "product": "search"})
    sources = sources.assign(first=firsts, last=lasts)
    subject = make_subject(times, text=draw_texts(times, 4, {"kyoto": PLAN["kyoto"]}), sources=sources)
    found = list_bursts(subject)
    assert len(found.main) == 1
    assert found.main["first"].iloc[0] < pd.Timestamp("2022-05-16")
    assert found.main["last"].iloc[0] > pd.Timestamp("2022-08-10")
    missing = found.weeks[found.weeks["covered_days"] == 0]
    assert missing["week"].min() == pd.Timestamp("2022-06-13")
    assert missing["week"].max() == pd.Timestamp("2022-07-11")
    assert (missing["count"] == 0).all()


def test_at_most_fourteen_words_are_shown(three_years) -> None:
    starts = pd.date_range("2022-03-01", periods=18, freq="50D")
    plan = {f"thing{chr(97 + k)}": (f"{day:%Y-%m-%d}", f"{day + pd.Timedelta(days=40):%Y-%m-%d}", 0.2)
            for k, day in enumerate(starts)}  # fmt: skip
    found = list_bursts(three_years(5, plan))
    assert found.main["word"].nunique() == MOST_WORDS
    strongest = found.main[found.main["strongest"]]
    assert strongest["first"].is_monotonic_increasing
    assert found.n_alike == len(starts) - MOST_WORDS


@pytest.mark.parametrize("times", [[], ["2024-03-01T22:00"], ["2014-03-01T22:00", "2024-06-01T10:00"]])
def test_little_gives_empty_tables_of_the_same_types(make_subject, times, planted) -> None:
    small = answer_bursts(make_subject(times, text="bread"), np.random.default_rng(0))
    for name in ("main", "weeks"):
        assert len(small.frames[name]) == 0
        assert small.frames[name].dtypes.equals(planted[1].frames[name].dtypes)


def test_under_half_a_year_says_what_it_takes(make_subject, draw_session) -> None:
    times = np.sort(draw_session(3, "2024-01-02", "2024-06-20", a_day=15))
    texts = draw_texts(times, 0, {"kyoto": ("2024-02-01", "2024-03-01", 0.4)})
    subject = make_subject(times, product="youtube", action="watched", text=texts)
    finding = answer_bursts(subject, np.random.default_rng(0)).finding
    assert finding.headline == "171 covered days are too few to tell a burst from the usual"
    assert finding.deck == "It takes 182 covered days, half a year."
    assert "search" not in finding.how


def test_spans_are_written_to_the_month() -> None:
    assert say_short_months(date(2022, 3, 7), date(2022, 7, 2)) == "Mar – Jul 2022"
    assert say_short_months(date(2021, 11, 2), date(2022, 2, 1)) == "Nov 2021 – Feb 2022"
    assert say_short_months(date(2022, 3, 7), date(2022, 3, 9)) == "Mar 2022"
