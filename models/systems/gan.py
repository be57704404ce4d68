"""A generative adversarial network: one net invents rows, another tells them from real ones.

The generator makes a row G(z) of noise z. The discriminator gives a row the score s, and so the chance
D = 1 / (1 + e⁻ˢ) that it is real. They play for one number (eq. 1; both losses are means over a batch)

    min_G max_D  V = E log D(x) + E log(1 − D(G(z)))

which in scores, with log(1 + eˢ) as the logistic loss has it, gives the two losses

    L_D = −V = mean log(1 + e⁻ˢ⁽ˣ⁾) + mean log(1 + eˢ⁽ᴳ⁽ᶻ⁾⁾)
        ds(x) = (D(x) − 1)/n,   ds(G(z)) = D(G(z))/n
    L_G = mean log(1 + e⁻ˢ⁽ᴳ⁽ᶻ⁾⁾)
        ds = (D(G(z)) − 1)/n,   dG through the discriminator, whose own parameters stay

L_G makes log D(G(z)) large instead of log(1 − D(G(z))) small (sec. 3): it has the same fixed point, and a
gradient also where the discriminator is sure. For a given generator the best discriminator is p/(p + q), p
and q being the densities of real and invented rows (proposition 1); L_D is then log 4 less twice their
Jensen–Shannon divergence, and never above log 4, which it reaches where they are one (theorem 1).

Each step moves the discriminator once, then the generator once (algorithm 1 with k = 1), each by an Adam of
its own, at one rate. Noise is uniform between −1 and 1. Where rows depend on something known, such as the
time of the year, both nets get it too, as ``given``.

Shapes: noise z (n, n_noise), given (n, c) → G(z) (n, d), as rows x (n, d); s (n, 1).

References: I. Goodfellow et al. 2014, *Generative Adversarial Nets*, arXiv 1406.2661; M. Mirza & S. Osindero
2014, *Conditional Generative Adversarial Nets*, arXiv 1411.1784, eq. 2 (what is given); T. Salimans et al.
2016, *Improved Techniques for Training GANs*, arXiv 1606.03498, sec. 3.4 (a target below 1 for real rows);
A. Radford et al. 2016, *Unsupervised Representation Learning with Deep Convolutional GANs*, arXiv 1511.06434,
sec. 4 (a shorter memory of Adam's mean, 0.5, keeps the two from swinging).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from models.composition import Net
from models.errors import InputError
from models.losses import logistic_loss
from models.optimizers import Adam
from models.schedules import Schedule
from models.tree import pack, view_as
from models.types import Array, Pullback, Tree


class Gan(NamedTuple):
    """The two nets; the discriminator's last part gives one score."""

    generator: Net
    discriminator: Net
    n_noise: int


class Side(NamedTuple):
    """One net's parameters: all in one vector, and as views into it."""

    flat: Array
    parameters: Tree


class Sides(NamedTuple):
    """The parameters of both nets."""

    generator: Side
    discriminator: Side


class GanStep(NamedTuple):
    """What one step saw before each net moved."""

    number: int  # from 0
    discriminator_loss: float  # L_D; log 4 = 1.386 where it cannot tell real from invented
    generator_loss: float  # L_G; log 2 there


def init_gan(gan: Gan, rng: np.random.Generator, *, n_given: int = 0, dtype: Any = np.float64) -> Sides:
    """Return new parameters; raise ``InputError`` unless the discriminator gives one score."""
    drawn, made = gan.generator.init(rng, (gan.n_noise + n_given,), dtype=dtype)
    judging, score = gan.discriminator.init(rng, (made[0] + n_given,), dtype=dtype)
    if score != (1,):
        raise InputError(
            f"The discriminator gives the shape {score}",
            where="gan",
            remedy="End it with dense(1): one score, without an activation.",
        )
    return Sides(Side(*pack(drawn, dtype)), Side(*pack(judging, dtype)))


