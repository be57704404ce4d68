"""The denoising auto-encoder: its halves mirror each other, it is PyTorch's, and it takes noise away."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.check import check_pullback
from models.errors import InputError
from models.layers.activations import relu, tanh
from models.layers.affine import Affine
from models.layers.convolution import Convolution
from models.objective import make_objective
from models.optimizers import Adam
from models.schedules import keep_constant
from models.systems.autoencoder import (
    add_gaussian,
    make_autoencoder,
    quarter_squared_loss,
    reshape,
    take_noisy_batches,
)
from models.training import train
from models.tree import list_leaves, pack
from models.types import Array

ORACLE = Path(__file__).parents[1] / "oracles" / "spatial_oracle.npz"
CLOSE: dict[str, Any] = {"rtol": 1e-10, "atol": 1e-12}  # both sides compute in float64, in different orders


@pytest.mark.parametrize("shape", [(7, 24, 1), (1, 1, 1), (5, 3, 2), (32, 32, 1), (8, 9, 3)])
def test_the_decoder_mirrors_the_encoder_in_shape(shape: tuple[int, int, int]) -> None:
    pair = make_autoencoder(shape, channels=(3, 4, 5), n_code=6)
    encoded, decoded = pair.encoder.list_parts(shape), pair.decoder.list_parts((6,))
    assert (encoded[-1].shape, decoded[-1].shape) == ((6,), shape)
    pooled = [row.shape for row in encoded if row.name.startswith("mean pool")]
    sizes = [shape, *pooled]  # of the pictures, from the first to the shortest
    repeated = [row.shape[:2] for row in decoded if row.name.startswith("repeat")]
    convolved = [row.shape for row in decoded if row.name.startswith("conv")]
    assert [row.shape for row in decoded if row.name == "reshape"] == [pooled[-1]]
    assert repeated == [size[:2] for size in reversed(sizes[:-1])]
    assert convolved == list(reversed(sizes[:-1]))


@pytest.mark.parametrize("shape", [(7, 10, 1), (1, 1, 1), (3, 2, 2)])
def test_the_whole_pulls_back(shape: tuple[int, int, int]) -> None:
    for seed in range(2):
        rng = np.random.default_rng(seed)
        net: Any = make_autoencoder(shape, channels=(2, 3), n_code=2, bend=tanh).net
        p, _ = net.init(rng, shape)
        check_pullback(net, p, rng.normal(size=(2, *shape)), rng=rng)
        x, target = rng.normal(size=(2, *shape)), rng.normal(size=(2, *shape))
        check_pullback(partial(make_objective(net, quarter_squared_loss), x=x, target=target), p, rng=rng)


def test_it_is_pytorchs() -> None:
    pair = make_autoencoder((7, 10, 1), channels=(3, 2), n_code=4, bend=tanh)
    with np.load(ORACLE, allow_pickle=False) as file:
        oracle = {name.removeprefix("autoencoder."): value for name, value in file.items()}
    names = {"conv1": Convolution, "conv2": Convolution, "code": Affine}
    names |= {"back": Affine, "up1": Convolution, "up2": Convolution}
    begun, _ = pair.net.init(np.random.default_rng(0), (7, 10, 1))
    leaves = [oracle[f"{kind}_{name}"] for name in names for kind in "wb"]
    flat, p = pack(begun)
    np.concatenate([leaf.ravel() for leaf in leaves], out=flat)
    np.testing.assert_allclose(pair.encoder(p[0], oracle["x"])[0], oracle["code"], **CLOSE)
    value, pullback = pair.net(p, oracle["x"])
    np.testing.assert_allclose(value, oracle["value"], **CLOSE)
    dp, dx = pullback(oracle["weights"])
    np.testing.assert_allclose(dx, oracle["d_x"], **CLOSE)
    wanted = [oracle[f"d_{kind}_{name}"] for name in names for kind in "wb"]
    for gradient, right in zip(list_leaves(dp), wanted, strict=True):
        np.testing.assert_allclose(gradient, right, **CLOSE)


def make_bumps(rng: np.random.Generator, n: int) -> Array:
    """Pictures (n, 8, 12, 1) of one round bump each, at any place: two numbers tell all of one."""
    i, j = np.mgrid[:8, :12]
    y, x = rng.uniform(1, 7, (n, 1, 1)), rng.uniform(1, 11, (n, 1, 1))
    bumps: Array = np.exp(-((i - y) ** 2 + (j - x) ** 2) / 6)[..., None].astype(np.float32)
    return bumps


@pytest.mark.slow
def test_it_takes_noise_away_from_pictures_that_it_has_not_seen() -> None:
    """The noise has the variance 0.04; always to say the mean picture would be off by 0.05."""
    rng = np.random.default_rng(0)
    clean, fresh = make_bumps(rng, 400), make_bumps(rng, 100)
    net = make_autoencoder((8, 12, 1), channels=(8, 8), n_code=8).net
    begun, _ = net.init(rng, (8, 12, 1), dtype=np.float32)
    flat, p = pack(begun, np.float32)
    batches = take_noisy_batches(clean, 20, corrupt=add_gaussian(0.2), rng=rng, n_epochs=30)
    objective = make_objective(net, quarter_squared_loss, rng=rng)
    losses = [
        step.loss
        for step in train(objective, flat, p, batches, optimizer=Adam(flat), schedule=keep_constant(5e-3))
    ]
    noisy = add_gaussian(0.2)(np.random.default_rng(1), fresh)
    denoised, _ = net(p, noisy)
    assert np.mean(losses[-20:]) < losses[0] / 10
    assert np.mean((denoised - fresh) ** 2) < 0.2 * np.mean((noisy - fresh) ** 2)


def test_noise_is_drawn_anew_each_time_and_has_its_strength() -> None:
    clean = np.zeros((50, 4, 6, 1), np.float32)
    batches = list(
        take_noisy_batches(clean, 25, corrupt=add_gaussian(0.3), rng=np.random.default_rng(0), n_epochs=8)
    )
    assert len(batches) == 16
    assert all((batch["target"] == 0).all() for batch in batches)
    noise = np.concatenate([batch["x"] for batch in batches])
    assert noise.dtype == np.float32
    assert len(np.unique(noise)) > 0.99 * noise.size
    assert noise.std() == pytest.approx(0.3, rel=0.05)  # of 9,600 draws: seven standard errors


@pytest.mark.parametrize("bend", [relu, tanh])
def test_a_float32_auto_encoder_stays_float32(bend: object) -> None:
    rng = np.random.default_rng(0)
    net = make_autoencoder((7, 24, 1), channels=(2, 2, 2), n_code=3, bend=bend).net  # type: ignore[arg-type]
    p, _ = net.init(rng, (7, 24, 1), dtype=np.float32)
    x = rng.normal(size=(2, 7, 24, 1)).astype(np.float32)
    value, pullback = net(p, x)
    _, pull_loss = quarter_squared_loss(value, target=x)
    leaves = [value, *list_leaves(pullback(*pull_loss(1.0)))]
    assert {leaf.dtype.name for leaf in leaves} == {"float32"}


def test_the_cost_is_a_quarter_of_the_squared_error() -> None:
    loss, _ = quarter_squared_loss(np.array([[3.0, 1.0]]), target=np.array([[1.0, 1.0]]))
    assert loss == 0.5


def test_one_that_cannot_be_is_refused() -> None:
    with pytest.raises(InputError, match="make no auto-encoder"):
        make_autoencoder((4, 4, 1), channels=())
    with pytest.raises(InputError, match="make no auto-encoder"):
        make_autoencoder((4, 4, 1), n_code=0)
    with pytest.raises(InputError, match="6 numbers do not fill the shape"):
        reshape((2, 2, 2)).init(np.random.default_rng(0), (6,))
