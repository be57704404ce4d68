"""The networks on the page: one table on one scale, their picture, and what each can show of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from pipeline.report.cards import Asked, lay_out_cards
from pipeline.report.contents import Drawing, NetworkLine, Networks
from pipeline.report.csv_link import link_csv
from pipeline.report.editions import list_editions
from pipeline.report.figures import Figure, lay_out_belief
from pipeline.report.interval import choose_scale, draw_axis, draw_interval
from pipeline.report.sentences import Part
from pipeline.report.tables import lay_out_table

NAME = "networks"
HOW = "How it is done"
ROOM = 1.3  # times the most that one adds or lacks: an interval that reaches further ends in an arrow
LEAST, FURTHEST = 0.05, 0.3  # of errors added or lacking, where the scale may end


def lay_out_networks(networks: Networks, drawings: Mapping[str, Drawing]) -> dict[str, Any]:
    """Return what the template shows; ``figure`` is ``None`` where no network has been scored."""
    scored = [line for line in networks.lines if line.adds is not None]
    most = max([abs(line.adds or 0.0) for line in scored], default=0.0)
    reach = min(max(ROOM * most, LEAST), FURTHEST)
    ends = [(_clip(line.adds_low, reach), _clip(line.adds_high, reach)) for line in scored]
    scale = choose_scale(ends)
    groups: dict[tuple[str, ...], list[tuple[NetworkLine, Markup]]] = {}  # beside one classical model each
    for line in scored:
        key = line.question, line.classical_name, line.classical_text, line.classical_score_text
        groups.setdefault(key, []).append((line, _draw(line, scale)))
    return {
        "groups": list(groups.values()),
        "axis": draw_axis(scale),
        "cards": lay_out_cards(
            [Asked(one.question, one.network_name, (*one.card, (HOW, one.how))) for one in scored]
        ),
        "figure": _lay_out_picture(networks, drawings.get(NAME)) if scored else None,
        "beliefs": [lay_out_belief(one, drawings.get(one.name)) for line in scored for one in line.beliefs],
        "too_little": _gather_reasons(networks.lines),
        "left": networks.left,
        "untrained": networks.untrained,
    }


def _lay_out_picture(networks: Networks, drawing: Drawing | None) -> Figure:
    table = networks.table
    head, key, tail = networks.headline.partition(networks.emphasis)
    parts = (Part(head), Part(key, emphasis=True), Part(tail)) if networks.emphasis else (Part(head),)
    return Figure(
        NAME,
        tuple(part for part in parts if part.text),
        networks.deck,
        networks.alt,
        forms=tuple(list_editions(NAME, drawing)) if drawing else (),
        tables=(lay_out_table(table, NAME),) if table is not None else (),
        csv=link_csv(table) if table is not None else "",
    )


def _draw(line: NetworkLine, scale: tuple[float, float]) -> Markup:
    share, low, high = (part or 0.0 for part in (line.adds, line.adds_low, line.adds_high))
    return draw_interval(share, low, high, scale, claimed=line.is_adding)


def _clip(share: float | None, reach: float) -> float:
    return min(max(share or 0.0, -reach), reach)


def _gather_reasons(lines: Iterable[NetworkLine]) -> list[tuple[str, str]]:
    """Return what the archive lacks, each once, after all the networks that wait for it."""
    waiting: dict[str, list[str]] = {}
    for line in lines:
        if line.too_little is not None:
            waiting.setdefault(line.too_little, []).append(line.network_name)
    return [(", ".join(names), why) for why, names in waiting.items()]
