"""What README and docs/ say of the command line, of settings and of files is what there is."""

from __future__ import annotations

import ast
import json
import re
import shlex
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer.main
from babel import Locale

from flows.commands import app
from flows.sample_place import HOME_ZONE
from pipeline.settings import KEYS, Settings

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
TEXTS = {page.name: page.read_text("utf-8") for page in PAGES}
README, COMMANDS_PAGE = TEXTS["README.md"], TEXTS["commands.md"]
COMMANDS: dict[str, Any] = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
SETTLED = {field.name: field.default for field in fields(Settings)}
FLAGS = re.DOTALL | re.MULTILINE
OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")


def list_snippets(text: str) -> list[str]:
    """Return the blocks of code of a page, and what stands in backquotes in its lines."""
    found = re.findall(r"^```[a-z]*\n(.*?)^```|(?<!`)`([^`\n]+)`(?!`)", text, flags=FLAGS)
    return [block or inline for block, inline in found]


SNIPPETS = [snippet for text in TEXTS.values() for snippet in list_snippets(text)]


def list_examples() -> list[str]:
    """Return each command line of the pages that can be typed as it stands, in a unit or a crontab too."""
    lines = [re.sub(r"[$%]\w+%?", "folder", line) for snippet in SNIPPETS for line in snippet.splitlines()]
    called = [
        found for line in lines for found in re.findall(r"(?:^|[ /=\\])(almanac(?:\.exe)? [a-z].*)", line)
    ]
    called += [f"almanac run {words}" for line in lines for words in re.findall(r"ARGS='([^'…]+)'", line)]
    whole = [line.partition(" # ")[0].strip() for line in called]
    whole = [line.removesuffix('"') if line.count('"') % 2 else line for line in whole]  # began before it
    return sorted(
        line
        for line in {*whole}
        if len(line.split()) > 2  # a command's bare name only names it
        and not re.search(r"[…\[|]|\b[A-Z]{3,}\b", line)
    )


def name_parameters(command: str) -> dict[str, Any]:
    """Return a command's parameters under each name that is typed for them, or printed for an argument."""
    named = {}
    for parameter in COMMANDS[command].params:
        names = [name for name in parameter.opts if name.startswith("-")]
        for name in names or [parameter.metavar.strip("[].")]:
            named[name] = parameter
    return named


def read_section(command: str) -> str:
    return re.split(r"^## ", COMMANDS_PAGE.partition(f"\n## almanac {command}\n")[2], flags=re.MULTILINE)[0]


def read_options(command: str) -> dict[str, tuple[str, str]]:
    """Return the default and the meaning that the page gives for each parameter of a command."""
    rows = re.findall(
        r"^\| (`[^|]+) \|([^|]*)\|(.*)\|$", read_section(command).replace("\\|", "/"), re.MULTILINE
    )
    return {
        name: (default.strip(), meaning.strip())
        for names, default, meaning in rows
        for name in re.findall(r"`([^`]+)`", names)
    }


def show_default(parameter: Any) -> str | None:
    """Return how a default is written on the page: ``None`` where it is said in words."""
    default = parameter.default if parameter.default is not None else SETTLED.get(parameter.name)
    if isinstance(default, bool):
        return "on" if default else "off"
    return f"`{default}`" if isinstance(default, str | int | float) else None


def test_the_page_of_commands_has_a_section_for_every_command_and_no_other() -> None:
    assert sorted(re.findall(r"^## almanac (.+)$", COMMANDS_PAGE, re.MULTILINE)) == sorted(COMMANDS)


