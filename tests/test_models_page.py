"""``docs/models.md``: each step of its walk has a formula, a file and a study; its table has every system."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from flows.networks.networks import NAMES
from models.studies.registry import list_studies

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "models.md").read_text("utf-8")
WALK, TABLE = PAGE.split("\n## The zoo\n")
STEPS = re.split(r"^## (?=\d)", WALK, flags=re.MULTILINE)[1:]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines() if line[:1] == "|"
][2:]
STUDIES = {entry.name for entry in list_studies()}
PICTURES = ROOT / "docs" / "models"
MOST_BYTES = 1_500_000  # of all pictures together, in every clone


def list_named(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


def list_column(number: int) -> set[str]:
    return {name for row in ROWS for name in list_named(row[number])}


def list_modules(folder: str) -> set[str]:
    return {f"{folder}/{path.name}" for path in (ROOT / folder).glob("*.py") if path.stem != "__init__"}


@cache
def list_imports(name: str) -> frozenset[str]:
    """Return the project's files that the file ``name`` imports."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    files = {
        path
        for module in modules
        for path in (Path(*module.split(".")), Path(*module.split("."), "__init__"))
    }
    return frozenset(f"{path.as_posix()}.py" for path in files if (ROOT / f"{path}.py").is_file())


def list_reached(names: set[str]) -> set[str]:
    """Return the project's files that those of these names import, directly or through others, and these."""
    reached: set[str] = set()
    while names:
        reached |= names
        names = {each for name in names for each in list_imports(name)} - reached
    return reached


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.splitlines()[0])
def test_each_step_has_two_to_five_sentences_a_formula_its_file_and_its_study(step: str) -> None:
    words, formula, after = step.partition("\n\n")[2].split("```", 2)
    assert 2 <= len(re.findall(r"[.?](?:\s|$)", words.split("\n\n")[0])) <= 5
    assert formula.strip()
    assert re.search(r"^Files?: `models/\S+\.py`", after.lstrip())
    assert list_named(after) & STUDIES


def test_the_steps_are_counted_from_one() -> None:
    assert [int(step.partition(".")[0]) for step in STEPS] == list(range(1, len(STEPS) + 1))


def test_every_picture_of_a_study_is_shown_once_and_they_stay_small() -> None:
    shown = re.findall(r"^!\[[^\]]+\]\(models/(\w+)\.png\)$", WALK, re.MULTILINE)
    assert sorted(shown) == sorted(path.stem for path in PICTURES.iterdir())
    assert set(shown) <= STUDIES
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) <= MOST_BYTES


def test_every_row_of_the_zoo_is_whole() -> None:
    assert [row for row in ROWS if len(row) != 5 or not all(row)] == []


def test_every_file_that_the_zoo_names_is_there() -> None:
    named = list_column(1) | list_column(3)
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
    assert all(name.startswith("models/") for name in list_column(1))
    assert all(name.startswith("flows/") for name in list_column(3))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_work_uses_the_files_of_its_row(row: list[str]) -> None:
    works = list_named(row[3])
    assert not works or list_named(row[1]) - list_reached(works) == set()


def test_every_system_and_every_recurrent_cell_has_its_line() -> None:
    assert list_modules("models/systems") | list_modules("models/recurrent") <= list_column(1)


def test_every_network_on_the_archive_has_its_line() -> None:
    assert {f"flows/networks/{name}.py" for name in NAMES} <= list_column(3)


def test_the_zoo_names_every_study_and_no_other() -> None:
    assert list_column(2) == STUDIES
