"""Takes a My Activity page of very many searches in, so that the tables are those of the real store.

The rhythm is the sample's, over ten years. Most queries are different, as they are of an owner: of words
that come up by Zipf's law, a few in every hundred in other scripts, many of a session with a word of the
one before, and some asked before. Some words come up late at night, and some for a season or two.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import quote_plus

import numpy as np

from flows.sample_place import HOME_ZONE
from pipeline.sample.effects import Effects
from pipeline.sample.queries import load_words
from pipeline.sample.rhythm import draw_searches, make_rates, plan_days

FIRST, YEARS = date(2015, 11, 3), 10
PAGE = "Takeout/My Activity/Search/MyActivity.json"
STAMP = "20251103T081500Z"
N_WORDS = 60_000
SAME, REWORDED, ASKED_BEFORE, FOREIGN = 0.05, 0.40, 0.08, 0.04  # shares of queries
OF_THE_NIGHT, OF_THE_SEASON = 0.2, 0.05  # shares of the first queries of sessions
SYLLABLES = [a + b for a in "bcdfghklmnprstvw" for b in "aeiou"]
FUNCTION_WORDS = ["how", "to", "the", "in", "of", "for", "what", "is", "near", "best"]
SCRIPTS = {  # the first and the last letter, letters a word, words a query, what stands between them
    "Cyrillic": (0x430, 0x44F, (3, 9), (1, 4), " "),
    "Greek": (0x3B1, 0x3C9, (3, 9), (1, 4), " "),
    "Arabic": (0x628, 0x648, (3, 7), (1, 4), " "),
    "Hebrew": (0x5D0, 0x5EA, (3, 6), (1, 4), " "),
    "Devanagari": (0x915, 0x939, (2, 5), (1, 4), " "),
    "Hangul": (0xAC00, 0xD000, (2, 4), (1, 4), " "),
    "Han": (0x4E00, 0x5600, (2, 3), (2, 5), ""),
    "Kana": (0x3042, 0x3093, (2, 4), (2, 4), ""),
    "Thai": (0xE01, 0xE2E, (3, 6), (2, 4), ""),
}


def take_in_searches(out: Path, n: int) -> None:
    """Write an archive of ``n`` searches, take it in below ``out``, and remove it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"takeout-{STAMP}-1-001.zip")
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open(PAGE, "w", force_zip64=True) as page,
        ):
            for piece in write_page(n):
                page.write(piece.encode())
        ingest = [sys.executable, "-m", "flows", "ingest", str(path), "--out", str(out)]
        subprocess.run([*ingest, "--home-zone", HOME_ZONE], check=True, stdout=subprocess.DEVNULL)


def write_page(n: int) -> Iterator[str]:
    """Yield the page piece by piece, the newest search first."""
    rng = np.random.default_rng(0)
    seconds, session = draw_moments(n, rng)
    queries = draw_queries(seconds, session, rng)
    before = "["
    printed = np.datetime_as_string(seconds.astype("datetime64[s]"), unit="s").tolist()
    for k in np.argsort(-seconds, kind="stable").tolist():
        title = json.dumps(f"Searched for {queries[k]}", ensure_ascii=False)
        url = f"https://www.google.com/search?q\\u003d{quote_plus(queries[k])}"
        yield (
            f'{before}{{\n  "header": "Search",\n  "title": {title},\n  "titleUrl": "{url}",\n'
            f'  "time": "{printed[k]}.{k % 1000:03}Z",\n  "products": ["Search"],\n'
            '  "activityControls": ["Web \\u0026 App Activity"]\n}'
        )
        before = ","
    yield "]"


def draw_moments(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw ``n`` searches by the sample's rhythm: seconds since 1970 (UTC), and the session of each."""
    effects, hours = Effects(), load_words()["hours"]
    plan = plan_days(FIRST, round(365.25 * YEARS), effects, rng)
    rates = [make_rates(hours, effects, student=student) for student in (False, True)]
    a_day = 1.1 * n / (plan.levels.sum() * rates[0].sum() / 7)  # some too many: the last ones are left out
    draw = draw_searches(plan, rates[0] * a_day, rates[1] * a_day, effects, rng)
    kept = np.sort(rng.permutation(len(draw.seconds))[:n])
    if len(kept) < n:
        raise ValueError(f"Only {len(kept):,} searches were drawn.")
    first = np.datetime64(FIRST, "s").astype(np.int64)
    return first + draw.seconds[kept] - 3600, draw.session[kept]


def draw_queries(seconds: np.ndarray, session: np.ndarray, rng: np.random.Generator) -> list[str]:
    """Draw the query of each search."""
    words = [
        "".join(SYLLABLES[k] for k in rng.integers(0, len(SYLLABLES), size))
        for size in rng.integers(2, 5, N_WORDS)
    ]
    for k, word in enumerate(FUNCTION_WORDS):
        words.insert(3 * k + 1, word)
    n = len(session)
    sizes = rng.choice([1, 2, 3, 4, 5], n, p=[0.05, 0.2, 0.35, 0.25, 0.15])
    drawn = (len(words) ** rng.random((n, 5))).astype(np.int64) - 1  # Zipf: each power of ten as often
    goes_on = np.diff(session, prepend=-1) == 0
    chance, other = rng.random(n).tolist(), rng.random(n)
    foreign = draw_foreign(int(FOREIGN * n) + 1, rng)
    is_night = (seconds // 3600 % 24 >= 20) | (seconds // 3600 % 24 < 3)
    season = seconds // (91 * 86400)
    topics = {int(k): words[int(rng.integers(100, 3_000))] for k in np.unique(season)}
    of_the_night = words[50:80]
    topic, night = (season.tolist(), is_night.tolist())
    queries: list[str] = []
    for k, (size, row, inside) in enumerate(
        zip(sizes.tolist(), drawn.tolist(), goes_on.tolist(), strict=True)
    ):
        if inside and chance[k] < SAME:
            queries.append(queries[-1])
        elif k and chance[k] > 1 - ASKED_BEFORE:
            queries.append(queries[int(other[k] ** 4 * k)])  # what was asked early comes back more often
        elif chance[k] > 1 - ASKED_BEFORE - FOREIGN:
            queries.append(foreign[int(other[k] * len(foreign))])
        else:
            chosen = [words[place] for place in row[:size]]
            if inside and chance[k] < SAME + REWORDED:
                chosen[0] = queries[-1].partition(" ")[0]
            elif not inside and night[k] and other[k] < OF_THE_NIGHT:
                chosen[0] = of_the_night[int(other[k] / OF_THE_NIGHT * len(of_the_night))]
            elif not inside and other[k] > 1 - OF_THE_SEASON:
                chosen[0] = topics[topic[k]]
            queries.append(" ".join(chosen))
    return queries


def draw_foreign(n: int, rng: np.random.Generator) -> list[str]:
    """Draw queries in other scripts, each of words that come up by Zipf's law."""
    queries = []
    for first, last, letters, sizes, between in SCRIPTS.values():
        words = [
            "".join(map(chr, rng.integers(first, last + 1, size))) for size in rng.integers(*letters, 2_000)
        ]
        for size in rng.integers(*sizes, n // len(SCRIPTS) + 1):
            drawn = (len(words) ** rng.random(size)).astype(np.int64) - 1
            queries.append(between.join(words[k] for k in drawn))
    return queries
