"""Pauses on a logarithmic scale with the valley that parts sessions, and how much one session holds."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.pauses import say_limit
from pipeline.patterns.sessions import STEP
from pipeline.patterns.wording import count_noun, say_percent

SESSIONS_HEIGHT, NARROW_SESSIONS_HEIGHT = 300.0, 516.0
PAUSES_HEIGHT = 290.0  # on a phone, above the bars
ASIDE, BETWEEN = 214.0, 40.0
AIR, LABEL_ROOM = 14.0, 58.0  # px above the highest bar, and above the line for the limit's name
LEAST_SHARE = 0.01  # of the pauses, before a tone is named
MOST_NUDGE = 8.0  # px
SHOWN = 0.0005  # of the pauses at either end are too few to be seen, and do not stretch the scale
TICKS = ((1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"), (36000, "10 h"),
         (259200, "3 days"), (2592000, "30 days"))  # fmt: skip


def draw_sessions(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    sizes: pd.DataFrame,
    limit: float,
    fitted: bool = False,
    fit: pd.DataFrame | None = None,
    noun: str = "search",
    nouns: str = "searches",
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``count_pauses`` with the ``limit`` in seconds, red if ``fitted``, and ``count_sizes`` beside it.

    On a phone the sizes stand below. ``fit`` (component, weight, mean, sd) is drawn as a curve.
    """
    width, height = open_sheet(ax)
    left_width = width if narrow else width - ASIDE - BETWEEN
    plot_height = PAUSES_HEIGHT if narrow else height
    write(ax, f"Time to the next {noun}", 0, 10, size=13, colour=theme.muted, at="left")
    plot = place(ax, 0, 22, left_width, plot_height - 22 - 26)
    _draw_pauses(plot, _trim(frame), limit, fitted, fit, theme, narrow)
    top = PAUSES_HEIGHT + 18 if narrow else 0.0
    left = 0.0 if narrow else left_width + BETWEEN
    name = 44.0
    write(
        ax, f"{nouns.capitalize()} in a session", left + (0 if narrow else name), top + 10, size=13,
        colour=theme.muted, at="left",
    )  # fmt: skip
    box = place(
        ax, left + name, top + 26, width - left - name, (height if narrow else height - 20) - top - 26
    )
    _draw_sizes(box, sizes, theme, narrow)
    return plot


