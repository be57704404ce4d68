"""What a network adds to the classical model: on one scale, with one interval, in one set of words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from flows.networks.network import Control, Facts, Network, NetworkDone, Tried, lack
from flows.networks.networks import NAMES
from flows.networks.result import (
    ADDS_A_LITTLE,
    ADDS_CLEARLY,
    NOTHING_SEEN,
    TOO_FEW,
    WORSE,
    Weighed,
    judge,
    make_result,
    say_adds,
    weigh,
)
from flows.networks.training import VERDICTS
from flows.work.result import Belief, Span, parse_result, write_result
from flows.work.works import WORKS
from models.comparison import Avoided
from models.early_stopping import Tell
from models.types import Array

N = 70
DAYS = np.datetime64("2025-01-06", "D") + np.arange(N)
FACTS = Facts(
    n_learned=280, learned_nouns=("day", "days"), learned=Span(date(2024, 1, 1), date(2024, 12, 31)),
    looks_at="The day’s hours.", features=["hour_00", "hour_01"], label="its weekday.", chosen="Width 8.",
    file="weights; no word.",
)  # fmt: skip


def never(materials: object, *, tell: Tell, seed: int = 0) -> NetworkDone:
    raise AssertionError("not asked")


NETWORK = Network(
    "weekday_net", "Which weekday was it?", "a net on hours", "softmax on hours", "How it is done.",
    needs="a year", estimate=lambda materials: 1.0, run=never,
)  # fmt: skip


def make_tried(baseline: float, classical: float, network: float, control: float | None = None) -> Tried:
    """Errors that vary by day, in the same way for all."""
    varying = 1 + 0.1 * np.sin(np.arange(N))
    shuffled = None if control is None else Control(control * varying, baseline * varying)
    return Tried(
        DAYS, baseline * varying, classical * varying, network * varying, "always Monday", "days",
        control=shuffled,
    )  # fmt: skip


def test_the_three_shares_are_of_the_baselines_errors_and_differ_by_what_is_added() -> None:
    weighed = weigh(make_tried(4.0, 2.25, 1.0), 0)
    assert [part.share for part in weighed[:3]] == pytest.approx([0.25, 0.5, 0.25])
    assert weighed.control is None


def test_errors_that_are_no_squares_are_compared_as_they_are() -> None:
    weighed = weigh(make_tried(4.0, 3.0, 1.0)._replace(root=False), 0)
    assert [part.share for part in weighed[:3]] == pytest.approx([0.25, 0.75, 0.5])


def test_a_baseline_without_errors_cannot_be_beaten() -> None:
    tried = make_tried(0.0, 1.0, 0.5)
    assert weigh(tried, 0)[:3] == (Avoided(0.0, 0.0, 0.0),) * 3
    assert judge(weigh(tried, 0)) == NOTHING_SEEN


def test_few_long_blocks_are_weighed_by_how_they_differ() -> None:
    rng = np.random.default_rng(0)
    tried = make_tried(4.0, 2.0, 2.0)
    tried = tried._replace(network=tried.classical * rng.uniform(0.5, 1.2, N))
    by_week, by_block = weigh(tried, 0), weigh(tried._replace(blocks=np.arange(N) // 18), 0)
    assert by_block.adds.share == pytest.approx(by_week.adds.share)
    assert by_block.adds.high - by_block.adds.low > by_week.adds.high - by_week.adds.low


def test_few_weeks_are_weighed_by_how_they_differ_and_many_are_drawn_again() -> None:
    rng = np.random.default_rng(0)
    n = 12
    classical = rng.uniform(1, 3, n)
    weekly = Tried(
        DAYS[0] + 7 * np.arange(n), np.full(n, 4.0), classical, classical * rng.uniform(0.6, 1.3, n),
        "the mean week", "weeks", root=False,
    )  # fmt: skip
    assert weigh(weekly, 0).adds == weigh(weekly._replace(blocks=np.arange(n)), 0).adds
    many = Tried(
        DAYS[0] + 7 * np.arange(40), *(np.resize(part, 40) for part in weekly[1:4]), "the mean week", "weeks"
    )
    assert weigh(many, 0).adds != weigh(many._replace(blocks=np.arange(40)), 0).adds


def test_of_networks_that_add_nothing_hardly_any_is_said_to_add() -> None:
    rng, n_said, n = np.random.default_rng(1), 0, 9
    mondays = DAYS[0] + 7 * np.arange(n)
    for _ in range(1000):
        classical = rng.gamma(4.0, 1.0, n)
        network = classical * rng.lognormal(0.0, 0.1, n)
        tried = Tried(mondays, np.full(n, 8.0), classical, network, "the mean", "weeks", root=False)
        n_said += weigh(tried, 0, 20).adds.low > 0
    assert n_said <= 5  # 0.05/20/2 of 1,000 is 1.25; by drawing the weeks again it is 13


def test_the_interval_is_wider_the_more_are_tried_networks_and_others_together() -> None:
    rng = np.random.default_rng(0)
    tried = make_tried(4.0, 2.0, 2.0)
    tried = tried._replace(network=tried.classical * rng.uniform(0.5, 1.2, N))
    tried = tried._replace(control=Control(tried.network, tried.baseline))
    one, many = weigh(tried, 0, 1), weigh(tried, 0, len(NAMES) + len(WORKS))
    result = make_result(NETWORK, NetworkDone(tried, FACTS, b""))
    assert result.beside is not None
    assert (result.avoided, result.low, result.high) == many.network
    assert result.beside == (NETWORK.classical_name, result.beside.score_text, *many.classical, *many.adds)
    for wide, narrow in zip(many[:3], one[:3], strict=True):
        assert wide.low < narrow.low < narrow.high < wide.high or wide == narrow == (narrow.share,) * 3
    assert many.control == one.control == one.network  # a control claims nothing


def shares(adds: tuple[float, float], network: float = 0.2, control: float | None = None) -> Weighed:
    middle = Avoided(sum(adds) / 2, *adds)
    blind = None if control is None else Avoided(control, control, control)
    return Weighed(Avoided(0.1, 0.1, 0.1), Avoided(network, network, network), middle, blind)


@pytest.mark.parametrize(
    ("weighed", "verdict"),
    [
        (shares((0.001, 0.2)), ADDS_A_LITTLE),
        (shares((0.1, 0.2)), ADDS_CLEARLY),
        (shares((0.0001, 0.2)), NOTHING_SEEN),  # printed as 0 %
        (shares((-0.1, 0.2)), NOTHING_SEEN),
        (shares((-0.2, 0.09)), NOTHING_SEEN),  # hardly anything
        (shares((-0.2, 0.2)), TOO_FEW),
        (shares((-0.2, -0.01)), WORSE),
        (shares((0.1, 0.2), network=0.0), NOTHING_SEEN),  # the classical model was worse than nothing
        (shares((0.1, 0.2), control=-0.1), ADDS_CLEARLY),
        (shares((0.1, 0.2), control=0.1), NOTHING_SEEN),  # it finds as much in shuffled labels
    ],
)
def test_a_network_adds_something_only_where_all_intervals_say_so(weighed: Weighed, verdict: str) -> None:
    assert judge(weighed) == verdict
    assert verdict in VERDICTS  # the command tells it of a network that was trained


def test_the_record_says_all_three_and_what_the_network_adds() -> None:
    belief = Belief("seen", "A headline", "A deck.", "An alt", ("x",), ((1.0,),))
    done = NetworkDone(make_tried(4.0, 2.25, 1.0, 4.4), FACTS, b"file", (belief,))
    result = make_result(NETWORK, done)
    assert (result.name, result.question, result.model_name) == NETWORK[:3]
    assert result.headline == (
        "A net on hours avoids 50.0\u00a0% of the errors, 25.0\u00a0points more than softmax on hours"
    )
    assert (result.emphasis, result.verdict) == ("25.0\u00a0points more", ADDS_CLEARLY)
    assert (result.model_score_text, result.baseline_score_text) == ("off by 1.00", "off by 2.00")
    assert result.beside is not None
    assert (result.beside.name, result.beside.score_text) == ("softmax on hours", "off by 1.50")
    assert (result.avoided, result.beside.avoided, result.beside.adds) == pytest.approx((0.5, 0.25, 0.25))
    card = dict(result.card)
    assert list(card) == [
        "Learned from", "Looks at", "Says", "Chosen", "Scored once", "Shuffled labels", "Not for", "Its file",
    ]  # fmt: skip
    assert card["Scored once"] == (  # all else is in the table
        "On 70 days; 6 Jan – 16 Mar 2025. The baseline (always Monday): off by 2.00."
    )
    assert card["Shuffled labels"] == (
        "The same, taught and asked with the labels shuffled among all days. The network: off by 2.10. The "
        "baseline: off by 2.00. Nothing is found there, as it should be."
    )
    assert card["Its file"] == "models/weekday_net.npz; weights; no word."
    said = belief._replace(deck="A deck. A net on hours adds clearly to softmax on hours.")
    assert (result.beliefs, result.n_scored, result.n_tried) == ((said,), N, len(NAMES) + len(WORKS))


def test_a_network_that_finds_as_much_in_shuffled_labels_claims_nothing() -> None:
    result = make_result(NETWORK, NetworkDone(make_tried(4.0, 2.25, 1.0, 1.0), FACTS, b""))
    assert (result.headline, result.verdict) == (
        "A net on hours is not seen to add anything to softmax on hours",
        NOTHING_SEEN,
    )
    assert dict(result.card)["Shuffled labels"].endswith("and nothing is claimed here.")


@pytest.mark.parametrize(
    ("off", "says", "verdict"),
    [
        (4.41, "off by 2.10. The mean day: off by 2.00. Nothing is found there, as", ADDS_CLEARLY),
        (
            1.0,
            "off by 1.00. The mean day: off by 2.00. Even so the network beats the mean day,",
            NOTHING_SEEN,
        ),
    ],
)
def test_what_has_no_labels_is_asked_about_shuffled_counts(off: float, says: str, verdict: str) -> None:
    tried = make_tried(4.0, 2.25, 1.0, off)
    assert tried.control is not None
    named = tried.control._replace(shuffled="all counts shuffled", baseline_name="the mean day")
    result = make_result(NETWORK, NetworkDone(tried._replace(control=named), FACTS, b""))
    card = dict(result.card)
    begun = "The same, taught and asked with all counts shuffled. The network:"
    assert card["Shuffled counts"].startswith(f"{begun} {says}")
    assert (result.verdict, "Shuffled labels" in card) == (verdict, False)


def test_where_it_may_be_far_better_or_far_worse_too_few_weeks_are_said_to_be_scored() -> None:
    tried = make_tried(4.0, 2.25, 2.25)
    swinging = tried.classical * np.where(np.arange(N) // 14 % 2, 0.3, 1.7)
    done = NetworkDone(tried._replace(network=swinging), FACTS, b"", (Belief("b", "H", "D.", "A", (), ()),))
    result = make_result(NETWORK, done)
    assert result.headline == (
        "Too few weeks to say whether a net on hours adds anything to softmax on hours"
    )
    assert (result.verdict, result.emphasis) == (TOO_FEW, "Too few weeks to say")
    assert result.beliefs[0].deck == f"D. {result.headline}."


def test_a_network_that_is_worse_is_said_to_be() -> None:
    result = make_result(NETWORK, NetworkDone(make_tried(4.0, 1.0, 2.25), FACTS, b""))
    assert result.headline == "A net on hours does worse than softmax on hours"
    assert result.emphasis in result.headline and result.beside is not None and result.beside.adds_high < 0


def test_likelihoods_are_said_in_their_unit() -> None:
    tried = make_tried(400.0, 225.0, 100.0)._replace(root=False, unit="nats a week")
    result = make_result(NETWORK, NetworkDone(tried, FACTS, b""))
    assert result.model_score_text == "99.99 nats a week" and "Shuffled labels" not in dict(result.card)


def test_what_an_archive_lacks_is_all_that_is_said() -> None:
    result = make_result(NETWORK, lack("It takes a year of whole weeks; there are 3."))
    assert (result.too_little, result.headline) == ("It takes a year of whole weeks; there are 3.",) * 2
    assert (result.beside, result.card, result.verdict) == (None, (), "")


def test_the_record_can_be_read_back_and_one_of_an_earlier_version_too() -> None:
    result = make_result(NETWORK, NetworkDone(make_tried(4.0, 2.25, 1.0, 4.4), FACTS, b""))
    content = write_result(result)
    assert parse_result(content, where="here") == result
    fields = json.loads(content)
    del fields["beside"]
    assert parse_result(json.dumps(fields).encode(), where="here") == replace(result, beside=None)


def test_what_is_added_is_written_with_its_sign() -> None:
    assert say_adds(Avoided(0.012, -0.004, 0.029)) == "+1.2\u00a0points, from \u22120.4 to 2.9"
    assert say_adds(Avoided(-0.05, -0.1, 0.0)).startswith("\u22125.0\u00a0points")
    assert say_adds(Avoided(0.0, 0.0, 0.0)).startswith("0\u00a0points")


def test_a_vector_of_errors_is_never_changed() -> None:
    tried = make_tried(4.0, 2.25, 1.0, 4.4)
    before: list[Array] = [part.copy() for part in tried[:4]]
    weigh(tried, 0)
    assert all(np.array_equal(part, former) for part, former in zip(tried[:4], before, strict=True))
