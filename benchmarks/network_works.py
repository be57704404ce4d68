"""Steps of Adam for networks, by us and by PyTorch (eager), as ``model_works.py`` times them.

Both begin with the same weights and see the same batches, and their first losses must be the same. PyTorch
has its data in the layout that suits it before the clock begins; what ours turns, it turns within its step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from work import OURS, Work

Steps = Callable[[int], list[float]]  # takes so many steps and gives the loss before each

N_BATCHES = 4
N_COMPARED, TOLERANCE = 4, 1e-4  # steps; relative, of sums in float32 in another order
RATE = 1e-3


def prepare_vgg(
    peers: Mapping[str, Any],
    name: str,
    sides: tuple[int, int],
    blocks: Sequence[Sequence[int]],
    hidden: tuple[int, ...],
    n_classes: int,
    n_rows: int,
) -> Work:
    """VGG-7 without batch normalising: pictures of one channel, cross-entropy."""
    from models.losses import cross_entropy
    from models.objective import make_objective
    from models.systems.vgg import make_vgg7
    from models.tree import pack

    rng = np.random.default_rng(0)
    x = rng.normal(size=(N_BATCHES, n_rows, *sides, 1)).astype(np.float32)
    labels = rng.integers(0, n_classes, (N_BATCHES, n_rows))
    net = make_vgg7(n_classes, blocks=blocks, hidden=hidden)
    initial, _ = net.init(rng, (*sides, 1), dtype=np.float32)
    batches = [{"x": x[k], "label": labels[k]} for k in range(N_BATCHES)]
    layers = list_layers(initial)
    contenders: dict[str, Steps] = {
        OURS: step_ours(make_objective(net, cross_entropy), *pack(initial, np.float32), batches)
    }
    ways: dict[str, dict[str, bool]] = {
        "PyTorch": {},
        "PyTorch, channels last": {"last": True},
        "PyTorch, fused Adam": {"fused": True},
    }
    if "torch" in peers:
        for title, way in ways.items():
            contenders[title] = step_vgg_in_torch(layers, blocks, x, labels, **way)
    compare(contenders)
    places = 0.0  # multiplications of one picture, forward; the first layer's again, which pulls no input
    height, width, first = *sides, 0.0
    for number, convolution in enumerate(layers[: sum(map(len, blocks))]):
        places += height * width * convolution.weight.size
        first = first or places
        if number + 1 in np.cumsum([len(block) for block in blocks]):
            height, width = -(-height // 2), -(-width // 2)
    places += sum(dense.weight.size for dense in layers[sum(map(len, blocks)) :])
    channels = "–".join(str(n) for n in (blocks[0][0], blocks[-1][-1]))
    said = f"VGG-7 on {name}, {channels} channels, batch {n_rows}, Adam"
    return Work(said, "step", 2 * n_rows * (3 * places - first), contenders)


def step_vgg_in_torch(
    layers: Sequence[Any],
    blocks: Sequence[Sequence[int]],
    x: np.ndarray,
    labels: np.ndarray,
    *,
    fused: bool = False,
    last: bool = False,
) -> Steps:
    """Return PyTorch's steps, ``last``: with the channels last in memory."""
    import torch
    from torch import nn

    form = torch.channels_last if last else torch.contiguous_format
    ends = set(np.cumsum([len(block) for block in blocks]).tolist())
    n_convolutions = max(ends)
    bends = [torch.tanh, *[torch.arctan] * (len(layers) - n_convolutions - 2)]
    parts: list[Callable[[Any], Any]] = []
    learning: list[Any] = []
    for number, layer in enumerate(layers):
        weight, n_out = layer.weight, len(layer.bias)
        module: Any
        if number < n_convolutions:
            module, weight = nn.Conv2d(weight.shape[2], n_out, 3, padding=1), weight.transpose(3, 2, 0, 1)
            parts += [module, nn.ReLU(), *([nn.AvgPool2d(2, ceil_mode=True)] if number + 1 in ends else [])]
        else:
            module = nn.Linear(len(weight), n_out)
            if number == n_convolutions:  # ours go by height, width, channel; PyTorch's by channel first
                n_channels = len(layers[number - 1].bias)
                weight = weight.reshape(-1, n_channels, n_out).swapaxes(0, 1).reshape(-1, n_out)
                parts.append(nn.Flatten())
            weight = weight.T
            parts += [module, *bends[number - n_convolutions : number - n_convolutions + 1]]
        copy(module.weight, weight)
        copy(module.bias, layer.bias)
        learning += module.to(memory_format=form).parameters()
    inputs = [torch.from_numpy(rows.transpose(0, 3, 1, 2)).contiguous(memory_format=form) for rows in x]
    truth = list(torch.from_numpy(labels))
    score = nn.CrossEntropyLoss()

    def lose(k: int) -> Any:
        z = inputs[k]
        for part in parts:
            z = part(z)
        return score(z, truth[k])

    return step_in_torch(lose, learning, len(x), fused=fused)


