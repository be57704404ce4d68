"""Of which product is a text, or of which action? A net on hashed words, beside the share of each class.

No word is kept: a text becomes columns of hashes, and the saved file holds weights of columns alone. (Who
has it and a list of words can still find out which of those were likely typed: it is as private as the
tables.) Classes are products that Almanac has a name for; where there is but one, its actions. The last
20 % of the texts are scored once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from flows.work.card import fill_card, say_choice
from flows.work.classified import (
    Answers,
    Task,
    find_shares,
    make_result,
    say_too_little,
    shuffle_labels,
    square_errors,
)
from flows.work.evidence import ENOUGH_ROWS, say_interval
from flows.work.result import TOO_LITTLE, WorkDone, say_start, span_days
from flows.work.text_model import (
    MOST_EPOCHS,
    Parameters,
    begin,
    learn_epochs,
    list_arrays,
    tell_classes,
)
from models.saving import check_numbers, fit_together, pack_model, unpack_model
from models.types import Array
from models.validation import Split, split_by_time
from pipeline.features.sparse_rows import SparseRows
from pipeline.features.text import COLUMNS, N_COLUMNS, NAMES, make_text_features
from pipeline.patterns.wording import count_noun
from pipeline.reading.products import list_products

NAME = "text_product"
QUESTION = "Which product, by the words?"
MODEL_NAME = "net on hashed words"
VERSION = 1
MOST_CLASSES = 8
NEARLY = 0.99
KINDS = {"a score straight from the columns": False, "a layer of hidden units": True}
HOW = (
    "Each text (a query, a title) is cut into words and runs of two and three letters, and each of these is "
    "hashed to one of {n:,} columns; no word is kept. The label is the entry’s own {label}, never its text. "
    "At most the last 200,000 texts are read; products that Almanac has no name for are left out, and so are "
    "classes with under {enough} texts to learn from. The last fifth of the texts is scored once. The net "
    "learns from the texts before; whether it has hidden units, and how often it reads them, is chosen on "
    "the last quarter of those. An error is how far the stated probabilities lie from what the text was "
    "(root of the mean square); the baseline always states each class’s share. Shuffled labels: the same "
    "net, which reads the same texts as often, but with their labels shuffled. "
)


class Labelled(NamedTuple):
    """Texts in the order of time, and the number of each one's class."""

    x: SparseRows
    days: Array
    truth: Array
    classes: tuple[str, ...]
    label: str  # "product" or "action"


class Choice(NamedTuple):
    """Whether there are hidden units, and how often the texts are read."""

    kind: str
    n_epochs: int


def run_work(texts: pd.DataFrame, saved: bytes | None = None, *, seed: int = 0) -> WorkDone:
    """Learn and score; ``saved`` is not needed: all texts are learned again."""
    labelled = label_texts(texts)
    if isinstance(labelled, str):
        return WorkDone(say_too_little(_make_task("product", ()), labelled, MODEL_NAME), None, 0, TOO_LITTLE)
    x, days, truth, classes, label = labelled
    split = split_by_time(x.n_rows)
    choice = choose(x, truth, len(classes), split, seed)
    before, scored = split.before_test, truth[split.test]
    known, n_classes = truth[before], len(classes)
    shuffled = shuffle_labels(truth, split, seed)
    taught = _teach(choice, x.take(before), known, n_classes, seed)
    control = _teach(choice, x.take(before), shuffled[before], n_classes, seed)
    unseen = x.take(split.test)
    answers = Answers(
        tell_classes(taught, unseen),
        find_shares(known, n_classes, len(scored)),
        tell_classes(control, unseen),
        scored,
        shuffled[split.test],
    )
    learned = span_days(days[before])
    result = make_result(
        _make_task(label, classes), answers, days[split.test], learned, model_name=MODEL_NAME,
        seed=seed,
    )  # fmt: skip
    chosen_on = span_days(days[split.validation])
    times = count_noun(choice.n_epochs, "time", "times")
    result = fill_card(
        result,
        n_learned=len(known), learned_nouns=("text", "texts"),
        looks_at=" ".join(column.meaning for column in COLUMNS) + f" {N_COLUMNS:,} columns in all.",
        features=NAMES,
        label=f"the entry’s own {label}, one of {', '.join(classes)}; never its text.",
        chosen=say_choice(
            f"{choice.kind}, all texts read {times}", len(KINDS) * MOST_EPOCHS, "texts", chosen_on
        ),
        file=(
            "weights of hashed columns. No word stands in it, but who has it and a list of words can find "
            "out which of them were likely typed: keep it as private as the tables."
        ),
    )  # fmt: skip
    content = pack_net(taught, choice.kind, choice.n_epochs, classes)
    return WorkDone(result, content, len(known), say_start(saved))


