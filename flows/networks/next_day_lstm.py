"""How many on the next day? An LSTM, beside the classical model of the same days."""

from __future__ import annotations

from flows.networks.next_day_nets import add_up, make_network
from models.composition import Net
from models.parts.recurrent import lstm

NAME = "next_day_lstm"


def make_net(n_units: int) -> Net:
    """Return the cell along the days; its output is added to an affine one."""
    return add_up(lstm(n_units))


NETWORK = make_network(
    NAME,
    "an LSTM on days",
    "Long short-term memory: a cell that is written, kept and read by three gates.",
    make_net,
)