def test_the_readmes_table_names_every_command_and_no_other() -> None:
    rows = re.findall(r"^\| (`almanac .*?) \|", README, flags=re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`almanac (\w+)[^`]*`", row)]
    assert sorted(named) == sorted(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_of_a_command_is_in_its_table_and_no_other(command: str) -> None:
    assert set(read_options(command)) == set(name_parameters(command)) - {"--help"}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_has_a_meaning_and_the_default_that_the_code_has(command: str) -> None:
    parameters, stated = name_parameters(command), read_options(command)
    own = {name: row for name, row in stated.items() if row[1] != "as above"}
    assert {name for name, (_, meaning) in own.items() if not meaning} == set()
    assert {
        name: default
        for name, (default, _) in own.items()
        if (show_default(parameters[name]) or default) != default
    } == {}
    in_words = [default for name, (default, _) in own.items() if show_default(parameters[name]) is None]
    assert [default for default in in_words if default in ("on", "off")] == []


def test_what_all_commands_share_is_in_every_section_that_has_it() -> None:
    shared = read_shared()
    for command in COMMANDS:
        above = [name for name, (_, meaning) in read_options(command).items() if meaning == "as above"]
        assert set(above) <= set(shared)
    assert all(meaning for _, meaning in shared.values())


def read_shared() -> dict[str, tuple[str, str]]:
    head = COMMANDS_PAGE.partition("\n## What all commands share\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|([^|]*)\|(.*)\|$", head, re.MULTILINE)
    return {name: (d.strip(), m.strip()) for names, d, m in rows for name in re.findall(r"`([^`]+)`", names)}


def test_every_command_that_is_quoted_exists() -> None:
    quoted = {
        word
        for snippet in SNIPPETS
        for word in re.findall(r"^(?:\S*/)?almanac ([a-z]+)", snippet, re.MULTILINE)
    }
    assert quoted <= set(COMMANDS)


def test_every_option_that_is_named_by_itself_exists() -> None:
    known = {option for command in COMMANDS for option in name_parameters(command)} | {"--help"}
    named = {option for snippet in SNIPPETS if snippet.startswith("-") for option in OPTION.findall(snippet)}
    assert named - known == set()


@pytest.mark.parametrize("line", list_examples())
def test_every_command_line_that_is_shown_can_be_typed(line: str) -> None:
    _, name, *words = shlex.split(line)
    with COMMANDS[name].make_context(name, words) as context:
        assert context.args == []


def test_an_example_with_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Exception, match="No such option: --nonsense"):
        COMMANDS["run"].make_context("run", ["--nonsense"])
    assert any(line.startswith("almanac run --redact") for line in list_examples())
    assert sum("schedule --watch" in line for line in list_examples()) > 3


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    targets = re.findall(r"\]\(([^)]+)\)", TEXTS[page.name])
    own = [target.partition("#") for target in targets if "://" not in target]
    assert [path for path, _, _ in own if path and not (page.parent / path).exists()] == []
    for path, _, anchor in own:
        if anchor:
            headings = re.findall(r"^#+ (.+)$", TEXTS[Path(path).name or page.name], re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", head).lower().replace(" ", "-") for head in headings}


def test_every_page_of_the_docs_is_reached_from_the_readme() -> None:
    assert {page.name for page in PAGES} - {"README.md"} <= set(re.findall(r"\(docs/(\w+\.md)[)#]", README))


def test_every_file_of_the_checkout_that_is_named_is_there() -> None:
    houses = r"(?:pipeline|flows|models|tests|benchmarks|docs)/[\w./-]*"
    named = {snippet for snippet in SNIPPETS if re.fullmatch(houses, snippet)}
    kept = {name for name in named if not name.startswith("models/") or name.endswith(".py")}
    assert [name for name in sorted(kept) if not (ROOT / name).exists()] == []


def test_every_piece_of_python_on_a_page_compiles_and_imports_what_there_is() -> None:
    pieces = [block for text in TEXTS.values() for block in re.findall(r"^```python\n(.*?)^```", text, FLAGS)]
    assert pieces
    for piece in pieces:
        imports = [node for node in ast.parse(piece).body if isinstance(node, ast.Import | ast.ImportFrom)]
        exec(compile(ast.Module(imports, type_ignores=[]), "page", "exec"), {})


def test_every_figure_of_speed_or_memory_stands_beside_the_benchmark_that_prints_it() -> None:
    paragraphs = [part for text in TEXTS.values() for part in text.split("\n\n") if "|" not in part]
    figures = [part for part in paragraphs if re.search(r"\d (seconds|s|MB|GB)\b", part)]
    scripts = [re.findall(r"benchmarks/\w+\.py", part) for part in figures]
    table = (ROOT / "benchmarks" / "README.md").read_text("utf-8")
    assert [part for part, named in zip(figures, scripts, strict=True) if not named] == []
    assert {name for named in scripts for name in named if f"`{Path(name).name}`" not in table} == set()


def test_every_file_of_the_benchmarks_is_named_on_their_page_and_no_other() -> None:
    named = re.findall(r"`(\w+\.py)`", (ROOT / "benchmarks" / "README.md").read_text("utf-8"))
    assert set(named) == {path.name for path in (ROOT / "benchmarks").glob("*.py")}


def test_the_readme_begins_with_a_picture_the_way_to_an_archive_and_the_two_commands() -> None:
    start = [
        README.index(words)
        for words in (
            "![",
            "\nmake run\n",
            "takeout.google.com",
            "\nmake run ARCHIVE=",
            "## A tour for a person",
        )
    ]
    assert start == sorted(start)


def test_the_example_of_settings_can_be_read_and_has_every_key() -> None:
    import tomllib

    [example] = [s for s in list_snippets(COMMANDS_PAGE) if s.startswith("home_zone = ")]
    lines = tomllib.loads(example)
    assert {*lines, "out"} == set(KEYS)
    assert tomllib.loads(example.replace("# home_zone", "other"))["other"]
    assert all(f"`ALMANAC_{key.upper()}`" in COMMANDS_PAGE for key in KEYS)
    assert lines["home_zone"] == HOME_ZONE
    assert {key: lines[key] for key in lines if isinstance(SETTLED.get(key), bool | float)} == {
        key: SETTLED[key] for key in lines if isinstance(SETTLED.get(key), bool | float)
    }


def test_the_changelog_speaks_of_the_version_that_is_built_and_of_every_command() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    [version] = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version in changelog
    assert [command for command in COMMANDS if f"`{command}`" not in changelog] == []


def test_every_language_whose_dates_or_words_are_read_is_named() -> None:
    dates, words = (
        json.loads((ROOT / f"pipeline/reading/data/{name}.json").read_text("utf-8"))
        for name in ("dates", "words")
    )
    locales = list(dates["locales"])
    languages = {Locale.parse(name).get_language_name("en") for name in locales}
    spoken = {Locale.parse(name, sep="-").get_language_name("en") for name in words}
    prose = " ".join(TEXTS["reading.md"].split())
    assert f"{len(languages)} languages in {len(locales)} regional forms" in prose
    assert f"Google's own words in {len(spoken)} languages" in prose
    assert {name for name in languages | spoken if name not in prose} == set()
