"""The networks there are, in the page's order: each name is that of the module that does its work.

A module is loaded when its network is asked for; none is, in a plain run.
"""

from __future__ import annotations

from importlib import import_module

from flows.networks.network import Network

NAMES: tuple[str, ...] = (
    "next_day_simple",
    "next_day_lstm",
    "next_day_update_gate",
    "next_day_intersection",
    "weekday_highway",
    "weekday_decoupled",
    "season_vgg",
    "season_resnet",
    "season_conv_update_gate",
    "holiday_conv_lstm",
    "week_likelihood",
    "week_autoencoder",
    "invented_weeks",
)


def say_untrained(n: int) -> str:
    """Say in one line that ``n`` networks wait to be asked for."""
    networks = "network is" if n == 1 else "networks are"
    return f"{n} {networks} trained only where you ask for it: almanac learn --all."


def load_network(name: str) -> Network:
    """Return the work of one network of ``NAMES``."""
    network: Network = import_module(f"flows.networks.{name}").NETWORK
    return network
