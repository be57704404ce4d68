"""Which language a file is in."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from pipeline.reading.evidence import weigh_languages
from pipeline.reading.locales import FACTS

LANGUAGES: dict[str, Any] = json.loads(FACTS.read_bytes())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_language_prints_is_evidence_for_it(language: str) -> None:
    facts = LANGUAGES[language]
    verbs = [template for action in ("watched", "searched") for template in facts["verbs"][action]]
    outside = [" ".join(template.replace("{}", " ").split()) for template in verbs]
    phrases = Counter([*outside, *(f"{head}:" for head in facts["heads"]["products"])])
    weighed = weigh_languages(phrases, "")
    assert weighed[language] == max(weighed.values())


@pytest.mark.parametrize("language", [name for name in LANGUAGES if LANGUAGES[name]["verbs"].get("watched")])
def test_whole_titles_are_evidence_too(language: str) -> None:
    titles = [template.replace("{}", "x 1") for template in LANGUAGES[language]["verbs"]["watched"]]
    weighed = weigh_languages(Counter(titles), "")
    assert weighed[language] == max(weighed.values())


def test_english_among_a_languages_words_is_evidence_for_english_alone() -> None:
    for title in ("3 notifications", "Watched x", "Watched a video that has been removed"):
        assert list(weigh_languages(Counter([title]), "")) == ["en"]


def test_a_few_titles_that_sound_like_a_language_are_no_evidence() -> None:
    titles = Counter([f"Leitaði að hestur {k}" for k in range(40)] + ["Leitaði að hestur gesucht"])
    assert weigh_languages(titles, "") == Counter()


def test_the_path_decides_only_between_equals() -> None:
    path = "Meine Aktivitäten/Google\xa0Suche/MeineAktivitäten.html"
    assert weigh_languages(Counter(), path).most_common(1)[0][0] == "de"
    assert weigh_languages(Counter({"Searched for": 3}), path).most_common(1)[0][0] == "en"
    assert weigh_languages(Counter({"YouTube": 3, "Searched for": 1}), "我的活动/Search/x.html").most_common(
        1
    ) == [("en", weigh_languages(Counter({"YouTube": 3, "Searched for": 1}), "")["en"] + 1)]
    assert weigh_languages(Counter(), "x/y.html") == Counter()
