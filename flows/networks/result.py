"""What a network came to, in words: beside the baseline, and beside the classical model of its question.

Three things stand on one scale, the share of the baseline's errors that is avoided: the classical model's,
the network's, and what the network adds, the difference of the two. With off_b, off_c and off_n the errors,

    classical = 1 − off_c/off_b      network = 1 − off_n/off_b      adds = (off_c − off_n)/off_b

The last one's interval is that of 1 − off_n/off_c, weighed on the same rows like every other, in the
measure of the baseline. A network is said to add something only where that whole interval lies above 0, its
own does too, and it finds nothing in shuffled labels or counts; where it may lie far above and far below,
too few weeks are scored to say. Intervals are widened for the networks and the pieces of classical work
together: what each network adds and what each work avoids hold with 95 % for all, and the shares beside them
are as wide. A control's is not widened: there, a wide one would hide what is found.
"""

from __future__ import annotations

from typing import NamedTuple

from flows.networks.network import Control, Network, NetworkDone, Tried
from flows.work.card import fill_card
from flows.work.classified import SHUFFLED
from flows.work.evidence import CLEAR, N_TRIED, SHOWN, say_avoided, weigh_control, weigh_errors
from flows.work.result import Beside, WorkResult, span_days
from models.comparison import Avoided
from models.types import Array
from pipeline.patterns.wording import (
    NO_BREAK,
    begin,
    say_count,
    say_days,
    say_percents,
    say_points,
    say_tenths,
)

ADDS_CLEARLY = "adds clearly"
ADDS_A_LITTLE = "adds a little"
NOTHING_SEEN = "nothing seen to add"  # far above 0 the interval may still reach
NOT_SEEN = "not seen to add anything"  # the same in a sentence
WORSE = "does worse"
TOO_FEW = "too few weeks to say"
ADDING = frozenset({ADDS_CLEARLY, ADDS_A_LITTLE})
SHUFFLED_COUNTS = "Shuffled counts"


class Weighed(NamedTuple):
    """Shares of the baseline's errors, each with its interval."""

    classical: Avoided
    network: Avoided
    adds: Avoided
    control: Avoided | None


def weigh(tried: Tried, seed: int, n_tried: int = N_TRIED) -> Weighed:
    """Compare the three on their rows, and the network's control with its own baseline."""

    def compare(errors: Array, others: Array) -> Avoided:
        return weigh_errors(
            errors, others, tried.days, seed, blocks=tried.blocks, n_tried=n_tried, root=tried.root
        )

    off = _find_off(tried.baseline, tried)
    scale = _find_off(tried.classical, tried) / off if off > 0 else 0.0
    adds = Avoided(*(scale * part for part in compare(tried.network, tried.classical)))
    control = tried.control and weigh_control(
        tried.control.network, tried.control.baseline, tried.days, seed, blocks=tried.blocks, root=tried.root
    )
    return Weighed(
        compare(tried.classical, tried.baseline), compare(tried.network, tried.baseline), adds, control
    )


def judge(weighed: Weighed) -> str:
    """Return the verdict on what the network adds to the classical model."""
    if weighed.adds.high <= -SHOWN:
        return WORSE
    blind = weighed.control is None or not weighed.control.low >= SHOWN
    if not (blind and weighed.adds.low >= SHOWN and weighed.network.low >= SHOWN):
        return TOO_FEW if weighed.adds.low < -CLEAR and weighed.adds.high > CLEAR else NOTHING_SEEN
    return ADDS_CLEARLY if weighed.adds.low >= CLEAR else ADDS_A_LITTLE


