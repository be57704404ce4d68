"""What ``patterns.py`` times, each in a process of its own: ``python answer_parts.py WAY OUT``.

Each prints the seconds of its parts as JSON; starting Python and importing are not in them.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from flows.sample_place import HOME_ZONE
from pipeline.settings import Settings, load_settings

Seconds = dict[str, float]


def run_patterns(out: Path) -> Seconds:
    """Run the step ``patterns``, from the table in the store to the files below ``patterns/``."""
    from flows.steps.patterns import patterns

    spoil(out / "patterns")
    start = time.perf_counter()
    assert not patterns(find_settings(out)).nothing_new
    return {"whole": time.perf_counter() - start}


def run_pictures(out: Path) -> Seconds:
    """Run the step ``charts``, from the patterns to the files below ``charts/`` and ``clouds/``."""
    from flows.steps.charts import charts

    spoil(out / "charts")  # every picture: one that is there is not drawn again
    start = time.perf_counter()
    assert not charts(find_settings(out)).nothing_new
    return {"whole": time.perf_counter() - start}


def time_each_pattern(out: Path) -> Seconds:
    """Compute one pattern after the other; what several share counts to the first of them."""
    from flows.steps.patterns import COLUMNS
    from flows.subject import find_subject
    from pipeline.patterns.answers import PATTERNS, compute_answer
    from pipeline.patterns.askings import list_askings
    from pipeline.patterns.stays import know_habits, know_paces
    from pipeline.patterns.vocabulary import read_vocabulary
    from pipeline.tables.store import Store

    seconds: Seconds = {}
    last = time.perf_counter()

    def note(part: str) -> None:
        nonlocal last
        seconds[part] = time.perf_counter() - last
        last += seconds[part]

    subject = find_subject(Store(out), find_settings(out), columns=COLUMNS)
    note("reading the subject")
    read_vocabulary(subject)
    note("words of the texts")
    list_askings(subject)
    note("texts asked again")
    know_habits(subject), know_paces(subject)
    note("habits and paces")
    for name in PATTERNS:
        compute_answer(name, subject)
        note(name.replace("_", " "))
    return seconds


def time_each_picture(out: Path) -> Seconds:
    """Draw one picture after the other, all its files; the sheets of all years count as one."""
    from flows.steps.charts import open_studio

    start = time.perf_counter()
    studio = open_studio(out)
    pieces = studio.list_pieces()
    seconds = {"reading the patterns": time.perf_counter() - start}
    for piece in pieces:
        start = time.perf_counter()
        files = studio(piece)
        name = piece.name.replace("_", " ")
        if files:
            seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start
    return seconds


def find_settings(out: Path) -> Settings:
    """Return the settings that the table was taken in with."""
    return load_settings({"out": str(out), "home_zone": HOME_ZONE}, environment={})


def spoil(folder: Path) -> None:
    """Remove a step's files, so that it runs again; clouds are no more than a file of a piece's."""
    for path in (*folder.rglob("*.*"), *folder.parent.glob("clouds/*.*")):
        path.unlink()


WAYS = {
    "patterns": run_patterns,
    "pictures": run_pictures,
    "each-pattern": time_each_pattern,
    "each-picture": time_each_picture,
}

if __name__ == "__main__":
    print(json.dumps(WAYS[sys.argv[1]](Path(sys.argv[2]))))
