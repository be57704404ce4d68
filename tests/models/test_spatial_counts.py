"""The likelihood of maps of counts: it sums to one, hears of nothing to come, and learns a texture."""

from __future__ import annotations

from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats

from models.batches import take_batches
from models.check import check_pullback
from models.errors import InputError
from models.layers.affine import Affine
from models.likelihoods import BERNOULLI, NEGATIVE_BINOMIAL, POISSON, Likelihood
from models.optimizers import Adam
from models.schedules import keep_constant
from models.systems.spatial_counts import (
    SpatialCounts,
    draw_maps,
    list_neighbours,
    make_count_objective,
    make_spatial_counts,
    measure_nats,
    measure_surprise,
    score_cells,
)
from models.training import train
from models.tree import list_leaves, pack
from models.types import Array

ORACLE = Path(__file__).parents[1] / "oracles" / "spatial_oracle.npz"
CLOSE: dict[str, Any] = {"rtol": 1e-11, "atol": 1e-12}  # both sides compute in float64, in different orders
LIKELIHOODS = {"bernoulli": BERNOULLI, "poisson": POISSON, "negative_binomial": NEGATIVE_BINOMIAL}


def make_model(
    seed: int, likelihood: Likelihood, n_context: int = 0, *, spread: float = 0.6
) -> tuple[SpatialCounts, np.random.Generator]:
    rng = np.random.default_rng(seed)
    p = make_spatial_counts(rng, n_context, 3, likelihood, np.float64)
    head = Affine(*(rng.normal(scale=spread, size=leaf.shape) for leaf in p.head))
    return SpatialCounts(p.lstm, head), rng


def make_counts(rng: np.random.Generator, likelihood: Likelihood, *shape: int) -> Array:
    return rng.integers(0, 2 if likelihood is BERNOULLI else 9, size=shape)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_nats_and_gradients_are_pytorchs(name: str) -> None:
    with np.load(ORACLE, allow_pickle=False) as oracle:
        value, pullback = LIKELIHOODS[name].nats(oracle[f"{name}.score"], counts=oracle[f"{name}.counts"])
        np.testing.assert_allclose(value, oracle[f"{name}.value"], **CLOSE)
        (d_score,) = pullback(oracle[f"{name}.weights"])
        np.testing.assert_allclose(d_score, oracle[f"{name}.d_score"], **CLOSE)


def test_nats_are_scipys() -> None:
    rng = np.random.default_rng(0)
    counts, s, t = rng.integers(0, 40, size=50), rng.normal(size=50), rng.normal(size=50)
    mean, shape = np.exp(s), np.exp(t)
    pairs = {
        "poisson": scipy.stats.poisson.logpmf(counts, mean),
        "negative_binomial": scipy.stats.nbinom.logpmf(counts, shape, shape / (shape + mean)),
    }
    for name, logs in pairs.items():
        score = np.stack([s, t], axis=-1)[:, : LIKELIHOODS[name].n_scores]
        np.testing.assert_allclose(LIKELIHOODS[name].nats(score, counts=counts)[0], -logs, **CLOSE)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_likelihoods_and_models_pull_back(name: str) -> None:
    likelihood = LIKELIHOODS[name]
    for seed, shape in enumerate([(2, 2, 3), (1, 1, 1), (3, 1, 4)]):
        p, rng = make_model(seed, likelihood, 2)
        counts = make_counts(rng, likelihood, *shape)
        score = rng.normal(size=(*shape, likelihood.n_scores))
        check_pullback(partial(likelihood.nats, counts=counts), score, rng=rng)
        rest: dict[str, Any] = {
            "offset": rng.normal(size=score.shape[1:]),
            "context": rng.normal(size=(*shape[1:], 2)),
        }
        model = partial(measure_nats, counts=counts, likelihood=likelihood, **rest)
        check_pullback(model, p, rng=rng, n_directions=2)
        objective = make_count_objective(likelihood, l2=0.3)
        check_pullback(partial(objective, counts=counts, **rest), p, rng=rng)


