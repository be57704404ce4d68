"""The networks on the page: one table on one scale, their picture, and what each can show of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from pipeline.report.contents import Drawing, NetworkLine, Networks
from pipeline.report.csv_link import link_csv
from pipeline.report.editions import list_editions
from pipeline.report.figures import Figure, lay_out_belief
from pipeline.report.interval import choose_scale, draw_interval
from pipeline.report.sentences import Part
from pipeline.report.tables import lay_out_table

NAME = "networks"
FURTHEST = 2.0  # times the scale's upper end: an interval further down ends at the scale's edge


def lay_out_networks(networks: Networks, drawings: Mapping[str, Drawing]) -> dict[str, Any]:
    """Return what the template shows; ``figure`` is ``None`` where no network has been scored."""
    scored = [line for line in networks.lines if line.adds is not None]
    high = max([line.adds_high or 0.0 for line in scored], default=0.0)
    least = -FURTHEST * max(high, 0.05)
    ends = [tuple(max(end or 0.0, least) for end in (line.adds_low, line.adds_high)) for line in scored]
    scale = choose_scale((low, high) for low, high in ends)
    return {
        "lines": [(line, _draw(line, least, scale)) for line in scored],
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


def _draw(line: NetworkLine, least: float, scale: tuple[float, float]) -> Markup:
    assert line.adds is not None and line.adds_low is not None and line.adds_high is not None
    low, high = max(line.adds_low, least), max(line.adds_high, least)
    return draw_interval(max(line.adds, least), low, high, scale, claimed=line.is_adding)


def _gather_reasons(lines: Iterable[NetworkLine]) -> list[tuple[str, str]]:
    """Return what the archive lacks, each once, after all the networks that wait for it."""
    waiting: dict[str, list[str]] = {}
    for line in lines:
        if line.too_little is not None:
            waiting.setdefault(line.too_little, []).append(line.network_name)
    return [(", ".join(names), why) for why, names in waiting.items()]
