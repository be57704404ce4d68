"""The sites that so many people use that naming one says little of anybody: a public list, and a short one.

Left out on purpose, however large they are: health, money, work and dating, faith and politics, what is for
adults, schools, towns, and everything of one country alone.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def list_common_sites() -> frozenset[str]:
    """Return the registrable domains of the list."""
    lines = files("pipeline.export").joinpath("common_sites.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def hide_site(site: str | None) -> str | None:
    """Return a site of the list as it is, and nothing of any other."""
    return site if site in list_common_sites() else None
