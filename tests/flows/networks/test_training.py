"""``learn --all``: the networks one by one, each kept when it is done, whatever ends the rest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from flows.commands import app
from flows.doctor import examine
from flows.forgetting import forget
from flows.last_run import describe_learners
from flows.networks import networks as registry
from flows.networks import training
from flows.networks.network import Facts, Network, NetworkDone, Tried, lack
from flows.networks.training import Pace, find_left, say_left
from flows.steps import learn as step
from flows.steps.ingest import ingest
from flows.steps.learn import learn, read_networks, read_networks_left, read_results
from flows.work.materials import Materials
from flows.work.result import Span
from models.early_stopping import Tell
from models.errors import InputError
from models.layers.room import LEAST, ROOM
from pipeline.errors import StoreError
from pipeline.settings import Settings, load_settings
from pipeline.tables.journal import is_fresh, prepare_out, read_digest_of, read_journal

DAYS = np.datetime64("2025-01-06", "D") + np.arange(60)
SPAN = Span(date(2024, 1, 1), date(2024, 12, 31))
FACTS = Facts(9, ("day", "days"), SPAN, "Hours.", ["hour"], "its weekday.", "Width 8.", "weights.")


def work(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    """Two epochs, then errors of which the network avoids a half."""
    for k in (1, 2):
        tell(k, 2)
    tried = Tried(DAYS, np.full(60, 4.0), np.full(60, 4.0), np.full(60, 1.0), "always Monday", "days")
    return NetworkDone(tried, FACTS, b"weights")


def make_room(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    ROOM.empty((LEAST,), np.uint8)
    return work(materials, tell=tell)


def go_astray(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    raise InputError("None of 3 candidates has a measure to choose by", where="here", remedy="Stop.")


def be_stopped(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    raise KeyboardInterrupt


def refuse(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    raise AssertionError("it was done already")


def want_more(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    return lack("It takes two years of whole weeks; there are 3 weeks.")


def make_network(name: str, run: training.Any = work, seconds: float = 1.0) -> Network:
    return Network(
        name, "Which weekday?", f"a {name}", "softmax", "How.", "a year", lambda materials: seconds, run
    )


@pytest.fixture(scope="module")
def learned(tiny_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder after a plain ``learn``."""
    out = tmp_path_factory.mktemp("learned") / "out"
    settings = load_settings({"out": out, "home_zone": "Europe/Paris"}, environment={})
    prepare_out(out)
    ingest([str(tiny_archive)], settings)
    learn(settings)
    return out


@pytest.fixture
def settings(learned: Path, tmp_path: Path) -> Settings:
    shutil.copytree(learned, tmp_path / "out")
    return load_settings({"out": tmp_path / "out", "home_zone": "Europe/Paris"}, environment={})


@pytest.fixture
def networks(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Network]]:
    """Three networks in place of those there are; a test may put others in their place."""
    there = {name: make_network(name) for name in ("first_net", "second_net", "third_net")}
    for module in (training, step):
        monkeypatch.setattr(module, "NAMES", tuple(there))
    for module in (training, registry):
        monkeypatch.setattr(module, "load_network", there.__getitem__)
    yield there


def list_models(settings: Settings) -> set[str]:
    return {path.name for path in (settings.out / "models").iterdir()} - {
        f"{result.name}.json" for result in read_results(settings.out)
    }


def test_a_plain_learn_trains_no_network_and_says_so_in_one_line_where_one_could_be(
    settings: Settings, networks: dict[str, Network]
) -> None:
    (settings.out / "models" / "next_hour.json").unlink()  # so that it is made again
    counts = learn(settings)
    assert (counts.n_networks, counts.n_untrained, counts.networks) == (0, 3, {})
    assert describe_learners(replace(counts, too_little={}))[-1] == (
        "3 networks are trained only where you ask for it: almanac learn --all."
    )
    assert "next_day" in counts.too_little  # no network can be trained either
    assert not any("--all" in line for line in describe_learners(replace(counts, n_models=1)))


def test_after_the_last_network_no_memory_is_kept_for_a_next_one(
    settings: Settings, networks: dict[str, Network]
) -> None:
    networks["third_net"] = make_network("third_net", make_room)
    learn(settings, only="third_net")
    assert ROOM.count_bytes() == 0


