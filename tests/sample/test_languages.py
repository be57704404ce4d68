"""A language has its own verbs, names and heads where they are known, and Google's English elsewhere."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from pipeline.sample import list_locales, write_sample
from pipeline.sample.languages import HEADS, PRODUCTS, VERBS, speak


def test_english_says_everything_as_it_is() -> None:
    said = [*HEADS, *PRODUCTS, *VERBS, "My Activity", "MyActivity"]
    assert [speak("en_GB")(english) for english in said] == said


@pytest.mark.parametrize("locale", list_locales())
def test_a_language_says_its_phrases_with_a_place_for_each_title_or_is_english_throughout(
    locale: str,
) -> None:
    said = {english: speak(locale)(english) for english in VERBS}
    assert [own.count("{}") for own in said.values()] == [english.count("{}") for english in said]
    assert not [own for own in said.values() if "{n}" in own]
    core = [said[f"{verb}\u00a0{{}}"] for verb in ("Searched for", "Visited", "Viewed image from", "Watched")]
    assert set(core) <= set(VERBS) or not set(core) & set(VERBS)


@pytest.mark.parametrize(
    ("locale", "searched", "watched", "folder"),
    [
        ("de_AT", "Gesucht nach:\u00a0{}", "{} angesehen", "Meine Aktivitäten/Suche/MeineAktivitäten"),
        ("ja", "「{}」を検索しました", "{}を視聴しました", "マイ アクティビティ/検索/マイアクティビティ"),
        ("sl", "Iskali ste\u00a0{}", "Ogledali ste si\u00a0{}", "Moja dejavnost/Iskanje/Moja_dejavnost"),
        ("zu", "Searched for\u00a0{}", "Watched\u00a0{}", "My Activity/Search/MyActivity"),
    ],
)
def test_a_language_puts_its_verbs_where_they_belong(
    locale: str, searched: str, watched: str, folder: str
) -> None:
    say = speak(locale)
    assert (say("Searched for\u00a0{}"), say("Watched\u00a0{}")) == (searched, watched)
    assert "/".join(map(say, ("My Activity", "Search", "MyActivity"))) == folder


def test_googles_own_counts_and_products_are_in_the_language() -> None:
    say = speak("de")
    assert [say(english) for english in ("1 notification", "Used Search", "Products:")] == [
        "1 Benachrichtigung",
        "Suche verwendet",
        "Produkte:",
    ]
    assert say("{} cards in your feed").replace("{}", "6").startswith("6")


def test_the_files_of_an_archive_have_the_names_of_its_language(tmp_path: Path) -> None:
    sample = write_sample(tmp_path, since=date(2025, 11, 10), locale="fr", format="mixed")
    with zipfile.ZipFile(sample.path) as archive:
        names = archive.namelist()
    assert "Takeout/YouTube et YouTube\u00a0Music/historique/watch-history.json" in names
    assert "Takeout/Mon activité/Recherche/MonActivité.html" in names
    assert {Path(name).suffix for name in names if "/YouTube/" in name} == {".json"}
