"""Verbs that a file itself teaches, for languages of which we have no words."""

from __future__ import annotations

import pickle

import pytest

from pipeline.reading.learned_words import learn_words
from pipeline.reading.locales import Verb, read_facts
from pipeline.reading.titles import split_title

LANGUAGES = read_facts()
FILMS = ("Reise ans Ende", "A Day Out", "Красный дом", "山の道", "Café 2", "Sea!", "Old 7")


def ask(words: str) -> str:
    return f"https://www.google.com/search?q={words.replace(' ', '+')}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_learned_from_titles_reads_them_in_each_language(language: str) -> None:
    verbs = LANGUAGES[language]["verbs"]
    searched, watched = next(iter(verbs["searched"])), next(iter(verbs["watched"]))
    titles = [(searched.replace("{}", film), ask(film)) for film in FILMS]
    videos = [
        (watched.replace("{}", film), f"https://www.youtube.com/watch?v={k}") for k, film in enumerate(FILMS)
    ]
    words = learn_words([*titles, *videos])
    assert [split_title(*title, words)[:2] for title in titles] == [("searched", film) for film in FILMS]
    assert [split_title(*video, words)[:2] for video in videos] == [("watched", film) for film in FILMS]
    assert split_title(searched.replace("{}", "q"), ask("other"), words)[:2] == ("searched", "q")


def test_nothing_is_learned_from_few_titles_or_from_titles_that_differ() -> None:
    assert learn_words([("Tazama a", "https://youtu.be/1")] * 9).verbs == ()
    assert learn_words([(f"{k} x {k}", f"https://youtu.be/{k}") for k in range(9)]).verbs == ()
    assert learn_words([]).verbs == ()
    odd = [(f"{film} {k}", ask("no such words")) for k, film in enumerate(FILMS)]
    assert learn_words(odd).verbs == ()


def test_one_title_in_twenty_may_be_otherwise() -> None:
    videos = [(f"Tazama {film}{k}", f"https://youtu.be/{k}") for k, film in enumerate(FILMS * 3)]
    assert learn_words([*videos[:20], ("Nyingine 1", "https://youtu.be/x")]).verbs == (
        Verb("Tazama {}", ("watched",)),
    )
    assert learn_words([*videos[:10], ("Nyingine 1", "https://youtu.be/x")]).verbs == ()


def test_the_words_around_a_query_must_agree_too() -> None:
    searches = [(f"Tafuta {film}{k}", ask(f"{film}{k}")) for k, film in enumerate(FILMS * 3)]
    assert learn_words([*searches[:20], ("Nyingine a", ask("a"))]).verbs == (
        Verb("Tafuta {}", ("searched",)),
    )
    assert learn_words([*searches[:10], ("Nyingine b", ask("b"))]).verbs == ()


def test_four_titles_teach_nothing() -> None:
    videos = [(f"Tazama {film}", f"https://youtu.be/{film}") for film in FILMS]
    assert learn_words(videos[:4]).verbs == ()
    assert learn_words(videos[:5]).verbs == (Verb("Tazama {}", ("watched",)),)


def test_a_learned_verb_never_leaves_an_empty_text() -> None:
    words = learn_words([(f"Tazama {film}", f"https://youtu.be/{film}") for film in FILMS])
    assert split_title("Tazama", "https://youtu.be/x", words)[:2] == ("watched", "Tazama")
    same = [(f"Tazama {'ndani ' * k}", f"https://youtu.be/{k}") for k in range(9)]
    assert learn_words(same).verbs == ()


def test_learned_words_travel_to_another_process() -> None:
    words = learn_words([(f"Tazama {film}", f"https://youtu.be/{film}") for film in FILMS])
    assert pickle.loads(pickle.dumps(words)).verbs == words.verbs == (Verb("Tazama {}", ("watched",)),)
