"""What the networks that name the season of a week share: the maps, the classical model, scores and card."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flows.networks.network import Answers, Facts, NetworkDone, lack, try_classes
from flows.networks.teaching import Head, Recipe, pack_taught, teach, tell_of_half
from flows.work import weekly
from flows.work.card import say_choice
from flows.work.classified import find_shares, shuffle_labels
from flows.work.evidence import find_too_little
from flows.work.materials import Materials
from flows.work.result import span_days
from flows.work.season import find_missing, number_quarters
from models.early_stopping import Tell
from models.validation import split_by_time
from pipeline.features.week_maps import NAMES, SEASONS, make_week_maps

NEEDS = "two of each of the four seasons before the weeks to score by"
SEEN = "Each whole covered week is a map of 7 × 24 hours, as the classical model sees it. "  # begins HOW
JUDGED = (
    "An error is how far the stated probabilities lie from what the week was (root of the mean square); the "
    "baseline always states each season’s share."
)  # ends it, after the ways there are


def make_head(net_name: str, version: int) -> Head:
    """Return what the file of a net of this name says of itself."""
    return Head(net_name, version, NAMES, SEASONS, (7, 24, 1))


def name_seasons(
    materials: Materials, recipes: Sequence[Recipe], *, head: Head, tell: Tell, seed: int
) -> NetworkDone:
    """Teach a net the season of a week map, and score it beside the classical model of the same weeks."""
    subject = materials.subject
    maps = make_week_maps(subject)
    truth, split = maps.season, split_by_time(len(maps.weeks))
    too_little = find_missing(truth, number_quarters(maps.weeks), split) or find_too_little(
        len(subject.covered), int(maps.counts.sum()), subject.noun, subject.nouns
    )  # what takes longest first
    if too_little is not None:
        return lack(too_little)
    shuffled = shuffle_labels(truth, split, seed)
    taught = teach(recipes, maps.x, truth, split, seed=seed, tell=tell_of_half(tell, 0))
    control = teach(recipes, maps.x, shuffled, split, seed=seed, tell=tell_of_half(tell, 1))
    x, scored, before = maps.x[split.test], truth[split.test], truth[split.before_test]
    soft = weekly.teach(maps.x, truth, split)
    classical = weekly.say_all(soft.model, weekly.look_at(x, soft.choice.view), np.arange(len(SEASONS)))
    shares = find_shares(before, len(SEASONS), len(scored))
    answers = Answers(taught.say(x), classical, shares, control.say(x), scored, shuffled[split.test])
    weeks = maps.weeks[split.test]
    usual = SEASONS[int(shares[0].argmax())]
    tried = try_classes(
        weeks, answers, baseline_name=f"always {usual}", rows="weeks", blocks=number_quarters(weeks)
    )
    facts = Facts(
        n_learned=len(before),
        learned_nouns=("whole week", "whole weeks"),
        learned=span_days(maps.weeks[split.before_test]),
        looks_at="A week’s counts against the year before.",
        features=NAMES,
        label="the quarter of the year in which the week’s Thursday lies, by the calendar alone.",
        chosen=say_choice(
            f"{taught.recipe.name}, {taught.n_epochs} epochs", len(recipes), "weeks",
            span_days(maps.weeks[split.validation]),
        ),
        file="weights of the net; no word.",
    )  # fmt: skip
    return NetworkDone(tried, facts, pack_taught(taught, head))
