"""How many on the next day? A simple recurrent net, beside the classical model of the same days."""

from __future__ import annotations

from flows.networks.next_day_nets import add_up, make_network
from models.composition import Net
from models.parts.recurrent import simple

NAME = "next_day_simple"


def make_net(n_units: int) -> Net:
    """Return the cell along the days; its output is added to an affine one."""
    return add_up(simple(n_units))


NETWORK = make_network(
    NAME,
    "a simple recurrent net on days",
    "A simple recurrent net: its state is a squashed sum of the day and of its state the day before.",
    make_net,
)
