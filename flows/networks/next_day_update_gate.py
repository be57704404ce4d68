"""How many on the next day? An update-gate net, beside the classical model of the same days."""

from __future__ import annotations

from flows.networks.next_day_nets import add_up, make_network
from models.composition import Net
from models.parts.recurrent import update_gate

NAME = "next_day_update_gate"


def make_net(n_units: int) -> Net:
    """Return the cell along the days; its output is added to an affine one."""
    return add_up(update_gate(n_units))


NETWORK = make_network(
    NAME,
    "an update-gate net on days",
    "An update-gate net: one gate says how much of the state stays from day to day.",
    make_net,
)
