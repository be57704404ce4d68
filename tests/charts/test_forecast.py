"""The forecast's picture: the count, the fan, the number asked about, twenty circles; and its short form."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Circle

from pipeline.charts.forecast import (
    FORECAST_HEIGHT,
    NARROW_FOOT,
    NARROW_PLOT,
    arrange_circles,
    draw_forecast,
    picture_forecast,
)
from pipeline.charts.forecast_short import SHORT_HEIGHT, draw_forecast_short
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.answer import Answer
from pipeline.patterns.answers import compute_answer

SHARES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
NAMES = ("q02", "q10", "q25", "q50", "q75", "q90", "q97")


def make_frames(
    now: str = "2025-11-19", so_far: float = 14_709, a_day: float = 56, spread: float = 0.2, aim: int = 17_000
) -> dict[str, pd.DataFrame]:
    """Invent a year that grows evenly, and outcomes that lie evenly around its middle."""
    past = pd.date_range("2025-01-01", now)
    coming = pd.date_range(past[-1], "2025-12-31")[1:]
    ahead = np.arange(1, len(coming) + 1)
    middle = so_far + a_day * ahead
    ends = {name: middle + spread * a_day * ahead * (2 * share - 1) for name, share in
            zip(NAMES, SHARES, strict=True)}  # fmt: skip
    main = pd.DataFrame({"date": past, "count": np.linspace(0, so_far, len(past) + 1)[1:]})
    main = pd.concat([main, pd.DataFrame({"date": coming, **ends})], ignore_index=True)
    places = (np.arange(20) + 0.5) / 20
    outcomes = middle[-1] + spread * a_day * ahead[-1] * (2 * places - 1)
    low, high = float(ends["q25"][-1]), float(ends["q75"][-1])
    target = pd.DataFrame({"target": [aim], "chance_in_20": [int((outcomes > aim).sum())], "low": [low],
                           "high": [high]})  # fmt: skip
    return {"frame": main, "target": target, "outcomes": pd.DataFrame({"outcome": outcomes})}


def draw(sheet: Callable[..., Axes], width: float = 744, **kwargs: Any) -> tuple[Axes, Axes]:
    """Draw invented frames; return the plot and the sheet that it stands on."""
    options = {name: kwargs.pop(name) for name in ("theme", "narrow") if name in kwargs}
    height = NARROW_PLOT + NARROW_FOOT if options.get("narrow") else FORECAST_HEIGHT
    whole = sheet(width, height)
    return draw_forecast(whole, **(kwargs or make_frames()), **options), whole


def list_circles(ax: Axes) -> list[Circle]:
    return [patch for patch in ax.patches if isinstance(patch, Circle)]


def test_the_line_ends_where_the_fan_begins(sheet: Callable[..., Axes]) -> None:
    frames = make_frames()
    plot, _ = draw(sheet, **frames)
    lines = {line.get_label(): line for line in plot.lines}
    past = frames["frame"]["count"].dropna()
    assert lines["so far"].get_ydata().tolist() == past.tail(84).tolist()  # two days for each to come
    assert lines["middle"].get_ydata()[0] == past.iloc[-1] == 14_709
    assert lines["middle"].get_ydata()[1:].tolist() == frames["frame"]["q50"].dropna().tolist()
    bands = {band.get_label(): band.get_paths()[0].vertices for band in plot.collections}
    assert list(bands) == ["q02 to q97", "q10 to q90", "q25 to q75"]
    for name, corners in bands.items():
        lower, upper = name.split(" to ")
        assert corners[:, 1].min() == 14_709
        assert corners[:, 1].max() == pytest.approx(frames["frame"][upper].iloc[-1])
        assert pytest.approx(frames["frame"][lower].iloc[-1]) in corners[:, 1].tolist()
    low, high = plot.get_ylim()
    assert low <= past.tail(84).iloc[0]
    assert high > max(frames["frame"]["q97"].max(), 17_000)


def test_the_target_is_the_one_red_thing(sheet: Callable[..., Axes], texts: Any) -> None:
    plot, whole = draw(sheet)
    rules = [line for line in plot.lines if to_hex(line.get_color()).upper() == LIGHT.mark]
    assert [list(line.get_ydata()) for line in rules] == [[17_000, 17_000]]
    red = [
        text
        for ax in (plot, whole)
        for text, label in texts(ax).items()
        if to_hex(label.get_color()).upper() == LIGHT.mark
    ]
    chances = int(make_frames()["target"]["chance_in_20"].iloc[0])
    assert red == ["17,000", f"{chances} in 20"]
    ticked, _ = draw(sheet, **make_frames(aim=16_000))
    assert [text.get_text() for text in ticked.texts].count("16,000") == 1  # no grey tick beside it
    assert "14,709 on 19 Nov" in texts(plot)
    assert "16,826\u00a0–\u00a017,296" in texts(whole)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("aim", [15_000, 16_700, 17_000, 17_300, 17_900])
def test_as_many_circles_are_filled_as_outcomes_pass(
    sheet: Callable[..., Axes], texts: Any, aim: int, narrow: bool
) -> None:
    frames = make_frames(aim=aim)
    k = int(frames["target"]["chance_in_20"].iloc[0])
    plot, whole = draw(sheet, 328 if narrow else 744, narrow=narrow, **frames)
    circles = list_circles(whole)
    filled = [c for c in circles if c.get_label() == "passes"]
    assert (len(circles), len(filled)) == (20, k)
    assert {to_hex(c.get_facecolor()).upper() for c in filled} <= {LIGHT.mark}
    assert all(c.get_facecolor()[3] == 0 for c in circles if c not in filled)
    said = set(texts(whole))
    assert (f"{k} in 20 pass {aim:,}" if narrow else f"{k} in 20") in said
    if narrow:
        assert len({c.center[1] for c in circles}) == 1
    else:
        bottom, top = plot.get_ylim()
        line = (top - aim) / (top - bottom) * (FORECAST_HEIGHT - 32)
        assert all((c.center[1] < line) == (c in filled) for c in circles)


def test_circles_stand_at_their_heights_in_rows_that_do_not_overflow() -> None:
    spots = np.linspace(40, 140, 20)
    places = arrange_circles(spots, 100.0, 12.5)
    assert len(set(places)) == 20
    assert all(abs(y - spot) <= 12.5 for (_, y), spot in zip(places, spots, strict=True))
    packed = arrange_circles(np.full(20, 99.9), 100.0, 12.5)
    assert len(set(packed)) == 20
    assert max(k for k, _ in packed) == 6
    assert sorted({y for _, y in packed}) == [68.75, 81.25, 93.75]


SCENES = {
    "November": {},
    "January": {"now": "2025-01-09", "so_far": 310, "a_day": 40, "aim": 15_000},
    "first of January": {"now": "2025-01-01", "so_far": 31, "a_day": 40, "aim": 15_000},
    "July": {"now": "2025-07-04", "so_far": 8_012, "a_day": 43, "spread": 0.5, "aim": 16_000},
    "just before the target": {"so_far": 16_900, "a_day": 10, "aim": 17_000},
    "nothing more": {"a_day": 0, "aim": 14_800},
    "a few": {"so_far": 88, "a_day": 0.3, "aim": 100},
    "a million": {"so_far": 1_200_000, "a_day": 4_000, "aim": 1_400_000},
    "all pass": {"aim": 14_900},
    "none passes": {"aim": 18_400},
    "last days": {"now": "2025-12-29", "so_far": 16_930, "a_day": 45, "aim": 17_000},
    "wide": {"now": "2025-06-10", "so_far": 5_000, "a_day": 30, "spread": 1.0, "aim": 10_000},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("width", [744, 664, 328])
@pytest.mark.parametrize("scene", SCENES)
def test_nothing_is_clipped_or_collides(
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any, scene: str, width: int
) -> None:
    _, whole = draw(sheet, width, narrow=width == 328, **make_frames(**SCENES[scene]))
    assert find_clipped(whole.figure) == []
    assert find_collisions(whole.figure) == []
    circles = list_circles(whole)
    for text in whole.texts:
        box = text.get_window_extent()
        for circle in circles:
            around = circle.get_window_extent()
            assert not box.padded(-2).overlaps(around), (text.get_text(), circle.center)
    assert all(circle.center[1] >= 0 for circle in circles)


def test_the_night_has_its_own_colours(sheet: Callable[..., Axes]) -> None:
    plot, _ = draw(sheet, theme=DARK, **make_frames())
    assert {to_hex(line.get_color()).upper() for line in plot.lines if line.get_label() == "so far"} == {
        DARK.data
    }


@pytest.mark.parametrize(("n", "there"), [(0, "0 days"), (1, "1 day"), (19, "19 days"), (89, "89 days")])
@pytest.mark.parametrize("width", [744, 328])
def test_the_short_form_is_a_bar_that_fills(
    sheet: Callable[..., Axes],
    texts: Any,
    find_clipped: Any,
    find_collisions: Any,
    n: int,
    there: str,
    width: int,
) -> None:
    ax = sheet(width, SHORT_HEIGHT)
    draw_forecast_short(ax, n=n, needed=90)
    bars = {bar.get_label(): bar.get_width() for bar in ax.patches}
    assert bars == {"needed": width, **({"there": pytest.approx(n / 90 * width)} if n else {})}
    assert set(texts(ax)) == {there, "90 days"}
    assert find_clipped(ax.figure) == []
    assert find_collisions(ax.figure) == []


@pytest.mark.parametrize(
    ("what", "said"), [("searches", "1 search"), ("entries", "1 entry"), ("videos", "1 video")]
)
def test_the_short_form_counts_what_is_too_few(
    sheet: Callable[..., Axes], texts: Any, what: str, said: str
) -> None:
    ax = sheet(744, SHORT_HEIGHT)
    draw_forecast_short(ax, n=1, needed=100, what=what)
    assert set(texts(ax)) == {said, f"100 {what}"}


def test_the_source_line_says_how_past_years_fared(subject_of: Any) -> None:
    times = pd.date_range("2023-01-02", "2025-11-20", freq="5h")
    subject = subject_of(times)
    answer: Answer = compute_answer("forecast", subject)
    picture = picture_forecast(answer, subject.coverage)
    assert picture is not None
    assert picture.left_out == (
        "Bands hold 50, 80 and 95 of 100 outcomes; "
        f"{answer.finding.certainty[0].lower()}{answer.finding.certainty[1:]}."
    )
