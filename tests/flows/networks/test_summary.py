"""All networks together: one finding, one table, and what the page is given."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from flows.networks import page_lines
from flows.networks.networks import say_untrained
from flows.networks.page_lines import lay_out_networks
from flows.networks.result import ADDS_A_LITTLE, ADDS_CLEARLY, NOTHING_SEEN, TOO_FEW
from flows.networks.summary import COLUMNS, frame_networks, list_scored, sum_up
from flows.work.result import Belief, Beside, WorkResult
from pipeline.report.contents import Networks

CLASSICAL = Beside("softmax", "off by 0.8", 0.1, 0.05, 0.15, 0.02, -0.01, 0.05)


def make(name: str, verdict: str = NOTHING_SEEN, question: str = "Which?", adds: float = 0.02) -> WorkResult:
    return WorkResult(
        name, question, f"a {name}", "always", "A headline", "", "A deck", "An alt", "How.",
        model_score_text="off by 0.7", avoided=0.12, low=0.07, high=0.17, verdict=verdict, certainty="+2.0 %",
        n_tried=21, beside=replace_adds(adds), card=(("Says", "it."),),
    )  # fmt: skip


def replace_adds(adds: float) -> Beside:
    return CLASSICAL._replace(adds=adds)


def test_those_of_one_question_stand_beside_each_other_and_the_unscored_are_left_out() -> None:
    lacking = replace(make("four"), beside=None, too_little="It takes a year.")
    results = [make("one"), make("two", question="What?"), make("three"), lacking]
    assert [result.name for result in list_scored(results)] == ["one", "three", "two"]
    frame = frame_networks(results)
    assert tuple(frame.columns) == COLUMNS and frame["network"].tolist() == ["a one", "a three", "a two"]
    assert frame.iloc[0].tolist()[3:] == [0.1, 0.12, 0.02, -0.01, 0.05, False]


@pytest.mark.parametrize(
    ("verdicts", "headline", "emphasis"),
    [
        (
            [NOTHING_SEEN] * 3,
            "None of three networks is seen to add anything to the classical models",
            "None",
        ),
        (
            [NOTHING_SEEN],
            "No network is seen to add anything to the classical models",
            "is seen to add anything",
        ),
        (
            [ADDS_CLEARLY, NOTHING_SEEN],
            "One of two networks adds something to the classical models",
            "One of two",
        ),
        (
            [ADDS_CLEARLY, ADDS_A_LITTLE, NOTHING_SEEN],
            "Two of three networks add something to the classical models",
            "Two of three",
        ),
        ([ADDS_CLEARLY, ADDS_A_LITTLE], "Both networks add something to the classical models", "Both"),
        ([ADDS_CLEARLY], "The one network adds something to the classical models", "The one"),
        ([ADDS_CLEARLY] * 3, "All three networks add something to the classical models", "All three"),
    ],
)
def test_the_finding_counts_those_that_add_something(
    verdicts: list[str], headline: str, emphasis: str
) -> None:
    summary = sum_up([make(f"net{k}", verdict) for k, verdict in enumerate(verdicts)])
    assert summary is not None
    assert (summary.headline, summary.emphasis) == (headline, emphasis)
    assert emphasis in headline and "for all 21 models that may be tried" in summary.deck
    assert summary.deck.endswith("; where it crosses 0, nothing is seen to be added.")


@pytest.mark.parametrize(
    ("verdicts", "headline", "open_ones"),
    [
        ([TOO_FEW], "No network is seen to add anything to the classical models", "it"),
        (
            [TOO_FEW, TOO_FEW, NOTHING_SEEN],
            "None of three networks is seen to add anything to the classical models",
            "two of them",
        ),
        ([TOO_FEW] * 2, "None of two networks is seen to add anything to the classical models", "all"),
        (
            [ADDS_CLEARLY, TOO_FEW],
            "One of two networks adds something to the classical models",
            "one of them",
        ),
    ],
)
def test_those_that_were_scored_on_too_few_weeks_are_counted_apart(
    verdicts: list[str], headline: str, open_ones: str
) -> None:
    summary = sum_up([make(f"net{k}", verdict) for k, verdict in enumerate(verdicts)])
    assert summary is not None and summary.headline == headline and summary.emphasis in headline
    assert summary.deck.endswith(
        f" added. For {open_ones} too few weeks are scored to say: the bar reaches further than 10 points to "
        "both sides."
    )


def test_the_alternative_text_says_which_lies_highest_and_lowest() -> None:
    summary = sum_up([make("one", adds=-0.05), make("two", adds=0.03)])
    assert summary is not None
    assert summary.alt.endswith(" Most: a two, +3.0\u00a0points; least: a one, \u22125.0\u00a0points.")


def test_without_a_scored_network_there_is_no_finding_and_one_line_says_how_to_get_one() -> None:
    assert sum_up([]) is None
    laid = lay_out_networks([], {}, names=("one", "two"))
    assert laid == Networks(
        untrained="2 networks are trained only where you ask for it: almanac learn --all."
    )
    assert say_untrained(1).startswith("1 network is trained ")
    assert lay_out_networks([], {}, names=()) == Networks()


def test_the_page_gets_lines_a_table_beliefs_and_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_lines, "load_network", lambda name: SimpleNamespace(network_name=f"a {name}"))
    belief = Belief("seen", "A headline", "A deck", "An alt", ("week", "nats"), ((20000.0, 1.5),))
    lacking = replace(make("four_net"), beside=None, too_little="It takes a year.")
    laid = lay_out_networks(
        [lacking, replace(make("one", ADDS_CLEARLY), beliefs=(belief,))],
        {"two_net": "Not trained yet.", "five_net": "Astray.", "six_net": "Not trained yet."},
        names=("one", "two_net", "three_net", "four_net", "five_net", "six_net"),
    )
    one, four = laid.lines
    assert (one.name, one.classical_text, one.network_text) == (
        "one", "10.0\u00a0%, from 5.0 to 15\u00a0%", "12.0\u00a0%, from 7.0 to 17\u00a0%",
    )  # fmt: skip
    assert (one.adds, one.is_adding, one.verdict, one.adds_text) == (0.02, True, ADDS_CLEARLY, "+2.0 %")
    assert [(shown.name, len(shown.table)) for shown in one.beliefs] == [("seen", 1)]
    assert str(one.beliefs[0].table["week"].dt.date.iloc[0]) == "2024-10-04"
    assert (four.too_little, four.adds) == ("It takes a year.", None)
    assert laid.left == (("a two_net, a six_net", "Not trained yet."), ("a five_net", "Astray."))
    assert laid.untrained.startswith("1 network is trained ")
    assert laid.table is not None and len(laid.table) == 1
