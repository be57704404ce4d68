"""Weeks that are invented: shapes and noise are found again, and none of them comes near a real week."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from flows.networks import invented_weeks, invented_weeks_gan
from flows.networks.invented_weeks import ENOUGH_WEEKS, NETWORK, make_apart, run_work, say_limit
from flows.networks.invented_weeks_gan import (
    WeekGan,
    invent_scores,
    load_week_gan,
    recount,
    save_week_gan,
    train_week_gan,
)
from flows.networks.invented_weeks_likeness import compare_lots, compare_weeks, show_likeness
from flows.networks.invented_weeks_nearness import (
    draw_far_weeks,
    draw_weeks,
    find_limit,
    find_nearest,
    find_nearest_others,
)
from flows.networks.invented_weeks_shapes import (
    Shapes,
    draw_counts,
    draw_normal,
    find_scores,
    find_shapes,
    learn_normal,
    make_rates,
    wave_years,
)
from flows.networks.result import weigh
from flows.work.evidence import SHOWN
from flows.work.result import frame_belief
from models.check import check_pullback
from models.errors import SavedModelError
from models.saving import pack_model
from models.types import Array
from pipeline.errors import StoreError
from pipeline.features.week_maps import make_week_maps
from pipeline.patterns.subject import Subject

MakeSubject = Callable[..., Subject]
N_WEEKS = 160
FIRST = np.datetime64("2021-03-01")  # a Monday


def plant(n_weeks: int = N_WEEKS, *, noise: float = 3.0, unrest: float = 0.3) -> tuple[Array, Array, Shapes]:
    """Invent weeks of one planted shape, full evenings, that follows the year."""
    rng = np.random.default_rng(0)
    usual = np.tile(np.where(np.arange(24) > 15, 3.0, 1.0), 7)
    axis = np.tile(np.where(np.arange(24) > 18, 1.0, -0.1), 7)
    shapes = Shapes(usual, (axis / np.linalg.norm(axis))[None], noise, unrest)
    waves = wave_years(FIRST + 7 * np.arange(n_weeks))
    scores = 8 * waves[:, :1] + 3 * rng.normal(size=(n_weeks, 1))
    return draw_counts(shapes, scores, rng).astype(float), waves, shapes


@pytest.fixture(scope="module")
def planted() -> tuple[Array, Array, Shapes]:
    return plant()


@pytest.fixture(scope="module")
def made(planted: tuple[Array, Array, Shapes]) -> WeekGan:
    counts, waves, _ = planted
    return train_week_gan(counts, waves, 2, seed=0, tell=lambda done, of: None, n_epochs=120)


def test_a_planted_shape_its_sessions_and_its_restless_days_are_found_again(
    planted: tuple[Array, Array, Shapes],
) -> None:
    counts, _, shapes = planted
    found = find_shapes(counts, 1)
    # Of 160 weeks: each hour's mean is known to a tenth, a variance of all to some hundredths.
    assert abs(found.axes[0] @ shapes.axes[0]) > 0.9
    assert found.noise == pytest.approx(3.0, rel=0.1)
    assert found.unrest == pytest.approx(0.3, rel=0.15)
    np.testing.assert_allclose(found.usual.reshape(7, 24).mean(axis=0), shapes.usual[:24], rtol=0.35)
    calm = find_shapes(plant(unrest=0.0, noise=1.0)[0], 1)
    assert calm.noise == pytest.approx(1.0, rel=0.05) and calm.unrest < 0.1


def test_counts_have_the_mean_of_their_rates_and_the_variance_of_their_sessions() -> None:
    shapes = Shapes(np.linspace(0.5, 4, 168), np.zeros((1, 168)), 4.0, 0.0)
    counts = draw_counts(shapes, np.zeros((4000, 1)), np.random.default_rng(0))
    np.testing.assert_allclose(counts.mean(axis=0), shapes.usual, rtol=0.2)
    assert (counts.var(axis=0) / shapes.usual).mean() == pytest.approx(4.0, rel=0.03)
    plain = draw_counts(shapes._replace(noise=1.0), np.zeros((4000, 1)), np.random.default_rng(0))
    assert (plain.var(axis=0) / shapes.usual).mean() == pytest.approx(1.0, rel=0.03)


def test_no_rate_falls_to_nothing() -> None:
    shapes = Shapes(np.array([1.0, 4.0]), np.array([[0.6, 0.8]]), 1.0, 0.0)
    np.testing.assert_allclose(make_rates(shapes, np.array([[1.0], [-9.0]])), [[1.6, 5.6], [0.02, 0.08]])


def test_weeks_of_the_normal_distribution_have_the_scores_of_the_real_ones_through_the_year(
    planted: tuple[Array, Array, Shapes],
) -> None:
    counts, waves, _ = planted
    shapes = find_shapes(counts, 2)
    drawn = draw_counts(
        shapes, draw_normal(learn_normal(shapes, counts, waves), np.tile(waves, (5, 1)),
                            np.random.default_rng(1)), np.random.default_rng(2),
    )  # fmt: skip
    ours, own = find_scores(shapes, drawn), find_scores(shapes, counts)
    np.testing.assert_allclose(ours.std(axis=0), own.std(axis=0), rtol=0.12)
    slopes = [
        np.polyfit(np.tile(waves[:, 0], len(each) // N_WEEKS), each[:, 0], 1)[0] for each in (ours, own)
    ]
    assert slopes[0] == pytest.approx(slopes[1], rel=0.1)


def test_the_noise_of_days_and_sessions_is_not_counted_twice() -> None:
    rng = np.random.default_rng(8)
    planted = plant(2)[2]
    counts = draw_counts(planted, np.zeros((300, 1)), rng)  # weeks that differ by nothing else
    waves = wave_years(FIRST + 7 * np.arange(300))
    shapes = planted._replace(axes=find_shapes(counts, 3).axes)
    drawn = draw_counts(shapes, draw_normal(learn_normal(shapes, counts, waves), waves, rng), rng)
    ours, own = find_scores(shapes, drawn), find_scores(shapes, counts)
    np.testing.assert_allclose(ours.std(axis=0), own.std(axis=0), rtol=0.15)


@pytest.mark.parametrize("far", [0.2, 4.0])  # far off, some rates lie at their floor
@pytest.mark.parametrize("seed", [None, 3, 4])
def test_what_counting_does_to_scores_pulls_back(seed: int | None, far: float) -> None:
    rng = np.random.default_rng(5)
    usual, axes = rng.uniform(0.5, 3, 14), rng.normal(size=(3, 14)) / 3
    shapes = Shapes(usual, axes, 2.0, 0.3)

    def function(s: Array) -> Any:
        return recount(s, shapes=shapes, rng=None if seed is None else np.random.default_rng(seed))

    check_pullback(function, far * rng.normal(size=(4, 3)), rng=rng)


def test_counting_without_noise_gives_the_scores_back_and_keeps_float32() -> None:
    rng = np.random.default_rng(6)
    axes, _ = np.linalg.qr(rng.normal(size=(14, 2)))
    shapes = Shapes(rng.uniform(0.5, 3, 14), axes.T, 2.0, 0.3)
    s = (rng.normal(size=(5, 2)) / 9).astype(np.float32)
    value, pull = recount(s, shapes=shapes, rng=None)
    np.testing.assert_allclose(value, s, rtol=1e-4, atol=1e-6)  # float32
    noisy, pull_noisy = recount(s, shapes=shapes, rng=rng)
    arrays = (value, pull(value)[0], noisy, pull_noisy(noisy)[0])
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


def test_the_network_invents_weeks_like_those_it_learned(
    planted: tuple[Array, Array, Shapes], made: WeekGan
) -> None:
    counts, waves, _ = planted
    drawn = draw_weeks(made, np.tile(waves, (5, 1)), np.random.default_rng(0))
    ours, own = find_scores(made.shapes, drawn), find_scores(made.shapes, counts)
    assert ours[:, 0].std() == pytest.approx(own[:, 0].std(), rel=0.3)
    assert ours[:, 0].mean() == pytest.approx(own[:, 0].mean(), abs=0.5 * own[:, 0].std())
    assert compare_weeks(drawn, counts).means > 0.95
    assert np.corrcoef(np.tile(waves[:, 0], 5), ours[:, 0])[0, 1] == pytest.approx(
        np.corrcoef(waves[:, 0], own[:, 0])[0, 1], abs=0.2
    )


def test_a_limit_keeps_invented_weeks_as_far_away_as_real_ones_are() -> None:
    rng = np.random.default_rng(7)
    real, near = rng.normal(5, 1, 300), rng.normal(4.5, 1, 1000)
    limit = find_limit(near, real, near, real)
    assert limit is not None
    kept = near[near >= limit]
    assert len(kept) < 1000
    assert (np.quantile(kept, [0.05, 0.5]) >= np.quantile(real, [0.05, 0.5])).all()
    assert find_limit(real + 1, real, real, real) == real.min()  # all may stay
    assert find_limit(real - 9, real, real, real) is None  # too few would


def test_a_limit_keeps_them_as_far_from_the_learned_weeks_as_scored_ones_are() -> None:
    rng = np.random.default_rng(7)
    real, held_out, near = rng.normal(5, 1, 300), rng.normal(5.5, 1, 60), rng.normal(5, 1, 1000)
    learned = near + 0.2  # a learned week is not always the nearest
    limit, laxer = (find_limit(near, real, learned, each) for each in (held_out, real))
    assert limit is not None and laxer is not None and limit > laxer
    kept = learned[near >= limit]
    assert (np.quantile(kept, [0.05, 0.5]) >= np.quantile(held_out, [0.05, 0.5])).all()
    fewer = learned[near > limit - 0.02]
    assert (np.quantile(fewer, [0.05, 0.5]) < np.quantile(held_out, [0.05, 0.5])).any()


def test_no_limit_is_below_the_nearest_two_real_weeks_that_differ() -> None:
    real, invented = np.linspace(3, 4, 200), np.r_[np.zeros(49), np.full(951, 5.0)]
    assert find_limit(invented, real, invented, real) == 3.0  # a twentieth of copies moves neither quantile
    assert find_limit(invented, np.r_[0.0, 1e-7, real], invented, real) == 3.0  # two weeks are the same
    assert find_limit(invented, np.zeros(9), invented, real) is None


def test_quiet_weeks_keep_the_distance_of_the_nearest_real_two(
    planted: tuple[Array, Array, Shapes],
) -> None:
    rng = np.random.default_rng(0)
    quiet = rng.binomial(planted[0].astype(int), 0.05).astype(float)  # 15 a week
    between = find_nearest_others(quiet)
    others = rng.poisson(1.3 * quiet.mean(axis=0), (1000, 168))
    near = find_nearest(others, quiet)
    limit = find_limit(near, between, near, between)
    assert limit is not None and limit >= between.min() > 0


def test_two_real_weeks_that_are_the_same_count(planted: tuple[Array, Array, Shapes]) -> None:
    nearest = find_nearest_others(planted[0][[0, 1, 2, 0]])
    assert nearest[[0, 3]] == pytest.approx(0, abs=1e-6) and nearest[1:3].min() > 1


def test_copies_of_real_weeks_get_no_limit(planted: tuple[Array, Array, Shapes]) -> None:
    counts, _, _ = planted
    near, real = find_nearest(counts, counts), find_nearest_others(counts)
    assert find_limit(near, real, near, real) is None
    assert find_nearest(counts[:3], counts) == pytest.approx(0, abs=1e-6)
    assert find_nearest_others(counts[:5]).min() > 1


def test_weeks_of_an_archive_lie_no_nearer_to_the_real_ones_than_the_limit(
    planted: tuple[Array, Array, Shapes], made: WeekGan
) -> None:
    counts, waves, _ = planted
    free = find_nearest(draw_weeks(made, waves, np.random.default_rng(1)), counts)
    limit = float(np.quantile(free, 0.3))
    drawn = draw_far_weeks(made, waves, counts, limit, np.random.default_rng(1))
    assert find_nearest(drawn, counts).min() >= limit > free.min()
    with pytest.raises(StoreError, match=r"cannot be invented that lies far enough .*learn --only invented"):
        draw_far_weeks(made, waves[:2], counts, 1e9, np.random.default_rng(1))


def test_a_saved_network_invents_the_same_weeks_and_names_its_limit(
    planted: tuple[Array, Array, Shapes], made: WeekGan
) -> None:
    _, waves, _ = planted
    again, header = load_week_gan(save_week_gan(made, limit=3.1), where="here")
    first, second = (invent_scores(one, waves, np.random.default_rng(0)) for one in (made, again))
    np.testing.assert_array_equal(first, second)
    assert header["limit"] == 3.1
    with np.load(io.BytesIO(save_week_gan(made, limit=None)), allow_pickle=False) as file:
        assert sorted(file.files)[:5] == ["axes", "generator", "header.json", "noise", "spread"]


def test_a_file_whose_parts_do_not_fit_is_refused(made: WeekGan) -> None:
    def spoil(**changed: Array) -> bytes:
        whole = {"usual": made.shapes.usual, "axes": made.shapes.axes, "spread": made.spread,
                 "noise": np.array([1.0, 0.1]), "generator": made.generator.flat}  # fmt: skip
        arrays = {name: array for name, array in (whole | changed).items() if array is not None}
        features = [f"year_{wave}_{k}" for k in (1, 2) for wave in ("sin", "cos")]
        return pack_model("WeekGan", 1, features, arrays)

    assert load_week_gan(spoil(), where="here")[0].shapes.unrest == 0.1
    nan = np.full_like(made.shapes.usual, np.nan)
    for content in (
        spoil(generator=made.generator.flat[1:]),
        spoil(usual=nan),
        spoil(spread=np.zeros(2)),
        spoil(axes=made.shapes.axes[:1]),
        spoil(noise=None),  # type: ignore[arg-type]
    ):
        with pytest.raises(SavedModelError, match=r"do not fit together \(here\)\. Remove it"):
            load_week_gan(content, where="here")


def test_the_belief_shows_four_weeks_of_each_kind_and_says_how_alike_all_are() -> None:
    counts, _, _ = plant()
    weeks = FIRST + 7 * np.arange(80)
    belief = show_likeness(counts[:80], counts[80:], weeks, ("search", "searches"), np.random.default_rng(0))
    frame = frame_belief(belief)
    assert list(frame) == ["invented", "place", "week", "weekday", "hour", "count"]
    assert [len(frame), set(frame["place"])] == [8 * 168, {1.0, 2.0, 3.0, 4.0}]
    own, other = frame[frame["invented"] == 0], frame[frame["invented"] == 1]
    for _, rows in own.groupby("week"):
        place = int(np.flatnonzero(weeks == rows["week"].iloc[0].to_datetime64())[0])
        np.testing.assert_array_equal(rows["count"], counts[80 + place])
    for shown, rows in ((own, counts[80:]), (other, counts[:80])):  # a week of each quarter by its sum
        sums = np.sort(shown.groupby("place")["count"].sum())
        quarters = np.sort(rows.sum(axis=1)).reshape(4, 20)
        assert (quarters[:, 0] <= sums).all() and (sums <= quarters[:, -1]).all()
    assert other["week"].isna().all() and own["week"].nunique() == 4
    assert any(np.array_equal(other["count"][:168], week) for week in counts[:80])
    assert list(other["hour"][:2]) == [4, 5]  # a row begins at 04:00
    assert belief.headline.startswith("An invented week holds ")
    assert " searches, a real one " in belief.headline
    assert "Correlation of 40 invented weeks with 40 real ones (1: alike): " in belief.deck


def make_materials(make_subject: MakeSubject, n_weeks: int, *, level: float = 1.0) -> Any:
    counts = plant(n_weeks + 1)[0].reshape(-1, 24)[: 7 * n_weeks + 1]
    return SimpleNamespace(subject=make_subject(np.floor(counts * level).astype(np.int64)))


def test_too_little_is_said_in_words(make_subject: MakeSubject) -> None:
    run: Any = partial(run_work, tell=lambda done, of: None)
    few = run(make_materials(make_subject, 30))
    assert few.too_little == f"Still learning: 30 of {ENOUGH_WEEKS} whole weeks." and few.saved is None
    empty = run(make_materials(make_subject, 110, level=0.0))
    assert empty.too_little == "Still learning: 0 searches in whole weeks, 1,100 are needed."


def test_the_scored_weeks_are_looked_at_once_after_all_is_chosen_and_taught(
    make_subject: MakeSubject, monkeypatch: pytest.MonkeyPatch
) -> None:
    materials = make_materials(make_subject, 110)
    counts = make_week_maps(materials.subject).counts.reshape(110, 168)
    mixed = np.random.default_rng([0, 1]).permuted(counts, axis=0)
    seen: list[tuple[str, int, int]] = []

    def find(rows: Array) -> tuple[int, int]:
        first = int(np.flatnonzero((np.concatenate([counts, mixed]) == rows[0]).all(axis=1))[0])
        return first, first + len(rows)

    def train(counts: Array, *more: Any, **named: Any) -> WeekGan:
        seen.append(("teach", *find(counts)))
        return train_week_gan(counts, *more, **named, n_epochs=1)

    def score(invent: Any, counts: Array, waves: Array, rng: np.random.Generator) -> Array:
        seen.append(("score", *find(counts)))
        return np.ones(len(counts))

    def watch(name: str, place: int) -> None:
        function = getattr(invented_weeks, name)

        def call(*more: Any) -> Any:
            seen.append((name, *find(more[place])))
            return function(*more)

        monkeypatch.setattr(invented_weeks, name, call)

    watch("make_normal", 0)
    watch("make_apart", 0)
    watch("find_nearest_others", 0)
    watch("find_nearest", 1)
    monkeypatch.setattr(invented_weeks, "train_week_gan", train)
    monkeypatch.setattr(invented_weeks, "score_weeks", score)
    run_work(materials, tell=lambda done, of: None)
    network = [*2 * [("teach", 0, 66)], *2 * [("score", 66, 88)], ("teach", 0, 88)]
    normal = [*3 * [("make_normal", 0, 66), ("score", 66, 88)]]
    scored = [
        ("make_apart", 0, 88), ("score", 88, 110), ("make_normal", 0, 88), *2 * [("score", 88, 110)],
    ]  # fmt: skip
    control = [
        *2 * [("teach", 110, 176)], *2 * [("score", 176, 198)], ("teach", 110, 198), ("make_apart", 110, 198),
        *2 * [("score", 198, 220)],
    ]  # fmt: skip
    near = [("find_nearest", 0, 110), ("find_nearest_others", 0, 110), *2 * [("find_nearest", 0, 88)]]
    assert seen == [*network, *normal, *scored, *control, *near]


def test_the_baseline_draws_every_hour_apart_as_it_was() -> None:
    counts = np.arange(5)[:, None] + 10.0 * np.arange(168)  # each hour and week has its own
    drawn = make_apart(counts)(np.zeros((4000, 4)), np.random.default_rng(0))
    week, hour = drawn % 10, drawn // 10
    assert (hour == np.arange(168)).all() and set(week.ravel()) == {0.0, 1.0, 2.0, 3.0, 4.0}
    np.testing.assert_allclose(week.mean(axis=0), 2.0, atol=5 * np.sqrt(2 / 4000))  # five standard errors
    assert abs(np.corrcoef(week[:, 0], week[:, 1])[0, 1]) < 5 / np.sqrt(4000)


@pytest.mark.slow
def test_the_work_scores_the_last_fifth_beats_hours_drawn_apart_and_saves_a_limit(
    make_subject: MakeSubject,
) -> None:
    told: list[tuple[int, int | None]] = []
    materials = make_materials(make_subject, 125)
    done = run_work(materials, tell=lambda done, of: told.append((done, of)))
    assert told == [(k, 1800) for k in range(1, 1801)]
    tried = done.tried
    assert tried is not None and done.facts is not None and done.saved is not None
    assert len(tried.days) == len(tried.network) == 25 and not tried.root
    weighed = weigh(tried, 0)
    assert weighed.control is not None and weighed.control.low < SHOWN < weighed.network.low
    assert tried.network.mean() == pytest.approx(tried.classical.mean(), rel=0.05)
    assert done.facts.n_learned == 100 and NETWORK.estimate(materials) > 0
    _, header = load_week_gan(done.saved, where="here")
    assert header["limit"] is not None


def test_weeks_are_compared_in_lots_of_one_size_and_hours_drawn_apart_go_together_no_more() -> None:
    """Each day's level makes its blocks go together; drawn apart, hours do by chance alone."""
    rng = np.random.default_rng(0)
    levels = rng.gamma(2, 0.5, size=(480, 7)).repeat(24, axis=1)
    real, more = np.split(rng.poisson(2 * levels).astype(float), 2)
    apart = make_apart(real)(np.zeros((500, 4)), rng)
    ours, own, size = compare_lots(apart, real, rng)
    assert size == 120 and own.correlations > 0.8
    assert abs(ours.correlations) < 0.1  # 861 pairs of blocks: three standard errors
    again, _, _ = compare_lots(more, real, rng)  # of the same law
    assert again.correlations == pytest.approx(own.correlations, abs=0.03)
    assert compare_lots(apart[:30], real, rng)[2] == 30


