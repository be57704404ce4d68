"""The words of all languages: the data file, and how it is read."""

from __future__ import annotations

import pickle

import pytest

from pipeline.reading.locales import find_table, read_facts, words_of

LANGUAGES = read_facts()
ACTIONS = {"searched", "visited", "viewed", "watched", "used", "listened", "asked", "notified", "other"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_fact_of_the_data_file_is_well_formed_and_says_where_it_comes_from(language: str) -> None:
    facts = LANGUAGES[language]
    assert set(facts) <= {"verbs", "heads", "ads", "headers", "names"}
    assert set(facts["verbs"]) <= ACTIONS | {"prompted", "removed"}
    assert set(facts["heads"]) <= {"products", "locations", "details", "why"}
    groups = [*facts["verbs"].values(), *facts["heads"].values(), *facts.get("headers", {}).values()]
    for group in (*groups, facts.get("ads", {}), facts.get("names", {})):
        assert set(group.values()) <= {"seen", "code", "predicted"}
        assert all(text == text.strip() for text in group)
    for action, templates in facts["verbs"].items():
        hole = {"notified": "{n}", "removed": ""}.get(action, "{}")
        assert all(template.count("{") == bool(hole) and hole in template for template in templates)
    assert not any(head.endswith(":") for heads in facts["heads"].values() for head in heads)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verb_leads_to_an_action_of_the_schema(language: str) -> None:
    assert {action for verb in words_of(language).verbs for action in verb.actions} <= ACTIONS


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("de", "de"),
        ("de_AT", "de"),
        ("pt-BR", "pt"),
        ("es_419", "es"),
        ("en_GB", "en"),
        ("zh", "zh-Hans"),
        ("zh_CN", "zh-Hans"),
        ("zh_Hans_SG", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh_Hant_HK", "zh-Hant"),
        ("no", "nb"),
        ("iw", "he"),
        ("sw", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_finds_its_table_by_any_of_its_names(name: str | None, table: str | None) -> None:
    assert find_table(name) == table
    assert words_of(name).language == table


def test_a_language_without_a_table_has_words_that_know_nothing() -> None:
    words = words_of("sw")
    assert (words.verbs, words.heads) == ((), {})
    assert not any(form.fullmatch("Watched x") for form in (words.title, words.notice, words.removed))
    assert words.prompts == ()


def test_words_travel_to_another_process_by_name() -> None:
    for language in ("de", None):
        assert pickle.loads(pickle.dumps(words_of(language))) is words_of(language)


def test_each_language_knows_common_english_after_its_own() -> None:
    words = words_of("ja")
    for title, template in (
        ("Watched x", "Watched {}"),
        ("Watched x を視聴しました", "{}を視聴しました"),
    ):
        match = words.title.fullmatch(title)
        assert match and match.lastindex
        assert words.verbs[match.lastindex - 1].template == template
    assert words.title.fullmatch("Read x") is None
