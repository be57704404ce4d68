"""The networks that there are: each can be loaded, says what it is, and has a name of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.networks.beliefs import BELIEFS, load_picture
from flows.networks.networks import NAMES, load_network
from flows.steps.ingest import ingest
from flows.steps.learn import learn
from flows.work.evidence import N_TRIED
from flows.work.works import WORKS
from pipeline.settings import load_settings
from pipeline.tables.journal import prepare_out

COMMANDS = (Path(__file__).parents[3] / "docs" / "commands.md").read_text("utf-8")
NETWORKS = [load_network(name) for name in NAMES]


def test_no_two_pieces_of_work_share_a_name_and_all_are_counted() -> None:
    assert len({*NAMES, *WORKS}) == len(NAMES) + len(WORKS)
    assert len(NAMES) + len(WORKS) == N_TRIED


@pytest.mark.parametrize("name", NAMES)
def test_each_network_says_what_it_is(name: str) -> None:
    network = load_network(name)
    assert network.name == name and network.question.endswith("?") and network.how.endswith(".")
    assert network.network_name and network.classical_name and network.needs


@pytest.mark.parametrize("name", BELIEFS)
def test_each_belief_has_a_picture(name: str) -> None:
    assert callable(load_picture(name))


def test_the_page_of_commands_has_a_line_for_each_network_and_no_other() -> None:
    section = COMMANDS.partition("# almanac learn\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if re.match(r"\| .*\?", line)]
    told = [
        (one.question, one.network_name, one.classical_name, f"`{one.name}`", one.needs) for one in NETWORKS
    ]
    assert lines == [f"| {' | '.join(cells)} |" for cells in told]


@pytest.mark.slow
def test_an_archive_of_some_weeks_gets_a_reason_from_every_network(
    tiny_archive: Path, tmp_path: Path
) -> None:
    settings = load_settings({"out": tmp_path / "out", "home_zone": "Europe/Paris"}, environment={})
    prepare_out(settings.out)
    ingest([str(tiny_archive)], settings)
    counts = learn(settings, every=True)
    assert (list(counts.networks), counts.networks_left, counts.n_networks) == (list(NAMES), {}, 0)
    reasons = re.compile(r"\d.*\.$|free_days|takes two of each of the four seasons")
    assert all(reasons.search(why) for why in counts.networks.values())