def make_result(network: Network, done: NetworkDone, *, seed: int = 0) -> WorkResult:
    """Return the record of a network's work, with its card."""
    if done.tried is None or done.facts is None:
        too_little = done.too_little or f"It takes {network.needs}."
        return WorkResult(
            network.name, network.question, network.network_name, "",
            headline=too_little, emphasis="", deck="", alt=too_little, how=network.how, too_little=too_little,
        )  # fmt: skip
    tried, facts = done.tried, done.facts
    weighed = weigh(tried, seed)
    verdict = judge(weighed)
    said = _say_verdict(network, verdict)
    headline, emphasis = _head(network, weighed, said, verdict)
    scored = span_days(tried.days)
    offs = [_say_off(part, tried) for part in (tried.classical, tried.network, tried.baseline)]
    result = WorkResult(
        network.name, network.question, network.network_name, tried.baseline_name, headline,
        emphasis=emphasis,
        deck=f"Share of the errors of the baseline ({tried.baseline_name}) that is avoided on "
        f"{say_count(len(tried.days))} {tried.rows} that neither had seen: {say_beside(weighed.network)} by "
        f"the network, {say_beside(weighed.classical)} by {network.classical_name}.",
        alt=f"{begin(network.network_name)} {offs[1]}, {network.classical_name} {offs[0]}, the baseline "
        f"{offs[2]}, {say_days(*scored)}.",
        how=network.how,
        model_score_text=offs[1], baseline_score_text=offs[2],
        model_score=_find_off(tried.network, tried), baseline_score=_find_off(tried.baseline, tried),
        avoided=weighed.network.share, low=weighed.network.low, high=weighed.network.high,
        verdict=verdict, certainty=say_adds(weighed.adds),
        n_scored=len(tried.days), scored_unit=tried.rows, learned=facts.learned, scored=scored,
        n_tried=N_TRIED, beliefs=tuple(one._replace(deck=f"{one.deck} {said}.") for one in done.beliefs),
        card=() if tried.control is None else (_say_control(tried.control, tried, weighed),),
        beside=Beside(network.classical_name, offs[0], *weighed.classical, *weighed.adds),
    )  # fmt: skip
    return fill_card(
        result,
        n_learned=facts.n_learned, learned_nouns=facts.learned_nouns, looks_at=facts.looks_at,
        features=facts.features, label=facts.label, chosen=facts.chosen, file=facts.file,
        not_for=facts.not_for, scores=_say_scores(result),
    )  # fmt: skip


def say_beside(avoided: Avoided) -> str:
    """Write a share and its interval, in tenths, so that two shares and their difference agree."""
    return say_avoided(avoided, say_tenths)


def say_adds(adds: Avoided) -> str:
    """Write what a network adds and its interval, differences of shares: +1.2 points, from −0.4 to 2.9."""
    ends = say_percents(adds.low, adds.high).removesuffix(f"{NO_BREAK}%")
    return f"{say_points(adds.share)}, from {ends}"


def _head(network: Network, weighed: Weighed, said: str, verdict: str) -> tuple[str, str]:
    """Return the headline and its key phrase; ``said`` is the verdict as a sentence."""
    if verdict not in ADDING:
        return said, {TOO_FEW: begin(TOO_FEW), NOTHING_SEEN: NOT_SEEN}.get(verdict, verdict)
    phrase = f"{say_points(weighed.adds.share).lstrip('+')} more"
    return (
        f"{begin(network.network_name)} avoids {say_tenths(weighed.network.share)} of the errors, {phrase} "
        f"than {network.classical_name}",
        phrase,
    )


def _say_verdict(network: Network, verdict: str) -> str:
    if verdict == TOO_FEW:
        return f"{begin(verdict)} whether {network.network_name} adds anything to {network.classical_name}"
    if verdict == NOTHING_SEEN:
        return f"{begin(network.network_name)} is {NOT_SEEN} to {network.classical_name}"
    to = "than" if verdict == WORSE else "to"
    return f"{begin(network.network_name)} {verdict} {to} {network.classical_name}"


def _find_off(errors: Array, tried: Tried) -> float:
    mean = float(errors.mean())
    return mean**0.5 if tried.root else mean


def _say_off(errors: Array, tried: Tried) -> str:
    off = _find_off(errors, tried)
    return f"off by {off:#.3g}" if tried.root else f"{off:#.4g} {tried.unit}".strip()


def _say_scores(result: WorkResult) -> str:
    """Say what the table of networks and its picture do not: on what, and how far the baseline is off."""
    assert result.scored is not None
    return (
        f"On {say_count(result.n_scored)} {result.scored_unit}; {say_days(*result.scored)}. "
        f"The baseline ({result.baseline_name}): {result.baseline_score_text}."
    )


def _say_control(control: Control, tried: Tried, weighed: Weighed) -> tuple[str, str]:
    """Return the card's line: what was shuffled, and what the network made of it."""
    assert weighed.control is not None
    shuffled = control.shuffled or f"the labels shuffled among all {tried.rows}"
    other = control.baseline_name or "the baseline"
    taught = (
        f"The same, taught and asked with {shuffled}. The network: {_say_off(control.network, tried)}. "
        f"{begin(other)}: {_say_off(control.baseline, tried)}."
    )
    if weighed.control.low >= SHOWN:
        said = f"{taught} Even so the network beats {other}, and nothing is claimed here."
    else:
        said = f"{taught} Nothing is found there, as it should be."
    return SHUFFLED_COUNTS if control.shuffled else SHUFFLED, said
