"""What the invented person asks: topics that come and go, rise and fall, and queries reworded."""

from __future__ import annotations

import tomllib
from bisect import bisect
from datetime import date, timedelta
from importlib import resources
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np

from pipeline.reading.locales import find_table
from pipeline.sample.effects import Effects
from pipeline.sample.rhythm import place_day

BACKGROUND = 0.0015  # a burst's topic is never quite absent
PARTS = {"day": (1.4, 0.6), "evening": (0.4, 1.7), "any": (1.0, 1.0)}  # factors from 8 to 18, and otherwise
AGAIN, REWORDED, ODD, SUFFIXED = 0.05, 0.50, 0.0008, 0.03
FULL, ASKED = 0.74, 0.90  # below: head and tail; between: an ask; above: the head alone


class Topic(NamedTuple):
    """The words of one subject; ``weigh_topics`` says how often each comes up."""

    heads: tuple[str, ...]
    tails: tuple[str, ...]
    asks: tuple[str, ...]


class Asked(NamedTuple):
    """One query and the head that it is about."""

    text: str
    head: str


def load_words(locale: str = "en") -> dict[str, Any]:
    """Return the vocabulary that lies beside this module, in the words of the locale's language.

    A language without words of its own asks in English; hours, weights and spans are the same for all.
    ``joiner`` is what stands between a head and its tail.
    """
    room = resources.files("pipeline.sample")
    words = {"joiner": " ", **tomllib.loads(room.joinpath("words.toml").read_text("utf-8"))}
    own = room.joinpath("words", f"{find_table(locale)}.toml")
    if not own.is_file():
        return words
    said = tomllib.loads(own.read_text("utf-8"))
    for entry in words["everyday"]:
        entry.update(said["topics"][entry["name"]])
    for entry in words["burst"]:
        entry.update(said["topics"][entry["word"]])
        entry["word"] = entry["heads"][0]
    return {**words, "phrases": [], **{key: said[key] for key in said if key != "topics"}}


def list_topics(words: dict[str, Any]) -> list[Topic]:
    """Return the everyday topics, then the bursts."""
    return [
        Topic(tuple(entry["heads"]), tuple(entry["tails"]), tuple(entry["asks"]))
        for entry in [*words["everyday"], *words["burst"]]
    ]


def weigh_topics(words: dict[str, Any], n_days: int, effects: Effects) -> np.ndarray:
    """Return (2, topics, days) weights, from 8 to 18 and otherwise; the everyday ones sum to about 1."""
    total = sum(entry["weight"] for entry in words["everyday"])
    years = (np.arange(n_days) - n_days / 2) / 365.25
    rows = []
    for entry in words["everyday"]:
        weight = entry["weight"] / total * np.exp(effects.trends * entry["trend"] * years)
        factors = (1 + effects.parts * (factor - 1) for factor in PARTS[entry.get("part", "any")])
        rows.append([weight * factor for factor in factors])
    for entry in words["burst"]:
        weight = np.full(n_days, BACKGROUND)
        for span in entry["spans"]:
            start, stop = place_day(span["from"], n_days), place_day(span["to"], n_days) + 1
            inside = np.arange(start, stop)
            from_edge = np.minimum(inside - start, stop - 1 - inside)
            ramp = np.minimum(1, 0.45 + from_edge / max(8, (stop - start) / 6))
            swell = 1 + 0.18 * np.sin(inside / 9.0 + start)
            weight[inside] += effects.bursts * span["strength"] * ramp * swell
        rows.append([weight, weight])
    return np.array(rows).transpose(1, 0, 2)


def list_bursts(words: dict[str, Any], first: date, n_days: int, effects: Effects) -> list[dict[str, Any]]:
    """Return each burst's word and days as they were planted."""
    if not effects.bursts:
        return []
    found = []
    for entry in words["burst"]:
        for span in entry["spans"]:
            edges = {"first": place_day(span["from"], n_days), "last": place_day(span["to"], n_days)}
            days = {edge: (first + timedelta(days=day)).isoformat() for edge, day in edges.items()}
            found.append({"word": entry["word"], **days})
    return found


def list_parts(words: dict[str, Any], effects: Effects) -> dict[str, list[str]]:
    """Return the words that come up more by day, and those of the evening, as they were planted."""
    return {
        part: [head for entry in words["everyday"] if entry.get("part") == part for head in entry["heads"]]
        for part in ("day", "evening")
        if effects.parts
    }


def draw_topics(
    weights: np.ndarray, day: np.ndarray, hour: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw each session's topic from the weights of its day and part of the day."""
    part = np.where((hour >= 8) & (hour < 18), 0, 1)
    sums = np.cumsum(weights, axis=1)
    chance = rng.random(len(day)) * sums[part, -1, day]
    below = np.count_nonzero(sums[part, :, day] < chance[:, None], axis=1)
    topics: np.ndarray = np.minimum(below, weights.shape[1] - 1)
    return topics


def draw_texts(
    words: dict[str, Any], topics: np.ndarray, session: np.ndarray, rng: np.random.Generator
) -> list[Asked]:
    """Draw the query of each search; ``topics`` and ``session`` have a value a search, in order."""
    table = list_topics(words)
    everyday = len(words["everyday"])
    cumulative = [
        list(accumulate((k + 1) ** -(0.6 if n < everyday else 1.1) for k in range(len(topic.heads))))
        for n, topic in enumerate(table)
    ]
    odd, suffixes, joiner = words["odd"], words["suffixes"], words["joiner"]
    asked: list[Asked] = []
    before = -1
    draws = rng.random((len(session), 6)).tolist()
    for (how, which, shape, tail, more, rare), topic_index, this in zip(
        draws, topics.tolist(), session.tolist(), strict=True
    ):
        topic = table[topic_index]
        if rare < ODD:
            asked.append(Asked(odd[int(rare / ODD * len(odd))], "odd"))
            before = -1
            continue
        same = this == before
        before = this
        if same and how < AGAIN:
            asked.append(asked[-1])
            continue
        sums = cumulative[topic_index]
        head = asked[-1].head if same and how < REWORDED else topic.heads[bisect(sums, which * sums[-1])]
        if shape < FULL:
            text = f"{head}{joiner}{topic.tails[int(tail * len(topic.tails))]}"
        elif shape < ASKED:
            text = topic.asks[int(tail * len(topic.asks))].format(h=head)
        else:
            text = head
        if more < SUFFIXED:
            text = f"{text}{joiner}{suffixes[int(more / SUFFIXED * len(suffixes))]}"
        asked.append(Asked(text, head))
    return asked


def vary_texts(
    words: dict[str, Any], asked: list[Asked], effects: Effects, rng: np.random.Generator
) -> list[Asked]:
    """Take phrases apart and make queries new, as often as the effects say; else nothing is drawn."""
    if effects.phrases < 1:
        cut = {phrase: phrase.split(" ", 1) for phrase in words["phrases"]}
        for place, chances in enumerate(rng.random((len(asked), 2)).tolist()):
            text = asked[place].text
            if chances[0] >= effects.phrases:
                for phrase, halves in cut.items():
                    text = text.replace(phrase, halves[int(2 * chances[1])])
                asked[place] = asked[place]._replace(text=text)
    if effects.new_queries > 0:
        for place in np.flatnonzero(rng.random(len(asked)) < effects.new_queries).tolist():
            asked[place] = asked[place]._replace(text=f"{asked[place].text} {10_000 + place}")
    return asked