def pack_net(net: Parameters, kind: str, n_epochs: int, classes: tuple[str, ...]) -> bytes:
    """Return the model's file."""
    return pack_model(
        "TextNet", VERSION, NAMES, list_arrays(net),
        n_columns=N_COLUMNS, kind=kind, n_epochs=n_epochs, classes=list(classes),
    )  # fmt: skip


def load_net(content: bytes, *, where: str) -> tuple[Parameters, tuple[str, ...]]:
    """Return the net of a model's file, and its classes; raise ``SavedModelError`` for what is none."""
    header, arrays = unpack_model(content, name="TextNet", version=VERSION, features=NAMES, where=where)
    with fit_together(where):
        classes = tuple(header["classes"])
        if header["n_columns"] != N_COLUMNS or not 2 <= len(classes) <= MOST_CLASSES:
            raise ValueError("not the columns or the classes of this model")
        net = begin(N_COLUMNS, len(classes), KINDS[header["kind"]], np.random.default_rng(0))
        for name, leaf in list_arrays(net).items():
            check_numbers(arrays[name], leaf.shape)
            leaf[:] = arrays[name]
        return net, classes


def label_texts(texts: pd.DataFrame) -> Labelled | str:
    """Return the texts of the classes that have enough to learn from, or what the archive lacks."""
    known = texts[texts["product"].isin(list_products())]
    features = make_text_features(known, n_columns=N_COLUMNS)
    n_first = split_by_time(features.x.n_rows).train.stop
    alike = n_first >= ENOUGH_ROWS  # nearly all of one product and of one action
    for label, values in (("product", features.product), ("action", features.action)):
        names, sizes = np.unique(values[:n_first].astype(str), return_counts=True)
        order = np.lexsort((names, -sizes))[:MOST_CLASSES]
        classes = sorted(names[k] for k in order if sizes[k] >= ENOUGH_ROWS)
        alike = alike and bool(sizes.max() > NEARLY * n_first)
        if len(classes) < 2:
            continue
        place = np.flatnonzero(np.isin(values.astype(str), classes))
        truth = np.searchsorted(classes, values[place].astype(str))
        dates = known["date"].to_numpy().astype("datetime64[D]")[features.place[place]]
        if len(np.unique(truth[split_by_time(len(place)).train])) == len(classes):
            return Labelled(features.x.take(place), dates, truth, tuple(classes), label)
    if alike:
        return (
            f"Not done: {count_noun(features.x.n_rows, 'text', 'texts')} of products that Almanac knows, but "
            f"nearly all of one product and one action; it takes {ENOUGH_ROWS} of a second."
        )
    return (
        f"Still learning: {count_noun(features.x.n_rows, 'text', 'texts')} of products that Almanac knows; "
        f"it takes {ENOUGH_ROWS} of each of two products, or of two actions, in the first three fifths of "
        "them."
    )


def choose(x: SparseRows, truth: Array, n_classes: int, split: Split, seed: int) -> Choice:
    """Return the kind of net and the number of epochs that fit the validation span best."""
    train, validation = x.take(split.train), x.take(split.validation)
    right, best, lowest = truth[split.validation], Choice(next(iter(KINDS)), 1), np.inf
    for kind, hidden in KINDS.items():
        epochs = learn_epochs(
            train, truth[split.train], n_classes, hidden=hidden, n_epochs=MOST_EPOCHS, seed=seed
        )
        n_worse, own = 0, np.inf
        for number, parameters in enumerate(epochs, 1):
            off = float(square_errors(tell_classes(parameters, validation), right).mean())
            if off < lowest:
                best, lowest = Choice(kind, number), off
            n_worse = 0 if off < own else n_worse + 1
            own = min(own, off)
            if n_worse == 2:  # twice in a row nothing better
                break
    return best


def _teach(choice: Choice, x: SparseRows, truth: Array, n_classes: int, seed: int) -> Parameters:
    *_, parameters = learn_epochs(
        x, truth, n_classes, hidden=KINDS[choice.kind], n_epochs=choice.n_epochs, seed=seed
    )
    return parameters


def _make_task(label: str, classes: tuple[str, ...]) -> Task:
    how = HOW.format(n=N_COLUMNS, label=label, enough=ENOUGH_ROWS)
    return Task(
        NAME,
        QUESTION if label == "product" else "Which action, by the words?",
        f"A text’s words tell its {label}",
        f"A text’s words shift the odds of its {label}",
        "texts",
        classes,
        f"Share of texts whose {label} was named right",
        how + say_interval(),
    )
