"""What ``models.py`` times, in a process of its own with so many threads: each work by us and by its peers.

Contenders take turns, a short run each, so that a machine that is busy for a second is busy for all of them.
Prints JSON: each work's unit, its floating-point operations, and each contender's seconds a unit by turn.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import network_works
import numpy as np
from work import OURS, Work

SHORT_SECONDS = 0.05  # of one contender's turn
MOST_UNITS = 20_000
PRODUCT = "matrix product"
PRODUCT_SIDE = 1024


def find_peers() -> dict[str, Any]:
    """Import the peers that are here."""
    found: dict[str, Any] = {}
    for name in ("torch", "sklearn", "river"):
        try:
            found[name] = __import__(name)
        except ImportError:
            continue
    return found


def prepare_product(kind: str) -> Callable[[int], object]:
    """Return the product of two square matrices of 1,024: what this machine can do at most."""
    a, b = (np.random.default_rng(k).normal(size=(PRODUCT_SIDE,) * 2).astype(kind) for k in (0, 1))
    out = np.empty_like(a)

    def multiply(times: int) -> None:
        for _ in range(times):
            np.matmul(a, b, out=out)

    return multiply


def prepare_online(peers: dict[str, Any], n_features: int = 16) -> Work:
    """Linear regression, one row at a time: predict it, then learn it. River's guesses must be ours."""
    from models.online.descent import OnlineDescent
    from models.online.recursive import RecursiveLeastSquares

    rng = np.random.default_rng(0)
    x = rng.normal(size=(20_000, n_features))
    y = x @ rng.normal(size=n_features) + rng.normal(0, 0.1, len(x))
    rate = 0.01
    contenders: dict[str, Callable[[int], object]] = {}
    learner = OnlineDescent(n_features, rate=rate, standardise=False)
    contenders[OURS] = lambda n: learner.learn_many(x[:n], y[:n])
    squares = RecursiveLeastSquares(n_features, standardise=False)
    contenders["almanac, least squares"] = lambda n: squares.learn_many(x[:n], y[:n])
    if "river" in peers:
        from river import linear_model, optim

        model = linear_model.LinearRegression(optim.SGD(rate / 2), intercept_lr=rate / 2, l2=0.0)
        rows = [dict(enumerate(row)) for row in x.tolist()]
        targets = y.tolist()

        def learn_in_river(n: int) -> list[float]:
            guesses = []
            for row, target in zip(rows[:n], targets[:n], strict=True):
                guesses.append(model.predict_one(row))
                model.learn_one(row, target)
            return guesses

        both = learn_in_river(500), OnlineDescent(n_features, rate=rate, standardise=False)
        np.testing.assert_allclose(both[1].learn_many(x[:500], y[:500]), both[0], atol=1e-9)
        contenders["river"] = learn_in_river
    if "sklearn" in peers:
        from sklearn.linear_model import SGDRegressor

        regressor = SGDRegressor(eta0=rate, learning_rate="constant", alpha=0.0)
        regressor.partial_fit(x[:1], y[:1])

        def learn_in_sklearn(n: int) -> None:
            for k in range(n):
                regressor.predict(x[k : k + 1])
                regressor.partial_fit(x[k : k + 1], y[k : k + 1])

        contenders["sklearn, a row a call"] = learn_in_sklearn

        def fit_only(n: int) -> None:
            for k in range(n):
                regressor.partial_fit(x[k : k + 1], y[k : k + 1])

        contenders["sklearn, without prediction"] = fit_only
    return Work(
        f"online linear regression, {n_features} inputs", "row", 4.0 * n_features, contenders, "float64"
    )


def prepare_net(peers: dict[str, Any], widths: tuple[int, ...], n_rows: int, *, classes: bool) -> Work:
    """One step of Adam for a perceptron with ReLU, float32."""
    rng = np.random.default_rng(0)
    n_batches = 8
    x = rng.normal(size=(n_batches, n_rows, widths[0])).astype(np.float32)
    labels = rng.integers(0, widths[-1], (n_batches, n_rows))
    targets = rng.normal(size=(n_batches, n_rows, widths[-1])).astype(np.float32)
    y: Any = labels if classes else targets
    name = f"perceptron {'–'.join(map(str, widths))}, batch {n_rows}, Adam"
    products = sum(a * b for a, b in pairwise(widths))
    # Forward, the weights' gradients, and the inputs' of every layer but the first.
    operations = 2.0 * n_rows * (3 * products - widths[0] * widths[1])
    contenders: dict[str, Callable[[int], object]] = {OURS: step_ours(widths, x, y, classes=classes)}
    if "torch" in peers:
        for title, fused in (("PyTorch", False), ("PyTorch, fused Adam", True)):
            contenders[title] = step_in_torch(widths, x, y, classes=classes, fused=fused)
    if "sklearn" in peers and classes:
        contenders["sklearn"] = step_in_sklearn(widths, x, labels)
    return Work(name, "step", operations, contenders)


