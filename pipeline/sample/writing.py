"""From a seed to a zip and its truth: what an archive of the invented person holds, file by file."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from pipeline.errors import SettingsError
from pipeline.sample.counted import average_week, place_searches
from pipeline.sample.effects import PLAN_LAST, Effects
from pipeline.sample.entry import Entry
from pipeline.sample.followed import (
    count_mean_hours,
    count_phrases,
    count_repeats,
    list_firsts,
    list_records,
    measure_sessions,
)
from pipeline.sample.manner import Manner, find_manner
from pipeline.sample.others import copy_to_history, draw_others, draw_undated, write_search
from pipeline.sample.planned import describe_plan
from pipeline.sample.queries import (
    Asked,
    draw_texts,
    draw_topics,
    list_bursts,
    list_parts,
    load_words,
    vary_texts,
    weigh_topics,
)
from pipeline.sample.rhythm import DayPlan, Draw, draw_searches, make_rates, plan_days
from pipeline.sample.truth import count_entries, count_heads, count_searches

N_UNDATED = 3
EXPORT_HOUR = time(8, 15)
ZIP_DATE = (2025, 1, 1, 0, 0, 0)  # members' own dates say nothing, and equal bytes need one
BROWSER = b"<html><head><title>Google Takeout</title></head><body><h1>Your Takeout archive</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Sample:
    """What was written: the zip, its truth, and how much they hold."""

    path: Path
    truth: Path
    n_entries: int
    n_searches: int


@dataclass(frozen=True, slots=True)
class Invention:
    """All that the invented person did, by file, and the truth about it; nothing is written yet."""

    by_file: dict[str, list[Entry]]
    truth: dict[str, Any]
    manner: Manner
    exported: datetime


def write_sample(dest: Path, **asked: Any) -> Sample:
    """Write ``invent(**asked)`` as ``takeout-<stamp>-1-001.zip`` and ``….truth.json`` into ``dest``.

    The same arguments give the same bytes.
    """
    invention = invent(**asked)
    name = f"takeout-{invention.exported.astimezone(UTC):%Y%m%dT%H%M%SZ}-1-001"
    return _write_files(dest, invention.by_file, invention.manner, name, invention.truth)


def invent(
    *,
    years: int = 5,
    seed: int = 0,
    home_zone: str = "Europe/Paris",
    since: date | None = None,
    until: date = PLAN_LAST,
    effects: Effects | None = None,
    per_day: float = 40.0,
    rates: np.ndarray | None = None,
    counts: np.ndarray | None = None,
    locale: str = "en",
    format: str = "html",
    era: str = "2024",
    exported: datetime | None = None,
    queries: str | None = None,
) -> Invention:
    """Invent a person's activities from a seed.

    They end with ``until`` and begin with ``since``, else so that both the first and the last of the
    ``years`` calendar years are partial. ``per_day`` is the searches of an ordinary workday. ``rates``,
    (7, 24) searches an hour, Monday first, take the place of ``per_day`` and of the planted hours, weekend
    and Monday nights; all other effects still apply. ``counts``, (n_days, 24) searches of each day and hour
    up to ``until``, take the place of all that and of ``years`` and ``since``: give them with effects that
    plant nothing in time. ``queries``, else ``locale``, is the locale in whose language is asked, where there
    are words of it; ``locale``, ``format`` (html, json, mixed), ``era`` (2017, 2018, 2021, 2024, 2026) and
    ``exported``, an aware time, else the morning after ``until``, change how all is written and nothing else.
    Raises ``SettingsError`` where ``since`` lies after ``until``, or one of these is not known.
    """
    effects = effects or Effects()
    home = ZoneInfo(home_zone)
    exported = (exported or datetime.combine(until, EXPORT_HOUR, UTC) + timedelta(days=1)).astimezone(home)
    manner = find_manner(locale, format, era, exported)
    first = since or until - timedelta(days=round(365.25 * years) - 110)
    if counts is not None:
        first = until - timedelta(days=len(counts) - 1)
    n_days = (until - first).days + 1
    if n_days < 1:
        raise SettingsError("A sample has at least one day", where="sample", remedy="Ask for a year or more.")
    words = load_words(queries or locale)
    streams = np.random.default_rng(seed).spawn(7)
    for_days, for_times, for_topics, for_texts, for_others, for_odd, for_changes = streams
    plan = plan_days(first, n_days, effects, for_days)
    weekly, early = (make_rates(words["hours"], effects, student=flag) * per_day for flag in (False, True))
    if rates is not None:
        weekly = early = np.asarray(rates, dtype=float)
    if counts is None:
        draw = draw_searches(plan, weekly, early, effects, for_times)
    else:
        weekly = early = average_week(counts, first.weekday())
        draw = place_searches(counts, effects.session_searches, for_times)
    begins = np.diff(draw.session, prepend=-1) != 0
    begin = np.flatnonzero(begins)  # a session has one topic, by the day and hour of its first search
    day, hour = draw.seconds[begin] // 86400, draw.seconds[begin] // 3600 % 24
    topic = draw_topics(weigh_topics(words, n_days, effects), day, hour, for_topics)
    asked = draw_texts(words, topic[np.cumsum(begins) - 1], draw.session, for_texts)
    asked = vary_texts(words, asked, effects, for_changes)
    utc = _to_utc(first, draw.seconds, home)
    entries = [write_search(second, query) for second, query in zip(utc.tolist(), asked, strict=True)]
    others = _keep_inside(draw_others(words, utc, asked, for_others), plan, home)
    entries += [*others, *draw_undated(utc, asked, N_UNDATED, for_odd)]
    entries += [copy for copy in map(copy_to_history, others) if copy]
    by_file: dict[str, list[Entry]] = {}
    for entry in entries:
        by_file.setdefault(manner.name_file(entry), []).append(entry)
    asked_in = [(first + timedelta(days=int(day))).year for day in draw.seconds // 86400]
    truth = {
        "seed": seed,
        "home_zone": home_zone,
        "locale": locale,
        "format": format,
        "era": era,
        "exported": exported.astimezone(UTC).isoformat(),
        "printed_zone": manner.zone,
        "effects": asdict(effects),
        "rates": weekly.tolist(),
        "student_rates": early.tolist(),
        **describe_plan(plan, weekly, early, effects),
        "bursts": list_bursts(words, first, n_days, effects),
        "trends": {entry["heads"][0]: effects.trends * entry["trend"] for entry in words["everyday"]},
        "parts": list_parts(words, effects),
        **count_searches(utc.tolist(), home),
        **count_heads(asked, asked_in, spaced=bool(words["joiner"])),
        **_follow(utc, asked, draw, plan, words, home),
        **count_entries(by_file),
    }
    return Invention(by_file, truth, manner, exported)


def _follow(
    utc: np.ndarray, asked: list[Asked], draw: Draw, plan: DayPlan, words: dict[str, Any], home: ZoneInfo
) -> dict[str, Any]:
    """Return what follows from the searches in order of time."""
    order = np.argsort(utc, kind="stable").tolist()
    seconds = utc[order].tolist()
    clocks = [datetime.fromtimestamp(second, home) for second in seconds]
    queries = [asked[place] for place in order]
    away = [(span.first, span.last) for span, _ in plan.trips]
    ends = (clocks[0].date(), clocks[-1].date()) if clocks else (plan.first, plan.first)
    return {
        "records": list_records(clocks, *ends, away),
        "firsts": list_firsts(clocks, queries),
        "mean_hours": count_mean_hours(clocks),
        **count_repeats(seconds, clocks, queries),
        "phrases": count_phrases(words["phrases"], queries),
        "sessions": measure_sessions(seconds, draw.session[order].tolist()),
    }


def _to_utc(first: date, seconds: np.ndarray, home: ZoneInfo) -> np.ndarray:
    midnight = datetime(first.year, first.month, first.day)
    clocks = (midnight + timedelta(seconds=second) for second in seconds.tolist())
    return np.array([int(clock.replace(tzinfo=home).timestamp()) for clock in clocks], dtype=np.int64)


def _keep_inside(entries: Any, plan: DayPlan, home: ZoneInfo) -> list[Entry]:
    """Keep what lies within the sample's days and not in its silence."""
    last = plan.first + timedelta(days=plan.n_days - 1)
    kept = []
    for entry in entries:
        day = datetime.fromtimestamp(entry.utc, home).date()
        if plan.first <= day <= last and not (plan.silent and plan.silent.first <= day <= plan.silent.last):
            kept.append(entry)
    return kept


def _write_files(
    dest: Path, by_file: dict[str, list[Entry]], manner: Manner, name: str, truth: dict[str, Any]
) -> Sample:
    dest.mkdir(parents=True, exist_ok=True)
    path = dest / f"{name}.zip"
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with zipfile.ZipFile(unfinished, "w") as archive:
        with archive.open(_member("Takeout/archive_browser.html"), "w") as stream:
            stream.write(BROWSER)
        for file, entries in sorted(by_file.items()):
            newest_first = sorted(entries, key=lambda entry: -entry.utc)
            with archive.open(_member(f"Takeout/{file}"), "w") as stream:
                for piece in manner.write_file(file, newest_first):
                    stream.write(piece)
    unfinished.replace(path)
    beside = path.with_suffix(".truth.json")
    beside.write_text(json.dumps(truth, indent=1, ensure_ascii=False, default=str) + "\n", "utf-8")
    return Sample(path, beside, truth["entries"], truth["searches"])


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, ZIP_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    return info
