"""Make ``highway_oracle.npz`` again: PyTorch's value and gradients of two highway layers in a row.

Run it with any Python that has PyTorch and NumPy; it imports nothing of this project::

    python tests/oracles/make_highway_oracle.py [DEST]

All in float64, on the CPU, from a fixed seed. Rows of 5 numbers go to 3 units, carried by an affine map, and
from these to 3, carried as they are; f is tanh. Weights are (n_in, n_out); ``h``, ``t`` and ``a`` are the
candidate, the gate and what is carried.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

N_ROWS, N_IN, N_OUT = 4, 5, 3


def make_oracle() -> dict[str, np.ndarray]:
    """Return every array by name."""
    rng = np.random.default_rng(20261122)
    leaves = {"x": rng.normal(size=(N_ROWS, N_IN))}
    for layer, n_in, names in ((1, N_IN, "hta"), (2, N_OUT, "ht")):
        for name in names:
            leaves[f"{name}{layer}.weight"] = rng.normal(scale=0.7, size=(n_in, N_OUT))
            leaves[f"{name}{layer}.bias"] = rng.normal(scale=0.7, size=N_OUT)
    tensors = {name: torch.tensor(leaf, requires_grad=True) for name, leaf in leaves.items()}

    def apply(name: str, x: torch.Tensor) -> torch.Tensor:
        return x @ tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    def run(layer: int, x: torch.Tensor, carried: torch.Tensor) -> torch.Tensor:
        gate = torch.sigmoid(apply(f"t{layer}", x))
        return torch.tanh(apply(f"h{layer}", x)) * gate + carried * (1 - gate)

    first = run(1, tensors["x"], apply("a1", tensors["x"]))
    value = run(2, first, first)
    weights = torch.tensor(rng.normal(size=tuple(value.shape)))
    (value * weights).sum().backward()
    made = {"library": np.array(f"PyTorch {torch.__version__.split('+')[0]}")}
    made |= leaves | {"value": value.detach().numpy(), "weights": weights.numpy()}
    return made | {f"d_{name}": tensor.grad.numpy() for name, tensor in tensors.items()}


if __name__ == "__main__":
    dest = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).with_name("highway_oracle.npz"))
    np.savez_compressed(dest, **make_oracle())