def test_the_generator_is_taught_with_the_noise_of_counting(
    planted: tuple[Array, Array, Shapes], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def watch(s: Array, *, shapes: Shapes, rng: Any) -> Any:
        seen.append(rng)
        return recount(s, shapes=shapes, rng=rng)

    monkeypatch.setattr(invented_weeks_gan, "recount", watch)
    counts, waves, _ = planted
    train_week_gan(counts, waves, 2, seed=0, tell=lambda done, of: None, n_epochs=1)
    assert len(seen) >= 2 * N_WEEKS // 16 and all(isinstance(rng, np.random.Generator) for rng in seen)


def test_the_card_says_how_near_weeks_lie_and_how_many_are_drawn_again() -> None:
    near, real, held_out = np.array([1.0, 2, 3, 4]), np.array([2.5]), np.array([2.75])
    said = (
        "An invented week lies 2.50 from the nearest real one, a real one 2.50 from the nearest other, a "
        "scored one 2.75 from the nearest learned (medians; 0 is the same week)"
    )
    assert say_limit(2.5, near, real, held_out).replace("\u00a0", " ") == (
        f"{said}; for an archive, not for the scores, those nearer than 2.50 are drawn again: 50 %."
    )
    assert say_limit(None, near, real, held_out) == f"{said}: too near to make an archive of them."
