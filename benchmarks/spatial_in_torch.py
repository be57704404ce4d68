"""The likelihood of count maps under a spatial LSTM in PyTorch, by anti-diagonals.

``network_works.py`` times it. Written with the care that eager PyTorch asks for: the cells are put in the
order of their diagonals once, all inputs go through one product, a diagonal is split off without a copy, both
neighbours are slices of the diagonal before with a row of zeros at each end, and one product and one logistic
serve its gates.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional


def lose_counts(p: Any, counts: np.ndarray, usual: np.ndarray) -> tuple[Callable[[int], Any], list[Any]]:
    """Return the loss on a batch of ``counts (batches, n, rows, columns)``, and the parameters to learn.

    ``p`` is a ``SpatialCounts`` of ours, copied to be learned; ``usual (rows, columns, 1)`` is the offset.
    """
    weight, bias, head, head_bias = (
        torch.tensor(part, dtype=torch.float32, requires_grad=True) for part in (*p.lstm, *p.head)
    )
    _, n, n_rows, n_columns = counts.shape
    k = len(p.lstm.bias) // 5
    places = np.arange(n_rows)[:, None] + np.arange(n_columns)
    order = torch.from_numpy(np.argsort(places.ravel(), kind="stable"))  # by diagonal, then by row
    firsts = [max(0, d - n_columns + 1) for d in range(n_rows + n_columns - 1)]
    sizes = np.bincount(places.ravel()).tolist()
    offset = torch.from_numpy(usual).reshape(-1, 1, 1)[order]
    maps = torch.from_numpy(counts)
    nothing = torch.zeros(1, n, k)

    def lose(number: int) -> Any:
        y = maps[number]
        wide = functional.pad(torch.log1p(y), (1, 1, 1, 0))
        near = [wide[:, 1:, :-2], wide[:, :-1, :-2], wide[:, :-1, 1:-1], wide[:, :-1, 2:]]
        x = torch.stack(near, dim=-1).reshape(n, -1, 4).transpose(0, 1)[order]  # (cells, n, 4)
        inputs = torch.addmm(bias, x.reshape(-1, 4), weight[:4]).split([m * n for m in sizes])
        recurrent = weight[4:]
        h = c = nothing.expand(2, n, k)  # with a row of zeros at each end; nothing lies between yet
        states = []
        for d, (z, m) in enumerate(zip(inputs, sizes, strict=True)):
            shift = firsts[d] - firsts[d - 1] if d else 0
            left, upper = slice(shift + 1, shift + 1 + m), slice(shift, shift + m)
            both = torch.cat([h[left], h[upper]], dim=2).reshape(-1, 2 * k)
            a = torch.addmm(z, both, recurrent)
            g, gates = torch.tanh(a[:, :k]), torch.sigmoid(a[:, k:])
            o, i, f_row, f_column = gates.chunk(4, dim=1)
            cell = g * i + c[left].reshape(-1, k) * f_column + c[upper].reshape(-1, k) * f_row
            state = torch.tanh(cell * o)
            states.append(state)
            h = torch.cat([nothing, state.view(m, n, k), nothing])
            c = torch.cat([nothing, cell.view(m, n, k), nothing])
        scores = (torch.cat(states) @ head + head_bias).view(-1, n, 1) + offset
        truth = y.reshape(n, -1).T[order][..., None]
        return (torch.exp(scores) - truth * scores + torch.lgamma(truth + 1)).mean()

    return lose, [weight, bias, head, head_bias]
