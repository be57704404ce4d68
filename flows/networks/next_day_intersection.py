"""How many on the next day? An intersection net, beside the classical model of the same days."""

from __future__ import annotations

from flows.networks.next_day_nets import add_up, make_network
from models.composition import Net
from models.net import dense
from models.parts.recurrent import each_step, intersection

NAME = "next_day_intersection"


def make_net(n_units: int) -> Net:
    """Return the cell along the days; its output is added to an affine one."""
    return add_up(each_step(dense(n_units)), intersection(n_units))


NETWORK = make_network(
    NAME,
    "an intersection net on days",
    "An intersection net: a gate along time keeps the state, another hands the day itself on.",
    make_net,
)