def step_ours(
    widths: tuple[int, ...], x: np.ndarray, y: np.ndarray, *, classes: bool
) -> Callable[[int], object]:
    """Return our training steps."""
    from models.layers.activations import relu
    from models.losses import cross_entropy, squared_loss
    from models.net import activation, dense, sequence
    from models.objective import make_objective
    from models.optimizers import Adam
    from models.training import train
    from models.tree import pack

    parts: list[Any] = []
    for width in widths[1:]:
        parts += [dense(width), activation(relu)]
    net = sequence(*parts[:-1])
    initial, _ = net.init(np.random.default_rng(0), (widths[0],), dtype=np.float32)
    flat, parameters = pack(initial, np.float32)
    objective = make_objective(net, cross_entropy if classes else squared_loss)
    truth, optimizer = "label" if classes else "target", Adam(flat)

    def step(times: int) -> None:
        batches = ({"x": x[k % len(x)], truth: y[k % len(x)]} for k in range(times))
        for _ in train(
            objective, flat, parameters, batches, optimizer=optimizer, schedule=lambda number: 1e-3
        ):
            pass

    return step


def step_in_torch(
    widths: tuple[int, ...], x: np.ndarray, y: np.ndarray, *, classes: bool, fused: bool
) -> Callable[[int], object]:
    """Return PyTorch's training steps, eager."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    layers: list[Any] = []
    for a, b in pairwise(widths):
        layers += [nn.Linear(a, b), nn.ReLU()]
    net = nn.Sequential(*layers[:-1])
    lose = nn.CrossEntropyLoss() if classes else nn.MSELoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, **({"fused": True} if fused else {}))
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

    def step(times: int) -> None:
        for k in range(times):
            optimizer.zero_grad()
            loss = lose(net(inputs[k % len(x)]), targets[k % len(x)])
            loss.backward()
            optimizer.step()
            loss.item()  # we give the loss of each step too

    return step


def step_in_sklearn(widths: tuple[int, ...], x: np.ndarray, labels: np.ndarray) -> Callable[[int], object]:
    """Return scikit-learn's training steps: one call of ``partial_fit`` is one step of Adam."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(widths[1:-1], batch_size=x.shape[1], alpha=0.0, random_state=0)
    model.partial_fit(x[0], labels[0], classes=np.arange(widths[-1]))

    def step(times: int) -> None:
        for k in range(times):
            model.partial_fit(x[k % len(x)], labels[k % len(x)])

    return step


def take_turns(work: Work, n_turns: int) -> dict[str, list[float]]:
    """Return seconds a unit of each contender in each turn."""
    counts = {}
    for name, run in work.contenders.items():
        run(1)
        n_units, seconds = 1, clock(run, 1)
        while seconds < SHORT_SECONDS / 2 and n_units < MOST_UNITS:
            n_units = min(MOST_UNITS, 1 + int(n_units * min(SHORT_SECONDS / seconds, 10)))
            seconds = clock(run, n_units)
        counts[name] = n_units
    taken: dict[str, list[float]] = {name: [] for name in work.contenders}
    for _ in range(n_turns):
        for name, run in work.contenders.items():
            taken[name].append(clock(run, counts[name]) / counts[name])
    return taken


def clock(run: Callable[[int], object], n_units: int) -> float:
    """Return the seconds that so many units take."""
    begin = time.perf_counter()
    run(n_units)
    return time.perf_counter() - begin


def main() -> None:
    """Print all works' times as JSON."""
    n_threads, n_turns, only = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else ""
    warnings.simplefilter("ignore")
    peers = find_peers()
    if "torch" in peers:
        peers["torch"].set_num_threads(n_threads)
    prepare: dict[str, Callable[[], Work]] = {
        "online": lambda: prepare_online(peers),
        "small": lambda: prepare_net(peers, (24, 32, 1), 32, classes=False),
        "large": lambda: prepare_net(peers, (784, 256, 128, 10), 128, classes=True),
        **{name: partial(make, peers) for name, make in network_works.WORKS.items()},
    }
    chosen = [make for name, make in prepare.items() if not only or name in only.split(",")]
    works = [make() for make in chosen]
    for work in works:
        work.contenders[PRODUCT] = prepare_product(work.kind)
    found = [{**work._asdict(), "contenders": take_turns(work, n_turns)} for work in works]
    versions = {"numpy": np.__version__, **{name: peer.__version__ for name, peer in peers.items()}}
    print(json.dumps({"versions": versions, "works": found, "product_operations": 2.0 * PRODUCT_SIDE**3}))


if __name__ == "__main__":
    main()
