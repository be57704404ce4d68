"""The two fans: they start from the count, end at their bands, and each names its chance."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from pipeline.charts.forecast import FORECAST_HEIGHT
from pipeline.charts.forecast_ways import (
    NARROW_FOOT,
    NARROW_PLOT,
    draw_forecast_ways,
    picture_forecast_ways,
)
from pipeline.charts.tokens import DARK, LIGHT, Theme
from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.finding import Finding


def make_frames(
    now: str = "2025-11-19",
    so_far: float = 14_709,
    seasons: float = 56,
    alike: float = 44,
    chances: Any = (11, 2),
) -> dict[str, pd.DataFrame]:
    """Invent a year that grows evenly, and two fans that widen with the days."""
    past = pd.date_range("2025-01-01", now)
    coming = pd.date_range(past[-1], "2025-12-31")[1:]
    ahead = np.arange(1, len(coming) + 1)
    fans = {
        f"{name}{end}": so_far + rate * (1 + spread) * ahead
        for name, rate in (("seasons", seasons), ("alike", alike))
        for end, spread in (("_low", -0.15), ("", 0.0), ("_high", 0.15))
    }
    main = pd.DataFrame({"date": past, "count": np.linspace(0, so_far, len(past) + 1)[1:]})
    main = pd.concat([main, pd.DataFrame({"date": coming, **fans})], ignore_index=True)
    ways = pd.DataFrame({"way": ["replayed seasons", "months alike"], "chance_in_20": list(chances)})
    return {"frame": main, "ways": ways}


def draw(
    sheet: Callable[..., Axes], width: float = 744, *, aim: int = 17_000, theme: Theme = LIGHT, **scene: Any
) -> tuple[Axes, Axes]:
    narrow = width < 400
    whole = sheet(width, NARROW_PLOT + NARROW_FOOT if narrow else FORECAST_HEIGHT)
    plot = draw_forecast_ways(whole, **make_frames(**scene), target=aim, theme=theme, narrow=narrow)
    return plot, whole


def test_both_fans_begin_at_the_count_and_end_at_their_bands(sheet: Callable[..., Axes]) -> None:
    frame = make_frames()["frame"]
    plot, whole = draw(sheet)
    lines = {line.get_label(): np.asarray(line.get_ydata()) for line in plot.lines}
    ends = frame.iloc[-1]
    for label, column in (
        ("alike_low", "alike_low"),
        ("alike_high", "alike_high"),
        ("alike, middle", "alike"),
        ("seasons, middle", "seasons"),
    ):
        assert lines[label][0] == 14_709
        assert lines[label][-1] == ends[column]
    [band] = plot.collections
    corners = band.get_paths()[0].vertices
    assert corners[:, 1].max() == ends["seasons_high"]
    assert pytest.approx(ends["seasons_low"]) in corners[:, 1].tolist()
    bottom, top = plot.get_ylim()
    high_px = FORECAST_HEIGHT - 32
    for name, column in (("replayed seasons", "seasons"), ("months alike", "alike")):
        [bar] = [line for line in whole.lines if line.get_label() == f"{name}, band"]
        values = top - np.asarray(bar.get_ydata()) / high_px * (top - bottom)
        np.testing.assert_allclose(values, [ends[f"{column}_low"], ends[f"{column}_high"]])


@pytest.mark.parametrize("width", [744, 328])
def test_each_fan_has_its_name_and_its_chance_and_the_target_alone_is_red(
    sheet: Callable[..., Axes], texts: Any, width: int
) -> None:
    plot, whole = draw(sheet, width)
    said = set(texts(whole))
    assert said >= (
        {"11 in 20", "2 in 20", "replayed seasons", "months alike"}
        if width == 744
        else {"11 in 20, replayed seasons", "2 in 20, months alike"}
    )
    red = [
        text
        for ax in (plot, whole)
        for text, label in texts(ax).items()
        if to_hex(label.get_color()).upper() == LIGHT.mark
    ]
    assert red == ["17,000"]
    assert [text.get_text() for text in plot.texts].count("17,000") == 1  # no grey tick beside it


SCENES = {
    "November": {},
    "January": {"now": "2025-01-09", "so_far": 310, "seasons": 40, "alike": 52, "aim": 15_000},
    "first of January": {"now": "2025-01-01", "so_far": 31, "seasons": 40, "alike": 40, "aim": 15_000},
    "alike above": {"seasons": 40, "alike": 90, "aim": 17_000},
    "the same": {"seasons": 50, "alike": 50, "aim": 17_000},
    "a million": {"so_far": 1_200_000, "seasons": 4_000, "alike": 9_000, "aim": 1_400_000},
    "far target": {"aim": 40_000},
    "near target": {"aim": 14_750},
    "last days": {"now": "2025-12-29", "so_far": 16_930, "aim": 17_000},
    "hardly any": {"so_far": 88, "seasons": 0.3, "alike": 0.1, "aim": 100, "chances": (20, 0)},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("width", [744, 664, 328])
@pytest.mark.parametrize("scene", SCENES)
def test_nothing_is_clipped_or_collides(
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any, scene: str, width: int
) -> None:
    _, whole = draw(sheet, width, **SCENES[scene])  # type: ignore[arg-type]
    assert find_clipped(whole.figure) == []
    assert find_collisions(whole.figure) == []


def test_the_night_has_its_own_colours(sheet: Callable[..., Axes]) -> None:
    plot, _ = draw(sheet, theme=DARK)
    [line] = [line for line in plot.lines if line.get_label() == "so far"]
    assert to_hex(line.get_color()).upper() == DARK.data


def test_without_anything_to_come_nothing_is_drawn() -> None:
    frames = make_frames()
    finding = Finding("forecast_ways", "Forecast", "", "", "", "", (), "", "", mark=(17_000,))
    drawn = Answer({MAIN: frames["frame"], "ways": frames["ways"]}, finding)
    assert picture_forecast_ways(drawn, None) is not None  # type: ignore[arg-type]
    past = frames["frame"][frames["frame"]["count"].notna()]
    assert picture_forecast_ways(Answer({MAIN: past, "ways": frames["ways"]}, finding), None) is None  # type: ignore[arg-type]
