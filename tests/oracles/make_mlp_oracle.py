"""Make ``mlp_oracle.npz`` again: PyTorch's perceptron, trained a few steps, for the models' tests.

Run it with any Python that has PyTorch and NumPy; it imports nothing of this project::

    python tests/oracles/make_mlp_oracle.py [DEST]

All in float64, on the CPU, from a fixed seed. Weights are (n_in, n_out). ``<case>.path`` holds all
parameters after each step, layer by layer, each layer's weight before its bias, as one row.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

SIZES = (5, 7, 6, 3)
N_ROWS, N_STEPS, L2 = 20, 15, 0.03
CASES = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.3),
    "adam": lambda p: torch.optim.Adam(p, lr=0.02),
}


def make_oracle() -> dict[str, np.ndarray]:
    """Return every array by name."""
    rng = np.random.default_rng(20261122)
    x, y = rng.normal(size=(N_ROWS, SIZES[0])), rng.integers(0, SIZES[-1], N_ROWS)
    start = []
    for n_in, n_out in pairwise(SIZES):
        start += [rng.normal(scale=0.6, size=(n_in, n_out)), rng.normal(scale=0.2, size=n_out)]
    made = {
        "library": np.array(f"PyTorch {torch.__version__.split('+')[0]}"),
        "x": x,
        "y": y,
        "l2": np.array(L2),
    }
    made |= {f"start.{k}": array for k, array in enumerate(start)}
    for case, make_optimizer in CASES.items():
        parameters = [torch.tensor(array, requires_grad=True) for array in start]
        optimizer = make_optimizer(parameters)
        losses, path = [], []
        for _ in range(N_STEPS):
            optimizer.zero_grad()
            scores = score(torch.tensor(x), parameters)
            loss = functional.cross_entropy(scores, torch.tensor(y))
            loss = loss + 0.5 * L2 * sum((w**2).sum() for w in parameters[::2])
            loss.backward()
            losses.append(loss.item())
            optimizer.step()
            path.append(np.concatenate([p.detach().numpy().ravel() for p in parameters]))
        made |= {f"{case}.loss": np.array(losses), f"{case}.path": np.array(path)}
        with torch.no_grad():
            made[f"{case}.probability"] = torch.softmax(score(torch.tensor(x), parameters), dim=1).numpy()
    return made


def score(x: torch.Tensor, parameters: list[torch.Tensor]) -> torch.Tensor:
    """Return the scores of a perceptron with tanh between its layers."""
    for k in range(0, len(parameters), 2):
        x = x @ parameters[k] + parameters[k + 1]
        x = torch.tanh(x) if k < len(parameters) - 2 else x
    return x


if __name__ == "__main__":
    dest = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("mlp_oracle.npz"))
    np.savez_compressed(dest, **make_oracle())