@pytest.mark.parametrize(
    ("name", "shape", "most"),
    [
        ("bernoulli", (2, 3), 1),
        ("bernoulli", (1, 1), 1),
        ("bernoulli", (4, 2), 1),
        ("poisson", (2, 2), 10),
        ("negative_binomial", (1, 3), 40),
    ],
)
def test_the_likelihood_sums_to_one_over_all_outcomes(name: str, shape: tuple[int, int], most: int) -> None:
    """Counts beyond ``most`` have, with means below ½ and shapes about 7, less than 10⁻⁸ in all."""
    likelihood = LIKELIHOODS[name]
    p, _ = make_model(1, likelihood, spread=0.3)
    outcomes = np.array(list(product(range(most + 1), repeat=shape[0] * shape[1]))).reshape(-1, *shape)
    offset = np.zeros((*shape, likelihood.n_scores))
    if likelihood is not BERNOULLI:
        offset[..., 0], offset[..., 1:] = -1.5, 2.0
    nats, _ = measure_nats(p, outcomes, likelihood=likelihood, offset=offset)
    assert nats.min() >= 0
    assert np.exp(-nats.sum(axis=(1, 2))).sum() == pytest.approx(1, abs=1e-8)


def test_no_cell_hears_of_itself_or_of_a_later_one() -> None:
    p, rng = make_model(2, POISSON)
    counts, offset = rng.integers(0, 5, size=(1, 3, 4)), np.zeros((3, 4, 1))
    before = measure_nats(p, counts, likelihood=POISSON, offset=offset)[0].ravel()
    for cell in range(12):
        moved = counts.copy()
        moved.ravel()[cell] += 3
        after = measure_nats(p, moved, likelihood=POISSON, offset=offset)[0].ravel()
        np.testing.assert_array_equal(after[:cell], before[:cell])
        assert (after[cell:] != before[cell:]).any()


def test_neighbours_are_left_upper_left_upper_and_upper_right() -> None:
    found = list_neighbours(np.arange(1, 10).reshape(1, 3, 3))
    assert found[0, 1, 1].tolist() == [4, 1, 2, 3]
    assert found[0, 0, 0].tolist() == [0, 0, 0, 0]
    assert found[0, 2, 2].tolist() == [8, 5, 6, 0]


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_it_begins_as_what_the_offset_says(name: str) -> None:
    rng = np.random.default_rng(0)
    p = make_spatial_counts(rng, 1, 4, LIKELIHOODS[name], np.float64)
    counts, offset = make_counts(rng, LIKELIHOODS[name], 2, 3, 4), rng.normal(size=(2, 3, 4, 2))
    offset = offset[..., : LIKELIHOODS[name].n_scores]
    nats, _ = measure_nats(
        p, counts, likelihood=LIKELIHOODS[name], offset=offset, context=rng.normal(size=(3, 4, 1))
    )
    np.testing.assert_array_equal(nats, LIKELIHOODS[name].nats(offset, counts=counts)[0])


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_a_float32_model_stays_float32(name: str) -> None:
    rng, likelihood = np.random.default_rng(0), LIKELIHOODS[name]
    p = make_spatial_counts(rng, 1, 3, likelihood, np.float32)
    shape = (2, 3, 4)
    nats, pullback = measure_nats(
        p, make_counts(rng, likelihood, *shape), likelihood=likelihood,
        offset=np.zeros((3, 4, likelihood.n_scores)), context=rng.normal(size=(3, 4, 1)),
    )  # fmt: skip
    leaves = [nats, *list_leaves(pullback(np.ones_like(nats)))]
    assert {leaf.dtype.name for leaf in leaves} == {"float32"}


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_draws_have_the_distribution_s_mean_and_variance(name: str) -> None:
    """20,000 draws: the tolerance is five standard errors of the mean, and 10 % of the variance."""
    rng, likelihood = np.random.default_rng(0), LIKELIHOODS[name]
    score = np.full((20_000, likelihood.n_scores), 0.7)
    drawn, mean = likelihood.draw(rng, score), np.exp(0.7)
    share = mean / (1 + mean)
    means = {"bernoulli": share, "poisson": mean, "negative_binomial": mean}
    variances = {"bernoulli": share * (1 - share), "poisson": mean, "negative_binomial": 2 * mean}
    assert drawn.mean() == pytest.approx(means[name], abs=5 * np.sqrt(variances[name] / len(drawn)))
    assert drawn.var() == pytest.approx(variances[name], rel=0.1)


