"""Model cards side by side: what all of some say stands once, and beside each what is its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.patterns.redaction import keep_clauses, part_clauses

EVERY = "All questions"

Card = tuple[tuple[str, str], ...]  # title, text


class Asked(NamedTuple):
    """One model's card, and the question that it answers."""

    question: str
    name: str
    card: Card


class Cards(NamedTuple):
    """What the cards of one question share, and what each has of its own, after its model's name."""

    question: str
    shared: Card
    own: tuple[tuple[str, Card], ...] = ()


def lay_out_cards(asked: Sequence[Asked]) -> list[Cards]:
    """Return what the cards of all questions share, if anything, then those of each question.

    Of a single question, what its cards share stands there.
    """
    questions = list(dict.fromkeys(one.question for one in asked))
    shared: Card = ()
    cards = [one.card for one in asked]
    if len(questions) > 1:
        shared, cards = share_cards(cards)
    laid = [Cards(EVERY, shared)] if shared else []
    for question in questions:
        places = [k for k, one in enumerate(asked) if one.question == question]
        shared, own = share_cards([cards[k] for k in places])
        laid.append(Cards(question, shared, tuple(zip([asked[k].name for k in places], own, strict=True))))
    return laid


def share_cards(cards: Sequence[Card]) -> tuple[Card, list[Card]]:
    """Return the clauses that all cards have under one title, and each card without them.

    Of a single card all is its own.
    """
    if len(cards) < 2:
        return (), list(cards)
    said = [{title: {*part_clauses(text)} for title, text in card} for card in cards]
    common = {title: set.intersection(*(one.get(title, set()) for one in said)) for title in said[0]}
    return _keep(cards[0], common, shared=True), [_keep(card, common, shared=False) for card in cards]


def _keep(card: Card, common: dict[str, set[str]], *, shared: bool) -> Card:
    rows = [
        (title, keep_clauses(text, {c for c in part_clauses(text) if (c in common.get(title, ())) == shared}))
        for title, text in card
    ]
    return tuple((title, text) for title, text in rows if text)
