"""Make ``convolution_oracle.npz`` again: PyTorch's convolutions, pooling, up-sampling, VGG-7 and a ResNet.

Run it with any Python that has PyTorch and NumPy; it imports nothing of this project::

    python tests/oracles/make_convolution_oracle.py [DEST]

All in float64, on the CPU, from a fixed seed. Pictures are (n, h, w, c) and kernels (k_h, k_w, c_in, c_out).
Names: ``<case>.<input or output>``; ``d_x`` is the gradient of sum(weights * value) with respect to x, where
``weights`` are random and unequal. Of a net, ``p<k>`` are its parameters in the order of its layers, a
weight before its bias, a gain before its shift.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

CONVOLUTIONS = {  # shape of x, kernel, stride, padding (left, right, top, bottom)
    "same": ((3, 7, 5, 2), (3, 3, 2, 4), 1, (1, 1, 1, 1)),
    "same_even": ((2, 5, 6, 3), (2, 4, 3, 2), 1, (1, 2, 0, 1)),
    "same_by_2": ((2, 7, 6, 2), (3, 3, 2, 3), 2, (1, 0, 1, 1)),
    "one_by_2": ((2, 6, 5, 3), (1, 1, 3, 2), 2, (0, 0, 0, 0)),
    "valid": ((2, 6, 5, 2), (3, 2, 2, 3), 1, (0, 0, 0, 0)),
    "valid_by_2": ((2, 8, 7, 1), (3, 4, 1, 5), 2, (0, 0, 0, 0)),
    "whole": ((3, 4, 3, 2), (4, 3, 2, 3), 1, (0, 0, 0, 0)),
    "one_place": ((2, 1, 1, 3), (3, 3, 3, 2), 1, (1, 1, 1, 1)),
}
BLOCKS, HIDDEN, N_CLASSES, SHAPE = ((5, 6), (7,)), (6, 5, 4), 3, (4, 8, 9, 1)
WIDTHS, KEEP = (3, 5), 0.7
Keep = Callable[..., None]


def make_oracle() -> dict[str, np.ndarray]:
    """Return every array by name."""
    rng = np.random.default_rng(20261122)
    made: dict[str, np.ndarray] = {"library": np.array(f"PyTorch {torch.__version__.split('+')[0]}")}

    def draw(*shape: int, scale: float = 1.0) -> torch.Tensor:
        return torch.tensor(rng.normal(scale=scale, size=shape), requires_grad=True)

    def keep(case: str, value: torch.Tensor, **inputs: torch.Tensor) -> None:
        weights = torch.tensor(rng.normal(size=tuple(value.shape)))
        gradients = torch.autograd.grad((value * weights).sum(), list(inputs.values()))
        made[f"{case}.value"], made[f"{case}.weights"] = value.detach().numpy(), weights.numpy()
        for (name, tensor), gradient in zip(inputs.items(), gradients, strict=True):
            made[f"{case}.{name}"], made[f"{case}.d_{name}"] = tensor.detach().numpy(), gradient.numpy()

    for case, (shape, kernel, stride, padding) in CONVOLUTIONS.items():
        x, weight, bias = draw(*shape), draw(*kernel), draw(kernel[-1])
        value = convolve(functional.pad(to_torch(x), padding), weight, bias, stride=stride)
        keep(case, to_ours(value), x=x, weight=weight, bias=bias)
    for case, pool in (("mean_pool", functional.avg_pool2d), ("max_pool", functional.max_pool2d)):
        for size in (2, 3):
            x = draw(2, 7, 6, 2)
            keep(f"{case}_{size}", to_ours(pool(to_torch(x), size, ceil_mode=True)), x=x)
    x = draw(2, 4, 3, 2)
    up = functional.interpolate(to_torch(x), scale_factor=2, mode="nearest")
    keep("repeat_up", to_ours(up)[:, :7, :5], x=x)
    keep_vgg(draw, keep)
    for case in ("training", "use", "pooled"):
        keep_resnet(draw, keep, case)
    return made


def to_torch(x: torch.Tensor) -> torch.Tensor:
    """Put the channels second."""
    return x.permute(0, 3, 1, 2)


def to_ours(x: torch.Tensor) -> torch.Tensor:
    """Put the channels last."""
    return x.permute(0, 2, 3, 1)


def convolve(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, **more: int) -> torch.Tensor:
    """Convolve PyTorch's pictures with one of our kernels."""
    return functional.conv2d(x, weight.permute(3, 2, 0, 1), bias, **more)


def keep_vgg(draw: Callable[..., torch.Tensor], keep: Keep) -> None:
    """Keep a VGG-7 with mean pooling, tanh and arctan, in training without dropout."""
    picture = draw(*SHAPE)
    p: list[torch.Tensor] = []
    x, c_in = to_torch(picture), SHAPE[-1]
    for block in BLOCKS:
        for c in block:
            p += [draw(3, 3, c_in, c, scale=0.4), draw(c, scale=0.2)]
            x, c_in = torch.relu(convolve(x, *p[-2:], padding=1)), c
        x = functional.avg_pool2d(x, 2, ceil_mode=True)
    x = to_ours(x).flatten(1)
    for number, n in enumerate((*HIDDEN, N_CLASSES)):
        p += [draw(x.shape[1], n, scale=0.3), draw(n, scale=0.2)]
        x = x @ p[-2] + p[-1]
        if number < len(HIDDEN):
            x = torch.tanh(x) if number == 0 else torch.atan(x)
    keep("vgg", x, x=picture, **{f"p{k}": each for k, each in enumerate(p)})


def keep_resnet(draw: Callable[..., torch.Tensor], keep: Keep, case: str) -> None:
    """Keep a ResNet of two stages: all blocks kept in training, scaled by their probability in use.

    The second block goes by two places; in the case "pooled", mean pooling stands before it.
    """
    training, pooled = case != "use", case == "pooled"
    picture = draw(*SHAPE)
    p: list[torch.Tensor] = []

    def norm(x: torch.Tensor) -> torch.Tensor:
        c = x.shape[1]
        p.extend([draw(c), draw(c)])
        return functional.batch_norm(
            x, torch.zeros(c, dtype=x.dtype), torch.ones(c, dtype=x.dtype), *p[-2:], training=training
        )

    def conv(x: torch.Tensor, c: int, size: int = 3, by: int = 1) -> torch.Tensor:
        p.extend([draw(size, size, x.shape[1], c, scale=0.5), draw(c, scale=0.3)])
        return convolve(x, *p[-2:], padding=size // 2, stride=by)

    x = torch.relu(norm(conv(to_torch(picture), WIDTHS[0])))
    for stage, width in enumerate(WIDTHS):
        if stage and pooled:
            x = functional.avg_pool2d(x, 2, ceil_mode=True)
        by = 2 if stage and not pooled else 1
        added = norm(conv(torch.relu(norm(conv(x, width, by=by))), width))
        share = 1.0 if training else 1 - (stage + 1) / len(WIDTHS) * (1 - KEEP)
        x = torch.relu(share * added + (conv(x, width, 1, by) if stage else x))
    p += [draw(WIDTHS[-1], N_CLASSES), draw(N_CLASSES)]
    value = x.mean(dim=(2, 3)) @ p[-2] + p[-1]
    keep(f"resnet_{case}", value, x=picture, **{f"p{k}": each for k, each in enumerate(p)})


if __name__ == "__main__":
    torch.set_num_threads(1)
    dest = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("convolution_oracle.npz")
    np.savez_compressed(dest, **make_oracle())
    print(f"{dest}: {dest.stat().st_size / 1000:.0f} kB")