def test_drawn_maps_are_as_likely_as_the_model_says() -> None:
    """Of 2 × 2 maps of noughts and ones each comes as often as its probability, by chi-square."""
    p, rng = make_model(5, BERNOULLI, spread=1.5)
    offset = np.zeros((2, 2, 1))
    maps = np.array(list(product((0, 1), repeat=4))).reshape(-1, 2, 2)
    chances = np.exp(-measure_nats(p, maps, likelihood=BERNOULLI, offset=offset)[0].sum(axis=(1, 2)))
    drawn = draw_maps(p, 4000, likelihood=BERNOULLI, offset=offset, rng=rng)
    times = np.bincount(drawn.reshape(-1, 4) @ [8, 4, 2, 1], minlength=16)
    assert scipy.stats.chisquare(times, 4000 * chances / chances.sum()).pvalue > 0.01


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_maps_of_the_model_itself_surprise_it_by_nothing_and_by_one_spread(name: str) -> None:
    """Of 200 maps: five standard errors of a mean and of a spread are 0.35 and 0.25."""
    likelihood = LIKELIHOODS[name]
    p, rng = make_model(3, likelihood)
    offset = np.full((4, 5, likelihood.n_scores), 0.5)
    maps = draw_maps(p, 200, likelihood=likelihood, offset=offset, rng=rng)
    scores, _ = score_cells(p, maps, offset=offset)
    nats, _ = likelihood.nats(scores, counts=maps)
    surprise = measure_surprise(nats, scores, likelihood=likelihood, rng=rng, n_draws=60)
    assert abs(surprise.mean()) < 0.35
    assert surprise.std() == pytest.approx(1, abs=0.25)
    flipped = maps.copy()
    flipped[:] = 1 - maps if likelihood is BERNOULLI else maps + 6
    scores, _ = score_cells(p, flipped, offset=offset)
    nats, _ = likelihood.nats(scores, counts=flipped)
    assert measure_surprise(nats, scores, likelihood=likelihood, rng=rng, n_draws=60).mean() > 0.3


def test_surprise_is_in_the_spread_of_counts_that_were_drawn() -> None:
    drawn = iter([0.0, 2.0])  # the mean 1, and of two draws the variance 2
    likelihood = Likelihood(
        lambda scores, *, counts: (counts, lambda d: ()),
        1,
        lambda rng, scores: np.full((1, 1, 2), next(drawn)),
    )
    nats, rng = np.array([[[3.0, 2.0]]]), np.random.default_rng(0)
    surprise = measure_surprise(nats, np.zeros((1, 1, 2, 1)), likelihood=likelihood, rng=rng, n_draws=2)
    np.testing.assert_allclose(surprise, [(2 + 1) / np.sqrt(2 + 2)], rtol=1e-15)


def test_counts_and_scores_of_different_shapes_are_refused() -> None:
    with pytest.raises(InputError, match=r"Counts of the shape \(2, 3\) have scores of the shape \(2, 3\)"):
        POISSON.nats(np.zeros((2, 3)), counts=np.zeros((2, 3)))
    with pytest.raises(InputError, match="Give 2 for each count"):
        NEGATIVE_BINOMIAL.nats(np.zeros((3, 1)), counts=np.zeros(3))


def test_it_learns_a_texture_that_no_single_neighbour_tells() -> None:
    """A cell is the exclusive or of its left and its upper neighbour, one time in twenty the other.

    The least that can be reached is 0.199 nats a cell; cell by cell alone it is 0.693.
    """
    rng = np.random.default_rng(0)
    maps = np.zeros((300, 6, 7), int)
    flips = rng.random(maps.shape) < 0.05
    maps[:, 0], maps[:, :, 0] = rng.integers(0, 2, (300, 7)), rng.integers(0, 2, (300, 6))
    for i in range(1, 6):
        for j in range(1, 7):
            maps[:, i, j] = maps[:, i, j - 1] ^ maps[:, i - 1, j] ^ flips[:, i, j]
    flat, p = pack(make_spatial_counts(rng, 0, 8, BERNOULLI, np.float32), np.float32)
    objective = partial(make_count_objective(BERNOULLI), offset=np.zeros((6, 7, 1), np.float32))
    batches = take_batches({"counts": maps[:200]}, 20, rng=rng, n_epochs=25)
    steps = train(objective, flat, p, batches, optimizer=Adam(flat), schedule=keep_constant(0.02))
    assert next(steps).loss == pytest.approx(np.log(2), rel=1e-6)
    for _ in steps:
        pass
    nats, _ = measure_nats(p, maps[200:], likelihood=BERNOULLI, offset=np.zeros((6, 7, 1)))
    assert nats[:, 1:, 1:].mean() < 0.25


def test_where_nothing_is_left_to_chance_nothing_surprises() -> None:
    scores = np.full((2, 3, 4, 1), -60.0)  # an expected count of 10⁻²⁶
    nats, _ = POISSON.nats(scores, counts=np.zeros((2, 3, 4)))
    surprise = measure_surprise(nats, scores, likelihood=POISSON, rng=np.random.default_rng(0), n_draws=5)
    assert np.abs(surprise).max() < 1e-6
