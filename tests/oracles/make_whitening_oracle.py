"""Make ``whitening_oracle.npz`` again: PyTorch's values and gradients of normalising and whitening.

Run it with any Python that has PyTorch and NumPy; it imports nothing of this project::

    python tests/oracles/make_whitening_oracle.py [DEST]

All in float64, on the CPU, from a fixed seed. Names: ``<case>.<input or output>``; ``d_x`` is the
gradient of sum(weights * value) with respect to x, where ``weights`` are random and unequal.

Where eigenvalues meet, the derivative through ``torch.linalg.eigh`` is NaN. There the inverse square root
is taken by Denman and Beavers' iteration, which needs no eigenvalues and has a derivative everywhere.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

Root = Callable[[torch.Tensor], torch.Tensor]
N_ITERATIONS = 30


def invert_root_by_eigh(matrix: torch.Tensor) -> torch.Tensor:
    """Return matrix^(−1/2) by its eigenvectors."""
    values, vectors = torch.linalg.eigh(matrix)
    return vectors @ torch.diag(values**-0.5) @ vectors.T


def invert_root_by_iteration(matrix: torch.Tensor) -> torch.Tensor:
    """Return matrix^(−1/2) by Denman and Beavers' iteration, scaled so that it converges fast."""
    size = torch.trace(matrix).detach() / len(matrix)
    root, inverse = matrix / size, torch.eye(len(matrix), dtype=matrix.dtype)
    for _ in range(N_ITERATIONS):
        root, inverse = (root + torch.linalg.inv(inverse)) / 2, (inverse + torch.linalg.inv(root)) / 2
    return inverse / size**0.5


def whiten(x: torch.Tensor, epsilon: float, invert_root: Root = invert_root_by_eigh) -> torch.Tensor:
    """Whiten the columns of x by their covariance with the divisor n."""
    c = x - x.mean(dim=0)
    return c @ invert_root(c.T @ c / len(x) + epsilon * torch.eye(x.shape[1], dtype=x.dtype))


def whiten_by_svd(x: torch.Tensor, epsilon: float) -> torch.Tensor:
    """Whiten the columns of x by the singular values of its centred rows."""
    left, s, right = torch.linalg.svd(x - x.mean(dim=0), full_matrices=False)
    return left @ torch.diag(s / torch.sqrt(s * s / len(x) + epsilon)) @ right


def make_rows(rng: np.random.Generator, n: int, variances: list[float]) -> np.ndarray:
    """Return n rows whose covariance has exactly these eigenvalues, to rounding."""
    d = len(variances)
    rows = rng.normal(size=(n, d))
    left = np.linalg.qr(rows - rows.mean(axis=0))[0]
    turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return left * np.sqrt(n * np.array(variances)) @ turn.T + rng.normal(size=d)


def make_oracle() -> dict[str, np.ndarray]:
    """Return every array by name."""
    rng = np.random.default_rng(20261122)
    made: dict[str, np.ndarray] = {"library": np.array(f"PyTorch {torch.__version__.split('+')[0]}")}

    def keep(case: str, function: Callable[..., torch.Tensor], **inputs: np.ndarray) -> None:
        tensors = {name: torch.tensor(array, requires_grad=True) for name, array in inputs.items()}
        value = function(**tensors)
        weights = torch.tensor(rng.normal(size=tuple(value.shape)))
        gradients = torch.autograd.grad((value * weights).sum(), list(tensors.values()))
        made[f"{case}.value"], made[f"{case}.weights"] = value.detach().numpy(), weights.numpy()
        for (name, array), gradient in zip(inputs.items(), gradients, strict=True):
            made[f"{case}.{name}"], made[f"{case}.d_{name}"] = array, gradient.numpy()

    x = rng.normal(size=(12, 6)) @ rng.normal(size=(6, 6)) + rng.normal(size=6)
    keep("zca", lambda x: whiten(x, 1e-3), x=x)
    keep("svd", lambda x: whiten_by_svd(x, 1e-3), x=x)
    keep(
        "groups", lambda x: torch.cat([whiten(x[:, :3], 1e-2), whiten(x[:, 3:], 1e-2)], dim=1), x=x + x[::-1]
    )
    keep("example", lambda x: whiten(x.T, 1e-2).T, x=rng.normal(size=(4, 9)))
    for case, variances in {
        "meeting": [3.0, 3.0, 3.0, 0.5, 0.5],
        "nearly_meeting": [3.0, 3.0 + 1e-12, 3.0 + 1e-7, 0.5, 0.5 - 1e-14],
    }.items():
        rows = make_rows(rng, 9, variances)
        keep(case, lambda x: whiten(x, 1e-3, invert_root_by_iteration), x=rows)
    running = make_rows(rng, 30, [2.0, 1.0, 0.3, 0.2])
    made["running.mean"] = running.mean(axis=0)
    made["running.covariance"] = np.cov(running.T, bias=True)
    keep(
        "running",
        lambda x: blend(x, torch.tensor(made["running.mean"]), torch.tensor(made["running.covariance"])),
        x=rng.normal(size=(7, 4)),
    )
    images, gain, shift = rng.normal(size=(3, 2, 2, 4)) * 3 + 1, rng.normal(size=4), rng.normal(size=4)
    keep("batch", normalise_channels, x=images, gain=gain, shift=shift)
    keep("standardise_example", lambda x: functional.layer_norm(x, x.shape[1:], eps=1e-5), x=images)
    made |= follow_moments(rng)
    return made


def blend(x: torch.Tensor, mean: torch.Tensor, covariance: torch.Tensor) -> torch.Tensor:
    """Whiten by 0.3 of the rows' own moments and 0.7 of given ones."""
    c = x - x.mean(dim=0)
    blended = 0.3 * c.T @ c / len(x) + 0.7 * covariance
    blended = blended + 1e-3 * torch.eye(x.shape[1], dtype=x.dtype)
    return (x - 0.3 * x.mean(dim=0) - 0.7 * mean) @ invert_root_by_eigh(blended)


def normalise_channels(x: torch.Tensor, gain: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
    """Batch-normalise the last axis, which PyTorch wants second."""
    moved = functional.batch_norm(x.movedim(-1, 1), None, None, gain, shift, training=True, eps=1e-5)
    return moved.movedim(1, -1)


def follow_moments(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Show a batch-normalising layer five batches, then use it on a sixth."""
    layer = torch.nn.BatchNorm1d(4, momentum=0.2, dtype=torch.float64)
    batches = rng.normal(size=(6, 8, 4)) * [1, 2, 3, 4] + [4, 3, 2, 1]
    for batch in batches[:5]:
        layer(torch.tensor(batch))
    layer.eval()
    return {
        "moments.batches": batches,
        "moments.mean": layer.running_mean.numpy(),
        "moments.variance": layer.running_var.numpy(),
        "moments.value": layer(torch.tensor(batches[5])).detach().numpy(),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    dest = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("whitening_oracle.npz")
    np.savez_compressed(dest, **make_oracle())
    print(f"{dest}: {dest.stat().st_size / 1000:.0f} kB")
