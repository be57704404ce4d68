"""What the README says of the command line and of files is what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer.main
from babel import Locale

from flows.commands import app
from flows.sample_place import HOME_ZONE
from pipeline.settings import KEYS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CODE = re.findall(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", README, flags=re.DOTALL)
SNIPPETS = [block or inline for block, inline in CODE]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def options_of(command: str) -> set[str]:
    return {name for option in COMMANDS[command].params for name in option.opts if name.startswith("-")}


def rows_of_commands() -> dict[str, str]:
    """Return the row of the commands' table in which each command stands."""
    rows = {}
    for row in re.findall(r"^\| (`almanac .*?) \|", README, flags=re.MULTILINE):
        for snippet in re.findall(r"`([^`]+)`", row):
            rows[snippet.removeprefix("almanac ").split()[0]] = row
    return rows


def test_the_table_of_commands_names_every_command_and_no_other() -> None:
    assert set(rows_of_commands()) == set(COMMANDS)


def test_every_command_that_is_quoted_exists() -> None:
    quoted = {
        word for snippet in SNIPPETS for word in re.findall(r"^(?:\S*/)?almanac (\w+)", snippet, re.MULTILINE)
    }
    assert quoted <= set(COMMANDS)


def test_every_option_that_is_named_exists() -> None:
    known = {option for command in COMMANDS for option in options_of(command)}
    # Those of the other programs that the README calls:
    named = {option for snippet in SNIPPETS for option in re.findall(r"(?<![\w-])--?[a-z][\w-]*", snippet)}
    assert named - known == set()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_of_a_command_is_in_its_row_or_said_of_all(command: str) -> None:
    section = README.partition("## Commands")[2].partition("\n## ")[0]
    prose = "\n".join(line for line in section.splitlines() if not line.startswith("|"))
    documented = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", f"{rows_of_commands()[command]} {prose}"))
    assert options_of(command) - {"--help", "--verbose"} <= documented


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_of_a_row_is_one_of_the_commands_of_that_row(command: str) -> None:
    row = rows_of_commands()[command]
    beside = [other for other, its_row in rows_of_commands().items() if its_row == row]
    assert set(re.findall(r"--[a-z-]+", row)) <= {name for other in beside for name in options_of(other)}


def test_every_link_and_picture_of_the_readme_is_there() -> None:
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in target]
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_file_of_the_checkout_that_is_named_is_there() -> None:
    named = {
        s for s in SNIPPETS if re.fullmatch(r"(pipeline|flows|models|tests|benchmarks|docs)/[\w./-]*", s)
    }
    assert [
        name
        for name in named
        if name.startswith(("pipeline/", "flows/", "tests/", "docs/", "benchmarks/"))
        and not (ROOT / name).exists()
    ] == []


def test_the_example_of_settings_can_be_read_and_has_every_key() -> None:
    import tomllib

    [example] = [s for s in SNIPPETS if s.startswith("home_zone = ")]
    lines = tomllib.loads(example)
    assert {*lines, "out"} == set(KEYS)
    assert tomllib.loads(example.replace("# home_zone", "other"))["other"]
    assert all(f"`ALMANAC_{key.upper()}`" in README for key in KEYS)
    assert lines["home_zone"] == HOME_ZONE


def test_the_changelog_speaks_of_the_version_that_is_built() -> None:
    [version] = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_language_whose_dates_or_words_are_read_is_named() -> None:
    dates, words = (
        json.loads((ROOT / f"pipeline/reading/data/{name}.json").read_text("utf-8"))
        for name in ("dates", "words")
    )
    locales = list(dates["locales"])
    languages = {Locale.parse(name).get_language_name("en") for name in locales}
    spoken = {Locale.parse(name, sep="-").get_language_name("en") for name in words}
    prose = " ".join(README.split())
    assert f"{len(languages)} languages in {len(locales)} regional forms" in prose
    assert f"Google's own words in {len(spoken)} languages" in prose
    assert {name for name in languages | spoken if name not in prose} == set()
