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
    "elu": torch.nn.functional.elu,
    "arctan": torch.atan,
    "softmax": lambda x: torch.softmax(x, dim=-1),
    "logsumexp": lambda x: torch.logsumexp(x, dim=-1),
}
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD([p], lr=0.05),
    "momentum": lambda p: torch.optim.SGD([p], lr=0.05, momentum=0.8),
    "nesterov": lambda p: torch.optim.SGD([p], lr=0.05, momentum=0.8, nesterov=True),
    "adagrad": lambda p: torch.optim.Adagrad([p], lr=0.05),
    "adadelta": lambda p: torch.optim.Adadelta([p], lr=1.0),
    "rmsprop": lambda p: torch.optim.RMSprop([p], lr=0.01),
    "nadam": lambda p: torch.optim.NAdam([p], lr=0.002),
    "adam": lambda p: torch.optim.Adam([p], lr=0.02, betas=(0.8, 0.95), eps=1e-6),
    "adam_default": lambda p: torch.optim.Adam([p], lr=0.001),
}
SCHEDULES = {
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 20),
    "steps": lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=4, gamma=0.3),
    "one_cycle": lambda o: torch.optim.lr_scheduler.OneCycleLR(o, max_lr=0.5, total_steps=20),
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
    for name, function in (
        ("absolute_loss", functional.l1_loss),
        ("huber_loss", lambda a, b: functional.huber_loss(a, b, delta=0.7)),
    ):
        prediction, target = draw(7, 2), torch.tensor(rng.normal(size=(7, 2)))
        keep(name, function(prediction, target), prediction=prediction, target=target)
    log_rate, count = draw(9, 1), torch.tensor(rng.poisson(3.0, size=(9, 1)).astype(float))
    keep("poisson_loss", functional.poisson_nll_loss(log_rate, count), log_rate=log_rate, target=count)
    score, truth = draw(9, 1, scale=4.0), torch.tensor(rng.integers(0, 2, size=(9, 1)).astype(float))
    keep(
        "logistic_loss", functional.binary_cross_entropy_with_logits(score, truth), score=score, target=truth
    )
    scores, label = draw(8, 5, scale=4.0), torch.tensor(rng.integers(0, 5, size=8))
    keep("cross_entropy", functional.cross_entropy(scores, label), scores=scores, label=label)
    keep_net(draw, keep)
    for name, make_schedule in SCHEDULES.items():
        made[f"{name}.rates"] = list_rates(make_schedule)
    norm = torch.nn.Parameter(torch.zeros(6, dtype=torch.float64))
    norm.grad = torch.tensor(rng.normal(size=6))
    made["clip.gradient"] = norm.grad.numpy().copy()
    torch.nn.utils.clip_grad_norm_([norm], 1.5)
    made["clip.clipped"] = norm.grad.numpy().copy()
    for name, make_optimizer in OPTIMIZERS.items():
        made |= follow_optimizer(name, make_optimizer, rng)
    return made


def keep_net(draw: object, keep: object) -> None:
    """Keep a net of two inputs and two outputs, with a value that is used three times."""
    w = {name: draw(*shape) for name, shape in NET.items()}  # type: ignore[operator]
    first = torch.tanh(w["x1"] @ w["w1"] + w["b1"])
    second = functional.elu(w["x2"] @ w["w2"] + w["b2"])
    joined = torch.cat([first, second], dim=1)
    hidden = joined + torch.sigmoid(joined @ w["w3"] + w["b3"])
    heads = [torch.log_softmax(hidden @ w["w4"] + w["b4"], dim=1), torch.atan(hidden @ w["w5"] + w["b5"])]
    keep("net", torch.cat(heads, dim=1), **w)  # type: ignore[operator]


NET = {
    "x1": (6, 3), "w1": (3, 4), "b1": (4,), "x2": (6, 2), "w2": (2, 3), "b2": (3,), "w3": (7, 7), "b3": (7,),
    "w4": (7, 3), "b4": (3,), "w5": (7, 2), "b5": (2,),
}  # fmt: skip


def list_rates(make_schedule: object) -> np.ndarray:
    """Return the rates of twenty steps."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    schedule = make_schedule(optimizer)  # type: ignore[operator]
    rates = []
    for _ in range(20):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return np.array(rates)


def follow_optimizer(name: str, make_optimizer: object, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Give one optimizer twelve gradients and keep the parameters after each."""
    start, gradients = rng.normal(size=10), rng.normal(size=(12, 10)) * np.logspace(-4, 2, 10)
    parameters = torch.tensor(start.copy(), requires_grad=True)
    torch.set_default_dtype(torch.float64)  # NAdam keeps a product in the default type
    try:
        optimizer = make_optimizer(parameters)  # type: ignore[operator]
        path = []
        for gradient in gradients:
            parameters.grad = torch.tensor(gradient)
            optimizer.step()
            path.append(parameters.detach().numpy().copy())
    finally:
        torch.set_default_dtype(torch.float32)
    return {f"{name}.start": start, f"{name}.gradients": gradients, f"{name}.path": np.array(path)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    dest = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("torch_oracle.npz")
    np.savez_compressed(dest, **make_oracle())
    print(f"{dest}: {dest.stat().st_size / 1000:.0f} kB")