def _trim(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the classes at either end that hold next to nothing."""
    gaps = frame["gaps"].to_numpy(dtype=float)
    share = np.cumsum(gaps) / gaps.sum()
    inside = np.flatnonzero((share > SHOWN) & (share - gaps / gaps.sum() < 1 - SHOWN))
    return frame.iloc[inside[0] : inside[-1] + 1]


def _draw_pauses(
    plot: Axes,
    frame: pd.DataFrame,
    limit: float,
    fitted: bool,
    fit: pd.DataFrame | None,
    theme: Theme,
    narrow: bool,
) -> None:
    lefts, gaps = np.log10(frame["seconds"].to_numpy(dtype=float)), frame["gaps"].to_numpy(dtype=float)
    at = float(np.log10(limit))
    ends = (min(lefts[0], at) - STEP, max(lefts[-1] + STEP, at) + STEP)
    plot.set_xlim(*ends)
    width, height = size_of(plot)
    highest = float(gaps.max())
    curve = np.linspace(*ends, 400)
    heights = np.zeros(len(curve))
    if fit is not None and len(fit):
        heights = _measure_fit(curve, fit) * gaps.sum() * STEP
        highest = max(highest, float(heights.max()))
    skyline = _Skyline(lefts, gaps / highest, curve, heights / highest, width / (ends[1] - ends[0]))
    label = _Label(limit, fitted, at, skyline, ends, narrow)
    room = max(AIR, (LABEL_ROOM - (1 - label.reach) * height) / max(label.reach, 0.01))
    plot.set_ylim(0, highest * height / (height - room))
    tall = height - room
    air = STEP * 0.08
    for x, gap in zip(lefts, gaps, strict=True):
        cut = min(max(at, x), x + STEP)
        for start, stop, colour in ((x, cut, theme.data), (cut, x + STEP, theme.data_soft)):
            first, last = max(start, x + air), min(stop, x + STEP - air)
            if last > first and gap > 0:
                plot.add_patch(
                    Rectangle((first, 0), last - first, gap, facecolor=colour, linewidth=0, zorder=2)
                )
    if heights.any():
        plot.plot(curve, heights, color=theme.ink, linewidth=1.8 * PT, zorder=4, label="fit", clip_on=False)
    draw_rule(plot, (0, 1), (0, 0), theme.axis, on="y", layer=5)
    _name_limit(plot, label, at, tall, theme)
    _name_heaps(plot, frame, skyline, label, tall, theme)
    _label_ticks(plot, theme)


class _Skyline:
    """How high the bars and the curve reach, as a share of the highest, between two places of the scale."""

    def __init__(
        self, lefts: np.ndarray, bars: np.ndarray, curve: np.ndarray, heights: np.ndarray, pitch: float
    ) -> None:
        self.lefts, self.bars, self.curve, self.heights = lefts, bars, curve, heights
        self.pitch = pitch  # px a power of ten

    def reach(self, low: float, high: float) -> float:
        """Return the highest point between two places."""
        bars = self.bars[(self.lefts + STEP > low) & (self.lefts < high)]
        line = self.heights[(self.curve >= low) & (self.curve <= high)]
        return float(max(bars.max(initial=0.0), line.max(initial=0.0)))


def _measure_fit(places: np.ndarray, fit: pd.DataFrame) -> np.ndarray:
    """Return the density of the fitted mixture at log10 seconds."""
    total = np.zeros(len(places))
    for row in iter_rows(fit):
        total += (
            row.weight / (row.sd * np.sqrt(2 * np.pi)) * np.exp(-0.5 * ((places - row.mean) / row.sd) ** 2)
        )
    return total


class _Label:
    """The limit's name: where its middle stands, in CSS pixels from the left, and what reaches up to it."""

    def __init__(
        self,
        limit: float,
        fitted: bool,
        at: float,
        skyline: _Skyline,
        ends: tuple[float, float],
        narrow: bool,
    ) -> None:
        self.said, self.size = say_limit(limit), 16.0 if narrow else 18.0
        self.below = "the valley" if fitted else "by convention"
        self.fitted = fitted
        self.half = half = (
            max(measure(self.said, self.size, serif=True, semibold=True), measure(self.below, 13)) / 2
        )
        low, high = ends
        edge = (high - low) * skyline.pitch
        self.line = (at - low) * skyline.pitch
        self.middle = min(max(self.line, half), edge - half)
        around = [low + (self.middle + side * (half + 6)) / skyline.pitch for side in (-1, 1)]
        self.reach = skyline.reach(around[0], around[1])

    def stand_at(self, tall: float) -> float:
        """Return how high the line ends and the words begin."""
        return max(self.reach * tall + 8, 0.62 * tall)

    def leaves(self, span: tuple[float, float], top: float, tall: float) -> bool:
        """Say whether words that reach up to ``top`` between two places keep clear of line and name."""
        if span[0] - 4 <= self.line <= span[1] + 4:
            return False
        beside = span[1] <= self.middle - self.half - 6 or span[0] >= self.middle + self.half + 6
        return beside or top <= self.stand_at(tall)


def _name_limit(plot: Axes, label: _Label, at: float, tall: float, theme: Theme) -> None:
    """Draw the limit as a line and write above it what it is; the words stand clear of the bars."""
    top = label.stand_at(tall)
    colour = theme.mark if label.fitted else theme.ink
    up = top * plot.get_ylim()[1] / size_of(plot)[1]
    draw_rule(plot, (at, at), (0, up), colour, px=2.0, layer=5)
    nudge = label.middle - label.line
    write(
        plot, label.below, at, up, size=13, colour=theme.muted, stand="baseline", shift=(nudge, 7),
        halo=theme.bg,
    )  # fmt: skip
    write(
        plot, label.said, at, up, size=label.size, colour=colour, serif=True, semibold=True,
        stand="baseline", shift=(nudge, 27), halo=theme.bg,
    )  # fmt: skip


def _name_heaps(
    plot: Axes, frame: pd.DataFrame, skyline: _Skyline, label: _Label, tall: float, theme: Theme
) -> None:
    """Write what the two tones mean, in the free corners left and right of the limit, if there is room."""
    low, high = plot.get_xlim()
    edge = (high - low) * skyline.pitch
    within = float(frame["within"].sum() / frame["gaps"].sum())
    for words, colour, is_left, share in (
        (("within", "a session"), theme.data, True, within),
        (("between", "sessions"), theme.muted, False, 1 - within),
    ):
        for lines in ([" ".join(words)], list(words)):
            wide = max(measure(line, 13.5, semibold=True) for line in lines) + 8
            reach = skyline.reach(low, low + wide / skyline.pitch)
            if not is_left:
                reach = skyline.reach(high - wide / skyline.pitch, high)
            up = max(reach * tall + 14, 0.36 * tall)
            top = up + 17 * len(lines)
            span = (0.0, wide) if is_left else (edge - wide, edge)
            if share < LEAST_SHARE or top > tall or not label.leaves(span, top, tall):
                continue
            for k, line in enumerate(reversed(lines)):
                write(
                    plot, line, 0 if is_left else 1, 0, on="y", size=13.5, colour=colour, semibold=True,
                    at="left" if is_left else "right", stand="baseline", shift=(0, up + 17 * k),
                    halo=theme.bg,
                )  # fmt: skip
            break


def _label_ticks(plot: Axes, theme: Theme) -> None:
    """Name round pauses under the scale, as many as have room."""
    low, high = plot.get_xlim()
    width = size_of(plot)[0]
    free = -8.0
    for seconds, name in TICKS:
        spot, half = (np.log10(seconds) - low) / (high - low) * width, measure(name, 12.5) / 2
        middle = min(max(spot, half), width - half)  # a label at an edge moves inwards
        if abs(middle - spot) <= MOST_NUDGE and middle - half >= free:
            write(
                plot, name, float(np.log10(seconds)), 0, size=12.5, colour=theme.muted,
                shift=(middle - spot, -15),
            )  # fmt: skip
            free = middle + half + 8


def _draw_sizes(plot: Axes, sizes: pd.DataFrame, theme: Theme, narrow: bool) -> None:
    width, _ = size_of(plot)
    n = len(sizes)
    plot.set_ylim(n - 0.5, -0.5)
    room = max(measure(say_percent(float(share)), 13.5) for share in sizes["share"]) + 8
    plot.set_xlim(0, max(float(sizes["share"].max()), 0.01) * width / (width - room))
    for k, row in enumerate(iter_rows(sizes)):
        plot.add_patch(Rectangle((0, k - 0.34), row.share, 0.68, facecolor=theme.data, linewidth=0, zorder=2))
        name = str(row.searches).replace(" or more", "+")
        write(plot, name, 0, k, on="y", size=13.5, colour=theme.ink, semibold=True, at="right", shift=(-9, 0))
        share = float(row.share)
        write(plot, say_percent(share), share, k, size=13.5, colour=theme.ink, at="left", shift=(7, 0))


def picture_sessions(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the sessions; nothing where there are too few pauses."""
    if len(answer.frame) == 0:
        return None
    limit = answer.frames["limit"].iloc[0]
    draw = partial(
        draw_sessions,
        frame=answer.frame,
        sizes=answer.frames["sizes"],
        limit=float(limit["seconds"]),
        fitted=bool(limit["fitted"]),
        fit=answer.frames["fit"],
        noun=coverage.noun,
        nouns=coverage.nouns,
    )
    n = int(answer.frames["summary"]["sessions"].iloc[0])
    return Picture(
        draw,
        lambda width, narrow: NARROW_SESSIONS_HEIGHT if narrow else SESSIONS_HEIGHT,
        left_out=f"{count_noun(n, 'session', 'sessions')}.",
    )
