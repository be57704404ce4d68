"""An archive of weeks that nobody lived: invented like the owner's own, and written with the sample's words.

What of the owner goes into it is how many activities there are in an hour of the week and of the year, and
how strongly they come together: the mean size of a session, to a tenth. No week lies nearer to a real one
than the nearest two of these that differ lie to one another. Its dates, words, addresses, home and everything
else are the sample's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from flows.networks.invented_weeks import NAME
from flows.networks.invented_weeks_gan import load_week_gan
from flows.networks.invented_weeks_nearness import draw_far_weeks
from flows.networks.invented_weeks_shapes import HOURS_BEFORE, wave_years
from flows.subject import find_subject
from flows.work.files import is_on, list_paths, list_whole, read_result
from models.types import Array
from pipeline.errors import SettingsError
from pipeline.features.week_maps import make_week_maps
from pipeline.sample import NO_EFFECTS
from pipeline.sample.effects import PLAN_LAST
from pipeline.settings import Settings
from pipeline.tables.journal import read_digest_of, read_journal, require_finished
from pipeline.tables.store import Store

LEARN = f"almanac learn --only {NAME}"
WORDS = replace(NO_EFFECTS, bursts=1.0, trends=1.0, parts=1.0, phrases=1.0)  # all that is planted in words


def invent_archive(settings: Settings, *, years: int, seed: int) -> dict[str, Any]:
    """Return what ``pipeline.sample.write_sample`` needs for an archive like the owner's.

    Raises ``SettingsError`` where no network has learned from these tables to invent weeks, or where those
    that it invents lie too near to the real ones.
    """
    out = settings.out
    journal = read_journal(out)
    require_finished(journal, "ingest", where=out)
    record = journal.steps.get("learn")
    model, result = list_paths(out, NAME)
    whole = list_whole(out, record)
    if record is None or result not in whole or not is_on(record, read_digest_of(journal, "learn", settings)):
        raise SettingsError(
            "No network has learned from these tables yet to invent weeks",
            where=str(out),
            remedy=f"Run {LEARN} first.",
        )
    if model not in whole:
        raise SettingsError(
            "There is too little in these tables to invent weeks like them",
            where=str(out),
            remedy=read_result(out, NAME).too_little or f"Run {LEARN} first.",
        )
    made, header = load_week_gan(model.read_bytes(), where=str(model))
    if header.get("limit") is None:
        raise SettingsError(
            "The weeks that the network invents lie too near to the real ones to be handed on",
            where=str(model),
            remedy="With more weeks in the tables it may do better.",
        )
    real = make_week_maps(find_subject(Store(out), settings)).counts.reshape(-1, 168).astype(np.float64)
    mondays, until = list_mondays(years)
    rng = np.random.default_rng([seed, len(mondays)])
    weeks = draw_far_weeks(made, wave_years(mondays), real, float(header["limit"]), rng)
    effects = replace(WORDS, session_searches=max(round(made.shapes.session, 1), 1.0))
    return {"counts": lay_out(weeks), "until": until, "effects": effects, "seed": seed}


def list_mondays(years: int) -> tuple[Array, date]:
    """Return the Mondays (datetime64[D]) of an archive of so many ``years``, and its last day, a Sunday."""
    until = PLAN_LAST - timedelta(days=PLAN_LAST.isoweekday() % 7)
    n_weeks = (round(365.25 * years) - 110) // 7
    first = until - timedelta(days=7 * n_weeks - 1)
    return np.datetime64(first, "D") + 7 * np.arange(n_weeks), until


def lay_out(weeks: Array) -> Array:
    """Return (7 n, 24) counts by day and clock hour of weeks (n, 168) from Monday 04:00 on.

    The first Monday begins at 04:00, and the last Sunday ends at midnight.
    """
    hours = np.concatenate([np.zeros(HOURS_BEFORE, weeks.dtype), weeks.ravel()])
    return hours[: weeks.size].reshape(-1, 24).astype(np.int64)
