"""Make ``recurrent_oracle.npz`` again: values and gradients of PyTorch's recurrent nets, for the tests.

Run it with any Python that has PyTorch and NumPy; it imports nothing of this project::

    python tests/oracles/make_recurrent_oracle.py [DEST]

All in float64, on the CPU, from a fixed seed. The simple net and the LSTM are ``torch.nn``'s own; the
update-gate and the intersection net are written out, step by step, from their paper's formulas, and PyTorch
differentiates them. ``d_<name>`` is the gradient of the sum of weights * value, with random, unequal
weights.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

N_ROWS, N_STEPS, N_UNITS, N_INPUTS = 3, 5, 4, 2


def make_oracle() -> dict[str, np.ndarray]:
    """Return every array by name."""
    rng = np.random.default_rng(20261122)
    made: dict[str, np.ndarray] = {"library": np.array(f"PyTorch {torch.__version__.split('+')[0]}")}

    def draw(*shape: int) -> torch.Tensor:
        return torch.tensor(rng.normal(scale=0.8, size=shape), requires_grad=True)

    def keep(case: str, values: dict[str, torch.Tensor], inputs: dict[str, torch.Tensor]) -> None:
        total = torch.zeros((), dtype=torch.float64)
        for name, value in values.items():
            weights = rng.normal(size=tuple(value.shape))
            made[f"{case}.{name}"], made[f"{case}.weights_{name}"] = value.detach().numpy(), weights
            total = total + (value * torch.tensor(weights)).sum()
        gradients = torch.autograd.grad(total, list(inputs.values()), retain_graph=True)
        for (name, tensor), gradient in zip(inputs.items(), gradients, strict=True):
            made[f"{case}.{name}"], made[f"{case}.d_{name}"] = tensor.detach().numpy(), gradient.numpy()

    x, h, c = draw(N_ROWS, N_STEPS, N_INPUTS), draw(N_ROWS, N_UNITS), draw(N_ROWS, N_UNITS)
    for case, module in (
        ("simple", torch.nn.RNN(N_INPUTS, N_UNITS, batch_first=True)),
        ("lstm", torch.nn.LSTM(N_INPUTS, N_UNITS, batch_first=True)),
    ):
        module = module.double()
        for parameter in module.parameters():
            parameter.data = torch.tensor(rng.normal(scale=0.8, size=tuple(parameter.shape)))
        state = h[None] if case == "simple" else (h[None], c[None])
        along, after = module(x, state)
        values = {"hidden": along} | ({"last_cell": after[1][0]} if case == "lstm" else {})
        named = {name.removesuffix("_l0"): parameter for name, parameter in module.named_parameters()}
        keep(case, values, named | {"x": x, "h0": h} | ({"c0": c} if case == "lstm" else {}))

    w = {f"w_{gate}": draw(N_INPUTS + N_UNITS, N_UNITS) for gate in ("g", "c")}
    b = {f"b_{gate}": draw(N_UNITS) for gate in ("g", "c")}
    v = {f"w_{gate}": draw(N_INPUTS + N_UNITS, N_INPUTS) for gate in ("gy", "y")}
    d = {f"b_{gate}": draw(N_INPUTS) for gate in ("gy", "y")}
    state, hidden, depth = h, [], []
    for t in range(N_STEPS):
        z = torch.cat([x[:, t], state], dim=1)
        gate_y = torch.sigmoid(z @ v["w_gy"] + d["b_gy"])
        depth.append(gate_y * x[:, t] + (1 - gate_y) * torch.relu(z @ v["w_y"] + d["b_y"]))
        gate = torch.sigmoid(z @ w["w_g"] + b["b_g"])
        state = gate * state + (1 - gate) * torch.tanh(z @ w["w_c"] + b["b_c"])
        hidden.append(state)
    keep("update_gate", {"hidden": torch.stack(hidden, 1)}, w | b | {"x": x, "h0": h})
    both = {"hidden": torch.stack(hidden, 1), "depth": torch.stack(depth, 1)}
    keep("intersection", both, w | b | v | d | {"x": x, "h0": h})
    return made


if __name__ == "__main__":
    default = Path(__file__).with_name("recurrent_oracle.npz")
    np.savez_compressed(Path(sys.argv[1]) if len(sys.argv) > 1 else default, **make_oracle())
