"""The networks as the report's room takes them: it may not know the models' work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.networks.networks import NAMES, load_network, say_untrained
from flows.networks.result import ADDING, say_beside
from flows.networks.summary import frame_networks, list_scored, sum_up
from flows.work.result import WorkResult, frame_belief
from models.comparison import Avoided
from pipeline.report.contents import ModelBelief, NetworkLine, Networks


def lay_out_networks(
    results: Sequence[WorkResult], left: Mapping[str, str], *, names: Sequence[str] = NAMES
) -> Networks:
    """Return what the page shows of ``results``; ``left``: why others were not trained, by name."""
    waiting = len(set(names) - {result.name for result in results} - set(left))
    untrained = say_untrained(waiting) if waiting else ""
    why = _gather_names(left)
    lines = [
        *map(_convert, list_scored(results)),
        *(_convert(result) for result in results if result.too_little is not None),
    ]
    summary = sum_up(results)
    if summary is None:
        return Networks(tuple(lines), untrained=untrained, left=why)
    return Networks(tuple(lines), *summary, frame_networks(results), untrained, why)


def _gather_names(left: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return each reason once, after the networks that were left for it, as the page names them."""
    waiting: dict[str, list[str]] = {}
    for name, reason in left.items():
        waiting.setdefault(reason, []).append(load_network(name).network_name)
    return tuple((", ".join(names), reason) for reason, names in waiting.items())


def _convert(result: WorkResult) -> NetworkLine:
    beside = result.beside
    if beside is None:
        return NetworkLine(
            result.name, result.question, result.model_name, "", "", result.how, too_little=result.too_little
        )
    assert result.avoided is not None and result.low is not None and result.high is not None
    beliefs = (
        ModelBelief(one.name, one.headline, one.deck, one.alt, frame_belief(one)) for one in result.beliefs
    )
    return NetworkLine(
        result.name, result.question, result.model_name, beside.name, result.baseline_name, result.how,
        network_score_text=result.model_score_text,
        classical_score_text=beside.score_text,
        classical_text=say_beside(Avoided(beside.avoided, beside.low, beside.high)),
        network_text=say_beside(Avoided(result.avoided, result.low, result.high)),
        adds=beside.adds, adds_low=beside.adds_low, adds_high=beside.adds_high, adds_text=result.certainty,
        verdict=result.verdict, is_adding=result.verdict in ADDING,
        beliefs=tuple(beliefs),
        card=result.card,
    )  # fmt: skip
