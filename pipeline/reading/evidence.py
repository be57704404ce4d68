"""Which language a file is in: what its words and names say for each, weighed."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import PurePosixPath

from pipeline.reading.locales import read_facts, reduce_phrase, words_of

FEWEST_SAID = 0.03  # of the titles weighed, for a language whose words they may be
TITLES_WEIGHED = 200  # of those that are no known phrase as a whole; the commonest


def find_spoken(headers: Counter[str], phrases: Counter[str], name: str) -> str | None:
    """Return the language for which most speaks, if one does."""
    languages = list_spoken(headers, phrases, name)
    return languages[0] if len(languages) == 1 else None


def list_spoken(headers: Counter[str], phrases: Counter[str], name: str) -> list[str]:
    """List the languages for which most, and as much, speaks; ``phrases``: what else Google printed."""
    weights = weigh_languages(headers + phrases, name)
    if not weigh_languages(phrases, "")["en"]:
        del weights["en"]  # English names of products and files stand in every language
    return [language for language in weights if weights[language] == max(weights.values())]


def weigh_languages(phrases: Counter[str], name: str) -> Counter[str]:
    """Weigh the evidence for each language in what Google printed, and in a file's path below ``Takeout/``.

    ``phrases`` counts heads of captions, headers, and titles or what stands outside their link. Verbs
    and heads weigh more than headers, of which many are English everywhere; the path decides only
    between equals.
    """
    evidence: Counter[str] = Counter()
    unknown: list[tuple[str, int]] = []
    known = _phrases()
    for phrase, count in phrases.items():
        languages = known.get(reduce_phrase(phrase))
        if languages is None:
            unknown.append((phrase, count))
        for language, weight in (languages or {}).items():
            evidence[language] += weight * count
    said, n_weighed = Counter[str](), 0
    for phrase, count in sorted(unknown, key=lambda item: -item[1])[:TITLES_WEIGHED]:
        n_weighed += count
        said.update({language: count for language in read_facts() if _says(language, phrase.strip())})
    for language, count in said.items():
        if count >= FEWEST_SAID * n_weighed:  # fewer are queries that end as some language's verb does
            evidence[language] += 4 * count
    evidence = Counter({language: 8 * weight for language, weight in evidence.items()})
    for part in PurePosixPath(name).parts:
        for language in _file_names().get(
            reduce_phrase(PurePosixPath(part).stem if "." in part else part), ()
        ):
            evidence[language] += 1
    return evidence


def _says(language: str, title: str) -> bool:
    """Say whether a whole title is one that this language, and not only English, prints."""
    words = words_of(language)
    match = words.title.fullmatch(title)
    if match is not None and match.lastindex is not None:
        template = words.verbs[match.lastindex - 1].template
        return any(template in templates for templates in read_facts()[language]["verbs"].values())
    shown = words.notice.fullmatch(title) or words.removed.fullmatch(title)
    return shown is not None and (language == "en" or not _says("en", title))


@cache
def _phrases() -> dict[str, dict[str, int]]:
    """Collect what the languages print: phrase → language → weight."""
    phrases: dict[str, dict[str, int]] = {}

    def add(phrase: str, language: str, weight: int) -> None:
        key = reduce_phrase(phrase)
        if any(c.isalnum() for c in key):
            weights = phrases.setdefault(key, {})
            weights[language] = max(weight, weights.get(language, 0))

    for language, facts in read_facts().items():
        for names in facts.get("headers", {}).values():
            for header in names:
                add(header, language, 1)
        for heads in facts.get("heads", {}).values():
            for head in heads:
                add(head, language, 4)
        for action, templates in facts.get("verbs", {}).items():
            for template in templates:
                before, _, after = template.partition("{}")
                if action not in ("notified", "removed"):
                    for phrase in (before, after, f"{before} {after}", before + after):
                        add(phrase, language, 4)
                elif action == "removed":
                    add(template, language, 4)
    return phrases


@cache
def _file_names() -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for language, facts in read_facts().items():
        products = [header for headers in facts.get("headers", {}).values() for header in headers]
        for name in [*facts.get("names", ()), *products]:
            names.setdefault(reduce_phrase(name), set()).add(language)
    return {name: frozenset(languages) for name, languages in names.items()}
