from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from pipeline.charts.eigenweeks import draw_eigenweeks, find_eigenweeks_height, picture_eigenweeks
from pipeline.charts.tokens import LIGHT
from pipeline.patterns.eigenweeks import answer_eigenweeks

NAMES = ["how full the week is", "evenings against mornings", "weekends against workdays"]


def _draw(sheet: Callable[..., Axes], n: int, width: int = 744, **changed: Any) -> Axes:
    frame = pd.DataFrame(
        {
            "component": np.repeat(np.arange(1, n + 1), 168),
            "weekday": np.tile(np.repeat(np.arange(7), 24), n),
            "hour": np.tile((np.arange(168) + 4) % 24, n),
            "weight": np.tile(np.linspace(-1, 1, 168), n),
        }
    )
    shares = pd.DataFrame(
        {
            "component": [1, 2, 3],
            "share": [0.3, 0.2, 0.04],
            "low": [0.25, 0.15, 0.03],
            "high": [0.4, 0.22, 0.05],
        }
    ).assign(chance=[0.1, 0.09, 0.08])
    names = pd.DataFrame({"component": np.arange(1, n + 1), "note": NAMES[:n]})
    ax = sheet(width, find_eigenweeks_height(n, 3, bool(changed.get("narrow"))))
    draw_eigenweeks(ax, frame, shares=shares, names=names, mark=(1,), **changed)
    return ax


def test_each_component_has_a_bar_and_each_kept_one_a_map(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    ax = _draw(sheet, 2)
    bars = [(bar.get_width(), bar.get_facecolor()) for bar in ax.child_axes[0].patches]
    assert [width for width, _ in bars] == [0.3, 0.2, 0.04]
    assert len({colour for _, colour in bars}) == 3  # red, kept, by chance
    assert [plot.get_label() for plot in ax.child_axes[1:]] == [
        "How full the week is", "Evenings against mornings",
    ]  # fmt: skip
    assert texts(ax)["How full the week is"].get_color() == LIGHT.mark
    assert texts(ax)["Evenings against mornings"].get_color() == LIGHT.ink
    assert {"30\u00a0%", "20\u00a0%", "4.0\u00a0%"} <= set(texts(ax.child_axes[0]))


@pytest.mark.parametrize(("width", "narrow"), [(744, False), (328, True)])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_nothing_is_clipped_or_collides(
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any, width: int, narrow: bool, n: int
) -> None:
    ax = _draw(sheet, n, width, narrow=narrow)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


def test_chance_has_no_picture(subject_of: Any) -> None:
    rng = np.random.default_rng(0)
    steady = subject_of(pd.date_range("2025-01-01", periods=1000, freq="6h"))
    assert picture_eigenweeks(answer_eigenweeks(steady, rng), steady.coverage) is None
    hours = np.concatenate(
        [np.arange(168) + 168 * week for week in range(40) for _ in range(1 + week % 2 * 4)]
    )
    full = subject_of(pd.Timestamp("2025-01-06") + pd.to_timedelta(hours, unit="h"))
    assert picture_eigenweeks(answer_eigenweeks(full, rng), full.coverage) is not None
