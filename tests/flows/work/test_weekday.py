"""Which weekday? A planted rhythm is found, none is not, nor are shuffled labels; both are said plainly."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from flows.work import weekday_result
from flows.work.classified import say_often
from flows.work.evidence import N_TRIED
from flows.work.result import (
    CLEARLY_BETTER,
    NO_BETTER,
    RightShare,
    frame_confusion,
    frame_right,
    parse_result,
    write_result,
)
from flows.work.weekday import run_work, teach
from flows.work.weekday_result import (
    HOW,
    count_confusion,
    is_clear,
    is_found,
    list_weekdays,
    make_result,
    measure_right,
    say_span,
    say_too_little,
)
from models.baselines import MajorityClass
from models.comparison import Avoided
from models.validation import split_by_time
from pipeline.features.day_profile import NAMES, make_day_profile
from pipeline.patterns.wording import WEEKDAYS, spell_small


def draw_week(n_days: int, *, seed: int = 0, effect: float = 1.0, level: float = 1.5) -> Any:
    """Counts by day and hour; each weekday has an hour of its own that is busier by ``effect`` × level."""
    rates = np.full((n_days, 24), level)
    weekday = np.arange(n_days) % 7
    rates[np.arange(n_days), 3 * weekday + 2] += effect * 2 * level
    rates[np.arange(n_days), 3 * weekday + 3] += effect * 2 * level
    return np.random.default_rng(seed).poisson(rates).astype(np.int64)


@pytest.mark.parametrize(("seed", "effect"), [(0, 1.0), (1, 1.0), (2, 0.6)])
def test_a_planted_rhythm_is_found(seed: int, effect: float, make_subject: Any, home_zone: Any) -> None:
    done = run_work(make_subject(draw_week(490, seed=seed, effect=effect)), home_zone)
    result = done.result
    assert result.verdict != NO_BETTER and is_found(result)
    if effect == 1.0:
        assert result.verdict == CLEARLY_BETTER
    model, baseline, shuffled = result.right
    assert (model.name, shuffled.name) == ("the model", "shuffled labels")
    assert baseline.name == result.baseline_name and baseline.name.startswith("always ")
    assert model.low > 0.3 and baseline.share == 14 / 98 and shuffled.share < 0.27
    assert result.headline == (
        f"A day’s hours give away its weekday {result.emphasis}; a guess is right one time in seven"
    )
    assert result.emphasis == say_often(model.share)
    assert (result.n_scored, result.scored_unit, result.n_tried) == (98, "days", N_TRIED)
    assert done.saved is not None and done.n_learned == 392
    table = np.array(result.confusion)
    assert table.sum(axis=1).tolist() == [14] * 7
    assert np.trace(table) / 98 == model.share == result.model_score
    assert f"Right {model.share * 100:.0f}\u00a0% of the time" in result.deck
    assert say_span(result) == "Learned on days to Jan 2024, tested on the 98 days after."


@pytest.mark.parametrize("seed", range(3))
def test_without_a_rhythm_nothing_is_claimed(seed: int, make_subject: Any, home_zone: Any) -> None:
    result = run_work(make_subject(draw_week(420, seed=seed, effect=0.0)), home_zone).result
    assert result.verdict == NO_BETTER and not is_found(result)
    assert result.headline == "A day’s hours tell its weekday no better than a guess"
    assert result.emphasis == "no better than a guess"


@pytest.mark.parametrize("seed", range(2))
def test_days_that_changed_places_are_not_found(seed: int, make_subject: Any, home_zone: Any) -> None:
    counts = np.random.default_rng(seed).permutation(draw_week(420, seed=seed))
    assert run_work(make_subject(counts), home_zone).result.verdict == NO_BETTER


@pytest.mark.slow
def test_shuffled_labels_learn_nothing_where_there_is_much_to_learn(
    make_subject: Any, home_zone: Any
) -> None:
    shares = [
        run_work(make_subject(draw_week(420, seed=seed)), home_zone).result.right[2].share
        for seed in range(4)
    ]
    assert 0.05 < np.mean(shares) < 0.24


def test_the_choice_never_sees_the_scored_days(make_subject: Any) -> None:
    profile = make_day_profile(make_subject(draw_week(300)))
    split, weekday = split_by_time(300), list_weekdays(profile)
    blank, other = profile.x.copy(), weekday.copy()
    blank[split.test], other[split.test] = np.nan, 0
    seen, again = (teach(x, y, split) for x, y in ((blank, other), (profile.x, weekday)))
    assert (seen.way, seen.rows) == (again.way, again.rows)
    assert seen.model.save(NAMES, WEEKDAYS) == again.model.save(NAMES, WEEKDAYS)


def test_the_weekday_comes_from_the_calendar_alone(make_subject: Any) -> None:
    profile = make_day_profile(make_subject(draw_week(21)))
    emptied = make_day_profile(make_subject(np.zeros((21, 24), np.int64)))
    assert list_weekdays(profile).tolist() == [0, 1, 2, 3, 4, 5, 6] * 3  # the first is a Monday
    assert list_weekdays(emptied).tolist() == list_weekdays(profile).tolist()


def test_a_share_right_has_the_interval_of_its_days() -> None:
    days = np.datetime64("2024-01-01") + np.arange(280)
    rng = np.random.default_rng(0)
    hits = (rng.random(280) < 0.3).astype(float)
    right = measure_right("x", hits, days, 0)
    spread = np.sqrt(0.3 * 0.7 / 280)
    assert right.share == hits.mean()
    assert right.high - right.low == pytest.approx(2 * 1.96 * spread, rel=0.35)
    assert measure_right("x", np.ones(280), days, 0) == RightShare("x", 1.0, 1.0, 1.0)
    weekly = (np.arange(280) % 7 == 0).astype(float)
    assert measure_right("x", weekly, days, 0)[2:] == pytest.approx((1 / 7, 1 / 7))


def test_a_model_that_is_no_surer_than_its_controls_is_not_claimed() -> None:
    baseline, shuffled = RightShare("b", 0.15, 0.15, 0.15), RightShare("s", 0.2, 0.15, 0.25)
    assert is_clear([RightShare("m", 0.3, 0.25, 0.35), baseline, shuffled])
    assert not is_clear([RightShare("m", 0.25, 0.19, 0.3), baseline, shuffled])
    assert not is_clear([RightShare("m", 0.16, 0.142, 0.18), baseline._replace(share=0.1), baseline])
    result = replace(say_too_little(""), right=(RightShare("m", 0.3, 0.25, 0.35), baseline, shuffled))
    verdicts = (CLEARLY_BETTER, NO_BETTER, "")  # of the probabilities, which must agree
    assert [is_found(replace(result, verdict=one)) for one in verdicts] == [True, False, False]


def test_where_shuffled_labels_beat_the_baseline_too_nothing_is_claimed(
    make_subject: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = make_day_profile(make_subject(draw_week(490)))
    split, weekday = split_by_time(len(profile.days)), list_weekdays(profile)
    taught = teach(profile.x, weekday, split)
    baseline = MajorityClass().fit(profile.x[split.before_test], weekday[split.before_test])
    blind = make_result(profile, split, taught, (baseline, baseline), weekday, 0)
    assert is_found(blind)
    assert "by its probabilities it is no better than the baseline" in dict(blind.card)["Shuffled labels"]
    seeing = make_result(profile, split, taught, (baseline, taught.model), weekday, 0)
    assert (seeing.verdict, is_found(seeing)) == (NO_BETTER, False)
    assert seeing.headline == "A day’s hours tell its weekday no better than a guess"
    assert (
        "even that one beats the baseline, so that nothing is claimed" in dict(seeing.card)["Shuffled labels"]
    )
    monkeypatch.setattr(weekday_result, "weigh_control", lambda *errors: Avoided(0.02, 0.01, 0.03))
    assert make_result(profile, split, taught, (baseline, baseline), weekday, 0).verdict == NO_BETTER


@pytest.mark.parametrize(
    ("share", "words"),
    [(1 / 3, "one time in three"), (0.26, "one time in four"), (0.65, "two times in three"),
     (0.29, "29 times in 100"), (0.5, "one time in two"), (0.75, "three times in four"),
     (0.97, "97 times in 100"), (0.18, "one time in six"), (0.42, "42 times in 100")],
)  # fmt: skip
def test_how_often_is_said_by_a_simple_fraction_where_one_is_near(share: float, words: str) -> None:
    assert say_often(share) == words


def test_the_table_counts_days_by_truth_and_by_what_was_said() -> None:
    truth, said = np.array([0, 0, 6, 3]), np.array([0, 1, 5, 3])
    table = np.array(count_confusion(truth, said))
    assert (table[0, 0], table[0, 1], table[6, 5], table[3, 3], table.sum()) == (1, 1, 1, 1, 4)


def test_the_frames_hold_shares_of_the_true_days(make_subject: Any, home_zone: Any) -> None:
    result = run_work(make_subject(draw_week(300)), home_zone).result
    frame = frame_confusion(result)
    assert frame.columns.tolist() == ["truth", "said", "days", "share"] and len(frame) == 49
    np.testing.assert_allclose(frame.groupby("truth")["share"].sum(), 1)
    cell = frame[(frame["truth"] == 2) & (frame["said"] == 4)].iloc[0]
    assert cell["days"] == result.confusion[2][4]
    assert cell["share"] == result.confusion[2][4] / sum(result.confusion[2])
    assert frame_right(result)["name"].tolist() == [one.name for one in result.right]


@pytest.mark.parametrize(
    ("n_days", "level", "words"),
    [(31, 1.5, "Still learning: 31 of 56 covered days."), (0, 1.5, "Still learning: 0 of 56 covered days."),
     (60, 0.01, "Still learning: 32 searches on covered days, 100 are needed.")],
)  # fmt: skip
def test_an_archive_with_too_little_says_what_is_missing(
    n_days: int, level: float, words: str, make_subject: Any, home_zone: Any
) -> None:
    done = run_work(make_subject(draw_week(n_days, level=level)), home_zone)
    said = re.sub(r"\d+ searches", "32 searches", done.result.headline)
    assert (said, done.result.verdict, done.saved) == (words, "", None)
    assert (done.result.right, done.result.confusion) == ((), ())
    assert done.result.too_little == done.result.headline


def test_an_archive_that_covers_no_sundays_cannot_learn_them(make_subject: Any, home_zone: Any) -> None:
    subject = make_subject(draw_week(140), gap=np.arange(6, 140, 7))  # type: ignore[arg-type]
    assert run_work(subject, home_zone).result.too_little == (
        "Still learning: one of the weekdays is not among the days to learn from."
    )


def test_few_scored_days_have_no_table(make_subject: Any, home_zone: Any) -> None:
    result = run_work(make_subject(draw_week(140)), home_zone).result
    assert result.too_little is None and result.n_scored == 28
    assert result.confusion == () and result.deck.startswith("On 28 days that the model had not seen.")


def test_the_same_days_give_the_same_bytes_and_come_back(make_subject: Any, home_zone: Any) -> None:
    first, again = (run_work(make_subject(draw_week(200)), home_zone) for _ in range(2))
    assert (write_result(first.result), first.saved) == (write_result(again.result), again.saved)
    assert parse_result(write_result(first.result), where="x") == first.result
    assert first.saved is not None
    with np.load(io.BytesIO(first.saved), allow_pickle=False) as file:
        header = json.loads(file["header.json"])
    assert (header["class"], header["classes"]) == ("DayClassifier", list(WEEKDAYS))


def test_it_says_how_many_models_were_tried() -> None:
    n = spell_small(N_TRIED)
    assert f"widened for the {n} models that may be tried, so that all together hold with 95\u00a0%" in HOW