def prepare_lstm(peers: Mapping[str, Any], n_units: int, n_steps: int, n_rows: int, n_in: int) -> Work:
    """Return an LSTM with an affine output at each step, squared loss."""
    from models.losses import squared_loss
    from models.net import dense, sequence
    from models.objective import make_objective
    from models.parts.recurrent import each_step, lstm
    from models.tree import pack

    rng = np.random.default_rng(0)
    x = rng.normal(size=(N_BATCHES, n_rows, n_steps, n_in)).astype(np.float32)
    y = rng.normal(size=(N_BATCHES, n_rows, n_steps, 1)).astype(np.float32)
    net = sequence(lstm(n_units), each_step(dense(1)))
    initial, _ = net.init(rng, (n_steps, n_in), dtype=np.float32)
    batches = [{"x": x[k], "target": y[k]} for k in range(N_BATCHES)]
    contenders: dict[str, Steps] = {
        OURS: step_ours(make_objective(net, squared_loss), *pack(initial, np.float32), batches)
    }
    if "torch" in peers:
        for title, fused in (("PyTorch", False), ("PyTorch, fused Adam", True)):
            contenders[title] = step_lstm_in_torch(*initial, x, y, fused=fused)
    compare(contenders)
    operations = 2.0 * n_rows * n_steps * (4 * n_units * (3 * n_units + 2 * n_in) + 3 * n_units)
    name = f"LSTM, {n_units} units, {n_steps} steps of {n_in} inputs, batch {n_rows}, Adam"
    return Work(name, "step", operations, contenders)


def step_lstm_in_torch(cell: Any, head: Any, x: np.ndarray, y: np.ndarray, *, fused: bool) -> Steps:
    """Return PyTorch's steps; its second bias, which ours does not have, stays at zero and learns nothing."""
    import torch
    from torch import nn

    n_in, n_units = x.shape[-1], len(cell.bias) // 4
    layer, dense = nn.LSTM(n_in, n_units), nn.Linear(n_units, 1)
    # Ours: forget, input, output, activation; PyTorch: input, forget, activation, output.
    order = [1, 0, 3, 2]
    weight = cell.weight.reshape(-1, 4, n_units)[:, order].reshape(-1, 4 * n_units).T
    copy(layer.weight_ih_l0, weight[:, :n_in])
    copy(layer.weight_hh_l0, weight[:, n_in:])
    copy(layer.bias_ih_l0, cell.bias.reshape(4, n_units)[order].ravel())
    copy(layer.bias_hh_l0, np.zeros(4 * n_units))
    layer.bias_hh_l0.requires_grad_(False)
    copy(dense.weight, head.weight.T)
    copy(dense.bias, head.bias)
    # Steps first, as PyTorch is faster with.
    inputs, targets = (torch.from_numpy(np.ascontiguousarray(rows.swapaxes(1, 2))) for rows in (x, y))
    lose = nn.MSELoss()
    learning = [p for p in (*layer.parameters(), *dense.parameters()) if p.requires_grad]
    return step_in_torch(
        lambda k: lose(dense(layer(inputs[k])[0]), targets[k]), learning, len(x), fused=fused
    )