def test_all_are_trained_epoch_by_epoch_and_not_twice(
    settings: Settings, networks: dict[str, Network]
) -> None:
    told: list[tuple[str, int, int | None]] = []
    for name in networks:
        networks[name] = make_network(name, seconds=33.0)
    counts = learn(settings, every=True, tell=lambda *words: told.append(words))
    assert counts.networks == dict.fromkeys(networks, "adds clearly")
    assert (counts.n_networks, counts.n_adding, counts.n_untrained, counts.started) == (3, 3, 0, {})
    assert told[:3] == [
        ("network 1 of 3, 2 min left, first net", 0, 300),
        ("network 1 of 3, 80 s left, first net, epoch 1 of 2", 50, 300),
        ("network 1 of 3, 70 s left, first net, epoch 2 of 2", 100, 300),
    ]
    assert told[-1] == ("training the networks", 300, 300)
    assert [result.name for result in read_networks(settings.out)] == list(networks)
    assert list_models(settings) == {f"{name}.{kind}" for name in networks for kind in ("json", "npz")}
    assert describe_learners(counts)[0] == "The network first net (a first_net): adds clearly."
    networks["second_net"] = make_network("second_net", refuse)
    again = learn(settings, every=True)
    assert again.nothing_new and again.networks == {} and again.n_networks == 3
    journal = read_journal(settings.out)
    assert is_fresh(journal, settings.out, "learn", read_digest_of(journal, "learn", settings))


def test_the_command_says_what_comes_next_and_repeats_the_verdict_of_what_was_done(
    settings: Settings, networks: dict[str, Network]
) -> None:
    def ask(*more: str) -> list[str]:
        words = ["learn", *more, "--out", str(settings.out), "--home-zone", "Europe/Paris"]
        return CliRunner().invoke(app, words).stdout.splitlines()

    said = ["The network first net (a first_net): adds clearly."]
    assert ask("--only", "first_net") == [*said, "almanac run puts this in the page."]
    assert ask("--only", "first_net") == ["Nothing new.", *said]
    for name in ("second_net", "third_net"):
        networks[name] = make_network(name, want_more)
    said += ["The networks second net and third net: it takes two years of whole weeks; there are 3 weeks."]
    assert ask("--all") == said  # none of these was trained, so nothing comes into the page
    assert ask("--all") == ["Nothing new.", *said]


@pytest.mark.parametrize(
    ("pace", "share", "words"),
    [
        (Pace(), 0.0, "5 min left"),  # 280 s by the estimates alone
        (Pace(), 0.5, "4 min left"),
        (Pace(took=30.0, estimated=120.0), 0.0, "70 s left"),
        (Pace(took=240.0, estimated=120.0), 1.0, "6 min left"),
        (Pace(took=1.0, estimated=120.0), 0.5, "10 s left"),
    ],
)
def test_the_time_left_goes_by_the_estimates_and_by_how_they_have_fared_here(
    pace: Pace, share: float, words: str
) -> None:
    assert say_left(find_left([100.0, 60.0, 120.0], pace, share)) == words


def test_what_was_done_before_the_owner_stopped_it_stays_and_the_next_one_goes_on(
    settings: Settings, networks: dict[str, Network]
) -> None:
    networks["second_net"] = make_network("second_net", be_stopped)
    words = ["learn", "--all", "--out", str(settings.out), "--home-zone", "Europe/Paris"]
    stopped = CliRunner().invoke(app, words)
    assert (stopped.exit_code, stopped.stderr.splitlines()[-1]) == (
        130, "The networks done by then are kept; almanac learn --all goes on."
    )  # fmt: skip
    assert [result.name for result in read_networks(settings.out)] == ["first_net"]
    assert learn(settings).nothing_new
    networks["second_net"] = make_network("second_net")
    networks["first_net"] = make_network("first_net", refuse)
    assert list(learn(settings, every=True).networks) == ["second_net", "third_net"]
    assert len(read_networks(settings.out)) == 3


