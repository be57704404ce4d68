import numpy as np
import pytest

from pipeline.patterns.words_apart import Apart, answer_words_apart, compare_parts, find_words_apart


def draw_texts(times: np.ndarray, seed: int, by_night: float, at_weekends: float = 1.0, share: float = 0.02):
    """Words of Zipf's frequencies in sessions of one topic; two come more by night or at weekends."""
    rng = np.random.default_rng(seed)
    times = np.sort(times)
    hour = (times - times.astype("datetime64[D]")).astype("timedelta64[h]").astype(int)
    weekday = (times.astype("datetime64[D]").astype(int) + 3) % 7
    weights = 1 / np.arange(5, 205)
    topic = rng.choice(200, len(times), p=weights / weights.sum())
    for k in np.flatnonzero(rng.random(len(times)) < 0.5)[1:]:
        topic[k] = topic[k - 1]  # the same thing is asked again
    texts = [f"t{k}x" for k in topic]
    night = (hour >= 21) | (hour < 5)
    for k in np.flatnonzero(rng.random(len(times)) < share * np.where(night, by_night, 1)):
        texts[k] += " guitar"
    for k in np.flatnonzero(rng.random(len(times)) < share * np.where(weekday >= 5, at_weekends, 1)):
        texts[k] += " hike"
    return texts


@pytest.fixture(scope="module")
def two_years(draw_session, make_subject):
    """Subjects of two years whose words differ by night and at weekends by these factors."""

    def make(seed: int, by_night: float, at_weekends: float = 1.0, share: float = 0.02):
        times = np.sort(draw_session(seed, "2023-01-02", "2024-12-29", a_day=18))
        return make_subject(times, text=draw_texts(times, seed, by_night, at_weekends, share))

    return make


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("factor", [3.0, 6.0])
def test_a_planted_word_comes_more_by_night_and_another_at_weekends(two_years, seed, factor) -> None:
    answer = answer_words_apart(two_years(seed, factor, factor), np.random.default_rng(0))
    found = answer.frame.set_index("part")["word"]
    assert (found["night"], found["weekend"]) == ("guitar", "hike")
    assert "day" not in found.index and "workday" not in found.index
    assert answer.finding.mark in [("guitar",), ("hike",)]
    assert answer.finding.remarkable > 0
    assert answer.finding.private


def test_a_word_that_the_night_has_less_of_is_the_days(two_years) -> None:
    answer = answer_words_apart(two_years(1, 0.1, share=0.1), np.random.default_rng(0))
    assert answer.frame["part"].tolist() == ["day"]
    assert answer.frame["z"].iloc[0] > 3
    assert answer.frames["odds"]["low"].iloc[0] > 1
    assert answer.finding.headline == "“guitar” comes up more by day"


def test_without_an_effect_nothing_is_claimed(two_years) -> None:
    listed = 0
    for seed in range(8):
        answer = answer_words_apart(two_years(seed, 1.0), np.random.default_rng(seed))
        listed += len(answer.frame) > 0
        if not len(answer.frame):
            assert answer.finding.headline == "Night and day, weekend and workday share their words"
            assert (answer.finding.remarkable, answer.finding.mark) == (0.0, ())
    assert listed <= 1


def test_one_night_of_one_word_is_not_a_habit(two_years, make_subject, draw_session) -> None:
    times = np.sort(draw_session(5, "2023-01-02", "2024-12-29", a_day=18))
    texts = draw_texts(times, 5, 1.0)
    burst = np.datetime64("2023-06-01T22:00", "ms") + np.arange(60).astype("timedelta64[m]")
    subject = make_subject(np.concatenate([times, burst]), text=None)
    order = np.argsort(np.concatenate([times, burst]), kind="stable")
    subject.rows["text"] = np.array([*texts, *["leak"] * 60], dtype=object)[order]
    assert "leak" not in set(compare_parts(subject, np.random.default_rng(0)).main["word"])


def test_both_sides_are_named_in_the_headline(two_years) -> None:
    subject = two_years(0, 1.0)
    apart = compare_parts(subject, np.random.default_rng(0))
    main = apart.main.iloc[:0].copy()
    main.loc[0] = ["night", "guitar", 30, 9.0]
    main.loc[1] = ["day", "pandas", 90, 12.0]
    odds = apart.odds.iloc[:0].copy()
    odds.loc[0] = ["night", "guitar", 2.0, 1.5, 3.0]
    odds.loc[1] = ["day", "pandas", 2.0, 1.5, 3.0]
    finding = find_words_apart(Apart(main, odds), subject)
    assert finding.headline == "“guitar” comes up more by night, “pandas” by day"
    assert (finding.emphasis, finding.mark) == ("pandas", ("guitar", "pandas"))
    assert finding.remarkable == pytest.approx(np.log(1.5) / np.log(4))


@pytest.mark.parametrize("times", [[], ["2024-03-01T22:00"], ["2024-03-01T22:00", "2024-06-01T10:00"]])
def test_little_gives_empty_tables_of_the_same_types(make_subject, times, two_years) -> None:
    small = answer_words_apart(make_subject(times, text="bread"), np.random.default_rng(0))
    large = answer_words_apart(two_years(0, 6.0), np.random.default_rng(0))
    for name in ("main", "odds"):
        assert len(small.frames[name]) == 0
        assert small.frames[name].dtypes.equals(large.frames[name].dtypes)
    assert small.finding.headline.startswith("Too few searches yet")


def test_videos_are_not_called_searches(make_subject, draw_session) -> None:
    times = draw_session(3, "2024-01-02", "2024-03-01", a_day=30)
    subject = make_subject(times, product="youtube", action="watched", text="cats")
    finding = answer_words_apart(subject, np.random.default_rng(0)).finding
    assert "search" not in f"{finding.headline} {finding.deck} {finding.certainty} {finding.how}"


def test_without_a_weekend_only_the_clock_is_compared(make_subject, draw_session) -> None:
    times = np.sort(draw_session(3, "2023-01-02", "2024-03-01", a_day=18))
    texts = draw_texts(times, 3, 6.0)
    frame = compare_parts(make_subject(times, text=texts, weekend=()), np.random.default_rng(0)).main
    assert set(frame["part"]) == {"night"}