def prepare_spatial(
    peers: Mapping[str, Any], sides: tuple[int, int] = (7, 24), n_units: int = 32, n_rows: int = 32
) -> Work:
    """Return the likelihood of count maps under a spatial LSTM with Poisson counts."""
    from models.likelihoods import POISSON
    from models.systems.spatial_counts import N_NEIGHBOURS, make_count_objective, make_spatial_counts
    from models.tree import pack

    rng = np.random.default_rng(0)
    counts = rng.poisson(3.0, (N_BATCHES, n_rows, *sides)).astype(np.float32)
    usual = np.full((*sides, 1), np.log(3), np.float32)
    initial = make_spatial_counts(rng, 0, n_units, POISSON, np.float32)
    initial = initial._replace(head=initial.head._replace(weight=0.1 * rng.normal(size=(n_units, 1))))
    batches = [{"counts": rows, "offset": usual} for rows in counts]
    flat, parameters = pack(initial, np.float32)
    contenders: dict[str, Steps] = {OURS: step_ours(make_count_objective(POISSON), flat, parameters, batches)}
    if "torch" in peers:
        from spatial_in_torch import lose_counts

        for title, fused in (("PyTorch", False), ("PyTorch, fused Adam", True)):
            lose, learning = lose_counts(initial, counts, usual)
            contenders[title] = step_in_torch(lose, learning, len(counts), fused=fused)
    compare(contenders)
    n_cells = sides[0] * sides[1]
    operations = 2.0 * n_rows * n_cells * (5 * n_units * (6 * n_units + 2 * N_NEIGHBOURS) + 3 * n_units)
    name = f"spatial LSTM on {sides[0]}×{sides[1]}, {n_units} units, batch {n_rows}, Adam"
    return Work(name, "step", operations, contenders)


def list_layers(tree: Any) -> list[Any]:
    """Return the parameters of layers in a tree of them, in order."""
    if hasattr(tree, "weight"):
        return [tree]
    return [layer for part in tree for layer in list_layers(part)]


def step_ours(
    objective: Callable[..., Any], flat: np.ndarray, parameters: Any, batches: Sequence[Mapping[str, Any]]
) -> Steps:
    """Return our training steps, by the loop that trains all our nets."""
    from models.optimizers import Adam
    from models.training import train

    optimizer = Adam(flat)

    def step(times: int) -> list[float]:
        rows = (batches[k % len(batches)] for k in range(times))
        steps = train(objective, flat, parameters, rows, optimizer=optimizer, schedule=lambda number: RATE)
        return [one.loss for one in steps]

    return step


def step_in_torch(lose: Callable[[int], Any], learning: list[Any], n_batches: int, *, fused: bool) -> Steps:
    """Return PyTorch's training steps: ``lose(k)`` is the loss on batch k."""
    import torch

    optimizer = torch.optim.Adam(learning, lr=RATE, **({"fused": True} if fused else {}))

    def step(times: int) -> list[float]:
        losses = []
        for k in range(times):
            optimizer.zero_grad()
            loss = lose(k % n_batches)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())  # we give the loss of each step too
        return losses

    return step


def compare(contenders: Mapping[str, Steps]) -> None:
    """Take the first steps by all; raise ``AssertionError`` unless their losses are ours."""
    losses = {name: run(N_COMPARED) for name, run in contenders.items()}
    for name, theirs in losses.items():
        np.testing.assert_allclose(theirs, losses[OURS], rtol=TOLERANCE, err_msg=name)


def copy(parameter: Any, values: np.ndarray) -> None:
    """Give a parameter of PyTorch's our values."""
    import torch

    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.array(values, np.float32)))


# By the name that ``--only`` knows; the first net is the size that learns the seasons of weeks.
WORKS: dict[str, Callable[[Mapping[str, Any]], Work]] = {
    "vgg": partial(
        prepare_vgg, name="7×24", sides=(7, 24), blocks=((8, 8), (16, 16)), hidden=(16, 16), n_classes=4,
        n_rows=16,
    ),
    "vgg_large": partial(
        prepare_vgg, name="28×28", sides=(28, 28), blocks=((16, 16), (32, 32), (64,)), hidden=(64,),
        n_classes=10, n_rows=32,
    ),
    "lstm": partial(prepare_lstm, n_units=16, n_steps=24, n_rows=8, n_in=8),
    "lstm_large": partial(prepare_lstm, n_units=64, n_steps=56, n_rows=32, n_in=32),
    "spatial": prepare_spatial,
}  # fmt: skip