def test_nothing_is_begun_that_would_not_end_in_time_and_shorter_ones_still_are(
    settings: Settings, networks: dict[str, Network]
) -> None:
    networks["second_net"] = make_network("second_net", seconds=400.0)
    told: list[str] = []
    counts = learn(settings, every=True, minutes=2.0, tell=lambda what, *_: told.append(what))
    assert told[0] == "network 1 of 3, 2 min left, first net"  # and not the seven that all would take
    assert list(counts.networks) == ["first_net", "third_net"] and counts.n_untrained == 1
    why = counts.networks_left["second_net"]
    assert why == (
        "Not trained: that takes about 7 minutes, more than the 2 minutes left of the 2 minutes given. "
        "The next almanac learn --all goes on."
    )
    not_yet = {"second_net": "Not trained yet: almanac learn --all."}  # the two minutes were that command's
    assert read_networks_left(settings.out) == not_yet == learn(settings).networks_left
    done = learn(settings, every=True)
    assert (list(done.networks), done.networks_left, done.n_untrained) == (["second_net"], {}, 0)


def test_one_network_that_goes_astray_does_not_keep_the_others(
    settings: Settings, networks: dict[str, Network]
) -> None:
    networks["first_net"] = make_network("first_net", go_astray)
    counts = learn(settings, every=True)
    assert list(counts.networks) == ["second_net", "third_net"]
    assert counts.networks_left == {
        "first_net": "Not trained, since its numbers went astray: None of 3 candidates has a measure to "
        "choose by."
    }


def test_too_small_an_archive_says_so_in_words_and_keeps_no_model(
    settings: Settings, networks: dict[str, Network]
) -> None:
    networks["first_net"] = make_network("first_net", want_more)
    counts = learn(settings, only="first_net")
    words = "It takes two years of whole weeks; there are 3 weeks."
    assert (counts.networks, counts.n_networks, counts.n_untrained) == ({"first_net": words}, 0, 2)
    assert describe_learners(counts) == [
        "The network first net: it takes two years of whole weeks; there are 3 weeks."
    ]
    assert read_networks(settings.out)[0].too_little == words
    assert list_models(settings) == {"first_net.json"}


def test_one_network_alone_can_come_before_anything_else(
    settings: Settings, networks: dict[str, Network]
) -> None:
    step.begin_step(settings.out, "learn")  # as a broken-off run leaves it: nothing counts
    counts = learn(settings, only="second_net")
    assert (list(counts.networks), counts.started) == (["second_net"], {})
    assert read_results(settings.out) == []
    whole = learn(settings)
    assert len(whole.started) == len(step.WORKS) and whole.n_networks == 1
    assert [result.name for result in read_networks(settings.out)] == ["second_net"]


def test_on_other_tables_a_network_falls_away_and_its_file_stays(
    settings: Settings, networks: dict[str, Network]
) -> None:
    learn(settings, only="first_net")
    other = load_settings(
        {"out": settings.out, "home_zone": "Europe/Paris", "weekend": "fri,sat"}, environment={}
    )
    counts = learn(other)
    assert (counts.n_networks, counts.n_untrained) == (0, 3)
    assert read_networks(settings.out) == [] and list_models(settings) == {"first_net.npz"}
    assert list(learn(other, only="first_net").networks) == ["first_net"]
    networks["first_net"] = make_network("first_net", want_more)
    learn(settings, only="first_net")
    assert list_models(settings) == {"first_net.json"}


def test_a_result_that_was_changed_is_refused_and_made_again(
    settings: Settings, networks: dict[str, Network]
) -> None:
    learn(settings, only="first_net")
    path = settings.out / "models" / "first_net.json"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"adds clearly", b"adds a little"))
    with pytest.raises(StoreError, match="is not the one that run"):
        read_networks(settings.out)
    assert list(learn(settings, only="first_net").networks) == ["first_net"]
    assert path.read_bytes() == before


@pytest.mark.slow
def test_doctor_counts_the_networks_and_forget_removes_all_of_them(
    settings: Settings, networks: dict[str, Network]
) -> None:
    learn(settings, every=True)
    found = examine(settings)
    assert {name: found["Counts"][f"learn.{name}"] for name in ("n_networks", "n_adding", "n_untrained")} == {
        "n_networks": 3, "n_adding": 3, "n_untrained": 0,
    }  # fmt: skip
    assert "first_net" not in str(found)
    (settings.out / "models" / "notes.txt").write_text("mine", "utf-8")
    forget(settings.out)
    assert [path.name for path in (settings.out / "models").iterdir()] == ["notes.txt"]
