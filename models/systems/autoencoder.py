"""The convolutional denoising auto-encoder: a noisy picture goes through a short code, and comes out clean.

    encoder:  (convolution 3 × 3, activation, mean pooling by 2) × 3, affine map to the code
    decoder:  affine map, activation, then the mirror: (repetition by 2, convolution 3 × 3, activation) × 3

A picture x is shown as x + σ·ε, with fresh noise ε each time, and the cost of what comes out, y, is its
distance to the clean x, ¼ (y − x)², the mean over all numbers. A code too short for the noise keeps what
pictures have in common. Where pooling meets a side that 2 does not divide, repetition is cut to the same
side: 7 × 24 becomes 4 × 12, 2 × 6, 1 × 3, and goes the same way back.

Shapes: pictures (n, h, w, c) → codes (n, n_code) → pictures (n, h, w, c).

References: P. Vincent, H. Larochelle, I. Lajoie, Y. Bengio & P.-A. Manzagol 2010, *Stacked Denoising
Autoencoders*, JMLR 11, sec. 2.3 and 3; J. Masci, U. Meier, D. Cireşan & J. Schmidhuber 2011, *Stacked
Convolutional Auto-Encoders for Hierarchical Feature Extraction*, sec. 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from models.batches import iter_batches
from models.composition import Net, Part, Random, Shape
from models.errors import InputError
from models.initial import Initial, glorot_uniform, he_uniform
from models.layers.activations import relu
from models.losses import squared_loss
from models.net import activation, dense, flatten, sequence
from models.parts.convolution import check_shape, conv, pool_mean, repeat
from models.types import Array, Pullback, Tree

POOL = 2
Function = Callable[[Array], tuple[Array, Pullback]]
Corrupt = Callable[[np.random.Generator, Array], Array]  # (rng, clean) -> noisy, of one shape


class Autoencoder(NamedTuple):
    """Both halves, and the net that they make: its parameters are (the encoder's, the decoder's)."""

    encoder: Net
    decoder: Net

    @property
    def net(self) -> Net:
        """The whole: pictures in, pictures out."""
        return sequence(self.encoder, self.decoder)


def make_autoencoder(
    shape: tuple[int, int, int],
    *,
    channels: tuple[int, ...] = (8, 8, 8),
    n_code: int = 16,
    bend: Function = relu,
    initial: Initial | None = None,
) -> Autoencoder:
    """Return an auto-encoder of pictures of ``shape`` (height, width, channels).

    ``channels`` are those of the encoder's convolutions, ``n_code`` is the length of the code, ``bend`` the
    activation of all but code and output. Weights begin as fits the activation, or as ``initial`` says.
    """
    if not channels or min((*channels, n_code)) < 1:
        raise InputError(
            f"Convolutions of {channels} channels and a code of {n_code} make no auto-encoder",
            where="auto-encoder",
            remedy="Give at least one convolution, and one or more of each.",
        )
    draw = initial or (he_uniform if bend is relu else glorot_uniform)
    sizes = [check_shape(shape, "An auto-encoder")]
    down: list[Net] = []
    for n_channels in channels:
        down += [conv(n_channels, initial=draw), activation(bend), pool_mean(POOL)]
        height, width, _ = sizes[-1]
        sizes.append((-(-height // POOL), -(-width // POOL), n_channels))
    up: list[Net] = [dense(math.prod(sizes[-1]), draw), activation(bend), reshape(sizes[-1])]
    for number in range(len(channels) - 1, -1, -1):
        height, width, n_channels = sizes[number]
        last = number == 0
        up += [
            repeat(POOL, shape=(height, width)),
            conv(n_channels, initial=glorot_uniform if last else draw),
            *([] if last else [activation(bend)]),
        ]
    return Autoencoder(sequence(*down, flatten(), dense(n_code, glorot_uniform)), sequence(*up))


def reshape(shape: tuple[int, ...]) -> Part:
    """Return the part that gives rows the axes ``shape``; it undoes ``flatten``."""

    def make(rng: np.random.Generator, shape_in: Shape, dtype: Any) -> tuple[Tree, Shape]:
        if math.prod(shape_in) != math.prod(shape):
            raise InputError(
                f"{math.prod(shape_in)} numbers do not fill the shape {shape}",
                where="net",
                remedy=f"Put a dense layer to {math.prod(shape)} before it.",
            )
        return (), shape

    def layer(p: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        return x.reshape(len(x), *shape), lambda dy, out=None: ((), dy.reshape(x.shape))

    return Part("reshape", make, layer)


def quarter_squared_loss(prediction: Array, *, target: Array) -> tuple[Array, Pullback]:
    """Return the mean of ¼ (prediction − target)² over all numbers, the article's cost."""
    loss, pull_squared = squared_loss(prediction, target=target)

    def pull_quarter(d_loss: float, out: Array | None = None) -> tuple[Array]:
        (d_prediction,) = pull_squared(float(d_loss) / 4, out)
        return (d_prediction,)

    return loss / 4, pull_quarter


def add_gaussian(strength: float) -> Corrupt:
    """Return how to add normal noise of the standard deviation ``strength`` to pictures."""

    def corrupt(rng: np.random.Generator, clean: Array) -> Array:
        noise = rng.standard_normal(clean.shape, np.float32)
        noisy: Array = clean + np.multiply(noise, strength, dtype=clean.dtype)
        return noisy

    return corrupt


def take_noisy_batches(
    clean: Array, size: int, *, corrupt: Corrupt, rng: np.random.Generator, n_epochs: int
) -> Iterator[dict[str, Array]]:
    """Yield batches of ``clean`` pictures as ``target``, and as ``x`` with noise drawn anew each time."""
    for chosen in iter_batches(len(clean), size, rng=rng, n_epochs=n_epochs):
        target = clean[chosen]
        yield {"x": corrupt(rng, target), "target": target}
