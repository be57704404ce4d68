"""Term or holiday? Softmax regression on clips of three weeks, beside the share of holiday weeks.

What a holiday is only the owner can say: the labels come from the setting ``free_days``, and without it
the work is not done. Holidays last for weeks: so a stretch of eight weeks counts as one observation
for the interval. The last 20 % of the clips are scored once.
"""

from __future__ import annotations

import numpy as np

from flows.work.card import fill_card, say_choice
from flows.work.classified import (
    SIMPLEST,
    Answers,
    Task,
    find_shares,
    make_result,
    say_too_little,
    shuffle_labels,
)
from flows.work.evidence import find_too_little, say_interval
from flows.work.result import TOO_LITTLE, WorkDone, say_start, span_days
from flows.work.weekly import (
    LEVEL,
    PENALTIES,
    VIEWS,
    look_at,
    name_model,
    name_view,
    pack_softmax,
    say_all,
    teach,
)
from models.types import Array
from models.validation import Split, split_by_time
from pipeline.features.clips import N_WEEKS, make_clips
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import count_noun
from pipeline.settings import ZoneSpan

NAME = "term_or_holiday"
QUESTION = "Term or holiday?"
MODEL_NAME = "softmax on three weeks"
VERSION = 1
CLASSES = ("term", "holiday")
ENOUGH = 4  # weeks of each kind, to learn from and again to score by
BLOCK_WEEKS = 8
NO_FREE_DAYS = (
    "Not done: only its owner can say which days are holidays. Give them as free_days in almanac.toml, or "
    "with --free-days."
)
OF_SETTINGS, OF_SAMPLE = "free days of your settings", "holidays that were planted in the sample"

TASK = Task(
    NAME,
    QUESTION,
    "Three weeks’ hours tell term from holiday",
    "Three weeks’ hours shift the odds of a holiday",
    "weeks",
    CLASSES,
    "Share of weeks named right, term or holiday",
    "Each whole covered week is seen as a map of 7 × 24 hours with the two before it: the logarithm of one "
    "plus the count, against the mean of the 52 weeks before. It is a holiday where most of its workdays are "
    "free days (of the settings; of the sample, those planted in it). The last fifth of the weeks is scored "
    "once. The model learns from the weeks before; whether it sees the whole maps, their hours and weekdays, "
    "or only how full they are, and how strong its penalty, is chosen on the last quarter of those, the "
    "simplest of what does about as well as the best there. An error is how far the stated probability lies "
    "from what the week was (root of the mean square); the baseline always states the share of holiday "
    "weeks. Shuffled labels: the same model, taught in the same way, but with the labels of all weeks "
    "shuffled. " + say_interval("how stretches of eight scored weeks differ (Student’s t)"),
)


LEVEL_TASK = TASK._replace(
    finding="How full three weeks are tells term from holiday",
    odds="How full three weeks are shifts the odds of a holiday",
)


def run_work(
    subject: Subject,
    home_zone: tuple[ZoneSpan, ...],
    saved: bytes | None = None,
    *,
    free_days: str = OF_SETTINGS,
    seed: int = 0,
) -> WorkDone:
    """Learn and score; ``free_days`` says whose the subject's are. All weeks are learned again each time."""
    clips = make_clips(subject)
    if clips.holiday is None:
        return WorkDone(say_too_little(TASK, NO_FREE_DAYS, MODEL_NAME), None, 0, TOO_LITTLE)
    truth, split = clips.holiday.astype(np.int64), split_by_time(len(clips.weeks))
    too_little = find_too_little(
        len(subject.covered), len(subject.rows), subject.noun, subject.nouns
    ) or find_missing(truth, split)
    if too_little is not None:
        return WorkDone(say_too_little(TASK, too_little, MODEL_NAME), None, 0, TOO_LITTLE)
    taught = teach(clips.x, truth, split)
    shuffled = shuffle_labels(truth, split, seed)
    control = teach(clips.x, shuffled, split)
    model, other = (
        say_all(one.model, look_at(clips.x[split.test], one.choice.view), truth) for one in (taught, control)
    )
    weeks, scored = clips.weeks[split.test], truth[split.test]
    shares = find_shares(truth[split.before_test], len(CLASSES), len(scored))
    answers = Answers(model, shares, other, scored, shuffled[split.test])
    learned = clips.weeks[split.before_test]
    blocks = number_blocks(weeks)
    task = LEVEL_TASK if taught.choice.view == LEVEL else TASK  # no more was seen of it
    result = make_result(
        task, answers, weeks, span_days(learned), model_name=name_model(MODEL_NAME, taught.choice.view),
        seed=seed, blocks=blocks,
    )  # fmt: skip
    features = name_view(taught.choice.view, N_WEEKS)
    chosen_on = span_days(clips.weeks[split.validation])
    result = fill_card(
        result,
        n_learned=len(learned), learned_nouns=("clip of three weeks", "clips of three weeks"),
        looks_at=f"Three weeks’ counts against the year before, of each {taught.choice.view}.",
        features=features,
        label=f"whether most workdays of the last of the three weeks are {free_days}.",
        chosen=say_choice(
            f"{taught.choice.view}, penalty {taught.choice.penalty:g}", len(VIEWS) * len(PENALTIES), "weeks",
            chosen_on, rule=SIMPLEST,
        ),
        file="weights, means and spreads of counts; no word, and no date of a holiday.",
        not_for="It must not be used to find out when a home stands empty.",
    )  # fmt: skip
    content = pack_softmax(taught, VERSION, features, list(CLASSES))
    return WorkDone(result, content, len(learned), say_start(saved))


def number_blocks(weeks: Array) -> Array:
    """Return a number for the stretch of eight weeks that each of these weeks (its Monday) lies in."""
    blocks: Array = (weeks - weeks[0]).astype(np.int64) // (7 * BLOCK_WEEKS)
    return blocks


def find_missing(truth: Array, split: Split) -> str | None:
    """Say of which kind there are too few weeks to learn from, to choose by, or to score by."""
    if (n_scored := len(truth[split.test])) < 2 * BLOCK_WEEKS:
        return f"Still learning: {n_scored} of {2 * BLOCK_WEEKS} weeks to score by."
    for rows, purpose, enough in (
        (split.train, "to learn from", ENOUGH),
        (split.validation, "to choose by", 1),
        (split.test, "to score by", ENOUGH),
    ):
        n_holidays = int(truth[rows].sum())
        for n, noun in ((n_holidays, "holiday"), (len(truth[rows]) - n_holidays, "term")):
            if n < enough:
                return (
                    f"Still learning: {count_noun(n, f'week of {noun}', f'weeks of {noun}')} {purpose}; "
                    f"it takes {enough}."
                )
    return None
