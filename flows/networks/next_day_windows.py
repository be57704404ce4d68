"""The days as the next-day nets read them, and their loss.

The days are standardised and come with the baseline's guess, in windows of eight weeks; the first half of a
window only fills a net's memory. The loss is that of counts, as ``flows.networks.next_day_nets`` writes it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.types import Array, Flags, Pullback
from pipeline.features.day_series import NAMES, DaySeries

FEATURES = [*NAMES, "known"]
WINDOW, CONTEXT = 56, 28  # days: of a window, of its first part
LOWEST = 0.5  # a day; no baseline is taken for lower


class Days(NamedTuple):
    """All days of the series, in the order of time."""

    x: Array  # (n, d) float32, standardised by the learned days; zeros where a day is not known
    log_base: Array  # (n,) of the baseline's guess
    target: Array  # (n,) counts; 0 where not known
    known: Flags  # (n,)
    scale: Array  # (2, len(NAMES)) mean and spread by which x is standardised


def prepare(series: DaySeries, simple: Array, stop: int) -> Days:
    """Return all days, standardised by those before ``stop``; ``simple`` is the baseline's guess."""
    known = np.isfinite(series.x).all(axis=1) & np.isfinite(series.counts) & np.isfinite(simple)
    rows = series.x[:stop][known[:stop]]
    scale = np.stack([rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)])
    z = np.where(known[:, None], (series.x - scale[0]) / scale[1], 0.0)
    base = np.maximum(np.where(known, simple, LOWEST), LOWEST)
    target = np.where(known, series.counts, 0.0)
    x = np.concatenate([z, known[:, None]], axis=1).astype(np.float32)
    return Days(x, np.log(base), target, known, scale)


def cut_windows(days: Days, starts: Array) -> dict[str, Array]:
    """Return the windows that begin at ``starts``, as the loss takes them; the first halves weigh nothing."""
    places = starts[:, None] + np.arange(WINDOW)
    weight = days.known[places].astype(float)
    weight[starts > 0, :CONTEXT] = 0
    rows = {"x": days.x, "log_base": days.log_base, "target": days.target}
    return {name: each[places] for name, each in rows.items()} | {"weight": weight}


def list_starts(stop: int, every: int) -> Array:
    """Return where windows begin of which the last ends at ``stop``, in order, and one at 0."""
    return np.unique(np.append(np.arange(max(stop - WINDOW, 0), -1, -every), 0))


def lose(output: Array, *, log_base: Array, target: Array, weight: Array) -> tuple[Array, Pullback]:
    """Return the loss of counts for outputs (batch, steps, 1); the others are (batch, steps)."""
    log_rate = output[..., 0] + log_base
    rate, total = np.exp(log_rate), max(float(weight.sum()), 1.0)

    def pull_loss(d_loss: float, out: Array | None = None) -> tuple[Array]:
        d = (rate - target) * weight * (float(d_loss) / total)
        return (np.positive(d[..., None].astype(output.dtype), out=out),)

    return ((rate - target * log_rate) * weight).sum() / total, pull_loss
