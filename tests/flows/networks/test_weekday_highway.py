"""Which weekday, by highway layers: what is this net's own; the rest is in ``test_weekdays.py``."""

from __future__ import annotations

from flows.networks.weekday_highway import list_recipes


def test_ways_to_learn_are_named_the_simplest_first() -> None:
    assert [recipe.name for recipe in list_recipes()] == [
        "2 layers, penalty 0.01", "2 layers, penalty 0.003", "4 layers, penalty 0.01",
        "4 layers, penalty 0.003",
    ]  # fmt: skip
