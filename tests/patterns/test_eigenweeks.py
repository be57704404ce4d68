import numpy as np
import pytest
from sklearn.decomposition import PCA

from pipeline.patterns.components import find_chance_shares, find_components
from pipeline.patterns.eigenweeks import FULL, MIXED, answer_eigenweeks, count_kept, name_shape
from pipeline.patterns.week_maps import WeekMaps, list_week_maps, smooth_hours

SPAN = ("2023-01-02", "2024-12-29")
NONE = "No shape of a week returns more than chance would make it"


def _move_weeks(times: np.ndarray, seed: int, choose, hours: int) -> np.ndarray:
    """Move the chosen entries of a random half of the weeks by some hours."""
    start = np.datetime64("2023-01-02T04", "ms")
    week = ((times - start) // np.timedelta64(7, "D")).astype(int)
    half = np.random.default_rng(seed).random(week.max() + 2) < 0.5
    moved = half[week] & choose(times) & (times > start)
    moved[[-1, -2]] = False
    return np.where(moved, times + np.timedelta64(hours, "h"), times)


def _hour(times: np.ndarray) -> np.ndarray:
    return times.astype("datetime64[h]").astype(int) % 24


def test_the_components_are_those_of_scikit_learn() -> None:
    maps = np.random.default_rng(0).poisson(2.0, (60, 168)) * np.linspace(1, 3, 60)[:, None]
    ours, theirs = find_components(maps, 4), PCA(4, svd_solver="full").fit(maps)
    np.testing.assert_allclose(ours.shares, theirs.explained_variance_ratio_)
    side = np.sign((ours.axes * theirs.components_).sum(axis=1))
    np.testing.assert_allclose(ours.axes, theirs.components_ * side[:, None], atol=1e-9)
    np.testing.assert_allclose(ours.scores, theirs.transform(maps) * side, atol=1e-8)
    assert (ours.axes.sum(axis=1) >= 0).all()


@pytest.mark.parametrize("a_day", [2, 20])
def test_restless_days_alone_make_no_shape(draw, make_subject, a_day) -> None:
    for seed in range(4):
        answer = answer_eigenweeks(make_subject(draw(seed, *SPAN, a_day=a_day)), np.random.default_rng(0))
        assert (answer.finding.headline, len(answer.frame)) == (NONE, 0)
        assert (answer.finding.remarkable, answer.finding.mark) == (0, ())
        assert len(answer.frames["shares"]) == 3


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("drift", [0.35, 0.6])
def test_weeks_that_drift_differ_in_how_full_they_are(draw, make_subject, seed, drift) -> None:
    answer = answer_eigenweeks(make_subject(draw(seed, *SPAN, drift=drift)), np.random.default_rng(0))
    first = answer.frames["shares"].iloc[0]
    assert answer.finding.headline.startswith("Weeks differ most in how full they are: ")
    assert answer.frames["names"]["note"].iloc[0] == FULL
    assert first["chance"] < first["low"] < first["share"] < first["high"]
    assert (answer.finding.remarkable, answer.finding.mark) == (0, (1,))
    assert len(answer.frame) == 168 * len(answer.frames["names"])


@pytest.mark.parametrize("seed", range(4))
def test_weeks_of_evenings_or_mornings_are_named_so(draw, make_subject, seed) -> None:
    times = _move_weeks(draw(seed, *SPAN), seed, lambda t: (_hour(t) >= 18) & (_hour(t) < 24), -10)
    answer = answer_eigenweeks(make_subject(times), np.random.default_rng(0))
    name = answer.frames["names"]["note"].iloc[0]
    assert name in ("evenings against mornings", "mornings against evenings")
    assert answer.finding.headline.startswith(f"Weeks differ most in {name}: ")
    assert answer.finding.emphasis == name
    assert answer.finding.remarkable > 0


@pytest.mark.parametrize("seed", range(4))
def test_weeks_of_workdays_or_weekends_are_named_so(draw, make_subject, seed) -> None:
    def on_thursday(times: np.ndarray) -> np.ndarray:
        return (times.astype("datetime64[D]").astype(int) + 3) % 7 == 3

    times = _move_weeks(draw(seed, *SPAN, a_day=40), seed, on_thursday, 48)
    names = answer_eigenweeks(make_subject(times), np.random.default_rng(0)).frames["names"]["note"]
    assert {"Saturdays against Thursdays", "Thursdays against Saturdays"} & set(names)


def test_a_shape_is_named_by_what_rises_and_what_falls() -> None:
    table = np.zeros((7, 24))
    assert name_shape(np.ones(168) / 168**0.5, (5, 6)) == FULL
    table[:5], table[5:] = 1.0, -2.5
    flat = table.ravel() / np.linalg.norm(table)
    assert name_shape(flat, (5, 6)) == "workdays against weekends"
    assert name_shape(-flat, (5, 6)) == "weekends against workdays"
    assert name_shape(flat, ()) == "Mondays against Saturdays"
    table[:] = 0
    table[:, :6], table[:, 14:20] = 1.0, -1.0  # 04:00 to 10:00 against 18:00 to 24:00
    assert name_shape(table.ravel() / np.linalg.norm(table), (5, 6)) == "mornings against evenings"
    random = np.random.default_rng(0).normal(size=168)
    assert name_shape(random / np.linalg.norm(random), (5, 6)) == MIXED


def test_components_are_kept_up_to_the_first_that_chance_could_make() -> None:
    chance = np.array([0.2, 0.1, 0.1])
    assert count_kept(np.array([0.3, 0.2, 0.05]), chance) == 2
    assert count_kept(np.array([0.1, 0.2, 0.2]), chance) == 0


def test_the_thinned_shares_are_nearly_those_of_all_hours(draw, make_subject) -> None:
    maps = list_week_maps(make_subject(draw(0, *SPAN, drift=0.35)))
    tested, chance = find_chance_shares(maps, np.random.default_rng(0))
    whole = find_components(smooth_hours(maps.counts)).shares
    np.testing.assert_allclose(tested, whole, rtol=0.15)
    assert tested[0] > chance[0] > 0


def test_silent_weeks_have_no_shape(make_subject) -> None:
    weeks = np.datetime64("2023-01-02") + 7 * np.arange(30)
    tested, chance = find_chance_shares(WeekMaps(weeks, np.zeros((30, 168))), np.random.default_rng(0))
    assert not (tested > chance).any()


def test_too_little_says_what_it_takes(draw, make_subject, rng) -> None:
    answer = answer_eigenweeks(make_subject(draw(0, "2024-01-01", "2024-06-23")), rng)
    assert answer.finding.headline == "24 whole weeks are too few to tell the shapes of weeks"
    few = answer_eigenweeks(make_subject(draw(0, *SPAN, a_day=0.1)), rng).finding
    assert few.headline.endswith("searches are too few to tell the shapes of weeks")


def test_every_archive_has_the_same_tables(draw, make_subject, rng) -> None:
    subjects = [
        make_subject([]), make_subject(["2024-03-01T10:00"]), make_subject(draw(0, *SPAN)),
        make_subject(draw(0, *SPAN, drift=0.5)),
        make_subject(draw(0, *SPAN, a_day=3, drift=0.5), product="youtube", action="watched"),
    ]  # fmt: skip
    answers = [answer_eigenweeks(subject, rng) for subject in subjects]
    first = {name: frame.dtypes.to_dict() for name, frame in answers[0].frames.items()}
    for answer in answers[1:]:
        assert {name: frame.dtypes.to_dict() for name, frame in answer.frames.items()} == first
    finding = answers[-1].finding
    assert "search" not in finding.headline + finding.deck + finding.alt + finding.certainty
