"""Upright boxes written as steps: fewer letters, the same corners."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.charts.short_paths import shorten_boxes

NUMBERS = st.floats(-2000, 2000).map(lambda value: round(value, 4))


def _write(left: float, top: float, right: float, bottom: float, *, closing: bool = False) -> str:
    corners = [(right, top), (right, bottom), (left, bottom), *([(left, top)] if closing else [])]
    return f"M {left:g} {top:g} \n" + "".join(f"L {x:g} {y:g} \n" for x, y in corners) + "z\n"


def test_boxes_become_steps_and_all_else_stays() -> None:
    line = '<path d="M 0 1 \nL 2 3 \n" style="fill: none"/>'
    boxes = _write(1.234, 2, 4.5, 6.789) + _write(-1, 0, 0.25, 9.999, closing=True)
    svg = f'<path d="{boxes}" style="fill: #2b4a9b"/>{line}'
    assert shorten_boxes(svg) == (
        f'<path d="M1.23 2H4.5V6.79H1.23zM-1 0H0.25V10H-1z" style="fill: #2b4a9b"/>{line}'
    )


def test_what_is_no_upright_box_stays() -> None:
    for path in (
        "M 0 0 \nL 2 0 \nL 2 2 \nL 0.5 2 \nz\n",
        "M 0 0 \nL 2 0.1 \nL 2 2 \nL 0 2 \nz\n",
        "M 0 0 \nL 2 0 \nL 2 2 \nL 0 2 \n",
        "M 1e-05 0 \nL 2 0 \nL 2 2 \nL 1e-05 2 \nz\n",
    ):
        assert shorten_boxes(path) == path


@given(st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=5))
def test_corners_move_by_less_than_a_hundredth(boxes: list[tuple[float, float, float, float]]) -> None:
    short = shorten_boxes("".join(_write(*box) for box in boxes))
    found = re.findall(r"M(\S+) (\S+)H(\S+)V(\S+)H(\S+)z", short)
    if any("e" in _write(*box) for box in boxes):
        return
    assert len(found) == len(boxes)
    for box, (left, top, right, bottom, back) in zip(boxes, found, strict=True):
        assert left == back
        assert all(abs(float(a) - b) < 0.0151 for a, b in zip((left, top, right, bottom), box, strict=True))
