"""Upright boxes in an SVG's paths, written as steps: a calendar of ten years is then a third as long."""

from __future__ import annotations

import re

_NUMBER = r"-?\d+(?:\.\d+)?"
_BOX = re.compile(
    rf"M ({_NUMBER}) ({_NUMBER}) \nL ({_NUMBER}) \2 \nL \3 ({_NUMBER}) \nL \1 \4 \n(?:L \1 \2 \n)?z\n"
)
DIGITS = 2  # of a point: a hundredth cannot be seen


def shorten_boxes(svg: str) -> str:
    """Return the same picture with every upright box as ``M x y H x V y H x z``."""
    return _BOX.sub(_step, svg)


def _step(found: re.Match[str]) -> str:
    left, top, right, bottom = (_round(number) for number in found.groups())
    return f"M{left} {top}H{right}V{bottom}H{left}z"


def _round(number: str) -> str:
    return f"{round(float(number), DIGITS):g}"
