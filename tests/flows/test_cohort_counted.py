"""Who counts for a cohort's page and who does not: what whoever runs it is told on the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flows.cohort_counted import Roll, call_roll, describe_page
from flows.steps.patterns import FOLDER
from pipeline.patterns.coverage import pack_coverage
from pipeline.tables.journal import commit_step
from tests.invented_people import invent_coverage, invent_frames


def write_person(
    out: Path,
    seed: int,
    *,
    days: int = 798,
    rate: float = 20.0,
    product: str = "search",
    lack: tuple[str, ...] = (),
) -> Path:
    """Write of one person what the roll reads."""
    folder = out / FOLDER
    folder.mkdir(parents=True)
    files = [folder / "coverage.json"]
    files[0].write_text(json.dumps(pack_coverage(invent_coverage(n_covered=days, product=product))), "utf-8")
    for name, frame in invent_frames(np.random.default_rng(seed), rate=rate, lack=lack).items():
        files.append(folder / f"{name}.parquet")
        frame.to_parquet(files[-1], index=False)
    commit_step(out, "patterns", read=f"read {seed}", files=files, seconds=0.1, counts={})
    return out


def test_everybody_who_does_not_count_is_told_why(tmp_path: Path) -> None:
    outs = [write_person(tmp_path / f"p{n}", n) for n in range(5)]
    outs += [
        write_person(tmp_path / "again", 0),
        write_person(tmp_path / "maps", 11, product="maps"),
        write_person(tmp_path / "new", 12, days=40),
        write_person(tmp_path / "rare", 13, rate=0.01),
        tmp_path / "empty",
    ]
    roll = call_roll(outs, 5, 5)
    assert roll == Roll(
        5,
        {
            "empty": "no patterns of theirs can be read",
            "maps": "the archive holds mostly something else than most do, or the weekend is another",
            "new": "40 covered days and 14,655 entries on them; it takes 60 and 500",
            "p0": "its archive and that of again are one person's",
            "rare": "798 covered days and 6 entries on them; it takes 60 and 500",
        },
    )


def test_who_lacks_what_the_others_have_is_told_so_where_the_page_leaves_them_out(tmp_path: Path) -> None:
    outs = [write_person(tmp_path / f"p{n}", n) for n in range(6)]
    outs.append(write_person(tmp_path / "short", 9, lack=("months",)))
    why = "what nearly all others have is not known of them, such as all twelve months"
    assert call_roll(outs, 5, 6) == Roll(6, {"short": why})
    assert call_roll(outs, 5, 7) == Roll(7, {})


@pytest.mark.parametrize(
    ("n_shown", "n_counted", "stays", "lines"),
    [
        (6, 6, "", ["On it: 6 of 7 people; each number is of 5 or more together."]),
        (0, 1, "", ["It shows nobody yet: it takes 5, and 1 of 7 people counts."]),
        (0, 6, "It stays.", ["It stays.", "Of 7 people 6 would count."]),
    ],
)
def test_the_page_is_told_of_by_whom_it_shows(
    n_shown: int, n_counted: int, stays: str, lines: list[str]
) -> None:
    page: dict[str, Any] = {
        "counts": {"k": 5, "n_people": n_shown, "stays": stays},
        "n_counted": n_counted,
        "left_out": {},
    }
    assert describe_page(page, 7) == lines
