"""Make ``spatial_oracle.npz`` again: PyTorch's values and gradients of spatial LSTM, counts and auto-encoder.

Run it with any Python that has PyTorch and NumPy; it imports nothing of this project::

    python tests/oracles/make_spatial_oracle.py [DEST]

All in float64, on the CPU, from a fixed seed. Names: ``<case>.<input or output>``; ``d_<input>`` is the
gradient of sum(weights * value), where ``weights`` are random and unequal.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from torch.distributions import Bernoulli, NegativeBinomial, Poisson
from torch.nn import functional

Arrays = dict[str, np.ndarray]
MAPS = {"square": (2, 3, 3, 2, 2), "wide": (1, 2, 5, 1, 3), "one": (3, 1, 1, 2, 1)}  # n, rows, columns, in, k


def run_spatial_lstm(weight: torch.Tensor, bias: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """Return h of all cells, one after another; weight (5k, n_in + 2k), gates g, o, i, row, column."""
    n, rows, columns, _ = x.shape
    k = len(bias) // 5
    nothing = torch.zeros(n, k, dtype=x.dtype)
    h: dict[tuple[int, int], torch.Tensor] = {}
    c: dict[tuple[int, int], torch.Tensor] = {}
    for i in range(rows):
        for j in range(columns):
            left, upper = (i, j - 1), (i - 1, j)
            inputs = torch.cat([x[:, i, j], h.get(left, nothing), h.get(upper, nothing)], dim=1)
            z = functional.linear(inputs, weight, bias)
            g = torch.tanh(z[:, :k])
            o, i_gate, f_row, f_column = torch.sigmoid(z[:, k:]).split(k, dim=1)
            c[i, j] = g * i_gate + c.get(left, nothing) * f_column + c.get(upper, nothing) * f_row
            h[i, j] = torch.tanh(c[i, j] * o)
    return torch.stack([torch.stack([h[i, j] for j in range(columns)], dim=1) for i in range(rows)], dim=1)


def make_spatial(rng: np.random.Generator, n: int, rows: int, columns: int, n_in: int, k: int) -> Arrays:
    """Return a spatial LSTM's inputs, value and gradients."""
    weight = torch.tensor(rng.normal(size=(5 * k, n_in + 2 * k)), requires_grad=True)
    bias = torch.tensor(rng.normal(size=5 * k), requires_grad=True)
    x = torch.tensor(rng.normal(size=(n, rows, columns, n_in)), requires_grad=True)
    weights = rng.normal(size=(n, rows, columns, k))
    value = run_spatial_lstm(weight, bias, x)
    (value * torch.tensor(weights)).sum().backward()
    return {
        "weight": weight.detach().numpy().T,
        "bias": bias.detach().numpy(),
        "x": x.detach().numpy(),
        "weights": weights,
        "value": value.detach().numpy(),
        "d_weight": weight.grad.numpy().T,
        "d_bias": bias.grad.numpy(),
        "d_x": x.grad.numpy(),
    }


def make_counts(rng: np.random.Generator, name: str) -> Arrays:
    """Return the nats of counts under a distribution, and the gradient of its scores."""
    counts = rng.integers(0, 2 if name == "bernoulli" else 9, size=(3, 4))
    score = torch.tensor(rng.normal(size=(3, 4, 2 if name == "negative_binomial" else 1)), requires_grad=True)
    s = score[..., 0]
    if name == "bernoulli":
        distribution = Bernoulli(logits=s)
    elif name == "poisson":
        distribution = Poisson(torch.exp(s))
    else:  # PyTorch's probability is that of one more count: μ / (r + μ), whose logit is s − t
        distribution = NegativeBinomial(total_count=torch.exp(score[..., 1]), logits=s - score[..., 1])
    value = -distribution.log_prob(torch.tensor(counts, dtype=torch.float64))
    weights = rng.normal(size=counts.shape)
    (value * torch.tensor(weights)).sum().backward()
    return {
        "counts": counts,
        "score": score.detach().numpy(),
        "weights": weights,
        "value": value.detach().numpy(),
        "d_score": score.grad.numpy(),
    }


def make_autoencoder(rng: np.random.Generator) -> Arrays:
    """Return an auto-encoder of 7 × 10 pictures: two convolutions to 3 and 2 channels, a code of 4."""
    shapes = {
        "conv1": (3, 1, 3, 3), "conv2": (2, 3, 3, 3), "code": (4, 12), "back": (12, 4),
        "up1": (3, 2, 3, 3), "up2": (1, 3, 3, 3),
    }  # fmt: skip
    w = {name: torch.tensor(0.5 * rng.normal(size=size), requires_grad=True) for name, size in shapes.items()}
    b = {name: torch.tensor(rng.normal(size=size[0]), requires_grad=True) for name, size in shapes.items()}
    x = torch.tensor(rng.normal(size=(2, 1, 7, 10)), requires_grad=True)

    def convolve(name: str, y: torch.Tensor) -> torch.Tensor:
        return functional.conv2d(y, w[name], b[name], padding=1)

    def pool(y: torch.Tensor) -> torch.Tensor:
        return functional.avg_pool2d(y, 2, ceil_mode=True, count_include_pad=False)

    def double(y: torch.Tensor) -> torch.Tensor:
        return y.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)

    y = pool(torch.tanh(convolve("conv2", pool(torch.tanh(convolve("conv1", x))))))
    flat = y.permute(0, 2, 3, 1).reshape(2, 12)  # channel-last, as our own pictures
    code = functional.linear(flat, w["code"], b["code"])
    y = torch.tanh(functional.linear(code, w["back"], b["back"])).reshape(2, 2, 3, 2).permute(0, 3, 1, 2)
    y = torch.tanh(convolve("up1", double(y)[:, :, :4, :5]))
    value = convolve("up2", double(y)[:, :, :7, :10])
    weights = rng.normal(size=(2, 7, 10, 1))
    (value * torch.tensor(weights).permute(0, 3, 1, 2)).sum().backward()

    def turn(name: str, weight: torch.Tensor) -> np.ndarray:
        order = (2, 3, 1, 0) if weight.ndim == 4 else (1, 0)
        return weight.permute(*order).contiguous().numpy()

    made = {"x": x.detach().permute(0, 2, 3, 1).numpy(), "weights": weights, "code": code.detach().numpy()}
    made |= {"value": value.detach().permute(0, 2, 3, 1).numpy(), "d_x": x.grad.permute(0, 2, 3, 1).numpy()}
    for name in shapes:
        made |= {f"w_{name}": turn(name, w[name].detach()), f"b_{name}": b[name].detach().numpy()}
        made |= {f"d_w_{name}": turn(name, w[name].grad), f"d_b_{name}": b[name].grad.numpy()}
    return made


def make_oracle() -> Arrays:
    """Return all cases."""
    rng = np.random.default_rng(20261122)
    cases = {name: make_spatial(rng, *sizes) for name, sizes in MAPS.items()}
    cases |= {name: make_counts(rng, name) for name in ("bernoulli", "poisson", "negative_binomial")}
    cases["autoencoder"] = make_autoencoder(rng)
    oracle: Arrays = {"library": np.array(f"PyTorch {torch.__version__.split('+')[0]}")}
    for name, case in cases.items():
        oracle |= {f"{name}.{key}": np.ascontiguousarray(value) for key, value in case.items()}
    return oracle


if __name__ == "__main__":
    torch.set_num_threads(1)
    default = Path(__file__).with_name("spatial_oracle.npz")
    np.savez_compressed(Path(sys.argv[1]) if len(sys.argv) > 1 else default, **make_oracle())
