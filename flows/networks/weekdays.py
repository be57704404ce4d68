"""What the networks that name a day's weekday share: the profiles, the classical model, scores and card."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flows.networks.network import Answers, Facts, NetworkDone, lack, try_classes
from flows.networks.teaching import Head, Recipe, pack_taught, teach, tell_of_half
from flows.work import weekday, weekday_result
from flows.work.card import say_choice
from flows.work.classified import find_shares, shuffle_labels
from flows.work.materials import Materials
from flows.work.result import span_days
from models.early_stopping import Tell
from models.validation import split_by_time
from pipeline.features.day_profile import NAMES, make_day_profile
from pipeline.patterns.wording import WEEKDAYS, say_count

ENOUGH = 280  # covered days: eight weeks to score by
NEEDS = f"{ENOUGH} covered days"
SEEN = "Each covered day is 24 numbers, as the classical model sees them. "  # begins HOW
JUDGED = (
    "An error is how far the stated probabilities lie from what the day was (root of the mean square); the "
    "baseline always states each weekday’s share."
)  # ends it, after the ways there are


def make_head(net_name: str, version: int) -> Head:
    """Return what the file of a net of this name says of itself."""
    return Head(net_name, version, NAMES, WEEKDAYS, (24,))


def name_weekdays(
    materials: Materials,
    recipes: Sequence[Recipe],
    *,
    head: Head,
    file: str,
    tell: Tell,
    seed: int,
) -> NetworkDone:
    """Teach a net the weekday of a day's profile, and score it beside the classical model of the same days.

    ``file`` says on its card what lies in its file.
    """
    profile = make_day_profile(materials.subject)
    days, truth = profile.days, weekday_result.list_weekdays(profile)
    if len(days) < ENOUGH:
        return lack(f"Still learning: {say_count(len(days))} of {ENOUGH} covered days.")
    split = split_by_time(len(days))
    if len(np.unique(truth[split.train])) < len(WEEKDAYS):
        return lack("Still learning: a weekday is missing among the days to learn from.")
    shuffled = shuffle_labels(truth, split, seed)
    taught = teach(recipes, profile.x, truth, split, seed=seed, tell=tell_of_half(tell, 0))
    control = teach(recipes, profile.x, shuffled, split, seed=seed, tell=tell_of_half(tell, 1))
    classical = weekday.teach(profile.x, truth, split).model
    x, scored, before = profile.x[split.test], truth[split.test], truth[split.before_test]
    shares = find_shares(before, len(WEEKDAYS), len(scored))
    answers = Answers(
        taught.say(x), classical.predict_proba(x), shares, control.say(x), scored, shuffled[split.test]
    )
    usual = WEEKDAYS[int(shares[0].argmax())]
    tried = try_classes(days[split.test], answers, baseline_name=f"always {usual}", rows="days")
    facts = Facts(
        n_learned=len(before),
        learned_nouns=("day", "days"),
        learned=span_days(days[split.before_test]),
        looks_at="A day’s counts by hour, smoothed, against the fortnight before.",
        features=NAMES,
        label="the weekday, by the calendar alone.",
        chosen=say_choice(
            f"{taught.recipe.name}, {taught.n_epochs} epochs", len(recipes), "days",
            span_days(days[split.validation]),
        ),
        file=file,
        not_for="It must not be used to tell when somebody works.",
    )  # fmt: skip
    return NetworkDone(tried, facts, pack_taught(taught, head))