def discriminator_loss(
    p: Tree,
    *,
    net: Net,
    real: Array,
    fake: Array,
    given: Array | None = None,
    real_target: float = 1.0,
    rng: np.random.Generator | None = None,
) -> tuple[Array, Pullback]:
    """Return L_D for as many ``real (n, d)`` as ``fake (n, d)`` rows, which are constants.

    ``real_target`` below 1 keeps the discriminator from being too sure of what is real.
    """
    n = len(real)
    rows = np.concatenate([_attach(real, given), _attach(fake, given)])
    scores, pull_net = net.run(p, rows, rng, False)
    on_real, pull_real = logistic_loss(scores[:n], target=np.full_like(scores[:n], real_target))
    on_fake, pull_fake = logistic_loss(scores[n:], target=np.zeros_like(scores[n:]))

    def pull_discriminator(d_loss: float, out: Tree | None = None) -> tuple[Tree]:
        d_scores = np.concatenate([*pull_real(d_loss), *pull_fake(d_loss)])
        return (pull_net(d_scores, out)[0],)

    return on_real + on_fake, pull_discriminator


def generator_loss(
    p: Tree,
    *,
    gan: Gan,
    discriminator: Tree,
    z: Array,
    given: Array | None = None,
    rng: np.random.Generator | None = None,
) -> tuple[Array, Pullback]:
    """Return L_G of noise ``z (n, n_noise)``, as the parameters ``discriminator`` judge it; they stay."""
    fake, pull_generator = gan.generator.run(p, _attach(z, given), rng, False)
    score, pull_score = gan.discriminator.run(discriminator, _attach(fake, given), rng, True)
    loss, pull_loss = logistic_loss(score, target=np.ones_like(score))

    def pull_generator_loss(d_loss: float, out: Tree | None = None) -> tuple[Tree]:
        _, d_rows = pull_score(*pull_loss(d_loss))
        return (pull_generator(d_rows[:, : fake.shape[1]], out)[0],)

    return loss, pull_generator_loss


def train_gan(
    gan: Gan,
    sides: Sides,
    batches: Iterable[Mapping[str, Any]],
    *,
    schedule: Schedule,
    rng: np.random.Generator,
    real_target: float = 1.0,
    keep_mean: float = 0.5,
) -> Iterator[GanStep]:
    """Move both sides once for each batch of rows ``x`` (and ``given``, if any), and yield what it saw.

    ``rng`` draws the noise, and what else the nets draw in training; ``keep_mean`` is Adam's β₁.
    """
    optimizers = [Adam(side.flat, keep_mean=keep_mean) for side in sides]
    gradients = [np.empty_like(side.flat) for side in sides]
    outs = [view_as(flat, side.parameters) for flat, side in zip(gradients, sides, strict=True)]
    maker, judge = sides
    for number, batch in enumerate(batches):
        real, given = batch["x"], batch.get("given")
        z = draw_noise(gan, len(real), rng, maker.flat.dtype)
        fake, _ = gan.generator.run(maker.parameters, _attach(z, given), rng, False)
        judged, pull = discriminator_loss(
            judge.parameters, net=gan.discriminator, real=real, fake=fake, given=given,
            real_target=real_target, rng=rng,
        )  # fmt: skip
        pull(1.0, out=outs[1])
        optimizers[1].step(judge.flat, gradients[1], schedule(number))
        z = draw_noise(gan, len(real), rng, maker.flat.dtype)
        made, pull = generator_loss(
            maker.parameters, gan=gan, discriminator=judge.parameters, z=z, given=given, rng=rng
        )
        pull(1.0, out=outs[0])
        optimizers[0].step(maker.flat, gradients[0], schedule(number))
        yield GanStep(number, float(judged), float(made))


def draw_noise(gan: Gan, n_rows: int, rng: np.random.Generator, dtype: Any) -> Array:
    """Return uniform noise (n_rows, n_noise) between −1 and 1; one seed gives the same in either type."""
    return rng.uniform(-1, 1, (n_rows, gan.n_noise)).astype(dtype)


def invent_rows(
    gan: Gan, maker: Side, n_rows: int, *, rng: np.random.Generator, given: Array | None = None
) -> Array:
    """Return ``n_rows`` invented rows (n_rows, d), the net being in use; ``given`` has as many rows."""
    z = draw_noise(gan, n_rows, rng, maker.flat.dtype)
    rows: Array = gan.generator.run(maker.parameters, _attach(z, given), None, False)[0]
    return rows


def _attach(rows: Array, given: Array | None) -> Array:
    """Return rows with what is given at their right; raise ``InputError`` where these are not as many."""
    if given is None:
        return rows
    if len(given) != len(rows):
        raise InputError(
            f"{len(given)} rows are given for {len(rows)}", where="gan", remedy="Give one for each row."
        )
    return np.concatenate([rows, given.astype(rows.dtype, copy=False)], axis=1)
