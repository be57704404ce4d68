"""The house as the design draws it: who may import whom, how long a module may be, what it must say."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    path.relative_to(ROOT)
    for house in ("pipeline", "models", "flows")
    for path in (ROOT / house).rglob("*.py")
)

# A room may skip rooms, never go back: each line is what its room may import besides itself.
BASE = {"errors", "records"}
ROOMS: dict[str, set[str]] = {"errors": set(), "records": set(), "settings": BASE}
ROOMS["reading"] = BASE | {"settings"}
ROOMS["sample"] = ROOMS["reading"] | {"reading"}
ROOMS["tables"] = ROOMS["reading"] | {"reading"}
ROOMS["privacy"] = ROOMS["tables"] | {"tables"}
ROOMS["patterns"] = ROOMS["export"] = ROOMS["privacy"] | {"privacy"}
ROOMS["features"] = ROOMS["patterns"] | {"patterns"}
ROOMS["charts"] = ROOMS["patterns"] | {"patterns"}
ROOMS["report"] = ROOMS["charts"] | {"charts"}
ROOMS["__init__"] = {"tables"}  # loads its public names on first use


@cache
def parse(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text("utf-8"))


def list_imports(tree: ast.AST) -> Iterator[str]:
    """Yield the full name of every module or name that is imported, wherever in the source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_of(module: Path) -> set[str]:
    return set(list_imports(parse(module)))


def find_importers(names: set[str], below: str = "") -> dict[Path, set[str]]:
    """Return the modules below a folder that import any of these packages, and which."""
    modules = [module for module in MODULES if module.as_posix().startswith(below)]
    found = {module: {top_of(name) for name in imports_of(module)} & names for module in modules}
    return {module: packages for module, packages in found.items() if packages}


def top_of(name: str) -> str:
    return name.partition(".")[0]


def room_of(module: Path) -> str:
    """Return the room of a module of the pipeline: the folder or the file below it."""
    return module.parts[1].removesuffix(".py")


def test_every_way_of_importing_is_seen() -> None:
    source = "import a.b as c\ndef f():\n    from d.e import g, h\nif x:\n    import i, j"
    assert sorted(list_imports(ast.parse(source))) == ["a.b", "d.e.g", "d.e.h", "i", "j"]


def test_an_import_that_climbs_is_refused() -> None:
    with pytest.raises(AssertionError):
        list(list_imports(ast.parse("from . import a")))


def test_the_pipeline_never_goes_back() -> None:
    def rooms_of(module: Path) -> set[str]:
        return {name.split(".")[1] for name in imports_of(module) if name.startswith("pipeline.")}

    back = {m: rooms_of(m) - ROOMS[room_of(m)] - {room_of(m)} for m in MODULES if m.parts[0] == "pipeline"}
    assert {module: rooms for module, rooms in back.items() if rooms} == {}


def test_the_pipeline_knows_neither_models_nor_flows() -> None:
    assert find_importers({"models", "flows", "prefect"}, "pipeline") == {}


def test_the_models_need_nothing_but_numpy_and_scipy() -> None:
    allowed = sys.stdlib_module_names | {"models", "numpy", "scipy"}
    modules = [module for module in MODULES if module.parts[0] == "models"]
    foreign = {module: {top_of(name) for name in imports_of(module)} - allowed for module in modules}
    assert {module: names for module, names in foreign.items() if names} == {
        Path("models/estimator.py"): {"sklearn"}
    }


def test_the_models_import_scikit_learn_only_where_its_own_tools_ask() -> None:
    functions = [
        node.name
        for node in ast.walk(parse(Path("models/estimator.py")))
        if isinstance(node, ast.FunctionDef) and any(map(is_sklearn, list_imports(node)))
    ]
    assert functions == ["_make_not_fitted_error", "__sklearn_tags__"]
    outside = [
        node
        for node in parse(Path("models/estimator.py")).body
        if not isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    assert [name for node in outside for name in list_imports(node) if is_sklearn(name)] == []


def is_sklearn(name: str) -> bool:
    return top_of(name) == "sklearn"


def test_only_the_flows_import_prefect() -> None:
    flows = ("artifacts", "cohort", "refresh", "schedule")
    assert set(find_importers({"prefect", "prefect_dask"})) == {Path(f"flows/{name}.py") for name in flows}


def test_reading_needs_no_pandas() -> None:
    assert find_importers({"pandas", "pyarrow", "duckdb", "numpy"}, "pipeline/reading") == {}


def test_nobody_imports_pyplot() -> None:
    pyplot = {
        module
        for module in MODULES
        if any(name.startswith(("matplotlib.pyplot", "pylab")) for name in imports_of(module))
    }
    assert pyplot == set()


def test_every_module_is_short() -> None:
    assert {m: n for m in MODULES if (n := len((ROOT / m).read_text("utf-8").splitlines())) > 300} == {}


def test_every_module_says_what_it_knows() -> None:
    assert [module for module in MODULES if not ast.get_docstring(parse(module))] == []


@pytest.mark.parametrize("line", [r"References?: \S", r"Shapes\b.*: \S"])
def test_every_system_and_recurrent_net_names_its_papers_and_its_shapes(line: str) -> None:
    nets = [
        module
        for module in MODULES
        if module.parent.name in {"recurrent", "systems"} and module.stem[0] != "_"
    ]
    texts = {module: ast.get_docstring(parse(module)) or "" for module in nets}
    assert len(texts) > 20
    assert [module for module, text in texts.items() if not re.search(f"^{line}", text, re.MULTILINE)] == []


def test_a_paper_has_one_year_wherever_it_is_named() -> None:
    texts = [" ".join((ast.get_docstring(parse(module)) or "").split()) for module in MODULES]
    named = [
        cited for text in texts for cited in re.findall(r"(\d{4})(?:, \*[^*]+\*)?, arXiv ([\d.]+\d)", text)
    ]
    years = {paper: {year for year, other in named if other == paper} for _, paper in named}
    assert len(years) > 30
    assert {paper: found for paper, found in years.items() if len(found) > 1} == {}


def test_a_room_has_one_level_of_folders_and_no_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "misc", "common"}
    rooms = [module for module in MODULES if module.parts[2:3] != ("data",)]  # a script beside what it made
    assert [module for module in rooms if len(module.parts) > 3 or module.stem in drawers] == []


def test_every_public_function_and_class_says_what_it_does() -> None:
    silent = [
        f"{module}: {node.name}"
        for module in MODULES
        for node in parse(module).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_no_room_is_empty() -> None:
    rooms = {folder for house in ("pipeline", "models", "flows") for folder in (ROOT / house).iterdir()}
    empty = [
        folder.relative_to(ROOT)
        for folder in rooms
        if folder.is_dir()
        and folder.name not in {"__pycache__", "fonts", "templates", "data"}
        and not [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    ]
    assert empty == []
