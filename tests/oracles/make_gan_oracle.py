"""Make ``gan_oracle.npz`` again: PyTorch's losses, gradients and some steps of two nets against each other.

Run it with any Python that has PyTorch and NumPy; it imports nothing of this project::

    python tests/oracles/make_gan_oracle.py [DEST]

All in float64, on the CPU, from a fixed seed. Weights are (n_in, n_out), layer by layer, each layer's weight
before its bias. The generator is 3+2–5–4 with tanh between, the discriminator 4+2–6–1 with ELU between; both
get what is given behind their own input. ``path.<side>`` holds all parameters of one side after each step, as
one row; the discriminator moves first, and the noise of the two halves of a step is drawn apart.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

N_NOISE, N_GIVEN, N_FEATURES, N_ROWS, N_STEPS = 3, 2, 4, 7, 9
GENERATOR = (N_NOISE + N_GIVEN, 5, N_FEATURES)
DISCRIMINATOR = (N_FEATURES + N_GIVEN, 6, 1)
RATE, FACTOR, EVERY, REAL_TARGET = 0.02, 0.5, 4, 0.9

Layers = list[torch.Tensor]


def make_oracle() -> dict[str, np.ndarray]:
    """Return every array by name."""
    rng = np.random.default_rng(20261122)
    sides = {"generator": draw(GENERATOR, rng), "discriminator": draw(DISCRIMINATOR, rng)}
    real = rng.normal(size=(N_STEPS, N_ROWS, N_FEATURES))
    given = rng.normal(size=(N_STEPS, N_ROWS, N_GIVEN))
    z = rng.uniform(-1, 1, size=(N_STEPS, 2, N_ROWS, N_NOISE))
    made = {"library": np.array(f"PyTorch {torch.__version__.split('+')[0]}")}
    made |= {"real": real, "given": given, "z": z}
    for name, layers in sides.items():
        made |= {f"{name}.{k}": layer.detach().numpy().copy() for k, layer in enumerate(layers)}
    optimizers = {
        name: torch.optim.Adam(layers, lr=RATE, betas=(0.5, 0.999)) for name, layers in sides.items()
    }
    schedules = [torch.optim.lr_scheduler.StepLR(each, EVERY, FACTOR) for each in optimizers.values()]
    losses, paths = [], {name: [] for name in sides}
    for step in range(N_STEPS):
        x, known = torch.tensor(real[step]), torch.tensor(given[step])
        seen = []
        for name, lose in (("discriminator", lose_discriminator), ("generator", lose_generator)):
            first, second = (torch.tensor(noise) for noise in z[step])
            for each in optimizers.values():
                each.zero_grad()
            loss = lose(sides, x, known, first if name == "discriminator" else second)
            loss.backward()
            if step == 0 and name == "discriminator":
                gradients = {f"{name}.d{k}": w.grad.numpy().copy() for k, w in enumerate(sides[name])}
                made |= gradients
            seen.append(loss.item())
            optimizers[name].step()
        losses.append(seen)
        for schedule in schedules:
            schedule.step()
        for name, layers in sides.items():
            paths[name].append(np.concatenate([w.detach().numpy().ravel() for w in layers]))
    return made | {"losses": np.array(losses)} | {f"path.{name}": np.array(p) for name, p in paths.items()}


def draw(sizes: tuple[int, ...], rng: np.random.Generator) -> Layers:
    """Return random weights and biases of a net with these widths."""
    layers = []
    for n_in, n_out in pairwise(sizes):
        for array in (rng.normal(scale=0.6, size=(n_in, n_out)), rng.normal(scale=0.2, size=n_out)):
            layers.append(torch.tensor(array, requires_grad=True))
    return layers


def generate(p: Layers, z: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Return invented rows."""
    return torch.tanh(torch.cat([z, known], 1) @ p[0] + p[1]) @ p[2] + p[3]


def judge(p: Layers, x: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Return a score for each row."""
    return functional.elu(torch.cat([x, known], 1) @ p[0] + p[1]) @ p[2] + p[3]


def lose_discriminator(
    sides: dict[str, Layers], x: torch.Tensor, known: torch.Tensor, z: torch.Tensor
) -> torch.Tensor:
    """Return −V, the target of real rows a little below 1."""
    on_real = judge(sides["discriminator"], x, known)
    on_fake = judge(sides["discriminator"], generate(sides["generator"], z, known).detach(), known)
    lose = functional.binary_cross_entropy_with_logits
    return lose(on_real, torch.full_like(on_real, REAL_TARGET)) + lose(on_fake, torch.zeros_like(on_fake))


def lose_generator(
    sides: dict[str, Layers], x: torch.Tensor, known: torch.Tensor, z: torch.Tensor
) -> torch.Tensor:
    """Return the mean of −log D(G(z))."""
    score = judge(sides["discriminator"], generate(sides["generator"], z, known), known)
    return functional.binary_cross_entropy_with_logits(score, torch.ones_like(score))


if __name__ == "__main__":
    dest = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("gan_oracle.npz"))
    np.savez_compressed(dest, **make_oracle())
