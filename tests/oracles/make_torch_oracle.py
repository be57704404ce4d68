"""Make ``torch_oracle.npz`` again: values and gradients of PyTorch for the models' tests.

Run it with any Python that has PyTorch and NumPy; it imports nothing of this project::

    python tests/oracles/make_torch_oracle.py [DEST]

All in float64, on the CPU, from a fixed seed. Names: ``<case>.<input or output>``; ``d_x`` is the
gradient of sum(weights * value) with respect to x, where ``weights`` are random and unequal.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

ACTIVATIONS = {
    "identity": lambda x: x * 1.0,
    "logistic": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softmax": lambda x: torch.softmax(x, dim=-1),
    "logsumexp": lambda x: torch.logsumexp(x, dim=-1),
}
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD([p], lr=0.05),
    "adam": lambda p: torch.optim.Adam([p], lr=0.02, betas=(0.8, 0.95), eps=1e-6),
    "adam_default": lambda p: torch.optim.Adam([p], lr=0.001),
}


def make_oracle() -> dict[str, np.ndarray]:
    """Return every array by name."""
    rng = np.random.default_rng(20261121)
    made: dict[str, np.ndarray] = {"library": np.array(f"PyTorch {torch.__version__.split('+')[0]}")}

    def draw(*shape: int, scale: float = 1.0) -> torch.Tensor:
        return torch.tensor(rng.normal(scale=scale, size=shape), requires_grad=True)

    def keep(case: str, value: torch.Tensor, **inputs: torch.Tensor) -> None:
        weights = torch.tensor(rng.normal(size=tuple(value.shape)))
        gradients = torch.autograd.grad(
            (value * weights).sum(), [t for t in inputs.values() if t.requires_grad]
        )
        made[f"{case}.value"], made[f"{case}.weights"] = value.detach().numpy(), weights.numpy()
        for name, tensor in inputs.items():
            made[f"{case}.{name}"] = tensor.detach().numpy()
        wanted = [name for name, tensor in inputs.items() if tensor.requires_grad]
        for name, gradient in zip(wanted, gradients, strict=True):
            made[f"{case}.d_{name}"] = gradient.numpy()

    x, weight, bias = draw(5, 4), draw(4, 3), draw(3)
    keep("affine", x @ weight + bias, x=x, weight=weight, bias=bias)
    for name, function in ACTIVATIONS.items():
        x = draw(6, 4, scale=3.0)
        keep(name, function(x), x=x)
    prediction, target = draw(7, 2), torch.tensor(rng.normal(size=(7, 2)))
    keep("squared_loss", functional.mse_loss(prediction, target), prediction=prediction, target=target)
    score, truth = draw(9, 1, scale=4.0), torch.tensor(rng.integers(0, 2, size=(9, 1)).astype(float))
    keep(
        "logistic_loss", functional.binary_cross_entropy_with_logits(score, truth), score=score, target=truth
    )
    scores, label = draw(8, 5, scale=4.0), torch.tensor(rng.integers(0, 5, size=8))
    keep("cross_entropy", functional.cross_entropy(scores, label), scores=scores, label=label)
    for name, make_optimizer in OPTIMIZERS.items():
        made |= follow_optimizer(name, make_optimizer, rng)
    return made


def follow_optimizer(name: str, make_optimizer: object, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Give one optimizer twelve gradients and keep the parameters after each."""
    start, gradients = rng.normal(size=10), rng.normal(size=(12, 10)) * np.logspace(-4, 2, 10)
    parameters = torch.tensor(start.copy(), requires_grad=True)
    optimizer = make_optimizer(parameters)  # type: ignore[operator]
    path = []
    for gradient in gradients:
        parameters.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(parameters.detach().numpy().copy())
    return {f"{name}.start": start, f"{name}.gradients": gradients, f"{name}.path": np.array(path)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    dest = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("torch_oracle.npz")
    np.savez_compressed(dest, **make_oracle())
    print(f"{dest}: {dest.stat().st_size / 1000:.0f} kB")
