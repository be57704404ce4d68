"""One net with two inputs and two outputs: a day's weekday, and how much comes on the next.

One input is the day's hours, the other the counts of the days before it. Each has a layer of its own; both
meet in one hidden layer, from which two heads go out. The loss is the sum of both heads' losses,

    L = cross-entropy of the weekday + (eˢ − n·s),        n the next day's count in some unit, s its log-rate

and a layer that both heads use gets the sum of both gradients.

Shapes: hours (batch, n_hours), days before (batch, n_totals) → scores (batch, 7), s (batch, 1).

References: R. Caruana 1997, *Multitask Learning*.
"""

from __future__ import annotations

from typing import Any

from models.initial import he_uniform
from models.layers.activations import relu
from models.losses import cross_entropy, poisson_loss
from models.net import Net, activation, branch, dense, join, sequence
from models.types import Array, Pullback


def make_net(heads: str) -> Net:
    """Return the net with "both" heads, or with that of the "weekday" or of the "count" alone.

    It takes a day's hours (batch, n_hours) and its week (batch, n_totals), and gives seven scores, a log-rate
    (batch, 1), or a tuple of both.
    """
    ends = {"both": branch(dense(7), dense(1)), "weekday": dense(7), "count": dense(1)}
    return sequence(
        join(
            sequence(dense(24, he_uniform), activation(relu)),
            sequence(dense(8, he_uniform), activation(relu)),
        ),
        dense(32, he_uniform),
        activation(relu),
        ends[heads],
    )


def add_losses(value: tuple[Array, Array], *, label: Array, target: Array) -> tuple[Array, Pullback]:
    """Return the sum of both heads' mean losses for the scores (batch, 7) and the log-rates (batch, 1)."""
    scores, log_rate = value
    first, pull_first = cross_entropy(scores, label=label)
    second, pull_second = poisson_loss(log_rate, target=target)

    def pull_losses(d_loss: float, out: Any = None) -> tuple[tuple[Array, Array]]:
        outs = (None, None) if out is None else out
        return ((pull_first(d_loss, outs[0])[0], pull_second(d_loss, outs[1])[0]),)

    return first + second, pull_losses
