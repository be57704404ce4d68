"""The networks on the page: one table on one scale, in words where there is nothing to put on it."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from pipeline.report.cards import Asked, lay_out_cards
from pipeline.report.contents import Contents, ModelBelief, NetworkLine, Networks
from pipeline.report.networks import lay_out_networks
from pipeline.report.page import build_page
from pipeline.report.share_safe import coarsen_networks

LINE = NetworkLine(
    "season_vgg", "Which season was it?", "VGG-7 on week maps", "softmax on week maps", "always winter",
    "Chosen until 9 Mar 2021; scored once.",
    network_score_text="off by 0.7", classical_score_text="off by 0.8",
    classical_text="10 %, from 5 to 15 %", network_text="12 %, from 7 to 17 %", adds=0.02, adds_low=0.01,
    adds_high=0.05, adds_text="+2 %, from 1 to 5 %", verdict="adds a little", is_adding=True,
    card=(("Learned from", "50 weeks; 9 Mar 2021 – 3 Apr 2022."), ("Says", "the quarter.")),
)  # fmt: skip
FAR = replace(
    LINE, name="far", network_name="a GAN", adds=-9.0, adds_low=-9.5, adds_high=-8.0, is_adding=False
)
LACKING = NetworkLine("clip", "Term or holiday?", "a net on clips", "", "", "", too_little="It takes a year.")
TABLE = pd.DataFrame({"question": ["Which season was it?"], "adds": [0.02]})
SHOWN = Networks(
    (LINE, FAR, LACKING, replace(LACKING, name="other", network_name="another net")),
    "One of two networks adds something", "One of two", "A deck.", "An alt.", TABLE,
    "3 networks are trained only where you ask for it: almanac learn --all.",
    (("week net", "Not trained: no time."),),
)  # fmt: skip


def test_the_key_phrase_is_marked_and_reasons_are_gathered() -> None:
    laid = lay_out_networks(SHOWN, {})
    figure = laid["figure"]
    assert [(part.text, part.emphasis) for part in figure.sentence] == [
        ("One of two", True), (" networks adds something", False),
    ]  # fmt: skip
    assert laid["too_little"] == [("a net on clips, another net", "It takes a year.")]
    assert figure.csv.startswith("data:text/csv")


def test_an_interval_far_below_leaves_room_for_the_others() -> None:
    ((_, near), (_, far)) = lay_out_networks(SHOWN, {})["groups"][0]
    assert 'stroke="var(--data)"' in near and 'stroke="var(--data)"' not in far
    starts, ends = (float(part) for part in near.split('<path d="M')[2].split('"')[0].split(" 10H"))
    assert 60 < starts < ends < 152
    assert "beyond" in far and "<circle" not in far and "beyond" not in near


def test_networks_beside_one_classical_model_are_a_group_and_those_scored_on_other_rows_another() -> None:
    other = replace(LINE, name="other", classical_text="9 %, from 4 to 14 %")
    groups = lay_out_networks(replace(SHOWN, lines=(LINE, other, FAR)), {})["groups"]
    assert [[line.name for line, _ in group] for group in groups] == [["season_vgg", "far"], ["other"]]


def test_what_cards_share_stands_once_for_all_and_once_for_a_question_and_the_rest_in_each() -> None:
    judged, how = "It describes one archive; no judge.", "A map. Size 8 or 16; then again."
    both = ("Says", "the quarter."), ("Not for", judged)
    asked = [
        Asked("Which season?", "a VGG", (("Chosen", "Size 8; of 2 ways."), *both, ("How", f"VGG-7. {how}"))),
        Asked("Which season?", "a net", (("Chosen", "Size 16; of 2 ways."), *both, ("How", f"A; b. {how}"))),
        Asked("What else?", "a GAN", (("Not for", f"Days. {judged}"),)),
    ]
    assert lay_out_cards(asked) == [
        ("All questions", (("Not for", judged),), ()),
        (
            "Which season?",
            (("Chosen", "Of 2 ways."), ("Says", "the quarter."), ("How", how)),
            (
                ("a VGG", (("Chosen", "Size 8."), ("How", "VGG-7."))),
                ("a net", (("Chosen", "Size 16."), ("How", "A; b."))),
            ),
        ),
        ("What else?", (), (("a GAN", (("Not for", "Days."),)),)),
    ]
    ((question, shared, _),) = lay_out_cards(asked[:2])  # of one question, all that is shared is its own
    assert (question, shared[1:3]) == ("Which season?", both)
    assert lay_out_cards(asked[:1]) == [("Which season?", (), (asked[0][1:],))]  # alone it shares nothing


def test_the_scale_of_what_is_added_says_its_ends_above_the_bars() -> None:
    laid = lay_out_networks(SHOWN, {})
    ticks = re.findall(r'<text x="(\S+)" y="12" text-anchor="\w+">(\S+)</text>', laid["axis"])
    (first, zero, last), said = zip(*ticks, strict=True)
    assert (said, first, last) == (("\u221230", "0", "10"), "6.0", "146.0")
    assert f'<path d="M{zero} 0V20"' in laid["groups"][0][0][1]


def test_the_page_holds_one_table_the_cards_and_what_was_not_trained(contents: Contents) -> None:
    belief = ModelBelief("likelihood", "Two weeks stand out", "Nats.", "Dots.", pd.DataFrame({"nats": [1.0]}))
    page = build_page(
        replace(contents, networks=replace(SHOWN, lines=(replace(LINE, beliefs=(belief,)), LACKING)))
    )
    for words in (
        "<em>One of two</em> networks adds something",
        "Which season was it? <small>Classical: softmax on week maps, avoids 10 %, from 5 to 15 %; ",
        '<th scope="row" role="rowheader">VGG-7 on week maps</th>',
        "+2 %, from 1 to 5 %",
        "adds a little",
        "Networks’ card: Which season was it?",
        "<h5>VGG-7 on week maps</h5>",
        "<b>a net on clips</b> It takes a year.",
        "<b>week net</b> Not trained: no time.",
        "3 networks are trained only where you ask for it: almanac learn --all.",
        'id="likelihood-head">Two weeks stand out',
        'download="almanac-networks.csv"',
    ):
        assert page.count(words) == 1, words


@pytest.mark.slow
def test_before_any_was_trained_one_line_says_how_to(contents: Contents) -> None:
    page = build_page(replace(contents, networks=Networks(untrained=SHOWN.untrained)))
    assert page.count(f'<p class="missing">{SHOWN.untrained}</p>') == 1
    assert 'id="networks"' not in page


def test_a_coarse_page_names_no_day_of_them() -> None:
    dated = ModelBelief("seen", "H", "D", "A", pd.DataFrame({"week": pd.to_datetime(["2021-03-08"])}))
    plain = ModelBelief("shape", "H", "D", "A", pd.DataFrame({"hour": [1.0]}))
    said = ModelBelief("said", "On 9 Mar 2021", "D", "A", pd.DataFrame({"hour": [1.0]}))
    (line,) = coarsen_networks(replace(SHOWN, lines=(replace(LINE, beliefs=(dated, plain, said)),))).lines
    assert line.how == "Scored once."
    assert line.card == (("Learned from", "50 weeks."), ("Says", "the quarter."))
    assert line.beliefs == (plain,)
