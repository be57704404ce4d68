"""The adversarial pair: its two losses, their derivatives, what they end at, and what it learns."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.batches import take_batches
from models.check import check_pullback
from models.errors import InputError
from models.layers.activations import elu, relu, tanh
from models.layers.affine import Affine
from models.net import activation, dense, dropout, sequence
from models.optimizers import Adam
from models.schedules import fall_by_steps, keep_constant
from models.systems.gan import (
    Gan,
    Side,
    Sides,
    discriminator_loss,
    generator_loss,
    init_gan,
    invent_rows,
    train_gan,
)
from models.tree import list_leaves, pack
from models.types import Array

ORACLE = Path(__file__).parents[1] / "oracles" / "gan_oracle.npz"
CLOSE = {"rtol": 1e-12, "atol": 1e-14}  # both sides compute in float64, in different orders


def make_gan(n_noise: int = 3, n_out: int = 4, *, width: int = 5, bend: Any = elu) -> Gan:
    return Gan(
        sequence(dense(width), activation(tanh), dense(n_out)),
        sequence(dense(width + 1), activation(bend), dense(1)),
        n_noise,
    )


@pytest.fixture(scope="module")
def oracle() -> dict[str, Any]:
    with np.load(ORACLE, allow_pickle=False) as file:
        return dict(file)


def read_sides(oracle: dict[str, Any]) -> Sides:
    def read(name: str) -> Side:
        w = [oracle[f"{name}.{k}"] for k in range(4)]
        return Side(*pack((Affine(w[0], w[1]), (), Affine(w[2], w[3]))))

    return Sides(read("generator"), read("discriminator"))


class Played:
    """Noise that was drawn elsewhere, in the place of a generator of random numbers."""

    def __init__(self, noise: Array) -> None:
        self.noise = list(noise)

    def uniform(self, low: float, high: float, shape: tuple[int, ...]) -> Array:
        assert (low, high) == (-1, 1) and self.noise[0].shape == shape
        return self.noise.pop(0)


def test_both_losses_and_gradients_are_pytorchs(oracle: dict[str, Any]) -> None:
    gan, sides = make_gan(), read_sides(oracle)
    known = oracle["given"][0]
    fake = invent_rows(gan, sides.generator, 7, rng=Played(oracle["z"][0, :1]), given=known)  # type: ignore[arg-type]
    loss, pull = discriminator_loss(
        sides.discriminator.parameters, net=gan.discriminator, real=oracle["real"][0], fake=fake, given=known,
        real_target=0.9,
    )  # fmt: skip
    np.testing.assert_allclose(loss, oracle["losses"][0, 0], **CLOSE)
    for k, gradient in enumerate(list_leaves(pull(1.0))):
        np.testing.assert_allclose(gradient, oracle[f"discriminator.d{k}"], **CLOSE)


@pytest.mark.parametrize("side", ["generator", "discriminator"])
def test_the_two_sides_take_pytorchs_path_under_adam_and_a_rate_that_falls_by_steps(
    side: str, oracle: dict[str, Any]
) -> None:
    gan, sides = make_gan(), read_sides(oracle)
    noise = Played(oracle["z"].reshape(-1, 7, 3))
    batches = [{"x": x, "given": known} for x, known in zip(oracle["real"], oracle["given"], strict=True)]
    steps = train_gan(
        gan, sides, batches, schedule=fall_by_steps(0.02, factor=0.5, every=4), rng=noise, real_target=0.9,  # type: ignore[arg-type]
    )  # fmt: skip
    losses, path = [], []
    for step in steps:
        losses.append((step.discriminator_loss, step.generator_loss))
        path.append(getattr(sides, side).flat.copy())
    np.testing.assert_allclose(losses, oracle["losses"], rtol=1e-10)
    np.testing.assert_allclose(path, oracle[f"path.{side}"], rtol=1e-9, atol=1e-11)  # nine steps of roots


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 4), st.integers(0, 2))
@settings(max_examples=25, deadline=None)
def test_both_losses_pull_back(seed: int, n_rows: int, n_noise: int, n_given: int) -> None:
    rng = np.random.default_rng(seed)
    gan = make_gan(n_noise, n_noise + 1, bend=tanh)
    sides = init_gan(gan, rng, n_given=n_given)
    known = rng.normal(size=(n_rows, n_given)) if n_given else None
    real, fake = rng.normal(size=(2, n_rows, n_noise + 1))
    check_pullback(
        partial(
            discriminator_loss, net=gan.discriminator, real=real, fake=fake, given=known, real_target=0.8
        ),
        sides.discriminator.parameters,
        rng=rng,
    )
    z = rng.uniform(-1, 1, (n_rows, n_noise))
    check_pullback(
        partial(generator_loss, gan=gan, discriminator=sides.discriminator.parameters, z=z, given=known),
        sides.generator.parameters,
        rng=rng,
    )


def test_the_best_discriminator_is_the_share_of_real_rows_and_its_loss_their_divergence() -> None:
    rng = np.random.default_rng(0)
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.2, 0.2, 0.6])
    n = 1000  # rows, in exact shares: expectations, not draws
    real, fake = (np.repeat(np.eye(3), np.rint(n * shares).astype(int), axis=0) for shares in (p, q))
    net = sequence(dense(1))  # a score for each of three outcomes: any discriminator can be had
    flat, parameters = pack(net.init(rng, (3,))[0])
    optimizer = Adam(flat)
    for k in range(1500):
        loss, pull = discriminator_loss(parameters, net=net, real=real, fake=fake)
        optimizer.step(flat, pack(pull(1.0)[0])[0], 0.1 * 0.99**k)
    score = net(parameters, np.eye(3))[0][:, 0]
    np.testing.assert_allclose(1 / (1 + np.exp(-score)), p / (p + q), atol=1e-6)  # proposition 1
    middle = (p + q) / 2
    divergence = (p * np.log(p / middle) + q * np.log(q / middle)).sum() / 2
    np.testing.assert_allclose(loss, np.log(4) - 2 * divergence, atol=1e-9)  # theorem 1


def test_what_cannot_be_told_apart_costs_log_4_and_moves_nobody() -> None:
    rng = np.random.default_rng(1)
    gan = make_gan()
    sides = init_gan(gan, rng)
    rows = rng.normal(size=(6, 4))
    for leaf in list_leaves(sides.discriminator.parameters[-1]):
        leaf[:] = 0  # the score is 0 wherever
    loss, pull = discriminator_loss(
        sides.discriminator.parameters, net=gan.discriminator, real=rows, fake=rows
    )
    assert loss == pytest.approx(np.log(4), abs=1e-15)
    for leaf in list_leaves(pull(1.0)):
        np.testing.assert_allclose(leaf, 0, atol=1e-16)
    made, pull = generator_loss(
        sides.generator.parameters, gan=gan, discriminator=sides.discriminator.parameters, z=rows[:, :3]
    )
    assert made == pytest.approx(np.log(2), abs=1e-15)
    assert not np.any(pack(pull(1.0)[0])[0])


def test_the_generators_step_leaves_the_discriminator_and_moves_its_rows_towards_the_real_side() -> None:
    rng = np.random.default_rng(2)
    gan = make_gan()
    sides = init_gan(gan, rng)
    z, before = rng.uniform(-1, 1, (50, 3)), sides.discriminator.flat.copy()
    judge = sides.discriminator.parameters
    loss, pull = generator_loss(sides.generator.parameters, gan=gan, discriminator=judge, z=z)
    sides.generator.flat[:] -= 0.01 * pack(pull(1.0)[0])[0]
    after, _ = generator_loss(sides.generator.parameters, gan=gan, discriminator=judge, z=z)
    assert after < loss
    np.testing.assert_array_equal(sides.discriminator.flat, before)


def train(gan: Gan, rows: dict[str, Array], *, seed: int, n_epochs: int, rate: float) -> Sides:
    rng = np.random.default_rng(seed)
    n_given = rows["given"].shape[1] if "given" in rows else 0
    sides = init_gan(gan, rng, n_given=n_given, dtype=rows["x"].dtype)
    n_steps = n_epochs * len(rows["x"]) // 50
    schedule = fall_by_steps(rate, factor=0.2, every=max(n_steps // 2, 1))
    for _ in train_gan(
        gan, sides, take_batches(rows, 50, rng=rng, n_epochs=n_epochs), schedule=schedule, rng=rng
    ):
        pass
    return sides


def test_invented_rows_have_the_moments_of_the_real_ones() -> None:
    rng = np.random.default_rng(3)
    mix = np.array([[1.0, 0.8], [0.0, 0.6]])
    real = (rng.normal(size=(1000, 2)) @ mix + [2.0, -1.0]).astype(np.float32)
    judge = sequence(dense(16), activation(elu), dense(16), activation(elu), dense(1))
    gan = Gan(sequence(dense(16), activation(relu), dense(2)), judge, 4)
    sides = train(gan, {"x": real}, seed=0, n_epochs=60, rate=3e-3)
    made = invent_rows(gan, sides.generator, 4000, rng=np.random.default_rng(9))
    assert made.dtype == sides.generator.flat.dtype == np.float32
    # Sampling alone moves a mean of 1,000 rows by 0.03 and a correlation of 0.8 by 0.01.
    np.testing.assert_allclose(made.mean(axis=0), real.mean(axis=0), atol=0.2)
    np.testing.assert_allclose(made.std(axis=0), real.std(axis=0), atol=0.2)
    assert np.corrcoef(made.T)[0, 1] == pytest.approx(0.8, abs=0.15)


def test_invented_rows_follow_what_is_given() -> None:
    rng = np.random.default_rng(4)
    known = rng.choice([-1.0, 1.0], (600, 1))
    rows = {"x": 2 * known + rng.normal(scale=0.3, size=(600, 1)), "given": known}
    gan = make_gan(2, 1, width=8)
    sides = train(gan, rows, seed=1, n_epochs=60, rate=1e-2)
    for side in (-1.0, 1.0):
        made = invent_rows(
            gan, sides.generator, 500, rng=np.random.default_rng(5), given=np.full((500, 1), side)
        )
        assert made.mean() == pytest.approx(2 * side, abs=0.4)


def test_one_seed_gives_one_pair_and_what_the_nets_draw_in_training_is_drawn_from_it() -> None:
    rows = {"x": np.random.default_rng(6).normal(size=(50, 2))}
    gan, sure = (
        Gan(sequence(dense(4), dense(2)), sequence(dense(4), dropout(keep), dense(1)), 2)
        for keep in (0.5, 1.0)
    )
    pairs = (gan, 0), (gan, 0), (gan, 1), (sure, 0)
    first, again, *others = (train(pair, rows, seed=seed, n_epochs=1, rate=1e-3) for pair, seed in pairs)
    for side, one, two, three in zip(first, again, *others, strict=True):
        np.testing.assert_array_equal(side.flat, one.flat)
        assert not np.array_equal(side.flat, two.flat) and not np.array_equal(side.flat, three.flat)


def test_a_pair_in_float32_stays_there() -> None:
    rng = np.random.default_rng(7)
    gan = make_gan()
    sides = init_gan(gan, rng, n_given=1, dtype=np.float32)
    batch = {"x": rng.normal(size=(5, 4)).astype(np.float32), "given": rng.normal(size=(5, 1))}
    list(train_gan(gan, sides, [batch], schedule=keep_constant(1e-3), rng=rng))
    fake = invent_rows(gan, sides.generator, 5, rng=rng, given=batch["given"])
    loss, pull = discriminator_loss(
        sides.discriminator.parameters,
        net=gan.discriminator,
        real=batch["x"],
        fake=fake,
        given=batch["given"],
    )
    made, pull_made = generator_loss(
        sides.generator.parameters, gan=gan, discriminator=sides.discriminator.parameters,
        z=np.zeros((5, 3), np.float32), given=batch["given"],
    )  # fmt: skip
    leaves = [*list_leaves(pull(1.0)), *list_leaves(pull_made(1.0))]
    assert {array.dtype for array in (fake, loss, made, *leaves)} == {np.dtype(np.float32)}


def test_a_discriminator_gives_one_score_and_each_row_has_something_given() -> None:
    gan = make_gan()
    with pytest.raises(InputError, match=r"gives the shape \(3,\) \(gan\)\. End it with dense\(1\): one"):
        init_gan(gan._replace(discriminator=dense(3)), np.random.default_rng(0))
    sides = init_gan(gan, np.random.default_rng(0), n_given=1)
    with pytest.raises(InputError, match=r"2 rows are given for 3 \(gan\)\. Give one for each row\."):
        invent_rows(gan, sides.generator, 3, rng=np.random.default_rng(0), given=np.zeros((2, 1)))
