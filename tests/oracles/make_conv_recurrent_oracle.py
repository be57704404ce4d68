"""Make ``conv_recurrent_oracle.npz`` again: PyTorch's convolutional cells and borrowed gradients.

Run it with any Python that has PyTorch and NumPy; it imports nothing of this project::

    python tests/oracles/make_conv_recurrent_oracle.py [DEST]

All in float64, on the CPU, from a fixed seed; arrays are kept channels last. ``<case>.d_x`` is the gradient
of sum(weights * value) with respect to x, where ``weights`` are random and unequal. ``decoupled.*`` and
``clips.*`` hold what modules and interfaces get when each is trained by itself, on detached values.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

STEPS = 3


def make_oracle() -> dict[str, np.ndarray]:
    """Return every array by name."""
    rng = np.random.default_rng(20261122)
    made: dict[str, np.ndarray] = {"library": np.array(f"PyTorch {torch.__version__.split('+')[0]}")}

    def draw(*shape: int) -> torch.Tensor:
        return torch.tensor(rng.normal(scale=0.7, size=shape), requires_grad=True)

    for name, step, gates, states in (
        ("conv_update_gate", step_update_gate, 2, 1),
        ("conv_lstm", step_lstm, 4, 2),
    ):
        for padding, size, maps in (("same", (3, 5), (5, 4)), ("valid", (3, 2), (3, 3))):
            c_in, c = 2, 3
            inputs = {
                "x": draw(2, STEPS, 5, 4, c_in),
                "weight": draw(*size, c_in, gates * c),
                "bias": draw(gates * c),
                "recurrent": draw(3, 3, c, gates * c),
                **{f"state{k}": draw(2, *maps, c) for k in range(states)},
            }
            value = torch.stack(run(step, inputs, padding), dim=1)
            weights = torch.tensor(rng.normal(size=tuple(value.shape)))
            gradients = torch.autograd.grad((value * weights).sum(), list(inputs.values()))
            case = f"{name}.{padding}"
            made |= {f"{case}.value": value.detach().numpy(), f"{case}.weights": weights.numpy()}
            made |= {f"{case}.{key}": each.detach().numpy() for key, each in inputs.items()}
            made |= {f"{case}.d_{key}": g.numpy() for key, g in zip(inputs, gradients, strict=True)}
    keep_decoupled(made, draw, rng)
    keep_decoupled_clips(made, draw)
    return made


def convolve(x: torch.Tensor, weight: torch.Tensor, padding: str) -> torch.Tensor:
    """Convolve maps (n, h, w, c) by a kernel (k_h, k_w, c_in, c_out)."""
    y = functional.conv2d(x.permute(0, 3, 1, 2), weight.permute(3, 2, 0, 1), padding=padding)
    return y.permute(0, 2, 3, 1)


def step_update_gate(a: torch.Tensor, state: list[torch.Tensor]) -> list[torch.Tensor]:
    """Let a gate choose between the state and a candidate."""
    gate, candidate = a.chunk(2, dim=-1)
    gate = torch.sigmoid(gate)
    return [gate * state[0] + (1 - gate) * torch.tanh(candidate)]


def step_lstm(a: torch.Tensor, state: list[torch.Tensor]) -> list[torch.Tensor]:
    """Write, keep and read a memory."""
    f, i, o, g = a.chunk(4, dim=-1)
    cell = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
    return [torch.sigmoid(o) * torch.tanh(cell), cell]


def step(kind: object, p: dict[str, torch.Tensor], state: list, x: torch.Tensor, padding: str) -> list:
    """Take one step of a convolutional cell."""
    a = convolve(x, p["weight"], padding) + p["bias"] + convolve(state[0], p["recurrent"], "same")
    return kind(a, state)  # type: ignore[operator]


def run(kind: object, inputs: dict[str, torch.Tensor], padding: str) -> list[torch.Tensor]:
    """Return the states after each step, all leaves of a state side by side along the channels."""
    state = [each for key, each in inputs.items() if key.startswith("state")]
    values = []
    for t in range(STEPS):
        state = step(kind, inputs, state, inputs["x"][:, t], padding)
        values.append(torch.cat(state, dim=-1))
    return values


def keep_decoupled(made: dict[str, np.ndarray], draw: object, rng: np.random.Generator) -> None:
    """Keep the gradients of three modules and two affine, conditional interfaces on a batch of five."""
    n, wide, n_classes = 5, (3, 4, 6, 3), 3
    x, label = draw(n, wide[0]).detach(), torch.tensor(rng.integers(0, n_classes, size=n))  # type: ignore[operator]
    context = functional.one_hot(label, n_classes).double()
    w = [draw(wide[k], wide[k + 1]) for k in range(3)]  # type: ignore[operator]
    b = [draw(wide[k + 1]) for k in range(3)]  # type: ignore[operator]
    v = [draw(wide[k + 1] + n_classes, wide[k + 1]) for k in range(2)]  # type: ignore[operator]
    a = [draw(wide[k + 1]) for k in range(2)]  # type: ignore[operator]
    h, entered, left, guesses = x, [], [], []
    for k in range(3):
        entered.append(h.detach().requires_grad_(k > 0))
        h = entered[k] @ w[k] + b[k]
        h = torch.tanh(h) if k < 2 else h
        left.append(h)
        if k < 2:
            guesses.append(torch.cat([h.detach(), context], dim=1) @ v[k] + a[k])
    loss = functional.cross_entropy(left[2], label)
    for k in range(3):
        borrowed = None if k == 2 else guesses[k].detach() / n
        target = loss if k == 2 else left[k]
        wanted = [w[k], b[k], *([entered[k]] if k else [])]
        dw, db, *passed = torch.autograd.grad(target, wanted, borrowed, retain_graph=True)
        made |= {f"decoupled.d_w{k}": dw.numpy(), f"decoupled.d_b{k}": db.numpy()}
        if k:
            error = 0.5 * ((guesses[k - 1] - n * passed[0]) ** 2).sum() / n
            dv, da = torch.autograd.grad(error, [v[k - 1], a[k - 1]])
            made |= {f"decoupled.d_v{k - 1}": dv.numpy(), f"decoupled.d_a{k - 1}": da.numpy()}
    made |= {
        "decoupled.x": x.numpy(),
        "decoupled.label": label.numpy(),
        "decoupled.loss": loss.detach().numpy(),
    }
    for name, listed in (("w", w), ("b", b), ("v", v), ("a", a)):
        made |= {f"decoupled.{name}{k}": each.detach().numpy() for k, each in enumerate(listed)}


def keep_decoupled_clips(made: dict[str, np.ndarray], draw: object) -> None:
    """Keep the gradients of a convolutional LSTM whose first two steps borrow from affine interfaces."""
    n, c, maps, narrow = 4, 2, (3, 4), 3
    wide = maps[0] * maps[1] * c
    x = draw(n, STEPS, *maps, 1).detach()  # type: ignore[operator]
    y = draw(n, 1).detach()  # type: ignore[operator]
    p = {"weight": draw(3, 3, 1, 4 * c), "bias": draw(4 * c), "recurrent": draw(3, 3, c, 4 * c)}  # type: ignore[operator]
    head = {"head_weight": draw(wide, 1), "head_bias": draw(1)}  # type: ignore[operator]
    inner = [draw(2 * wide + 1, narrow) for _ in range(2)]  # type: ignore[operator]
    inner_bias = [draw(narrow) for _ in range(2)]  # type: ignore[operator]
    outer = [draw(narrow, 2 * wide) for _ in range(2)]  # type: ignore[operator]
    outer_bias = [draw(2 * wide) for _ in range(2)]  # type: ignore[operator]
    state = [torch.zeros(n, *maps, c, dtype=torch.float64) for _ in range(2)]
    entered, left, guesses = [], [], []
    for t in range(STEPS):
        entered.append([each.detach().requires_grad_(True) for each in state])
        state = step(step_lstm, p, entered[t], x[:, t], "same")
        left.append(state)
        if t < 2:
            seen = torch.cat([each.detach().reshape(n, -1) for each in state] + [y], dim=1)
            guesses.append((seen @ inner[t] + inner_bias[t]) @ outer[t] + outer_bias[t])
    said = left[2][0].reshape(n, -1) @ head["head_weight"] + head["head_bias"]
    loss = ((said - y) ** 2).mean()
    totals = {key: torch.zeros_like(each) for key, each in p.items()}
    for t in (2, 1, 0):
        values = loss if t == 2 else torch.cat([each.reshape(n, -1) for each in left[t]], dim=1)
        borrowed = None if t == 2 else guesses[t].detach() / n
        gradients = torch.autograd.grad(
            values, [*p.values(), *entered[t]], borrowed, retain_graph=True, allow_unused=True
        )
        for key, gradient in zip(p, gradients, strict=False):
            totals[key] = totals[key] + gradient
        if t:
            passed = torch.cat([each.reshape(n, -1) for each in gradients[3:]], dim=1)
            error = 0.5 * ((guesses[t - 1] - n * passed) ** 2).sum() / n
            names = ("inner", "inner_bias", "outer", "outer_bias")
            each = [inner[t - 1], inner_bias[t - 1], outer[t - 1], outer_bias[t - 1]]
            for name, value, d in zip(names, each, torch.autograd.grad(error, each), strict=True):
                made[f"clips.{name}{t - 1}"] = value.detach().numpy()
                made[f"clips.d_{name}{t - 1}"] = d.numpy()
    for key, gradient in zip(head, torch.autograd.grad(loss, list(head.values())), strict=True):
        made[f"clips.d_{key}"] = gradient.numpy()
    made |= {f"clips.{key}": each.detach().numpy() for key, each in (p | head).items()}
    made |= {f"clips.d_{key}": each.numpy() for key, each in totals.items()}
    made |= {"clips.x": x.numpy(), "clips.y": y.numpy(), "clips.loss": loss.detach().numpy()}


if __name__ == "__main__":
    torch.set_num_threads(1)
    dest = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("conv_recurrent_oracle.npz")
    np.savez_compressed(dest, **make_oracle())
    print(f"{dest}: {dest.stat().st_size / 1000:.0f} kB")
