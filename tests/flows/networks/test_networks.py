"""The networks that there are: each can be loaded, says what it is, and has a name of its own."""

from __future__ import annotations

import pytest

from flows.networks.beliefs import BELIEFS, load_picture
from flows.networks.networks import NAMES, load_network
from flows.networks.result import N_IN_ALL
from flows.work.evidence import N_TRIED
from flows.work.works import WORKS


def test_no_two_pieces_of_work_share_a_name_and_all_are_counted() -> None:
    assert len({*NAMES, *WORKS}) == len(NAMES) + len(WORKS)
    assert len(NAMES) + N_TRIED == N_IN_ALL


@pytest.mark.parametrize("name", NAMES)
def test_each_network_says_what_it_is(name: str) -> None:
    network = load_network(name)
    assert network.name == name and network.question.endswith("?") and network.how.endswith(".")
    assert network.network_name and network.classical_name and network.needs


@pytest.mark.parametrize("name", BELIEFS)
def test_each_belief_has_a_picture(name: str) -> None:
    assert callable(load_picture(name))
