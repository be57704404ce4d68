"""What every study owes to its readers: sources, reasons, numbers, sentences; and the page names all."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from models.studies.registry import ENTRIES, Entry, load_study
from models.studies.study_data import StudyData

PAGE = (Path(__file__).parents[2] / "docs" / "studies.md").read_text("utf-8")
LONG = {"autoencoder", "spatial_lstm", "losses_penalties"}  # half a minute
QUICK = [entry for entry in ENTRIES if not entry.needs and entry.name not in LONG]
PICTURES = {"": "", "mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}


@pytest.mark.slow
@pytest.mark.parametrize("entry", QUICK, ids=lambda entry: entry.name)
def test_a_study_gives_what_its_readers_need(entry: Entry) -> None:
    told: list[tuple[int, int]] = []
    result = load_study(entry)(StudyData(), seed=1, tell=lambda done, of: told.append((done, of)))
    assert result.name == entry.name
    assert min(map(len, (result.title, result.source, result.words, result.figures))) > 0
    assert told == sorted(told) and told[-1][0] == told[-1][1]
    assert all(isinstance(array, np.ndarray) for array in result.arrays.values())
    assert all(words[0].isupper() and words.endswith(".") for words in result.words)
    for figure in result.figures:
        assert math.isfinite(figure.ours), figure.what
        assert figure.published is None or figure.published_text, figure.what
        assert figure.comparable or figure.note, figure.what
    whats = [figure.what for figure in result.figures]
    assert len(set(whats)) == len(whats)


def test_the_page_of_studies_names_each_with_the_pictures_that_it_needs_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", PAGE, re.MULTILINE)
    needs = {name: rest.rsplit("|", 1)[-1].strip() for name, rest in rows}
    named = {name: need if need in PICTURES.values() else "" for name, need in needs.items()}
    assert named == {entry.name: PICTURES[entry.needs] for entry in ENTRIES}


def test_one_seed_gives_one_study_and_another_seed_another() -> None:
    line = next(load_study(entry) for entry in ENTRIES if entry.name == "line")
    first, again, other = (line(StudyData(), seed=seed) for seed in (0, 0, 1))
    assert first.figures == again.figures
    assert first.figures != other.figures
