"""The words of Google's languages: verbs with their place, heads of captions, names of products and files.

They stand in ``data/words.json``, one language an object, each fact with where it comes from (``seen``
in a real file, ``code``: another project's code or tests say so, ``predicted``). Words only add to
what addresses and structure say, so a language without a table is read all the same, and a word that
is wrong is never found.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FACTS = Path(__file__).with_name("data") / "words.json"
NUMBER = r"\d(?:[\d.,'’٬\s]*\d)?"
ACTIONS = {"prompted": "asked"}  # actions of the data file that the tables do not tell apart
SHOWN = frozenset({"notified", "removed"})  # in the data file, whole titles rather than verbs
COMMON_ENGLISH = frozenset(
    {
        "Searched for {}",
        "Visited {}",
        "Watched {}",
        "Viewed {}",
        "Viewed image from {}",
        "Listened to {}",
        "Prompted {}",
    }
)
TWINS = {"no": "nb", "nn": "nb", "iw": "he", "in": "id", "tl": "fil", "zh": "zh-Hans"}
TRADITIONAL = re.compile(r"zh.*(?:Hant|TW|HK|MO)")


class Verb(NamedTuple):
    """A verb, and in braces the place of what it is about: ``{} angesehen``, ``「{}」を検索しました``."""

    template: str
    actions: tuple[str, ...]  # several where the language says them alike: then the address decides


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """What one language says in My Activity; ``eq=False``: a record is itself alone, and quick to hash."""

    language: str | None  # of the data file; None where nothing is known
    verbs: tuple[Verb, ...]  # the longest first
    title: re.Pattern[str]  # a whole title; the group of number k holds the text that verb k-1 leaves
    leads: tuple[str, ...]  # how the title of a search begins, or ends: a quick look before ``title``
    tails: tuple[str, ...]
    notice: re.Pattern[str]  # a title that says only that something was shown
    prompts: tuple[str, ...]  # how the title of an entry begins that has a reply after its date
    removed: re.Pattern[str]  # a title that says no more than that some video was watched
    heads: Mapping[str, str]  # head of the caption, without its colon → products, locations, details, why
    ads: frozenset[str]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process by name, so that it has each language's words once."""
        if self.language is not None or not self.verbs:
            return words_of, (self.language,)
        return know_verbs, (self.verbs,)


@cache
def words_of(language: str | None) -> Words:
    """Return the words of a language (``de``, ``pt-BR``, ``zh_Hant_HK``); without a table none.

    Google translates unevenly, so that every language knows the common English words after its own.
    """
    name = find_table(language)
    if name is None:
        return know_verbs(())
    said: dict[str, dict[str, list[str]]] = {}
    for table in dict.fromkeys((name, "en")):
        for action, templates in read_facts()[table]["verbs"].items():
            for template in templates:
                if table == name or action in SHOWN or template in COMMON_ENGLISH:
                    said.setdefault(table, {}).setdefault(template, []).append(action)
    verbs: list[Verb] = []
    for actions in said.values():
        told = [
            Verb(t, tuple(ACTIONS.get(a, a) for a in done))
            for t, done in actions.items()
            if done[0] not in SHOWN
        ]
        verbs.extend(sorted(told, key=lambda verb: (-len(verb.template), verb.template)))
    facts = [read_facts()[table] for table in said]
    heads = {
        head: kind for table in reversed(facts) for kind, names in table["heads"].items() for head in names
    }

    def list_templates(action: str) -> list[str]:
        return [template for table in said.values() for template, done in table.items() if action in done]

    return know_verbs(
        verbs,
        language=name,
        notices=list_templates("notified"),
        prompts=list_templates("prompted"),
        removed=list_templates("removed"),
        heads=heads,
        ads=frozenset(text.casefold() for text in facts[0]["ads"]) if name == "en" else _every_ad(),
    )


def know_verbs(
    verbs: Iterable[Verb],
    *,
    language: str | None = None,
    notices: Iterable[str] = (),
    prompts: Iterable[str] = (),
    removed: Iterable[str] = (),
    heads: Mapping[str, str] | None = None,
    ads: frozenset[str] | None = None,
) -> Words:
    """Make the words of a language from its verbs, the first that fits before the others."""
    known = tuple(verbs)
    notice = "|".join(_spell(template).replace(r"\{n\}", NUMBER) for template in notices)
    ends = [_part(verb.template) for verb in known if "searched" in verb.actions]
    return Words(
        language,
        known,
        re.compile("|".join(_spell_verb(verb.template) for verb in known) or "(?!)", re.DOTALL),
        tuple({lead for lead, _ in ends if lead}),
        tuple({tail for lead, tail in ends if not lead}),
        re.compile(notice or "(?!)"),
        tuple(_part(template)[0] for template in prompts),
        re.compile("|".join(map(_spell, removed)) or "(?!)"),
        heads or {},
        _every_ad() if ads is None else ads,
    )


def _part(template: str) -> tuple[str, str]:
    lead, _, tail = template.partition("{}")
    return lead.strip().rstrip(":").rstrip(), tail.strip()


def _spell(words: str) -> str:
    """Write words as a pattern: any white space, a colon and a last full stop that may be missing."""
    pattern = re.sub(r"(?:\\ )+", lambda _: r"\s+", re.escape(words))
    return re.sub(r"\\\.$|。$", "[.。]?", pattern.replace(":", ":?"))


def _spell_verb(template: str) -> str:
    """Write a verb as a pattern; the colon of one word alone must stand: ``Haku: {}`` is no "Haku X"."""
    before, _, after = template.partition("{}")
    lead = _spell(before.rstrip())
    if len(before.split()) == 1:
        lead = lead.replace(":?", ":")
    lead += r"(?=\s|\Z)" if before.endswith((" ", ":")) else ""
    tail = (r"(?<!\S)" if after.startswith(" ") else "") + _spell(after.lstrip())
    return f"{lead}(.*){tail}"


def find_table(language: str | None) -> str | None:
    """Return the name of a language's table: ``es`` for ``es_419``, ``zh-Hant`` for ``zh-TW``."""
    if language is None:
        return None
    name = language.replace("_", "-")
    if TRADITIONAL.match(name):
        name = "zh-Hant"
    tables = read_facts()
    while name and name not in tables:
        name = name.rpartition("-")[0] or TWINS.get(name, "")
    return name or None


@cache
def read_facts() -> dict[str, Any]:
    """Return the data file: language → verbs, heads, ads, headers, names → fact → where it comes from."""
    facts: dict[str, Any] = json.loads(FACTS.read_bytes())
    return facts


@cache
def _every_ad() -> frozenset[str]:
    return frozenset(ad.casefold() for facts in read_facts().values() for ad in facts.get("ads", ()))


def reduce_phrase(phrase: str) -> str:
    """Reduce a phrase to what two printings of it share: no-break spaces, underscores, colons, case."""
    words = unicodedata.normalize("NFC", phrase).replace("_", " ").casefold().split()
    return " ".join(words).rstrip(":.。： ")
